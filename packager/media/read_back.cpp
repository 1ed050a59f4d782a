#include "packager/media/read_back.hpp"

#include "tally/crypto/blake2b.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <sys/mman.h>
#include <vector>

namespace tally::media {
namespace {

constexpr std::size_t block_run = std::size_t{1} << 20U; // a multiple of every block size there is
constexpr std::size_t alignment = 4096;

struct Free {
    void operator()(void* memory) const { std::free(memory); } // NOLINT(*-no-malloc)
};

// Whether the kernel holds none of the file's pages any more.
bool forgotten(const os::Descriptor& file, std::uint64_t size) {
    if (size == 0) {
        return true;
    }
    const auto length = static_cast<std::size_t>(size);
    void* mapped = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, file.get(), 0);
    if (mapped == MAP_FAILED) { // NOLINT
        return false;
    }
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    std::vector<unsigned char> resident((length + page - 1) / page, 1);
    const bool known = ::mincore(mapped, length, resident.data()) == 0;
    ::munmap(mapped, length);
    return known && std::none_of(resident.begin(), resident.end(), [](unsigned char in) { return (in & 1U) != 0; });
}

std::uint64_t size_of(const os::Descriptor& file, const os::fs::path& shown) {
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) {
        throw medium_error("stat", shown);
    }
    return static_cast<std::uint64_t>(status.st_size);
}

// Hashes from the beginning to the end. False when the file system takes O_DIRECT at opening and refuses it at reading.
bool hash_all(const os::Descriptor& file, std::uint64_t limit, const os::fs::path& shown, const Progress& progress,
              ReadBack& result) {
    const std::unique_ptr<void, Free> memory(std::aligned_alloc(alignment, block_run));
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    crypto::Sha256 sha;
    crypto::Blake2b512 blake;
    while (result.size <= limit) {
        const ssize_t got = ::pread(file.get(), memory.get(), block_run, static_cast<off_t>(result.size));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0 && errno == EINVAL && result.size == 0) {
            return false;
        }
        if (got < 0) {
            throw medium_error("read back", shown);
        }
        if (got == 0) {
            break;
        }
        const auto size = static_cast<std::size_t>(got);
        const std::string_view bytes(static_cast<const char*>(memory.get()), size);
        sha.update(bytes);
        blake.update(as_bytes(bytes));
        result.size += size;
        if (progress) {
            progress(size);
        }
        if (size % alignment != 0) {
            break; // only the end of a file is read so
        }
    }
    result.sha256 = sha.finish();
    result.blake2b512 = blake.finish();
    return true;
}

} // namespace

std::string_view name_of(Method method) {
    return method == Method::direct ? "direct" : method == Method::dropped ? "dropped" : "memory";
}

Method weaker(Method a, Method b) { return std::max(a, b); }

Error medium_error(const std::string& operation, const os::fs::path& shown) {
    const int number = errno;
    Error error = Error::system(operation, shown.string(), number);
    if (number == EIO || number == ENOTCONN || number == ENODEV || number == ENXIO || number == ESTALE) {
        error.hints = {"put the medium in again and run the same command: what is complete there stays, "
                       "the rest is written anew",
                       "if it happens again, use another medium"};
    } else if (number == EROFS) {
        error.hints = {"release the write protection, or mount it for writing"};
    }
    return error;
}

os::Descriptor open_in(const os::Descriptor& directory, const std::string& name, int flags, const os::fs::path& shown) {
    os::Descriptor file(
        ::openat(directory.get(), name.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0644)); // NOLINT(*-vararg)
    if (!file.is_open()) {
        if (errno == ELOOP) {
            throw Error("open", shown.string(), "a link: nothing on a medium is followed");
        }
        throw medium_error("open", shown);
    }
    return file;
}

os::Descriptor open_file_in(const os::Descriptor& directory, const std::string& name, const os::fs::path& shown,
                            int more_flags) {
    os::Descriptor file = open_in(directory, name, O_RDONLY | O_NONBLOCK | more_flags, shown);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) {
        throw medium_error("stat", shown);
    }
    if (!S_ISREG(status.st_mode)) {
        throw Error("open", shown.string(), "not a regular file");
    }
    return file;
}

ReadBack read_back(const os::Descriptor& directory, const std::string& name, std::uint64_t limit,
                   const os::fs::path& shown, const Progress& progress) {
    const os::Descriptor plain = open_file_in(directory, name, shown);
    ::fsync(plain.get()); // what somebody else may have left unwritten; refused for a file that is only read: no harm
    ReadBack result;
    {
        const os::Descriptor direct(::openat(directory.get(), name.c_str(),
                                             O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_DIRECT)); // NOLINT
        struct stat first {
        }, second{};
        const bool same = direct.is_open() && ::fstat(plain.get(), &first) == 0 &&
                          ::fstat(direct.get(), &second) == 0 && S_ISREG(second.st_mode) &&
                          first.st_size == second.st_size;
        if (same && hash_all(direct, limit, shown, progress, result)) {
            result.method = Method::direct;
            return result;
        }
    }
    result = {};
    ::posix_fadvise(plain.get(), 0, 0, POSIX_FADV_DONTNEED);
    const bool clean = forgotten(plain, size_of(plain, shown));
    if (!hash_all(plain, limit, shown, progress, result)) {
        throw medium_error("read back", shown);
    }
    result.method = clean ? Method::dropped : Method::memory;
    return result;
}

} // namespace tally::media
