#!/usr/bin/python3
"""Holds every page to the programs: each command that a page shows or names exists, with the options that it is given.

    page_commands.py PAGE.md…

Looks at blocks of code and at `code` in the text. Whether a command does what the page says is shown elsewhere: page.py
runs pages, the scripts beside it run the rest."""
import pathlib
import re
import subprocess
import sys

PROGRAM = re.compile(r"\btally-(?:recorder|packager|verifier)\b")
WORD = re.compile(r"--?[A-Za-z][A-Za-z0-9-]*|[^\s\"'`|;&()<>]+|'[^']*'|\"[^\"]*\"")
EVERYWHERE = ("manual", "completion")  # not listed by --help
helps = {}


def help_of(words):
    """(commands below, options) of a command."""
    if words not in helps:
        ran = subprocess.run([*words, "--help"], capture_output=True, text=True, check=False)
        text = ran.stdout
        below = re.search(r"^Subcommands:\n((?:  .*\n)+)", text, re.M)
        names = re.findall(r"^  ([a-z][a-z-]*)", below.group(1), re.M) if below else []
        helps[words] = (names, set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*", text)))
    return helps[words]


def commands_in(page):
    """(line, text) of everything that begins with a program's name and ends where a shell would end it."""
    inside, held = False, ""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("```"):
            inside = not inside
            continue
        pieces = [held + line] if inside else re.findall(r"`([^`]+)`", line)
        held = ""
        if inside and line.endswith("\\"):
            held = pieces[0][:-1]
            continue
        for piece in pieces:
            for part in re.split(r"[|;&]|\s#|\$\(|<\(", piece):
                found = PROGRAM.search(part)
                if found and not re.search(r"[\w/.-]$", part[: found.start()]) and ": " not in part[: found.start()]:
                    yield number, part[found.start():]


def fault_of(text):
    words = WORD.findall(text)
    if words[0] != PROGRAM.match(text).group() or len(words) == 1 or text[len(words[0]):][:1] == ":":
        return None  # the program itself, or a message of it
    command, rest = (words[0],), words[1:]
    below, options = help_of(command)
    while rest and (rest[0] in below or rest[0] in EVERYWHERE):
        command, rest = (*command, rest[0]), rest[1:]
        below, more = help_of(command)
        options = options | more  # a command takes those of the one above it too
    if below and rest and re.fullmatch(r"[a-z][a-z-]*", rest[0]):
        return f"{' '.join(command)} has no command {rest[0]}"
    if below and rest and rest[0].startswith("$"):
        return None  # the command is in a variable
    unknown = [word for word in rest if re.fullmatch(r"--[a-z][a-z0-9-]*", word) and word not in options]
    return f"{' '.join(command)} has no option {unknown[0]}" if unknown else None


def main():
    seen, failed = 0, 0
    for page in map(pathlib.Path, sys.argv[1:]):
        for number, text in commands_in(page):
            seen += 1
            fault = fault_of(text)
            if fault:
                failed += 1
                print(f"{page}:{number}: {fault}\n    {text.strip()}")
    print(f"{seen} commands in {len(sys.argv) - 1} pages, {failed} that the programs do not know")
    return 1 if failed or not seen else 0


if __name__ == "__main__":
    sys.exit(main())
