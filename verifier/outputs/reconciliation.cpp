#include "verifier/outputs/reconciliation.hpp"

#include "verifier/findings/json.hpp"

namespace tally::outputs {
namespace {

using findings::Finding;
using findings::FourWays;
using findings::name;
using findings::Outcome;
using findings::Position;
using findings::put;

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
    json.member("users_as_written", row.users_as_written).member("sessions", row.sessions);
    json.member("clients_lower", row.clients_least).end_object();
}

void put(text::Json& json, const Finding& finding) { json.embed(findings::to_json(finding)); }

template <class Row>
void put_rows(text::Json& json, std::string_view key, const std::vector<Row>& rows) {
    json.key(key).array();
    for (const auto& row : rows) {
        put(json, row);
    }
    json.end_array();
}

} // namespace

std::string to_json(const Outcome& outcome) {
    text::Json json;
    json.object().member("format", "tally-reconciliation-1").member("rules", outcome.rules);
    put(json, "what_if", outcome.what_if);
    json.member("as_of", text::format_instant(outcome.as_of));
    put(json, "observed", outcome.observed);
    json.member("sessions", outcome.sessions).member("sessions_open", outcome.sessions_open);
    json.member("over_entitlement", outcome.over_entitlement);
    put_rows(json, "positions", outcome.positions);
    put_rows(json, "counted_four_ways", outcome.four_ways);
    put_rows(json, "findings", outcome.findings);
    put_rows(json, "absorbed", outcome.absorbed);
    put(json, "assigned_never_seen", outcome.assigned_never_seen);
    put(json, "used_never_assigned", outcome.used_never_assigned);
    json.end_object();
    return json.str();
}

} // namespace tally::outputs
