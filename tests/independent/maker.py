"""Makes whole bundles with keys of its own, so that a test can alter one thing at any depth and make everything above
it anew: a record with its tree, seals and station; a row; a member; the archive; the signature."""
import base64
import copy
import hashlib
import json

from nacl import bindings

import canonical
import container
import logs

BOOT, MACHINE = "5d" * 16, "ab" * 32
START = 1790000000000
STATION, DESIGN, PLANT, QUIET = "STATION", "DESIGN", "PLANT", "QUIET"


def key_pair(*name):
    """(point, secret of libsodium), the same for the same name."""
    return bindings.crypto_sign_seed_keypair(hashlib.sha256("/".join(map(str, name)).encode()).digest())


def signed(message, secret):
    return bindings.crypto_sign(message, secret)[:64]


class MinisignKey:
    def __init__(self, *name):
        self.point, self.secret = key_pair(*name)
        self.id = hashlib.sha256(self.point).digest()[:8]

    def text(self):
        return base64.b64encode(b"Ed" + self.id + self.point).decode()

    def sign(self, content, comment):
        """The second and fourth line of a signature file."""
        signature = signed(hashlib.blake2b(content).digest(), self.secret)
        closing = signed(signature + comment.encode(), self.secret)
        return base64.b64encode(b"ED" + self.id + signature).decode(), base64.b64encode(closing).decode()

    def signature_file(self, content, comment, untrusted="signature of a bundle by tally-packager"):
        line, closing = self.sign(content, comment)
        return f"untrusted comment: {untrusted}\n{line}\ntrusted comment: {comment}\n{closing}\n".encode()


class LogMaker:
    """One log: records in, sealed lines out."""

    def __init__(self, label, role="recorder"):
        self.label, self.role = label, role
        self.key = key_pair(label, 0)[0].hex()
        self.host = logs.name_of_log(self.key)
        self.records = [{"t": "genesis", "key": self.key, "machine": MACHINE, "role": role, "site": "SITE1",
                         "label": label, "version": "0.1.0"}]

    def add(self, t, **fields):
        self.records.append({"t": t, **fields})

    def seal(self, reason="request"):
        self.add("seal", reason=reason)

    def lines(self, edit=None, reseal=True):
        """The lines; `edit` may alter the finished records, before seals sign them. An edited record in which `seq`,
        `wall` or others stand keeps them."""
        lines, tree, epoch = [], logs.Tree(), 0
        records = copy.deepcopy(self.records)
        if edit:
            edit(records)
        for seq, fields in enumerate(records):
            raw = fields.pop("raw", None)
            record = {"host": self.host, "seq": seq, "boot": BOOT, "up": 1000 + seq, "wall": START + seq, **fields}
            if record.get("t") == "seal" and not raw:
                point, secret = key_pair(self.label, epoch)
                record = {"epoch": epoch, "erasure": "best_effort", "root": tree.root(),
                          "next": key_pair(self.label, epoch + 1)[0].hex(), **record}
                if "sig" not in record:
                    record["sig"] = signed(b"tally-seal-v1\n" + canonical.spelled(record), secret).hex()
                epoch += 1
            line = raw or canonical.spelled(record)
            lines.append(line)
            tree.append(line)
        return lines

    def root(self, lines, size):
        tree = logs.Tree()
        for line in lines[:size]:
            tree.append(line)
        return tree.root()


ORIGIN = {"src": "flexnet:server:adskflex", "daemon": "adskflex"}
PERSON = {**ORIGIN, "feature": "64300ACD_F", "user": "M%C3%BCller", "client": "wal00265"}


def use(log, first, sessions):
    """Every type of usage record."""
    file = {"src": ORIGIN["src"], "format": "flexnet", "name": "adskflex.log", "digest": "cd" * 32,
            "zone": "Europe/Madrid", "first": first, "last": first + 900}
    log.add("importing", **file)
    log.add("packages", src=ORIGIN["src"], package="64300ACD_F", components=["ACD_2022_0F", "ACD_2021_0F"])
    log.add("server", **ORIGIN, at=first, verb="started")
    orphan = len(log.records)
    log.add("end", **PERSON, layer="feature", orphan=1, kind="returned", at=first + 5)
    log.add("start", **PERSON, layer="feature", end=orphan, at=first + 1, package="64300ACD_F", cdata="x")
    for i in range(sessions):
        start = len(log.records)
        log.add("start", **PERSON, layer="package", at=first + i, count=1 + i % 2)
        if i % 3 == 0:
            log.add("end", start=start, kind="returned", at=first + i + 500)
        elif i % 3 == 1:
            log.add("end", start=start, kind="server_shutdown", inferred=1, at_from=first + i, at_to=first + i + 60)
        else:
            log.add("open", start=start, at=first + 900)
    for t, verb in (("denial", "DENIED"), ("queue", "QUEUED"), ("notice", "UPGRADE")):
        log.add(t, **PERSON, at=first + 700, verb=verb, count=1, reason="")
    log.add("import", **file, lines=3 * sessions, counts={"out": sessions, "in": sessions}, bad=[4, 17])


def watched(log, first):
    """Every type of record of what a host sees itself."""
    log.add("identity", name="design01", domain="plant.example", address="10.1.0.7", os="linux", at=first)
    log.add("installed", feature="revit", version="2026", at=first)
    start = len(log.records)
    log.add("start", src="host", feature="revit", user="hig", client="design01", layer="feature", at=first + 10,
            version="2026", account="HOLM%5Chig", addr="10.1.0.7", pool="X", fidelity="exact", idle=1, borrow=first + 99,
            **{"class": "interactive"})
    log.add("used", start=start, name="NASTRAN", count=3)
    log.add("idle", start=start, **{"from": first + 20, "to": first + 30})
    log.add("commands", start=start, name="TRIM", started=5, completed=3, cancelled=1, undone=1)
    log.add("sample", start=start, kind="open", at=first + 12, ms=2310, bytes=4718592)
    log.add("end", start=start, kind="lost_reboot", at_from=first + 30, at_to=first + 60)
    log.add("gap", kind="host_off", how="boot", **{"from": first + 60, "to": first + 90})
    log.add("loss", src="host", count=4, **{"from": first + 90, "to": first + 90})
    log.add("removed", feature="revit", version="2026", at=first + 100)


def told(log):
    """What a host writes about its own policy and consent."""
    log.add("instructed", digest="1a" * 32, fingerprint="1b" * 32, version=1, n=1, policy="1c" * 32, epoch=1)
    log.add("policy", digest="1c" * 32, epoch=1, rules={"user": "pseudonym"}, clear=1)
    log.add("consent", about="persons", state="given", basis="works agreement", at=1651700000)


def acts(station, agreement, log):
    """Every act of a station that is not part of the way of the lines, and its words."""
    since = {"agreement": agreement, "reason": "as told", "from": 1600000000}
    station.add("site", version=1, digest="2a" * 32)
    station.add("agreement", agreement=agreement, licensee="Nordwerk AG", cadence="quarterly", zone="UTC", due=10,
                grace=5, since=20454, until=20818)
    station.add("policy", digest="1c" * 32, epoch=1)
    station.add("issued", what="package", log=log.host, digest="1a" * 32)
    station.add("declare", kind="nil", about="", to=1600000900, sessions=0, products=["revit"], **since)
    station.add("declare", kind="nil", about="", to=1600000900, sessions=0, **since)
    station.add("declare", kind="justification", about="", **since)
    station.add("amend", log=log.host, line=3, to=1600000900, **since)
    station.add("disclosed", what="line", about=log.host, line=3)
    station.add("release", agreement=agreement, n=1, digest="2b" * 32, officer="ANNA", key="2C" * 8)
    station.add("written", agreement=agreement, n=1, digests=["2b" * 32], medium="A", filesystem="vfat",
                method="direct")
    station.add("receipt", agreement=agreement, n=1, digest="2d" * 32, status="OK", verifier="2E" * 8,
                bundles=["2b" * 32])
    station.add("pruned", log=log.host, below=0)


class Estate:
    """A site with a station and three hosts, and its first export (or its second, when `exports` is 2): stored or
    compressed, `until` an instant, and one volume of a set when `volume` is (k, ends), each end the number of seals up
    to there. `policy`: further fields of its site file."""

    def __init__(self, exports=1, level=3, until=None, volume=None, policy=None):
        self.policy = policy or {}
        self.site, self.agreement, self.label, self.n = "SITE1", "DEFAULT", "USAGE", exports
        self.level, self.until, self.volume = level, until, volume
        self.root, self.export, self.other = MinisignKey("root"), MinisignKey("export"), MinisignKey("other")
        self.station = LogMaker(STATION, "station")
        self.hosts = [LogMaker(DESIGN), LogMaker(PLANT), LogMaker(QUIET)]
        design, plant, _ = self.hosts
        told(design)
        use(design, 1651732940, 6)
        watched(design, 1651732940)
        design.add("clock", **{"from": START + 5000, "to": START + 9000})
        design.seal()
        design.add("later_type", anything="x")
        design.seal()
        use(plant, 1651700000, 3)
        plant.seal()
        self.history = []
        for host in self.hosts:
            self.history.append(("enrol", host))
        self.history += [("arrived", design, 0, len(design.records)), ("arrived", plant, 0, len(plant.records)),
                         ("retire", plant), ("declare", plant), ("acts", plant), ("export", 1)]
        if exports == 2:
            before = len(design.records)
            use(design, 1651800000, 2)
            design.seal()
            self.history += [("exported", 1), ("arrived", design, before, len(design.records)), ("export", 2)]
        self.previous = None

    def site_file(self, edit=None, log=None, signers=None):
        version = {"format": "tally-site-1", "site": self.site, "version": 1, "roots": [self.root.text()],
                   "threshold": 1, "log": log or self.station.key, "exports": [self.export.text()], "verifiers": [],
                   "releases": 0}
        version |= self.policy
        if edit:
            edit(version)
        text = canonical.spelled(version)
        comment = f"tally-site-1 {version['site']} {version['version']}"
        version["sigs"] = []
        for signer in sorted(signers or [self.root], key=MinisignKey.text):
            line, closing = signer.sign(text, comment)
            version["sigs"].append({"comment": comment, "global": closing, "key": signer.text(), "sig": line})
        return canonical.spelled(version) + b"\n"

    def station_records(self, host_lines):
        """Fills the station's log from the history; arrivals name the trees of these lines."""
        self.station.records = self.station.records[:1]
        for event, *what in self.history:
            if event == "enrol":
                self.station.add("enrol", log=what[0].host, key=what[0].key, label=what[0].label, group="",
                                 machine=MACHINE)
            elif event == "arrived":
                host, first, after = what
                self.station.add("arrived", log=host.host, first=first, next=after,
                                 root=host.root(host_lines[host.host], after))
            elif event == "retire":
                self.station.add("retire", log=what[0].host, at=1651800000, reason="scrapped")
            elif event == "declare":
                self.station.add("declare", kind="gap", agreement=self.agreement, about=what[0].host, reason="repair",
                                 **{"from": 1651700000, "to": 1651800000})
            elif event == "acts":
                acts(self.station, self.agreement, what[0])
            elif event == "export":
                until = {} if self.until is None or what[0] != self.n else {"until": self.until}
                self.station.add("export", agreement=self.agreement, n=what[0], label=self.label,
                                 level=self.level if what[0] == self.n else 3, zstd=container.zstd_version(), **until)
            else:
                self.station.add("exported", agreement=self.agreement, n=what[0], digests=[self.previous])
            self.station.seal("collect" if event == "arrived" else event)

    def make(self, edits=None):
        """(bundle, signature). `edits` maps a stage to a function: `records` (label → function over its records),
        `lines` (over [(host, line)]), `row`, `site`, `manifest`, `members` (over [[name, bytes, raw]]), `archive`,
        `file` (over the bytes), `signer`, `comment`, `signature`."""
        edits = edits or {}
        altered = edits.get("records", {})
        lines = {host.host: host.lines(altered.get(host.label)) for host in self.hosts}
        self.station_records(lines)
        lines = {self.station.host: self.station.lines(altered.get(STATION)), **lines}
        makers = [self.station, *self.hosts]
        for host in self.hosts:
            lines[host.host] = self.up_to_until(lines[host.host])
        rows = [{"host": maker.host, "first": 0, "next": len(lines[maker.host]), "range": [], "epoch": 0,
                 "key": maker.key, "root": maker.root(lines[maker.host], len(lines[maker.host]))} for maker in makers]
        self.quiet(rows, lines)
        sequence = [(row["host"], line) for row in rows for line in lines[row["host"]]]
        cut, sequence = self.sliced(rows, sequence, lines)
        if "lines" in edits:
            sequence = edits["lines"](sequence)
        if "rows" in edits:
            rows = edits["rows"](rows)
        return self.pack(rows, sequence, edits, cut)

    def up_to_until(self, lines):
        for number, line in enumerate(lines, 1):
            if self.until is not None and b'"t":"seal"' in line and json.loads(line)["wall"] >= self.until:
                return lines[:number]
        return lines

    def sliced(self, rows, sequence, lines):
        """(cut or None, the lines of this volume)"""
        if not self.volume:
            return None, sequence
        k, ends = self.volume
        seals = [number for number, (_, line) in enumerate(sequence, 1) if b'"t":"seal"' in line]
        points = [0, *(seals[min(end, len(seals)) - 1] for end in ends), len(sequence)]
        first, after = points[k - 1], points[k]
        before = [line for host, line in sequence[:first] if host == sequence[first][0]] if first < after else []
        if not before:
            return None, sequence[first:after]
        log = next(maker for maker in (self.station, *self.hosts) if maker.host == sequence[first][0])
        tree, epoch = logs.Tree(), sum(b'"t":"seal"' in line for line in before)
        for line in before:
            tree.append(line)
        cut = {"host": log.host, "first": len(before), "epoch": epoch, "key": key_pair(log.label, epoch)[0].hex(),
               "range": tree.range()}
        return cut if len(before) < len(lines[log.host]) else None, sequence[first:after]

    def quiet(self, rows, lines):
        """The log from which nothing has arrived."""
        rows[-1].update(next=0, root=logs.Tree().root())
        lines[rows[-1]["host"]] = []

    def pack(self, rows, sequence, edits, cut):
        hosts = b"".join(row if isinstance(row, bytes) else canonical.spelled(row) + b"\n" for row in rows)
        raw = b"".join(line + b"\n" for _, line in sequence)
        members = [["HOSTS.jsonl", hosts, None], ["SITE.jsonl", self.site_file(), None],
                   ["LINES_0001.jsonl.zst", container.compress(raw, self.level), len(raw)] if self.level else
                   ["LINES_0001.jsonl", raw, len(raw)]]
        if "members" in edits:
            members = edits["members"](members)
        created = next((record.get("wall", START + seq) for seq, record in reversed(list(enumerate(
            self.station.records))) if record["t"] == "export" and record["n"] == self.n), START)
        manifest = {"format": "tally-bundle-1", "site": self.site, "agreement": self.agreement, "label": self.label,
                    "created": created, "n": self.n,
                    "volume": {"k": self.volume[0], "n": len(self.volume[1]) + 1} if self.volume else {"k": 1, "n": 1},
                    "zstd": {"level": self.level, "version": container.zstd_version()},
                    "members": [{"name": name, "raw": len(content) if raw is None else raw, "size": len(content),
                                 "sha256": container.digest(content)} for name, content, raw in members]}
        manifest |= {} if cut is None else {"cut": cut}
        manifest |= {} if self.until is None else {"until": self.until}
        if self.previous:
            manifest["previous"] = self.previous
        return self.archive(manifest, members, edits)

    def archive(self, manifest, members, edits):
        if "manifest" in edits:
            manifest = edits["manifest"](manifest)
        line = manifest if isinstance(manifest, bytes) else canonical.spelled(manifest) + b"\n"
        parts = [("MANIFEST.json", line)] + [(name, content) for name, content, _ in members]
        if "archive" in edits:
            parts = edits["archive"](parts)
        file = b"".join(container.header(name, len(content)) + content + bytes(-len(content) % 512)
                        for name, content in parts) + bytes(1024)
        file = edits.get("file", lambda content: content)(file)
        number = manifest if isinstance(manifest, dict) else {}
        volume = number.get("volume", {})
        volume = volume if isinstance(volume, dict) else {}
        comment = (f"tally-export-1 {number.get('site', self.site)} {number.get('n', self.n)} "
                   f"{volume.get('k', 1)}/{volume.get('n', 1)}")
        signer = edits.get("signer", self.export)
        signature = signer.signature_file(file, edits.get("comment", comment))
        return file, edits.get("signature", lambda content: content)(signature)
