#!/usr/bin/env python3
"""The same findings by the real road and by the short one: everything but the lines' numbers and the tables' rows.
`both_roads.py REAL.json SHORT.json`."""
import json
import sys

SAME = ("id", "code", "severity", "certainty", "state", "rule", "agreement", "line", "product", "subject", "unit", "quantity",
        "exposure", "cure", "saving", "text", "when")


def told(path):
    with open(path, encoding="utf-8") as file:
        return {(f["code"], f["subject"], f["line"]): {name: f.get(name) for name in SAME}
                for f in json.load(file)["findings"]}


def main():
    real, short = told(sys.argv[1]), told(sys.argv[2])
    faults = []
    for key in sorted({*real, *short}):
        if real.get(key) != short.get(key):
            faults.append(f"{key}\n  real  {real.get(key)}\n  short {short.get(key)}")
    print("\n".join(faults) or f"{len(real)} findings are the same by both roads")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
