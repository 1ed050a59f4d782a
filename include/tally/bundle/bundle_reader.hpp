// Reads a bundle file that nobody has verified yet (docs/formats/bundle.md), always from a private copy, by pread and
// with bounded memory. Proves that the file is the strict archive its manifest describes. Does not check signatures,
// lines, seals or anchors, and gives lines only as the packed bytes of their members: that is check's work.
#pragma once

#include "tally/bundle/manifest.hpp"
#include "tally/bundle/ustar.hpp"
#include "tally/os/file.hpp"

#include <array>
#include <functional>

namespace tally::bundle {

// More than any bundle within the limits can have.
inline constexpr std::uint64_t max_bundle = line::max_manifest + max_hosts_bytes + max_site_bytes +
                                            max_lines_members * (max_packed_lines + 2 * block_size) + (64U << 10U);

struct PrivateCopy {
    os::Descriptor file; // unnamed, nobody else can open it
    std::uint64_t size = 0;
    Hash sha256{};
    std::array<std::uint8_t, 64> blake2b512{}; // what a prehashed minisign signature signs
};

// Reads `path` once, from an O_NOFOLLOW|O_NONBLOCK descriptor of a regular file, into an unnamed file in `directory`
// (nothing: the system's temporary directory) while hashing. More than `limit` bytes: a Defect limit_exceeded, and no
// more than `limit` + 1 bytes read. Not a regular file, unreadable, no room: Error.
[[nodiscard]] Checked<PrivateCopy> private_copy(const os::fs::path& path, std::uint64_t limit = max_bundle,
                                                const os::fs::path& directory = {});

class UnverifiedBundle {
public:
    // Walks the whole archive, byte by byte where no member's data is: headers, padding, end. Then manifest, names,
    // sizes and limits are known to agree; member hashes are not yet compared.
    [[nodiscard]] static Checked<UnverifiedBundle> open(os::Descriptor file, std::uint64_t size);

    [[nodiscard]] const Manifest& manifest() const { return manifest_; }
    [[nodiscard]] const std::vector<Member>& members() const { return manifest_.members; } // without MANIFEST.json
    [[nodiscard]] std::uint64_t offset(std::size_t member) const {
        return offsets_.at(member);
    } // of its first data byte
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] const std::string& manifest_line() const { return manifest_line_; }

    static constexpr std::size_t hosts_member = 0;
    static constexpr std::size_t site_member = 1;
    static constexpr std::size_t first_lines_member = 2;

    // Compares a member's hash with the manifest; bounded memory for any size. Safe from several threads.
    [[nodiscard]] std::optional<Defect> check_hash(std::size_t member) const;
    // The bytes of SITE.jsonl or of a LINES member (≤ max_packed_lines) as they are in the archive, their hash already
    // compared. Safe from several threads. Not for HOSTS.jsonl, which may be large.
    [[nodiscard]] Checked<std::string> packed(std::size_t member) const;

    // HOSTS.jsonl row by row: each canonical, no log twice, station first is the caller's to check. The hash is not
    // compared here. `row` is called before a later row is found to be bad.
    [[nodiscard]] std::optional<Defect> for_each_host(const std::function<void(const HostRow&)>& row) const;

private:
    UnverifiedBundle(os::Descriptor file, std::uint64_t size, std::string manifest_line, Manifest manifest)
        : file_(std::move(file)), size_(size), manifest_line_(std::move(manifest_line)),
          manifest_(std::move(manifest)) {}

    os::Descriptor file_;
    std::uint64_t size_;
    std::string manifest_line_;
    Manifest manifest_;
    std::vector<std::uint64_t> offsets_;
};

} // namespace tally::bundle
