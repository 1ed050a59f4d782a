#include "recorder/service/process.hpp"

#include "recorder/processes/process_table.hpp"

#include <array>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>

namespace tally::service {
namespace {

// Newer than the headers of Debian 12; the kernel says whether it has them.
constexpr int so_peerpidfd = 77;
constexpr long pidfs_magic = 0x50494446;
struct PidfdInfo { // struct pidfd_info of linux/pidfd.h, 64 bytes
    std::uint64_t mask;
    std::uint64_t cgroup;
    std::array<std::uint32_t, 11> numbers;
    std::int32_t exit_code;
};
static_assert(sizeof(PidfdInfo) == 64);
constexpr std::uint64_t info_exit = 1U << 3U;

os::Descriptor pidfd_of(pid_t pid) { return os::Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

// Only on pidfs is the inode number one of the process.
std::uint64_t instance_of(const os::Descriptor& pidfd) {
    struct statfs system {};
    struct stat status {};
    const bool told =
        ::fstatfs(pidfd.get(), &system) == 0 && system.f_type == pidfs_magic && ::fstat(pidfd.get(), &status) == 0;
    return told ? status.st_ino : 0;
}

Process process_of(pid_t pid, os::Descriptor pidfd) {
    Process process;
    if (pid <= 0 || !pidfd.is_open()) {
        return process;
    }
    const auto stat = processes::stat_of(pid);
    process.id = {pid, stat ? stat->start : 0, instance_of(pidfd)};
    process.ends = std::move(pidfd);
    return process;
}

} // namespace

std::optional<Peer> peer_of(const os::Descriptor& connection) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (::getsockopt(connection.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
        return std::nullopt;
    }
    int pidfd = -1;
    size = sizeof pidfd;
    if (::getsockopt(connection.get(), SOL_SOCKET, so_peerpidfd, &pidfd, &size) != 0) {
        pidfd = -1;
    }
    os::Descriptor ends = pidfd >= 0 ? os::Descriptor(pidfd) : pidfd_of(credentials.pid);
    return Peer{credentials.uid, process_of(credentials.pid, std::move(ends))};
}

std::optional<Process> find_process(const sessions::ProcessId& id) {
    Process process = process_of(id.pid, id.pid > 0 ? pidfd_of(id.pid) : os::Descriptor());
    return process.id == id && processes::is_running(id) ? std::optional(std::move(process)) : std::nullopt;
}

sessions::Ending ending_of(const os::Descriptor& pidfd) {
    PidfdInfo info{};
    info.mask = info_exit;
    constexpr unsigned long get_info = _IOWR(0xFF, 11, PidfdInfo);
    if (::ioctl(pidfd.get(), get_info, &info) != 0 || (info.mask & info_exit) == 0) {
        return sessions::Ending::exit;
    }
    if (WIFSIGNALED(info.exit_code)) {
        return WCOREDUMP(info.exit_code) ? sessions::Ending::core : sessions::Ending::signal;
    }
    return sessions::Ending::exit;
}

} // namespace tally::service
