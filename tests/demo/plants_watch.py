"""Planted signals: spikes, old versions, gaps, silence, duties, renamed hosts, clocks."""
from frame import at
from plants_bought import call_in, others_leave
from quiet import members


def p37(estate):
    """T7 uses AutoCAD on 100 user-days of the quarter; this is one more, of 2023."""
    mate = [user for user in members("L01") if estate.people[user]["team"] == "T7"][1]
    estate.add("n01", mate, "ACD", at("2026-02-06 18:05"), at("2026-02-06 19:00"), version="2023")
    estate.expect("P37", "OUTLIER_VERSION", "T7/AutoCAD 2023", "AutoCAD", "", 1, details={"user_days": 101},
                  evidence_min=1)


def more_civil(estate, day, count):
    for user in members("L03")[:count]:
        mine = next(s for s in estate.sessions if s.user == user)
        estate.add(mine.host, user, "CIV3D", at(day + " 18:10"), at(day + " 19:10"))


def p38(estate):
    more_civil(estate, "2026-02-18", 6)
    estate.expect("P38", "SPIKE", "Civil 3D", "Civil 3D", "", 16, details={"median": 10, "score": "4.05"},
                  since=at("2026-02-18"), evidence_min=10)


def p42(estate):
    start, end = at("2026-03-09 08:00"), at("2026-03-11 16:00")
    estate.gaps.append(("n20", "recorder_off", start, end))
    estate.late.append(lambda e: e.drop(lambda s: s.host == "n20" and s.start < end and start < s.end))
    estate.expect("P42", "COVERAGE_GAP", "n20", "", "", 56, since=start, to=end)


def p43(estate):
    others_leave(estate, "2026-03-10", "11:00", call_in(estate, "2026-03-10", 10, "10:00", "11:00"))
    estate.expect("P43", "GAP_AT_HIGH_USE", "n20/L05", "Inventor Professional", "L05", 10, 11)


def silence(estate, host, since, other):
    estate.silent[host] = since
    estate.late.append(lambda e: e.relocate(host, other, since))


def p44(estate):
    silence(estate, "s25", at("2026-02-01"), "s23")
    estate.expect("P44", "HOST_SILENT", "s25", "", "", 59, since=at("2026-02-01"))


def p45(estate):
    estate.received[("WEST", "2026-01")] = at("2026-02-22 08:00")
    estate.table("agreements", id="AG2", vendor="V", customer="Holm AG", currency="EUR", start="2026-01-01",
                 end="2026-12-31", sites="NORD", cadence="monthly", due_days="10", grace_days="5")
    estate.declared.append(("NORD", "nil", "AG2", "", at("2026-01-01"), at("2026-02-01"), "no project in January"))
    estate.expect("P45", "LATE", "WEST-01", "", "", 12)
    estate.expect("P45", "NIL_RETURN", "AG2-01", "", "", 1)
    estate.expect("P45", "PERIOD_MISSING", "AG2-02", "", "", 22)


def p50(estate):
    estate.person("cad")
    hosts = [f"n{i:02}" for i in range(1, 10)]
    for number, day in enumerate(("2026-02-04", "2026-02-18", "2026-03-04")):
        for host in hosts[3 * number:3 * number + 3]:
            estate.add(host, "cad", "INVPROSA", at(day + " 18:30"), at(day + " 19:30"), server="A")
    estate.expect("P50", "SHARED_ACCOUNT", "cad", "Inventor Professional", "L05", 3, 9, evidence_min=9)


def p52(estate):
    since = at("2026-02-10")
    for number in range(1, 5):
        estate.names.append((f"s{number:02}", f"sued-{number:02}", since))
    estate.expect("P52", "HOSTS_RENAMED", "SUED", "", "", 4)


def p53(estate):
    estate.steps.append(("n11", at("2026-03-03 12:00"), 3_600_000))
    estate.expect("P53", "CLOCK_STEP", "n11", "", "", 3600)


PLANTS = {name.upper(): function for name, function in globals().items()
          if name[0] == "p" and name[1:].isdigit()}
