"""What a test alters in a bundle, from single bytes under a stale signature down to records whose tree, seals,
station, members and signature are all made anew. Each is made from a random source, so a seed repeats it."""
import json
import subprocess

import canonical
import container
import logs
import maker

SMALL_ORDER = "01" + "00" * 31


def flip(rng, content, times=1):
    altered = bytearray(content)
    for _ in range(times):
        altered[rng.randrange(len(altered))] ^= 1 << rng.randrange(8)
    return bytes(altered)


def other_value(rng, value):
    """Another value: of another kind, out of range, empty, or nearly the same."""
    if isinstance(value, int):
        return rng.choice([value + 1, max(0, value - 1), 0, canonical.GREATEST, str(value), [value], {"n": value}])
    if isinstance(value, str):
        near = value[:-1] + ("0" if value[-1:] != "0" else "1")
        return rng.choice([near, value[:-1], value + "0", value.upper(), value.lower(), "", "x", 7, [value],
                           {"text": value}])
    if isinstance(value, list):
        return rng.choice([[], value + value[:1], value[1:], value[::-1], value + [7], value + ["x"], value + [{}], "x",
                           7, {}])
    inner = dict(value)
    if inner and rng.random() < 0.5:
        inner.pop(rng.choice(sorted(inner)))
    elif inner and rng.random() < 0.5:
        inner[rng.choice(sorted(inner))] = rng.choice(["x", 0, 1, [], 100])
    else:
        inner["zz"] = 1
    return rng.choice([inner, inner, inner, {}, [], "x", 7])


def alter_fields(rng, record, keep=()):
    """Drops, adds or changes one field in place; returns what was done."""
    field = rng.choice(sorted(set(record) - set(keep)))
    way = rng.random()
    if way < 0.2:
        del record[field]
        return f"without {field}"
    if way < 0.27:
        record["zz"] = rng.choice([1, "x", [], {"a": 1}])
        return "an unknown field"
    record[field] = other_value(rng, record[field])
    return f"{field} {json.dumps(record[field])[:60]}"


# -- the file and the signature --------------------------------------------------------------------------------------

def unsigned_flip(rng, estate):
    file, signature = estate.make()
    return "a flipped bit", flip(rng, file), signature


def signed_flip(rng, estate):
    return "flipped bits, signed anew", *estate.make({"file": lambda file: flip(rng, file, rng.choice([1, 1, 2, 5]))})


def structural_flip(rng, estate):
    """In headers, padding and end, where single bits matter most."""
    def edit(file):
        block = rng.choice([at for at in range(0, len(file), 512) if file[at + 257:at + 262] == b"ustar"] +
                           [len(file) - 1024, len(file) - 512])
        at = block + rng.randrange(512)
        return file[:at] + bytes([file[at] ^ 1 << rng.randrange(8)]) + file[at + 1:]
    return "a flipped bit of a header or the end, signed anew", *estate.make({"file": edit})


def cut(rng, estate):
    length = rng.randrange(1 << 20)
    return "cut, signed anew", *estate.make({"file": lambda file: file[:length % len(file)]})


def longer(rng, estate):
    more = rng.choice([b"\0", b"x", bytes(512), bytes(1024), b"x" * 512, bytes(10240)])
    return "longer, signed anew", *estate.make({"file": lambda file: file + more})


def sector(rng, estate):
    def edit(file):
        blocks = [file[at:at + 512] for at in range(0, len(file), 512)]
        first, second = rng.randrange(len(blocks)), rng.randrange(len(blocks))
        way = rng.randrange(4)
        if way == 0:
            blocks[first], blocks[second] = blocks[second], blocks[first]
        elif way == 1:
            blocks[first] = bytes(512)
        elif way == 2:
            del blocks[first]
        else:
            blocks.insert(first, blocks[second])
        return b"".join(blocks)
    return "sectors exchanged, signed anew", *estate.make({"file": edit})


def signature_file(rng, estate):
    name, edit = rng.choice([
        ("none", lambda s: None), ("flipped", lambda s: flip(rng, s)), ("cut", lambda s: s[:rng.randrange(len(s))]),
        ("longer", lambda s: s + b"x\n"), ("CRLF", lambda s: s.replace(b"\n", b"\r\n")), ("empty", lambda s: b""),
        ("huge", lambda s: s + b"x" * 5000), ("no end of line", lambda s: s[:-1]),
        ("other first line", lambda s: s.replace(b"by tally-packager", b"by somebody", 1)),
        ("exchanged", lambda s: b"\n".join(s.split(b"\n")[i] for i in (0, 3, 2, 1, 4))),
        ("of nothing", lambda s: estate.export.signature_file(b"", "tally-export-1 SITE1 1 1/1"))])
    return f"signature: {name}", *estate.make({"signature": edit})


def signer(rng, estate):
    return "signed by another", *estate.make({"signer": rng.choice([estate.other, estate.root])})


def comment(rng, estate):
    text = rng.choice(["tally-export-1 SITE1 2 1/1", "tally-export-1 SITE2 1 1/1", "tally-export-1 SITE1 1 1/2",
                       "tally-export-1  SITE1 1 1/1", "tally-release-1 SITE1 1 1/1", "tally-site-1 SITE1 1", "x",
                       "tally-export-1 SITE1 01 1/1", "tally-export-1 SITE1 1 1/1 ", "tally-export-2 SITE1 1 1/1",
                       "tally-export-1", "tally-receipt-1 SITE1 1"])
    return f"comment: {text}", *estate.make({"comment": text})


# -- manifest and members --------------------------------------------------------------------------------------------

def manifest_field(rng, estate):
    told = []

    def edit(manifest):
        place = rng.choice([manifest, manifest, manifest, manifest["zstd"], manifest["volume"],
                            rng.choice(manifest["members"])])
        told.append(alter_fields(rng, place))
        return manifest
    file, signature = estate.make({"manifest": edit})
    return f"manifest: {told[0]}", file, signature


def manifest_value(rng, estate):
    field, value = rng.choice([
        ("audience", "ab" * 32), ("audience", "AB" * 32), ("audience", "x"), ("previous", "ab" * 32), ("previous", "x"),
        ("volume", {"k": 1, "n": 2}), ("volume", {"k": 2, "n": 1}), ("volume", {"k": 0, "n": 1}),
        ("volume", {"k": 99, "n": 100}), ("until", 5), ("until", 0), ("until", "5"), ("cut", {}),
        ("n", 0), ("n", 2), ("n", 1000000), ("site", "SITE2"), ("site", "site1"),
        ("site", "X" * 25), ("agreement", "OTHER"), ("label", "OTHER"), ("created", 1), ("receipt", "ab" * 32),
        ("challenge", "ab"), ("cut", 1), ("marking", "x"), ("format", "tally-bundle-2"), ("members", []),
        ("zstd", {"level": 4, "version": "1.5.4"}), ("zstd", {"level": 0, "version": "1.5.4"}),
        ("zstd", {"level": 20, "version": "1.5.4"}), ("zstd", {"level": 3, "version": "1.5.5"}),
        ("zstd", {"level": 3, "version": "1.5"}), ("zstd", {"level": 3, "version": ""}),
        ("zstd", {"level": 3, "version": "x" * 30}), ("zstd", {"level": 3, "version": "01.5.4"})])
    return f"manifest: {field} {value}", *estate.make({"manifest": lambda manifest: {**manifest, field: value}})


def manifest_text(rng, estate):
    name, edit = rng.choice([
        ("flipped", lambda line: flip(rng, line)), ("no end of line", lambda line: line[:-1]),
        ("a space", lambda line: line.replace(b",", b", ", 1)), ("two lines", lambda line: line + line),
        ("empty", lambda line: b"\n"), ("null", lambda line: line.replace(b'"n":1', b'"n":null', 1)),
        ("long", lambda line: line[:-1] + b" " * (1 << 20) + b"\n"),
        ("deep", lambda line: line.replace(b'"n":1', b'"n":' + b"[" * 2000 + b"]" * 2000, 1))])
    return f"manifest: {name}", *estate.make({"manifest": lambda m: edit(canonical.spelled(m) + b"\n")})


def member_numbers(rng, estate):
    field, change = rng.choice(["raw", "size"]), rng.choice([1, -1, 512, -512, 1 << 23, 1 << 40, -10 ** 9, 1 << 52])
    index = rng.randrange(3)

    def edit(manifest):
        manifest["members"][index][field] = max(0, manifest["members"][index][field] + change)
        if index < 2 and rng.random() < 0.5:
            manifest["members"][index]["raw"] = manifest["members"][index]["size"]
        return manifest
    return f"{field} of member {index} {change:+}", *estate.make({"manifest": edit})


def archive_members(rng, estate):
    def edit(parts):
        way, at, to = rng.randrange(7), rng.randrange(len(parts)), rng.randrange(len(parts))
        if way == 0:
            del parts[at]
        elif way == 1:
            parts.insert(to, parts[at])
        elif way == 2:
            parts[at], parts[to] = parts[to], parts[at]
        elif way == 3:
            parts.insert(to, ("README.txt", b"hello"))
        elif way == 4:
            parts[at] = ("X" + parts[at][0], parts[at][1])
        elif way == 5:
            parts[at] = (parts[at][0], parts[at][1] + rng.choice([b"", b"x"]) + bytes(rng.randrange(600)))
        else:
            parts[at] = (parts[at][0], flip(rng, parts[at][1]))
        return parts
    return "members of the archive, signed anew", *estate.make({"archive": edit})


def member_list(rng, estate):
    """In archive and manifest alike."""
    way = rng.randrange(9)

    def edit(members):
        if way == 0:
            del members[rng.randrange(len(members))]
        elif way == 1:
            members.insert(rng.randrange(4), rng.choice(members))
        elif way == 2:
            rng.shuffle(members)
        elif way == 3:
            members.insert(rng.randrange(4), ["README.txt", b"hello", 5])
        elif way == 4:
            at = rng.randrange(3)
            members[at] = ["X" + members[at][0], *members[at][1:]]
        elif way == 5:
            members.append(["LINES_0002.jsonl.zst", container.compress(b"", 3), 0])
        elif way == 6:
            members.append(["LINES_0003.jsonl.zst", members[2][1], members[2][2]])
        elif way == 7:
            at = rng.randrange(3)
            members[at] = [members[at][0], b"", 0]
        else:
            members[2][0] = rng.choice(["LINES_0002.jsonl.zst", "LINES_1.jsonl.zst", "LINES_00001.jsonl.zst"])
        return members
    return f"members listed otherwise ({way})", *estate.make({"members": edit})


def zstd(content, *options):
    return subprocess.run(["zstd", "-qc", *options], input=content, capture_output=True, check=True).stdout


def frame(rng, estate):
    name, make = rng.choice([
        ("another level", lambda raw: container.compress(raw, rng.choice([1, 2, 4, 9, 19]))),
        ("no checksum", lambda raw: zstd(raw, "-3", "--single-thread", "--no-check", f"--stream-size={len(raw)}")),
        ("no content size", lambda raw: zstd(raw, "-3", "--single-thread", "--check")),
        ("two frames", lambda raw: container.compress(raw[:100], 3) + container.compress(raw[100:], 3)),
        ("skippable frame before", lambda raw: b"\x50\x2a\x4d\x18\3\0\0\0abc" + container.compress(raw, 3)),
        ("skippable frame behind", lambda raw: container.compress(raw, 3) + b"\x50\x2a\x4d\x18\3\0\0\0abc"),
        ("a byte behind", lambda raw: container.compress(raw, 3) + b"x"),
        ("cut", lambda raw: container.compress(raw, 3)[:-1 - rng.randrange(20)]),
        ("flipped", lambda raw: flip(rng, container.compress(raw, 3))),
        ("flipped head", lambda raw: (lambda f: flip(rng, f[:9]) + f[9:])(container.compress(raw, 3))),
        ("uncompressed", lambda raw: raw), ("large window", lambda raw: zstd(raw, "--long=27", "--check")),
        ("an empty block", empty_block)])

    def edit(members):
        members[2][1] = make(zstd(members[2][1], "-d") if estate.level else members[2][1])
        return members
    return f"frame: {name}", *estate.make({"members": edit})


def empty_block(raw):
    """A raw block of nothing before the first block: every checksum holds."""
    whole = container.compress(raw, 3)
    at = 5 + (0 if whole[4] >> 5 & 1 else 1) + ((1 if whole[4] >> 5 & 1 else 0), 2, 4, 8)[whole[4] >> 6]
    return whole[:at] + b"\0\0\0" + whole[at:]


def split(rng, estate):
    def edit(members):
        raw = zstd(members[2][1], "-d") if estate.level else members[2][1]
        ends = [at + 1 for at in range(len(raw) - 1) if raw[at:at + 1] == b"\n"]
        at = rng.choice(ends) if rng.random() < 0.7 else rng.randrange(1, len(raw))
        parts = [raw[:at], raw[at:]]
        ending = ".jsonl.zst" if estate.level else ".jsonl"
        return members[:2] + [[f"LINES_{i:04}{ending}", container.compress(part, 3) if estate.level else part,
                               len(part)] for i, part in enumerate(parts, 1)]
    return "lines in two members", *estate.make({"members": edit})


# -- rows and site file ----------------------------------------------------------------------------------------------

def row(rng, estate):
    told = []

    def edit(rows):
        way, at, to = rng.random(), rng.randrange(len(rows)), rng.randrange(len(rows))
        if way < 0.6:
            told.append(f"{at} {alter_fields(rng, rows[at])}")
        elif way < 0.7:
            del rows[at]
            told.append(f"{at} left out")
        elif way < 0.8:
            rows[at], rows[to] = rows[to], rows[at]
            told.append(f"{at} and {to} exchanged")
        elif way < 0.85:
            rows.insert(to, dict(rows[at]))
            told.append(f"{at} twice")
        elif way < 0.9:
            stranger = maker.LogMaker("STRANGER")
            rows.insert(to, {**rows[-1], "host": stranger.host, "key": stranger.key})
            told.append(f"a stranger at {to}")
        else:
            content = canonical.spelled(rows[at]) + b"\n"
            rows[at] = rng.choice([flip(rng, content), content[:-1], content + b"\n", content.replace(b",", b" ,", 1),
                                   content[:-2] + b"x" * 5000 + b"}\n"])
            told.append(f"{at} spelled otherwise")
        return rows
    file, signature = estate.make({"rows": edit})
    return f"row {told[0]}", file, signature


def later_start(rng, estate):
    """A log whose earlier lines are left out, as after a delivery; with range, epoch and key, or with false ones."""
    index = rng.randrange(3)
    log = [estate.station, *estate.hosts][index]
    field, value = rng.choice([(None, None)] * 4 + [
        ("epoch", 7), ("key", maker.key_pair("x")[0].hex()), ("key", SMALL_ORDER), ("range", "wrong"), ("range", []),
        ("first", 1), ("root", "ab" * 32)])
    row_ = {}

    def lines(sequence):
        mine = [line for host, line in sequence if host == log.host]
        if not mine:  # of another volume
            return sequence
        first, tree = rng.randrange(1, len(mine) + 1), logs.Tree()
        for line in mine[:first]:
            tree.append(line)
        epoch = sum(b'"t":"seal"' in line for line in mine[:first])
        row_.update(first=first, range=tree.range(), epoch=epoch, key=maker.key_pair(log.label, epoch)[0].hex())
        if field:
            row_[field] = ["ab" * 32] * len(row_["range"]) if value == "wrong" else value
        skipped = set(mine[:first])
        return [(host, line) for host, line in sequence if line not in skipped]

    def rows(all_rows):
        all_rows[index].update(row_)
        return all_rows
    return f"{log.label} from a later line on, {field} {value}", *estate.make({"lines": lines, "rows": rows})


def site_member(rng, estate):
    second = {"version": 2}
    name, make = rng.choice([
        ("flipped", lambda: flip(rng, estate.site_file())), ("empty", lambda: b"\n"),
        ("twice", lambda: estate.site_file() * 2), ("no end of line", lambda: estate.site_file()[:-1]),
        ("an honest second version", lambda: estate.site_file() + estate.site_file(
            lambda v: v.update(second, exports=sorted([estate.export.text(), estate.other.text()])))),
        ("a second version signed by a stranger", lambda: estate.site_file() + estate.site_file(
            lambda v: v.update(second, roots=[estate.other.text()]), signers=[estate.other])),
        ("a second version that keeps another log", lambda: estate.site_file() + estate.site_file(
            lambda v: v.update(second, log=maker.key_pair("x")[0].hex()))),
        ("a third version after the first", lambda: estate.site_file() + estate.site_file(
            lambda v: v.update(version=3))),
        ("another first version", lambda: estate.site_file(lambda v: v.update(releases=1))),
        ("another site", lambda: estate.site_file(lambda v: v.update(site="SITE2"))),
        ("another log", lambda: estate.site_file(log=maker.key_pair("x")[0].hex())),
        ("a point of low order", lambda: estate.site_file(log=SMALL_ORDER)),
        ("a threshold of two", lambda: estate.site_file(lambda v: v.update(threshold=2))),
        ("one key in two roles", lambda: estate.site_file() + estate.site_file(
            lambda v: v.update(second, verifiers=[estate.export.text()]))),
        ("a key that changes its role", lambda: estate.site_file() + estate.site_file(
            lambda v: v.update(second, exports=[estate.other.text()], verifiers=[estate.export.text()])))])

    def edit(members):
        members[1][1] = make()
        return members
    return f"site file: {name}", *estate.make({"members": edit})


# -- lines -----------------------------------------------------------------------------------------------------------

def stale_lines(rng, estate):
    """Lines altered without keys of any log: rows and seals stay as they were."""
    way = rng.randrange(9)

    def edit(lines):
        at, to = rng.randrange(len(lines)), rng.randrange(len(lines))
        host, line = lines[at]
        if way in (0, 1):
            lines[at] = (host, flip(rng, line))
        elif way == 2:
            del lines[at:at + rng.choice([1, 1, 2, 5])]
        elif way == 3:
            lines.insert(at, lines[at])
        elif way == 4:
            lines[at], lines[to] = lines[to], lines[at]
        elif way == 5:
            lines.insert(to, lines[at])
        elif way == 6:
            record = json.loads(line)
            alter_fields(rng, record)
            lines[at] = (host, canonical.spelled(record))
        elif way == 7:
            lines[at] = (host, rng.choice([b"", b"{}", b"x", line + b" ", b"{" + line, line + line, line + b"\r",
                                           line[:-1] + b',"zz":"' + b"x" * 3000 + b'"}']))
        else:
            del lines[-rng.choice([1, 1, 2, 9]):]
        return lines
    return f"lines without keys ({way})", *estate.make({"lines": edit})


def sealed_field(rng, estate):
    """A record altered before its log was sealed: only its own rules can tell."""
    told, label = [], rng.choice([maker.STATION, maker.DESIGN, maker.DESIGN, maker.DESIGN, maker.PLANT])

    def edit(records):
        record = rng.choice([record for record in records if record["t"] != "seal"])
        for field, value in (("boot", maker.BOOT), ("up", 1000), ("wall", maker.START)):
            if rng.random() < 0.1:
                record.setdefault(field, value)
        told.append(f"{record['t']}: {alter_fields(rng, record)}")
    file, signature = estate.make({"records": {label: edit}})
    return f"sealed, {label} {told[0]}", file, signature


def sealed_lines(rng, estate):
    """Records dropped, doubled, moved or of another type, sealed anew."""
    label, way = rng.choice([maker.STATION, maker.DESIGN, maker.PLANT]), rng.randrange(6)

    def edit(records):
        at, to = rng.randrange(len(records)), rng.randrange(len(records))
        if way == 0:
            del records[at]
        elif way == 1:
            records.insert(to, dict(records[at]))
        elif way == 2:
            records[at], records[to] = records[to], records[at]
        elif way == 3:
            records[at]["t"] = rng.choice(["unheard", "start", "genesis", "enrol", "clock", ""])
        elif way == 4:
            records[at]["seq"] = rng.choice([0, at + 1, at + 1000])
        else:
            records[at]["host"] = rng.choice([estate.hosts[1].host, estate.station.host, "HNOBODY", ""])
    return f"sealed, {label} lines ({way})", *estate.make({"records": {label: edit}})


def cut_field(rng, estate):
    """Where a volume says that it begins; a cut where none is."""
    told = []
    design = estate.hosts[0]
    stranger = maker.LogMaker("STRANGER")

    def edit(manifest):
        given = manifest.setdefault("cut", {"host": design.host, "first": 4, "epoch": 1, "range": ["ab" * 32],
                                            "key": maker.key_pair(design.label, 1)[0].hex()})
        field, value = rng.choice([("host", stranger.host), ("host", estate.station.host), ("first", 0), ("first", 1),
                                   ("first", given["first"] + 1), ("range", ["ab" * 32] * len(given["range"])),
                                   ("range", []), ("key", SMALL_ORDER), ("key", maker.key_pair("x")[0].hex()),
                                   ("epoch", 7), ("epoch", 0), ("first", 1 << 48), ("host", "HNOBODY"), (None, None)])
        if field:
            given[field] = value
        elif rng.random() < 0.5:
            del manifest["cut"]
        told.append(f"{field} {value}")
        return manifest
    file, signature = estate.make({"manifest": edit})
    return f"cut: {told[0]}", file, signature


def seal(rng, estate):
    label = rng.choice([maker.STATION, maker.DESIGN, maker.PLANT])
    field, value = rng.choice([
        ("epoch", 7), ("epoch", 0), ("root", "00" * 32), ("sig", "00" * 64), ("next", SMALL_ORDER), ("next", "ff" * 32),
        ("next", maker.key_pair("x")[0].hex()), ("reason", "whim"), ("erasure", "none"),
        ("next", "02" + "00" * 31), ("root", "AB" * 32), ("erasure", ""), ("sig", ["00" * 64]), ("epoch", "0"),
        ("root", {}), ("next", 7)])

    def edit(records):
        rng.choice([record for record in records if record["t"] == "seal"])[field] = value
    return f"seal of {label}: {field} {value}", *estate.make({"records": {label: edit}})


def open_seals(label):
    """Seals of a log, signed by its own keys, whose fields are not exactly those of a seal."""
    for field, value in (("zz", 1), ("reason", 7), ("reason", None), ("erasure", []), ("wall_before", "x"),
                         ("sig", ["x"]), ("epoch", "1"), ("root", 7)):
        def edit(records, field=field, value=value):
            last = [record for record in records if record["t"] == "seal"][-1]
            last[field] = value
            if value is None:
                del last[field]
        yield f"{label}: {field} {value}", *maker.Estate().make({"records": {label: edit}})


def station(rng, estate):
    """What the station tells of the other logs and of the export, sealed by its own keys."""
    design = estate.hosts[0]
    field, value, type_ = rng.choice([
        ("root", "ab" * 32, "arrived"), ("next", 5, "arrived"), ("next", 5000, "arrived"), ("first", 3, "arrived"),
        ("log", estate.hosts[2].host, "arrived"), ("log", "HNOBODY", "arrived"), ("t", "unheard", "arrived"),
        ("key", maker.key_pair("x")[0].hex(), "enrol"), ("key", SMALL_ORDER, "enrol"), ("log", "HNOBODY", "enrol"),
        ("log", design.host, "enrol"), ("t", "unheard", "enrol"), ("label", "OTHER", "enrol"), ("label", "", "enrol"),
        ("machine", "cd" * 32, "enrol"), ("n", 2, "export"), ("agreement", "OTHER", "export"),
        ("label", "OTHER", "export"), ("level", 4, "export"), ("zstd", "1.5.5", "export"), ("zstd", "", "export"),
        ("wall", 5, "export"), ("until", 5, "export"), ("until", "x", "export"),
        ("t", "unheard", "export"), ("level", 99, "export"), ("n", 0, "export"),
        ("t", "unheard", "seal"), ("role", "recorder", "genesis"), ("site", "SITE2", "genesis"),
        ("label", "OTHER", "genesis"), ("key", maker.key_pair("x")[0].hex(), "genesis")])

    def edit(records):
        rng.choice([record for record in records if record["t"] == type_])[field] = value
    return f"station, {type_}: {field} {value}", *estate.make({"records": {maker.STATION: edit}})


def genesis(rng, estate):
    label = rng.choice([maker.DESIGN, maker.PLANT])
    field, value = rng.choice([
        ("role", "station"), ("role", "x"), ("site", "SITE2"), ("label", "OTHER"), ("label", ""), ("version", ""),
        ("key", maker.key_pair("x")[0].hex()), ("machine", "cd" * 32), ("t", "unheard"),
        ("replaces", {"host": "HOLD", "size": 4, "root": "ab" * 32, "reason": "key lost"}),
        ("replaces", {"host": "H" + "A" * 24, "size": 4, "root": "ab" * 32, "reason": "key lost"}),
        ("replaces", {"host": "HOLD", "size": 4}), ("replaces", "x"), ("replaces", {})])
    return f"genesis of {label}: {field} {value}", *estate.make({"records": {label: lambda r: r[0].update(
        {field: value})}})


def history(rng, estate):
    """Events of the station left out, doubled or exchanged."""
    way, at, to = rng.randrange(3), rng.randrange(len(estate.history)), rng.randrange(len(estate.history))
    if way == 0:
        del estate.history[at]
    elif way == 1:
        estate.history.insert(to, estate.history[at])
    else:
        estate.history[at], estate.history[to] = estate.history[to], estate.history[at]
    return f"station's events ({way} {at} {to})", *estate.make()


def host_lines(rng, estate):
    """The hosts' logs end elsewhere than the station says."""
    host = rng.choice(estate.hosts[:2])
    way = rng.randrange(4)
    if way == 0:
        host.add("open", start=5, at=5)
        host.seal()
    elif way == 1:
        host.add("open", start=5, at=5)
    elif way == 2:
        host.records.pop()
    else:
        host.records = host.records[:rng.randrange(1, len(host.records))]
    return f"log of {host.label} ends elsewhere ({way})", *estate.make()


def untouched(_, estate):
    return "untouched", *estate.make()


ALL = [unsigned_flip, signed_flip, structural_flip, cut, longer, sector, signature_file, signer, comment,
       manifest_field, cut_field, cut_field, manifest_value, manifest_text, member_numbers, archive_members, member_list,
       frame, split, row,
       row, later_start, later_start, site_member, stale_lines, stale_lines, sealed_field, sealed_field, sealed_field,
       sealed_lines, seal, station, station, genesis, history, host_lines, untouched]
