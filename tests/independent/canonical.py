"""The canonical line of docs/formats/line.md: what is accepted is the one spelling of its fields."""
import json
import re

RECORD, ROW, MANIFEST = 2048, 4096, 1 << 20
GREATEST = (1 << 53) - 1
KEY = re.compile(r"[a-z][a-z0-9_]*\Z")
TEXT = re.compile(r"(?:[ !#$&-\[\]-~]|%(?:[01][0-9A-F]|2[25]|5C|7F|[89A-F][0-9A-F]))*\Z")


class Defect(Exception):
    """Something of the thing under test is not as the documents say; `code` is that of docs/reference/findings.md."""

    def __init__(self, code, what):
        super().__init__(what)
        self.code, self.what = code, what


def require(holds, code, what):
    if not holds:
        raise Defect(code, what)


def well_formed(holds, what):
    require(holds, "NON_CANONICAL", what)


def spelled(record):
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def _check(value, depth):
    if isinstance(value, str):
        well_formed(TEXT.match(value), "a text is not encoded as it must be")
    elif isinstance(value, bool) or not isinstance(value, (int, dict, list)):
        raise Defect("NON_CANONICAL", "null, a truth value or a fraction")
    elif isinstance(value, int):
        well_formed(0 <= value <= GREATEST, "an integer out of range")
    else:
        well_formed(depth <= 3, "nested too deep")
        if isinstance(value, dict):
            well_formed(all(KEY.match(key) for key in value), "a key outside of the grammar")
        for inner in value.values() if isinstance(value, dict) else value:
            _check(inner, depth + 1)


def parse(line, limit):
    """The fields of a line without its LF, or Defect."""
    require(len(line) <= limit, "LIMIT_EXCEEDED", f"a line of {len(line)} bytes, more than {limit}")
    try:
        record = json.loads(line.decode("ascii"))
        same = isinstance(record, dict) and spelled(record) == line
    except (ValueError, RecursionError) as problem:
        raise Defect("NON_CANONICAL", f"no canonical line: {problem}") from None
    well_formed(same, "not the one spelling of its fields")
    well_formed(len(record) <= 64, "more than 64 fields")
    _check(record, 1)
    return record


def is_hex(value, digits):
    return isinstance(value, str) and re.fullmatch(f"[0-9a-f]{{{digits}}}", value) is not None


def is_name(value):
    return isinstance(value, str) and re.fullmatch("[A-Z0-9_]{1,24}", value) is not None


def is_count(value, least=0, most=GREATEST):
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
