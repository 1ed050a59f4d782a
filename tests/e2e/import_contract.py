#!/usr/bin/python3
"""One contract for all kinds of logs: every source writes the same stories in its own format, and the recorder must tell
them the same way whatever happens to the file.

    import_contract.py TALLY_RECORDER [SOURCE…]

A source that is added to SOURCES below has the whole contract to keep."""
import dataclasses
import datetime as dt
import json
import os
import pathlib
import pty
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import urllib.parse
import zoneinfo

RECORDER = sys.argv[1]
ZONE = zoneinfo.ZoneInfo("Europe/Madrid")
UTC = dt.timezone.utc
SEED = int(os.environ.get("TALLY_TEST_SEED", "1"))


@dataclasses.dataclass(frozen=True)
class Event:
    """By the wall clock of Madrid. `verb`: out, in, deny. `key` joins an out and its in."""
    at: dt.datetime
    verb: str
    user: str
    host: str
    product: str
    key: int = 0


def at(text):
    return dt.datetime.fromisoformat(text)


def story(*rows):
    return [Event(at(when), verb, *who.split("@"), product, key) for when, verb, who, product, key in rows]


DAY = story(("2026-03-02 08:00", "out", "ana@n1", "cad", 1), ("2026-03-02 08:05", "out", "bo@n2", "cad", 2),
            ("2026-03-02 08:05", "out", "bo@n2", "cad", 3), ("2026-03-02 09:00", "deny", "cy@n3", "cad", 0),
            ("2026-03-02 09:30", "in", "bo@n2", "cad", 2), ("2026-03-02 10:00", "out", "ana@n1", "sim", 4),
            ("2026-03-02 11:00", "in", "ana@n1", "cad", 1), ("2026-03-02 12:00", "in", "bo@n2", "cad", 3),
            ("2026-03-02 12:30", "out", "dee-dee@n4", "cad", 5))
NESTED = story(("2026-03-02 08:00", "out", "ana@n1", "cad", 1), ("2026-03-02 09:00", "out", "ana@n1", "cad", 2),
               ("2026-03-02 10:00", "in", "ana@n1", "cad", 2), ("2026-03-02 12:00", "in", "ana@n1", "cad", 1))
NIGHTS = story(("2025-12-31 23:50", "out", "ana@n1", "cad", 1), ("2026-01-01 00:10", "in", "ana@n1", "cad", 1),
               ("2026-01-01 09:00", "out", "bo@n2", "cad", 2))
AUTUMN = story(("2026-10-25 01:30", "out", "ana@n1", "cad", 1), ("2026-10-25 02:30", "out", "bo@n2", "cad", 2),
               ("2026-10-25 04:00", "in", "ana@n1", "cad", 1), ("2026-10-25 04:30", "in", "bo@n2", "cad", 2))
MANY = sorted((event for number in range(10000) for event in story(
    (str(at("2026-03-02") + dt.timedelta(minutes=number)), "out", f"u{number % 300}@n{number % 7}", "cad", number + 1),
    (str(at("2026-03-02") + dt.timedelta(minutes=number + 180)), "in", f"u{number % 300}@n{number % 7}", "cad", number + 1))),
    key=lambda event: event.at)
STEP = story(("2026-03-02 08:00", "out", "ana@n1", "cad", 1), ("2026-03-02 10:00", "out", "bo@n2", "cad", 2),
             ("2026-03-02 09:00", "out", "cy@n3", "cad", 3), ("2026-03-02 09:45", "in", "ana@n1", "cad", 1),
             ("2026-03-02 10:30", "in", "bo@n2", "cad", 2))


def utc(event):
    return int(event.at.replace(tzinfo=ZONE).timestamp())


class Source:
    name = words = mapping = catalogue = ""
    zone = True              # its times are local
    sees_refusals = True
    knows_which = False      # says which start an end belongs to; else the first comes first
    begins_with = 0          # lines before the first event
    unknown = b""            # an event of a kind that nobody documented
    repairs_order = False    # rows may stand in any order: a clock that goes back is nothing special

    def text(self, events, held=()):
        """A whole log file; `held`: what was open when it began."""
        raise NotImplementedError

    def with_words_beside(self, text, word):
        """The same with a new word wherever something stands that is no name of person, computer or product."""
        raise NotImplementedError

    def adds_up(self, counts):
        kinds = ("out", "in", "denied", "unsupported", "queued", "dequeued", "other", "server", "unparsable", "foreign")
        return sum(counts[kind] for kind in kinds)


class FlexNet(Source):
    name, words, begins_with = "flexnet", ["flexnet"], 2
    unknown = b"12:31:00 (vend) OUT: what is this\n"

    def text(self, events, held=()):
        first = events[0].at
        lines = [f"{first:%H:%M:%S} (lmgrd) FlexNet Licensing (v11.18.0.0) started on lic (x) ({first.month}/{first.day}/{first.year})"]
        lines.append(f"{first:%H:%M:%S} (vend) TIMESTAMP {first.month}/{first.day}/{first.year}")
        day = first.date()
        for event in events:
            if event.at.date() != day:
                day = event.at.date()
                lines.append(f"{event.at:%H:%M:%S} (vend) TIMESTAMP {day.month}/{day.day}/{day.year}")
            verb = {"out": "OUT", "in": "IN", "deny": "DENIED"}[event.verb]
            reason = " (Licensed number of users already reached. (-4,342))" if event.verb == "deny" else ""
            lines.append(f'{event.at:%H:%M:%S} (vend) {verb}: "{event.product}" {event.user}@{event.host} {reason}')
        return "".join(line + "\n" for line in lines).encode()

    def with_words_beside(self, text, word):
        text = re.sub("Licensed number of users already reached", lambda _: word(), text)
        text = re.sub("( OUT: .*) $", lambda found: f"{found[1]} [{word()}]", text, flags=re.M)
        return text + "".join(f"12:31:00 (vend) {verb} {word()}\n" for verb in ("OUT:", "no event:") for _ in range(9))


class Rlm(Source):
    words, begins_with, knows_which = ["rlm"], 3, True
    unknown = b"FROBNICATE a b 03/02 12:31:00\n"

    def with_words_beside(self, text, word):
        text = re.sub('""|"app"|"x64 6"', lambda _: f'"{word()}"', text)
        return text + "".join(f"{verb} {word()} {word()}\n" for verb in ("LICENSE FILE", "AUTH", "FROBNICATE") for _ in range(9))

    def __init__(self, style):
        self.name, self.style = "rlm-" + style, style

    def text(self, events, held=()):
        first = events[0].at
        lines = ["RLM Report Log Format 0, version 14.1, authenticated", "ISV: vend, RLM version 14.1 BL2",
                 f"START lic {first:%m/%d/%Y %H:%M}"]
        tail = ".1234" if self.style == "detailed" else ""
        small = self.style == "small"
        for event in held:
            lines.append(f'INUSE {event.product} 1 1 {event.user} {event.host} "" 1 {event.key:x} 0 1 {first:%m/%d %H:%M:%S}')
        day = first.date()
        for event in events:
            if event.at.date() != day:
                day = event.at.date()
                lines.append(f"{day:%m/%d/%Y} 00:00")
            who, stamp = f'{event.user} {event.host} ""', f"{event.at:%m/%d %H:%M:%S}{tail}"
            if event.verb == "out":
                lines.append(f"OUT {event.product} 1 {who} 1 {event.key:x} 0 {event.at:%H:%M}" if small else
                             f'OUT {event.product} 1 1 {who} 1 1 0 {event.key:x} 0 1 "" "{event.product}" "1" {stamp}' +
                             (' "x64 6" "app" 0 0 10.0.0.1' if tail else ""))
            elif event.verb == "in":
                lines.append(f"IN 1 1 {event.key:x} {event.at:%H:%M}" if small else
                             f"IN 1 {event.product} 1 {who} 1 0 0 {event.key:x} {stamp}")
            else:
                lines.append(f"DENY {event.product} 1 {who} 1 -22 1 {stamp if tail else stamp[:11]}")
        return "".join(line + "\n" for line in lines).encode()


class Table(Source):
    words, begins_with, repairs_order = ["table"], 1, True

    def __init__(self, kind, rows, time):
        self.name, self.kind, self.rows, self.time = f"{kind}-{rows}", kind, rows, time
        self.zone = time == "local"
        self.pattern = {"local": "DD.MM.YYYY hh:mm:ss", "epoch": "epoch-s", "iso": "iso"}[self.time]
        self.sees_refusals = rows == "events"
        self.knows_which = rows == "sessions"
        self.begins_with = 1 if kind == "csv" else 0
        self.unknown = self.line({"who": "ana", "where": "n1", "what": "cad", "when": self.stamp(DAY[0]),
                                  "did": "renewed", "from": "soon", "to": ""}).encode()
        keys = {"events": "at = when\naction = did\naction.out = checkout\naction.in = return\naction.deny = refused\n",
                "sessions": "start = from\nend = to\n"}[rows]
        self.mapping = (f"tally-mapping 1\nformat = {kind}\nsource = test\ntime = {self.pattern}\nproduct = what\n"
                        f"user = who\nhost = where\n{keys}")

    def columns(self):
        return ["who", "where", "what"] + (["when", "did"] if self.rows == "events" else ["from", "to"])

    def stamp(self, event):
        if self.time == "local":
            return f"{event.at:%d.%m.%Y %H:%M:%S}"
        return str(utc(event)) if self.time == "epoch" else dt.datetime.fromtimestamp(utc(event), UTC).isoformat()

    def line(self, row):
        row = {name: row[name] for name in self.columns()}
        return (json.dumps(row) if self.kind == "jsonl" else ",".join(row.values())) + "\n"

    def text(self, events, held=()):
        rows = []
        ends = {event.key: event for event in events if event.verb == "in"}
        for event in events:
            row = {"who": event.user, "where": event.host, "what": event.product}
            if self.rows == "events":
                did = {"out": "checkout", "in": "return", "deny": "refused"}[event.verb]
                rows.append(self.line({**row, "when": self.stamp(event), "did": did}))
            elif event.verb == "out":
                end = ends.get(event.key)
                rows.append(self.line({**row, "from": self.stamp(event), "to": self.stamp(end) if end else ""}))
        for event in events if self.rows == "sessions" else ():
            begun = [one for one in held if one.key == event.key]
            if event.verb == "in" and begun:
                rows.append(self.line({"who": event.user, "where": event.host, "what": event.product,
                                       "from": self.stamp(begun[0]), "to": self.stamp(event)}))
        header = ",".join(self.columns()) + "\n" if self.kind == "csv" else ""
        return (header + "".join(rows)).encode()

    def with_words_beside(self, text, word):
        rows = text.splitlines()
        if self.kind == "csv":
            return rows[0] + ",beside\n" + "".join(f"{row},{word()}\n" for row in rows[1:]) + f"{word()},{word()}\n"
        return "".join(row[:-1] + f', "beside": "{word()}"}}\n' for row in rows) + f"{word()}\n"

    def adds_up(self, counts):
        return super().adds_up(counts) - (counts["in"] if self.rows == "sessions" else 0)


class Processes(Source):
    """Of programs that a catalogue knows; each computer is a source of its own."""
    zone = sees_refusals = False
    knows_which = repairs_order = True

    def __init__(self):
        fact = {"source": "test", "mark": "measured"}
        lines = [{"t": "catalogue", "format": "tally-catalogue-1", "name": "test", "made": "2026-01-01"}]
        for word in ("cad", "sim"):
            lines.append({"t": "product", "word": word, "name": word, **fact})
            lines += [{"t": "program", "path": f"{word}/{word}{end}", "system": system, "product": word, **fact}
                      for system, end in (("posix", ""), ("windows", ".exe"))]
        self.catalogue = "".join(json.dumps(line, sort_keys=True, separators=(",", ":")) + "\n" for line in lines)


class Audit(Processes):
    name, words = "audit", ["audit"]
    unknown = b"node=n1 type=SYSCALL msg=audit(soon:1): arch=c000003e\n"

    def text(self, events, held=()):
        lines, serials = [], {}
        for event in events:
            if event.verb == "deny":
                continue
            serial = serials[event.host] = serials.get(event.host, 100) + 1
            stamp = f"msg=audit({utc(event)}.{event.key % 1000:03}:{serial}):"
            start = event.verb == "out"
            call = "syscall=59 success=yes exit=0 a0=55d9" if start else "syscall=231 a0=0"
            lines.append(f"node={event.host} type=SYSCALL {stamp} arch=c000003e {call} ppid=1 pid={1000 + event.key} auid=1000 uid=0 "
                         f'ses=3 comm="app" exe="/opt/{event.product}/{event.product}" key="rule"\x1dARCH=x86_64 '
                         f'SYSCALL={"execve" if start else "exit_group"} AUID="{event.user}" UID="root"')
            if start:
                lines.append(f'node={event.host} type=EXECVE {stamp} argc=2 a0="app" a1="drawing"')
        return "".join(line + "\n" for line in lines).encode()

    def with_words_beside(self, text, word):
        text = re.sub('"app"|"rule"|"drawing"', lambda _: f'"{word()}"', text)
        return text + "".join(f"{kind} {word()}\n" for kind in ("type=SYSCALL", "no record", "type=USER_CMD msg=audit(1.1:1): cmd=")
                              for _ in range(9))


class Winevt(Processes):
    name, words = "winevt", ["winevt"]
    unknown = (b"<Event><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>4688</EventID><TimeCreated "
               b"SystemTime='2026-03-02T11:31:00Z'/><Computer>n1</Computer></System></Event>\n")

    def text(self, events, held=()):
        lines, records = [], {}
        for event in events:
            if event.verb == "deny":
                continue
            start = event.verb == "out"
            record = records[event.host] = records.get(event.host, 5000) + 1
            image, process = f"C:\\Tools\\{event.product}\\{event.product}.exe", hex(4 * event.key + 4000)
            data = {"SubjectUserSid": "S-1-5-21-1-2-3-500", "SubjectUserName": event.user, "SubjectDomainName": "dom", "Status": "0x0"}
            data.update({"NewProcessId": process, "NewProcessName": image, "ProcessId": "0x1600", "CommandLine": "app", "TargetUserSid": "S-1-0-0"}
                        if start else {"ProcessId": "0x" + process[2:].zfill(8), "ProcessName": image.upper()})
            stamp = dt.datetime.fromtimestamp(utc(event), UTC)
            lines.append(f"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider "
                         f"Name='Microsoft-Windows-Security-Auditing'/><EventID>{4688 if start else 4689}</EventID>"
                         f"<TimeCreated SystemTime='{stamp:%Y-%m-%dT%H:%M:%S}.1234567Z'/><EventRecordID>{record}</EventRecordID>"
                         f'<Channel>Security</Channel><Computer>{event.host}</Computer></System><EventData>'
                         + "".join(f'<Data Name="{key}">{value}</Data>' for key, value in data.items()) +
                         "</EventData><RenderingInfo Culture='en-US'><Message>app</Message></RenderingInfo></Event>")
        return "".join(line + "\n" for line in lines).encode()

    def with_words_beside(self, text, word):
        text = re.sub(">app<", lambda _: f">{word()}<", text)
        return text + "".join(f"{kind.replace('?', word())}\n" for kind in ("<Event>?</Event>", "?", "<Event><System><Computer>?</Computer></Event>")
                              for _ in range(9))


SOURCES = [FlexNet(), Rlm("std"), Rlm("detailed"), Rlm("small"), Table("csv", "events", "local"),
           Table("csv", "sessions", "local"), Table("jsonl", "events", "epoch"), Table("jsonl", "sessions", "iso"), Audit(), Winevt()]


def expected(source, events):
    """What the log must tell of a story: (verb, instant, user, host, product), sorted."""
    return sorted((event.verb, utc(event), event.user, event.host, event.product) for event in events
                  if source.sees_refusals or event.verb != "deny")


class State:
    """A recorder's log of its own, for one source."""

    def __init__(self, source):
        self.source, self.folder = source, tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)
        self.run("init", "--site", "TEST", "--label", "TEST")
        if source.mapping:
            (self.path / "mapping").write_text(source.mapping)
        if source.catalogue:
            (self.path / "catalogue").write_text(source.catalogue)

    def name_by_policy(self):
        rules = {"account": "pseudonym", "address": "coarse", "cdata": "omit", "client": "clear", "consent": "not_required",
                 "domain": "omit", "file": "omit", "fold": "fold1", "pool": "clear", "reason": "omit", "server": "clear",
                 "user": "pseudonym"}
        text = json.dumps({"format": "tally-privacy-1", "policy": rules, "secrets": [{"epoch": 1, "key": "ab" * 32}]},
                          separators=(",", ":"), sort_keys=True) + "\n"
        private = self.path / "r" / "privacy.json"
        private.touch(mode=0o600)
        private.write_text(text)

    def run(self, *words, exits=(0,)):
        done = subprocess.run([RECORDER, *map(str, words), "--state", str(self.path / "r")], capture_output=True, check=False)
        assert done.returncode in exits, f"{words}: exit {done.returncode}, expected {exits}\n{done.stderr.decode()}"
        assert done.returncode != 1 or b": error: " in done.stderr, done.stderr
        return done

    def words(self, *files, zone=True, **options):
        words = ["import", *self.source.words, *map(str, files)]
        words += ["--mapping", str(self.path / "mapping")] if self.source.mapping else []
        words += ["--catalogue", str(self.path / "catalogue")] if self.source.catalogue else []
        words += ["--zone", "Europe/Madrid"] if self.source.zone and zone else []
        return words

    def bring(self, text, *more, exits=(0,), name="log"):
        """Imports these bytes. Its JSON, or nothing when it was refused."""
        (self.path / name).write_bytes(text)
        done = self.run(*self.words(self.path / name), "--json", *more, exits=exits)
        return json.loads(done.stdout) if done.returncode in (0, 5) else None

    def lines(self):
        return [json.loads(line) for line in self.run("log", "--json").stdout.splitlines()]

    def told(self):
        """As expected() has it."""
        starts, rows = {}, []
        for line in self.lines():
            if line["t"] not in ("start", "end", "denial") or line.get("inferred") or line.get("verb") == "UNSUPPORTED":
                continue
            names = line if line["t"] != "end" or "start" not in line else starts[line["start"]]
            starts[line["seq"]] = line
            who = [urllib.parse.unquote(names[key]) for key in ("user", "client", "feature")]
            verb = {"start": "out", "end": "in", "denial": "deny"}[line["t"]]
            rows.append((verb, line.get("at", line.get("at_from")), *who))
        return sorted(rows)

    def spans(self):
        """(user, seconds) of every session that has an end, sorted."""
        def instant(line):
            return line.get("at", line.get("at_from"))
        lines = self.lines()
        ends = {line["start"]: line for line in lines if line["t"] == "end" and "start" in line}
        return sorted((line["user"], instant(ends[line["seq"]]) - instant(line))
                      for line in lines if line["t"] == "start" and line["seq"] in ends)

    def size(self):
        return json.loads(self.run("status", "--json").stdout)["lines"]


CASES = []


def case(function):
    CASES.append(function)
    return function


def only(answer):
    """The file, and its counts: of its only source, or of all computers that it tells of."""
    file, = answer["files"]
    several = file["sources"][0]["src"].startswith(("audit:", "winevt:"))
    assert several or len(file["sources"]) == 1, answer
    counts = dict(file["sources"][0]["counts"])
    for other in file["sources"][1:]:
        for kind in counts.keys() - {"unparsable", "foreign"}:  # those are of the whole file
            counts[kind] += other["counts"][kind]
    return file, counts


@case
def every_event_is_told_once_with_its_session(source):
    state = State(source)
    answer = state.bring(source.text(DAY))
    assert state.told() == expected(source, DAY), state.told()
    _, counts = only(answer)
    assert counts["paired"] == 3 and counts["orphan"] == 0 and counts["open"] == 2, counts
    assert state.spans() == [("ana", 10800), ("bo", 5100), ("bo", 14100)], state.spans()


@case
def an_end_belongs_to_its_own_session_where_the_log_says_which(source):
    state = State(source)
    state.bring(source.text(NESTED))
    expect = [3600, 14400] if source.knows_which else [7200, 10800]
    assert state.spans() == [("ana", seconds) for seconds in expect], state.spans()


@case
def the_source_the_file_and_how_exactly_it_sees_are_in_the_log(source):
    state = State(source)
    state.bring(source.text(DAY))
    lines = state.lines()
    imported = [line for line in lines if line["t"] == "import"]
    assert len(imported) == (3 if source.catalogue else 1), imported
    assert all(line["format"] in ("flexnet", "rlm", "csv", "jsonl", "audit", "winevt") for line in imported), imported
    assert imported[0]["zone"] == ("Europe/Madrid" if source.zone else "UTC") and len(imported[0]["digest"]) == 64
    for line in lines:
        if line["t"] == "start":
            assert line["src"] in [one["src"] for one in imported] and line["src"].split(":")[0] == source.words[0]
            assert source.name == "flexnet" or line["fidelity"] == "exact", line


@case
def counts_add_up_to_the_lines_of_the_file(source):
    state = State(source)
    text = source.text(DAY) + source.unknown + b"\n\0\0\n" + b"x" * 70000 + b"\n"
    file, counts = only(state.bring(text))
    assert source.adds_up(counts) == file["lines"] == text.count(b"\n"), (counts, file["lines"])
    assert counts["new"] + counts["known"] == source.adds_up(counts) - counts["unparsable"] - counts["foreign"] + (
        counts["in"] if source.name.find("sessions") > 0 else 0)


@case
def an_event_of_an_unknown_kind_is_counted_and_listed(source):
    plain, strange = State(source), State(source)
    _, before = only(plain.bring(source.text(DAY)))
    file, after = only(strange.bring(source.text(DAY) + source.unknown))
    assert after["unparsable"] == before["unparsable"] + 1 and after["new"] == before["new"], after
    assert file["bad"] == [file["lines"]] and file["remarks"], file
    assert strange.told() == expected(source, DAY)


@case
def an_empty_file_is_refused_and_leaves_nothing(source):
    state = State(source)
    size = state.size()
    assert state.bring(b"", exits=(1,)) is None
    assert state.bring(source.text(DAY).split(b"\n")[0][:3], exits=(1,)) is None
    assert state.size() == size


@case
def a_file_that_is_cut_anywhere_is_completed_by_the_whole_one(source):
    whole = source.text(DAY)
    for cut in sorted(random.Random(SEED).sample(range(1, len(whole)), 6)):
        state = State(source)
        state.bring(whole[:cut], exits=(0, 1, 5))
        state.bring(whole, exits=(0, 5))
        assert state.told() == expected(source, DAY), (cut, state.told())


@case
def line_ends_and_byte_order_mark_do_not_matter(source):
    for text in (source.text(DAY).replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + source.text(DAY)):
        state = State(source)
        state.bring(text)
        assert state.told() == expected(source, DAY), state.told()


@case
def nul_bytes_and_lines_without_end_cost_only_themselves(source):
    for damage in (b"\0" * 100, b"x" * 70000, b"x" * 300000):
        state = State(source)
        lines = source.text(DAY).splitlines(keepends=True)
        lines.insert(source.begins_with + 2, damage + b"\n")
        file, counts = only(state.bring(b"".join(lines)))
        assert state.told() == expected(source, DAY), state.told()
        assert counts["unparsable"] == 1 and file["bad"] == [source.begins_with + 3], (file, counts)


@case
def the_same_file_again_writes_nothing(source):
    state = State(source)
    first = state.bring(source.text(DAY))
    size = state.size()
    again = state.bring(source.text(DAY), exits=(5,), name="other-name")
    file, counts = only(again)
    assert state.size() == size and file["repeated"] and again["written"] == 0
    assert counts["new"] == 0 and counts["known"] == only(first)[1]["new"]


@case
def ten_thousand_sessions_are_ten_thousand(source):
    state = State(source)
    _, counts = only(state.bring(source.text(MANY)))
    assert counts["out"] == counts["in"] == counts["paired"] == 10000 and counts["open"] == counts["orphan"] == 0, counts
    assert {seconds for _, seconds in state.spans()} == {10800}
    assert only(state.bring(source.text(MANY), exits=(5,), name="again"))[1]["new"] == 0


@case
def a_longer_copy_adds_only_what_is_new(source):
    whole = source.text(DAY)
    lines = whole.splitlines(keepends=True)
    for count in range(source.begins_with + 1, len(lines), 3):
        state = State(source)
        state.bring(b"".join(lines[:count]))
        state.bring(whole, exits=(0, 5))
        assert state.told() == expected(source, DAY), (count, state.told())
        assert not [line for line in state.lines() if line.get("orphan")], count


@case
def a_longer_copy_tells_the_end_of_what_was_open(source):
    state = State(source)
    state.bring(source.text(DAY[:4]))
    state.bring(source.text(DAY))
    assert state.told() == expected(source, DAY), state.told()
    assert not [line for line in state.lines() if line.get("orphan")]


@case
def what_an_import_remembers_follows_from_the_log_alone(source):
    def forget(state):
        with sqlite3.connect(state.path / "r" / "journal.db") as database:
            names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE name LIKE 'import_%' AND type = 'table'")]
            assert len(names) > 5
            for name in names:
                database.execute(f"DROP TABLE {name}")
        database.close()
    state = State(source)
    state.bring(source.text(DAY[:4]))
    forget(state)
    state.bring(source.text(DAY))
    assert state.told() == expected(source, DAY) and not [line for line in state.lines() if line.get("orphan")], state.told()
    forget(state)
    assert state.bring(source.text(DAY), exits=(5,))["written"] == 0


@case
def starts_without_ends_are_told_as_such(source):
    if not source.mapping or "end = " not in source.mapping:
        return
    state = State(source)
    (state.path / "mapping").write_text(source.mapping.replace("end = to\n", ""))
    _, counts = only(state.bring(source.text(DAY)))
    assert counts["out"] == 5 and counts["open"] == counts["paired"] == 0, counts
    lines = state.lines()
    assert {line["fidelity"] for line in lines if line["t"] == "start"} == {"start_only"}
    assert not [line for line in lines if line["t"] in ("open", "end")]
    state.bring(source.text(DAY[:1]), exits=(5, 0), name="shorter")
    assert not [line for line in state.lines() if line["t"] in ("open", "end")]


@case
def rotated_parts_in_either_order_make_one_log(source):
    held = [DAY[0], DAY[2]]
    first, second = source.text(DAY[:5]), source.text(DAY[5:], held=held)
    if source.name == "flexnet":  # a rotated debug log goes on without the server's start
        lines = source.text(DAY).splitlines(keepends=True)
        first, second = b"".join(lines[:source.begins_with + 5]), b"".join([lines[1], *lines[source.begins_with + 5:]])
    for parts in ((first, second), (second, first)):
        state = State(source)
        more = ["--source", "lic"] if source.name == "flexnet" else []
        for number, part in enumerate(parts):
            state.bring(part, *more, exits=(0, 5), name=f"part{number}")
        if source.name == "rlm-small" and parts[0] is second:
            continue  # the later part has handles whose checkout only the earlier one tells
        assert state.told() == expected(source, DAY), state.told()


@case
def a_clock_that_steps_back_is_told_and_loses_nothing(source):
    state = State(source)
    file, _ = only(state.bring(source.text(STEP)))
    assert state.told() == expected(source, STEP), state.told()
    assert source.repairs_order or source.name.startswith("rlm") or any("back" in one["text"] for one in file["remarks"])


@case
def the_hour_that_autumn_repeats_is_a_range_unless_the_zone_is_told(source):
    state = State(source)
    _, counts = only(state.bring(source.text(AUTUMN)))
    start = [line for line in state.lines() if line["t"] == "start" and line["user"] == "bo"]
    if source.zone:
        width = 3600 + (59 if source.name == "rlm-small" else 0)
        assert start[0]["at_to"] - start[0]["at_from"] == width and counts["ambiguous"] == 1, (start, counts)
    else:
        assert "at" in start[0] and counts["ambiguous"] == 0
    assert counts["paired"] == 2, counts


@case
def a_year_begins_without_saying_so(source):
    state = State(source)
    state.bring(source.text(NIGHTS))
    assert state.told() == expected(source, NIGHTS), state.told()


@case
def names_are_written_by_the_policy_of_the_site(source):
    state = State(source)
    state.name_by_policy()
    assert state.bring(source.text(DAY))["names"] == "policy"
    lines = state.lines()
    users = {line["user"] for line in lines if "user" in line}
    assert all(user.startswith("u1_") for user in users) and len(users) == (4 if source.sees_refusals else 3), users
    state.bring(source.text(DAY), exits=(5,))
    assert len(state.lines()) == len(lines)


@case
def what_the_policy_hides_is_neither_kept_nor_told(source):
    state = State(source)
    state.name_by_policy()
    planted = (f"zq{number:04d}w" for number in range(1000))
    users, hosts = [next(planted) for _ in range(40)], [next(planted) for _ in range(40)]
    events = story(*(row for number, (user, host) in enumerate(zip(users, hosts)) for row in (
        (f"2026-03-02 08:{number:02}", "out", f"{user}@{host}", "cad", number + 1),
        (f"2026-03-02 09:{number:02}", "in" if number % 3 else "deny", f"{user}@{host}", "cad", number + 1))))
    events.sort(key=lambda event: event.at)
    beside = []

    def word():
        beside.append(next(planted))
        return beside[-1]
    text = source.with_words_beside(source.text(events).decode(), word)
    name = next(planted)
    (state.path / name).write_text(text)
    told = b""
    for times in range(2):
        done = state.run(*state.words(state.path / name), exits=((0,), (5,))[times])
        told += done.stdout.replace(name.encode(), b"") + done.stderr.replace(name.encode(), b"")
    told += state.run("log", "--json").stdout
    kept = b"".join(path.read_bytes() for path in (state.path / "r").rglob("*") if path.is_file() and path.name != "privacy.json")
    assert len(beside) > 30 and sum(host.encode() in kept for host in hosts) == 40, "the search finds what is there"
    for hidden in users + beside + [name]:
        assert hidden.encode() not in kept and hidden.encode() not in told, f"{hidden} was hidden\n{told.decode()[:2000]}"


@case
def a_dry_run_tells_the_same_and_changes_nothing(source):
    state = State(source)
    size = state.size()
    dry = state.bring(source.text(DAY), "--dry-run")
    assert state.size() == size and dry["written"] == 0
    real = state.bring(source.text(DAY))
    assert only(dry)[1] == only(real)[1] and real["written"] == state.size() - size


@case
def progress_is_shown_on_a_terminal_only(source):
    state = State(source)
    log = state.path / "log"
    log.write_bytes(source.text(DAY) + b"\n" * 20000)
    quiet = state.run(*state.words(log), "--dry-run")
    assert quiet.stderr == b"", quiet.stderr
    ours, theirs = pty.openpty()
    words = [RECORDER, *state.words(log), "--dry-run", "--state", str(state.path / "r")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=theirs) as child:
        os.close(theirs)
        shown = b""
        try:
            while block := os.read(ours, 4096):
                shown += block
        except OSError:
            pass
        child.communicate()
    os.close(ours)
    assert child.returncode == 0 and b" %" in shown, shown


@case
def exit_codes_say_what_happened(source):
    state = State(source)
    log = state.path / "log"
    log.write_bytes(source.text(DAY))
    if source.zone:
        assert b"--zone" in state.run(*state.words(log, zone=False), exits=(2,)).stderr
        state.run(*state.words(log, zone=False), "--zone", "Mars/Base", exits=(2,))
    else:
        state.run(*state.words(log), "--zone", "Europe/Madrid", exits=(2,))
    state.run(*state.words(log), "--source", "a b", exits=(2,))
    state.run(*state.words(state.path / "missing"), exits=(1,))
    state.run(*state.words(log), exits=(0,))
    state.run(*state.words(log), exits=(5,))
    if source.mapping:
        (state.path / "mapping").write_text(source.mapping + "unheard = of\n")
        assert b"mapping:" in state.run(*state.words(log), exits=(1,)).stderr
        state.run("import", *source.words, log, exits=(2,))
    else:
        state.run(*state.words(log), "--mapping", log, exits=(2,))


@case
def damaged_bytes_cost_at_most_their_own_lines(source):
    draw = random.Random(SEED)
    for _ in range(6):
        text = bytearray(source.text(DAY))
        for _ in range(draw.randint(1, 8)):
            text[draw.randrange(len(text))] = draw.choice([0, 9, 10, 13, 34, 44, 58, 64, 127, 255, draw.randrange(256)])
        state = State(source)
        state.bring(bytes(text), exits=(0, 1, 5))
        state.run("seal", exits=(0, 5))
        state.run("verify")
        assert all("orphan" in line or len(line["feature"]) for line in state.lines() if line["t"] == "start")


failed = 0
for tested in SOURCES:
    if len(sys.argv) > 2 and tested.name not in sys.argv[2:]:
        continue
    for function in CASES:
        try:
            function(tested)
        except AssertionError as error:
            failed += 1
            print(f"FAILED {tested.name}: {function.__name__.replace('_', ' ')}: line {error.__traceback__.tb_next.tb_lineno if error.__traceback__.tb_next else error.__traceback__.tb_lineno}\n    {error}")
print(f"{len(SOURCES)} sources, {len(CASES)} promises, {failed} broken")
sys.exit(failed > 0)
