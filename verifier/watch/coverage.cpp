// R-COVERAGE: what is known of each host and day; time that nobody watched, hosts and sites that fell silent.
#include "verifier/watch/hosts.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace tally::watch {
namespace {

using text::seconds_per_day;

struct HostRow {
    const HostWatch* host = nullptr;
    HostCoverage coverage;
    std::int64_t last_heard = 0; // day; the day before the first one when never heard
    std::int64_t tail = 0;       // days at the end of which nothing is known
};

// `dark`: unobserved time that nothing explains.
DayClass class_of(const Facts& facts, const HostWatch& host, const std::vector<Span>& dark, std::int64_t day) {
    const Span span{day * seconds_per_day, (day + 1) * seconds_per_day};
    const bool heard = host.heard_on(day);
    const std::int64_t dark_s = seconds_within(dark, span);
    if (dark_s >= facts.rules->gap_least_s || (dark_s > 0 && !heard)) {
        return DayClass::recorder_off;
    }
    for (const auto& loss : host.losses) {
        if (loss.when.from < span.to && span.from < std::max(loss.when.to, loss.when.from + 1)) {
            return DayClass::source_loss;
        }
    }
    if (heard) {
        return DayClass::observed;
    }
    if (host.imported_on(day)) {
        return DayClass::imported;
    }
    if (seconds_within(host.off, span) > 0) {
        return DayClass::host_off;
    }
    if (seconds_within(host.declared, span) > 0) {
        return DayClass::declared;
    }
    const bool expected = host.heard.empty() ? host.imported.empty() : host.heard.front() < day;
    return expected && host.in_roster ? DayClass::missing : DayClass::unknown;
}

// The last day of which everything is known: a missing day before the review period is that review's.
std::int64_t through(const Facts& facts, const HostCoverage& row) {
    for (std::size_t i = 0; i < row.days.size(); ++i) {
        const std::int64_t day = row.first_day + static_cast<std::int64_t>(i);
        if (row.days[i] == DayClass::missing && day >= text::day_of(facts.period.from)) {
            return day - 1;
        }
    }
    return row.first_day + static_cast<std::int64_t>(row.days.size()) - 1;
}

// A host that is enrolled and was never heard is expected from the beginning of the review period on.
std::vector<HostRow> rows_of(const Facts& facts, const std::vector<HostWatch>& hosts) {
    const std::int64_t end = text::day_of(facts.as_of - 1);
    std::vector<HostRow> rows;
    for (const auto& host : hosts) {
        const std::int64_t first = host.first_day().value_or(text::day_of(facts.period.from));
        if (first > end) {
            continue;
        }
        HostRow row;
        row.host = &host;
        row.coverage.host = host.name;
        row.coverage.log = facts.usage->logs[host.log];
        row.coverage.site = host.site;
        row.coverage.device = host.device;
        row.coverage.first_day = first;
        row.coverage.retired = host.retired_day && *host.retired_day <= end;
        row.coverage.dark_s = seconds_of(unexplained(host, facts.period));
        row.last_heard = first - 1;
        const auto dark = unexplained(host, {first * seconds_per_day, (end + 1) * seconds_per_day});
        for (std::int64_t day = first; day <= end; ++day) {
            const DayClass known = class_of(facts, host, dark, day);
            const bool alive = known != DayClass::missing && (host.heard_on(day) || host.imported_on(day));
            row.last_heard = alive ? day : row.last_heard;
            row.tail = alive ? 0 : row.tail + (known == DayClass::missing ? 1 : 0);
            row.coverage.days.push_back(known);
        }
        row.coverage.through_day = through(facts, row.coverage);
        rows.push_back(std::move(row));
    }
    return rows;
}

std::string hours(std::int64_t seconds) {
    const std::int64_t tenths = seconds / 360;
    return std::to_string(tenths / 10) + (tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10));
}

// Products whose upper counts rise by one while this host is not watched: installed or used there before its end.
std::string products_on(const Facts& facts, const UsedOn& used, const HostWatch& host, std::int64_t before) {
    std::set<std::string> names;
    for (const auto& found : facts.usage->installations) {
        if (found.log == host.log && found.from < before) {
            names.insert(facts.display_name(facts.usage->features[found.feature]));
        }
    }
    for (const auto& use : used.of(host)) {
        if (use.first_day * seconds_per_day < before) {
            names.insert(facts.products[use.word].name);
        }
    }
    std::string list;
    for (const auto& name : names) {
        list += (list.empty() ? "" : ", ") + name;
    }
    return list;
}

void raise_dark(const Facts& facts, const UsedOn& used, const HostRow& row, Outcome& outcome) {
    const auto spans = unexplained(*row.host, facts.period);
    if (row.coverage.dark_s < facts.rules->gap_least_s) {
        return;
    }
    Finding finding;
    finding.code = Code::coverage_gap;
    finding.severity = severity_of(finding.code);
    finding.subject = row.host->name;
    finding.unit = "hours";
    finding.quantity = {row.coverage.dark_s / 3600, (row.coverage.dark_s + 3599) / 3600};
    finding.when = {spans.front().from, spans.back().to};
    finding.text = "nobody watched for " + hours(row.coverage.dark_s) + " h while the machine ran";
    const std::string products = products_on(facts, used, *row.host, finding.when.to);
    finding.details = {{"site", row.host->site}, {"gaps", std::to_string(spans.size())}};
    finding.details.emplace_back("upper counts rise by one while it lasts for",
                                 products.empty() ? "no product: none is known on this host" : products);
    finding.remedy = "find out why the recorder did not run, and let the site declare it";
    finding.records = row.host->dark_records;
    add_finding(outcome, std::move(finding));
}

void raise_losses(const Facts& facts, const HostRow& row, Outcome& outcome) {
    Finding finding;
    std::uint64_t lost = 0;
    for (const auto& loss : row.host->losses) {
        if (loss.when.from < facts.period.to && facts.period.from <= loss.when.to) {
            finding.when = {lost == 0 ? loss.when.from : std::min(finding.when.from, loss.when.from),
                            std::max(finding.when.to, loss.when.to)};
            lost += loss.count;
            finding.records.push_back(loss.record);
        }
    }
    if (lost == 0) {
        return;
    }
    finding.code = Code::coverage_gap;
    finding.severity = severity_of(finding.code);
    finding.subject = row.host->name + " (lost events)";
    finding.unit = "events";
    finding.quantity = {static_cast<std::int64_t>(lost), static_cast<std::int64_t>(lost)};
    finding.text = std::to_string(lost) + " events of a source were lost";
    finding.details = {{"site", row.host->site}};
    finding.remedy = "read the source's own log of that time again, if it is kept";
    add_finding(outcome, std::move(finding));
}

// Days between two signs of life of which nothing is known: one finding for all hosts of a site that miss the same.
void raise_holes(const Facts& facts, const std::vector<HostRow>& rows, Outcome& outcome) {
    std::map<std::tuple<std::string, std::int64_t, std::int64_t>, std::vector<std::string>> holes; // site, [from, to)
    for (const auto& row : rows) {
        const auto& map = row.coverage;
        for (std::size_t i = 0; i < map.days.size();) {
            std::size_t end = i;
            while (end < map.days.size() && map.days[end] == DayClass::missing) {
                ++end;
            }
            const std::int64_t to = map.first_day + static_cast<std::int64_t>(end);
            if (end > i && to <= row.last_heard && to > text::day_of(facts.period.from)) {
                holes[{map.site, map.first_day + static_cast<std::int64_t>(i), to}].push_back(map.host);
            }
            i = std::max(end, i + 1);
        }
    }
    for (const auto& [place, names] : holes) {
        const auto& [site, from, to] = place;
        Finding finding;
        finding.code = Code::coverage_gap;
        finding.severity = severity_of(finding.code);
        finding.subject = names.size() == 1 ? names.front() : site;
        finding.unit = "hours";
        finding.quantity = {(to - from) * 24, (to - from) * 24};
        finding.when = {from * seconds_per_day, to * seconds_per_day};
        finding.text = "nothing is known of " + std::to_string(to - from) + (to - from == 1 ? " day" : " days") +
                       " between two signs of life";
        finding.details = {{"site", site}, {"hosts", std::to_string(names.size())}};
        finding.remedy = "ask the site for the bundle that holds these days";
        add_finding(outcome, std::move(finding));
    }
}

void raise_silent(const Facts& facts, const HostRow& row, std::int64_t days, Outcome& outcome) {
    if (days < facts.rules->silent_days) {
        return;
    }
    Finding finding;
    finding.code = Code::host_silent;
    finding.severity = severity_of(finding.code);
    finding.subject = row.host->name;
    finding.unit = "days";
    finding.quantity = {days, days};
    finding.when = {(row.last_heard + 1) * seconds_per_day, facts.as_of};
    finding.text = row.last_heard < row.coverage.first_day
                       ? "enrolled, and nothing ever came from it"
                       : "nothing came from it since " + text::format_day(row.last_heard) + ", and nobody said why";
    finding.details = {{"site", row.host->site}, {"log", row.coverage.log}};
    finding.remedy = "look at the host; retire it or declare the gap if that is meant";
    add_finding(outcome, std::move(finding));
}

void raise_silent_site(const Facts& facts, const std::string& site, std::int64_t last, std::size_t hosts,
                       Outcome& outcome) {
    const std::int64_t days = facts.as_of_day() - last - 1;
    Finding finding;
    finding.code = Code::coverage_gap;
    finding.severity = severity_of(finding.code);
    finding.subject = site;
    finding.unit = "hours";
    finding.quantity = {days * 24, days * 24};
    finding.when = {(last + 1) * seconds_per_day, facts.as_of};
    finding.text = "nothing came from the whole site for " + std::to_string(days) + " days";
    finding.details = {{"site", site}, {"hosts", std::to_string(hosts)}};
    finding.remedy = "ask the site for its next bundle";
    add_finding(outcome, std::move(finding));
}

// What a site has in common: who was heard last, and whether all of it is silent.
struct SiteRow {
    std::int64_t heard = 0; // last day on which any of its logs was
    std::int64_t least_tail = inputs::for_ever;
    std::size_t hosts = 0;
};

std::map<std::string, SiteRow> sites_of(const std::vector<HostRow>& rows) {
    std::map<std::string, SiteRow> sites;
    for (const auto& row : rows) {
        if (!row.coverage.retired && row.host->in_roster) {
            SiteRow& site = sites[row.coverage.site];
            site.heard = std::max(site.heard, row.last_heard);
            site.least_tail = std::min(site.least_tail, row.tail);
            ++site.hosts;
        }
    }
    return sites;
}

void raise_silence(const Facts& facts, const std::vector<HostRow>& rows, Outcome& outcome) {
    const auto sites = sites_of(rows);
    for (const auto& [name, site] : sites) {
        if (site.least_tail >= facts.rules->site_silent_days) {
            raise_silent_site(facts, name, site.heard, site.hosts, outcome);
        }
    }
    for (const auto& row : rows) {
        if (row.coverage.retired || row.tail == 0 || !row.host->in_roster) {
            continue;
        }
        // Silence that the whole site shares is the site's.
        const SiteRow& site = sites.at(row.coverage.site);
        const std::int64_t shared = site.least_tail >= facts.rules->site_silent_days ? site.least_tail : 0;
        raise_silent(facts, row, row.tail - shared, outcome);
    }
}

} // namespace

void judge_coverage(const Facts& facts, Outcome& outcome) {
    const auto hosts = hosts_of(facts);
    const auto rows = rows_of(facts, hosts);
    std::vector<const HostWatch*> dark;
    for (const auto& row : rows) {
        if (row.coverage.dark_s > 0) {
            dark.push_back(row.host);
        }
    }
    const UsedOn used(facts, dark);
    for (const auto& row : rows) {
        raise_dark(facts, used, row, outcome);
        raise_losses(facts, row, outcome);
    }
    raise_holes(facts, rows, outcome);
    raise_silence(facts, rows, outcome);
    for (const auto& row : rows) {
        if (!row.host->in_roster) {
            continue;
        }
        auto& through_day = outcome.watched.complete_through;
        if (!row.coverage.retired && (!through_day || row.coverage.through_day < *through_day)) {
            through_day = row.coverage.through_day;
            outcome.watched.complete_until_host = row.host->name;
        }
        outcome.watched.hosts.push_back(row.coverage);
    }
}

} // namespace tally::watch
