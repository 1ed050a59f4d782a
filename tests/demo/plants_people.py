"""Planted problems about people: who may, who left, who does not use what they have."""
from frame import DAY, QUARTER, at

REVIT = "Revit"


def revit_person(estate, user, host, **more):
    estate.person(user, **{k: more.pop(k) for k in ("left", "enabled", "team", "domain", "entity", "kind")
                           if k in more})
    estate.assign(user, "L02", more.pop("assigned", "2025-01-01"), more.pop("unassigned", None))
    estate.works(user, "RVT", host, **more)


def p18(estate):
    revit_person(estate, "c14", "n04")
    for day in ("2026-02-16", "2026-02-23"):  # Mondays: no evening of the usual ones
        estate.add("n04", "c14", "RVT", at(day + " 18:00"), at(day + " 20:00"), slack=30)
        estate.add("s04", "c14", "RVT", at(day + " 19:00"), at(day + " 21:00"), slack=30)
    estate.expect("P18", "MULTI_HOST", "c14", REVIT, "L02", 2, details={"longest": 3240}, evidence_min=4)


def p19(estate):
    revit_person(estate, "c15", "n06")
    for host, day in (("n07", "2026-01-26"), ("n08", "2026-02-16"), ("n09", "2026-03-16")):
        estate.add(host, "c15", "RVT", at(day + " 18:10"), at(day + " 19:00"))
    estate.expect("P19", "TOO_MANY_DEVICES", "c15", REVIT, "L02", 4, evidence_min=4)


def p20(estate):
    revit_person(estate, "c16", "n08")
    for day in ("2026-02-04", "2026-02-11"):
        estate.add("n08", "c16", "RVTEDU", at(day + " 18:10"), at(day + " 19:00"))
    estate.expect("P20", "EDU_COMMERCIAL", "c16", "Revit (education)", "", 2, evidence_min=2)


def p21(estate):
    for user, host in (("c17", "n09"), ("c18", "s01"), ("c19", "s02")):
        revit_person(estate, user, host, left="2026-01-31", until=at("2026-01-31"))
        estate.expect("P21", "GHOST", user, REVIT, "L02", 60, saving="2400.00")


def p22(estate):
    revit_person(estate, "c20", "s03", left="2026-02-15", until=at("2026-02-15"))
    estate.add("s03", "c20", "RVT", at("2026-02-20 18:10"), at("2026-02-20 19:00"))
    estate.expect("P22", "USE_AFTER_LEAVING", "c20", REVIT, "L02", 1, evidence_min=1)
    estate.expect("P22", "GHOST", "c20", REVIT, "L02", 45, saving="2400.00")


def p23(estate):
    revit_person(estate, "c21", "s04", left="2026-01-10", unassigned="2026-02-09", until=at("2026-01-10"))
    estate.expect("P23", "DEPROVISION_LATE", "c21", REVIT, "L02", 30)


def p24(estate):
    estate.person("c22", kind="contractor")
    for day in ("02-02", "02-06", "02-13", "03-02", "03-06", "03-09"):
        estate.add("n14", "c22", "RVT", at(f"2026-{day} 18:10"), at(f"2026-{day} 19:00"), addr="10.99.0.7")
    estate.expect("P24", "CONTRACTOR_UNASSIGNED", "c22", REVIT, "L02", 6, details={"reasons": ["kind", "network"]}, exposure="39.45",
                  evidence_min=6)


def p25(estate):
    estate.host_rows["w09"]["owner"] = "third_party"
    for day in ("2026-02-12", "2026-03-12"):
        estate.add("w09", "ext\\mueller", "ACD", at(day + " 18:10"), at(day + " 19:00"))
    estate.expect("P25", "UNKNOWN_ACCOUNT", "ext\\mueller", "AutoCAD", "L01", 2,
                  details={"reasons": ["domain", "host owner"]}, exposure="10.63", evidence_min=2)


def p26(estate):
    for number in range(31, 37):
        user = estate.person(f"c{number}", "T5", domain="brandt.example", entity="Brandt GmbH", joined="2026-01-01",
                             groups="G-CAD")
        estate.assign(user, "L04", "2026-01-01", source="group", group="G-CAD")
    estate.expect("P26", "GROUP_BROAD", "G-CAD", "AEC collection", "L04", 6, saving="20400.00", details={"members": 12})


def p28(estate):
    estate.table("entity_events", entity="Brandt GmbH", domain="brandt.example", day="2026-01-01", what="bought")
    firsts = ("2026-01-05", "2026-01-09", "2026-01-13", "2026-01-16", "2026-01-22")
    weekdays = ((0, 3), (4, 1), (1, 2), (4, 0), (3, 2))  # no weekday gains more than two
    for number, (first, days) in enumerate(zip(firsts, weekdays)):
        user = f"c{91 + number}"
        revit_person(estate, user, f"s{5 + number:02}", assigned="2026-01-02", since=at(first), days=days,
                     domain="brandt.example", entity="Brandt GmbH")
    estate.expect("P28", "ENTITY", "Brandt GmbH", "", "", 5)


def p29(estate):
    revit_person(estate, "c41", "n21", until=at("2025-12-31"))
    estate.add("n21", "c41", "RVT", at("2026-01-01 18:10"), at("2026-01-01 19:00"))
    estate.expect("P29", "DORMANT_USER", "c41", REVIT, "L02", 90, saving="2400.00")


def p30(estate):
    revit_person(estate, "c42", "n23")
    estate.assign("c42", "L12")
    estate.works("c42", "RSAPRO", "n23", days=(3,), hour=20, until=at("2025-11-21"))
    estate.expect("P30", "DORMANT_SEAT", "c42", "Robot Structural", "L12", 132, saving="1500.00")


ELEVEN = ("01-07", "01-14", "01-21", "01-28", "02-04", "02-11", "02-18", "02-25", "03-04", "03-11", "03-18")


def p31(estate):
    rare_person(estate, "c43", "w05", ELEVEN)
    estate.expect("P31", "LOW_FREQ", "c43", REVIT, "L02", 11, saving="1050.00",
                  details={"advice": "tokens", "break_even": 80, "projected": 45})


def rare_person(estate, user, host, days, hours=1, later=0):
    """Like a quiet person until the end of 2025, then on these days only (so many days later)."""
    revit_person(estate, user, host, until=QUARTER)
    for day in days:
        estate.add(host, user, "RVT", at(f"2026-{day} 18:10") + later * DAY,
                   at(f"2026-{day} 18:10") + later * DAY + hours * 3600)


def p32(estate):
    rare_person(estate, "c44", "n24", ELEVEN, later=1)
    estate.expect("P32", "LOW_FREQ", "c44", REVIT, "L02", 11, details={"advice": "not tokens"})


def p33(estate):
    estate.person("c45")
    estate.assign("c45", "L04")
    estate.works("c45", "RVT", "s06", days=(1,), until=at("2025-06-01"))
    estate.works("c45", "ACD", "s06", days=(3,), until=at("2025-06-01"))
    estate.works("c45", "ACD", "s06", since=at("2025-06-01"))
    estate.expect("P33", "SINGLE_IN_COLLECTION", "c45", "AEC collection", "L04", 1, saving="1460.00")


def p34(estate):
    estate.person("c46")
    estate.assign("c46", "L04")
    estate.assign("c46", "L01")
    estate.works("c46", "ACD", "s07", days=(1, 3))
    estate.works("c46", "RVT", "s07", days=(0, 2))
    estate.expect("P34", "DOUBLE_RIGHT", "c46", "AutoCAD", "L01", 1, saving="1940.00")


def p35(estate):
    for product in ("3DSMAX", "MAYA"):
        estate.table("functions", function="rendering", product=product)
    for number, user in enumerate(("c47", "c48", "c49")):
        estate.person(user)
        estate.assign(user, "L11")
        estate.works(user, "MAYA", f"s{21 + number}", days=(0,), hour=19)
        estate.works(user, "3DSMAX", f"s{21 + number}", days=(1, 3))
    estate.expect("P35", "DUPLICATE_TOOL", "rendering", "", "", 3)


def p36(estate):
    estate.free["L03"] = 4
    estate.expect("P36", "UNDER_ASSIGNED", "L03", "Civil 3D", "L03", 4, saving="10800.00")


def p41(estate):
    def admin(user, last_active, approved=True, **person):
        estate.person(user, **person)
        estate.table("administrators", agreement="AG1", user=user, role="secondary", granted="2025-01-01",
                     last_active=last_active)
        if approved:
            estate.table("approved_administrators", agreement="AG1", user=user)
    admin("c51", "2025-12-01")
    admin("c52", "2026-03-30", approved=False)
    admin("c53", "2026-01-14", left="2026-01-15")
    estate.expect("P41", "ADMIN_INACTIVE", "c51", "", "", 1)
    estate.expect("P41", "ADMIN_UNAPPROVED", "c52", "", "", 1)
    estate.expect("P41", "ADMIN_LEFT", "c53", "", "", 1)
    estate.expect("P41", "ADMIN_TOO_MANY", "AG1", "", "", 1, details={"administrators": 5, "approved": 4})


def p49(estate):
    for user in ("c61", "c62"):
        estate.person(user)
        estate.assign(user, "L12", "2026-01-10")
    estate.person("c63")
    estate.assign("c63", "L12")
    estate.works("c63", "RSAPRO", "n22", days=(0, 1, 2, 3, 4))
    estate.expect("P49", "LOW_ADOPTION", "L12", "Robot Structural", "L12", 1, details={"assigned": 4})


PLANTS = {name.upper(): function for name, function in globals().items()
          if name[0] == "p" and name[1:].isdigit()}
