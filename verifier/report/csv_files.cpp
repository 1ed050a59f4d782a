#include "verifier/report/page.hpp"

#include "tally/text/csv.hpp"
#include "tally/text/date.hpp"

namespace tally::report {
namespace {

using Row = std::vector<std::string>;

template <class T>
std::string n(T number) {
    return std::to_string(number);
}
std::string when(std::int64_t seconds) { return seconds == 0 ? "" : text::format_instant(seconds); }
std::string amount(const std::optional<text::Decimal>& value) { return value ? value->str() : ""; }
std::string moment(const std::optional<inputs::Moment>& value) {
    if (!value) {
        return "";
    }
    return value->from == value->to ? text::format_instant(value->from) : text::format_day(text::day_of(value->from));
}

class File {
public:
    File(std::string name, const Row& header) : file_{std::move(name), text::csv_record(header)} {}
    void add(Row row) {
        for (auto& cell : row) {
            cell = text::shown(cell);
        }
        file_.bytes += text::csv_record(row);
    }
    CsvFile take() { return std::move(file_); }

private:
    CsvFile file_;
};

CsvFile position(const findings::Outcome& outcome) {
    File file("position.csv", {"agreement", "line", "product", "name", "metric", "quantity", "peak_lower", "peak_upper",
                               "peak_at", "excess_lower", "excess_upper", "seconds_above", "episodes", "persistence",
                               "claims", "use_peak_lower", "use_peak_upper", "users_lower", "users_upper"});
    for (const auto& row : outcome.positions) {
        file.add({row.agreement, row.line, row.product, row.name, std::string(findings::name(row.metric)),
                  n(row.quantity), n(row.peak.lower), n(row.peak.upper), row.peak.lower > 0 ? when(row.peak_at) : "",
                  n(row.excess.lower), n(row.excess.upper), n(row.seconds_above), n(row.episodes.size()),
                  std::string(findings::name(row.persistence)), n(row.claims), n(row.use_peak.lower),
                  n(row.use_peak.upper), n(row.users.lower), n(row.users.upper)});
    }
    return file.take();
}

CsvFile four_ways(const findings::Outcome& outcome) {
    File file("four_ways.csv", {"product", "name", "all_lines", "package_lines", "person_on_computer", "persons",
                                "persons_as_written", "sessions"});
    for (const auto& row : outcome.four_ways) {
        file.add({row.product, row.name, n(row.all_lines), n(row.package_lines), n(row.clients), n(row.users),
                  n(row.users_as_written), n(row.sessions)});
    }
    return file.take();
}

CsvFile days(const findings::Outcome& outcome) {
    File file("concurrency_daily.csv", {"product", "day", "claims_peak", "use_peak", "users", "starts"});
    for (const auto& row : outcome.days) {
        file.add(
            {row.product, text::format_day(row.day), n(row.claims_peak), n(row.use_peak), n(row.users), n(row.starts)});
    }
    return file.take();
}

CsvFile users(const findings::Outcome& outcome) {
    File file("users.csv",
              {"user", "product", "sessions", "computers", "days_lower", "days_upper", "seconds", "first", "last"});
    for (const auto& row : outcome.users) {
        file.add({row.user, row.product, n(row.sessions), n(row.clients), n(row.days.lower), n(row.days.upper),
                  n(row.seconds), when(row.first), when(row.last)});
    }
    return file.take();
}

CsvFile requests(const findings::Outcome& outcome) {
    File file("requests.csv",
              {"at", "event", "product", "user", "computer", "licences", "outcome", "waited_seconds", "log", "seq"});
    for (const auto& row : outcome.requests) {
        file.add({when(row.at), row.verb, row.product, row.user, row.client, n(row.count),
                  std::string(findings::name(row.end)), row.waited_s ? n(*row.waited_s) : "", row.record.log,
                  n(row.record.seq)});
    }
    return file.take();
}

CsvFile findings(const findings::Outcome& outcome) {
    File file("findings.csv", {"id",    "code",     "severity", "certainty",      "state",          "rule", "agreement",
                               "line",  "product",  "subject",  "quantity_lower", "quantity_upper", "unit", "from",
                               "until", "exposure", "cure",     "currency",       "records",        "text"});
    for (const auto& row : outcome.findings) {
        file.add({row.id,
                  std::string(findings::name(row.code)),
                  std::string(findings::name(row.severity)),
                  std::string(findings::name(row.certainty)),
                  row.state,
                  std::string(row.rule),
                  row.agreement,
                  row.line,
                  row.product,
                  row.subject,
                  n(row.quantity.lower),
                  n(row.quantity.upper),
                  row.unit,
                  when(row.when.from),
                  when(row.when.to),
                  amount(row.exposure),
                  amount(row.cure),
                  row.currency,
                  n(row.records_total),
                  row.text});
    }
    return file.take();
}

CsvFile records(const findings::Outcome& outcome) {
    File file("finding_records.csv", {"finding", "log", "seq"});
    for (const auto& finding : outcome.findings) {
        for (const auto& record : finding.records) {
            file.add({finding.id, record.log, n(record.seq)});
        }
    }
    return file.take();
}

CsvFile entitlements(const inputs::Inputs& inputs) {
    File file("entitlements.csv", {"line", "agreement", "product", "name", "metric", "quantity", "features", "start",
                                   "end", "version_min", "version_max", "list_price", "currency", "order"});
    for (const auto& row : inputs.entitlements) {
        std::string features;
        for (const auto& word : row.features) {
            features += (features.empty() ? "" : " ") + word;
        }
        file.add({row.line, row.agreement, row.product, row.name, std::string(findings::name(row.metric)),
                  n(row.quantity), features, text::format_day(row.start_day), text::format_day(row.end_day),
                  row.versions.min != 0 ? n(row.versions.min) : "", row.versions.max != 0 ? n(row.versions.max) : "",
                  row.list_price_units ? text::Decimal::of_units(*row.list_price_units).str() : "", row.currency,
                  row.order});
    }
    return file.take();
}

CsvFile assignments(const inputs::Inputs& inputs) {
    File file("assignments.csv",
              {"user", "product", "team", "assigned", "unassigned", "source", "status", "last_accessed"});
    for (const auto& row : inputs.assignments) {
        file.add({row.user, row.product, row.team, moment(row.assigned), moment(row.unassigned), row.source, row.status,
                  moment(row.last_accessed)});
    }
    return file.take();
}

CsvFile coverage(const Basis& basis) {
    File file("coverage.csv", {"log", "label", "role", "site", "day", "lines", "seals", "events"});
    for (const auto& row : basis.days) {
        const auto& log = basis.logs.at(row.log);
        file.add({log.host, log.label, log.role, log.site, text::format_day(row.day), n(row.lines), n(row.seals),
                  n(row.events)});
    }
    return file.take();
}

CsvFile imports(const Basis& basis) {
    File file("imports.csv", {"log", "seq", "file", "source", "zone", "lines", "first", "last", "sha256"});
    for (const auto& row : basis.imports) {
        file.add({row.host, n(row.seq), row.name, row.source, row.zone, n(row.lines), when(row.first), when(row.last),
                  row.digest});
    }
    return file.take();
}

CsvFile bundles(const Basis& basis) {
    File file("bundles.csv",
              {"bundle", "site", "number", "volume", "volumes", "bytes", "lines", "seals", "made", "sha256"});
    for (const auto& row : basis.bundles) {
        file.add({row.name, row.site, n(row.n), n(row.volume), n(row.volumes), n(row.bytes), n(row.lines), n(row.seals),
                  when(row.created_ms / 1000), row.digest});
    }
    return file.take();
}

} // namespace

std::vector<CsvFile> to_csv(const Subject& subject) {
    const auto& outcome = subject.outcome;
    return {position(outcome),           four_ways(outcome),      days(outcome),          users(outcome),
            requests(outcome),           findings(outcome),       records(outcome),       entitlements(subject.inputs),
            assignments(subject.inputs), coverage(subject.basis), imports(subject.basis), bundles(subject.basis)};
}

} // namespace tally::report
