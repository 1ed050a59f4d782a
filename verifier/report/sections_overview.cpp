// The first screen: are we in order, through which date, what to do next.
#include "verifier/report/sections.hpp"

#include "tally/text/date.hpp"
#include "verifier/report/table.hpp"
#include "verifier/report/words.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace tally::report {
namespace {

using findings::Certainty;
using findings::Finding;
using findings::Group;
using findings::Severity;
using text::html;

bool is_open(const Finding& finding) { return finding.state != "remedied" && finding.state != "accepted"; }

// Sums by currency, in the order of the currencies' names.
using Sums = std::map<std::string, std::int64_t>;

void add(Sums& sums, const std::string& currency, const std::optional<text::Decimal>& amount) {
    if (amount) {
        sums[currency] += amount->units();
    }
}

std::string sums_text(const Sums& sums) {
    std::string text;
    for (const auto& [currency, units] : sums) {
        text += (text.empty() ? "" : " + ") + money_text(text::Decimal::of_units(units), currency);
    }
    return text.empty() ? "–" : text;
}

struct Totals {
    Sums exposure, cure, saving;
    std::array<std::int64_t, 4> by_severity{};
    std::int64_t certain_breaches = 0, possible_breaches = 0;
};

Totals totals_of(const Subject& subject) {
    Totals totals;
    for (const auto& finding : subject.outcome.findings) {
        if (!is_open(finding)) {
            continue;
        }
        totals.by_severity[static_cast<std::size_t>(finding.severity)] += 1;
        if (finding.severity == Severity::breach) {
            (finding.certainty == Certainty::certain ? totals.certain_breaches : totals.possible_breaches) += 1;
        }
        add(totals.exposure, finding.currency, finding.exposure);
        add(totals.cure, finding.currency, finding.cure);
        add(totals.saving, finding.currency, finding.saving);
    }
    return totals;
}

// The last day of which everything is known, and who holds it there.
struct Through {
    std::string day = "–", remark = "no import yet";
};

Through through_of(const Subject& subject) {
    const auto& watched = subject.outcome.watched;
    if (watched.complete_through) {
        const auto& host = watched.complete_until_host;
        return {day_text(*watched.complete_through), host.empty() ? "from every host" : "then not from " + host};
    }
    const std::int64_t at = complete_through(subject.basis);
    return at == 0 ? Through{} : Through{day_text(text::day_of(at)), instant_text(at).substr(11) + " UTC"};
}

std::string tile(std::string_view name, const std::string& value, const std::string& remark) {
    return "<div><dt>" + std::string(name) + "</dt><dd>" + html(value) +
           (remark.empty() ? "" : "<small>" + html(remark) + "</small>") + "</dd></div>";
}

// Findings of one kind, to be worked through together.
struct Task {
    const Finding* first = nullptr;
    std::vector<const Finding*> all;
    Sums cure, exposure, saving;
    [[nodiscard]] std::int64_t weight() const {
        std::int64_t most = 0;
        for (const auto* sums : {&cure, &saving}) {
            for (const auto& [currency, units] : *sums) {
                most = std::max(most, units);
            }
        }
        return most;
    }
};

std::vector<Task> tasks_of(const Subject& subject) {
    std::map<std::tuple<Severity, Certainty, findings::Code>, Task> kinds;
    for (const auto& finding : subject.outcome.findings) {
        if (!is_open(finding) || finding.severity == Severity::note) {
            continue;
        }
        Task& task = kinds[{finding.severity, finding.certainty, finding.code}];
        task.first = task.first == nullptr ? &finding : task.first;
        task.all.push_back(&finding);
        add(task.cure, finding.currency, finding.cure);
        add(task.exposure, finding.currency, finding.exposure);
        add(task.saving, finding.currency, finding.saving);
    }
    std::vector<Task> tasks;
    for (auto& [kind, task] : kinds) {
        tasks.push_back(std::move(task));
    }
    std::stable_sort(tasks.begin(), tasks.end(), [](const Task& a, const Task& b) {
        return std::tuple(a.first->severity, a.first->certainty, -a.weight()) <
               std::tuple(b.first->severity, b.first->certainty, -b.weight());
    });
    return tasks;
}

std::string subjects_text(const Task& task) {
    constexpr std::size_t shown = 4;
    std::string text;
    for (std::size_t i = 0; i < task.all.size() && i < shown; ++i) {
        text += (i == 0 ? "" : ", ") + std::string("<bdi>") + html(task.all[i]->subject) + "</bdi>";
    }
    return text + (task.all.size() > shown
                       ? " and " + count_text(static_cast<std::int64_t>(task.all.size() - shown)) + " more"
                       : "");
}

std::string amounts_text(const Task& task) {
    std::string text;
    const auto part = [&](std::string_view before, const Sums& sums) {
        if (!sums.empty()) {
            text += (text.empty() ? "" : " · ") + std::string(before) + html(sums_text(sums));
        }
    };
    part("buy ", task.cure);
    part("past ", task.exposure);
    part("save ", task.saving);
    return text;
}

std::string task_item(const Task& task) {
    const Finding& finding = *task.first;
    const std::string code(findings::name(finding.code));
    const std::string many =
        task.all.size() > 1
            ? " <span class=\"times\">× " + count_text(static_cast<std::int64_t>(task.all.size())) + "</span>"
            : "";
    const std::string amounts = amounts_text(task);
    return "<li class=\"" + std::string(chip_of(finding)) + "\"><a href=\"#k-" + code + "\">" +
           html(findings::title_of(finding.code)) + "</a>" + many +
           (finding.certainty == Certainty::possible ? " <span class=\"chip\">possible</span>" : "") +
           "<span class=\"who\">" + subjects_text(task) + "</span>" +
           (finding.remedy.empty() ? "" : "<span class=\"do\">" + html(finding.remedy) + "</span>") +
           (amounts.empty() ? "" : "<span class=\"sum\">" + amounts + "</span>") + "</li>\n";
}

std::string tasks_list(const Subject& subject) {
    constexpr std::size_t shown = 7;
    const auto tasks = tasks_of(subject);
    if (tasks.empty()) {
        return none(subject.outcome.positions.empty()
                        ? "Hand in what was bought: <code>tally-verifier import entitlements FILE --ledger "
                          "LEDGER</code>."
                        : "Nothing needs to be done for what these records show.");
    }
    std::string list;
    for (std::size_t i = 0; i < tasks.size() && i < shown; ++i) {
        list += task_item(tasks[i]);
    }
    return "<ol class=\"tasks\">\n" + list + "</ol>\n" +
           (tasks.size() > shown
                ? "<p class=\"note\"><a href=\"#findings\">" +
                      plural(static_cast<std::int64_t>(tasks.size() - shown), "more kind", "more kinds") +
                      " of findings</a></p>\n"
                : "");
}

std::string groups_table(const Subject& subject) {
    constexpr std::array<std::pair<Group, std::string_view>, 5> groups = {{{Group::gap, "Use and rights"},
                                                                           {Group::identity, "People and accounts"},
                                                                           {Group::optimisation, "Paid for, not used"},
                                                                           {Group::duty, "Reporting and coverage"},
                                                                           {Group::signal, "Signals"}}};
    std::map<Group, std::array<std::int64_t, 4>> counts;
    for (const auto& finding : subject.outcome.findings) {
        if (is_open(finding)) {
            counts[findings::group_of(finding.code)][static_cast<std::size_t>(finding.severity)] += 1;
        }
    }
    if (counts.empty()) {
        return none("There is no open finding.");
    }
    Table table("t-groups", "Open findings by what they are about.",
                {{"About"},
                 {"Breach", Align::number},
                 {"Signal", Align::number},
                 {"Waste", Align::number},
                 {"Note", Align::number}});
    for (const auto& [group, words] : groups) {
        table.text(words);
        for (const std::int64_t count : counts[group]) {
            table.number(count, count == 0 ? "–" : count_text(count));
        }
    }
    return table.str();
}

} // namespace

std::string verdict(const Subject& subject) {
    const Totals totals = totals_of(subject);
    const Through through = through_of(subject);
    const std::string until = through.day == "–" ? "" : " Data is complete through " + html(through.day) + ".";
    if (subject.outcome.positions.empty()) {
        return "<p class=\"verdict\"><b>Nothing to compare with yet.</b> No entitlements have been imported." + until +
               "</p>\n";
    }
    const std::string possible =
        totals.possible_breaches > 0
            ? " " + plural(totals.possible_breaches, "further breach is", "further breaches are") + " possible."
            : "";
    if (totals.certain_breaches > 0) {
        return "<p class=\"verdict bad\"><b>Not in order.</b> " +
               plural(totals.certain_breaches, "breach is", "breaches are") + " certain." + possible + until + "</p>\n";
    }
    return totals.possible_breaches > 0
               ? "<p class=\"verdict warn\"><b>In order as far as the records prove.</b>" + possible + until + "</p>\n"
               : "<p class=\"verdict good\"><b>In order.</b> What the records prove and what they cannot rule out "
                 "stays "
                 "within what was bought." +
                     until + "</p>\n";
}

std::string tiles(const Subject& subject) {
    const Totals totals = totals_of(subject);
    const auto& outcome = subject.outcome;
    const Through through = through_of(subject);
    std::uint64_t lines = 0;
    for (const auto& bundle : subject.basis.bundles) {
        lines += bundle.lines;
    }
    const std::string evidence =
        tile("Evidence", plural(static_cast<std::int64_t>(subject.basis.bundles.size()), "bundle", "bundles"),
             plural(static_cast<std::int64_t>(lines), "signed line", "signed lines") + ", " +
                 plural(static_cast<std::int64_t>(outcome.sessions), "session", "sessions"));
    return "<dl class=\"facts\">" + tile("Data complete through", through.day, through.remark) +
           tile("To buy now", sums_text(totals.cure), "full term, certain breaches") +
           tile("Exposure of the past", sums_text(totals.exposure), "at list price, by days") +
           tile("Could be saved a year", sums_text(totals.saving),
                plural(totals.by_severity[static_cast<std::size_t>(Severity::waste)], "finding", "findings")) +
           (subject.view.shows("bundles") ? evidence : "") + "</dl>\n";
}

std::string overview_section(const Subject& subject) {
    return "<div class=\"split\"><div>\n<h3>What to do next</h3>\n" + tasks_list(subject) +
           "</div><div>\n<h3>Where the findings are</h3>\n" + groups_table(subject) +
           "<p class=\"note\">Amounts are list prices that were handed in. What to buy and what the past cost are two "
           "amounts and never added.</p></div></div>\n";
}

} // namespace tally::report
