"""The archive of docs/formats/bundle.md: rebuilt from (name, size) and compared, then unpacked within known bounds."""
import functools
import hashlib
import re
import subprocess
import tempfile

import canonical
import logs
from canonical import Defect, is_count, is_hex, is_name, require, well_formed

BLOCK, LINES_LIMIT = 512, 8 << 20
LARGEST = {"HOSTS.jsonl": 65536 * 4097, "SITE.jsonl": 1024 * 4097}  # of other members: LINES_LIMIT and 64 KiB
MANIFEST_FIELDS = {"format", "site", "agreement", "label", "created", "n", "volume", "zstd", "members"}
VERSION = re.compile(r"(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})")
MANIFEST_OPTIONAL = {"audience", "previous", "receipt", "cut", "until"}
MEMBER_FIELDS = {"name", "raw", "sha256", "size"}


def header(name, size):
    block = bytearray(BLOCK)
    for at, field in ((0, name.encode()), (100, b"0000644\0"), (108, b"0000000\0"), (116, b"0000000\0"),
                      (124, b"%011o\0" % size), (136, b"00000000000\0"), (148, b" " * 8), (156, b"0"),
                      (257, b"ustar\00000"), (329, b"0000000\0"), (337, b"0000000\0")):
        block[at:at + len(field)] = field
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def name_in(block):
    """The name in a header that is one of this format, None in any other block."""
    name = re.match(rb"[A-Za-z0-9._]{0,100}", block).group().decode()
    size = block[124:135]
    return name if re.fullmatch(rb"[0-7]{11}", size) and block == header(name, int(size, 8)) else None


def parse_manifest(content):
    well_formed(content.endswith(b"\n"), "the manifest does not end with a line end")
    manifest = canonical.parse(content[:-1], canonical.MANIFEST)
    well_formed(MANIFEST_FIELDS <= set(manifest) <= MANIFEST_FIELDS | MANIFEST_OPTIONAL,
                "not exactly the fields of a manifest")
    well_formed(manifest["format"] == "tally-bundle-1", "another format")
    well_formed(all(is_name(manifest[field]) for field in ("site", "agreement", "label")), "no name")
    well_formed(all(is_hex(manifest[field], 64) for field in ("audience", "previous") if field in manifest),
                "no SHA-256 in hex")
    well_formed(is_count(manifest["created"]) and is_count(manifest["n"], 1) and is_count(manifest.get("until", 0)),
                "a number out of range")
    volume, zstd = manifest["volume"], manifest["zstd"]
    well_formed(isinstance(volume, dict) and set(volume) == {"k", "n"} and is_count(volume["n"], 1)
                and is_count(volume["k"], 1), "no volume")
    well_formed(isinstance(zstd, dict) and set(zstd) == {"level", "version"} and is_count(zstd["level"])
                and isinstance(zstd["version"], str) and VERSION.fullmatch(zstd["version"]), "no zstd")
    require(manifest["n"] <= 999999 and max(volume.values()) <= 99 and zstd["level"] <= 19, "LIMIT_EXCEEDED",
            "a number too high")
    well_formed(volume["k"] <= volume["n"], "a volume behind the last")
    if "receipt" in manifest:
        check_receipt(manifest["receipt"])
    if "cut" in manifest:
        check_cut(manifest["cut"], volume["k"])
    check_members(manifest["members"], zstd["level"])
    return manifest


def check_receipt(receipt):
    well_formed(isinstance(receipt, dict) and set(receipt) == {"challenge", "hash", "n"} and is_count(receipt["n"], 1)
                and is_hex(receipt["hash"], 64) and is_hex(receipt["challenge"], 32), "no receipt")
    require(receipt["n"] <= 999999, "LIMIT_EXCEEDED", "a number too high")


def check_cut(cut, volume):
    well_formed(isinstance(cut, dict) and set(cut) == {"host", "first", "epoch", "key", "range"}, "no cut")
    require(not is_count(cut["first"], logs.SIZES), "LIMIT_EXCEEDED", "a cut behind every line")
    logs.check_start(cut)
    well_formed(volume > 1 and cut["first"] > 0, "a cut where nothing is cut")


def check_members(members, level):
    well_formed(isinstance(members, list), "members is no list")
    for member in members:
        well_formed(isinstance(member, dict) and set(member) == MEMBER_FIELDS and isinstance(member["name"], str)
                    and is_hex(member["sha256"], 64) and is_count(member["raw"], 1)
                    and is_count(member["size"], 1), "no member")
    ending = ".jsonl.zst" if level else ".jsonl"
    names = [member["name"] for member in members]
    expected = ["HOSTS.jsonl", "SITE.jsonl"] + [f"LINES_{i:04}{ending}" for i in range(1, max(2, len(names) - 1))]
    require(len(names) <= 2 + 4096, "LIMIT_EXCEEDED", "more than 4096 members of lines")
    for name, wanted in zip(names, expected):
        well_formed(name == wanted or name.removesuffix(".zst") != wanted.removesuffix(".zst"),
                    f"{name} where the level asks for {wanted}")
        code = "MISSING_MEMBER" if name.startswith("LINES_") or name == "SITE.jsonl" else "EXTRA_MEMBER"
        require(name == wanted, code, f"{name} where {wanted} belongs")
    require(len(names) >= len(expected), "MISSING_MEMBER", "a member is missing")
    for member in members:
        largest = LARGEST.get(member["name"], LINES_LIMIT + (64 << 10))
        require(member["size"] <= largest, "LIMIT_EXCEEDED", f"{member['name']} of more than {largest} bytes")
    for member in members[2:]:
        require(member["raw"] <= LINES_LIMIT, "LIMIT_EXCEEDED", f"{member['name']} decompresses to more than 8 MiB")
    for member in members if not level else members[:2]:
        well_formed(member["raw"] == member["size"], f"{member['name']} is not compressed")


class Archive:
    """Walks the file; what was found up to the first defect stays."""

    def __init__(self, content):
        self.content, self.manifest, self.members, self.defect = content, None, {}, None
        try:
            self._walk()
        except Defect as defect:
            self.defect = defect

    def _take(self, at, size):
        require(at + size <= len(self.content), "TRUNCATED", "the file ends before the end of the archive")
        return self.content[at:at + size]

    def _member(self, at, name, size):
        well_formed(self._take(at, BLOCK) == header(name, size), f"the header of {name} is not its one spelling")
        content = self._take(at + BLOCK, size)
        padding = -size % BLOCK
        well_formed(not any(self._take(at + BLOCK + size, padding)), f"the padding behind {name} is not zero")
        return content, at + BLOCK + size + padding

    def _walk(self):
        size_field = self._take(0, BLOCK)[124:135]
        name = name_in(self.content[:BLOCK])
        require(name in (None, "MANIFEST.json"), "MISSING_MEMBER", f"{name} where the manifest belongs")
        well_formed(name, "the first header is not that of a manifest")
        size = int(size_field, 8)
        require(size <= canonical.MANIFEST + 1, "LIMIT_EXCEEDED", "a manifest larger than 1 MiB")
        content, at = self._member(0, "MANIFEST.json", size)
        self.manifest = parse_manifest(content)
        names = [member["name"] for member in self.manifest["members"]]
        for member in self.manifest["members"]:
            block = self._take(at, BLOCK)
            there = name_in(block)
            require(any(block), "MISSING_MEMBER", f"the archive ends before {member['name']}")
            if there not in (None, member["name"]):
                raise Defect("MISSING_MEMBER" if there in names else "EXTRA_MEMBER",
                             f"{there} where {member['name']} belongs")
            self.members[member["name"]], at = self._member(at, member["name"], member["size"])
        require(name_in(self._take(at, BLOCK)) is None, "EXTRA_MEMBER", "a member behind those of the manifest")
        well_formed(not any(self._take(at, 2 * BLOCK)), "the end is not zero")
        well_formed(at + 2 * BLOCK == len(self.content), "bytes after the end")


def parse_archive(content):
    """[(name, content)] of a strict archive, whatever its members are."""
    members, at = [], 0
    while any(content[at:at + BLOCK]):
        name = name_in(content[at:at + BLOCK])
        well_formed(name, "a header that is not its one spelling")
        data = at + BLOCK
        size = int(content[at + 124:at + 135], 8)
        at = data + size + -size % BLOCK
        require(at <= len(content), "TRUNCATED", "the file ends inside a member")
        well_formed(not any(content[data + size:at]), f"the padding behind {name} is not zero")
        members.append((name, content[data:data + size]))
    well_formed(content[at:] == bytes(2 * BLOCK), "the end is not 1024 zeros")
    return members


def check_frame(frame):
    """The content size of one frame with checksum, window of at most 8 MiB, no dictionary, no byte after it."""
    well_formed(frame[:4] == b"\x28\xb5\x2f\xfd" and len(frame) > 5, "no zstd frame")
    descriptor, at = frame[4], 5
    single, dictionary, size_bytes = descriptor >> 5 & 1, descriptor & 3, (0, 2, 4, 8)[descriptor >> 6]
    size_bytes = 1 if single and not size_bytes else size_bytes
    well_formed(descriptor & 0x18 == 0 and descriptor & 4 and not dictionary and size_bytes,
                "a frame without checksum or content size, with a dictionary, or with reserved bits")
    window = 0
    if not single:
        exponent, mantissa = frame[at] >> 3, frame[at] & 7
        window, at = (1 << 10 + exponent) * (8 + mantissa) // 8, at + 1
    size = int.from_bytes(frame[at:at + size_bytes], "little") + (256 if size_bytes == 2 else 0)
    well_formed((size if single else window) <= LINES_LIMIT, "a window of more than 8 MiB")
    at += size_bytes
    last = False
    while not last:
        well_formed(at + 3 <= len(frame), "the frame ends inside a block")
        block = int.from_bytes(frame[at:at + 3], "little")
        last, kind, length = block & 1, block >> 1 & 3, block >> 3
        well_formed(kind != 3, "a reserved type of block")
        at += 3 + (1 if kind == 1 else length)
    well_formed(at + 4 == len(frame), "the frame is longer or shorter than its file")
    return size


def decompress(frame, raw):
    well_formed(check_frame(frame) == raw, "another content size than is stated")
    with tempfile.TemporaryFile() as file:
        file.write(frame)
        file.seek(0)
        with subprocess.Popen(["zstd", "-dcq", "-M8MB"], stdin=file, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as process:
            content = process.stdout.read(raw + 1)
            process.kill()
    well_formed(len(content) == raw, "does not decompress to what the manifest says")
    return content


@functools.lru_cache
def zstd_version():
    told = subprocess.run(["zstd", "--version"], capture_output=True, text=True, check=True).stdout
    return re.search(r"v(\d+\.\d+\.\d+)", told).group(1)


@functools.lru_cache(maxsize=8)
def compress(content, level):
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return subprocess.run(["zstd", f"-{level}", "--single-thread", "--check", "--content-size", "-qc", file.name],
                              capture_output=True, check=True).stdout


def digest(content):
    return hashlib.sha256(content).hexdigest()
