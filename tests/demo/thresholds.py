#!/usr/bin/env python3
"""For each threshold of the rule pack: evidence just short of its value raises nothing, evidence at it is found, and both
the other way round when the value alone moves by a step: `thresholds.py PROGRAM [--only NAME ...] [--seed N]`.

The thresholds are those that the pack itself gives a pair of examples; one without a pair of plants in edges.py fails."""
import argparse
import json
import pathlib
import sys

import quiet
from edges import EDGES, ELSEWHERE
from frame import Estate
from isolation import judge

PACK = pathlib.Path(__file__).resolve().parents[2] / "verifier/rules/standard.jsonl"


def pack_values():
    """{name: (rule, value, whether it is a threshold)} of the values that hold on the last day."""
    with open(PACK, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return {row["name"]: (row["rule"], row["value"], "fires" in row)
            for row in rows if row["t"] == "value" and row["from"] <= "2026-03-31" <= row.get("until", "9999")}


def make(edge, measure, seed):
    estate = Estate(seed, edge.chosen)
    quiet.build(estate, seed)
    edge.plant(estate, measure)
    quiet.finish(estate, seed)
    return estate


def codes(outcome):
    return {finding["code"] for finding in outcome["findings"]}


def faults_of(name, edge, outcomes):
    def fired(which):
        return edge.fired(outcomes[f"{name} {which}"])
    faults = []
    if fired("short"):
        faults.append("found just short of the value")
    if not fired("at"):
        faults.append(f"not found at the value; {sorted(codes(outcomes[f'{name} at']))} are")
    if f"{name} short, moved" in outcomes and not fired("short, moved"):
        faults.append("another value, and what was short of it is still not found")
    if f"{name} at, moved" in outcomes and fired("at, moved"):
        faults.append("another value, and what was at it is still found")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--only", action="append")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    values = pack_values()
    thresholds = {name for name, (_, _, paired) in values.items() if paired}
    faults = [f"{name}: a threshold without a pair of plants" for name in sorted(thresholds - {*EDGES, *ELSEWHERE})]
    wanted = {name: edge for name, edge in EDGES.items() if name in thresholds and name in (options.only or thresholds)}
    variants = []
    for name, edge in wanted.items():
        rule, value, _ = values[name]
        for which, measure, moved in zip(("short", "at"), edge.measures(value), edge.nudged(value)):
            settings = [] if moved is None or moved < 0 else [(f"{name} {which}, moved", [f"{rule}.{name}={moved}"])]
            variants.append((f"{name} {which}", lambda edge=edge, measure=measure: make(edge, measure, options.seed), settings))
    outcomes = judge(options.program, variants)
    for name, edge in wanted.items():
        found = faults_of(name, edge, outcomes)
        print(f"{name:26} {values[name][1]:>6}  {edge.code:22} {'; '.join(found) or 'as expected'}")
        faults += [f"{name}: {text}" for text in found]
    print("\n".join(faults) or f"{len(wanted)} thresholds, each just short of its value and at it")
    for name, why in ELSEWHERE.items():
        print(f"not here: {name}: {why}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
