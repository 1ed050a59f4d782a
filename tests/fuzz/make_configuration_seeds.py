#!/usr/bin/python3
"""Writes the seeds of configuration: all usual values, each key with values inside and outside its bounds, defects."""
import os

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus", "configuration")
USUAL = {"socket": "/run/tallystick/session.sock", "socket_mode": "666", "seal_every_min": "60",
         "connections_per_user": "64", "sessions_per_user": "256", "messages_per_second": "2000",
         "messages_at_once": "10000", "merge_gap_s": "0", "heartbeat_s": "60", "report_s": "900"}


def write(name, text):
    os.makedirs(FOLDER, exist_ok=True)
    with open(os.path.join(FOLDER, name), "w", encoding="latin-1", newline="") as out:
        out.write(text)


def whole(values):
    return "tally-recorder 1\n" + "".join(f"{key} = {value}\n" for key, value in values.items())


write("usual", whole(USUAL))
write("empty", "")
write("head", "tally-recorder 1")
write("other_head", "tally-recorder 2\n")
write("crlf", whole(USUAL).replace("\n", "\r\n"))
write("remarks", "tally-recorder 1\n# x\n\n\t # y\n\tsocket\t=\t/x\n")
write("twice", whole(USUAL) + "socket = /x\n")
write("no_value", "tally-recorder 1\nsocket =\n")
write("no_key", "tally-recorder 1\n= /x\n")
write("no_sign", "tally-recorder 1\nsocket /x\n")
write("unknown", "tally-recorder 1\nscoket = /x\n")
for key in USUAL:
    for number, value in enumerate(["0", "1", "600", "1000001", "-1"]):
        write(f"{key}_{number}", whole({key: value}))
write("socket_long", whole({"socket": "/" + "x" * 107}))
write("socket_space", whole({"socket": "/a b"}))
