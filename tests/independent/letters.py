"""What hosts and station send each other: docs/formats/host-package.md, site-file.md (request), segment.md."""
import re

from nacl import bindings
from nacl.exceptions import CryptoError

import container
import logs
import pseudonyms
import signatures
from answers import is_ascending, is_list, is_log, only_line
from canonical import Defect, is_count, is_hex, is_name, require, well_formed

PACKAGE, SEGMENT = 73728, 16 << 20
NEEDED = {"box", "fingerprint", "format", "host", "n", "site", "station", "version"}
PRIME = (1 << 255) - 19


def acceptable_box(key):
    """An X25519 key that is its one spelling, and with which no exchange gives zero."""
    if int.from_bytes(key, "little") >= PRIME:
        return False
    try:
        bindings.crypto_scalarmult(b"\1" * 32, key)
    except (CryptoError, RuntimeError):
        return False
    return True


def parse_package(content):
    package = only_line(content, PACKAGE - 1)
    well_formed(NEEDED <= set(package) <= NEEDED | {"policy", "secrets", "catalogue"},
                "not exactly the fields of a package")
    well_formed(package["format"] == "tally-host-1" and is_name(package["site"]) and is_log(package["host"])
                and all(is_hex(package[field], 64) for field in ("box", "fingerprint", "station"))
                and is_hex(package.get("catalogue", "0" * 64), 64) and is_count(package["n"], 1)
                and is_count(package["version"], 1), "a field has no such value")
    well_formed(acceptable_box(bytes.fromhex(package["box"])), "a box key of low order, or not in its one spelling")
    well_formed(signatures.acceptable_point(bytes.fromhex(package["station"])), "the station's key is no such point")
    well_formed(("policy" in package) == ("secrets" in package), "policy or secrets alone")
    if "policy" in package:
        pseudonyms.check_policy(package["policy"])
        well_formed(is_list(package["secrets"], 1, 16, is_secret)
                    and is_ascending([secret["epoch"] for secret in package["secrets"]]), "no list of secrets")
    return package


def is_secret(value):
    if not isinstance(value, dict) or set(value) != {"epoch", "sealed"} or not is_count(value["epoch"], 1, 9999):
        return False
    try:
        signatures.unbase64(value["sealed"], 80)
    except (ValueError, TypeError):
        return False
    return True


def comments_of_package(package):
    return "letter of Tallystick to a host", f"tally-host-1 {package['site']} {package['host']} {package['n']}"


def parse_box(content):
    """(public, secret) of a host's box.key."""
    box = only_line(content, 2048)
    well_formed(set(box) == {"format", "key", "secret"} and box["format"] == "tally-box-1" and is_hex(box["key"], 64)
                and is_hex(box["secret"], 64), "no box key")
    public, secret = bytes.fromhex(box["key"]), bytes.fromhex(box["secret"])
    well_formed(bindings.crypto_scalarmult_base(secret) == public, "the public half of another key")
    return public, secret


def opened(package, box):
    """{epoch: secret}; a Defect when one does not open."""
    try:
        return {secret["epoch"]: bindings.crypto_box_seal_open(signatures.unbase64(secret["sealed"], 80), *box)
                for secret in package.get("secrets", [])}
    except CryptoError:
        raise Defect("BAD_SIGNATURE", "a secret is sealed for another host") from None


def parse_request(content):
    request = only_line(content, 4096)
    well_formed(set(request) == {"box", "format", "host", "key", "label", "machine", "site", "version"}
                and request["format"] == "tally-enrolment-1", "not exactly the fields of a request")
    well_formed(is_hex(request["key"], 64) and request["host"] == logs.name_of_log(request["key"])
                and signatures.acceptable_point(bytes.fromhex(request["key"])), "no log of that key")
    well_formed(is_hex(request["box"], 64) and acceptable_box(bytes.fromhex(request["box"])), "no box key")
    well_formed(is_name(request["label"]) and is_name(request["site"]) and is_hex(request["machine"], 64)
                and re.fullmatch("[!-~]{1,64}", request["version"]), "a field has no such value")
    return request


def parse_segment(content, name):
    """The lines of a segment of this file name; a Defect when it is not whole. Who vouches for them is not asked."""
    told = re.fullmatch(r"SEG_(H[A-Z2-7]{24})_(0|[1-9][0-9]*)_([1-9][0-9]*)\.jsonl\.zst", name)
    well_formed(told and int(told[2]) < int(told[3]) < logs.SIZES, "no name of a segment")
    size = container.check_frame(content)
    require(1 <= size <= SEGMENT, "LIMIT_EXCEEDED", "more than 16 MiB of lines")
    raw = container.decompress(content, size)
    well_formed(raw.endswith(b"\n"), "the last line has no line end")
    lines = raw.split(b"\n")[:-1]
    read = [logs.parse_line(line) for line in lines]
    well_formed([(record["host"], record["seq"]) for record in read] ==
                [(told[1], seq) for seq in range(int(told[2]), int(told[3]))], "other lines than the name says")
    well_formed(read[-1]["t"] == "seal", "the last line is no seal")
    return lines
