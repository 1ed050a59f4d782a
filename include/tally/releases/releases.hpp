// Who has released a bundle (docs/formats/release.md): the signature files of officers beside it, over its own bytes or
// over the list of a whole set. Counts persons, never keys. Everything is measured against the site file that the caller
// hands in: the one that was enrolled, never the one inside the bundle. Writes nothing but the texts of the format.
#pragma once

#include "tally/bundle/manifest.hpp"
#include "tally/minisig/signature.hpp"
#include "tally/site_file/chain.hpp"

#include <variant>

namespace tally::releases {

inline constexpr std::size_t max_files = 16; // of one bundle, and of one set
inline constexpr std::size_t max_set_file = 8192;
// The untrusted comment of every release signature; nothing covers it, so a reader compares it.
inline constexpr std::string_view release_note = "release of a bundle by an officer";

// A file of a bundle, or all of a set (k = 0).
struct Subject {
    SiteId site;
    std::uint64_t n = 0; // sequence of the channel
    bundle::Volume volume;
};
// "tally-release-1 <site> <n> <k>/<m> <person>"
[[nodiscard]] std::string release_comment(const Subject& subject, const SiteId& person);
// "X.tally" and 2 give "X.tally.rel2.minisig".
[[nodiscard]] os::fs::path release_path(const os::fs::path& released, std::size_t number);

// RELEASE.json: the files of a set of at least two volumes, all of them, in order.
struct SetList {
    SiteId site, agreement;
    std::uint64_t n = 0;
    std::vector<bundle::Hash> digests; // SHA-256 of volume 1, 2, …
};
[[nodiscard]] std::string set_file(const SetList& list); // one canonical line and LF
[[nodiscard]] Result<SetList> read_set_file(std::string_view bytes);
// "A_V2OF3.tally" gives "A_RELEASE.json"; nothing when the name is not that of a volume of a set.
[[nodiscard]] std::optional<os::fs::path> set_path(const os::fs::path& bundle);

// A signature file as it lies there, not looked into: its bytes, or why it was not read.
struct File {
    std::string name;
    std::variant<std::string, Fault> bytes;
};
// What lies beside a bundle, at most max_files each; missing numbers are passed over. Follows no links.
struct Beside {
    std::vector<File> own;    // BUNDLE.rel1.minisig …
    std::optional<File> set;  // RELEASE.json
    std::vector<File> of_set; // RELEASE.json.rel1.minisig …
};
[[nodiscard]] Beside read_beside(const os::fs::path& bundle);

enum class Flaw : std::uint8_t {
    none,
    malformed,     // cannot be read, not in the one spelling
    other_subject, // comments that are not those of this release
    not_listed,    // a key that the site file does not list, or not any more
    other_role,    // a key that is listed, but not as an officer's
    does_not_hold, // the signature
};
struct Judged {
    std::string file;
    Flaw flaw = Flaw::none;
    std::string person, key; // of a listed officer; the key as minisign prints its id
    std::string what;        // about a flaw; lower case, no full stop
};

// What is released, and under which policy.
struct Case {
    Subject subject; // of the bundle itself
    SiteId agreement;
    bundle::Hash sha256{};          // of the bundle file
    minisig::Digest blake2b{};      // of the bundle file
    std::uint64_t station_size = 0; // of the station's log in it: an officer who left released nothing beyond `until`
};
// One entry for each file, and one for a list of a set that does not fit.
[[nodiscard]] std::vector<Judged> judge(const Beside& beside, const Case& released, const site_file::Version& policy);
// Different persons with at least one release that holds, in the order of their names.
[[nodiscard]] std::vector<std::string> persons_of(const std::vector<Judged>& judged);
// Persons with a key that may release now, but for those who `released`; in the order of their names.
[[nodiscard]] std::vector<std::string> others_of(const site_file::Version& policy,
                                                 const std::vector<std::string>& released);

} // namespace tally::releases
