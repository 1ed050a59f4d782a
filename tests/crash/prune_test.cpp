// Power failures while a recorder removes lines that every verifier has, and while a station removes them from its
// archive. Afterwards the same call leads to the same lines; no line above the floor is ever missing.
#include "packager/archive/archive.hpp"
#include "recorder/journal/outbox.hpp"
#include "recorder/journal/pruning.hpp"
#include "tests/crash/replay.hpp"
#include "tests/support/sealed_log.hpp"
#include "tests/unit/journal/fixture.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::crash;
using namespace tally::test;

namespace {

const journal::NewLog new_log{*SiteId::parse("SITE1"), "LICSRV", journal::Role::recorder, "0.1.0"};

os::Clock steady() {
    return [] { return os::Stamp{boot, 1000, 1'700'000'000'000}; };
}
std::unique_ptr<journal::Journal> opened(const fs::path& directory) {
    return std::make_unique<journal::Journal>(directory, steady(), journal::Surroundings{"machine-one", {}});
}

// Large enough that pages become free, and that what follows has to move.
constexpr unsigned epochs = 6;
constexpr unsigned lines = 150;

void fill(const fs::path& directory) {
    journal::Journal::create(directory, new_log, steady(), {"machine-one", {}});
    const auto journal = opened(directory);
    const std::string text(20, 'x');
    for (unsigned epoch = 0; epoch < epochs; ++epoch) {
        for (unsigned i = 0; i < lines; ++i) {
            journal->append(line::Object().token("t", "note").text("a", text).text("b", text).integer("n", i));
        }
        journal->seal("test");
        for (const auto& segment : journal::drop_segments(*journal)) {
            fs::remove(directory / journal::outbox_name / segment.file);
        }
    }
}

struct Known {
    line::Hash root{};
    std::uint64_t lines = 0, floor = 0;
};

// The log holds to the same root, and no line from the floor on is missing; pruned once more it is as it should be.
std::string examine_journal(const fs::path& directory, const Promises& promised, const Known& known) {
    const auto journal = opened(directory);
    demand(!journal->recovery(), "a new log");
    const auto holds = [&] {
        const auto proof = journal::verify(journal->store());
        demand(proof.holds(), "line " + std::to_string(proof.first_bad.value_or(0)) + ": " + proof.problem);
        demand(proof.lines == known.lines && proof.last_seal->root == known.root, "another log");
        std::uint64_t here = 0;
        journal->store().for_each_line(known.floor, line::max_tree, [&](std::uint64_t, std::string_view) { ++here; });
        demand(here == known.lines - known.floor, "lines above the floor are missing");
        return proof.begins;
    };
    const std::uint64_t begins = holds();
    demand(begins >= promised["begins"], "what was removed is back");
    journal::prune(*journal, known.floor, {}, [] {});
    demand(holds() == known.floor, "pruning does not go on");
    demand(!journal::has_free_room(journal->store()), "room is not given back");
    return begins == 0 ? "whole" : begins == known.floor ? "pruned" : "in between";
}

Sampling few(unsigned normal, unsigned full) {
    Sampling chosen = sampling(normal, full);
    chosen.tears = 1;
    return chosen;
}

} // namespace

TEST_CASE("no power failure while a journal is pruned loses a line above the floor or breaks the log") {
    const TempDir place(TempDir::Where::in_memory);
    const auto directory = place / "log";
    fill(directory);
    Known known;
    {
        const auto journal = opened(directory);
        const auto proof = journal::verify(journal->store());
        known = {proof.last_seal->root, proof.lines, 0};
        known.floor = journal::plan_pruning(*journal, proof.lines, {3, {}}).begins;
    }
    Recording recording(directory);
    {
        const auto journal = opened(directory);
        CHECK(journal::prune(
                  *journal, known.floor, {}, [] {}, lines)
                  .begins == known.floor); // in three steps
        Recording::mark("begins", known.floor);
    }
    require_none(replay("journal: prune", recording.finish(), few(1, 60), [&](const auto& state, const auto& promised) {
        return examine_journal(state, promised, known);
    }));
}

TEST_CASE("no power failure while an archive is pruned loses a line above the floor or a seal below it") {
    const TempDir place(TempDir::Where::in_memory);
    SealedLog log;
    std::vector<std::uint64_t> ends{0};
    for (unsigned epoch = 0; epoch < 6; ++epoch) {
        log.run(20);
        ends.push_back(log.lines.size());
    }
    const std::uint64_t below = ends[4];
    const auto directory = place / "archive";
    const auto open = [&](const fs::path& at) {
        return std::make_unique<archive::Archive>(at, archive::Roster{log.enrolled()});
    };
    {
        const auto archive = open(directory);
        for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
            archive->take(log.name(ends[i], ends[i + 1]), log.packed(ends[i], ends[i + 1]));
        }
        archive->commit();
    }
    Recording recording(directory);
    {
        const auto archive = open(directory);
        CHECK(archive->remove_before(log.host, below).files == 4);
        Recording::mark("begins", below);
    }
    const auto examine = [&](const fs::path& state, const Promises& promised) {
        const auto whole = [&](const archive::Archive& archive) {
            const std::uint64_t begins = archive.begins(log.host);
            demand(begins == 0 || begins == below, "begins at " + std::to_string(begins));
            demand(archive.next(log.host) == log.lines.size(), "the end is missing");
            demand(archive.seals(log.host, 0, 1000).size() + 1 == ends.size(), "seals are missing");
            std::uint64_t at = begins;
            archive.for_each_line(log.host, begins, log.lines.size(), [&](std::uint64_t seq, std::string_view text) {
                demand(seq == at++ && text == log.lines[seq], "other lines");
            });
            demand(at == log.lines.size(), "lines are missing");
            return begins;
        };
        std::uint64_t begins = 0;
        {
            const auto archive = open(state);
            begins = whole(*archive);
            demand(begins >= promised["begins"], "what was removed is back");
        }
        for (const char* end : {"", "-wal", "-shm"}) {
            fs::remove((state / "index.db").string() + end);
        }
        const auto archive = open(state); // made again from what is left
        whole(*archive);
        archive->remove_before(log.host, below);
        demand(whole(*archive) == below && archive->removable(log.host, below).files == 0, "pruning does not go on");
        return std::string(begins == 0 ? "whole" : "pruned");
    };
    require_none(replay("archive: prune", recording.finish(), few(8, 200), examine));
}
