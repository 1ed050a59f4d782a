// R-DEVICE and R-PERP: computers on which a product is installed or used, against device lines and perpetual rights.
#include "verifier/comply/comply.hpp"
#include "verifier/comply/served.hpp"
#include "verifier/count/product.hpp"
#include "verifier/findings/money.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace tally::comply {
namespace {

using inputs::HostClass;
using text::seconds_per_day;

// What is counted: products, releases, places.
struct Scope {
    std::set<std::uint32_t> words;
    std::int64_t release_min = 0, release_max = 0; // 0, 0: every release
    std::vector<std::string> sites;                // empty: everywhere
    [[nodiscard]] bool has_release(unsigned release) const {
        const auto year = static_cast<std::int64_t>(release);
        return (release_min == 0 && release_max == 0) ||
               (release_min <= year && (release_max == 0 || year <= release_max));
    }
    [[nodiscard]] bool has_site(const std::string& site) const {
        return sites.empty() || site.empty() || std::find(sites.begin(), sites.end(), site) != sites.end();
    }
};

struct Seen {
    std::string name;
    const Device* device = nullptr; // nothing: only a table names it
    std::vector<Span> installed;
    std::vector<Stay> uses;
    RecordRef record;
    std::vector<RowRef> rows;
    [[nodiscard]] HostClass type() const {
        return device == nullptr || device->row == nullptr ? HostClass::workstation : device->row->type;
    }
};

// Which product is where, in the period.
class Inventory {
public:
    Inventory(const Facts& facts, const Scope& scope) : facts_(&facts), scope_(&scope) {
        for (std::uint32_t i = 1; i < facts.devices.size(); ++i) {
            by_name_.try_emplace(count::folded(facts.devices[i].name), i);
        }
        for (const auto& identity : facts.usage->identities) {
            by_name_.try_emplace(count::folded(identity.name), facts.device_of_log[identity.log]);
        }
        add_installations();
        add_uses();
    }

    std::map<std::string, Seen> seen; // by name without case
    bool is_scanned = false;          // some installation of the product is known, whenever

private:
    Seen* at(std::uint32_t device, const std::string& name) {
        const Device* known = device == 0 ? nullptr : &facts_->devices[device];
        const bool own = known == nullptr || known->row == nullptr || known->row->owner == inputs::HostOwner::own;
        if ((known != nullptr && !scope_->has_site(known->site)) || !own) {
            return nullptr;
        }
        Seen& entry = seen[known == nullptr ? count::folded(name) : count::folded(known->name)];
        entry.name = known == nullptr ? name : known->name;
        entry.device = known;
        return &entry;
    }

    void install(Seen* entry, const Span& when, const RecordRef* record, const RowRef* row) {
        is_scanned = true;
        const Span inside{std::max(when.from, facts_->period.from), std::min(when.to, facts_->period.to)};
        if (entry == nullptr || inside.from >= inside.to) {
            return;
        }
        entry->installed.push_back(inside);
        if (record != nullptr && entry->record.log.empty()) {
            entry->record = *record;
        }
        if (row != nullptr) {
            entry->rows.push_back(*row);
        }
    }

    void add_installations() {
        const auto& usage = *facts_->usage;
        for (const auto& item : usage.installations) {
            const std::uint32_t word = facts_->word(usage.features[item.feature]);
            const std::uint32_t device = facts_->device_of_log[item.log];
            if (!scope_->words.contains(word) || device == 0 ||
                !scope_->has_release(count::release_of(usage.versions[item.version]))) {
                continue;
            }
            const RecordRef record{usage.logs[item.log], item.seq};
            install(at(device, ""), {item.from, item.to}, &record, nullptr);
        }
        for (const auto& row : facts_->inputs->installations) {
            if (!scope_->words.contains(facts_->word(row.product)) ||
                !scope_->has_release(count::release_of(row.version))) {
                continue;
            }
            const auto device = by_name_.find(count::folded(row.host));
            const std::int64_t to = row.to == inputs::for_ever ? ledger::unknown : (row.to + 1) * seconds_per_day;
            install(at(device == by_name_.end() ? 0 : device->second, row.host), {row.from * seconds_per_day, to},
                    nullptr, &row.at);
        }
    }

    void add_uses() {
        std::set<std::pair<std::uint32_t, std::uint32_t>> pairs; // person, word
        for (const auto& day : facts_->days) {
            if (scope_->words.contains(day.word) && scope_->has_release(day.release) &&
                facts_->period.has(std::max(day.day * seconds_per_day, facts_->period.from)) &&
                (day.day + 1) * seconds_per_day > facts_->period.from) {
                pairs.insert({day.person, day.word});
            }
        }
        for (const auto& [person, word] : pairs) {
            for (const auto& stay : facts_->stays_of(person, word)) {
                const bool here = stay.upper.from < facts_->period.to &&
                                  facts_->period.from < std::max(stay.lower.to, stay.upper.from + 1);
                Seen* entry = stay.is_use() && here && scope_->has_release(stay.release) && stay.device != 0
                                  ? at(stay.device, "")
                                  : nullptr;
                if (entry != nullptr) {
                    entry->uses.push_back(stay);
                    entry->record = entry->record.log.empty() ? facts_->start_of(stay) : entry->record;
                }
            }
        }
    }

    const Facts* facts_;
    const Scope* scope_;
    std::map<std::string, std::uint32_t> by_name_;
};

// One identity on two machines at once: its recorder tells two names for times that overlap. As long as none do, only one
// name has a stay that is not over yet, and the one that ends last stands for all.
bool is_forked(const Facts& facts, const Seen& seen) {
    const auto way_of = [&](const Stay& stay) {
        return names::epoch_of(facts.usage->clients[stay.client], names::Of::computer);
    };
    std::vector<const Stay*> watched;
    for (const auto& stay : seen.uses) {
        if (stay.by_host() && stay.lower.from < stay.lower.to) {
            watched.push_back(&stay);
        }
    }
    std::sort(watched.begin(), watched.end(), [](const Stay* a, const Stay* b) {
        return std::pair(a->session->log, a->lower.from) < std::pair(b->session->log, b->lower.from);
    });
    const Stay* last = nullptr;
    for (const Stay* stay : watched) {
        const bool after =
            last == nullptr || last->session->log != stay->session->log || last->lower.to <= stay->lower.from;
        if (!after && last->client != stay->client && way_of(*last) == way_of(*stay)) {
            return true;
        }
        last = after || last->lower.to < stay->lower.to ? stay : last;
    }
    return false;
}

// Behind a terminal server: the devices whose addresses are known, otherwise from one up to one a person.
Bounds behind_terminal(const Seen& seen) {
    std::set<std::uint32_t> addresses, persons;
    bool all_known = true;
    for (const auto& stay : seen.uses) {
        all_known = all_known && stay.session->address != 0;
        addresses.insert(stay.session->address);
        persons.insert(stay.person);
    }
    const auto devices = static_cast<std::int64_t>(addresses.size());
    return all_known && devices > 0 ? Bounds{devices, devices}
                                    : Bounds{1, std::max<std::int64_t>(1, static_cast<std::int64_t>(persons.size()))};
}

struct Tally {
    Bounds devices;
    std::int64_t installed = 0, used = 0;
};

// Instances of a pool count by how many ran at once.
std::int64_t pooled_at_once(const Inventory& inventory) {
    std::vector<Interval> live;
    std::uint32_t key = 0;
    for (const auto& [name, seen] : inventory.seen) {
        if (seen.type() == HostClass::vdi_pool) {
            for (const auto& stay : seen.uses) {
                live.push_back({stay.lower.from, stay.lower.to, key, 1});
            }
            ++key;
        }
    }
    return sweep(live, key).peak;
}

std::int64_t own_hosts(const Facts& facts, const Scope& scope) {
    std::int64_t hosts = 0;
    for (std::size_t i = 1; i < facts.devices.size(); ++i) {
        const Device& device = facts.devices[i];
        const bool own = device.row == nullptr || device.row->owner == inputs::HostOwner::own;
        hosts += own && (device.log != 0 || device.row != nullptr) && scope.has_site(device.site) ? 1 : 0;
    }
    return hosts;
}

Tally tally_of(const Facts& facts, const Scope& scope, const Inventory& inventory) {
    Tally tally;
    names::Heads least(facts.computers);
    for (const auto& [name, seen] : inventory.seen) {
        tally.installed += seen.installed.empty() ? 0 : 1;
        tally.used += seen.uses.empty() ? 0 : 1;
        if (seen.type() == HostClass::vdi_pool || (seen.installed.empty() && seen.uses.empty())) {
            continue;
        }
        Bounds count{1, 1};
        if (seen.type() == HostClass::terminal) {
            count = behind_terminal(seen);
        } else if (is_forked(facts, seen)) {
            count = {2, 2};
        }
        const auto* first = facts.devices.data(); // a computer that only a table names is none of them
        least.change(seen.device == nullptr ? 0 : static_cast<std::uint32_t>(seen.device - first), count.lower);
        tally.devices.upper += count.upper;
    }
    const std::int64_t pooled = pooled_at_once(inventory);
    tally.devices.lower = least.least() + pooled;
    tally.devices.upper += pooled;
    if (!inventory.is_scanned) { // what is installed is not known: any of the hosts may have it
        tally.devices.upper = std::max(tally.devices.upper, own_hosts(facts, scope));
    }
    return tally;
}

Steps installed_curve(const Inventory& inventory) {
    std::vector<Interval> intervals;
    std::uint32_t key = 0;
    for (const auto& [name, seen] : inventory.seen) {
        for (const auto& span : seen.installed) {
            intervals.push_back({span.from, span.to, key, 1});
        }
        ++key;
    }
    return sweep(intervals, key).steps;
}

std::string joined_names(const Inventory& inventory) {
    std::string names;
    for (const auto& [name, seen] : inventory.seen) {
        names += (names.empty() ? "" : ", ") + seen.name;
    }
    return names;
}

Finding finding_of(const Position& position, Code code, const Tally& tally, const Inventory& inventory,
                   const Facts& facts) {
    Finding finding = finding_about(position);
    finding.code = code;
    finding.unit = "devices";
    finding.quantity = position.excess;
    finding.certainty = position.excess.lower > 0 ? Certainty::certain : Certainty::possible;
    finding.severity = position.excess.lower > 0 ? Severity::breach : Severity::signal;
    finding.when = facts.period;
    finding.details = {{"installed", inventory.is_scanned ? std::to_string(tally.installed) : "not known"},
                       {"used", std::to_string(tally.used)},
                       {"hosts", joined_names(inventory)}};
    for (const auto& [name, seen] : inventory.seen) {
        if (!seen.record.log.empty()) {
            finding.records.push_back(seen.record);
        }
        finding.rows.insert(finding.rows.end(), seen.rows.begin(), seen.rows.end());
    }
    return finding;
}

void judge_devices(const Facts& facts, const Pool& pool, Outcome& outcome) {
    Scope scope;
    for (const auto& word : pool.words) {
        scope.words.insert(facts.word(word));
    }
    scope.sites = pool.first().sites;
    const Inventory inventory(facts, scope);
    const Tally tally = tally_of(facts, scope, inventory);
    Position position;
    describe(position, facts, pool);
    position.lower = position.upper = installed_curve(inventory);
    position.peak = position.at_end = tally.devices;
    position.use_peak = {tally.used, tally.used};
    position.claims = static_cast<std::uint64_t>(tally.installed);
    const std::int64_t bought = value_at(pool.tested, facts.as_of - 1);
    position.excess = {std::max<std::int64_t>(0, tally.devices.lower - bought),
                       std::max<std::int64_t>(0, tally.devices.upper - bought)};
    if (position.excess.upper > 0) {
        Finding finding = finding_of(position, Code::device_over, tally, inventory, facts);
        finding.text = std::to_string(position.excess.lower > 0 ? tally.devices.lower : tally.devices.upper) +
                       " devices have or use it against " + std::to_string(bought) + " bought";
        finding.remedy =
            "remove it from the devices that do not use it, or buy " + std::to_string(position.excess.upper) + " more";
        const auto seat = price_on(facts, pool, facts.as_of_day() - 1);
        if (seat && position.excess.lower > 0) {
            set_cure(finding, *seat, position.excess.lower, facts.as_of_day() - 1);
            const auto days =
                excess_by_day(facts, episodes_over(position.lower, pool.tested, facts.period.from, facts.period.to));
            set_exposure(finding, exposure_of(facts, pool, days));
        }
        add_finding(outcome, std::move(finding));
    }
    outcome.positions.push_back(std::move(position));
}

// A perpetual right to one release, or a range of them: a line, or rows of the inventory that no line names.
struct Owned {
    const Pool* pool = nullptr;
    Scope scope;
    std::string label, product;
    std::int64_t quantity = 0;
    std::vector<RowRef> rows;
};

bool in_force(const Facts& facts, const inputs::PerpetualRight& row) {
    return !row.superseded || facts.as_of_day() <= *row.superseded + facts.rules->on(*row.superseded).superseded_days;
}

std::vector<Owned> owned_rights(const Facts& facts) {
    std::vector<Owned> rights;
    for (const auto& pool : facts.pools) {
        if (pool.first().metric == inputs::Metric::perpetual) {
            Owned right;
            right.pool = &pool;
            for (const auto& word : pool.words) {
                right.scope.words.insert(facts.word(word));
            }
            const auto& versions = pool.first().versions;
            if (versions.rule == inputs::Versions::Rule::fixed) {
                right.scope.release_min = versions.min;
                right.scope.release_max = versions.max;
            }
            right.scope.sites = pool.first().sites;
            right.label = pool.label;
            right.quantity = value_at(pool.tested, facts.as_of - 1);
            rights.push_back(std::move(right));
        }
    }
    const std::size_t lines = rights.size();
    std::map<std::pair<std::uint32_t, std::int64_t>, Owned> others;
    for (const auto& row : facts.inputs->perpetual) {
        const std::uint32_t word = facts.word(row.product);
        const bool told =
            std::any_of(rights.begin(), rights.begin() + static_cast<std::ptrdiff_t>(lines), [&](auto& right) {
                return right.scope.words.contains(word) &&
                       (row.version == 0 || right.scope.has_release(static_cast<unsigned>(row.version)));
            });
        if (told || word == 0 || !in_force(facts, row)) {
            continue;
        }
        Owned& right = others[{word, row.version}];
        right.scope.words.insert(word);
        right.scope.release_min = right.scope.release_max = row.version;
        right.product = facts.products[word].known ? facts.display_name(word) : row.product;
        right.label = !row.line.empty()  ? row.line
                      : row.version == 0 ? right.product
                                         : right.product + " " + std::to_string(row.version);
        right.quantity += row.quantity;
        right.rows.push_back(row.at);
    }
    for (auto& [key, right] : others) {
        rights.push_back(std::move(right));
    }
    return rights;
}

// What servers give out of these releases. A file that does not say the release counts where no concurrent line has it.
std::int64_t served_count(const Facts& facts, const Owned& right) {
    std::vector<Served> served;
    for (const auto& row : facts.inputs->licence_files) {
        const std::uint32_t word = facts.word(row.product);
        const unsigned release = count::product_of(row.product).release;
        const bool concurrent = std::any_of(facts.pools.begin(), facts.pools.end(), [&](const Pool& pool) {
            return pool.first().metric == inputs::Metric::concurrent && pool.covers(facts.words[word]);
        });
        if (right.scope.words.contains(word) && (release == 0 ? !concurrent : right.scope.has_release(release))) {
            served.push_back(served_by(row));
        }
    }
    return total_of(served_at(served, facts.as_of - 1));
}

void judge_perpetual(const Facts& facts, const Owned& right, Outcome& outcome) {
    const Inventory inventory(facts, right.scope);
    Tally tally = tally_of(facts, right.scope, inventory);
    const std::int64_t served = served_count(facts, right);
    if (served > 0) {
        tally.devices = {served, served}; // a network right: what the servers give out is what is deployed
    }
    Position position;
    if (right.pool != nullptr) {
        describe(position, facts, *right.pool);
    } else {
        position.metric = inputs::Metric::perpetual;
        position.line = right.label;
        position.product = position.name = right.product;
        position.quantity = right.quantity;
        position.rows = right.rows;
    }
    position.lower = position.upper = installed_curve(inventory);
    position.peak = position.at_end = tally.devices;
    position.use_peak = {tally.used, tally.used};
    position.claims = static_cast<std::uint64_t>(tally.installed);
    position.excess = {std::max<std::int64_t>(0, tally.devices.lower - right.quantity),
                       std::max<std::int64_t>(0, tally.devices.upper - right.quantity)};
    if (position.excess.upper > 0) {
        Finding finding = finding_of(position, Code::perp_over, tally, inventory, facts);
        finding.text = std::to_string(position.excess.lower > 0 ? tally.devices.lower : tally.devices.upper) +
                       (served > 0 ? " given out by servers" : " installations") + " against " +
                       std::to_string(right.quantity) + " owned";
        finding.details.emplace_back("served", std::to_string(served));
        finding.remedy = "remove it from the computers that do not use it";
        add_finding(outcome, std::move(finding));
    }
    outcome.positions.push_back(std::move(position));
}

} // namespace

void count_devices(const Facts& facts, Outcome& outcome) {
    for (const auto& pool : facts.pools) {
        if (pool.first().metric == inputs::Metric::device) {
            judge_devices(facts, pool, outcome);
        }
    }
    for (const auto& right : owned_rights(facts)) {
        judge_perpetual(facts, right, outcome);
    }
}

} // namespace tally::comply
