#include "verifier/reconcile/facts.hpp"

#include "tally/text/date.hpp"
#include "tally/text/json.hpp"
#include "verifier/reconcile/rules.hpp"

namespace tally::reconcile {

std::string_view name(Code code) {
    switch (code) {
    case Code::sustained_over:
        return "SUSTAINED_OVER";
    case Code::over_peak:
        return "OVER_PEAK";
    case Code::over_assigned:
        return "OVER_ASSIGNED";
    case Code::out_of_scope_product:
        return "OUT_OF_SCOPE_PRODUCT";
    case Code::expired_use:
        return "EXPIRED_USE";
    case Code::use_unassigned:
        return "USE_UNASSIGNED";
    case Code::version_newer:
        return "VERSION_NEWER";
    case Code::version_old:
        return "VERSION_OLD";
    case Code::under_assigned:
        return "UNDER_ASSIGNED";
    }
    return "";
}
std::string_view name(Severity severity) {
    return severity == Severity::breach ? "breach" : severity == Severity::signal ? "signal" : "note";
}
std::string_view name(Certainty certainty) { return certainty == Certainty::certain ? "certain" : "possible"; }
std::string_view name(Persistence persistence) {
    switch (persistence) {
    case Persistence::none:
        return "none";
    case Persistence::momentary:
        return "momentary";
    case Persistence::recurrent:
        return "recurrent";
    case Persistence::sustained:
        return "sustained";
    }
    return "";
}
std::string_view name(ledger::Metric metric) { return metric == ledger::Metric::named ? "named" : "concurrent"; }
std::string_view name(RequestEnd end) {
    switch (end) {
    case RequestEnd::retried:
        return "retried";
    case RequestEnd::lost:
        return "lost";
    case RequestEnd::granted:
        return "granted";
    case RequestEnd::left:
        return "left";
    case RequestEnd::waiting:
        return "waiting";
    case RequestEnd::unsupported:
        return "unsupported";
    }
    return "";
}

void add_finding(Outcome& outcome, Finding finding) {
    // R-PRECEDENCE: identity is the fact, so neither quantity nor rule version is part of it.
    std::string identity = "tally-finding-v1\n";
    for (const std::string_view part :
         {std::string_view(finding.agreement), name(finding.code), std::string_view(finding.subject),
          std::string_view(finding.product), std::string_view(finding.line)}) {
        identity += std::string(part) + '\n';
    }
    finding.id = ledger::short_name(identity + text::format_day(text::day_of(finding.when.from)));
    finding.records_total = std::max<std::uint64_t>(finding.records_total, finding.records.size());
    if (finding.records.size() > rules::evidence_kept) {
        finding.records.resize(rules::evidence_kept);
    }
    if (finding.state.empty()) {
        finding.state = "open";
    }
    const bool informs = finding.code == Code::under_assigned || finding.code == Code::version_old;
    outcome.over_entitlement = outcome.over_entitlement || (!informs && finding.certainty == Certainty::certain);
    outcome.findings.push_back(std::move(finding));
}

namespace {

void put(text::Json& json, std::string_view key, const Bounds& bounds) {
    json.key(key).array().value(bounds.lower).value(bounds.upper).end_array();
}
void put(text::Json& json, std::string_view key, const Span& span) {
    json.key(key).array().value(text::format_instant(span.from)).value(text::format_instant(span.to)).end_array();
}
void put(text::Json& json, std::string_view key, const std::vector<std::string>& items) {
    json.key(key).array();
    for (const auto& item : items) {
        json.value(item);
    }
    json.end_array();
}
void put(text::Json& json, const std::vector<RowRef>& rows) {
    json.key("rows").array();
    for (const auto& row : rows) {
        json.object().member("input", row.kind == ledger::InputKind::entitlements ? "entitlements" : "assignments");
        json.member("line", row.row).end_object();
    }
    json.end_array();
}

void put(text::Json& json, const Finding& finding) {
    json.object()
        .member("id", finding.id)
        .member("code", name(finding.code))
        .member("severity", name(finding.severity));
    json.member("certainty", name(finding.certainty)).member("state", finding.state).member("rule", finding.rule);
    json.member("agreement", finding.agreement).member("line", finding.line).member("product", finding.product);
    json.member("subject", finding.subject).member("unit", finding.unit).member("text", finding.text);
    put(json, "quantity", finding.quantity);
    put(json, "when", finding.when);
    if (finding.exposure && finding.cure) {
        json.member("currency", finding.currency)
            .member("exposure", finding.exposure->str())
            .member("cure", finding.cure->str());
    }
    json.key("records").array();
    for (const auto& record : finding.records) {
        json.object().member("host", record.log).member("seq", record.seq).end_object();
    }
    json.end_array().member("records_total", finding.records_total);
    put(json, finding.rows);
    json.end_object();
}

void put(text::Json& json, const Position& position) {
    json.object()
        .member("agreement", position.agreement)
        .member("line", position.line)
        .member("product", position.product);
    json.member("name", position.name).member("metric", name(position.metric)).member("quantity", position.quantity);
    put(json, "peak", position.peak);
    json.member("peak_at", position.peak.lower > 0 ? text::format_instant(position.peak_at) : "");
    put(json, "at_end", position.at_end);
    put(json, "excess", position.excess);
    json.member("persistence", name(position.persistence)).member("episodes", position.episodes.size());
    json.member("seconds_above", position.seconds_above).member("claims", position.claims);
    put(json, "use_peak", position.use_peak);
    put(json, "users", position.users);
    put(json, position.rows);
    json.end_object();
}

void put(text::Json& json, const FourWays& row) {
    json.object().member("product", row.product).member("name", row.name).member("all_lines", row.all_lines);
    json.member("package_lines", row.package_lines).member("clients", row.clients).member("users", row.users);
    json.member("users_as_written", row.users_as_written).member("sessions", row.sessions).end_object();
}

template <class Row>
void put_rows(text::Json& json, std::string_view key, const std::vector<Row>& rows) {
    json.key(key).array();
    for (const auto& row : rows) {
        put(json, row);
    }
    json.end_array();
}

} // namespace

std::string to_json(const Finding& finding) {
    text::Json json;
    put(json, finding);
    return json.str();
}

std::string to_json(const Outcome& outcome) {
    text::Json json;
    json.object().member("format", "tally-reconciliation-1").member("rules", outcome.rules);
    json.member("as_of", text::format_instant(outcome.as_of));
    put(json, "observed", outcome.observed);
    json.member("sessions", outcome.sessions).member("sessions_open", outcome.sessions_open);
    json.member("over_entitlement", outcome.over_entitlement);
    put_rows(json, "positions", outcome.positions);
    put_rows(json, "counted_four_ways", outcome.four_ways);
    put_rows(json, "findings", outcome.findings);
    put(json, "assigned_never_seen", outcome.assigned_never_seen);
    put(json, "used_never_assigned", outcome.used_never_assigned);
    json.end_object();
    return json.str();
}

} // namespace tally::reconcile
