#!/usr/bin/python3
"""Pseudonyms and foldings by docs/formats/pseudonym.md, with hashlib and unicodedata alone. `--check` compares."""
import base64
import hashlib
import os
import sys
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))
LETTERS = {"person": "u", "host": "h", "domain": "d", "address": "a", "text": "x"}
SECRET = bytes(range(32))


def lower(raw):
    return bytes(b + 32 if 65 <= b <= 90 else b for b in raw)


def folded_text(raw):
    try:
        raw = unicodedata.normalize("NFC", raw.decode()).encode()
        return unicodedata.normalize("NFC", lower(raw).decode()).encode()
    except UnicodeDecodeError:
        return lower(raw)


def fold1(kind, raw, aliases):
    name = folded_text(raw)
    domain = b""
    if kind == "person":
        head, found, tail = name.partition(b"\\")
        if found and head and tail:
            domain, name = head, tail
        elif not found:
            head, found, tail = name.rpartition(b"@")
            if found and head and tail:
                name, domain = head, tail
        if domain and domain + b"\\" + name in aliases:
            name = aliases[domain + b"\\" + name]
        elif name in aliases:
            name = aliases[name]
    elif kind == "host":
        numeric = all(c in b"0123456789." for c in name) or b":" in name
        head, found, tail = name.partition(b".")
        if found and head and tail and not numeric:
            name, domain = head, tail
    return name, domain


def name_key(secret, kind, name):
    return hashlib.blake2b(b"tally-name-v1\n" + LETTERS[kind].encode() + b"\n" + name, digest_size=32, key=secret).digest()


def pseudonym(secret, epoch, kind, name):
    if not name:
        return ""
    tag = hashlib.blake2b(name, digest_size=20, key=name_key(secret, kind, name)).digest()
    return f"{LETTERS[kind]}{epoch}_{base64.b32encode(tag).decode()}"


ALIASES = {b"lab\\upm": b"upm.lab", b"guest": b"visitor", b"visitor": b"never", b"m\xfcller": "müller".encode()}
NAMES = [
    ("person", b"hig"), ("person", b"HIG"), ("person", b"HOLM\\hig"), ("person", b"hig@holm.example"), ("person", b"upm"),
    ("person", b"LAB\\UPM"), ("person", b"upm@lab"), ("person", b"holm\\upm"), ("person", b"Guest"), ("person", b"visitor"),
    ("person", "Müller".encode()), ("person", unicodedata.normalize("NFD", "müller").encode()), ("person", b"M\xfcller"),
    ("person", "ÅNGSTRÖM".encode()), ("person", "\u212bngstr\u00f6m".encode()), ("person", "김철수".encode()),
    ("person", unicodedata.normalize("NFD", "김철수").encode()), ("person", "q\u0307\u0323".encode()), ("person", "q\u0323\u0307".encode()),
    ("person", "T\u0308om".encode()), ("person", "t\u0308OM".encode()), ("person", "\u1e97om".encode()), ("host", "J\u030c1".encode()),
    ("person", "straße".encode()), ("person", "STRASSE".encode()), ("person", "ﬁlip".encode()), ("person", "İpek".encode()),
    ("person", b"\\hig"), ("person", b"holm\\"), ("person", b"@holm"), ("person", b"hig@"), ("person", b"a\\b\\c"), ("person", b"a\\b@c"),
    ("person", b"a@b@c"), ("person", b"with space"), ("person", b"per%cent"), ("person", b'quo"te'), ("person", b"x" * 300),
    ("person", b"\x00\x01\x7f"), ("person", b"\xff\xfe"), ("person", b""),
    ("host", b"WAL00265"), ("host", b"wal00265.holm.example"), ("host", b"10.1.2.3"), ("host", b"2001:db8::1"), ("host", b".x"), ("host", b"x."),
    ("domain", b"Holm.Example"), ("address", b"10.1.2.3"), ("text", b"Project X"), ("text", b"a\\b@c"), ("host", b"hig"), ("domain", b"hig"),
]


def table():
    rows = ["# kind, name as written (hex), folded name (hex), domain (hex), epoch, pseudonym; secret 00 01 .. 1f in epoch 1, "
            "its bytes reversed in epoch 2"]
    for kind, raw in NAMES:
        name, domain = fold1(kind, raw, ALIASES)
        for epoch, secret in ((1, SECRET), (2, SECRET[::-1])):
            rows.append("\t".join((kind, raw.hex() or "-", name.hex() or "-", domain.hex() or "-", str(epoch),
                                   pseudonym(secret, epoch, kind, name) or "-")))
    return "\n".join(rows) + "\n"


def main():
    path = os.path.join(HERE, "names.tsv")
    if sys.argv[1:] == ["--check"]:
        with open(path, encoding="ascii") as file:
            same = file.read() == table()
        print("same" if same else "names.tsv differs")
        return 0 if same else 1
    with open(path, "w", encoding="ascii") as file:
        file.write(table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
