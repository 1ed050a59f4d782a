#!/usr/bin/env python3
"""The review of one quarter and of the next, by the real programs, on the bundles of a road that drive.py has driven:
`next_quarter.py --bin DIR --estate DIR --work DIR`.

At the end of 2025 findings are accepted, disputed, given to somebody. Then the bundles of the next quarter come,
free seats are given back and a right held twice is taken away. What people said survives, what was remedied is shown with what
it saves, what is new is open, and every finding that is still there has the name it had."""
import argparse
import csv
import json
import os
import sys
from decimal import Decimal

from drive import Road

OLD, NEW = "2025-12-31", "2026-03-31"


class Review:
    def __init__(self, options):
        options.ledger = None
        self.road = Road(options)
        self.road.ledger = os.path.join(options.work, "quarters.db")
        if os.path.exists(self.road.ledger):
            os.remove(self.road.ledger)
        self.faults = []

    def hold(self, so, text):
        print(("" if so else "NOT SO: ") + text)
        if not so:
            self.faults.append(text)

    def verifier(self, *words, codes=(0, 3, 4, 5)):
        return self.road.run("tally-verifier", *words, "--ledger", self.road.ledger, codes=codes)

    def run(self, day):
        return {(f["code"], f["subject"], f["line"]): f for f in json.loads(self.verifier(
            "reconcile", "--as-of", day, "--fold-case", "--json"))["findings"]}

    def register(self, day):
        """What the register shows on that day, by the id of the finding."""
        return {row["id"]: row for row in json.loads(self.verifier("findings", "--json", "--on", day))["findings"]}

    def set(self, state, finding, *more):
        self.verifier("findings", "set", finding["id"], *(("--state", state) if state else ()), "--by", "ana", *more)


def changed_tables(estate, out):
    """Four free seats of L03 go back, and c46 gives up the single seat beside the collection."""
    os.makedirs(out, exist_ok=True)
    paths = []
    for kind, change in (("entitlements", give_back), ("assignments", give_up)):
        with open(f"{estate}/tables/{kind}.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        paths.append((kind, f"{out}/{kind}.csv"))
        with open(paths[-1][1], "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(map(change, rows))
    return paths


def give_back(row):
    return {**row, "quantity": str(int(row["quantity"]) - 4)} if row["line"] == "L03" else row


def give_up(row):
    return {**row, "unassigned": "2026-01-20T00:00:00Z"} if (row["user"], row["product"]) == ("c46", "L01") else row


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--bin", "--estate", "--work"):
        parser.add_argument(name, required=True)
    options = parser.parse_args()
    review = Review(options)
    road = review.road
    road.trust()
    early = [d for d in road.plan["deliveries"] if d["month"] <= OLD[:7]]
    road.accept(early)
    road.tables()
    before = review.run(OLD)
    over, single, free, twice = (before.get(key) for key in (
        ("OVER_ASSIGNED", "L01", "L01"), ("SINGLE_IN_COLLECTION", "c45", "L04"), ("UNDER_ASSIGNED", "L03", "L03"),
        ("DOUBLE_RIGHT", "c46", "L01")))
    review.hold(all((over, single, free, twice)), f"{len(before)} findings at the end of 2025, the four to speak of among them")
    review.set("accepted", over, "--until", "2026-12-31", "--note", "in the next order")
    review.set("disputed", single)
    review.set(None, twice, "--owner", "ben", "--due", "2026-02-01")
    road.accept([d for d in road.plan["deliveries"] if d not in early])
    for kind, path in changed_tables(options.estate, f"{options.work}/next"):
        review.verifier("import", kind, path)
    after = review.run(NEW)
    register = review.register(NEW)
    judge(review, before, after, register, (over, single, free, twice))
    once_more = review.run(NEW)
    review.hold(once_more == after and review.register(NEW) == register, "the same run again changes nothing")
    sys.exit(1 if review.faults else 0)


def judge(review, before, after, register, spoken_of):
    over, single, free, twice = spoken_of
    stayed = set(before) & set(after)
    renamed = sorted(key for key in stayed if before[key]["id"] != after[key]["id"])
    review.hold(len(stayed) > 5 and not renamed, f"{len(stayed)} findings are still there, under the names they had {renamed or ''}")
    state = {finding["id"]: register[finding["id"]]["state"] for finding in spoken_of}
    review.hold(state[over["id"]] == "accepted" and register[over["id"]]["until"] == "2026-12-31",
                "what was accepted is accepted")
    review.hold(after[("OVER_ASSIGNED", "L01", "L01")]["quantity"] == [3, 3], "its quantity is that of the new run")
    review.hold(state[single["id"]] == "disputed", "what was disputed is disputed")
    review.hold(state[free["id"]] == "remedied" and register[free["id"]]["saved"] == "10800.00",
                "four seats given back: remedied, 10800.00 EUR saved")
    review.hold(state[twice["id"]] == "remedied" and register[twice["id"]]["saved"] == "1940.00"
                and register[twice["id"]]["owner"] == "ben", "the second right given up: remedied, 1940.00 EUR saved, still ben's")
    new = [after[key] for key in set(after) - set(before)]
    review.hold(len(new) > 30 and all(register[f["id"]]["state"] in ("open", "remedied") for f in new),
                f"{len(new)} findings are new, and nobody has said anything of them")
    gone = {finding["id"] for key, finding in before.items() if key not in after}
    review.hold(all(register[name]["state"] in ("remedied", "disputed", "accepted") for name in gone),
                f"{len(gone)} findings that are not there any more stay in the register")
    text = review.verifier("reconcile", "--as-of", NEW, "--fold-case")
    saved = sum(Decimal(row["saved"]) for row in register.values() if row["saved"])
    review.hold("remedied since 2025-10-01" in text and f"{saved} EUR saved" in text and saved >= 10800 + 1940,
                f"the result says what was saved, {saved} EUR with what changed by itself")


if __name__ == "__main__":
    main()
