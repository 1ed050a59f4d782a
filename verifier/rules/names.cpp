#include "verifier/rules/names.hpp"

#include <algorithm>
#include <array>

namespace tally::rules {
namespace {

using V = Values;
constexpr auto threshold = Use::threshold;
constexpr auto definition = Use::definition;

const std::vector<ValueName> table = {
    {concurrent, "reopen_s", "seconds", definition, &V::reopen_s},
    {concurrent, "cascade_s", "seconds", threshold, &V::cascade_s},
    {concurrent, "retry_s", "seconds", threshold, &V::retry_s},
    {over, "over_long_episode_s", "seconds", threshold, &V::over_long_episode_s},
    {over, "over_sustained_days", "days", threshold, &V::over_sustained_days},
    {over, "over_window_days", "days", threshold, &V::over_window_days},
    {over, "over_momentary_percent", "percent", threshold, &V::over_momentary_percent},
    {over, "over_sustained_percent", "percent", threshold, &V::over_sustained_percent},
    {over, "over_material_percent", "percent", threshold, &V::over_material_percent},
    {multi, "multi_tolerance_s", "seconds", threshold, &V::multi_tolerance_s},
    {multi, "multi_clock_s", "seconds", definition, &V::multi_clock_s},
    {multi, "devices_most", "devices", threshold, &V::devices_most},
    {multi, "devices_days", "days", threshold, &V::devices_days},
    {shared, "shared_hosts", "hosts", threshold, &V::shared_hosts},
    {shared, "shared_days", "days", threshold, &V::shared_days},
    {window, "window_s", "seconds", threshold, &V::window_s},
    {window, "short_launch_s", "seconds", threshold, &V::short_launch_s},
    {window, "window_idle_s", "seconds", threshold, &V::window_idle_s},
    {version, "superseded_days", "days", threshold, &V::superseded_days},
    {idle_user, "dormant_days", "days", threshold, &V::dormant_days},
    {idle_user, "assigned_days", "days", threshold, &V::assigned_days},
    {idle_user, "low_sessions_a_month", "sessions", threshold, &V::low_sessions_a_month},
    {idle_user, "low_months", "months", definition, &V::low_months},
    {idle_user, "merge_s", "seconds", threshold, &V::merge_s},
    {idle_user, "adoption_percent", "percent", threshold, &V::adoption_percent},
    {idle_user, "adoption_months", "months", definition, &V::adoption_months},
    {idle_user, "adoption_persons", "persons", threshold, &V::adoption_persons},
    {idle_user, "rare_sessions", "sessions", definition, &V::rare_sessions},
    {idle_user, "collection_days", "days", definition, &V::collection_days},
    {idle_user, "token_sign_in_hours", "hours", definition, &V::token_sign_in_hours},
    {idle_user, "year_days", "days", definition, &V::year_days},
    {scope, "travel_days", "days", threshold, &V::travel_days},
    {identity, "deprovision_days", "days", threshold, &V::deprovision_days},
    {group, "group_days", "days", threshold, &V::group_days},
    {group, "group_percent", "percent", threshold, &V::group_percent},
    {group, "group_persons", "persons", threshold, &V::group_persons},
    {admin, "admin_days", "days", threshold, &V::admin_days},
    {admin, "admin_most", "persons", threshold, &V::admin_most},
    {admin, "admin_most_percent", "percent", threshold, &V::admin_most_percent},
    {outlier, "outlier_percent", "percent", threshold, &V::outlier_percent},
    {outlier, "outlier_months", "months", definition, &V::outlier_months},
    {spike, "spike_weeks", "weeks", threshold, &V::spike_weeks},
    {spike, "spike_score_milli", "thousandths", threshold, &V::spike_score_milli},
    {spike, "spike_rise", "starts", threshold, &V::spike_rise},
    {spike, "spike_scale_ten_thousandths", "ten-thousandths", definition, &V::spike_scale_ten_thousandths},
    {entity, "entity_hosts", "hosts", threshold, &V::entity_hosts},
    {entity, "entity_accounts", "accounts", threshold, &V::entity_accounts},
    {entity, "entity_days", "days", threshold, &V::entity_days},
    {entity, "entity_event_days", "days", threshold, &V::entity_event_days},
    {entity, "entity_rise_percent", "percent", threshold, &V::entity_rise_percent},
    {entity, "renamed_percent", "percent", threshold, &V::renamed_percent},
    {entity, "renamed_hosts", "hosts", threshold, &V::renamed_hosts},
    {duplicate, "duplicate_days_a_month", "days", threshold, &V::duplicate_days_a_month},
    {duplicate, "duplicate_months", "months", definition, &V::duplicate_months},
    {coverage, "silent_days", "days", threshold, &V::silent_days},
    {coverage, "high_use_percent", "percent", threshold, &V::high_use_percent},
    {coverage, "stale_days", "days", threshold, &V::stale_days},
    {coverage, "site_silent_days", "days", threshold, &V::site_silent_days},
    {coverage, "gap_least_s", "seconds", threshold, &V::gap_least_s},
    {coverage, "clock_step_s", "seconds", threshold, &V::clock_step_s},
    {coverage, "sources_differ_s", "seconds", threshold, &V::sources_differ_s},
    {coverage, "export_days", "days", threshold, &V::export_days},
    {calendar, "due_days", "days", definition, &V::due_days},
    {calendar, "renewal_days", "days", threshold, &V::renewal_days},
    {calendar, "renewal_open_days", "days", definition, &V::renewal_open_days},
    {calendar, "renewal_last_days", "days", definition, &V::renewal_last_days},
    {sizing, "sizing_percentile", "percent", definition, &V::sizing_percentile},
    {sizing, "sizing_coverage_percent", "percent", definition, &V::sizing_coverage_percent},
    {sizing, "sizing_headroom_percent", "percent", definition, &V::sizing_headroom_percent},
    {pattern, "pattern_percent", "percent", threshold, &V::pattern_percent},
    {pattern, "pattern_persons", "persons", threshold, &V::pattern_persons},
    {insight, "insight_persons", "persons", threshold, &V::insight_persons},
    {insight, "insight_days", "days", threshold, &V::insight_days},
    {insight, "insight_months", "months", definition, &V::insight_months},
    {money, "cost_year_milli", "thousandths", definition, &V::cost_year_milli},
    {money, "cost_audit_from_milli", "thousandths", definition, &V::cost_audit_from_milli},
    {money, "cost_audit_to_milli", "thousandths", definition, &V::cost_audit_to_milli},
    {money, "cost_refuse_from_milli", "thousandths", definition, &V::cost_refuse_from_milli},
    {money, "cost_refuse_to_milli", "thousandths", definition, &V::cost_refuse_to_milli},
};

constexpr std::array rules_known = {
    time,   named,     right,      concurrent, over,       multi,    shared, window,  token,   version,
    device, perpetual, idle_user,  scope,      contractor, identity, group,  admin,   outlier, spike,
    entity, duplicate, precedence, calendar,   coverage,   sizing,   money,  pattern, insight, people_names};

} // namespace

std::string_view name(Use use) { return use == Use::threshold ? "threshold" : "definition"; }

const std::vector<ValueName>& value_names() { return table; }

const ValueName* find_value(std::string_view name) {
    const auto found = std::find_if(table.begin(), table.end(), [&](const ValueName& row) { return row.name == name; });
    return found == table.end() ? nullptr : &*found;
}

bool is_rule(std::string_view id) { return std::find(rules_known.begin(), rules_known.end(), id) != rules_known.end(); }

} // namespace tally::rules
