#!/usr/bin/python3
"""Writes the seeds of rlm and table: the synthetic logs, and tables in every kind of mapping, whole and with one thing
wrong each."""
import itertools
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent / "data"


def write(harness, name, data):
    folder = HERE / "corpus" / harness
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


NOTICE = b"RLM Report Log Format 0, version 14.1, authenticated\nISV: simco, RLM version 14.1\n"
START = b"START s 12/31/2025 23:00\n"
OUT = b'OUT p 1 1 u h "d" 1 1 0 1a 0 4d2 "" "p" "1" 12/31 23:50:10\n'
RECORDS = [OUT, b'OUT p 1 1 a b c h "" 1 1 0 1a 0 4d2 "" "p" "1" 12/31 23:50:10.1 "x 1" "a" 0 0 ::1\n', b'OUT p 1 u h "" 2 1a 0 23:50\n',
           b'IN 1 p 1 u h "" 1 0 0 1a 01/01 00:10:20\n', b"IN 2 1 1a 00:10\n", b'DENY p 1 u h "" 1 -22 0 01/01 09:05\n',
           b'DENY p 1 u h "" 1 -22 1 01/01 09:05:02.1\n', b'QUE p 1 u h "" 1 1d "" "p" "1" 01/01 09:06:00\n',
           b'DEQUE 6 p 1 u h "" 1 1d 01/01 09:08:00\n', b"DEQUE 6 1 1d 09:08\n",
           b'INUSE p 1 1 u h "" 1 1a 0 4d2 01/01 00:00:00\n', b"SHUTDOWN root s 01/01 18:00:00\n", b"TIMEJUMP +60 01/01 03:00:00\n",
           b"END 01/01/2026 18:00\n", b"01/01/2026 00:00\n", b"START s 01/02/2026 08:00\n", b"REREAD root s 01/01 10:00:00\n",
           b"AUTH 00ff\n", b"NEWTHING x 01/01 10:00:00\n", b"SWITCH to next\n"]
for style in ("std", "detailed", "small"):
    text = (DATA / "rlm" / (style + ".log")).read_bytes()
    write("rlm", style, text)
    write("rlm", style + "_crlf", text.replace(b"\n", b"\r\n"))
    write("rlm", style + "_cut", text[:-17])
for number, record in enumerate(RECORDS):
    write("rlm", f"record_{number:02}", NOTICE + START + OUT + record + record)
    write("rlm", f"begins_{number:02}", NOTICE + record + START)
write("rlm", "other_isv", NOTICE + b"ISV: other, x\n" + START)
write("rlm", "quote", NOTICE + START + b'OUT p 1 1 u h "d\n')
write("rlm", "leap", NOTICE + b"START s 02/28/2028 00:00\n" + OUT.replace(b"12/31", b"02/29"))

ROWS = {"events": "at = when\naction = did\naction.out = o|out\naction.in = i\naction.deny = d\n", "ends": "start = from\nend = to\n",
        "lasts": "start = from\nduration = to\nduration.unit = {}\n", "starts": "start = from\n"}
TIMES = {"iso": "2026-03-01T10:00:00Z", "iso-local": "2026-03-01 10:00:00", "epoch-s": "1772359200", "epoch-ms": "1772359200123",
         "DD.MM.YYYY hh:mm": "01.03.2026 10:00", "M/D/YYYY h:mm:ss AP": "3/1/2026 10:00:00 AM", "YYYY-MM-DD": "2026-03-01"}


def table(kind, rows, time, separator="comma", unit="min", more="", change=lambda text: text):
    sign = {"comma": ",", "semicolon": ";", "tab": "\t"}[separator]
    mapping = f"tally-mapping 1\nformat = {kind}\nsource = s\ntime = {time}\nproduct = p\nuser = u\nhost = h\n"
    mapping += ROWS[rows].format(unit) + (f"separator = {separator}\n" if kind == "csv" else "") + more
    stamp = TIMES[time]
    last = {"lasts": "1:30:00" if unit == "h:mm:ss" else "90", "ends": stamp, "starts": ""}.get(rows, "")
    names = ["p", "u", "h"] + (["when", "did"] if rows == "events" else ["from", "to"])
    cells = [["cad", "ana", "n1", stamp, "o" if rows == "events" else last], ["cad", "bo", "", stamp, "x" if rows == "events" else ""],
             ["cad", "ana", "n1", stamp, "i" if rows == "events" else last]]
    if kind == "csv":
        body = "".join(sign.join(row) + "\n" for row in [names, *cells])
    else:
        body = "".join("{" + ",".join(f'"{name}":"{cell}"' for name, cell in zip(names, row)) + "}\n" for row in cells)
    return (mapping + "\n----\n" + change(body)).encode()


for number, (kind, rows, time) in enumerate(itertools.product(("csv", "jsonl"), ROWS, TIMES)):
    write("table", f"{number:02}_{kind}_{rows}", table(kind, rows, time))
for separator in ("semicolon", "tab"):
    write("table", "sign_" + separator, table("csv", "ends", "iso", separator))
for unit in ("s", "h", "h:mm:ss"):
    write("table", "unit_" + unit.replace(":", ""), table("csv", "lasts", "iso", unit=unit))
for name, more in {"twice": "user = x\n", "unknown": "usr = x\n", "poll": "fidelity = poll_60\n", "count": "count = from\n",
                   "value": "version.value = 2026\n"}.items():
    write("table", "map_" + name, table("csv", "ends", "iso", more=more))
write("table", "quotes", table("csv", "ends", "iso", change=lambda text: text.replace("ana", '"a ""n"" a"')))
write("table", "quote_open", table("csv", "ends", "iso", change=lambda text: text.replace("bo", '"bo')))
write("table", "escapes", table("jsonl", "ends", "iso", change=lambda text: text.replace("ana", "\\u00e9\\ud83d\\ude00\\n")))
write("table", "nested", table("jsonl", "ends", "iso", change=lambda text: text.replace('"h":', '"x":[{"y":[]}],"h":')))
write("table", "numbers", table("jsonl", "ends", "epoch-s", change=lambda text: text.replace('"1772359200"', "1772359200.5")))
