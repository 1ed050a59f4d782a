"""Holds what was found against the answer key: equal sets of (code, subject, product, line), then quantity, interval,
amounts, certainty, and what else a row says. A row's empty field is one that the answer key leaves open."""
import json
import sys
from collections import Counter

from frame import at, instant_text


def key_of(row):
    return (row["code"], row["subject"], row["product"], row["line"])


def shown(key):
    return " ".join(part if part else "-" for part in key)


def differences(expected, found):
    """Texts, none when all is as expected."""
    wanted, got = Counter(map(key_of, expected)), Counter(map(key_of, found))
    texts = [f"missing     {shown(key)}" for key in sorted((wanted - got).elements())]
    by_key = {key_of(finding): finding for finding in found}
    for key in sorted((got - wanted).elements()):
        finding = by_key[key]
        texts.append(f"unexpected  {shown(key)}  {finding['quantity']} {finding['certainty']}: {finding['text']}")
    for row in expected:
        finding = by_key.get(key_of(row))
        if finding is not None:
            texts += [f"wrong       {shown(key_of(row))}: {text}" for text in wrong(row, finding)]
    return texts


def wrong(row, finding):
    texts = []

    def same(name, want, got):
        if want is not None and want != got:
            texts.append(f"{name} expected {want} got {got}")
    same("quantity", [row["lower"], row["upper"]], finding["quantity"])
    for place, name in enumerate(("from", "to")):
        same(name, row[name] and instant_text(row[name]), finding["when"][place].replace(" ", "T")
             if len(finding["when"][place]) == 20 else instant_text(at(finding["when"][place].rstrip("Z"))))
    for name in ("exposure", "cure", "saving"):
        same(name, row[name], finding.get(name))
    same("certainty", row["certainty"], finding["certainty"])
    same("severity", row["severity"], finding["severity"])
    same("state", row["state"], finding["state"])
    if finding["records_total"] < row["evidence_min"]:
        texts.append(f"evidence expected at least {row['evidence_min']} lines got {finding['records_total']}")
    return texts


def main():
    """compare.py OUTCOME.json KEY.jsonl: what the real programs answered beside the answer key."""
    with open(sys.argv[1], encoding="utf-8") as file:
        found = json.load(file)["findings"]
    with open(sys.argv[2], encoding="utf-8") as file:
        expected = [json.loads(line) for line in file]
    texts = differences(expected, found)
    print("\n".join(texts + [f"{len(expected)} rows expected, {len(found)} findings, {len(texts)} differences"]))
    sys.exit(1 if texts else 0)


if __name__ == "__main__":
    main()
