"""Cases about the file: archive, manifest, roster, members and their compression."""
import struct

import maker
from cases import case, defect, estate
from maker import build, canonical, member, summed, ustar_header

CANONICAL = "refuse:NON_CANONICAL"
LIMIT = "refuse:LIMIT_EXCEEDED"
LINES = "LINES_0001.jsonl.zst"


def header(index, at, field, add_up=True):
    """The header of one member with `field` at `at`, its checksum made anew."""
    def change(archive):
        block = bytearray(archive[index][:512])
        block[at:at + len(field)] = field
        archive[index] = (summed(block) if add_up else bytes(block)) + archive[index][512:]
        return archive
    return change


def headers(draft):
    for name, at, field, add_up in (
            ("mode", 100, b"0000600", True), ("mode_with_space", 100, b"000644 ", True), ("uid", 108, b"0001750", True),
            ("gid", 116, b"0001750", True), ("mtime", 136, b"14360000000", True), ("mtime_spaces", 136, b" " * 11, True),
            ("size_ends_in_space", 135, b" ", True), ("checksum_spaces", 148, b"  ", False),
            ("checksum_ends_in_nul", 155, b"\0", False), ("checksum_wrong", 153, b"7", False),
            ("type_nul", 156, b"\0", True), ("type_link", 156, b"2", True), ("type_pax", 156, b"x", True),
            ("link_name", 157, b"elsewhere", True), ("magic_gnu", 257, b"ustar  \0", True),
            ("version_spaces", 263, b"  ", True), ("owner", 265, b"root", True), ("group", 297, b"root", True),
            ("device", 329, b"0000001", True), ("device_empty", 329, bytes(8), True), ("prefix", 345, b"lib", True),
            ("reserved", 500, b"x", True), ("behind_name", 99, b"x", True)):
        defect("header_" + name, f"header of HOSTS.jsonl, bytes from {at}", CANONICAL, draft, member="HOSTS.jsonl",
               archive=header(1, at, field, add_up))
    defect("header_of_manifest", "the first header with an owner", CANONICAL, draft, member="MANIFEST.json",
           archive=header(0, 265, b"root"))
    defect("header_size_in_base_256", "the size of a member spelled as GNU tar spells huge ones", CANONICAL, draft,
           member="HOSTS.jsonl", archive=lambda a: header(1, 124, b"\x80" + bytes(3) + struct.pack(
               ">Q", int(a[1][124:135], 8)))(a))
    defect("header_size_differs", "a header's size is another than the manifest's", CANONICAL, draft,
           member="HOSTS.jsonl", archive=header(1, 124, b"00000000777"))


def members(draft):
    def without(index):
        return lambda archive: archive[:index] + archive[index + 1:]

    def exchanged(archive):
        archive[1], archive[2] = archive[2], archive[1]
        return archive

    def padding(archive):
        archive[1] = archive[1][:-1] + b"x"
        return archive

    missing, extra = "refuse:MISSING_MEMBER", "refuse:EXTRA_MEMBER"
    for index, name in enumerate(("MANIFEST.json", "HOSTS.jsonl", "SITE.jsonl", LINES)):
        defect(f"without_{name.split('.')[0].lower()}", f"{name} is not in the archive", missing, draft, member=name,
               archive=without(index))
    defect("members_exchanged", "SITE.jsonl before HOSTS.jsonl", missing, draft, member="HOSTS.jsonl",
           archive=exchanged)
    defect("member_twice", "the lines member a second time", extra, draft, member=LINES,
           archive=lambda archive: archive + archive[-1:])
    defect("member_more_at_end", "a member behind the last", extra, draft, member="NOTES.txt",
           archive=lambda archive: archive + [member("NOTES.txt", b"hello\n")])
    defect("member_more_inside", "a member before SITE.jsonl", extra, draft, member="NOTES.txt",
           archive=lambda archive: archive[:2] + [member("NOTES.txt", b"hello\n")] + archive[2:])
    notes = ("NOTES.txt", b"hello\n", b"hello\n")
    defect("member_more_in_manifest", "a member that the manifest names and this format does not", extra, draft,
           member="MANIFEST.json", members=lambda made: made + [notes])
    defect("lines_member_unnumbered", "LINES_0002 without LINES_0001", missing, draft, member="MANIFEST.json",
           members=lambda made: made[:2] + [("LINES_0002.jsonl.zst", *made[2][1:])])
    defect("without_lines_in_manifest", "no lines member at all", missing, draft, member="MANIFEST.json",
           members=lambda made: made[:2])
    for index, name in ((1, "HOSTS.jsonl"), (2, "SITE.jsonl"), (3, LINES)):
        at = 512 + 40
        defect(f"hash_of_{name.split('.')[0].split('_')[0].lower()}",
               f"a bit of {name}, everything signed anew", "refuse:BAD_HASH" if index != 1 else
               "refuse:BAD_HASH refuse:NON_CANONICAL", draft, member=name, archive=lambda archive, index=index: [
                   data if i != index else data[:at] + bytes([data[at] ^ 0x80]) + data[at + 1:]
                   for i, data in enumerate(archive)])
    defect("padding", "a byte in the padding", CANONICAL, draft, member="HOSTS.jsonl", archive=padding)


def ends(draft):
    whole = build(draft)[0]
    cut = "refuse:TRUNCATED"
    for name, size, inside in (
            ("to_nothing", 0, "MANIFEST.json"), ("in_first_header", 100, "MANIFEST.json"),
            ("in_manifest", 900, "MANIFEST.json"), ("in_header", 512 * 3 + 7, "HOSTS.jsonl"),
            ("in_lines", len(whole) - 1024 - 700, LINES), ("before_end", len(whole) - 1024, "-"),
            ("in_end", len(whole) - 512, "-"), ("by_one_byte", len(whole) - 1, "-")):
        defect("cut_" + name, f"the file ends at byte {size}", cut, draft, member=inside,
               file=lambda file, size=size: file[:size])
    for name, more in (("byte", b"x"), ("zero", b"\0"), ("block_of_zeros", bytes(512)),
                       ("blocking_factor_20", bytes(-len(whole) % 10240)), ("itself", whole)):
        defect("appended_" + name, "bytes after the end", CANONICAL, draft, file=lambda file, more=more: file + more)
    defect("end_not_zero", "a byte in the second block of the end", CANONICAL, draft,
           file=lambda file: file[:-3] + b"x" + file[-2:])
    defect("no_archive", "a file that is no archive", CANONICAL, draft, member="MANIFEST.json",
           file=lambda file: b"x" * 5000)
    defect("manifest_declared_large", "a first header that promises more than a manifest may have", LIMIT, draft,
           member="MANIFEST.json", file=lambda file: ustar_header("MANIFEST.json", 2 << 20) + file[512:])


def manifests(draft):
    def line(old, new):
        def change(text):
            assert text.count(old) == 1, old
            return text.replace(old, new)
        return change

    def field(name, value):
        return lambda head: {**head, name: value}

    def of_member(index, name, change):
        def alter(head):
            head["members"][index][name] = change(head["members"][index][name])
            return head
        return alter

    def check(name, why, expected=CANONICAL, **altered):
        defect("manifest_" + name, "manifest: " + why, expected, draft, member="MANIFEST.json",
               comment="tally-export-1 SITE1 1 1/1", **altered)

    for name, why, old, new in (
            ("space", "a space", b'"n":1,', b'"n": 1,'), ("order", "two keys exchanged", b'"created":1790000003000,"format":'
             b'"tally-bundle-1"', b'"format":"tally-bundle-1","created":1790000003000'),
            ("key_twice", "a key twice", b'"n":1,', b'"n":1,"n":1,'), ("leading_zero", "a leading zero", b'"n":1,', b'"n":01,'),
            ("fraction", "a fraction", b'"n":1,', b'"n":1.0,'), ("text_number", "a number as text", b'"n":1,', b'"n":"1",'),
            ("escape", "a JSON escape", b'"AGR"', b'"\\u0041GR"'), ("null", "an absent field as null", b'"n":1,', b'"n":1,"previous":null,'),
            ("crlf", "CR before LF", b"}\n", b"}\r\n"), ("without_lf", "no LF", b"}\n", b"}"),
            ("two_lines", "an empty line", b"}\n", b"}\n\n")):
        check(name, why, manifest_line=line(old, new))
    for name, why, key, value in (
            ("other_format", "a later format", "format", "tally-bundle-2"), ("challenge", "a field of later versions", "challenge", "x"),
            ("cut", "a cut that is none", "cut", {"epoch": 0}), ("marking", "a field of later versions", "marking", "x"),
            ("receipt", "a receipt that is no object", "receipt", 1), ("unknown_field", "a field that is not known", "note", "x"),
            ("n_0", "number 0", "n", 0), ("site_small_letters", "a site id in small letters", "site", "site1"),
            ("label_long", "a label of 25 characters", "label", "A" * 25), ("agreement_empty", "no agreement", "agreement", ""),
            ("previous_short", "a hash of 62 digits", "previous", "0" * 62), ("previous_large", "a hash in large letters", "previous", "AB" * 32),
            ("audience_text", "an audience that is no hash", "audience", "VENDOR"), ("volume_0", "volume 0", "volume", {"k": 0, "n": 1}),
            ("volume_above", "volume 2 of 1", "volume", {"k": 2, "n": 1}), ("volume_field", "a field more in volume", "volume", {"k": 1, "m": 1, "n": 1}),
            ("level_0", "level 0", "zstd", {"level": 0, "version": draft.head["zstd"]["version"]}),
            ("version_two_parts", "a zstd version of two parts", "zstd", {"level": 3, "version": "1.5"}),
            ("version_zero", "a zstd version with a leading zero", "zstd", {"level": 3, "version": "1.05.4"}),
            ("created_text", "a time as text", "created", "1790000003000"), ("members_object", "members is no list", "members", {})):
        check(name, why, manifest=field(key, value))
    check("without_created", "a field less", manifest=lambda head: {k: v for k, v in head.items() if k != "created"})
    for name, why, key, value in (
            ("n_large", "number 1 000 000", "n", 1000000), ("volumes_100", "100 volumes", "volume", {"k": 1, "n": 100}),
            ("level_20", "level 20", "zstd", {"level": 20, "version": draft.head["zstd"]["version"]})):
        check(name, why, LIMIT, manifest=field(key, value))
    check("raw_above_8_mib", "a member of more than 8 MiB", LIMIT, manifest=of_member(2, "raw", lambda _: (8 << 20) + 1))
    check("member_empty", "an empty member", manifest=of_member(2, "raw", lambda _: 0))
    check("raw_not_size", "SITE.jsonl with two sizes", manifest=of_member(1, "raw", lambda raw: raw + 1))
    check("member_field", "a field more in a member", manifest=lambda head: {
        **head, "members": [{**head["members"][0], "mode": 1}, *head["members"][1:]]})
    for name, change in (("more", 1), ("less", -1)):
        defect(f"manifest_raw_one_{name}", f"one byte {name} than the member decompresses to", CANONICAL, draft,
               member=LINES, manifest=of_member(2, "raw", lambda raw, change=change: raw + change))
    defect("manifest_hash_flipped", "another hash of a member", "refuse:BAD_HASH", draft, member=LINES,
           manifest=of_member(2, "sha256", lambda text: ("1" if text[0] == "0" else "0") + text[1:]))
    defect("audience_unknown", "made for another verifier", "refuse:WRONG_AUDIENCE", draft,
           manifest=field("audience", "ab" * 32))
    defect("volume_1_of_2", "volume 1 of 2 that leaves nothing for volume 2", CANONICAL, draft, member="MANIFEST.json",
           manifest=field("volume", {"k": 1, "n": 2}))
    defect("volume_2_of_2", "volume 2 of 2 that begins where the export begins", CANONICAL + " warn:VOLUME_MISSING", draft, member="MANIFEST.json",
           manifest=field("volume", {"k": 2, "n": 2}))


def rosters(draft):
    def check(name, why, change, expected=CANONICAL):
        defect("roster_" + name, "roster: " + why, expected, draft, member="HOSTS.jsonl", rows=change)

    def row(index, **changes):
        def change(rows):
            rows[index].update(changes)
            return rows
        return change

    check("field_more", "a field more", row(1, label="LICSRV"))
    check("field_less", "a field less", lambda rows: [rows[0], {k: v for k, v in rows[1].items() if k != "epoch"}])
    check("range_at_0", "a hash in the range at 0", row(1, range=["00" * 32]))
    check("first_above_next", "first above next", row(1, first=99))
    check("next_2_to_48", "a tree of 2^48 lines", row(1, next=1 << 48))
    check("key_low_order", "a key of low order", row(1, key="01" + "00" * 31))
    check("name", "a name that is none", row(1, host="LICSRV"))
    check("root_short", "a root of 62 digits", row(1, root="00" * 31))
    check("twice", "a log twice", lambda rows: rows + rows[1:])
    check("space", "a space", lambda rows: [rows[0], canonical(rows[1]).replace(b'"first":', b'"first": ') + b"\n"])
    check("without_lf", "no LF at the end", lambda rows: [rows[0], canonical(rows[1])])
    check("empty_line", "an empty line", lambda rows: [rows[0], canonical(rows[1]) + b"\n\n"])
    check("crlf", "CR before LF", lambda rows: [rows[0], canonical(rows[1]) + b"\r\n"])
    check("line_4097", "a line of 4097 bytes", lambda rows: [rows[0], b"{" + b"x" * 4096 + b"\n"], LIMIT)
    check("other_first_key", "a first key that the log does not have", row(1, key=draft.rows[0]["key"]))
    check("other_epoch", "epoch 1 at line 0", row(1, epoch=1))
    check("other_root", "another root than that of the lines", row(1, root="00" * 32), "refuse:BAD_HASH")
    check("other_root_of_station", "another root of the station's log", row(0, root="00" * 32), "refuse:BAD_HASH")


def frames(draft):
    """One zstd frame that decompresses to the honest lines, spelled another way."""
    def check(name, why, packed, expected=CANONICAL):
        defect("frame_" + name, "compression: " + why, expected, draft, member=LINES,
               members=lambda made: made[:2] + [(*made[2][:2], packed(*made[2][1:]))])

    def with_block(block):
        return lambda raw, packed: packed[:blocks_at(packed)] + block + packed[blocks_at(packed):]

    check("other_level", "another level than announced", lambda raw, _: maker.compress(raw, 19))
    check("without_checksum", "no checksum", lambda raw, _: maker.compress(raw, 3, "--no-check", "--content-size"))
    check("without_size", "no content size", lambda raw, _: maker.compress(raw, 3, "--check", "--no-content-size"))
    check("empty_raw_block", "an empty raw block", with_block(b"\0\0\0"))
    check("empty_rle_block", "an empty run that carries a byte", with_block(b"\2\0\0S"))
    check("many_empty_blocks", "sixteen empty runs that carry a word each letter",
          with_block(b"".join(b"\2\0\0" + bytes([c]) for c in b"sixteen letters.")))
    check("all_raw", "one block that is not compressed", stored)
    check("two_frames", "two frames", lambda raw, _: maker.compress(raw[:500]) + maker.compress(raw[500:]))
    check("skippable_before", "a skippable frame before it", lambda _, packed: b"\x50\x2a\x4d\x18\4\0\0\0word" + packed)
    check("skippable_after", "a skippable frame after it", lambda _, packed: packed + b"\x5f\x2a\x4d\x18\4\0\0\0word")
    check("byte_after", "a byte after it", lambda _, packed: packed + b"x")
    check("cut_short", "no last byte", lambda _, packed: packed[:-1])
    check("checksum_flipped", "a bit of the checksum", lambda _, packed: packed[:-1] + bytes([packed[-1] ^ 1]))
    check("dictionary_id", "a dictionary id of 0", lambda _, packed: packed[:4] + bytes([packed[4] | 1]) + b"\0" +
          packed[5:])
    check("window_16_mib", "a window of 16 MiB", lambda _, packed: packed[:4] + bytes([packed[4] & ~0x20]) + b"\x70" +
          packed[5:])
    check("reserved_bit", "a reserved bit", lambda _, packed: packed[:4] + bytes([packed[4] | 8]) + packed[5:])
    check("size_lies", "content size of four gigabytes", lambda _, packed: packed[:4] + b"\xa4" + b"\xff" * 4 +
          packed[blocks_at(packed):])
    check("size_wider", "the content size in four bytes", lambda raw, packed: packed[:4] + b"\xa4" +
          struct.pack("<I", len(raw)) + packed[blocks_at(packed):])
    check("not_compressed", "the lines themselves", lambda raw, _: raw)


def blocks_at(packed):
    """Where the blocks of a single-segment frame begin."""
    assert packed[4] & 0x20 and not packed[4] & 3
    return 5 + (1, 2, 4, 8)[packed[4] >> 6]


def stored(raw, packed):
    return packed[:blocks_at(packed)] + struct.pack("<I", len(raw) << 3 | 1)[:3] + raw + packed[-4:]


def announced_otherwise():
    """What depends on the station's announcement: versions and levels of the compression."""
    case("other_zstd_version", "compressed with another version of zstd, as the station announced",
         "note:ENCODING_UNCHECKED", build(estate(zstd="1.4.9")[0].draft()), "first", member="MANIFEST.json")
    draft = estate()[0].draft(level=5)
    draft.head["zstd"]["level"] = 5
    case("level_5", "compressed with level 5, as the station announced", "", build(draft))


def make(draft):
    headers(draft)
    members(draft)
    ends(draft)
    manifests(draft)
    rosters(draft)
    frames(draft)
    announced_otherwise()
