// One small, whole bundle, its signature and its site file, damaged in every way that is one step away: each bit, each
// length, each sector. Run as it is, and with the outer signature made anew by a thief of the export key. A damaged
// bundle may only ever give the very lines of the honest one. The table says which check caught how many. What one layer
// alone refuses is tried in full in every run; whole checks are a sample, and all of them at full size (TALLY_FULL=1).
#include "tally/site_file/chain.hpp"
#include "tests/bench/made_bundle.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/temp_dir.hpp"
#include "verifier/check/check.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iostream>
#include <map>
#include <thread>

using namespace tally;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint32_t slowness = 20;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
constexpr std::uint32_t slowness = 20;
#else
constexpr std::uint32_t slowness = 1;
#endif
#else
constexpr std::uint32_t slowness = 1;
#endif

const std::string same_lines = "accepted with the honest lines, remarked:";

std::string bytes_of(const os::fs::path& path) { return os::read_file(path, 1U << 20U); }

struct Honest {
    test::TempDir dir;
    bench::MadeSite site = bench::make_site(dir.path(), 2);
    os::fs::path path = bench::pack(site, dir.path());
    std::string bundle = bytes_of(path);
    std::string signature = bytes_of(path.string() + ".minisig");
    bundle::Volume volume;

    [[nodiscard]] std::string signed_anew(const std::string& bytes) const {
        const std::string comment = bundle::export_comment(site.contents.head.site, 1, volume);
        return minisig::signature_file(minisig::sign(site.export_key, minisig::digest(as_bytes(bytes)),
                                                     {std::string(bundle::export_note), comment}));
    }
};

// One checker of damaged copies, with files of its own.
class Bench {
public:
    explicit Bench(const Honest& honest) {
        options_.bundle = dir_ / "damaged.tally";
        options_.private_directory = dir_.path();
        options_.workers = 1;
        trust_.basis = check::Trust::Basis::enrolled;
        trust_.chains = {honest.site.site_chain};
        lines_ = lines_after(honest.bundle, honest.signature);
    }

    // The code that refused; "" when nothing did.
    std::string refusal(const std::string& bundle, const std::string& signature) {
        const auto outcome = run(bundle, signature);
        if (outcome.report.verdict != check::Verdict::rejected) {
            return "";
        }
        for (const auto& finding : outcome.report.findings) {
            if (finding.severity == check::Severity::refuse) {
                return std::string(check::name(finding.code)) + (finding.member.empty() ? "" : " in " + finding.member);
            }
        }
        return "rejected without a refusing finding";
    }
    // What came of a damage: who refused it, what was remarked when it was accepted with the honest lines, or "ESCAPED".
    std::string fate(const std::string& bundle, const std::string& signature) {
        const std::string code = refusal(bundle, signature);
        if (!code.empty()) {
            return code;
        }
        if (lines_after(bundle, signature) != lines_) {
            return "ESCAPED";
        }
        std::string remarks;
        for (const auto& finding : run(bundle, signature).report.findings) {
            remarks += " " + std::string(check::name(finding.code));
        }
        return same_lines + remarks;
    }
    [[nodiscard]] const os::fs::path& directory() const { return dir_.path(); }
    [[nodiscard]] const std::string& lines() const { return lines_; }

private:
    check::Outcome run(const std::string& bundle, const std::string& signature) {
        std::ofstream(options_.bundle.string(), std::ios::binary) << bundle;
        std::ofstream(options_.bundle.string() + ".minisig", std::ios::binary) << signature;
        return check::check_bundle(options_, trust_);
    }
    std::string lines_after(const std::string& bundle, const std::string& signature) {
        const auto outcome = run(bundle, signature);
        std::string text;
        if (outcome.bundle) {
            outcome.bundle->for_each_line([&](const check::LineView& line) { text += std::string(line.bytes) + "\n"; });
        }
        return text;
    }

    test::TempDir dir_{test::TempDir::Where::in_memory};
    check::Options options_;
    check::Trust trust_;
    std::string lines_;
};

struct Damaged {
    std::string bundle;
    std::string signature;
    std::string name;
};
// `directory` is the calling thread's own.
using Make = std::function<Damaged(std::size_t index, const os::fs::path& directory)>;

struct Tally {
    std::map<std::string, std::size_t> fates;
    std::vector<std::string> escaped;
};

// Damages 0 … count−1, spread over the processors. The honest bundle must pass, or else nothing would be shown.
Tally damage_all(const Honest& honest, std::size_t count, const Make& make) {
    REQUIRE(Bench(honest).refusal(honest.bundle, honest.signed_anew(honest.bundle)).empty());
    const std::size_t parts = std::max(1U, std::thread::hardware_concurrency());
    std::vector<Tally> tallies(parts);
    std::vector<std::thread> threads;
    for (std::size_t part = 0; part < parts; ++part) {
        threads.emplace_back([&, part] {
            Bench bench(honest);
            for (std::size_t i = part; i < count; i += parts) {
                const Damaged damaged = make(i, bench.directory());
                const std::string fate = bench.fate(damaged.bundle, damaged.signature);
                ++tallies[part].fates[fate];
                if (fate == "ESCAPED") {
                    tallies[part].escaped.push_back(damaged.name);
                }
            }
        });
    }
    Tally all;
    for (std::size_t part = 0; part < parts; ++part) {
        threads[part].join();
        for (const auto& [fate, times] : tallies[part].fates) {
            all.fates[fate] += times;
        }
        all.escaped.insert(all.escaped.end(), tallies[part].escaped.begin(), tallies[part].escaped.end());
    }
    return all;
}

std::size_t accepted(const Tally& tally) {
    std::size_t sum = 0;
    for (const auto& [fate, times] : tally.fates) {
        sum += fate.starts_with(same_lines) ? times : 0;
    }
    return sum;
}

void print(const std::string& title, const Tally& tally) {
    std::size_t sum = 0;
    for (const auto& [fate, times] : tally.fates) {
        sum += times;
    }
    std::cout << title << ": " << sum << " damaged copies\n";
    for (const auto& [fate, times] : tally.fates) {
        std::cout << "  " << std::string(8 - std::min<std::size_t>(8, std::to_string(times).size()), ' ') << times
                  << "  " << fate << "\n";
    }
}

void require_no_escape(const Tally& tally) {
    for (const auto& name : tally.escaped) {
        UNSCOPED_INFO(name);
    }
    REQUIRE(tally.escaped.empty());
}

std::string flipped(std::string bytes, std::size_t bit) {
    bytes[bit / 8] = static_cast<char>(static_cast<unsigned char>(bytes[bit / 8]) ^ (1U << (bit % 8)));
    return bytes;
}

// All of 0 … count−1 at full size, else a sample of one in `share`; under a sanitizer always a sample.
std::vector<std::size_t> chosen(std::size_t count, std::uint32_t share) {
    share = (test::full_size() ? 1 : share) * slowness;
    std::vector<std::size_t> all;
    const std::uint32_t seed = test::usual_seed();
    std::mt19937 random(seed);
    for (std::size_t i = 0; i < count; ++i) {
        if (share == 1 || random() % share == 0) {
            all.push_back(i);
        }
    }
    if (share > 1) {
        std::cout << "a sample of 1 in " << share << ", TALLY_TEST_SEED=" << seed << "\n";
    }
    return all;
}

// What the insider can do who has the export key and the packager: everything outside the seals made anew to match.
class Forger {
public:
    explicit Forger(const Honest& honest) : honest_(honest) {
        for (const char* log : {"station.jsonl", "host.jsonl"}) {
            texts_.push_back(bytes_of(honest.dir / log));
        }
        texts_.push_back(honest.site.site_chain);
    }
    [[nodiscard]] std::size_t bits() const { return 8 * (texts_[0].size() + texts_[1].size() + texts_[2].size()); }

    // Without a flip: accepted, which shows that what is forged fits together.
    [[nodiscard]] Damaged unaltered(const os::fs::path& directory) const { return rebuilt(texts_, directory); }

    // A flip that makes or removes an end of line gives another number of lines, which the writer refuses.
    [[nodiscard]] bool possible(std::size_t bit) const {
        const auto [which, rest] = place(bit);
        return texts_[which][rest / 8] != '\n' && flipped(texts_[which], rest)[rest / 8] != '\n';
    }
    [[nodiscard]] Damaged forge(std::size_t bit, const os::fs::path& directory) const {
        const auto [which, rest] = place(bit);
        auto texts = texts_;
        texts[which] = flipped(texts[which], rest);
        Damaged damaged = rebuilt(texts, directory);
        damaged.name = "text " + std::to_string(which) + " bit " + std::to_string(rest);
        return damaged;
    }

private:
    // Which text, and which bit of it.
    [[nodiscard]] std::pair<std::size_t, std::size_t> place(std::size_t bit) const {
        std::size_t which = 0;
        for (; bit >= texts_[which].size() * 8; ++which) {
            bit -= texts_[which].size() * 8;
        }
        return {which, bit};
    }
    [[nodiscard]] Damaged rebuilt(const std::vector<std::string>& texts, const os::fs::path& directory) const {
        const bundle::Contents contents{
            honest_.site.contents.head, {source(0, texts[0]), source(1, texts[1])}, texts[2], {}};
        boost::filesystem::remove(directory / honest_.path.filename());
        const std::string bytes = bytes_of(bundle::write_bundle(directory, contents).path);
        return {bytes, honest_.signed_anew(bytes), "unaltered"};
    }
    [[nodiscard]] bundle::LogSource source(std::size_t log, const std::string& text) const {
        auto row = honest_.site.contents.logs[log].row;
        line::TreeHasher hasher;
        line::CompactRange range;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = text.find('\n', at);
            range.append(hasher, hasher.leaf(std::string_view(text).substr(at, end - at)));
            at = end + 1;
        }
        row.root = range.root(hasher);
        return {row, [text](const bundle::LineSink& sink) { sink(text); }};
    }

    const Honest& honest_;
    std::vector<std::string> texts_; // station, host, site file
};

} // namespace

TEST_CASE("the honest bundle is accepted with all its lines") {
    const Honest honest;
    Bench bench(honest);

    CHECK(bench.refusal(honest.bundle, honest.signature).empty());
    CHECK(std::count(bench.lines().begin(), bench.lines().end(), '\n') >= 10);
    CHECK(bench.refusal(honest.bundle, honest.signed_anew(honest.bundle)).empty());
}

TEST_CASE("the signature holds for no flipped bit and no other length of the bundle") {
    const Honest honest;
    const auto key = honest.site.export_key.public_key();
    const auto signature = minisig::read_signature_file(honest.signature);
    const auto holds = [&](std::string_view bytes) {
        return minisig::verify(key, minisig::digest(as_bytes(bytes)), *signature) == minisig::Verdict::good;
    };
    REQUIRE(signature);
    REQUIRE(holds(honest.bundle));
    std::size_t tried = 0;
    std::size_t escaped = 0;

    for (const std::size_t bit : chosen(honest.bundle.size() * 8, 1)) {
        ++tried;
        escaped += holds(flipped(honest.bundle, bit)) ? 1U : 0U;
    }
    for (const std::size_t size : chosen(honest.bundle.size(), 1)) {
        ++tried;
        escaped += holds(std::string_view(honest.bundle).substr(0, size)) ? 1U : 0U;
    }

    std::cout << "bits and lengths before the signature alone: " << tried << " damaged copies\n";
    CHECK(escaped == 0);
}

TEST_CASE("no flipped bit and no other length of a site file is a site file") {
    const Honest honest;
    const std::string& file = honest.site.site_chain;
    REQUIRE(site_file::read_chain(file));
    std::size_t escaped = 0;

    for (std::size_t bit = 0; bit < file.size() * 8; ++bit) {
        escaped += site_file::read_chain(flipped(file, bit)) ? 1U : 0U;
    }
    for (std::size_t size = 0; size < file.size(); ++size) {
        escaped += site_file::read_chain(file.substr(0, size)) ? 1U : 0U;
    }

    std::cout << "bits and lengths of the site file: " << file.size() * 9 << " damaged copies\n";
    CHECK(escaped == 0);
}

TEST_CASE("no flipped bit of a bundle is accepted, and a thief of the export key changes no line") {
    const Honest honest;
    const auto as_they_are = chosen(honest.bundle.size() * 8, 8);
    const Tally as_is = damage_all(honest, as_they_are.size(), [&](std::size_t i, const os::fs::path&) {
        const std::size_t bit = as_they_are[i];
        return Damaged{flipped(honest.bundle, bit), honest.signature, "bit " + std::to_string(bit)};
    });
    const auto bits = chosen(honest.bundle.size() * 8, 3);
    const Tally signed_anew = damage_all(honest, bits.size(), [&](std::size_t i, const os::fs::path&) {
        const auto bundle = flipped(honest.bundle, bits[i]);
        return Damaged{bundle, honest.signed_anew(bundle), "signed anew, bit " + std::to_string(bits[i])};
    });

    print("bits of the bundle, as is", as_is);
    print("bits of the bundle, signed anew", signed_anew);
    require_no_escape(as_is);
    CHECK(accepted(as_is) == 0);
    require_no_escape(signed_anew);
    CHECK(accepted(signed_anew) == 0);
}

TEST_CASE("no flipped bit of the signature file is accepted") {
    const Honest honest;
    const auto bits = chosen(honest.signature.size() * 8, 1);

    const Tally tally = damage_all(honest, bits.size(), [&](std::size_t i, const os::fs::path&) {
        return Damaged{honest.bundle, flipped(honest.signature, bits[i]), "bit " + std::to_string(bits[i])};
    });

    print("bits of the signature", tally);
    require_no_escape(tally);
    CHECK(accepted(tally) == 0);
}

TEST_CASE("no flipped bit of a line or site file is accepted when everything outside the seals is made anew to match") {
    const Honest honest;
    const Forger forger(honest);
    {
        Bench bench(honest);
        const Damaged unaltered = forger.unaltered(bench.directory());
        REQUIRE(bench.refusal(unaltered.bundle, unaltered.signature).empty());
    }
    auto bits = chosen(forger.bits(), 16);
    std::erase_if(bits, [&](std::size_t bit) { return !forger.possible(bit); });

    const Tally tally = damage_all(honest, bits.size(), [&](std::size_t i, const os::fs::path& directory) {
        return forger.forge(bits[i], directory);
    });

    print("bits of lines and site file, packed and signed anew", tally);
    require_no_escape(tally);
    CHECK(accepted(tally) == 0);
}

TEST_CASE(
    "a bundle cut at any length, lengthened, or with sectors exchanged or zeroed is refused, signed anew or not") {
    const Honest honest;
    const std::string& whole = honest.bundle;
    std::vector<std::pair<std::string, std::string>> damages;
    for (const std::size_t size : chosen(whole.size(), 1)) {
        damages.emplace_back("cut to " + std::to_string(size), whole.substr(0, size));
    }
    for (const char byte : {'\0', '\n', 'x', '\xFF'}) {
        damages.emplace_back("one byte appended", whole + byte);
    }
    damages.emplace_back("a block of zeros appended", whole + std::string(512, '\0'));
    damages.emplace_back("itself appended", whole + whole);
    const std::size_t sectors = whole.size() / 512;
    for (std::size_t a = 0; a < sectors; ++a) {
        std::string zeroed = whole;
        zeroed.replace(a * 512, 512, 512, '\0');
        damages.emplace_back("sector zeroed", zeroed);
        damages.emplace_back("sector left out", whole.substr(0, a * 512) + whole.substr((a + 1) * 512));
        for (std::size_t b = a + 1; b < sectors; ++b) {
            std::string swapped = whole;
            swapped.replace(a * 512, 512, whole, b * 512, 512);
            swapped.replace(b * 512, 512, whole, a * 512, 512);
            damages.emplace_back("sectors exchanged", swapped);
        }
    }
    std::erase_if(damages, [&](const auto& damage) { return damage.second == whole; }); // equal sectors

    const auto as_they_are = chosen(damages.size(), 4);
    const Tally as_is = damage_all(honest, as_they_are.size(), [&](std::size_t i, const os::fs::path&) {
        const auto& [name, bytes] = damages[as_they_are[i]];
        return Damaged{bytes, honest.signature, name};
    });
    const Tally signed_anew = damage_all(honest, damages.size(), [&](std::size_t i, const os::fs::path&) {
        return Damaged{damages[i].second, honest.signed_anew(damages[i].second), damages[i].first};
    });

    print("cut, lengthened, sectors, as is", as_is);
    print("cut, lengthened, sectors, signed anew", signed_anew);
    require_no_escape(as_is);
    CHECK(accepted(as_is) == 0);
    require_no_escape(signed_anew);
    CHECK(accepted(signed_anew) == 0);
}
