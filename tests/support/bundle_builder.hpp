// A site with its logs, and drafts of bundles of it that a test may alter anywhere before they are packed and signed.
// Everything is made with the product's own parts, but nothing here prevents a false bundle: that is the point.
#pragma once

#include "tally/bundle/manifest.hpp"
#include "tally/bundle/ustar.hpp"
#include "tally/line/seal.hpp"
#include "tally/minisig/signature.hpp"
#include "tally/os/file.hpp"
#include "tally/site_file/chain.hpp"
#include "tally/zstd/frame.hpp"

#include <deque>
#include <map>

namespace tally::test {

inline crypto::SecretKey key_of(std::string_view seed) {
    return seed.empty() ? crypto::SecretKey::generate() : crypto::SecretKey::from_seed(crypto::sha256(seed));
}

inline minisig::SecretKey signer_of(std::string_view seed) {
    auto key = key_of(seed);
    const auto id = minisig::id_of(key.public_key());
    return {id, std::move(key)};
}

// A recorder's or station's log in memory. Two logs of one seed are one machine restored from a copy: the same first
// key and name, and from the first seal on different keys.
class Log {
public:
    Log(std::string_view role, std::string_view label, const line::Object& more = {}, std::string_view seed = "")
        : name(label), key(key_of(seed)) {
        line::Object genesis;
        genesis.token("t", "genesis")
            .token("key", to_hex(first))
            .token("machine", std::string(64, 'a'))
            .token("role", role);
        genesis.token("site", "SITE1").token("label", label).token("version", "0.1.0").add(more);
        add(genesis);
    }

    // `record` without the fields of every line; returns its seq.
    std::uint64_t add(const line::Object& record) {
        append(stamped().add(record).str());
        return range.size() - 1;
    }
    void append(std::string line) {
        range.append(hasher, hasher.leaf(line));
        lines.push_back(std::move(line));
        up_ms += 1000;
        wall_ms += 1000;
    }
    void seal() {
        auto next = key_of(seal_seed.empty() ? "" : seal_seed + std::to_string(epoch.number));
        append(line::make_seal(stamped().token("reason", "test").token("erasure", "best_effort"), epoch,
                               range.root(hasher), next.public_key(), key));
        key = std::move(next);
        epoch = epoch.next();
        remember();
    }
    // As the product's import writes it; `at` seconds after 2022-05-01.
    void session(std::uint64_t from, std::uint64_t to) {
        const std::uint64_t start = add(line::Object()
                                            .token("t", "start")
                                            .token("src", "flexnet:S:d")
                                            .token("daemon", "d")
                                            .token("feature", "F1")
                                            .token("user", "u1")
                                            .token("client", "c1")
                                            .token("layer", "package")
                                            .integer("at", 1'651'363'200 + from));
        add(line::Object()
                .token("t", "end")
                .integer("start", start)
                .token("kind", "returned")
                .integer("at", 1'651'363'200 + to));
    }
    [[nodiscard]] line::Object stamped() const {
        return line::Object()
            .token("host", host.text())
            .integer("seq", range.size())
            .token("boot", boot)
            .integer("up", up_ms)
            .integer("wall", wall_ms);
    }
    // What HOSTS.jsonl says of lines [from, to); both are 0 or sizes right after a seal.
    [[nodiscard]] bundle::HostRow row(std::uint64_t from, std::uint64_t to) const {
        const auto& start = states.at(from);
        line::TreeHasher own;
        return {host, from, to, start.range, states.at(to).range.root(own), start.epoch, start.key};
    }
    [[nodiscard]] std::uint64_t sealed() const { return states.rbegin()->first; } // right after the last seal
    [[nodiscard]] line::Hash root() { return range.root(hasher); }
    [[nodiscard]] std::uint64_t size() const { return range.size(); }

    std::string name;
    crypto::SecretKey key;
    crypto::PublicKey first = key.public_key();
    HostId host = line::log_id(first);
    line::CompactRange range;
    line::TreeHasher hasher;
    Epoch epoch;
    std::vector<std::string> lines;
    std::string boot = std::string(32, 'b');
    std::string seal_seed; // "": a seal names a key that was never there before
    std::uint64_t up_ms = 5000, wall_ms = 1'790'000'000'000;

private:
    struct State {
        line::CompactRange range;
        Epoch epoch;
        crypto::PublicKey key{};
    };
    void remember() { states[range.size()] = {range, epoch, key.public_key()}; }
    std::map<std::uint64_t, State> states{{0, {{}, {}, first}}};
};

struct Slice {
    bundle::HostRow row;
    std::vector<std::string> lines;
};

struct DraftMember {
    std::string name;
    std::string raw, packed;
};

// A bundle before it is packed. Alter anything, then call write().
struct Draft {
    bundle::Manifest head;
    std::vector<Slice> logs; // station first
    std::string site;
    std::vector<std::string> members_of_lines; // raw; empty: all lines in one member
    std::string comment;                       // "": as the manifest says

    [[nodiscard]] std::vector<DraftMember> members() const {
        std::string hosts;
        std::string lines;
        for (const auto& slice : logs) {
            hosts += bundle::write_host_row(slice.row) + "\n";
            for (const auto& line : slice.lines) {
                lines += line + "\n";
            }
        }
        std::vector<DraftMember> out{{std::string(bundle::hosts_name), hosts, hosts},
                                     {std::string(bundle::site_name), site, site}};
        zstd::Compressor compressor(head.zstd_level);
        for (const auto& raw : members_of_lines.empty() ? std::vector<std::string>{lines} : members_of_lines) {
            out.push_back({bundle::lines_name(out.size() - 1), raw, compressor.compress(raw)});
        }
        return out;
    }
    [[nodiscard]] std::string bytes() const { return pack(head, members()); }

    static std::string pack(bundle::Manifest manifest, const std::vector<DraftMember>& members) {
        manifest.members.clear();
        for (const auto& member : members) {
            manifest.members.push_back(
                {member.name, member.raw.size(), member.packed.size(), crypto::sha256(member.packed)});
        }
        std::string file;
        put(file, bundle::manifest_name, bundle::write_manifest(manifest) + "\n");
        for (const auto& member : members) {
            put(file, member.name, member.packed);
        }
        return file + std::string(bundle::end_size, '\0');
    }
    static void put(std::string& file, std::string_view name, std::string_view data) {
        const auto header = bundle::ustar_header(name, data.size());
        file.append(header.data(), header.size()).append(data);
        file.append(bundle::padding_after(data.size()), '\0');
    }

    // Writes the bundle and its signature; returns the bundle's path.
    os::fs::path write(const os::fs::path& directory, const minisig::SecretKey& signer) const {
        return write(directory, signer, bytes());
    }
    os::fs::path write(const os::fs::path& directory, const minisig::SecretKey& signer, const std::string& file) const {
        const auto path = directory / bundle::bundle_name(head);
        const std::string said = comment.empty() ? bundle::export_comment(head.site, head.n, head.volume) : comment;
        os::replace_file(path, file);
        const auto signature =
            minisig::sign(signer, minisig::digest(as_bytes(file)), {std::string(bundle::export_note), said});
        os::replace_file(path.string() + ".minisig", minisig::signature_file(signature));
        return path;
    }
};

// A station with its keys and any number of enrolled hosts.
struct Site {
    std::string seed; // "": keys of its own; sites of one seed are the same site
    SiteId id = *SiteId::parse("SITE1");
    minisig::SecretKey root = signer_of(seed.empty() ? "" : seed + " root");
    minisig::SecretKey exporter = signer_of(seed.empty() ? "" : seed + " export");
    Log station{"station", "STATION", {}, seed.empty() ? "" : seed + " station"};
    std::deque<Log> hosts{};
    std::string file = signed_by_root(version());
    std::uint64_t exports = 0;
    std::optional<line::Hash> previous{};
    std::string zstd = ZSTD_versionString(); // announced and written into the manifest

    [[nodiscard]] site_file::Version version(std::uint64_t number = 1) const {
        return {id, number, {root.public_key()}, 1, station.first, {exporter.public_key()}, {}, 0};
    }
    [[nodiscard]] std::string signed_by_root(const site_file::Version& version) const {
        const minisig::SecretKey* signers[] = {&root};
        return site_file::signed_line(version, signers) + "\n";
    }
    Log& host(std::string_view label, const line::Object& more = {}) {
        Log& log = hosts.emplace_back("recorder", label, more, seed.empty() ? "" : seed + std::string(label));
        enrol(log, label);
        return log;
    }
    void enrol(const Log& log, std::string_view label) {
        station.add(line::Object()
                        .token("t", "enrol")
                        .token("log", log.host.text())
                        .token("key", to_hex(log.first))
                        .token("label", label));
    }
    void arrive(Log& log, std::uint64_t first) {
        station.add(line::Object()
                        .token("t", "arrived")
                        .token("log", log.host.text())
                        .integer("first", first)
                        .integer("next", log.size())
                        .token("root", to_hex(log.root())));
    }
    // Announces and seals an export of everything sealed, from `first` of each log on (0 when not given).
    Draft draft(const std::map<std::string, std::uint64_t>& first = {}) {
        const std::uint64_t wall = station.wall_ms;
        station.add(line::Object()
                        .token("t", "export")
                        .token("agreement", "AGR")
                        .integer("n", ++exports)
                        .token("label", "ALL")
                        .integer("level", 3)
                        .token("zstd", zstd));
        station.seal();
        Draft draft{
            {id, *SiteId::parse("AGR"), std::nullopt, *SiteId::parse("ALL"), wall, exports, previous, 3, zstd, {}, {}},
            {},
            file,
            {},
            ""};
        const auto slice = [&](const Log& log) {
            const auto found = first.find(log.host.text());
            const std::uint64_t from = found == first.end() ? 0 : found->second;
            const auto line = [&](std::uint64_t seq) { return log.lines.begin() + static_cast<std::ptrdiff_t>(seq); };
            draft.logs.push_back({log.row(from, log.sealed()), {line(from), line(log.sealed())}});
        };
        slice(station);
        for (const auto& log : hosts) {
            slice(log);
        }
        return draft;
    }
    // What the packager writes when a bundle is made.
    void exported(const Draft& draft) {
        previous = crypto::sha256(draft.bytes());
        station.add(line::Object()
                        .token("t", "exported")
                        .token("agreement", "AGR")
                        .integer("n", draft.head.n)
                        .tokens("digests", {to_hex(*previous)}));
    }
};

} // namespace tally::test
