#!/usr/bin/python3
"""Writes seeds of minisig and site_file, from docs/formats and the page of minisign alone, and the programs of bundle,
inspect and key_slot (see there what their bytes mean). Other seeds of minisig and site_file are files of stock minisign and
of the packager, copied by hand."""
import base64
import hashlib
import json
import os

import nacl.signing

HERE = os.path.dirname(os.path.abspath(__file__))


def write(harness, name, data):
    folder = os.path.join(HERE, "corpus", harness)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as out:
        out.write(data if isinstance(data, bytes) else data.encode())


def b64(data):
    return base64.b64encode(data).decode()


class Key:
    """A minisign key from a fixed seed."""

    def __init__(self, number):
        self.signing = nacl.signing.SigningKey(bytes([number]) * 32)
        self.point = self.signing.verify_key.encode()
        self.id = hashlib.sha256(self.point).digest()[:8]
        self.text = b64(b"Ed" + self.id + self.point)

    def sign(self, data, comment):
        value = self.signing.sign(hashlib.blake2b(data).digest()).signature
        whole = self.signing.sign(value + comment.encode()).signature
        return {"comment": comment, "global": b64(whole), "key": self.text, "sig": b64(b"ED" + self.id + value)}


ROOT, SECOND, EXPORT, STATION, VERIFIER = (Key(number) for number in range(1, 6))

# Signature and key files.
parts = ROOT.sign(b"message", "tally-export-1 SITE1 1 1/1")


def signature(first="untrusted comment: signature of a bundle by tally-packager", value=parts["sig"], comment="trusted comment: " + parts["comment"], whole=parts["global"], end="\n"):
    return "\n".join([first, value, comment, whole]) + end


raw = base64.b64decode(parts["sig"])
for name, text in {
        "plain": signature(), "no_comment": signature(first="untrusted comment: "), "other_first_word": signature(first="comment: x"), "no_space": signature(first="untrusted comment:x"),
        "comment_of_1000": signature(comment="trusted comment: " + "x" * 1000), "comment_of_1001": signature(comment="trusted comment: " + "x" * 1001), "comment_ends_in_space": signature(comment="trusted comment: x "),
        "comment_not_ascii": signature(comment="trusted comment: \u00e9"), "legacy_algorithm": signature(value=b64(b"Ed" + raw[2:])), "unknown_algorithm": signature(value=b64(b"XX" + raw[2:])),
        "value_short": signature(value=b64(raw[:-1])), "value_long": signature(value=b64(raw + b"x")), "value_empty": signature(value=""), "whole_short": signature(whole=b64(b"x" * 63)), "whole_empty": signature(whole=""),
        "three_lines": "\n".join(signature().split("\n")[:3]) + "\n", "five_lines": signature(end="\nmore\n"), "lone_cr": signature().replace("\n", "\r"), "of_4097_bytes": signature(end="\n" + "x" * 4097)}.items():
    write("minisig", "made_" + name, text)
HEAD = "untrusted comment: minisign public key\n"
for name, text in {"plain": HEAD + ROOT.text + "\n", "no_feed": HEAD + ROOT.text, "short": HEAD + b64(b"Ed" + ROOT.id + ROOT.point[:-1]) + "\n", "algorithm": HEAD + b64(b"ED" + ROOT.id + ROOT.point) + "\n", "text_alone": ROOT.text,
                   "not_canonical_point": HEAD + b64(b"Ed" + ROOT.id + b"\xee" + b"\xff" * 30 + b"\x7f") + "\n", "point_outside": HEAD + b64(b"Ed" + ROOT.id + bytes([2]) + bytes(31)) + "\n"}.items():
    write("minisig", "public_" + name, text)


def secret(algorithm=b"Ed", kdf=b"\0\0", sum_algorithm=b"B2", salt=bytes(32), work=0, memory=0, key=ROOT, total=bytes(32), half=None):
    body = key.id + key.signing.encode() + (half or key.point) + total
    data = algorithm + kdf + sum_algorithm + salt + work.to_bytes(8, "little") + memory.to_bytes(8, "little") + body
    return "untrusted comment: minisign encrypted secret key\n" + b64(data) + "\n"


for name, text in {"plain": secret(), "other_half": secret(half=SECOND.point), "salted": secret(salt=b"\x01" * 32), "costed": secret(work=1), "summed": secret(total=b"\x01" * 32), "algorithm": secret(algorithm=b"ED"), "kdf": secret(kdf=b"Ar"),
                   "sum_algorithm": secret(sum_algorithm=b"S2"), "locked": secret(kdf=b"Sc", work=32768, memory=1 << 24), "locked_costly": secret(kdf=b"Sc", work=2**63, memory=2**63), "locked_for_nothing": secret(kdf=b"Sc")}.items():
    write("minisig", "secret_" + name, text)


# Site files.
def version(roots=(ROOT,), signers=(ROOT,), comment=None, break_it=None, **other):
    fields = {"exports": [EXPORT.text], "format": "tally-site-1", "log": STATION.point.hex(), "releases": 0, "roots": sorted(key.text for key in roots), "site": "SITE1", "threshold": 1,
              "verifiers": [], "version": 1, **other}
    fields = {key: value for key, value in fields.items() if value is not None}
    text = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
    said = comment or "tally-site-1 {} {}".format(fields.get("site"), fields.get("version"))
    sigs = sorted((key.sign(text, said) for key in signers), key=lambda one: one["key"])
    if break_it:
        break_it(sigs)
    return json.dumps({**fields, "sigs": sigs}, sort_keys=True, separators=(",", ":")) + "\n"


ONE = version()


def set_first(field, value):
    def change(sigs):
        sigs[0][field] = value
    return change


sites = {
    "one": ONE, "three_versions": ONE + version(version=2) + version(version=3), "skips_2": ONE + version(version=3), "other_site_later": ONE + version(version=2, site="SITE2"), "other_log_later": ONE + version(version=2, log=VERIFIER.point.hex()),
    "root_handed_over": ONE + version(version=2, roots=(SECOND,), signers=(ROOT, SECOND)), "verifier_added": ONE + version(version=2, verifiers=[VERIFIER.text]), "role_changed_later": ONE + version(version=2, exports=[VERIFIER.text], verifiers=[EXPORT.text]),
    "seventeen_exports": version(exports=sorted(Key(number).text for number in range(20, 37))), "sixteen_exports": version(exports=sorted(Key(number).text for number in range(20, 36))), "no_export": version(exports=[]), "no_root": version(roots=(), signers=()),
    "exports_unsorted": version(exports=sorted((Key(number).text for number in range(20, 23)), reverse=True)), "export_twice": version(exports=[EXPORT.text, EXPORT.text]), "threshold_2_of_1": version(threshold=2), "releases_3": version(releases=3),
    "site_lower": version(site="site"), "site_long": version(site="A" * 25), "format_2": version(format="tally-site-2"), "log_upper": version(log=STATION.point.hex().upper()), "log_short": version(log="00"), "version_text": version(version="1"),
    "comment_other": version(comment="hello"), "signed_twice": version(signers=(ROOT, ROOT)), "sig_of_stranger": version(signers=(ROOT, VERIFIER)), "sig_more": version(break_it=set_first("x", "y")), "sig_number": version(break_it=set_first("sig", 5)),
    "sig_not_base64": version(break_it=set_first("global", "!!!")), "sig_key_other": version(break_it=set_first("key", SECOND.text)), "log_is_root": version(log=ROOT.point.hex()), "three_roots_two": version(roots=(ROOT, SECOND, VERIFIER), signers=(ROOT, SECOND), threshold=2)}
for field in ("exports", "format", "log", "releases", "roots", "site", "threshold", "verifiers"):
    sites["without_" + field] = version(**{field: None}) if field != "roots" else ONE.replace('"roots"', '"rootz"')


# Officers, retired keys, and proposals that lack signatures.
def officers(*named, **other):
    return sorted(({"key": key.text, "person": person, **other} for key, person in named), key=lambda one: one["key"])


ANNA, BERT, OLD = Key(41), Key(42), Key(43)
BOTH = officers((ANNA, "ANNA"), (BERT, "BERT"))
RETIRED = [{"key": EXPORT.text, "until": 70}]
sites.update({
    "officer": version(officers=officers((ANNA, "ANNA")), releases=1), "two_officers": version(officers=BOTH, releases=2), "one_person_two_keys": version(officers=officers((ANNA, "ANNA"), (BERT, "ANNA"))),
    "officers_too_few": version(officers=BOTH, releases=3), "officers_none": version(officers=[]), "officers_unsorted": version(officers=BOTH[::-1]), "officer_twice": version(officers=BOTH[:1] * 2),
    "officers_17": version(officers=officers(*((Key(number), "P") for number in range(50, 67)))), "officer_person_small": version(officers=officers((ANNA, "anna"))), "officer_person_number": version(officers=[{"key": ANNA.text, "person": 7}]),
    "officer_without_key": version(officers=[{"person": "ANNA"}]), "officer_more": version(officers=officers((ANNA, "ANNA"), zebra=1)), "officer_text": version(officers=["x"]), "officers_text": version(officers="x"),
    "officer_until_first": version(officers=officers((ANNA, "ANNA"), until=5)), "officer_until_text": version(officers=officers((ANNA, "ANNA"), until="5")), "officer_is_root": version(officers=officers((ROOT, "ANNA"))),
    "officer_is_export": version(officers=officers((EXPORT, "ANNA"))), "officer_left": version(officers=BOTH) + version(version=2, officers=officers((ANNA, "ANNA"), (BERT, "BERT"), until=9)),
    "officer_other_person": version(officers=BOTH) + version(version=2, officers=officers((ANNA, "BERT"), (BERT, "ANNA"))), "officer_back": version(officers=BOTH) + version(version=2, officers=officers((ANNA, "ANNA"), until=9)) + version(version=3, officers=officers((ANNA, "ANNA"))),
    "retired": ONE + version(version=2, exports=[OLD.text], retired=RETIRED), "retired_later": ONE + version(version=2, exports=[OLD.text], retired=RETIRED) + version(version=3, exports=[OLD.text], retired=[{"key": EXPORT.text, "until": 90}]),
    "retired_back": ONE + version(version=2, exports=[OLD.text], retired=RETIRED) + version(version=3, exports=[OLD.text], retired=[{"key": EXPORT.text, "until": 60}]), "retired_first": version(retired=[{"key": OLD.text, "until": 7}]),
    "retired_still_export": ONE + version(version=2, retired=RETIRED), "retired_stranger": ONE + version(version=2, retired=[{"key": OLD.text, "until": 7}]), "retired_none": version(retired=[]), "retired_text": version(retired=["x"]),
    "retired_more": ONE + version(version=2, exports=[OLD.text], retired=[{"key": EXPORT.text, "until": 7, "zebra": 1}]), "retired_until_text": ONE + version(version=2, exports=[OLD.text], retired=[{"key": EXPORT.text, "until": "7"}]),
    "retired_without_until": ONE + version(version=2, exports=[OLD.text], retired=[{"key": EXPORT.text}]), "proposal_unsigned": ONE + version(version=2, signers=()), "proposal_half_signed": version(roots=(ROOT, SECOND), signers=(ROOT, SECOND), threshold=2) + version(version=2, roots=(ROOT, SECOND), signers=(ROOT,), threshold=2),
    "proposal_bad_signature": ONE + version(version=2, break_it=set_first("sig", "x" * 99)), "key_not_text": version(verifiers=[7]), "keys_text": version(exports="x"), "root_is_verifier": version(verifiers=[ROOT.text])})
for name, text in sites.items():
    write("site_file", "made_" + name, text)

# Programs: see forged_bundle.hpp. Byte 0 has the choices, then kind, part, place (2), value and what is inserted.
XOR, INSERT, ERASE, SWAP, DROP, REPEAT, REPLACE, CUT = range(8)
PARTS = ("station", "host", "other_host", "hosts", "site", "packed", "manifest", "file", "signature")


def damage(kind, part, place, value=0, text=b""):
    return bytes([kind, PARTS.index(part)]) + place.to_bytes(2, "little") + bytes([len(text) if text else value]) + text


programs = {"honest": b"\0", "later": b"\x01", "later_remembered": b"\x05", "whole_remembered": b"\x07", "remembered": b"\x04", "not_trusted": b"\x08", "later_not_trusted": b"\x09", "two_members": b"\x40", "not_compressed_again": b"\x80", "whole": b"\x03"}
for part in PARTS:
    programs["flip_in_" + part] = b"\0" + damage(XOR, part, 300, 1)
    programs["cut_" + part] = b"\0" + damage(CUT, part, 200)
for part in ("station", "host", "hosts", "site"):
    programs["drop_in_" + part] = b"\0" + damage(DROP, part, 1)
    programs["repeat_in_" + part] = b"\0" + damage(REPEAT, part, 1, 2)
    programs["swap_in_" + part] = b"\0" + damage(SWAP, part, 0, 1)
programs.update({
    "last_line_dropped": b"\0" + damage(DROP, "host", 3), "station_last_dropped": b"\0" + damage(DROP, "station", 6), "line_inserted": b"\0" + damage(INSERT, "host", 0, text=b'{"t":"x"}\n'), "flip_old_rows": b"\x10" + damage(XOR, "host", 300, 1),
    "flip_old_signature": b"\x20" + damage(XOR, "host", 300, 1), "later_old_signature": b"\x21", "later_drop_host_line": b"\x05" + damage(DROP, "host", 0), "later_drop_station_line": b"\x05" + damage(DROP, "station", 0), "whole_flip_old_line": b"\x07" + damage(XOR, "host", 40, 1),
    "later_host_rows": b"\x05" + damage(XOR, "hosts", 12, 1), "append": b"\0" + damage(INSERT, "file", 0, text=b"x" * 40), "append_at_end": b"\0" + damage(INSERT, "site", 0, text=b"\n"), "erase_in_file": b"\0" + damage(ERASE, "file", 3000, 200),
    "manifest_label": b"\0" + damage(REPLACE, "manifest", 90, text=b"QQQ"), "hosts_row_gone": b"\0" + damage(DROP, "hosts", 2), "station_row_gone": b"\0" + damage(DROP, "hosts", 0), "two_members_flip": b"\x40" + damage(XOR, "packed", 40, 1),
    "not_trusted_flip": b"\x08" + damage(XOR, "host", 300, 1), "all_host_gone": b"\0" + damage(CUT, "host", 0), "all_gone": b"\0" + damage(CUT, "host", 0) + damage(CUT, "other_host", 0) + damage(CUT, "station", 0),
    "signature_comment": b"\0" + damage(REPLACE, "signature", 20, text=b"zz"), "three_damages": b"\0" + damage(XOR, "host", 9, 2) + damage(DROP, "station", 2) + damage(XOR, "hosts", 100, 4)})


def instead(part, old, new):
    return damage(REPLACE, part, 0, text=old + b"\0" + new)


def signing_key(seed):
    return nacl.signing.SigningKey(hashlib.sha256(seed).digest()).verify_key.encode()


def other_signer(point):
    """The beginning of a signature's text with the id of another key."""
    return damage(REPLACE, "signature", len("untrusted comment: signature of a bundle by tally-packager\n"), text=b64(b"ED" + hashlib.sha256(point).digest()[:8] + b"\0\0").encode()[:14])


LATER, WHOLE, REMEMBERED, UNTRUSTED, OLD_ROWS, ALL = b"\x05", b"\x07", b"\x04", b"\x08", b"\x10", b"\0"
HASH = b"ab" * 32
for name, (bits, ops) in {
        "two_volumes": (ALL, instead("manifest", b'"n":1},"z', b'"n":2},"z')), "other_zstd": (ALL, instead("manifest", b'"version":"1.', b'"version":"9.')), "other_level": (ALL, instead("manifest", b'"level":3', b'"level":4')),
        "other_site": (ALL, instead("manifest", b'"site":"SITE1"', b'"site":"SITE2"')), "audience": (ALL, instead("manifest", b'"created"', b'"audience":"' + HASH + b'","created"')), "other_raw": (ALL, instead("manifest", b'zst","raw":', b'zst","raw":1')),
        "other_number": (LATER, instead("manifest", b'"n":2,', b'"n":9,')), "other_number_whole": (WHOLE, instead("manifest", b'"n":2,', b'"n":3,')), "no_previous": (LATER, instead("manifest", b'"previous":"', b'"previous":"0')),
        "previous_added": (ALL, instead("manifest", b'"site"', b'"previous":"' + HASH + b'","site"')), "other_label": (ALL, instead("manifest", b'"label":"ALL"', b'"label":"NONE"')), "other_agreement": (ALL, instead("manifest", b'"AGR"', b'"AGX"')),
        "member_renamed": (ALL, instead("manifest", b"LINES_0001", b"LINES_0002")), "hash_of_hosts": (ALL, instead("manifest", b'"sha256":"', b'"sha256":"0') + instead("manifest", b'","size"', b'"size"')),
        "row_epoch": (ALL, instead("hosts", b'"epoch":0', b'"epoch":1')), "row_first": (ALL, instead("hosts", b'"first":0', b'"first":1')), "row_next": (ALL, instead("hosts", b'"next":', b'"next":1')), "row_swapped": (ALL, damage(SWAP, "hosts", 1, 2)),
        "row_stranger": (ALL, instead("hosts", b'"host":"H', b'"host":"HA')), "later_row_epoch": (LATER, instead("hosts", b'"epoch":1', b'"epoch":2')), "later_row_first": (LATER, instead("hosts", b'"first":', b'"first":1')), "later_row_range": (LATER, instead("hosts", b'"range":["', b'"range":["0')),
        "station_is_recorder": (ALL, instead("station", b'"role":"station"', b'"role":"recorder"')), "genesis_gone": (ALL, instead("host", b'"t":"genesis"', b'"t":"genesi"')), "genesis_key": (ALL, instead("host", b'"key":"', b'"key":"0')),
        "log_replaced": (ALL, instead("host", b'"role"', b'"replaces":{"host":"H","reason":"x","root":"y","size":1},"role"')), "clock_ahead": (ALL, instead("host", b'"wall":17900', b'"wall":17910')), "boot_changed": (ALL, instead("host", b'"boot":"bb', b'"boot":"bc')),
        "clock_ahead_later": (LATER, instead("host", b'"wall":17900', b'"wall":17910')), "end_is_import": (ALL, instead("host", b'"at":1651363260,"boot":"' + b"b" * 32 + b'",', b'"boot":"' + b"b" * 32 + b'","counts":{},"digest":"d","first":5,"format":"f",') + instead("host", b'"kind":"returned"', b'"last":9,"lines":1,"name":"n"')
                               + instead("host", b'"start":1,"t":"end"', b'"src":"s","t":"import"') + instead("host", b'"up":7000,"wall":1790000002000}', b'"up":7000,"wall":1790000002000,"zone":"z"}')),
        "genesis_inside": (ALL, damage(REPEAT, "host", 0, 2)), "seal_epoch": (ALL, instead("host", b'"epoch":0', b'"epoch":1')), "seal_next": (ALL, instead("host", b'"next":"', b'"next":"0')), "seal_sig": (ALL, instead("host", b'"sig":"', b'"sig":"0')),
        "line_after_seal": (ALL, damage(SWAP, "host", 2, 3)), "arrived_elsewhere": (ALL, instead("station", b'"next":4', b'"next":3')), "arrived_other_root": (ALL, instead("station", b'"root":"', b'"root":"' + HASH[:-8]) ), "enrolled_other": (ALL, instead("station", b'"log":"H', b'"log":"HA')),
        "no_arrival": (ALL, instead("station", b'"t":"arrived"', b'"t":"arrives"')), "no_export": (ALL, instead("station", b'"t":"export"', b'"t":"expert"')), "rolled_back": (REMEMBERED, damage(DROP, "host", 3) + damage(DROP, "host", 2)), "shorter_than_accepted": (WHOLE, damage(CUT, "host", 900)),
        "forked": (WHOLE, instead("host", b'"user":"u1"', b'"user":"u2"')), "forked_first": (REMEMBERED, instead("host", b'"user":"u1"', b'"user":"u2"')), "forked_later": (LATER, instead("host", b'"user":"u1"', b'"user":"u2"')), "forked_old_rows": (b"\x14", instead("host", b'"user":"u1"', b'"user":"u2"')),
        "earlier_state": (b"\x04", b""), "signed_by_root": (ALL, other_signer(signing_key(b"fuzz root"))), "signed_by_stranger": (ALL, other_signer(b"x")), "signed_by_stranger_untrusted": (UNTRUSTED, other_signer(b"x")), "receipt_comment": (ALL, instead("signature", b"tally-export-1", b"tally-receipt-1")),
        "other_comment": (ALL, instead("signature", b"tally-export-1", b"hello")), "untrusted_comment": (ALL, instead("signature", b"by tally-packager", b"by somebody")), "signature_gone": (ALL, damage(CUT, "signature", 0)), "signature_long": (ALL, damage(INSERT, "signature", 20, text=b"x" * 250) * 7),
        "site_other": (ALL, instead("site", b'"releases":0', b'"releases":1')), "site_gone": (ALL, damage(CUT, "site", 0)), "site_twice": (ALL, damage(REPEAT, "site", 0, 0)), "lines_cut": (ALL, damage(CUT, "packed", 200)), "lines_flipped_all": (b"\x40", damage(XOR, "packed", 60, 4)),
}.items():
    programs["told_" + name] = bits + ops
for place in range(150, 158):
    programs[f"bit_of_the_host_{place * 9}"] = b"\0" + damage(XOR, "host", place * 9, 1)
    programs[f"bit_of_the_file_{place * 40}"] = b"\0" + damage(XOR, "file", place * 40, 1)
    programs[f"root_of_row_{place}"] = b"\0" + damage(XOR, "hosts", place, 1)
for name, program in programs.items():
    write("bundle", name, program)
    write("inspect", name, program)

# Bytes that are laid over the two key slots.
write("key_slot", "as_written", b"")
for at in (0, 1, 15, 16, 17, 23, 24, 25, 40, 55, 56, 57, 70, 87, 88, 89, 100, 119, 120, 121, 126, 127):
    for slot in (0, 128):
        write("key_slot", f"bit_at_{slot + at:03}", bytes(slot + at) + b"\x01")
for name, data in {"later_epoch": bytes(256) + b"\x01", "much_later": bytes(256) + b"\xff", "both": b"\x01" * 256, "first_erased_like": b"t" * 128, "epoch_2": bytes(16) + b"\x02", "epoch_2_asked": bytes(16) + b"\x02" + bytes(239) + b"\x01"}.items():
    write("key_slot", name, data)
