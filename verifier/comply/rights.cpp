// R-RIGHT: which right covers a use, and what is found where none does (R-SCOPE, R-NAMED, R-VERSION; R-PRECEDENCE:
// out of scope, then expired, then unassigned, then version; one fact, one finding).
#include "verifier/comply/comply.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace tally::comply {
namespace {

enum class Cover : std::uint8_t { covered, possibly_unassigned, unassigned, expired, out_of_scope };

struct Judgement {
    Cover cover = Cover::covered;
    const Pool* pool = nullptr;
};

class Judge {
public:
    explicit Judge(const Facts& facts) : facts_(&facts), rows_(facts.persons.size()) {
        std::unordered_map<std::string, std::vector<const inputs::Assignment*>> by_name;
        for (const auto& row : facts.inputs->assignments) {
            by_name[person_key(facts, row.user)].push_back(&row);
        }
        for (std::size_t person = 0; person < rows_.size(); ++person) {
            const auto found = by_name.find(person_key(facts, facts.persons[person].name));
            if (found != by_name.end()) {
                rows_[person] = found->second;
            }
        }
    }

    Judgement at(const Stay& stay, const Span& instant) const {
        const std::int64_t day = text::day_of(instant.from);
        const Pool* named = nullptr;
        const Pool* ended = nullptr;
        Cover best = Cover::unassigned;
        for (const auto& pool : facts_->pools) {
            if (!covers(pool, stay)) {
                continue;
            }
            if (!pool.valid_on(day)) {
                ended = ended == nullptr && pool.ended_before(day) ? &pool : ended;
            } else if (pool.first().metric == inputs::Metric::concurrent) {
                return {Cover::covered, &pool};
            } else {
                const Cover cover = assigned(pool, stay, instant);
                if (named == nullptr || cover < best) {
                    named = &pool;
                    best = cover;
                }
            }
        }
        if (named != nullptr) {
            return {best, named};
        }
        return ended != nullptr ? Judgement{Cover::expired, ended} : Judgement{Cover::out_of_scope, nullptr};
    }

    // As it begins; a use that is covered then may run on into the day after its line's end.
    [[nodiscard]] Judgement over(const Stay& stay) const {
        const Judgement start = at(stay, {stay.upper.from, std::max(stay.upper.from, stay.lower.from)});
        if (start.cover != Cover::covered || stay.lower.to <= stay.lower.from) {
            return start;
        }
        const Judgement end = at(stay, {stay.lower.to - 1, stay.lower.to - 1});
        return end.cover == Cover::expired ? end : start;
    }

private:
    [[nodiscard]] bool covers(const Pool& pool, const Stay& stay) const {
        return pool.covers(facts_->words[stay.word]) ||
               (stay.package_word != 0 && pool.covers(facts_->words[stay.package_word]));
    }

    // Favourable: assigned at any instant at which the session may have begun. Unfavourable: at every one.
    [[nodiscard]] Cover assigned(const Pool& pool, const Stay& stay, const Span& instant) const {
        Cover cover = Cover::unassigned;
        for (const auto* assignment : rows_[stay.person]) {
            const auto& row = *assignment;
            if (!assigned_from(*facts_, pool, row)) {
                continue;
            }
            const bool surely =
                row.assigned.to <= instant.from && (!row.unassigned || instant.to < row.unassigned->from);
            const bool maybe =
                row.assigned.from <= instant.to && (!row.unassigned || instant.from < row.unassigned->to);
            if (surely) {
                return Cover::covered;
            }
            cover = maybe ? Cover::possibly_unassigned : cover;
        }
        return cover;
    }

    const Facts* facts_;
    std::vector<std::vector<const inputs::Assignment*>> rows_; // of each person
};

// Uses that raise the same finding.
struct Group {
    const Pool* pool = nullptr;
    std::uint32_t word = 0, person = 0;
    std::vector<const Stay*> stays, certain; // the second also by the favourable reading
};
// (cover, pool label, word, person or release or 0)
using GroupKey = std::tuple<Cover, std::string, std::uint32_t, std::uint32_t>;

void add(std::map<GroupKey, Group>& groups, const Judgement& judgement, const Stay& stay, std::uint32_t detail) {
    const Cover kind = judgement.cover == Cover::possibly_unassigned ? Cover::unassigned : judgement.cover;
    const std::string label =
        judgement.pool == nullptr ? "" : judgement.pool->first().agreement + '\n' + judgement.pool->label;
    Group& group = groups[{kind, label, stay.word, detail}];
    group.pool = judgement.pool;
    group.word = stay.word;
    group.person = stay.person;
    group.stays.push_back(&stay);
    if (judgement.cover != Cover::possibly_unassigned) {
        group.certain.push_back(&stay);
    }
}

std::int64_t persons_in(const Group& group, bool fold) {
    std::set<std::uint32_t> persons;
    for (const auto* stay : group.stays) {
        persons.insert(fold ? stay->folded : stay->session->user);
    }
    return static_cast<std::int64_t>(persons.size());
}

Finding finding_of(const Facts& facts, const Group& group) {
    Finding finding;
    finding.product = facts.words[group.word];
    finding.when = {group.stays.front()->upper.from, 0};
    for (const auto* stay : group.stays) {
        finding.when.to = std::max({finding.when.to, stay->lower.to, stay->upper.from + 1});
        finding.records_total += 1;
        if (finding.records.size() < rules::evidence_kept) {
            finding.records.push_back(facts.start_of(*stay));
        }
    }
    if (group.pool != nullptr) {
        finding.agreement = group.pool->first().agreement;
        finding.line = group.pool->label;
        for (const auto* line : group.pool->lines) {
            finding.rows.push_back(line->at);
        }
    }
    finding.certainty = group.certain.empty() ? Certainty::possible : Certainty::certain;
    finding.severity = !group.certain.empty() ? Severity::breach : Severity::signal;
    return finding;
}

void add_amounts(Finding& finding, const Group& group, std::int64_t seats, std::int64_t days) {
    const auto& line = group.pool->priced_on(text::day_of(finding.when.from));
    if (line.list_price_units && finding.certainty == Certainty::certain) {
        const auto unit = text::Decimal::of_units(*line.list_price_units);
        finding.currency = line.currency;
        finding.exposure = unit.prorated(seats, days);
        finding.cure = unit.times(finding.state == "remedied" ? 0 : seats);
    }
}

void raise_products(const Facts& facts, Cover cover, const Group& group, Outcome& outcome) {
    Finding finding = finding_of(facts, group);
    finding.subject = finding.product;
    finding.unit = "persons";
    finding.quantity = {persons_in(group, true), persons_in(group, false)};
    finding.rule = rules::scope;
    const std::string sessions =
        std::to_string(group.stays.size()) + (group.stays.size() == 1 ? " session" : " sessions");
    if (cover == Cover::expired) {
        finding.code = Code::expired_use;
        std::int64_t last = 0;
        for (const auto* line : group.pool->lines) {
            last = std::max(last, line->end_day);
        }
        finding.text = sessions + " after the line ended on " + text::format_day(last);
    } else {
        finding.code = Code::out_of_scope_product;
        finding.text = sessions + " of a product that no line valid on the day covers";
    }
    add_finding(outcome, std::move(finding));
}

void raise_unassigned(const Facts& facts, const Judge& judge, const Group& group, Outcome& outcome) {
    Finding finding = finding_of(facts, group);
    finding.code = Code::use_unassigned;
    finding.rule = rules::named;
    finding.subject = facts.persons[group.person].name;
    finding.unit = "days";
    finding.quantity = {days_used(facts, group.certain).lower, days_used(facts, group.stays).upper};
    finding.text = std::to_string(group.stays.size()) + (group.stays.size() == 1 ? " session" : " sessions") +
                   " without an assignment to the product";
    const bool now = judge.at(*group.stays.back(), {facts.as_of - 1, facts.as_of - 1}).cover == Cover::covered;
    finding.state = now ? "remedied" : "open";
    add_amounts(finding, group, 1, finding.quantity.lower);
    add_finding(outcome, std::move(finding));
}

// A release outside the range of the line that covers it. Older ones are a signal: what the vendor allows depends on
// when that release was first used.
void raise_versions(const Facts& facts, const std::map<GroupKey, Group>& groups, Code code, Outcome& outcome) {
    for (const auto& [key, group] : groups) {
        Finding finding = finding_of(facts, group);
        finding.code = code;
        finding.rule = rules::version;
        finding.subject = finding.product + " " + std::to_string(group.stays.front()->release);
        finding.severity = code == Code::version_newer ? Severity::breach : Severity::signal;
        finding.unit = "persons";
        finding.quantity = {persons_in(group, true), persons_in(group, false)};
        finding.text = "release " + std::to_string(group.stays.front()->release) + " is " +
                       (code == Code::version_newer ? "newer" : "older") + " than the line allows";
        add_finding(outcome, std::move(finding));
    }
}

// Every use once: a claim beside the use it is for is not a second one.
std::vector<const Stay*> uses_of(const Facts& facts) {
    std::set<std::uint32_t> words_with_use;
    for (const auto& stay : facts.stays) {
        if (stay.is_use()) {
            words_with_use.insert(stay.word);
        }
    }
    std::vector<const Stay*> uses;
    for (const auto& stay : facts.stays) {
        if (stay.is_use() || !words_with_use.contains(stay.word)) {
            uses.push_back(&stay);
        }
    }
    return uses;
}

struct Uses {
    std::map<GroupKey, Group> uncovered, newer, older;
};

void sort_in(Uses& uses, const Judgement& judgement, const Stay& stay) {
    if (judgement.cover != Cover::covered) {
        const bool by_person = judgement.cover == Cover::unassigned || judgement.cover == Cover::possibly_unassigned;
        add(uses.uncovered, judgement, stay, by_person ? stay.person : 0);
        return;
    }
    const auto& line = judgement.pool->priced_on(text::day_of(stay.upper.from));
    const auto release = static_cast<std::int64_t>(stay.release);
    const bool fixed = line.versions.rule == inputs::Versions::Rule::fixed;
    if (release != 0 && fixed && line.versions.max != 0 && release > line.versions.max) {
        add(uses.newer, judgement, stay, stay.release);
    } else if (release != 0 && fixed && release < line.versions.min) {
        add(uses.older, judgement, stay, stay.release);
    }
}

} // namespace

void judge_use(const Facts& facts, Outcome& outcome) {
    if (facts.pools.empty()) {
        return; // nothing was handed in: no use can be called uncovered
    }
    const Judge judge(facts);
    Uses uses;
    for (const Stay* stay : uses_of(facts)) {
        sort_in(uses, judge.over(*stay), *stay);
    }
    for (const auto& [key, group] : uses.uncovered) {
        if (std::get<0>(key) == Cover::unassigned) {
            raise_unassigned(facts, judge, group, outcome);
        } else {
            raise_products(facts, std::get<0>(key), group, outcome);
        }
    }
    raise_versions(facts, uses.newer, Code::version_newer, outcome);
    raise_versions(facts, uses.older, Code::version_old, outcome);
}

} // namespace tally::comply
