"""The types of record lines and their fixed fields: docs/formats/record.md, docs/formats/seal.md."""
from canonical import is_count, is_hex, require, well_formed


def text(value):
    return isinstance(value, str)


def items(value):
    return isinstance(value, list)


def table(value):
    return isinstance(value, dict)


def hash_(value):
    return is_hex(value, 64)


def one_of(*words):
    return lambda value: value in words


EVERY = {"host": text, "seq": is_count, "t": text, "boot": lambda value: is_hex(value, 32), "up": is_count,
         "wall": is_count}
NAMES = {"src": text, "feature": text, "user": text, "client": text}
REQUEST = {**NAMES, "verb": text}
FIXED = {
    "genesis": {"key": hash_, "machine": text, "role": text, "site": text, "label": text, "version": text},
    "seal": {"epoch": is_count, "erasure": text, "next": hash_, "reason": text, "root": hash_,
             "sig": lambda value: is_hex(value, 128)},
    "clock": {"from": is_count, "to": is_count},
    "start": {**NAMES, "layer": one_of("package", "component", "feature")},
    "end": {"kind": text},
    "open": {"start": is_count, "at": is_count},
    "used": {"start": is_count, "name": text, "count": is_count},
    "idle": {"start": is_count, "from": is_count, "to": is_count},
    "commands": {"start": is_count, "name": text, "started": is_count, "completed": is_count, "cancelled": is_count,
                 "undone": is_count},
    "sample": {"start": is_count, "kind": text, "at": is_count, "ms": is_count},
    "identity": {"name": text, "at": is_count},
    "installed": (FOUND := {"feature": text, "at": is_count}), "removed": FOUND,
    "gap": {"kind": one_of("host_off", "recorder_off"), "from": is_count, "to": is_count},
    "loss": {"src": text, "count": is_count, "from": is_count, "to": is_count},
    "denial": REQUEST, "queue": REQUEST, "notice": REQUEST,
    "packages": {"src": text, "package": text, "components": items},
    "import": {"src": text, "format": text, "name": text, "digest": text, "zone": text, "lines": is_count,
               "counts": table},
    "enrol": {"log": text, "key": text, "label": text},
    "retire": {"log": text, "at": is_count, "reason": text},
    "declare": {"kind": one_of("gap", "nil", "justification"), "agreement": text, "about": text, "reason": text,
                "from": is_count},
    "amend": {"agreement": text, "reason": text, "from": is_count, "to": is_count},
    "agreement": {"agreement": text, "licensee": text, "cadence": text, "zone": text, "due": is_count,
                  "grace": is_count, "since": is_count},
    "site": {"digest": text, "version": is_count},
    "policy": {"digest": text, "epoch": is_count},
    "consent": {"about": text, "state": text, "basis": text, "at": is_count},
    "instructed": {"digest": text, "fingerprint": text, "n": is_count, "version": is_count},
    "disclosed": {"what": text, "about": text},
    "issued": {"what": text, "log": text, "digest": text},
    "release": {"agreement": text, "digest": text, "officer": text, "key": text, "n": is_count},
    "written": {"agreement": text, "medium": text, "filesystem": text, "method": text, "n": is_count,
                "digests": items},
    "receipt": {"agreement": text, "digest": text, "status": text, "verifier": text, "n": is_count, "bundles": items},
    "pruned": {"log": text, "below": is_count},
    "arrived": {"log": text, "first": is_count, "next": is_count, "root": text},
    "export": {"agreement": text, "n": is_count, "label": text, "level": is_count, "zstd": text},
    "exported": {"agreement": text, "n": is_count, "digests": items},
}
OPTIONAL = {
    "genesis": {"replaces": table},
    "start": {"daemon": text, "count": is_count, "package": text, "cdata": text, "end": is_count, "version": text,
              "account": text, "addr": text, "pool": text, "fidelity": text,
              "class": one_of("interactive", "automation"), "idle": is_count, "borrow": is_count, "domain": text},
    "end": {"start": is_count, "inferred": is_count, "orphan": is_count, **NAMES, "daemon": text, "layer": text,
            "domain": text},
    "denial": (WISH := {"daemon": text, "count": is_count, "reason": text, "domain": text}), "queue": WISH,
    "notice": WISH,
    "import": {"first": is_count, "last": is_count, "bad": items},
    "enrol": {"group": text, "machine": text},
    "identity": {"domain": text, "address": text, "os": text},
    "installed": (RELEASE := {"version": text}), "removed": RELEASE,
    "gap": {"how": text},
    "sample": {"bytes": is_count},
    "declare": {"to": is_count, "sessions": is_count, "products": items},
    "amend": {"log": text, "line": is_count},
    "agreement": {"until": is_count},
    "export": {"receipt": is_count, "until": is_count, "volume": is_count},
    "policy": {"rules": table, "clear": is_count},
    "instructed": {"policy": text, "catalogue": text, "epoch": is_count},
    "disclosed": {"line": is_count},
}
INSIDE = {"start", "end", "open", "used", "idle", "commands", "sample"}  # point to an earlier line
TIMED = {"start", "end", "denial", "queue", "notice"}
LASTING = {"idle": 1, "gap": 1, "declare": 1, "amend": 1, "loss": 0}  # the least that `to` is behind `from`


def check(record):
    """Refuses a line whose fixed fields are missing or of the wrong kind; keeps a type that it does not know."""
    for field, kind in EVERY.items():
        well_formed(field in record and kind(record[field]), f"{field} is missing or of the wrong kind")
    type_ = record["t"]
    if type_ == "seal":
        return check_seal(record)
    for field, kind in FIXED.get(type_, {}).items():
        well_formed(field in record and kind(record[field]), f"{type_}: {field} is missing or of the wrong kind")
    for field, kind in OPTIONAL.get(type_, {}).items():
        well_formed(field not in record or kind(record[field]), f"{type_}: {field} is of the wrong kind")
    for field in ("start", "end") if type_ in INSIDE else ():
        well_formed(record.get(field, -1) < record["seq"], f"{type_}: {field} does not point to an earlier line")
    if type_ == "end":
        well_formed(("start" in record) != ("orphan" in record), "an end with both of start and orphan, or neither")
    if "to" in record and type_ in LASTING:
        well_formed(record["to"] - record["from"] >= LASTING[type_], f"{type_}: from is not before to")
    if type_ in TIMED:
        check_time(record)
    return None


def check_seal(record):
    fields = FIXED["seal"]
    require(set(record) == set(EVERY) | set(fields) and all(kind(record[field]) for field, kind in fields.items()),
            "SEAL_BROKEN", "not exactly the fields of a seal")


def check_time(record):
    instant, bounds = record.get("at"), (record.get("at_from"), record.get("at_to"))
    if instant is not None:
        well_formed(is_count(instant) and bounds == (None, None), "a time of the wrong kind, or two")
    else:
        well_formed(all(map(is_count, bounds)) and bounds[0] < bounds[1], "no time, or a range that is none")
