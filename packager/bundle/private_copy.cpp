#include "tally/bundle/bundle_reader.hpp"

#include "tally/crypto/blake2b.hpp"

#include <array>
#include <cstdlib>
#include <future>

namespace tally::bundle {
namespace {

constexpr std::size_t chunk_size = std::size_t{1} << 20U;

// O_TMPFILE where the file system knows it; else a random name that is removed at once.
os::Descriptor unnamed_file(const os::fs::path& directory) {
    os::Descriptor file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)); // NOLINT(*-vararg)
    if (file.is_open()) {
        return file;
    }
    std::string name = (directory / "tally-XXXXXX").string();
    os::Descriptor named(::mkostemp(name.data(), O_CLOEXEC));
    if (!named.is_open()) {
        throw Error::system("create a private copy in", directory.string());
    }
    ::unlink(name.c_str());
    return named;
}

} // namespace

Checked<PrivateCopy> private_copy(const os::fs::path& path, std::uint64_t limit, const os::fs::path& directory) {
    const os::fs::path place = directory.empty() ? os::fs::temp_directory_path() : directory;
    const os::Descriptor source = os::open_regular(path);
    struct stat status {};
    if (::fstat(source.get(), &status) == 0 && static_cast<std::uint64_t>(status.st_size) > limit) {
        return Defect{Kind::limit_exceeded, "", limit, "larger than " + std::to_string(limit) + " bytes"};
    }
    PrivateCopy copy;
    copy.file = unnamed_file(place);
    crypto::Sha256 sha;
    crypto::Blake2b512 blake;
    std::array<std::string, 2> chunks; // one is hashed by another thread while the other is filled
    std::future<void> hashing;
    for (std::size_t turn = 0;; ++turn) {
        std::string& chunk = chunks.at(turn % 2);
        chunk.resize(chunk_size);
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), limit + 1 - copy.size));
        const std::size_t got = os::read_some(source, chunk.data(), wanted, path);
        if (hashing.valid()) {
            hashing.get();
        }
        if (got == 0) {
            break;
        }
        copy.size += got;
        // What fstat said may have been a lie, or the file may grow.
        if (copy.size > limit) {
            return Defect{Kind::limit_exceeded, "", limit, "larger than " + std::to_string(limit) + " bytes"};
        }
        const std::string_view bytes(chunk.data(), got);
        const auto policy =
            got < chunk_size ? std::launch::deferred : std::launch::async; // a thread for much work only
        hashing = std::async(policy, [&blake, bytes] { blake.update(as_bytes(bytes)); });
        sha.update(bytes);
        os::write_all(copy.file, bytes, place / "(private copy)");
    }
    copy.sha256 = sha.finish();
    copy.blake2b512 = blake.finish();
    return copy;
}

} // namespace tally::bundle
