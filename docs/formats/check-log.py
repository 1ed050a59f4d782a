#!/usr/bin/python3
"""Verifies one log from its lines and its first public key, with nothing of Tallystick: line.md, tree.md, seal.md.

    zstd -dc SEG_*.jsonl.zst | check-log.py KEY        KEY: first public key, 64 hex digits, from the enrolment

Needs Debian's python3-nacl. Ends with 0 when every line is covered by a valid chain of seals, with 3 when not."""
import base64
import hashlib
import json
import re
import sys

from nacl.bindings import crypto_core_ed25519_is_valid_point as acceptable
from nacl.signing import VerifyKey

TEXT = r'"(?:[ !#$&-\[\]-~]|%(?:[01][0-9A-F]|2[25]|5C|7F|[89A-F][0-9A-F]))*"'
SEAL = set("boot epoch erasure host next reason root seq sig t up wall".split())


def object_of(value):
    member = rf'"[a-z][a-z0-9_]*":(?:{value})'
    return rf"\{{(?:{member}(?:,{member})*)?\}}"


def value_around(inner):
    return rf"{inner}|{object_of(inner)}|\[(?:(?:{inner})(?:,(?:{inner}))*)?\]"


LINE = re.compile(object_of(value_around(value_around(rf"{TEXT}|0|[1-9][0-9]{{0,15}}"))).encode())


def canonical(record):
    return json.dumps(record, sort_keys=True, separators=(",", ":")).encode()


def sha256(message):
    return hashlib.sha256(message).digest()


def require(holds, otherwise):
    if not holds:
        raise ValueError(otherwise)


def integer(digits):
    require(int(digits) < 1 << 53, "an integer above its limit")
    return int(digits)


key, epoch, size, sealed = sys.argv[1], 0, 0, 0
host = "H" + base64.b32encode(sha256(f"tally-log-v1\n{key}".encode())).decode()[:24]
subtrees = []  # perfect subtrees from left to right: (leaves, hash)
try:
    require(acceptable(bytes.fromhex(key)), "the first key is no acceptable point")
    for line in iter(lambda: sys.stdin.buffer.readline(2050), b""):
        require(len(line) <= 2049 and line.endswith(b"\n"), "longer than its limit, or without line end")
        line = line.removesuffix(b"\n")
        require(LINE.fullmatch(line), "not a canonical line")
        record = json.loads(line, parse_int=integer)
        require(canonical(record) == line and len(record) <= 64, "not the one spelling of its fields")
        require((record["host"], record["seq"]) == (host, size), f"not line {size} of {host}")
        if record["t"] == "seal":
            require(set(record) == SEAL, "a seal with other fields")
            signature = bytes.fromhex(record.pop("sig"))
            VerifyKey(bytes.fromhex(key)).verify(b"tally-seal-v1\n" + canonical(record), signature)
            root = subtrees[-1][1]
            for _, left in reversed(subtrees[:-1]):
                root = sha256(b"\x01" + left + root)
            require((record["epoch"], record["root"]) == (epoch, root.hex()), "sealed another epoch or other lines")
            require(acceptable(bytes.fromhex(record["next"])), "names a next key that is no acceptable point")
            key, epoch, sealed = record["next"], epoch + 1, size + 1
        subtrees.append((1, sha256(b"\x00" + line)))
        while len(subtrees) > 1 and subtrees[-2][0] == subtrees[-1][0]:
            (leaves, left), (_, right) = subtrees[-2:]
            subtrees[-2:] = [(2 * leaves, sha256(b"\x01" + left + right))]
        size += 1
    require(size, "no lines")
    require(sealed == size, f"lines {sealed} to {size - 1} are not sealed")
except Exception as problem:  # whatever is wrong with a line: it is not the line that was sealed
    print(f"line {size}: {problem or 'the signature of the seal does not hold'}")
    sys.exit(3)
print(f"{host}: {size} lines under {epoch} seals")
