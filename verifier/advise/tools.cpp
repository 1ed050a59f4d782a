// R-DUPLICATE and R-OUTLIER: two tools for one function, and releases that hardly anybody uses.
#include "verifier/advise/roster.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tally::advise {
namespace {

using text::day_of;
using text::seconds_per_day;

std::string agreement_of(const Facts& facts, std::uint32_t word) {
    for (const auto& pool : facts.pools) {
        if (pool.covers(facts.words[word])) {
            return pool.first().agreement;
        }
    }
    return "";
}

// The first days of the complete months, and that of the month of as_of behind them.
std::vector<Day> month_starts(const Facts& facts, std::int64_t months) {
    std::vector<Day> starts;
    for (std::int64_t back = months; back >= 0; --back) {
        starts.push_back(day_of(count::complete_months(facts, back).from));
    }
    return starts;
}

// Whether the person used it on enough days of every month.
bool is_regular(const Facts& facts, std::uint32_t person, std::uint32_t word, const std::vector<Day>& starts) {
    const auto [begin, end] = facts.days_of(person, word);
    for (std::size_t month = 0; month + 1 < starts.size(); ++month) {
        std::set<Day> days;
        for (const auto* row = begin; row != end; ++row) {
            if (!row->automation && row->day >= starts[month] && row->day < starts[month + 1]) {
                days.insert(row->day);
            }
        }
        if (static_cast<std::int64_t>(days.size()) < facts.rules->duplicate_days_a_month) {
            return false;
        }
    }
    return true;
}

void judge_function(const Facts& facts, const std::string& function, const std::map<std::uint32_t, RowRef>& products,
                    const std::vector<Day>& starts, Outcome& outcome) {
    Finding finding;
    std::set<std::uint32_t> tools;
    std::vector<std::uint32_t> users;
    for (std::uint32_t person = 1; person < facts.persons.size(); ++person) {
        std::vector<std::uint32_t> regular;
        for (const auto& [word, row] : products) {
            if (facts.persons[person].listed_account && is_regular(facts, person, word, starts)) {
                regular.push_back(word);
            }
        }
        if (regular.size() >= 2) {
            users.push_back(person);
            finding.persons.push_back(facts.persons[person].name);
            tools.insert(regular.begin(), regular.end());
        }
    }
    if (tools.empty()) {
        return;
    }
    finding.code = Code::duplicate_tool;
    finding.severity = severity_of(finding.code);
    finding.rule = rules::duplicate;
    finding.agreement = agreement_of(facts, *tools.begin());
    finding.subject = function;
    const auto number = static_cast<std::int64_t>(finding.persons.size());
    finding.quantity = {count::people_in(facts, std::move(users)).lower, number};
    finding.unit = "persons";
    finding.when = {starts.front() * seconds_per_day, starts.back() * seconds_per_day};
    finding.since = 0; // one standing fact of the function
    std::string names;
    for (const auto tool : tools) {
        names += (names.empty() ? "" : ", ") + facts.display_name(tool);
        finding.rows.push_back(products.at(tool));
    }
    finding.text = std::to_string(number) + (number == 1 ? " person uses " : " people use ") +
                   std::to_string(tools.size()) + " tools for the same function, each on at least " +
                   std::to_string(facts.rules->duplicate_days_a_month) + " days of every month";
    finding.details = {{"tools", names}};
    finding.remedy = "Settle on one of them, and do not renew the other for these people";
    add_finding(outcome, std::move(finding));
}

void judge_duplicates(const Facts& facts, Outcome& outcome) {
    std::map<std::string, std::map<std::uint32_t, RowRef>> functions;
    for (const auto& row : facts.inputs->functions) {
        if (const auto word = facts.word(row.product); word != 0) {
            functions[row.function].emplace(word, row.at);
        }
    }
    const auto starts = month_starts(facts, facts.rules->duplicate_months);
    for (const auto& [function, products] : functions) {
        if (products.size() >= 2) {
            judge_function(facts, function, products, starts, outcome);
        }
    }
}

// The team of somebody: the directory's, else that of his newest assignment.
std::string team_of(const Facts& facts, std::uint32_t person) {
    const auto* entry = facts.persons[person].entry_on(facts.as_of_day() - 1);
    if (entry != nullptr && !entry->team.empty()) {
        return entry->team;
    }
    for (auto row = facts.assignments_of[person].rbegin(); row != facts.assignments_of[person].rend(); ++row) {
        if (!(*row)->team.empty()) {
            return (*row)->team;
        }
    }
    return "";
}

struct ReleaseUse {
    std::int64_t days = 0; // of persons
    std::set<std::uint32_t> persons;
    std::vector<std::uint32_t> stays;
    Day first = 0;
};
using ByRelease = std::map<unsigned, ReleaseUse>;

void raise_outlier(const Facts& facts, const std::string& team, std::uint32_t word, unsigned release,
                   const ReleaseUse& use, std::int64_t of, const Span& months, Outcome& outcome) {
    Finding finding;
    finding.code = Code::outlier_version;
    finding.severity = severity_of(finding.code);
    finding.rule = rules::outlier;
    finding.agreement = agreement_of(facts, word);
    finding.product = facts.display_name(word);
    const std::string version = finding.product + " " + std::to_string(release);
    finding.subject = team.empty() ? version : team + "/" + version;
    finding.quantity = {use.days, use.days};
    finding.unit = "days";
    finding.when = months;
    finding.since = use.first * seconds_per_day;
    for (const auto person : use.persons) {
        finding.persons.push_back(facts.persons[person].name);
    }
    for (const auto stay : use.stays) {
        finding.records.push_back(facts.start_of(stay));
    }
    finding.text = "release " + std::to_string(release) + " on " + std::to_string(use.days) + " of " +
                   std::to_string(of) + " days on which people used the product";
    finding.details = {{"of the release", std::to_string(use.days)}, {"user_days", std::to_string(of)}};
    finding.remedy = "Move these people to the release that the team uses, and remove the other";
    add_finding(outcome, std::move(finding));
}

void judge_outliers(const Facts& facts, Outcome& outcome) {
    const Span months = count::complete_months(facts, facts.rules->outlier_months);
    std::map<std::pair<std::string, std::uint32_t>, ByRelease> uses;
    const UseDay* last = nullptr; // rows of one person, product and day stand together, by computer
    std::vector<unsigned> releases;
    std::uint32_t person = count::nobody, word = 0;
    ByRelease* by_release = nullptr; // of the person's team and the word
    for (const auto& row : facts.days) {
        if (row.release == 0 || row.automation || !months.has(row.day * seconds_per_day)) {
            continue;
        }
        if (last == nullptr || last->person != row.person || last->word != row.word || last->day != row.day) {
            releases.clear();
        }
        last = &row;
        if (std::find(releases.begin(), releases.end(), row.release) != releases.end()) {
            continue; // the same release on another computer is no second day
        }
        releases.push_back(row.release);
        if (by_release == nullptr || person != row.person || word != row.word) {
            person = row.person;
            word = row.word;
            by_release = &uses[{team_of(facts, person), word}];
        }
        ReleaseUse& use = (*by_release)[row.release];
        use.first = use.days++ == 0 ? row.day : std::min(use.first, row.day);
        if (use.stays.size() < rules::evidence_kept) {
            use.persons.insert(row.person);
            use.stays.push_back(row.first_stay);
        }
    }
    for (const auto& [key, releases_of] : uses) {
        std::int64_t of = 0;
        for (const auto& [release, use] : releases_of) {
            of += use.days;
        }
        for (const auto& [release, use] : releases_of) {
            if (use.days * 100 < of * facts.rules->outlier_percent) {
                raise_outlier(facts, key.first, key.second, release, use, of, months, outcome);
            }
        }
    }
}

} // namespace

void judge_tools(const Facts& facts, Outcome& outcome) {
    judge_duplicates(facts, outcome);
    judge_outliers(facts, outcome);
}

} // namespace tally::advise
