// Builds the states that a power failure may leave after every call of a recorded run, and has each examined in a
// directory of its own. Equal states are examined once, under the strongest of their promises. States and samples
// follow from the recording and the seed alone. What is counted as a state is different bytes or names on the disk.
#pragma once

#include "tests/crash/disk.hpp"

#include <functional>

namespace tally::crash {

// What had been acknowledged before the failure: the last value of each mark.
class Promises {
public:
    void keep(const std::string& what, std::uint64_t value) { values_[what] = value; }
    [[nodiscard]] std::uint64_t operator[](const std::string& what) const {
        const auto place = values_.find(what);
        return place == values_.end() ? 0 : place->second;
    }

private:
    std::map<std::string, std::uint64_t> values_;
};

// Looks at a state with the real code and may change it. Returns what became of it in a word or two; whatever it throws
// is a violation.
using Examine = std::function<std::string(const os::fs::path& directory, const Promises& promised)>;

struct Violated : std::runtime_error {
    using std::runtime_error::runtime_error;
};
inline void demand(bool holds, const std::string& what) {
    if (!holds) {
        throw Violated(what);
    }
}

struct Sampling {
    unsigned tears = 4;       // places where the last write is torn, of each sector size
    unsigned reorderings = 4; // after each call
    std::uint32_t seed = 1;
    std::size_t most_violations = std::string::npos; // ends after so many
};
// `normal` reorderings, or `full` of them with TALLY_FULL=1; another seed with TALLY_TEST_SEED.
[[nodiscard]] Sampling sampling(unsigned normal, unsigned full);

struct Outcome {
    std::string workload;
    std::size_t calls = 0; // that change files, syncs included
    std::size_t states = 0;
    std::map<std::string, std::size_t> became;
    std::size_t violations = 0;
    std::vector<std::string> examples; // of violations
};
[[nodiscard]] Outcome replay(const std::string& workload, const History& history, const Sampling& sampling,
                             const Examine& examine);
// The same for processes that are killed instead, after calls chosen evenly (after each with TALLY_FULL=1): `work` on a
// copy of what there was before the recording is cut short, then what it left is examined.
[[nodiscard]] Outcome kill(const std::string& workload, const History& history, std::size_t kills,
                           const std::function<void(const os::fs::path& directory)>& work, const Examine& examine);
// A row of the table in docs/crash-states.md.
void print(const Outcome& outcome);
// Prints it, and expects states without a violation.
void require_none(const Outcome& outcome);

} // namespace tally::crash
