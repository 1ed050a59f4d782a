#!/usr/bin/python3
"""Writes the seeds of rule_pack from the standard pack: the pack itself and one defect or peculiarity each."""
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "corpus", "rule_pack")
with open(os.path.join(HERE, "..", "..", "verifier", "rules", "standard.jsonl"), encoding="ascii") as file:
    ALL = file.read().splitlines()


def canonical(fields):
    return json.dumps(fields, sort_keys=True, separators=(",", ":"))


def of(kind):
    return [line for line in ALL if f'"t":"{kind}"' in line]


def example(name):
    """The lines of one example."""
    at = next(i for i, line in enumerate(ALL) if f'"id":"{name}"' in line)
    end = next((i for i in range(at + 1, len(ALL)) if '"t":"example"' in ALL[i]), len(ALL))
    return ALL[at:end]


HEAD, VALUES = ALL[0], of("value")
# A whole pack as small as one can be: every pair leads to two tiny examples of its rule.
RULES = sorted({json.loads(line)["rule"] for line in VALUES})
TINY = [HEAD]
for line in VALUES:
    value = json.loads(line)
    if "fires" in value:
        value["fires"], value["rests"] = value["rule"] + "-1", value["rule"] + "-0"
    TINY.append(canonical(value))
for rule in RULES:
    for end in "10":
        TINY.append(canonical({"id": f"{rule}-{end}", "rule": rule, "t": "example", "title": "x"}))
        TINY.append(canonical({"code": "X", "expect": "none", "t": "expect"}))


def write(name, lines, end="\n"):
    os.makedirs(FOLDER, exist_ok=True)
    with open(os.path.join(FOLDER, name), "w", encoding="latin-1", newline="") as out:
        out.write("\n".join(lines) + end)


def changed(name, /, **fields):
    lines = []
    for line in TINY:
        value = json.loads(line)
        if value.get("name") == name:
            value.update({key: content for key, content in fields.items() if content is not None})
            for key in [key for key, content in fields.items() if content is None]:
                value.pop(key, None)
        lines.append(canonical(value))
    return lines


write("tiny", TINY)
write("empty", [], "")
write("no_end", TINY, "")
write("head_only", [HEAD])
write("no_head", TINY[1:])
write("two_heads", [HEAD] + TINY)
write("assignment", ["R-OVER.over_long_episode_s=600"], "")
write("assignment_big", ["R-OVER.over_long_episode_s=99999999999999999999"], "")
write("assignment_other_rule", ["R-TIME.over_long_episode_s=1"], "")
for field in ("rule", "name", "value", "unit", "from", "mark", "source", "note", "fires", "rests", "fires_at", "rests_at"):
    write(f"without_{field}", changed("dormant_days", **{field: None}))
for name, fields in {
        "until": {"until": "2030-12-31"}, "until_before": {"until": "2019-12-31"}, "equal_pair": {"rests_at": 90},
        "outside": {"value": 500}, "other_rule": {"rule": "R-TIME"}, "other_unit": {"unit": "weeks"},
        "bad_day": {"from": "2020-02-30"}, "bad_mark": {"mark": "x"}, "gone": {"fires": "NOT-THERE"},
        "same": {"fires": "R-IDLEUSER-0"}, "text_for_number": {"value": "90"}, "further": {"zzz": 1},
        "foreign_pair": {"fires": "R-TIME-1"}, "escaped": {"note": "%C3%BC"}, "big": {"value": 9007199254740991}}.items():
    write(f"value_{name}", changed("dormant_days", **fields))
old = json.loads(next(line for line in TINY if '"dormant_days"' in line))
for name, until, start in (("follows", "2025-12-31", "2026-01-01"), ("overlaps", "2026-01-01", "2026-01-01"),
                           ("hole", "2025-12-30", "2026-01-01")):
    two = [canonical({**old, "until": until}), canonical({**old, "from": start, "value": 90})]
    at = TINY.index(canonical(old))
    write(f"two_{name}", TINY[:at] + two + TINY[at + 1:])
write("value_after_example", TINY + [VALUES[0]])
for name in ("TIME-41", "N1", "C1", "C2", "B1", "RETRY-60", "T3a", "P1", "VERSION-OLD-NEW", "PERP-9", "DORMANT-90", "GROUP-6-OF-20",
             "ADMINS-4", "SPIKE-26", "ENTITY-5", "RENAMED-2-OF-20", "GAP-3600", "CLOCK-60", "MONEY-1", "TRAVEL-1", "DUPLICATE-3"):
    write(f"example_{name.lower()}", TINY + [line for line in example(name)])
row = {"row": "session", "t": "row", "user": "u", "host": "h", "product": "p", "from": "2026-01-01T00:00Z",
       "to": "2026-01-01T01:00Z"}
start = canonical({"id": "Z", "rule": "R-TIME", "t": "example", "title": "z"})
done = canonical({"code": "X", "expect": "none", "t": "expect"})
for name, fields in {"many": {"users": 10001}, "product": {"users": 200, "repeat": 200}, "none": {"users": 0}, "flag": {"borrowed": 2},
                     "day": {"from": "2026-01-01"}, "unknown": {"colour": "red"}, "kind": {"row": "sessions"}}.items():
    write(f"row_{name}", TINY + [start, canonical({**row, **fields}), done])
write("row_idle_alone", TINY + [start, canonical({"row": "idle", "t": "row", "from": row["from"], "to": row["to"]}), done])
write("row_first", [HEAD, canonical(row)])
write("nothing_expected", TINY + [start, canonical(row)])
write("twice", TINY + [start, done, start, done])
write("pair_reversed", TINY + [start, canonical({"expect": "days", "t": "expect", "user": "u", "product": "p", "days": [2, 1]})])
write("pair_of_three", TINY + [start, canonical({"expect": "days", "t": "expect", "user": "u", "product": "p", "days": [1, 2, 3]})])
