#include "verifier/count/claims.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace tally::count {

CountKey count_key(const Stay& stay) {
    const bool releases = stay.family == Family::autodesk || stay.session->watched == ledger::Watched::host;
    return {stay.device, stay.person, stay.word, releases ? stay.release : 0};
}

CurvePair curves_of(const Facts& facts, const std::vector<const Stay*>& stays) {
    std::vector<Interval> lower, upper;
    Keys keys;
    for (const auto* stay : stays) {
        const std::uint32_t key = keys.id(count_key(*stay));
        lower.push_back({stay->lower.from, stay->lower.to, key, stay->session->count});
        const std::int64_t later = stay->upper.from < stay->upper.to && stay->upper.to < facts.observed.to ? 1 : 0;
        upper.push_back({stay->upper.from, stay->upper.to + later, key, stay->session->count});
    }
    return {sweep(lower, keys.size()), sweep(upper, keys.size())};
}

namespace {

bool overlap(const Span& a, const Span& b) { return a.from < b.to && b.from < a.to; }

// Licence files say under what a generic feature counts: letters of U, H, D, V, or NONE for every line apart.
class DuplicateGroups {
public:
    explicit DuplicateGroups(const Facts& facts) : facts_(&facts) {
        for (const auto& row : facts.inputs->licence_files) {
            if (!row.duplicate_group.empty()) {
                groups_.try_emplace({facts.word(row.product), folded(row.server)}, row.duplicate_group);
            }
        }
    }

    void apply(Claim& claim, std::uint32_t index) const {
        const Stay& stay = *claim.stay;
        if (groups_.empty() || stay.family != Family::generic || stay.session->watched == ledger::Watched::host) {
            return;
        }
        const std::string* group = of(stay);
        if (group == nullptr) {
            return;
        }
        const CountKey alone = {static_cast<std::uint32_t>(-1), index, stay.word, 0};
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
class Cascades {
public:
    struct Move {
        std::int64_t until = ledger::unknown; // the claim goes over to another package then
        std::optional<unsigned> release;      // it came from another package, taken for this release
    };

    explicit Cascades(const Facts& facts) : facts_(&facts) {
        std::map<std::pair<std::uint32_t, std::uint32_t>, Desk> desks; // with a package that came without a component
        for (const auto& stay : facts.stays) {
            if (stay.session->layer == ledger::Layer::package && stay.release == 0) {
                desks[{stay.device, stay.person}];
            }
        }
        for (std::uint32_t i = 0; i < facts.stays.size() && !desks.empty(); ++i) {
            const Stay& stay = facts.stays[i];
            const auto desk =
                stay.session->layer == ledger::Layer::feature ? desks.end() : desks.find({stay.device, stay.person});
            if (desk != desks.end()) {
                const bool package = stay.session->layer == ledger::Layer::package;
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
            begins.insert(facts_->stays[component].upper.from);
        }
        std::vector<std::uint32_t> recent;
        for (const auto index : desk.packages) {
            const Stay& next = facts_->stays[index];
            const std::int64_t at = next.lower.from;
            recent.erase(std::remove_if(recent.begin(), recent.end(),
                                        [&](auto old) { return facts_->stays[old].lower.to < at - cascade(); }),
                         recent.end());
            if (!begins.contains(next.upper.from)) {
                take_over(desk, recent, index, at);
            }
            recent.push_back(index);
        }
    }

    void take_over(const Desk& desk, const std::vector<std::uint32_t>& recent, std::uint32_t index, std::int64_t at) {
        for (const auto old : recent) {
            const Stay& before = facts_->stays[old];
            const bool ends_then = before.session->end_seq != ledger::no_seq && before.lower.to <= at + cascade();
            if (before.word == facts_->stays[index].word || !ends_then || moves_[old].until != ledger::unknown ||
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
            const Span& span = facts_->stays[index].lower;
            return span.from <= from && to < span.to;
        });
    }

    [[nodiscard]] std::int64_t cascade() const { return facts_->rules->cascade_s; }

    const Facts* facts_;
    std::map<std::uint32_t, Move> moves_; // by index into stays
};

// Where a host's recorder and a server's log saw the same, the server's claim stands.
void join_sources(std::vector<Claim>& claims) {
    using Where = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;
    std::map<Where, std::vector<const Claim*>> served;
    bool both = false;
    for (const auto& claim : claims) {
        const Stay& stay = *claim.stay;
        if (stay.session->watched == ledger::Watched::server) {
            served[{stay.device, stay.person, stay.word}].push_back(&claim);
        } else {
            both = true;
        }
    }
    if (!both || served.empty()) {
        return;
    }
    std::vector<Claim> kept;
    for (const auto& claim : claims) {
        const Stay& stay = *claim.stay;
        const auto found = served.find({stay.device, stay.person, stay.word});
        const bool known = stay.session->watched == ledger::Watched::host && found != served.end() &&
                           std::any_of(found->second.begin(), found->second.end(), [&](const Claim* other) {
                               const bool same = other->stay->release == stay.release || other->stay->release == 0 ||
                                                 stay.release == 0;
                               return same && overlap(other->upper, claim.upper);
                           });
        if (!known) {
            kept.push_back(claim);
        }
    }
    claims = std::move(kept);
}

Claim claim_of(const Stay& stay, const Cascades::Move* move) {
    Claim claim;
    claim.stay = &stay;
    claim.lower = stay.lower;
    claim.upper = stay.upper;
    claim.key = count_key(stay);
    if (move != nullptr) {
        claim.lower.to = std::min(claim.lower.to, move->until);
        claim.upper.to = std::min(claim.upper.to, move->until);
        claim.moved = move->release.has_value();
        claim.key[3] = move->release.value_or(claim.key[3]);
    }
    claim.upper_key = claim.key;
    return claim;
}

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

} // namespace

std::vector<PoolShare> pool_shares(const Facts& facts) {
    const auto pools = pools_by_word(facts);
    const Cascades cascades(facts);
    const DuplicateGroups groups(facts);
    std::vector<PoolShare> shares(facts.pools.size());
    for (std::uint32_t i = 0; i < facts.stays.size(); ++i) {
        const Stay& stay = facts.stays[i];
        if (stay.claims_in != Stay::no_pool) {
            Claim claim = claim_of(stay, cascades.of(i));
            groups.apply(claim, i);
            shares[stay.claims_in].claims.push_back(claim);
        }
        if (!stay.is_use()) {
            continue;
        }
        for (const auto pool : pools[stay.word]) {
            shares[pool].uses.push_back(&stay);
        }
        for (const auto pool : pools[stay.package_word]) {
            if (stay.package_word != 0 && !facts.pools[pool].covers(facts.words[stay.word])) {
                shares[pool].uses.push_back(&stay);
            }
        }
    }
    for (auto& share : shares) {
        join_sources(share.claims);
    }
    return shares;
}

ClaimCurves curves_of(const Facts& facts, const std::vector<Claim>& claims, const std::vector<Unrecorded>& dark) {
    std::vector<Interval> lower, upper, touching;
    Keys keys, upper_keys;
    for (const auto& claim : claims) {
        const std::uint32_t weight = claim.stay->session->count;
        lower.push_back({claim.lower.from, claim.lower.to, keys.id(claim.key), weight});
        const std::uint32_t key = upper_keys.id(claim.upper_key);
        upper.push_back({claim.upper.from, claim.upper.to, key, weight});
        const std::int64_t later = claim.upper.from < claim.upper.to && claim.upper.to < facts.observed.to ? 1 : 0;
        touching.push_back({claim.upper.from, claim.upper.to + later, key, weight});
    }
    for (const auto& gap : dark) {
        const std::uint32_t key = upper_keys.id({gap.device, static_cast<std::uint32_t>(-1), gap.word, gap.release});
        upper.push_back({gap.span.from, gap.span.to, key, 1});
        touching.push_back(upper.back());
    }
    ClaimCurves curves;
    curves.lower = sweep(lower, keys.size());
    curves.upper = sweep(upper, upper_keys.size());
    curves.touching = sweep(touching, upper_keys.size());
    return curves;
}

} // namespace tally::count
