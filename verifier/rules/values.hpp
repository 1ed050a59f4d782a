// The rules' values: every number that decides a result, by rule. docs/reference/rules.md says what each means and how
// it was chosen; a rule pack (pack.hpp) may carry others, and every result says by which version it was made.
// Units are in the names; _percent is of a hundred, _milli thousandths.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tally::rules {

// Ids of rules, as findings name them.
inline constexpr std::string_view time = "R-TIME", named = "R-NAMED", right = "R-RIGHT", concurrent = "R-CONC",
                                  over = "R-OVER", multi = "R-MULTI", shared = "R-SHARED", window = "R-WINDOW",
                                  token = "R-TOKEN", version = "R-VERSION", device = "R-DEVICE", perpetual = "R-PERP",
                                  idle_user = "R-IDLEUSER", scope = "R-SCOPE", contractor = "R-CONTRACTOR",
                                  identity = "R-IDENTITY", group = "R-GROUP", admin = "R-ADMIN", outlier = "R-OUTLIER",
                                  spike = "R-SPIKE", entity = "R-ENTITY", duplicate = "R-DUPLICATE",
                                  precedence = "R-PRECEDENCE", calendar = "R-CALENDAR", money = "R-MONEY",
                                  coverage = "R-COVERAGE", sizing = "R-SIZING", pattern = "R-PATTERN",
                                  insight = "R-INSIGHT", people_names = "R-NAMES";

struct Former;

// Those of one day, and beside them those of the days before. What happens at an instant is judged by the values of its
// day (`on`, `at`), what looks back from the last day that counts by those of that day: rules.md, "Values", says which is which.
struct Values {
    std::string pack = "tally-rules-2";
    std::vector<Former> former; // in order of their days; empty: they were never others
    [[nodiscard]] const Values& on(std::int64_t day) const;
    [[nodiscard]] const Values& at(std::int64_t instant) const; // UTC seconds

    // R-CONC
    std::int64_t reopen_s = 0;    // the same key opened again within this stays one claim
    std::int64_t cascade_s = 120; // a package that moves within this while its component stays out is one claim
    std::int64_t retry_s = 60;    // a denial followed by a grant of the same request within this is retried
    // R-OVER
    std::int64_t over_long_episode_s = 900;  // an episode this long is not momentary
    std::int64_t over_sustained_days = 3;    // long episodes on so many days …
    std::int64_t over_window_days = 30;      // … among so many in a row are sustained
    std::int64_t over_momentary_percent = 1; // of the observed time; at or above is not momentary
    std::int64_t over_sustained_percent = 5; // of the observed time; at or above is sustained
    std::int64_t over_material_percent = 5;  // of the quantity; excess below max(1, this) is not material
    // R-MULTI, R-SHARED
    std::int64_t multi_tolerance_s = 300;
    std::int64_t multi_clock_s = 30; // by which each of the two hosts' clocks may be wrong
    std::int64_t devices_most = 3;   // more different machines of one person in …
    std::int64_t devices_days = 90;
    std::int64_t shared_hosts = 3; // live at once …
    std::int64_t shared_days = 3;  // … on so many days
    // R-WINDOW, R-TOKEN
    std::int64_t window_s = 86'400;
    std::int64_t short_launch_s = 300; // a launch shorter than this opens no window
    std::int64_t window_idle_s = 900;  // idle at least this long at a window's end: no new window yet
    // R-VERSION
    std::int64_t superseded_days = 60; // the old right ends so long after an upgrade
    // R-IDLEUSER
    std::int64_t dormant_days = 90;
    std::int64_t assigned_days = 90; // assigned at least so long before a seat can be dormant or its collection judged
    std::int64_t low_sessions_a_month = 4;
    std::int64_t low_months = 3;
    std::int64_t merge_s = 300; // sessions closer than this are one for counting how often somebody works
    std::int64_t adoption_percent = 50;
    std::int64_t adoption_months = 3;
    std::int64_t adoption_persons = 3;     // at least so many assigned before a share says anything
    std::int64_t rare_sessions = 4;        // fewer in a year: rarely used, for comparison only
    std::int64_t collection_days = 180;    // of use of a collection that are looked at
    std::int64_t token_sign_in_hours = 24; // a computer on tokens must reach the vendor so often
    std::int64_t year_days = 365;
    // R-SCOPE
    std::int64_t travel_days = 0;
    // R-IDENTITY, R-GROUP, R-ADMIN
    std::int64_t deprovision_days = 1;
    std::int64_t group_days = 90;
    std::int64_t group_percent = 30;
    std::int64_t group_persons = 5;
    std::int64_t admin_days = 90;
    std::int64_t admin_most = 3;         // without an approved number: more than max(this, …
    std::int64_t admin_most_percent = 2; // … so many of the users)
    // R-OUTLIER
    std::int64_t outlier_percent = 1;
    std::int64_t outlier_months = 3;
    // R-SPIKE
    std::int64_t spike_weeks = 8; // at least so many earlier same weekdays
    std::int64_t spike_score_milli = 3'500;
    std::int64_t spike_rise = 5;
    std::int64_t spike_scale_ten_thousandths = 14'826; // of the median deviation: 1.4826
    // R-ENTITY
    std::int64_t entity_hosts = 3;
    std::int64_t entity_accounts = 5;
    std::int64_t entity_days = 30;
    std::int64_t entity_event_days = 90;
    std::int64_t entity_rise_percent = 20;
    std::int64_t renamed_percent = 10; // of a site's hosts, and at least …
    std::int64_t renamed_hosts = 2;    // … so many
    // R-DUPLICATE
    std::int64_t duplicate_days_a_month = 3;
    std::int64_t duplicate_months = 3; // complete calendar months
    // R-COVERAGE
    std::int64_t silent_days = 30;
    std::int64_t high_use_percent = 80;
    std::int64_t stale_days = 30;        // an open session is bounded by its last sign of life after this
    std::int64_t site_silent_days = 7;   // nothing from a whole site for so long before the end
    std::int64_t gap_least_s = 3'600;    // unobserved time of a host in the period that is worth a finding
    std::int64_t clock_step_s = 60;      // a step of a host's clock that is worth a finding
    std::int64_t sources_differ_s = 300; // two sources of one use may differ by so much
    std::int64_t export_days = 2;        // days by which a vendor's export and the own record may differ
    // R-CALENDAR
    std::int64_t due_days = 10;
    std::int64_t renewal_days = 90;      // before a renewal the brief is due
    std::int64_t renewal_open_days = 30; // … and may be made from so many days before that on
    std::int64_t renewal_last_days = 30; // before a renewal the self-assessment is due
    // R-SIZING
    std::int64_t sizing_percentile = 95;
    std::int64_t sizing_coverage_percent = 95;
    std::int64_t sizing_headroom_percent = 10;
    // R-PATTERN
    std::int64_t pattern_percent = 50; // by which the persons of a product rise or fall from period to period, and …
    std::int64_t pattern_persons = 5;  // … at least so many
    // R-INSIGHT
    std::int64_t insight_persons = 5; // fewer, and nothing is said of how fast they are or which commands they use
    std::int64_t insight_days = 28;   // since the first report of a program
    std::int64_t insight_months = 12; // shown as change over time
    // R-MONEY: the cost comparison, in thousandths of the gap; an advisory's illustration, not a price list
    std::int64_t cost_year_milli = 460;
    std::int64_t cost_audit_from_milli = 1'500, cost_audit_to_milli = 2'500;
    std::int64_t cost_refuse_from_milli = 3'000, cost_refuse_to_milli = 5'000;
};

// Values that held through that day, and no longer.
struct Former {
    std::int64_t until = 0;
    Values values; // its `former` is empty
};

inline const Values& Values::on(std::int64_t day) const {
    for (const auto& one : former) {
        if (day <= one.until) {
            return one.values;
        }
    }
    return *this;
}

inline const Values& Values::at(std::int64_t instant) const {
    constexpr std::int64_t day = 86'400;
    return former.empty() ? *this : on(instant >= 0 ? instant / day : -((-instant + day - 1) / day));
}

// Presentation, not judgement: record references listed with a finding; the total is always said.
inline constexpr std::size_t evidence_kept = 64;

} // namespace tally::rules
