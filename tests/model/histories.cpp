// Random histories through the real libraries and the reference model. A history on which they differ is cut down step
// by step to one from which nothing can be left out, and printed as a script that --replay takes.
//
//   test_model [--steps N] [--length N] [--seed N] [--replay FILE] [--forget "note REPLAY"]
//
// TALLY_FULL=1 does ten times as many steps. --forget leaves one kind of finding out of all predictions; the search then
// has to find a difference, and ends with 0 when it does.
#include "tests/model/world.hpp"
#include "tests/support/seed.hpp"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

namespace tally::model {
namespace {

struct Options {
    std::uint64_t steps = test::full_size() ? 200'000 : 20'000;
    std::size_t length = 120;
    std::uint32_t seed = std::getenv("TALLY_TEST_SEED") != nullptr ? test::fresh_seed() : 1;
    std::string replay, forget;
};

using History = std::vector<Step>;

// How often a step is drawn, among all.
struct Weight {
    const char* verb;
    unsigned weight;
};
constexpr Weight weights[] = {
    {"record", 12},
    {"import", 7},
    {"ship", 16},
    {"seal", 3},
    {"drop", 3},
    {"redrop", 1},
    {"enrol", 3},
    {"collect", 15},
    {"pack", 10},
    {"accept", 11},
    {"check", 7},
    {"clock", 3},
    {"reboot", 1},
    {"lose-segment", 2},
    {"pack-again", 1},
    {"pack-from", 4},
    {"snapshot", 4},
    {"restore", 4},
    {"restore-journal", 1},
    {"clone", 3},
    {"lose-keys", 1},
    {"lose-bundle", 1},
    {"accept-twice", 1},
    {"snapshot-station", 3},
    {"restore-station", 3},
    {"lose-index", 1},
};

History draw(std::mt19937& random, std::size_t length) {
    std::vector<const char*> urn;
    for (const auto& entry : weights) {
        urn.insert(urn.end(), entry.weight, entry.verb);
    }
    History history{{"enrol", 0, 0}};
    while (history.size() < length) {
        const char* verb = urn[random() % urn.size()];
        history.push_back({verb, static_cast<unsigned>(random() % 1000), static_cast<unsigned>(random() % 1000)});
    }
    return history;
}

// What differs, and at which step; nothing when all agree.
struct Difference {
    std::size_t step = 0;
    std::string text;
};
std::optional<Difference> run(const History& history, Tally& tally) {
    std::size_t step = 0;
    try {
        World world(tally);
        for (; step < history.size(); ++step) {
            world.apply(history[step]);
        }
        return std::nullopt;
    } catch (const std::exception& difference) {
        return Difference{step, difference.what()};
    }
}

History shrunk(History history, const std::string& forgotten) {
    Tally scratch{{}, forgotten};
    const auto differs = [&](const History& candidate) { return run(candidate, scratch).has_value(); };
    for (std::size_t size = history.size() / 2; size > 0; size = size > 1 ? size / 2 : 0) {
        for (std::size_t at = 0; at < history.size();) {
            History without = history;
            const auto from = without.begin() + static_cast<std::ptrdiff_t>(at);
            without.erase(from, from + static_cast<std::ptrdiff_t>(std::min(size, history.size() - at)));
            if (differs(without)) {
                history = std::move(without);
            } else {
                at += size;
            }
        }
    }
    return history;
}

std::string script(const History& history) {
    std::string text;
    for (const auto& step : history) {
        text += step.verb + " " + std::to_string(step.a) + " " + std::to_string(step.b) + "\n";
    }
    return text;
}

History read_script(const std::string& path) {
    std::ifstream file(path);
    History history;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        if (Step step; words >> step.verb >> step.a >> step.b) {
            history.push_back(step);
        }
    }
    return history;
}

// What a search of full length must have met: what was never met was not tried.
constexpr std::uint64_t full_length = 20'000;
constexpr const char* must_occur[] = {
    "accepted",
    "accepted twice",
    "new log in place of another",
    "segment dropped again",
    "segment added",
    "segment known",
    "segment waiting",
    "quarantined FORK",
    "quarantined BAD_CHAIN",
    "quarantined UNKNOWN_LOG",
    "note REPLAY",
    "note CLOCK_STEP",
    "note HOST_SILENT",
    "note IMPORT_DUPLICATE",
    "warn IMPORT_DUPLICATE",
    "warn BUNDLE_MISSING",
    "warn HOST_SILENT",
    "warn LOG_REPLACED",
    "warn SEQUENCE_GAP",
    "warn UNANCHORED",
    "warn ANCHOR_MISMATCH",
    "refuse FORK",
    "refuse SEQUENCE_GAP",
    "refuse HOST_UNKNOWN",
    "refuse ROLLBACK",
};

// True when all that must occur did.
bool all_met(const Tally& tally) {
    bool all = true;
    for (const char* what : must_occur) {
        if (!tally.seen.contains(what)) {
            std::cout << "never met: " << what << "\n";
            all = false;
        }
    }
    return all;
}

int tell(const History& history, const Difference& difference, const Options& options) {
    const History least =
        shrunk({history.begin(), history.begin() + static_cast<std::ptrdiff_t>(difference.step) + 1}, options.forget);
    Tally scratch{{}, options.forget};
    const auto last = run(least, scratch);
    std::cout << "product and model differ: " << (last ? last->text : difference.text) << "\nscript of " << least.size()
              << " steps, for --replay:\n"
              << script(least);
    return 1;
}

int search(const Options& options) {
    std::cout << "seed " << options.seed << "\n" << std::flush;
    std::mt19937 random(options.seed);
    Tally tally{{}, options.forget};
    for (std::uint64_t done = 0; done < options.steps; done += options.length) {
        const History history = draw(random, options.length);
        if (const auto difference = run(history, tally)) {
            std::cout << "after " << done + difference->step << " steps: ";
            return tell(history, *difference, options);
        }
    }
    std::uint64_t steps = 0;
    for (const auto& [what, times] : tally.seen) {
        std::printf("%10llu  %s\n", static_cast<unsigned long long>(times), what.c_str());
        steps += what.starts_with("step ") ? times : 0;
    }
    std::printf("%llu steps, product and model agree\n", static_cast<unsigned long long>(steps));
    return steps < full_length || all_met(tally) ? 0 : 1;
}

} // namespace
} // namespace tally::model

int main(int count, char** values) {
    using namespace tally::model;
    Options options;
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string name = values[i];
        const std::string value = values[i + 1];
        if (name == "--steps") {
            options.steps = std::stoull(value);
        } else if (name == "--length") {
            options.length = std::stoull(value);
        } else if (name == "--seed") {
            options.seed = static_cast<std::uint32_t>(std::stoul(value));
        } else if (name == "--replay") {
            options.replay = value;
        } else if (name == "--forget") {
            options.forget = value;
        }
    }
    if (!options.replay.empty()) {
        Tally tally{{}, options.forget};
        const History history = read_script(options.replay);
        const auto difference = run(history, tally);
        if (difference) {
            std::cout << "step " << difference->step + 1 << ", product and model differ: " << difference->text << "\n";
        }
        return difference ? 1 : 0;
    }
    const int result = search(options);
    return options.forget.empty() ? result : result == 0 ? 1 : 0;
}
