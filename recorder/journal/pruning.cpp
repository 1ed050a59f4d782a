#include "recorder/journal/pruning.hpp"

#include "recorder/journal/outbox.hpp"
#include "recorder/journal/verify.hpp"
#include "tally/segment/segment.hpp"

#include <algorithm>
#include <array>

namespace tally::journal {
namespace {

constexpr int step_pages = 256; // given back to the file system in one transaction

// An end of an epoch at which the lines may begin.
struct Place {
    line::CompactRange before_seal; // its size is the seal's seq
    std::uint64_t bytes = 0;        // of all lines up to and including the seal
};

struct Plan {
    Pruning pruning;
    std::vector<Place> places;       // after began, up to begins
    std::vector<std::uint64_t> kept; // lines before begins that stay, ascending
};

std::int64_t asked(sqlite::Database& database, std::string_view sql) {
    sqlite::Statement statement(database, sql);
    return statement.bind().step() ? statement.integer(0) : 0;
}

// Looked up later by the recorder, whatever their age: what was told to it last, and what its people said.
bool is_looked_up(std::string_view type) {
    static constexpr std::array<std::string_view, 3> types{"instructed", "policy", "consent"};
    return std::find(types.begin(), types.end(), type) != types.end();
}

// Lines that no segment has yet, or of a segment that lies in the outbox in part below the floor, have to stay.
std::uint64_t lowered(Journal& journal, std::uint64_t floor) {
    std::uint64_t next = 0;
    for (const auto& segment : list_segments(journal.directory(), journal.store())) {
        const auto& [first, end, file, range, written] = segment.dropped;
        const bool pending = written == Written::no && !segment.removed;
        if (pending || (segment.present && first < floor && floor < end)) {
            floor = std::min(floor, first);
        }
        next = end;
    }
    return std::min(floor, next);
}

Error broken(const Journal& journal, const Verification& proof) {
    return {"prune",
            journal.directory().string(),
            "the log does not hold at line " + std::to_string(proof.first_bad.value_or(0)) + ": " + proof.problem,
            {"nothing was removed; see: tally-recorder verify --state " + journal.directory().string()},
            Exit::findings};
}

// Reads the whole log once, proves it, and notes where it may begin.
class Planner {
public:
    Planner(Journal& journal, std::uint64_t floor, const Retention& keep)
        : journal_(journal), given_(floor), floor_(lowered(journal, floor)), keep_(keep) {}

    Plan plan() {
        Store& store = journal_.store();
        plan_.pruning.began = store.begins();
        const auto proof = verify(store, [this](const line::CompactRange& before, std::string_view text,
                                                const line::Fields& fields) { see(before, text, fields); });
        if (!proof.holds()) {
            throw broken(journal_, proof);
        }
        if (given_ > proof.sealed) {
            throw Error("prune", journal_.directory().string(),
                        "lines before " + std::to_string(given_) + " are said to be receipted, and only " +
                            std::to_string(proof.sealed) + " are sealed here: nothing was removed",
                        {}, Exit::findings);
        }
        choose();
        return std::move(plan_);
    }

private:
    void see(const line::CompactRange& before, std::string_view text, const line::Fields& fields) {
        bytes_ += text.size() + 1;
        const std::string_view type = fields.string("t").value_or("");
        if (type == "seal") {
            if (before.size() + 1 <= floor_) {
                plan_.places.push_back({before, bytes_});
            }
            seals_.push_back({before.size(), fields.integer("wall").value_or(0)});
        } else if (is_looked_up(type)) {
            plan_.kept.push_back(before.size());
        } else if (type == "import") {
            last_import_ = before.size();
        }
    }

    // Drops places from the end until all that has to stay stays.
    void choose() {
        auto& places = plan_.places;
        const std::size_t stay = std::max<std::size_t>(1, static_cast<std::size_t>(keep_.epochs));
        const std::size_t may_go = seals_.size() > stay ? seals_.size() - stay : 0;
        places.resize(std::min(places.size(), may_go));
        const auto young = std::find_if(seals_.begin(), seals_.end(), [this](const Sealed& seal) {
            return keep_.sealed_ms && seal.wall_ms >= *keep_.sealed_ms;
        });
        places.resize(std::min(places.size(), static_cast<std::size_t>(young - seals_.begin())));

        Pruning& pruning = plan_.pruning;
        pruning.begins = places.empty() ? pruning.began : places.back().before_seal.size() + 1;
        pruning.epochs = places.size();
        add_kept();
        const auto kept_now = static_cast<std::uint64_t>(std::count_if(
            plan_.kept.begin(), plan_.kept.end(), [&](std::uint64_t seq) { return seq >= pruning.began; }));
        pruning.lines = pruning.begins - pruning.began - kept_now;
        pruning.bytes = places.empty() ? 0 : places.back().bytes;
    }

    void add_kept() {
        auto& kept = plan_.kept;
        kept.push_back(0);
        if (last_import_) {
            kept.push_back(*last_import_);
        }
        for (const auto& place : plan_.places) {
            kept.push_back(place.before_seal.size());
        }
        std::erase_if(kept, [&](std::uint64_t seq) { return seq >= plan_.pruning.begins; });
        std::sort(kept.begin(), kept.end());
    }

    struct Sealed {
        std::uint64_t seq = 0;
        std::uint64_t wall_ms = 0;
    };

    Journal& journal_;
    std::uint64_t given_, floor_;
    const Retention& keep_;
    Plan plan_;
    std::vector<Sealed> seals_; // from the beginning on
    std::optional<std::uint64_t> last_import_;
    std::uint64_t bytes_ = 0;
};

// The write-ahead log gives its room back, so that it stays small. Somebody who reads for long prevents it.
void checkpoint(sqlite::Database& database) {
    if (asked(database, "PRAGMA wal_checkpoint(TRUNCATE)") != 0) {
        throw Error("prune", database.path(), "another process is reading this log",
                    {"run the same command again when it has ended: the log holds, and what was removed stays removed"},
                    Exit::locked);
    }
}

// Lines [first, next) but those kept; a segment that lay across begins there from now on.
void remove_step(Journal& journal, std::uint64_t first, const line::CompactRange& before_seal,
                 const std::vector<std::uint64_t>& kept) {
    Store& store = journal.store();
    const std::uint64_t next = before_seal.size() + 1;
    sqlite::Transaction transaction(store.database());
    store.save_beginning(before_seal);
    std::uint64_t from = first;
    for (auto at = std::lower_bound(kept.begin(), kept.end(), first); at != kept.end() && *at < next; ++at) {
        store.remove(from, *at);
        from = *at + 1;
    }
    store.remove(from, next);
    for (auto& segment : store.dropped()) {
        if (segment.first < next && next < segment.next) {
            store.forget_dropped(segment.first);
            segment.first = next;
            segment.file = segment::Name{journal.host(), next, segment.next}.text();
            store.save_dropped(segment);
        }
    }
    transaction.commit();
}

// A file that was made by an earlier version cannot shrink step by step; once, and where there is room for it, it is
// written anew as one that can.
void rewrite(Journal& journal) {
    auto& database = journal.database();
    const auto used = asked(database, "PRAGMA page_count") - asked(database, "PRAGMA freelist_count");
    const auto bytes = static_cast<std::uint64_t>(used * asked(database, "PRAGMA page_size"));
    constexpr std::uint64_t spare = 64U << 20U;
    boost::system::error_code none;
    if (os::fs::space(journal.directory(), none).available >= bytes + bytes / 8 + spare) {
        database.run("PRAGMA auto_vacuum=INCREMENTAL; VACUUM");
        checkpoint(database);
    }
}

void give_back(Journal& journal) {
    auto& database = journal.database();
    if (asked(database, "PRAGMA auto_vacuum") != 2 && has_free_room(journal.store())) {
        rewrite(journal);
    }
    for (auto free = asked(database, "PRAGMA freelist_count");
         asked(database, "PRAGMA auto_vacuum") == 2 && free > 0;) {
        database.run("PRAGMA incremental_vacuum(" + std::to_string(step_pages) + ")");
        checkpoint(database);
        const auto left = asked(database, "PRAGMA freelist_count");
        free = left < free ? left : 0;
    }
}

void demand_sound(Journal& journal) {
    sqlite::Statement check(journal.database(), "PRAGMA quick_check(1)");
    if (!check.bind().step() || check.text(0) != "ok") {
        throw Error("prune", journal.directory().string(), "the database is damaged: nothing was removed",
                    {"look at the disk; what is recorded can be proved with: tally-recorder verify"}, Exit::findings);
    }
}

} // namespace

bool has_free_room(Store& store) { return asked(store.database(), "PRAGMA freelist_count") > 0; }

Pruning plan_pruning(Journal& journal, std::uint64_t floor, const Retention& keep) {
    return Planner(journal, floor, keep).plan().pruning;
}

Pruning prune(Journal& journal, std::uint64_t floor, const Retention& keep, const std::function<void()>& index,
              std::uint64_t step_lines) {
    const Plan plan = Planner(journal, floor, keep).plan();
    if (plan.places.empty() && !has_free_room(journal.store())) {
        return plan.pruning;
    }
    demand_sound(journal);
    if (!plan.places.empty()) {
        journal.begin();
        index();
        journal.commit();
    }
    std::uint64_t first = plan.pruning.began;
    for (std::size_t i = 0; i < plan.places.size(); ++i) {
        const auto& place = plan.places[i].before_seal;
        if (i + 1 < plan.places.size() && plan.places[i + 1].before_seal.size() - first < step_lines) {
            continue;
        }
        remove_step(journal, first, place, plan.kept);
        checkpoint(journal.database());
        first = place.size() + 1;
    }
    give_back(journal);
    return plan.pruning;
}

} // namespace tally::journal
