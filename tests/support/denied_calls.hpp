// A kernel without some system call, for one process: a filter that answers that call with an error and lets every
// other pass. Stays in force until the process ends and in all its children, so it is for a forked process only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace tally::test {

// `argument` ≥ 0: only when the call's first argument has that value. False when the kernel refuses the filter: without
// privileges it wants no_new_privs first, which `set_no_new_privs` does.
inline bool deny_call(long call, int with_error, long argument = -1, bool set_no_new_privs = true) {
    const auto word = [](std::size_t at) {
        return sock_filter{BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(at)};
    };
    std::vector<sock_filter> code{word(offsetof(seccomp_data, nr)),
                                  {BPF_JMP | BPF_JEQ | BPF_K, 0, static_cast<std::uint8_t>(argument < 0 ? 1 : 3),
                                   static_cast<std::uint32_t>(call)},
                                  word(offsetof(seccomp_data, args)),
                                  {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, static_cast<std::uint32_t>(argument)},
                                  {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(with_error)},
                                  {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
    if (argument < 0) {
        code.erase(code.begin() + 2, code.begin() + 4);
    }
    const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
    if (set_no_new_privs) {
        ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); // NOLINT(*-vararg)
    }
    return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0; // NOLINT(*-vararg)
}

} // namespace tally::test
