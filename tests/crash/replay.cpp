#include "tests/crash/replay.hpp"

#include "tests/support/seed.hpp"
#include "tests/support/temp_dir.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <unordered_map>

namespace tally::crash {
namespace {

using Kind = Call::Kind;
using Random = std::mt19937;

constexpr std::size_t most_examples = 5;

struct Variant {
    std::string kind;
    Choice choice;
};

std::size_t below(Random& random, std::size_t limit) { return limit == 0 ? 0 : random() % limit; }

// Where a write may be torn: between sectors of the file, not of the call.
std::size_t cut_of(const Call& call, std::size_t sector, std::size_t number) {
    const std::uint64_t edge = (call.offset / sector + 1 + number) * sector;
    return static_cast<std::size_t>(std::min<std::uint64_t>(edge - call.offset, call.bytes.size()));
}
std::size_t edges_in(const Call& call, std::size_t sector) {
    return call.bytes.empty()
               ? 0
               : static_cast<std::size_t>((call.offset + call.bytes.size() - 1) / sector - call.offset / sector);
}

class Variants {
public:
    Variants(const Disk& disk, const Sampling& sampling, Random& random)
        : disk_(disk), sampling_(sampling), random_(random) {}

    std::vector<Variant> all() {
        const std::size_t edits = disk_.unsynced().size();
        const std::size_t names = disk_.unsynced_names();
        add("everything kept", names, Fate::kept());
        if (edits + names == 0) {
            return std::move(variants_);
        }
        add("everything unsynced lost", 0, Fate::lost());
        add("names without bytes", names, Fate::lost());
        add("names and lengths without bytes", names, Fate::length_only());
        add("bytes without names", 0, Fate::kept());
        if (edits > 0) {
            tear_last(512);
            tear_last(4096);
        }
        if (edits + names > 1) {
            for (unsigned i = 0; i < sampling_.reorderings; ++i) {
                reorder();
            }
        }
        return std::move(variants_);
    }

private:
    void add(const std::string& kind, std::size_t names, Fate every) {
        variants_.push_back({kind, {names, std::vector<Fate>(disk_.unsynced().size(), every)}});
    }
    void tear_last(std::size_t sector) {
        const Call& last = *disk_.unsynced().back();
        const std::size_t edges = edges_in(last, sector);
        for (std::size_t i = 0; i < std::min<std::size_t>(edges, sampling_.tears); ++i) {
            const std::size_t edge = edges <= sampling_.tears ? i : below(random_, edges);
            for (const Fate before : {Fate::kept(), Fate::lost()}) {
                add("last write torn at " + std::to_string(sector), disk_.unsynced_names(), before);
                variants_.back().choice.fates.back() = {0, cut_of(last, sector, edge), below(random_, 2) == 0};
            }
        }
    }
    Fate fate_of(const Call& call, std::size_t percent_kept) {
        const std::size_t sector = below(random_, 2) == 0 ? 512 : 4096;
        const std::size_t edges = edges_in(call, sector);
        if (edges > 0 && below(random_, 8) == 0) {
            const std::size_t cut = cut_of(call, sector, below(random_, edges));
            return below(random_, 2) == 0 ? Fate{0, cut, below(random_, 2) == 0} : Fate{cut, std::string::npos, false};
        }
        return below(random_, 100) < percent_kept ? Fate::kept()
               : below(random_, 4) == 0           ? Fate::length_only()
                                                  : Fate::lost();
    }
    void reorder() {
        static constexpr std::array<std::size_t, 3> percents = {50, 85, 15};
        const std::size_t percent = percents[below(random_, percents.size())];
        Variant variant{"reordered", {below(random_, disk_.unsynced_names() + 1), {}}};
        for (const Call* edit : disk_.unsynced()) {
            variant.choice.fates.push_back(fate_of(*edit, percent));
        }
        variants_.push_back(std::move(variant));
    }

    const Disk& disk_;
    const Sampling& sampling_;
    Random& random_;
    std::vector<Variant> variants_;
};

struct State {
    std::size_t number = 0; // in the order of making
    std::size_t calls = 0;  // that were made before the failure
    std::string kind;
    Tree tree;
};

// Every state, equal ones included, in the same order each time.
void make_all(const History& history, const Sampling& sampling,
              const std::function<void(const State&, const Promises&)>& take) {
    Disk disk(history.before);
    Promises promises;
    Random random(sampling.seed);
    std::size_t number = 0;
    for (std::size_t done = 0;; ++done) {
        for (auto& variant : Variants(disk, sampling, random).all()) {
            take({number++, done, variant.kind, disk.surviving(variant.choice)}, promises);
        }
        if (done == history.calls.size()) {
            return;
        }
        const Call& call = history.calls[done];
        if (call.kind == Kind::mark) {
            promises.keep(call.name, call.offset);
        }
        disk.apply(call);
    }
}

std::string described(const History& history, const State& state) {
    static constexpr std::array names = {"create",          "mkdir",  "write",  "resize", "fsync",
                                         "fsync directory", "syncfs", "rename", "remove", "mark"};
    static_assert(names.size() == static_cast<std::size_t>(Kind::mark) + 1);
    std::string text = "after " + std::to_string(state.calls) + " calls";
    if (state.calls > 0) {
        const Call& last = history.calls[state.calls - 1];
        text += " (the last: " + std::string(names[static_cast<std::size_t>(last.kind)]) + " " + last.name + ")";
    }
    return text + ", " + state.kind;
}

std::size_t changes_in(const History& history) {
    return static_cast<std::size_t>(std::count_if(history.calls.begin(), history.calls.end(),
                                                  [](const Call& call) { return call.kind != Kind::mark; }));
}

// What was acknowledged before the process made so many calls.
Promises promises_before(const History& history, std::size_t changes) {
    Promises promises;
    for (const auto& call : history.calls) {
        if (call.kind == Kind::mark) {
            promises.keep(call.name, call.offset);
        } else if (--changes == 0) {
            break;
        }
    }
    return promises;
}

void look_at(const History& history, const State& state, const Promises& promises, const Examine& examine,
             Outcome& outcome) {
    const test::TempDir place(test::TempDir::Where::in_memory);
    const auto directory = place / "state";
    os::fs::create_directory(directory);
    write_tree(state.tree, directory);
    ++outcome.states;
    std::string problem;
    try {
        ++outcome.became[examine(directory, promises)];
        return;
    } catch (const std::exception& error) {
        problem = error.what();
    }
    ++outcome.violations;
    if (outcome.examples.size() < most_examples) {
        outcome.examples.push_back(described(history, state) + ": " + problem);
        const char* keep = std::getenv("TALLY_CRASH_KEEP");
        if (keep != nullptr && outcome.examples.size() == 1) {
            const auto kept = os::fs::path(keep) / outcome.workload;
            os::fs::create_directories(kept);
            write_tree(state.tree, kept);
        }
    }
}

} // namespace

Sampling sampling(unsigned normal, unsigned full) {
    Sampling chosen;
    const bool all = test::full_size();
    chosen.reorderings = all ? full : normal;
    chosen.tears = all ? 16 : 4;
    if (const char* seed = std::getenv("TALLY_TEST_SEED")) {
        chosen.seed = static_cast<std::uint32_t>(std::stoul(seed));
    }
    return chosen;
}

Outcome replay(const std::string& workload, const History& history, const Sampling& sampling, const Examine& examine) {
    Outcome outcome;
    outcome.workload = workload;
    outcome.calls = changes_in(history);
    // Promises only grow: the last of equal states has the strongest.
    std::unordered_map<std::size_t, std::size_t> last;
    make_all(history, sampling, [&](const State& state, const Promises&) { last[hash_of(state.tree)] = state.number; });
    make_all(history, sampling, [&](const State& state, const Promises& promises) {
        if (outcome.violations < sampling.most_violations && last.at(hash_of(state.tree)) == state.number) {
            look_at(history, state, promises, examine, outcome);
        }
    });
    return outcome;
}

Outcome kill(const std::string& workload, const History& history, std::size_t kills,
             const std::function<void(const os::fs::path&)>& work, const Examine& examine) {
    Outcome outcome;
    outcome.workload = workload;
    outcome.calls = changes_in(history);
    const std::size_t times = test::full_size() ? outcome.calls : std::min(kills, outcome.calls);
    for (std::size_t i = 0; i < times; ++i) {
        const std::size_t after = 1 + i * outcome.calls / times;
        const test::TempDir place(test::TempDir::Where::in_memory);
        write_tree(history.before, place.path());
        try {
            demand(killed_after(after, place.path(), [&] { work(place.path()); }), "was not killed");
            ++outcome.became[examine(place.path(), promises_before(history, after))];
        } catch (const std::exception& error) {
            ++outcome.violations;
            outcome.examples.push_back("killed after " + std::to_string(after) + " calls: " + error.what());
        }
        ++outcome.states;
    }
    return outcome;
}

void print(const Outcome& outcome) {
    std::string row = "| " + outcome.workload + " | " + std::to_string(outcome.calls) + " | " +
                      std::to_string(outcome.states) + " | ";
    const char* between = "";
    for (const auto& [name, count] : outcome.became) {
        row += between + name + " " + std::to_string(count);
        between = " · ";
    }
    std::printf("%s | %zu |\n", row.c_str(), outcome.violations);
    for (const auto& example : outcome.examples) {
        std::printf("    %s\n", example.c_str());
    }
    std::fflush(stdout);
}

void require_none(const Outcome& outcome) {
    print(outcome);
    CHECK(outcome.violations == 0);
    CHECK(outcome.states > 0);
}

} // namespace tally::crash
