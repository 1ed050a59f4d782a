#!/usr/bin/python3
"""Runs the commands of a page as they stand there, in its order, in the working directory, and holds the page to what
they print.

    page.py PAGE.md

In blocks of ```console, a line that begins with `$ ` is a command; one that ends in `\\` goes on in the next line, which
begins with `> `; `export NAME=…` holds for those after it. What follows must be printed, line by line in that order,
whatever the space between words; `…` stands for what the page leaves out, in a line or of lines. `[exit 4]` is the exit
code; 0 when none is named.

What a reader does not see says what the test has in the place of the world, each from there on:

    <!-- first            commands that make what the page takes for granted; they must end with 0
    …
    -->
    <!-- in the test      what stands for a text of the page, in commands and in what they print; $(…) is asked once
    /media/stick = stick
    -->
    <!-- clock 2026-10-20 08:00 -->    the time of all that runs (faketime)"""
import dataclasses
import pathlib
import re
import subprocess
import sys


@dataclasses.dataclass
class Step:
    line: int
    kind: str  # command, first, in the test, clock
    text: str
    shown: list = dataclasses.field(default_factory=list)
    code: int = 0


def steps(page):
    block, hidden = False, None
    found = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        remark = re.fullmatch(r"<!-- (first|in the test|clock (.*) -->)", line)
        if hidden:
            if line == "-->":
                hidden = None
            else:
                hidden.text += line + "\n"
        elif remark and not block:
            kind = remark.group(1).split()[0] if remark.group(2) else remark.group(1)
            found.append(Step(number, kind, remark.group(2) or ""))
            hidden = None if remark.group(2) else found[-1]
        elif line.startswith("```"):
            block = line == "```console"
        elif block and line.startswith("$ "):
            found.append(Step(number, "command", line[2:]))
        elif block and line.startswith("> ") and found[-1].text.endswith("\\"):
            found[-1].text += "\n" + line[2:]
        elif block and re.fullmatch(r"\[exit \d+\]", line):
            found[-1].code = int(line[6:-1])
        elif block:
            found[-1].shown.append(line)
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


class World:
    """What the commands of a page meet."""

    def __init__(self):
        self.exported, self.clock, self.instead = "", [], []

    def run(self, script):
        return subprocess.run([*self.clock, "bash", "-c", self.exported + script], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, check=False)

    def put_in_place(self, text):
        for given, other in self.instead:
            text = text.replace(given, other)
        return text

    def learn(self, lines):
        for given, other in (line.split(" = ", 1) for line in lines.splitlines()):
            asked = self.run(f'printf %s "{other}"') if "$" in other else None
            self.instead.append((given, asked.stdout if asked else other))
        self.instead.sort(key=lambda pair: -len(pair[0]))  # the longest text first


def faults_of(step, world):
    """What is not as the page says, line by line."""
    if step.kind == "in the test":
        world.learn(step.text)
        return []
    if step.kind == "clock":
        world.clock = ["faketime", "-f", "@" + step.text]
        return []
    command = step.text if step.kind == "first" else world.put_in_place(step.text)
    if command.startswith("export "):
        world.exported += command + "\n"
    ran = world.run("set -e\n" + command if step.kind == "first" else command)
    found = []
    if ran.returncode != step.code:
        found.append(f"ends with {ran.returncode}, the page says {step.code}")
    lacks = missing([world.put_in_place(line) for line in step.shown], ran.stdout)
    if lacks is not None:
        found.append(f"does not print: {lacks}")
    if found:
        found += [f"| {line}" for line in ran.stdout.splitlines()[:60]]
    return found


def main():
    page = pathlib.Path(sys.argv[1])
    world, failed = World(), 0
    found = steps(page)
    commands = sum(step.kind == "command" for step in found)
    for step in found:
        faults = faults_of(step, world)
        if faults:
            failed += 1
            print("\n  ".join([f"{page.name}:{step.line}: {step.text.splitlines()[0] if step.text else step.kind}", *faults]))
    print(f"{page.name}: {commands} commands, {failed} not as the page says")
    return 1 if failed or not commands else 0


if __name__ == "__main__":
    sys.exit(main())
