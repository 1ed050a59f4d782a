#!/usr/bin/python3
"""A second verifier of Tallystick bundles, written from docs/formats and docs/reference alone.

    verify.py BUNDLE --site SITE.jsonl --fingerprint WORDS-OR-HEX [--remembered FILE] [--remember FILE]

The site file and its fingerprint come from the site over two channels. --remembered is what an earlier run wrote with
--remember; without it every log must begin with line 0. Needs Debian's python3-nacl and zstd, nothing of Tallystick.
Prints one JSON object; ends with 0 for OK, 3 for OK_WITH_FINDINGS and REJECTED, 1 when it could not check."""
import argparse
import hashlib
import json
import os
import stat
import sys

import canonical
import container
import logs
import signatures
from canonical import Defect, is_hex, require, well_formed

LARGEST_FILE, LARGEST_SIGNATURE = 1 << 30, 4096
WARN = {"NIL_CONTRADICTED", "UNANCHORED", "LOG_REPLACED", "BUNDLE_MISSING", "RECEIPT_MISSING",
        "STALE_CHALLENGE", "IMPORT_DUPLICATE"}
NOTE = {"AMENDED", "NIL_RETURN", "ENCODING_UNCHECKED", "CLOCK_STEP", "REPLAY"}


def read_once(path, limit):
    """A private copy of at most limit + 1 bytes, of a regular file only, through no link."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{path}: no regular file")
        return file.read(limit + 1)


def clock_stepped(before, after):
    """Whether the recorder says so, or two lines that follow each other show it."""
    if after["t"] == "clock":
        return True
    if not before:
        return False
    if before["boot"] != after["boot"]:
        return after["wall"] < before["wall"]
    return abs((after["wall"] - before["wall"]) - (after["up"] - before["up"])) > 2000


class Check:
    """One bundle against one enrolled site and what is remembered of it."""

    def __init__(self, site, memory=None, audiences=()):
        self.site, self.audiences = site, audiences
        self.memory = memory or {"bundles": {}, "logs": {}, "enrolled": {}, "arrived": {}, "exported": {}}
        self.findings, self.logs, self.manifest, self.sha256 = [], [], None, ""
        self.signed_until = None  # size of the station log at which the key that signed was retired
        self.intact = True  # every member is that of the manifest: later lines may prove something

    def find(self, code, what, severity=None, **place):
        severity = severity or ("warn" if code in WARN else "note" if code in NOTE else "refuse")
        self.findings.append({"code": code, "severity": severity, "text": what, **place})

    def attempt(self, step, *arguments, **place):
        try:
            return step(*arguments)
        except Defect as defect:
            self.find(defect.code, defect.what, **place)
            return None

    def verdict(self):
        severities = {finding["severity"] for finding in self.findings}
        return "REJECTED" if "refuse" in severities else "OK_WITH_FINDINGS" if "warn" in severities else "OK"

    # -- the file ------------------------------------------------------------------------------------------------

    def run(self, content, signature):
        """content: the file; signature: that beside it, None when there is none."""
        self.sha256 = container.digest(content)
        archive = container.Archive(content)
        self.manifest = archive.manifest
        self.attempt(self.check_signature, content, signature)
        if archive.defect:
            self.find(archive.defect.code, archive.defect.what)
        elif self.manifest["site"] != self.site.site:
            pass  # nothing here can vouch for it: check_signature has said so
        elif self.sha256 in self.accepted().values():
            self.find("REPLAY", "this very bundle was accepted before")
        else:
            self.check_content(archive)
        return self

    def accepted(self):
        return self.memory["bundles"].get(self.manifest["agreement"], {})

    def check_content(self, archive):
        self.check_policy()
        for member in self.manifest["members"]:
            if container.digest(archive.members[member["name"]]) != member["sha256"]:
                self.intact = False
                self.find("BAD_HASH", "not the member of the manifest", member=member["name"])
            elif member["name"] == "SITE.jsonl":
                self.attempt(self.check_site_file, archive.members["SITE.jsonl"], member="SITE.jsonl")
        rows = self.attempt(logs.parse_rows, archive.members["HOSTS.jsonl"], member="HOSTS.jsonl")
        if rows:
            self.read_lines(rows, archive)
            self.finish()

    def check_signature(self, content, signature):
        require(signature is not None, "BAD_SIGNATURE", "there is no signature")
        require(len(signature) <= LARGEST_SIGNATURE, "LIMIT_EXCEEDED", "a signature of more than 4096 bytes")
        try:
            untrusted, parsed = signatures.parse_signature_file(signature)
        except ValueError as problem:
            raise Defect("BAD_SIGNATURE", f"the signature is not in its one spelling: {problem}") from None
        require(not self.manifest or self.manifest["site"] == self.site.site, "UNKNOWN_KEY", "it names another site")
        point = {key_id: point for key_id, point in [*self.site.keys["exports"], *self.site.retired]}.get(parsed.id)
        if point is None:
            others = [key_id for role in ("roots", "verifiers") for key_id, _ in self.site.keys[role]]
            raise Defect("WRONG_ROLE" if parsed.id in others else "UNKNOWN_KEY", "not signed by an export key")
        require(parsed.verifies(point, hashlib.blake2b(content).digest()), "BAD_SIGNATURE", "it does not hold")
        self.signed_until = self.site.retired.get((parsed.id, point))
        require(untrusted == "signature of a bundle by tally-packager", "BAD_SIGNATURE", "another first line")
        if not self.manifest:
            return
        volume = self.manifest["volume"]
        comment = f"tally-export-1 {self.manifest['site']} {self.manifest['n']} {volume['k']}/{volume['n']}"
        other = parsed.comment.startswith("tally-") and not parsed.comment.startswith("tally-export-1 ")
        require(parsed.comment == comment, "WRONG_ROLE" if other else "BAD_SIGNATURE", "made for something else")

    def check_policy(self):
        manifest = self.manifest
        if self.site.releases:
            self.find("RELEASE_MISSING", "release signatures are asked for, which this verifier cannot check")
        if "audience" in manifest and manifest["audience"] not in {*self.audiences, *self.memory.get("keys", ())}:
            self.find("WRONG_AUDIENCE", "addressed to a key that is not known here")
        if manifest["volume"]["n"] > 1:
            self.find("VOLUME_MISSING", "one volume of several")
        if manifest["n"] > 1 and self.accepted().get(str(manifest["n"] - 1)) != manifest.get("previous"):
            self.find("BUNDLE_MISSING", "the bundle before this one was not accepted here, or was another one")
        if "receipt" in manifest:
            self.check_receipt(manifest["receipt"])

    def check_receipt(self, receipt):
        agreement = self.manifest["agreement"]
        issued = self.memory.get("receipts", {}).get(agreement, {}).get(str(receipt["n"]))
        if issued != [receipt["hash"], receipt["challenge"]]:
            self.find("RECEIPT_MISSING", "no such receipt was issued here")
        named = self.memory.get("named", {}).get(agreement, {})
        if max((n for bundle, n in named.items() if int(bundle) < self.manifest["n"]), default=0) > receipt["n"]:
            self.find("STALE_CHALLENGE", "an earlier bundle named a later receipt")

    def check_site_file(self, content):
        chain = signatures.SiteChain(content)
        require(chain.site == self.site.site and chain.continues(self.site), "SITE_FILE_INVALID",
                "it does not continue the enrolled chain")

    # -- the lines -----------------------------------------------------------------------------------------------

    def lines_of(self, archive):
        """(line, place) of all members; finds what is wrong with a member on the way."""
        previous = 0
        level, version = self.manifest["zstd"]["level"], self.manifest["zstd"]["version"]
        comparable = version == container.zstd_version()
        if not comparable:
            self.find("ENCODING_UNCHECKED", f"made with zstd {version}")
        for member in self.manifest["members"][2:]:
            name, frame = member["name"], archive.members[member["name"]]
            if container.digest(frame) != member["sha256"]:
                continue
            content = self.attempt(container.decompress, frame, member["raw"], member=name)
            if content is None:
                self.intact = False
                continue
            if comparable and container.compress(content, level) != frame:
                self.intact = False
                self.find("NON_CANONICAL", "compressed another way", member=name)
                continue
            if not content.endswith(b"\n"):
                self.find("TRUNCATED", "the last line has no line end", member=name)
            lines = content.removesuffix(b"\n").split(b"\n")
            if previous and previous + len(lines[0]) + 1 <= container.LINES_LIMIT:
                self.find("NON_CANONICAL", "the member before is not as full as it could be", member=name)
            previous = len(content)
            for number, line in enumerate(lines, 1):
                yield line, {"member": name, "line": number}

    def read_lines(self, rows, archive):
        self.rows = rows
        if self.signed_until is not None and rows[0]["next"] > self.signed_until:
            self.find("UNKNOWN_KEY", "signed by a key that was retired before")
        if rows[0]["host"] != logs.name_of_log(self.site.log):
            self.find("HOST_UNKNOWN", "the first row is not that of the station's log", member="HOSTS.jsonl")
        self.open_log(0)
        for line, place in self.lines_of(archive):
            self.place(line, self.attempt(logs.parse_line, line, **place), place)
        while len(self.logs) < len(rows):
            self.close_log()
            self.open_log(len(self.logs))
        self.close_log()

    def open_log(self, index):
        row = self.rows[index]
        enrolled = self.enrolments()
        key = self.site.log if index == 0 else enrolled.get(row["host"], {}).get("key")
        order = list(enrolled)
        before = [order.index(log.host) for log in self.logs if log.host in order]
        if row["host"] in order and before and order.index(row["host"]) < max(before):
            self.find("NON_CANONICAL", "logs in another order than they were enrolled", host=row["host"])
        log = logs.Log(row, key, self.memory["logs"].get(row["host"]),
                       "recorder" if index else "station")
        self.logs.append(log)
        if key is None or not index and logs.name_of_log(key) != row["host"]:
            log.proved = False
            if index and self.logs[0].proved:
                self.find("HOST_UNKNOWN", "a log that the station does not enrol", host=row["host"])
        elif log.misplaced():
            log.proved = False
            self.find(log.misplaced().code, log.misplaced().what, host=row["host"])
        if not self.intact:
            log.proved = False

    def close_log(self):
        log = self.logs[-1]
        log.proved = log.proved and self.intact
        for defect in log.finish():
            self.find(defect.code, defect.what, host=log.host)
            log.proved = log.proved and defect.code == "REPLAY"

    def place(self, line, record, place):
        """Gives a line to its log: the current one, or one further on when the current one is through."""
        hosts = [row["host"] for row in self.rows]
        further = hosts[len(self.logs):]
        if record is None:  # nothing tells whose line it is: the log that has a line missing here
            whole = self.logs[-1].seen >= self.logs[-1].row["next"] - self.logs[-1].row["first"]
            host = further[0] if whole and further else self.logs[-1].host
        else:
            host = record["host"]
        while host in further and self.logs[-1].host != host:
            self.close_log()
            self.open_log(len(self.logs))
        log = self.logs[-1]
        log.seen += 1
        if record is None:
            log.proved = False
            return
        place = {"host": host, "seq": record["seq"], **place}
        try:
            if not log.proved:
                return
            require(host in hosts, "HOST_UNKNOWN", "a line of a log that has no row")
            well_formed(host == log.host, "a line behind those of a later log")
            require(record["seq"] <= log.next, "SEQUENCE_GAP", f"line {log.next} is missing")
            well_formed(record["seq"] == log.next, "a line again")
            well_formed(log.next < log.row["next"], "more lines than the row states")
            log.take(line, record)
        except Defect as defect:
            log.proved = False
            self.find(defect.code, defect.what, **place)

    # -- the station's lines against the others ------------------------------------------------------------------

    def of_station(self, type_):
        return [record for record in self.logs[0].records if record["t"] == type_] if self.logs else []

    def enrolments(self):
        enrolled = dict(self.memory["enrolled"])
        for record in self.of_station("enrol"):
            if not is_hex(record["key"], 64) or logs.name_of_log(record["key"]) != record["log"]:
                continue
            enrolled.setdefault(record["log"], {"key": record["key"], "label": record["label"]})
        return enrolled

    def finish(self):
        station = self.logs[0]
        for log in self.logs:
            self.check_memory_of(log)
        self.check_words(station)
        if station.proved:
            self.check_export()
            self.check_arrivals()
        listed = {log.host for log in self.logs}
        for host in self.enrolments():
            if host not in listed:
                self.find("HOST_SILENT", "enrolled and not listed", "warn", host=host)

    def check_memory_of(self, log):
        if log.proved and not log.fresh() and log.next == log.accepted:
            self.find("HOST_SILENT", "no new line", "note", host=log.host)
        if log.records and "replaces" in log.records[0]:
            self.find("LOG_REPLACED", "takes the place of another log", host=log.host)
        for before, after in zip([None] + log.records, log.records):
            if clock_stepped(before, after) and after["seq"] >= log.accepted:
                self.find("CLOCK_STEP", "its clock moved", host=log.host, seq=after["seq"])

    def check_words(self, station):
        """What the site says of its own reports, and sessions in a time in which all of it says that there were none."""
        nil = []
        for record in [*self.of_station("declare"), *self.of_station("amend")]:
            code = "AMENDED" if record["t"] == "amend" else "NIL_RETURN" if record["kind"] == "nil" else None
            if code and record["seq"] >= station.accepted:
                self.find(code, record["reason"], seq=record["seq"])
            everything = "products" not in record and (record["agreement"] == "" or record.get("sessions") == 0)
            if code == "NIL_RETURN" and record["about"] == "" and everything and "to" in record:
                nil.append((record["from"], record["to"]))
        for log in self.logs[1:]:
            began = [(record.get("at", record.get("at_from")), record.get("at", record.get("at_to")))
                     for record in log.records if record["t"] == "start"]
            if any(since <= first and last < until for first, last in began for since, until in nil):
                self.find("NIL_CONTRADICTED", "a session in a time of none", host=log.host)

    def check_export(self):
        """The line of the station that began this export, the newest one of this number."""
        manifest = self.manifest
        name = (manifest["agreement"], manifest["n"])
        begun = [record for record in self.of_station("export") if (record["agreement"], record["n"]) == name]
        if not begun:
            self.find("ANCHOR_MISMATCH", "the station began no such export", host=self.logs[0].host)
            return
        export = begun[-1]
        told = (export["label"], export["wall"], export["level"], export["zstd"])
        stated = (manifest["label"], manifest["created"], manifest["zstd"]["level"], manifest["zstd"]["version"])
        if told != stated:
            self.find("ANCHOR_MISMATCH", f"the station began it as {told}, the manifest says {stated}",
                      seq=export["seq"])
        self.check_predecessor()

    def check_predecessor(self):
        manifest = self.manifest
        digests = dict(self.memory["exported"].get(manifest["agreement"], {}))
        for record in self.of_station("exported"):
            if record["agreement"] == manifest["agreement"]:
                digests[str(record["n"])] = record["digests"]
        expected = digests.get(str(manifest["n"] - 1))
        if expected and manifest.get("previous") not in expected:
            self.find("ANCHOR_MISMATCH", "the station made another export before this one")

    def check_arrivals(self):
        newest, ends = dict(self.memory["arrived"]), set()
        by_host = {log.host: log for log in self.logs[1:]}
        for record in self.of_station("arrived"):
            log = by_host.get(record["log"])
            newest[record["log"]] = max(newest.get(record["log"], 0), record["next"])
            ends.add((record["log"], record["next"]))
            known = log.remembered if log and record["next"] <= log.row["first"] else None
            if known and {**known["ends"], str(known["size"]): known["root"]}.get(
                    str(record["next"]), record["root"]) != record["root"]:
                self.find("ANCHOR_MISMATCH", "another tree than the one accepted", host=log.host, seq=record["next"])
            if log and log.proved and record["next"] in log.root_at and record["next"] > log.row["first"]:
                same = log.root_at[record["next"]] == record["root"] and record["next"] in log.seal_ends
                if not same:
                    self.find("ANCHOR_MISMATCH", "another tree than the one that arrived", host=log.host,
                              seq=record["next"])
        for host, log in by_host.items():
            if log.proved and newest.get(host, 0) > log.row["next"]:
                self.find("SEQUENCE_GAP", "the station has more of its lines", "warn", host=host)
            if log.proved and log.fresh() and (host, log.row["next"]) not in ends:
                self.find("ANCHOR_MISMATCH", "nothing tells that its newest lines arrived", "warn", host=host)

    # -- what is kept --------------------------------------------------------------------------------------------

    def remember(self):
        """The memory after accepting this bundle."""
        memory = json.loads(json.dumps(self.memory))
        memory["bundles"].setdefault(self.manifest["agreement"], {})[str(self.manifest["n"])] = self.sha256
        if "receipt" in self.manifest:
            named = memory.setdefault("named", {}).setdefault(self.manifest["agreement"], {})
            named[str(self.manifest["n"])] = self.manifest["receipt"]["n"]
        memory["enrolled"] = self.enrolments()
        for log in self.logs:
            memory["logs"][log.host] = log.memory()
        for record in self.of_station("arrived"):
            memory["arrived"][record["log"]] = max(memory["arrived"].get(record["log"], 0), record["next"])
        for record in self.of_station("exported"):
            memory["exported"].setdefault(record["agreement"], {})[str(record["n"])] = record["digests"]
        return memory

    def report(self):
        return {"format": "tally-independent-1", "verdict": self.verdict(), "sha256": self.sha256,
                "codes": sorted({finding["code"] for finding in self.findings}), "findings": self.findings}


def enrolled_site(path, fingerprint):
    chain = signatures.SiteChain(read_once(path, 1 << 24))
    given = fingerprint.strip().lower().replace(" ", "-")
    if given not in (chain.fingerprint.hex(), signatures.words(chain.fingerprint)):
        raise Defect("SITE_FILE_INVALID", "the site file has another fingerprint: it is not the one you were told of")
    return chain


def signature_beside(bundle):
    try:
        return read_once(bundle + ".minisig", LARGEST_SIGNATURE)
    except FileNotFoundError:
        return None


def check_file(bundle, site, memory=None):
    content = read_once(bundle, LARGEST_FILE)
    if len(content) > LARGEST_FILE:
        raise OSError(f"{bundle}: more than {LARGEST_FILE} bytes")
    return Check(site, memory).run(content, signature_beside(bundle))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle")
    parser.add_argument("--site", required=True)
    parser.add_argument("--fingerprint", required=True)
    parser.add_argument("--remembered")
    parser.add_argument("--remember")
    options = parser.parse_args()
    try:
        site = enrolled_site(options.site, options.fingerprint)
        memory = json.loads(read_once(options.remembered, 1 << 30)) if options.remembered else None
        check = check_file(options.bundle, site, memory)
        print(json.dumps(check.report(), indent=1))
        if options.remember and check.verdict() != "REJECTED":
            with open(options.remember, "x", encoding="ascii") as file:
                json.dump(check.remember(), file)
    except (Defect, OSError, ValueError) as problem:
        print(f"verify.py: error: {problem}", file=sys.stderr)
        return 1
    return 0 if check.verdict() == "OK" else 3


if __name__ == "__main__":
    sys.exit(main())
