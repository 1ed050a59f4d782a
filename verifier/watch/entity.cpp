// R-ENTITY: people or hosts of a domain never seen before, hosts that were renamed, use that rose around a change of the
// company; and steps of hosts' clocks (R-TIME).
#include "verifier/watch/hosts.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tally::watch {
namespace {

using text::seconds_per_day;

// Of the directory, else as it is written: user@domain, DOMAIN\user. Empty when neither says one.
std::string domain_of(const Person& person, std::int64_t day) {
    const auto* entry = person.entry_on(day);
    if (entry != nullptr && !entry->domain.empty()) {
        return count::folded(entry->domain);
    }
    const auto at = person.name.rfind('@');
    const auto slash = person.name.find('\\');
    if (at != std::string::npos) {
        return count::folded(person.name.substr(at + 1));
    }
    return slash == std::string::npos ? "" : count::folded(person.name.substr(0, slash));
}

struct Sighting {
    std::int64_t day = 0;
    std::string who;
    RecordRef record;
    std::string entity;
};

struct Domain {
    std::vector<Sighting> accounts, hosts;
    [[nodiscard]] std::int64_t first_day() const {
        std::int64_t first = inputs::for_ever;
        for (const auto* list : {&accounts, &hosts}) {
            for (const auto& one : *list) {
                first = std::min(first, one.day);
            }
        }
        return first;
    }
};

void add_accounts(const Facts& facts, std::map<std::string, Domain>& domains) {
    for (std::uint32_t person = 1; person < facts.persons.size(); ++person) {
        const auto [begin, end] = facts.days_of(person);
        if (begin == end) {
            continue;
        }
        const auto* first =
            std::min_element(begin, end, [](const UseDay& a, const UseDay& b) { return a.day < b.day; });
        const Person& who = facts.persons[person];
        const std::string domain = domain_of(who, first->day);
        if (!domain.empty()) {
            const auto* entry = who.entry_on(first->day);
            domains[domain].accounts.push_back(
                {first->day, who.name, facts.start_of(first->first_stay), entry == nullptr ? "" : entry->entity});
        }
    }
}

void add_hosts(const Facts& facts, std::map<std::string, Domain>& domains) {
    const auto names = host_names(facts);
    std::set<std::pair<std::string, std::uint32_t>> known;
    std::set<std::uint32_t> with_domain;
    std::map<std::uint32_t, std::uint64_t> way; // of each log: the epoch in which its domain was written
    for (const auto& identity : facts.usage->identities) {
        const std::string domain = count::folded(identity.domain);
        const std::uint64_t epoch = names::epoch_of(identity.domain, names::Of::domain);
        if (!domain.empty() && way.try_emplace(identity.log, epoch).first->second != epoch) {
            with_domain.insert(identity.log);
            continue; // another name of a domain it may have been in before
        }
        if (!domain.empty()) {
            with_domain.insert(identity.log);
        }
        if (!domain.empty() && identity.since < facts.as_of && known.emplace(domain, identity.log).second) {
            domains[domain].hosts.push_back({text::day_of(identity.since), names[identity.log],
                                             RecordRef{facts.usage->logs[identity.log], identity.seq}, ""});
        }
    }
    // A host of which no record names a domain: by the entity that the hosts table says, from its first use on.
    std::vector<const UseDay*> first_use(facts.devices.size());
    for (const auto& use : facts.days) {
        auto& first = first_use[use.device];
        first = first == nullptr || use.day < first->day ? &use : first;
    }
    for (std::size_t number = 1; number < first_use.size(); ++number) {
        const auto* use = first_use[number];
        const auto& device = facts.devices[number];
        if (use != nullptr && device.row != nullptr && !device.row->entity.empty() &&
            !with_domain.contains(device.log)) {
            domains[count::folded(device.row->entity)].hosts.push_back(
                {use->day, device.name, facts.start_of(use->first_stay), device.row->entity});
        }
    }
}

// Sightings from the domain's first one on, for so many days.
std::vector<const Sighting*> early(const std::vector<Sighting>& all, std::int64_t first, std::int64_t days) {
    std::vector<const Sighting*> found;
    for (const auto& one : all) {
        if (one.day < first + days) {
            found.push_back(&one);
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const auto* a, const auto* b) { return a->day < b->day; });
    return found;
}

const inputs::EntityEvent* event_of(const Facts& facts, const std::string& domain, const std::string& entity) {
    for (const auto& event : facts.inputs->entity_events) {
        if (count::folded(event.domain) == domain || (!entity.empty() && event.entity == entity)) {
            return &event;
        }
    }
    return nullptr;
}

// The first day of any record: who is there from the beginning is not new.
std::int64_t beginning(const Facts& facts) {
    std::int64_t begin = facts.observed.from;
    for (const auto& identity : facts.usage->identities) {
        begin = identity.since > 0 ? std::min(begin, identity.since) : begin;
    }
    return text::day_of(begin);
}

std::string list_of(const std::vector<const Sighting*>& sightings) {
    std::string list;
    for (const auto* one : sightings) {
        list += (list.empty() ? "" : ", ") + one->who;
    }
    return list;
}

// `found`: entities that have a finding already.
void raise_domain(const Facts& facts, const std::string& name, const Domain& domain, std::set<std::string>& found,
                  Outcome& outcome) {
    const auto& rules = *facts.rules;
    const std::int64_t first = domain.first_day();
    const auto accounts = early(domain.accounts, first, rules.entity_days);
    const auto hosts = early(domain.hosts, first, rules.entity_days);
    const bool many_accounts = static_cast<std::int64_t>(accounts.size()) >= rules.entity_accounts;
    const bool many_hosts = static_cast<std::int64_t>(hosts.size()) >= rules.entity_hosts;
    if ((!many_accounts && !many_hosts) || first < beginning(facts) + rules.entity_days ||
        first + rules.entity_days <= text::day_of(facts.period.from) || first >= facts.as_of_day()) {
        return;
    }
    const auto& counted = many_accounts ? accounts : hosts;
    const std::string listed = accounts.empty() ? hosts.front()->entity : accounts.front()->entity;
    const auto* event = event_of(facts, name, listed);
    Finding finding;
    finding.code = Code::entity;
    finding.severity = severity_of(finding.code);
    finding.subject = event != nullptr && !event->entity.empty() ? event->entity : listed.empty() ? name : listed;
    finding.unit = many_accounts ? "accounts" : "hosts";
    finding.quantity = {static_cast<std::int64_t>(counted.size()), static_cast<std::int64_t>(counted.size())};
    finding.when = {first * seconds_per_day, (counted.back()->day + 1) * seconds_per_day};
    finding.text = std::to_string(counted.size()) + " " + finding.unit + " of a domain never seen before, within " +
                   std::to_string(rules.entity_days) + " days";
    finding.details = {{"domain", name}, {finding.unit, list_of(counted)}};
    if (event != nullptr) {
        finding.details.emplace_back("change of the company", event->what + " on " + text::format_day(event->day));
        finding.rows = {event->at};
    }
    finding.remedy = "check that the agreement names this entity before its people use what is bought for others";
    for (const auto* one : counted) {
        finding.records.push_back(one->record);
    }
    if (found.insert(finding.subject).second) {
        add_finding(outcome, std::move(finding));
    }
}

// Different persons in the days of a window that moves on by whole days.
class Persons {
public:
    explicit Persons(const Facts& facts) : facts_(&facts) {
        for (const auto& row : facts.days) { // by person
            auto& persons = on_[row.day];
            if (persons.empty() || persons.back() != row.person) {
                persons.push_back(row.person);
            }
        }
    }
    // On days of [from, to).
    [[nodiscard]] std::int64_t between(std::int64_t from, std::int64_t to) const {
        std::vector<bool> seen(facts_->persons.size());
        std::vector<std::uint32_t> all;
        std::int64_t count = 0;
        for (auto day = on_.lower_bound(from); day != on_.end() && day->first < to; ++day) {
            for (const auto person : day->second) {
                if (facts_->people.is_mixed() && !seen[person]) {
                    all.push_back(person);
                }
                count += seen[person] ? 0 : 1;
                seen[person] = true;
            }
        }
        // Who only bears another name is nobody new: what is surely there, before as after.
        return facts_->people.is_mixed() ? count::people_in(*facts_, std::move(all)).lower : count;
    }

private:
    const Facts* facts_;
    std::map<std::int64_t, std::vector<std::uint32_t>> on_;
};

struct Rise {
    std::int64_t day = 0, before = 0, after = 0;
};

// The largest rise from the days before a day to those from it on, near the event: of days in a row over which the
// newcomers come into the window the last, which is the one on which they began.
Rise rise_near(const Facts& facts, const inputs::EntityEvent& event, const Persons& persons) {
    const auto& rules = *facts.rules;
    const std::int64_t first = std::max(event.day - rules.entity_event_days, beginning(facts) + rules.entity_days);
    const std::int64_t last = std::min(event.day + rules.entity_event_days, facts.as_of_day() - 1);
    const auto at = [&](std::int64_t day) {
        return Rise{day, persons.between(day - rules.entity_days, day), persons.between(day, day + rules.entity_days)};
    };
    Rise best;
    Rise next = at(first);
    for (std::int64_t day = first; day <= last; ++day) {
        const Rise here = next;
        next = at(day + 1);
        const bool ends = next.before < rules.entity_accounts || next.after - next.before < here.after - here.before;
        const bool enough = here.before >= rules.entity_accounts &&
                            (here.after - here.before) * 100 >= here.before * rules.entity_rise_percent;
        if (ends && enough && here.after - here.before > best.after - best.before) {
            best = here;
        }
    }
    return best;
}

void raise_event(const Facts& facts, const inputs::EntityEvent& event, const Persons& persons, Outcome& outcome) {
    const auto& rules = *facts.rules;
    const Rise rise = rise_near(facts, event, persons);
    if (rise.before == 0 || rise.day + rules.entity_days <= text::day_of(facts.period.from)) {
        return;
    }
    Finding finding;
    finding.code = Code::entity;
    finding.severity = severity_of(finding.code);
    finding.subject = event.entity.empty() ? event.domain : event.entity;
    finding.unit = "persons";
    finding.quantity = {rise.after - rise.before, rise.after - rise.before};
    finding.when = {rise.day * seconds_per_day, (rise.day + rules.entity_days) * seconds_per_day};
    const std::string days = std::to_string(rules.entity_days);
    finding.text = std::to_string(rise.after) + " persons in the " + days + " days from " + text::format_day(rise.day) +
                   " on, " + std::to_string(rise.before) + " in those before, near " + event.what + " on " +
                   text::format_day(event.day);
    finding.details = {{"before", std::to_string(rise.before)}, {"after", std::to_string(rise.after)}};
    finding.remedy = "check that the agreement names this entity";
    finding.rows = {event.at};
    add_finding(outcome, std::move(finding));
}

struct Renaming {
    std::int64_t at = 0;
    std::uint32_t log = 0;
    std::string text; // "old → new"
    RecordRef record;
};

std::map<std::string, std::vector<Renaming>> renamings(const Facts& facts) {
    std::map<std::uint32_t, std::vector<const ledger::HostIdentity*>> by_log;
    for (const auto& identity : facts.usage->identities) {
        by_log[identity.log].push_back(&identity);
    }
    std::map<std::string, std::vector<Renaming>> sites;
    for (auto& [log, identities] : by_log) {
        std::stable_sort(identities.begin(), identities.end(),
                         [](const auto* a, const auto* b) { return a->since < b->since; });
        for (std::size_t i = 1; i < identities.size(); ++i) {
            const auto& now = *identities[i];
            const auto& was = *identities[i - 1];
            const bool same_way =
                names::epoch_of(now.name, names::Of::computer) == names::epoch_of(was.name, names::Of::computer);
            if (same_way && count::folded(now.name) != count::folded(was.name) && now.since < facts.as_of) {
                sites[log < facts.usage->log_sites.size() ? facts.usage->log_sites[log] : ""].push_back(
                    {now.since, log, was.name + " is now " + now.name, RecordRef{facts.usage->logs[log], now.seq}});
            }
        }
    }
    for (auto& [site, list] : sites) {
        std::stable_sort(list.begin(), list.end(), [](const Renaming& a, const Renaming& b) { return a.at < b.at; });
    }
    return sites;
}

void raise_renamed(const Facts& facts, const std::string& site, const std::vector<Renaming>& list, std::int64_t hosts,
                   Outcome& outcome) {
    const auto& rules = *facts.rules;
    std::set<std::uint32_t> most;
    std::size_t from = 0;
    std::size_t to = 0; // [from, to): the renamings within the days that touch most hosts
    for (std::size_t i = 0; i < list.size(); ++i) {
        std::set<std::uint32_t> logs;
        std::size_t j = i;
        for (; j < list.size() && list[j].at < list[i].at + rules.entity_days * seconds_per_day; ++j) {
            logs.insert(list[j].log);
        }
        if (list[j - 1].at >= facts.period.from && logs.size() > most.size()) {
            most = std::move(logs);
            from = i;
            to = j;
        }
    }
    const auto count = static_cast<std::int64_t>(most.size());
    if (count < rules.renamed_hosts || count * 100 < rules.renamed_percent * hosts) {
        return;
    }
    Finding finding;
    finding.code = Code::hosts_renamed;
    finding.severity = severity_of(finding.code);
    finding.subject = site;
    finding.unit = "hosts";
    finding.quantity = {count, count};
    finding.when = {list[from].at, list[to - 1].at + 1};
    finding.text = std::to_string(count) + " of " + std::to_string(hosts) + " hosts changed their names within " +
                   std::to_string(rules.entity_days) + " days";
    finding.details = {{"share", std::to_string(count * 100 / hosts) + " %"}};
    for (std::size_t i = from; i < to; ++i) {
        finding.details.emplace_back(text::format_day(text::day_of(list[i].at)), list[i].text);
        finding.records.push_back(list[i].record);
    }
    finding.remedy = "ask the site whether the hosts now belong to another entity";
    add_finding(outcome, std::move(finding));
}

} // namespace

void judge_entities(const Facts& facts, Outcome& outcome) {
    std::map<std::string, Domain> domains;
    add_accounts(facts, domains);
    add_hosts(facts, domains);
    std::set<std::string> found;
    for (const auto& [name, domain] : domains) {
        raise_domain(facts, name, domain, found, outcome);
    }
    if (!facts.inputs->entity_events.empty()) {
        const Persons persons(facts);
        for (const auto& event : facts.inputs->entity_events) {
            if (found.insert(event.entity.empty() ? event.domain : event.entity).second) {
                raise_event(facts, event, persons, outcome);
            }
        }
    }
    std::map<std::string, std::int64_t> hosts_at;
    for (const auto& host : hosts_of(facts)) {
        hosts_at[host.site] += host.retired_day && *host.retired_day < facts.as_of_day() ? 0 : 1;
    }
    for (const auto& [site, list] : renamings(facts)) {
        raise_renamed(facts, site, list, std::max<std::int64_t>(hosts_at[site], 1), outcome);
    }
}

void judge_clocks(const Facts& facts, Outcome& outcome) {
    const auto names = host_names(facts);
    for (const auto& step : facts.usage->clock_steps) {
        if (std::abs(step.by_ms) < facts.rules->at(step.at).clock_step_s * 1000 || !facts.period.has(step.at)) {
            continue;
        }
        Finding finding;
        finding.code = Code::clock_step;
        finding.severity = severity_of(finding.code);
        finding.subject = names[step.log];
        finding.unit = "seconds";
        finding.quantity = {step.by_ms / 1000, step.by_ms / 1000};
        finding.when = {step.at, step.at + 1};
        finding.text = std::string("the clock was set ") + (step.by_ms > 0 ? "forward" : "back") + " by " +
                       std::to_string(std::abs(step.by_ms) / 1000) + " s";
        finding.details = {{"at", text::format_instant(step.at)}};
        finding.remedy = "check how the host gets its time; lengths of sessions are counted without the clock";
        finding.records = {RecordRef{facts.usage->logs[step.log], step.seq}};
        add_finding(outcome, std::move(finding));
    }
}

} // namespace tally::watch
