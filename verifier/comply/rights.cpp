#include "verifier/comply/rights.hpp"

#include "tally/text/date.hpp"
#include "verifier/comply/scope.hpp"
#include "verifier/comply/versions.hpp"
#include "verifier/count/seats.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

namespace tally::comply {

using inputs::Day;
using inputs::Metric;

namespace {

// A line that names a product: itself, or through a collection or package that contains it.
struct Way {
    std::uint32_t pool = 0;
    bool whole = false; // by a collection
};

// What decides: a session without its times.
struct Use {
    std::uint32_t word = 0, package_word = 0, person = 0, device = 0, log = 0, token_pool = 0;
    unsigned release = 0;
};

Use use_of(const Stay& stay) {
    return {stay.word,         stay.package_word,  stay.person, stay.device,
            stay.session->log, stay.session->pool, stay.release};
}

// How good an answer is; lower is better, and at the same rank the earlier right is.
enum class Rank : std::uint8_t {
    sure,
    doubtful,      // by the favourable reading only
    other_release, // a seat or a pool, of another release
    tokens,
    other_place,
    host_of_other_release,
    lower_edition,
    not_assigned,
    no_line_here,
    line_of_other_release,
    ended,
    no_line,
};

struct Answer {
    Rank rank = Rank::no_line;
    Cover cover;
};

Answer answer(Rank rank, Right right, Lack lack, const Pool* pool, std::string place = "") {
    return {rank, {right, lack, pool, {}, std::move(place)}};
}

// Pools are visited in order, so of equals the first stands.
void improve(Answer& best, Answer other) {
    const auto better = [](const Answer& a, const Answer& b) {
        return std::tie(a.rank, a.cover.right) < std::tie(b.rank, b.cover.right);
    };
    if (better(other, best)) {
        best = std::move(other);
    }
}

} // namespace

class Rights::Index {
public:
    explicit Index(const Facts& facts);
    [[nodiscard]] Cover decide(const Use& use, const Span& at) const;
    // Days of [first, last] on which an answer about the product may change, `first` among them.
    [[nodiscard]] std::vector<Day> turns(std::uint32_t word, Day first, Day last) const;
    [[nodiscard]] const Facts& facts() const { return *facts_; }

private:
    void add_ways();
    void consider(const Use& use, const Span& at, const Way& way, bool claimed, Answer& best) const;
    [[nodiscard]] Answer in_place(const Use& use, Day day, const Pool& pool, const inputs::Entitlement& line,
                                  Answer inside, Rank outside) const;
    void consider_lines(const Use& use, const Span& at, Answer& best) const;
    void consider_host(const Use& use, Day day, Answer& best) const;
    [[nodiscard]] const inputs::TokenPack* pack_for(const Use& use, Day day, const std::string& claimed) const;
    void consider_tokens(const Use& use, Day day, Answer& best) const;
    void consider_edition(const Use& use, const Span& at, Answer& best) const;
    [[nodiscard]] Answer on_host(const Use& use, Day day, const Pool& pool, const inputs::Entitlement& line) const;
    [[nodiscard]] std::optional<bool> seated(const Use& use, const Span& at, std::uint32_t pool) const;
    [[nodiscard]] const Pool* pool_of_line(const std::string& line, std::uint32_t word) const;
    [[nodiscard]] const FirstSeen& first_seen() const;

    const Facts* facts_;
    Versions versions_;
    std::vector<std::vector<Way>> ways_;                                      // of each product
    std::vector<std::vector<count::Seat>> seats_;                             // of each person
    std::map<std::uint32_t, std::vector<const inputs::PerpetualRight*>> own_; // of each device
    std::map<std::string, std::vector<const inputs::PerpetualRight*>> served_;
    std::map<std::uint32_t, std::vector<const inputs::TokenRate*>> rates_; // of each product
    mutable std::optional<FirstSeen> first_seen_;                          // made when first asked for
};

Rights::Index::Index(const Facts& facts) : facts_(&facts), versions_(facts) {
    add_ways();
    seats_.resize(facts.persons.size());
    for (const auto& seat : count::seats_of(facts)) {
        seats_[seat.person].push_back(seat);
    }
    for (const auto& rate : facts.inputs->token_rates) {
        if (rate.feature.empty()) {
            rates_[facts.word(rate.product)].push_back(&rate);
        }
    }
    std::map<std::string, std::uint32_t> devices;
    for (std::uint32_t i = 1; i < facts.devices.size(); ++i) {
        devices.emplace(count::folded(facts.devices[i].name), i);
    }
    for (const auto& row : facts.inputs->perpetual) {
        const auto device = devices.find(count::folded(row.host));
        if (!row.host.empty() && device != devices.end()) {
            own_[device->second].push_back(&row);
        } else if (row.host.empty() && !row.server.empty()) {
            served_[count::folded(row.server)].push_back(&row);
        }
    }
}

void Rights::Index::add_ways() {
    const auto& facts = *facts_;
    ways_.resize(facts.words.size());
    const auto add = [&](std::uint32_t word, std::uint32_t by, bool whole) {
        for (std::uint32_t i = 0; i < facts.pools.size(); ++i) {
            if (facts.pools[i].first().metric != Metric::token && facts.pools[i].covers(facts.words[by])) {
                ways_[word].push_back({i, whole});
            }
        }
    };
    for (std::uint32_t word = 1; word < facts.words.size(); ++word) {
        const ProductFact& product = facts.products[word];
        add(word, word, false);
        for (const auto collection : product.collections) {
            add(word, collection, true);
        }
        // What another program starts by itself is used under that one's right.
        const auto parent = product.row == nullptr ? 0 : facts.word(product.row->child_of);
        if (parent != 0 && parent != word) {
            add(word, parent, false);
        }
    }
}

const FirstSeen& Rights::Index::first_seen() const {
    if (!first_seen_) {
        first_seen_.emplace(*facts_);
    }
    return *first_seen_;
}

// Whether the person has a seat of the pool: for certain, perhaps (by dates only), or not at all.
std::optional<bool> Rights::Index::seated(const Use& use, const Span& at, std::uint32_t pool) const {
    std::optional<bool> seated;
    for (const auto& seat : seats_[use.person]) {
        if (seat.pool == pool) {
            const bool surely = seat.lower.from <= at.from && at.to < seat.lower.to;
            const bool maybe = seat.upper.from <= at.to && at.from < seat.upper.to;
            seated = surely ? std::optional(true) : maybe && !seated ? std::optional(false) : seated;
        }
    }
    return seated;
}

// `inside` where the line allows the place; otherwise what is said of another place.
Answer Rights::Index::in_place(const Use& use, Day day, const Pool& pool, const inputs::Entitlement& line,
                               Answer inside, Rank outside) const {
    const Allowed allowed = allowed_at(*facts_, line, whereabouts_of(*facts_, use.device, use.log), day);
    if (allowed.within == Within::no) {
        return answer(outside, Right::none, Lack::territory, &pool, allowed.place);
    }
    if (allowed.within == Within::unknown && inside.rank == Rank::sure) {
        inside.rank = Rank::doubtful;
        inside.cover.lack = Lack::territory;
    }
    return inside;
}

// A perpetual or device line: whoever sits before the host, but only that release.
Answer Rights::Index::on_host(const Use& use, Day day, const Pool& pool, const inputs::Entitlement& line) const {
    const Right right = pool.first().metric == Metric::perpetual ? Right::perpetual : Right::device;
    const Fit fit = versions_.fit_of(pool, use.word, use.release, day);
    if (fit == Fit::inside) {
        return in_place(use, day, pool, line, answer(Rank::sure, right, Lack::nothing, &pool), Rank::other_place);
    }
    const Lack lack = fit == Fit::newer ? Lack::newer : Lack::older;
    // The host has that right if it was seen with a release that the line covers.
    for (const auto release : first_seen().releases(use.device, use.word, day)) {
        if (release != 0 && versions_.fit_of(line, use.word, release, day) == Fit::inside) {
            return answer(Rank::host_of_other_release, Right::none, lack, &pool);
        }
    }
    return answer(Rank::line_of_other_release, Right::none, lack, &pool);
}

void Rights::Index::consider(const Use& use, const Span& at, const Way& way, bool claimed, Answer& best) const {
    const Pool& pool = facts_->pools[way.pool];
    const Day day = text::day_of(at.from);
    if (!pool.valid_on(day)) {
        if (pool.ended_before(day)) {
            improve(best, answer(Rank::ended, Right::none, Lack::expired, &pool));
        }
        return;
    }
    const auto& line = pool.priced_on(day);
    const Metric metric = pool.first().metric;
    if (metric == Metric::perpetual || metric == Metric::device) {
        improve(best, on_host(use, day, pool, line));
        return;
    }
    const std::optional<bool> seat = metric == Metric::named ? seated(use, at, way.pool) : std::optional(true);
    if (!seat) {
        improve(best, in_place(use, day, pool, line, answer(Rank::not_assigned, Right::none, Lack::unassigned, &pool),
                               Rank::no_line_here));
        return;
    }
    const Right right = metric == Metric::named ? (way.whole || claimed ? Right::collection : Right::assignment)
                                                : (claimed ? Right::claim : Right::pool);
    Answer inside = answer(Rank::sure, right, Lack::nothing, &pool);
    const Fit fit = versions_.fit_of(pool, use.word, use.release, day);
    if (fit != Fit::inside) {
        inside = answer(Rank::other_release, right, fit == Fit::newer ? Lack::newer : Lack::older, &pool);
    } else if (!*seat) {
        inside = answer(Rank::doubtful, right, Lack::unassigned, &pool);
    }
    improve(best, in_place(use, day, pool, line, std::move(inside), Rank::other_place));
}

void Rights::Index::consider_lines(const Use& use, const Span& at, Answer& best) const {
    for (const auto& way : ways_[use.word]) {
        consider(use, at, way, false, best);
    }
    if (use.package_word != 0) {
        for (const auto& way : ways_[use.package_word]) {
            consider(use, at, way, true, best);
        }
    }
}

const Pool* Rights::Index::pool_of_line(const std::string& line, std::uint32_t word) const {
    for (const auto& pool : facts_->pools) {
        if (std::any_of(pool.lines.begin(), pool.lines.end(), [&](const auto* one) { return one->line == line; }) ||
            (line.empty() && pool.first().metric == Metric::perpetual && pool.covers(facts_->words[word]))) {
            return &pool;
        }
    }
    return nullptr;
}

// Perpetual rights that are written to the host itself, or to the licence server that granted the claim.
void Rights::Index::consider_host(const Use& use, Day day, Answer& best) const {
    const auto consider_rows = [&](const std::vector<const inputs::PerpetualRight*>& rows) {
        for (const auto* row : rows) {
            if (facts_->word(row->product) != use.word ||
                (row->superseded && day > *row->superseded + facts_->rules->on(*row->superseded).superseded_days)) {
                continue;
            }
            const auto release = static_cast<std::int64_t>(use.release);
            const Pool* pool = pool_of_line(row->line, use.word);
            if (row->version == 0 || release == 0 || row->version == release) {
                improve(best, answer(Rank::sure, Right::perpetual, Lack::nothing, pool));
            } else {
                improve(best, answer(Rank::host_of_other_release, Right::none,
                                     release > row->version ? Lack::newer : Lack::older, pool));
            }
        }
    };
    if (const auto rows = own_.find(use.device); rows != own_.end()) {
        consider_rows(rows->second);
    }
    if (!served_.empty()) {
        const auto& labels = facts_->usage->log_labels;
        for (const std::string& server :
             {use.log < labels.size() ? labels[use.log] : "", facts_->usage->logs[use.log]}) {
            if (const auto rows = served_.find(count::folded(server)); rows != served_.end()) {
                consider_rows(rows->second);
            }
        }
    }
}

// The pack's pool that pays: the one the record names, else the first of the host's agreement that allows the place.
const inputs::TokenPack* Rights::Index::pack_for(const Use& use, Day day, const std::string& claimed) const {
    const inputs::TokenPack* best = nullptr;
    const inputs::Host* host = facts_->devices[use.device].row;
    const bool any_agreement = host == nullptr || host->agreement.empty();
    for (const auto& pack : facts_->inputs->token_packs) {
        const bool fits = claimed.empty() ? any_agreement || host->agreement == pack.agreement : claimed == pack.pool;
        const bool first =
            best == nullptr || std::tie(pack.agreement, pack.pool) < std::tie(best->agreement, best->pool);
        if (!fits || !first || day < pack.start || pack.end < day) {
            continue;
        }
        const Pool* line = claimed.empty() && !pack.line.empty() ? pool_of_line(pack.line, 0) : nullptr;
        const auto where = whereabouts_of(*facts_, use.device, use.log);
        if (line == nullptr || allowed_at(*facts_, line->priced_on(day), where, day).within != Within::no) {
            best = &pack;
        }
    }
    return best;
}

// Tokens need a pack, a rate of the product, a person whom the directory knows and a host that reaches the vendor at
// least once a window. What the record itself charges to a pool needs a pack of it only.
void Rights::Index::consider_tokens(const Use& use, Day day, Answer& best) const {
    const auto& facts = *facts_;
    const std::string& claimed = facts.usage->pools[use.token_pool];
    const auto rates = rates_.find(use.word);
    const bool rated =
        rates != rates_.end() && std::any_of(rates->second.begin(), rates->second.end(),
                                             [&](auto* rate) { return rate->from <= day && day <= rate->to; });
    const inputs::Host* host = facts.devices[use.device].row;
    const bool reaches =
        host == nullptr || (host->sign_in_hours && *host->sign_in_hours * 3600 <= facts.rules->window_s);
    const bool known = facts.inputs->directory.empty() || facts.persons[use.person].in_directory();
    if (claimed.empty() && (!rated || !reaches || !known)) {
        return;
    }
    const inputs::TokenPack* best_pack = pack_for(use, day, claimed);
    if (best_pack == nullptr) {
        return;
    }
    const Right right = claimed.empty() ? Right::tokens : Right::claim;
    Answer tokens = answer(claimed.empty() ? Rank::tokens : Rank::sure, right, Lack::nothing,
                           best_pack->line.empty() ? nullptr : pool_of_line(best_pack->line, 0));
    tokens.cover.token_pool = best_pack->pool;
    if (best.rank == Rank::doubtful) { // who has no seat pays with tokens
        best.cover.token_pool = best_pack->pool;
        best.cover.lack = best.cover.lack == Lack::unassigned ? Lack::nothing : best.cover.lack;
    }
    improve(best, std::move(tokens));
}

// A right to a lower edition of the same family.
void Rights::Index::consider_edition(const Use& use, const Span& at, Answer& best) const {
    const auto* row = facts_->products[use.word].row;
    if (best.rank <= Rank::lower_edition || row == nullptr || row->family.empty()) {
        return;
    }
    for (std::uint32_t word = 1; word < facts_->products.size(); ++word) {
        const auto* other = facts_->products[word].row;
        if (word == use.word || other == nullptr || other->family != row->family || other->tier >= row->tier) {
            continue;
        }
        Use lower = use;
        lower.word = word;
        Answer held;
        consider_host(lower, text::day_of(at.from), held);
        consider_lines(lower, at, held);
        if (held.cover.covered()) {
            improve(best, answer(Rank::lower_edition, Right::none, Lack::edition, held.cover.pool));
        }
    }
}

Cover Rights::Index::decide(const Use& use, const Span& at) const {
    const auto type = facts_->products[use.word].type;
    if (type == inputs::ProductClass::viewer || type == inputs::ProductClass::service ||
        type == inputs::ProductClass::trial) {
        return {Right::exempt, Lack::nothing, nullptr, {}, ""};
    }
    const Day day = text::day_of(at.from);
    Answer best = answer(Rank::no_line, Right::none, Lack::product, nullptr);
    consider_host(use, day, best);
    consider_lines(use, at, best);
    if (best.rank != Rank::sure || use.token_pool != 0) {
        consider_tokens(use, day, best);
        consider_edition(use, at, best);
    }
    return best.cover;
}

std::vector<Day> Rights::Index::turns(std::uint32_t word, Day first, Day last) const {
    std::set<Day> days{first};
    const auto add = [&](Day day) {
        if (first < day && day <= last) {
            days.insert(day);
        }
    };
    const auto add_both = [&](Day begin, Day end) {
        add(begin);
        add(std::min(end, last) + 1);
    };
    for (const auto& way : ways_[word]) {
        for (const auto* line : facts_->pools[way.pool].lines) {
            add_both(line->start_day, line->end_day);
        }
    }
    for (const auto& agreement : facts_->inputs->agreements) {
        add_both(agreement.start, agreement.end);
    }
    for (const auto& row : facts_->inputs->perpetual) {
        if (row.superseded) {
            add(*row.superseded + facts_->rules->on(*row.superseded).superseded_days + 1);
        }
    }
    for (const Day day : versions_.release_days(word)) {
        add(day);
    }
    return {days.begin(), days.end()};
}

Rights::Rights(const Facts& facts) : index_(std::make_unique<const Index>(facts)) {}
Rights::~Rights() = default;

Cover Rights::at(const Stay& stay, const Span& instant) const { return index_->decide(use_of(stay), instant); }

Cover Rights::of(const Stay& stay) const {
    return at(stay, {stay.upper.from, std::max(stay.upper.from, stay.lower.from)});
}

Cover Rights::of_product(const Stay& stay, std::uint32_t word) const {
    Use use = use_of(stay);
    use.word = word;
    use.release = 0;
    return index_->decide(use, {stay.upper.from, std::max(stay.upper.from, stay.lower.from)});
}

bool Rights::surely_covered(const UseDay& use, Day first, Day last) const {
    const Stay stay = index_->facts().stays[use.first_stay];
    Use kind = use_of(stay);
    kind.device = use.device;
    kind.release = use.release;
    kind.package_word = kind.token_pool = 0;
    const auto days = index_->turns(use.word, first, last);
    for (std::size_t i = 0; i < days.size(); ++i) {
        const Day next = i + 1 < days.size() ? days[i + 1] : last + 1;
        const Cover cover = index_->decide(kind, {days[i] * text::seconds_per_day, next * text::seconds_per_day - 1});
        if (!cover.covered() || cover.lack != Lack::nothing || cover.takes_tokens()) {
            return false;
        }
    }
    return true;
}

} // namespace tally::comply
