// Whether a bundle may leave: which persons have released it, held against the station's own site file, and the
// signature of one more. Signs only what inspect has accounted for byte by byte. Knows keys and files, no terminal.
#pragma once

#include "packager/release/inspect.hpp"
#include "tally/releases/releases.hpp"

namespace tally::release {

struct Standing {
    releases::Case released;
    std::vector<releases::Judged> judged; // every release beside the bundle
    std::vector<std::string> persons;     // who have released it
    std::uint64_t needed = 0;             // how many persons the site file asks for
    [[nodiscard]] bool enough() const { return persons.size() >= needed; }
};

// Reads the bundle once, without looking at its lines. Error when it is no bundle, or not of that site.
[[nodiscard]] Standing standing_of(const os::fs::path& bundle, const site_file::Version& policy);
// For whoever carries it out: Error with Exit::findings, who has released it and what to do, when too few have.
void require_released(const os::fs::path& bundle, const site_file::Version& policy);

// What a release of the inspected bundle is about. Only for one that is clean().
[[nodiscard]] releases::Case case_of(const Inspection& seen);

// What one signature releases: a bundle, or the list of a set.
struct Releasable {
    os::fs::path path;
    releases::Subject subject;
    minisig::Digest digest{};
};
// The bundle itself.
[[nodiscard]] Releasable single(const Inspection& seen);
// All volumes of one set, in any order: writes (or finds) RELEASE.json beside them. Error when they are not one whole set.
[[nodiscard]] Releasable whole_set(const std::vector<Inspection>& volumes);

// The first free X.rel<N>.minisig. Error when there is none.
[[nodiscard]] os::fs::path free_release_path(const os::fs::path& released);
[[nodiscard]] std::string signature_of(const Releasable& what, const minisig::SecretKey& key, const SiteId& person);
// The complete command for stock minisign; `key` is the name of the secret key file in it.
[[nodiscard]] std::string stock_command(const Releasable& what, const SiteId& person, const std::string& key);

} // namespace tally::release
