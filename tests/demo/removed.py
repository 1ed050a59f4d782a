#!/usr/bin/env python3
"""Evidence taken away from the whole estate: nothing disappears in silence. `removed.py PROGRAM [--show]`.

A delivery or a host's log that is lost: what is found less was told by lines that are gone, something names the site or the
host whose lines are missing, and nothing new is called certain but that. A table or a row of one that was not handed in:
the findings that change are those of its row below. What is missing of the tables `tally-verifier inputs` says."""
import argparse
import json
import os
import sys

import estate as estates
from frame import SERVERS, SITES, day_text
from isolation import judge
from tables import all_tables

TRACES = {"COVERAGE_GAP", "HOST_SILENT", "LATE", "PERIOD_MISSING"}

# table that was not handed in: findings that change by it, + new, - gone, ~ saying something else
TABLES = {
    "addons": "-FEATURE_UNENTITLED",
    "administrators": "-ADMIN_INACTIVE -ADMIN_LEFT -ADMIN_TOO_MANY -ADMIN_UNAPPROVED",
    "agreements": "+EDU_COMMERCIAL -LATE -NIL_RETURN -PERIOD_MISSING ~ADMIN_TOO_MANY ~UNKNOWN_ACCOUNT",
    "approved-administrators": "-ADMIN_UNAPPROVED",
    "assignments": ("+CONTRACTOR_UNASSIGNED +TOKEN_UNCERTAIN +UNDER_ASSIGNED +USE_UNASSIGNED +VERSION_NEWER "
                    "-DEPROVISION_LATE -DORMANT_SEAT -DORMANT_USER -DOUBLE_RIGHT -GHOST -GROUP_BROAD "
                    "-LOW_ADOPTION -LOW_FREQ -OVER_ASSIGNED -OVER_ASSIGNED_EXPIRED -SINGLE_IN_COLLECTION "
                    "-TOKEN_EXPIRED -VERSION_OLD ~TOKEN_SHORT ~UNDER_ASSIGNED ~USE_UNASSIGNED"),
    "billing": "-BILLING_MISMATCH",
    "collections": ("+DORMANT_SEAT +DORMANT_USER +LOW_ADOPTION +USE_UNASSIGNED +VERSION_NEWER -DOUBLE_RIGHT "
                    "-SINGLE_IN_COLLECTION -TOKEN_EXPIRED ~GROUP_BROAD ~TOKEN_SHORT"),
    "directory": ("+LOW_FREQ -ADMIN_LEFT -DEPROVISION_LATE -ENTITY -GHOST -UNKNOWN_ACCOUNT -USE_AFTER_LEAVING "
                  "~CONTRACTOR_UNASSIGNED ~TOKEN_SHORT"),
    "entity-events": "~ENTITY",
    "functions": "-DUPLICATE_TOOL",
    "groups": "",
    "hosts": "+EDU_COMMERCIAL -OUT_OF_TERRITORY ~LOW_FREQ ~UNKNOWN_ACCOUNT",
    "licence-files": "-SERVED_EXCEEDS_BOUGHT",
    "networks": "~CONTRACTOR_UNASSIGNED",
    "perpetual": "",
    "products": ("+CONTRACTOR_UNASSIGNED +MULTI_HOST +OUTLIER_VERSION +OUT_OF_SCOPE_PRODUCT +SPIKE "
                 "+TOKEN_UNCERTAIN +TOO_MANY_DEVICES +UNKNOWN_ACCOUNT +USE_AFTER_LEAVING +USE_UNASSIGNED "
                 "+VERSION_NEWER +VERSION_OLD -CONTRACTOR_UNASSIGNED -EDU_COMMERCIAL -MULTI_HOST "
                 "-OUTLIER_VERSION -OUT_OF_SCOPE_PRODUCT -SPIKE -TOKEN_UNCERTAIN -TOO_MANY_DEVICES "
                 "-UNKNOWN_ACCOUNT -UNKNOWN_CODE -USE_AFTER_LEAVING -USE_UNASSIGNED -VERSION_NEWER "
                 "-VERSION_OLD ~COVERAGE_GAP ~SINGLE_IN_COLLECTION"),
    "releases": "-VERSION_OLD",
    "token-packs": "+USE_UNASSIGNED -TOKEN_EXPIRED -TOKEN_FORECAST -TOKEN_SHORT -TOKEN_UNCERTAIN ~LOW_FREQ",
    "token-rates": "-TOKEN_FORECAST -TOKEN_SHORT -TOKEN_UNCERTAIN ~LOW_FREQ ~TOKEN_EXPIRED",
    "usage-exports": "+DORMANT_USER",
}
# (table, column, cell) of rows that were left out: the same
ROWS = {
    ("directory", "user", "q100"): "",
    ("directory", "user", "c17"): "+LOW_FREQ -GHOST",
    ("assignments", "user", "q100"): "+USE_UNASSIGNED ~UNDER_ASSIGNED",
    ("entitlements", "line", "L05"):
        ("+DENIALS +OUT_OF_SCOPE_PRODUCT +SHARED_ACCOUNT -DENIALS -FEATURE_UNENTITLED -GAP_AT_HIGH_USE "
         "-SERVED_EXCEEDS_BOUGHT -SHARED_ACCOUNT -SUSTAINED_OVER"),
    ("entitlements", "line", "L02"):
        ("+CONTRACTOR_UNASSIGNED +MULTI_HOST +TOKEN_UNCERTAIN +TOO_MANY_DEVICES +USE_AFTER_LEAVING "
         "+USE_UNASSIGNED -CONTRACTOR_UNASSIGNED -DEPROVISION_LATE -DORMANT_USER -GHOST -LOW_FREQ -MULTI_HOST "
         "-RENEWAL_DUE -TOKEN_EXPIRED -TOO_MANY_DEVICES -USE_AFTER_LEAVING -USE_UNASSIGNED ~TOKEN_SHORT"),
    ("products", "product", "ADSTPR"): "+UNKNOWN_CODE -OUT_OF_SCOPE_PRODUCT",
    ("hosts", "host", "w03"):
        "+OUT_OF_TERRITORY +TOKEN_UNCERTAIN -OUT_OF_TERRITORY ~TOKEN_EXPIRED ~TOKEN_SHORT",
    ("agreements", "id", "AG2"): "+NIL_RETURN -NIL_RETURN -PERIOD_MISSING",
    ("token-rates", "product", "RVT"): "+TOKEN_FORECAST -TOKEN_SHORT ~LOW_FREQ",
    ("licence-files", "server", "licsued"): "-SERVED_EXCEEDS_BOUGHT",
    ("releases", "version", "2027"): "-VERSION_OLD",
    ("collections", "product", "ACD"):
        ("+DORMANT_SEAT +LOW_FREQ +SINGLE_IN_COLLECTION +USE_UNASSIGNED +VERSION_NEWER -DOUBLE_RIGHT "
         "-SINGLE_IN_COLLECTION -TOKEN_EXPIRED ~TOKEN_SHORT"),
}


def lose(estate, hosts, months):
    """What these hosts wrote in these months never arrived."""
    def gone(host, instant):
        return host in hosts and day_text(instant)[:7] in months

    def log_of(session):
        return session.host if session.server is None else SERVERS[session.server][0]
    estate.drop(lambda s: gone(log_of(s), s.start))
    estate.refusals = [row for row in estate.refusals if not gone(SERVERS[row[0]][0], row[4])]
    estate.installed = [row for row in estate.installed if not gone(row[0], row[3])]
    for name, instant in (("gaps", 2), ("steps", 1), ("names", 2)):
        setattr(estate, name, [row for row in getattr(estate, name) if not gone(row[0], row[instant])])
    estate.unheard |= {(host, month) for host in hosts for month in months}


def without_lines(site, hosts, months, delivered):
    def made():
        estate = estates.make(estates.everything())
        lose(estate, hosts, months)
        if not delivered:
            for month in months:
                del estate.received[(site, month)]
            estate.declared = [row for row in estate.declared if (row[0], day_text(row[4])[:7]) not in
                               {(site, month) for month in months}]
            estate.retired = [row for row in estate.retired if (row[0], day_text(row[2])[:7]) not in
                              {(site, month) for month in months}]
        return estate
    return made


def without_table(kind):
    def made():
        estate = estates.make(estates.everything())
        estate.withheld = lambda table, row: table == kind
        return estate
    return made


def without_row(kind, column, cell):
    def made():
        estate = estates.make(estates.everything())
        estate.withheld = lambda table, row: table == kind and row[column] == cell
        return estate
    return made


def told(outcome):
    return {(f["code"], f["subject"], f["product"], f["line"]): f for f in outcome["findings"]}


def said(finding):
    """What a finding says, without its places in logs and tables and the names of others beside it."""
    return json.dumps({**finding, "records": [], "rows": [], "links": []}, sort_keys=True)


def shown(keys):
    return ", ".join(" ".join(filter(None, key[:2])) for key in sorted(keys)) or "-"


def rests_on(finding, hosts):
    """Whether lines of these hosts are behind it, or none are named: then it says what does not happen, or adds up days.
    The loss itself is told once: a site's gap takes the silence of its hosts, a missing report the late one."""
    return (not finding["records"] or {record["host"][1:] for record in finding["records"]} & set(hosts)
            or finding["code"] in TRACES | {"GAP_AT_HIGH_USE"})


def faults_of_lines(before, after, site, hosts, months):
    """The loss is named; what is gone was told by its lines; what is new and certain is the loss itself."""
    was, now = told(before), told(after)
    absorbed = {(f["code"], f["subject"]) for f in after["absorbed"]}
    faults, named = [], False
    for key in sorted(set(now) | set(was)):
        if key in now and key[0] in TRACES and (key not in was or said(now[key]) != said(was[key])):
            named = named or site in key[1] or any(host in now[key]["text"] + key[1] for host in hosts)
        elif key not in was and now[key]["certainty"] == "certain":
            faults.append(f"{shown([key])} is new and certain: {now[key]['quantity']} {now[key]['text']}")
        elif key not in now and key[:2] not in absorbed and not rests_on(was[key], hosts):
            faults.append(f"{shown([key])} is gone, and none of its lines was lost")
    return faults if named else [*faults, "nothing names what is missing"]


def lost_lines():
    full = bool(os.environ.get("TALLY_FULL"))
    months = ("2026-01", "2026-02", "2026-03")
    for site, (_, hosts) in SITES.items():
        for month in months if full or site == "WEST" else months[-1:]:
            yield f"{site} {month}", site, hosts, [month], False
    yield "WEST, the quarter", "WEST", SITES["WEST"][1], list(months), False
    for host in (SITES["NORD"][1] + SITES["SUED"][1] + SITES["WEST"][1] if full else ("n01", "n25", "s11", "w05")):
        site = {"n": "NORD", "s": "SUED", "w": "WEST"}[host[0]]
        yield f"{host} since February", site, [host], list(months[1:]), True


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    whole = estates.make(estates.everything())
    kinds = sorted(all_tables(whole))
    lost = list(lost_lines())
    named = [("everything", lambda: whole)]
    named += [(name, without_lines(site, hosts, months, delivered)) for name, site, hosts, months, delivered in lost]
    named += [(f"no {kind}", without_table(kind)) for kind in kinds if kind != "entitlements"]
    named += [(f"{kind} without {cell}", without_row(kind, column, cell)) for kind, column, cell in ROWS]
    outcomes = judge(options.program, named)
    before, faults = outcomes["everything"], []
    for name, site, hosts, months, _ in lost:
        found = faults_of_lines(before, outcomes[name], site, hosts, months)
        gone, new = set(told(before)) - set(told(outcomes[name])), set(told(outcomes[name])) - set(told(before))
        print(f"{name}\n    gone {shown(gone)}\n    new  {shown(new)}" + "".join(f"\n    FAULT {each}" for each in found))
        faults += [f"{name}: {each}" for each in found]
    table_rows = {f"no {kind}": TABLES.get(kind) for kind in kinds if kind != "entitlements"}
    table_rows.update({f"{kind} without {cell}": codes for (kind, column, cell), codes in ROWS.items()})
    for name, codes in table_rows.items():
        was, now = told(before), told(outcomes[name])
        keys = {key for key in {*was, *now} if key not in was or key not in now or said(was[key]) != said(now[key])}
        got = {("-" if key not in now else "+" if key not in was else "~") + key[0] for key in keys}
        print(f"{name:34} {' '.join(sorted(got)) or 'no change'}")
        if codes is None:
            faults.append(f"{name}: a table without a row here")
        elif got != set(codes.split()):
            faults.append(f"{name}: expected {codes or 'no change'}; not so: {' '.join(sorted(got ^ set(codes.split())))}")
    print("" if options.show else "\n".join(faults) or f"{len(named) - 1} pieces of evidence taken away, none in silence")
    sys.exit(1 if faults and not options.show else 0)


if __name__ == "__main__":
    main()
