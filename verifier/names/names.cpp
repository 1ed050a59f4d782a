#include "verifier/names/names.hpp"

#include "tally/pseudonym/pseudonym.hpp"

#include <algorithm>
#include <set>

namespace tally::names {
namespace {

template <class T>
void sort_once(std::vector<T>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

// Ways of the sites that have several.
std::vector<Way> mixed_ways(const std::vector<std::pair<Names::Name, Way>>& seen) {
    std::vector<Way> all;
    for (const auto& [name, way] : seen) {
        if (all.empty() || all.back() != way) {
            all.push_back(way);
        }
    }
    sort_once(all);
    std::vector<Way> mixed;
    for (auto first = all.begin(); first != all.end();) {
        const auto next = std::find_if(first, all.end(), [first](const Way& way) { return way.site != first->site; });
        if (next - first > 1) {
            mixed.insert(mixed.end(), first, next);
        }
        first = next;
    }
    return mixed;
}

} // namespace

std::uint64_t epoch_of(std::string_view name, Of kind) {
    const auto spelled = pseudonym::read_pseudonym(name);
    const auto meant = kind == Of::person     ? pseudonym::Kind::person
                       : kind == Of::computer ? pseudonym::Kind::host
                                              : pseudonym::Kind::domain;
    return spelled && spelled->kind == meant ? spelled->epoch : 0;
}

void Names::settle() {
    const auto mixed = mixed_ways(seen_);
    if (mixed.empty()) {
        seen_ = {};
        known_ = {};
        return;
    }
    place_known(mixed);
    for (const auto& [name, way] : seen_) {
        ways_.push_back(way);
    }
    sort_once(ways_);
    for (const auto& [name, way] : seen_) {
        of_.resize(std::max<std::size_t>(of_.size(), name + std::size_t{1}));
        of_[name].push_back(
            static_cast<std::uint32_t>(std::lower_bound(ways_.begin(), ways_.end(), way) - ways_.begin()));
    }
    seen_ = {};
    known_ = {};
}

// Leaves what is seen at mixed sites, sorted, and adds there what tables know of the same names, and of those that no
// record names.
void Names::place_known(const std::vector<Way>& mixed) {
    std::set<Name> elsewhere; // recorded, but at no mixed site
    for (const auto& [name, way] : seen_) {
        elsewhere.insert(name);
    }
    std::erase_if(seen_, [&](const auto& one) {
        return std::none_of(mixed.begin(), mixed.end(), [&](const Way& way) { return way.site == one.second.site; });
    });
    sort_once(seen_);
    const std::vector<std::pair<Name, Way>> recorded = seen_;
    for (const auto& [name, way] : recorded) {
        elsewhere.erase(name);
    }
    for (const auto& [name, epoch] : known_) {
        auto place = std::lower_bound(recorded.begin(), recorded.end(), std::pair(name, Way{}));
        const bool is_recorded = place != recorded.end() && place->first == name;
        for (; place != recorded.end() && place->first == name; ++place) {
            seen_.emplace_back(name, Way{place->second.site, epoch});
        }
        for (const auto& way : mixed) {
            if (!is_recorded && way.epoch == epoch && !elsewhere.contains(name)) {
                seen_.emplace_back(name, way);
            }
        }
    }
    sort_once(seen_);
}

const std::vector<std::uint32_t>& Names::of(Name name) const {
    static const std::vector<std::uint32_t> none;
    return name < of_.size() ? of_[name] : none;
}

bool Names::may_be_one(Name a, Name b) const {
    const auto& left = of(a);
    const auto& right = of(b);
    bool meet = false;
    for (const auto one : left) {
        for (const auto other : right) {
            if (one == other) {
                return a == b;
            }
            meet = meet || ways_[one].site == ways_[other].site;
        }
    }
    return a == b || meet;
}

bool Heads::is_clear_everywhere(const std::vector<std::uint32_t>& ways) const {
    const auto& all = names_->ways();
    return std::all_of(ways.begin(), ways.end(), [&](std::uint32_t way) {
        return std::any_of(ways.begin(), ways.end(), [&](std::uint32_t other) {
            return all[other].site == all[way].site && all[other].epoch == 0;
        });
    });
}

void Heads::change(Names::Name name, std::int64_t by) {
    const auto& ways = names_->of(name);
    most_ += by;
    if (ways.empty()) {
        apart_ += by;
        return;
    }
    const auto& all = names_->ways();
    if (all[ways.front()].site != all[ways.back()].site) {
        wide_clear_ += is_clear_everywhere(ways) ? by : 0;
        return;
    }
    for (const auto way : ways) {
        in_way_[way] += by;
    }
}

std::int64_t Heads::least() const {
    const auto& all = names_->ways();
    std::int64_t best = 0;            // of each site the way that has most
    std::int64_t clear = wide_clear_; // of each site those in clear
    for (std::size_t first = 0; first < all.size();) {
        std::int64_t most = 0;
        std::size_t next = first;
        for (; next < all.size() && all[next].site == all[first].site; ++next) {
            most = std::max(most, in_way_[next]);
            clear += all[next].epoch == 0 ? in_way_[next] : 0;
        }
        best += most;
        first = next;
    }
    return apart_ + std::max(best, clear);
}

void LeastKeys::change(const Key& key, std::int64_t by) {
    if (key.group >= groups_.size()) {
        groups_.resize(key.group + std::size_t{1}, Heads(*people_));
    }
    Heads& group = groups_[key.group];
    const std::int64_t before = group.least();
    group.change(key.person, by);
    at_.change(key.computer, group.least() - before);
}

} // namespace tally::names
