// Proof of a whole log from its lines alone: from the first key in line 0, every line canonical and in sequence, every
// seal signed by the key that the one before it named. Uses no index, range or key slot of the journal.
// Says nothing about lines after the last seal but that they read as lines, and nothing about which log it should be:
// that is for who holds the enrolment.
#pragma once

#include "recorder/journal/enrolment.hpp"
#include "recorder/journal/store.hpp"

namespace tally::journal {

struct Verification {
    std::string host;         // "" when line 0 is no genesis
    std::uint64_t lines = 0;  // that hold, from line 0 on
    std::uint64_t sealed = 0; // of these, proved by a seal (seal lines included)
    std::uint64_t seals = 0;
    std::optional<line::Seal> last_seal;
    std::optional<std::uint64_t> first_bad; // sequence number of the first line that does not hold
    std::string problem;                    // why

    [[nodiscard]] bool holds() const { return !first_bad; }
};

[[nodiscard]] Verification verify(Store& store);
// The same with a database that cannot even be opened told as broken at line 0. Error when there is no journal.
[[nodiscard]] Verification verify(const os::fs::path& directory);
[[nodiscard]] std::string_view text_of(line::Chain::Fault fault);

} // namespace tally::journal
