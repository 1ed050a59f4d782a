// Power failures while a recorder commits, seals, drops segments, starts a log and replaces one.
#include "recorder/journal/key_slots.hpp"
#include "recorder/journal/outbox.hpp"
#include "tally/segment/segment.hpp"
#include "tests/crash/replay.hpp"
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
journal::Surroundings on(const std::string& machine) { return {machine, {}}; }

// Lines that were acknowledged are known by their number: every line carries it.
void append(journal::Journal& journal, unsigned lines) {
    for (unsigned i = 0; i < lines; ++i) {
        journal.append(note(journal.size()));
    }
}

bool is_blank(const std::string& slot) { return slot == std::string(journal::KeySlots::size, '\0'); }

std::string slot_in(const fs::path& directory, unsigned number) {
    return os::read_file(directory / ("key." + std::to_string(number)), journal::KeySlots::size);
}

// The lines hold from the first key on, whatever stands beside them.
journal::Verification holding(journal::Verification proof) {
    demand(proof.holds(), "line " + std::to_string(proof.first_bad.value_or(0)) + ": " + proof.problem);
    return proof;
}

// No segment under its final name is less than a whole one that its log's keys sealed.
void look_into_outbox(const fs::path& directory) {
    const auto outbox = directory / journal::outbox_name;
    if (!fs::exists(outbox)) {
        return;
    }
    for (const auto& entry : fs::directory_iterator(outbox)) {
        if (const auto name = segment::Name::parse(entry.path().filename().string())) {
            const auto packed = os::read_file(entry.path(), segment::max_packed);
            demand(segment::read(*name, as_bytes(packed)).ok(), "half a segment in the outbox: " + name->text());
        }
    }
}

void go_on(journal::Journal& journal) {
    const std::uint64_t before = journal.size();
    append(journal, 1);
    journal.seal("test");
    demand(journal.size() == before + 2, "the log does not go on");
    static_cast<void>(journal::drop_segments(journal));
    for (const auto& segment : journal::list_segments(journal.directory(), journal.store())) {
        demand(segment.present, segment.dropped.file + " was dropped and is not in the outbox");
    }
}

// What every state of one log owes: nothing acknowledged is lost, one key, and it goes on.
std::string examine_log(const fs::path& directory, const Promises& promised, const std::string& machine) {
    look_into_outbox(directory);
    const bool two_keys = !is_blank(slot_in(directory, 0)) && !is_blank(slot_in(directory, 1));
    demand(!(two_keys && promised["one key"] == promised["seals"] && promised["rotating"] == 0),
           "two keys after the old one was erased");
    journal::Journal journal(directory, steady(), on(machine));
    demand(!journal.recovery(), "a new log: " + (journal.recovery() ? journal.recovery()->text : ""));
    demand(journal.size() >= promised["lines"], "acknowledged lines are gone: " + std::to_string(journal.size()) +
                                                    " of " + std::to_string(promised["lines"]));
    const auto proof = holding(journal::verify(journal.store()));
    demand(proof.lines == journal.size(), "lines that do not hold");
    demand(proof.sealed >= promised["sealed"], "an acknowledged seal is gone");
    demand(is_blank(slot_in(directory, 0)) != is_blank(slot_in(directory, 1)), "not exactly one key after opening");
    const bool ahead = journal.size() > promised["lines"];
    go_on(journal); // dropping proves every line that no segment has yet
    look_into_outbox(directory);
    return two_keys ? "rotation finished or undone" : ahead ? "one step ahead" : "as acknowledged";
}

struct Recorded {
    TempDir place{TempDir::Where::in_memory};
    fs::path directory = place / "log";

    void create() const { journal::Journal::create(directory, new_log, steady(), on("machine-one")); }
    [[nodiscard]] std::unique_ptr<journal::Journal> open() const {
        return std::make_unique<journal::Journal>(directory, steady(), on("machine-one"));
    }
    static void committed(const journal::Journal& journal) { Recording::mark("lines", journal.size()); }
    static void sealed(const journal::Journal& journal, std::uint64_t number) {
        Recording::mark("lines", journal.size());
        Recording::mark("sealed", journal.size());
        Recording::mark("seals", number);
        Recording::mark("one key", number);
    }
};

History commits(Forget forget = Forget::nothing) {
    const Recorded log;
    log.create();
    Recording recording(log.directory, forget);
    for (unsigned run = 0; run < 14; ++run) {
        const auto journal = log.open();
        for (unsigned group = 0; group < 7; ++group) {
            append(*journal, 1 + 2 * group);
            journal->commit();
            Recorded::committed(*journal);
        }
    }
    return recording.finish();
}

History rotations(Forget forget = Forget::nothing) {
    const Recorded log;
    log.create();
    Recording recording(log.directory, forget);
    std::uint64_t seals = 0;
    for (unsigned run = 0; run < 5; ++run) {
        const auto journal = log.open();
        for (unsigned group = 0; group < 5; ++group) {
            append(*journal, 2);
            if (group % 2 == 0) {
                journal->commit();
                Recorded::committed(*journal);
            }
            Recording::mark("rotating", 1);
            journal->seal("test");
            Recording::mark("rotating", 0);
            Recorded::sealed(*journal, ++seals);
        }
    }
    return recording.finish();
}

History drops(Forget forget = Forget::nothing) {
    const Recorded log;
    log.create();
    Recording recording(log.directory, forget);
    for (unsigned run = 0; run < 8; ++run) {
        const auto journal = log.open();
        for (unsigned group = 0; group < 2; ++group) {
            append(*journal, 3);
            Recording::mark("rotating", 1);
            journal->seal("test");
            Recording::mark("rotating", 0);
            Recorded::sealed(*journal, 2 * run + group + 1);
            static_cast<void>(journal::drop_segments(*journal));
            Recording::mark("dropped", journal->size());
        }
    }
    return recording.finish();
}

// Every line before `dropped` is in a segment of the outbox, before anything is opened.
std::string examine_drops(const fs::path& directory, const Promises& promised) {
    std::uint64_t there = 0;
    while (there < promised["dropped"]) {
        const auto outbox = directory / journal::outbox_name;
        std::optional<segment::Name> found;
        for (fs::directory_iterator at(fs::exists(outbox) ? outbox : directory), end; at != end; ++at) {
            const auto name = segment::Name::parse(at->path().filename().string());
            found = name && name->first == there ? name : found;
        }
        demand(found.has_value(), "the segment from line " + std::to_string(there) + " was acknowledged and is gone");
        there = found->next;
    }
    return examine_log(directory, promised, "machine-one");
}

std::string examine_creation(const fs::path& top, const Promises& promised) {
    const auto directory = top / "log";
    std::string became = "no log yet";
    if (fs::is_directory(directory) && journal::has_trace_of_log(directory)) {
        became = "the log";
    } else {
        demand(promised["created"] == 0, "the log was acknowledged and is gone");
        journal::Journal::create(directory, new_log, steady(), on("machine-one"));
    }
    demand(promised["created"] == 0 || fs::exists(directory / "enrolment.json"), "the enrolment request is gone");
    examine_log(directory, Promises(), "machine-one");
    demand(journal::read_enrolment(os::read_file(directory / "enrolment.json", 4096)).ok(), "half a request");
    return became;
}

// The old lines stay readable where they were frozen, and the new log names them.
std::string examine_replacement(const fs::path& directory, const Promises& promised, const std::string& old_host,
                                std::uint64_t old_sealed) {
    const bool begun = fs::exists(directory / "frozen-1" / "journal.db");
    std::string became = begun ? "old log frozen" : "old log";
    {
        journal::Journal journal(directory, steady(), on("machine-two"));
        demand(journal.genesis().machine == journal::machine_digest("machine-two"), "the log of another machine");
        demand(journal.size() >= 1 && journal.size() >= promised["lines"], "the new log lost lines");
        const auto& before = journal.genesis().replaces;
        demand(before && before->host == old_host, "the new log does not name the old one");
        demand(before->size == old_sealed, "the old log is known up to " + std::to_string(before->size));
        became = journal.recovery() ? became + ", then new log" : "new log";
        demand(promised["lines"] == 0 || !journal.recovery(), "the acknowledged new log was replaced once more");
    }
    unsigned whole = 0;
    for (unsigned number = 1; number < 4; ++number) {
        const auto folder = directory / ("frozen-" + std::to_string(number));
        if (fs::exists(folder / "journal.db")) {
            const auto proof = holding(journal::verify(folder));
            whole += proof.host == old_host && proof.lines == old_sealed + 3 ? 1U : 0U;
        }
    }
    demand(whole == 1, "the old log's lines are not kept");
    examine_log(directory, Promises(), "machine-two");
    return became;
}

} // namespace

TEST_CASE("no power failure while lines are committed loses an acknowledged one") {
    require_none(
        replay("journal: commit", commits(), sampling(32, 700), [](const auto& directory, const auto& promised) {
            return examine_log(directory, promised, "machine-one");
        }));
}

TEST_CASE("no power failure during a rotation of keys leaves two usable keys or none") {
    require_none(replay(
        "journal: seal and rotation", rotations(), sampling(44, 1000),
        [](const auto& directory, const auto& promised) { return examine_log(directory, promised, "machine-one"); }));
}

TEST_CASE("no power failure loses a segment that was dropped or shows half of one") {
    require_none(replay("journal: segments into the outbox", drops(), sampling(44, 1000), examine_drops));
}

TEST_CASE("no power failure while a log is made leaves a place where none can be made") {
    const TempDir place(TempDir::Where::in_memory);
    Recording recording(place.path());
    journal::Journal::create(place / "log", new_log, steady(), on("machine-one"));
    Recording::mark("created", 1);

    require_none(replay("journal: a log begins", recording.finish(), sampling(120, 2500), examine_creation));
}

TEST_CASE("no power failure while a log is replaced loses the old one's lines or the new log") {
    const Recorded log;
    log.create();
    const std::string host = log.open()->host().text();
    {
        const auto journal = log.open();
        append(*journal, 2);
        journal->seal("test");
        append(*journal, 2);
        journal->commit();
    }
    Recording recording(log.directory);
    {
        journal::Journal journal(log.directory, steady(), on("machine-two"));
        append(journal, 1);
        journal.commit();
        Recording::mark("lines", journal.size());
    }

    require_none(replay("journal: a log is replaced", recording.finish(), sampling(100, 2000),
                        [&](const auto& directory, const auto& promised) {
                            return examine_replacement(directory, promised, host, 3);
                        }));
}

TEST_CASE("a journal that did not sync would be found out") {
    const auto violations = [](const History& history) {
        return replay("", history, {2, 2, 1, 1},
                      [](const auto& directory, const auto& promised) {
                          return examine_log(directory, promised, "machine-one");
                      })
            .violations;
    };

    CHECK(violations(commits(Forget::file_syncs)) > 0);
    CHECK(violations(rotations(Forget::file_syncs)) > 0);
    CHECK(violations(rotations(Forget::all_syncs)) > 0);
    CHECK(replay("", drops(Forget::directory_syncs), {2, 2, 1, 1}, examine_drops).violations > 0);
}
