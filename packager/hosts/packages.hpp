// Which package each host should have, and making it: the kept one as long as it still says what the station says now,
// else the next number. Every new package is an `issued` line of the station's log before it is given out.
#pragma once

#include "packager/hosts/host_files.hpp"
#include "packager/submission/station.hpp"
#include "tally/pseudonym/privacy.hpp"

#include <map>
#include <vector>

namespace tally::hosts {

// Logs that were retired, with the instant (UTC seconds) and the reason.
struct Retirement {
    std::uint64_t at = 0;
    std::string reason;
};
[[nodiscard]] std::map<HostId, Retirement> retirements(submission::Station& station);

// What a package has to say, beside who it is for.
struct Saying {
    const pseudonym::Privacy* privacy = nullptr; // nothing: the package says nothing of names
    std::optional<line::Hash> catalogue;         // nothing: that of the last package
};

// The kept package when it says this already and its key still counts; nothing otherwise. Fault: the host has no box key.
[[nodiscard]] Result<std::optional<SignedPackage>> current_package(const submission::Station& station,
                                                                   const HostId& host, const Saying& saying);
// How many packages the station's log tells of, by host.
[[nodiscard]] std::map<HostId, std::uint64_t> issued_packages(submission::Station& station);
// The next one, signed; `issued` of them were made before. To be kept and given out only after issue().
[[nodiscard]] Result<SignedPackage> next_package(const submission::Station& station, const HostId& host,
                                                 const Saying& saying, std::uint64_t issued,
                                                 const minisig::SecretKey& key);
// Their lines, and one about the policy when it is another than before, in the station's log: durable on return, and the
// packages kept.
void issue(submission::Station& station, const std::vector<SignedPackage>& packages);

} // namespace tally::hosts
