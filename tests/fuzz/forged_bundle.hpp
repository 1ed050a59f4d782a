// A small honest bundle, and forgeries of it by somebody who holds the export key and the packager but no log's key.
// The input is a program. Byte 0 chooses the bundle and what the forger leaves as it is; then damages of four bytes and
// what they insert: kind, where, place, value. All sizes, hashes and signatures that follow are made anew, so that every
// stage of a reader is reached. The same input gives the same bytes in every process.
#pragma once

#include "tests/support/bundle_builder.hpp"
#include "tests/support/temp_dir.hpp"
#include "verifier/check/check.hpp"

#include <algorithm>
#include <fstream>

namespace tally::fuzz {

// Which text of the bundle a damage is done to, in the order in which they are made.
enum class Part : std::uint8_t { station, host, other_host, hosts, site, packed, manifest, file, signature };
inline constexpr std::size_t part_count = 9;

struct Choices {
    bool later = false;          // the second bundle of the site: lines that follow those of the first
    bool whole = false;          // … or all lines again
    bool remembered = false;     // the verifier accepted the first bundle
    bool trusted = true;         // the verifier enrolled the site
    bool old_rows = false;       // HOSTS.jsonl is not made to fit the altered lines
    bool old_signature = false;  // nor the signature to the altered file
    bool two_members = false;    // lines are cut into two members
    bool proof_of_coding = true; // every member is compressed again by the reader
};

struct Damage {
    std::uint8_t kind = 0;
    Part part = Part::station;
    std::size_t place = 0;
    std::uint8_t value = 0;
    std::string inserted;
};

struct Program {
    Choices choices;
    std::vector<Damage> damages;

    explicit Program(Bytes input) : rest_(input) {
        const std::uint8_t bits = byte();
        choices = {(bits & 1U) != 0,  (bits & 2U) != 0,  (bits & 4U) != 0,  (bits & 8U) == 0,
                   (bits & 16U) != 0, (bits & 32U) != 0, (bits & 64U) != 0, (bits & 128U) == 0};
        while (!rest_.empty() && damages.size() < 8) {
            Damage one;
            one.kind = byte() % 8U;
            one.part = static_cast<Part>(byte() % part_count);
            one.place = byte();
            one.place += byte() * std::size_t{256};
            one.value = byte();
            if (one.kind == 1 || one.kind == 6) {
                const auto taken = rest_.first(std::min<std::size_t>(one.value, rest_.size()));
                one.inserted = std::string(as_text(taken));
                rest_ = rest_.subspan(taken.size());
            }
            damages.push_back(std::move(one));
        }
    }

private:
    std::uint8_t byte() {
        if (rest_.empty()) {
            return 0;
        }
        const std::uint8_t first = rest_[0];
        rest_ = rest_.subspan(1);
        return first;
    }
    Bytes rest_;
};

inline std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

inline std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) {
        text += line + "\n";
    }
    return text;
}

inline void damage_lines(const Damage& damage, std::string& text) {
    auto lines = lines_of(text);
    if (lines.empty()) {
        return;
    }
    const std::size_t at = damage.place % lines.size();
    if (damage.kind == 3) {
        std::swap(lines[at], lines[damage.value % lines.size()]);
    } else if (damage.kind == 4) {
        lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at));
    } else {
        lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(damage.value % lines.size()), std::string(lines[at]));
    }
    text = joined(lines);
}

// What is inserted takes the place of as many bytes; with a zero byte in it: what stands behind that takes the place of
// what stands before it, where the text has it.
inline void overwrite(const Damage& damage, std::size_t at, std::string& text) {
    const std::size_t zero = damage.inserted.find('\0');
    if (zero == std::string::npos) {
        text.replace(at, damage.inserted.size(), damage.inserted);
        return;
    }
    const std::size_t found = text.find(damage.inserted.substr(0, zero));
    if (zero > 0 && found != std::string::npos) {
        text.replace(found, zero, damage.inserted.substr(zero + 1));
    }
}

inline void apply(const Damage& damage, std::string& text) {
    const std::size_t at = text.empty() ? 0 : damage.place % text.size();
    switch (damage.kind) {
    case 0:
        if (!text.empty()) {
            text[at] = static_cast<char>(text[at] ^ static_cast<char>(damage.value == 0 ? 1U : damage.value));
        }
        break;
    case 1:
        text.insert(at, damage.inserted);
        break;
    case 2:
        text.erase(at, damage.value);
        break;
    case 3:
    case 4:
    case 5:
        damage_lines(damage, text);
        break;
    case 6:
        overwrite(damage, at, text);
        break;
    default:
        text.resize(at);
    }
}

// What the verifier keeps of the first bundle.
class AcceptedFirst : public check::Memory {
public:
    std::map<std::string, check::Position> positions;
    std::map<std::string, line::Hash> roots;
    std::vector<check::RosterEntry> entries;
    line::Hash digest{};

    [[nodiscard]] std::optional<check::Position> position(const std::string& host) const override {
        const auto found = positions.find(host);
        return found == positions.end() ? std::nullopt : std::optional(found->second);
    }
    [[nodiscard]] std::optional<line::Hash> root_at(const std::string& host, std::uint64_t size) const override {
        const auto found = positions.find(host);
        return found != positions.end() && found->second.range.size() == size ? std::optional(roots.at(host))
                                                                              : std::nullopt;
    }
    [[nodiscard]] std::vector<check::RosterEntry> roster(const std::string& /*site*/) const override { return entries; }
    [[nodiscard]] std::vector<line::Hash> accepted(const std::string& /*site*/, const std::string& /*agreement*/,
                                                   std::uint64_t n) const override {
        return n == 1 ? std::vector{digest} : std::vector<line::Hash>();
    }
};

struct Forged {
    std::string file, signature;
};

// A site with two hosts and its two bundles, from fixed seeds.
class HonestSite {
public:
    HonestSite() {
        site_.station.seal_seed = "station seal";
        for (const char* label : {"H1", "H2"}) {
            test::Log& host = site_.host(label);
            host.seal_seed = std::string(label) + " seal";
            host.session(0, 60);
            host.seal();
            site_.arrive(host, 0);
        }
        first_ = site_.draft();
        memory.digest = crypto::sha256(first_->bytes());
        std::map<std::string, std::uint64_t> seen;
        for_each_log([&](test::Log& log) {
            seen[log.host.text()] = log.sealed();
            remember(log);
        });
        site_.exported(*first_);
        for (auto& host : site_.hosts) {
            const std::uint64_t from = host.sealed();
            host.wall_ms += 90'000;
            host.add(
                line::Object().token("t", "clock").integer("from", host.wall_ms - 90'000).integer("to", host.wall_ms));
            host.session(100, 160);
            host.seal();
            host.session(200, 260);
            host.seal();
            site_.arrive(host, from);
        }
        later_ = site_.draft(seen);
        whole_ = later_;
        whole_->logs.clear();
        for_each_log([&](test::Log& log) {
            whole_->logs.push_back({log.row(0, log.sealed()), log.lines});
            honest[log.host.text()] = log.lines;
        });
    }

    // What the program makes of it.
    [[nodiscard]] Forged forge(const Program& program) const {
        const Choices& choices = program.choices;
        const test::Draft& draft = *(!choices.later ? first_ : choices.whole ? whole_ : later_);
        std::vector<std::string> lines;
        std::string hosts;
        for (std::size_t i = 0; i < draft.logs.size(); ++i) {
            std::string text = joined(draft.logs[i].lines);
            damage(program, static_cast<Part>(i), text);
            auto row = draft.logs[i].row;
            if (!choices.old_rows) {
                fit(row, text);
            }
            hosts += bundle::write_host_row(row) + "\n";
            lines.push_back(std::move(text));
        }
        damage(program, Part::hosts, hosts);
        std::string chain = draft.site;
        damage(program, Part::site, chain);
        std::string file = packed(program, draft.head, hosts, chain, cut(lines, choices.two_members));
        std::string signature = signature_of(choices.old_signature ? draft.bytes() : file, draft.head);
        damage(program, Part::signature, signature);
        return {std::move(file), std::move(signature)};
    }

    [[nodiscard]] const std::string& chain() const { return site_.file; }
    std::map<std::string, std::vector<std::string>> honest; // every line of each log
    AcceptedFirst memory;

private:
    void for_each_log(const std::function<void(test::Log&)>& take) {
        take(site_.station);
        for (auto& host : site_.hosts) {
            take(host);
        }
    }
    void remember(test::Log& log) {
        const auto at = log.row(log.sealed(), log.sealed());
        memory.positions[log.host.text()] = {at.range, at.epoch, at.key};
        memory.roots[log.host.text()] = at.root;
        memory.entries.push_back({log.host.text(), log.name, log.first});
    }
    static void damage(const Program& program, Part part, std::string& text) {
        for (const auto& one : program.damages) {
            if (one.part == part) {
                apply(one, text);
            }
        }
    }
    // Root and number of lines as the altered text has them.
    static void fit(bundle::HostRow& row, const std::string& text) {
        line::TreeHasher hasher;
        auto range = row.range;
        for (const auto& line : lines_of(text)) {
            range.append(hasher, hasher.leaf(line));
        }
        row.next = range.size();
        row.root = range.root(hasher);
    }
    static std::vector<std::string> cut(const std::vector<std::string>& lines, bool two) {
        if (!two) {
            std::string all;
            for (const auto& text : lines) {
                all += text;
            }
            return {all};
        }
        return {lines[0], lines[1] + lines[2]};
    }
    static std::string packed(const Program& program, bundle::Manifest head, const std::string& hosts,
                              const std::string& chain, const std::vector<std::string>& lines) {
        std::vector<test::DraftMember> members{{std::string(bundle::hosts_name), hosts, hosts},
                                               {std::string(bundle::site_name), chain, chain}};
        zstd::Compressor compressor(head.zstd_level);
        for (const auto& raw : lines) {
            std::string bytes = raw.empty() ? "" : compressor.compress(raw);
            damage(program, Part::packed, bytes);
            members.push_back({bundle::lines_name(members.size() - 1), raw, std::move(bytes)});
        }
        head.members.clear();
        for (const auto& member : members) {
            const std::uint64_t raw = std::max<std::uint64_t>(1, member.raw.size());
            const std::uint64_t size = std::max<std::uint64_t>(1, member.packed.size());
            head.members.push_back({member.name, raw, size, crypto::sha256(member.packed)});
        }
        std::string manifest = bundle::write_manifest(head);
        damage(program, Part::manifest, manifest);
        std::string file;
        test::Draft::put(file, bundle::manifest_name, manifest + "\n");
        for (const auto& member : members) {
            test::Draft::put(file, member.name, member.packed);
        }
        file.append(bundle::end_size, '\0');
        damage(program, Part::file, file);
        return file;
    }
    [[nodiscard]] std::string signature_of(const std::string& file, const bundle::Manifest& head) const {
        const std::string comment = bundle::export_comment(head.site, head.n, head.volume);
        return minisig::signature_file(minisig::sign(site_.exporter, minisig::digest(as_bytes(file)),
                                                     {std::string(bundle::export_note), comment}));
    }

    test::Site site_{"fuzz"};
    std::optional<test::Draft> first_, later_, whole_;
};

// The forged files in memory, under the names that a verifier is given.
class Files {
public:
    void write(const Forged& forged) const {
        std::ofstream(bundle().string(), std::ios::binary) << forged.file;
        std::ofstream(bundle().string() + ".minisig", std::ios::binary) << forged.signature;
    }
    [[nodiscard]] os::fs::path bundle() const { return directory_ / "forged.tally"; }
    [[nodiscard]] const os::fs::path& directory() const { return directory_.path(); }

private:
    test::TempDir directory_{test::TempDir::Where::in_memory};
};

} // namespace tally::fuzz
