// A small journal as a running recorder leaves it on the disk, database and write-ahead log, with any one bit flipped, cut
// at any length, or with a sector zeroed. What comes of it: the damage is found, by reading the log or by opening it, or
// the lines are the very same. Only lines that no seal covers yet can go unnoticed, and only from the end; nothing ever
// crashes. A sample; every bit with TALLY_FULL=1.
#include "recorder/journal/journal.hpp"
#include "recorder/journal/verify.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/temp_dir.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <iostream>
#include <map>
#include <random>
#include <thread>

using namespace tally;
namespace fs = boost::filesystem;

namespace {

// Under a sanitizer each flip takes longer.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint32_t slowness = 8;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
constexpr std::uint32_t slowness = 8;
#else
constexpr std::uint32_t slowness = 1;
#endif
#else
constexpr std::uint32_t slowness = 1;
#endif

const std::array<std::string, 2> files{"journal.db", "journal.db-wal"};
const journal::Surroundings surroundings{"machine-one", {}};

void put(const fs::path& path, std::string_view bytes) {
    const auto file = os::open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    os::write_all(file, bytes, path);
}

void put_byte(const fs::path& path, std::size_t at, char byte) {
    const auto file = os::open(path, O_WRONLY);
    if (::pwrite(file.get(), &byte, 1, static_cast<off_t>(at)) != 1) {
        throw Error::system("write", path.string());
    }
}

// All lines, in order, with their numbers.
std::string dump(journal::Store& store) {
    std::string text;
    store.for_each_line(0, line::max_tree, [&](std::uint64_t seq, std::string_view line) {
        text += std::to_string(seq) + " " + std::string(line) + "\n";
    });
    return text;
}

// A recorder's directory, copied while it was at work. The last lines are `tail` ones that no seal covers.
class Recorder {
public:
    std::map<std::string, std::string> contents; // of every file
    std::string lines;                           // dump
    std::size_t sealed_bytes = 0;                // of the dump: up to the last seal

    explicit Recorder(unsigned tail) {
        journal::Journal::create(path_, {*SiteId::parse("SITE1"), "LICSRV", journal::Role::recorder, "0.1.0"}, clock(),
                                 surroundings);
        {
            journal::Journal journal(path_, clock(), surroundings);
            write(journal, 60);
            journal.seal("test");
        } // closed: the write-ahead log is in the database
        journal::Journal journal(path_, clock(), surroundings);
        write(journal, 4);
        journal.seal("test");
        sealed_bytes = dump(journal.store()).size();
        write(journal, tail);
        lines = dump(journal.store());
        for (const auto& entry : fs::directory_iterator(path_)) {
            if (fs::is_regular_file(entry.path()) && entry.path().extension() != ".db-shm") {
                contents[entry.path().filename().string()] = os::read_file(entry.path(), 16U << 20U);
            }
        }
    }

private:
    os::Clock clock() {
        return [this] { return now_; };
    }
    void write(journal::Journal& journal, unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            now_.up_ms += 10;
            now_.wall_ms += 10;
            journal.append(line::Object().token("t", "note").integer("n", i));
            if (i % 8 == 7) {
                journal.commit();
            }
        }
        journal.commit();
    }

    test::TempDir made_{test::TempDir::Where::in_memory};
    fs::path path_ = made_ / "log";
    os::Stamp now_{"00000000000000000000000000000001", 1000, 1'700'000'000'000};
};

// Damages one file at a time and says what came of it. The files lie there ready, so that only that one is written.
class Bench {
public:
    explicit Bench(const Recorder& honest) : honest_(honest) { lay_out(read_); }

    std::string flip(const std::string& file, std::size_t bit) {
        std::string bytes = honest_.contents.at(file);
        const char before = bytes[bit / 8];
        bytes[bit / 8] = static_cast<char>(before ^ static_cast<char>(1U << (bit % 8)));
        put_byte(read_ / file, bit / 8, bytes[bit / 8]);
        const std::string told = by_reading();
        put_byte(read_ / file, bit / 8, before);
        return settle(file, bytes, told);
    }
    std::string replace(const std::string& file, const std::string& bytes) {
        put(read_ / file, bytes);
        const std::string told = by_reading();
        put(read_ / file, honest_.contents.at(file));
        return settle(file, bytes, told);
    }

private:
    std::string settle(const std::string& file, const std::string& bytes, std::string told) {
        if (told.empty() || ++count_ % 64 == 0) { // now and then also what reading has settled: opening must not crash
            const std::string opened = by_opening(file, bytes);
            told = told.empty() ? opened : told;
        }
        return told;
    }
    void lay_out(const fs::path& directory) const {
        fs::remove_all(directory);
        fs::create_directories(directory);
        for (const auto& [name, bytes] : honest_.contents) {
            put(directory / name, bytes);
        }
    }
    // Nothing when the log holds but has other lines.
    std::string by_reading() {
        fs::remove(read_ / "journal.db-shm");
        try {
            if (!journal::verify(read_).holds()) {
                return "found by reading";
            }
            journal::Store store(read_, journal::Access::read);
            return dump(store) == honest_.lines ? "the same lines" : "";
        } catch (const Error&) {
            return "found by reading";
        }
    }
    std::string by_opening(const std::string& file, const std::string& bytes) {
        lay_out(opened_);
        put(opened_ / file, bytes);
        try {
            journal::Journal journal(
                opened_,
                [] {
                    return os::Stamp{"00000000000000000000000000000001", 9'000'000, 1'700'009'000'000};
                },
                surroundings);
            if (journal.recovery()) {
                return "found by opening";
            }
            const std::string lines = dump(journal.store());
            const bool begins_so = honest_.lines.compare(0, lines.size(), lines) == 0;
            return lines == honest_.lines                              ? "the same lines"
                   : begins_so && lines.size() >= honest_.sealed_bytes ? "lines lost that no seal covers"
                                                                       : "ESCAPED";
        } catch (const Error&) {
            return "found by opening";
        }
    }

    const Recorder& honest_;
    test::TempDir directory_{test::TempDir::Where::in_memory};
    fs::path read_ = directory_ / "read";
    fs::path opened_ = directory_ / "opened";
    std::size_t count_ = 0;
};

using Fates = std::map<std::string, std::size_t>;

// What is to be done to which file.
struct Damage {
    std::string file;
    enum class Kind : std::uint8_t { flip, cut, clear, lengthen } kind = Kind::flip;
    std::size_t at = 0; // bit or byte

    [[nodiscard]] std::string fate(Bench& bench, const Recorder& honest) const {
        const std::string& whole = honest.contents.at(file);
        switch (kind) {
        case Kind::flip:
            return bench.flip(file, at);
        case Kind::cut:
            return bench.replace(file, whole.substr(0, at));
        case Kind::clear:
            return bench.replace(file, std::string(whole).replace(at, 512, 512, '\0'));
        default:
            return bench.replace(file, whole + std::string(at, 'x'));
        }
    }
};

// One in `share` of the bits, one in `at_full_size` at full size.
void flips(const Recorder& honest, const std::string& file, std::uint32_t share, std::vector<Damage>& into,
           std::uint32_t at_full_size = 1) {
    share = (test::full_size() ? at_full_size : share) * slowness;
    std::mt19937 random(test::usual_seed());
    for (std::size_t bit = 0; bit < honest.contents.at(file).size() * 8; ++bit) {
        if (share == 1 || random() % share == 0) {
            into.push_back({file, Damage::Kind::flip, bit});
        }
    }
}

void cuts(const Recorder& honest, const std::string& file, std::uint32_t share, std::vector<Damage>& into,
          std::uint32_t at_full_size = 1) {
    share = (test::full_size() ? at_full_size : share) * slowness;
    std::mt19937 random(test::usual_seed());
    const std::size_t whole = honest.contents.at(file).size();
    for (std::size_t size = 0; size < whole; ++size) {
        if (share == 1 || random() % share == 0) {
            into.push_back({file, Damage::Kind::cut, size});
        }
    }
    for (std::size_t at = 0; at + 512 <= whole; at += 512) {
        into.push_back({file, Damage::Kind::clear, at});
    }
    into.push_back({file, Damage::Kind::lengthen, 4096});
}

// All of them, spread over the processors. Catch2 is not asked from the threads.
Fates damage_all(const Recorder& honest, const std::vector<Damage>& damages) {
    const std::size_t parts = std::max(1U, std::thread::hardware_concurrency());
    std::vector<Fates> fates(parts);
    std::vector<std::string> escaped(parts);
    std::vector<std::thread> threads;
    for (std::size_t part = 0; part < parts; ++part) {
        threads.emplace_back([&, part] {
            Bench bench(honest);
            for (std::size_t i = part; i < damages.size(); i += parts) {
                const std::string fate = damages[i].fate(bench, honest);
                ++fates[part][fate];
                escaped[part] += fate == "ESCAPED" ? damages[i].file + " " + std::to_string(damages[i].at) + "\n" : "";
            }
        });
    }
    for (std::size_t part = 0; part < parts; ++part) {
        threads[part].join();
        CHECK(escaped[part].empty());
        for (const auto& [fate, times] : fates[part]) {
            fates[0][fate] += part > 0 ? times : 0;
        }
    }
    return fates[0];
}

void print(const std::string& title, const Recorder& honest, const Fates& fates) {
    std::size_t size = 0;
    for (const auto& file : files) {
        size += honest.contents.at(file).size();
    }
    std::cout << title << " (" << size / 1024 << " KiB, TALLY_TEST_SEED=" << test::usual_seed() << ")\n";
    for (const auto& [fate, times] : fates) {
        std::cout << "  " << std::string(8 - std::min<std::size_t>(8, std::to_string(times).size()), ' ') << times
                  << "  " << fate << "\n";
    }
}

std::size_t lost(const Fates& fates) {
    const auto found = fates.find("lines lost that no seal covers");
    return found == fates.end() ? 0 : found->second;
}

} // namespace

TEST_CASE("every flipped bit of a sealed journal and its write-ahead log is found, or the lines are the same") {
    const Recorder honest(0);
    REQUIRE(honest.lines.size() == honest.sealed_bytes);
    REQUIRE(Bench(honest).replace(files[0], honest.contents.at(files[0])) == "the same lines");
    std::vector<Damage> damages;
    flips(honest, files[0], 1000, damages);
    flips(honest, files[1], 1000, damages);

    const Fates fates = damage_all(honest, damages);

    print("flipped bits of a sealed journal", honest, fates);
    CHECK(lost(fates) == 0);
}

TEST_CASE("a sealed journal whose files are cut, lengthened or cleared in places is found, or has the same lines") {
    const Recorder honest(0);
    std::vector<Damage> damages;
    for (const auto& file : files) {
        cuts(honest, file, 1000, damages);
    }

    const Fates fates = damage_all(honest, damages);

    print("cut, lengthened and cleared files of a sealed journal", honest, fates);
    CHECK(lost(fates) == 0);
}

TEST_CASE("a damaged write-ahead log can only lose lines from the end that no seal covers") {
    const Recorder honest(4);
    REQUIRE(honest.lines.size() > honest.sealed_bytes);
    std::vector<Damage> damages;
    flips(honest, files[1], 2000, damages, 16);
    cuts(honest, files[1], 2000, damages, 16);

    const Fates fates = damage_all(honest, damages);

    print("write-ahead log with lines that no seal covers", honest, fates);
    CHECK(lost(fates) > 0);
}
