#!/usr/bin/env python3
"""The importer against two independent opinions: grep's counts, and independent.py's dating and pairing of every event.
usage: real_logs_test.py TALLY_RECORDER DATA_FOLDER"""
import datetime as dt
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse
import zoneinfo

RECORDER, DATA = sys.argv[1], pathlib.Path(sys.argv[2])
ZONE = "Europe/Madrid"


def run(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True).stdout.decode()


def grep(pattern, log):
    return int(subprocess.run(["grep", "-aEc", pattern, str(log)], capture_output=True).stdout)


def imported(log, state):
    run(RECORDER, "init", "--state", state, "--site", "TEST", "--label", "TEST")
    told = json.loads(run(RECORDER, "import", "flexnet", log, "--zone", ZONE, "--state", state, "--json"))
    lines = [json.loads(line) for line in run(RECORDER, "log", "--state", state, "--json").splitlines()]
    return told["files"][0], lines


def local(seconds):
    return dt.datetime.fromtimestamp(seconds, zoneinfo.ZoneInfo(ZONE)).replace(tzinfo=None)


def rows(lines):
    ends = {line["start"]: line for line in lines if line["t"] == "end"}
    for line in lines:
        if line["t"] == "start":
            end = ends.pop(line["seq"], None)
            names = [urllib.parse.unquote(line[key]) for key in ("feature", "user", "client")]
            yield [*names, local(line["at"]), local(end["at"]) if end else "open"]
    assert not ends, "an end without a start"


def check(log):
    with tempfile.TemporaryDirectory() as state:
        told, lines = imported(log, pathlib.Path(state) / "r")
    counts = told["sources"][0]["counts"]
    expected = {verb.lower(): grep(rf"^[ 0-9:]+\([a-z]+\) {verb}: ", log)
                for verb in ("OUT", "IN", "DENIED", "UNSUPPORTED", "QUEUED", "DEQUEUED")}
    expected["server"] = grep(r"\(lmgrd\) (RE)?Started ", log)
    expected["open"] = expected["out"] - expected["in"]
    for name, count in expected.items():
        assert counts[name] == count, f"{log.name}: {name} is {counts[name]}, grep counts {count}"
    kinds = ("out", "in", "denied", "unsupported", "queued", "dequeued", "other", "server", "unparsable", "foreign")
    assert sum(counts[kind] for kind in kinds) == told["lines"] == grep("", log)

    ours = ["\t".join(map(str, row)) for row in sorted(rows(lines), key=lambda row: [str(x) for x in row])]
    theirs = run("/usr/bin/python3", DATA / "independent.py", log).splitlines()
    assert len(theirs) == expected["out"]
    differing = [pair for pair in zip(ours, theirs) if pair[0] != pair[1]]
    assert len(ours) == len(theirs) and not differing, f"{log.name}: {len(differing)} rows differ, first {differing[:1]}"
    print(f"{log.name}: {told['lines']} lines, {len(ours)} sessions agree")


for name in ("adskflex-first-14-days.log", "maplelmg.log"):
    check(DATA / name)
