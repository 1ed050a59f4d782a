// Whether a bundle may leave: which persons have released it, held against the station's own site file, and the
// signature of one more. Signs only what inspect has accounted for byte by byte. Knows keys and files, no terminal.
#pragma once

#include "packager/release/inspect.hpp"
#include "tally/releases/releases.hpp"

namespace tally::release {

// One release that holds.
struct Holding {
    std::string person, key, file;
    bundle::Hash digest{}; // of what was signed: the bundle, or the list of its set
};

struct Standing {
    std::vector<releases::Judged> judged; // every release beside the bundle
    std::vector<Holding> holding;         // those of them that hold
    std::vector<std::string> persons;     // who have released it
    std::uint64_t needed = 0;             // how many persons the site file asks for
    [[nodiscard]] bool enough() const { return persons.size() >= needed; }
};

// What a release of the inspected bundle is about. Only for one that is clean().
[[nodiscard]] releases::Case case_of(const Inspection& seen);
// Of what lies beside a bundle that is clean().
[[nodiscard]] Standing standing_of(const Inspection& seen, const site_file::Version& policy);

// What one signature releases: a bundle, or the list of a set.
struct Releasable {
    os::fs::path path;
    std::string list; // of a set: the bytes of RELEASE.json, at `path` or to be laid there
    releases::Subject subject;
    minisig::Digest digest{};
};
// The bundle itself.
[[nodiscard]] Releasable single(const Inspection& seen);
// All volumes of one set, in any order. Writes nothing. Error when they are not one whole set, or when RELEASE.json
// lists other files.
[[nodiscard]] Releasable whole_set(const std::vector<Inspection>& volumes);
// RELEASE.json of a set, if it is not there yet; of a bundle there is none.
void lay_list(const Releasable& what);

// What a signature file of `what` is worth, before it lies beside it; `of` is the bundle, or any volume of the set.
[[nodiscard]] releases::Judged judge_one(const Releasable& what, const Inspection& of, const site_file::Version& policy,
                                         const releases::File& file);

// The first free X.rel<N>.minisig. Error when there is none.
[[nodiscard]] os::fs::path free_release_path(const os::fs::path& released);
[[nodiscard]] std::string signature_of(const Releasable& what, const minisig::SecretKey& key, const SiteId& person);
// The complete command for stock minisign; `key` is the name of the secret key file in it.
[[nodiscard]] std::string stock_command(const Releasable& what, const SiteId& person, const std::string& key);

} // namespace tally::release
