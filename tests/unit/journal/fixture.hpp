// A journal in a directory of its own with a clock that the test moves, and ways to look into its files.
#pragma once

#include "recorder/journal/journal.hpp"
#include "recorder/journal/verify.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <memory>

namespace tally::test {

namespace fs = boost::filesystem;

inline constexpr const char* boot = "00000000000000000000000000000001";

struct LogDir {
    TempDir dir;
    fs::path path = dir / "log";
    os::Stamp now{boot, 1000, 1'700'000'000'000};
    journal::Surroundings surroundings{"machine-one", {}};

    LogDir() {
        journal::Journal::create(path, {*SiteId::parse("SITE1"), "LICSRV", journal::Role::recorder, "0.1.0"}, clock(),
                                 surroundings);
    }
    LogDir(const LogDir&) = delete;
    LogDir& operator=(const LogDir&) = delete;

    os::Clock clock() {
        return [this] { return now; };
    }
    std::unique_ptr<journal::Journal> open() { return std::make_unique<journal::Journal>(path, clock(), surroundings); }
    void pass_ms(std::uint64_t ms) {
        now.up_ms += ms;
        now.wall_ms += ms;
    }
    // Statements straight into the database, as somebody with access to the file would.
    void alter(const std::string& sql) {
        sqlite::Database((path / "journal.db").string(), sqlite::Mode::read_write).run(sql);
    }
    journal::Verification verify() { return journal::verify(path); }
    std::string slot(int number) { return os::read_file(path / ("key." + std::to_string(number)), 4096); }
};

inline line::Object note(std::uint64_t number) { return line::Object().token("t", "note").integer("n", number); }

inline std::string line_at(journal::Journal& journal, std::uint64_t seq) {
    return journal.store().line(seq).value_or("");
}

// The enrolment request says what the log's first line says, and the key that secrets for its host are sealed to.
inline void check_request(const LogDir& log, journal::Genesis genesis) {
    const std::string bytes = os::read_file(log.path / "enrolment.json", 4096);
    const auto request = journal::read_enrolment(bytes);
    REQUIRE(request);
    REQUIRE(request->box);
    genesis.box = request->box;
    CHECK(bytes == journal::enrolment_request(genesis));
}

// Copies a whole state directory: the disk as a crash leaves it, or a clone of the machine.
inline void copy_tree(const fs::path& from, const fs::path& to) {
    fs::create_directories(to);
    for (const auto& entry : fs::directory_iterator(from)) {
        const auto target = to / entry.path().filename();
        if (fs::is_directory(entry.path())) {
            copy_tree(entry.path(), target);
        } else {
            fs::copy_file(entry.path(), target, fs::copy_options::overwrite_existing);
        }
    }
}

} // namespace tally::test
