// How complete the evidence is, and what it rests on: hosts, sources, duties, logs, files, bundles, trust.
#include "verifier/outputs/tables.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace tally::outputs {
namespace {

using findings::DayClass;
using findings::Watched;

Table hosts(const Watched& watched) {
    Table table{"hosts", {"host", "log", "site", "first_day", "through_day", "retired", "unobserved_seconds"}, {}};
    for (const auto& row : watched.hosts) {
        table.add({row.host, row.log, row.site, day(row.first_day),
                   row.through_day < row.first_day ? Cell() : day(row.through_day), row.retired, row.dark_s});
    }
    return table;
}

// Days of one kind that follow each other are one row.
Table host_days(const Watched& watched) {
    Table table{"host_days", {"host", "log", "site", "from", "through", "class"}, {}};
    for (const auto& row : watched.hosts) {
        for (std::size_t i = 0; i < row.days.size();) {
            std::size_t end = i + 1;
            while (end < row.days.size() && row.days[end] == row.days[i]) {
                ++end;
            }
            table.add({row.host, row.log, row.site, day(row.first_day + static_cast<std::int64_t>(i)),
                       day(row.first_day + static_cast<std::int64_t>(end) - 1), findings::name(row.days[i])});
            i = end;
        }
    }
    return table;
}

// Days since a source first told of a host, by what is known of them; of the hosts of a site together.
struct SourceDays {
    std::int64_t hosts = 0, expected = 0;
    std::array<std::int64_t, 8> days{}; // by findings::DayClass
};

// Imported days are those that its files cover; what is known of the others is what is known of the host.
void add_source(const findings::HostCoverage& host, const std::vector<const ImportRow*>& files, SourceDays& sum) {
    const auto covered = [&](std::int64_t day) {
        return std::any_of(files.begin(), files.end(), [&](const ImportRow* file) {
            return text::day_of(file->first) <= day && day <= text::day_of(file->last);
        });
    };
    std::int64_t first = inputs::for_ever;
    for (const auto* file : files) {
        first = std::min(first, text::day_of(file->first));
    }
    ++sum.hosts;
    for (std::size_t i = 0; i < host.days.size(); ++i) {
        const std::int64_t day = host.first_day + static_cast<std::int64_t>(i);
        if (day >= first) {
            const bool said = host.days[i] == DayClass::host_off || host.days[i] == DayClass::declared ||
                              host.days[i] == DayClass::source_loss || host.days[i] == DayClass::recorder_off;
            const DayClass known = covered(day) ? DayClass::imported : said ? host.days[i] : DayClass::missing;
            ++sum.expected;
            ++sum.days[static_cast<std::size_t>(known)];
        }
    }
}

} // namespace

Table coverage_classes(const Subject& subject) {
    Table table{"coverage_classes",
                {"site", "source", "hosts", "expected_days", "observed", "imported", "host_off", "declared",
                 "source_loss", "recorder_off", "missing"},
                {}};
    std::map<std::string, std::map<std::string, std::vector<const ImportRow*>>> files; // log, source
    for (const auto& row : subject.basis.imports) {
        files[row.host][row.source].push_back(&row);
    }
    std::map<std::pair<std::string, std::string>, SourceDays> sums; // site, source; "": the host itself
    for (const auto& host : subject.outcome.watched.hosts) {
        SourceDays& own = sums[{host.site, ""}];
        ++own.hosts;
        for (const auto day : host.days) {
            own.expected += day == DayClass::unknown ? 0 : 1;
            ++own.days[static_cast<std::size_t>(day)];
        }
        for (const auto& [source, rows] : files[host.log]) {
            add_source(host, rows, sums[{host.site, source}]);
        }
    }
    for (const auto& [place, sum] : sums) {
        const auto of = [&sum = sum](DayClass day) { return sum.days[static_cast<std::size_t>(day)]; };
        table.add({place.first, place.second.empty() ? "host" : place.second, sum.hosts, sum.expected,
                   of(DayClass::observed), of(DayClass::imported), of(DayClass::host_off), of(DayClass::declared),
                   of(DayClass::source_loss), of(DayClass::recorder_off), of(DayClass::missing)});
    }
    return table;
}

namespace {

Table sources(const Watched& watched) {
    Table table{"sources", {"host", "source", "first", "last"}, {}};
    for (const auto& row : watched.sources) {
        table.add({row.host, row.source, instant(row.first), instant(row.last)});
    }
    return table;
}

Table duties(const Watched& watched) {
    Table table{"duties",
                {"agreement", "site", "period", "from", "until", "due", "duty", "received", "amended", "complete",
                 "contradicted"},
                {}};
    for (const auto& row : watched.duties) {
        table.add({row.agreement, row.site, row.label, instant(row.when.from), instant(row.when.to), day(row.due_day),
                   findings::name(row.duty), row.received ? instant(*row.received) : Cell(),
                   row.amended ? instant(*row.amended) : Cell(), row.complete, row.contradicted});
    }
    return table;
}

Table changes(const Watched& watched) {
    Table table{"changes",
                {"product", "sessions", "sessions_before", "persons", "persons_before", "seconds", "seconds_before",
                 "persons_lower", "persons_before_lower"},
                {}};
    for (const auto& row : watched.changes) {
        table.add({row.product, row.sessions, row.sessions_before, row.persons, row.persons_before, row.seconds,
                   row.seconds_before, row.persons_least, row.persons_before_least});
    }
    return table;
}

Table coverage(const Basis& basis) {
    Table table{"coverage", {"log", "label", "role", "site", "day", "lines", "seals", "events"}, {}};
    for (const auto& row : basis.days) {
        const auto& log = basis.logs.at(row.log);
        table.add({log.host, log.label, log.role, log.site, day(row.day), row.lines, row.seals, row.events});
    }
    return table;
}

Table logs(const Basis& basis) {
    Table table{"logs", {"log", "label", "role", "site", "lines", "seals", "first", "last"}, {}};
    for (const auto& row : basis.logs) {
        table.add({row.host, row.label, row.role, row.site, row.size, row.seals, instant(row.first_wall_ms / 1000),
                   instant(row.last_wall_ms / 1000)});
    }
    return table;
}

Table imports(const Basis& basis) {
    Table table{"imports", {"log", "seq", "file", "source", "zone", "lines", "first", "last", "sha256"}, {}};
    for (const auto& row : basis.imports) {
        table.add({row.host, row.seq, row.name, row.source, row.zone, row.lines, instant(row.first), instant(row.last),
                   row.digest});
    }
    return table;
}

Table bundles(const Basis& basis) {
    Table table{
        "bundles", {"bundle", "site", "number", "volume", "volumes", "bytes", "lines", "seals", "made", "sha256"}, {}};
    for (const auto& row : basis.bundles) {
        table.add({row.name, row.site, row.n, row.volume, row.volumes, row.bytes, row.lines, row.seals,
                   instant(row.created_ms / 1000), row.digest});
    }
    return table;
}

Table trust(const Basis& basis) {
    Table table{"trust", {"site", "version", "fingerprint"}, {}};
    for (const auto& row : basis.trust) {
        table.add({row.site, row.version, row.fingerprint});
    }
    return table;
}

} // namespace

void add_basis(const Subject& subject, std::vector<Table>& tables) {
    for (auto make : {hosts, host_days}) {
        tables.push_back(make(subject.outcome.watched));
    }
    tables.push_back(coverage_classes(subject));
    for (auto make : {sources, duties, changes}) {
        tables.push_back(make(subject.outcome.watched));
    }
    for (auto make : {coverage, logs, imports, bundles, trust}) {
        tables.push_back(make(subject.basis));
    }
}

} // namespace tally::outputs
