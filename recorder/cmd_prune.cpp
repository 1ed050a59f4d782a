#include "recorder/inbox/acknowledged.hpp"
#include "recorder/journal/import_index.hpp"
#include "recorder/journal/pruning.hpp"
#include "recorder/state.hpp"

#include <charconv>

namespace tally::recorder {
namespace {

using journal::Pruning;

// "90 days", "90days", "90d"; "4 epochs", "4e".
journal::Retention read_keep(const std::string& text) {
    journal::Retention keep;
    if (text.empty()) {
        return keep;
    }
    constexpr std::uint64_t most = 100'000;
    constexpr std::uint64_t ms_per_day = 86'400'000;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    std::string unit = text.substr(static_cast<std::size_t>(end - text.data()));
    unit.erase(0, unit.find_first_not_of(' '));
    const auto is = [&](std::string_view word) {
        return unit == word || unit == word.substr(0, word.size() - 1) || unit == word.substr(0, 1);
    };
    if (error != std::errc() || number > most || !(is("days") || is("epochs"))) {
        throw Error("read", "--keep", "'" + text + "' is neither a number of days nor of epochs",
                    {"write it as --keep '90 days' or --keep '4 epochs'"}, Exit::usage);
    }
    if (is("epochs")) {
        keep.epochs = number;
    } else {
        const std::uint64_t now = os::clock_ms(CLOCK_REALTIME);
        keep.sealed_ms = now - std::min(now, number * ms_per_day);
    }
    return keep;
}

// The floor of the newest acknowledgement. Error when it does not hold; nothing when none came yet.
std::optional<std::uint64_t> floor_of(journal::Journal& journal) {
    const auto ack = inbox::proven_ack(journal);
    if (!ack) {
        return std::nullopt;
    }
    if (!*ack) {
        throw Error(
            "prune", (journal.directory() / inbox::ack_file_name).string(),
            "nothing was removed: the acknowledgement here does not hold: " + ack->fault().what,
            {"take in the newest one of the station: tally-recorder enrol DIR --state " + journal.directory().string()},
            Exit::findings);
    }
    return (*ack)->floor;
}

std::uint64_t bytes_on_disk(const os::fs::path& state) {
    std::uint64_t bytes = 0;
    for (const char* end : {"", "-wal"}) {
        boost::system::error_code none;
        const auto size = os::fs::file_size((state / journal::Store::file_name).string() + end, none);
        bytes += none ? 0 : size;
    }
    return bytes;
}

// What imports remember is made from the lines: it has to know all of them before some go.
void bring_index_up_to_date(journal::Journal& journal) {
    const auto read = [&](std::uint64_t first, std::uint64_t next, const journal::ImportIndex::Visit& visit) {
        journal.store().for_each_line(first, next, visit);
    };
    journal::ImportIndex index(journal.database(), journal.size(), read, journal.store().begins());
    index.flush(journal.size());
}

struct Told {
    std::optional<std::uint64_t> floor; // nothing: no acknowledgement came yet
    Pruning pruning;
    std::uint64_t before = 0, after = 0; // bytes of the journal
};

void tell(const Told& told, const PruneOptions& options) {
    const Pruning& pruning = told.pruning;
    const bool dry = options.dry_run == DryRun::yes;
    if (options.output == Output::json) {
        line::Object object;
        object.integer("began", pruning.began).integer("begins", pruning.begins).integer("epochs", pruning.epochs);
        object.integer("lines", pruning.lines).integer("line_bytes", pruning.bytes);
        object.integer("bytes_before", told.before).integer("bytes_after", told.after);
        object.token("status", pruning.lines == 0 ? "nothing" : dry ? "would be removed" : "removed");
        if (told.floor) {
            object.integer("floor", *told.floor);
        }
        print(object.str() + "\n");
        return;
    }
    if (!told.floor) {
        print("nothing to remove: no acknowledgement of the station was taken in yet\n");
    } else if (pruning.lines == 0) {
        print("nothing to remove: every verifier has the lines before " + std::to_string(*told.floor) +
              ", and the journal begins at line " + std::to_string(pruning.begins) + "\n");
    } else {
        print(std::string(dry ? "would remove " : "removed ") + std::to_string(pruning.lines) + " lines of " +
              std::to_string(pruning.epochs) + " sealed epochs, " + std::to_string(pruning.bytes) +
              " bytes; the journal begins at line " + std::to_string(pruning.begins) + "\n");
    }
    if (!dry && told.after < told.before) {
        print("the journal takes " + std::to_string(told.before - told.after) +
              " bytes less: " + std::to_string(told.after) + "\n");
    }
}

} // namespace

Exit run_prune(const PruneOptions& options) {
    const auto keep = read_keep(options.keep);
    journal::Journal journal = open_to_write(options.state);
    tell_recovery(journal);
    Told told;
    told.floor = floor_of(journal);
    told.before = bytes_on_disk(options.state);
    const std::uint64_t floor = told.floor.value_or(0);
    told.pruning = options.dry_run == DryRun::yes
                       ? journal::plan_pruning(journal, floor, keep)
                       : journal::prune(journal, floor, keep, [&journal] { bring_index_up_to_date(journal); });
    told.after = bytes_on_disk(options.state);
    tell(told, options);
    return told.pruning.lines > 0 || told.after < told.before ? Exit::ok : Exit::nothing_to_do;
}

} // namespace tally::recorder
