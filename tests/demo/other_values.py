#!/usr/bin/env python3
"""Single values of the rules changed on the ledger of a road that drive.py has driven, by the real programs:
`other_values.py --bin DIR --estate DIR --work DIR`. Only the findings that the value's row in values.py names may change;
said by --set or by a rule pack of one's own, the findings are the same. With TALLY_FULL every value of the table."""
import argparse
import json
import os
import shutil
import sys

from drive import Road
from thresholds import PACK, pack_values
from values import TABLE, changed

# One of each kind of judge.
SOME = ("retry_s", "over_long_episode_s", "multi_clock_s", "short_launch_s", "dormant_days", "group_percent", "travel_days",
        "outlier_percent", "spike_rise", "high_use_percent", "renewal_days", "sizing_percentile")
BY_PACK = "multi_clock_s"  # a definition: a threshold's pair of examples would have to move with it


def pack_with(name, value, path):
    with open(PACK, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    for row in rows:
        if row["t"] == "value" and row["name"] == name:
            row["value"] = value
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n" for row in rows)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--bin", "--estate", "--work"):
        parser.add_argument(name, required=True)
    options = parser.parse_args()
    options.ledger = None
    road = Road(options)
    values = pack_values()

    def outcome(*words):
        return json.loads(road.reconcile(*words))
    before, faults = outcome(), []
    names = [name for name in TABLE if name in values] if os.environ.get("TALLY_FULL") else SOME
    for name in names:
        other, wanted = TABLE[name][0], set(TABLE[name][1].split())
        after = outcome("--set", f"{values[name][0]}.{name}={other}")
        codes = {key[0] for key in changed(before, after)}
        print(f"{name:28} {values[name][1]:>6} -> {other:>6}  {' '.join(sorted(codes)) or '-'}")
        if codes != wanted:
            faults.append(f"{name}: expected {sorted(wanted)}, changed {sorted(codes)}")
        if name == BY_PACK:
            by_set = after
    if changed(before, outcome()):
        faults.append("a question has changed what the next reconciliation says")
    road.ledger = shutil.copy(road.ledger, os.path.join(options.work, "pack.db"))  # a pack is no question: its run is kept
    if changed(by_set, outcome("--rules", pack_with(BY_PACK, TABLE[BY_PACK][0], os.path.join(options.work, "other.jsonl")))):
        faults.append(f"{BY_PACK}: a rule pack says something else than --set")
    print("\n".join(faults) or f"{len(names)} values by the real programs, each with its own findings only")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
