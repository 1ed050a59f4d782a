#include "verifier/produced_by.hpp"

#include "tally/base/encoding.hpp"
#include "tally/cli/output.hpp"
#include "tally/crypto/sha256.hpp"
#include "tally/text/date.hpp"
#include "tally/text/json.hpp"
#include "tally/text/utf8.hpp"
#include "verifier/counted.hpp"
#include "verifier/review/produced.hpp"

#include <cstdio>
#include <ctime>
#include <pwd.h>
#include <unistd.h>

namespace tally::verifier {
namespace {

using review::CalendarRow;

std::string user_name() {
    const ::passwd* entry = ::getpwuid(::geteuid());
    return entry != nullptr ? entry->pw_name : std::to_string(::geteuid());
}

std::int64_t today(const CalendarOptions& options) {
    if (options.on.empty()) {
        return text::day_of(static_cast<std::int64_t>(std::time(nullptr)));
    }
    const auto day = text::parse_day(options.on);
    if (!day) {
        throw Error("read", "--on", "'" + options.on + "' is not a date", {"write it as 2026-03-31"}, Exit::usage);
    }
    return *day;
}

// The command of a row, with its last day filled in.
std::string command_of(const CalendarRow& row, std::int64_t now) {
    std::string command(about(row.activity).command);
    const auto at = command.rfind("DAY");
    const bool before_renewal = !row.agreement.empty();
    return command.replace(at, 3, text::format_day(before_renewal ? now - 1 : row.to - 1));
}

std::string to_text(const std::vector<CalendarRow>& rows, std::int64_t now) {
    std::string text = "calendar on " + text::format_day(now) + "\n\n";
    for (const auto& row : rows) {
        const auto& what = about(row.activity);
        text += text::format_day(row.due) + "  " + std::string(name(row.progress)) + ": " + std::string(what.name) +
                ", " + text::shown(row.period) + (row.agreement.empty() ? "" : ", " + text::shown(row.agreement)) +
                (row.lines.empty() ? "" : " " + text::shown(row.lines)) + "\n";
        text += "            " + std::string(what.section) + ", " + std::string(name(what.frequency)) + ": " +
                std::string(what.objective) + " -> " + std::string(what.output) + "\n";
        if (row.produced) {
            const auto& made = *row.produced;
            text += "            made " + text::format_instant(made.made) + " by " + text::shown(made.who) + ", " +
                    (made.complete_through ? "data complete through " + text::format_day(*made.complete_through)
                                           : std::string("completeness of the data not known")) +
                    ", sha256 " + made.digest + "\n";
        }
        if (row.progress == review::Progress::due || row.progress == review::Progress::overdue ||
            row.progress == review::Progress::done_on_partial_data) {
            text += "            next: " + command_of(row, now) + "\n";
        }
    }
    return text;
}

std::string to_json(const std::vector<CalendarRow>& rows, std::int64_t now) {
    text::Json json;
    json.object().member("format", "tally-calendar-1").member("on", text::format_day(now)).key("rows").array();
    for (const auto& row : rows) {
        const auto& what = about(row.activity);
        json.object().member("activity", what.word).member("name", what.name).member("section", what.section);
        json.member("frequency", name(what.frequency)).member("objective", what.objective);
        json.member("output", what.output).member("period", row.period).member("agreement", row.agreement);
        json.member("lines", row.lines).member("opens", text::format_day(row.opens));
        json.member("due", text::format_day(row.due)).member("state", name(row.progress));
        json.member("command", command_of(row, now));
        if (row.produced) {
            const auto& made = *row.produced;
            json.key("produced").object().member("at", text::format_instant(made.made)).member("by", made.who);
            json.member("through", text::format_day(made.last_day));
            json.member("complete_through", made.complete_through ? text::format_day(*made.complete_through) : "");
            json.member("sha256", made.digest).member("command", made.command).end_object();
        }
        json.end_object();
    }
    return json.end_array().end_object().str() + "\n";
}

} // namespace

std::vector<review::Produced> outputs_of(const findings::Outcome& outcome, std::string_view command,
                                         std::string_view bytes, const std::vector<review::Activity>& activities) {
    std::vector<review::Produced> outputs;
    for (const auto activity : activities) {
        review::Produced output;
        output.activity = activity;
        output.last_day = text::day_of(outcome.as_of - 1);
        output.complete_through = outcome.watched.complete_through;
        output.made = static_cast<std::int64_t>(std::time(nullptr));
        output.who = user_name();
        output.digest = to_hex(crypto::sha256(bytes));
        output.command = command;
        outputs.push_back(std::move(output));
    }
    return outputs;
}

Exit run_calendar(const CalendarOptions& options) {
    const ledger::Ledger ledger(options.ledger, sqlite::Mode::read_only);
    const std::int64_t now = today(options);
    const auto rows = review::calendar(inputs::load_inputs(ledger.database()), rules::standard().newest(), now,
                                       review::load_produced(ledger.database()));
    cli::print(options.output == Output::json ? to_json(rows, now) : to_text(rows, now));
    return review::anything_due(rows) ? Exit::obligation_due : Exit::ok;
}

} // namespace tally::verifier
