#!/usr/bin/python3
"""Writes the seeds of segment, enrolment, members, text, zone, import and wire, and some of flexnet and csv: from docs/formats,
the system's zone files and the logs of tests/data alone."""
import base64
import gzip
import hashlib
import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


def write(harness, name, data):
    folder = os.path.join(HERE, "corpus", harness)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as out:
        out.write(data if isinstance(data, bytes) else data.encode())


def read(*parts):
    with open(os.path.join(HERE, "..", *parts), "rb") as file:
        return file.read()


def canonical(fields):
    return json.dumps({k: v for k, v in fields.items() if v is not None}, sort_keys=True, separators=(",", ":"))


def log_of(key):
    digest = hashlib.sha256(b"tally-log-v1\n" + key.encode()).digest()
    return "H" + base64.b32encode(digest).decode()[:24]


KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"  # RFC 8032, test 1
OTHER_KEY = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"  # test 2
HOST, OTHER = log_of(KEY), log_of(OTHER_KEY)
HASH = hashlib.sha256(b"").hexdigest()
STAMP = {"host": HOST, "seq": 0, "boot": "0123456789abcdef" * 2, "up": 1000, "wall": 1790000000000}


def record(seq, t, /, **own):
    return canonical({**STAMP, "seq": seq, "up": 1000 + seq, "wall": STAMP["wall"] + seq, "t": t, **own})


def seal(seq, /, **own):
    return record(seq, "seal", **{"epoch": 0, "root": HASH, "next": OTHER_KEY, "sig": "ef" * 64, **own})


def lines(*texts):
    return "".join(text + "\n" for text in texts)


USAGE = {"src": "flexnet:S:d", "daemon": "d", "feature": "F1", "user": "u1", "client": "c1"}
GENESIS = {"key": KEY, "machine": HASH, "label": "HOST", "role": "recorder", "site": "SITE1", "version": "0.1.0"}
records = {
    "genesis": record(0, "genesis", **GENESIS), "seal": seal(0), "clock": record(0, "clock", **{"from": 5, "to": 9000}),
    "start": record(0, "start", layer="package", at=1651363200, **USAGE),
    "start_range": record(0, "start", layer="component", at_from=1651363200, at_to=1651366800, **USAGE),
    "start_all": record(9, "start", layer="feature", at=1, count=3, package="P", cdata="x", end=4, **USAGE),
    "end": record(9, "end", start=3, kind="returned", at=1651363260),
    "end_inferred": record(9, "end", start=3, kind="server_shutdown", inferred=1, at_from=5, at_to=8),
    "end_orphan": record(9, "end", orphan=1, kind="superseded", layer="feature", at=9, **USAGE),
    "open": record(9, "open", start=3, at=1651363260),
    "denied": record(0, "denial", verb="DENIED", count=1, reason="no%20more", at=1, **USAGE),
    "queue": record(0, "queue", verb="QUEUED", at_from=1, at_to=2, **USAGE), "notice": record(0, "notice", verb="INUSE", at=1, **USAGE),
    "packages": record(0, "packages", src="flexnet:S:d", package="P", components=["A", "B"]),
    "server": record(0, "server", src="flexnet:S:d", daemon="d", verb="started", at=1),
    "importing": record(0, "importing", src="flexnet:S:d", format="flexnet", name="d.log", digest=HASH, zone="Europe/Madrid", first=1, last=2),
    "import": record(0, "import", src="flexnet:S:d", format="flexnet", name="d.log", digest=HASH, zone="Europe/Madrid",
                     lines=4, first=1, last=2, counts={"in": 1, "out": 1}, bad=[3]),
    "enrol": record(0, "enrol", log=OTHER, key=OTHER_KEY, label="H1", group="G"),
    "arrived": record(0, "arrived", log=OTHER, first=0, next=3, root=HASH),
    "export": record(0, "export", agreement="SITE1", n=2, label="SITE1", level=3, zstd="1.5.4", wall=1790000000000),
    "exported": record(0, "exported", agreement="SITE1", n=1, digests=[HASH]),
    "commands": record(9, "commands", start=3, name="TRIM", started=5, completed=3, cancelled=1, undone=1),
    "sample": record(9, "sample", start=3, kind="open", at=1651363212, ms=2310, bytes=4718592),
    "policy": record(0, "policy", digest=HASH, epoch=1, clear=1, rules={"user": "pseudonym", "client": "clear"}),
    "policy_rules_text": record(0, "policy", digest=HASH, epoch=1, rules="none"),
    "consent": record(0, "consent", about="persons", state="given", basis="agreement", at=1),
    "start_domain": record(0, "start", layer="package", at=1, domain="holm", **USAGE),
    "unknown_type": record(0, "weather", rain=1),
    "used": record(9, "used", start=3, name="NASTRAN", count=2), "idle": record(9, "idle", start=3, **{"from": 5, "to": 6}),
    "gap": record(0, "gap", kind="host_off", how="boot", **{"from": 5, "to": 6}),
    "loss": record(0, "loss", src="host", count=4, **{"from": 5, "to": 5}),
    "identity": record(0, "identity", name="n04", domain="d", address="10.1.0.7", os="linux", at=1),
    "installed": record(0, "installed", feature="F1", version="2026", at=1), "removed": record(0, "removed", feature="F1", at=1),
    "declare": record(0, "declare", kind="nil", agreement="", about="", reason="r", products=["F1"], sessions=0, **{"from": 5, "to": 6}),
    "amend": record(0, "amend", agreement="A", reason="r", log=OTHER, line=3, **{"from": 5, "to": 6}),
    "agreement": record(0, "agreement", agreement="A", licensee="L", cadence="monthly", zone="UTC", due=1, grace=2, since=3, until=4),
    "site": record(0, "site", digest=HASH, version=2), "retire": record(0, "retire", log=OTHER, reason="r", at=1),
    "issued": record(0, "issued", what="ack", log=OTHER, digest=HASH),
    "release": record(0, "release", agreement="A", digest=HASH, officer="ANNA", key="3A56FACE9D3577AC", n=1),
    "written": record(0, "written", agreement="A", medium="m", filesystem="vfat", method="direct", n=1, digests=[HASH]),
    "receipt": record(0, "receipt", agreement="A", digest=HASH, status="OK", verifier=HASH, n=1, bundles=[HASH]),
    "instructed": record(0, "instructed", digest=HASH, fingerprint=HASH, n=1, version=1, policy=HASH, catalogue=HASH, epoch=1),
    "disclosed": record(0, "disclosed", what="line", about=OTHER, line=3),
}
for name, text in records.items():
    write("members", name, lines(text))
broken = {
    "commands_nameless": record(9, "commands", start=3, started=5, completed=3, cancelled=1, undone=1),
    "sample_ahead": record(9, "sample", start=9, kind="open", at=1, ms=2),
    "boot_short": record(0, "clock", boot="00", **{"from": 5, "to": 6}), "boot_upper": record(0, "x", boot="A" * 32),
    "no_type": canonical({k: v for k, v in STAMP.items()}), "wall_text": record(0, "x", wall="1"), "seq_missing": record(0, "x", seq=None),
    "at_and_range": record(0, "start", layer="package", at=1, at_from=1, at_to=2, **USAGE), "no_instant": record(0, "start", layer="package", **USAGE),
    "at_to_alone": record(0, "start", layer="package", at_to=1, **USAGE), "range_empty": record(0, "start", layer="package", at_from=2, at_to=2, **USAGE),
    "layer_other": record(0, "start", layer="floor", at=1, **USAGE), "end_of_itself": record(3, "end", start=3, kind="returned", at=1),
    "end_of_nothing": record(3, "end", kind="returned", at=1), "end_both": record(3, "end", start=1, orphan=1, kind="returned", at=1),
    "instructed_by_nothing": record(0, "instructed", fingerprint=HASH, n=1, version=1), "gap_kind": record(0, "gap", kind="asleep", **{"from": 5, "to": 6}),
    "declare_kind": record(0, "declare", kind="wish", agreement="", about="", reason="r", **{"from": 5}), "class_other": record(0, "start", layer="package", at=1, **{"class": "person"}, **USAGE),
    "seal_sig_list": seal(0, sig=["ef" * 64]),
    "counts_text": record(0, "import", counts="many"), "components_text": record(0, "packages", src="s", package="P", components="A"),
    "enrol_other_name": record(0, "enrol", log=HOST, key=OTHER_KEY, label="H1"), "enrol_low_order": record(0, "enrol", log=HOST, key="0" * 64, label="H1"),
    "arrived_root": record(0, "arrived", log=OTHER, first=0, next=3, root="00"), "exported_digest": record(0, "exported", agreement="SITE1", n=1, digests=["x"]),
    "exported_numbers": record(0, "exported", agreement="SITE1", n=1, digests=[7]), "spaces": '{"a": 1}', "not_json": "hello", "long": record(0, "x", text="a" * 2048),
}
for name, text in broken.items():
    write("members", name, lines(text))
both = [records["genesis"].replace('"seq":0', '"seq":0'), record(1, "clock", **{"from": 1, "to": 2}), seal(2)]
write("members", "whole_log", lines(*both))
write("members", "gap", lines(both[0], both[2]))
write("members", "two_logs", lines(*both, record(0, "x", host=OTHER)))
write("members", "no_last_feed", lines(*both)[:-1])
write("members", "bad_between", lines(both[0], "x", both[1]))
write("members", "clock_back", lines(record(0, "x"), record(1, "x", wall=5)))
write("members", "other_boot", lines(record(0, "x"), record(1, "x", boot="f" * 32, wall=5)))
write("members", "up_back", lines(record(0, "x"), record(1, "x", up=1)))
write("members", "arrivals_differ", lines(record(0, "arrived", log=OTHER, first=0, next=3, root=HASH),
                                         record(1, "arrived", log=OTHER, first=0, next=3, root="11" * 32)))
write("members", "many_faults", "x\n" * 12)
write("members", "export_label", lines(record(0, "export", agreement="SITE1", n=2, label="OTHER", level=3, zstd="1.5.4")))
write("members", "export_level", lines(record(0, "export", agreement="SITE1", n=2, label="SITE1", level=4, zstd="1.5.5", wall=1790000000000)))
write("members", "exported_before", lines(records["export"], record(1, "exported", agreement="SITE1", n=1, digests=["00" * 32])))

# Segments: name and lines; 'P' stands before packed bytes.
LOG = lines(record(0, "genesis", **GENESIS), record(1, "x"), seal(2))


def named(first, last, host=HOST):
    return f"SEG_{host}_{first}_{last}.jsonl.zst\n"


def zstd(raw, *options):
    return subprocess.run(["zstd", "-qc", *options], input=raw, stdout=subprocess.PIPE, check=True).stdout


PACKED = zstd(LOG.encode(), "-3", "--single-thread", "--check", f"--stream-size={len(LOG)}")
contents = {
    "whole": LOG, "later": lines(record(7, "x"), record(8, "x"), seal(9)), "no_seal": lines(record(0, "x"), record(1, "x"), record(2, "x")), "one_seal": lines(seal(0)),
    "no_last_feed": LOG[:-1], "fewer": lines(record(0, "x"), seal(1)), "more": LOG + lines(seal(3)), "empty_line": LOG.replace("\n", "\n\n", 1),
    "other_host": LOG.replace(HOST, OTHER), "one_other_host": LOG.replace(HOST, OTHER, 1), "repeated": LOG + LOG, "swapped": lines(record(1, "x"), record(0, "x"), seal(2)),
    "not_canonical": LOG.replace(",", ", ", 1), "crlf": LOG.replace("\n", "\r\n"), "nul": LOG.replace("x", "\0"), "long_line": lines(record(0, "x", a="b" * 2100), seal(1)),
    "seal_in_between": lines(record(0, "x"), seal(1), seal(2)), "nothing": "", "only_feeds": "\n\n\n", "binary": "\x01\x02\x03\n",
}
for name, text in contents.items():
    write("segment", "lines_" + name, "L" + named(7 if name == "later" else 0, 10 if name == "later" else 1 if name == "one_seal" else 3) + text)
names = ["SEG_", "SEG_.jsonl.zst", "SEG__0_3.jsonl.zst", f"SEG_{HOST}_0.jsonl.zst", f"SEG_{HOST}_0_3_4.jsonl.zst", f"SEG_{HOST}_00_3.jsonl.zst", f"SEG_{HOST}_0_03.jsonl.zst",
         f"SEG_{HOST}_3_3.jsonl.zst", f"SEG_{HOST}_4_3.jsonl.zst", f"SEG_{HOST}_-1_3.jsonl.zst", f"SEG_{HOST}_+0_3.jsonl.zst", f"SEG_{HOST}_0_{2**48}.jsonl.zst",
         f"SEG_{HOST}_0_{2**48 + 1}.jsonl.zst", f"SEG_{HOST}_0_{2**64}.jsonl.zst", f"SEG_{HOST}_ 0_3.jsonl.zst", f"SEG_{HOST.lower()}_0_3.jsonl.zst", f"SEG_{HOST}_0_3.jsonl",
         f"seg_{HOST}_0_3.jsonl.zst", f"SEG_{HOST[:-1]}_0_3.jsonl.zst", f"SEG_{HOST}_a_3.jsonl.zst", "", f"SEG_{HOST}_0_3.jsonl.zst\0"]
for number, name in enumerate(names):
    write("segment", f"name_{number:02}", ("L" + name + "\n" + LOG))
packs = {"whole": PACKED, "cut": PACKED[:-3], "trailing": PACKED + b"x", "twice": PACKED + PACKED, "no_checksum": zstd(LOG.encode(), "--no-check", "--single-thread", f"--stream-size={len(LOG)}"),
         "level_19": zstd(LOG.encode(), "-19", "--single-thread", "--check", f"--stream-size={len(LOG)}"), "not_packed": LOG.encode(), "nothing": b"", "magic": PACKED[:4],
         "damaged": PACKED[:40] + b"\0" + PACKED[41:]}
for name, data in packs.items():
    write("segment", "packed_" + name, b"P" + named(0, 3).encode() + data)

# Genesis lines and enrolment requests.
REQUEST = {"format": "tally-enrolment-1", "host": HOST, "key": KEY, "label": "HOST", "machine": HASH, "site": "SITE1", "version": "0.1.0"}
OLD = {"host": OTHER, "size": 12, "root": HASH, "reason": "key_mismatch"}
for field in ("host", "key", "label", "machine", "role", "site", "version", "replaces"):
    write("enrolment", "genesis_without_" + field, record(0, "genesis", **{**GENESIS, "replaces": OLD, field: None}))
    write("enrolment", "genesis_number_" + field, record(0, "genesis", **{**GENESIS, field: 1}))
for field in ("format", "host", "key", "label", "machine", "site", "version"):
    write("enrolment", "request_without_" + field, canonical({**REQUEST, field: None}) + "\n")
    write("enrolment", "request_number_" + field, canonical({**REQUEST, field: 7}) + "\n")
for field in OLD:
    write("enrolment", "replaces_without_" + field, record(0, "genesis", **{**GENESIS, "replaces": {k: v for k, v in OLD.items() if k != field}}))
    write("enrolment", "replaces_other_" + field, record(0, "genesis", **{**GENESIS, "replaces": {**OLD, field: "x" if field == "size" else 1}}))
for name, text in {
        "genesis": record(0, "genesis", **GENESIS), "genesis_replaces": record(0, "genesis", **{**GENESIS, "replaces": OLD}), "genesis_replaces_root": record(0, "genesis", **{**GENESIS, "replaces": {**OLD, "root": "00"}}), "genesis_station": record(0, "genesis", **{**GENESIS, "role": "station"}), "genesis_role": record(0, "genesis", **{**GENESIS, "role": "x"}),
        "genesis_later": record(1, "genesis", **GENESIS), "genesis_type": record(0, "x", **GENESIS), "genesis_other_key": record(0, "genesis", **{**GENESIS, "key": OTHER_KEY}),
        "genesis_low_order": record(0, "genesis", **{**GENESIS, "key": "0" * 64, "host": log_of("0" * 64)}), "request": canonical(REQUEST) + "\n", "request_no_feed": canonical(REQUEST),
        "request_station": canonical({**REQUEST, "role": "station"}) + "\n", "request_two_feeds": canonical(REQUEST) + "\n\n", "request_site": canonical({**REQUEST, "site": "site"}) + "\n",
        "request_format": canonical({**REQUEST, "format": "tally-enrolment-2"}) + "\n", "request_more": canonical({**REQUEST, "spare": [1]}) + "\n", "empty": "", "feed": "\n", "braces": "{}\n"}.items():
    write("enrolment", name, text)

# Short texts.
texts = ["d2022-05-05", "d2024-02-29", "d2023-02-29", "d0001-01-01", "d0000-01-01", "d9999-12-31", "d2022-13-01", "d2022-00-10", "d2022-5-5", "d2022-05-05T08:42:20Z", "d2022-05-05 08:42Z",
         "d2022-05-05T24:00:00Z", "d2022-05-05T23:59:60Z", "d2022-05-05T08:42:20", "d2022/05/05", "d1969-12-31T23:59:59Z", "d2022-05-05T08-42-20Z", "a0", "a1940.00", "a0.0001", "a0.00001", "a.5", "a5.", "a",
         "a1,000.00", "a-1", "a1e3", "a900000000000", "a900000000001", "a99999999999999999999", "a1.2.3", "a00012.50", "nSITE1", "n", "nsite", "n" + "A" * 24, "n" + "A" * 25, "n" + HOST, "n" + HOST.lower(), "nA_9",
         "b00ff", "b0", "b00FF", "bTWFu", "bTWE=", "bTQ==", "bTR==", "bTQ=", "b====", "b" + KEY, "bRWRHVnfLXzeZR1XGBdNpZHK4dIxQ9C1KwcA4uQDvhiqwxpGkHZcVFGo7", "f" + "\0" * 32 + "babab-" * 7 + "babab",
         "f" + "\0" * 32 + "babab " * 7 + "BABAB", "f" + "\0" * 32 + "0" * 64, "f" + "\0" * 32 + "babab", "f\x7f\x00" + "\0" * 30 + "lusab-" + "babab-" * 6 + "babab", "f", "uplain", "u\u00e9\u20ac\U0001F600", "u\u2028"]
for number, text in enumerate(texts):
    write("text", f"{text[0]}_{number:02}", text)
for number, numbers in enumerate([(1, 1, 1), (5, 1, 2), (7, 1, 2), (2**62, 2**62, 1), (2**62, 4, 7), (-5, 1, 2), (-7, 3, 2), (1, 1, 0), (1, 1, -1), (36500, 100, 36500)]):
    write("text", f"s_{number}", b"s" + b"".join(value.to_bytes(8, "little", signed=True) for value in numbers))
for number, raw in enumerate([b"u\xc0\x80", b"u\xed\xa0\x80", b"u\xf4\x90\x80\x80", b"u\xe2\x82", b"u\xff", b"u\x80"]):
    write("text", f"not_utf8_{number}", raw)

# Zones: real files, rules, names.
for number, name in enumerate(["UTC", "Europe/Madrid", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Tehran", "America/St_Johns", "Africa/Casablanca", "Asia/Kathmandu", "Pacific/Apia",
                               "Antarctica/Troll", "America/Sao_Paulo", "Etc/GMT+12", "Asia/Tokyo"]):
    with open("/usr/share/zoneinfo/" + name, "rb") as file:
        data = file.read()
    if len(data) < 2000:
        write("zone", f"file_{number:02}_{name.replace('/', '_')}", data)
    write("zone", f"name_{number:02}_{name.replace('/', '_')}", "name:" + name)
MADRID = open("/usr/share/zoneinfo/Europe/Madrid", "rb").read()
tail = MADRID[MADRID.rindex(b"TZif"):]
for name, data in {"cut": MADRID[:200], "cut_in_second": MADRID[:-40], "version_1": MADRID[:4] + b"\0" + MADRID[5:], "no_rule": MADRID[:MADRID.rindex(b"\nCET")] + b"\n\n", "bad_rule": MADRID[:-5] + b"///\n\n",
                   "second_alone": tail, "leaps": MADRID[:28] + b"\0\0\0\x01" + MADRID[32:], "many_changes": MADRID[:32] + b"\xff\xff\xff\xff" + MADRID[36:], "magic": b"TZif", "empty": b"",
                   "trailing": MADRID + b"x", "no_types": MADRID[:36] + b"\0\0\0\0" + MADRID[40:]}.items():
    write("zone", "file_" + name, data)
for number, rule in enumerate(["CET-1CEST,M3.5.0,M10.5.0/3", "UTC0", "<+0330>-3:30", "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "EST5EDT,M3.2.0,M11.1.0", "IST-1GMT0,M10.5.0,M3.5.0/1", "AAA3BBB,J60,J300", "AAA3BBB,60,300/25:59:59", "",
                               "A", "AAA", "AAA200", "AAA3BBB", "AAA3BBB,M13.1.0,M1.1.0", "AAA3BBB,M3.6.0,M1.1.0", "AAA3BBB,J0,J1", "AAA3BBB,J366,J1", "<AAA3", "AAA-167:59:59", "AAA3BBB,M3.5.0", "AAA3,M3.5.0,M10.5.0",
                               "AAA3BBB2,M3.5.0/167,M10.5.0/-167"]):
    write("zone", f"rule_{number:02}", "tz:" + rule)
for number, name in enumerate(["", "/etc/passwd", "../../etc/passwd", "Europe/../UTC", "Europe//Madrid", "Europe/", "Europe", "posixrules", "zone.tab", "tzdata.zi", "right/UTC", "A" * 300, "Europe/Mad\0rid", "nowhere"]):
    write("zone", f"name_bad_{number:02}", "name:" + name)

# Logs of licence servers, whole or in part, as they come.
SYNTHETIC = read("data", "flexnet", "synthetic.log")
REAL = read("data", "flexnet", "adskflex-first-14-days.log")
MAPLE = read("data", "flexnet", "maplelmg.log")
HEAD = b"10:00:00 (lmgrd) FLEXnet Licensing (v11.16) started on flexlm02 (linux) (5/5/2022)\n10:00:01 (d) Server started on flexlm02 for:\tF1\n10:00:02 (lmgrd) TIMESTAMP 5/5/2022\n"
OUT, IN = b'10:01:00 (d) OUT: "F1" u1@c1\n', b'10:02:00 (d) IN: "F1" u1@c1\n'
DAY = HEAD + OUT + IN


def logs_of(prefix, data, size, count):
    rows = [row for row in data.split(b"\n") if len(row) < 500]
    for number in range(count):
        start = number * (len(rows) // count)
        write("import", f"{prefix}_{number:02}", HEAD + b"\n".join(rows[start:start + size]) + b"\n")


logs_of("synthetic", SYNTHETIC, 20, 8)
logs_of("real", REAL, 16, 8)
logs_of("maple", MAPLE, 16, 6)
packed_log = gzip.compress(DAY, mtime=0)
imports = {
    "day": DAY, "gzip": packed_log, "gzip_twice": packed_log + gzip.compress(OUT, mtime=0), "gzip_cut": packed_log[:-6], "gzip_then_text": packed_log + b"x", "gzip_damaged": packed_log[:30] + b"\0" + packed_log[31:],
    "zstd": zstd(DAY), "zstd_twice": zstd(DAY) + zstd(OUT), "zstd_cut": zstd(DAY)[:-6], "zstd_damaged": zstd(DAY)[:20] + b"\0" + zstd(DAY)[21:], "zstd_then_text": zstd(DAY) + b"x", "utf16": DAY.decode().encode("utf-16"),
    "bom": b"\xef\xbb\xbf" + DAY, "crlf": DAY.replace(b"\n", b"\r\n"), "zip": b"PK\x03\x04" + DAY, "bzip2": b"BZh9" + DAY, "xz": b"\xfd7zXZ\0" + DAY, "no_last_feed": DAY[:-1], "empty": b"", "no_date": OUT + IN,
    "two_servers": DAY + HEAD.replace(b"flexlm02", b"flexlm03"), "restart": DAY + HEAD + OUT, "midnight": DAY + OUT.replace(b"10:", b"01:") + IN.replace(b"10:", b"02:"), "orphan": HEAD + IN, "open": HEAD + OUT,
    "twice_in_a_second": HEAD + OUT + OUT + IN + IN, "counted": HEAD + OUT.replace(b"u1@c1", b"u1@c1  (3 licenses)") + IN, "denied": HEAD + b'10:01:00 (d) DENIED: "F1" u1@c1  (Licensed number of users already reached. (-4,342))\n',
    "queued": HEAD + b'10:01:00 (d) QUEUED: "F1" u1@c1\n10:01:30 (d) DEQUEUED: "F1" u1@c1\n', "exited": DAY + OUT + b"10:05:00 (lmgrd) d exited with status 58 (Bad option)\n10:06:00 (lmgrd) Started d (internet tcp_port 2080 pid 1)\n",
    "packages": HEAD + b"10:00:03 (d) Package P1 with components:\tF1 F2\n" + OUT, "long_line": HEAD + b"x" * 70000 + b"\n" + OUT, "autumn": DAY.replace(b"5/5/2022", b"10/30/2022").replace(b"10:0", b"02:0"), "spring": DAY.replace(b"5/5/2022", b"3/27/2022").replace(b"10:0", b"02:3"),
}
for name, data in imports.items():
    write("import", name, gzip.compress(data, mtime=0) if len(data) > 20000 else data)

# More lines of licence servers.
for number, text in enumerate([
        '10:01:00 (d) OUT: "F1" u1@c1', '10:01:00 (d) IN: "F1" u1@c1  [cdata]', '10:01:00 (d) IN: "F1" u1@c1  (SHUTDOWN)', '1:01:00 (d) OUT: "F1" u 1@c 1  (2 licenses)', '10:01:00 (d) DENIED: "F1" u1@c1 [x] (No such feature exists. (-5,346))',
        '10:01:00 (d) UNSUPPORTED: "F1" (PORT_AT_HOST_PLUS   ) u1@c1  (License server system does not support this feature. (-18,327))', '10:01:00 (d) EXPIRED: F1', '10:01:00 (d) INUSE: "F1" u1@c1',
        '10:01:00 (d) UPGRADE: "F1" u1@c1  (2 licenses)', '10:01:00 (d) DOWNGRADE: "F1" u1@c1', '10:01:00 (d) (@d-SLOG@) Start-Date: Thu May 05 2022 10:00:00 CEST', '10:01:00 (d) OUT: ""', '10:01:00 (d) OUT: F1 u1@c1',
        '10:01:00 (d) OUT: "F1" @', '24:00:00 (d) OUT: "F1" u1@c1', '10:60:00 (d) OUT: "F1" u1@c1', ' 9:01:00 (d) OUT: "F1" u1@c1', '2022-05-05T10:01:00+02:00 (d) OUT: "F1" u1@c1', '2022-05-05T10:01:00Z (d) IN: "F1" u1@c1',
        '10:01:00 (lmgrd) TIMESTAMP 13/45/2022', '10:01:00 (lmgrd) Shutting down d pid=1 exitmask=0', '10:01:00 (d) REStarted d (internet tcp_port 1 pid 2)', '10:01:00 (lmgrd) Host used in license file: flexlm02',
        '10:01:00 () OUT: "F1" u1@c1', '10:01:00 (d OUT: "F1" u1@c1', '10:01:00(d) OUT: "F1" u1@c1', '10:01:00 (d) BORROW: "F1" u1@c1', '10:01:00 (d) OUT: "F1" u1@c1@c2', '10:01:00 (d) OUT: "F"1" u1@c1', '']):
    write("flexnet", f"form_{number:02}", "10:00:02 (lmgrd) TIMESTAMP 5/5/2022\n" + text + "\n")

STARTED = "11:00:00 (lmgrd) -----------------------------------------------\n11:00:00 (lmgrd)   Please Note:\n"
for name, text in {"days_missing_at_restart": STARTED, "days_missing": "", "days_missing_at_two_restarts": STARTED + STARTED.replace("11:", "12:")}.items():
    write("flexnet", name, "10:00:02 (lmgrd) TIMESTAMP 5/5/2022\n10:10:00 (d) OUT: \"F1\" u1@c1\n" + text + "13:10:00 (d) IN: \"F1\" u1@c1\n13:20:00 (lmgrd) TIMESTAMP 5/8/2022\n")
write("flexnet", "other_time_inside", "10:00:02 (d) (@d-SLOG@) Start-Date: Thu May 05 2022 11:30:00 CEST\n10:00:02 (d) === Thu May 05 2022 09:00:00 ===\n")

# More tables of inputs.
HEADER = "line,agreement,product,metric,quantity,features,start,end"
for number, text in enumerate([HEADER + "\n1,A,P,named,5,,2022-01-01,2022-12-31\n", HEADER + "\n1,A,P,concurrent,0,,2022-01-01,2022-12-31\n", HEADER + "\n1,A,P,other,5,,2022-01-01,2022-12-31\n", HEADER + "\n1,A,P,named,-5,,2022-01-01,2022-12-31\n",
                               HEADER + "\n1,A,P,named,5,,2022-12-31,2022-01-01\n", HEADER + "\n1,A,P,named,5,,2022-02-30,2022-12-31\n", HEADER + "\n1,A,P,named,5,F1;F2 F3,2022-01-01,2022-12-31\n", HEADER + ",version_min,version_max\n1,A,P,named,5,,2022-01-01,2022-12-31,2020,2019\n",
                               HEADER + ",list_price,currency\n1,A,P,named,5,,2022-01-01,2022-12-31,1940.00,EUR\n", HEADER + ",list_price\n1,A,P,named,5,,2022-01-01,2022-12-31,1940.00\n", HEADER + ",list_price,currency\n1,A,P,named,5,,2022-01-01,2022-12-31,x,EUR\n",
                               "user,product,source,assigned\nu1,P,portal,2022-01-01\n", "user,product,source,assigned,unassigned\nu1,P,portal,2022-01-01,2021-01-01\n", "user,product,source,assigned,last_accessed,status,team\nu1,P,portal,2022-01-01,2022-05-05T08:42:20Z,active,T\n",
                               "user,product,assigned\n,P,2022-01-01\n", "user,product,assigned\nu1,,\n", "USER , Product,Assigned-At\nu1,P,2022-01-01\n"]):
    write("csv", f"table_{number:02}", text)


# Messages of the confined process (verifier/check/wire.hpp): numbers of eight bytes, texts and lists with their length.
def wired(*values):
    out = b""
    for value in values:
        if isinstance(value, int):
            out += value.to_bytes(8, "little")
        elif isinstance(value, bytes):
            out += value
        elif isinstance(value, str):
            out += wired(len(value.encode())) + value.encode()
        elif value is None:
            out += wired(0)
        else:
            out += wired(len(value)) + b"".join(value)
    return out


def finding(code=1, severity=2, host="H1", text="something", seq=None, place=None):
    return wired(code, severity, host) + (wired(1, seq) if seq is not None else wired(None)) + wired("LINES_0001.jsonl.zst") + (wired(1, place, 1, place) if place is not None else wired(None, None)) + wired(text)


def coverage(host="H1", label="A", role="recorder", root=bytes(32)):
    return wired(host, label, role, *range(10)) + (wired(1, root) if root else wired(None))


def report(verdict=0, findings=(), logs=(), receipt=None, releases=()):
    """receipt: n; releases: persons."""
    named = wired(None) if receipt is None else wired(1, receipt, bytes(32), bytes(16))
    return wired(verdict, list(findings), "SITE1", "AGR", 1, 1, 1, 9, 2, list(logs), named,
                 [wired(person, "3A56FACE9D3577AC", "a.rel1.minisig") for person in releases], len(releases))


def verified(host="H1"):
    return wired(host, "A", "recorder", bytes(32), 0, 0, 3)


def accepted(log=0, size=1, hashes=(bytes(32),)):
    return wired(log, 2, 0, bytes(32), size, list(hashes), 1, bytes(32), 1790000000000)


def whole(created=1, logs=(), roster=(), arrivals=()):
    return wired(created, list(logs), list(roster), list(arrivals), bytes(32))


def question(number, first="H1", second="", size=3):
    return wired(number, first, second, size)


def row(text, fields=None, /, **other):
    """A line and where its fields lie."""
    values = json.loads(text)
    places = b""
    for key, value in values.items() if fields is None else fields.items():
        inside = json.dumps(value, separators=(",", ":")).strip('"')
        kind = {str: 0, int: 1, list: 2, dict: 3}[type(value)]
        place = {"key": text.find('"' + key + '"') + 1, "key_size": len(key), "text": text.find(":" + json.dumps(value, separators=(",", ":"))) + (2 if kind == 0 else 1), "text_size": len(inside),
                 "integer": value if kind == 1 else 0, "kind": kind, **other}
        places += b"".join(place[name].to_bytes(2, "little") for name in ("key", "key_size", "text", "text_size")) + place["integer"].to_bytes(8, "little") + bytes([place["kind"]]) + bytes(7)
    return len(text).to_bytes(2, "little") + (len(places) // 24).to_bytes(2, "little") + places + text.encode()


def line_of(host, seq, **own):
    return canonical({**json.loads(record(seq, "x", **own)), "host": host})


ROWS = [row(line_of("H1", 0)), row(line_of("H1", 1)), row(line_of("H1", 2)), row(line_of("H2", 1)), row(line_of("H2", 2))]
COMPONENTS = canonical({**json.loads(record(0, "packages", src="s", package="P", components=["A"])), "host": "H1"})
messages = {
    "r_empty": report(), "r_finding": report(2, [finding()]), "r_places": report(2, [finding(seq=4, place=9)]), "r_many": report(1, [finding(code) for code in range(29)], [coverage()] * 3), "r_code_too_high": report(2, [finding(code=200)]),
    "r_severity_3": report(2, [finding(severity=3)]), "r_verdict_3": report(3), "r_escape": report(2, [finding(text="\x1b[31m")]), "r_c1": report(2, [finding(text="\u009b31m")]), "r_latin": report(2, [finding(host="\u00e9")]), "r_logs": report(0, (), [coverage("H" * 25, "L" * 192)]),
    "r_cut": report(2, [finding()])[:-5], "r_more": report() + b"x", "r_rootless": report(1, (), [coverage(root=None)]), "r_receipt": report(0, (), (), 7), "r_released": report(0, (), (), None, ["ANNA", "BERT"]),
    "r_receipt_flag_2": report()[:-24] + wired(2), "r_receipt_cut": report(0, (), (), 7)[:-20], "r_promised": wired(0, 2**40), "r_promised_text": wired(0, 1, 1, 2, 2**63), "r_flag_2": report(2, [wired(1, 2, "H", 2, 5)]), "r_label": report(0, (), [coverage(label="a\nb")]), "r_role": report(0, (), [coverage(role="\x7f")]),
    "v_none": whole(1790000000000), "v_logs": whole(1, [verified(), verified("H2")]), "v_roster": whole(1, (), [wired("H1", "A", bytes(32))]), "v_cut": whole(1, [verified()])[:-9], "v_more": whole() + bytes(8),
    "v_arrivals": whole(1, (), (), [wired("H1", 3, bytes(32)), wired("H2", 9, bytes(32))]), "v_arrivals_cut": whole(1, (), (), [wired("H1", 3)]), "v_lists": wired(1, 2**61, 2**61), "v_empty": b"", "v_number": wired(5),
    "s_none": wired([]), "s_one": wired([accepted()]), "s_seven": wired([accepted(size=7, hashes=[bytes([n]) * 32 for n in range(3)])]), "s_two": wired([accepted(), accepted(1)]), "s_hashes_missing": wired([accepted(size=7)]), "s_too_many": wired([accepted(hashes=[bytes(32)] * 2)]),
    "s_size_0": wired([accepted(size=0, hashes=[])]), "s_size_high": wired([accepted(size=2**60)]), "s_log_high": wired([accepted(log=2**32)]), "s_log_last": wired([accepted(log=2**32 - 1)]), "s_cut": wired([accepted()])[:-1], "s_more": wired([accepted()]) + bytes(1),
    "l_all": b"".join(ROWS), "l_none": b"", "l_three": b"".join(ROWS[:3]), "l_six": b"".join(ROWS) + row(line_of("H2", 3)), "l_swapped": ROWS[1] + ROWS[0], "l_other_log": ROWS[3], "l_accepted_before": b"".join(ROWS[:3]) + row(line_of("H2", 0)), "l_list": row(COMPONENTS),
    "l_list_broken": row(COMPONENTS).replace(b'["A"]', b'["A",'), "l_outside": row(line_of("H1", 0), text=60000), "l_key_outside": row(line_of("H1", 0), key_size=60000), "l_integer_high": row(line_of("H1", 0), integer=2**63), "l_kind_9": row(line_of("H1", 0), kind=9), "l_no_field": row(line_of("H1", 0), {}),
    "l_field_missing": row(line_of("H1", 0), {"boot": STAMP["boot"]}), "l_cut_in_head": ROWS[0][:3], "l_cut_in_places": ROWS[0][:30], "l_cut_in_line": ROWS[0][:-4], "l_many_fields": (10).to_bytes(2, "little") + b"\xff\xff" + bytes(600), "l_size_only": b"\x05\0\0\0hello",
    **{f"q_{number}": question(number) for number in range(9)}, "q_channel": question(3, "SITE1", "AGR", 2), "q_more": question(0) + b"x", "q_cut": question(0)[:-1], "q_size": question(1, size=2**64 - 1), "q_text": question(2, "\x1b[2J"), "q_promised": wired(0, 2**40),
    "x_all": wired(1, 1, 1, 3, 2**30, [wired("landlock")]), "x_none": wired(0, 0, 0, 0, 0, []), "x_flag": wired(2, 0, 0, 0, 0, []), "x_cut": wired(1, 1), "x_text": wired(1, 1, 1, 3, 2**30, [wired("\x1b[2J")]), "x_empty": b""}
for name, data in messages.items():
    write("wire", name, name[0].encode() + data)
