#!/usr/bin/python3
"""Holds the standard rule pack to docs/formats/rule-pack.md and to verifier/rules/values.hpp, without the product's reader.

    pairs.py [PACK [VALUES_HPP]]

Prints "LINE: what" for each fault and ends with 1 if there is one: a threshold without its pair of examples, a pair that
does not show where the threshold lies, an example that expects nothing or is not there, a field of the struct without a
value or with another one, a line that is not in canonical spelling."""
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
RULES = HERE.parents[2] / "verifier" / "rules"
# What may be without a pair: it decides nothing by itself, one step more or less.
DEFINITIONS = {"reopen_s", "low_months", "adoption_months", "year_days", "outlier_months", "spike_scale_ten_thousandths",
               "multi_clock_s", "rare_sessions", "collection_days", "token_sign_in_hours", "duplicate_months",
               "due_days", "renewal_open_days",
               "renewal_last_days", "insight_months", "sizing_percentile", "sizing_coverage_percent", "sizing_headroom_percent",
               "cost_year_milli", "cost_audit_from_milli", "cost_audit_to_milli",
               "cost_refuse_from_milli", "cost_refuse_to_milli"}
PAIR = ("fires", "rests", "fires_at", "rests_at")


def faults_of(pack, header):
    lines = pack.split("\n")
    if lines.pop() != "":
        yield len(lines), "no LF at the end"
    values, examples, expected = [], {}, {}
    current = None
    for number, text in enumerate(lines, 1):
        fields = json.loads(text)
        if json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False) != text or not text.isascii():
            yield number, "not in canonical spelling"
        if fields["t"] == "value":
            values.append((number, fields))
        elif fields["t"] == "example":
            current = fields["id"]
            examples[current] = (number, fields["rule"])
            expected[current] = 0
        elif fields["t"] == "expect":
            expected[current] += 1
    for name, count in expected.items():
        if count == 0:
            yield examples[name][0], f"the example {name} expects nothing"
    newest = {}
    for number, value in values:
        name = value["name"]
        newest[name] = value["value"]
        if name in DEFINITIONS:
            continue
        missing = [field for field in PAIR if field not in value]
        if missing:
            yield number, f"the threshold {name} has no {', '.join(missing)}"
            continue
        for field in ("fires", "rests"):
            if examples.get(value[field], (0, None))[1] != value["rule"]:
                yield number, f"{name} names {value[field]}, which is no example of {value['rule']}"
        low, high = sorted((value["fires_at"], value["rests_at"]))
        if not low <= value["value"] <= high or low == high:
            yield number, f"{name} does not lie between the quantities of its pair"
    values = header.partition("struct Values {")[2].partition("\n};")[0]
    struct = {name: int(number.replace("'", ""))
              for fields in re.findall(r"^ +std::int64_t (.*?);", values, re.M)
              for name, number in re.findall(r"(\w+) = ([\d']+)", fields)}
    for name in sorted(struct.keys() | newest.keys()):
        if struct.get(name) != newest.get(name):
            yield len(lines), f"{name}: {struct.get(name)} in the struct, {newest.get(name)} in the pack"


def main():
    pack = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else RULES / "standard.jsonl").read_text(encoding="ascii")
    header = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else RULES / "values.hpp").read_text(encoding="utf-8")
    found = list(faults_of(pack, header))
    for number, what in found:
        print(f"{number}: {what}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
