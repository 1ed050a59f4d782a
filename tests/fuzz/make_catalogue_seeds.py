#!/usr/bin/python3
"""Writes the seeds of catalogue: every type of line with every field right, missing and wrong, and questions to it."""
import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = HERE / "corpus" / "catalogue"
CORPUS.mkdir(parents=True, exist_ok=True)
HEAD = {"format": "tally-catalogue-1", "made": "2026-11-23", "name": "seed-1", "t": "catalogue"}
FACT = {"source": "a seed", "mark": "measured"}
PRODUCTS = [{"t": "product", "word": word, "name": word.upper(), **FACT} for word in ("cad", "civil", "unsure", "all")]
LINES = {
    "product": {"t": "product", "word": "new", "name": "New", "note": "n", **FACT},
    "program": {"t": "program", "path": "CAD {version}/*/cad.exe", "system": "windows", "product": "cad", "switch": "/product",
                "unsure": "unsure", "class": "automation", **FACT},
    "switch": {"t": "switch", "of": "cad", "value": "C3D", "product": "civil", **FACT},
    "feature": {"t": "feature", "code": "#####CAD_{version}_0F", "kind": "component", "product": "cad", **FACT},
    "exact": {"t": "feature", "code": "12345CAD_F", "kind": "package", "version": "2", "product": "cad", **FACT},
    "installation": {"t": "installation", "id": "CAD-1", "version": "2026", "product": "cad", **FACT},
    "contains": {"t": "contains", "collection": "all", "product": "cad", **FACT},
}
QUESTIONS = ["C:\\CAD 2026\\bin\\cad.exe", "/opt/cad2026/bin/cad", 'cad.exe /product "C3D" x', "12345CAD_2026_0F", "12345CAD_F", "CAD-1", ""]


def line(fields):
    return json.dumps(fields, sort_keys=True, separators=(",", ":")) + "\n"


def write(name, *lines):
    (CORPUS / name).write_text("".join(line(one) for one in lines) + "\n----\n" + "\n".join(QUESTIONS))


write("all", HEAD, *PRODUCTS, *LINES.values())
for name, fields in LINES.items():
    write(name, HEAD, *PRODUCTS, fields)
    write(name + "_twice", HEAD, *PRODUCTS, fields, fields)
    for key in fields:
        write(f"{name}_without_{key}", HEAD, *PRODUCTS, {other: value for other, value in fields.items() if other != key})
for number, path in enumerate(["cad.exe", "/C:/x/cad.exe", "*/cad.exe", "a*b{version}c/cad.exe", "{version}*/cad.exe", "*{version}/cad.exe",
                               "cad*", "a//cad.exe", "1/2/3/4/5/6/7/8", "1/2/3/4/5/6/7/8/9", "{version}", "a**/cad.exe", "/"]):
    write(f"path_{number:02}", HEAD, *PRODUCTS, {**LINES["program"], "path": path}, {**LINES["program"], "path": path, "system": "posix"})
write("empty", HEAD)
(CORPUS / "standard").write_bytes((HERE.parent.parent / "recorder" / "catalogue" / "standard.jsonl").read_bytes()[:20000].rsplit(b"\n", 1)[0] + b"\n")
