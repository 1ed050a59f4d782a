#!/usr/bin/python3
"""Writes the seeds of releases from docs/formats/release.md: lists of sets, release files, and names of volumes."""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "vectors/bundle"))
from maker import Signer, canonical, sha256  # noqa: E402

FOLDER = HERE / "corpus/releases"
ANNA = Signer("officer anna")
NOTE = "release of a bundle by an officer"


def write(name, data):
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / name).write_bytes(data)


def listed(count=3, **changes):
    fields = {"agreement": "AGR", "digests": [sha256(b"%d" % k).hex() for k in range(count)],
              "format": "tally-release-1", "n": 7, "site": "SITE1", **changes}
    return canonical({name: value for name, value in fields.items() if value is not None}) + b"\n"


def released(comment="tally-release-1 SITE1 7 1/1 ANNA", note=NOTE, signer=ANNA, data=b"a bundle", prehashed=True):
    return signer.signature_file(data, comment, note, prehashed)


good, whole = listed(), released()
digests = [sha256(b"%d" % k).hex() for k in range(3)]
digests[1] = sha256(b"a bundle").hex()
lists = {
    "good": good, "of_this_bundle": listed(digests=digests), "of_two": listed(2), "of_one": listed(1),
    "of_none": listed(0), "of_99": listed(99), "of_100": listed(100), "of_121": listed(121), "site": listed(site="S"),
    "site_long": listed(site="S" * 25), "site_empty": listed(site=""), "site_small": listed(site="site1"),
    "agreement": listed(agreement="A_9"), "agreement_number": listed(agreement=7), "n_0": listed(n=0),
    "n_1": listed(n=1), "n_largest": listed(n=999999), "n_over": listed(n=1000000), "n_text": listed(n="7"),
    "format": listed(format="tally-release-2"), "without_format": listed(format=None), "without_n": listed(n=None),
    "without_digests": listed(digests=None), "more": listed(note="x"), "digest_short": listed(digests=["ab", "cd"]),
    "digest_upper": listed(digests=["AB" * 32, "CD" * 32]), "digest_number": listed(digests=[1, 2]),
    "digest_nested": listed(digests=[["ab" * 32], ["cd" * 32]]), "digests_text": listed(digests="ab" * 32),
    "without_lf": good[:-1], "two_lf": good + b"\n", "twice": good + good, "crlf": good.replace(b"\n", b"\r\n"),
    "space": good.replace(b":7", b": 7"), "unsorted": good.replace(b'{"agreement":"AGR",', b"{").replace(
        b'"SITE1"}', b'"SITE1","agreement":"AGR"}'), "cut": good[:100], "empty": b"", "brace": b"{\n"}
lines = whole.split(b"\n")
files = {
    "good": whole, "person": released("tally-release-1 SITE1 7 1/1 BERT"), "n": released("tally-release-1 SITE1 8 1/1 ANNA"),
    "volume": released("tally-release-1 SITE1 7 2/3 ANNA"), "set": released("tally-release-1 SITE1 7 0/3 ANNA"),
    "spaces": released("tally-release-1  SITE1 7 1/1 ANNA"), "export": released("tally-export-1 SITE1 7 1/1"),
    "note": released(note="release of a letter"), "of_list": released("tally-release-1 SITE1 7 0/3 ANNA", data=good),
    "other_bytes": released(data=b"another"), "stranger": released(signer=Signer("stranger")),
    "listed_id": released(signer=Signer("stranger", ANNA.id)), "older_form": released(prehashed=False),
    "crlf": whole.replace(b"\n", b"\r\n"), "more": whole + b"x", "fifth": whole + b"line\n", "cut": whole[:-1],
    "without_comment": b"\n".join(lines[1:]), "swapped": b"\n".join([lines[0], lines[3], lines[2], lines[1], b""]),
    "tab": whole.replace(b"of a", b"of\ta"), "large": whole + b"y" * 4096}
names = {"volume": "SITE1_USAGE_000007_V2OF3.tally", "whole": "SITE1_USAGE_000007_V1OF1.tally",
         "path": "a/b/SITE1_X_000001_V9OF12.tally", "over": "X_V4OF3.tally", "zero": "X_V0OF3.tally",
         "digits": "X_V1OF99999999999999999999.tally", "bare": "_V1OF2.tally", "suffix": "X_V1OF2.tally.age"}
if __name__ == "__main__":
    for kind, seeds in (("list", lists), ("release", files), ("name", names)):
        for name, data in seeds.items():
            write(f"{kind}_{name}", data if isinstance(data, bytes) else data.encode())
    print(f"{len(lists) + len(files) + len(names)} seeds; the officer's key: {ANNA.text}")
