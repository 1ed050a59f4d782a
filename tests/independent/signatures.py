"""Keys, signatures and the chain of a site file: docs/formats/site-file.md."""
import base64
import binascii
import hashlib
import re

from nacl import bindings
from nacl.exceptions import CryptoError

import canonical
from canonical import is_count, is_hex, is_name, require

INVALID = "SITE_FILE_INVALID"
FIELDS = {"format", "site", "version", "roots", "threshold", "log", "exports", "verifiers", "releases", "sigs"}


def unbase64(text, length):
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("no base64") from None
    if len(raw) != length or base64.b64encode(raw).decode() != text:
        raise ValueError("not the one spelling in base64, or of another length")
    return raw


def acceptable_point(point):
    """Canonical encoding, on the curve, in the main subgroup, not of low order."""
    return bindings.crypto_core_ed25519_is_valid_point(point)


def holds(point, message, signature):
    try:
        bindings.crypto_sign_open(signature + message, point)
    except (CryptoError, ValueError):
        return False
    return True


def parse_key(text):
    """(id, point) of the text that minisign -P takes."""
    raw = unbase64(text, 42)
    if raw[:2] != b"Ed" or not acceptable_point(raw[10:]):
        raise ValueError("no key of minisign, or not an acceptable point")
    return raw[2:10], raw[10:]


def comment_is_spelled(comment):
    return 1 <= len(comment) <= 1000 and re.fullmatch(r"[!-~]+(?: [!-~]+)*", comment) is not None


class Signature:
    """A minisign signature in its two base64 parts and its trusted comment."""

    def __init__(self, line, comment, closing):
        raw = unbase64(line, 74)
        if raw[:2] != b"ED" or not comment_is_spelled(comment):
            raise ValueError("not prehashed, or a comment that is not in its one spelling")
        self.id, self.signature, self.comment, self.closing = raw[2:10], raw[10:], comment, unbase64(closing, 64)

    def verifies(self, point, digest):
        """digest: BLAKE2b-512 of what was signed."""
        return holds(point, digest, self.signature) and holds(
            point, self.signature + self.comment.encode(), self.closing)


def parse_signature_file(content):
    lines = content.decode("ascii").split("\n")
    if len(lines) != 5 or lines[4]:
        raise ValueError("not four lines")
    prefixes = ("untrusted comment: ", "trusted comment: ")
    if not (lines[0].startswith(prefixes[0]) and lines[2].startswith(prefixes[1])):
        raise ValueError("no comments")
    untrusted = lines[0][len(prefixes[0]):]
    if not comment_is_spelled(untrusted):
        raise ValueError("the untrusted comment is not in its one spelling")
    return untrusted, Signature(lines[1], lines[2][len(prefixes[1]):], lines[3])


def check_beside(content, signature, keys, comments):
    """A signature file of one of `keys` over `content`, with exactly these two comments."""
    try:
        untrusted, parsed = parse_signature_file(signature)
    except ValueError as problem:
        raise canonical.Defect("BAD_SIGNATURE", f"not in its one spelling: {problem}") from None
    point = dict(keys).get(parsed.id)
    require(point is not None, "UNKNOWN_KEY", "signed by no such key")
    require(parsed.verifies(point, hashlib.blake2b(content).digest()), "BAD_SIGNATURE", "it does not hold")
    require((untrusted, parsed.comment) == comments, "BAD_SIGNATURE", "made for something else")


def words(digest):
    """The first 128 bits as eight proquints."""
    def word(bits):
        letters = ("bdfghjklmnprstvz", "aiou")
        return (letters[0][bits >> 12] + letters[1][bits >> 10 & 3] + letters[0][bits >> 6 & 15] +
                letters[1][bits >> 4 & 3] + letters[0][bits & 15])
    return "-".join(word(int.from_bytes(digest[at:at + 2], "big")) for at in range(0, 16, 2))


class SiteChain:
    """All versions of a site file, proved; policy is that of the newest."""

    def __init__(self, content):
        require(content.endswith(b"\n"), INVALID, "the site file does not end with a line end")
        self.lines = content.split(b"\n")[:-1]
        self.versions, self.role_of = [], {}
        for number, line in enumerate(self.lines, 1):
            try:
                self._append(line)
            except (canonical.Defect, ValueError) as problem:
                raise canonical.Defect(INVALID, f"version {number} of the site file: {problem}") from None
        newest = self.versions[-1]
        self.site, self.releases, self.log = newest["site"], newest["releases"], newest["log"]
        self.retired = {parse_key(entry["key"]): entry["until"] for entry in newest.get("retired", [])}
        self.officers = {parse_key(entry["key"]): entry for entry in newest.get("officers", [])}
        self.keys = {role: [parse_key(key) for key in newest[role]] for role in ("roots", "exports", "verifiers")}
        self.fingerprint = hashlib.sha256(self._signed_text(self.versions[0])).digest()

    @staticmethod
    def _signed_text(version):
        return canonical.spelled({key: value for key, value in version.items() if key != "sigs"})

    def _append(self, line):
        version = canonical.parse(line, canonical.ROW)
        previous = self.versions[-1] if self.versions else None
        self._fields(version)
        require(version["version"] == len(self.versions) + 1, INVALID, "not the next version")
        if previous:
            require((version["site"], version["log"]) == (previous["site"], previous["log"]), INVALID,
                    "another site or another log than before")
        self._roles(version)
        self._retired(version, previous)
        self._officers(version, previous)
        self._signatures(version, previous)
        self.versions.append(version)

    @staticmethod
    def _fields(version):
        require(set(version) - {"retired", "officers"} == FIELDS, INVALID, "not exactly the fields of a site file")
        require(version["format"] == "tally-site-1" and is_name(version["site"]) and is_count(version["version"], 1)
                and is_hex(version["log"], 64) and is_count(version["releases"], 0, 16), INVALID,
                "a field has no such value")
        for role, least in (("roots", 1), ("exports", 1), ("verifiers", 0)):
            keys = version[role]
            require(isinstance(keys, list) and least <= len(keys) <= 16 and all(isinstance(k, str) for k in keys)
                    and keys == sorted(keys), INVALID, f"{role} is no sorted list of keys")
        for field, least, most in (("retired", {"until"}, set()), ("officers", {"person"}, {"until"})):
            if field in version:
                SiteChain._entries(version[field], field, least | {"key"}, most)
        require(is_count(version["threshold"], 1, len(version["roots"])), INVALID, "a threshold out of range")
        require(isinstance(version["sigs"], list), INVALID, "sigs is no list")

    @staticmethod
    def _entries(entries, field, fields, optional):
        require(isinstance(entries, list) and 1 <= len(entries) <= 16, INVALID, f"{field} is no list of 1 to 16 keys")
        for entry in entries:
            require(isinstance(entry, dict) and fields <= set(entry) <= fields | optional
                    and isinstance(entry["key"], str) and is_count(entry.get("until", 0))
                    and is_name(entry.get("person", "X")), INVALID, f"{field} holds something else")
        order = [entry["key"] for entry in entries]
        require(order == sorted(order), INVALID, f"{field} out of order")

    def _roles(self, version):
        log = bytes.fromhex(version["log"])
        require(acceptable_point(log), INVALID, "the log's key is no acceptable point")
        points, ids = [(log, "log")], []
        for role in ("roots", "exports", "verifiers"):
            for key_id, point in map(parse_key, version[role]):
                points.append((point, role))
                ids.append(key_id)
        for entry in version.get("retired", []) + version.get("officers", []):
            key_id, point = parse_key(entry["key"])
            points.append((point, "exports" if "person" not in entry else f"officer {entry['person']}"))
            ids.append(key_id)
        require(len({point for point, _ in points}) == len(points) and len(set(ids)) == len(ids), INVALID,
                "a key or an id twice")
        for point, role in points:
            require(self.role_of.setdefault(point, role) == role, INVALID, "a key that had another role before")

    @staticmethod
    def _retired(version, previous):
        """Only a key that signed up to the version before, and never for longer than was said then."""
        ends = {} if previous is None else {key: None for key in previous["exports"]}
        ends |= {} if previous is None else {entry["key"]: entry["until"] for entry in previous.get("retired", [])}
        for entry in version.get("retired", []):
            require(entry["key"] in ends, INVALID, "retires a key that signed nothing up to the version before")
            end = ends[entry["key"]]
            require(end is None or entry["until"] <= end, INVALID, "puts off the end of a retired key")

    @staticmethod
    def _officers(version, previous):
        """Who stopped to release stays stopped, and never for longer than was said then."""
        before = {entry["key"]: entry for entry in (previous or {}).get("officers", [])}
        for entry in version.get("officers", []):
            known = before.get(entry["key"])
            if "until" in entry:
                require(known and entry["until"] <= known.get("until", entry["until"]), INVALID,
                        "ends what an officer may release, who was none, or puts that end off")
            else:
                require(not known or "until" not in known, INVALID, "an officer who had stopped releases again")

    def _signatures(self, version, previous):
        digest = hashlib.blake2b(self._signed_text(version)).digest()
        comment = f"tally-site-1 {version['site']} {version['version']}"
        candidates = set(version["roots"]) | set(previous["roots"] if previous else ())
        signers = []
        for entry in version["sigs"]:
            require(isinstance(entry, dict) and set(entry) == {"comment", "global", "key", "sig"}
                    and all(isinstance(value, str) for value in entry.values()), INVALID, "sigs holds something else")
            require(entry["key"] in candidates, INVALID, "signed by a key that is no root key")
            key_id, point = parse_key(entry["key"])
            signature = Signature(entry["sig"], entry["comment"], entry["global"])
            require(signature.id == key_id and signature.comment == comment, INVALID, "signature of something else")
            require(signature.verifies(point, digest), INVALID, "a signature does not hold")
            signers.append(entry["key"])
        require(signers == sorted(set(signers)), INVALID, "signatures out of order or by the same key twice")
        for quorum in filter(None, (version, previous)):
            require(len(set(signers) & set(quorum["roots"])) >= quorum["threshold"], INVALID, "too few signatures")

    def continues(self, other):
        """Whether one of both chains is the beginning of the other."""
        common = min(len(self.lines), len(other.lines))
        return self.lines[:common] == other.lines[:common]
