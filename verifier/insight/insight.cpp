#include "verifier/insight/insight.hpp"
#include "verifier/insight/reported.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <tuple>

namespace tally::insight {
namespace {

std::string of_what(InsightKind kind) {
    return kind == InsightKind::performance ? "how long start-up, opening and saving take" : "which commands are used";
}

InsightState state_of(const Facts& facts, InsightKind kind, std::uint32_t word, const Reports* reports) {
    const auto& rules = *facts.rules;
    InsightState state;
    state.kind = kind;
    state.product = facts.display_name(word);
    if (reports == nullptr) {
        state.availability = Availability::not_instrumented;
        state.text = "no record says " + of_what(kind);
        state.remedy = "connect the program to its recorder's interface, or a plug-in of it";
        return state;
    }
    const std::int64_t days = facts.as_of_day() - reports->first_day;
    if (days < rules.insight_days) {
        state.availability = Availability::not_enough_time;
        state.has = days;
        state.needs = rules.insight_days;
        state.text = "its programs report for " + std::to_string(days) + " days, " +
                     std::to_string(rules.insight_days) + " are needed";
        state.remedy = "wait until " + text::format_day(reports->first_day + rules.insight_days - 1);
        return state;
    }
    state.availability = Availability::too_few_persons;
    state.has = reports->persons;
    state.needs = rules.insight_persons;
    state.text = "in the review period the programs of " + std::to_string(reports->persons) +
                 (reports->persons == 1 ? " person report, " : " persons report, ") +
                 std::to_string(rules.insight_persons) +
                 " on one release are needed: fewer would show what single persons do";
    state.remedy = "connect the program on more computers";
    return state;
}

} // namespace

Reporters::Reporters(const Facts& facts) : facts_(facts) {
    for (const auto& user : facts.usage->users) {
        persons_.push_back(facts.person(user));
    }
    for (const auto& feature : facts.usage->features) {
        words_.push_back(facts.word(feature));
        releases_.push_back(count::product_of(feature).release);
    }
}

Reporter Reporters::of(const ledger::Reported& by) const {
    const unsigned release =
        by.version != 0 ? count::release_of(facts_.usage->versions[by.version]) : releases_[by.feature];
    return {words_[by.feature], persons_[by.user], release};
}

void say_states(const Facts& facts, InsightKind kind, const std::map<std::uint32_t, Reports>& reports,
                const std::set<std::uint32_t>& told, Insights& insights) {
    std::set<std::uint32_t> words(told);
    for (const auto& day : facts.days) {
        if (day.day >= text::day_of(facts.period.from) && day.day < facts.as_of_day()) {
            words.insert(day.word);
        }
    }
    for (const auto& [word, report] : reports) {
        words.insert(word);
    }
    if (words.empty()) {
        insights.states.push_back({kind,
                                   "",
                                   Availability::no_record,
                                   0,
                                   0,
                                   "nothing was used in the review period",
                                   "accept bundles that reach into it",
                                   {}});
    }
    for (const auto word : words) {
        if (told.count(word) > 0) {
            insights.states.push_back({kind, facts.display_name(word), Availability::available, 0, 0, "", "", {}});
            continue;
        }
        const auto found = reports.find(word);
        insights.states.push_back(state_of(facts, kind, word, found == reports.end() ? nullptr : &found->second));
    }
}

void fill(const Facts& facts, Outcome& outcome) {
    fill_performance(facts, outcome.insights);
    fill_commands(facts, outcome.insights);
    fill_releases(facts, outcome.insights);
    std::stable_sort(outcome.insights.states.begin(), outcome.insights.states.end(), [](const auto& a, const auto& b) {
        return std::tie(a.kind, a.product) < std::tie(b.kind, b.product);
    });
}

} // namespace tally::insight
