// A small site in memory: a station and a host with sealed lines, and the bundle of them; and stock tools to ask.
#pragma once

#include "packager/bundle/writer.hpp"
#include "tally/bundle/bundle_reader.hpp"
#include "tally/line/seal.hpp"
#include "tests/support/temp_dir.hpp"

#include <array>
#include <cstdio>
#include <stdexcept>

namespace tally::test {

struct SampleLog {
    crypto::SecretKey key;
    crypto::PublicKey first;
    HostId id;
    line::CompactRange range;
    line::TreeHasher hasher;
    Epoch epoch;
    std::string lines; // each with its LF

    explicit SampleLog(std::uint8_t seed)
        : key(crypto::SecretKey::from_seed(seed_bytes(seed))), first(key.public_key()), id(line::log_id(first)) {}

    static std::array<std::uint8_t, 32> seed_bytes(std::uint8_t seed) {
        std::array<std::uint8_t, 32> bytes{};
        bytes.fill(seed);
        return bytes;
    }
    line::Object record(std::string_view type) const {
        line::Object fields;
        fields.token("host", id.text()).integer("seq", range.size()).token("boot", "0123456789abcdef0123456789abcdef");
        fields.integer("up", 1000 + range.size()).integer("wall", 1'790'000'000'000 + range.size());
        return type.empty() ? fields : fields.token("t", type);
    }
    void add(const std::string& line) {
        range.append(hasher, hasher.leaf(line));
        lines += line + "\n";
    }
    void start(std::uint64_t number) {
        add(record("start")
                .text("user", "user" + std::to_string(number % 7))
                .text("feature", "CAD")
                .integer("at", number)
                .str());
    }
    void seal() {
        auto next = crypto::SecretKey::from_seed(seed_bytes(static_cast<std::uint8_t>(epoch.number + 101)));
        const auto fields = record("").token("reason", "test").token("erasure", "best_effort");
        add(line::make_seal(fields, epoch, range.root(hasher), next.public_key(), key));
        key = std::move(next);
        epoch = epoch.next();
    }
    bundle::LogSource source() {
        return {{id, 0, range.size(), {}, range.root(hasher), {}, first}, [this](const bundle::LineSink& sink) {
                    if (!lines.empty()) {
                        sink(lines);
                    }
                }};
    }
};

struct Sample {
    SampleLog station{1};
    SampleLog host{2};
    SampleLog silent{3};
    std::string site = "{\"format\":\"tally-site-1\",\"site\":\"SITE1\"}\n";

    explicit Sample(std::uint64_t sessions = 20) {
        station.add(station.record("genesis").str());
        station.seal();
        for (std::uint64_t i = 0; i < sessions; ++i) {
            host.start(i);
        }
        host.seal();
    }
    bundle::Contents contents() {
        const auto id = [](const char* text) { return *SiteId::parse(text); };
        return {
            {id("SITE1"), id("DEFAULT"), std::nullopt, id("USAGE"), 1'790'000'000'000, 1, std::nullopt, 3, "", {}, {}},
            {station.source(), host.source(), silent.source()},
            site,
            {}};
    }
};

inline std::string slurp(const boost::filesystem::path& path) { return os::read_file(path, std::size_t{1} << 30U); }
inline void spill(const boost::filesystem::path& path, std::string_view bytes) { os::replace_file(path, bytes); }

// Standard output of a shell command; throws when it fails.
inline std::string shell(const std::string& command) {
    std::FILE* pipe = ::popen(("LC_ALL=C " + command).c_str(), "r");
    std::string out;
    std::array<char, 4096> chunk{};
    while (const std::size_t got = std::fread(chunk.data(), 1, chunk.size(), pipe)) {
        out.append(chunk.data(), got);
    }
    if (::pclose(pipe) != 0) {
        throw std::runtime_error("failed: " + command);
    }
    return out;
}

inline bundle::Checked<bundle::UnverifiedBundle> open_bundle(const boost::filesystem::path& path) {
    auto copy = std::get<bundle::PrivateCopy>(bundle::private_copy(path));
    return bundle::UnverifiedBundle::open(std::move(copy.file), copy.size);
}

} // namespace tally::test
