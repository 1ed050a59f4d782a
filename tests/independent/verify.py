#!/usr/bin/python3
"""A second verifier of Tallystick bundles, written from docs/formats and docs/reference alone.

    verify.py BUNDLE --site SITE.jsonl --fingerprint WORDS-OR-HEX
        [--remembered FILE] [--issued RECEIPT]… [--remember FILE]

The site file and its fingerprint come from the site over two channels. --remembered is what an earlier run wrote with
--remember; without it every log must begin with line 0. --issued: receipts that were issued to the site since. Release
signatures are looked for beside the bundle. Needs Debian's python3-nacl and zstd, nothing of Tallystick.
Prints one JSON object; ends with 0 for OK, 3 for OK_WITH_FINDINGS and REJECTED, 1 when it could not check."""
import argparse
import hashlib
import json
import os
import stat
import sys

import answers
import canonical
import container
import logs
import reading
import releases
import signatures
import station
from canonical import Defect, require

LARGEST_FILE, LARGEST_SIGNATURE = 1 << 30, 4096
WARN = {"NIL_CONTRADICTED", "UNANCHORED", "LOG_REPLACED", "BUNDLE_MISSING", "RECEIPT_MISSING",
        "STALE_CHALLENGE", "VOLUME_MISSING", "SITE_REENROLLED",
        "IMPORT_DUPLICATE"}
NOTE = {"AMENDED", "NIL_RETURN", "PSEUDONYM_EPOCH", "ENCODING_UNCHECKED", "CLOCK_STEP", "REPLAY"}


def read_once(path, limit):
    """A private copy of at most limit + 1 bytes, of a regular file only, through no link."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{path}: no regular file")
        return file.read(limit + 1)


class Check:
    """One bundle against one enrolled site and what is remembered of it."""

    def __init__(self, site, memory=None, audiences=()):
        self.site, self.audiences = site, audiences
        self.memory = memory or new_memory()
        self.fingerprints = [*self.memory.get("fingerprints", []), site.fingerprint.hex()]
        self.findings, self.reading, self.manifest, self.sha256 = [], None, None, ""
        self.waiting = False  # a volume whose predecessors are not here: looked at from its own hints
        self.mixed, self.released = False, None
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

    def run(self, content, signature, beside=releases.NOTHING):
        """content: the file; signature: that beside it, None when there is none; beside: the files of its release."""
        self.sha256 = container.digest(content)
        archive = container.Archive(content)
        self.manifest = archive.manifest
        self.attempt(self.check_signature, content, signature)
        if self.manifest and self.manifest["site"] == self.site.site and len(set(self.fingerprints)) > 1:
            self.find("SITE_REENROLLED", "enrolled again, under another fingerprint than before")
        if archive.defect:
            self.find(archive.defect.code, archive.defect.what)
        elif self.manifest["site"] != self.site.site:
            pass  # nothing here can vouch for it: check_signature has said so
        elif self.sha256 in self.accepted(self.manifest["n"]).values():
            self.find("REPLAY", "this very bundle was accepted before")
        else:
            self.released = releases.Releases(self.site, self.manifest, content, self.sha256, beside)
            self.check_content(archive)
        return self

    def accepted(self, n):
        """{volume: digest} of what was accepted as export n of this agreement."""
        return self.memory["bundles"].get(self.manifest["agreement"], {}).get(str(n), {}).get("volumes", {})

    def check_content(self, archive):
        self.check_policy()
        self.check_set()
        for member in self.manifest["members"]:
            if container.digest(archive.members[member["name"]]) != member["sha256"]:
                self.intact = False
                self.find("BAD_HASH", "not the member of the manifest", member=member["name"])
            elif member["name"] == "SITE.jsonl":
                self.attempt(self.check_site_file, archive.members["SITE.jsonl"], member="SITE.jsonl")
        rows = self.attempt(logs.parse_rows, archive.members["HOSTS.jsonl"], member="HOSTS.jsonl")
        self.check_releases(rows[0]["next"] if rows else 0)
        if rows:
            if self.signed_until is not None and rows[0]["next"] > self.signed_until:
                self.find("UNKNOWN_KEY", "signed by a key that was retired before")
            self.reading = reading.Reading(self, rows)
            self.reading.run(archive)
            station.Words(self, self.reading).run()

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
            others += [key_id for key_id, _ in self.site.officers]
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
        if "audience" in manifest and manifest["audience"] not in {*self.audiences, *self.memory.get("keys", ())}:
            self.find("WRONG_AUDIENCE", "addressed to a key that is not known here")
        if "receipt" in manifest:
            self.check_receipt(manifest["receipt"])

    def check_set(self):
        """Whether this volume belongs to those of its export that were accepted, and comes in its turn."""
        manifest, volumes = self.manifest, self.accepted(self.manifest["n"])
        known = self.memory["bundles"].get(manifest["agreement"], {}).get(str(manifest["n"]))
        if known and known["set"] != set_of(manifest) and max(known["of"], manifest["volume"]["n"]) > 1:
            self.mixed = True
            self.find("VOLUME_MIXED", "a volume of another set than the one that was accepted before")
        elif any(str(k) not in volumes for k in range(1, manifest["volume"]["k"])):
            self.waiting = True
            self.find("VOLUME_MISSING", "a volume before this one was not accepted")

    def check_releases(self, station_size):
        for defect in self.released.defects(station_size):
            self.find(defect.code, defect.what, "warn")
        if len(self.released.persons) < self.site.releases:
            self.find("RELEASE_MISSING", f"released by {len(self.released.persons)} of {self.site.releases} persons")

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

    # -- what is kept --------------------------------------------------------------------------------------------

    def remember(self):
        """The memory after accepting this bundle; a volume that waits for others is not taken yet."""
        memory, manifest, read = json.loads(json.dumps(self.memory)), self.manifest, self.reading
        if self.waiting or not read:
            return memory
        export = memory["bundles"].setdefault(manifest["agreement"], {}).setdefault(
            str(manifest["n"]), {"set": set_of(manifest), "of": manifest["volume"]["n"], "volumes": {}})
        export["volumes"][str(manifest["volume"]["k"])] = self.sha256
        if "receipt" in manifest:
            named = memory.setdefault("named", {}).setdefault(manifest["agreement"], {})
            named[str(manifest["n"])] = manifest["receipt"]["n"]
        memory["fingerprints"] = sorted(set(self.fingerprints))
        memory["enrolled"] = read.enrolments()
        memory["arrived"] = station.Words(self, read).arrivals()
        memory["logs"] |= {log.host: log.memory() for log in read.logs if log.next}
        for record in read.of_station("exported"):
            memory["exported"].setdefault(record["agreement"], {})[str(record["n"])] = record["digests"]
        return memory

    def report(self):
        return {"format": "tally-independent-1", "verdict": self.verdict(), "sha256": self.sha256,
                "codes": sorted({finding["code"] for finding in self.findings}), "findings": self.findings}


def set_of(manifest):
    """What all volumes of a set have in common, as a digest."""
    common = {field: value for field, value in manifest.items() if field not in ("members", "cut")}
    common |= {"volume": manifest["volume"]["n"], "first": manifest["members"][:2]}
    return container.digest(json.dumps(common, sort_keys=True).encode())


def new_memory():
    return {"bundles": {}, "logs": {}, "enrolled": {}, "arrived": {}, "exported": {}}


def note_receipt(memory, content):
    """A receipt that was issued to the site with this memory: its key is an audience, and bundles may name it."""
    receipt = answers.parse_receipt(content)
    memory.setdefault("keys", []).append(receipt["verifier"])
    said = memory.setdefault("receipts", {}).setdefault(receipt["agreement"], {})
    said[str(receipt["n"])] = [container.digest(content), receipt["challenge"]]


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
    return Check(site, memory).run(content, signature_beside(bundle), releases.beside(bundle, read_once))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle")
    parser.add_argument("--site", required=True)
    parser.add_argument("--fingerprint", required=True)
    parser.add_argument("--remembered")
    parser.add_argument("--issued", action="append", default=[])
    parser.add_argument("--remember")
    options = parser.parse_args()
    try:
        site = enrolled_site(options.site, options.fingerprint)
        memory = json.loads(read_once(options.remembered, 1 << 30)) if options.remembered else new_memory()
        for receipt in options.issued:
            note_receipt(memory, read_once(receipt, answers.RECEIPT + 1))
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
