#!/usr/bin/python3
"""Makes the files of this folder, and the seeds of the fuzz harness, from docs/formats/receipt.md with nothing of the product.

    make.py            writes good/, bad/, codes.tsv and tests/fuzz/corpus/receipt
    make.py --check    makes them again and compares"""
import base64
import hashlib
import json
import pathlib
import sys

import nacl.signing

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = HERE.parent.parent / "fuzz" / "corpus" / "receipt"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def line(fields):
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def hexed(text, length=64):
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def host(name):
    return "H" + base64.b32encode(hashlib.sha256(name.encode()).digest())[:24].decode()


class Key:
    def __init__(self, seed):
        self.signing = nacl.signing.SigningKey(hashlib.sha256(seed.encode()).digest())
        self.point = self.signing.verify_key.encode()
        self.id = hashlib.sha256(self.point).digest()[:8]

    def text(self):
        return base64.b64encode(b"Ed" + self.id + self.point).decode()

    def sign(self, data, note, comment):
        value = self.signing.sign(hashlib.blake2b(data).digest()).signature
        whole = self.signing.sign(value + comment.encode()).signature
        return "\n".join(["untrusted comment: " + note, base64.b64encode(b"ED" + self.id + value).decode(),
                          "trusted comment: " + comment, base64.b64encode(whole).decode(), ""])


VERIFIER, EXPORT = Key("verifier"), Key("export")
LOGS = sorted(host(f"log {i}") for i in range(5))


def row(name, following):
    return {"host": name, "next": following, "root": hexed(f"{name} {following}")}


POSITIONS = "".join(line(row(name, 100 + i)) + "\n" for i, name in enumerate(LOGS))
PLAIN = {"agreement": "DEFAULT", "bundle": 2, "bundles": [hexed("volume 1")], "challenge": hexed("challenge", 32),
         "findings": [], "format": "tally-receipt-1", "issued": 1790000000, "logs": len(LOGS), "n": 1,
         "positions": hashlib.sha256(POSITIONS.encode()).hexdigest(), "site": "SITE1", "status": "OK",
         "verifier": hashlib.sha256(VERIFIER.point).hexdigest()}


def receipt(**other):
    return line({key: value for key, value in {**PLAIN, **other}.items() if value is not None}) + "\n"


def ack(**other):
    plain = {"floor": 5, "format": "tally-ack-1", "host": LOGS[0], "next": 9, "root": hexed("root"), "site": "SITE1"}
    return line({key: value for key, value in {**plain, **other}.items() if value is not None}) + "\n"


def crockford(number, length):
    return "".join(ALPHABET[number >> 5 * i & 31] for i in reversed(range(length)))


def code(secret, fields):
    said = line({key: fields[key] for key in ("agreement", "bundles", "n", "positions", "site", "status", "verifier")})
    bits = hashlib.blake2b(("tally-tel-v1\n" + said).encode(), key=secret, digest_size=32).digest()[:10]
    number = int.from_bytes(bits, "big")
    text = crockford(number, 16) + (ALPHABET + "*~$=U")[number % 37]
    return "-".join([text[0:4], text[4:8], text[8:12], text[12:16], text[16:]])


MANY = sorted(host(f"log {i}") for i in range(65))
GOOD = {
    "receipt_plain": receipt(), "receipt_later": receipt(n=2, previous=hexed("receipt 1"), bundle=7),
    "receipt_findings": receipt(status="OK_WITH_FINDINGS", findings=["BUNDLE_MISSING", "HOST_SILENT"]),
    "receipt_volumes": receipt(bundles=[hexed(f"volume {i}") for i in range(3)], missing=[2, 5], due=1798000000),
    "receipt_rejected": receipt(status="REJECTED", findings=["SEAL_BROKEN"], beside=1),
    "receipt_except": receipt(**{"except": [row(LOGS[0], 0), row(LOGS[2], 77)]}),
    "receipt_64_except": receipt(**{"except": [row(name, 5) for name in MANY[:64]]}),
    "receipt_99_volumes": receipt(bundles=[hexed(f"volume {i}") for i in range(99)]),
    "receipt_highest": receipt(n=999999, bundle=999999, issued=2**53 - 1, due=2**53 - 1, logs=65536),
    "receipt_nothing_yet": receipt(logs=0, positions=hashlib.sha256(b"").hexdigest(), issued=0),
    "ack_plain": ack(), "ack_of_nothing_received": ack(floor=0), "ack_challenge": ack(challenge=hexed("x", 32)),
    "ack_all": ack(floor=9), "positions_five": POSITIONS, "positions_none": "",
    "positions_one": line(row(LOGS[0], 2**48 - 1)) + "\n",
}
BAD = {
    "receipt_no_feed": receipt()[:-1], "receipt_two_feeds": receipt() + "\n", "receipt_crlf": receipt()[:-1] + "\r\n",
    "receipt_space": receipt().replace('"n":1', '"n": 1'), "receipt_unsorted": "{" + ",".join(reversed(receipt()[1:-2].split(","))) + "}\n",
    "receipt_other_format": receipt(format="tally-receipt-2"), "receipt_unknown_field": receipt(note="x"),
    "receipt_n_0": receipt(n=0), "receipt_n_large": receipt(n=1000000), "receipt_n_text": receipt(n="1"),
    "receipt_bundle_0": receipt(bundle=0), "receipt_site_small": receipt(site="site1"), "receipt_agreement_path": receipt(agreement="../X"),
    "receipt_status_other": receipt(status="FINE"), "receipt_status_small": receipt(status="ok"),
    "receipt_no_bundles": receipt(bundles=[]), "receipt_100_volumes": receipt(bundles=[hexed(f"volume {i}") for i in range(100)]),
    "receipt_bundle_no_hash": receipt(bundles=["x"]), "receipt_bundle_number": receipt(bundles=[1]),
    "receipt_positions_large_letters": receipt(positions="AB" * 32), "receipt_positions_short": receipt(positions="ab" * 31),
    "receipt_challenge_short": receipt(challenge="ab" * 15), "receipt_verifier_key_text": receipt(verifier=VERIFIER.text()),
    "receipt_previous_empty": receipt(previous=""), "receipt_missing_empty": receipt(missing=[]), "receipt_missing_0": receipt(missing=[0]),
    "receipt_missing_twice": receipt(missing=[2, 2]), "receipt_missing_unsorted": receipt(missing=[3, 2]), "receipt_missing_100": receipt(missing=[100]),
    "receipt_findings_unsorted": receipt(findings=["REPLAY", "FORK"]), "receipt_findings_twice": receipt(findings=["FORK", "FORK"]),
    "receipt_findings_small": receipt(findings=["fork"]), "receipt_findings_empty_code": receipt(findings=[""]),
    "receipt_65_findings": receipt(findings=sorted("A" * (i % 30 + 1) + "BC"[i // 30 % 2] * (i // 60 + 1) for i in range(65))),
    "receipt_logs_many": receipt(logs=65537), "receipt_except_empty": receipt(**{"except": []}),
    "receipt_65_except": receipt(**{"except": [row(name, 5) for name in MANY]}), "receipt_except_unsorted": receipt(**{"except": [row(LOGS[1], 1), row(LOGS[0], 1)]}),
    "receipt_except_twice": receipt(**{"except": [row(LOGS[1], 1), row(LOGS[1], 2)]}), "receipt_except_more": receipt(**{"except": [{**row(LOGS[1], 1), "key": 1}]}),
    "receipt_except_large": receipt(**{"except": [row(LOGS[1], 2**48)]}),
    "receipt_except_no_host": receipt(**{"except": [{**row(LOGS[1], 1), "host": "X"}]}), "receipt_except_and_beside": receipt(beside=1, **{"except": [row(LOGS[1], 1)]}),
    "receipt_beside_0": receipt(beside=0), "receipt_due_text": receipt(due="2027-01-01"), "receipt_too_long": receipt(agreement="A", findings=["A" * 17000]),
    "receipt_empty": "", "receipt_feed_alone": "\n", "receipt_array": "[1]\n",
    "ack_other_format": ack(format="tally-ack-2"), "ack_next_0": ack(next=0, floor=0), "ack_floor_above": ack(floor=10), "ack_no_floor": ack(floor=None),
    "ack_root_short": ack(root="ab"), "ack_host_small": ack(host=LOGS[0].lower()), "ack_more": ack(note="x"), "ack_challenge_short": ack(challenge="ab"),
    "ack_no_feed": ack()[:-1], "ack_next_large": ack(next=2**48),
    "positions_no_feed": POSITIONS[:-1], "positions_empty_line": POSITIONS + "\n", "positions_at_0": line(row(LOGS[0], 0)) + "\n", "positions_large": line(row(LOGS[0], 2**48)) + "\n",
    "positions_twice": (line(row(LOGS[0], 3)) + "\n") * 2, "positions_unsorted": "".join(line(row(name, 3)) + "\n" for name in reversed(LOGS)),
    "positions_more": line({**row(LOGS[0], 3), "key": "x"}) + "\n", "positions_crlf": POSITIONS.replace("\n", "\r\n"),
}
for missing_field in ("agreement", "bundle", "bundles", "challenge", "findings", "issued", "logs", "n", "positions", "site", "status", "verifier"):
    BAD["receipt_without_" + missing_field] = receipt(**{missing_field: None})


def made():
    files = {HERE / "good" / name: text for name, text in GOOD.items()}
    files.update({HERE / "bad" / name: text for name, text in BAD.items()})
    files.update({CORPUS / name: text for name, text in {**GOOD, **BAD}.items()})
    codes = []
    for number, name in enumerate(sorted(name for name in GOOD if name.startswith("receipt_"))):
        secret = hashlib.sha256(f"secret {number}".encode()).digest()
        codes.append(f"{name}\t{secret.hex()}\t{code(secret, json.loads(GOOD[name]))}")
    files[HERE / "codes.tsv"] = "# receipt\tsecret\tcode\n" + "\n".join(codes) + "\n"
    signed = GOOD["receipt_plain"].encode()
    files[HERE / "receipt_plain.minisig"] = VERIFIER.sign(signed, "signature of a receipt by tally-verifier", "tally-receipt-1 SITE1 DEFAULT 1")
    files[HERE / "receipt_plain.other_purpose"] = VERIFIER.sign(signed, "signature of a receipt by tally-verifier", "tally-receipt-1 SITE1 DEFAULT 2")
    files[HERE / "receipt_plain.other_key"] = EXPORT.sign(signed, "signature of a receipt by tally-verifier", "tally-receipt-1 SITE1 DEFAULT 1")
    files[HERE / "ack_plain.minisig"] = EXPORT.sign(GOOD["ack_plain"].encode(), "signature of an acknowledgement by tally-packager", f"tally-ack-1 SITE1 {LOGS[0]} 9")
    files[HERE / "verifier.pub"] = "untrusted comment: verifier\n" + VERIFIER.text() + "\n"
    files[HERE / "export.pub"] = "untrusted comment: export\n" + EXPORT.text() + "\n"
    return files


def main():
    files = made()
    if "--check" in sys.argv:
        there = {path for folder in ("good", "bad") for path in (HERE / folder).glob("*")} | set(CORPUS.glob("*"))
        differ = sorted(str(path) for path in there | files.keys() if path not in files or not path.exists() or path.read_bytes() != files[path].encode())
        print("\n".join("not what make.py gives: " + name for name in differ) or f"{len(files)} files as committed")
        return 1 if differ else 0
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    print(f"{len(files)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
