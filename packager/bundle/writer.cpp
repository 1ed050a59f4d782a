#include "packager/bundle/writer.hpp"

#include "packager/bundle/volumes.hpp"
#include "tally/bundle/ustar.hpp"
#include "tally/crypto/blake2b.hpp"

#include <algorithm>
#include <zstd.h>

namespace tally::bundle {
namespace {

namespace fs = os::fs;

// A file under a name that is not yet final; gone again unless commit() was reached.
class PartFile {
public:
    explicit PartFile(fs::path path) : path_(std::move(path)) {
        ::unlink(path_.c_str()); // left by a run that was killed
        file_ = os::open(path_, O_RDWR | O_CREAT | O_EXCL, 0644);
    }
    ~PartFile() {
        if (!path_.empty()) {
            ::unlink(path_.c_str());
        }
    }
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;

    void rename_to(const fs::path& final) {
        if (::rename(path_.c_str(), final.c_str()) != 0) {
            throw Error::system("rename", path_.string());
        }
        path_.clear();
        os::sync_directory(final.parent_path());
    }
    [[nodiscard]] const os::Descriptor& file() const { return file_; }
    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    fs::path path_;
    os::Descriptor file_;
};

// Everything that goes into the bundle passes here once.
class Output {
public:
    Output(const os::Descriptor& file, const fs::path& name) : file_(file), name_(name) {}

    void put(std::string_view bytes) {
        buffer_ += bytes;
        size_ += bytes.size();
        if (buffer_.size() >= (256U << 10U)) {
            flush();
        }
    }
    void header(const Member& member) {
        const Header block = ustar_header(member.name, member.size);
        put({block.data(), block.size()});
    }
    void padding(std::uint64_t size) { put(std::string(static_cast<std::size_t>(padding_after(size)), '\0')); }
    void flush() {
        os::write_all(file_, buffer_, name_);
        sha_.update(buffer_);
        blake_.update(as_bytes(buffer_));
        buffer_.clear();
    }
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] Hash sha256() { return sha_.finish(); }
    [[nodiscard]] std::array<std::uint8_t, 64> blake2b512() { return blake_.finish(); }

private:
    const os::Descriptor& file_;
    const fs::path& name_;
    std::string buffer_;
    std::uint64_t size_ = 0;
    crypto::Sha256 sha_;
    crypto::Blake2b512 blake_;
};

Member plain_member(std::string_view name,
                    const std::function<void(const std::function<void(std::string_view)>&)>& bytes, std::size_t limit) {
    Member member{std::string(name), 0, 0, {}};
    crypto::Sha256 sha;
    bytes([&](std::string_view part) {
        sha.update(part);
        member.size += part.size();
    });
    if (member.size > limit) {
        throw Error("pack", member.name, "larger than " + std::to_string(limit) + " bytes");
    }
    member.raw = member.size;
    member.sha256 = sha.finish();
    return member;
}

void hosts_bytes(const Contents& contents, const std::function<void(std::string_view)>& sink) {
    for (const auto& log : contents.logs) {
        sink(write_host_row(log.row) + "\n");
    }
}

void copy_spool(const Spool& spool, std::uint64_t at, std::uint64_t size, Output& out) {
    std::string chunk(256U << 10U, '\0');
    while (size > 0) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, chunk.size()));
        const ssize_t got = ::pread(spool.get(), chunk.data(), wanted, static_cast<off_t>(at));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            throw got < 0 ? Error::system("read", "the members of the bundle")
                          : Error("read", "the members of the bundle", "shorter than what was written");
        }
        out.put({chunk.data(), static_cast<std::size_t>(got)});
        at += static_cast<std::uint64_t>(got);
        size -= static_cast<std::uint64_t>(got);
    }
}

void assemble(const Contents& contents, const Manifest& manifest, const Spool& spool, Output& out) {
    const std::string line = write_manifest(manifest) + "\n";
    out.header({std::string(manifest_name), line.size(), line.size(), {}});
    out.put(line);
    out.padding(line.size());
    std::uint64_t at = 0;
    for (std::size_t index = 0; index < manifest.members.size(); ++index) {
        const Member& member = manifest.members[index];
        out.header(member);
        if (index == 0) {
            hosts_bytes(contents, [&](std::string_view bytes) { out.put(bytes); });
        } else if (index == 1) {
            out.put(contents.site);
        } else {
            copy_spool(spool, at, member.size, out);
            at += member.size;
        }
        out.padding(member.size);
    }
    out.put(std::string(end_size, '\0'));
    out.flush();
}

enum class There : std::uint8_t { nothing, same };

There what_is_there(const fs::path& path, std::uint64_t size, const Hash& sha256) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 && errno == ENOENT) {
        return There::nothing;
    }
    const os::Descriptor file = os::open_regular(path);
    crypto::Sha256 sha;
    std::string chunk(256U << 10U, '\0');
    std::uint64_t found = 0;
    while (const std::size_t got = os::read_some(file, chunk.data(), chunk.size(), path)) {
        sha.update(std::string_view(chunk).substr(0, got));
        found += got;
    }
    if (found != size || sha.finish() != sha256) {
        throw Error("write", path.string(), "a file of that name with other content is there",
                    {"it is not replaced: move it away, or give another directory with --out"});
    }
    return There::same;
}

} // namespace

std::string compressor_version() { return ZSTD_versionString(); }

namespace {

void refuse_other(const Manifest& manifest, const fs::path& path) {
    throw Error("pack", path.string(), "these bytes are not those of the earlier export",
                {"zstd is " + manifest.zstd_version +
                 " here: another version may compress otherwise; so may a site file that was changed"});
}

Written write_one(const fs::path& directory, const Contents& contents, const Manifest& manifest, const Spool& spool) {
    const fs::path path = directory / bundle_name(manifest);
    PartFile part(path.string() + ".part");
    Output out(part.file(), part.path());
    assemble(contents, manifest, spool, out);
    os::sync(part.file(), part.path());
    const Hash sha256 = out.sha256();
    TALLY_ASSERT(contents.volume_bytes == 0 || out.size() <= contents.volume_bytes);
    if (!contents.expected.empty() && contents.expected[manifest.volume.k - 1] != sha256) {
        refuse_other(manifest, path);
    }
    if (what_is_there(path, out.size(), sha256) == There::nothing) {
        part.rename_to(path);
    }
    return {path, out.size(), sha256, out.blake2b512(), manifest};
}

} // namespace

std::vector<Written> write_volumes(const os::fs::path& directory, const Contents& contents) {
    TALLY_ASSERT(!contents.logs.empty() && contents.logs.size() <= max_hosts);
    Manifest manifest = contents.head;
    manifest.zstd_version = compressor_version();
    const std::vector<Member> plain = {
        plain_member(
            hosts_name, [&](const auto& sink) { hosts_bytes(contents, sink); }, max_hosts_bytes),
        plain_member(
            site_name, [&](const auto& sink) { sink(contents.site); }, max_site_bytes),
    };
    auto parts = cut_into_volumes(directory, contents, plain[0].size + plain[1].size);
    if (!contents.expected.empty() && contents.expected.size() != parts.size()) {
        refuse_other(manifest, directory / bundle_name(manifest));
    }
    std::vector<Written> all;
    for (auto& part : parts) {
        manifest.volume = {all.size() + 1, parts.size()};
        manifest.cut = std::move(part.cut);
        manifest.members = plain;
        manifest.members.insert(manifest.members.end(), part.members.begin(), part.members.end());
        all.push_back(write_one(directory, contents, manifest, part.spool));
        part.spool = Spool(); // its room is wanted by the next volume
    }
    return all;
}

Written write_bundle(const os::fs::path& directory, const Contents& contents) {
    auto all = write_volumes(directory, contents);
    TALLY_ASSERT(all.size() == 1);
    return std::move(all[0]);
}

} // namespace tally::bundle
