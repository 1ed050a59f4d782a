#include "tests/support/denied_calls.hpp"
#include "tests/support/seed.hpp"
#include "tests/unit/check/world.hpp"
#include "verifier/check/rows.hpp"

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>

using namespace tally;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#else
constexpr bool sanitized = false;
#endif

// What `work` writes to the descriptor it is given, done in a forked process; a line about its end is added.
std::string forked(const std::function<void(int)>& work) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        work(ends[1]);
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string text;
    char part[512];
    for (ssize_t got = 0; (got = ::read(ends[0], part, sizeof part)) > 0;) {
        text.append(part, static_cast<std::size_t>(got));
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return text + (status == 0 ? "" : "(status " + std::to_string(status) + ")");
}

void say(int to, const std::string& text) {
    if (::write(to, text.data(), text.size()) < 0) {
        ::_exit(9);
    }
}

// Of this process. Zombies count: they are killed and reaped by whoever waits for them.
std::vector<pid_t> children() {
    std::vector<pid_t> found;
    for (const auto& entry : os::fs::directory_iterator("/proc")) {
        std::ifstream status((entry.path() / "stat").string());
        std::string pid, name, state;
        pid_t parent = 0;
        if (status >> pid >> name >> state >> parent && parent == ::getpid()) {
            found.push_back(std::stoi(pid));
        }
    }
    return found;
}

void kill_children(int signal) {
    for (const pid_t child : children()) {
        ::kill(child, signal);
    }
}

// Remembers nothing; does something whenever it is asked.
class Interrupting : public check::Memory {
public:
    explicit Interrupting(std::function<void()> action) : action_(std::move(action)) {}
    std::optional<check::Position> position(const std::string&) const override { return std::nullopt; }
    std::optional<line::Hash> root_at(const std::string&, std::uint64_t) const override { return std::nullopt; }
    std::vector<check::RosterEntry> roster(const std::string&) const override {
        action_();
        return {};
    }
    std::vector<line::Hash> accepted(const std::string&, const std::string&, std::uint64_t) const override {
        return {};
    }

private:
    std::function<void()> action_;
};

struct Confined : test::World {
    check::Trust trust{check::Trust::Basis::enrolled, {site.file}, nullptr};
    os::fs::path path = draft().write(directory.path(), site.exporter);

    check::Outcome confined() { return check::check_confined({path, {}, {}, check::Recompress::yes, 2}, trust); }
    check::Outcome direct() { return check::check_bundle({path, {}, {}, check::Recompress::yes, 2}, trust); }
};

std::string lines_of(const check::VerifiedBundle& bundle) {
    std::string text;
    bundle.for_each_line([&](const check::LineView& view) {
        text += std::to_string(view.log) + " " + std::to_string(view.seq) + " " + std::string(view.bytes) + "\n";
        for (const auto& [key, value] : *view.fields) {
            text += std::string(key) + "=" + std::string(value.text) + "/" + std::to_string(value.integer) + "\n";
        }
    });
    return text;
}

std::string without_sandbox(check::Report report) {
    report.sandbox.reset();
    text::Json json;
    certify::write_json(json, report);
    return json.str();
}

// The layers that a process finds which is forbidden one call.
std::string layers_without(long call, int error, long argument = -1, bool set_no_new_privs = true) {
    Confined at;
    return forked([&](int to) {
        if (!test::deny_call(call, error, argument, set_no_new_privs)) {
            say(to, "no filter here");
            return;
        }
        const auto outcome = at.confined();
        say(to, std::string(check::name(outcome.report.verdict)) + ": " + check::to_text(*outcome.report.sandbox));
    });
}

} // namespace

TEST_CASE("a confined check reports what a check in this process reports, and prints what confines it") {
    Confined at;
    const auto confined = at.confined();

    CHECK(confined.bundle.has_value());
    CHECK(without_sandbox(confined.report) == without_sandbox(at.direct().report));
    const std::string text = certify::to_text(confined.report);
    CHECK_THAT(text, Catch::Contains("sandbox: no network, no file system (Landlock "));
    CHECK_THAT(text, Catch::Contains("system calls filtered, no new privileges"));
    if (!sanitized) {
        CHECK_THAT(text, Catch::Contains("memory at most 1024 MiB\n"));
        CHECK_THAT(text, !Catch::Contains("MISSING"));
    }
    CHECK_FALSE(at.direct().report.sandbox.has_value());
}

TEST_CASE("a confined check finds the same in a bundle that is altered anywhere") {
    Confined at;
    const std::string whole = os::read_file(at.path, 1U << 20U);
    unsigned refused = 0;
    for (std::size_t byte = 0; byte < whole.size(); byte += whole.size() / 40) {
        std::string flipped = whole;
        flipped[byte] = static_cast<char>(flipped[byte] ^ 4);
        os::replace_file(at.path, flipped);
        INFO("byte " << byte);
        const auto confined = at.confined();
        CHECK(without_sandbox(confined.report) == without_sandbox(at.direct().report));
        refused += confined.report.verdict == check::Verdict::rejected ? 1 : 0;
    }
    CHECK(refused >= 40);
}

TEST_CASE("the lines, seals and the copy of a bundle checked in confinement are those of the bundle, more than once") {
    Confined at;
    const auto confined = at.confined();
    const auto direct = at.direct();
    REQUIRE(confined.bundle.has_value());
    const auto& bundle = *confined.bundle;

    CHECK(lines_of(bundle) == lines_of(*direct.bundle));
    CHECK(lines_of(bundle) == lines_of(*direct.bundle));
    CHECK(bundle.created_ms() == direct.bundle->created_ms());
    REQUIRE(bundle.seals().size() == direct.bundle->seals().size());
    for (std::size_t i = 0; i < bundle.seals().size(); ++i) {
        CHECK(bundle.seals()[i].after.range == direct.bundle->seals()[i].after.range);
        CHECK(bundle.seals()[i].after.key == direct.bundle->seals()[i].after.key);
        CHECK(bundle.seals()[i].root == direct.bundle->seals()[i].root);
    }
    REQUIRE(bundle.enrolled().size() == direct.bundle->enrolled().size());
    CHECK(bundle.enrolled()[0].first_key == direct.bundle->enrolled()[0].first_key);
    const auto copy = at.directory / "copy";
    bundle.copy_to(os::open(copy, O_WRONLY | O_CREAT), copy);
    CHECK(os::read_file(copy, 1U << 20U) == os::read_file(at.path, 1U << 20U));
}

TEST_CASE("a file that cannot be read at all is reported the same way") {
    Confined at;
    os::fs::remove(at.path.string() + ".minisig");
    CHECK(without_sandbox(at.confined().report) == without_sandbox(at.direct().report));
    os::fs::remove(at.path);
    CHECK_THROWS_AS(at.confined(), Error);
    CHECK(children().empty());
}

TEST_CASE("a confined process can open nothing, reach nobody, start nothing and write to one pipe only") {
    test::TempDir directory;
    const auto kept = directory / "kept";
    os::replace_file(kept, "kept");
    const std::string said = forked([&](int to) {
        const int file = ::open(kept.c_str(), O_RDWR);
        const pid_t parent = ::getppid();
        const auto sandbox = check::enter_sandbox({{file, to}, to, std::uint64_t{1} << 30U, 60});
        const auto attempt = [&](const char* what, long result) {
            say(to, std::string(what) + (result < 0 ? " refused\n" : " POSSIBLE\n"));
        };
        attempt("open", ::open("/", O_RDONLY | O_DIRECTORY));
        attempt("open of a file", ::open("/proc/self/status", O_RDONLY));
        attempt("create", ::open(kept.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600));
        attempt("unlink", ::unlink(kept.c_str()));
        attempt("internet", ::socket(AF_INET, SOCK_STREAM, 0));
        attempt("internet 6", ::socket(AF_INET6, SOCK_DGRAM, 0));
        attempt("local socket", ::socket(AF_UNIX, SOCK_STREAM, 0));
        attempt("process", ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); // no library in between
        attempt("program", ::execl("/bin/true", "true", nullptr));
        attempt("signal", ::kill(parent, 0));
        attempt("ptrace", ::ptrace(PTRACE_ATTACH, parent, nullptr, nullptr));
        attempt("privileges", ::syscall(SYS_setuid, 65534));
        attempt("write to the file", ::pwrite(file, "x", 1, 0));
        attempt("more descriptors", ::dup(file));
        void* executable = ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        attempt("code", executable == MAP_FAILED ? -1 : 0);
        void* mapped = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        attempt("the file as memory", mapped == MAP_FAILED ? -1 : 0);
        attempt("standard input", ::syscall(SYS_read, STDIN_FILENO, nullptr, 0));
        char byte = 0;
        say(to, ::pread(file, &byte, 1, 0) == 1 ? "reading works\n" : "reading FAILS\n");
        if (!sanitized) {
            attempt("write elsewhere", ::write(file, "x", 1));
            void* much =
                ::mmap(nullptr, std::size_t{2} << 30U, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            attempt("two GiB", much == MAP_FAILED ? -1 : 0);
        }
        say(to, sandbox.landlock > 0 ? "" : "no Landlock\n");
    });
    INFO(said);

    CHECK_THAT(said, !Catch::Contains("POSSIBLE"));
    CHECK_THAT(said, Catch::Contains("reading works"));
    CHECK_THAT(said, !Catch::Contains("status"));
    CHECK(os::read_file(kept, 9) == "kept");
}

TEST_CASE("a layer that the kernel refuses is named as missing, and the others stay in force") {
    const std::string no_landlock = layers_without(SYS_landlock_create_ruleset, ENOSYS);
    CHECK_THAT(no_landlock, Catch::StartsWith("OK: no network, no file system, system calls filtered"));
    CHECK_THAT(no_landlock, Catch::Contains("MISSING Landlock (function not implemented)"));

    const std::string half_landlock = layers_without(SYS_landlock_restrict_self, EPERM);
    CHECK_THAT(half_landlock, Catch::Contains("MISSING Landlock (operation not permitted)"));

    const std::string no_filter = layers_without(SYS_seccomp, EINVAL);
    CHECK_THAT(no_filter, Catch::StartsWith("OK: no file system (Landlock "));
    CHECK_THAT(no_filter, Catch::Contains("MISSING system call filter (invalid argument)"));
    CHECK_THAT(no_filter, !Catch::Contains("no network"));

    const std::string no_limits = layers_without(SYS_prlimit64, EPERM);
    CHECK_THAT(no_limits, Catch::Contains("MISSING resource limits (operation not permitted)"));
    CHECK_THAT(no_limits, !Catch::Contains("memory at most"));

    const std::string may_gain = layers_without(SYS_prctl, EPERM, PR_SET_NO_NEW_PRIVS, false);
    if (may_gain == "no filter here") {
        WARN("skipped: without privileges no filter can be set before no_new_privs is");
    } else {
        CHECK_THAT(may_gain, Catch::Contains("MISSING no new privileges (operation not permitted)"));
    }
}

TEST_CASE("with every layer refused the check still answers, and says that it stands bare") {
    Confined at;
    const std::string said = forked([&](int to) {
        static_cast<void>(test::deny_call(SYS_landlock_create_ruleset, ENOSYS));
        static_cast<void>(test::deny_call(SYS_prlimit64, EPERM));
        static_cast<void>(test::deny_call(SYS_seccomp, EINVAL));
        const auto outcome = at.confined();
        say(to, check::to_text(*outcome.report.sandbox));
    });
    CHECK_THAT(said, Catch::StartsWith("no new privileges, MISSING Landlock"));
    CHECK_THAT(said, Catch::Contains("MISSING system call filter"));
}

TEST_CASE("a confined process that is killed is an error, never a verdict") {
    Confined at;
    for (const int signal : {SIGSYS, SIGKILL, SIGXCPU}) {
        const Interrupting memory([&] { kill_children(signal); });
        at.trust.memory = &memory;
        CHECK_THROWS_WITH(at.confined(), Catch::Contains("ended by signal " + std::to_string(signal)) &&
                                             Catch::Contains("nothing is decided"));
    }
    CHECK(children().empty());
}

TEST_CASE("lines that stop coming because the confined process was killed are an error") {
    Confined at;
    for (unsigned i = 0; i < 8000; ++i) {
        at.host.session(i, i + 60);
    }
    at.host.seal();
    at.path = at.draft().write(at.directory.path(), at.site.exporter);
    const auto outcome = at.confined();
    REQUIRE(outcome.bundle.has_value());
    std::uint64_t seen = 0;

    CHECK_THROWS_WITH(outcome.bundle->for_each_line([&](const check::LineView&) {
        if (++seen == 2) {
            kill_children(SIGKILL);
        }
    }),
                      Catch::Contains("ended by signal"));
    CHECK(seen < outcome.report.lines);
}

TEST_CASE("no bundle and no confined process is left over") {
    Confined at;
    for (int i = 0; i < 3; ++i) {
        CHECK(at.confined().bundle.has_value());
    }
    CHECK(children().empty());
}

TEST_CASE("rows that were tampered with are refused or give fields inside their line, never anything else") {
    const std::vector<check::VerifiedLog> logs{{"HAAAAAAAAAAAAAAAAAAAAAAAA", "L", "recorder", {}, 0, 0, 3}};
    std::string message;
    line::Fields fields;
    for (int seq = 0; seq < 3; ++seq) {
        const std::string bytes = R"({"boot":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","components":["A","B"],)"
                                  R"("host":"HAAAAAAAAAAAAAAAAAAAAAAAA","package":"P","seq":)" +
                                  std::to_string(seq) + R"(,"src":"s","t":")" + (seq == 1 ? "packages" : "other") +
                                  R"(","up":5,"wall":6})";
        REQUIRE_FALSE(fields.parse(bytes, line::max_record));
        check::pack_row(fields, bytes, message);
    }
    const auto read = [&](const std::string& rows) {
        check::RowReader reader(logs);
        std::uint64_t lines = 0;
        reader.read(rows, [&](const check::LineView& view) {
            ++lines;
            const char* end = view.bytes.data() + view.bytes.size();
            for (const auto& [key, value] : *view.fields) {
                if (key.data() < view.bytes.data() || key.data() + key.size() > end ||
                    value.text.data() + value.text.size() > end) {
                    FAIL("a field outside its line");
                }
            }
        });
        return lines;
    };
    REQUIRE(read(message) == 3);
    const std::uint32_t seed = test::fresh_seed();
    std::mt19937 random(seed);
    INFO("TALLY_TEST_SEED=" << seed);
    unsigned refused = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string altered = message;
        for (unsigned n = 0; n <= random() % 3; ++n) {
            altered[random() % altered.size()] = static_cast<char>(random());
        }
        altered.resize(random() % 4 == 0 ? random() % altered.size() : altered.size());
        try {
            static_cast<void>(read(altered));
        } catch (const Error&) {
            ++refused;
        }
    }
    CHECK(refused > 10'000);
}

TEST_CASE("answers of a process that went wrong are refused, whatever they say") {
    check::Report report;
    report.site = "SITE1";
    report.findings.push_back({check::Code::clock_step, check::Severity::warn, "H", 1, "", 2, std::nullopt, "text"});
    report.logs.resize(2);
    check::WireWriter writer;
    writer(report, std::vector<check::AcceptedSeal>(1));
    const std::uint32_t seed = test::fresh_seed();
    std::mt19937 random(seed);
    INFO("TALLY_TEST_SEED=" << seed);
    unsigned refused = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string altered = writer.bytes();
        for (unsigned n = 0; n <= random() % 3; ++n) {
            altered[random() % altered.size()] = static_cast<char>(random());
        }
        altered.resize(random() % 4 == 0 ? random() % altered.size() : altered.size());
        try {
            check::Report back;
            std::vector<check::AcceptedSeal> seals;
            check::WireReader reader(altered);
            reader(back, seals);
            reader.done();
        } catch (const Error&) {
            ++refused;
        }
    }
    CHECK(refused > 5'000);
    std::string escape = "\x1b[2J";
    check::WireWriter text;
    text(escape);
    check::WireReader(text.bytes())(escape);
    CHECK(escape == "?[2J");
}
