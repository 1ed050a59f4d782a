#include "tests/faults/calls.hpp"

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <dlfcn.h>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace tally::faults {
namespace {

bool armed = false;
Fault wanted;
std::array<std::atomic<std::uint64_t>, call_count> counts;

// Whether this call is to fail: then what it returns, errno set; `size` is what it was to transfer.
std::optional<ssize_t> failure(Call call, std::size_t* size = nullptr) {
    if (!armed) {
        return std::nullopt;
    }
    const std::uint64_t number = counts[static_cast<std::size_t>(call)]++;
    if (call != wanted.call || number != wanted.at) {
        return std::nullopt;
    }
    if (wanted.error == short_transfer) {
        if (size != nullptr && *size > 1) {
            *size /= 2;
        }
        return std::nullopt;
    }
    errno = wanted.error;
    return -1;
}

template <class Function>
Function* real(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name)); // NOLINT(*-reinterpret-cast)
}

bool is_standard(int descriptor) { return descriptor <= STDERR_FILENO; }

mode_t mode_of(int flags, va_list arguments) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? static_cast<mode_t>(va_arg(arguments, unsigned)) : 0;
}

} // namespace

void arm(const Fault& fault) {
    for (auto& count : counts) {
        count = 0;
    }
    wanted = fault;
    armed = true;
}
void disarm() { armed = false; }

std::array<std::uint64_t, call_count> calls_so_far() {
    std::array<std::uint64_t, call_count> sums{};
    for (std::size_t i = 0; i < call_count; ++i) {
        sums[i] = counts[i];
    }
    return sums;
}

} // namespace tally::faults

using tally::faults::Call;
using tally::faults::failure;
using tally::faults::is_standard;
using tally::faults::mode_of;
using tally::faults::real;

// NOLINTBEGIN(*-vararg,readability-inconsistent-declaration-parameter-name)
extern "C" {

#define TALLY_OPEN(name) \
    int name(const char* path, int flags, ...) { \
        va_list arguments; \
        va_start(arguments, flags); \
        const mode_t mode = mode_of(flags, arguments); \
        va_end(arguments); \
        static auto* const function = real<int(const char*, int, ...)>(#name); \
        return failure(Call::open) ? -1 : function(path, flags, mode); \
    }
TALLY_OPEN(open)
TALLY_OPEN(open64)

#define TALLY_OPENAT(name) \
    int name(int directory, const char* path, int flags, ...) { \
        va_list arguments; \
        va_start(arguments, flags); \
        const mode_t mode = mode_of(flags, arguments); \
        va_end(arguments); \
        static auto* const function = real<int(int, const char*, int, ...)>(#name); \
        return failure(Call::open) ? -1 : function(directory, path, flags, mode); \
    }
TALLY_OPENAT(openat)
TALLY_OPENAT(openat64)

ssize_t read(int file, void* into, size_t size) {
    static auto* const function = real<ssize_t(int, void*, size_t)>("read");
    const auto failed = is_standard(file) ? std::nullopt : failure(Call::read, &size);
    return failed ? *failed : function(file, into, size);
}
ssize_t write(int file, const void* from, size_t size) {
    static auto* const function = real<ssize_t(int, const void*, size_t)>("write");
    const auto failed = is_standard(file) ? std::nullopt : failure(Call::write, &size);
    return failed ? *failed : function(file, from, size);
}

#define TALLY_AT(name, kind, Pointer) \
    ssize_t name(int file, Pointer buffer, size_t size, off_t at) { \
        static auto* const function = real<ssize_t(int, Pointer, size_t, off_t)>(#name); \
        const auto failed = failure(kind, &size); \
        return failed ? *failed : function(file, buffer, size, at); \
    }
TALLY_AT(pread, Call::pread, void*)
TALLY_AT(pread64, Call::pread, void*)
TALLY_AT(pwrite, Call::pwrite, const void*)
TALLY_AT(pwrite64, Call::pwrite, const void*)

int syncfs(int file) { // told apart from fsync nowhere: both say whether bytes are durable
    static auto* const function = real<int(int)>("syncfs");
    return failure(Call::fsync) ? -1 : function(file);
}
int fsync(int file) {
    static auto* const function = real<int(int)>("fsync");
    return failure(Call::fsync) ? -1 : function(file);
}
int fdatasync(int file) {
    static auto* const function = real<int(int)>("fdatasync");
    return failure(Call::fdatasync) ? -1 : function(file);
}
int ftruncate(int file, off_t size) noexcept {
    static auto* const function = real<int(int, off_t)>("ftruncate");
    return failure(Call::ftruncate) ? -1 : function(file, size);
}
int ftruncate64(int file, off64_t size) noexcept {
    static auto* const function = real<int(int, off64_t)>("ftruncate64");
    return failure(Call::ftruncate) ? -1 : function(file, size);
}
int rename(const char* from, const char* to) noexcept {
    static auto* const function = real<int(const char*, const char*)>("rename");
    return failure(Call::rename) ? -1 : function(from, to);
}
int renameat(int from_directory, const char* from, int to_directory, const char* to) noexcept {
    static auto* const function = real<int(int, const char*, int, const char*)>("renameat");
    return failure(Call::rename) ? -1 : function(from_directory, from, to_directory, to);
}
int renameat2(int from_directory, const char* from, int to_directory, const char* to, unsigned flags) noexcept {
    static auto* const function = real<int(int, const char*, int, const char*, unsigned)>("renameat2");
    return failure(Call::rename) ? -1 : function(from_directory, from, to_directory, to, flags);
}
int unlink(const char* path) noexcept {
    static auto* const function = real<int(const char*)>("unlink");
    return failure(Call::unlink) ? -1 : function(path);
}
int unlinkat(int directory, const char* path, int flags) noexcept {
    static auto* const function = real<int(int, const char*, int)>("unlinkat");
    return failure(Call::unlink) ? -1 : function(directory, path, flags);
}
int mkdirat(int directory, const char* path, mode_t mode) noexcept {
    static auto* const function = real<int(int, const char*, mode_t)>("mkdirat");
    return failure(Call::mkdir) ? -1 : function(directory, path, mode);
}
int mkdir(const char* path, mode_t mode) noexcept {
    static auto* const function = real<int(const char*, mode_t)>("mkdir");
    return failure(Call::mkdir) ? -1 : function(path, mode);
}

} // extern "C"
// NOLINTEND(*-vararg,readability-inconsistent-declaration-parameter-name)
