#!/usr/bin/env python3
"""One value of the rules changed at a time, on the whole estate: only the findings that rest on it change. `values.py
PROGRAM [--show]`; --show prints what changes instead of holding it against the table.

A value of the pack that is not in the table fails. What changes nothing here is told apart in thresholds.py, or is in
NO_FINDING with what it decides instead."""
import argparse
import json
import sys

import estate
from edges import EDGES
from isolation import judge
from thresholds import pack_values

# value: (another one, codes of the findings that change by it)
TABLE = {
    "reopen_s": (60, ""), "cascade_s": (0, ""), "retry_s": (10, "DENIALS"),
    "over_long_episode_s": (1300, "OVER_PEAK SUSTAINED_OVER"), "over_sustained_days": (4, "OVER_PEAK SUSTAINED_OVER"),
    "over_window_days": (5, "OVER_PEAK SUSTAINED_OVER"), "over_momentary_percent": (0, "OVER_PEAK"),
    "over_sustained_percent": (0, "OVER_PEAK SUSTAINED_OVER"),
    "over_material_percent": (20, "OVER_PEAK SUSTAINED_OVER"), "multi_tolerance_s": (4000, "MULTI_HOST"),
    "multi_clock_s": (1700, "MULTI_HOST"), "devices_most": (4, "TOO_MANY_DEVICES"),
    "devices_days": (10, "TOO_MANY_DEVICES"), "shared_hosts": (4, "SHARED_ACCOUNT"),
    "shared_days": (4, "SHARED_ACCOUNT"), "window_s": (43200, "LOW_FREQ TOKEN_UNCERTAIN"),
    "short_launch_s": (3600, "TOKEN_EXPIRED TOKEN_SHORT"), "window_idle_s": (7200, ""), "superseded_days": (0, ""),
    "dormant_days": (120, "DORMANT_USER LOW_FREQ"), "assigned_days": (200, ""),
    "low_sessions_a_month": (3, "LOW_FREQ"), "low_months": (2, "LOW_FREQ"), "merge_s": (90000, "LOW_FREQ"),
    "adoption_percent": (20, "LOW_ADOPTION"), "adoption_months": (1, "LOW_ADOPTION"),
    "adoption_persons": (5, "LOW_ADOPTION"), "rare_sessions": (50, ""),
    "collection_days": (400, "SINGLE_IN_COLLECTION"), "token_sign_in_hours": (12, "LOW_FREQ"),
    "year_days": (360, "LOW_FREQ"), "travel_days": (5, "OUT_OF_TERRITORY"),
    "deprovision_days": (40, "DEPROVISION_LATE"), "group_days": (60, ""),
    "group_percent": (60, "DORMANT_USER GROUP_BROAD"), "group_persons": (7, "DORMANT_USER GROUP_BROAD"),
    "admin_days": (130, "ADMIN_INACTIVE"), "admin_most": (10, ""), "admin_most_percent": (10, ""),
    "outlier_percent": (0, "OUTLIER_VERSION"), "outlier_months": (1, "OUTLIER_VERSION"),
    "spike_weeks": (100, "SPIKE"), "spike_score_milli": (5000, "SPIKE"), "spike_rise": (10, "SPIKE"),
    "spike_scale_ten_thousandths": (20000, "SPIKE"), "renamed_hosts": (5, "HOSTS_RENAMED"), "entity_hosts": (2, ""),
    "entity_accounts": (6, "ENTITY"), "entity_days": (10, "ENTITY HOSTS_RENAMED"), "entity_event_days": (1, ""),
    "entity_rise_percent": (1, ""), "renamed_percent": (30, "HOSTS_RENAMED"),
    "duplicate_days_a_month": (6, "DUPLICATE_TOOL"), "duplicate_months": (1, "DUPLICATE_TOOL"),
    "silent_days": (70, "HOST_SILENT"), "high_use_percent": (90, "GAP_AT_HIGH_USE"), "stale_days": (1, ""),
    "site_silent_days": (1, ""), "gap_least_s": (300000, "COVERAGE_GAP"), "clock_step_s": (7200, "CLOCK_STEP"),
    "sources_differ_s": (0, ""), "due_days": (20, ""), "renewal_days": (60, "RENEWAL_DUE"),
    "renewal_open_days": (1, ""), "renewal_last_days": (1, ""), "sizing_percentile": (50, ""),
    "sizing_coverage_percent": (10, ""), "sizing_headroom_percent": (100, ""), "cost_year_milli": (1, ""),
    "cost_audit_from_milli": (1, ""), "cost_audit_to_milli": (1, ""), "cost_refuse_from_milli": (1, ""),
    "cost_refuse_to_milli": (1, ""), "export_days": (0, "SOURCES_DISAGREE"), "insight_days": (1, ""), "insight_persons": (1, ""),
    "insight_months": (1, ""), "pattern_percent": (90, ""), "pattern_persons": (50, ""),
}
# What changes no finding whatever the evidence, and what it decides.
NO_FINDING = {
    **dict.fromkeys(("reopen_s", "cascade_s", "stale_days", "export_days", "insight_days", "insight_persons"),
                    "no evidence of this estate reaches it; examples of the pack do"),
    "insight_months": "how far back change over time is shown",
    "rare_sessions": "a column of the table of seats",
    "due_days": "for agreements that do not say their own; these do",
    **dict.fromkeys(("renewal_open_days", "renewal_last_days"), "rows of the calendar"),
    **dict.fromkeys(("sizing_percentile", "sizing_coverage_percent", "sizing_headroom_percent"),
                    "what a line would have to hold"),
    **dict.fromkeys(("cost_year_milli", "cost_audit_from_milli", "cost_audit_to_milli", "cost_refuse_from_milli",
                     "cost_refuse_to_milli"), "what finding a gap early is worth"),
}


def told(outcome):
    """{key: everything a finding says, but for its lines and for the names of others beside it}"""
    return {(f["code"], f["subject"], f["product"], f["line"]): json.dumps({**f, "records": [], "links": []}, sort_keys=True)
            for f in outcome["findings"]}


def changed(before, after):
    before, after = told(before), told(after)
    return sorted(key for key in {*before, *after} if before.get(key) != after.get(key))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    values = pack_values()
    settings = [(name, [f"{values[name][0]}.{name}={other}"]) for name, (other, _) in TABLE.items() if name in values]
    outcomes = judge(options.program, [("as it is", lambda: estate.make(estate.everything()), settings)])
    faults = [f"{name}: a value without a row in this table" for name in sorted(set(values) - set(TABLE))]
    for name, _ in settings:
        keys = changed(outcomes["as it is"], outcomes[name])
        codes, wanted = {key[0] for key in keys}, set(TABLE[name][1].split())
        print(f"{name:28} {values[name][1]:>6} -> {TABLE[name][0]:>6}  "
              f"{', '.join(' '.join(filter(None, key[:2])) for key in keys) or '-'}")
        faults += [f"{name}: {code} does not change" for code in sorted(wanted - codes)]
        faults += [f"{name}: {code} changes" for code in sorted(codes - wanted)]
        if not wanted and name not in EDGES and name not in NO_FINDING:
            faults.append(f"{name}: changes nothing, is no threshold, and nobody says what it is for")
    print("" if options.show else "\n".join(faults) or f"{len(settings)} values, each with its own findings only")
    sys.exit(1 if faults and not options.show else 0)


if __name__ == "__main__":
    main()
