#!/usr/bin/python3
"""Writes the seeds of line, tree and seal. Other harnesses' seeds are real files, copied by hand."""
import os

HERE = os.path.dirname(os.path.abspath(__file__))


def write(harness, name, data):
    folder = os.path.join(HERE, "corpus", harness)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as out:
        out.write(data)


def unpacked(cell):
    parts = [piece.split("*") for piece in cell.split(" ") if piece != "-"]
    return b"".join(bytes.fromhex(part[0]) * int(part[1] if len(part) > 1 else 1) for part in parts)


with open(os.path.join(HERE, "..", "vectors", "line", "lines.tsv"), encoding="ascii") as table:
    for row in (line.rstrip("\n").split("\t") for line in table if not line.startswith("#")):
        data = unpacked(row[5])
        if len(data) < 3000:
            slug = "".join(c if c.isalnum() else "_" for c in row[1])[:60]
            write("line", row[0] + "_" + slug, data)
write("line", "a_seal", b'{"boot":"00","epoch":0,"host":"HAAAAAAAAAAAAAAAAAAAAAAAA","next":"' + b"ab" * 32 + b'","root":"' +
      b"cd" * 32 + b'","seq":7,"sig":"' + b"ef" * 64 + b'","t":"seal","up":1,"wall":2}')

for leaves in (0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129):
    for choice in (0, leaves // 2, leaves):
        write("tree", "leaves_%03d_%03d" % (leaves, choice),
              bytes([choice % 256, (choice * 37 + leaves) % 256]) + b"\n".join(b"%d" % i for i in range(leaves)))

write("tree", "long_leaf", b"\x00\x01" + b"a" * 5000 + b"\nb")

logs = {"empty": b"", "only_a_seal": b"\x00", "one_epoch": b"\x01\x02\x00", "two_epochs": b"\x01\x00\x02\x03\x00",
        "open_tail": b"\x01\x00\x02\x03", "seals_alone": b"\x00\x00\x00", "long": bytes([1, 2, 3, 0] * 5)}
damages = {"none": b"", "byte": b"\x00\x01\x08\x41", "insert": b"\x01\x00\x03\x20", "erase": b"\x02\x02\x05\x00",
           "swap": b"\x03\x00\x01\x00", "drop": b"\x04\x01\x00\x00", "repeat": b"\x05\x01\x02\x00",
           "digit_of_seq": b"\x00\x01\x2c\x39", "value_of_a_line": b"\x00\x00\x37\x33", "epoch_of_a_seal": b"\x00\x02\x09\x31", "sig": b"\x00\x02\xd2\x30",
           "sig_not_hex": b"\x00\x02\xd2\x67", "next": b"\x00\x02\x40\x30", "next_f": b"\x00\x02\x40\x66", "next_last": b"\x00\x02\x75\x31", "root": b"\x00\x02\x8a\x30", "root_not_hex": b"\x00\x02\x8a\x67", "two": b"\x04\x00\x00\x00\x05\x02\x00\x00"}
for log, program in logs.items():
    for name, ops in damages.items():
        write("seal", log + "_" + name, bytes([len(program)]) + program + ops)
