#!/usr/bin/python3
"""Writes cases.tsv from jsontestsuite.jsonl: bytes in hex, `-` for none."""
import base64
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "jsontestsuite.jsonl"), encoding="utf-8") as file, \
        open(os.path.join(HERE, "cases.tsv"), "w", encoding="ascii", newline="\n") as out:
    out.write("# name\twhat RFC 8259 says\tbytes\n")
    for line in file:
        case = json.loads(line)
        out.write("%s\t%s\t%s\n" % (case["name"], case["expect"], base64.b64decode(case["base64"]).hex() or "-"))
