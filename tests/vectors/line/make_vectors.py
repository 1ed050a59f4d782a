#!/usr/bin/python3
"""Writes lines.tsv and texts.tsv: what a reader of canonical lines must accept and refuse, and how texts are encoded.

Made from the description of the format alone; shares no code with the product. Run it again to rewrite both tables
(the bytes never change by themselves); README.md in this folder says what the columns mean.
"""
import hashlib
import os

HERE = os.path.dirname(os.path.abspath(__file__))
RECORD, ROSTER, RECEIPT, MANIFEST = 2048, 4096, 16 << 10, 1 << 20
MAX_INT = 2**53 - 1
rows = []
names = set()


def pieces(data):
    """Hex, with runs of 32 or more equal bytes as BYTE*COUNT, so that a line of a mebibyte stays readable."""
    out, start, i = [], 0, 0
    while i < len(data):
        j = i
        while j < len(data) and data[j] == data[i]:
            j += 1
        if j - i >= 32:
            if start < i:
                out.append(data[start:i].hex())
            out.append("%02x*%d" % (data[i], j - i))
            start = j
        i = j
    if start < len(data):
        out.append(data[start:].hex())
    return " ".join(out) if out else "-"


def add(verdict, name, limit, at, why, data, repaired=b""):
    assert name not in names, name
    names.add(name)
    rows.append((verdict, name, str(limit), str(at), why, pieces(data), pieces(repaired)))


def accept(name, data, limit=RECORD):
    add("accept", name, limit, "-", "-", data, b"")


def reject(name, bad, why, at, good, limit=RECORD):
    """`good` is `bad` with its one defect undone; `at` is an offset or the bytes whose first place is meant."""
    if isinstance(at, bytes):
        assert bad.count(at) == 1, (name, at)
        at = bad.index(at)
    add("reject", name, limit, at, why, bad, good)


def padded(size):
    """A canonical line of exactly `size` bytes."""
    return b'{"a":"' + b"x" * (size - 8) + b'"}'


def fields(n):
    return b"{" + b",".join(b'"k%04d":%d' % (i, i) for i in range(n)) + b"}"


ENCODED = list(range(0x20)) + [0x22, 0x25, 0x5C] + list(range(0x7F, 0x100))
PLAIN = [b for b in range(0x100) if b not in ENCODED]

# --- accepted -------------------------------------------------------------------------------------------------------
accept("no fields", b"{}")
accept("one integer", b'{"a":1}')
accept("zero", b'{"a":0}')
accept("largest integer", b'{"a":%d}' % MAX_INT)
accept("sixteen digits below the bound", b'{"a":1000000000000000}')
accept("empty string", b'{"a":""}')
accept("every plain byte", b'{"a":"' + bytes(PLAIN) + b'"}')
accept("every encoded byte", b'{"a":"' + b"".join(b"%%%02X" % b for b in ENCODED) + b'"}')
accept("brackets, commas and colons inside a string", b'{"a":"[1,{:}],"}')
accept("braces inside a string of an array", b'{"a":["]","}",","]}')
accept("empty array", b'{"a":[]}')
accept("empty object", b'{"a":{}}')
accept("array of integers", b'{"a":[0,1,23]}')
accept("array of strings", b'{"a":["","b","%22"]}')
accept("array of every kind", b'{"a":["b",1,[],{}]}')
accept("three levels of objects", b'{"a":{"b":{"c":1}}}')
accept("three levels of arrays", b'{"a":[["b",1]]}')
accept("objects in an array", b'{"a":[{"b":1},{"b":2}]}')
accept("equal keys in different objects", b'{"a":{"a":1},"b":{"a":1}}')
accept("key of one letter", b'{"z":1}')
accept("key with digits and underscores", b'{"a0_9__z":1}')
accept("keys sorted by bytes", b'{"a":1,"a0":1,"a_":1,"aa":1,"ab":1,"b":1}')
accept("prefix sorts before the longer key", b'{"at":1,"at_from":2}')
accept("string that looks like a number", b'{"a":"-1.5e3"}')
accept("string that looks like an escape in Unicode spelling", b'{"a":"u0041"}')
accept("percent sign encoded", b'{"a":"100%25"}')
accept("nul encoded", b'{"a":"%00"}')
accept("bytes that are not UTF-8", b'{"a":"%FF%FE%C3"}')
accept("tilde and the last plain byte", b'{"a":"~"}')
accept("record at its limit", padded(RECORD))
accept("roster line at its limit", padded(ROSTER), ROSTER)
accept("receipt at its limit", padded(RECEIPT), RECEIPT)
accept("manifest at its limit", padded(MANIFEST), MANIFEST)
accept("64 fields", fields(64))
accept("more than 64 fields in an inner object", b'{"a":' + fields(65) + b"}")
accept("more than 64 items", b'{"a":[' + b",".join(b"%d" % i for i in range(200)) + b"]}")
accept("string of more than 192 bytes", b'{"a":"' + b"y" * 300 + b'"}')
accept("a whole record",
       b'{"at":1651733005,"boot":"00112233445566778899aabbccddeeff","client":"wal00265","daemon":"adskflex",'
       b'"feature":"64300ACD_F","host":"HAAAAAAAAAAAAAAAAAAAAAAAA","layer":"package","seq":41,'
       b'"src":"flexnet:flexlm02:adskflex","t":"start","up":81234,'
       b'"user":"Jos%C3%A9 P%22","wall":1790000000000}')

# --- refused: the shape ---------------------------------------------------------------------------------------------
VALUE, KEYCHAR, KEYSTART = "expected a string, an integer, [ or {", "a key holds a-z, 0-9 and _", "a key starts with a-z"
COMMA_OBJECT, COMMA_ARRAY, TRAILING = "expected , or }", "expected , or ]", "bytes after the object"
NEEDS_HEX, MUST, NEED_NOT = "% needs two upper-case hex digits", "byte that must be written as %XX", "% encodes a byte that needs no encoding"
DEEP, BIG, ZERO, END = "nested too deeply", "integer above 2^53-1", "integer with a leading zero", "string without end"

reject("nothing", b"", "expected {", 0, b"{}")
reject("an array outside", b"[]", "expected {", 0, b"{}")
reject("a string outside", b'"a"', "expected {", 0, b'{"a":0}')
reject("byte order mark", b'\xef\xbb\xbf{"a":1}', "expected {", 0, b'{"a":1}')
reject("space before", b' {"a":1}', "expected {", 0, b'{"a":1}')
reject("space after", b'{"a":1} ', TRAILING, 7, b'{"a":1}')
reject("line feed after", b'{"a":1}\n', TRAILING, 7, b'{"a":1}')
reject("carriage return after", b'{"a":1}\r', TRAILING, 7, b'{"a":1}')
reject("nul after", b'{"a":1}\0', TRAILING, 7, b'{"a":1}')
reject("second object", b'{"a":1}{}', TRAILING, 7, b'{"a":1}')
reject("superfluous closing brace", b'{"a":1}}', TRAILING, 7, b'{"a":1}')
reject("space inside an empty object", b"{ }", "expected a key", 1, b"{}")
reject("space before a key", b'{ "a":1}', "expected a key", 1, b'{"a":1}')
reject("space before the colon", b'{"a" :1}', "expected :", 4, b'{"a":1}')
reject("space after the colon", b'{"a": 1}', VALUE, 5, b'{"a":1}')
reject("space after a value", b'{"a":1 }', COMMA_OBJECT, 6, b'{"a":1}')
reject("space after a comma", b'{"a":1, "b":2}', "expected a key", 7, b'{"a":1,"b":2}')
reject("tab between", b'{"a":1,\t"b":2}', "expected a key", 7, b'{"a":1,"b":2}')
reject("line feed between", b'{"a":1,\n"b":2}', "expected a key", 7, b'{"a":1,"b":2}')
reject("space in an array", b'{"a":[1, 2]}', VALUE, 8, b'{"a":[1,2]}')
reject("space in an empty array", b'{"a":[ ]}', VALUE, 6, b'{"a":[]}')
reject("comma before the end", b'{"a":1,}', "expected a key", 7, b'{"a":1}')
reject("comma before the end of an array", b'{"a":[1,]}', VALUE, 8, b'{"a":[1]}')
reject("comma first", b'{,"a":1}', "expected a key", 1, b'{"a":1}')
reject("two commas", b'{"a":1,,"b":2}', "expected a key", 7, b'{"a":1,"b":2}')
reject("no comma", b'{"a":1"b":2}', COMMA_OBJECT, 6, b'{"a":1,"b":2}')
reject("no comma in an array", b'{"a":["b""c"]}', COMMA_ARRAY, 9, b'{"a":["b","c"]}')
reject("no colon", b'{"a"1}', "expected :", 4, b'{"a":1}')
reject("no value", b'{"a":}', VALUE, 5, b'{"a":1}')
reject("no closing brace", b'{"a":1', COMMA_OBJECT, 6, b'{"a":1}')
reject("no closing bracket", b'{"a":[1', COMMA_ARRAY, 7, b'{"a":[1]}')
reject("bracket closed by a brace", b'{"a":[1}', COMMA_ARRAY, 7, b'{"a":[1]}')
reject("only the opening brace", b"{", "expected a key", 1, b"{}")
reject("comment", b'{"a":1/**/}', COMMA_OBJECT, 6, b'{"a":1}')

# --- refused: keys --------------------------------------------------------------------------------------------------
reject("empty key", b'{"":1}', KEYSTART, 2, b'{"a":1}')
reject("key starting with a digit", b'{"0a":1}', KEYSTART, 2, b'{"a":1}')
reject("key starting with an underscore", b'{"_a":1}', KEYSTART, 2, b'{"a":1}')
reject("key in capitals", b'{"A":1}', KEYSTART, 2, b'{"a":1}')
reject("capital inside a key", b'{"aB":1}', KEYCHAR, 3, b'{"ab":1}')
reject("hyphen in a key", b'{"a-b":1}', KEYCHAR, 3, b'{"a_b":1}')
reject("percent in a key", b'{"a%25":1}', KEYCHAR, 3, b'{"a":1}')
reject("non-ASCII key", '{"aé":1}'.encode(), KEYCHAR, 3, b'{"ae":1}')
reject("key without quotes", b"{a:1}", "expected a key", 1, b'{"a":1}')
reject("key in single quotes", b"{'a':1}", "expected a key", 1, b'{"a":1}')
reject("integer as a key", b"{1:1}", "expected a key", 1, b'{"a":1}')
reject("key without end", b'{"a', KEYCHAR, 3, b'{"a":1}')
reject("equal keys", b'{"a":1,"a":1}', "duplicate key", b'"a":1}', b'{"a":1}')
reject("equal keys with other values", b'{"a":1,"b":2,"b":3}', "duplicate key", b'"b":3', b'{"a":1,"b":2}')
reject("equal keys in an inner object", b'{"a":{"b":1,"b":2}}', "duplicate key", b'"b":2', b'{"a":{"b":1}}')
reject("keys out of order", b'{"b":1,"a":2}', "keys are not sorted", b'"a":2', b'{"a":2,"b":1}')
reject("longer key before its prefix", b'{"at_to":1,"at":2}', "keys are not sorted", b'"at":2', b'{"at":2,"at_to":1}')
reject("keys out of order in an inner object", b'{"a":[{"c":1,"b":2}]}', "keys are not sorted", b'"b":2', b'{"a":[{"b":2,"c":1}]}')
reject("digit sorts before letter", b'{"aa":1,"a0":2}', "keys are not sorted", b'"a0":2', b'{"a0":2,"aa":1}')

# --- refused: values ------------------------------------------------------------------------------------------------
for word in ("null", "true", "false", "NaN", "Infinity", "undefined"):
    reject("the word " + word, b'{"a":' + word.encode() + b"}", VALUE, 5, b'{"a":0}')
reject("negative integer", b'{"a":-1}', VALUE, 5, b'{"a":1}')
reject("minus zero", b'{"a":-0}', VALUE, 5, b'{"a":0}')
reject("plus sign", b'{"a":+1}', VALUE, 5, b'{"a":1}')
reject("fraction", b'{"a":1.5}', COMMA_OBJECT, 6, b'{"a":1}')
reject("fraction that is whole", b'{"a":1.0}', COMMA_OBJECT, 6, b'{"a":1}')
reject("fraction without its integer part", b'{"a":.5}', VALUE, 5, b'{"a":5}')
reject("exponent", b'{"a":1e3}', COMMA_OBJECT, 6, b'{"a":1}')
reject("exponent in capitals", b'{"a":1E3}', COMMA_OBJECT, 6, b'{"a":1}')
reject("hexadecimal integer", b'{"a":0x1}', COMMA_OBJECT, 6, b'{"a":0}')
reject("leading zero", b'{"a":01}', ZERO, 5, b'{"a":1}')
reject("two zeros", b'{"a":00}', ZERO, 5, b'{"a":0}')
reject("leading zero in an array", b'{"a":[1,02]}', ZERO, 8, b'{"a":[1,2]}')
reject("one above the largest integer", b'{"a":%d}' % (MAX_INT + 1), BIG, 5, b'{"a":%d}' % MAX_INT)
reject("sixteen nines", b'{"a":9999999999999999}', BIG, 5, b'{"a":999999999999999}')
reject("seventeen digits", b'{"a":10000000000000000}', BIG, 5, b'{"a":1000000000000000}')
reject("2^64 + 1, which wraps to 1", b'{"a":18446744073709551617}', BIG, 5, b'{"a":1}')
reject("integer of a thousand digits", b'{"a":' + b"9" * 1000 + b"}", BIG, 5, b'{"a":9}')
reject("capital among digits", b'{"a":1A}', COMMA_OBJECT, 6, b'{"a":1}')

# --- refused: strings -----------------------------------------------------------------------------------------------
reject("string without end", b'{"a":"b', END, 7, b'{"a":"b"}')
reject("string without end after an escape", b'{"a":"%0A', END, 9, b'{"a":"%0A"}')
reject("string in single quotes", b"{\"a\":'b'}", VALUE, 5, b'{"a":"b"}')
for byte, name in ((0x00, "nul"), (0x01, "control byte"), (0x09, "tab"), (0x0A, "line feed"), (0x0D, "carriage return"),
                   (0x1B, "terminal escape"), (0x1F, "last control byte"), (0x7F, "delete"), (0x80, "first byte above ASCII"),
                   (0xFF, "last byte")):
    reject(name + " unencoded in a string", b'{"a":"b%cc"}' % byte, MUST, 7, b'{"a":"b%%%02Xc"}' % byte)
reject("UTF-8 unencoded in a string", '{"a":"é"}'.encode(), MUST, 6, b'{"a":"%C3%A9"}')
for text in (b'\\"', b"\\\\", b"\\n", b"\\/", b"\\u0041"):
    reject("escape " + text.decode(), b'{"a":"b' + text + b'"}', MUST, 7, b'{"a":"b"}')
reject("quote inside a string", b'{"a":"b"c"}', COMMA_OBJECT, 8, b'{"a":"b%22c"}')
reject("lone percent", b'{"a":"%"}', NEEDS_HEX, 6, b'{"a":"%25"}')
reject("percent and one digit", b'{"a":"%2"}', NEEDS_HEX, 6, b'{"a":"%25"}')
reject("percent at the end of the bytes", b'{"a":"%', NEEDS_HEX, 6, b'{"a":"%25"}')
reject("percent and one digit at the end of the bytes", b'{"a":"%2', NEEDS_HEX, 6, b'{"a":"%25"}')
reject("percent with lower-case hex", b'{"a":"%c3"}', NEEDS_HEX, 6, b'{"a":"%C3"}')
reject("percent with a lower-case second digit", b'{"a":"%0a"}', NEEDS_HEX, 6, b'{"a":"%0A"}')
reject("percent with a letter beyond F", b'{"a":"%0G"}', NEEDS_HEX, 6, b'{"a":"%0F"}')
reject("percent with a space", b'{"a":"% 0"}', NEEDS_HEX, 6, b'{"a":"%00"}')
reject("percent twice", b'{"a":"%%25"}', NEEDS_HEX, 6, b'{"a":"%25"}')
for byte in (0x20, 0x21, 0x23, 0x24, 0x26, 0x30, 0x41, 0x5B, 0x5D, 0x61, 0x7E):
    reject("needless encoding %%%02X" % byte, b'{"a":"%%%02X"}' % byte, NEED_NOT, 6, b'{"a":"%c"}' % byte)

# --- refused: limits ------------------------------------------------------------------------------------------------
LONG = "line longer than its limit"
for name, limit in (("record", RECORD), ("roster line", ROSTER), ("receipt", RECEIPT), ("manifest", MANIFEST)):
    reject(name + " one above its limit", padded(limit + 1), LONG, limit, padded(limit), limit)
reject("65 fields", fields(65), "too many fields", b'"k0064":', fields(64))
reject("four levels of objects", b'{"a":{"b":{"c":{}}}}', DEEP, 15, b'{"a":{"b":{"c":1}}}')
reject("four levels of arrays", b'{"a":[["b",[]]]}', DEEP, 11, b'{"a":[["b",1]]}')
reject("four levels, mixed", b'{"a":[{"b":[]}]}', DEEP, 11, b'{"a":[{"b":1}]}')
reject("nested a hundred times", b'{"a":' + b"[" * 100 + b"]" * 100 + b"}", DEEP, 7, b'{"a":[[]]}')

with open(os.path.join(HERE, "lines.tsv"), "w", encoding="ascii", newline="\n") as out:
    out.write("# verdict\tname\tlimit\tat\twhy\tbytes\trepaired\n")
    for row in rows:
        out.write("\t".join(row) + "\n")


# --- texts ----------------------------------------------------------------------------------------------------------
def encode(raw):
    parts = [b"%%%02X" % b if b in ENCODED else bytes([b]) for b in raw]
    if sum(map(len, parts)) <= 192:
        return b"".join(parts)
    kept, size = [], 0
    for part in parts:
        if size + len(part) > 192 - 17:
            break
        kept.append(part)
        size += len(part)
    return b"".join(kept) + b"~" + hashlib.sha256(raw).hexdigest()[:16].encode()


texts = [("empty", b""), ("plain", b"PC-0815"), ("all bytes but cut", bytes(range(256))),
         ("first half of the bytes", bytes(range(0x20, 0x60))), ("UTF-8", "José Müller".encode()),
         ("quote, percent, backslash, delete", b'"%\\\x7f'), ("looks encoded already", b"%25"), ("line feed", b"a\nb"),
         ("192 plain bytes", b"x" * 192), ("193 plain bytes", b"x" * 193), ("175 plain bytes", b"x" * 175),
         ("64 encoded bytes", b"\xff" * 64), ("65 encoded bytes", b"\xff" * 65), ("ten thousand bytes", b"ab\x00" * 3333),
         ("looks cut already", b"x" * 175 + b"~0123456789abcdef")]
for plain in range(170, 178):  # the cut falls before, inside and after a three-byte encoding
    texts.append(("encoded byte after %d plain ones, cut" % plain, b"p" * plain + b"\n" + b"q" * 30))
for plain in range(187, 193):  # the whole ends before, at and after the bound
    texts.append(("encoded byte after %d plain ones, last" % plain, b"p" * plain + b"\n"))
with open(os.path.join(HERE, "texts.tsv"), "w", encoding="ascii", newline="\n") as out:
    out.write("# name\traw\tencoded\n")
    for name, raw in texts:
        out.write("%s\t%s\t%s\n" % (name, pieces(raw), pieces(encode(raw))))

print("%d lines (%d accepted, %d refused), %d texts" %
      (len(rows), sum(r[0] == "accept" for r in rows), sum(r[0] == "reject" for r in rows), len(texts)))
