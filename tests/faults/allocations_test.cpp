// Every allocation of a check failing once, and all from some point on: the check gives up, or says what it says with
// enough memory; it neither crashes nor comes to another verdict. Allocations of zstd, libcrypto and libsodium count.
#include "tests/support/bundle_builder.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/temp_dir.hpp"
#include "verifier/certify/verdict_text.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <system_error>

extern "C" {
void* __libc_malloc(std::size_t);                // NOLINT
void* __libc_calloc(std::size_t, std::size_t);   // NOLINT
void* __libc_realloc(void*, std::size_t);        // NOLINT
void* __libc_memalign(std::size_t, std::size_t); // NOLINT
}

using namespace tally;

namespace {

constexpr std::uint64_t never = ~std::uint64_t{0};

std::atomic<bool> armed = false;
std::atomic<std::uint64_t> allocations = 0;
std::uint64_t first_to_fail = never, last_to_fail = never;

bool fails() {
    if (!armed) {
        return false;
    }
    const std::uint64_t number = allocations++;
    if (number < first_to_fail || number > last_to_fail) {
        return false;
    }
    errno = ENOMEM;
    return true;
}

enum class End : int { same = 0, gave_up = 1, another = 2 };

struct Shared {
    std::uint64_t allocations = 0;
    char text[300] = {};
};
Shared& shared() {
    static void* const page =
        ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return *static_cast<Shared*>(page);
}

struct Checked {
    test::TempDir directory{test::TempDir::Where::in_memory};
    test::Site site;
    check::Options options;
    check::Trust trust;
    std::string expected;

    explicit Checked(char flip) {
        test::Log& host = site.host("H1");
        for (unsigned i = 0; i < 20; ++i) {
            host.session(i, i + 60);
        }
        host.seal();
        site.arrive(host, 0);
        options.bundle = site.draft().write(directory.path(), site.exporter);
        options.private_directory = directory.path();
        options.recompress = check::Recompress::yes;
        trust = {check::Trust::Basis::enrolled, {site.file}, nullptr};
        std::string bytes = os::read_file(options.bundle, 1U << 20U);
        bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ flip);
        os::replace_file(options.bundle, bytes);
        expected = told(check::check_bundle(options, trust));
    }
    static std::string told(const check::Outcome& outcome) {
        return certify::to_text(outcome.report) + (outcome.bundle ? "verified" : "");
    }
    [[nodiscard]] End ends() const {
        try {
            armed = true;
            const auto outcome = check::check_bundle(options, trust);
            armed = false;
            shared().allocations = allocations;
            const std::string text = told(outcome);
            std::snprintf(shared().text, sizeof shared().text, "%s", text.c_str());
            return text == expected ? End::same : End::another;
        } catch (const std::bad_alloc&) {
        } catch (const Error&) {
        } catch (const std::system_error&) {
        }
        armed = false;
        return End::gave_up;
    }
    // In a process of its own. 1000 and a signal's number when that ended it.
    [[nodiscard]] int run(std::uint64_t first, std::uint64_t last) const {
        shared() = {};
        const pid_t child = ::fork();
        if (child == 0) {
            first_to_fail = first;
            last_to_fail = last;
            ::_exit(static_cast<int>(ends()));
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
    }
};

void let_each_fail(const char* name, char flip) {
    const Checked checked(flip);
    REQUIRE(checked.run(never, never) == static_cast<int>(End::same));
    const std::uint64_t count = shared().allocations;
    REQUIRE(count > 100);
    const std::uint64_t step = test::full_size() ? 1 : std::max<std::uint64_t>(1, count / 400);
    std::uint64_t tried = 0, gave_up = 0;
    for (std::uint64_t at = 0; at < count; at += step) {
        for (const std::uint64_t last : {at, never - 1}) {
            const int end = checked.run(at, last);
            INFO(name << ", allocation " << at << (last == at ? "" : " and all later ones") << ": ended with " << end
                      << " " << shared().text);
            CHECK(end <= static_cast<int>(End::gave_up));
            ++tried;
            gave_up += end == static_cast<int>(End::gave_up) ? 1U : 0U;
        }
    }
    std::printf("%-8s %llu allocations, %llu runs with failures, gave up %llu times\n", name,
                static_cast<unsigned long long>(count), static_cast<unsigned long long>(tried),
                static_cast<unsigned long long>(gave_up));
    CHECK(gave_up > tried / 4);
}

} // namespace

extern "C" {

void* malloc(std::size_t size) { return fails() ? nullptr : __libc_malloc(size); }
void* calloc(std::size_t count, std::size_t size) { return fails() ? nullptr : __libc_calloc(count, size); }
void* realloc(void* block, std::size_t size) { return fails() ? nullptr : __libc_realloc(block, size); }
void* aligned_alloc(std::size_t alignment, std::size_t size) {
    return fails() ? nullptr : __libc_memalign(alignment, size);
}
int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
    *block = fails() ? nullptr : __libc_memalign(alignment, size);
    return *block == nullptr ? ENOMEM : 0;
}

} // extern "C"

TEST_CASE("a check that runs out of memory anywhere gives up; it never crashes nor finds something else") {
    let_each_fail("good", 0);
    let_each_fail("altered", 1);
}
