"""Trees, seals and the order of lines: docs/formats/tree.md, seal.md, bundle.md."""
import base64
import hashlib
import re

import canonical
import records
import signatures
from canonical import Defect, is_count, is_hex, require, well_formed

ROW_FIELDS = {"host", "first", "next", "range", "root", "epoch", "key"}
SIZES = 1 << 48


def sha256(message):
    return hashlib.sha256(message).digest()


def name_of_log(key):
    return "H" + base64.b32encode(sha256(f"tally-log-v1\n{key}".encode())).decode()[:24]


class Tree:
    """A compact range: (leaves, hash) of the perfect subtrees from left to right."""

    def __init__(self, size=0, hashes=()):
        sizes = [1 << bit for bit in reversed(range(48)) if size >> bit & 1]
        self.size, self.subtrees = size, list(zip(sizes, hashes))

    def append(self, line):
        self.subtrees.append((1, sha256(b"\0" + line)))
        while len(self.subtrees) > 1 and self.subtrees[-2][0] == self.subtrees[-1][0]:
            (leaves, left), (_, right) = self.subtrees[-2:]
            self.subtrees[-2:] = [(2 * leaves, sha256(b"\1" + left + right))]
        self.size += 1

    def root(self):
        if not self.subtrees:
            return sha256(b"").hex()
        root = self.subtrees[-1][1]
        for _, left in reversed(self.subtrees[:-1]):
            root = sha256(b"\1" + left + root)
        return root.hex()

    def range(self):
        return [subtree.hex() for _, subtree in self.subtrees]


def root_of_path(line, index, size, path):
    """The root to which the audit path of leaf `index` leads in a tree of `size` (RFC 9162, 2.1.3.2); None when it is
    not used up exactly."""
    node, last, digest = index, size - 1, sha256(b"\0" + line)
    for sibling in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            digest = sha256(b"\1" + sibling + digest)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            digest = sha256(b"\1" + digest + sibling)
        node, last = node >> 1, last >> 1
    return digest.hex() if last == 0 else None


def parse_line(line):
    """A record line that tells at least whose it is, where it stands and of what type."""
    record = canonical.parse(line, canonical.RECORD)
    told = isinstance(record.get("host"), str) and is_count(record.get("seq")) and isinstance(record.get("t"), str)
    well_formed(told, "host, seq or t is missing")
    return record


def check_start(place):
    """What says how a log stands at its line `first`: a row, or the cut of a volume."""
    well_formed(isinstance(place["host"], str) and re.fullmatch("H[A-Z2-7]{24}", place["host"])
                and is_count(place["first"], 0, SIZES - 1) and is_count(place["epoch"]) and is_hex(place["key"], 64),
                "a field has no such value")
    hashes = place["range"]
    well_formed(isinstance(hashes, list) and all(is_hex(item, 64) for item in hashes)
                and len(hashes) == bin(place["first"]).count("1"), "no compact range of this size")
    well_formed(signatures.acceptable_point(bytes.fromhex(place["key"])), "a key that is no acceptable point")


def parse_rows(content):
    """HOSTS.jsonl; a Defect in the first row that is not one."""
    well_formed(content.endswith(b"\n"), "HOSTS.jsonl does not end with a line end")
    rows, lines = [], content.split(b"\n")[:-1]
    require(len(lines) <= 65536, "LIMIT_EXCEEDED", "more than 65536 logs")
    for line in lines:
        row = canonical.parse(line, canonical.ROW)
        well_formed(set(row) == ROW_FIELDS, "not exactly the fields of a row")
        check_start(row)
        well_formed(is_count(row["next"], row["first"], SIZES - 1) and is_hex(row["root"], 64),
                    "a field has no such value")
        rows.append(row)
    well_formed(len({row["host"] for row in rows}) == len(rows), "a log twice")
    return rows


class Log:
    """One log while its lines are read, proved from a start that did not come with the bundle; from the bundle's own
    hints when `key` is None, for the volumes before this one are not here yet."""

    def __init__(self, row, key, remembered, role, cut=None):
        self.row, self.host, self.role = row, row["host"], role
        self.start = cut or row
        self.hinted, self.first_key = key is None, key or row["key"]
        self.remembered = remembered if remembered and remembered["size"] and not self.hinted else None
        self.accepted = self.remembered["size"] if self.remembered else 0
        self.proved, self.lines, self.seen, self.sealed = True, 0, 0, None
        self.records, self.root_at, self.seal_ends = [], {}, {}
        self.next = self.first = self.start["first"]
        self.tree = Tree(self.first, [bytes.fromhex(item) for item in self.start["range"]])
        self.epoch, self.key = (0, self.first_key) if self.first == 0 else (self.start["epoch"], self.start["key"])
        self.root_at[self.first] = self.tree.root()

    def misplaced(self):
        """What contradicts the start that is known by another way; None when nothing does."""
        if self.hinted:
            return None
        told, size = (self.start["epoch"], self.start["key"]), self.accepted
        if self.first > size:
            return Defect("SEQUENCE_GAP", f"begins with line {self.first}, known are {size}")
        if self.first == 0 and told != (0, self.first_key):
            return Defect("NON_CANONICAL", "a first key or epoch that the log does not have")
        if self.remembered and self.first == size:
            known = self.remembered
            if self.tree.root() != known["root"]:
                return Defect("FORK", "the range at its first line is not that of the lines that were accepted")
            if told != (known["epoch"], known["key"]):
                return Defect("NON_CANONICAL", "epoch or key at the first line are not those that are known")
        return self._shorter()

    def complete(self):
        """Whether this volume holds its last line."""
        return self.next == self.row["next"]

    def take(self, line, record):
        """The next line of this log, of the right host and seq."""
        self._prove(record)
        self.tree.append(line)
        self.next += 1
        if self.next == self.accepted:
            require(self.tree.root() == self.remembered["root"], "FORK", "not the lines that were accepted")
            self.epoch, self.key = self.remembered["epoch"], self.remembered["key"]
        self.lines += 1
        self.records.append(record)
        if record["t"] == "seal":
            self.sealed = self.next
            self.seal_ends[self.next] = self.tree.root()
        self.root_at[self.next] = self.tree.root()

    def _prove(self, record):
        records.check(record)
        if record["t"] == "seal":
            self._seal(record)
        elif record["seq"] == 0:
            self._genesis(record)
        well_formed((record["t"] == "genesis") == (record["seq"] == 0), "the genesis is line 0, and no other line is")

    def _genesis(self, record):
        well_formed(record["t"] == "genesis" and record["key"] == self.first_key, "line 0 is no genesis of this log")
        well_formed(not self.hinted or (name_of_log(self.first_key), self.start["epoch"]) == (self.host, 0),
                    "a row whose key does not give the log's name, or with another epoch than the first")
        well_formed(record["role"] == self.role, "the genesis names another role than the log has")

    def _seal(self, record):
        require(record["epoch"] == self.epoch, "SEAL_BROKEN", f"epoch {record['epoch']} where {self.epoch} is")
        require(record["root"] == self.tree.root(), "SEAL_BROKEN", "the seal signs another tree")
        signed = canonical.spelled({key: value for key, value in record.items() if key != "sig"})
        require(signatures.holds(bytes.fromhex(self.key), b"tally-seal-v1\n" + signed, bytes.fromhex(record["sig"])),
                "SEAL_BROKEN", "the signature does not hold")
        require(signatures.acceptable_point(bytes.fromhex(record["next"])), "SEAL_BROKEN",
                "next is no acceptable point")
        self.epoch, self.key = self.epoch + 1, record["next"]

    def finish(self, cut_here):
        """What its end and its memory contradict: a list of Defects. cut_here: a later volume may go on with it."""
        if not self.proved:
            return []
        row, found = self.row, []
        if not self.complete() and not cut_here:
            return [Defect("SEQUENCE_GAP", f"ends with {self.next} lines, {row['next']} are stated")]
        if self.lines and self.sealed is None:
            found.append(Defect("SEAL_MISSING", "no line of it is sealed"))
        elif self.lines and self.sealed != self.next:
            found.append(Defect("UNSEALED_TAIL", f"lines from {self.sealed} on are not sealed"))
        elif self.complete() and self.tree.root() != row["root"]:
            found.append(Defect("BAD_HASH", "the stated root is not that of its lines"))
        if row["next"] < self.accepted and not found:
            found.append(Defect("REPLAY", f"the state at {row['next']} was accepted before"))
        return found

    def _shorter(self):
        """A log that ends at or before what is remembered must end where and as it ended then."""
        known, row = self.remembered, self.row
        if not known or row["next"] > known["size"]:
            return None
        end = {**known["ends"], str(known["size"]): known["root"], "0": Tree().root()}.get(str(row["next"]))
        if end is None:
            return Defect("ROLLBACK", f"ends at {row['next']}, where it never ended")
        return None if end == row["root"] else Defect("FORK", f"another tree of {row['next']} lines than was accepted")

    def fresh(self):
        return max(0, self.next - self.accepted)

    def memory(self):
        known = self.remembered or {"ends": {}, "size": 0}
        if self.next <= known["size"]:
            return known
        return {"size": self.next, "root": self.tree.root(), "epoch": self.epoch, "key": self.key,
                "wall": self.records[-1]["wall"],
                "ends": {**known["ends"], **{str(end): root for end, root in self.seal_ends.items()}}}
