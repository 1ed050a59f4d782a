"""Makes sites, logs, seals, site files, station logs and bundles from docs/formats alone: line.md, record.md, tree.md,
seal.md, site-file.md, bundle.md. Shares no code with the product: SHA-256, BLAKE2b and base64 of Python, Ed25519 of
python3-nacl, compression by the stock `zstd`. Keys come from seeds, so the same calls give the same bytes.

Nothing here prevents a false bundle: build() takes a function for each stage that may alter what the honest maker
would have written, and everything after that stage is made anew to fit."""
import base64
import hashlib
import json
import pathlib
import subprocess
import tempfile

from nacl.signing import SigningKey

WALL = 1790000000000
LEVEL = 3
EXPORT_NOTE = "signature of a bundle by tally-packager"


def zstd_version():
    said = subprocess.run(["zstd", "--version"], capture_output=True, text=True, check=True).stdout
    return said.split(" v")[1].split(",")[0]


def sha256(data):
    return hashlib.sha256(data).digest()


def canonical(fields):
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


def signing_key(seed):
    return SigningKey(sha256(seed.encode()))


def point_of(key):
    return bytes(key.verify_key)


def signature_by(key, message):
    return key.sign(message).signature


class Tree:
    """The compact range of tree.md."""

    def __init__(self):
        self.subtrees = []  # (leaves, hash), largest first
        self.size = 0

    def append(self, line):
        self.subtrees.append((1, sha256(b"\0" + line)))
        self.size += 1
        while len(self.subtrees) > 1 and self.subtrees[-1][0] == self.subtrees[-2][0]:
            (leaves, left), (_, right) = self.subtrees[-2:]
            self.subtrees[-2:] = [(2 * leaves, sha256(b"\1" + left + right))]

    def root(self):
        if not self.subtrees:
            return sha256(b"")
        root = self.subtrees[-1][1]
        for _, left in reversed(self.subtrees[:-1]):
            root = sha256(b"\1" + left + root)
        return root

    def range(self):
        return [hashed.hex() for _, hashed in self.subtrees]


class Log:
    """A log and all keys it ever had. `branch` tells later keys of copies of one machine apart."""

    def __init__(self, seed, role, label, site="SITE1", branch="", host=None, **genesis):
        self.seed, self.branch, self.label = seed, branch, label
        self.lines, self.tree, self.epoch = [], Tree(), 0
        self.key = signing_key(seed)
        self.first_key = point_of(self.key).hex()
        name = sha256(f"tally-log-v1\n{self.first_key}".encode())
        self.host = host or "H" + base64.b32encode(name).decode()[:24]
        self.boot, self.up, self.wall = "b" * 32, 5000, WALL
        self.kept_keys = {0: self.key}
        self.states = {0: ([], 0, self.first_key, sha256(b"").hex())}
        self.add("genesis", **{"key": self.first_key, "machine": "a" * 64, "role": role, "site": site,
                               "label": label, "version": "0.1.0", **genesis})

    def stamped(self, record, /, **fields):
        return {"host": self.host, "seq": self.tree.size, "t": record, "boot": self.boot, "up": self.up,
                "wall": self.wall, **fields}

    def add(self, record, /, **fields):
        self.append(canonical(self.stamped(record, **fields)))

    def append(self, line, milliseconds=1000):
        self.lines.append(line)
        self.tree.append(line)
        self.up += milliseconds
        self.wall += milliseconds

    def next_key(self):
        return signing_key(f"{self.seed}{self.branch} epoch {self.epoch + 1}")

    def seal(self, key=None, alter=None, sign=None, next_point=None, sealed=None):
        """alter: changes the fields before they are signed; sign: what is signed; key: instead of the epoch's; sealed:
        changes them afterwards."""
        following = self.next_key()
        fields = self.stamped("seal", epoch=self.epoch, root=self.tree.root().hex(), reason="request",
                              erasure="best_effort", next=(next_point or point_of(following)).hex())
        if alter:
            alter(fields)
        signed = b"tally-seal-v1\n" + canonical(fields)
        fields["sig"] = signature_by(key or self.key, sign(signed) if sign else signed).hex()
        if sealed:
            sealed(fields)
        self.append(canonical(fields))
        self.epoch, self.key = self.epoch + 1, following
        self.kept_keys[self.epoch] = following
        self.states[self.tree.size] = (self.tree.range(), self.epoch, point_of(following).hex(),
                                       self.tree.root().hex())

    def session(self, number, at=1651363200, source="flexnet:S:d"):
        start = self.tree.size
        self.add("start", src=source, daemon="d", feature="F1", user=f"u{number}", client="c1", layer="package", at=at)
        self.add("end", start=start, kind="returned", at=at + 60)

    def imported(self, first, last, source="flexnet:S:d", digest="d" * 64):
        self.add("import", src=source, format="flexnet", name="d.log", digest=digest, zone="Europe/Madrid", lines=2,
                 first=first, last=last, counts={"new": 2})

    def row(self, first, following):
        subtrees, epoch, key, _ = self.states[first]
        return {"host": self.host, "first": first, "next": following, "range": subtrees,
                "root": self.states[following][3], "epoch": epoch, "key": key}


class Signer:
    """A key of minisign's kind; `id` is what stock keys choose at random and ours derive."""

    def __init__(self, seed, key_id=None):
        self.key = signing_key(seed)
        self.point = point_of(self.key)
        self.id = key_id or sha256(self.point)[:8]
        self.text = base64.b64encode(b"Ed" + self.id + self.point).decode()

    def sign(self, data, comment, prehashed=True):
        """(second line, fourth line) of a signature file."""
        message = hashlib.blake2b(data).digest() if prehashed else data
        value = signature_by(self.key, message)
        whole = signature_by(self.key, value + comment.encode())
        return (base64.b64encode((b"ED" if prehashed else b"Ed") + self.id + value).decode(),
                base64.b64encode(whole).decode())

    def signature_file(self, data, comment, note=EXPORT_NOTE, prehashed=True):
        value, whole = self.sign(data, comment, prehashed)
        return f"untrusted comment: {note}\n{value}\ntrusted comment: {comment}\n{whole}\n".encode()


def site_line(fields, signers, comment=None, reverse=False):
    """A version of a site file: `fields` without `sigs`, signed by each of `signers`."""
    text = canonical(fields)
    said = comment or f"tally-site-1 {fields['site']} {fields['version']}"
    sigs = []
    for signer in sorted(signers, key=lambda signer: signer.text, reverse=reverse):
        value, whole = signer.sign(text, said)
        sigs.append({"comment": said, "global": whole, "key": signer.text, "sig": value})
    return canonical({**fields, "sigs": sigs}) + b"\n"


def officer_list(officers, **until):
    """officers: {Signer: person}; until: {person: size of the station's log}."""
    return [{"key": signer.text, "person": person, **({"until": until[person]} if person in until else {})}
            for signer, person in sorted(officers.items(), key=lambda entry: entry[0].text)]


def fingerprint(site_file):
    fields = json.loads(site_file.split(b"\n")[0])
    fields.pop("sigs")
    return sha256(canonical(fields)).hex()


class Site:
    """A station with its keys, its log, and any number of hosts. Sites of one seed are the same site."""

    def __init__(self, site="SITE1", seed="site", releases=0, zstd=None, branch="", officers=None):
        self.id, self.seed, self.zstd = site, seed, zstd or zstd_version()
        self.officers = officers # {Signer: person}
        self.root, self.exporter, self.verifier = (Signer(f"{seed} {role}") for role in ("root", "export", "verifier"))
        self.station = Log(f"{seed} station", "station", "STATION", site, branch)
        self.hosts, self.exports, self.previous = [], 0, None
        self.site_file = site_line(self.version(releases=releases), [self.root])

    def version(self, number=1, **changes):
        return {"format": "tally-site-1", "site": self.id, "version": number, "roots": [self.root.text],
                "threshold": 1, "log": self.station.first_key, "exports": [self.exporter.text],
                "verifiers": [self.verifier.text], "releases": 0,
                **({"officers": officer_list(self.officers)} if self.officers else {}), **changes}

    def host(self, label="LICSRV", branch="", enrol=True, **genesis):
        log = Log(f"{self.seed} host {label}", "recorder", label, self.id, branch, **genesis)
        self.hosts.append(log)
        if enrol:
            self.enrol(log)
        return log

    def enrol(self, log, **changes):
        self.station.add("enrol", **{"log": log.host, "key": log.first_key, "label": log.label, "machine": "a" * 64,
                                     "group": "ALL", **changes})

    def arrive(self, log, first=0, **changes):
        self.station.add("arrived", **{"log": log.host, "first": first, "next": log.tree.size,
                                       "root": log.tree.root().hex(), **changes})

    def draft(self, first=None, **announced):
        """Announces and seals an export of everything sealed, of each log from first[log] on."""
        self.exports += 1
        wall = self.station.wall
        self.station.add("export", **{"agreement": "AGR", "n": self.exports, "label": "ALL", "level": LEVEL,
                                      "zstd": self.zstd, **announced})
        self.station.seal()
        draft = Draft(self, wall)
        for log in [self.station, *self.hosts]:
            draft.add(log, (first or {}).get(log, 0))
        return draft

    def exported(self, bundle):
        self.previous = sha256(bundle).hex()
        self.station.add("exported", agreement="AGR", n=self.exports, digests=[self.previous])


class Draft:
    """What an export is to hold, before it is written down."""

    def __init__(self, site, created):
        self.site_file, self.signer = site.site_file, site.exporter
        self.rows, self.slices = [], []
        self.head = {"format": "tally-bundle-1", "site": site.id, "agreement": "AGR", "label": "ALL",
                     "created": created, "n": site.exports, "volume": {"k": 1, "n": 1},
                     "zstd": {"level": LEVEL, "version": site.zstd}}
        if site.previous:
            self.head["previous"] = site.previous

    def add(self, log, first=0, following=None):
        following = max(log.states) if following is None else following
        self.rows.append(log.row(first, following))
        self.slices.append(list(log.lines[first:following]))


packed_before = {}


def compress(raw, level=LEVEL, *options):
    wanted = (raw, level, options)
    if wanted not in packed_before:
        with tempfile.TemporaryDirectory() as directory:
            file = pathlib.Path(directory, "raw")
            file.write_bytes(raw)
            packed_before[wanted] = subprocess.run(
                ["zstd", f"-{level}", "--single-thread", *(options or ("--check", "--content-size")), "-q", "-c",
                 str(file)], capture_output=True, check=True).stdout
    return packed_before[wanted]


def ustar_header(name, size):
    header = bytearray(512)
    for at, field in ((0, name.encode()), (100, b"0000644"), (108, b"0000000"), (116, b"0000000"),
                      (124, b"%011o" % size), (136, b"00000000000"), (148, b" " * 8), (156, b"0"),
                      (257, b"ustar\00000"), (329, b"0000000"), (337, b"0000000")):
        header[at:at + len(field)] = field
    return summed(header)


def summed(header):
    header = bytearray(header)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header)


def member(name, data):
    return ustar_header(name, len(data)) + data + b"\0" * (-len(data) % 512)


def manifest_of(head, members):
    return {**head, "members": [{"name": name, "raw": len(raw), "size": len(packed), "sha256": sha256(packed).hex()}
                                for name, raw, packed in members]}


def lines_name(number):
    return f"LINES_{number:04d}.jsonl.zst"


def unaltered(made):
    return made


def build(draft, rows=unaltered, lines=unaltered, raws=unaltered, members=unaltered, manifest=unaltered,
          manifest_line=unaltered, archive=unaltered, file=unaltered, signature=unaltered, signer=None, comment=None):
    """(bundle, signature file). Each stage's function gets what the honest maker has, and gives what stands instead:
    rows [dict], lines [[bytes]] by log, raws [bytes] by LINES member, members [(name, raw, packed)] without the
    manifest, manifest {…}, manifest_line bytes, archive [bytes] by member, file bytes, signature bytes."""
    made_rows = rows([dict(row) for row in draft.rows])
    hosts = b"".join(row if isinstance(row, bytes) else canonical(row) + b"\n" for row in made_rows)
    text = b"".join(line + b"\n" for log in lines([list(log) for log in draft.slices]) for line in log)
    made = [("HOSTS.jsonl", hosts, hosts), ("SITE.jsonl", draft.site_file, draft.site_file)]
    for number, raw in enumerate(raws([text]), 1):
        level = draft.head["zstd"]["level"]
        made.append((lines_name(number), raw, compress(raw, level)) if level else
                    (lines_name(number).removesuffix(".zst"), raw, raw))
    made = members(made)
    head = manifest(manifest_of(draft.head, made))
    text = manifest_line(canonical(head) + b"\n")
    pieces = archive([member("MANIFEST.json", text)] + [member(name, packed) for name, _, packed in made])
    bundle = file(b"".join(pieces) + bytes(1024))
    volume = head.get("volume") or {}
    said = comment or f"tally-export-1 {head.get('site')} {head.get('n')} {volume.get('k')}/{volume.get('n')}"
    return bundle, signature((signer or draft.signer).signature_file(bundle, said))
