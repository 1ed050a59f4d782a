#include "verifier/findings/judge.hpp"

#include "tally/text/date.hpp"
#include "tally/text/json.hpp"
#include "verifier/ledger/runs.hpp"

#include <array>

namespace tally::findings {

namespace {

struct About {
    std::string_view name;
    Severity severity;
    std::string_view rule;
};

// In the order of Code.
constexpr std::array<About, codes> about = {{
    {"SUSTAINED_OVER", Severity::breach, "R-OVER"},
    {"OVER_PEAK", Severity::breach, "R-OVER"},
    {"SERVED_EXCEEDS_BOUGHT", Severity::breach, "R-CONC"},
    {"DENIALS", Severity::signal, "R-CONC"},
    {"OVER_ASSIGNED", Severity::breach, "R-NAMED"},
    {"OVER_ASSIGNED_EXPIRED", Severity::breach, "R-NAMED"},
    {"DEVICE_OVER", Severity::breach, "R-DEVICE"},
    {"PERP_OVER", Severity::breach, "R-PERP"},
    {"TOKEN_SHORT", Severity::breach, "R-TOKEN"},
    {"USE_AFTER_LEAVING", Severity::breach, "R-IDENTITY"},
    {"OUT_OF_TERRITORY", Severity::breach, "R-SCOPE"},
    {"OUT_OF_SCOPE_PRODUCT", Severity::breach, "R-SCOPE"},
    {"EXPIRED_USE", Severity::breach, "R-SCOPE"},
    {"EDU_COMMERCIAL", Severity::breach, "R-SCOPE"},
    {"CONTRACTOR_UNASSIGNED", Severity::breach, "R-CONTRACTOR"},
    {"UNKNOWN_ACCOUNT", Severity::breach, "R-CONTRACTOR"},
    {"USE_UNASSIGNED", Severity::breach, "R-NAMED"},
    {"VERSION_NEWER", Severity::breach, "R-VERSION"},
    {"EDITION_ABOVE", Severity::breach, "R-VERSION"},
    {"VERSION_OLD", Severity::breach, "R-VERSION"},
    {"FEATURE_UNENTITLED", Severity::breach, "R-VERSION"},
    {"MULTI_HOST", Severity::breach, "R-MULTI"},
    {"TOO_MANY_DEVICES", Severity::breach, "R-MULTI"},
    {"SHARED_ACCOUNT", Severity::breach, "R-SHARED"},
    {"GHOST", Severity::breach, "R-IDENTITY"},
    {"DEPROVISION_LATE", Severity::signal, "R-IDENTITY"},
    {"GROUP_BROAD", Severity::signal, "R-GROUP"},
    {"ADMIN_LEFT", Severity::breach, "R-ADMIN"},
    {"ADMIN_UNAPPROVED", Severity::breach, "R-ADMIN"},
    {"ADMIN_INACTIVE", Severity::signal, "R-ADMIN"},
    {"ADMIN_TOO_MANY", Severity::signal, "R-ADMIN"},
    {"BILLING_MISMATCH", Severity::signal, "R-MONEY"},
    {"DORMANT_USER", Severity::waste, "R-IDLEUSER"},
    {"DORMANT_SEAT", Severity::waste, "R-IDLEUSER"},
    {"LOW_FREQ", Severity::waste, "R-IDLEUSER"},
    {"SINGLE_IN_COLLECTION", Severity::waste, "R-IDLEUSER"},
    {"DOUBLE_RIGHT", Severity::waste, "R-IDLEUSER"},
    {"DUPLICATE_TOOL", Severity::waste, "R-DUPLICATE"},
    {"LOW_ADOPTION", Severity::waste, "R-IDLEUSER"},
    {"UNDER_ASSIGNED", Severity::waste, "R-NAMED"},
    {"TOKEN_EXPIRED", Severity::waste, "R-TOKEN"},
    {"TOKEN_FORECAST", Severity::signal, "R-TOKEN"},
    {"TOKEN_UNCERTAIN", Severity::note, "R-TOKEN"},
    {"OUTLIER_VERSION", Severity::signal, "R-OUTLIER"},
    {"SPIKE", Severity::signal, "R-SPIKE"},
    {"ENTITY", Severity::signal, "R-ENTITY"},
    {"HOSTS_RENAMED", Severity::signal, "R-ENTITY"},
    {"SOURCES_DISAGREE", Severity::signal, "R-COVERAGE"},
    {"COVERAGE_GAP", Severity::signal, "R-COVERAGE"},
    {"GAP_AT_HIGH_USE", Severity::signal, "R-COVERAGE"},
    {"HOST_SILENT", Severity::signal, "R-COVERAGE"},
    {"LATE", Severity::signal, "R-CALENDAR"},
    {"PERIOD_MISSING", Severity::breach, "R-CALENDAR"},
    {"NIL_RETURN", Severity::note, "R-CALENDAR"},
    {"RENEWAL_DUE", Severity::note, "R-CALENDAR"},
    {"CLOCK_STEP", Severity::note, "R-TIME"},
    {"UNKNOWN_CODE", Severity::note, "R-SCOPE"},
}};

} // namespace

std::string_view name(Code code) { return about[static_cast<std::size_t>(code)].name; }
std::string_view rule_of(Code code) { return about[static_cast<std::size_t>(code)].rule; }
Severity severity_of(Code code) { return about[static_cast<std::size_t>(code)].severity; }
std::string_view name(Severity severity) {
    switch (severity) {
    case Severity::breach:
        return "breach";
    case Severity::signal:
        return "signal";
    case Severity::waste:
        return "waste";
    case Severity::note:
        return "note";
    }
    return "";
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

void describe(Position& position, const Facts& facts, const Pool& pool) {
    const auto& line = pool.priced_on(text::day_of(facts.as_of - 1));
    position.agreement = line.agreement;
    position.line = pool.label;
    position.product = line.product;
    position.name = line.name.empty() ? line.product : line.name;
    position.metric = line.metric;
    position.words = pool.words;
    position.allowed = pool.allowed;
    position.quantity = value_at(pool.allowed, facts.as_of - 1);
    position.currency = line.currency;
    if (line.list_price_units) {
        position.list_price = text::Decimal::of_units(*line.list_price_units);
    }
    for (const auto* part : pool.lines) {
        position.rows.push_back(part->at);
    }
}

Finding finding_about(const Position& position) {
    Finding finding;
    finding.agreement = position.agreement;
    finding.line = position.line;
    finding.product = position.product;
    finding.subject = position.line;
    finding.unit = "seats";
    finding.rows = position.rows;
    return finding;
}

namespace {

// Exit code 4: certain use or assignment beyond what was bought (a momentary peak, too).
bool exceeds(const Finding& finding) {
    return finding.certainty == Certainty::certain &&
           (finding.severity == Severity::breach || finding.code == Code::over_peak);
}

} // namespace

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
    if (finding.rule.empty()) {
        finding.rule = rule_of(finding.code);
    }
    if (finding.state.empty()) {
        finding.state = "open";
    }
    outcome.over_entitlement = outcome.over_entitlement || exceeds(finding);
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
        json.object().member("input", name(row.kind));
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
    json.key("details").object();
    for (const auto& [key, value] : finding.details) {
        json.member(key, value);
    }
    json.end_object();
    put(json, "links", finding.links);
    json.member("remedy", finding.remedy);
    if (!finding.currency.empty()) {
        json.member("currency", finding.currency);
    }
    for (const auto& [key, amount] : {std::pair("exposure", &finding.exposure), std::pair("cure", &finding.cure),
                                      std::pair("saving", &finding.saving)}) {
        if (*amount) {
            json.member(key, (*amount)->str());
        }
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

} // namespace tally::findings
