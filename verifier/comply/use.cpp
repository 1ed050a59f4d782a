// Use that no right covers (R-RIGHT, R-SCOPE, R-CONTRACTOR, R-VERSION, R-IDENTITY). Every use tells at most one fact: the
// first that fits in the order of R-PRECEDENCE.
#include "verifier/comply/comply.hpp"
#include "verifier/comply/gaps.hpp"
#include "verifier/comply/scope.hpp"
#include "verifier/comply/versions.hpp"
#include "verifier/count/windows.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <tuple>

namespace tally::comply {
namespace {

using inputs::Day;

// What one use tells. `certain`: also by the favourable reading.
struct Fact {
    Code code = Code::use_unassigned;
    Cover cover;
    bool certain = true;
    bool is_signal = false;
    bool by_person = true; // a finding for each person
    std::vector<std::string> reasons;
};

class UseJudge {
public:
    explicit UseJudge(const Facts& facts) : facts_(&facts), rights_(facts), versions_(facts) {}
    void judge_days();
    void judge_claims();
    void judge_features(Outcome& outcome) const;
    void raise_all(Outcome& outcome);

private:
    using Key = std::tuple<Code, std::string, std::uint32_t, std::uint32_t, std::string>;

    void judge_group(const UseDay* first, const UseDay* last);
    void judge_stays(const std::vector<Stay>& stays);
    void judge_stay(const Stay& stay, const Span& at);
    [[nodiscard]] bool is_plain(const UseDay* first, const UseDay* last) const;
    [[nodiscard]] std::optional<Fact> fact_of(const Stay& stay, const Span& at) const;
    [[nodiscard]] std::optional<Fact> uncovered(const Stay& stay, Cover cover, bool certain) const;
    [[nodiscard]] std::optional<Fact> of_education(const Stay& stay) const;
    [[nodiscard]] Fact old_release(const Stay& stay, Cover cover) const;
    [[nodiscard]] bool is_of_a_vendor(std::uint32_t word) const;
    [[nodiscard]] bool is_unknown(std::uint32_t word) const;
    void drop_travels(Gap& gap) const;
    [[nodiscard]] bool is_remedied(const Gap& gap) const;
    [[nodiscard]] const FirstSeen& first_seen() const;

    const Facts* facts_;
    Rights rights_;
    Versions versions_;
    mutable std::optional<FirstSeen> first_seen_; // made when first asked for
    std::map<Key, Gap> gaps_;
    std::deque<Stay> told_; // what the gaps point to; of a use that lost its right while it ran, the rest
    std::map<std::uint32_t, std::vector<Stay>> unknown_; // by feature
};

const FirstSeen& UseJudge::first_seen() const {
    if (!first_seen_) {
        first_seen_.emplace(*facts_);
    }
    return *first_seen_;
}

// Days on which somebody had left and had not come back.
bool had_left(const Person& person, Day day) {
    const auto* entry = person.entry_on(day);
    const bool here =
        entry != nullptr && (!entry->joined || *entry->joined <= day) && (!entry->left || day <= *entry->left);
    return !here && std::any_of(person.directory.begin(), person.directory.end(),
                                [day](const auto* one) { return one->left && *one->left < day; });
}

// A product that no table of products and no line knows; without a table nothing can be called unknown.
bool UseJudge::is_unknown(std::uint32_t word) const {
    return !facts_->inputs->products.empty() && !facts_->products[word].known &&
           std::none_of(facts_->pools.begin(), facts_->pools.end(),
                        [&](const Pool& pool) { return pool.covers(facts_->words[word]); });
}

// Products of vendors with whom there is no agreement are not held against one.
bool UseJudge::is_of_a_vendor(std::uint32_t word) const {
    const auto* row = facts_->products[word].row;
    const auto& agreements = facts_->inputs->agreements;
    return row == nullptr || row->vendor.empty() || agreements.empty() ||
           std::any_of(agreements.begin(), agreements.end(), [row](const auto& agreement) {
               return count::folded(agreement.vendor) == count::folded(row->vendor);
           });
}

std::optional<Fact> UseJudge::of_education(const Stay& stay) const {
    const auto* host = facts_->devices[stay.device].row;
    for (const auto& agreement : facts_->inputs->agreements) {
        const std::string type = count::folded(agreement.vendor_class);
        if (host != nullptr && agreement.id == host->agreement && (type == "education" || type == "training")) {
            return std::nullopt;
        }
    }
    Fact fact;
    fact.code = Code::edu_commercial;
    return fact;
}

// Older than the line covers: allowed to go on where the host had it before, on an unbroken plan (R-VERSION).
Fact UseJudge::old_release(const Stay& stay, Cover cover) const {
    Fact fact;
    fact.code = Code::version_old;
    const auto& line = cover.pool->priced_on(text::day_of(stay.upper.from));
    const Day left = versions_.left_range(line, stay.word, stay.release);
    const Day first = first_seen().of(stay.device, stay.word, stay.release);
    bool interrupted = false;
    for (const auto* one : cover.pool->lines) { // a line that begins after a day on which none was valid
        interrupted = interrupted || (first < one->start_day && one->start_day <= text::day_of(stay.upper.from) &&
                                      cover.pool->ended_before(one->start_day - 1));
    }
    // A host that was not watched when the line left the release behind may have had it then.
    const bool watched = first_seen().of(stay.device) < left;
    fact.is_signal = !interrupted && (first < left || !watched);
    fact.by_person = !fact.is_signal;
    fact.cover = std::move(cover);
    return fact;
}

std::optional<Fact> UseJudge::uncovered(const Stay& stay, Cover cover, bool certain) const {
    Fact fact;
    fact.certain = certain;
    switch (cover.lack) {
    case Lack::nothing:
        return std::nullopt;
    case Lack::territory:
        fact.code = Code::out_of_territory;
        fact.by_person = false;
        cover.place = cover.place.empty() ? "an unknown country" : cover.place;
        break;
    case Lack::product:
        if (is_unknown(stay.word) || !is_of_a_vendor(stay.word)) {
            return std::nullopt;
        }
        fact.code = Code::out_of_scope_product;
        fact.by_person = false;
        break;
    case Lack::expired:
        fact.code = Code::expired_use;
        break;
    case Lack::unassigned: {
        const auto& agreement = cover.pool->first().agreement;
        const bool listed = facts_->inputs->directory.empty() || facts_->persons[stay.person].in_directory();
        fact.reasons = outsider_reasons(*facts_, stay, agreement);
        fact.code = !listed                 ? Code::unknown_account
                    : !fact.reasons.empty() ? Code::contractor_unassigned
                                            : Code::use_unassigned;
        break;
    }
    case Lack::edition:
        fact.code = Code::edition_above;
        break;
    case Lack::newer:
        fact.code = Code::version_newer;
        break;
    case Lack::older:
        if (cover.pool != nullptr) {
            return old_release(stay, std::move(cover));
        }
        fact.code = Code::version_old;
        break;
    }
    fact.cover = std::move(cover);
    return fact;
}

std::optional<Fact> UseJudge::fact_of(const Stay& stay, const Span& at) const {
    if (had_left(facts_->persons[stay.person], text::day_of(at.from))) {
        Fact fact;
        fact.code = Code::use_after_leaving;
        fact.cover.pool = rights_.at(stay, at).pool;
        return fact;
    }
    if (facts_->products[stay.word].type == inputs::ProductClass::education) {
        return of_education(stay);
    }
    if (facts_->pools.empty()) {
        return std::nullopt; // nothing was handed in: no use can be called uncovered
    }
    Cover cover = rights_.at(stay, at);
    const bool doubtful = cover.covered() && (cover.lack == Lack::unassigned || cover.lack == Lack::territory);
    return uncovered(stay, std::move(cover), !doubtful);
}

void UseJudge::judge_stay(const Stay& stay, const Span& at) {
    auto fact = fact_of(stay, at);
    if (!fact) {
        return;
    }
    const Pool* pool = fact->cover.pool;
    const std::uint32_t person = fact->by_person ? stay.person : count::nobody;
    const std::uint32_t apart = fact->code == Code::version_old && !fact->by_person ? stay.release : person;
    const std::string line = pool == nullptr ? "" : pool->first().agreement + '\n' + pool->label;
    Gap& gap = gaps_[{fact->code, line, stay.word, apart, fact->cover.place + (fact->is_signal ? "\n" : "")}];
    gap.code = fact->code;
    gap.pool = pool;
    gap.word = stay.word;
    gap.person = person;
    gap.place = fact->cover.place;
    gap.is_signal = fact->is_signal;
    gap.reasons.insert(fact->reasons.begin(), fact->reasons.end());
    const auto add = [&](std::vector<const Stay*>& stays) {
        if (stays.empty() || stays.back()->index != stay.index) {
            Stay& told = told_.emplace_back(stay);
            if (at.from > stay.upper.from) { // what ran before that was covered
                told.lower.from = told.upper.from = at.from;
            }
            stays.push_back(&told);
        }
    };
    add(gap.stays);
    if (fact->certain) {
        add(gap.certain);
    }
}

// Each use as it begins, and again at each window that opens while it runs.
void UseJudge::judge_stays(const std::vector<Stay>& stays) {
    std::map<const Stay*, std::vector<std::int64_t>> later;
    for (const auto& window : count::windows_of(*facts_, stays).windows) {
        if (window.is_continuation && window.sure) {
            later[window.stay].push_back(window.at);
        }
    }
    for (const auto& stay : stays) {
        judge_stay(stay, {stay.upper.from, std::max(stay.upper.from, stay.lower.from)});
        if (const auto more = later.find(&stay); more != later.end()) {
            for (const auto at : more->second) {
                judge_stay(stay, {at, at});
            }
        }
    }
}

// One person and product: nothing can be said against any of it, whatever the hours.
bool UseJudge::is_plain(const UseDay* first, const UseDay* last) const {
    const Person& person = facts_->persons[first->person];
    const auto& product = facts_->products[first->word];
    const bool ever_left = std::any_of(person.directory.begin(), person.directory.end(), [last](const auto* entry) {
        return entry->left && *entry->left < (last - 1)->day;
    });
    if (product.type == inputs::ProductClass::education || ever_left) {
        return false;
    }
    std::map<std::pair<std::uint32_t, unsigned>, std::pair<const UseDay*, Day>> kinds;
    for (const auto* row = first; row != last; ++row) {
        kinds.try_emplace({row->device, row->release}, row, row->day).first->second.second = row->day;
    }
    return std::all_of(kinds.begin(), kinds.end(), [&](const auto& kind) {
        const auto& [row, until] = kind.second;
        return rights_.surely_covered(*row, row->day, until);
    });
}

void UseJudge::judge_group(const UseDay* first, const UseDay* last) {
    if (is_plain(first, last)) {
        return;
    }
    std::vector<Stay> stays = facts_->stays_of(first->person, first->word);
    stays.erase(std::remove_if(stays.begin(), stays.end(), [](const Stay& stay) { return !stay.is_use(); }),
                stays.end());
    judge_stays(stays);
}

void UseJudge::judge_days() {
    const UseDay* const end = facts_->days.data() + facts_->days.size();
    for (const UseDay* first = facts_->days.data(); first != end;) {
        const UseDay* last = std::find_if(
            first, end, [first](const UseDay& row) { return row.person != first->person || row.word != first->word; });
        judge_group(first, last);
        first = last;
    }
}

// Claims of what no program was seen of stand for its use; and codes that nobody knows are listed.
void UseJudge::judge_claims() {
    std::vector<bool> used(facts_->words.size()), unknown(facts_->words.size());
    for (const auto& row : facts_->days) {
        used[row.word] = true;
    }
    for (std::uint32_t word = 1; word < unknown.size(); ++word) {
        unknown[word] = is_unknown(word);
    }
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<Stay>> claims;
    const auto& stays = facts_->stays;
    const auto is_alone = [&](const StayKind& kind) { return !kind.is_use() && !kind.borrowed && !used[kind.word]; };
    const bool any = std::any_of(stays.kinds().begin(), stays.kinds().end(),
                                 [&](const StayKind& kind) { return is_alone(kind) || unknown[kind.word]; });
    for (std::uint32_t i = 0; any && i < stays.size(); ++i) {
        const StayKind& kind = stays.kind(i);
        if (is_alone(kind)) {
            claims[{kind.person, kind.word}].push_back(stays[i]);
        }
        if (unknown[kind.word]) {
            unknown_[kind.session->feature].push_back(stays[i]);
        }
    }
    for (const auto& [key, of_one] : claims) {
        judge_stays(of_one);
    }
}

// Days away from where the line allows do not count up to rules::Values::travel_days of a person in a year.
void UseJudge::drop_travels(Gap& gap) const {
    std::map<std::pair<std::uint32_t, std::string>, std::set<Day>> away;
    const auto year_of = [](const Stay& stay) { return text::format_day(text::day_of(stay.upper.from)).substr(0, 4); };
    for (const auto* stay : gap.stays) {
        away[{stay->person, year_of(*stay)}].insert(text::day_of(stay->upper.from));
    }
    const auto is_travel = [&](const Stay* stay) {
        return static_cast<std::int64_t>(away[{stay->person, year_of(*stay)}].size()) <= facts_->rules->travel_days;
    };
    for (auto* stays : {&gap.stays, &gap.certain}) {
        stays->erase(std::remove_if(stays->begin(), stays->end(), is_travel), stays->end());
    }
}

// Everybody in it would be covered if he used it now.
bool UseJudge::is_remedied(const Gap& gap) const {
    const bool can_be = gap.code == Code::use_unassigned || gap.code == Code::contractor_unassigned ||
                        gap.code == Code::unknown_account || gap.code == Code::expired_use ||
                        gap.code == Code::out_of_scope_product;
    const Span now{facts_->as_of - 1, facts_->as_of - 1};
    return can_be && std::all_of(gap.stays.begin(), gap.stays.end(), [&](const Stay* stay) {
               const Cover cover = rights_.at(*stay, now);
               return cover.covered() && cover.lack == Lack::nothing;
           });
}

void UseJudge::raise_all(Outcome& outcome) {
    for (auto& [key, gap] : gaps_) {
        if (gap.code == Code::out_of_territory) {
            drop_travels(gap);
        }
        if (!gap.stays.empty()) {
            gap.is_remedied = is_remedied(gap);
            raise(*facts_, gap, outcome);
        }
    }
    for (const auto& [feature, stays] : unknown_) {
        raise_unknown(*facts_, feature, stays, outcome);
    }
}

// Features inside sessions that need an add-on of their own (R-VERSION).
void UseJudge::judge_features(Outcome& outcome) const {
    std::map<std::pair<std::uint32_t, std::string>, FeatureGap> gaps;
    if (facts_->inputs->addons.empty() || facts_->pools.empty()) {
        return;
    }
    for (const auto& use : facts_->usage->feature_uses) {
        const auto index = facts_->stays.of_session(use.session);
        if (index == count::Stays::none) {
            continue;
        }
        const Stay stay = facts_->stays[index];
        for (const auto& row : facts_->inputs->addons) {
            if (count::folded(row.feature) != count::folded(use.name) ||
                (!row.product.empty() && facts_->word(row.product) != stay.word) ||
                rights_.of_product(stay, facts_->word(row.addon)).covered() || !rights_.of(stay).covered()) {
                continue;
            }
            FeatureGap& gap = gaps[{stay.person, row.addon}];
            gap.row = &row;
            gap.agreement = rights_.of(stay).pool == nullptr ? "" : rights_.of(stay).pool->first().agreement;
            gap.uses.emplace(index, use.seq);
        }
    }
    for (const auto& [key, gap] : gaps) {
        raise(*facts_, gap, outcome);
    }
}

} // namespace

void judge_use(const Facts& facts, Outcome& outcome) {
    UseJudge judge(facts);
    judge.judge_days();
    judge.judge_claims();
    judge.raise_all(outcome);
    judge.judge_features(outcome);
}

} // namespace tally::comply
