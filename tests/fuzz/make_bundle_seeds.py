#!/usr/bin/python3
"""Writes the seeds of ustar, manifest and frame, from docs/formats/bundle.md and the stock zstd alone."""
import hashlib
import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


def write(harness, name, data):
    folder = os.path.join(HERE, "corpus", harness)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as out:
        out.write(data)


def zstd(raw, *options):
    return subprocess.run(["zstd", "-qc", *options], input=raw, stdout=subprocess.PIPE, check=True).stdout


def spelled(raw, level=3):
    return zstd(raw, f"-{level}", "--single-thread", "--check", f"--stream-size={len(raw)}")


def canonical(fields):
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


def header(name, size):
    block = bytearray(512)
    block[0:len(name)] = name
    block[100:136] = b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % size
    block[136:148] = b"00000000000\0"
    block[148:156] = b" " * 8
    block[156:157] = b"0"
    block[257:265] = b"ustar\x0000"
    block[329:345] = b"0000000\0" * 2
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def archived(name, data):
    return header(name, len(data)) + data + bytes(-len(data) % 512)


KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"  # RFC 8032, test 1
HOST = "H" + "A" * 24
EMPTY = hashlib.sha256(b"").hexdigest()


def host_row(**other):
    return canonical({"epoch": 0, "first": 0, "host": HOST, "key": KEY, "next": 2, "range": [], "root": EMPTY, **other})


def manifest(members, /, **other):
    fields = {"agreement": "DEFAULT", "created": 1790000000000, "format": "tally-bundle-1", "label": "USAGE", "n": 1,
              "site": "SITE1", "volume": {"k": 1, "n": 1}, "zstd": {"level": 3, "version": "1.5.4"},
              "members": [{"name": name.decode(), "raw": raw, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
                          for name, raw, data in members]}
    fields.update(other)
    return canonical({key: value for key, value in fields.items() if value is not None})


def bundle(members, **other):
    return archived(b"MANIFEST.json", manifest(members, **other) + b"\n") + b"".join(
        archived(name, data) for name, _, data in members) + bytes(1024)


LINES = b'{"host":"%s","seq":0,"t":"genesis"}\n{"host":"%s","seq":1,"t":"seal"}\n' % (HOST.encode(), HOST.encode())
HOSTS = host_row() + b"\n"
SITE = b'{"format":"tally-site-1"}\n'
HASH_OF_X = hashlib.sha256(b"x").hexdigest().encode()
PLAIN = [(b"HOSTS.jsonl", len(HOSTS), HOSTS), (b"SITE.jsonl", len(SITE), SITE),
         (b"LINES_0001.jsonl.zst", len(LINES), spelled(LINES))]
SECOND = (b"LINES_0002.jsonl.zst", len(LINES), spelled(LINES))
GOOD = bundle(PLAIN)

manifests = {
    "plain": manifest(PLAIN), "two_lines": manifest(PLAIN + [SECOND]), "audience": manifest(PLAIN, audience=EMPTY),
    "previous": manifest(PLAIN, previous=EMPTY), "volume": manifest(PLAIN, volume={"k": 2, "n": 99}),
    "last_sequence": manifest(PLAIN, n=999999), "level_19": manifest(PLAIN, zstd={"level": 19, "version": "1.5.4"}),
    "no_lines": manifest(PLAIN[:2]), "swapped": manifest([PLAIN[1], PLAIN[0], PLAIN[2]]), "later": manifest(PLAIN, receipt={"n": 1}),
    "marking": manifest(PLAIN, marking="X"), "unknown": manifest(PLAIN, spare=1), "other_format": manifest(PLAIN, format="tally-bundle-2"),
    "no_label": manifest(PLAIN, label=None), "level_20": manifest(PLAIN, zstd={"level": 20, "version": "1.5.4"}),
    "spaces": manifest(PLAIN).replace(b",", b", ", 1), "empty": b"", "braces": b"{}",
    "row": host_row(), "row_range": host_row(first=3, next=9, range=[EMPTY, EMPTY]), "row_short_range": host_row(first=3, range=[EMPTY]),
    "row_backwards": host_row(first=3, range=[EMPTY, EMPTY]), "row_bad_key": host_row(key="0" * 64), "row_extra": host_row(spare=1),
}
for field in ("agreement", "audience", "created", "format", "label", "members", "n", "previous", "site", "volume", "zstd"):
    manifests["without_" + field] = manifest(PLAIN, **{field: None})
    manifests["number_" + field] = manifest(PLAIN, **{field: 2**53})
for field in ("epoch", "first", "host", "key", "next", "range", "root"):
    manifests["row_text_" + field] = host_row(**{field: "x"})
    manifests["row_without_" + field] = canonical({key: value for key, value in json.loads(host_row()).items() if key != field})
manifests.update({
    "n_0": manifest(PLAIN, n=0), "n_too_large": manifest(PLAIN, n=1000000), "volume_of_none": manifest(PLAIN, volume={"k": 1, "n": 0}),
    "volume_past_the_end": manifest(PLAIN, volume={"k": 3, "n": 2}), "volume_100": manifest(PLAIN, volume={"k": 1, "n": 100}),
    "volume_more": manifest(PLAIN, volume={"k": 1, "n": 1, "x": 1}), "site_lower": manifest(PLAIN, site="site"), "level_0": manifest(PLAIN, zstd={"level": 0, "version": "1.5.4"}),
    "version_words": manifest(PLAIN, zstd={"level": 3, "version": "new"}), "audience_short": manifest(PLAIN, audience="00"),
    "member_twice": manifest(PLAIN + [PLAIN[2]]), "member_out_of_order": manifest([PLAIN[2], PLAIN[0], PLAIN[1]]), "member_number_3": manifest(PLAIN + [(b"LINES_0003.jsonl.zst",) + SECOND[1:]]),
    "member_raw_0": manifest(PLAIN[:2] + [(PLAIN[2][0], 0, PLAIN[2][2])]), "member_raw_large": manifest(PLAIN[:2] + [(PLAIN[2][0], 2**24, PLAIN[2][2])]),
    "hosts_raw_differs": manifest([(b"HOSTS.jsonl", 1, HOSTS)] + PLAIN[1:]), "row_first_beyond": host_row(first=5), "row_epoch_large": host_row(epoch=2**53),
})
for name, data in manifests.items():
    write("manifest", name, data)

end = len(GOOD) - 1024
site_at = GOOD.index(header(b"SITE.jsonl", len(SITE)))
archives = {
    "good": GOOD, "two_lines": bundle(PLAIN + [SECOND]), "audience": bundle(PLAIN, audience=EMPTY), "empty": b"",
    "header_alone": header(b"HOSTS.jsonl", 3), "cut_in_header": GOOD[:700], "cut_in_data": GOOD[:end - 600], "one_end_block": GOOD[:-512],
    "three_end_blocks": GOOD + bytes(512), "after_the_end": GOOD + b"x", "in_the_end": GOOD[:-9] + b"x" + GOOD[-8:],
    "in_padding": GOOD[:site_at - 1] + b"x" + GOOD[site_at:], "in_name": GOOD[:20] + b"x" + GOOD[21:],
    "extra": GOOD[:end] + archived(b"NOTE.txt", b"hello") + bytes(1024), "doubled": GOOD[:end] + archived(*PLAIN[2][::2]) + bytes(1024),
    "missing": GOOD[:site_at] + GOOD[site_at + 1024:], "huge_manifest": header(b"MANIFEST.json", 8**11 - 1),
    "mode_755": GOOD.replace(b"0000644\x00", b"0000755\x00", 1), "gnu_magic": GOOD.replace(b"ustar\x0000", b"ustar  \x00", 1),
}

def spoiled(at, length, by):
    return GOOD[:at] + by * length + GOOD[at + length:]


def counted(block):
    """The header again with the sum that its bytes have."""
    head = bytearray(block)
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


HEAD = bytearray(GOOD[:512])
fields = {"name": (0, 100), "mode": (100, 8), "uid": (108, 8), "gid": (116, 8), "size": (124, 12), "mtime": (136, 12), "sum": (148, 8), "type": (156, 1), "link": (157, 100), "magic": (257, 6), "version": (263, 2), "owner": (265, 32),
          "group": (297, 32), "major": (329, 8), "minor": (337, 8), "prefix": (345, 155), "rest": (500, 12)}
for name, (at, length) in fields.items():
    archives["spoiled_" + name] = spoiled(at, 1, b"7")
    head = HEAD[:at] + b"7" * min(length, 3) + HEAD[at + min(length, 3):]
    archives["counted_" + name] = counted(head) + (GOOD[512:1536] if name == "size" else b"")
archives["numbers_in_binary"] = counted(HEAD[:124] + b"\x80" + bytes(10) + b"\x05" + HEAD[136:])
for name, hosts in {"row_twice": HOSTS + HOSTS, "row_cut": HOSTS[:-1], "row_not_canonical": HOSTS.replace(b",", b", ", 1), "row_long": b"x" * 4200 + b"\n", "row_long_at_end": HOSTS + b"x" * 4200, "row_empty": b"\n"}.items():
    archives["hosts_" + name] = bundle([(b"HOSTS.jsonl", len(hosts), hosts)] + PLAIN[1:])
archives["manifest_no_feed"] = archived(b"MANIFEST.json", manifest(PLAIN)) + GOOD[-1024:]
archives["manifest_defect"] = archived(b"MANIFEST.json", b"{}\n") + GOOD[-1024:]
archives["other_hash"] = GOOD.replace(hashlib.sha256(HOSTS).hexdigest().encode(), HASH_OF_X).replace(hashlib.sha256(SITE).hexdigest().encode(), HASH_OF_X)
archives["cut_after_manifest"] = GOOD[:2048]
archives["two_headers"] = GOOD[:512] + GOOD
for name, data in archives.items():
    write("ustar", name, data)

skippable = bytes.fromhex("502a4d18") + b"\x06\0\0\0secret"
frame = spelled(LINES)
start = 4 + 1 + (1 if frame[4] >> 6 == 0 else 2)
frames = {
    "one_byte": spelled(b"\n"), "lines": frame, "level_1": spelled(LINES, 1), "level_19": spelled(LINES * 20, 19),
    "zeros": spelled(bytes(100000)), "counting": spelled(b"".join(b"%d\n" % i for i in range(3000))),
    "two_frames": frame + frame, "skippable_first": skippable + frame, "skippable_last": frame + skippable, "trailing": frame + b"x",
    "no_checksum": zstd(LINES, "--no-check", "--single-thread", f"--stream-size={len(LINES)}"), "no_size": zstd(LINES, "--check"),
    "empty_blocks": frame[:start] + bytes.fromhex("0200005300 0000".replace(" ", "")) + frame[start:], "cut": frame[:-3],
    "wrong_checksum": frame[:-1] + bytes([frame[-1] ^ 1]), "not_a_frame": b"hello, world", "magic_alone": frame[:4],
    "window_2_gib": bytes.fromhex("28b52ffd") + bytes.fromhex("a4a8") + (1000).to_bytes(4, "little") + bytes.fromhex("010000") + bytes(4),
    "dictionary": bytes.fromhex("28b52ffd") + bytes([frame[4] | 1, 7]) + frame[5:],
}
for level in (2, 4, 7, 12, 16, 22):
    frames[f"level_{level:02}"] = zstd(LINES * 9, f"-{level}", "--ultra", "--single-thread", "--check", f"--stream-size={len(LINES) * 9}")
for size in (2, 3, 255, 256, 257, 65791, 65792, 131072, 131073):
    frames[f"size_{size}"] = spelled(bytes(i * 7 % 251 for i in range(size % 1000)) * (size // 1000 + 1))
for at in range(4, 16):
    frames[f"byte_{at:02}"] = frame[:at] + bytes([frame[at] ^ 0x55]) + frame[at + 1:]
for at in (5, 9, 12, 20, len(frame) - 5):
    frames[f"cut_at_{at:02}"] = frame[:at]
write("frame", "beyond_the_limit", bytes([3]) + frame)
for name, data in frames.items():
    write("frame", name, bytes([20]) + data)
