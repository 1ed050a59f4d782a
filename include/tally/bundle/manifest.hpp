// MANIFEST.json and the rows of HOSTS.jsonl (docs/formats/bundle.md): canonical lines, strict both ways.
// Everything is bounded before it is allocated. Says what a bundle claims about itself; proves nothing.
#pragma once

#include "tally/base/ids.hpp"
#include "tally/base/result.hpp"
#include "tally/crypto/ed25519.hpp"
#include "tally/line/tree.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tally::bundle {

using crypto::Hash;

inline constexpr std::size_t max_lines_members = 4096;
inline constexpr std::size_t max_hosts = 65'536;
inline constexpr std::size_t max_raw_lines = 8U << 20U; // raw bytes of one LINES member
inline constexpr std::size_t max_packed_lines = max_raw_lines + (64U << 10U);
inline constexpr std::size_t max_hosts_bytes = max_hosts * 4097;
inline constexpr std::size_t max_site_bytes = std::size_t{1024} * 4097; // tally/site_file: versions and their lines
inline constexpr std::uint64_t max_sequence = 999'999;
inline constexpr std::uint64_t max_volumes = 99;
inline constexpr int max_level = 19;
inline constexpr int stored_level = 0; // lines as they are, not compressed

inline constexpr std::string_view manifest_name = "MANIFEST.json";
inline constexpr std::string_view hosts_name = "HOSTS.jsonl";
inline constexpr std::string_view site_name = "SITE.jsonl";
// "LINES_0001.jsonl.zst" for 1; `number` in 1…max_lines_members.
[[nodiscard]] std::string lines_name(std::size_t number);
// The same of a bundle that is stored, not compressed: "LINES_0001.jsonl".
[[nodiscard]] std::string stored_name(std::size_t number);

// What is wrong with a bundle file, as an auditor's finding code of the same name, and where.
enum class Kind : std::uint8_t { truncated, bad_hash, non_canonical, missing_member, extra_member, limit_exceeded };
[[nodiscard]] std::string_view code(Kind kind); // "TRUNCATED" …

struct Defect {
    Kind kind = Kind::non_canonical;
    std::string member;   // empty when it is the file as a whole
    std::uint64_t at = 0; // byte offset in the bundle file; of codecs below: in the bytes they were given
    std::string what;     // lower case, no full stop
};

template <class T>
using Checked = std::variant<T, Defect>;

struct Member {
    std::string name;
    std::uint64_t raw = 0;  // bytes after decompression; equal to size for members that are not compressed
    std::uint64_t size = 0; // bytes in the archive
    Hash sha256{};          // of the bytes in the archive
};

struct Volume {
    std::uint64_t k = 1;
    std::uint64_t n = 1;
};

// The newest receipt that the site had taken when it made the bundle (docs/formats/receipt.md).
struct LastReceipt {
    std::uint64_t n = 0; // 1…max_sequence
    Hash hash{};         // SHA-256 of its file
    std::array<std::uint8_t, 16> challenge{};
    bool operator==(const LastReceipt&) const = default;
};

// Where a volume begins that begins inside a log: behind a seal of it. A claim like a row of HOSTS.jsonl.
struct Cut {
    HostId host;
    std::uint64_t first = 0;
    line::CompactRange range; // at `first`
    Epoch epoch;              // at `first`
    crypto::PublicKey key{};  // at `first`
};

struct Manifest {
    SiteId site;
    SiteId agreement;             // same grammar as a site id
    std::optional<Hash> audience; // SHA-256 of the verifier's public key; nothing when anyone may read
    SiteId label;                 // same grammar as a site id
    std::uint64_t created_ms = 0; // `wall` of the station's export line
    std::uint64_t n = 0;          // sequence of the channel, 1…max_sequence
    std::optional<Hash> previous; // SHA-256 of the channel's previous bundle file
    int zstd_level = 3;           // 1…max_level, or stored_level
    std::string zstd_version;     // "1.5.4"
    Volume volume;
    std::vector<Member> members; // HOSTS.jsonl, SITE.jsonl, LINES_0001… in the order of the archive
    std::optional<LastReceipt> receipt = {};
    std::optional<Cut> cut = {};
    std::optional<std::uint64_t> until_ms = {}; // what came later was not asked for
};

// The line without LF. Members must be as read_manifest demands: a broken invariant otherwise.
[[nodiscard]] std::string write_manifest(const Manifest& manifest);
// `line` without LF. Fields of later versions (marking, cut, …) and unknown fields are refused.
[[nodiscard]] Checked<Manifest> read_manifest(std::string_view line);

// "<SITE>_<label>_<seq6>_V<k>OF<n>.tally"
[[nodiscard]] std::string bundle_name(const Manifest& manifest);
// The untrusted comment of the export signature; nothing covers it, so a reader compares it.
inline constexpr std::string_view export_note = "signature of a bundle by tally-packager";
// The trusted comment of the export signature: "tally-export-1 <site> <seq> <k>/<n>"
[[nodiscard]] std::string export_comment(const SiteId& site, std::uint64_t n, const Volume& volume);

// One log of the roster. All of it is a claim; at `first` > 0 it is never an anchor.
struct HostRow {
    HostId host;
    std::uint64_t first = 0;
    std::uint64_t next = 0;
    line::CompactRange range; // at `first`
    Hash root{};              // of the tree of size `next`
    Epoch epoch;              // at `first`
    crypto::PublicKey key{};  // at `first`
};

[[nodiscard]] std::string write_host_row(const HostRow& row);       // without LF
[[nodiscard]] Result<HostRow> read_host_row(std::string_view line); // without LF

} // namespace tally::bundle
