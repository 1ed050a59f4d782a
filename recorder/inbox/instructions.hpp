// The host package in force: STATE/package.json with its signature, the site file that vouches for it (STATE/SITE.jsonl),
// and what capture reads of it (STATE/privacy.json). A package is applied wholly or not at all, once, with a line in the
// log, which alone says what its number was; an interrupted run is finished by the next.
#pragma once

#include "recorder/inbox/letter.hpp"
#include "recorder/journal/journal.hpp"
#include "tally/host_package/package.hpp"
#include "tally/pseudonym/privacy.hpp"

#include <optional>
#include <string>

namespace tally::inbox {

inline constexpr const char* site_file_name = "SITE.jsonl";
inline constexpr const char* package_file = "package.json";

// Nothing when the host was never enrolled. Error when the kept file is damaged.
[[nodiscard]] std::optional<site_file::Chain> kept_site(const os::fs::path& state);
void keep_site(const os::fs::path& state, const site_file::Chain& chain); // durable on return
[[nodiscard]] std::optional<host_package::Package> kept_package(const os::fs::path& state);

// Which site file counts: the kept one, or `shown` when it continues it, or when its fingerprint is `said` (needed for
// the first one, and for one that does not continue the kept one). Fault: none does.
[[nodiscard]] Result<site_file::Chain> settle_site(const std::optional<site_file::Chain>& kept,
                                                   const std::optional<site_file::Chain>& shown,
                                                   const std::string& said);

enum class Applied : std::uint8_t { now, before };

// A package that keeps everything that its page insists on.
struct Instruction {
    host_package::Package package;
    std::optional<pseudonym::Privacy> privacy; // its secrets, opened
    std::string digest;
    bool told = false;              // it has its line in the log
    Applied applied = Applied::now; // before: it is in force
};
[[nodiscard]] Result<Instruction> read_for(journal::Journal& journal, const Letter& letter,
                                           const site_file::Chain& chain);
[[nodiscard]] Result<Applied> apply(journal::Journal& journal, const Letter& letter, const site_file::Chain& chain);

} // namespace tally::inbox
