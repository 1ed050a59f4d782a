"""What just does not fire, each alone on the quiet estate. Where a neighbouring finding is right, it is expected."""
from frame import AS_OF, DAY, QUARTER, at, weekday
from plants_bought import COMPONENT, INVENTOR_USERS, MAYA_USERS, call_in, others_leave, other_pool
from plants_people import ELEVEN, rare_person, revit_person
from plants_watch import more_civil
from quiet import members, people


def n01(estate):
    revit_person(estate, "d01", "n01", until=at("2026-02-17"), unassigned="2026-02-17 12:00")
    revit_person(estate, "d02", "n02", assigned="2026-02-17 12:00", since=at("2026-02-18"))


def n02(estate):
    revit_person(estate, "d03", "n03", assigned="2026-02-17 18:00", since=at("2026-02-18"))
    estate.add("n03", "d03", "RVT", at("2026-02-17 18:00"), at("2026-02-17 19:00"))


def n03(estate):
    estate.person("d04")
    estate.assign("d04", "L04")
    estate.works("d04", "CIV3D", "n04", days=(0,))
    estate.works("d04", "RVT", "n04", days=(2,))


def n04(estate):
    """Quiet people come for the whole day; who was not asked stays away until the evening of another day."""
    fill_maya(estate, "2026-03-05", "06:00", "18:00", 6)


def fill_maya(estate, day, start, end, count):
    for user in MAYA_USERS[:count]:
        estate.move(user, at(day), at(f"{day} {start}"), at(f"{day} {end}"))
    for place, user in enumerate(MAYA_USERS[count:]):
        begin = at(f"{day} 18:10") + 3600 * (place // 3)
        estate.move(user, at(day), begin, begin + 3000)


def n05(estate):
    """At six of six one goes at 10:00:00 and another comes at 10:00:00."""
    fill_maya(estate, "2026-03-12", "06:00", "12:00", 6)
    estate.move(MAYA_USERS[0], at("2026-03-12"), at("2026-03-12 06:00"), at("2026-03-12 10:00"))
    estate.move(MAYA_USERS[6], at("2026-03-12"), at("2026-03-12 10:00"), at("2026-03-12 11:00"))


def n06(estate):
    fill_maya(estate, "2026-03-19", "06:00", "18:00", 6)
    host = people()[MAYA_USERS[0]][0]
    for minute in (10, 20):
        estate.add(host, MAYA_USERS[0], "MAYA", at(f"2026-03-19 09:{minute}"), at("2026-03-19 11:00"))


def n07(estate):
    """Twelve of twelve; one closes and launches again after a minute."""
    call_in(estate, "2026-03-11", 12, "18:00", "18:30")
    user = INVENTOR_USERS[0]
    estate.add(people()[user][0], user, "INVPROSA", at("2026-03-11 18:31"), at("2026-03-11 18:50"), server="A")


def n08(estate):
    user = INVENTOR_USERS[1]
    first = next(s for s in estate.of(user) if s.start >= at("2026-03-03"))
    for number in range(40):
        estate.refusals.append((first.server, user, first.host, COMPONENT, first.start - 80 + 2 * number,
                                "UNSUPPORTED"))


def n09(estate):
    """Eleven claims and a borrowed one: the pool is full, the use is eleven."""
    others_leave(estate, "2026-03-17", "10:20", call_in(estate, "2026-03-17", 11, "10:00", "10:20"))
    estate.person("d09")
    estate.add("n13", "d09", "INVPROSA", at("2026-03-17 09:55"), at("2026-03-17 13:00"), server="A",
               borrow=at("2026-03-18 09:55"))


def n10(estate):
    for day in ("2026-02-03", "2026-02-10"):
        others_leave(estate, day, "10:20", call_in(estate, day, 13, "10:00", "10:20"))
    estate.expect("N10", "OVER_PEAK", "L05", "Inventor Professional", "L05", 1, details={"episodes": 2})


def n11(estate):
    estate.names.append(("n05", "nord-05", at("2026-02-21")))
    estate.installed = [(h, w, v, a, at("2026-02-21")) if (h, w) == ("n05", "NAVMAN") else (h, w, v, a, b)
                        for h, w, v, a, b in estate.installed]
    estate.installed.append(("n05", "NAVMAN", "2026", at("2026-02-21 04:00"), None))


def n12(estate):
    estate.person("d12", "T10")
    estate.assign("d12", "L01")
    estate.works("d12", "ACD", "s06", days=(1, 3), version="2023")
    estate.expect("N12", "VERSION_OLD", "AutoCAD 2023", "AutoCAD", "L01", 1, severity="signal")


def n13(estate):
    estate.person("d13")
    estate.assign("d13", "L11")
    estate.works("d13", "3DSMAX", "n02")


def n14(estate):
    revit_person(estate, "d14", "n04")
    estate.add("n04", "d14", "RVT", at("2026-03-02 18:00"), at("2026-03-02 19:06"), slack=30)
    estate.add("s04", "d14", "RVT", at("2026-03-02 19:00"), at("2026-03-02 20:00"), slack=30)


def n15(estate):
    revit_person(estate, "d15", "n06")
    for host, day in (("n07", "2026-01-26"), ("n08", "2026-02-16"), ("n09", "2025-12-31")):
        estate.add(host, "d15", "RVT", at(day + " 20:10"), at(day + " 21:00"))


def n16(estate):
    estate.person("d16")
    for number in range(9):
        day = at("2026-02-02") + 7 * DAY * (number % 3) + DAY * (number // 3)
        estate.add(f"n{number + 10}", "d16", "INVPROSA", day + 20 * 3600, day + 21 * 3600, server="B")


def n17(estate):
    revit_person(estate, "d17", "n08", left="2026-02-13", unassigned="2026-02-13 18:00", until=at("2026-02-13"))
    revit_person(estate, "d18", "n09", left="2026-04-01")


def n18(estate):
    revit_person(estate, "d19", "s01", left="2026-02-27", unassigned="2026-02-27 18:30", until=at("2026-02-27"))
    estate.add("s01", "d19", "RVT", at("2026-02-27 14:00"), at("2026-02-27 18:00"))


def n19(estate):
    revit_person(estate, "d20", "s02", kind="contractor")


def n20(estate):
    """Ten of fourteen work; the four others have had their seats for 89 days."""
    for number in range(14):
        user = f"d2{chr(97 + number)}"
        used = number < 10
        estate.person(user, "T4", groups="G-ENG")
        estate.assign(user, "L02", "2025-01-01" if used else "2026-01-02", source="group", group="G-ENG")
        if used:
            estate.works(user, "RVT", f"s{8 + number % 3:02}", days=((number % 5), (number + 2) % 5))


def n21(estate):
    """Twelve sessions on the last two days, so that it is no low frequency either."""
    estate.person("d21")
    estate.assign("d21", "L04")
    estate.works("d21", "RVT", "n24", days=(1,), until=QUARTER)
    estate.works("d21", "ACD", "n24", days=(3,), until=QUARTER)
    for day in ("2026-01-01", "2026-01-02"):
        for number in range(6):
            start = at(day + " 15:00") + number * 3600
            estate.add("n24", "d21", ("RVT", "ACD")[number % 2], start, start + 1800)


def n22(estate):
    estate.person("d22")
    estate.assign("d22", "L02", "2026-01-02")


def n23(estate):
    revit_person(estate, "d23", "n23", until=at("2025-09-12"))
    estate.table("usage_exports", user="d23", product="RVT", version="2026", first="2026-03-03", last="2026-03-05",
                 days="3", sessions="12")


def n24(estate):
    rare_person(estate, "d24", "w05", ELEVEN + ("03-25",), later=-1)


def n25(estate):
    rare_person(estate, "d25", "w05", ELEVEN, hours=40, later=-2)
    estate.expect("N25", "LOW_FREQ", "d25", "Revit", "L02", 11, details={"advice": "keep"})


def n26(estate):
    estate.person("d26")
    estate.assign("d26", "L04")
    estate.works("d26", "ACD", "s11", days=(1,))
    estate.works("d26", "RVT", "s11", days=(3,))


def n27(estate):
    for number, (user, (host, _, _, _)) in enumerate(list(people().items())[:30]):
        estate.works(user, "ADR", host, days=(number % 5,), hour=19)


def n28(estate):
    """T8 uses AutoCAD on 99 user-days of the quarter; this is the hundredth, of 2023."""
    mate = [user for user in members("L01") if estate.people[user]["team"] == "T8"][1]
    estate.add("n03", mate, "ACD", at("2026-02-06 18:05"), at("2026-02-06 19:00"), version="2023")


def n29(estate):
    more_civil(estate, "2026-03-11", 5)


def n30(estate):
    day = at("2026-01-06")
    estate.late.append(lambda e: e.drop(
        lambda s: s.user[0] == "q" and e.people[s.user]["team"] not in ("T7", "T8") and s.start // DAY == day // DAY))


def token_person(estate, user, word, *spans, idle=None):
    other_pool(estate, "X", "AG4", 1000)
    estate.person(user)
    for start, end in spans:
        estate.add("w03", user, word, at(start), at(end), pool="X", idle=idle)


def n31(estate):
    token_person(estate, "d31", "ACD", ("2026-02-12 09:00", "2026-02-12 09:03"),
                 ("2026-02-12 15:00", "2026-02-12 15:04"))


def n32(estate):
    token_person(estate, "d32", "ACD", ("2026-01-31 22:00", "2026-02-01 01:00"),
                 ("2026-02-01 09:00", "2026-02-01 10:00"))


def n33(estate):
    token_person(estate, "d33", "ACD", ("2026-02-09 19:00", "2026-02-10 20:00"),
                 idle=[(at("2026-02-10 18:30"), at("2026-02-10 20:00"))])


def n34(estate):
    revit_person(estate, "d34", "w03")


def dark(estate, host, other, since, until):
    estate.late.append(lambda e: e.relocate(host, other, since, until))


def n35(estate):
    since, until = at("2026-01-12"), at("2026-02-02")
    dark(estate, "w08", "w07", since, until)
    estate.gaps.append(("w08", "host_off", since, until))


def n36(estate):
    since = at("2026-02-01")
    for host, other in (("n19", "n22"), ("w01", "w04")):
        estate.silent[host] = since
        dark(estate, host, other, since, AS_OF)
    estate.retired.append(("NORD", "n19", since, "sold"))
    estate.declared.append(("WEST", "gap", "AG1", "w01", since, AS_OF, "repair"))


def n37(estate):
    estate.received[("SUED", "2026-02")] = at("2026-03-15 08:00")


def n39(estate):
    estate.person("HIG")
    estate.assign("HIG", "L02")
    for row, user in (((1,), "HIG"), ((3,), "hig")):
        for midnight in range(at("2025-01-01"), AS_OF, DAY):
            if weekday(midnight) in row:
                estate.add("s05", user, "RVT", midnight + 64800, midnight + 67500)


def n40(estate):
    next(row for row in estate.tables["administrators"] if row["user"] == "q002")["last_active"] = "2026-01-02"


def n41(estate):
    if "c41" not in estate.people:
        estate.person("c41")
    for host in ("s20", "s21"):
        estate.add(host, "c41", "MAYA", at("2026-02-24 22:00"), at("2026-02-25 05:30"), automation=True)


def n42(estate):
    estate.table("agreements", id="AG3", vendor="V", customer="Holm AG", currency="EUR", start="2025-01-01",
                 end="2026-12-31", sites="WEST", vendor_class="training", cadence="", due_days="10", grace_days="5")
    estate.host_rows["w10"]["agreement"] = "AG3"
    estate.person("d42")
    for day in ("2026-02-04", "2026-02-11"):
        estate.add("w10", "d42", "RVTEDU", at(day + " 18:10"), at(day + " 19:00"))


def n43(estate):
    for number, (first, days) in enumerate(zip(("2026-02-02", "2026-02-05", "2026-02-09", "2026-02-12"),
                                               ((0, 2), (3, 1), (4, 2), (3, 0)))):
        user = estate.person(f"d43{number}", domain="other.example")
        estate.assign(user, "L11", "2026-02-02")
        estate.works(user, "3DSMAX", f"n{17 + number % 2}", days=days, since=at(first))


def n44(estate):
    estate.steps.append(("n12", at("2026-03-04 11:00"), 3_600_000))
    estate.expect("N44", "CLOCK_STEP", "n12", "", "", 3600)


NEGATIVES = {name.upper(): function for name, function in globals().items()
             if name[0] == "n" and name[1:].isdigit()}
VARIANTS_ONLY = {"N10", "N05"}  # alone only: at these instants the whole estate says something else
