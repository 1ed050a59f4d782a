#!/usr/bin/python3
"""Holds docs/coverage.md to the product: every row has a state, every anchor is a section of the report, every code a
kind of finding, every table a kind of input, every page is there.

    coverage.py [--root DIR] [--page REPORT.html]

With --page the anchors are looked for in that report, otherwise among the sections that the report is made of."""
import argparse
import pathlib
import re
import sys

STATES = {"here", "partly", "not yet"}


def violations(root, page=None):
    text = (root / "docs" / "coverage.md").read_text(encoding="utf-8")
    sections = set(re.findall(r'\{"([a-z]+)", "', (root / "verifier/report/page.cpp").read_text(encoding="utf-8")))
    if page is not None:
        sections = set(re.findall(r'\bid="([^"]+)"', page.read_text(encoding="utf-8")))
    codes = set(re.findall(r'\{"([A-Z_]+)", Severity', (root / "verifier/findings/finding.cpp").read_text(encoding="utf-8")))
    kinds = set(re.findall(r'"([a-z-]+)"', (root / "verifier/inputs/inputs.cpp").read_text(encoding="utf-8")))
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if re.match(r"\| S\d", line)]
    if not rows:
        yield "no rows"
    for row in rows:
        if len(row) != 4 or row[2] not in STATES:
            yield f"{row[0]}: neither of {', '.join(sorted(STATES))}"
            continue
        where = row[3]
        for anchor in re.findall(r"`#([a-z-]+)`", where):
            if anchor not in sections:
                yield f"{row[0]}: the report has no section #{anchor}"
        for code in re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", where):
            if code not in codes:
                yield f"{row[0]}: no finding is called {code}"
        tables = re.findall(r"\btables? ((?:`[a-z-]+`(?:, )?)+)", where)
        for kind in re.findall(r"`([a-z-]+)`", " ".join(tables)):
            if kind not in kinds:
                yield f"{row[0]}: no table is called {kind}"
        for link in re.findall(r"\]\(([^)]+)\)", where):
            if not (root / "docs" / link).exists():
                yield f"{row[0]}: no page {link}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--page", type=pathlib.Path)
    options = parser.parse_args()
    found = list(violations(options.root, options.page))
    print("\n".join(found) if found else "every answer is where it says")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
