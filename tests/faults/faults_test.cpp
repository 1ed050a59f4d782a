// Every call that can fail, failing once, in every step from the recorder to the ledger: whoever says that it is done
// has done it, what was acknowledged is there, and the same command given again leads to the same end.
#include "tests/faults/calls.hpp"
#include "tests/faults/workloads.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>
#include <sys/wait.h>
#include <tuple>

using namespace tally;
using namespace tally::faults;
namespace fs = tally::os::fs;

namespace {

constexpr int refused = 77;
constexpr std::pair<int, const char*> errors[] = {
    {EIO, "EIO"}, {ENOSPC, "ENOSPC"}, {EINTR, "EINTR"}, {EROFS, "EROFS"}, {short_transfer, "short"}};

bool can_be_short(Call call) {
    return call == Call::read || call == Call::pread || call == Call::write || call == Call::pwrite;
}

// Memory that a forked child writes and this process reads.
struct Shared {
    std::uint64_t acknowledged = 0;
    std::array<std::uint64_t, call_count> calls{};
    char text[300] = {};
};
Shared& shared() {
    static void* const page =
        ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return *static_cast<Shared*>(page);
}

// Exit code of the command in a process of its own, `refused` when it threw, above 1000 when a signal ended it.
int run(const Workload& workload, const fs::path& top, const Fault& fault) {
    shared() = {};
    const pid_t child = ::fork();
    if (child == 0) {
        const int nowhere = ::open("/dev/null", O_WRONLY);
        ::dup2(nowhere, STDOUT_FILENO);
        ::dup2(nowhere, STDERR_FILENO);
        int code = refused;
        try {
            arm(fault);
            const Exit exit =
                workload.run(top, [](std::uint64_t acknowledged) { shared().acknowledged = acknowledged; });
            code = exit == Exit::nothing_to_do ? 0 : static_cast<int>(exit);
        } catch (const std::exception& error) {
            std::snprintf(shared().text, sizeof shared().text, "%s", error.what());
        }
        disarm();
        shared().calls = calls_so_far();
        ::_exit(code);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

struct Tally {
    std::uint64_t tried = 0, refusals = 0, violations = 0;
};

class Attempt {
public:
    Attempt(const Workload& workload, const fs::path& base, std::string done)
        : workload_(workload), base_(base), done_(std::move(done)) {}

    // What is wrong after that fault, or nothing.
    std::string with(const Fault& fault, Tally& tally) const {
        const test::TempDir top(test::TempDir::Where::in_memory);
        copy_tree(base_, top.path());
        const int code = run(workload_, top.path(), fault);
        const std::uint64_t acknowledged = shared().acknowledged;
        const std::string said = shared().text;
        ++tally.tried;
        tally.refusals += code == 0 ? 0 : 1;
        try {
            if (code >= 1000) {
                return "ended by signal " + std::to_string(code - 1000);
            }
            if (code == static_cast<int>(Exit::findings) && !workload_.may_doubt) {
                return "findings about what is honest";
            }
            const std::string found = workload_.facts(top.path(), acknowledged);
            if (code == 0) {
                return found == done_ ? "" : "it said done, and it is not: " + found;
            }
            const int again = run(workload_, top.path(), {});
            if (again != 0) {
                return "after \"" + said + "\" the next try says " + std::to_string(again) + " " + shared().text;
            }
            const std::string after = workload_.facts(top.path(), acknowledged);
            return after == done_ ? "" : "after the next try: " + after;
        } catch (const std::exception& error) {
            return std::string(error.what()) + " (exit " + std::to_string(code) + " " + said + ")";
        }
    }

private:
    const Workload& workload_;
    const fs::path& base_;
    std::string done_;
};

// At most so many faults for each call and error; TALLY_FULL=1: all.
std::uint64_t most_of_each() { return test::full_size() ? never : 4; }

Tally try_all(const Workload& workload, const fs::path& base) {
    Tally tally;
    const test::TempDir clean(test::TempDir::Where::in_memory);
    copy_tree(base, clean.path());
    REQUIRE(run(workload, clean.path(), {}) == 0);
    const auto calls = shared().calls;
    const Attempt attempt(workload, base, workload.facts(clean.path(), shared().acknowledged));
    for (std::size_t call = 0; call < call_count; ++call) {
        // Spread over the whole run, first and last among them.
        const std::uint64_t picked = std::min(calls[call], most_of_each());
        for (std::uint64_t i = 0; i < picked; ++i) {
            const std::uint64_t at = picked == 1 ? 0 : i * (calls[call] - 1) / (picked - 1);
            for (const auto& [error, name] : errors) {
                if (error == short_transfer && !can_be_short(static_cast<Call>(call))) {
                    continue;
                }
                const std::string wrong = attempt.with({static_cast<Call>(call), at, error}, tally);
                if (!wrong.empty()) {
                    ++tally.violations;
                    UNSCOPED_INFO(workload.name << ": " << call_names[call] << " number " << at << " with " << name
                                                << ": " << wrong);
                    CHECK(wrong.empty());
                }
            }
        }
    }
    std::printf("%-22s %6llu failing calls, refused %5llu times, violations %llu\n", workload.name.c_str(),
                static_cast<unsigned long long>(tally.tried), static_cast<unsigned long long>(tally.refusals),
                static_cast<unsigned long long>(tally.violations));
    return tally;
}

} // namespace

TEST_CASE("no failing call makes a step say done that is not, lose what it acknowledged, or spoil the next try") {
    const test::TempDir base(test::TempDir::Where::in_memory);
    set_up(base.path());
    Tally sum;
    for (const auto& workload : workloads()) {
        if (workload.name == "check of a bad file") {
            std::string bytes = os::read_file(base / "out/SITE1_USAGE_000001_V1OF1.tally", 1U << 24U);
            bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
            os::replace_file(base / "bad.tally", bytes);
            os::fs::copy_file(base / "out/SITE1_USAGE_000001_V1OF1.tally.minisig", base / "bad.tally.minisig");
        }
        const Tally tally = try_all(workload, base.path());
        CHECK(tally.refusals > 0);
        sum = {sum.tried + tally.tried, sum.refusals + tally.refusals, sum.violations + tally.violations};
        REQUIRE(run(workload, base.path(), {}) == 0);
    }
    std::printf("together               %6llu failing calls, violations %llu\n",
                static_cast<unsigned long long>(sum.tried), static_cast<unsigned long long>(sum.violations));
    CHECK(sum.violations == 0);
}
