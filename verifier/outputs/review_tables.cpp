#include "verifier/outputs/review_tables.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace tally::outputs {
namespace {

using findings::Code;

// Why a seat can be taken back, strongest first; nothing: the finding is about something else.
const char* reason_of(Code code) {
    switch (code) {
    case Code::ghost:
        return "left or disabled, still assigned";
    case Code::deprovision_late:
        return "left, taken back late";
    case Code::dormant_user:
    case Code::dormant_seat:
        return "not used";
    case Code::double_right:
        return "has the product by another right as well";
    default:
        return nullptr;
    }
}

std::string day_text(const std::optional<inputs::Day>& number) { return number ? text::format_day(*number) : ""; }

std::string team_of(const inputs::Inputs& inputs, const std::string& person) {
    for (const auto& row : inputs.directory) {
        if (row.user == person) {
            return row.team;
        }
    }
    return "";
}

Reclaimable of(const findings::SeatUse& seat, const inputs::Inputs& inputs) {
    Reclaimable row;
    row.person = seat.person;
    row.agreement = seat.agreement;
    row.line = seat.line;
    row.product = seat.product;
    row.team = team_of(inputs, seat.person);
    row.assigned = text::format_day(seat.assigned_day);
    row.last_used = day_text(seat.last_day);
    row.days_idle = seat.days_idle;
    return row;
}

bool is_gap(const review::Entry& entry) { return entry.severity == "breach" || entry.severity == "signal"; }

} // namespace

std::vector<Reclaimable> reclaimable(const Subject& subject) {
    using Seat = std::tuple<std::string, std::string, std::string>; // person, agreement, line
    std::map<Seat, const findings::Finding*> reasons;               // the strongest of each seat
    for (const auto* findings : {&subject.outcome.findings, &subject.outcome.absorbed}) {
        for (const auto& finding : *findings) {
            if (reason_of(finding.code) != nullptr && !finding.person.empty()) {
                auto& reason = reasons[{finding.person, finding.agreement, finding.line}];
                reason = reason == nullptr || finding.code < reason->code ? &finding : reason;
            }
        }
    }
    std::vector<Reclaimable> rows;
    for (const auto& seat : subject.outcome.advice.seats) {
        const auto reason = reasons.find({seat.person, seat.agreement, seat.line});
        if (reason == reasons.end() && !seat.is_dormant) {
            continue;
        }
        Reclaimable row = of(seat, subject.inputs);
        row.why = reason_of(reason == reasons.end() ? Code::dormant_user : reason->second->code);
        row.finding = reason == reasons.end() ? "" : reason->second->id;
        rows.push_back(std::move(row));
    }
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return std::tie(a.product, a.line, a.person) < std::tie(b.product, b.line, b.person);
    });
    return rows;
}

Table reclamation_list(const Subject& subject) {
    Table table{
        "reclamation_list",
        {"user", "team", "product", "line", "agreement", "assigned", "last_used", "days_idle", "why", "finding"},
        {}};
    for (const auto& row : reclaimable(subject)) {
        table.add({row.person, row.team, row.product, row.line, row.agreement, row.assigned,
                   row.last_used.empty() ? "never" : row.last_used, row.days_idle, row.why, row.finding});
    }
    return table;
}

Table gap_register(const std::vector<review::Entry>& entries, std::int64_t on) {
    Table table{"gap_register",
                {"finding", "code", "what", "line", "product", "subject", "quantity_lower", "quantity_upper", "unit",
                 "certainty", "owner", "due", "state", "first_seen", "cure", "currency", "remedy"},
                {}};
    for (const auto& entry : entries) {
        const auto state = entry.on(on);
        if (!is_gap(entry) || state == review::State::remedied) {
            continue;
        }
        table.add({entry.id, entry.code, entry.text, entry.line, entry.product, entry.subject, entry.lower, entry.upper,
                   entry.unit, entry.certainty, entry.owner, day(entry.due), review::name(state), day(entry.first_seen),
                   entry.cure, entry.currency, entry.remedy});
    }
    return table;
}

Table renewal_brief(const Subject& subject) {
    Table table{"renewal_brief",
                {"agreement", "line", "product", "metric", "ends", "bought", "peak_lower", "peak_upper",
                 "percentile_lower", "percentile_upper", "recommended", "due_lower", "due_upper", "currency",
                 "cost_now", "cost_then", "sessions", "sessions_before", "because"},
                {}};
    std::map<std::string, const findings::UseChange*> changes;
    for (const auto& change : subject.outcome.watched.changes) {
        changes.emplace(change.product, &change);
    }
    std::map<std::pair<std::string, std::string>, const findings::TrueUp*> due;
    for (const auto& row : subject.outcome.advice.true_up) {
        due.emplace(std::pair(row.agreement, row.line), &row);
    }
    for (const auto& row : subject.outcome.advice.sizes) {
        Cell ends;
        for (const auto& line : subject.inputs.entitlements) {
            if (line.agreement == row.agreement && line.line == row.line) {
                ends = day(line.end_day);
            }
        }
        const auto change = changes.find(row.product);
        const auto settled = due.find({row.agreement, row.line});
        const bool has_change = change != changes.end(), has_due = settled != due.end();
        table.add({row.agreement, row.line, row.product, findings::name(row.metric), ends, row.quantity, row.peak.lower,
                   row.peak.upper, row.percentile.lower, row.percentile.upper, row.recommended,
                   has_due ? Cell(settled->second->due.lower) : Cell(),
                   has_due ? Cell(settled->second->due.upper) : Cell(), row.currency, row.cost_now, row.cost_then,
                   has_change ? Cell(change->second->sessions) : Cell(),
                   has_change ? Cell(change->second->sessions_before) : Cell(), row.because});
    }
    return table;
}

} // namespace tally::outputs
