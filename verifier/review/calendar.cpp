#include "verifier/review/calendar.hpp"

#include "tally/text/date.hpp"
#include "verifier/count/months.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace tally::review {
namespace {

constexpr std::string_view tables = "tally-verifier report --csv DIRECTORY --as-of DAY";
constexpr std::string_view papers = "tally-verifier review --out DIRECTORY --as-of DAY";
constexpr std::string_view pack = "tally-verifier audit-pack --out DIRECTORY --key FILE --as-of DAY";

// In the order of Activity.
constexpr std::array<AboutActivity, activities> known = {{
    {"user-audit", "User activity audit", "User Management", "Find seats that their people no longer use",
     "De-provisioning list", tables, Frequency::monthly},
    {"assignment-check", "Assignment against entitlement", "Product Access",
     "See an excess before it has to be settled", "Compliance gap register", "tally-verifier reconcile --as-of DAY",
     Frequency::monthly},
    {"token-review", "Token consumption review", "Flex Usage", "Monitor the rate at which tokens are used",
     "Token forecast update", tables, Frequency::monthly},
    {"usage-export", "Usage report export", "Usage Reports", "Find the right quantity of each line",
     "Reallocation candidates", tables, Frequency::monthly},
    {"group-review", "Group mapping review", "SSO & Identity", "Find groups that grant more than is meant",
     "Provisioning rules update", tables, Frequency::quarterly},
    {"admin-review", "Admin privilege review", "Admin Console", "Keep administration with those who need it",
     "Admin roster reconciliation", tables, Frequency::quarterly},
    {"pre-audit", "Pre-audit export", "Reporting", "Know what an auditor would find", "Audit readiness report", pack,
     Frequency::yearly},
    {"renewal-brief", "Entitlement against billing", "Billing & Orders", "Know what is billed before it is renewed",
     "Renewal negotiation brief", papers, Frequency::before_renewal},
}};

struct Period {
    std::int64_t from = 0, to = 0;
    std::string label;
};

Period period_at(std::int64_t index, std::int64_t months) {
    Period period{count::first_of_month(index), count::first_of_month(index + months),
                  text::padded(index / 12, 4) + "-"};
    period.label += months == 3 ? "Q" + std::to_string(index % 12 / 3 + 1) : text::padded(index % 12 + 1, 2);
    return period;
}

// Of the outputs that count at least through the period's end: the first one from complete data, else the first.
void settle(CalendarRow& row, std::int64_t today, std::int64_t not_before, const std::vector<Produced>& produced) {
    const auto whole = [&](const Produced& output) {
        return output.complete_through && *output.complete_through >= row.to - 1;
    };
    for (const auto& output : produced) {
        const bool counts = output.activity == row.activity && output.last_day >= row.to - 1 &&
                            text::day_of(output.made) <= today && output.last_day >= not_before;
        if (counts && (!row.produced || (whole(output) && !whole(*row.produced)))) {
            row.produced = output;
        }
    }
    if (row.produced) {
        row.progress = whole(*row.produced) ? Progress::done : Progress::done_on_partial_data;
    } else {
        row.progress = today < row.opens ? Progress::upcoming : today <= row.due ? Progress::due : Progress::overdue;
    }
}

void add_periods(std::vector<CalendarRow>& rows, Activity activity, std::int64_t months, const rules::Values& rules,
                 std::int64_t today, const std::vector<Produced>& produced) {
    const std::int64_t quarter = count::month_of(today) / 3 * 3 - 3;
    for (std::int64_t index = quarter; count::first_of_month(index) <= today; index += months) {
        const Period period = period_at(index, months);
        CalendarRow row;
        row.activity = activity;
        row.period = period.label;
        row.from = period.from;
        row.to = row.opens = period.to;
        row.due = period.to - 1 + rules.due_days;
        settle(row, today, period.to - 1, produced);
        rows.push_back(std::move(row));
    }
}

// (agreement, day) → lines that renew then; from the entitlement, else from a bill of its order.
std::map<std::pair<std::string, std::int64_t>, std::set<std::string>> renewals(const inputs::Inputs& inputs,
                                                                               std::int64_t today) {
    std::map<std::pair<std::string, std::int64_t>, std::set<std::string>> found;
    for (const auto& line : inputs.entitlements) {
        auto renewal = line.renewal;
        for (const auto& bill : inputs.billing) {
            const bool same =
                bill.line.empty() ? !bill.order.empty() && bill.order == line.order : bill.line == line.line;
            renewal = !renewal && same ? bill.renewal : renewal;
        }
        if (renewal && *renewal >= today) {
            found[{line.agreement, *renewal}].insert(line.line);
        }
    }
    return found;
}

// The brief is due when it is time to talk, the export for the self-assessment by the end of the time in which what it
// shows can still be mended. Both may be made from so many days before the brief is due on.
void add_renewals(std::vector<CalendarRow>& rows, const inputs::Inputs& inputs, const rules::Values& rules,
                  std::int64_t today, const std::vector<Produced>& produced) {
    std::string nearest; // agreement whose next renewal is in already
    for (const auto& [key, lines] : renewals(inputs, today)) {
        const auto& [agreement, day] = key;
        const bool open = day - rules.renewal_days - rules.renewal_open_days <= today;
        if (!open && agreement == nearest && !rows.empty()) {
            continue;
        }
        nearest = agreement;
        for (const auto activity : {Activity::pre_audit, Activity::renewal_brief}) {
            CalendarRow row;
            row.activity = activity;
            row.period = "renewal " + text::format_day(day);
            row.agreement = agreement;
            for (const auto& line : lines) {
                row.lines += (row.lines.empty() ? "" : " ") + line;
            }
            const std::int64_t brief = day - rules.renewal_days;
            row.opens = brief - rules.renewal_open_days;
            row.due = activity == Activity::renewal_brief ? brief : day - rules.renewal_last_days;
            row.from = day - rules.year_days;
            row.to = row.opens;
            settle(row, today, row.opens - 1, produced);
            rows.push_back(std::move(row));
        }
    }
}

} // namespace

const AboutActivity& about(Activity activity) { return known[static_cast<std::size_t>(activity)]; }

std::string_view name(Frequency frequency) {
    switch (frequency) {
    case Frequency::monthly:
        return "monthly";
    case Frequency::quarterly:
        return "quarterly";
    case Frequency::yearly:
        return "annually, before renewal";
    case Frequency::before_renewal:
        return "90 days before renewal";
    }
    return "";
}

std::string_view name(Progress progress) {
    switch (progress) {
    case Progress::upcoming:
        return "upcoming";
    case Progress::due:
        return "due";
    case Progress::overdue:
        return "overdue";
    case Progress::done:
        return "done";
    case Progress::done_on_partial_data:
        return "done on partial data";
    }
    return "";
}

std::optional<Activity> activity_of(std::string_view word) {
    for (std::size_t i = 0; i < activities; ++i) {
        if (known[i].word == word) {
            return static_cast<Activity>(i);
        }
    }
    return std::nullopt;
}

std::vector<CalendarRow> calendar(const inputs::Inputs& inputs, const rules::Values& rules, std::int64_t today,
                                  const std::vector<Produced>& produced) {
    std::vector<CalendarRow> rows;
    for (std::size_t i = 0; i < activities; ++i) {
        const auto activity = static_cast<Activity>(i);
        if (about(activity).frequency == Frequency::monthly) {
            add_periods(rows, activity, 1, rules, today, produced);
        } else if (about(activity).frequency == Frequency::quarterly) {
            add_periods(rows, activity, 3, rules, today, produced);
        }
    }
    add_renewals(rows, inputs, rules, today, produced);
    std::stable_sort(rows.begin(), rows.end(), [](const CalendarRow& a, const CalendarRow& b) {
        return std::tie(a.due, a.activity, a.agreement, a.period) < std::tie(b.due, b.activity, b.agreement, b.period);
    });
    return rows;
}

bool anything_due(const std::vector<CalendarRow>& rows) {
    return std::any_of(rows.begin(), rows.end(), [](const CalendarRow& row) {
        return row.progress == Progress::due || row.progress == Progress::overdue;
    });
}

} // namespace tally::review
