#include "verifier/comply/token_charges.hpp"

#include "verifier/comply/rights.hpp"
#include "verifier/count/windows.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace tally::comply {
namespace {

using inputs::TokenUnit;

class Rates {
public:
    explicit Rates(const Facts& facts) {
        for (const auto& row : facts.inputs->token_rates) {
            (row.feature.empty() ? products_ : features_)[{facts.word(row.product), row.feature}].push_back(&row);
        }
    }
    [[nodiscard]] bool has(std::uint32_t word) const { return products_.contains({word, ""}); }
    [[nodiscard]] bool has_features() const { return !features_.empty(); }
    // The newest that is valid on the day.
    [[nodiscard]] const inputs::TokenRate* on(std::uint32_t word, const std::string& feature, std::int64_t day) const {
        const auto& table = feature.empty() ? products_ : features_;
        const auto found = table.find({word, feature});
        const inputs::TokenRate* best = nullptr;
        for (const auto* row : found == table.end() ? std::vector<const inputs::TokenRate*>{} : found->second) {
            if (row->from <= day && day <= row->to && (best == nullptr || best->from <= row->from)) {
                best = row;
            }
        }
        return best;
    }

private:
    std::map<std::pair<std::uint32_t, std::string>, std::vector<const inputs::TokenRate*>> products_, features_;
};

class Collector {
public:
    explicit Collector(const Facts& facts) : facts_(&facts), rights_(facts), rates_(facts) {}

    std::vector<Charge> run() {
        const auto& days = facts_->days;
        for (std::size_t i = 0; i < days.size();) {
            std::size_t end = i;
            while (end < days.size() && days[end].person == days[i].person && days[end].word == days[i].word) {
                ++end;
            }
            if (days[i].person != count::nobody && rates_.has(days[i].word) && !seats_cover(i, end)) {
                charge_use(i, end);
            }
            i = end;
        }
        if (rates_.has_features()) {
            charge_results();
        }
        for (const auto& row : facts_->inputs->token_adjustments) {
            if (row.tokens < 0 && row.day * text::seconds_per_day < facts_->as_of) {
                charges_.push_back(
                    {row.pool, 0, 0, row.day * text::seconds_per_day, {-row.tokens, -row.tokens}, {}, row.reason});
            }
        }
        std::stable_sort(charges_.begin(), charges_.end(), [this](const Charge& a, const Charge& b) {
            return std::tie(a.at, facts_->persons[a.person].name, facts_->words[a.word]) <
                   std::tie(b.at, facts_->persons[b.person].name, facts_->words[b.word]);
        });
        return std::move(charges_);
    }

private:
    // Spares looking at sessions one by one. A record that names a pool decides by itself.
    [[nodiscard]] bool seats_cover(std::size_t first, std::size_t end) const {
        if (facts_->usage->pools.size() > 1) {
            return false;
        }
        std::set<std::pair<std::uint32_t, unsigned>> kinds;
        for (std::size_t i = first; i < end; ++i) {
            const auto& day = facts_->days[i];
            // A window may begin up to a day after the use it comes from, and use touches only days it is listed on.
            if (kinds.insert({day.device, day.release}).second &&
                !rights_.surely_covered(day, facts_->days[first].day, facts_->days[end - 1].day + 1)) {
                return false;
            }
        }
        return true;
    }

    void charge_use(std::size_t first, std::size_t end) {
        const std::uint32_t person = facts_->days[first].person;
        const std::uint32_t word = facts_->days[first].word;
        std::vector<Stay> stays = facts_->stays_of(person, word);
        stays.erase(std::remove_if(stays.begin(), stays.end(), [](const Stay& stay) { return !stay.is_use(); }),
                    stays.end());
        for (const auto& window : count::windows_of(*facts_, stays).windows) {
            const auto* rate = rates_.on(word, "", text::day_of(window.at));
            if (rate != nullptr && rate->per == TokenUnit::window) {
                charge(*window.stay, window.at, rate->tokens, window.sure);
            }
        }
        std::int64_t last = std::numeric_limits<std::int64_t>::min();
        for (std::size_t i = first; i < end; ++i) {
            const auto& day = facts_->days[i];
            const auto* rate = rates_.on(word, "", day.day);
            if (day.day != last && rate != nullptr && rate->per == TokenUnit::day) {
                const Stay stay = facts_->stays[day.first_stay];
                charge(stay, std::max(stay.upper.from, day.day * text::seconds_per_day), rate->tokens, true);
            }
            last = day.day;
        }
    }

    void charge_results() {
        for (const auto& use : facts_->usage->feature_uses) {
            const auto index = facts_->stays.of_session(use.session);
            if (index == count::Stays::none) {
                continue;
            }
            const Stay stay = facts_->stays[index];
            const auto* rate = rates_.on(stay.word, use.name, text::day_of(stay.upper.from));
            if (rate != nullptr && rate->per == TokenUnit::result) {
                const std::string pool = pool_of(stay, stay.upper.from);
                const auto tokens = rate->tokens * static_cast<std::int64_t>(use.count);
                if (!pool.empty() && tokens > 0) {
                    charges_.push_back({pool,
                                        stay.person,
                                        stay.word,
                                        stay.upper.from,
                                        {tokens, tokens},
                                        {facts_->usage->logs[stay.session->log], use.seq},
                                        ""});
                }
            }
        }
    }

    // Results are paid with tokens whoever has a seat: by the pool that the record names, else by the use's own, else
    // by the first that is valid.
    [[nodiscard]] std::string pool_of(const Stay& stay, std::int64_t at) const {
        const std::string& named = facts_->usage->pools[stay.session->pool];
        if (!named.empty()) {
            return named;
        }
        const Cover cover = rights_.at(stay, {at, at});
        if (cover.takes_tokens()) {
            return std::string(cover.token_pool);
        }
        std::string first;
        for (const auto& pack : facts_->inputs->token_packs) {
            const std::int64_t day = text::day_of(at);
            if (pack.start <= day && day <= pack.end && (first.empty() || pack.pool < first)) {
                first = pack.pool;
            }
        }
        return first;
    }

    void charge(const Stay& stay, std::int64_t at, std::int64_t tokens, bool sure) {
        if (tokens <= 0 || is_child(stay, at)) {
            return;
        }
        const Cover cover = rights_.at(stay, {at, at});
        if (!cover.takes_tokens()) {
            return;
        }
        const bool certain = sure && (cover.right == Right::tokens || cover.right == Right::claim);
        charges_.push_back({std::string(cover.token_pool),
                            stay.person,
                            stay.word,
                            at,
                            {certain ? tokens : 0, tokens},
                            facts_->start_of(stay),
                            ""});
    }

    // A product that another one opened, running there at that moment.
    [[nodiscard]] bool is_child(const Stay& stay, std::int64_t at) const {
        const auto* row = facts_->products[stay.word].row;
        const std::uint32_t parent = row == nullptr || row->child_of.empty() ? 0 : facts_->word(row->child_of);
        if (parent == 0) {
            return false;
        }
        const auto others = facts_->indices_of(stay.person, parent);
        const auto& stays = facts_->stays;
        return std::any_of(others.begin(), others.end(), [&](auto other) {
            return stays.kind(other).is_use() && stays.device(other) == stay.device && stays.upper(other).has(at);
        });
    }

    const Facts* facts_;
    Rights rights_;
    Rates rates_;
    std::vector<Charge> charges_;
};

} // namespace

std::vector<Charge> token_charges(const Facts& facts) {
    if (facts.inputs->token_packs.empty()) {
        return {};
    }
    return Collector(facts).run();
}

} // namespace tally::comply
