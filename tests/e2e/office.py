#!/usr/bin/python3
"""An office of twenty people with one licence server, as the pages of docs/operations use it: four months of the
server's log, and the tables that its licence team hands in. The same bytes every time.

    office.py DIRECTORY"""
import datetime
import pathlib
import sys

FIRST, LAST = datetime.date(2026, 1, 1), datetime.date(2026, 4, 30)
# product: package (none: a program without), release, name
CODES = {"AutoCAD": ("64300ACD_F", "87545ACD_2022_0F"), "Revit": ("", "87561RVT_2022_0F"),
         "Civil 3D": ("", "87573CIV3D_2022_0F"), "Maya": ("", "87570MAYA_2022_0F")}
IDLE_GROUP = ["tom", "udo", "vera", "willi", "xenia"]
BUSY_TUESDAYS = [datetime.date(2026, 4, day) for day in (7, 14, 21)]
TABLES = {
    "entitlements.csv": """\
line,agreement,product,metric,quantity,features,start,end,list_price,currency,order,renewal
ACD,AG-7,AutoCAD,concurrent,3,64300ACD_F,2025-07-01,2026-06-30,1940.00,EUR,PO-71,2026-06-30
RVT,AG-7,Revit,named,5,RVT,2025-07-01,2026-06-30,2790.00,EUR,PO-71,2026-06-30
CIV,AG-7,Civil 3D,named,10,CIV3D,2025-07-01,2026-06-30,2490.00,EUR,PO-72,2026-06-30
FLX,AG-7,Flex,token,500,,2026-01-01,2026-12-31,,EUR,PO-73,
""",
    "directory.csv": """\
user,enabled,left,kind,team
""" + "".join(f"{name},yes,,employee,{team}\n" for team, names in (
        ("Plans", "ana ben cem dora"), ("Houses", "emil fay hal ivo jana kim"), ("Film", "zoe"),
        ("Roads", "mia nils rosa tom udo vera willi xenia")) for name in names.split())
    + "gus,no,2026-03-15,employee,Houses\n",
    "agreements.csv": """\
agreement,vendor,customer,start,end,currency
AG-7,V,Nordlicht Architects,2025-07-01,2026-06-30,EUR
""",
    "groups.csv": "group,product\nG-ROADS,Civil 3D\n",
    "administrators.csv": """\
agreement,user,role,granted,last_active
AG-7,ana,primary,2025-07-01,2026-04-20
AG-7,gus,secondary,2025-07-01,2026-03-10
AG-7,fay,secondary,2026-04-01,2026-04-22
""",
    "approved-administrators.csv": "agreement,user\nAG-7,ana\nAG-7,gus\n",
    "billing.csv": """\
order,line,product,quantity,amount,currency,day,renewal
PO-71,RVT,Revit,6,16740.00,EUR,2025-07-01,2026-06-30
PO-71,ACD,AutoCAD,3,5820.00,EUR,2025-07-01,2026-06-30
PO-72,CIV,Civil 3D,10,24900.00,EUR,2025-07-01,2026-06-30
""",
    "token-packs.csv": """\
pack,agreement,pool,line,tokens,start,end,price,currency
P1,AG-7,FLX,FLX,500,2026-01-01,2026-12-31,3.00,EUR
""",
    "token-rates.csv": """\
product,feature,tokens,per,source,from,to
Maya,,6,24h,rate sheet of 2026-01-01,2026-01-01,
Revit,,10,24h,rate sheet of 2026-01-01,2026-01-01,
""",
    "products.csv": """\
product,name,vendor,family,child_of,words,class,tier
ACD,AutoCAD,V,,,AutoCAD,commercial,
RVT,Revit,V,,,Revit,commercial,
CIV3D,Civil 3D,V,,,Civil 3D,commercial,
MAYA,Maya,V,,,Maya,commercial,
""",
    "hosts.csv": """\
host,country,class,agreement,sign_in_hours
pc-zoe,DE,workstation,AG-7,24
pc-ivo,DE,workstation,AG-7,24
pc-kim,DE,workstation,AG-7,
""",
    "waivers.csv": """\
code,subject,product,line,reason,from,until
USE_UNASSIGNED,kim,Revit,,Letter of the vendor of 2026-04-29,2026-04-01,2099-12-31
""",
}


def assignments():
    rows = ["user,product,assigned,unassigned,source,group,team,status"]
    rows += [f"{name},Revit,2025-07-01,,manual,,Houses,active" for name in ("emil", "fay", "gus", "hal", "ivo", "jana")]
    rows += [f"{name},Civil 3D,2025-07-01,,group,G-ROADS,Roads,active" for name in ["mia", "nils", "rosa", *IDLE_GROUP]]
    return "\n".join(rows) + "\n"


def sessions(day):
    """(user, product, first minute, last minute) of one day."""
    weekday = day.weekday()
    if weekday < 5:
        yield from (("ana", "AutoCAD", 480, 720), ("ben", "AutoCAD", 540, 900), ("cem", "AutoCAD", 600, 960))
        yield from ((name, "Revit", 780, 1020) for name in ("emil", "fay", "jana"))
        yield from ((name, "Civil 3D", 500, 700) for name in ("mia", "nils", "rosa"))
    if weekday in (0, 2, 4):
        yield "zoe", "Maya", 560, 800
    if day in BUSY_TUESDAYS:
        yield "dora", "AutoCAD", 630, 690
    if weekday == 0 and day.day <= 21:
        yield "ivo", "Revit", 900, 960
    if weekday == 3 and day >= datetime.date(2026, 4, 9):
        yield "kim", "Revit", 1080, 1140
    if day <= datetime.date(2026, 1, 16) and weekday < 5:
        yield "hal", "Revit", 500, 600
    if day <= datetime.date(2026, 3, 13) and weekday < 5:
        yield "gus", "Revit", 490, 590


def log():
    def said(minute, daemon, text):
        return f"{minute // 60:2}:{minute % 60:02}:00 ({daemon}) {text}"

    lines = [said(5, "lmgrd", "-----------------------------------------------"),
             said(5, "lmgrd", f"Server's System Date and Time: {FIRST:%a %b %d %Y} 00:05:00 GMT"),
             said(5, "lmgrd", f"FlexNet Licensing (v11.18.0.0 build 275847 x64_lsb) started on licsrv (linux) "
                  f"({FIRST.month}/{FIRST.day}/{FIRST.year})"),
             said(5, "adskflex", "Server started on licsrv for:\t64300ACD_F (consisting of:\t87545ACD_2022_0F)")]
    day = FIRST
    while day <= LAST:
        stamp = f"TIMESTAMP {day.month}/{day.day}/{day.year}"
        events = [(minute, 0, "lmgrd", stamp) for minute in (6, 366, 726, 1086)]
        for user, product, first, last in sessions(day):
            for number, feature in enumerate(code for code in CODES[product] if code):
                events.append((first, number, "adskflex", f'OUT: "{feature}" {user}@pc-{user}  '))
                events.append((last, -number, "adskflex", f'IN: "{feature}" {user}@pc-{user}  '))
        lines += [said(minute, daemon, text) for minute, _, daemon, text in sorted(events)]
        day += datetime.timedelta(days=1)
    return "\n".join(lines) + "\n"


def main():
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in {**TABLES, "assignments.csv": assignments(), "licsrv.log": log()}.items():
        (directory / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
