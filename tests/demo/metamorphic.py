#!/usr/bin/env python3
"""What must not change the findings of the whole estate, by the short road: `metamorphic.py PROGRAM`. Another seed,
renamed people, other dates, tables and records in another order, one plant taken away."""
import os
import random
import sys

import compare
import dates
import estate
from isolation import judge


def whole(seed=1):
    return estate.make(estate.everything(), seed)


def renamed():
    """Everybody of the directory is called otherwise; subjects follow."""
    made = whole()
    names = {user: "z-" + user for user in made.people}

    def other(name):
        return names.get(name, name)
    made.people = {other(user): {**row, "user": other(user)} for user, row in made.people.items()}
    # The directory folds case, so HIG and hig have one other name each as well.
    names["hig"] = "z-hig"
    made.sessions = [session.but(user=other(session.user)) for session in made.sessions]
    made.refusals = [(server, other(user), *rest) for server, user, *rest in made.refusals]
    for rows in [made.assignments, *made.tables.values()]:
        for row in rows:
            if "user" in row:
                row["user"] = other(row["user"])
    for row in made.rows:
        row["subject"] = other(row["subject"])
    return made


def shuffled():
    made = whole()
    order = random.Random(7)
    for rows in [made.assignments, made.sessions, made.installed, made.gaps, *made.tables.values()]:
        order.shuffle(rows)
    people = list(made.people.items())
    order.shuffle(people)
    made.people = dict(people)
    return made


def later(weeks):
    def made():
        moved = whole()
        moved.weeks_later = weeks
        moved.rows = [dates.row_later(row, weeks) for row in moved.rows]
        return moved
    return made


def without(plant):
    return lambda: estate.make([name for name in estate.everything() if name != plant])


def main():
    rows = {}

    def keeping(name, maker):
        def made():
            variant = maker()
            rows[name] = variant.rows
            return variant
        return made
    full = bool(os.environ.get("TALLY_FULL"))
    makers = {"the estate": whole, "renamed people": renamed, "another order": shuffled,
              **{f"seed {seed}": lambda seed=seed: whole(seed) for seed in ((2, 3, 4, 5) if full else (2,))},
              **{f"{weeks} weeks later": later(weeks) for weeks in ((1, 3, 5, 26) if full else (5,))},
              "28 years later": later(dates.FULL_TURN), "28 years earlier": later(-dates.FULL_TURN),
              **{f"without {plant}": without(plant)
                 for plant in (estate.PLANTS if full else ("P01", "P18", "P39", "P44"))}}
    outcomes = judge(sys.argv[1], [(name, keeping(name, maker)) for name, maker in makers.items()])
    bad = 0
    for name in makers:
        expected, found = rows[name], outcomes[name]["findings"]
        if name.endswith("weeks later"):
            expected, found = ([each for each in many if each["code"] not in dates.BY_MONTHS] for many in (expected, found))
        texts = compare.differences(expected, found)
        bad += bool(texts)
        print(f"{name}: {'as expected' if not texts else 'DIFFERS'}")
        print("".join(f"    {text}\n" for text in texts), end="")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
