#include "verifier/findings/judge.hpp"

#include "verifier/findings/json.hpp"
#include "verifier/ledger/short_name.hpp"

#include <array>

namespace tally::findings {

namespace {

struct About {
    std::string_view name;
    Severity severity;
    std::string_view rule;
    Group group;
    std::string_view title;
};

// In the order of Code.
constexpr std::array<About, codes> about = {{
    {"SUSTAINED_OVER", Severity::breach, "R-OVER", Group::gap, "More in use than bought, sustained"},
    {"OVER_PEAK", Severity::breach, "R-OVER", Group::gap, "More in use than bought"},
    {"SERVED_EXCEEDS_BOUGHT", Severity::breach, "R-CONC", Group::gap, "Servers give out more than was bought"},
    {"DENIALS", Severity::signal, "R-CONC", Group::gap, "Requests denied"},
    {"OVER_ASSIGNED", Severity::breach, "R-NAMED", Group::gap, "More seats assigned than bought"},
    {"OVER_ASSIGNED_EXPIRED", Severity::breach, "R-NAMED", Group::gap, "Assigned to a line that has ended"},
    {"DEVICE_OVER", Severity::breach, "R-DEVICE", Group::gap, "Installed on more devices than bought"},
    {"PERP_OVER", Severity::breach, "R-PERP", Group::gap, "More perpetual installations than rights"},
    {"TOKEN_SHORT", Severity::breach, "R-TOKEN", Group::gap, "Tokens ran short"},
    {"USE_AFTER_LEAVING", Severity::breach, "R-IDENTITY", Group::identity, "Use after leaving"},
    {"OUT_OF_TERRITORY", Severity::breach, "R-SCOPE", Group::gap, "Use outside the territory"},
    {"OUT_OF_SCOPE_PRODUCT", Severity::breach, "R-SCOPE", Group::gap, "Use of a product that no line covers"},
    {"EXPIRED_USE", Severity::breach, "R-SCOPE", Group::gap, "Use after the line ended"},
    {"EDU_COMMERCIAL", Severity::breach, "R-SCOPE", Group::gap, "Education licence in commercial use"},
    {"CONTRACTOR_UNASSIGNED", Severity::breach, "R-CONTRACTOR", Group::identity, "Contractor without assignment"},
    {"UNKNOWN_ACCOUNT", Severity::breach, "R-CONTRACTOR", Group::identity, "Account that no directory knows"},
    {"USE_UNASSIGNED", Severity::breach, "R-NAMED", Group::gap, "Use without assignment"},
    {"VERSION_NEWER", Severity::breach, "R-VERSION", Group::gap, "Release newer than the right"},
    {"EDITION_ABOVE", Severity::breach, "R-VERSION", Group::gap, "Edition above the right"},
    {"VERSION_OLD", Severity::breach, "R-VERSION", Group::gap, "Release older than the right"},
    {"FEATURE_UNENTITLED", Severity::breach, "R-VERSION", Group::gap, "Add-on used that was not bought"},
    {"MULTI_HOST", Severity::breach, "R-MULTI", Group::identity, "One person on two computers at once"},
    {"TOO_MANY_DEVICES", Severity::breach, "R-MULTI", Group::identity, "One person on too many devices"},
    {"SHARED_ACCOUNT", Severity::breach, "R-SHARED", Group::identity, "Account shared by several people"},
    {"GHOST", Severity::breach, "R-IDENTITY", Group::identity, "Left, still assigned"},
    {"DEPROVISION_LATE", Severity::signal, "R-IDENTITY", Group::identity, "Unassigned late after leaving"},
    {"GROUP_BROAD", Severity::signal, "R-GROUP", Group::identity, "Group grants more than is used"},
    {"ADMIN_LEFT", Severity::breach, "R-ADMIN", Group::identity, "Administrator who has left"},
    {"ADMIN_UNAPPROVED", Severity::breach, "R-ADMIN", Group::identity, "Administrator not approved"},
    {"ADMIN_INACTIVE", Severity::signal, "R-ADMIN", Group::identity, "Administrator not active"},
    {"ADMIN_TOO_MANY", Severity::signal, "R-ADMIN", Group::identity, "More administrators than approved"},
    {"BILLING_MISMATCH", Severity::signal, "R-MONEY", Group::duty, "Bill and contract differ"},
    {"DORMANT_USER", Severity::waste, "R-IDLEUSER", Group::optimisation, "Named user who uses nothing"},
    {"DORMANT_SEAT", Severity::waste, "R-IDLEUSER", Group::optimisation, "Seat that is not used"},
    {"LOW_FREQ", Severity::waste, "R-IDLEUSER", Group::optimisation, "Seat that is seldom used"},
    {"SINGLE_IN_COLLECTION", Severity::waste, "R-IDLEUSER", Group::optimisation, "Collection used for one product"},
    {"DOUBLE_RIGHT", Severity::waste, "R-IDLEUSER", Group::optimisation, "Two rights for the same product"},
    {"DUPLICATE_TOOL", Severity::waste, "R-DUPLICATE", Group::optimisation, "Two tools for one function"},
    {"LOW_ADOPTION", Severity::waste, "R-IDLEUSER", Group::optimisation, "Few of the assigned use it"},
    {"UNDER_ASSIGNED", Severity::waste, "R-NAMED", Group::optimisation, "Seats bought and not assigned"},
    {"TOKEN_EXPIRED", Severity::waste, "R-TOKEN", Group::optimisation, "Tokens expired unused"},
    {"TOKEN_FORECAST", Severity::signal, "R-TOKEN", Group::signal, "Tokens run out before their end"},
    {"TOKEN_UNCERTAIN", Severity::note, "R-TOKEN", Group::signal, "Token charge not certain"},
    {"OUTLIER_VERSION", Severity::signal, "R-OUTLIER", Group::optimisation, "Release that hardly anybody uses"},
    {"SPIKE", Severity::signal, "R-SPIKE", Group::signal, "Unusual rise of use"},
    {"ENTITY", Severity::signal, "R-ENTITY", Group::signal, "New company or domain"},
    {"HOSTS_RENAMED", Severity::signal, "R-ENTITY", Group::signal, "Many hosts renamed"},
    {"SOURCES_DISAGREE", Severity::signal, "R-COVERAGE", Group::signal, "Two sources disagree"},
    {"PATTERN_BREAK", Severity::signal, "R-PATTERN", Group::signal, "Use changed from period to period"},
    {"COVERAGE_GAP", Severity::signal, "R-COVERAGE", Group::duty, "Time not recorded"},
    {"GAP_AT_HIGH_USE", Severity::signal, "R-COVERAGE", Group::duty, "Time not recorded while use was high"},
    {"HOST_SILENT", Severity::signal, "R-COVERAGE", Group::duty, "Host sends nothing"},
    {"LATE", Severity::signal, "R-CALENDAR", Group::duty, "Report was late"},
    {"PERIOD_MISSING", Severity::breach, "R-CALENDAR", Group::duty, "Period not reported"},
    {"NIL_RETURN", Severity::note, "R-CALENDAR", Group::duty, "Nothing used, and said so"},
    {"RENEWAL_DUE", Severity::note, "R-CALENDAR", Group::duty, "Renewal comes up"},
    {"CLOCK_STEP", Severity::note, "R-TIME", Group::signal, "Clock was set"},
    {"PSEUDONYM_EPOCH", Severity::note, "R-NAMES", Group::signal, "People under two names"},
    {"UNKNOWN_CODE", Severity::note, "R-SCOPE", Group::signal, "Product code not known"},
}};

} // namespace

std::string_view name(Code code) { return about[static_cast<std::size_t>(code)].name; }
std::string_view rule_of(Code code) { return about[static_cast<std::size_t>(code)].rule; }
Group group_of(Code code) { return about[static_cast<std::size_t>(code)].group; }
std::string_view title_of(Code code) { return about[static_cast<std::size_t>(code)].title; }
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

bool exceeds(const Finding& finding) {
    return finding.certainty == Certainty::certain &&
           (finding.severity == Severity::breach || finding.code == Code::over_peak);
}

void add_finding(Outcome& outcome, Finding finding) {
    // R-PRECEDENCE: identity is the fact, so neither quantity nor rule version is part of it.
    std::string identity = "tally-finding-v1\n";
    for (const std::string_view part :
         {std::string_view(finding.agreement), name(finding.code), std::string_view(finding.subject),
          std::string_view(finding.product), std::string_view(finding.line)}) {
        identity += std::string(part) + '\n';
    }
    finding.id =
        ledger::short_name(identity + text::format_day(text::day_of(finding.since.value_or(finding.when.from))));
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

std::string to_json(const Finding& finding) {
    text::Json json;
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
    if (!finding.parts.empty()) {
        json.key("amounts").array();
        for (const auto& part : finding.parts) {
            json.object().member("of", name(part.of)).member("from", text::format_day(part.from));
            json.member("until", text::format_day(part.until)).member("days", part.days).member("seats", part.seats);
            json.member("price", part.price.str()).member("priced_by", part.priced_by).end_object();
        }
        json.end_array();
    }
    json.key("records").array();
    for (const auto& record : finding.records) {
        json.object().member("host", record.log).member("seq", record.seq).end_object();
    }
    json.end_array().member("records_total", finding.records_total);
    put(json, finding.rows);
    return json.end_object().str();
}

} // namespace tally::findings
