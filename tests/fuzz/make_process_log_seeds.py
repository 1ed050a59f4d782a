#!/usr/bin/python3
"""Writes the seeds of auditd and winevt: the sample logs, each record of the synthetic ones alone, twice and cut, and one log
for each thing that a kernel or an export may write otherwise."""
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent / "data"


def write(harness, name, data):
    folder = HERE / "corpus" / harness
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


LOG = (DATA / "auditd" / "synthetic.log").read_bytes()
RECORDS = LOG.splitlines(keepends=True)
START, END = RECORDS[1], next(line for line in RECORDS if b"exit_group" in line)
write("auditd", "synthetic", LOG)
write("auditd", "raw", re.sub(b"\x1d[^\n]*", b"", LOG))
write("auditd", "no_node", re.sub(b"node=ws1 ", b"", LOG))
write("auditd", "crlf", LOG.replace(b"\n", b"\r\n"))
write("auditd", "backwards", b"".join(reversed(RECORDS)))
for number, record in enumerate(RECORDS):
    write("auditd", f"record_{number:02}", START + record + record)
    write("auditd", f"cut_{number:02}", START + END + record[:len(record) * 2 // 3])
for name, old, new in (("i386", b"c000003e syscall=59", b"40000003 syscall=11"), ("arm", b"c000003e syscall=59", b"c00000b7 syscall=221"),
                       ("other_arch", b"c000003e", b"ffffffff"), ("failed", b"success=yes", b"success=no"), ("no_pid", b" pid=", b" xid="),
                       ("hex_exe", b'exe="', b"exe=2F"), ("null_exe", b'exe="/', b"exe=(null) x="), ("no_user", b"uid=", b"vid="),
                       ("huge", b"pid=5001", b"pid=99999999999999999999"), ("late", b"17724420", b"2534023007"), ("zero", b"1772442000.100", b"0.000")):
    for end in (b"", END):
        write("auditd", name + ("_end" if end else ""), re.sub(b"\x1d[^\n]*", b"", START).replace(old, new) + end)

XML = (DATA / "winevt" / "synthetic.xml").read_bytes()
EVENTS = XML.splitlines(keepends=True)
ROOT = b"<?xml version='1.0' encoding='utf-8'?>\n<Events>"
write("winevt", "synthetic", XML)
write("winevt", "one_line", ROOT + XML.replace(b"\n", b"") + b"</Events>")
write("winevt", "wide", ROOT + XML.replace(b"><", b">\r\n  <") + b"</Events>")
write("winevt", "forwarded", (DATA / "winevt" / "wef_4689_rendered.xml").read_bytes())
write("winevt", "backwards", b"".join(reversed(EVENTS)))
for number, event in enumerate(EVENTS):
    write("winevt", f"event_{number:02}", event + event)
    write("winevt", f"cut_{number:02}", EVENTS[0] + event[:len(event) * 2 // 3] + b"\n" + EVENTS[5])
FIRST, LAST = EVENTS[0], EVENTS[6]
for name, old, new in (("doctype", b"<Event ", b"<!DOCTYPE a [<!ENTITY b 'c'>]><Event "), ("comment", b"<Data", b"<!-- --><Data"),
                       ("cdata", b"HIG", b"<![CDATA[HIG]]>"), ("entity", b"HIG", b"&#72;&#x49;G&amp;&apos;"), ("bad_entity", b"HIG", b"&lol;"),
                       ("deep", b"HIG", b"<a><a><a><a><a><a>HIG</a></a></a></a></a></a>"), ("no_time", b"SystemTime", b"Time"),
                       ("no_computer", b"Computer>", b"Xomputer>"), ("decimal", b"0x1a8", b"424"), ("no_user", b"SubjectUserName", b"X"),
                       ("quotes", b"'", b'"'), ("attribute", b"Name=", b"Name ="), ("other_log", b"Security-Auditing", b"Sysmon"),
                       ("control", b"HIG", b"H\x01G"), ("old", b"2026-03", b"1601-01"), ("huge_id", b">4688<", b">99999999999999999999<")):
    write("winevt", name, (FIRST + EVENTS[1] + LAST).replace(old, new))
