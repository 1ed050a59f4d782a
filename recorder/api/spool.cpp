#include "recorder/api/spool.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tally::api {
namespace {

constexpr std::string_view ending = ".spool";
constexpr int most_looked_at = 256;

void make_folders(const std::string& folder) {
    for (std::size_t at = folder.find('/', 1); at != std::string::npos; at = folder.find('/', at + 1)) {
        ::mkdir(folder.substr(0, at).c_str(), 0700);
    }
    ::mkdir(folder.c_str(), 0700); // what could not be made is found out when the file is opened
}

} // namespace

bool Spool::create(const std::string& folder) {
    std::array<std::uint8_t, 8> random{};
    if (folder.empty() || ::getrandom(random.data(), random.size(), GRND_NONBLOCK) != ssize_t{random.size()}) {
        return false;
    }
    std::string name;
    for (const auto byte : random) {
        static constexpr std::string_view digits = "0123456789abcdef";
        name += digits[byte >> 4U];
        name += digits[byte & 15U];
    }
    make_folders(folder);
    return take((folder + '/').append(name).append(ending), O_CREAT | O_EXCL);
}

bool Spool::take(const std::string& path, int flags) {
    const int file =
        ::open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | flags, 0600); // NOLINT
    struct stat status {};
    const bool ours = file >= 0 && ::flock(file, LOCK_EX | LOCK_NB) == 0 && ::fstat(file, &status) == 0 &&
                      S_ISREG(status.st_mode) && status.st_uid == ::geteuid() && status.st_nlink == 1;
    if (!ours) {
        if (file >= 0) {
            ::close(file);
        }
        return false;
    }
    file_ = file;
    path_ = path;
    size_ = std::min(static_cast<std::size_t>(status.st_size), most_bytes);
    acknowledged_ = 0;
    return true;
}

bool Spool::adopt(const std::string& folder) {
    DIR* directory = folder.empty() ? nullptr : ::opendir(folder.c_str());
    if (directory == nullptr) {
        return false;
    }
    bool found = false;
    for (int looked = 0; !found && looked < most_looked_at; ++looked) {
        const dirent* entry = ::readdir(directory); // NOLINT(concurrency-mt-unsafe): a stream of this function alone
        if (entry == nullptr) {
            break;
        }
        const std::string_view name = static_cast<const char*>(entry->d_name);
        found = name.size() > ending.size() && name.substr(name.size() - ending.size()) == ending &&
                take((folder + '/').append(name), 0);
        if (found && size_ == 0) { // made, and its process was gone before the first line
            remove();
            found = false;
        }
    }
    ::closedir(directory);
    return found;
}

bool Spool::append(std::string_view message) {
    if (!is_open() || size_ + message.size() + 1 > most_bytes) {
        return false;
    }
    chunk_.assign(message).append(1, '\n');
    const ssize_t put = ::write(file_, chunk_.data(), chunk_.size());
    if (put == static_cast<ssize_t>(chunk_.size())) {
        size_ += chunk_.size();
        return true;
    }
    if (put > 0 && ::ftruncate(file_, static_cast<off_t>(size_)) != 0) { // a part of a line must not precede the next
        forget();
    }
    return false;
}

std::string_view Spool::read() {
    chunk_.resize(std::min(chunk_bytes, size_ - acknowledged_));
    const ssize_t got = is_open() ? ::pread(file_, chunk_.data(), chunk_.size(), static_cast<off_t>(acknowledged_)) : 0;
    chunk_.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    const std::size_t end = chunk_.rfind('\n');
    chunk_.resize(end == std::string::npos ? 0 : end + 1);
    if (chunk_.empty() && is_open()) { // nothing, or the torn last line of a process that was killed in it
        remove();
    }
    return chunk_;
}

void Spool::acknowledge(std::size_t bytes) {
    acknowledged_ = std::min(acknowledged_ + bytes, size_);
    if (is_empty()) {
        remove();
    }
}

void Spool::remove() {
    if (is_open()) {
        ::unlink(path_.c_str());
    }
    forget();
}

void Spool::forget() {
    if (file_ >= 0) {
        ::close(file_);
    }
    file_ = -1;
    size_ = 0;
    acknowledged_ = 0;
}

} // namespace tally::api
