// A file system in user space over a folder, with a device that lies: lying_fs MODE FOLDER MOUNTPOINT. What it is told
// to write it acknowledges. It serves one thread.
//   honest   keeps everything
//   flip     gives back one other bit of each file that is longer than 4096 bytes
//   tail     keeps no byte behind the first 4096 of a file, and gives zeros there
//   wrap     is smaller than it says: what is written behind 64 KiB in all goes nowhere, and comes back as zeros
//   forget   answers truly until it is taken out: every file is then cut to its first half
//   two_faced gives back the truth past the page cache, and another bit through it
#define FUSE_USE_VERSION 31
#include <fuse3/fuse.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <map>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace {

std::string mode, folder;
std::uint64_t written = 0;
std::map<std::string, std::uint64_t> lost_from; // of wrap: by the name below which it was written

std::string real(const char* path) { return folder + path; }
int outcome(int result) { return result == -1 ? -errno : 0; }

void follow(const std::string& from, const std::string& to) {
    if (const auto lost = lost_from.find(from); lost != lost_from.end()) {
        lost_from[to] = lost->second;
        lost_from.erase(lost);
    }
}

int get_status(const char* path, struct stat* status, fuse_file_info*) {
    return outcome(::lstat(real(path).c_str(), status));
}
int list(const char* path, void* buffer, fuse_fill_dir_t fill, off_t, fuse_file_info*, fuse_readdir_flags) {
    DIR* opened = ::opendir(real(path).c_str());
    if (opened == nullptr) {
        return -errno;
    }
    while (const auto* entry = ::readdir(opened)) {
        fill(buffer, static_cast<const char*>(entry->d_name), nullptr, 0, static_cast<fuse_fill_dir_flags>(0));
    }
    ::closedir(opened);
    return 0;
}
int make_folder(const char* path, mode_t bits) { return outcome(::mkdir(real(path).c_str(), bits)); }
int remove_file(const char* path) { return outcome(::unlink(real(path).c_str())); }
int rename_file(const char* from, const char* to, unsigned flags) {
    if (flags != 0) {
        return -EINVAL; // as the drivers of FAT
    }
    follow(from, to);
    return outcome(::rename(real(from).c_str(), real(to).c_str()));
}
int open_file(const char* path, fuse_file_info* info) {
    const int file = ::open(real(path).c_str(), info->flags & ~(O_DIRECT | O_NOFOLLOW));
    if (file < 0) {
        return -errno;
    }
    ::close(file);
    return 0;
}
int create_file(const char* path, mode_t bits, fuse_file_info*) {
    const int file = ::open(real(path).c_str(), O_WRONLY | O_CREAT | O_EXCL, bits);
    return file < 0 ? -errno : (::close(file), 0);
}
int read_file(const char* path, char* into, size_t size, off_t at, fuse_file_info* info) {
    const int file = ::open(real(path).c_str(), O_RDONLY);
    if (file < 0) {
        return -errno;
    }
    const auto got = static_cast<int>(::pread(file, into, size, at));
    ::close(file);
    const auto first = static_cast<std::uint64_t>(at);
    for (int i = 0; i < got; ++i) {
        const std::uint64_t place = first + static_cast<std::uint64_t>(i);
        const auto lost = lost_from.find(path);
        const bool behind = (mode == "tail" && place >= 4096) || (lost != lost_from.end() && place >= lost->second);
        const bool other = place == 4096 && (mode == "flip" || (mode == "two_faced" && (info->flags & O_DIRECT) == 0));
        into[i] = behind ? '\0' : other ? static_cast<char>(into[i] ^ 1) : into[i];
    }
    return got;
}
int write_file(const char* path, const char* from, size_t size, off_t at, fuse_file_info*) {
    const int file = ::open(real(path).c_str(), O_WRONLY);
    if (file < 0) {
        return -errno;
    }
    const auto put = static_cast<int>(::pwrite(file, from, size, at));
    ::close(file);
    constexpr std::uint64_t room = 64U << 10U;
    if (mode == "wrap" && written + size > room && lost_from.count(path) == 0) {
        lost_from[path] = static_cast<std::uint64_t>(at) + (written < room ? room - written : 0);
    }
    written += size;
    return put < 0 ? -EIO : put;
}
int cut_file(const char* path, off_t size, fuse_file_info*) { return outcome(::truncate(real(path).c_str(), size)); }
int acknowledge(const char*, int, fuse_file_info*) { return 0; }

void halve(const std::string& path) {
    DIR* opened = ::opendir(path.c_str());
    while (const auto* entry = opened == nullptr ? nullptr : ::readdir(opened)) {
        const std::string name = static_cast<const char*>(entry->d_name);
        struct stat status {};
        if (name == "." || name == ".." || ::lstat((path + "/" + name).c_str(), &status) != 0) {
            continue;
        }
        if (S_ISDIR(status.st_mode)) {
            halve(path + "/" + name);
        } else {
            static_cast<void>(!::truncate((path + "/" + name).c_str(), status.st_size / 2));
        }
    }
    if (opened != nullptr) {
        ::closedir(opened);
    }
}

} // namespace

int main(int count, char** words) {
    if (count != 4) {
        return 2;
    }
    mode = words[1];
    folder = words[2];
    fuse_operations operations{};
    operations.getattr = get_status;
    operations.readdir = list;
    operations.mkdir = make_folder;
    operations.unlink = remove_file;
    operations.rename = rename_file;
    operations.open = open_file;
    operations.create = create_file;
    operations.read = read_file;
    operations.write = write_file;
    operations.truncate = cut_file;
    operations.fsync = acknowledge;
    operations.fsyncdir = acknowledge;
    char foreground[] = "-f", single[] = "-s";
    char* arguments[] = {words[0], foreground, single, words[3], nullptr};
    const int ended = fuse_main(4, arguments, &operations, nullptr);
    if (mode == "forget") {
        halve(folder);
    }
    return ended;
}
