#include "verifier/check/sandbox.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <initializer_list>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TALLY_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TALLY_SANITIZED 1
#endif

namespace tally::check {
namespace {

#ifdef TALLY_SANITIZED
constexpr bool sanitized = true; // its shadow memory has no bound, and it writes reports to standard error
#else
constexpr bool sanitized = false;
#endif

#if defined(__x86_64__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t own_architecture = 0; // no list of calls for it: reported as missing
#endif

// Younger than the headers of the oldest system this is built on; the numbers are the same on every architecture.
constexpr long landlock_create_ruleset = 444;
constexpr long landlock_restrict_self = 446;
constexpr unsigned long landlock_version_flag = 1;
constexpr long close_range_call = 436;
constexpr long clone3_call = 435;
constexpr long rseq_call =
#if defined(__aarch64__)
    293;
#else
    334;
#endif

std::string refused(const char* layer) {
    std::string reason = std::strerror(errno);
    reason[0] = static_cast<char>(reason[0] | 0x20);
    return std::string(layer) + " (" + reason + ")";
}

// --- descriptors ---

void close_between(int first, int last) {
    if (first > last || ::syscall(close_range_call, first, last, 0) == 0) { // NOLINT(*-vararg)
        return;
    }
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    const int end = std::min<int>(last, static_cast<int>(std::min<rlim_t>(files.rlim_cur, 1U << 20U)));
    for (int fd = first; fd <= end; ++fd) {
        ::close(fd);
    }
}

void close_all_but(std::vector<int> kept) {
    if (sanitized) {
        kept.push_back(STDERR_FILENO);
    }
    std::sort(kept.begin(), kept.end());
    int from = 0;
    for (const int fd : kept) {
        close_between(from, fd - 1);
        from = fd + 1;
    }
    close_between(from, 0x7fffffff);
}

// --- limits ---

bool limit(__rlimit_resource resource, rlim_t most) {
    rlimit now{};
    if (::getrlimit(resource, &now) != 0) {
        return false;
    }
    most = std::min(most, now.rlim_max);
    const rlimit wanted{most, most};
    return ::setrlimit(resource, &wanted) == 0;
}

// RLIMIT_DATA counts what can be written, so not what allocators merely reserve.
void set_limits(const Confinement& wanted, Sandbox& sandbox) {
    bool good = limit(RLIMIT_CORE, 0);
    good = good && (sanitized || (limit(RLIMIT_NOFILE, 0) && limit(RLIMIT_FSIZE, 0)));
    good = good && (wanted.cpu_seconds == 0 || limit(RLIMIT_CPU, wanted.cpu_seconds));
    if (!good) {
        sandbox.missing.push_back(refused("resource limits"));
    }
    sandbox.limits = good;
    if (sanitized || wanted.memory == 0) {
        sandbox.missing.emplace_back("bound on memory (built with a sanitizer)");
    } else if (limit(RLIMIT_DATA, wanted.memory)) {
        sandbox.memory = wanted.memory;
    } else {
        sandbox.missing.push_back(refused("bound on memory"));
    }
}

// --- Landlock: everything it can handle is handled, and no rule gives anything back ---

struct Ruleset {
    std::uint64_t files = 0, network = 0, scopes = 0;
};

Ruleset everything(long version) {
    Ruleset all;
    const unsigned files = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13; // rights known to it
    all.files = (std::uint64_t{1} << files) - 1;
    all.network = version >= 4 ? 3 : 0; // bind and connect of TCP
    all.scopes = version >= 6 ? 3 : 0;  // abstract sockets and signals of others
    return all;
}

void forbid_files(Sandbox& sandbox) {
    // NOLINTBEGIN(*-vararg): the C library has no functions for these
    const long version = ::syscall(landlock_create_ruleset, nullptr, 0, landlock_version_flag);
    if (version < 1) {
        sandbox.missing.push_back(refused("Landlock"));
        return;
    }
    const Ruleset all = everything(version);
    const std::size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
    const long ruleset = ::syscall(landlock_create_ruleset, &all, size, 0);
    if (ruleset < 0 || ::syscall(landlock_restrict_self, ruleset, 0) != 0) {
        sandbox.missing.push_back(refused("Landlock"));
    } else {
        sandbox.landlock = static_cast<std::uint64_t>(version);
    }
    // NOLINTEND(*-vararg)
    if (ruleset >= 0) {
        ::close(static_cast<int>(ruleset));
    }
}

// --- seccomp: what memory, threads and the kept descriptors need; everything else fails with EPERM ---

class Filter {
public:
    Filter() {
        load(offsetof(seccomp_data, arch));
        put(BPF_JMP | BPF_JEQ | BPF_K, own_architecture, 1, 0);
        put(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
        load(offsetof(seccomp_data, nr));
#if defined(__x86_64__)
        put(BPF_JMP | BPF_JGE | BPF_K, 0x40000000U, 0, 1); // the x32 spelling of the same calls
        put(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
#endif
    }
    void allow(long call) { answer(call, SECCOMP_RET_ALLOW); }
    void answer(long call, std::uint32_t with) {
        put(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1);
        put(BPF_RET | BPF_K, with);
    }
    struct Argument {
        unsigned index = 0; // its low half is looked at: flags and descriptors have no more
        std::uint32_t mask = 0, value = 0;
    };
    // Allowed when every argument has that value under its mask, else EPERM.
    void allow(long call, std::initializer_list<Argument> arguments) {
        const auto left = static_cast<std::uint8_t>(4 * arguments.size() + 1);
        put(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, left);
        for (const auto& argument : arguments) {
            load(offsetof(seccomp_data, args) + 8 * argument.index);
            put(BPF_ALU | BPF_AND | BPF_K, argument.mask);
            put(BPF_JMP | BPF_JEQ | BPF_K, argument.value, 1, 0);
            put(BPF_RET | BPF_K, denied);
        }
        put(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    }
    bool install() {
        put(BPF_RET | BPF_K, denied);
        const sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
        return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0; // NOLINT(*-vararg)
    }

private:
    static constexpr std::uint32_t denied = SECCOMP_RET_ERRNO | EPERM;

    void load(std::size_t offset) { put(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)); }
    void put(unsigned code, std::uint32_t k, std::uint8_t if_true = 0, std::uint8_t if_false = 0) {
        code_.push_back({static_cast<std::uint16_t>(code), if_true, if_false, k});
    }
    std::vector<sock_filter> code_;
};

constexpr std::uint32_t whole = 0xffffffff;
constexpr std::uint32_t thread_flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;

bool filter_calls(int writable) {
    Filter filter;
    static constexpr long calls[] = {SYS_futex,           SYS_read,        SYS_pread64,        SYS_munmap,
                                     SYS_mremap,          SYS_brk,         SYS_madvise,        SYS_close,
                                     SYS_set_robust_list, rseq_call,       SYS_rt_sigprocmask, SYS_rt_sigaction,
                                     SYS_rt_sigreturn,    SYS_sigaltstack, SYS_sched_yield,    SYS_sched_getaffinity,
                                     SYS_gettid,          SYS_getpid,      SYS_clock_gettime,  SYS_getrandom,
                                     SYS_restart_syscall, SYS_exit,        SYS_exit_group};
    for (const long call : calls) {
        filter.allow(call);
    }
    // Never anything executable, never a file.
    filter.allow(SYS_mmap, {{2, PROT_EXEC, 0}, {3, MAP_ANONYMOUS, MAP_ANONYMOUS}});
    filter.allow(SYS_mprotect, {{2, PROT_EXEC, 0}});
    filter.allow(SYS_clone, {{0, thread_flags, thread_flags}});
    filter.answer(clone3_call, SECCOMP_RET_ERRNO | ENOSYS); // its flags lie in memory; the C library then uses clone
    filter.allow(SYS_tgkill, {{0, whole, static_cast<std::uint32_t>(::getpid())}});
    if (sanitized) {
        filter.allow(SYS_write);
        filter.allow(SYS_pipe2); // it probes memory through a pipe
    } else {
        filter.allow(SYS_write, {{0, whole, static_cast<std::uint32_t>(writable)}});
    }
    return filter.install();
}

} // namespace

Sandbox enter_sandbox(const Confinement& wanted) {
    Sandbox sandbox;
    close_all_but(wanted.kept);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); // NOLINT(*-vararg)
    const int set_error = errno;
    sandbox.no_new_privileges = ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1; // NOLINT(*-vararg)
    if (!sandbox.no_new_privileges) {
        errno = set_error;
        sandbox.missing.push_back(refused("no new privileges"));
    }
    forbid_files(sandbox);
    set_limits(wanted, sandbox);
    errno = ENOSYS;
    sandbox.calls_filtered = own_architecture != 0 && filter_calls(wanted.writable);
    if (!sandbox.calls_filtered) {
        sandbox.missing.push_back(refused("system call filter"));
    }
    return sandbox;
}

std::string to_text(const Sandbox& sandbox) {
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    if (sandbox.calls_filtered) {
        add("no network");
    }
    if (sandbox.landlock != 0) {
        add("no file system (Landlock " + std::to_string(sandbox.landlock) + ")");
    } else if (sandbox.calls_filtered) {
        add("no file system");
    }
    if (sandbox.calls_filtered) {
        add("system calls filtered");
    }
    if (sandbox.no_new_privileges) {
        add("no new privileges");
    }
    if (sandbox.memory != 0) {
        add("memory at most " + std::to_string(sandbox.memory >> 20U) + " MiB");
    }
    for (const auto& layer : sandbox.missing) {
        add("MISSING " + layer);
    }
    return text.empty() ? "none" : text;
}

} // namespace tally::check
