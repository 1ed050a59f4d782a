// Several threads prove what is collected. Whatever their timing, the same files lead to the same archive, quarantine and
// reports, and trouble with one log is that log's alone.
#include "packager/archive/collect.hpp"
#include "packager/archive/index.hpp"

#include "tests/support/sealed_log.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <map>

using namespace tally;
using namespace tally::archive;
using test::SealedLog;

namespace {

constexpr unsigned ordinary_hosts = 12;

// Everything that can be wrong with a segment, between many with which nothing is.
struct Estate {
    test::TempDir dir{test::TempDir::Where::in_memory};
    Roster roster;

    Estate() {
        for (unsigned i = 0; i < ordinary_hosts; ++i) {
            SealedLog log;
            log.run(2);
            log.run(30);
            log.run(3);
            enrol(log);
            drop(log, 0, 4, "one");
            drop(log, 4, 35, "one");
            drop(log, 35, 39, i % 2 == 0 ? "one" : "two");
        }
        damaged();
        forked();
        forged();
        overlapping();
        backwards();
        SealedLog stranger;
        stranger.run(2);
        drop(stranger, 0, 4, "one");
    }
    void enrol(const SealedLog& log) { roster.push_back(log.enrolled()); }
    void drop(const SealedLog& log, std::uint64_t first, std::uint64_t next, const std::string& folder) const {
        os::fs::create_directories(dir / "in" / folder);
        os::replace_file(dir / "in" / folder / log.name(first, next), log.packed(first, next));
    }
    static SealedLog four_runs() {
        SealedLog log;
        for (unsigned i = 0; i < 4; ++i) {
            log.run(i == 0 ? 2 : 3);
        }
        return log;
    }

private:
    void damaged() {
        const auto log = four_runs();
        enrol(log);
        drop(log, 0, 4, "one");
        os::replace_file(dir / "in/one" / log.name(4, 8), "no segment");
        drop(log, 8, 12, "one");
    }
    void forked() {
        SealedLog original;
        original.run(2);
        SealedLog clone = original;
        original.run(3);
        clone.run(3, "denial");
        enrol(original);
        drop(original, 0, 4, "one");
        drop(original, 4, 8, "one");
        drop(clone, 4, 8, "two");
    }
    void forged() {
        SealedLog log;
        log.run(2);
        enrol(log);
        drop(log, 0, 4, "one");
        log.key = crypto::SecretKey::generate();
        log.run(3);
        drop(log, 4, 8, "one");
    }
    void overlapping() {
        const auto log = four_runs();
        enrol(log);
        drop(log, 0, 4, "one");
        drop(log, 0, 8, "one");
        drop(log, 4, 12, "one");
        drop(log, 12, 16, "two");
        drop(log, 4, 12, "two");
    }
    void backwards() {
        const auto log = four_runs();
        enrol(log);
        drop(log, 12, 16, "a");
        drop(log, 8, 12, "b");
        drop(log, 4, 8, "c");
        drop(log, 0, 4, "d");
    }
};

struct Collected {
    std::vector<std::string> told;
    std::map<std::string, std::string> files; // of archive and quarantine
    std::string index;
    bool operator==(const Collected&) const = default;
};

std::string rows_of(const os::fs::path& file) {
    sqlite::Database index(file.string(), sqlite::Mode::read_write);
    std::string text;
    for (const char* query :
         {"SELECT quote(log) || first || ' ' || next || ' ' || file_first || ' ' || file_next || "
          "quote(digest) FROM piece ORDER BY rowid",
          "SELECT quote(log) || size || ' ' || epoch || quote(key) || quote(range) || quote(root) || "
          "wall FROM seal ORDER BY rowid",
          "SELECT quote(log) || first || ' ' || next || quote(digest) || name || file FROM waiting "
          "ORDER BY rowid"}) {
        sqlite::Statement rows(index, query);
        rows.bind();
        while (rows.step()) {
            text.append(rows.text(0)).append(1, '\n');
        }
    }
    return text;
}

Collected collected(const Estate& at, unsigned threads) {
    const test::TempDir state(test::TempDir::Where::in_memory);
    Collected outcome;
    {
        Archive archive(state / "archive", at.roster);
        Quarantine quarantine(state / "quarantine");
        const auto report = [&](Event event, const std::string& path, const std::string& text) {
            outcome.told.push_back(std::to_string(static_cast<int>(event)) + " " + path + " " + text);
        };
        Collector collector(archive, quarantine, report, threads);
        collector.retry_unknown();
        collector.collect(at.dir / "in");
        collector.finish();
        CHECK(collector.counts().added == 3 * ordinary_hosts + 1 + 2 + 1 + 4 + 4);
        CHECK(collector.counts().quarantined == 4);
        CHECK(collector.counts().unreadable == 0);
    }
    outcome.index = rows_of(state / "archive" / index::file_name);
    for (os::fs::recursive_directory_iterator entry(state.path()), end; entry != end; ++entry) {
        if (os::fs::is_regular_file(entry->path()) && entry->path().filename().string().rfind("index.db", 0) != 0) {
            outcome.files[os::fs::relative(entry->path(), state.path()).string()] =
                os::read_file(entry->path(), segment::max_packed);
        }
    }
    return outcome;
}

Report silence() {
    return [](Event, const std::string&, const std::string&) {};
}

} // namespace

TEST_CASE("what is collected does not depend on how many threads prove it, nor on their timing") {
    const Estate at;

    const auto alone = collected(at, 0);

    CHECK(alone.told.size() > 3 * ordinary_hosts);
    for (const unsigned threads : {1U, 3U, 7U}) {
        for (unsigned again = 0; again < 4; ++again) {
            const auto together = collected(at, threads);
            CHECK(together.told == alone.told);
            CHECK(together.index == alone.index);
            CHECK((together.files == alone.files));
        }
    }
}

TEST_CASE("a failure while segments are handed on reaches whoever offered them, and every thread comes to its end") {
    const test::TempDir dir(test::TempDir::Where::in_memory);
    const Estate at;
    Archive archive(dir / "archive", at.roster);
    unsigned handed_on = 0;
    Provers provers(archive, 3, [&](const Offered&, const Ahead&) {
        if (++handed_on == 5) {
            throw Error("write", "the archive", "no space left");
        }
    });
    const auto offer_all = [&] {
        for (os::fs::recursive_directory_iterator file(at.dir / "in"), end; file != end; ++file) {
            if (os::fs::is_regular_file(file->path())) {
                provers.put({file->path().filename().string(), os::read_file(file->path(), segment::max_packed),
                             file->path().string(), From::outside});
            }
        }
        provers.finish();
    };

    CHECK_THROWS_AS(offer_all(), Error);
    CHECK(handed_on == 5);
}

TEST_CASE("a proof made for another place in the log is not used") {
    const test::TempDir dir(test::TempDir::Where::in_memory);
    const auto log = Estate::four_runs();
    SealedLog other;
    other.run(2);
    Archive archive(dir / "archive", {log.enrolled(), other.enrolled()});
    const auto packed = log.packed(0, 4);
    Proof proof = prove(log.host, archive.position(log.host, 0), 0, log.raw(0, 4));
    REQUIRE(proof.seals.size() == 1);
    proof.from.key = other.first;
    proof.refusal = Refusal::bad_chain;

    CHECK(archive.take(log.name(0, 4), packed, {crypto::sha256(packed), proof}).taken == Taken::added);
    archive.commit();
    CHECK(archive.next(log.host) == 4);
}

TEST_CASE("a damaged copy of one log in the archive does not keep other logs from being taken in") {
    const test::TempDir dir(test::TempDir::Where::in_memory);
    const auto damaged = Estate::four_runs();
    const auto sound = Estate::four_runs();
    Archive archive(dir / "archive", {damaged.enrolled(), sound.enrolled()});
    Quarantine quarantine(dir / "quarantine");
    archive.take(damaged.name(0, 4), damaged.packed(0, 4));
    archive.commit();
    os::replace_file(dir / "archive" / damaged.host.text() / damaged.name(0, 4), "not what it was");
    os::fs::create_directories(dir / "in");
    os::replace_file(dir / "in" / damaged.name(0, 8), damaged.packed(0, 8));
    os::replace_file(dir / "in" / sound.name(0, 8), sound.packed(0, 8));
    Collector collector(archive, quarantine, silence());

    collector.collect(dir / "in");
    collector.finish();

    CHECK(collector.counts().added == 1);
    CHECK(collector.counts().unreadable == 1);
    CHECK(collector.counts().quarantined == 0);
    CHECK(archive.next(sound.host) == 8);
    CHECK(archive.next(damaged.host) == 4);
}

TEST_CASE("what waits behind a damaged copy goes on waiting, and says why") {
    const test::TempDir dir(test::TempDir::Where::in_memory);
    const auto damaged = Estate::four_runs();
    const auto sound = Estate::four_runs();
    Archive archive(dir / "archive", {damaged.enrolled(), sound.enrolled()});
    for (const auto* log : {&damaged, &sound}) {
        archive.take(log->name(8, 16), log->packed(8, 16));
        archive.take(log->name(0, 4), log->packed(0, 4));
        archive.take(log->name(4, 12), log->packed(4, 12));
    }
    archive.commit();
    os::replace_file(dir / "archive" / damaged.host.text() / damaged.name(4, 12), "not what it was");
    std::vector<std::string> told;

    archive.settle([&](const std::string& name, std::string_view, const Outcome& outcome) {
        told.push_back(name + (outcome.taken == Taken::added ? " added" : " " + outcome.reason));
    });
    archive.commit();

    CHECK(archive.next(sound.host) == 16);
    CHECK(archive.next(damaged.host) == 12);
    CHECK(archive.waiting(damaged.host) == std::vector<Run>{{8, 16}});
    CHECK(told.size() == 2);
    CHECK(std::any_of(told.begin(), told.end(), [&](const auto& text) {
        return text.find(damaged.host.text()) != std::string::npos && text.find("other bytes") != std::string::npos;
    }));
}

TEST_CASE("what was quarantined for its unknown log leaves together, and a reason without its file stops nobody") {
    const test::TempDir dir(test::TempDir::Where::in_memory);
    const Estate at;
    {
        Archive nobody(dir / "archive", {SealedLog().enrolled()});
        Quarantine quarantine(dir / "quarantine");
        Collector collector(nobody, quarantine, silence());
        collector.collect(at.dir / "in");
        collector.finish();
        CHECK(collector.counts().added == 0);
    }
    Quarantine quarantine(dir / "quarantine");
    const auto kept = quarantine.list();
    REQUIRE(kept.size() > 3 * ordinary_hosts);
    const auto lost = std::find_if(kept.begin(), kept.end(), [&](const auto& entry) {
        return entry.name.find(at.roster.front().id.text()) != std::string::npos;
    });
    os::fs::remove(lost->file);
    Archive archive(dir / "archive", at.roster);
    Collector collector(archive, quarantine, silence());

    collector.retry_unknown();
    collector.finish();

    CHECK(collector.counts().unreadable == 1);
    CHECK(archive.next(at.roster.back().id) == 16);
    const auto left = quarantine.list();
    CHECK(std::count_if(left.begin(), left.end(), [](const auto& entry) { return entry.code == "UNKNOWN_LOG"; }) == 2);
    CHECK(std::count_if(left.begin(), left.end(), [](const auto& entry) { return entry.code == "FORK"; }) == 1);
}

TEST_CASE(
    "a fork that comes to light only when the gap before it is filled goes back into quarantine and stays there") {
    const test::TempDir dir(test::TempDir::Where::in_memory);
    SealedLog original;
    original.run(2);
    SealedLog clone = original;
    original.run(3);
    clone.run(3, "denial");
    const auto offer = [&](const Roster& roster, const std::string& name, const std::vector<const SealedLog*>& logs,
                           std::uint64_t first, std::uint64_t next) {
        for (std::size_t i = 0; i < logs.size(); ++i) {
            const auto folder = dir / name / std::to_string(i);
            os::fs::create_directories(folder);
            os::replace_file(folder / logs[i]->name(first, next), logs[i]->packed(first, next));
        }
        Archive archive(dir / "archive", roster);
        Quarantine quarantine(dir / "quarantine");
        Collector collector(archive, quarantine, silence());
        collector.retry_unknown();
        collector.collect(dir / name);
        collector.finish();
        return collector.counts();
    };

    CHECK(offer({SealedLog().enrolled()}, "both", {&original, &clone}, 4, 8).quarantined == 2);
    const auto filled = offer({original.enrolled()}, "gap", {&original}, 0, 4);

    CHECK(filled.settled == 1);
    CHECK(filled.quarantined == 1);
    const auto left = Quarantine(dir / "quarantine").list();
    REQUIRE(left.size() == 1);
    CHECK(left[0].code == "FORK");
    CHECK(os::fs::exists(left[0].file));
}
