#!/usr/bin/python3
"""Every other spelling of an honest bundle that a lenient reader takes for the same: of base64, line ends, comments,
JSON, tar headers and zstd frames. Each is shown to be valid by a stock or lenient decoder (same content), is signed
anew by the export key where that is needed, and must be refused with the code of its kind.

    spellings.py        TALLY_BIN: folder of the programs"""
import base64
import io
import json
import os
import pathlib
import struct
import subprocess
import sys
import tarfile
import tempfile

from victim import Victim, maker

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("TALLY_BIN", ROOT / "build/dev/bin"), "tally-verifier").resolve()
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
LEAST = {"base64": 30, "signature file": 12, "JSON": 120, "tar": 80, "zstd": 40}


class Spellings:
    def __init__(self, victim):
        self.draft, self.signer = victim.drafts[0], victim.vault["export key"]
        self.bundle, self.signature = maker.build(self.draft, signer=self.signer)
        self.all = []  # (kind, what, bundle, signature, code)

    def add(self, kind, what, code="NON_CANONICAL", signature=None, **altered):
        made = maker.build(self.draft, signer=self.signer, **altered)
        if signature is not None:
            made = (self.bundle, signature)
        assert made != (self.bundle, self.signature), f"{what} is the one spelling"
        self.all.append((kind, what, *made, code))


def same_base64(text):
    """Other spellings that decode to the same bytes."""
    pads = len(text) - len(text.rstrip("="))
    body = text.rstrip("=")
    bits = {0: 0, 1: 2, 2: 4}[pads]
    for value in range(1, 1 << bits):
        yield f"pad bits {value}", body[:-1] + ALPHABET[ALPHABET.index(body[-1]) | value] + "=" * pads
    if pads:
        yield "without padding", body
    for at, what in ((10, "space"), (len(body), "space before padding"), (len(text), "space at end")):
        yield what, text[:at] + " " + text[at:]
    yield "TAB inside", text[:8] + "\t" + text[8:]


def decoded(text):
    text = "".join(c for c in text if c in ALPHABET)
    return base64.b64decode(text + "=" * (-len(text) % 4))


def base64_spellings(to, victim):
    lines = to.signature.decode().split("\n")
    for place, name in ((1, "signature"), (3, "global signature")):
        for what, text in same_base64(lines[place]):
            assert decoded(text) == decoded(lines[place]), what
            altered = lines[:place] + [text] + lines[place + 1:]
            to.add("base64", f"{name}: {what}", "BAD_SIGNATURE", "\n".join(altered).encode())
    site = json.loads(victim.site_file)
    for field in ("sig", "global"):
        honest = site["sigs"][0][field]
        for what, text in same_base64(honest):
            assert decoded(text) == decoded(honest), what
            to.draft.site_file = victim.site_file.replace(honest.encode(), text.encode())
            to.add("base64", f"site file {field}: {what}", "SITE_FILE_INVALID")
    to.draft.site_file = victim.site_file


def signature_files(to):
    lines = to.signature.split(b"\n")
    for place in range(4):
        crlf = [line + (b"\r" if at == place else b"") for at, line in enumerate(lines)]
        to.add("signature file", f"CR LF behind line {place + 1}", "BAD_SIGNATURE", b"\n".join(crlf))
    for what, data in (
            ("CR LF everywhere", to.signature.replace(b"\n", b"\r\n")), ("empty line at end", to.signature + b"\n"),
            ("text at end", to.signature + b"more\n"), ("no last LF", to.signature[:-1]),
            ("NUL at end", to.signature + b"\0"), ("space behind line 2", to.signature.replace(b"\ntrusted", b" \ntrusted")),
            ("other first comment", to.signature.replace(b"signature of a bundle", b"bundle")),
            ("empty first comment", b"untrusted comment: \n" + b"\n".join(lines[1:])),
            ("long first comment", b"untrusted comment: " + b"x" * 900 + b"\n" + b"\n".join(lines[1:])),
            ("terminal escape in the first comment", to.signature.replace(b"signature of", b"\x1b[31mof")),
            ("UTF-8 in the first comment", to.signature.replace(b"signature of", "für".encode())),
            ("byte order mark", b"\xef\xbb\xbf" + to.signature)):
        to.add("signature file", what, "BAD_SIGNATURE", data)
    legacy = to.signer.signature_file(to.bundle, "tally-export-1 SITE1 1 1/1", prehashed=False)
    to.add("signature file", "the older form", "BAD_SIGNATURE", legacy)


def outside_strings(line):
    """(offset, character) of the punctuation of a canonical line."""
    inside = False
    for at, character in enumerate(line.decode()):
        inside ^= character == '"'
        if not inside and character in "{}[],:":
            yield at


def json_spellings_of(line):
    """Other spellings of a canonical line that JSON takes for the same value; without LF."""
    for number, at in enumerate(list(outside_strings(line))[:14]):
        for name, space in (("space", b" "), ("TAB", b"\t")):
            yield f"{name} behind sign {number + 1}", line[:at + 1] + space + line[at + 1:]
    yield "space before", b" " + line
    yield "CR at end", line + b"\r"
    fields = json.loads(line)
    keys = list(fields)
    for turn in range(1, min(len(keys), 7)):
        turned = {key: fields[key] for key in keys[turn:] + keys[:turn]}
        yield f"keys turned by {turn}", json.dumps(turned, separators=(",", ":")).encode()
    yield "indented", json.dumps(fields, sort_keys=True).encode()
    for number, key in enumerate(keys[:6]):
        spelt = b'"' + key.encode() + b'":'
        yield f"escape in key {number + 1}", line.replace(spelt, b'"\\u%04x' % ord(key[0]) + key[1:].encode() + b'":', 1)
        if isinstance(fields[key], int):
            digits = spelt + b"%d" % fields[key]
            for name, other in (("fraction", b".0"), ("exponent", b"e0"), ("capital exponent", b"E+0")):
                yield f"{name} in {key}", line.replace(digits, digits + other, 1)
        if isinstance(fields[key], str) and fields[key]:
            value = spelt + b'"' + fields[key].encode() + b'"'
            yield f"escape in {key}", line.replace(value, spelt + b'"\\u%04X' % ord(fields[key][0]) +
                                                   fields[key][1:].encode() + b'"', 1)
        twice = spelt + canonical_value(fields[key])
        yield f"{key} twice", line.replace(twice, twice + b"," + twice, 1)


def canonical_value(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def json_spellings(to, victim):
    manifest = []
    maker.build(to.draft, signer=to.signer, manifest_line=lambda line: manifest.append(line[:-1]) or line)
    for what, text in json_spellings_of(manifest[0]):
        assert json.loads(text) == json.loads(manifest[0]), what
        to.add("JSON", f"manifest: {what}", manifest_line=lambda _, text=text: text + b"\n")
    row = maker.canonical(to.draft.rows[1])
    for what, text in json_spellings_of(row):
        assert json.loads(text) == json.loads(row), what
        to.add("JSON", f"roster: {what}", rows=lambda rows, text=text: [rows[0], text + b"\n", *rows[2:]])
    line = to.draft.slices[1][1]
    for what, text in json_spellings_of(line):
        assert json.loads(text) == json.loads(line), what
        to.add("JSON", f"record: {what}", lines=lambda logs, text=text: [
            logs[0], [logs[1][0], text, *logs[1][2:]], logs[2]])
    for what, text in json_spellings_of(victim.site_file[:-1]):
        assert json.loads(text) == json.loads(victim.site_file), what
        to.draft.site_file = text + b"\n"
        to.add("JSON", f"site file: {what}", "SITE_FILE_INVALID")
    to.draft.site_file = victim.site_file


HEADERS = (("mode without zeros", 100, b"644 \0\0\0\0"), ("mode with type", 100, b"0100644"), ("mode spaces", 100, b"   644 \0"),
           ("uid spaces", 108, b"     0 \0"), ("uid short", 108, b"0\0\0\0\0\0\0"), ("gid spaces", 116, b"     0 \0"),
           ("gid one space", 123, b" "), ("mtime another", 136, b"14360000000"), ("mtime short", 136, b"0\0\0\0\0\0\0\0\0\0\0"),
           ("mtime ends in space", 147, b" "), ("type NUL", 156, b"\0"), ("GNU magic", 257, b"ustar  \0"),
           ("owner", 265, b"root"), ("group", 297, b"root"), ("device empty", 329, bytes(8)), ("device spaces", 329, b"     0 \0"),
           ("minor empty", 337, bytes(8)), ("text behind the end of the name", 60, b"hidden"), ("text behind the fields", 500, b"hidden"))


def tar_content(bundle):
    with tarfile.open(fileobj=io.BytesIO(bundle)) as archive:
        return [(entry.name, archive.extractfile(entry).read()) for entry in archive]


def tar_spellings(to):
    honest = tar_content(to.bundle)

    def add(what, **altered):
        to.add("tar", what, **altered)
        content = tar_content(to.all[-1][2])
        assert content == honest, what

    def with_field(place, at, field):
        def change(archive):
            block = bytearray(archive[place][:512])
            block[at:at + len(field)] = field
            return [*archive[:place], maker.summed(block) + archive[place][512:], *archive[place + 1:]]
        return change

    for place, name in enumerate(("MANIFEST.json", "HOSTS.jsonl", "SITE.jsonl", "LINES_0001")):
        for what, at, field in HEADERS:
            add(f"{name}: {what}", archive=with_field(place, at, field))

        def size_as(archive, make, place=place):
            return with_field(place, 124, make(int(archive[place][124:135], 8)))(archive)
        add(f"{name}: size with spaces", archive=lambda a, f=size_as: f(a, lambda size: b"%11o " % size))
        add(f"{name}: size ends in space", archive=lambda a, f=size_as: f(a, lambda size: b"%011o " % size))
        add(f"{name}: size of twelve digits", archive=lambda a, f=size_as: f(a, lambda size: b"%012o" % size))
        add(f"{name}: size in base 256", archive=lambda a, f=size_as: f(
            a, lambda size: b"\x80" + bytes(3) + struct.pack(">Q", size)))
        for what, spell in (("checksum with spaces", lambda value: b"%6o\0 " % value),
                            ("checksum ends in NUL", lambda value: b"%07o\0" % value),
                            ("checksum ends in space and NUL", lambda value: b"%06o \0" % value)):
            def summed_otherwise(archive, spell=spell, place=place):
                block = archive[place]
                return [*archive[:place], block[:148] + spell(int(block[148:154], 8)) + block[156:], *archive[place + 1:]]
            add(f"{name}: {what}", archive=summed_otherwise)
        if place < 3:
            add(f"{name}: padding", archive=lambda a, place=place: [
                *a[:place], a[place][:-3] + b"pad", *a[place + 1:]])
    for blocks in (1, 2, 7, 16):
        add(f"{blocks} blocks more at the end", file=lambda file, blocks=blocks: file + bytes(512 * blocks))
    add("filled to the stock blocking factor", file=lambda file: file + bytes(-len(file) % 10240))
    add("text behind the end", file=lambda file: file + b"text")


def zstd_spellings(to):
    raw, honest = [], []
    maker.build(to.draft, signer=to.signer, members=lambda made: raw.append(made[2][1]) or honest.append(made[2][2]) or made)
    raw, honest = raw[0], honest[0]
    blocks = 5 + (1, 2, 4, 8)[honest[4] >> 6]
    head, body = honest[:blocks], honest[blocks:]
    made = {}
    for level in range(1, 20):
        made[f"level {level}"] = maker.compress(raw, level)
    made["no checksum"] = maker.compress(raw, 3, "--no-check", "--content-size")
    made["no content size"] = maker.compress(raw, 3, "--check", "--no-content-size")
    for parts in range(2, 8):
        cuts = [len(raw) * part // parts for part in range(parts + 1)]
        made[f"{parts} frames"] = b"".join(maker.compress(raw[a:b]) for a, b in zip(cuts, cuts[1:]))
    for number in (0, 1, 7, 15):
        skippable = struct.pack("<II", 0x184D2A50 + number, 4) + b"word"
        made[f"skippable frame {number} before"] = skippable + honest
        made[f"skippable frame {number} behind"] = honest + skippable
    made["empty skippable frame"] = honest + struct.pack("<II", 0x184D2A50, 0)
    made["empty frame before"] = maker.compress(b"") + honest
    made["empty frame behind"] = honest + maker.compress(b"")
    for count in (1, 2, 3, 50):
        made[f"{count} empty raw blocks"] = head + b"\0\0\0" * count + body
        made[f"{count} empty runs"] = head + b"\2\0\0S" * count + body
    made["one raw block"] = head + struct.pack("<I", len(raw) << 3 | 1)[:3] + raw + honest[-4:]
    half = len(raw) // 2
    made["two raw blocks"] = (head + struct.pack("<I", half << 3)[:3] + raw[:half] +
                              struct.pack("<I", (len(raw) - half) << 3 | 1)[:3] + raw[half:] + honest[-4:])
    made["content size in four bytes"] = honest[:4] + b"\xa4" + struct.pack("<I", len(raw)) + body
    made["content size in eight bytes"] = honest[:4] + b"\xe4" + struct.pack("<Q", len(raw)) + body
    for exponent in (3, 8, 11):
        made[f"window of 2^{10 + exponent}"] = honest[:4] + b"\x44" + bytes([exponent << 3]) + honest[5:]
    made["dictionary id 0"] = honest[:4] + bytes([honest[4] | 1]) + b"\0" + honest[5:]
    for what, frame in made.items():
        if frame != honest:
            plain = subprocess.run(["zstd", "-dcq"], input=frame, capture_output=True, check=False)
            assert plain.stdout == raw and plain.returncode == 0, f"{what}: {plain.stderr}"
            to.add("zstd", what, members=lambda made, frame=frame: made[:2] + [(*made[2][:2], frame)])


def verdicts(spellings, victim, scratch):
    (scratch / "SITE.jsonl").write_bytes(victim.site_file)
    subprocess.run([str(PROGRAM), "trust", "add", scratch / "SITE.jsonl", "--fingerprint",
                    maker.fingerprint(victim.site_file), "--ledger", scratch / "v.db"], check=True, capture_output=True)
    files = []
    for number, (_, _, bundle, signature, _) in enumerate(spellings):
        files.append(scratch / f"{number}.tally")
        files[-1].write_bytes(bundle)
        files[-1].with_name(f"{number}.tally.minisig").write_bytes(signature)
    reports = []
    for at in range(0, len(files), 100):
        ran = subprocess.run([str(PROGRAM), "check", "--json", "--ledger", scratch / "v.db", *files[at:at + 100]],
                             capture_output=True, text=True, check=False)
        assert ran.returncode in (0, 3), ran.stderr
        reports += json.loads(ran.stdout)["bundles"]
    return reports


def main():
    victim = Victim()
    to = Spellings(victim)
    base64_spellings(to, victim)
    signature_files(to)
    json_spellings(to, victim)
    tar_spellings(to)
    zstd_spellings(to)
    wrong = 0
    with tempfile.TemporaryDirectory() as scratch:
        honest, *reports = verdicts([("", "the honest one", to.bundle, to.signature, "")] + to.all, victim,
                                    pathlib.Path(scratch))
    assert honest["verdict"] == "OK", honest["findings"]
    for (kind, what, _, _, code), report in zip(to.all, reports):
        refused = {finding["code"] for finding in report["findings"] if finding["severity"] == "refuse"}
        if report["verdict"] != "REJECTED" or code not in refused:
            wrong += 1
            print(f"{kind}, {what}: {report['verdict']} {sorted(refused)}, expected {code}")
    for kind, least in LEAST.items():
        count = sum(1 for spelling in to.all if spelling[0] == kind)
        print(f"{kind}: {count} spellings")
        assert count >= least, f"fewer than {least}"
    print(f"{len(to.all)} other spellings of one bundle, {wrong} not refused as they must be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
