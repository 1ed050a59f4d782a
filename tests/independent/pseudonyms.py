"""Policies, pseudonyms, and what is given out of them: docs/formats/pseudonym.md."""
import base64
import hashlib
import unicodedata

import canonical
import logs
import records
from canonical import is_count, is_hex, is_name, require, well_formed

POLICY, PERSON, LINE = 65536, 2048, 8192
NAMED = {"user", "account", "domain", "client", "server", "address", "cdata", "file", "pool", "reason"}
RULES = {"clear", "pseudonym", "omit"}
LETTERS = {"person": "u", "host": "h", "domain": "d", "address": "a", "text": "x"}


def check_policy(policy):
    well_formed(isinstance(policy, dict) and set(policy) - {"aliases"} == NAMED | {"consent", "fold"},
                "not exactly the fields of a policy")
    for field in NAMED:
        allowed = RULES - ({"omit"} if field == "server" else set()) | ({"coarse"} if field == "address" else set())
        well_formed(policy[field] in allowed, f"no rule for {field}")
    well_formed(policy["consent"] in ("not_required", "required") and policy["fold"] == "fold1", "consent or fold")
    require(len(canonical.spelled(policy)) <= POLICY, "LIMIT_EXCEEDED", "a policy of more than 65536 bytes")
    if "aliases" in policy:
        check_aliases(policy["aliases"])


def check_aliases(aliases):
    well_formed(isinstance(aliases, list) and 1 <= len(aliases) <= 1024, "no list of 1 to 1024 aliases")
    pairs = []
    for alias in aliases:
        well_formed(isinstance(alias, str) and len(alias) <= 192 and "=" in alias, "no alias")
        pairs.append(alias.split("=", 1))
    well_formed(all(name and stands_for for name, stands_for in pairs), "an alias without a name")
    well_formed(all(before[0] < after[0] for before, after in zip(pairs, pairs[1:])), "aliases out of order")


# -- names -----------------------------------------------------------------------------------------------------------

def folded(name):
    """Normal form C of what is UTF-8, and ASCII letters small; bytes in, bytes out."""
    try:
        name = unicodedata.normalize("NFC", name.decode()).encode()
        return unicodedata.normalize("NFC", name.lower().decode()).encode()  # lower() of bytes: ASCII letters only
    except UnicodeDecodeError:
        return name.lower()


def parted(kind, name):
    """(name, domain), both folded."""
    name = folded(name)
    if kind == "person":
        head, mark, tail = name.partition(b"\\")
        if mark:
            return (tail, head) if head and tail else (name, b"")
        head, mark, tail = name.rpartition(b"@")
        return (head, tail) if head and tail else (name, b"")
    if kind == "host" and not is_address(name):
        head, _, tail = name.partition(b".")
        return (head, tail) if head and tail else (name, b"")
    return name, b""


def is_address(name):
    return b":" in name or not name.strip(b"0123456789.")


def fold1(kind, name, aliases):
    """(name that is hashed, its domain); aliases: {folded FROM: TO}."""
    name, domain = parted(kind, name)
    if kind == "person":
        name = aliases.get(domain + b"\\" + name if domain else name, aliases.get(name, name))
    return name, domain


def name_key(secret, kind, name):
    return hashlib.blake2b(b"tally-name-v1\n" + LETTERS[kind].encode() + b"\n" + name, digest_size=32,
                           key=secret).digest()


def by_key(key, kind, epoch, name):
    """The pseudonym of a folded name, by whoever has its name key."""
    digest = hashlib.blake2b(name, digest_size=20, key=key).digest()
    return f"{LETTERS[kind]}{epoch}_{base64.b32encode(digest).decode()}" if name else ""


def pseudonym(secret, kind, epoch, name):
    return by_key(name_key(secret, kind, name), kind, epoch, name)


# -- what a site gives out -------------------------------------------------------------------------------------------

def raw(text):
    """The bytes of a text in a line."""
    parts = text.encode("ascii").split(b"%")
    return parts[0] + b"".join(bytes([int(part[:2], 16)]) + part[2:] for part in parts[1:])


def parse_person(content):
    """A disclosure of one name; a Defect when the pseudonym is not that of the name under the key."""
    well_formed(content.endswith(b"\n"), "it does not end with a line end")
    told = canonical.parse(content[:-1], PERSON - 1)
    well_formed(set(told) == {"epoch", "format", "key", "kind", "name", "pseudonym", "site"}
                and told["format"] == "tally-disclosure-1" and told["kind"] in LETTERS and is_hex(told["key"], 64)
                and is_count(told["epoch"], 1, 9999) and is_name(told["site"]) and isinstance(told["name"], str),
                "no disclosure")
    made = by_key(bytes.fromhex(told["key"]), told["kind"], told["epoch"], raw(told["name"]))
    well_formed(made and told["pseudonym"] == made, "it is the pseudonym of another name")
    return told


def parse_line_proof(content):
    """(head, record, seal) of a line that was given out; a Defect when it does not belong under the seal's root.
    Whether that root is true only the ledger of accepted bundles can say."""
    require(len(content) <= LINE, "LIMIT_EXCEEDED", "more than 8192 bytes")
    lines = content.split(b"\n")
    well_formed(len(lines) == 4 and not lines[3], "not three lines")
    head, record, seal = (canonical.parse(line, limit) for line, limit in
                          zip(lines, (LINE, canonical.RECORD, canonical.RECORD)))
    path = head.get("path")
    well_formed(set(head) == {"format", "host", "path", "seq", "site"} and head["format"] == "tally-line-proof-1"
                and is_name(head["site"]) and isinstance(path, list) and len(path) <= 48
                and all(is_hex(item, 64) for item in path), "no head of a proof")
    records.check(record)
    records.check(seal)
    well_formed((record["host"], record["seq"]) == (head["host"], head["seq"]), "another line than the head names")
    well_formed(seal["t"] == "seal" and seal["host"] == head["host"] and seal["seq"] > head["seq"],
                "no later seal of that log")
    root = logs.root_of_path(lines[1], record["seq"], seal["seq"], [bytes.fromhex(item) for item in path])
    well_formed(root == seal["root"], "the path does not lead from the line to the seal's root")
    return head, record, seal
