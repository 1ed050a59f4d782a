// R-NAMES: sites whose records of the review period name people, or computers, in several ways, so that one of them may
// be counted twice.
#include "verifier/watch/hosts.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tally::watch {
namespace {

// One way in which a site writes names, as the review period shows it.
struct WayUsed {
    std::int64_t first_day = 0, last_day = 0; // in the period
    std::int64_t since_day = 0;               // in all of the records
    std::set<std::uint32_t> persons, logs;
    RecordRef first;
    bool is_in_period = false;
};

struct SiteNames {
    std::map<std::uint64_t, WayUsed> ways; // by epoch
    std::vector<std::uint32_t> persons, devices;
};

std::string way_name(std::uint64_t epoch) { return epoch == 0 ? "in clear" : "epoch " + std::to_string(epoch); }

std::string range_text(const Bounds& bounds) {
    return bounds.lower == bounds.upper ? std::to_string(bounds.lower)
                                        : std::to_string(bounds.lower) + " to " + std::to_string(bounds.upper);
}

void add(const Facts& facts, const UseDay& row, std::uint64_t epoch, SiteNames& site) {
    WayUsed& way = site.ways.try_emplace(epoch, WayUsed{row.day, row.day, row.day, {}, {}, {}, false}).first->second;
    way.since_day = std::min(way.since_day, row.day);
    if ((row.day + 1) * text::seconds_per_day <= facts.period.from || row.day * text::seconds_per_day >= facts.as_of) {
        return;
    }
    if (!way.is_in_period || row.day < way.first_day) {
        way.first_day = row.day;
        way.first = facts.start_of(row.first_stay);
    }
    way.last_day = way.is_in_period ? std::max(way.last_day, row.day) : row.day;
    way.is_in_period = true;
    way.persons.insert(row.person);
    way.logs.insert(facts.stays.kind(row.first_stay).session->log);
    site.persons.push_back(row.person);
    site.devices.push_back(row.device);
}

// By the first log of each site.
std::map<std::uint32_t, SiteNames> sites_of(const Facts& facts) {
    std::vector<std::uint64_t> epochs;
    for (const auto& user : facts.usage->users) {
        epochs.push_back(names::epoch_of(user, names::Of::person));
    }
    std::map<std::uint32_t, SiteNames> sites;
    for (const auto& row : facts.days) {
        if (row.person != count::nobody) {
            const auto& session = *facts.stays.kind(row.first_stay).session;
            add(facts, row, epochs[session.user], sites[facts.site_of_log[session.log]]);
        }
    }
    for (auto& [log, site] : sites) {
        std::erase_if(site.ways, [](const auto& entry) { return !entry.second.is_in_period; });
    }
    return sites;
}

std::string hosts_in(const SiteNames& site, const std::vector<std::string>& names) {
    std::set<std::string> hosts;
    for (const auto& [epoch, way] : site.ways) {
        for (const auto log : way.logs) {
            hosts.insert(names[log]);
        }
    }
    std::string text;
    for (const auto& host : hosts) {
        text += (text.empty() ? "" : ", ") + host;
    }
    return text;
}

void describe(const SiteNames& site, const std::vector<std::string>& names, Finding& finding) {
    for (const auto& [epoch, way] : site.ways) {
        const auto number = way.persons.size();
        finding.details.emplace_back(way_name(epoch),
                                     text::format_day(way.first_day) + " to " + text::format_day(way.last_day) + ", " +
                                         std::to_string(number) + (number == 1 ? " person" : " persons"));
        finding.records.push_back(way.first);
        finding.since = std::max(finding.since.value_or(0), way.since_day * text::seconds_per_day);
        finding.when.from = std::min(finding.when.from, way.first_day * text::seconds_per_day);
        finding.when.to = std::max(finding.when.to, (way.last_day + 1) * text::seconds_per_day);
    }
    finding.details.emplace_back("hosts", hosts_in(site, names));
}

void raise(const Facts& facts, std::uint32_t first_log, const SiteNames& site, const std::vector<std::string>& names,
           Outcome& outcome) {
    const Bounds people = count::people_in(facts, site.persons);
    const Bounds computers = count::computers_in(facts, site.devices);
    const bool of_people = people.lower < people.upper;
    if (!of_people && computers.lower == computers.upper) {
        return;
    }
    const auto& sites = facts.usage->log_sites;
    Finding finding;
    finding.code = Code::pseudonym_epoch;
    finding.severity = severity_of(finding.code);
    finding.subject = first_log < sites.size() && !sites[first_log].empty() ? sites[first_log] : "the records";
    finding.unit = of_people ? "persons" : "computers";
    finding.quantity = of_people ? people : computers;
    finding.when = {facts.as_of, 0};
    describe(site, names, finding);
    finding.details.emplace_back("persons", range_text(people));
    finding.details.emplace_back("computers", range_text(computers));
    finding.text = "the records name " + std::string(of_people ? "people" : "computers") +
                   " in several ways, so one of them may be counted twice: between " +
                   std::to_string(finding.quantity.lower) + " and " + std::to_string(finding.quantity.upper) +
                   " used something";
    finding.remedy = "let the site say which names are one person's and hand that in as accounts, or count up to the "
                     "last day of the earlier names with --as-of; it passes when the period holds one way only";
    add_finding(outcome, std::move(finding));
}

} // namespace

void judge_epochs(const Facts& facts, Outcome& outcome) {
    if (!facts.people.is_mixed() && !facts.computers.is_mixed()) {
        return;
    }
    const auto names = host_names(facts);
    for (const auto& [log, site] : sites_of(facts)) {
        raise(facts, log, site, names, outcome);
    }
}

} // namespace tally::watch
