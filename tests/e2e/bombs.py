#!/usr/bin/python3
"""Bundles made to use up the reader: bombs.py VERIFIER HONEST_BUNDLE DIRECTORY

Each is made here, checked by VERIFIER in a process whose memory is measured (wait4: the largest of it and of its
children), and removed. Refused with the expected code, within the bound of memory and time, or this ends with 1.
TALLY_FULL=1 makes the large ones as large as they are named."""
import hashlib
import json
import os
import pathlib
import resource
import struct
import subprocess
import sys
import tarfile
import time

VERIFIER, HONEST, DIRECTORY = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
FULL = bool(os.environ.get("TALLY_FULL"))
MIB = 1 << 20
MOST_RAW = 8 * MIB
BOUND = 64 * MIB  # for the honest as for the others
SECONDS = 60  # only against what would never end: it is not a measure of speed


def header(name, size):
    made = bytearray(512)
    for at, field in ((0, name.encode()), (100, b"0000644"), (108, b"0000000"), (116, b"0000000"),
                      (124, b"%011o" % size), (136, b"00000000000"), (148, b" " * 8), (156, b"0"),
                      (257, b"ustar\00000"), (329, b"0000000"), (337, b"0000000")):
        made[at:at + len(field)] = field
    made[148:156] = b"%06o\0 " % sum(made)
    return bytes(made)


def member(name, data):
    return header(name, len(data)) + data + bytes(-len(data) % 512)


def zstd(raw, *options):
    return subprocess.run(["zstd", "-q", "-c", "--check", "--single-thread", f"--stream-size={len(raw)}", *options], input=raw,
                          capture_output=True, check=True).stdout


def zeros_in_a_frame(size, *options):
    """Never in memory as a whole."""
    return subprocess.run(f"head -c {size} /dev/zero | zstd -q -c --check --stream-size={size} {' '.join(options)}",
                          shell=True, capture_output=True, check=True).stdout


def declaring(frame, size):
    """The same blocks under a header that declares another content size, in a window of the usual kind."""
    descriptor = frame[4]
    single = descriptor >> 5 & 1
    old = 5 + (0 if single else 1) + {0: single, 1: 2, 2: 4, 3: 8}[descriptor >> 6]
    return frame[:4] + bytes([0xC0 | 0x04]) + bytes([0x68]) + struct.pack("<Q", size) + frame[old:]


class Honest:
    def __init__(self):
        with tarfile.open(HONEST) as archive:
            self.members = [(entry.name, archive.extractfile(entry).read()) for entry in archive.getmembers()]
        self.manifest = json.loads(self.members[0][1])

    def with_lines(self, *packed):
        """(raw size said, bytes) of each LINES member. The honest one comes after them: the smallest member is
        compressed again, and another coding of it would be refused before its lines are read."""
        packed += ((self.manifest["members"][2]["raw"], self.members[3][1]),)
        members = self.members[1:3] + [(f"LINES_{i:04d}.jsonl.zst", data) for i, (_, data) in enumerate(packed, 1)]
        raws = [len(data) for _, data in self.members[1:3]] + [raw for raw, _ in packed]
        return self.listing(members, raws)

    def listing(self, members, raws):
        manifest = dict(self.manifest)
        manifest["members"] = [{"name": name, "raw": raw, "sha256": hashlib.sha256(data).hexdigest(),
                                "size": len(data)} for (name, data), raw in zip(members, raws)]
        return self.under(json.dumps(manifest, separators=(",", ":"), sort_keys=True).encode() + b"\n", members)

    def under(self, manifest, members=None):
        members = self.members[1:] if members is None else members
        return b"".join([member("MANIFEST.json", manifest)] + [member(*entry) for entry in members]) + bytes(1024)


def bombs(honest):
    """name, codes of which one must be found, the file's bytes or a function that writes the file"""
    gib = (1024 if FULL else 256) * MIB
    zeros = zeros_in_a_frame(gib)
    yield "a GiB of zeros", ("NON_CANONICAL", "LIMIT_EXCEEDED"), honest.with_lines((MOST_RAW, zeros))
    yield "a GiB of zeros, said to be 8 MiB", ("NON_CANONICAL", "LIMIT_EXCEEDED"), \
        honest.with_lines((MOST_RAW, declaring(zeros, MOST_RAW)))
    yield "a window of 2 GiB", ("NON_CANONICAL", "LIMIT_EXCEEDED"), \
        honest.with_lines((MOST_RAW, zeros_in_a_frame(gib, "--ultra", "--long=31")))
    yield "a frame that declares 2^63 bytes", ("NON_CANONICAL", "LIMIT_EXCEEDED"), \
        honest.with_lines((MOST_RAW, declaring(zstd(b"x" * 100), 1 << 63)))
    yield "a frame that declares less than it holds", ("NON_CANONICAL",), \
        honest.with_lines((100, declaring(zstd(bytes(MOST_RAW)), 100)))
    yield "a member said to hold 2^53 bytes", ("NON_CANONICAL", "LIMIT_EXCEEDED"), \
        honest.with_lines(((1 << 53) - 1, zeros))
    yield "8 million empty lines", ("NON_CANONICAL",), honest.with_lines((MOST_RAW, zstd(b"\n" * MOST_RAW)))
    yield "a million tiny lines", ("NON_CANONICAL",), honest.with_lines((4 * 10**6, zstd(b'{}"\n' * 10**6)))
    yield "many members of tiny lines", ("NON_CANONICAL",), \
        honest.with_lines(*[(MOST_RAW, zstd(b'{}\n' * (MOST_RAW // 3) + b"\n" * (MOST_RAW % 3)))] * (64 if FULL else 8))
    yield "one line of 8 MiB", ("LIMIT_EXCEEDED",), honest.with_lines((MOST_RAW, zstd(b"a" * (MOST_RAW - 1) + b"\n")))
    yield "lines nested a thousand deep", ("NON_CANONICAL",), \
        honest.with_lines((2001 * 4000, zstd((b"[" * 1000 + b"]" * 1000 + b"\n") * 4000)))
    yield "lines of 500 fields", ("NON_CANONICAL",), \
        honest.with_lines((MOST_RAW, zstd(((b"{" + b",".join(b'"a%03d":1' % i for i in range(200)) + b"}\n") * 9000)[:MOST_RAW - 1] + b"\n")))
    yield "a manifest nested a million deep", ("NON_CANONICAL",), honest.under(b"[" * (MIB - 1) + b"\n")
    yield "a manifest above its limit", ("LIMIT_EXCEEDED", "NON_CANONICAL"), honest.under(b"[" * (64 * MIB) + b"\n")
    many = 1_000_000 if FULL else 60_000
    yield "a million members in the manifest", ("LIMIT_EXCEEDED", "NON_CANONICAL", "MISSING_MEMBER"), honest.listing(
        [(f"LINES_{i}.jsonl.zst", b"") for i in range(1, many // 10)], [1] * many)
    yield "a million members in the archive", ("NON_CANONICAL", "EXTRA_MEMBER", "LIMIT_EXCEEDED"), \
        lambda file: file.writelines([honest.under(honest.members[0][1])[:-1024]] +
                                     [header("LINES_0002.jsonl.zst", 0)] * many + [bytes(1024)])
    yield "a roster of 60 MiB in one row", ("LIMIT_EXCEEDED", "NON_CANONICAL"), honest.listing(
        [("HOSTS.jsonl", b"{" * (60 * MIB) + b"\n")] + honest.members[2:],
        [60 * MIB + 1] + [len(honest.members[2][1])] + [e["raw"] for e in honest.manifest["members"][2:]])
    yield "a file of four TiB, all hole", ("LIMIT_EXCEEDED",), lambda file: file.truncate(4 << 40)
    yield "a file of two GiB of zeros", ("TRUNCATED", "NON_CANONICAL", "LIMIT_EXCEEDED"), \
        lambda file: file.truncate(2 << 30 if FULL else 128 * MIB)


class Measuring:
    """A process of its own starts what is measured: a child begins with the memory of who made it on its account."""

    def __init__(self):
        asks, self.asks = os.pipe()
        self.answers, answers = os.pipe()
        if os.fork() == 0:
            os.close(self.asks)
            with os.fdopen(asks) as questions:
                for path in questions:
                    os.write(answers, (json.dumps(self.run(path.strip())) + "\n").encode())
            os._exit(0)
        self.lines = os.fdopen(self.answers)

    @staticmethod
    def run(path):
        began = time.monotonic()
        with open(DIRECTORY / "output", "wb") as out:
            child = subprocess.Popen(["timeout", str(SECONDS), VERIFIER, "check", "--json", path], stdout=out,
                                     stderr=subprocess.STDOUT)
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        return child.returncode, used.ru_maxrss * 1024, time.monotonic() - began

    def check(self, path):
        """(exit code, output, bytes of memory, seconds)"""
        os.write(self.asks, f"{path}\n".encode())
        code, memory, seconds = json.loads(self.lines.readline())
        return code, (DIRECTORY / "output").read_bytes(), memory, seconds


def tried(measuring, path, name, codes):
    code, output, memory, seconds = measuring.check(path)
    found = {finding["code"] for bundle in json.loads(output)["bundles"] for finding in bundle["findings"]} \
        if output.startswith(b"{") else set()
    wrong = []
    if code != 3:
        wrong.append(f"exit code {code}: {output[:200]!r}")
    if not found & set(codes):
        wrong.append(f"found {', '.join(sorted(found)) or 'nothing'}, expected {' or '.join(codes)}")
    if memory > BOUND:
        wrong.append(f"memory beyond {BOUND // MIB} MiB")
    if len(output) > MIB:
        wrong.append(f"an output of {len(output)} bytes")
    print(f"{name:45} {memory // MIB:5} MiB  {seconds:6.2f} s  {'; '.join(wrong) or ', '.join(sorted(found & set(codes)))}",
          flush=True)
    return not wrong


def main():
    DIRECTORY.mkdir(exist_ok=True)
    measuring = Measuring()
    honest = Honest()
    path = DIRECTORY / "bomb.tally"
    path.write_bytes(HONEST.read_bytes())
    signature = pathlib.Path(str(HONEST) + ".minisig").read_bytes()
    pathlib.Path(str(path) + ".minisig").write_bytes(signature)
    _, _, usual, _ = measuring.check(path)
    full = honest.with_lines(*[(MOST_RAW, zstd(os.urandom(MOST_RAW // 2) + bytes(MOST_RAW // 2)))] * 3)
    path.write_bytes(full)
    _, _, members, _ = measuring.check(path)
    print(f"an honest check takes {usual // MIB} MiB, one with members of the largest size {members // MIB} MiB")
    good = max(usual, members) < BOUND
    for name, codes, made in bombs(honest):
        path.unlink()
        with open(path, "wb") as file:
            file.write(made) if isinstance(made, bytes) else made(file)
        good = tried(measuring, path, name, codes) and good
    path.write_bytes(HONEST.read_bytes())
    with open(str(path) + ".minisig", "wb") as file:
        file.truncate(1 << 40)
    good = tried(measuring, path, "a signature file of a TiB", ("LIMIT_EXCEEDED",)) and good
    sys.exit(0 if good else 1)


resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
main()
