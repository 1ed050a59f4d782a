#include "tests/bench/made_bundle.hpp"

#include "tally/line/seal.hpp"
#include "tally/site_file/chain.hpp"
#include "tests/bench/render.hpp"

#include <fstream>
#include <zstd.h>

namespace tally::bench {
namespace {

namespace fs = os::fs;

constexpr std::uint64_t epoch_lines = 4096;

crypto::SecretKey key_from(std::uint8_t who, std::uint64_t number) {
    std::array<std::uint8_t, 32> seed{};
    seed[0] = who;
    std::copy_n(reinterpret_cast<const std::uint8_t*>(&number), 8, seed.begin() + 8);
    return crypto::SecretKey::from_seed(seed);
}

// In pieces of whole lines.
void read_lines(const fs::path& path, const bundle::LineSink& sink) {
    const auto file = os::open_regular(path);
    std::string chunk;
    for (;;) {
        const std::size_t kept = chunk.size();
        chunk.resize(kept + (256U << 10U));
        const std::size_t got = os::read_some(file, chunk.data() + kept, chunk.size() - kept, path);
        chunk.resize(kept + got);
        if (got == 0) {
            return;
        }
        const std::size_t whole = chunk.rfind('\n') + 1;
        sink(std::string_view(chunk).substr(0, whole));
        chunk.erase(0, whole);
    }
}

class MadeLog {
public:
    MadeLog(std::uint8_t who, const fs::path& path)
        : who_(who), host_(line::log_id(key_from(who, 0).public_key())), path_(path),
          out_(path.string(), std::ios::binary) {}

    [[nodiscard]] crypto::PublicKey first_key() const { return key_from(who_, 0).public_key(); }
    [[nodiscard]] const std::string& host() const { return host_.text(); }
    [[nodiscard]] std::uint64_t size() const { return range_.size(); }

    // `own` has `t` and everything that is not of every line.
    void add(const line::Object& own) { put(line::Object(own).add(common()).str()); }
    void put(std::string_view line) {
        range_.append(hasher_, hasher_.leaf(line));
        out_ << line << '\n';
        bytes_ += line.size() + 1;
        if (range_.size() - sealed_ == epoch_lines) {
            seal();
        }
    }
    void seal() {
        const auto next = key_from(who_, epoch_.number + 1).public_key();
        const auto fields = common().token("reason", "lines").token("erasure", "best_effort");
        sealed_ = range_.size() + 1;
        put(line::make_seal(fields, epoch_, range_.root(hasher_), next, key_from(who_, epoch_.number)));
        epoch_ = epoch_.next();
    }
    [[nodiscard]] bundle::LogSource source() {
        out_.flush();
        const bundle::HostRow row{host_, 0, range_.size(), {}, range_.root(hasher_), {}, first_key()};
        return {row, [path = path_](const bundle::LineSink& sink) { read_lines(path, sink); }};
    }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    [[nodiscard]] line::Object common() const {
        return line::Object()
            .token("host", host())
            .integer("seq", range_.size())
            .token("boot", LineSpeller::boot())
            .integer("up", LineSpeller::up(range_.size()))
            .integer("wall", LineSpeller::wall(range_.size()));
    }
    void genesis(std::string_view role, std::string_view label) {
        add(line::Object()
                .token("t", "genesis")
                .token("key", to_hex(first_key()))
                .token("machine", to_hex(crypto::sha256(label)))
                .token("role", role)
                .token("site", "BENCH")
                .token("label", label)
                .token("version", TALLY_VERSION));
    }

private:
    std::uint8_t who_;
    HostId host_;
    fs::path path_;
    std::ofstream out_;
    line::TreeHasher hasher_;
    line::CompactRange range_;
    Epoch epoch_;
    std::uint64_t sealed_ = 0;
    std::uint64_t bytes_ = 0;
};

minisig::SecretKey minisign_key(std::uint8_t who) {
    auto key = key_from(who, 0);
    const auto id = minisig::id_of(key.public_key());
    return {id, std::move(key)};
}

std::string one_version(const crypto::PublicKey& station, const minisig::SecretKey& exporting) {
    const auto root = minisign_key(3);
    site_file::Version version{
        *SiteId::parse("BENCH"), 1, {root.public_key()}, 1, station, {exporting.public_key()}, {}, 0};
    const minisig::SecretKey* signers[] = {&root};
    return site_file::signed_line(version, signers) + "\n";
}

} // namespace

MadeSite make_site(const fs::path& directory, std::uint64_t sessions) {
    MadeLog host(1, directory / "host.jsonl");
    host.genesis("recorder", "LICSRV");
    SessionStream events(sessions);
    LineSpeller speller(host.host());
    std::uint64_t starts = 0;
    for (Event event; events.next(event);) {
        starts += event.moment == Moment::start ? 1U : 0U;
        host.put(speller.spell(event, host.size()));
    }
    host.seal();

    MadeLog station(2, directory / "station.jsonl");
    station.genesis("station", "STATION");
    const auto hosts = host.source();
    station.add(line::Object()
                    .token("t", "enrol")
                    .token("log", host.host())
                    .token("key", to_hex(host.first_key()))
                    .text("label", "LICSRV"));
    station.add(line::Object()
                    .token("t", "arrived")
                    .token("log", host.host())
                    .integer("first", 0)
                    .integer("next", host.size())
                    .token("root", to_hex(hosts.row.root)));
    const std::uint64_t created = LineSpeller::wall(station.size());
    station.add(line::Object()
                    .token("t", "export")
                    .token("agreement", "BENCH")
                    .integer("n", 1)
                    .token("label", "ALL")
                    .integer("level", 3)
                    .token("zstd", ZSTD_versionString()));
    station.seal();

    auto exporting = minisign_key(4);
    const std::string chain = one_version(station.first_key(), exporting);
    bundle::Manifest head{*SiteId::parse("BENCH"),
                          *SiteId::parse("BENCH"),
                          {},
                          *SiteId::parse("ALL"),
                          created,
                          1,
                          {},
                          3,
                          ZSTD_versionString(),
                          {},
                          {}};
    return {{head, {station.source(), hosts}, chain, {}},
            chain,
            directory / "host.jsonl",
            host.size(),
            host.bytes(),
            starts,
            std::move(exporting)};
}

fs::path pack(const MadeSite& site, const fs::path& directory) {
    const auto written = bundle::write_bundle(directory, site.contents);
    const auto& head = written.manifest;
    const std::string comment = bundle::export_comment(head.site, head.n, head.volume);
    const auto signature =
        minisig::sign(site.export_key, written.blake2b512, {std::string(bundle::export_note), comment});
    os::replace_file(written.path.string() + ".minisig", minisig::signature_file(signature));
    return written.path;
}

} // namespace tally::bench
