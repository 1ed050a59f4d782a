// Times two ways of doing the same, alternately, and prints medians, spread, processor time and their ratio. --size N
// sets the work, --rounds N the repetitions; --answers-only does everything once and prints no time: that is how ctest
// runs them. A wrong answer ends the program with 1.
#pragma once

#include "tests/support/command.hpp"
#include "tests/support/temp_dir.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace tally::bench {

struct Plan {
    std::uint64_t size = 0;
    int rounds = 5;
    bool timed = true;
};

inline Plan plan_from(int count, char** arguments, std::uint64_t usual_size) {
    Plan plan{usual_size, 5, true};
    for (int i = 1; i < count; ++i) {
        const std::string word = arguments[i];
        if (word == "--size" && i + 1 < count) {
            plan.size = std::stoull(arguments[++i]);
        } else if (word == "--rounds" && i + 1 < count) {
            plan.rounds = std::stoi(arguments[++i]);
        } else if (word == "--answers-only") {
            plan = {usual_size / 100, 1, false};
        } else {
            std::cerr << "usage: " << arguments[0] << " [--size N] [--rounds N] [--answers-only]\n";
            std::exit(2);
        }
    }
    return plan;
}

inline void require(bool right, const std::string& what) {
    if (!right) {
        std::cerr << "bench: wrong answer: " << what << "\n";
        std::exit(1);
    }
}

// The output of a stock tool; anything but success ends the benchmark.
inline std::string output_of(const std::string& command) {
    const auto ran = test::run(command);
    require(ran.exit == 0, command + "\n" + ran.out);
    return ran.out;
}

inline double median_of(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

struct Times {
    std::vector<double> seconds;
    std::vector<double> processor; // of all threads and of the programs started: what other work on the machine spares
    [[nodiscard]] double median() const { return median_of(seconds); }
    [[nodiscard]] double low() const { return *std::min_element(seconds.begin(), seconds.end()); }
    [[nodiscard]] double high() const { return *std::max_element(seconds.begin(), seconds.end()); }
};

inline double timed(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

inline double processor_seconds() {
    double sum = 0;
    for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        rusage usage{};
        getrusage(who, &usage);
        for (const auto& time : {usage.ru_utime, usage.ru_stime}) {
            sum += static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
        }
    }
    return sum;
}

struct Contender {
    std::string name;
    std::function<void()> work;
};

inline void print_times(const std::string& name, const Times& times, double amount, const std::string& unit) {
    std::printf("  %-58s %8.3f s [%.3f-%.3f] %10.0f %s/s, processor %.3f s\n", name.c_str(), times.median(),
                times.low(), times.high(), amount / times.median(), unit.c_str(), median_of(times.processor));
}

// Linux: 5 starts the count of the largest resident size anew, so that making the input is left out.
inline void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }
inline unsigned long peak_resident_kb() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.rfind("VmHWM:", 0) == 0) {
            return std::stoul(line.substr(6));
        }
    }
    return 0;
}

// ours first; the ratio is ours / the other's.
inline void compare(const Plan& plan, const std::string& title, double amount, const std::string& unit,
                    const std::vector<Contender>& contenders) {
    std::vector<Times> times(contenders.size());
    forget_peak();
    for (int round = 0; round < plan.rounds; ++round) {
        for (std::size_t i = 0; i < contenders.size(); ++i) {
            const double before = processor_seconds();
            times[i].seconds.push_back(timed(contenders[i].work));
            times[i].processor.push_back(processor_seconds() - before);
        }
    }
    if (!plan.timed) {
        std::cout << title << ": equal answers\n";
        return;
    }
    std::printf("%s (%.0f %s, median of %d [fastest-slowest])\n", title.c_str(), amount, unit.c_str(), plan.rounds);
    for (std::size_t i = 0; i < contenders.size(); ++i) {
        print_times(contenders[i].name, times[i], amount, unit);
        if (i > 0) {
            std::printf("  %-58s %8.2f, processor %.2f\n", "ratio ours / this", times[0].median() / times[i].median(),
                        median_of(times[0].processor) / median_of(times[i].processor));
        }
    }
    std::printf("  resident at most %lu MB\n", peak_resident_kb() / 1024);
}

} // namespace tally::bench
