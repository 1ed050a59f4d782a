#!/usr/bin/python3
"""Writes seeds of csv: the example of each table in docs/reference/inputs.md, as CSV and as JSON Lines, and exports of the
vendor's account."""
import csv
import io
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))
SEEDS = os.path.join(HERE, "corpus", "csv")
EXPORTS = {
    "users_first": "team_alias,first_name,email,autodesk_id,offering_name,role\nT,Ana,a@h,AAA,Revit,user\n",
    "users_second": "Team,Email,Autodesk ID,Product,Role\nT,a@h,AAA,Revit,user\n",
    "users_hidden": "email,autodesk_id,offering_name,role\n*****,*****,Revit,*****\n*****,*****,Revit,*****\n",
    "report_second": "Email,Product,Assigned date,Unassigned date,Last accessed,Days used\n"
                     "a@h,Revit,2026-01-02,,2026-03-01,4\nb@h,Revit,,,,0\n",
    "report_third": "email,product_name,assigned_date,last_accessed,days_used\na@h,Revit,2026-01-02,2026-03-01,9\n",
    "seat_usage": "Day used,Email,Product,Version\n2026-03-01,a@h,Revit,2026\n2026-03-01,*****,Revit,2026\n",
    "token_usage": "Day used,Email,Product,Feature,Tokens used\n2026-03-01T10:00:00Z,a@h,Revit,Render,10\n",
    "usage_hidden": "day_used,hashed_autodesk_id,product_name\n2026-03-01,f00d,Revit\n",
}


def examples():
    section, rows = "", None
    with open(os.path.join(HERE, "..", "..", "docs", "reference", "inputs.md"), encoding="utf-8") as page:
        for line in page:
            if line.startswith("## "):
                section = line[3:].strip()
            elif line == "```csv\n":
                rows = []
            elif line == "```\n" and rows is not None:
                yield section, "".join(rows)
                rows = None
            elif rows is not None:
                rows.append(line)


def write(name, text):
    with open(os.path.join(SEEDS, name), "w", encoding="utf-8", newline="") as out:
        out.write(text)


for kind, text in examples():
    write("csv_" + kind, text)
    write("json_" + kind, "".join(json.dumps(row, ensure_ascii=len(row) % 2 == 0) + "\n"
                                  for row in csv.DictReader(io.StringIO(text))))
for name, text in EXPORTS.items():
    write("export_" + name, text)
write("json_list", '{"agreement":"A","start":"2025-01-01","end":null,"sites":["N","S"],"due_days":10}\n')
write("json_escapes", '{"function":"\\u00e4\\ud83d\\ude00\\n","product":"\\"\\\\"}\n')
write("json_broken", '{"function":"a",}\nnonsense\n{"function":"f","product":"p","product":"q"}\n[1]\n')
write("json_numbers", '{"product":"P","tokens":7,"per":"day","source":"s","from":"2025-01-01","x":-1.5,"y":true}\n')
