#!/usr/bin/python3
"""Turns ctest's log of a run into docs/assurance-results.md: what each test printed of its own, and how long it took.

    results.py build/dev/Testing/Temporary/LastTest.log >docs/assurance-results.md

Tests that print nothing but their verdict are counted."""
import datetime
import os
import re
import subprocess
import sys

BOILERPLATE = re.compile(r"^(=+|-+|All tests passed|test cases:|assertions:|Filters:|Randomness seeded|\.+|all expectations held"
                         r"|nothing to say|Ran \d+ tests|OK$)|^\s*$")
BLOCK = re.compile(r'^\d+/\d+ Testing: (?P<name>\S+)\n.*?^Output:\n-+\n(?P<output>.*?)<end of output>\n'
                   r'Test time =\s+(?P<seconds>[\d.]+) sec\n-+\nTest (?P<verdict>\w+)', re.M | re.S)


def told(output):
    return [line.rstrip() for line in output.splitlines() if not BOILERPLATE.match(line)]


def machine():
    model = re.search(r"^model name\s*:\s*(.*)$", open("/proc/cpuinfo").read(), re.M)
    return f"{os.cpu_count()} processors{', ' + model[1] if model else ''}, {os.uname().sysname} {os.uname().release}"


def main():
    with open(sys.argv[1], encoding="utf-8", errors="replace") as log:
        blocks = [block.groupdict() for block in BLOCK.finditer(log.read())]
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    size = "full size (`tests/full.sh`)" if os.environ.get("TALLY_FULL") == "1" else "the size of every run (`tests/run.sh`)"
    failed = [block["name"] for block in blocks if block["verdict"] != "Passed"]
    print("# Results of the tests\n")
    print(f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d}, commit {commit}, {machine()}; {size}. "
          f"{len(blocks)} tests, {len(failed)} failed{': ' + ', '.join(failed) if failed else ''}. "
          "Below is what tests say of themselves besides their verdict. docs/behaviours.md says what each keeps.")
    for block in sorted(blocks, key=lambda block: block["name"]):
        if lines := told(block["output"]):
            print(f"\n## {block['name']} ({float(block['seconds']):.0f} s)\n\n```")
            print("\n".join(lines[:60]))
            print("```")


main()
