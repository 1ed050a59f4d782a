// SIGKILL at a random moment, again and again: what was acknowledged is there, the log holds, the same log goes on.
#include "tests/support/seed.hpp"
#include "tests/unit/journal/fixture.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <sys/wait.h>

using namespace tally;
using namespace tally::test;

namespace {

std::uint32_t below(std::mt19937& random, std::uint32_t limit) { return static_cast<std::uint32_t>(random() % limit); }

// What the recorder tells the outside: that it begins to make lines [first, next) durable, and that they are.
struct Word {
    enum Kind : std::uint64_t { begun, acknowledged };
    std::uint64_t kind = begun;
    std::uint64_t first = 0;
    std::uint64_t next = 0;
    std::uint64_t number = 0; // that the first line carries; the following ones count on
};

void tell(int outside, const Word& word) {
    if (::write(outside, &word, sizeof word) != sizeof word) {
        ::_exit(1);
    }
}

// Appends, commits and seals in varying groups, and tells of each before and after.
[[noreturn]] void record_for_ever(LogDir& log, int outside, std::uint32_t seed) {
    std::mt19937 random(seed);
    const auto journal = log.open();
    for (;;) {
        Word word{Word::begun, journal->size(), journal->size() + 1 + below(random, 40), random()};
        for (std::uint64_t i = 0; i < word.next - word.first; ++i) {
            journal->append(note(word.number + i));
        }
        tell(outside, word);
        if (below(random, 4) == 0) {
            journal->seal("test");
        } else {
            journal->commit();
        }
        word.kind = Word::acknowledged;
        tell(outside, word);
    }
}

// Everything that was told before the kill, in order.
std::vector<Word> killed_run(LogDir& log, std::uint32_t seed, unsigned microseconds) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::close(ends[0]);
        record_for_ever(log, ends[1], seed);
    }
    ::close(ends[1]);
    std::vector<Word> told;
    Word word;
    for (unsigned i = 0; i < 2 && ::read(ends[0], &word, sizeof word) == sizeof word; ++i) { // it has begun
        told.push_back(word);
    }
    ::usleep(microseconds);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(ends[0], &word, sizeof word) == sizeof word) {
        told.push_back(word);
    }
    ::close(ends[0]);
    return told;
}

// Every acknowledged line is there with the number it was given.
void look_for(journal::Journal& journal, const std::vector<Word>& told) {
    for (const auto& word : told) {
        if (word.kind != Word::acknowledged) {
            continue;
        }
        REQUIRE(journal.size() >= word.next);
        std::uint64_t number = word.number;
        bool same = true;
        journal.store().for_each_line(word.first, word.next, [&](std::uint64_t, std::string_view line) {
            same = same && line.find("\"n\":" + std::to_string(number++) + ",") != std::string_view::npos;
        });
        REQUIRE(same);
        REQUIRE(number - word.number == word.next - word.first);
    }
}

// Kills in the middle of a write are the ones that matter: at least a fifth of all have to be such.
void kill_often(int times) {
    const std::uint32_t seed = fresh_seed();
    INFO("TALLY_TEST_SEED=" << seed);
    std::mt19937 random(seed);
    LogDir log;
    const std::string host = log.open()->host().text();
    int in_open_write = 0;
    for (int round = 0; round < times; ++round) {
        INFO("round " << round);
        const auto child_seed = static_cast<std::uint32_t>(random());
        const auto told = killed_run(log, child_seed, below(random, 6000));
        REQUIRE(told.size() >= 2);
        in_open_write += told.back().kind == Word::begun ? 1 : 0;

        const auto journal = log.open();
        REQUIRE_FALSE(journal->recovery());
        REQUIRE(journal->host().text() == host);
        look_for(*journal, told);
    }
    std::printf("%d kills, %d of them during an open write\n", times, in_open_write);
    CHECK(in_open_write * 5 >= times);
    const auto proof = log.verify();
    CHECK(proof.holds());
    CHECK(proof.seals > 0);
}

// So many with a log of their own; all of them with TALLY_FULL=1.
constexpr int kills_of_a_log = 1000;
constexpr int all_kills = 5000;

int wanted_kills() {
    const char* wanted = std::getenv("TALLY_TEST_KILLS");
    if (wanted != nullptr && test::full_size()) {
        return all_kills;
    }
    return wanted != nullptr ? std::atoi(wanted) : 50;
}

} // namespace

TEST_CASE("no acknowledged line is lost when the recorder is killed at a random moment") {
    for (int left = wanted_kills(); left > 0; left -= kills_of_a_log) {
        kill_often(std::min(left, kills_of_a_log));
    }
}
