#!/usr/bin/python3
"""Writes proofs.tsv and roots.tsv from the JSON files beside it: hashes in hex, `-` for an empty one."""
import base64
import glob
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))


def hexed(text):
    return base64.b64decode(text or "").hex() or "-"


rows = []
for kind in ("inclusion", "consistency"):
    for path in sorted(glob.glob(os.path.join(HERE, kind, "*", "*.json"))):
        with open(path, encoding="utf-8") as file:
            case = json.load(file)
        name = os.path.relpath(path, HERE)[: -len(".json")]
        proof = ",".join(hexed(step) for step in case["proof"] or []) or "none"
        if kind == "inclusion":
            numbers, hashes = (case["leafIdx"], case["treeSize"]), (case["leafHash"], case["root"])
        else:
            numbers, hashes = (case["size1"], case["size2"]), (case["root1"], case["root2"])
        rows.append([kind, name, *map(str, numbers), *map(hexed, hashes), proof, "refuse" if case["wantErr"] else "hold"])
with open(os.path.join(HERE, "proofs.tsv"), "w", encoding="ascii", newline="\n") as out:
    out.write("# kind\tname\tindex or size1\tsize or size2\tleaf hash or root1\troot or root2\tproof\twanted\n")
    out.writelines("\t".join(row) + "\n" for row in rows)

with open(os.path.join(HERE, "roots.json"), encoding="utf-8") as file:
    roots = json.load(file)
with open(os.path.join(HERE, "roots.tsv"), "w", encoding="ascii", newline="\n") as out:
    out.write("# size\tthe leaf that makes this size\troot\n")
    for size, root in enumerate(roots["roots_by_size"]):
        out.write("%d\t%s\t%s\n" % (size, (roots["leaves"][size - 1] or "-") if size else "-", root))
