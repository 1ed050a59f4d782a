"""Receipts, positions, acknowledgements and telephone codes: docs/formats/receipt.md."""
import hashlib
import re

import canonical
from canonical import is_count, is_hex, is_name, require, well_formed

RECEIPT, POSITION, ACKNOWLEDGEMENT = 16 << 10, canonical.ROW, 2048
LARGEST = (1 << 48) - 1
STATUSES = ("OK", "OK_WITH_FINDINGS", "REJECTED")
NEEDED = {"format", "site", "agreement", "verifier", "n", "bundle", "bundles", "status", "findings", "positions",
          "logs", "challenge", "issued"}
OPTIONAL = {"previous", "missing", "except", "beside", "due"}
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U"


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def only_line(content, limit):
    well_formed(content.endswith(b"\n"), "it does not end with a line end")
    return canonical.parse(content[:-1], limit)


def is_log(value):
    return isinstance(value, str) and re.fullmatch("H[A-Z2-7]{24}", value) is not None


def is_ascending(values):
    return all(before < after for before, after in zip(values, values[1:]))


def is_list(value, least, most, of):
    return isinstance(value, list) and least <= len(value) <= most and all(of(item) for item in value)


def is_position(value, least):
    return (isinstance(value, dict) and set(value) == {"host", "next", "root"} and is_log(value["host"])
            and is_count(value["next"], least, LARGEST) and is_hex(value["root"], 64))


def is_code(value):
    return isinstance(value, str) and re.fullmatch("[A-Z0-9_]{1,64}", value) is not None


def parse_receipt(content):
    receipt = only_line(content, RECEIPT)
    well_formed(NEEDED <= set(receipt) <= NEEDED | OPTIONAL, "not exactly the fields of a receipt")
    well_formed(receipt["format"] == "tally-receipt-1" and receipt["status"] in STATUSES, "another format or status")
    well_formed(is_name(receipt["site"]) and is_name(receipt["agreement"]), "no name")
    well_formed(is_hex(receipt["verifier"], 64) and is_hex(receipt["positions"], 64)
                and is_hex(receipt.get("previous", "0" * 64), 64) and is_hex(receipt["challenge"], 32), "no hash")
    well_formed(is_count(receipt["n"], 1, 999999) and is_count(receipt["bundle"], 1, 999999)
                and is_count(receipt["logs"], 0, 65536) and is_count(receipt["issued"])
                and is_count(receipt.get("due", 0)) and is_count(receipt.get("beside", 1), 1, 1),
                "a number out of range")
    well_formed(is_list(receipt["bundles"], 1, 99, lambda item: is_hex(item, 64)), "bundles is no list of hashes")
    well_formed(is_list(receipt.get("missing", [1]), 1, 98, lambda item: is_count(item, 1, 99))
                and is_ascending(receipt.get("missing", [])), "missing is no list of volumes")
    well_formed(is_list(receipt["findings"], 0, 64, is_code) and is_ascending(receipt["findings"]),
                "findings is no sorted list of codes")
    if "except" in receipt:
        well_formed(is_list(receipt["except"], 1, 64, lambda item: is_position(item, 0))
                    and is_ascending([item["host"] for item in receipt["except"]]), "except is no list of positions")
        well_formed("beside" not in receipt, "except and positions beside")
    return receipt


def parse_positions(content):
    """The file of positions: [{host, next, root}]."""
    well_formed(not content or content.endswith(b"\n"), "the last line has no line end")
    positions = [canonical.parse(line, POSITION) for line in content.split(b"\n")[:-1]]
    require(len(positions) <= 65536, "LIMIT_EXCEEDED", "more than 65536 positions")
    well_formed(all(is_position(position, 1) for position in positions), "no position")
    well_formed(is_ascending([position["host"] for position in positions]), "not in the order of their logs")
    return positions


def spelled_positions(logs):
    """logs: {host: (next, root)}. What `positions` of a receipt is the SHA-256 of."""
    return b"".join(canonical.spelled({"host": host, "next": end, "root": root}) + b"\n"
                    for host, (end, root) in sorted(logs.items()) if end)


def parse_acknowledgement(content):
    ack = only_line(content, ACKNOWLEDGEMENT)
    well_formed(set(ack) - {"challenge"} == {"floor", "format", "host", "next", "root", "site"},
                "not exactly the fields of an acknowledgement")
    well_formed(ack["format"] == "tally-ack-1" and is_name(ack["site"]) and is_log(ack["host"])
                and is_count(ack["next"], 1, LARGEST) and is_hex(ack["root"], 64)
                and is_count(ack["floor"], 0, ack["next"]) and is_hex(ack.get("challenge", "0" * 32), 32),
                "a field has no such value")
    return ack


def comments_of_receipt(receipt):
    return ("signature of a receipt by tally-verifier",
            f"tally-receipt-1 {receipt['site']} {receipt['agreement']} {receipt['n']}")


def comments_of_acknowledgement(ack):
    return ("signature of an acknowledgement by tally-packager",
            f"tally-ack-1 {ack['site']} {ack['host']} {ack['next']}")


# -- over the telephone ----------------------------------------------------------------------------------------------

def telephone_code(receipt, secret):
    """The code of a receipt under the 32 bytes that both sides hold."""
    told = {field: receipt[field] for field in ("agreement", "bundles", "n", "positions", "site", "status", "verifier")}
    mac = hashlib.blake2b(b"tally-tel-v1\n" + canonical.spelled(told), digest_size=32, key=secret).digest()
    number = int.from_bytes(mac[:10], "big")
    letters = "".join(ALPHABET[number >> shift & 31] for shift in range(75, -1, -5))
    return "-".join([*(letters[at:at + 4] for at in range(0, 16, 4)), ALPHABET[number % 37]])


def read_code(text):
    """The number that somebody typed; None when it was heard or typed wrongly."""
    letters = text.upper().replace(" ", "").replace("-", "").replace("O", "0").replace("I", "1").replace("L", "1")
    if len(letters) != 17 or not set(letters[:16]) <= set(ALPHABET[:32]) or letters[16] not in ALPHABET:
        return None
    number = sum(ALPHABET.index(letter) << shift for letter, shift in zip(letters, range(75, -1, -5)))
    return number if ALPHABET[number % 37] == letters[16] else None
