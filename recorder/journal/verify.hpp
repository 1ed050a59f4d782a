// Proof of a whole log from its lines alone: from the first key in line 0, every line canonical and in sequence, every
// seal signed by the key that the one before it named. Uses no index, range or key slot of the journal. Where lines were
// removed from the beginning, the seals of that time prove the keys, and the last of them the tree to go on from.
// Says nothing about lines after the last seal but that they read as lines, and nothing about which log it should be:
// that is for who holds the enrolment.
#pragma once

#include "recorder/journal/enrolment.hpp"
#include "recorder/journal/store.hpp"

#include <functional>

namespace tally::journal {

struct Verification {
    std::string host;         // "" when line 0 is no genesis
    std::uint64_t begins = 0; // lines before this one were removed; 0: none were
    std::uint64_t lines = 0;  // that hold, from line 0 on, with those that were removed
    std::uint64_t sealed = 0; // of these, proved by a seal (seal lines included)
    std::uint64_t seals = 0;
    std::optional<line::Seal> last_seal;
    std::optional<std::uint64_t> first_bad; // sequence number of the first line that does not hold
    std::string problem;                    // why

    [[nodiscard]] bool holds() const { return !first_bad; }
};

// Told of each line from begins on, in order, once it was found in its place: the tree before it, the line, its fields.
// A seal among them holds; of others only a later seal can tell.
using Visit = std::function<void(const line::CompactRange& before, std::string_view text, const line::Fields& fields)>;
[[nodiscard]] Verification verify(Store& store, const Visit& visit = {});
// The same with a database that cannot even be opened told as broken at line 0. Error when there is no journal.
[[nodiscard]] Verification verify(const os::fs::path& directory);
[[nodiscard]] std::string_view text_of(line::Chain::Fault fault);

} // namespace tally::journal
