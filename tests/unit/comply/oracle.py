#!/usr/bin/python3
"""Counts random sessions again, minute by minute and by rules.md alone, and compares with the program's peaks, windows,
tokens and packs. Usage: oracle.py RANDOM_SESSIONS [FIRST_SEED [SEEDS]]"""
import subprocess
import sys
from collections import defaultdict

WINDOW, SHORT, IDLE, RATE, MINUTE, DAY = 86400, 300, 900, 7, 60, 86400


def rows_of(program, seed):
    rows = defaultdict(list)
    out = subprocess.run([program, str(seed)], capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        kind, *cells = line.split("\t")
        rows[kind].append([int(cell) if cell.lstrip("-").isdigit() else cell for cell in cells])
    return rows


def check(what, expected, got):
    if expected != got:
        raise SystemExit(f"{what}: counted {expected}, the program says {got}")


# Peaks: what is live in each minute, key by key.

def live(sessions, at, first, last):
    return {(s[0], s[1], s[3]) for s in sessions if s[first] <= at < s[last]}


def unrecorded(rows, sessions, at):
    here = set()
    for host, start, end in rows["gap"]:
        if not start <= at < end:
            continue
        present = {version for where, version, since in rows["installed"] if where == host and since <= start}
        present |= {s[3] for s in sessions if s[1] == host and s[4] <= start}
        busy = {s[3] for s in sessions if s[1] == host and s[4] <= at < s[7]}
        here |= {(host, version) for version in present - busy}
    return here


def check_peaks(rows, sessions):
    bought = rows["bought"][0][0]
    start, end = min(s[4] for s in sessions), max(s[7] for s in sessions) + MINUTE
    lower = upper = touching = above = 0
    for at in range(start, end, MINUTE):
        now = len(live(sessions, at, 5, 6))
        dark = len(unrecorded(rows, sessions, at))
        lower, upper = max(lower, now), max(upper, len(live(sessions, at, 4, 7)) + dark)
        above += MINUTE if now > bought else 0
        closed = {(s[0], s[1], s[3]) for s in sessions if s[4] < s[7] and s[4] <= at <= s[7]}
        touching = max(touching, len(closed) + dark)
    expected = [lower, touching, max(0, lower - bought), max(0, upper - bought), above]
    check("peak, excess, seconds above", expected, rows["peak"][0])


# Windows: one clock that ticks by the minute.

def windows(sessions, first, last, favourable):
    """Instants at which windows open. A session is (index, row, idle spans)."""
    opened, end = [], None
    times = range(min(s[1][first] for s in sessions), max(max(s[1][last] for s in sessions), 0) + MINUTE, MINUTE)
    for now in times:
        if end is not None and now < end:
            continue
        begins = any(s[1][first] == now and s[1][last] - s[1][first] >= SHORT for s in sessions)
        if begins or any(goes_on(s, end, now, first, last, favourable) for s in sessions):
            opened.append(now)
            end = now + WINDOW
    return opened


def goes_on(session, end, now, first, last, favourable):
    _, row, idle = session
    if end is None or not row[first] < end < row[last] or not now < row[last]:
        return False
    if not row[8]:
        return not favourable and now == end
    parked = [span for span in idle if span[0] <= end < span[1] and end - span[0] >= IDLE]
    return now == (parked[0][1] if parked else end)


def days(sessions, opened, first, last):
    dates = {at // DAY for at in opened}
    for _, row, _ in sessions:
        inside = any(at <= row[first] < at + WINDOW for at in opened)
        if row[last] - row[first] < SHORT and not inside:
            dates.add(row[first] // DAY)
    return len(dates)


def check_windows(rows):
    by_user = defaultdict(list)
    for index, row in enumerate(rows["session"]):
        if row[2] == "TOK":
            by_user[row[0]].append((index, row, [tuple(i[1:]) for i in rows["idle"] if i[0] == index]))
    for user, sessions in by_user.items():
        sure = windows(sessions, 5, 6, True)
        both = windows(sessions, 4, 7, False)
        charges = [row[1:] for row in rows["charge"] if row[0] == user]
        check(f"proved windows of {user}", sure, [at for at, lower, _ in charges if lower])
        check(f"windows of {user} at most", len(both), len(charges))
        check(f"tokens of {user}", [RATE * len(sure), RATE * len(both)],
              [sum(c[1] for c in charges), sum(c[2] for c in charges)])
        lower = days(sessions, sure, 5, 6)
        check(f"days of {user}", [lower, max(lower, days(sessions, both, 4, 7))],
              [row[1:] for row in rows["days"] if row[0] == user][0])


# Packs: a purse of single tokens, each spent from the pack that ends first.

def spend(packs, charges):
    left, short = {pack[0]: pack[1] for pack in packs}, 0
    for at, tokens in charges:
        for _ in range(tokens):
            valid = [(end, size, name) for name, size, start, end in packs if start <= at // DAY <= end and left[name]]
            if valid:
                left[min(valid)[2]] -= 1
            else:
                short += 1
    return left, short


def check_packs(rows):
    charges = sorted((at, user, lower, upper) for user, at, lower, upper in rows["charge"])
    proved, short_proved = spend(rows["pack"], [(at, lower) for at, _, lower, _ in charges])
    most, short_most = spend(rows["pack"], [(at, upper) for at, _, _, upper in charges])
    for name, lower, upper in rows["left"]:
        check(f"left of {name}", sorted([proved[name], most[name]]), [lower, upper])
    check("short", [short_proved, max(short_proved, short_most)], rows["short"][0])


def main():
    program = sys.argv[1]
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    seeds = int(sys.argv[3]) if len(sys.argv) > 3 else 40
    seen = defaultdict(int)
    for seed in range(first, first + seeds):
        rows = rows_of(program, seed)
        try:
            check_peaks(rows, [s for s in rows["session"] if s[2] == "CAD"])
            check_windows(rows)
            check_packs(rows)
        except SystemExit as wrong:
            raise SystemExit(f"seed {seed}: {wrong}") from None
        seen["above"] += rows["peak"][0][2] > 0
        seen["unsure"] += any(row[2] < row[3] for row in rows["charge"])
        seen["short"] += rows["short"][0][0] > 0
        seen["dark"] += rows["peak"][0][3] > rows["peak"][0][2]
    for what in ("above", "unsure", "short", "dark"):  # a comparison of nothing proves nothing
        if seen[what] < seeds // 10:
            raise SystemExit(f"only {seen[what]} of {seeds} worlds had something {what}")
    print(f"{seeds} worlds counted alike: {dict(seen)}")


main()
