#!/usr/bin/python3
"""Writes ed25519.tsv from ed25519_test.json: bytes in hex, `-` for none."""
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "ed25519_test.json"), encoding="utf-8") as file:
    groups = json.load(file)["testGroups"]
with open(os.path.join(HERE, "ed25519.tsv"), "w", encoding="ascii", newline="\n") as out:
    out.write("# case\tpublic key\tmessage\tsignature\twanted\n")
    for group in groups:
        for case in group["tests"]:
            row = (str(case["tcId"]), group["publicKey"]["pk"], case["msg"], case["sig"], case["result"])
            out.write("\t".join(cell or "-" for cell in row) + "\n")
