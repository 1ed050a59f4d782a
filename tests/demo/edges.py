"""One pair for each threshold of the rule pack: a plant that takes the measured thing as a number, so that it can be
made just short of the value and just at it. thresholds.py reads the values from the pack itself."""
import functools
from math import ceil, floor

import negatives
import plants_watch
from frame import AS_OF, DAY, QUARTER, SITES, at, day_text, weekday
from negatives import dark
from plants_bought import COMPONENT, INVENTOR_USERS, call_in, others_leave
from plants_people import revit_person

# Thresholds that this estate does not reach, and why.
ELSEWHERE = {
    "cascade_s": "its servers give out one package",
    "stale_days": "every end was seen, or is known as a range",
    "export_days": "nobody handed in what the vendor counted by day",
    "insight_days": "its recorders name no commands",
    "insight_persons": "its recorders name no commands",
}


class Edge:
    """`measures` of a value: what rests and what fires; `nudged`: values by which the first fires, the second rests."""

    def __init__(self, code, plant, measures, nudged, seen, chosen):
        self.code, self.plant, self.measures, self.nudged = code, plant, measures, nudged
        self.seen, self.chosen = seen or (lambda finding: True), chosen

    def fired(self, outcome):
        return any(finding["code"] == self.code and self.seen(finding) for finding in outcome["findings"])


AT_LEAST = (lambda v: (v - 1, v), lambda v: (v - 1, v + 1))
MORE_THAN = (lambda v: (v, v + 1), lambda v: (v - 1, v + 1))
AT_MOST = (lambda v: (v + 1, v), lambda v: (v + 1, v - 1))
LESS_THAN = (lambda v: (v, v - 1), lambda v: (v + 1, v - 1))
EDGES = {}


def edge(name, code, kind, seen=None, chosen=()):
    def kept(plant):
        assert name not in EDGES, name
        EDGES[name] = Edge(code, plant, *kind, seen, chosen)
        return plant
    return kept


def detail(name, *values):
    return lambda finding: finding["details"].get(name) in values


def quantity(*pair):
    return lambda finding: tuple(finding["quantity"]) == pair


def weekdays(since, until=AS_OF):
    return [d for d in range(since, until, DAY) if weekday(d) < 5]


# A product of its own, with a concurrent line, so that nothing of the quiet estate is in the way.
def bench(estate, seats):
    estate.lines["L13"] = ("ADSTPR", "concurrent", seats, "2000.00")


def bench_use(estate, user, host, start, end):
    if user not in estate.people:
        estate.person(user, "T13")
    estate.add(host, user, "ADSTPR", start, end)


@edge("retry_s", "DENIALS", AT_MOST, detail("retried", "1"))
def _(estate, seconds):
    estate.person("c08")
    refused = at("2026-02-05 10:05")
    others_leave(estate, "2026-02-05", "10:30", call_in(estate, "2026-02-05", 10, "10:00", "10:30"))
    estate.refusals.append(("A", "c08", "n10", COMPONENT, refused, "DENIED"))
    estate.add("n10", "c08", "INVPROSA", refused + seconds, refused + seconds + 1200, server="B")


@edge("over_long_episode_s", "SUSTAINED_OVER", AT_LEAST)
def _(estate, seconds):
    bench(estate, 1)
    for day in ("2026-03-03", "2026-03-10", "2026-03-17"):
        bench_use(estate, "e1", "n01", at(day + " 18:00"), at(day + " 20:00"))
        bench_use(estate, "e2", "n02", at(day + " 18:30"), at(day + " 18:30") + seconds)


@edge("over_sustained_days", "SUSTAINED_OVER", AT_LEAST)
def _(estate, days):
    bench(estate, 1)
    for midnight in weekdays(at("2026-03-02"))[:days]:
        bench_use(estate, "e1", "n01", midnight + 18 * 3600, midnight + 20 * 3600)
        bench_use(estate, "e2", "n02", midnight + 18 * 3600, midnight + 19 * 3600)


@edge("over_window_days", "SUSTAINED_OVER", AT_MOST)
def _(estate, days):
    """The third day is that one, counted from the first."""
    bench(estate, 1)
    first = at("2026-02-02")
    for midnight in (first, first + 2 * DAY, first + (days - 1) * DAY):
        bench_use(estate, "e1", "n01", midnight + 18 * 3600, midnight + 20 * 3600)
        bench_use(estate, "e2", "n02", midnight + 18 * 3600, midnight + 19 * 3600)


def above_for(estate, seconds):
    """From one Monday on, in one stretch that begins on one day only."""
    bench(estate, 1)
    start = at("2026-01-12 00:00")
    bench_use(estate, "e1", "n01", start, start + seconds + 7200)
    bench_use(estate, "e2", "n02", start + 3600, start + 3600 + seconds)


def percent_of_quarter(percent):
    """The least whole seconds of the quarter as far as it was observed, up to the last event."""
    return -(-(last_event() - QUARTER) * percent // 100)


@functools.lru_cache(maxsize=1)
def last_event():
    import estate as estates
    return max(session.end for session in estates.make([]).sessions)


@edge("over_sustained_percent", "SUSTAINED_OVER",
      (lambda v: (percent_of_quarter(v) - 1, percent_of_quarter(v)), lambda v: (v - 1, v + 1)))
def _(estate, seconds):
    above_for(estate, seconds)


@edge("over_momentary_percent", "OVER_PEAK",
      (lambda v: (percent_of_quarter(v) - 1, percent_of_quarter(v)), lambda v: (0, v + 1)),
      detail("persistence", "recurrent"))
def _(estate, seconds):
    """Episodes of less than 900 s, four on a weekday, until so many seconds are full."""
    bench(estate, 1)
    for midnight in weekdays(QUARTER - 60 * DAY, AS_OF - DAY):
        bench_use(estate, "e1", "n01", midnight + 18 * 3600, midnight + 20 * 3600)
        for quarter in range(4):
            start = midnight + 18 * 3600 + 60 + quarter * 1500
            length = min(800, seconds) if midnight >= QUARTER else 0
            if length:
                bench_use(estate, "e2", "n02", start, start + length)
                seconds -= length


@edge("over_material_percent", "SUSTAINED_OVER",
      (lambda v: (100 // v + 1, 100 // v), lambda v: (v - 1, v + 1)))
def _(estate, seats):
    """One above so many seats, on three days."""
    bench(estate, seats)
    hosts = SITES["NORD"][1][:24]
    for day in ("2026-03-03", "2026-03-10", "2026-03-17"):
        for number in range(seats + 1):
            bench_use(estate, f"e{number:02}", hosts[number], at(day + " 18:00"), at(day + " 19:00"))


@edge("multi_tolerance_s", "MULTI_HOST", MORE_THAN)
def _(estate, seconds):
    revit_person(estate, "e1", "n04")
    start = at("2026-03-02 19:00")
    estate.add("n04", "e1", "RVT", start - 3600, start + 60 + seconds, slack=30)
    estate.add("s04", "e1", "RVT", start, start + 3600, slack=30)


def devices(estate, count, last_on):
    revit_person(estate, "e1", "n06")
    days = ["2026-01-26", "2026-02-16", "2026-03-16", "2026-02-23", "2026-03-02"][:count - 2] + [last_on]
    for host, day in zip(("n07", "n08", "n09", "n10", "n11", "n12"), days):
        estate.add(host, "e1", "RVT", at(day + " 20:10"), at(day + " 21:00"))


@edge("devices_most", "TOO_MANY_DEVICES", MORE_THAN)
def _(estate, count):
    devices(estate, count, "2026-03-24")


@edge("devices_days", "TOO_MANY_DEVICES", AT_MOST)
def _(estate, days):
    devices(estate, 4, day_text(AS_OF - days * DAY))


def shared(estate, hosts, days):
    estate.person("cad")
    names = SITES["NORD"][1]
    for day in range(days):
        start = at("2026-02-03 18:30") + 7 * DAY * day
        for host in names[:hosts]:
            estate.add(host, "cad", "INVPROSA", start, start + 3600, server="A")


@edge("shared_hosts", "SHARED_ACCOUNT", AT_LEAST)
def _(estate, hosts):
    shared(estate, hosts, 3)


@edge("shared_days", "SHARED_ACCOUNT", AT_LEAST)
def _(estate, days):
    shared(estate, 3, days)


@edge("window_s", "USE_UNASSIGNED", AT_LEAST, quantity(2, 2))
def _(estate, seconds):
    """A short launch so long after a window began: another day, or still the same."""
    estate.person("e1")
    start = at("2026-03-03 18:10")
    estate.add("n01", "e1", "RVT", start, start + 3600)
    estate.add("n01", "e1", "RVT", start + seconds, start + seconds + 120)


@edge("short_launch_s", "USE_UNASSIGNED", AT_LEAST, quantity(1, 1))
def _(estate, seconds):
    """A launch so long, and a very short one 20 hours later: inside of the first one's window, or a day of its own."""
    estate.person("e1")
    start = at("2026-03-03 18:10")
    estate.add("n01", "e1", "RVT", start, start + seconds)
    estate.add("n01", "e1", "RVT", start + 20 * 3600, start + 20 * 3600 + 60)


@edge("window_idle_s", "USE_UNASSIGNED", LESS_THAN, quantity(2, 2))
def _(estate, seconds):
    estate.person("e1")
    start = at("2026-03-03 18:10")
    end = start + DAY + 3600
    estate.add("n01", "e1", "RVT", start, end, idle=[(start + DAY - seconds, end)])


@edge("superseded_days", "VERSION_OLD", MORE_THAN)
def _(estate, days):
    """A host has an old right of its own, replaced so many days before it is used once more."""
    estate.person("e1", "T11")
    estate.table("perpetual", product="ACD", line="", host="s18", version="2018", quantity="1",
                 superseded=day_text(at("2026-03-03") - days * DAY))
    estate.add("s18", "e1", "ACD", at("2026-03-03 18:05"), at("2026-03-03 19:05"), version="2018")


@edge("dormant_days", "DORMANT_USER", AT_LEAST)
def _(estate, days):
    """Last use so many days ago; twelve sessions of two products on the last two days, or it would be low frequency."""
    last = AS_OF - days * DAY
    estate.person("e1")
    estate.assign("e1", "L04")
    estate.works("e1", "RVT", "n24", days=(1,), until=last - DAY)
    estate.works("e1", "ACD", "n24", days=(3,), until=last - DAY)
    for midnight in (last - DAY, last):
        for number in range(6):
            start = midnight + 15 * 3600 + number * 3600
            estate.add("n24", "e1", ("RVT", "ACD")[number % 2], start, start + 1800)


@edge("assigned_days", "DORMANT_USER", (lambda v: (v - 1, v), lambda v: (None, v + 1)))
def _(estate, days):
    """Never used: so many days without use as well."""
    estate.person("e1")
    estate.assign("e1", "L02", day_text(AS_OF - days * DAY))


def seldom(estate, evenings):
    revit_person(estate, "e1", "w05", until=QUARTER)
    for midnight in evenings:
        estate.add("w05", "e1", "RVT", midnight + 65400, midnight + 69000)


@edge("low_sessions_a_month", "LOW_FREQ", (lambda v: (3 * v, 3 * v - 1), lambda v: (v + 1, v - 1)))
def _(estate, sessions):
    seldom(estate, weekdays(at("2026-01-05"))[::5][:sessions])


@edge("merge_s", "LOW_FREQ", LESS_THAN)
def _(estate, seconds):
    evenings = weekdays(at("2026-01-05"))[::5][:11]
    seldom(estate, evenings)
    start = evenings[5] + 69000 + seconds
    estate.add("w05", "e1", "RVT", start, start + 1200)


def newcomers(estate, line, count):
    for number in range(count):
        estate.person(f"e{number}")
        estate.assign(f"e{number}", line, "2026-01-10")


@edge("adoption_percent", "LOW_ADOPTION",
      (lambda v: (200 // v - 2, 200 // v - 1), lambda v: (v + 1, 200 // (200 // v + 1))))
def _(estate, idle):
    """Two who work, and so many who do not."""
    newcomers(estate, "L12", idle)


@edge("adoption_persons", "LOW_ADOPTION", AT_LEAST, chosen=("P49",))
def _(estate, count):
    newcomers(estate, "L12", count)


@edge("travel_days", "OUT_OF_TERRITORY", MORE_THAN)
def _(estate, days):
    estate.person("e1")
    estate.assign("e1", "L11")
    estate.works("e1", "3DSMAX", "n13")
    for midnight in weekdays(at("2026-02-02"))[::5][:days]:
        estate.add("w03", "e1", "3DSMAX", midnight + 65400, midnight + 69000)


@edge("deprovision_days", "DEPROVISION_LATE", MORE_THAN)
def _(estate, days):
    left = at("2026-01-15")
    revit_person(estate, "e1", "s04", left=day_text(left), unassigned=day_text(left + days * DAY), until=left)


def group(estate, working, idle, since):
    for number in range(working + idle):
        user = estate.person(f"e{number:02}", "T4", groups="G-ENG")
        estate.assign(user, "L02", "2025-01-01" if number < working else day_text(since), source="group", group="G-ENG")
        if number < working:
            estate.works(user, "RVT", f"s{8 + number % 3:02}", days=((number % 5), (number + 2) % 5))


LONG_AGO = AS_OF - 95 * DAY


@edge("group_days", "GROUP_BROAD", AT_LEAST)
def _(estate, days):
    group(estate, 6, 6, AS_OF - days * DAY)


@edge("group_percent", "GROUP_BROAD", (lambda v: (600 // v + 1, 600 // v), lambda v: (600 // (600 // v + 1), v + 1)))
def _(estate, persons):
    group(estate, persons - 6, 6, LONG_AGO)


@edge("group_persons", "GROUP_BROAD", AT_LEAST)
def _(estate, persons):
    group(estate, persons, persons, LONG_AGO)


def admins(estate, count):
    """Two are there already."""
    estate.agreement["approved_administrators"] = ""
    for number in range(count - 2):
        estate.person(f"e{number}")
        estate.table("administrators", agreement="AG1", user=f"e{number}", role="secondary", granted="2025-01-01",
                     last_active="2026-03-30")
        estate.table("approved_administrators", agreement="AG1", user=f"e{number}")


@edge("admin_days", "ADMIN_INACTIVE", AT_LEAST)
def _(estate, days):
    row = next(row for row in estate.tables["administrators"] if row["user"] == "q002")
    row["last_active"] = day_text(AS_OF - days * DAY)


@edge("admin_most", "ADMIN_TOO_MANY", MORE_THAN)
def _(estate, count):
    admins(estate, count)


@edge("admin_most_percent", "ADMIN_TOO_MANY",
      (lambda v: (250 * v // 100, 250 * v // 100 + 1), lambda v: (v - 1, v + 1)))
def _(estate, count):
    """Of 250 people who hold a seat."""
    admins(estate, count)

    def fill(made):
        holders = {row["user"] for row in made.assignments if row["unassigned"] is None}
        spare = [user for user in made.people if user[0] == "r"]
        for user in spare[:250 - len(holders)]:
            made.assign(user, "L02", "2026-03-01")
    estate.late.append(fill)


@edge("outlier_percent", "OUTLIER_VERSION", (lambda v: (100 * v, 100 * v + 1), lambda v: (v + 1, v - 1)))
def _(estate, of):
    """One of so many user-days of a team; the quiet estate has teams of 99 and of 100."""
    (negatives.n28 if of == 100 else plants_watch.p37)(estate)


def bench_series(estate, weeks, count, last):
    """So many starts on each of so many Wednesdays, `last` on the one after them."""
    bench(estate, 20)
    end = at("2026-03-18")
    for week in range(weeks + 1):
        midnight = end - week * 7 * DAY
        for number in range(last if week == 0 else count):
            bench_use(estate, f"e{number:02}", f"n{number + 1:02}", midnight + 64800, midnight + 68400)


@edge("spike_weeks", "SPIKE", AT_LEAST)
def _(estate, weeks):
    bench_series(estate, weeks, 2, 9)


def rise_at(score):
    """The least rise whose score reaches that, the median deviation being at its floor of 1."""
    return ceil(score * 14826 / 10_000_000)


@edge("spike_score_milli", "SPIKE",
      (lambda v: (rise_at(v) - 1, rise_at(v)), lambda v: ((rise_at(v) - 1) * 10_000_000 // 14826,
                                                         rise_at(v) * 10_000_000 // 14826 + 1)))
def _(estate, rise):
    bench_series(estate, 10, 4, 4 + rise)


@edge("spike_rise", "SPIKE", (lambda v: (v - 1, v + 1), lambda v: (None, v + 2)))
def _(estate, rise):
    """Where the deviation is at its floor the score asks for six already; so it is five that no value can show."""
    bench_series(estate, 10, 4, 4 + rise)


def new_domain(estate, hosts):
    for number in range(hosts):
        host = f"n{17 + number}"
        estate.names.append((host, "neu-" + host, at("2026-02-10") + number * DAY))
        estate.domains[host] = "neu.example"


@edge("entity_hosts", "ENTITY", AT_LEAST)
def _(estate, hosts):
    new_domain(estate, hosts)


def new_accounts(estate, days_after_first):
    first = at("2026-01-12")
    for number, after in enumerate(days_after_first):
        user = estate.person(f"e{number}", domain="neu.example")
        estate.assign(user, "L11", "2026-01-10")
        estate.add("n17", user, "3DSMAX", first + after * DAY + 64800, first + after * DAY + 67500)
        estate.works(user, "3DSMAX", "n17", days=(number % 5,), since=max(at("2026-02-23"), first + (after + 1) * DAY))


@edge("entity_accounts", "ENTITY", AT_LEAST)
def _(estate, accounts):
    new_accounts(estate, [2 * number for number in range(accounts)])


@edge("entity_days", "ENTITY", AT_MOST)
def _(estate, days):
    new_accounts(estate, [0, 2, 4, 7, days - 1])


def rise_of_people(estate, newcomers, event):
    """New people who use a product that was not there before, all on one day."""
    bench(estate, 200)
    estate.table("entity_events", entity="Neu GmbH", domain="nobody.example", day=day_text(event), what="bought")
    hosts = SITES["NORD"][1] + SITES["SUED"][1]
    for number in range(newcomers):
        bench_use(estate, f"e{number:03}", hosts[number % 40], RISE + 64800 + number, RISE + 68400)


RISE = at("2026-03-02")


def at_work_before():
    import estate as estates
    quiet = estates.make([])
    return len({s.user for s in quiet.sessions if RISE - 30 * DAY <= s.start < RISE})


@edge("entity_event_days", "ENTITY", AT_MOST)
def _(estate, days):
    rise_of_people(estate, ceil(at_work_before() * 0.3), RISE - days * DAY)


@edge("entity_rise_percent", "ENTITY", AT_LEAST)
def _(estate, percent):
    rise_of_people(estate, ceil(at_work_before() * percent / 100), RISE - 10 * DAY)


def rename(estate, site, count):
    for host in SITES[site][1][:count]:
        estate.names.append((host, "neu-" + host, at("2026-02-10")))


@edge("renamed_hosts", "HOSTS_RENAMED", AT_LEAST)
def _(estate, hosts):
    rename(estate, "WEST", hosts)


@edge("renamed_percent", "HOSTS_RENAMED", (lambda v: (200 // v + 1, 200 // v), lambda v: (v - 1, v + 1)))
def _(estate, hosts):
    """Two of so many hosts of a site of 25; the others have retired."""
    rename(estate, "SUED", 2)
    for number in range(25 - hosts):
        gone, since = f"s{5 + number:02}", at("2026-03-20")
        estate.silent[gone] = since
        dark(estate, gone, "s23", since, AS_OF)
        estate.retired.append(("SUED", gone, since, "sold"))


@edge("duplicate_days_a_month", "DUPLICATE_TOOL", AT_LEAST)
def _(estate, days):
    for product in ("3DSMAX", "MAYA"):
        estate.table("functions", function="rendering", product=product)
    estate.person("e1")
    estate.assign("e1", "L11")
    estate.works("e1", "3DSMAX", "s21", days=(1, 3))
    for month in ("2026-01", "2026-02", "2026-03"):
        for midnight in weekdays(at(month + "-05"))[::2][:days]:
            estate.add("s21", "e1", "MAYA", midnight + 19 * 3600, midnight + 20 * 3600)


def people_of_bench(estate, before, now):
    """So many people used a product in the last quarter of 2025, so many in the one under review."""
    bench(estate, 200)
    for start, count in ((at("2025-11-04"), before), (at("2026-02-03"), now)):
        for number in range(count):
            evening = start + (number // 4) * 7 * DAY + 64800
            bench_use(estate, f"e{number:03}", f"n{1 + number % 24:02}", evening + number, evening + 3600)


@edge("pattern_persons", "PATTERN_BREAK", AT_LEAST)
def _(estate, persons):
    people_of_bench(estate, 2, 2 + persons)


@edge("pattern_percent", "PATTERN_BREAK",
      (lambda v: (20 * v // 100 - 1, 20 * v // 100), lambda v: (5 * (20 * v // 100 - 1), v + 1)))
def _(estate, more):
    """So many more than twenty."""
    people_of_bench(estate, 20, 20 + more)


@edge("silent_days", "HOST_SILENT", AT_LEAST)
def _(estate, days):
    plants_watch.silence(estate, "s25", AS_OF - days * DAY, "s23")


@edge("high_use_percent", "GAP_AT_HIGH_USE",
      (lambda v: (ceil(12 * v / 100) - 1, ceil(12 * v / 100)),
       lambda v: (floor(100 * (ceil(12 * v / 100) - 1) / 12), floor(100 * ceil(12 * v / 100) / 12) + 1)))
def _(estate, claims):
    plants_watch.p42(estate)
    others_leave(estate, "2026-03-10", "11:00", call_in(estate, "2026-03-10", claims, "10:00", "11:00"))
    for midnight in (at("2026-03-09"), at("2026-03-11")):  # nobody else comes near it while the host is unwatched
        several_shifts(estate, midnight)


def several_shifts(estate, midnight):
    for place, user in enumerate(INVENTOR_USERS):
        start = midnight + 17 * 3600 + 1800 * (place // 5)
        estate.move(user, midnight, start, start + 1500)


@edge("site_silent_days", "COVERAGE_GAP", AT_LEAST)
def _(estate, days):
    since = AS_OF - days * DAY
    for host in SITES["WEST"][1]:
        estate.silent[host] = since
    estate.late.append(lambda e: e.drop(lambda s: s.host[0] == "w" and s.end > since))


@edge("gap_least_s", "COVERAGE_GAP", AT_LEAST)
def _(estate, seconds):
    since = at("2026-03-10 20:00")
    estate.gaps.append(("n20", "recorder_off", since, since + seconds))


@edge("clock_step_s", "CLOCK_STEP", AT_LEAST)
def _(estate, seconds):
    estate.steps.append(("n11", at("2026-03-03 12:00"), 1000 * seconds))


@edge("sources_differ_s", "SOURCES_DISAGREE", MORE_THAN)
def _(estate, seconds):
    """The host's own recorder saw the program so much longer than the server saw the licence."""
    user = INVENTOR_USERS[0]
    taken = next(s for s in estate.of(user) if s.start >= at("2026-03-03"))
    estate.add(taken.host, user, "INVPROSA", taken.start, taken.end + seconds)


@edge("renewal_days", "RENEWAL_DUE", AT_MOST)
def _(estate, days):
    estate.renewal["L02"] = day_text(AS_OF + days * DAY)
