#!/usr/bin/python3
"""Writes the seeds of pseudonym: policies, privacy files, disclosures, proofs of lines and names, by their page alone."""
import base64
import hashlib
import json
import os
import unicodedata

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus", "pseudonym")
KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"  # RFC 8032, test 1
NEXT = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"  # test 2
HOST = "H" + base64.b32encode(hashlib.sha256(b"tally-log-v1\n" + KEY.encode()).digest()).decode()[:24]


def canonical(fields):
    return json.dumps(fields, sort_keys=True, separators=(",", ":"))


STANDARD = {"account": "pseudonym", "address": "coarse", "cdata": "omit", "client": "clear", "consent": "not_required",
            "domain": "omit", "file": "omit", "fold": "fold1", "pool": "clear", "reason": "clear", "server": "clear",
            "user": "pseudonym"}


def policy(**other):
    return {k: v for k, v in {**STANDARD, **other}.items() if v is not None}


SEEDS = {"policy": canonical(policy())}
for name, change in {"consent": {"consent": "required"}, "aliases": {"aliases": ["a=b", "holm%5Chig=h.hig", "m%FCller=m%C3%BCller"]},
                     "no_user": {"user": None}, "user_coarse": {"user": "coarse"}, "rule_other": {"user": "x"}, "fold_other": {"fold": "fold2"},
                     "more": {"zebra": "x"}, "aliases_none": {"aliases": []}, "aliases_order": {"aliases": ["b=x", "a=x"]},
                     "aliases_twice": {"aliases": ["a=x", "a=y"]}, "aliases_number": {"aliases": [1]}, "aliases_upper": {"aliases": ["A=b"]},
                     "aliases_empty": {"aliases": ["="]}, "aliases_object": {"aliases": [{"a": "b"}]}, "all_clear": {k: "clear" for k in STANDARD if k not in ("fold", "consent")},
                     "all_omit": {k: "omit" for k in STANDARD if k not in ("fold", "consent", "server")}, "server_omit": {"server": "omit"}}.items():
    SEEDS["policy_" + name] = canonical(policy(**change))


def privacy(secrets, **other):
    return canonical({"format": "tally-privacy-1", "policy": policy(), "secrets": secrets, **other}) + "\n"


def secret(epoch, key="00" * 32):
    return {"epoch": epoch, "key": key}


SEEDS.update({"privacy": privacy([secret(1)]), "privacy_epochs": privacy([secret(1), secret(2, "11" * 32), secret(9999)]), "privacy_none": privacy([]),
              "privacy_order": privacy([secret(2), secret(1)]), "privacy_zero": privacy([secret(0)]), "privacy_far": privacy([secret(10000)]),
              "privacy_short": privacy([secret(1, "00")]), "privacy_17": privacy([secret(n) for n in range(1, 18)]), "privacy_text": privacy(["x"]),
              "privacy_more": privacy([secret(1)], zebra=1), "privacy_cut": privacy([secret(1)])[:-1]})


def name_key(name, letter="u"):
    return hashlib.blake2b(b"tally-name-v1\n" + letter.encode() + b"\n" + name, digest_size=32, key=bytes(range(32))).digest()


def disclosure(name, written=None, **other):
    key = name_key(name)
    tag = hashlib.blake2b(name, digest_size=20, key=key).digest()
    return canonical({"format": "tally-disclosure-1", "site": "SITE1", "kind": "person", "epoch": 1, "name": written or name.decode(), "key": key.hex(),
                      "pseudonym": "u1_" + base64.b32encode(tag).decode(), **other}) + "\n"


SEEDS.update({"disclosure": disclosure(b"hig"), "disclosure_encoded": disclosure("müller".encode(), "m%C3%BCller"), "disclosure_192": disclosure(b"x" * 192),
              "disclosure_name": disclosure(b"hig", "upm"), "disclosure_epoch": disclosure(b"hig", epoch=2), "disclosure_kind": disclosure(b"hig", kind="host"),
              "disclosure_site": disclosure(b"hig", site="site"), "disclosure_more": disclosure(b"hig", more=1), "disclosure_key": disclosure(b"hig", key="00")})


def leaf(text):
    return hashlib.sha256(b"\0" + text.encode()).digest()


def proof(count, seq, line=None, path=None, **other):
    texts = [canonical({"host": HOST, "seq": i, "t": "x"}) for i in range(count)]
    steps, level, index = [], [leaf(text) for text in texts], seq
    while len(level) > 1:
        if index ^ 1 < len(level):
            steps.append(level[index ^ 1].hex())
        level = [hashlib.sha256(b"\1" + level[i] + level[i + 1]).digest() if i + 1 < len(level) else level[i] for i in range(0, len(level), 2)]
        index //= 2
    seal = canonical({"host": HOST, "seq": count, "t": "seal", "epoch": 0, "root": level[0].hex(), "next": NEXT, "sig": "ef" * 64, "boot": "0" * 32,
                      "up": 1, "wall": 1, "reason": "request", "erasure": "best_effort"})
    head = canonical({"format": "tally-line-proof-1", "host": HOST, "path": steps if path is None else path, "seq": seq, "site": "SITE1", **other})
    return "".join(text + "\n" for text in (head, line or texts[seq], seal))


SEEDS.update({f"proof_{count}_{seq}": proof(count, seq) for count, seq in ((1, 0), (2, 1), (3, 2), (5, 4), (8, 3), (11, 10))})
SEEDS.update({"proof_line": proof(4, 1, line='{"a":1}'), "proof_path": proof(4, 1, path=[]), "proof_path_text": proof(4, 1, path=["x"]),
              "proof_more": proof(4, 1, zebra=1), "proof_cut": proof(4, 1)[:-1], "proof_long": proof(4, 1, path=["00" * 32] * 49)})
for number, name in enumerate((b"", b"hig", b"HOLM\\hig", b"hig@holm.example", b"\\", b"@", b"a\\", b"@a", b"10.1.2.3", b"2001:db8::1", b"::ffff:1.2.3.4",
                               b"wal1.holm.example", b".", "Müller".encode(), unicodedata.normalize("NFD", "Müller").encode(), b"M\xfcller",
                               "q\u0307\u0323".encode(), "\u1100\u1161\u11a8".encode(), "\U0001d15e".encode(), b"\xf4\x8f\xbf\xbf", b"\xed\xa0\x80", b"x" * 400,
                               "T\u0308om".encode())):
    SEEDS[f"name_{number:02}"] = name

os.makedirs(FOLDER, exist_ok=True)
for name, data in SEEDS.items():
    with open(os.path.join(FOLDER, name), "wb") as out:
        out.write(data if isinstance(data, bytes) else data.encode())
print(len(SEEDS))
