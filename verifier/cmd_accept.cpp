#include "tally/cli/output.hpp"
#include "tally/text/date.hpp"
#include "verifier/certify/verdict_text.hpp"
#include "verifier/commands.hpp"
#include "verifier/ledger/ledger.hpp"
#include "verifier/receipt/answers.hpp"
#include "verifier/volumes/waiting.hpp"

#include <algorithm>
#include <ctime>

namespace tally::verifier {
namespace {

using Status = ledger::Acceptance::Status;

struct Taken {
    check::Report report;
    std::optional<ledger::Acceptance> acceptance; // nothing when it was refused, or waits
    enum class Waits : std::uint8_t { no, now, before } waits = Waits::no;
};

// A day alone is its first instant.
std::optional<std::int64_t> received_at(const AcceptOptions& options) {
    if (options.received.empty()) {
        return std::nullopt;
    }
    if (const auto day = text::parse_day(options.received)) {
        return *day * text::seconds_per_day;
    }
    const auto instant = text::parse_instant(options.received);
    if (!instant) {
        throw Error("read", "--received", "'" + options.received + "' is neither a day nor an instant",
                    {"write it as 2026-02-22 or 2026-02-22T09:30Z"}, Exit::usage);
    }
    return instant;
}

Taken take(const std::string& path, const AcceptOptions& options, std::optional<std::int64_t> received,
           ledger::Ledger& ledger, receipt::Answers& answers) {
    check::Options wanted;
    wanted.bundle = path;
    wanted.recompress = options.recompress == Recompress::yes ? check::Recompress::yes : check::Recompress::no;
    auto outcome = check::check_confined(wanted, answers.trust());
    Taken taken{std::move(outcome.report), std::nullopt};
    if (outcome.bundle) {
        answers.note(taken.report); // noting one that is then not accepted harms nobody: it was sound
        taken.acceptance = ledger.accept(std::move(*outcome.bundle), received);
        const auto& found = taken.acceptance->findings;
        taken.report.findings.insert(taken.report.findings.end(), found.begin(), found.end());
        taken.report.verdict = check::verdict_of(taken.report.findings);
    } else if (outcome.waiting) {
        volumes::WaitingVolumes waiting(ledger);
        const auto kept = waiting.keep(taken.report, *outcome.waiting,
                                       received.value_or(static_cast<std::int64_t>(std::time(nullptr))));
        taken.waits = kept == volumes::WaitingVolumes::Kept::now ? Taken::Waits::now : Taken::Waits::before;
    }
    return taken;
}

// Volumes that waited and whose turn has come, one after the other.
std::vector<Taken> take_waiting(const std::string& site, const AcceptOptions& options, ledger::Ledger& ledger,
                                receipt::Answers& answers) {
    volumes::WaitingVolumes waiting(ledger);
    std::vector<Taken> all;
    for (bool progress = true; progress;) {
        progress = false;
        for (const auto& one : waiting.list(site)) {
            if (!waiting.is_due(one, *answers.trust().memory)) {
                continue;
            }
            all.push_back(take(one.file.string(), options, one.received, ledger, answers));
            const bool refused = !all.back().acceptance && all.back().waits == Taken::Waits::no;
            if (all.back().waits == Taken::Waits::no) {
                using Files = volumes::WaitingVolumes::Files;
                waiting.remove(one, refused ? Files::left : Files::removed);
                progress = true;
            }
        }
    }
    return all;
}

const char* status_of(const Taken& taken) {
    if (taken.waits != Taken::Waits::no) {
        return "waiting";
    }
    if (!taken.acceptance) {
        return "refused";
    }
    return taken.acceptance->status == Status::accepted ? "accepted" : "already there";
}

std::string to_text(const Taken& taken) {
    std::string text = certify::to_text(taken.report) + "  " + status_of(taken);
    if (taken.acceptance && taken.acceptance->status == Status::accepted) {
        text += ": " + std::to_string(taken.acceptance->lines) + " lines, " +
                std::to_string(taken.acceptance->sessions) + " sessions, " +
                std::to_string(taken.acceptance->refusals) + " denials and queue events";
    }
    if (taken.waits != Taken::Waits::no) {
        text += ": kept, and taken when the volumes before it were accepted";
    }
    return text + "\n";
}

void write_json(text::Json& json, const Taken& taken) {
    const ledger::Acceptance counts = taken.acceptance.value_or(ledger::Acceptance());
    json.object().member("status", status_of(taken)).member("lines", counts.lines).member("sessions", counts.sessions);
    json.member("refusals", counts.refusals).key("check");
    certify::write_json(json, taken.report);
    json.end_object();
}

} // namespace

Exit run_accept(const AcceptOptions& options) {
    const auto received = received_at(options);
    ledger::Ledger ledger(options.ledger, sqlite::Mode::read_write);
    receipt::Answers answers(ledger);
    text::Json json;
    json.object().member("format", "tally-accept-1").key("bundles").array();
    bool found = false;
    bool changed = false;
    const auto tell = [&](const Taken& taken) {
        found = found || taken.report.verdict != check::Verdict::ok;
        changed = changed || (taken.acceptance && taken.acceptance->status == Status::accepted) ||
                  taken.waits == Taken::Waits::now;
        write_json(json, taken);
        if (options.output == Output::text) {
            const std::string text = to_text(taken);
            cli::print(text);
        }
    };
    for (const auto& path : options.bundles) {
        const Taken taken = take(path, options, received, ledger, answers);
        tell(taken);
        if (taken.acceptance) {
            for (const auto& later : take_waiting(taken.report.site, options, ledger, answers)) {
                tell(later);
            }
        }
    }
    json.end_array().end_object();
    if (options.output == Output::json) {
        cli::print(json.str() + "\n");
    }
    return found ? Exit::findings : changed ? Exit::ok : Exit::nothing_to_do;
}

} // namespace tally::verifier
