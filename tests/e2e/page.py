#!/usr/bin/python3
"""Runs the commands of a page as they stand there, in its order, in the working directory, and holds the page to what
they print.

    page.py PAGE.md

In blocks of ```console, a line that begins with `$ ` is a command; `export NAME=…` holds for those after it. What
follows must be printed, line by line in that order, whatever the space between words; `…` stands for what the page
leaves out, in a line or of lines. `[exit 4]` is the exit code; 0 when none is named."""
import os
import pathlib
import re
import subprocess
import sys


def commands(page):
    """(line, command, what the page shows, exit code)"""
    inside = False
    found = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("```"):
            inside = line == "```console"
        elif inside and line.startswith("$ "):
            found.append([number, line[2:], [], 0])
        elif inside and re.fullmatch(r"\[exit \d+\]", line):
            found[-1][3] = int(line[6:-1])
        elif inside:
            found[-1][2].append(line)
    return found


def missing(shown, printed):
    """The first line of the page that is not printed, or none."""
    words = [" ".join(line.split()) for line in printed.splitlines()]
    at = 0
    for line in shown:
        pattern = re.compile(".*".join(re.escape(" ".join(part.split())) for part in line.split("…")))
        if not line.strip(" …"):
            continue
        at = next((i + 1 for i in range(at, len(words)) if pattern.fullmatch(words[i])), None)
        if at is None:
            return line
    return None


def main():
    page = pathlib.Path(sys.argv[1])
    failed, exported = 0, ""
    found = commands(page)
    for number, command, shown, code in found:
        if command.startswith("export "):
            exported += command + "\n"
        ran = subprocess.run(["bash", "-c", exported + command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             stdin=subprocess.DEVNULL, text=True, check=False, env=os.environ)
        lacks = missing(shown, ran.stdout)
        if ran.returncode != code or lacks is not None:
            failed += 1
            print(f"{page.name}:{number}: {command}")
            if ran.returncode != code:
                print(f"  ends with {ran.returncode}, the page says {code}")
            if lacks is not None:
                print(f"  does not print: {lacks}")
            print("".join(f"  | {line}\n" for line in ran.stdout.splitlines()[:60]), end="")
    print(f"{page.name}: {len(found)} commands, {failed} not as the page says")
    return 1 if failed or not found else 0


if __name__ == "__main__":
    sys.exit(main())
