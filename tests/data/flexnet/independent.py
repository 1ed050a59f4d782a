#!/usr/bin/env python3
"""Second opinion on a FlexNet debug log, written from its description alone: one row a session on standard output,
feature, user, client, start and end in local time ("open" without an end), tab-separated and sorted.
usage: independent.py LOG          Rules: docs/operations/import-flexnet.md"""
import datetime as dt
import re
import sys
from collections import defaultdict, deque

LINE = re.compile(r"^ ?(\d{1,2}):(\d\d):(\d\d) \(([^)]+)\) ?(.*)$")
EVENT = re.compile(r'^(OUT|IN): "([^"]+)" (.*)@([^@\s]+)((?:\s+(?:\[.*?\]|\(.*\)))*)\s*$')
SHORT = re.compile(r"(?:^TIMESTAMP |\()(\d{1,2})/(\d{1,2})/(\d{4})\)?$")
LONG = re.compile(r"(?:SLOG@\) (?:Time|Start-Date|Reread time)|^Server's System Date and Time): \w+ (\w{3}) (\d\d) (\d{4}) ")
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
HALF_DAY = 43200


def told_date(text):
    short = SHORT.search(text.strip())
    if short and (text.startswith("TIMESTAMP ") or " started on " in text):
        return dt.date(int(short[3]), int(short[1]), int(short[2]))
    long = LONG.search(text)
    return dt.date(int(long[3]), MONTHS.index(long[1]) + 1, int(long[2])) if long else None


def dated_lines(path):
    rows, before, day = [], None, 0
    for raw in open(path, encoding="utf-8-sig", errors="surrogateescape", newline="\n"):
        match = LINE.match(raw.rstrip("\r\n"))
        if not match:
            continue
        second = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])
        day += 1 if before is not None and second < before - HALF_DAY else 0
        before = second
        rows.append((day, second, match[4], match[5]))
    shifts = {told_date(text) - dt.timedelta(days=day) for day, _, _, text in rows if told_date(text)}
    assert len(shifts) == 1, f"the dates of the log contradict the clock: {shifts}"
    first = shifts.pop()
    for day, second, daemon, text in rows:
        yield dt.datetime.combine(first + dt.timedelta(days=day), dt.time()) + dt.timedelta(seconds=second), daemon, text


def main():
    held, sessions = defaultdict(deque), []
    for when, _, text in dated_lines(sys.argv[1]):
        event = EVENT.match(text)
        if event and event[1] == "OUT":
            sessions.append([*event.group(2, 3, 4), when, "open"])
            held[event.group(2, 3, 4)].append(sessions[-1])
        elif event:
            held[event.group(2, 3, 4)].popleft()[4] = when
    out = open(1, "w", encoding="utf-8", errors="surrogateescape", newline="\n")
    out.writelines("\t".join(map(str, session)) + "\n" for session in sorted(sessions, key=lambda s: [str(x) for x in s]))


main()
