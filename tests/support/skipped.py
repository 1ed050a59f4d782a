#!/usr/bin/python3
"""Lists the tests that were skipped, each with the reason it printed ("skip: REASON"). Argument: ctest's JUnit file.

Ends with 1 when there are some and CI is set: there a skipped test is a failure."""
import os
import sys
import xml.etree.ElementTree

skipped = []
for case in xml.etree.ElementTree.parse(sys.argv[1]).getroot().iter("testcase"):
    if case.get("status") not in ("notrun", "disabled"):
        continue
    output = case.findtext("system-out") or ""
    reasons = [line[5:].strip() for line in output.splitlines() if line.startswith("skip:")]
    skipped.append((case.get("name"), "; ".join(reasons) or "did not run"))

for name, reason in skipped:
    print(f"skipped: {name}: {reason}")
if skipped and os.environ.get("CI"):
    print("in CI a skipped test is a failure")
    sys.exit(1)
