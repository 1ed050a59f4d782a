#include "verifier/count/claims.hpp"

#include "verifier/count/edges.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace tally::count {

namespace {

bool overlap(const Span& a, const Span& b) { return a.from < b.to && b.from < a.to; }

} // namespace

// Licence files say under what a generic feature counts: letters of U, H, D, V, or NONE for every line apart.
class Claims::DuplicateGroups {
public:
    explicit DuplicateGroups(const Facts& facts) : facts_(&facts) {
        for (const auto& row : facts.inputs->licence_files) {
            if (!row.duplicate_group.empty()) {
                groups_.try_emplace({facts.word(row.product), folded(row.server)}, row.duplicate_group);
            }
        }
    }

    [[nodiscard]] bool empty() const { return groups_.empty(); }
    void apply(Claim& claim) const {
        if (groups_.empty()) {
            return;
        }
        const Stay stay = facts_->stays[claim.stay];
        if (stay.family != Family::generic || stay.session->watched == ledger::Watched::host) {
            return;
        }
        const std::string* group = of(stay);
        if (group == nullptr) {
            return;
        }
        const CountKey alone = {static_cast<std::uint32_t>(-1), claim.stay, stay.word, 0};
        if (*group == "NONE") {
            claim.key = claim.upper_key = alone;
            return;
        }
        const auto has = [group](char letter) { return group->find(letter) != std::string::npos; };
        claim.key = {has('H') ? stay.device : 0, has('U') ? stay.person : 0, stay.word, 0};
        // Display and vendor data are not recorded: they may tell apart what user and host do not.
        claim.upper_key = has('D') || has('V') ? alone : claim.key;
    }

private:
    [[nodiscard]] const std::string* of(const Stay& stay) const {
        const std::string& source = facts_->usage->sources[stay.session->source]; // flexnet:<server>:<daemon>
        const auto colon = source.find(':');
        const std::string server = colon == std::string::npos ? "" : source.substr(colon + 1);
        for (const std::string& name : {server.substr(0, server.find(':')), std::string()}) {
            const auto found = groups_.find({stay.word, folded(name)});
            if (found != groups_.end()) {
                return &found->second;
            }
        }
        return nullptr;
    }

    const Facts* facts_;
    std::map<std::pair<std::uint32_t, std::string>, std::string> groups_; // by product and server
};

// Packages that moved: a package given back and another one taken while the component stays out.
class Claims::Cascades {
public:
    struct Move {
        std::int64_t until = ledger::unknown; // the claim goes over to another package then
        std::optional<unsigned> release;      // it came from another package, taken for this release
    };

    explicit Cascades(const Facts& facts) : facts_(&facts) {
        std::map<std::pair<std::uint32_t, std::uint32_t>, Desk> desks; // with a package that came without a component
        const Stays& stays = facts.stays;
        const auto layer_of = [&](std::uint32_t i) { return stays.kind(i).layer; };
        const bool any = std::any_of(stays.kinds().begin(), stays.kinds().end(), [](const StayKind& kind) {
            return kind.layer == ledger::Layer::package && kind.release == 0;
        });
        for (std::uint32_t i = 0; any && i < stays.size(); ++i) {
            if (layer_of(i) == ledger::Layer::package && stays.kind(i).release == 0) {
                desks[{stays.device(i), stays.kind(i).person}];
            }
        }
        for (std::uint32_t i = 0; i < stays.size() && !desks.empty(); ++i) {
            const auto desk = layer_of(i) == ledger::Layer::feature
                                  ? desks.end()
                                  : desks.find({stays.device(i), stays.kind(i).person});
            if (desk != desks.end()) {
                const bool package = layer_of(i) == ledger::Layer::package;
                (package ? desk->second.packages : desk->second.components).push_back(i);
            }
        }
        for (const auto& [key, desk] : desks) {
            follow(desk);
        }
    }

    [[nodiscard]] const Move* of(std::uint32_t stay) const {
        const auto found = moves_.find(stay);
        return found == moves_.end() ? nullptr : &found->second;
    }

private:
    struct Desk { // of one person on one computer, by start
        std::vector<std::uint32_t> packages, components;
    };

    void follow(const Desk& desk) {
        std::set<std::int64_t> begins; // a package taken with a component of its own does not go on from another
        for (const auto component : desk.components) {
            begins.insert(facts_->stays.upper(component).from);
        }
        std::vector<std::uint32_t> recent;
        for (const auto index : desk.packages) {
            const Stay next = facts_->stays[index];
            const std::int64_t at = next.lower.from;
            recent.erase(std::remove_if(recent.begin(), recent.end(),
                                        [&](auto old) { return facts_->stays.lower(old).to < at - cascade(at); }),
                         recent.end());
            if (!begins.contains(next.upper.from)) {
                take_over(desk, recent, index, at);
            }
            recent.push_back(index);
        }
    }

    void take_over(const Desk& desk, const std::vector<std::uint32_t>& recent, std::uint32_t index, std::int64_t at) {
        for (const auto old : recent) {
            const Stay before = facts_->stays[old];
            const bool ends_then = before.has_end && before.lower.to <= at + cascade(at);
            if (before.word == facts_->stays.kind(index).word || !ends_then || moves_[old].until != ledger::unknown ||
                !component_stays(desk, std::min(before.lower.to, at), std::max(before.lower.to, at))) {
                continue;
            }
            moves_[old].until = at;
            const auto& earlier = moves_[old].release;
            moves_[index].release = earlier ? *earlier : before.release;
            return;
        }
    }

    [[nodiscard]] bool component_stays(const Desk& desk, std::int64_t from, std::int64_t to) const {
        return std::any_of(desk.components.begin(), desk.components.end(), [&](auto index) {
            const Span span = facts_->stays.lower(index);
            return span.from <= from && to < span.to;
        });
    }

    [[nodiscard]] std::int64_t cascade(std::int64_t at) const { return facts_->rules->at(at).cascade_s; }

    const Facts* facts_;
    std::map<std::uint32_t, Move> moves_; // by index into stays
};

namespace {

// Concurrent pools that cover each product, by word.
std::vector<std::vector<std::size_t>> pools_by_word(const Facts& facts) {
    std::vector<std::vector<std::size_t>> pools(facts.words.size());
    for (std::size_t i = 0; i < facts.pools.size(); ++i) {
        if (facts.pools[i].first().metric == inputs::Metric::concurrent) {
            for (const auto& word : facts.pools[i].words) {
                pools[facts.word(word)].push_back(i);
            }
        }
    }
    return pools;
}

// Each claim counts in one pool: the first that covers its product and is valid that day, else the first that covers it.
std::size_t pool_for(const Facts& facts, const std::vector<std::size_t>& covering, std::uint32_t stay) {
    if (covering.size() > 1) {
        const std::int64_t day = text::day_of(facts.stays.upper(stay).from);
        for (const auto pool : covering) {
            if (facts.pools[pool].valid_on(day)) {
                return pool;
            }
        }
    }
    return covering.front();
}

// The concurrent pools under which each kind of stay ran as a program: those of its product, and of its package where
// they do not cover the product itself.
std::vector<std::vector<std::size_t>> pools_of_uses(const Facts& facts,
                                                    const std::vector<std::vector<std::size_t>>& by_word) {
    std::vector<std::vector<std::size_t>> pools;
    for (const auto& kind : facts.stays.kinds()) {
        auto& own = pools.emplace_back();
        if (!kind.is_use()) {
            continue;
        }
        own = by_word[kind.word];
        for (const auto pool : by_word[kind.package_word]) {
            if (kind.package_word != 0 && !facts.pools[pool].covers(facts.words[kind.word])) {
                own.push_back(pool);
            }
        }
    }
    return pools;
}

} // namespace

Claims::Claims(const Facts& facts)
    : facts_(&facts), cascades_(std::make_unique<const Cascades>(facts)),
      groups_(std::make_unique<const DuplicateGroups>(facts)), shares_(facts.pools.size()) {
    const auto pools = pools_by_word(facts);
    const auto used = pools_of_uses(facts, pools);
    reserve(pools, used);
    for (std::uint32_t i = 0; i < facts.stays.size(); ++i) {
        const std::uint32_t number = facts.stays.kind_number(i);
        const StayKind& kind = facts.stays.kinds()[number];
        if (kind.is_claim() && !pools[kind.word].empty()) {
            shares_[pool_for(facts, pools[kind.word], i)].claims.push_back(i);
        }
        for (const auto pool : used[number]) {
            shares_[pool].uses.push_back(i);
        }
    }
    for (auto& share : shares_) {
        join_sources(share.claims);
    }
}

// Places for as many as there may be: what is not filled takes no memory.
void Claims::reserve(const std::vector<std::vector<std::size_t>>& pools,
                     const std::vector<std::vector<std::size_t>>& used) {
    std::vector<std::size_t> claims(shares_.size()), uses(shares_.size());
    for (std::size_t number = 0; number < used.size(); ++number) {
        const StayKind& kind = facts_->stays.kinds()[number];
        const std::size_t stays = facts_->stays.totals()[number].stays;
        for (const auto pool : pools[kind.word]) {
            claims[pool] += kind.is_claim() ? stays : 0;
        }
        for (const auto pool : used[number]) {
            uses[pool] += stays;
        }
    }
    for (std::size_t pool = 0; pool < shares_.size(); ++pool) {
        shares_[pool].claims.reserve(claims[pool]);
        shares_[pool].uses.reserve(uses[pool]);
    }
}

Claims::~Claims() = default;
Claims::Claims(Claims&&) noexcept = default;

Claim Claims::of(std::uint32_t stay) const {
    Claim claim;
    claim.stay = stay;
    claim.lower = facts_->stays.lower(stay);
    claim.upper = facts_->stays.upper(stay);
    claim.key = count_key(facts_->stays.kind(stay), facts_->stays.device(stay));
    if (const auto* move = cascades_->of(stay)) {
        claim.lower.to = std::min(claim.lower.to, move->until);
        claim.upper.to = std::min(claim.upper.to, move->until);
        claim.moved = move->release.has_value();
        claim.key[3] = move->release.value_or(claim.key[3]);
    }
    claim.upper_key = claim.key;
    groups_->apply(claim);
    return claim;
}

bool Claims::is_plain(std::uint32_t stay) const { return groups_->empty() && cascades_->of(stay) == nullptr; }

// Where a host's recorder and a server's log saw the same, the server's claim stands.
void Claims::join_sources(std::vector<std::uint32_t>& claims) const {
    using Where = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;
    const Stays& stays = facts_->stays;
    const auto by_host = [&](std::uint32_t stay) { return stays.kind(stay).by_host(); };
    const auto where = [&](std::uint32_t stay) {
        return Where{stays.device(stay), stays.kind(stay).person, stays.kind(stay).word};
    };
    const auto hosts = static_cast<std::size_t>(std::count_if(claims.begin(), claims.end(), by_host));
    if (hosts == 0 || hosts == claims.size()) {
        return;
    }
    std::map<Where, std::vector<std::uint32_t>> served;
    for (const auto claim : claims) {
        if (!by_host(claim)) {
            served[where(claim)].push_back(claim);
        }
    }
    const auto is_known = [&](std::uint32_t claim) {
        const auto found = by_host(claim) ? served.find(where(claim)) : served.end();
        const unsigned release = stays.kind(claim).release;
        return found != served.end() && std::any_of(found->second.begin(), found->second.end(), [&](auto other) {
                   const unsigned theirs = stays.kind(other).release;
                   const bool same = theirs == release || theirs == 0 || release == 0;
                   return same && overlap(of(other).upper, of(claim).upper);
               });
    };
    claims.erase(std::remove_if(claims.begin(), claims.end(), is_known), claims.end());
}

namespace {

// What to count, and how it weighs: of each interval its key and what it takes.
struct Weighed {
    const std::vector<std::uint32_t>& key;
    std::size_t keys;
    const std::vector<std::uint32_t>& weight;
};

// The curve of a walk; the keys weigh what their intervals do. With holders: the least that they may be.
Curve drawn(const Edges& edges, Reading reading, const Weighed& of, const KeyHolders* holders, const Span& judged,
            std::int64_t& touching) {
    Live live(of.keys, of.weight);
    Pen pen(judged.from, judged.to);
    if (holders == nullptr || !holders->is_needed()) {
        edges.walk(
            reading, [&](std::uint32_t number, int by) { live.change(of.key[number], number, by); },
            [&](std::int64_t at) { pen.touch(at, live.value()); },
            [&](std::int64_t at) { pen.settle(at, live.value()); });
    } else {
        auto least = holders->least();
        edges.walk(
            reading,
            [&](std::uint32_t number, int by) {
                const std::int64_t before = live.value();
                live.change(of.key[number], number, by);
                if (live.value() != before) {
                    least.change((*holders)[of.key[number]], live.value() - before);
                }
            },
            [&](std::int64_t at) { pen.touch(at, least.value()); },
            [&](std::int64_t at) { pen.settle(at, least.value()); });
    }
    touching = pen.touching();
    return pen.take();
}

Interval interval(const Span& span) { return {span.from, span.to, 0, 1}; }

} // namespace

// A host's recorder may say the release of what a server tells without it: where both tell, it tells nothing apart.
KeyHolders::KeyHolders(const Facts& facts, std::span<const std::uint32_t> stays) : facts_(&facts) {
    if (is_needed()) {
        const auto hosts =
            std::count_if(stays.begin(), stays.end(), [&](auto stay) { return facts.stays.kind(stay).by_host(); });
        by_release_ = hosts == 0 || static_cast<std::size_t>(hosts) == stays.size();
    }
}

void KeyHolders::hold(std::uint32_t number, const CountKey& key) {
    if (number < holders_.size()) {
        return;
    }
    constexpr auto none = static_cast<std::uint32_t>(-1);
    const bool alone = key[0] == none; // counts by itself, whoever it is
    const std::uint32_t group = groups_.id({key[0], alone ? key[1] : 0, key[2], by_release_ ? key[3] : 0});
    holders_.push_back({alone ? 0 : key[0], alone || key[1] == none ? 0 : key[1], group});
}

UseCurve curve_of(const Facts& facts, std::span<const std::uint32_t> uses, const Span& judged) {
    Edges edges(facts.observed.from);
    std::vector<std::uint32_t> key, weight;
    CountKeys keys(facts);
    KeyHolders holders(facts, uses);
    edges.reserve(uses.size());
    key.reserve(uses.size());
    weight.reserve(uses.size());
    for (const auto stay : uses) {
        key.push_back(keys.of(stay));
        if (holders.is_needed()) {
            holders.hold(key.back(), count_key(facts.stays.kind(stay), facts.stays.device(stay)));
        }
        weight.push_back(facts.stays.kind(stay).session->count);
        edges.add(interval(facts.stays.lower(stay)), interval(facts.stays.upper(stay)));
    }
    edges.sort();
    UseCurve curve;
    const Weighed weighed{key, keys.size(), weight};
    curve.lower = drawn(edges, Reading::lower, weighed, &holders, judged, curve.touching);
    if (!edges.is_plain() || holders.is_needed()) {
        drawn(edges, Reading::upper, weighed, nullptr, judged, curve.touching);
    }
    return curve;
}

ClaimCurves curves_of(const Facts& facts, const Claims& claims, const PoolShare& share,
                      const std::vector<Unrecorded>& dark, const Span& judged) {
    Edges edges(facts.observed.from);
    std::vector<std::uint32_t> key, weight, upper_key; // the last only where they differ
    CountKeys keys(facts);
    KeyHolders holders(facts, share.claims);
    edges.reserve(share.claims.size());
    key.reserve(share.claims.size());
    weight.reserve(share.claims.size());
    for (const auto stay : share.claims) {
        weight.push_back(facts.stays.kind(stay).session->count);
        if (claims.is_plain(stay) && !holders.is_needed()) {
            key.push_back(keys.of(stay));
            edges.add(interval(facts.stays.lower(stay)), interval(facts.stays.upper(stay)));
            if (!upper_key.empty()) {
                upper_key.push_back(key.back());
            }
            continue;
        }
        const Claim claim = claims.of(stay);
        if (claim.upper_key != claim.key && upper_key.empty()) {
            upper_key = key;
        }
        key.push_back(keys.of(claim.key));
        if (holders.is_needed()) {
            holders.hold(key.back(), claim.key);
        }
        if (!upper_key.empty() || claim.upper_key != claim.key) {
            upper_key.push_back(keys.of(claim.upper_key));
            if (holders.is_needed()) {
                holders.hold(upper_key.back(), claim.upper_key);
            }
        }
        edges.add(interval(claim.lower), interval(claim.upper));
    }
    ClaimCurves curves;
    for (const auto& gap : dark) {
        if (upper_key.empty()) {
            upper_key = key;
        }
        key.push_back(Live::left_out);
        upper_key.push_back(keys.of({gap.device, static_cast<std::uint32_t>(-1), gap.word, gap.release}));
        weight.push_back(1);
        edges.add_sharp(interval(gap.span));
    }
    edges.sort();
    curves.lower = drawn(edges, Reading::lower, {key, keys.size(), weight}, &holders, judged, curves.touching);
    if (edges.is_plain() && upper_key.empty() && !holders.is_needed()) {
        curves.upper = curves.lower;
    } else {
        curves.upper = drawn(edges, Reading::upper, {upper_key.empty() ? key : upper_key, keys.size(), weight}, nullptr,
                             judged, curves.touching);
    }
    return curves;
}

} // namespace tally::count
