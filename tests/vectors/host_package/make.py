#!/usr/bin/python3
"""Makes the files of this folder, and the seeds of the fuzz harness, from docs/formats/host-package.md with nothing of the product.

    make.py            writes good/, bad/, the files beside them and tests/fuzz/corpus/host_package
    make.py --check    makes them again and compares"""
import base64
import hashlib
import json
import pathlib
import sys

import nacl.bindings
import nacl.signing

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = HERE.parent.parent / "fuzz" / "corpus" / "host_package"
NOTE = "letter of Tallystick to a host"
P = 2**255 - 19


def line(fields):
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest(text):
    return hashlib.sha256(text.encode()).digest()


class Key:
    def __init__(self, seed):
        self.signing = nacl.signing.SigningKey(digest(seed))
        self.point = self.signing.verify_key.encode()
        self.id = hashlib.sha256(self.point).digest()[:8]

    def text(self):
        return base64.b64encode(b"Ed" + self.id + self.point).decode()

    def sign(self, data, comment, note=NOTE):
        value = self.signing.sign(hashlib.blake2b(data).digest()).signature
        whole = self.signing.sign(value + comment.encode()).signature
        return "\n".join(["untrusted comment: " + note, base64.b64encode(b"ED" + self.id + value).decode(),
                          "trusted comment: " + comment, base64.b64encode(whole).decode(), ""])


class Box:
    """An X25519 key pair; seal() is crypto_box_seal with a named ephemeral key, so that it can be made again."""

    def __init__(self, seed):
        self.secret = digest(seed)
        self.public = nacl.bindings.crypto_scalarmult_base(self.secret)

    def file(self):
        return line({"format": "tally-box-1", "key": self.public.hex(), "secret": self.secret.hex()}) + "\n"


def seal(public, message, seed):
    once = Box(seed)
    nonce = hashlib.blake2b(once.public + public, digest_size=24).digest()
    return once.public + nacl.bindings.crypto_box(message, nonce, public, once.secret)


ROOT, EXPORT, VERIFIER = Key("root"), Key("export"), Key("verifier")
STATION, HOST_KEY = Key("station log"), Key("host log")
HOST = "H" + base64.b32encode(hashlib.sha256(b"tally-log-v1\n" + HOST_KEY.point.hex().encode()).digest()).decode()[:24]
HOST_BOX, OTHER_BOX = Box("host box"), Box("other box")
POLICY = {"account": "pseudonym", "address": "coarse", "cdata": "omit", "client": "clear", "consent": "not_required",
          "domain": "omit", "file": "omit", "fold": "fold1", "pool": "clear", "reason": "clear", "server": "clear",
          "user": "pseudonym"}


def site_file():
    version = {"exports": [EXPORT.text()], "format": "tally-site-1", "log": STATION.point.hex(), "releases": 0,
               "roots": [ROOT.text()], "site": "SITE1", "threshold": 1, "verifiers": [VERIFIER.text()], "version": 1}
    text = line(version)
    parts = ROOT.sign(text.encode(), "tally-site-1 SITE1 1").split("\n")
    signature = {"comment": "tally-site-1 SITE1 1", "global": parts[3], "key": ROOT.text(), "sig": parts[1]}
    return text, line({**version, "sigs": [signature]}) + "\n"


FINGERPRINT = hashlib.sha256(site_file()[0].encode()).hexdigest()


def secret(epoch, box=HOST_BOX):
    return digest(f"secret {epoch}"), base64.b64encode(seal(box.public, digest(f"secret {epoch}"), f"once {epoch}")).decode()


def sealed(*epochs, box=HOST_BOX):
    return [{"epoch": epoch, "sealed": secret(epoch, box)[1]} for epoch in epochs]


PLAIN = {"box": HOST_BOX.public.hex(), "fingerprint": FINGERPRINT, "format": "tally-host-1", "host": HOST, "n": 1,
         "policy": POLICY, "secrets": sealed(1), "site": "SITE1", "station": STATION.point.hex(), "version": 1}


def package(**other):
    return line({key: value for key, value in {**PLAIN, **other}.items() if value is not None}) + "\n"


def policy(**other):
    return {key: value for key, value in {**POLICY, **other}.items() if value is not None}


ALIASES = [f"alias{i:04d}=" + "x" * 40 for i in range(1024)]
GOOD = {
    "plain": package(), "second": package(n=2), "later_version": package(version=7),
    "no_names": package(policy=None, secrets=None), "catalogue": package(catalogue=hashlib.sha256(b"products").hexdigest()),
    "catalogue_alone": package(policy=None, secrets=None, catalogue="00" * 32),
    "two_epochs": package(n=3, secrets=sealed(1, 2)), "sixteen_epochs": package(secrets=sealed(*range(1, 17))),
    "epoch_9999": package(secrets=sealed(9999)), "numbers_highest": package(n=2**53 - 1, version=2**53 - 1),
    "consent": package(policy=policy(consent="required")), "aliases": package(policy=policy(aliases=["a=b", "holm%5Chig=h.hig"])),
    "aliases_1024": package(policy=policy(aliases=ALIASES)), "other_box": package(box=OTHER_BOX.public.hex(), secrets=sealed(1, box=OTHER_BOX)),
    "sealed_to_another": package(secrets=sealed(1, box=OTHER_BOX)), "site_long": package(site="A" * 24),
    "all_clear": package(policy={**{key: "clear" for key in POLICY}, "consent": "not_required", "fold": "fold1"}),
}


def hex_of(number):
    return number.to_bytes(32, "little").hex()


LOW = {"0": 0, "1": 1, "p_minus_1": P - 1, "order_8": 325606250916557431795983626356110631294008115727848805560023387167927233504,
       "order_8_other": 39382357235489614581723060781553021112529911719440698176882885853963445705823}
SECRET = sealed(1)[0]["sealed"]
RAW = base64.b64decode(SECRET)
BAD = {
    "no_feed": package()[:-1], "two_feeds": package() + "\n", "crlf": package()[:-1] + "\r\n", "empty": "", "feed_alone": "\n",
    "array": "[1]\n", "space": package().replace('"n":1', '"n": 1'), "cut": package()[:200], "nul_behind": package()[:-1] + "\0\n",
    "unsorted": package().replace('"n":1,', "").replace('"version":1', '"version":1,"n":1'), "n_twice": package().replace('"n":1', '"n":1,"n":2'),
    "other_format": package(format="tally-host-2"), "an_acknowledgement": line({"floor": 5, "format": "tally-ack-1", "host": HOST, "next": 9, "root": "00" * 32, "site": "SITE1"}) + "\n",
    "unknown_field": package(note="x"), "n_0": package(n=0), "n_text": package(n="1"), "n_large": package(n=2**53), "n_minus": package(n=-1),
    "version_0": package(version=0), "version_text": package(version="1"),
    "site_small": package(site="site1"), "site_path": package(site="../X"), "site_25": package(site="A" * 25), "host_label": package(host="LICSRV"),
    "host_small": package(host=HOST.lower()), "host_path": package(host="H/../../../../../etc/passwd"),
    "fingerprint_short": package(fingerprint="ab" * 31), "fingerprint_large_letters": package(fingerprint=FINGERPRINT.upper()),
    "fingerprint_words": package(fingerprint="lusab-babad"), "station_short": package(station="ab"), "station_no_point": package(station="ff" * 32),
    "station_low_order": package(station="00" * 32), "box_short": package(box="07"), "box_as_number": package(box=7),
    "box_bit_255": package(box=(HOST_BOX.public[:31] + bytes([HOST_BOX.public[31] | 0x80])).hex()), "box_p": package(box=hex_of(P)),
    "box_p_plus_9": package(box=hex_of(P + 9)), "box_all_ones": package(box="ff" * 32),
    "policy_alone": package(secrets=None), "secrets_alone": package(policy=None), "policy_text": package(policy="standard"),
    "policy_empty": package(policy={}), "policy_no_user": package(policy=policy(user=None)), "policy_other_rule": package(policy=policy(user="hide")),
    "policy_other_fold": package(policy=policy(fold="fold2")), "policy_server_omit": package(policy=policy(server="omit")),
    "policy_more": package(policy=policy(zebra="clear")), "policy_aliases_unsorted": package(policy=policy(aliases=["b=x", "a=x"])),
    "policy_aliases_1025": package(policy=policy(aliases=[*ALIASES, "b=b"])),
    "secrets_empty": package(secrets=[]), "secrets_17": package(secrets=sealed(*range(1, 18))), "secrets_object": package(secrets={"1": SECRET}),
    "secrets_texts": package(secrets=[SECRET]), "epoch_0": package(secrets=[{"epoch": 0, "sealed": SECRET}]),
    "epoch_10000": package(secrets=sealed(10000)), "epoch_text": package(secrets=[{"epoch": "1", "sealed": SECRET}]),
    "epochs_twice": package(secrets=sealed(1, 1)), "epochs_unsorted": package(secrets=sealed(2, 1)),
    "secret_more": package(secrets=[{"epoch": 1, "key": "00", "sealed": SECRET}]), "secret_no_box": package(secrets=[{"epoch": 1}]),
    "sealed_79": package(secrets=[{"epoch": 1, "sealed": base64.b64encode(RAW[:79]).decode()}]),
    "sealed_81": package(secrets=[{"epoch": 1, "sealed": base64.b64encode(RAW + b"\0").decode()}]),
    "sealed_url_letters": package(secrets=[{"epoch": 1, "sealed": base64.urlsafe_b64encode(b"\xff" * 80).decode()}]),
    "sealed_no_padding": package(secrets=[{"epoch": 1, "sealed": SECRET.rstrip("=")}]),
    "sealed_pad_bits": package(secrets=[{"epoch": 1, "sealed": SECRET.rstrip("=")[:-1] + chr(ord(SECRET.rstrip("=")[-1]) + 1) + "="}]),
    "sealed_hex": package(secrets=[{"epoch": 1, "sealed": RAW.hex()}]),
    "a_secret_in_clear": package(secrets=[{"epoch": 1, "key": "00" * 32}]),
    "catalogue_short": package(catalogue="ab"), "catalogue_number": package(catalogue=1), "catalogue_empty": package(catalogue=""),
    "too_long": package(policy=policy(aliases=["a=" + "b" * 80000])),
}
for name, value in LOW.items():
    BAD["box_low_order_" + name] = package(box=hex_of(value))
for missing in ("box", "fingerprint", "format", "host", "n", "site", "station", "version"):
    BAD["without_" + missing] = package(**{missing: None})


def opens():
    """package, box key, epoch, what is inside: or - when that key opens nothing."""
    rows = []
    for name in ("plain", "two_epochs", "epoch_9999", "other_box", "sealed_to_another"):
        for key, label in ((HOST_BOX, "host.box"), (OTHER_BOX, "other.box")):
            for each in json.loads(GOOD[name])["secrets"]:
                to_host = name not in ("other_box", "sealed_to_another")
                inside = secret(each["epoch"])[0].hex() if (key is HOST_BOX) == to_host else "-"
                rows.append("\t".join([name, label, str(each["epoch"]), inside]))
    return "# package\tbox key\tepoch\tsecret\n" + "\n".join(rows) + "\n"


BOXES = {"host.box": HOST_BOX.file(), "other.box": OTHER_BOX.file()}
BAD_BOXES = {
    "box_halves": line({"format": "tally-box-1", "key": OTHER_BOX.public.hex(), "secret": HOST_BOX.secret.hex()}) + "\n",
    "box_more": line({"format": "tally-box-1", "key": HOST_BOX.public.hex(), "note": "x", "secret": HOST_BOX.secret.hex()}) + "\n",
    "box_format": HOST_BOX.file().replace("tally-box-1", "tally-box-2"), "box_feed": HOST_BOX.file()[:-1],
    "box_secret_short": line({"format": "tally-box-1", "key": HOST_BOX.public.hex(), "secret": "00"}) + "\n",
}


def made():
    files = {HERE / "good" / name: text for name, text in GOOD.items()}
    files.update({HERE / "bad" / name: text for name, text in BAD.items()})
    files.update({HERE / "bad_boxes" / name: text for name, text in BAD_BOXES.items()})
    files.update({HERE / name: text for name, text in BOXES.items()})
    files.update({CORPUS / name: text for name, text in {**GOOD, **BAD, **BOXES, **BAD_BOXES}.items() if len(text) < 9000})
    files[HERE / "opens.tsv"] = opens()
    files[HERE / "SITE.jsonl"] = site_file()[1]
    plain, comment = GOOD["plain"].encode(), f"tally-host-1 SITE1 {HOST} 1"
    signed = {"minisig": EXPORT.sign(plain, comment), "by_root": ROOT.sign(plain, comment), "by_verifier": VERIFIER.sign(plain, comment),
              "by_station_log": STATION.sign(plain, comment), "other_number": EXPORT.sign(plain, comment[:-1] + "2"),
              "other_purpose": EXPORT.sign(plain, "tally-export-1 SITE1 1 1/1"), "other_note": EXPORT.sign(plain, comment, "signature"),
              "other_bytes": EXPORT.sign(GOOD["second"].encode(), comment), "two_keys": EXPORT.sign(plain, comment) + EXPORT.sign(plain, comment),
              "crlf": EXPORT.sign(plain, comment).replace("\n", "\r\n"), "empty": ""}
    files.update({HERE / ("plain." + kind): text for kind, text in signed.items()})
    files[HERE / "export.pub"] = "untrusted comment: export\n" + EXPORT.text() + "\n"
    return files


def main():
    files = made()
    if "--check" in sys.argv:
        there = {path for folder in (HERE / "good", HERE / "bad", HERE / "bad_boxes", CORPUS) for path in folder.glob("*")}
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
