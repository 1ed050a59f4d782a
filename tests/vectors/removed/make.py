#!/usr/bin/python3
"""Makes the files of this folder, and the seeds of the fuzz harness, from docs/formats/beginning.md with nothing of the
product. The first line of each is the log's first key; what stays of the removed lines follows.

    make.py            writes good/, bad/ and tests/fuzz/corpus/removed
    make.py --check    makes them again and compares"""
import base64
import hashlib
import json
import pathlib
import sys

import nacl.signing

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = HERE.parent.parent / "fuzz" / "corpus" / "removed"


def sha(data):
    return hashlib.sha256(data).digest()


def line(fields):
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def key(number):
    return nacl.signing.SigningKey(sha(f"epoch {number}".encode()))


def public(number):
    return key(number).verify_key.encode().hex()


HOST = "H" + base64.b32encode(sha(b"tally-log-v1\n" + public(0).encode()))[:24].decode()


def tree(leaves):
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha(b"\x01" + tree(leaves[:half]) + tree(leaves[half:]))


def compact(leaves):
    """Roots of the perfect subtrees, largest first."""
    roots, at = [], 0
    for bit in reversed(range(len(leaves).bit_length())):
        if len(leaves) >> bit & 1:
            roots.append(tree(leaves[at:at + (1 << bit)]))
            at += 1 << bit
    return roots


def seal(leaves, epoch, signer=None, **changes):
    fields = {"boot": "0" * 32, "epoch": epoch, "erasure": "best_effort", "host": HOST, "next": public(epoch + 1),
              "reason": "size", "root": tree(leaves).hex(), "seq": len(leaves), "t": "seal", "up": 1, "wall": 1790000000000}
    fields.update(changes)
    text = line(fields)
    fields["sig"] = (signer or key(epoch)).sign(b"tally-seal-v1\n" + text.encode()).signature.hex()
    return line(fields)


def log(*counts):
    """(leaves before it, epoch) of each seal, of epochs with so many lines before the seal."""
    leaves, seals = [], []
    for epoch, count in enumerate(counts):
        for _ in range(count):
            leaves.append(sha(b"\x00" + line({"host": HOST, "seq": len(leaves), "t": "note"}).encode()))
        seals.append((list(leaves), epoch))
        leaves.append(sha(b"\x00" + seal(leaves, epoch).encode()))
    return seals


def ranged(leaves):
    return line({"range": [root.hex() for root in compact(leaves)]})


def text(seals):
    return "".join(ranged(leaves) + "\n" + seal(leaves, epoch) + "\n" for leaves, epoch in seals)


FIRST = public(0) + "\n"
GOOD = {"one": text(log(1)), "two": text(log(3, 4)), "long_epochs": text(log(1023, 2, 511)),
        "only_seals": text(log(1, 0, 0, 0)), "many": text(log(*range(1, 20)))}
THREE = log(3, 4, 5)
LINES = text(THREE).splitlines()


def bad():
    yield "empty", ""
    yield "line_feed", "\n"
    yield "no_line_feed", text(THREE)[:-1]
    yield "blank_line_after", text(THREE) + "\n"
    yield "range_without_seal", text(THREE) + ranged(THREE[0][0]) + "\n"
    yield "seal_without_range", "\n".join(LINES[1:]) + "\n"
    yield "ranges_left_out", "\n".join(LINES[1::2]) + "\n"
    yield "epoch_missing", "\n".join(LINES[:2] + LINES[4:]) + "\n"
    yield "first_epoch_missing", "\n".join(LINES[2:]) + "\n"
    yield "twice", text(THREE) + text(THREE)
    yield "last_twice", text(THREE) + "\n".join(LINES[4:]) + "\n"
    yield "other_order", "\n".join(LINES[2:4] + LINES[:2] + LINES[4:]) + "\n"
    yield "range_after_seal", "\n".join([LINES[1], LINES[0], *LINES[2:]]) + "\n"
    yield "carriage_returns", text(THREE).replace("\n", "\r\n")
    yield "space_in_range", text(THREE).replace('{"range":', '{"range": ', 1)
    for name, other in (("empty", []), ("of_another_size", compact(THREE[1][0])), ("one_more", compact(THREE[0][0]) + [sha(b"")]),
                        ("one_less", compact(THREE[0][0])[:-1]), ("in_reverse", compact(THREE[0][0])[::-1]),
                        ("altered", [sha(b""), *compact(THREE[0][0])[1:]])):
        yield "range_" + name, "\n".join([line({"range": [root.hex() for root in other]}), *LINES[1:]]) + "\n"
    for name, spelled in (("upper_case", ranged(THREE[0][0]).replace("a", "A").replace("rAnge", "range")),
                          ("integers", line({"range": [1, 2]})), ("text", line({"range": "ab"})),
                          ("short_hash", line({"range": ["ab", "cd"]})), ("more_fields", line({"range": [], "size": 3})),
                          ("other_name", line({"ranges": []})), ("too_long", line({"range": ["ab" * 32] * 64}))):
        yield "range_" + name, "\n".join([spelled, *LINES[1:]]) + "\n"
    leaves = THREE[0][0]
    for name, changed in (("of_a_stranger", seal(leaves, 0, key(9))), ("of_the_next_key", seal(leaves, 0, key(1))),
                          ("of_another_log", seal(leaves, 0, host="H" + "A" * 24)), ("of_a_later_epoch", seal(leaves, 1, key(0))),
                          ("of_another_root", seal(leaves, 0, root=sha(b"").hex())), ("of_another_size", seal(leaves, 0, seq=4)),
                          ("of_another_type", seal(leaves, 0, t="sealed")), ("with_more", seal(leaves, 0, more=1)),
                          ("with_a_bad_next", seal(leaves, 0, next="00" * 32)), ("with_a_short_next", seal(leaves, 0, next="ab")),
                          ("naming_another_next", seal(leaves, 0, next=public(5))),
                          ("altered", seal(leaves, 0).replace('"up":1', '"up":2')),
                          ("of_the_largest_size", seal(leaves, 0, seq=(1 << 48))), ("of_size_0", seal(leaves, 0, seq=0)),
                          ("with_sig_in_upper_case", seal(leaves, 0).replace('"sig":"', '"sig":"A', 1)),
                          ("that_is_a_note", line({"host": HOST, "seq": 3, "t": "note"})), ("that_is_empty", "{}")):
        yield "seal_" + name, "\n".join([LINES[0], changed, *LINES[2:]]) + "\n"


def files():
    for name, content in GOOD.items():
        yield HERE / "good" / name, FIRST + content
        yield CORPUS / ("good_" + name), FIRST + content
    for name, content in bad():
        yield HERE / "bad" / name, FIRST + content
        yield CORPUS / name, FIRST + content
    yield HERE / "bad" / "under_another_key", public(7) + "\n" + GOOD["two"]
    for count in range(1, 9):
        yield CORPUS / f"epochs_of_{count}", FIRST + text(log(count, count))


def main():
    made = {path: content.encode() for path, content in files()}
    there = {path for folder in (HERE / "good", HERE / "bad", CORPUS) if folder.is_dir() for path in folder.iterdir()}
    if sys.argv[1:] == ["--check"]:
        wrong = [path for path in made if not path.is_file() or path.read_bytes() != made[path]] + sorted(there - set(made))
        for path in wrong:
            print("not as it is made:", path)
        return 1 if wrong else 0
    for path in there - set(made):
        path.unlink()
    for path, content in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
