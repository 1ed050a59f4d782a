#include "tally/bundle/bundle_reader.hpp"

#include "tally/base/assert.hpp"

#include <algorithm>
#include <cstring>
#include <set>

namespace tally::bundle {
namespace {

// Fills `into` from `at`; returns how many bytes there were. Throws Error for a failing disk.
std::size_t read_at(const os::Descriptor& file, std::uint64_t at, char* into, std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = ::pread(file.get(), into + done, size - done, static_cast<off_t>(at + done));
        if (got == 0) {
            break;
        }
        if (got < 0 && errno != EINTR) {
            throw Error::system("read", "the private copy of the bundle");
        }
        done += got < 0 ? 0 : static_cast<std::size_t>(got);
    }
    return done;
}

std::string read_exactly(const os::Descriptor& file, std::uint64_t at, std::uint64_t size) {
    std::string bytes(static_cast<std::size_t>(size), '\0');
    if (read_at(file, at, bytes.data(), bytes.size()) != bytes.size()) {
        throw Error("read", "the private copy of the bundle", "it became shorter while it was read");
    }
    return bytes;
}

// First byte of `block` that is not zero; its size when all are.
std::size_t first_set(std::string_view block) {
    const auto found = block.find_first_not_of('\0');
    return found == std::string_view::npos ? block.size() : found;
}

// Walks headers, padding and end. Each step leaves the first defect in `defect` and returns false.
class Walk {
public:
    Walk(const os::Descriptor& file, std::uint64_t size) : file_(file), size_(size) {}

    // The header must be that of (name, size).
    bool header(std::string_view name, std::uint64_t size) {
        Header block{};
        if (!take(block.data(), block.size(), name)) {
            return false;
        }
        const Header expected = ustar_header(name, size);
        const auto* const differ = std::mismatch(block.begin(), block.end(), expected.begin()).first;
        if (differ == block.end()) {
            return true;
        }
        at_ -= block_size;
        return refuse_header(block, name, static_cast<std::uint64_t>(differ - block.begin()));
    }

    // The first header names its own size, nothing else does.
    bool first_header(std::uint64_t& size) {
        Header block{};
        if (!take(block.data(), block.size(), manifest_name)) {
            return false;
        }
        const auto entry = read_header(block);
        if (!entry || entry->name != manifest_name) {
            at_ = 0;
            return entry ? fail(Kind::missing_member, manifest_name, 0, "the first member is " + entry->name)
                         : fail(Kind::non_canonical, manifest_name, 0,
                                "the file does not begin with the header of MANIFEST.json");
        }
        size = entry->size;
        return size <= line::max_manifest + 1 ||
               fail(Kind::limit_exceeded, manifest_name, 0, "manifest longer than 1 MiB");
    }

    // Skips the data and compares the padding.
    bool data(std::string_view name, std::uint64_t size) {
        const std::uint64_t padding = padding_after(size);
        if (size + padding > size_ - at_) {
            return fail(Kind::truncated, name, size_, "the file ends inside the member");
        }
        at_ += size;
        std::array<char, block_size> block{};
        const std::string_view zeros(block.data(), static_cast<std::size_t>(padding));
        if (!take(block.data(), zeros.size(), name)) {
            return false;
        }
        const std::size_t set = first_set(zeros);
        return set == zeros.size() || fail(Kind::non_canonical, name, at_ - padding + set, "padding that is not zero");
    }

    bool end() {
        std::array<char, end_size> block{};
        const std::uint64_t start = at_;
        const auto there = static_cast<std::size_t>(std::min<std::uint64_t>(end_size, size_ - at_));
        if (!take(block.data(), there, "")) {
            return false;
        }
        const std::size_t set = first_set({block.data(), there});
        if (set != there) {
            Header header{};
            std::copy_n(block.begin(), std::min<std::size_t>(there, block_size), header.begin());
            const auto entry = read_header(header);
            return entry ? fail(Kind::extra_member, entry->name, start, "a member that the manifest does not name")
                         : fail(Kind::non_canonical, "", start + set, "the end of the archive is not zero bytes");
        }
        if (there != end_size) {
            return fail(Kind::truncated, "", size_, "the file ends before the end of the archive");
        }
        return at_ == size_ || fail(Kind::non_canonical, "", at_, "bytes after the end of the archive");
    }

    [[nodiscard]] std::uint64_t at() const { return at_; }
    [[nodiscard]] const Defect& defect() const { return *defect_; }
    bool fail(Kind kind, std::string_view member, std::uint64_t at, std::string what) {
        defect_ = Defect{kind, std::string(member), at, std::move(what)};
        return false;
    }

private:
    bool take(char* into, std::size_t size, std::string_view name) {
        if (size > size_ - at_ || read_at(file_, at_, into, size) != size) {
            return fail(Kind::truncated, name, size_, "the file ends here");
        }
        at_ += size;
        return true;
    }

    bool refuse_header(const Header& found, std::string_view name, std::uint64_t differ) {
        if (first_set({found.data(), found.size()}) == found.size()) {
            return fail(Kind::missing_member, name, at_, "the archive ends before this member");
        }
        const auto entry = read_header(found);
        if (entry && entry->name != name) {
            const bool known =
                entry->name == hosts_name || entry->name == site_name || entry->name.starts_with("LINES_");
            return known ? fail(Kind::missing_member, name, at_, "in its place stands " + entry->name)
                         : fail(Kind::extra_member, entry->name, at_, "a member that the manifest does not name");
        }
        return fail(Kind::non_canonical, name, at_ + differ,
                    entry ? "the size in the header is not that of the manifest"
                          : "a header byte that does not follow from name and size");
    }

    const os::Descriptor& file_;
    std::uint64_t size_;
    std::uint64_t at_ = 0;
    std::optional<Defect> defect_;
};

} // namespace

Checked<UnverifiedBundle> UnverifiedBundle::open(os::Descriptor file, std::uint64_t size) {
    if (size > max_bundle) {
        return Defect{Kind::limit_exceeded, "", max_bundle, "larger than any bundle within the limits"};
    }
    Walk walk(file, size);
    std::uint64_t manifest_size = 0;
    if (!walk.first_header(manifest_size) || !walk.data(manifest_name, manifest_size)) {
        return walk.defect();
    }
    std::string line = read_exactly(file, block_size, manifest_size);
    if (line.empty() || line.back() != '\n') {
        return Defect{Kind::non_canonical, std::string(manifest_name), block_size + manifest_size,
                      "the line does not end in LF"};
    }
    line.pop_back();
    auto read = read_manifest(line);
    if (auto* defect = std::get_if<Defect>(&read)) {
        defect->at += block_size;
        return std::move(*defect);
    }
    UnverifiedBundle bundle({}, size, std::move(line), std::move(std::get<Manifest>(read)));
    for (const auto& member : bundle.members()) {
        if (!walk.header(member.name, member.size)) {
            return walk.defect();
        }
        bundle.offsets_.push_back(walk.at());
        if (!walk.data(member.name, member.size)) {
            return walk.defect();
        }
    }
    if (!walk.end()) {
        return walk.defect();
    }
    bundle.file_ = std::move(file);
    return bundle;
}

std::optional<Defect> UnverifiedBundle::check_hash(std::size_t member) const {
    const Member& expected = members().at(member);
    crypto::Sha256 sha;
    const std::uint64_t end = offset(member) + expected.size;
    for (std::uint64_t at = offset(member); at < end;) {
        const std::string chunk = read_exactly(file_, at, std::min<std::uint64_t>(end - at, 256U << 10U));
        sha.update(chunk);
        at += chunk.size();
    }
    if (sha.finish() != expected.sha256) {
        return Defect{Kind::bad_hash, expected.name, offset(member), "its SHA-256 is not that of the manifest"};
    }
    return std::nullopt;
}

Checked<std::string> UnverifiedBundle::packed(std::size_t member) const {
    const Member& expected = members().at(member);
    TALLY_ASSERT(member != hosts_member);
    std::string bytes = read_exactly(file_, offset(member), expected.size);
    if (crypto::sha256(bytes) != expected.sha256) {
        return Defect{Kind::bad_hash, expected.name, offset(member), "its SHA-256 is not that of the manifest"};
    }
    return bytes;
}

std::optional<Defect> UnverifiedBundle::for_each_host(const std::function<void(const HostRow&)>& row) const {
    const std::uint64_t end = offset(hosts_member) + members()[hosts_member].size;
    std::uint64_t at = offset(hosts_member); // of the first byte of `pending`
    std::string pending;
    std::set<HostId> seen;
    const auto defect = [](Kind kind, std::uint64_t where, std::string what) {
        return Defect{kind, std::string(hosts_name), where, std::move(what)};
    };
    while (at + pending.size() < end) {
        const std::uint64_t from = at + pending.size();
        pending += read_exactly(file_, from, std::min<std::uint64_t>(end - from, 64U << 10U));
        std::size_t start = 0;
        for (std::size_t lf = 0; (lf = pending.find('\n', start)) != std::string::npos; start = lf + 1) {
            if (lf - start > line::max_roster) {
                return defect(Kind::limit_exceeded, at + start, "a line longer than 4096 bytes");
            }
            const auto read = read_host_row(std::string_view(pending).substr(start, lf - start));
            if (!read) {
                return defect(Kind::non_canonical, at + start + read.fault().at, read.fault().what);
            }
            if (!seen.insert(read->host).second) {
                return defect(Kind::non_canonical, at + start, "a log stands twice in the roster");
            }
            if (seen.size() > max_hosts) {
                return defect(Kind::limit_exceeded, at + start, "more than 65536 logs");
            }
            row(*read);
        }
        pending.erase(0, start);
        at += start;
        if (pending.size() > line::max_roster) {
            return defect(Kind::limit_exceeded, at, "a line longer than 4096 bytes");
        }
    }
    if (!pending.empty()) {
        return defect(Kind::non_canonical, end, "the last line does not end in LF");
    }
    return std::nullopt;
}

} // namespace tally::bundle
