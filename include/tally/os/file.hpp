// Files: an owned descriptor, bounded reads, durable replacement. Everything throws Error.
// Names are never followed through symbolic links on the last component unless a function says so.
#pragma once

#include "tally/base/error.hpp"

#include <algorithm>
#include <boost/filesystem.hpp>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace tally::os {

namespace fs = boost::filesystem;

class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) {
            ::close(number_);
        }
    }
    [[nodiscard]] int get() const { return number_; }
    [[nodiscard]] bool is_open() const { return number_ >= 0; }

private:
    int number_ = -1;
};

inline Descriptor open(const fs::path& path, int flags, mode_t mode = 0600) {
    Descriptor file(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, mode)); // NOLINT(*-vararg)
    if (!file.is_open()) {
        throw Error::system("open", path.string());
    }
    return file;
}

// A regular file for reading; directories, FIFOs and devices are refused without blocking.
inline Descriptor open_regular(const fs::path& path) {
    Descriptor file = open(path, O_RDONLY | O_NONBLOCK);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) {
        throw Error::system("stat", path.string());
    }
    if (!S_ISREG(status.st_mode)) {
        throw Error("open", path.string(), "not a regular file");
    }
    return file;
}

// Up to `size` bytes; 0 at the end.
inline std::size_t read_some(const Descriptor& file, void* into, std::size_t size, const fs::path& name) {
    for (;;) {
        const ssize_t got = ::read(file.get(), into, size);
        if (got >= 0) {
            return static_cast<std::size_t>(got);
        }
        if (errno != EINTR) {
            throw Error::system("read", name.string());
        }
    }
}

// The whole regular file, at most `limit` bytes; longer is an Error, never a cut.
inline std::string read_file(const fs::path& path, std::size_t limit) {
    const Descriptor file = open_regular(path);
    std::string bytes;
    for (;;) {
        const std::size_t before = bytes.size();
        const std::size_t room = std::min<std::size_t>(limit + 1 - before, 1U << 16U);
        bytes.resize(before + room);
        const std::size_t got = read_some(file, bytes.data() + before, room, path);
        bytes.resize(before + got);
        if (got == 0) {
            return bytes;
        }
        if (bytes.size() > limit) {
            throw Error("read", path.string(), "larger than " + std::to_string(limit) + " bytes");
        }
    }
}

inline void write_all(const Descriptor& file, std::string_view bytes, const fs::path& name) {
    while (!bytes.empty()) {
        const ssize_t put = ::write(file.get(), bytes.data(), bytes.size());
        if (put < 0 && errno != EINTR) {
            throw Error::system("write", name.string());
        }
        bytes.remove_prefix(put < 0 ? 0 : static_cast<std::size_t>(put));
    }
}

inline void sync(const Descriptor& file, const fs::path& name) {
    if (::fsync(file.get()) != 0) {
        throw Error::system("fsync", name.string());
    }
}

inline void sync_directory(const fs::path& directory) {
    const fs::path name = directory.empty() ? fs::path(".") : directory;
    Descriptor handle(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); // NOLINT(*-vararg)
    if (!handle.is_open()) {
        throw Error::system("open", name.string());
    }
    sync(handle, name);
}

// Makes what is missing of the directories of `path`; their names are durable on return.
inline void make_directories(const fs::path& path) {
    if (fs::is_directory(path)) {
        return;
    }
    const fs::path above = path.parent_path();
    if (!above.empty()) {
        make_directories(above);
    }
    if (::mkdir(path.c_str(), 0777) != 0 && (errno != EEXIST || !fs::is_directory(path))) {
        throw Error::system("create", path.string());
    }
    sync_directory(above);
}

// After return the name durably holds exactly `bytes`; on Error it holds what it held before.
inline void replace_file(const fs::path& path, std::string_view bytes, mode_t mode = 0644) {
    const fs::path part = path.string() + ".part";
    ::unlink(part.c_str());
    try {
        const Descriptor file = open(part, O_WRONLY | O_CREAT | O_EXCL, mode);
        write_all(file, bytes, part);
        sync(file, part);
        if (::rename(part.c_str(), path.c_str()) != 0) {
            throw Error::system("rename", part.string());
        }
    } catch (...) {
        ::unlink(part.c_str());
        throw;
    }
    sync_directory(path.parent_path());
}

} // namespace tally::os
