#!/usr/bin/python3
"""Holds docs/behaviours.md to the tests: every promise has its row, and every test that a row names exists.

    behaviours.py [--root DIR] [--build DIR]

With --build also the names that ctest lists there are known, those of functions and loops included.

A row: | P-14 | promise | `test name`; `tests/e2e/script.sh` |. Names in backquotes are Catch2 test cases, files of this
tree, or ctest names. Every number of PROMISES has at least one row; a row names at least one test."""
import argparse
import pathlib
import re
import sys

PROMISES = ([f"P-{n:02}" for n in range(1, 6)] + [f"P-{n}" for n in range(10, 18)] + [f"P-{n}" for n in range(20, 28)] +
            ["P-30", "P-31", "P-32", "P-40", "P-41"])


def tests_of(root):
    """Names of everything that can be named as a test."""
    names = set()
    for source in (root / "tests").rglob("*.cpp"):
        text = source.read_text(encoding="utf-8", errors="replace")
        for pieces in re.findall(r'(?:TEST_CASE|SCENARIO|TEMPLATE_TEST_CASE)\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)', text):
            joined = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', pieces))
            names.add(joined.replace('\\"', '"').replace("\\\\", "\\"))
    for listing in (root / "tests").rglob("CMakeLists.txt"):
        text = listing.read_text(encoding="utf-8")
        names.update(re.findall(r"(?:add_test\(NAME\s+|tally_\w+\()([\w.]+)", text))
        names.update("fuzz_" + name for name in re.findall(r"tally_fuzz\((\w+)", text))
    return names


def listed_by_ctest(build):
    """From the files that ctest reads: to ask ctest itself would take the log of the run that is under way away from it."""
    return {name for file in pathlib.Path(build).rglob("CTestTestfile.cmake")
            for name in re.findall(r"^add_test\((?:\[=*\[)?([^\]\s\"]+)", file.read_text(), re.M)}


def violations(root, promises=None, listed=frozenset()):
    promises = PROMISES if promises is None else promises
    page = root / "docs" / "behaviours.md"
    if not page.is_file():
        yield "docs/behaviours.md is missing"
        return
    names = tests_of(root) | listed
    seen = set()
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if not re.match(r"\|\s*[A-Z]-\d+", line):
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
        if len(cells) != 3:
            yield f"line {number}: {len(cells)} cells, expected number, promise, tests"
            continue
        seen.update(re.findall(r"[A-Z]-\d+", cells[0]))
        named = re.findall(r"`([^`]+)`", cells[2])
        if not named:
            yield f"line {number}: {cells[0]} names no test"
        for name in named:
            if name not in names and not (root / name).exists():
                yield f"line {number}: {cells[0]}: no such test: {name}"
    for promise in promises:
        if promise not in seen:
            yield f"{promise} has no row"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--build", type=pathlib.Path)
    options = parser.parse_args()
    listed = listed_by_ctest(options.build) if options.build else frozenset()
    found = list(violations(options.root, listed=listed))
    print("\n".join(found) if found else "every promise names tests that exist")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
