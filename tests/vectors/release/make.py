#!/usr/bin/python3
"""Makes the tables of this folder from docs/formats/release.md.

    make.py [--check]"""
import hashlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
LONG = "A" * 24
NAME = "SITE1_USAGE_000007_V2OF3.tally.age"
GOOD = "tally-envelope-1 SITE1 DEFAULT 7 2/3"

# what, comment, name of the file, is it called so
READ = [
    ("a volume of three", GOOD, NAME, "yes"),
    ("the only volume", "tally-envelope-1 SITE1 DEFAULT 7 1/1", "SITE1_USAGE_000007_V1OF1.tally.age", "yes"),
    ("another label", GOOD, "SITE1_A_000007_V2OF3.tally.age", "yes"),
    ("a label with underscores", GOOD, "SITE1_A_000001_V1OF1_000007_V2OF3.tally.age", "yes"),
    ("the longest comment", f"tally-envelope-1 {LONG} {LONG} 999999 99/99", f"{LONG}_{LONG}_999999_V99OF99.tally.age", "yes"),
    ("the shortest comment", "tally-envelope-1 S A 1 1/1", "S_L_000001_V1OF1.tally.age", "yes"),
    ("a site with underscores and digits", "tally-envelope-1 _9_ A 10 10/10", "_9__L_000010_V10OF10.tally.age", "yes"),
    ("another site's name", GOOD, "SITE2_USAGE_000007_V2OF3.tally.age", "no"),
    ("a longer site's name", GOOD, "SITE11_USAGE_000007_V2OF3.tally.age", "no"),
    ("another number's name", GOOD, "SITE1_USAGE_000008_V2OF3.tally.age", "no"),
    ("another volume's name", GOOD, "SITE1_USAGE_000007_V1OF3.tally.age", "no"),
    ("another set's name", GOOD, "SITE1_USAGE_000007_V2OF4.tally.age", "no"),
    ("a number without its zeros", GOOD, "SITE1_USAGE_7_V2OF3.tally.age", "no"),
    ("no label", GOOD, "SITE1_000007_V2OF3.tally.age", "no"),
    ("an empty label", GOOD, "SITE1__000007_V2OF3.tally.age", "no"),
    ("a label too long", GOOD, "SITE1_" + LONG + "A_000007_V2OF3.tally.age", "no"),
    ("a label in small letters", GOOD, "SITE1_usage_000007_V2OF3.tally.age", "no"),
    ("the bundle's own name", GOOD, "SITE1_USAGE_000007_V2OF3.tally", "no"),
    ("more after the name", GOOD, NAME + ".x", "no"),
    ("a folder before the name", GOOD, "x/" + NAME, "no"),
    ("no name", GOOD, "", "no"),
]
REFUSED = [
    ("nothing", ""), ("a space", " "), ("the purpose alone", "tally-envelope-1"), ("the purpose and a space", "tally-envelope-1 "),
    ("no volume", "tally-envelope-1 SITE1 DEFAULT 7"), ("a sixth word", GOOD + " x"), ("a space behind", GOOD + " "),
    ("a space before", " " + GOOD), ("two spaces", "tally-envelope-1  SITE1 DEFAULT 7 2/3"),
    ("another version", "tally-envelope-2 SITE1 DEFAULT 7 2/3"), ("a bundle's purpose", "tally-export-1 SITE1 DEFAULT 7 2/3"),
    ("a release's purpose", "tally-release-1 SITE1 7 2/3 ANNA"), ("the purpose in capitals", "TALLY-ENVELOPE-1 SITE1 DEFAULT 7 2/3"),
    ("a site in small letters", "tally-envelope-1 site1 DEFAULT 7 2/3"), ("a site too long", f"tally-envelope-1 {LONG}A DEFAULT 7 2/3"),
    ("a site with a hyphen", "tally-envelope-1 SITE-1 DEFAULT 7 2/3"), ("an agreement in small letters", "tally-envelope-1 SITE1 default 7 2/3"),
    ("an agreement too long", f"tally-envelope-1 SITE1 {LONG}A 7 2/3"), ("number 0", "tally-envelope-1 SITE1 DEFAULT 0 2/3"),
    ("a leading zero", "tally-envelope-1 SITE1 DEFAULT 07 2/3"), ("a number too large", "tally-envelope-1 SITE1 DEFAULT 1000000 2/3"),
    ("a number with a sign", "tally-envelope-1 SITE1 DEFAULT +7 2/3"), ("a number below zero", "tally-envelope-1 SITE1 DEFAULT -7 2/3"),
    ("a number in hex", "tally-envelope-1 SITE1 DEFAULT 0x7 2/3"), ("a word for a number", "tally-envelope-1 SITE1 DEFAULT seven 2/3"),
    ("no slash", "tally-envelope-1 SITE1 DEFAULT 7 23"), ("two slashes", "tally-envelope-1 SITE1 DEFAULT 7 2/3/4"),
    ("nothing before the slash", "tally-envelope-1 SITE1 DEFAULT 7 /3"), ("nothing behind the slash", "tally-envelope-1 SITE1 DEFAULT 7 2/"),
    ("volume 0", "tally-envelope-1 SITE1 DEFAULT 7 0/3"), ("of 0 volumes", "tally-envelope-1 SITE1 DEFAULT 7 0/0"),
    ("beyond the last volume", "tally-envelope-1 SITE1 DEFAULT 7 4/3"), ("of 100 volumes", "tally-envelope-1 SITE1 DEFAULT 7 1/100"),
    ("a zero before the volume", "tally-envelope-1 SITE1 DEFAULT 7 02/3"), ("a letter after the volume", "tally-envelope-1 SITE1 DEFAULT 7 2/3a"),
    ("much too long", "tally-envelope-1 SITE1 DEFAULT 7 2/" + "3" * 60),
]


def listed(**changes):
    fields = {"agreement": "DEFAULT", "digests": [hashlib.sha256(b"%d" % k).hexdigest() for k in range(3)], "format": "tally-release-1", "n": 7,
              "site": "SITE1", **changes}
    return json.dumps({k: v for k, v in fields.items() if v is not None}, sort_keys=True, separators=(",", ":"))


def digests(count):
    return [hashlib.sha256(b"%d" % k).hexdigest() for k in range(count)]


LISTS = [
    ("accept", "three volumes", listed()), ("accept", "two volumes", listed(digests=digests(2))), ("accept", "99 volumes", listed(digests=digests(99))),
    ("accept", "number 1", listed(n=1)), ("accept", "the largest number", listed(n=999999)), ("accept", "equal files", listed(digests=["00" * 32] * 2)),
    ("refuse", "one volume", listed(digests=digests(1))), ("refuse", "no volume", listed(digests=[])), ("refuse", "100 volumes", listed(digests=digests(100))),
    ("refuse", "number 0", listed(n=0)), ("refuse", "a number too large", listed(n=1000000)), ("refuse", "a number as text", listed(n="7")),
    ("refuse", "another format", listed(format="tally-release-2")), ("refuse", "a site too long", listed(site="A" * 25)),
    ("refuse", "a site in small letters", listed(site="site1")), ("refuse", "an agreement that is a number", listed(agreement=7)),
    ("refuse", "a digest in capitals", listed(digests=["AB" * 32] * 2)), ("refuse", "a short digest", listed(digests=["ab", "cd"])),
    ("refuse", "a digest that is a number", listed(digests=[1, 2])), ("refuse", "digests in a text", listed(digests="ab" * 32)),
    ("refuse", "a field more", listed(note="x")), ("refuse", "a space", listed().replace(":7", ": 7")), ("refuse", "no object", "[]"),
    ("refuse", "nothing", ""),
] + [("refuse", f"no {field}", listed(**{field: None})) for field in ("agreement", "digests", "format", "n", "site")]


def tables():
    rows = [("accept", name, called, what, comment) for what, comment, name, called in READ]
    rows += [("refuse", NAME, "no", what, comment) for what, comment in REFUSED]
    head = "# verdict\tname\tcalled\twhat\tcomment\n"
    lists = "# verdict\twhat\tline\n"
    return {"envelopes.tsv": head + "".join("\t".join(row) + "\n" for row in rows),
            "lists.tsv": lists + "".join("\t".join(row) + "\n" for row in LISTS)}


if __name__ == "__main__":
    code = 0
    for name, text in tables().items():
        if "--check" in sys.argv[1:]:
            if (HERE / name).read_text() != text:
                print(f"{name} is not what this script makes")
                code = 1
        else:
            (HERE / name).write_text(text)
    sys.exit(code)
