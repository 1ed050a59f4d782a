#!/usr/bin/env python3
"""Makes the estate Holm or a variant of it: `--only quiet`, `--only P07`, `--all`, `--without P07`, `--seed N`.

`--stream` writes what outcomes.cpp reads, `--out DIR` what the real programs read, `--key` the answer-key rows."""
import argparse
import json
import sys

import envelope
import negatives
import plants_bought
import plants_people
import plants_watch
import quiet
from frame import Estate

PLANTS = {**plants_bought.PLANTS, **plants_people.PLANTS, **plants_watch.PLANTS, "P27": lambda estate: None}
PLANTS = dict(sorted(PLANTS.items()))
NEGATIVES = negatives.NEGATIVES
# A plant that lies inside another: it is made together with it.
NEEDS = {"P27": ["P26"], "P43": ["P42"], "P49": ["P30"]}


def chosen_with_needs(names):
    names = list(names)
    for name in names:
        names += [need for need in NEEDS.get(name, []) if need not in names]
    return sorted(names)


def everything():
    return sorted([*PLANTS, *(name for name in NEGATIVES if name not in negatives.VARIANTS_ONLY)])


def make(names, seed=1):
    names = chosen_with_needs(name for name in names if name != "quiet")
    estate = Estate(seed, names)
    quiet.build(estate, seed)
    for name in names:
        {**PLANTS, **NEGATIVES}[name](estate)
    quiet.finish(estate, seed)
    if not names:
        envelope.check(estate)
    return estate


def variants():
    return [["quiet"], *([name] for name in PLANTS), *([name] for name in NEGATIVES)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--only", action="append")
    what.add_argument("--all", action="store_true")
    what.add_argument("--without", action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stream", action="store_true")
    parser.add_argument("--key", action="store_true")
    parser.add_argument("--out")
    options = parser.parse_args()
    names = options.only or [name for name in everything() if name not in (options.without or [])]
    estate = make(names, options.seed)
    if options.key:
        for row in estate.rows:
            print(json.dumps(row, sort_keys=True))
    if options.stream:
        import evidence
        evidence.stream("+".join(options.only or ["all"]), estate, sys.stdout)
    if options.out:
        import real_road
        real_road.write(estate, options.out)


if __name__ == "__main__":
    main()
