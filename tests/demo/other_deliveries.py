#!/usr/bin/env python3
"""The bundles of a road that drive.py has driven, delivered otherwise, by the real programs: `other_deliveries.py --bin DIR
--estate DIR --work DIR`.

Site after site instead of month after month: the same findings. A bundle lost in between: the next one carries its lines, so
only the report is late. The last bundle lost: what is gone was told by it, and something names its site. And before any
table is handed in, every table is listed as missing."""
import argparse
import json
import os
import sys

import removed
from drive import Road
from frame import SITES


def outcome(road, name, deliveries):
    road.ledger = os.path.join(road.work, f"{name}.db")
    if os.path.exists(road.ledger):
        os.remove(road.ledger)
    road.trust()
    road.accept(deliveries)
    missing = json.loads(road.run("tally-verifier", "inputs", "--json", "--ledger", road.ledger))["not_handed_in"]
    road.tables()
    after = json.loads(road.run("tally-verifier", "inputs", "--json", "--ledger", road.ledger))["not_handed_in"]
    handed_in = {os.path.basename(path)[:-4] for path in road.files("tables", ".csv")}
    assert handed_in == set(missing) - set(after), "what is missing of the tables is not what was not handed in"
    return json.loads(road.reconcile())


def findings(result):
    """By id, without the places in logs, which a ledger numbers as they come."""
    return {f["id"]: removed.said(f) for f in result["findings"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--bin", "--estate", "--work"):
        parser.add_argument(name, required=True)
    options = parser.parse_args()
    options.ledger = None
    road = Road(options)
    plan = road.plan["deliveries"]
    with open(f"{road.work}/outcome.json", encoding="utf-8") as file:
        before = json.load(file)
    faults = []
    by_site = outcome(road, "by-site", sorted(plan, key=lambda d: (d["site"], d["month"]), reverse=False))
    if findings(by_site) != findings(before):
        faults.append("delivered site after site: other findings")
    lost = {("NORD", "2026-01"), ("SUED", "2026-03")}
    less = outcome(road, "lost", [d for d in plan if (d["site"], d["month"]) not in lost])
    for each in (before, less):
        for finding in each["findings"]:
            for record in finding["records"]:
                record["host"] = "H" + label_of(road, record["host"])
    gone, new = set(removed.told(before)) - set(removed.told(less)), set(removed.told(less)) - set(removed.told(before))
    print(f"without {sorted(lost)}\n    gone {removed.shown(gone)}\n    new  {removed.shown(new)}")
    late = [key for key in new if key[:2] == ("LATE", "NORD-01")]
    if not late:
        faults.append("the report of NORD for January came with that of February, and is not called late")
    less["findings"] = [f for f in less["findings"] if f["code"] != "LATE"]
    before["findings"] = [f for f in before["findings"] if f["code"] != "LATE"]
    faults += removed.faults_of_lines(before, less, "SUED", SITES["SUED"][1], ["2026-03"])
    print("\n".join(faults) or "site after site: the same findings; bundles lost: nothing in silence")
    sys.exit(1 if faults else 0)


def label_of(road, name):
    if not hasattr(road, "labels"):
        road.labels = {road.name_of(host): host for host in road.site_of}
    return road.labels.get(name, name)


if __name__ == "__main__":
    main()
