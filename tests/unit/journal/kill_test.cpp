// SIGKILL at a random moment, again and again: what was acknowledged is there, the log holds, the same log goes on.
#include "tests/support/seed.hpp"
#include "tests/unit/journal/fixture.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <random>
#include <sys/wait.h>

using namespace tally;
using namespace tally::test;

namespace {

std::uint32_t below(std::mt19937& random, std::uint32_t limit) { return static_cast<std::uint32_t>(random() % limit); }

// Appends, commits and seals in varying groups; writes the size of the log to `acknowledged` after each.
[[noreturn]] void record_for_ever(LogDir& log, int acknowledged, std::uint32_t seed) {
    std::mt19937 random(seed);
    const auto journal = log.open();
    for (;;) {
        const std::uint32_t lines = 1 + below(random, 40);
        for (std::uint32_t i = 0; i < lines; ++i) {
            journal->append(note(journal->size()));
        }
        if (below(random, 4) == 0) {
            journal->seal("test");
        } else {
            journal->commit();
        }
        const std::uint64_t size = journal->size();
        if (::write(acknowledged, &size, sizeof size) != sizeof size) {
            ::_exit(1);
        }
    }
}

// The last size acknowledged before the kill; 0 when there was none.
std::uint64_t killed_run(LogDir& log, std::uint32_t seed, unsigned microseconds) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::close(ends[0]);
        record_for_ever(log, ends[1], seed);
    }
    ::close(ends[1]);
    std::uint64_t last = 0;
    std::uint64_t size = 0;
    if (::read(ends[0], &size, sizeof size) == sizeof size) { // it has begun
        last = size;
        ::usleep(microseconds);
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(ends[0], &size, sizeof size) == sizeof size) {
        last = size;
    }
    ::close(ends[0]);
    return last;
}

void kill_often(int times) {
    const std::uint32_t seed = fresh_seed();
    INFO("TALLY_TEST_SEED=" << seed);
    std::mt19937 random(seed);
    LogDir log;
    const std::string host = log.open()->host().text();
    for (int round = 0; round < times; ++round) {
        INFO("round " << round);
        const auto child_seed = static_cast<std::uint32_t>(random());
        const std::uint64_t acknowledged = killed_run(log, child_seed, below(random, 6000));
        REQUIRE(acknowledged > 0);

        const auto journal = log.open();
        REQUIRE_FALSE(journal->recovery());
        REQUIRE(journal->host().text() == host);
        REQUIRE(journal->size() >= acknowledged);
    }
    const auto proof = log.verify();
    CHECK(proof.holds());
    CHECK(proof.seals > 0);
}

int wanted_kills() {
    const char* wanted = std::getenv("TALLY_TEST_KILLS");
    return wanted != nullptr ? std::atoi(wanted) : 50;
}

} // namespace

TEST_CASE("no acknowledged line is lost when the recorder is killed at a random moment") { kill_often(wanted_kills()); }
