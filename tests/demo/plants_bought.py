"""Planted problems about what was bought: quantities, peaks, tokens, versions, places, bills."""
from frame import AS_OF, DAY, at, weekday
from quiet import members

REVIT, AUTOCAD, INVENTOR = "Revit", "AutoCAD", "Inventor Professional"


def p01(estate):
    """63 seats of 60, since 2025-10-02: the three more are quiet people (quiet.finish)."""
    estate.expect("P01", "OVER_ASSIGNED", "L01", AUTOCAD, "L01", 3, since=at("2025-10-02"), to=AS_OF,
                  exposure="2886.08", cure="5820.00")


def p02(estate):
    estate.person("c01")
    for day in ("2026-02-03", "2026-02-05", "2026-02-11", "2026-02-18"):
        estate.add("n01", "c01", "RVT", at(day + " 18:10"), at(day + " 19:40"))
    estate.expect("P02", "USE_UNASSIGNED", "c01", REVIT, "L02", 4, state="open", exposure="26.30", evidence_min=4)


def p03(estate):
    estate.person("c02")
    for day in ("2026-03-10", "2026-03-11"):
        estate.add("n02", "c02", "RVT", at(day + " 18:10"), at(day + " 19:00"))
    estate.assign("c02", "L02", "2026-03-12")
    estate.works("c02", "RVT", "n02", since=at("2026-03-12"))
    estate.expect("P03", "USE_UNASSIGNED", "c02", REVIT, "L02", 2, state="remedied", exposure="13.15", evidence_min=2)


def p04(estate):
    for user, host, days in (("c03", "n03", ("02-03", "02-12", "03-04")), ("c04", "s03", ("02-04", "03-05"))):
        estate.person(user)
        for day in days:
            estate.add(host, user, "ADSTPR", at(f"2026-{day} 18:05"), at(f"2026-{day} 19:00"))
    estate.expect("P04", "OUT_OF_SCOPE_PRODUCT", "Advance Steel", "Advance Steel", "", 2, evidence_min=5)


def vault_person(estate, user, host):
    if user in estate.people:
        return
    estate.person(user)
    estate.assign(user, "L02")
    estate.assign(user, "L10", until=None if estate.has("P06") else "2026-01-01")
    estate.works(user, "RVT", host)
    estate.works(user, "VLTP", host, until=at("2025-12-31"), hour=20)


def p05(estate):
    vault_person(estate, "c05", "n05")
    for day in ("2026-01-01", "2026-01-15"):
        estate.add("n05", "c05", "VLTP", at(day + " 20:00"), at(day + " 20:40"))
    estate.expect("P05", "EXPIRED_USE", "c05", "Vault Professional", "L10", 2, exposure="3.29", evidence_min=2)


def p06(estate):
    for user, host in (("c05", "n05"), ("c06", "n06"), ("c07", "n07")):
        vault_person(estate, user, host)
    estate.expect("P06", "OVER_ASSIGNED_EXPIRED", "L10", "Vault Professional", "L10", 3)


INVENTOR_USERS = members("L05")


def call_in(estate, day, count, start, end, spare=()):
    """So many people of the Inventor pool work at that time instead of in their shift; counts of the day stay."""
    people = [user for user in INVENTOR_USERS if user not in spare][:count]
    for user in people:
        estate.move(user, at(day), at(f"{day} {start}"), at(f"{day} {end}"), server="A")
    return people


def p07(estate):
    for day in ("2026-02-03", "2026-02-10"):
        others_leave(estate, day, "10:20", call_in(estate, day, 13, "10:00", "10:20"))
    # On the 5th the thirteenth is c08, at server B, from 10:05:30 on.
    others_leave(estate, "2026-02-05", "10:25:30", call_in(estate, "2026-02-05", 12, "10:00", "10:25:30"))
    eighth(estate)
    estate.expect("P07", "SUSTAINED_OVER", "L05", INVENTOR, "L05", 1, exposure="24.66", cure="3000.00",
                  since=at("2026-02-03 10:00"), to=at("2026-02-10 10:20"), details={"seconds": 3600, "episodes": 3},
                  evidence_min=13)


def others_leave(estate, day, until, called):
    """Who was not called in and would be there at that time comes later, in the evening."""
    begin, end = at(f"{day} 09:55"), at(f"{day} {until}")
    for session in [s for s in estate.sessions if s.word == "INVPROSA" and s.start // DAY == begin // DAY]:
        if session.user not in called and session.user[0] == "q" and session.start < end + 60 and begin < session.end:
            estate.move(session.user, at(day), at(f"{day} 14:10"), at(f"{day} 16:30"))


def eighth(estate):
    if "c08" not in estate.people:
        estate.person("c08")
        estate.add("n10", "c08", "INVPROSA", at("2026-02-05 10:05:30"), at("2026-02-05 10:25:30"), server="B")


def p08(estate):
    estate.served = {"A": 12, "B": 2}
    estate.expect("P08", "SERVED_EXCEEDS_BOUGHT", "L05", INVENTOR, "L05", 2)


def p09(estate):
    """Server A has given out all it has; without the thirteen of the peak it has ten."""
    eighth(estate)
    estate.person("c09")
    if not estate.has("P07"):
        others_leave(estate, "2026-02-05", "10:25:30", call_in(estate, "2026-02-05", 10, "10:00", "10:25:30"))
    estate.refusals.append(("A", "c08", "n10", COMPONENT, at("2026-02-05 10:05:00"), "DENIED"))
    estate.refusals.append(("A", "c09", "n11", COMPONENT, at("2026-02-05 10:06:00"), "DENIED"))
    estate.expect("P09", "DENIALS", "L05", INVENTOR, "L05", 2, details={"denied": 2, "retried": 1, "lost": 1},
                  evidence_min=2)


MAYA_USERS = members("L06")


def p10(estate):
    for user in MAYA_USERS[:7]:
        estate.move(user, at("2026-02-12"), at("2026-02-12 18:00"), at("2026-02-12 18:10"))
    estate.expect("P10", "OVER_PEAK", "L06", "Maya", "L06", 1, since=at("2026-02-12 18:00"),
                  to=at("2026-02-12 18:10"), details={"seconds": 600}, exposure="6.03", evidence_min=7)


def p11(estate):
    late = [user for user in MAYA_USERS if shift_of(user) == 2]
    six = [user for user in MAYA_USERS if user != late[0]][:6]
    for user in six:
        estate.move(user, at("2026-02-26"), at("2026-02-26 18:00"), at("2026-02-26 20:00"))
    estate.move(late[0], at("2026-02-26"), at("2026-02-26 16:00"), at("2026-02-26 17:50"),
                end_to=at("2026-02-26 18:30"))
    if not estate.has("P10"):  # with it the certain peak of the same line is the finding
        estate.expect("P11", "OVER_PEAK", "L06", "Maya", "L06", 0, 1, certainty="possible", evidence_min=7)


def shift_of(user):
    from quiet import people
    return people()[user][1]


def p12(estate):
    estate.installed.append(("n12", "NAVMAN", "2026", at("2026-01-05 12:00"), None))
    estate.expect("P12", "DEVICE_OVER", "L07", "Navisworks Manage", "L07", 1, exposure="282.74", cure="1200.00",
                  details={"installed": 11, "used": 9})


def p13(estate):
    estate.installed.append(("s19", "ACD", "2019", at("2026-01-05 12:00"), None))
    estate.expect("P13", "PERP_OVER", "L08", AUTOCAD, "L08", 1, details={"installed": 9, "used": 7})


def p14(estate):
    estate.person("c10", "T11")
    for day in ("2026-02-03", "2026-02-10", "2026-03-03"):
        estate.add("s18", "c10", "ACD", at(day + " 18:05"), at(day + " 19:05"), version="2020")
    estate.expect("P14", "VERSION_NEWER", "c10", AUTOCAD, "L08", 3, evidence_min=3)


def p15(estate):
    estate.person("c11", "T9")
    estate.assign("c11", "L01")
    old = ("2026-02-02", "2026-02-04")
    estate.works("c11", "ACD", "s05", days=(1, 3))
    for day in old:
        estate.add("s05", "c11", "ACD", at(day + " 18:30"), at(day + " 19:30"), version="2022")
    estate.expect("P15", "VERSION_OLD", "c11", AUTOCAD, "L01", 2, severity="breach", evidence_min=2)


def p16(estate):
    estate.person("c12")
    estate.works("c12", "INVPROSA", "n12")
    mine = [s for s in estate.of("c12") if s.start >= at("2026-02-01")][:5]
    for session in mine:
        session.used = ["NASTRAN"]
    estate.expect("P16", "FEATURE_UNENTITLED", "c12", "NINCAD", "", 5, evidence_min=5)


def p17(estate):
    estate.person("c13")
    estate.assign("c13", "L11")
    estate.works("c13", "3DSMAX", "n13")
    for day in ("2026-02-02", "2026-02-09", "2026-02-16"):
        estate.add("w03", "c13", "3DSMAX", at(day + " 18:10"), at(day + " 19:10"))
    estate.expect("P17", "OUT_OF_TERRITORY", "FR", "3ds Max", "L11", 1, exposure="15.62",
                  details={"persons": 1, "hosts": 1, "days": 3}, evidence_min=3)


def p39(estate):
    estate.tables["token_packs"] = [row for row in estate.tables["token_packs"] if row["pool"] != "L09"]
    for pack, tokens, end in (("A", 200, "2026-01-31"), ("B", 100, "2026-06-30"), ("C", 300, "2026-06-30")):
        estate.table("token_packs", pack=pack, agreement="AG1", pool="L09", line="L09", tokens=str(tokens),
                     start="2026-01-01", end=end, price="3.00", currency="EUR")
    january = [d for d in range(at("2026-01-01"), at("2026-02-01"), DAY) if weekday(d) < 5][:20]
    february = [d for d in range(at("2026-02-02"), at("2026-03-01"), DAY) if weekday(d) < 5][:12]
    march = [d for d in range(at("2026-03-02"), at("2026-03-28"), DAY) if weekday(d) < 5]
    for user, word, host, days, hour in (("t1", "ACD", "w06", january, 19), ("t2", "RVT", "w06", february, 19),
                                         ("t3", "ACD", "w07", march, 9), ("t4", "RVT", "w08", march, 10)):
        estate.person(user)
        for midnight in days:
            estate.add(host, user, word, midnight + hour * 3600, midnight + hour * 3600 + 2400, pool="L09")
    estate.expect("P39", "TOKEN_EXPIRED", "L09", "Flex", "L09", 60)
    estate.expect("P39", "TOKEN_SHORT", "L09", "Flex", "L09", 60, since=at("2026-03-24 10:00"), evidence_min=1)


def other_pool(estate, pack, agreement, tokens):
    if any(row["pack"] == pack for row in estate.tables["token_packs"]):
        return
    estate.table("token_packs", pack=pack, agreement=agreement, pool=pack, line=pack, tokens=str(tokens),
                 start="2026-01-01", end="2026-12-31", price="3.00", currency="EUR")


def p40(estate):
    other_pool(estate, "X", "AG4", 1000)
    estate.person("t5")
    estate.add("w02", "t5", "ACD", at("2026-02-02 19:00"), at("2026-02-03 18:00"), end_to=at("2026-02-03 21:00"),
               pool="X")
    estate.expect("P40", "TOKEN_UNCERTAIN", "t5", AUTOCAD, "X", 7, 14, evidence_min=1)


def p51(estate):
    other_pool(estate, "Y", "AG5", 900)
    estate.person("t6")
    for midnight in range(at("2026-01-01"), AS_OF, DAY):
        if weekday(midnight) < 5:
            estate.add("w08", "t6", "ACD", midnight + 19 * 3600, midnight + 20 * 3600, pool="Y")
    estate.expect("P51", "TOKEN_FORECAST", "Y", "Flex", "Y", 452, details={"exhausted": "2026-06-30"})


def p46(estate):
    estate.orders["7781"] = 62
    estate.expect("P46", "BILLING_MISMATCH", "L01/7781", AUTOCAD, "L01", 2, saving="3880.00")


def p47(estate):
    estate.renewal["L02"] = "2026-06-20"
    estate.expect("P47", "RENEWAL_DUE", "L02", REVIT, "L02", 80, details={"due": "2026-03-22"})


def p48(estate):
    for hour in (18, 19, 20):
        estate.sessions.append(odd(estate, hour))
    estate.expect("P48", "UNKNOWN_CODE", "99999XYZ_2026_0F", "XYZ", "", 3, evidence_min=3)


def odd(estate, hour):
    from frame import Session
    user = INVENTOR_USERS[0]
    start = at(f"2026-02-17 {hour}:00")
    return Session("n10", user, "99999XYZ_2026_0F", start, start + 1200, server="A", bare=True)


from frame import COMPONENT  # noqa: E402

PLANTS = {name.upper(): function for name, function in globals().items()
          if name[0] == "p" and name[1:].isdigit()}
