#!/usr/bin/python3
"""Writes the seeds of envelope: the cases of tests/vectors/release, each as comment, line feed and name."""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "vectors/release"))
from make import NAME, READ, REFUSED  # noqa: E402

FOLDER = HERE / "corpus/envelope"
seeds = [(what, comment + "\n" + name) for what, comment, name, _ in READ] + [(what, comment + "\n" + NAME) for what, comment in REFUSED]
seeds += [("no name at all", READ[0][1]), ("two line feeds", READ[0][1] + "\n\n" + NAME), ("not text", "tally-envelope-1 SITE1 DEFAULT 7 2/3\n\0")]
if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for number, (what, text) in enumerate(seeds):
        (FOLDER / f"{number:02}_{what.replace(' ', '_')}").write_text(text)
    print(f"{len(seeds)} seeds")
