"""The frame of the estate Holm: dates, sites, hosts, products, lines, and the container that plants write into.

Instants are UTC seconds. Nothing here knows what the product answers."""
import copy
import datetime
import random

UTC = datetime.timezone.utc
DAY = 86400


def at(text):
    """'2026-02-03' or '2026-02-03 10:00[:00]' as UTC seconds."""
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def day_text(instant):
    return datetime.datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%d")


def instant_text(instant):
    return datetime.datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def weekday(instant):
    return (instant // DAY + 3) % 7  # 0 is Monday


HISTORY = at("2025-01-01")
AS_OF = at("2026-04-01")
QUARTER = at("2026-01-01")
SCAN = 5 * 3600  # of the day: every host looks what is installed
RELEASE_2026 = at("2025-04-01")  # from then on everybody runs 2026

SITES = {"NORD": ("DE", [f"n{i:02}" for i in range(1, 26)]),
         "SUED": ("DE", [f"s{i:02}" for i in range(1, 26)]),
         "WEST": ("FR", [f"w{i:02}" for i in range(1, 11)])}
HOSTS = [host for _, hosts in SITES.values() for host in hosts]
SITE_OF = {host: site for site, (_, hosts) in SITES.items() for host in hosts}
SERVERS = {"A": ("n25", "licnord"), "B": ("s24", "licsued")}

# word: (name, class)
PRODUCTS = {
    "ACD": ("AutoCAD", "commercial"), "RVT": ("Revit", "commercial"), "CIV3D": ("Civil 3D", "commercial"),
    "AECCOL": ("AEC collection", "commercial"), "INVPROSA": ("Inventor Professional", "commercial"),
    "MAYA": ("Maya", "commercial"), "NAVMAN": ("Navisworks Manage", "commercial"),
    "VLTP": ("Vault Professional", "commercial"), "3DSMAX": ("3ds Max", "commercial"),
    "RSAPRO": ("Robot Structural", "commercial"), "ADSTPR": ("Advance Steel", "commercial"),
    "NINCAD": ("NINCAD", "commercial"), "ADR": ("Design Review", "viewer"),
    "RVTEDU": ("Revit (education)", "education")}
COLLECTION = ["ACD", "RVT", "CIV3D"]
PACKAGE, COMPONENT = "66600INVPROSA_F", "87537INVPROSA_2026_0F"
COMPONENT_2025 = "86910INVPROSA_2025_0F"

# line: (word, metric, quantity or None for "as many as are assigned", price)
LINES = {
    "L01": ("ACD", "named", 60, "1940.00"), "L02": ("RVT", "named", None, "2400.00"),
    "L03": ("CIV3D", "named", None, "2700.00"), "L04": ("AECCOL", "named", None, "3400.00"),
    "L05": ("INVPROSA", "concurrent", 12, "3000.00"), "L06": ("MAYA", "concurrent", 6, "2200.00"),
    "L07": ("NAVMAN", "device", 10, "1200.00"), "L08": ("ACD", "perpetual", 8, ""),
    "L10": ("VLTP", "named", 5, "600.00"), "L11": ("3DSMAX", "named", None, "1900.00"),
    "L12": ("RSAPRO", "named", None, "1500.00")}


class Session:
    """One run of a program, or one licence taken at a server. slack: uncertainty of both ends, seconds."""

    def __init__(self, host, user, word, start, end, version=None, **more):
        self.host, self.user, self.word, self.start, self.end = host, user, word, start, end
        self.version = version or ("2026" if start >= RELEASE_2026 else "2025")
        self.server = more.pop("server", None)      # "A" or "B": seen by a licence server only
        self.slack = more.pop("slack", 0)
        self.end_to = more.pop("end_to", None)      # the end lies in [end, end_to]
        self.addr = more.pop("addr", None)
        self.automation = more.pop("automation", False)
        self.pool = more.pop("pool", None)
        self.idle = more.pop("idle", None)          # list of spans; None: idle time is not recorded
        self.borrow = more.pop("borrow", None)
        self.used = more.pop("used", [])            # features inside the session
        self.bare = more.pop("bare", False)         # a feature without package
        self.open = more.pop("open", False)         # the end was not seen; `end` is the last sign of life
        assert not more, more

    def but(self, **changes):
        other = copy.copy(self)
        for name, value in changes.items():
            setattr(other, name, value)
        return other


class Estate:
    def __init__(self, seed, chosen):
        self.random = random.Random(seed)
        self.chosen = frozenset(chosen)
        self.sessions = []
        self.people = {}        # user: dict of the directory's columns
        self.assignments = []   # dict
        self.host_rows = {}     # host: dict
        self.installed = []     # (host, word, version, from, to or None)
        self.gaps = []          # (host, kind, from, to)
        self.names = []         # (host, new name, at)
        self.domains = {}       # host: domain that goes with its new name
        self.steps = []         # (host, at, milliseconds)
        self.refusals = []      # (server, user, host, feature, at, verb)
        self.declared = []      # (site, kind, agreement, about, from, to, reason)
        self.retired = []       # (site, host, at, reason)
        self.received = {}      # (site, "2026-01"): instant
        self.silent = {}        # host: instant
        self.fillers = {}       # line: users that stand in for the seats nobody of the cast takes
        self.tables = {}        # kind: rows beside those that follow from the above
        self.free = {}          # line: seats bought beyond those assigned
        self.lines = {}         # lines beside LINES
        self.renewal = {}
        self.agreement = {}     # columns of AG1 that differ
        self.served = {"A": 10, "B": 2}
        self.orders = {"7781": 60}
        self.unheard = set()    # (host, month) of which nothing arrived
        self.withheld = lambda table, row: False  # rows that were not handed in
        self.weeks_later = 0    # all of the evidence, when it is written
        self.late = []          # changes that need everybody's sessions
        self.rows = []          # of the answer key

    def has(self, plant):
        return plant in self.chosen

    def person(self, user, team="T1", **more):
        row = {"user": user, "domain": "holm.example", "team": team, "entity": "Holm AG", "enabled": "yes",
               "kind": "employee", "joined": "", "left": "", "groups": ""}
        row.update(more)
        self.people[user] = row
        return user

    def assign(self, user, line, since="2025-01-01", until=None, **more):
        row = {"user": user, "product": line, "assigned": at(since), "unassigned": at(until) if until else None,
               "source": "manual", "group": "", "team": self.people[user]["team"]}
        row.update(more)
        self.assignments.append(row)

    def add(self, *args, **more):
        session = Session(*args, **more)
        self.sessions.append(session)
        return session

    def table(self, kind, **row):
        self.tables.setdefault(kind, []).append(row)

    def expect(self, plant, code, subject, product="", line="", lower=1, upper=None, **more):
        self.rows.append({"id": plant, "code": code, "subject": subject, "product": product, "line": line,
                          "lower": lower, "upper": lower if upper is None else upper,
                          "from": more.get("since"), "to": more.get("to"), "exposure": more.get("exposure"),
                          "cure": more.get("cure"), "saving": more.get("saving"),
                          "certainty": more.get("certainty", "certain"), "severity": more.get("severity"),
                          "state": more.get("state"), "details": more.get("details", {}),
                          "evidence_min": more.get("evidence_min", 0)})

    # A cast person works like a quiet one, in the evening: two weekdays a week, 18:00 and some minutes, 45 minutes.
    def works(self, user, word, host, days=(1, 3), since=HISTORY, until=AS_OF, hour=18, **more):
        for midnight in range(since - since % DAY, until, DAY):
            if weekday(midnight) in days and not more.get("skip", lambda _: False)(midnight):
                start = midnight + hour * 3600 + 60 * (sum(map(ord, user)) % 10)
                self.add(host, user, word, start, start + 2700, version=more.get("version"))

    # Instants of the daily scan of a host that is on and watched.
    def scans(self, host):
        dark = set()
        for h, _, since, until in self.gaps:
            if h == host:
                first = since - since % DAY + SCAN
                dark.update(range(first if since <= first else first + DAY, until, DAY))
        return [instant for instant in range(HISTORY + SCAN, self.silent.get(host, AS_OF) + SCAN, DAY)
                if instant not in dark]

    # Days on which anything of the host is written.
    def heard(self, host):
        days = {instant // DAY for instant in self.scans(host)}
        days |= {until // DAY for h, _, _, until in self.gaps if h == host and until < AS_OF}
        return sorted(day for day in days if (host, day_text(day * DAY)[:7]) not in self.unheard)

    def of(self, user, word=None):
        return [s for s in self.sessions if s.user == user and (word is None or s.word == word)]

    def drop(self, unwanted):
        self.sessions = [s for s in self.sessions if not unwanted(s)]

    # The person's session of that day takes place at another time instead: the number of a day's sessions stays.
    def move(self, user, midnight, start, end, **changes):
        for index, session in enumerate(self.sessions):
            if session.user == user and session.start // DAY == midnight // DAY:
                self.sessions[index] = session.but(start=start, end=end, **changes)
                return
        raise AssertionError(f"{user} has no session on {day_text(midnight)}")

    # What happens on one host from `since` to `until` happens on another instead.
    def relocate(self, host, other, since, until=AS_OF):
        self.sessions = [s.but(host=other) if s.host == host and since <= s.start < until else s
                         for s in self.sessions]
