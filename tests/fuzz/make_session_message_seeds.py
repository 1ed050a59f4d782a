#!/usr/bin/python3
"""Writes the seeds of session_message: every kind of message and answer, and one defect or peculiarity each."""
import json
import os

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus", "session_message")
ID = "0123456789abcdef0123456789abcdef"
MESSAGES = {
    "begin": {"t": "begin", "id": ID, "product": "revit"},
    "begin_all": {"t": "begin", "id": ID, "n": 1, "at": 1772470812, "durable": 1, "late": "own", "product": "revit",
                  "version": "2026", "class": "automation", "pool": "A 17", "bind": "heartbeat", "beat": 30},
    "heartbeat": {"t": "heartbeat", "id": ID, "n": 2},
    "feature": {"t": "feature", "id": ID, "n": 3, "name": "NASTRAN", "count": 2},
    "commands": {"t": "commands", "id": ID, "n": 4, "name": "TRIM", "started": 45, "completed": 41, "cancelled": 3,
                 "undone": 2},
    "sample": {"t": "sample", "id": ID, "n": 5, "kind": "open", "ms": 2310, "bytes": 4718592, "at": 1772470812},
    "end": {"t": "end", "id": ID, "n": 6, "product": "revit", "durable": 1},
    "lost": {"t": "lost", "count": 5, "from": 1772470812, "to": 1772470815},
    "durable": {"t": "answer", "id": ID, "n": 1, "state": "durable"},
    "held": {"t": "answer", "id": ID, "n": 1, "state": "held"},
    "refused": {"t": "answer", "id": ID, "n": 7, "state": "refused", "why": "caf%C3%A9 is not open"},
}


def write(name, text):
    os.makedirs(FOLDER, exist_ok=True)
    with open(os.path.join(FOLDER, name), "w", encoding="latin-1", newline="") as out:
        out.write(text)


def canonical(fields):
    return json.dumps(fields, sort_keys=True, separators=(",", ":"))


for title, fields in MESSAGES.items():
    write(title, canonical(fields))
    for key in fields:
        write(f"{title}_without_{key}", canonical({k: v for k, v in fields.items() if k != key}))
for key, values in {"id": ["", "0" * 32, ID.upper(), ID[:-1], 7], "n": [0, 2**53 - 1, "1"], "late": ["", "left", "mine"],
                    "durable": [0, 2], "class": ["", "interactive"], "beat": [0, 86400, 86401], "bind": ["process"],
                    "product": ["", "x" * 192, "x" * 193, "caf%C3%A9", "caf%c3%a9", "%41"], "at": [0]}.items():
    for number, value in enumerate(values):
        write(f"begin_{key}_{number}", canonical({**MESSAGES["begin_all"], key: value}))
write("unknown_field", canonical({**MESSAGES["heartbeat"], "mood": ["good"]}))
write("unsorted", '{"t":"heartbeat","id":"' + ID + '"}')
write("spaced", '{"id": "' + ID + '","t":"heartbeat"}')
write("line_end", canonical(MESSAGES["heartbeat"]) + "\n")
write("nested", '{"id":{"a":{"b":{"c":1}}},"t":"heartbeat"}')
write("long", canonical({**MESSAGES["heartbeat"], "x": "y" * 1024}))
write("empty", "")
write("two", canonical(MESSAGES["heartbeat"]) * 2)
