// How complete the evidence is, and what it rests on: hosts, sources, duties, logs, files, bundles, trust.
#include "verifier/outputs/tables.hpp"

namespace tally::outputs {
namespace {

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
    for (auto make : {hosts, host_days, sources, duties, changes}) {
        tables.push_back(make(subject.outcome.watched));
    }
    for (auto make : {coverage, logs, imports, bundles, trust}) {
        tables.push_back(make(subject.basis));
    }
}

} // namespace tally::outputs
