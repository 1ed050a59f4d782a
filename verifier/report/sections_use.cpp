#include "verifier/report/sections.hpp"

#include "tally/text/date.hpp"
#include "verifier/report/chart.hpp"
#include "verifier/report/table.hpp"
#include "verifier/report/words.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace tally::report {
namespace {

using findings::Position;

std::string rest_note(std::size_t rows, std::string_view file) {
    return rows <= most_rows ? ""
                             : "<p class=\"note\">The first " + count_text(most_rows) + " of " +
                                   count_text(static_cast<std::int64_t>(rows)) + " rows; all of them are in " +
                                   std::string(file) + ".</p>\n";
}
using text::html;

std::string with_sub(const std::string& main, const std::string& sub) {
    return html(main) + (sub.empty() || sub == main ? "" : "<span class=\"sub\">" + html(sub) + "</span>");
}

// The server logs no claim of it, only the programs that run.
bool is_silent(const Position& position) {
    return position.metric == inputs::Metric::concurrent && position.claims == 0;
}

const findings::Finding* over_finding(const Subject& subject, const Position& position) {
    for (const auto& finding : subject.outcome.findings) {
        const auto code = finding.code;
        const bool over = code == findings::Code::sustained_over || code == findings::Code::over_peak ||
                          code == findings::Code::over_assigned || code == findings::Code::expired_use ||
                          code == findings::Code::device_over || code == findings::Code::perp_over ||
                          code == findings::Code::token_short;
        if (over && finding.agreement == position.agreement && finding.line == position.line) {
            return &finding;
        }
    }
    return nullptr;
}

Verdict verdict_in(const Subject& subject, const Position& position) {
    const auto* finding = over_finding(subject, position);
    const bool ended = finding != nullptr && finding->code == findings::Code::expired_use;
    return ended ? Verdict{"bad", "ended, still used"} : verdict_of(position);
}

std::string verdict_cell(const Subject& subject, const Position& position) {
    const auto* finding = over_finding(subject, position);
    const Verdict verdict = verdict_in(subject, position);
    const bool silent = is_silent(position) && position.use_peak.upper > 0;
    const std::string words =
        chip(verdict.chip, verdict.words) +
        (silent ? "<span class=\"sub\">in use at most " + bounds_text(position.use_peak) + "</span>" : "");
    return finding == nullptr ? words
                              : words + "<br><a href=\"#f-" + finding->id + "\" class=\"mono\">" + finding->id + "</a>";
}

// Those who read only the first rows must see what is beyond.
std::vector<const Position*> worst_first(const Subject& subject) {
    std::vector<const Position*> positions;
    positions.reserve(subject.outcome.positions.size());
    for (const auto& position : subject.outcome.positions) {
        positions.push_back(&position);
    }
    const auto rank = [&](const Position* position) {
        return position->excess.lower > 0 ? 0 : over_finding(subject, *position) != nullptr ? 1 : 2;
    };
    std::stable_sort(positions.begin(), positions.end(),
                     [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
    return positions;
}

void position_row(const Subject& subject, const Position& position, Table& table) {
    const bool silent = is_silent(position);
    const auto* finding = over_finding(subject, position);
    table.cell(with_sub(position.line, position.agreement), position.line);
    table.cell(
        with_sub(position.name, position.name.find(position.product) != std::string::npos ? "" : position.product),
        position.name);
    table.cell(html(metric_text(position.metric)));
    table.number(position.quantity, count_text(position.quantity));
    table.number(silent ? -1 : position.peak.lower, silent ? "–" : bounds_text(position.peak));
    table.cell(silent ? ""
                      : bullet(position.peak, position.quantity,
                               std::max<std::int64_t>(1, std::max(position.peak.upper, position.quantity))));
    table.number(position.excess.lower, position.excess.upper == 0 ? "–" : bounds_text(position.excess));
    table.number(position.seconds_above, position.seconds_above == 0 ? "–" : duration_text(position.seconds_above));
    const bool priced = finding != nullptr && finding->exposure && finding->cure;
    table.cell(priced ? html(money_text(*finding->exposure, finding->currency)) : "–",
               priced ? std::to_string(finding->exposure->units()) : "0");
    table.cell(priced ? html(money_text(*finding->cure, finding->currency)) : "–",
               priced ? std::to_string(finding->cure->units()) : "0");
    table.cell(verdict_cell(subject, position), verdict_in(subject, position).words);
}

} // namespace

Verdict verdict_of(const Position& position) {
    if (position.excess.lower > 0) {
        if (position.metric != inputs::Metric::concurrent) {
            return {"bad", "over, certain"};
        }
        switch (position.persistence) {
        case count::Persistence::momentary:
            return {"warn", "over, certain, momentary"};
        case count::Persistence::sustained:
            return {"bad", "over, certain, sustained"};
        default:
            return {"bad", "over, certain, recurrent"};
        }
    }
    if (position.excess.upper > 0) {
        return {"warn", "over, possible"};
    }
    if (position.quantity == 0) {
        return {"", "no line valid"};
    }
    if (is_silent(position)) {
        return {"", "no claim recorded"};
    }
    return {"good", position.peak.upper == position.quantity ? "within, none free" : "within"};
}

std::string position_section(const Subject& subject) {
    if (subject.outcome.positions.empty()) {
        return none("No entitlements have been imported, so nothing can be compared. Hand them in with "
                    "<code>tally-verifier import entitlements FILE --ledger LEDGER</code>; the columns are in "
                    "docs/reference/inputs.md.");
    }
    Table table("t-position",
                "Each line of what was bought against the most that was taken at once (concurrent) or assigned at once "
                "(named user).",
                {{"Line"},
                 {"Product"},
                 {"Metric", Align::fixed},
                 {"Bought", Align::number},
                 {"Most at once", Align::number},
                 {"Against bought"},
                 {"Above by", Align::number},
                 {"Above for", Align::number},
                 {"Exposure", Align::number},
                 {"Cure", Align::number},
                 {"Judgement"}});
    for (const auto* position : worst_first(subject)) {
        position_row(subject, *position, table);
    }
    return table.str() + "<p class=\"note\">A pair such as 2–3 is [proved, not ruled out]. Exposure is the back period "
                         "at list price, only for days "
                         "with excess; cure is what would have to be bought now. They are never added. Both are "
                         "illustrations from the list prices "
                         "that were handed in.</p>\n";
}

std::string four_ways_section(const Subject& subject) {
    if (subject.outcome.four_ways.empty()) {
        return none("No session has been accepted yet.");
    }
    std::int64_t most = 1;
    for (const auto& row : subject.outcome.four_ways) {
        most = std::max(most, row.all_lines);
    }
    Table table("t-ways", "Most at once in the period, by what is counted.",
                {{"Product"},
                 {"Every OUT line", Align::number},
                 {"Package lines", Align::number},
                 {"Person on a computer", Align::number},
                 {"Persons", Align::number},
                 {"Every OUT line, drawn"},
                 {"Person on a computer, drawn"},
                 {"Sessions", Align::number}});
    for (const auto& row : subject.outcome.four_ways) {
        table.cell(with_sub(row.product, row.name), row.product);
        table.number(row.all_lines, count_text(row.all_lines));
        table.number(row.package_lines, row.package_lines == 0 ? "–" : count_text(row.package_lines));
        table.number(row.clients, bounds_text({row.clients_least, row.clients}));
        const bool split = row.users != row.users_as_written;
        table.cell(count_text(row.users) +
                       (split ? "<span class=\"sub\">" + count_text(row.users_as_written) + " as spelled</span>" : ""),
                   std::to_string(row.users));
        table.cell(bar(row.all_lines, most), std::to_string(row.all_lines));
        table.cell(bar(row.clients, most), std::to_string(row.clients));
        table.number(static_cast<std::int64_t>(row.sessions), count_text(static_cast<std::int64_t>(row.sessions)));
    }
    return "<p>One log, several answers. One start of a program writes two OUT lines, a package and a release; several "
           "processes on one "
           "computer share one licence; one person may work on several computers. Agreements mean the third column "
           "unless they say "
           "otherwise: a person on a computer, each release apart.</p>\n" +
           table.str();
}

std::string concurrency_section(const Subject& subject) {
    std::string out;
    std::size_t index = 0;
    for (const auto* row : worst_first(subject)) {
        const Position& position = *row;
        if (position.metric != inputs::Metric::named && position.metric != inputs::Metric::concurrent) {
            continue; // counted by period, not by instant
        }
        const std::string_view unit =
            position.metric == inputs::Metric::named ? "seats assigned at once" : "claims at once";
        const std::string id = "c" + std::to_string(++index);
        const Verdict verdict = verdict_in(subject, position);
        out += "<figure><figcaption><h3>" + html(position.name) + " <small>" + html(position.line) +
               "</small></h3><span>" + std::string(unit) + " " + bounds_text(position.peak) + ", bought " +
               count_text(position.quantity) + " &nbsp;" + chip(verdict.chip, verdict.words) + "</span></figcaption>";
        if (is_silent(position)) {
            out +=
                none("The records hold no claim of this line: its server logs only the program that runs. Of that, " +
                     plural(position.use_peak.lower, "was", "were") +
                     " in use at once; it is not tested against what was bought.");
        } else {
            out += step_chart({id, position.name + " against what was bought", std::string(unit)}, position,
                              subject.outcome.observed);
        }
        out += "</figure>\n";
    }
    if (out.empty()) {
        return none("No entitlements have been imported; the peaks of each product stand in the table above.");
    }
    return "<ul class=\"legend\"><li><svg viewBox=\"0 0 26 10\" class=\"chart legend-mark\" aria-hidden=\"true\"><path "
           "class=\"a\" d=\"M0 1H26V9H0Z\"/></svg>"
           "proved</li><li><svg viewBox=\"0 0 26 10\" class=\"chart legend-mark\" aria-hidden=\"true\"><path "
           "class=\"u\" d=\"M0 1H26V9H0Z\"/></svg>not ruled "
           "out</li><li><svg viewBox=\"0 0 26 10\" class=\"chart legend-mark\" aria-hidden=\"true\"><path class=\"q\" "
           "d=\"M0 5H26\"/></svg>bought</li><li><svg "
           "viewBox=\"0 0 26 10\" class=\"chart legend-mark\" aria-hidden=\"true\"><path class=\"o\" d=\"M0 "
           "1H26V9H0Z\"/></svg>above what was "
           "bought</li><li>over more than six weeks a column is a day, and shows its most; all times are "
           "UTC</li></ul>\n" +
           out;
}

namespace {

// Why one person may stand in two rows, where he may.
std::string names_note(const Subject& subject) {
    std::string note;
    for (const auto& finding : subject.outcome.findings) {
        if (finding.code == findings::Code::pseudonym_epoch) {
            note += "<p class=\"note\">" + html(finding.subject) + ": " + html(finding.text) +
                    " (PSEUDONYM_EPOCH). Numbers of people are pairs because of that.</p>\n";
        }
    }
    return note;
}

} // namespace

std::string users_section(const Subject& subject) {
    if (subject.outcome.users.empty()) {
        return none("No session has been accepted yet.");
    }
    Table table(
        "t-users",
        "Each person and product. Days used follow 24-hour windows; hours are time with at least one session live.",
        {{"Person"},
         {"Product"},
         {"Sessions", Align::number},
         {"Computers", Align::number},
         {"Days used", Align::number},
         {"Hours", Align::number},
         {"First", Align::fixed},
         {"Last", Align::fixed}});
    for (const auto& row : subject.outcome.users) {
        if (table.rows() == most_rows) {
            break;
        }
        table.cell(person(row.user));
        table.text(row.product);
        table.number(static_cast<std::int64_t>(row.sessions), count_text(static_cast<std::int64_t>(row.sessions)));
        table.number(static_cast<std::int64_t>(row.clients), bounds_text({static_cast<std::int64_t>(row.clients_least),
                                                                          static_cast<std::int64_t>(row.clients)}));
        table.number(row.days.lower, bounds_text(row.days));
        table.number(row.seconds, row.seconds > 0 && row.seconds < 360 ? "< 0.1"
                                                                       : count_text(row.seconds / 3600) + "." +
                                                                             std::to_string(row.seconds % 3600 / 360));
        table.text(instant_text(row.first));
        table.text(instant_text(row.last));
    }
    return "<p>How many different people used a product is information, not compliance: a named seat may be handed "
           "over. Spellings that "
           "differ in case are kept apart here, as the log has them.</p>\n" +
           names_note(subject) + table.str() + rest_note(subject.outcome.users.size(), "users.csv");
}

std::string requests_section(const Subject& subject) {
    const auto& requests = subject.outcome.requests;
    if (requests.empty()) {
        return none("The records hold no denied, unsupported or queued request.");
    }
    std::int64_t lost = 0, retried = 0, unsupported = 0, queued = 0;
    for (const auto& request : requests) {
        lost += request.end == findings::RequestEnd::lost ? 1 : 0;
        retried += request.end == findings::RequestEnd::retried ? 1 : 0;
        unsupported += request.end == findings::RequestEnd::unsupported ? 1 : 0;
        queued += request.verb == "QUEUED" ? 1 : 0;
    }
    Table table("t-requests", "Requests that were not granted at once.",
                {{"When", Align::fixed},
                 {"Event"},
                 {"Product"},
                 {"Person"},
                 {"Computer"},
                 {"Licences", Align::number},
                 {"What became of it"},
                 {"Record", Align::number}});
    for (const auto& request : requests) {
        if (table.rows() == most_rows) {
            break;
        }
        const bool bad = request.end == findings::RequestEnd::lost;
        table.text(instant_text(request.at)).text(request.verb).text(request.product);
        table.cell(person(request.user)).cell(person(request.client));
        table.number(request.count, count_text(request.count));
        table.cell(chip(bad ? "warn" : "", findings::name(request.end)) +
                   (request.waited_s ? " after " + duration_text(*request.waited_s) : ""));
        table.cell("<span class=\"mono\">" + count_text(static_cast<std::int64_t>(request.record.seq)) + "</span>");
    }
    return "<p>" + plural(lost, "request was lost", "requests were lost") + ", " + plural(retried, "was", "were") +
           " granted when tried again within a minute, " + count_text(queued) + " queued. " +
           plural(unsupported, "request", "requests") +
           " for a feature or release that the server does not serve: programs try these before the one they get, so "
           "they never count as denials.</p>\n" +
           table.str() + rest_note(requests.size(), "requests.csv");
}

namespace {

struct Difference {
    std::string_view reason, words;
    bool is_bad; // the vendor counts what the records do not explain
};
constexpr std::array<Difference, 8> differences = {
    {{"unknown_product", "no table and no record knows the product", false},
     {"hidden_person", "the export hides who it was", false},
     {"not_recorded", "nothing recorded: worked where no recorder is", true},
     {"summary", "a sum with a last day, not to be placed day by day", false},
     {"vendor_tells_more", "the vendor counts more than the records explain", true},
     {"offline_computers", "only on computers that never sign in to the vendor", false},
     {"not_exported", "not in the export, though a computer signs in", false},
     {"records_tell_more", "the records prove more than the vendor counts", false}}};

std::string difference_text(const findings::VendorUse& use) {
    const auto with_sign = [](std::int64_t value) {
        return (value > 0 ? "+" : value < 0 ? "\xE2\x88\x92" : "") + count_text(std::abs(value));
    };
    const std::string lower = with_sign(use.own_days.lower - use.vendor_days);
    const std::string upper = with_sign(use.own_days.upper - use.vendor_days);
    return lower == upper ? lower : lower + " to " + upper;
}

std::string difference_cell(const std::string& reason) {
    const auto* found = std::find_if(differences.begin(), differences.end(),
                                     [&](const Difference& difference) { return difference.reason == reason; });
    return found == differences.end() ? chip("good", "agree") : chip(found->is_bad ? "warn" : "", found->words);
}

} // namespace

std::string vendor_section(const Subject& subject) {
    const auto& uses = subject.outcome.watched.vendor_use;
    if (uses.empty()) {
        return none("No export of use that the vendor counted has been handed in, so nothing can be laid beside the "
                    "records. Hand one in with <code>tally-verifier import usage-exports FILE --ledger LEDGER</code>; "
                    "the files of the vendor's account are taken as they come.");
    }
    Table table("t-vendor", "Each person and product of the vendor's export beside the records of the same days.",
                {{"Person"},
                 {"Product"},
                 {"From", Align::fixed},
                 {"To", Align::fixed},
                 {"Vendor's days", Align::number},
                 {"Own days", Align::number},
                 {"Difference", Align::number},
                 {"Vendor's sessions", Align::number},
                 {"Own sessions", Align::number},
                 {"Why they differ"}});
    std::int64_t equal = 0;
    for (const auto& use : uses) {
        equal += use.reason.empty() ? 1 : 0;
        if (table.rows() == most_rows) {
            continue;
        }
        table.cell(use.person.empty() ? "–" : person(use.person), use.person);
        table.text(use.product);
        table.cell(html(day_text(use.first)), std::to_string(use.first));
        table.cell(html(day_text(use.last)), std::to_string(use.last));
        table.number(use.vendor_days, count_text(use.vendor_days));
        table.number(use.own_days.lower, bounds_text(use.own_days));
        table.number(use.own_days.lower - use.vendor_days, difference_text(use));
        table.number(use.vendor_sessions.value_or(-1), use.vendor_sessions ? count_text(*use.vendor_sessions) : "–");
        table.number(use.own_sessions, count_text(use.own_sessions));
        table.cell(difference_cell(use.reason), use.reason);
    }
    return "<p>" + count_text(equal) + " of " + count_text(static_cast<std::int64_t>(uses.size())) +
           " agree: the vendor's days lie between what the records prove and what they do not rule out. Who used an "
           "exported product in those days and is not in the export stands here with no day of the vendor's.</p>\n" +
           table.str() + rest_note(uses.size(), "vendor_use.csv");
}

} // namespace tally::report
