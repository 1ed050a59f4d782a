#!/usr/bin/python3
"""Writes the seeds of words: lists as people keep them, and their limits."""
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent / "corpus/words"
PLAIN = ["Projekt Habicht", "M\u00fcller", "VS-NfD", "10.1.2.3", "host-7.example", "\u4e2d\u6587", "a b  c", "x\ty", "100 %", "#1 of all", "##", "a#b",
         "'quoted'", '"quoted"', "back\\slash", "NUL\0inside", "caf\u00e9", "cafe\u0301", "ab", "\u00e9", "e", "  indented", "trailing  ", "\ttabbed\t", "\ufeffmarked",
         "\u200bzero", "x" * 199, "x" * 200, "x" * 201, "\u00fc" * 100, "\u00fc" * 101, "# remark", "  # remark", "-", "--", "//", "%41%42", "SECRET", "secret", "u1_ABCDEF"]
seeds = {"empty": b"", "line_feed": b"\n", "blanks": b" \t \n\t\n", "no_last_feed": b"one\ntwo", "crlf": b"one\r\ntwo\r\n", "lone_cr": b"one\rtwo\r", "twice": b"one\none\n",
         "latin_1": b"M\xfcller\n", "broken_utf8": b"\xc3\n\xc3\xbcx\n", "all": "\n".join(word for word in PLAIN if 2 <= len(word.encode()) <= 200).encode(),
         "words_1000": b"".join(b"w%03d\n" % n for n in range(1000)), "words_1001": b"".join(b"w%04d\n" % n for n in range(1001)),
         "remarks": b"# a\n# b\n\nword\n# c\n", "short_in_line_3": b"one\ntwo\nx\nfour\n", "bytes_65536": b"# " + b"y" * 65533 + b"\n", "bytes_65537": b"# " + b"y" * 65534 + b"\n",
         "feeds": b"\n" * 300, "zeros": bytes(64)}
seeds.update({f"word_{number:02}": word.encode() + b"\n" for number, word in enumerate(PLAIN)})
if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, data in seeds.items():
        (FOLDER / name).write_bytes(data)
    print(f"{len(seeds)} seeds")
