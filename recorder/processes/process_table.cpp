#include "recorder/processes/process_table.hpp"

#include <cerrno>
#include <charconv>
#include <dirent.h>
#include <memory>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

namespace tally::processes {
namespace {

constexpr std::size_t most_link = 4096;
constexpr long pidfs_magic = 0x50494446;

std::string path_of(std::int32_t pid, const std::string& name) { return "/proc/" + std::to_string(pid) + "/" + name; }

// At most `most` bytes; "" when it is gone.
std::string text_of(std::int32_t pid, const std::string& name, std::size_t most) {
    const os::Descriptor file(::open(path_of(pid, name).c_str(), O_RDONLY | O_CLOEXEC)); // NOLINT(*-vararg)
    std::string text(file.is_open() ? most : 0, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
        if (got <= 0) {
            break;
        }
        size += static_cast<std::size_t>(got);
    }
    text.resize(size);
    return text;
}

// Names of a folder that are numbers.
std::vector<std::int32_t> numbers_in(const std::string& folder) {
    struct Close {
        void operator()(DIR* directory) const { ::closedir(directory); }
    };
    std::vector<std::int32_t> found;
    const std::unique_ptr<DIR, Close> directory(::opendir(folder.c_str()));
    while (const dirent* const entry = directory ? ::readdir(directory.get()) : nullptr) {
        const std::string_view name(entry->d_name);
        std::int32_t number = 0;
        const auto [end, fault] = std::from_chars(name.data(), name.data() + name.size(), number);
        if (fault == std::errc() && end == name.data() + name.size() && number > 0) {
            found.push_back(number);
        }
    }
    return found;
}

std::string link_of(std::int32_t pid, const std::string& name) {
    std::string link(most_link, '\0');
    const ssize_t size = ::readlink(path_of(pid, name).c_str(), link.data(), link.size());
    link.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return link;
}

// When the first thread has left, the others still know the program: where one of them stands, else "".
std::string living_thread(std::int32_t pid) {
    const auto stat = stat_of(pid);
    if (stat && stat->state == 'Z') {
        for (const std::int32_t thread : numbers_in(path_of(pid, "task"))) {
            const std::string place = "task/" + std::to_string(thread) + "/";
            if (!link_of(pid, place + "exe").empty()) {
                return place;
            }
        }
    }
    return "";
}

} // namespace

std::vector<std::int32_t> all_processes() { return numbers_in("/proc"); }

std::optional<Stat> stat_of(std::int32_t pid) {
    const auto stat = read_stat(text_of(pid, "stat", most_stat));
    return stat && stat->pid == pid ? stat : std::nullopt;
}

Program program_of(std::int32_t pid) {
    std::string link = link_of(pid, "exe");
    if (link.empty()) {
        if (errno == EACCES) {
            return {"", true};
        }
        if (const std::string place = living_thread(pid); !place.empty()) {
            link = link_of(pid, place + "exe");
        }
    }
    return {std::string(program_path(link)), false};
}

std::string command_line_of(std::int32_t pid) {
    std::string arguments = text_of(pid, "cmdline", most_command_line);
    if (arguments.empty()) {
        arguments = text_of(pid, living_thread(pid) + "cmdline", most_command_line);
    }
    return read_command_line(arguments);
}

std::optional<std::uint32_t> user_of(std::int32_t pid) {
    const auto login = read_loginuid(text_of(pid, "loginuid", 16));
    return login ? login : read_uid(text_of(pid, "status", most_status));
}

Handle Handle::open(std::int32_t pid) {
    Handle handle;
    handle.descriptor_ = os::Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); // NOLINT(*-vararg)
    return handle;
}

bool Handle::has_ended() const {
    pollfd look{get(), POLLIN, 0};
    return ::poll(&look, 1, 0) == 1;
}

std::uint64_t Handle::instance() const {
    struct statfs system {};
    struct stat status {};
    const bool is_pidfs = ::fstatfs(get(), &system) == 0 && system.f_type == pidfs_magic;
    return is_pidfs && ::fstat(get(), &status) == 0 ? static_cast<std::uint64_t>(status.st_ino) : 0;
}

bool is_running(const sessions::ProcessId& process) {
    const Handle handle = Handle::open(process.pid);
    const auto stat = stat_of(process.pid);
    const bool is_same =
        stat && stat->start == process.start && (!handle.is_open() || handle.instance() == process.instance);
    return is_same && (handle.is_open() ? !handle.has_ended() : stat->state != 'Z');
}

} // namespace tally::processes
