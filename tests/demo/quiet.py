"""The quiet estate: people who do what they may, in three shifts that do not meet, and nothing else."""
import functools
from collections import defaultdict

from frame import AS_OF, DAY, HISTORY, HOSTS, QUARTER, SCAN, SITES, Estate, Session, at, weekday

PAIRS = [(0, 2), (1, 3), (2, 4), (0, 3), (1, 4)]
EVERY_DAY = (0, 1, 2, 3, 4)


def slots():
    """(host, shift) of all quiet people; w10 is the training host and has none."""
    return [(host, shift) for host in HOSTS if host != "w10" for shift in range(3)]


def product_of_slot(host, shift):
    if host in [f"n{i:02}" for i in range(1, 10)] and shift == 0:
        return "NAV"
    if host in [f"s{i}" for i in range(11, 18)] and shift == 2:
        return "L08"
    whole = {"L05": [f"n{i}" for i in range(10, 17)], "L06": ["s20", "s21", "s22", "s23"], "L11": ["n17", "n18"],
             "L03": ["s07", "s08", "s09"], "L04": ["n19", "n21", "s06", "w01"],
             "L02": ["w02", "w03", "w04", "w05", "n23", "n24"]}
    for line, hosts in whole.items():
        if host in hosts:
            return line
    if (host, shift) == ("s10", 0):
        return "L03"
    if host == "n22":
        return "L12" if shift < 2 else "L02"
    return "rest"


@functools.lru_cache(maxsize=2)
def people():
    """user: (host, shift, line, team). The first 63 of the rest hold AutoCAD, the others Revit."""
    cast, rest = {}, 0
    for number, (host, shift) in enumerate(slots(), 1):
        line = product_of_slot(host, shift)
        team = f"T{1 + number % 6}"
        if line == "rest":
            line = "L01" if rest < 63 else "L02"
            rest += 1
            team = {1: "T7", 2: "T7", 3: "T8", 4: "T8"}.get(rest, team)
        cast[f"q{number:03}"] = (host, shift, line, "T12" if line == "L08" else team)
    return cast


def days_of(number, user, line):
    if line in ("L05", "L06"):
        return EVERY_DAY
    if line == "L03":
        return (2, 0) if number % 2 else (2, 3)
    if line == "L04":
        return PAIRS[members("L04").index(user) // 2 % 5]
    return PAIRS[number % 5]


def words_of(line):
    return {"NAV": ["NAVMAN"], "L01": ["ACD"], "L02": ["RVT"], "L03": ["CIV3D"], "L04": ["RVT", "ACD"],
            "L05": ["INVPROSA"], "L06": ["MAYA"], "L08": ["ACD"], "L11": ["3DSMAX"], "L12": ["RSAPRO"]}[line]


def team_days(user, midnight):
    """In T7 and T8 one person works every weekday of the quarter and one on 36 (35) of its 64 days: 100 and 99."""
    mates = [u for u, (_, _, _, team) in people().items() if team in ("T7", "T8")]
    place = mates.index(user)
    if place % 2 == 0:
        return weekday(midnight) < 5
    if midnight < QUARTER:
        return weekday(midnight) in (0, 2, 3)
    working = [d for d in range(QUARTER, AS_OF, DAY) if weekday(d) in (0, 2, 3)]
    wanted = 36 if place == 1 else 35
    spared = working[2 if place == 1 else 7:: 9][: len(working) - wanted]
    assert len(working) - len(spared) == wanted
    return weekday(midnight) in (0, 2, 3) and midnight not in spared


@functools.lru_cache(maxsize=2)
def sessions_by_person(seed):
    """Made once for a seed; the variants share the objects and never change them."""
    estate = Estate(seed, ())
    made = {}
    for number, (user, (host, shift, line, team)) in enumerate(people().items(), 1):
        words, days = words_of(line), days_of(number, user, line)
        turn = members(line).index(user)  # neighbours change words in opposite weeks, so that a day's counts stay
        mine = []
        for midnight in range(HISTORY, AS_OF, DAY):
            works = team_days(user, midnight) if team in ("T7", "T8") else weekday(midnight) in days
            if not works:
                continue
            start = midnight + (6 + 4 * shift) * 3600 + 60 * estate.random.randrange(5, 16)
            length = 60 * estate.random.randrange(25, 210)
            end = min(start + length, midnight + (10 + 4 * shift) * 3600 - 600)
            word = words[((midnight // DAY + 3) // 7 + turn) % len(words)]
            server = ("A" if number % 5 else "B") if line == "L05" else None
            mine.append(Session(host, user, word, start, end, version="2019" if line == "L08" else None,
                                server=server))
        made[user] = mine
    return made


def members(line):
    return [user for user, (_, _, mine, _) in people().items() if mine == line]


def build(estate, seed):
    """People, hosts and what was bought. Sessions follow in finish(), when it is known who is absent."""
    for site, (country, hosts) in SITES.items():
        for host in hosts:
            estate.host_rows[host] = {"host": host, "site": site, "country": country, "entity": "Holm AG", "team": "",
                                      "agreement": "", "owner": "own", "class": "workstation",
                                      "sign_in_hours": "24" if site == "WEST" else ""}
    for user, (_, _, line, team) in people().items():
        estate.person(user, team)
    for number in range(len(people()) + 1, 401):
        estate.person(f"r{number:03}")
    group = members("L04")[:6]
    for user in group:
        estate.people[user]["groups"] = "G-CAD"
    for line in ("L02", "L03", "L04", "L11"):
        for user in members(line):
            by_group = line == "L04" and user in group
            estate.assign(user, line, source="group" if by_group else "manual", group="G-CAD" if by_group else "")
    estate.sessions = [s for user, mine in sessions_by_person(seed).items() for s in mine
                       if people()[user][2] not in ("L01", "L12")]
    for host in [f"n{i:02}" for i in range(1, 11)]:
        estate.installed.append((host, "NAVMAN", "2026", HISTORY, None))
    for host in [f"s{i}" for i in range(11, 19)]:
        estate.installed.append((host, "ACD", "2019", HISTORY, None))
    for host in [f"n{i}" for i in range(10, 17)] + ["n20"]:
        estate.installed.append((host, "INVPROSA", "2026", RELEASE, None))
    for host in HOSTS:
        estate.installed.append((host, "ADR", "2018", HISTORY + SCAN, None))
    estate.received = {(site, month): due for site in SITES for month, due in MONTHS}
    estate.table("token_packs", pack="C", agreement="AG1", pool="L09", line="L09", tokens="300", start="2026-01-01",
                 end="2026-06-30", price="3.00", currency="EUR")
    for user in ("q001", "q002"):
        estate.table("administrators", agreement="AG1", user=user, role="primary", granted="2025-01-01",
                     last_active="2026-03-30")
        estate.table("approved_administrators", agreement="AG1", user=user)


def _months():
    months = []
    for year, month in [(2025, m) for m in range(1, 13)] + [(2026, m) for m in range(1, 4)]:
        following = f"{year + month // 12}-{month % 12 + 1:02}"
        day = "01" if (year, month) == (2026, 3) else "03"
        months.append((f"{year}-{month:02}", at(f"{following}-{day} 08:00")))
    return months


RELEASE = at("2025-04-01")
MONTHS = _months()


def finish(estate, seed):
    """Fills the lines that must be full with quiet people, and writes each host's week-ends."""
    made = sessions_by_person(seed)
    cast = sum(1 for row in estate.assignments if row["product"] == "L01" and row["unassigned"] is None)
    wanted = 63 - cast if estate.has("P01") else 60 - cast
    full = members("L01")[:wanted]
    for place, user in enumerate(full):
        estate.assign(user, "L01", "2025-10-02" if place >= 60 - cast else "2025-01-01")
    idle_line = [] if estate.has("P49") else members("L12")
    for user in idle_line:
        estate.assign(user, "L12")
    present = set(full) | set(idle_line)
    absent = set(members("L01") + members("L12")) - present
    assert not absent & {s.user for s in estate.sessions}, "somebody absent was planted with"
    since = {row["user"]: row["assigned"] for row in estate.assignments if row["product"] == "L01"}
    estate.sessions += [s for user in sorted(present) for s in made[user] if since.get(user, 0) <= s.start]
    for change in estate.late:
        change(estate)
    at_work = {(s.host, instant - instant % DAY) for s in estate.sessions for instant in (s.start, s.end)
               if weekday(instant) > 4}
    dark = defaultdict(list)
    for host, _, since, until in estate.gaps:
        dark[host].append((since, until))
    for host in HOSTS:
        for midnight in range(HISTORY + (5 - weekday(HISTORY)) % 7 * DAY, AS_OF, 7 * DAY):
            end = min(midnight + 2 * DAY, AS_OF)
            if ((host, midnight) not in at_work and (host, midnight + DAY) not in at_work
                    and end < estate.silent.get(host, AS_OF + 1)
                    and not any(since < end and midnight < until for since, until in dark[host])):
                estate.gaps.append((host, "weekend", midnight, end))
    estate.sessions.sort(key=lambda s: (s.start, s.host, s.user, s.word, s.end))
