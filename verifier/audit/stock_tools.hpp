// The shell commands with which anybody repeats the proof of one line, without Tallystick: signature of the bundle, its
// digest, the line itself, its path to the root that the seal signs, and the whole chain of seals (docs/formats).
// They are for bash, with minisign, sha256sum, tar, zstd, grep, jq and check-log.py; each prints what is to be seen.
#pragma once

#include "verifier/ledger/ledger.hpp"

#include <string>
#include <vector>

namespace tally::audit {

// One command an entry. Paths name the copies that the ledger keeps.
[[nodiscard]] std::vector<std::string> stock_commands(const ledger::Ledger& ledger, const ledger::Proof& proof);

// One word of a shell command, whatever is in it.
[[nodiscard]] std::string quoted(std::string_view word);

} // namespace tally::audit
