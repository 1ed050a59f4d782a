#!/usr/bin/python3
"""Carries out every attack against the built tally-verifier with a ledger of its own, and compares verdict, findings,
exit code and what the ledger holds afterwards with what the attack says must come of it. What is not detected must be
admitted by the manual; docs/threat-model.md must name the attacks of each row.

    run.py [--list] [NAME…]         TALLY_BIN: folder of the programs"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import answerers  # noqa: F401
import carriers  # noqa: F401
import crowds  # noqa: F401
import insiders  # noqa: F401
import people  # noqa: F401
import thieves  # noqa: F401
from victim import Hold, attacks, maker

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("TALLY_BIN", ROOT / "build/dev/bin"), "tally-verifier").resolve()
EXIT = {"OK": 0, "OK_WITH_FINDINGS": 3, "REJECTED": 3}


def verdict_of(expected):
    severities = {finding.split(":")[0] for finding in expected}
    return "REJECTED" if "refuse" in severities else "OK_WITH_FINDINGS" if "warn" in severities else "OK"


MEMORY = 256 << 20  # whatever an attacker sends, a run needs no more that can be written


def verifier(*arguments):
    return subprocess.run(["prlimit", f"--data={MEMORY}", str(PROGRAM), *map(str, arguments)], capture_output=True,
                          text=True, timeout=600, check=False)


def put(directory, made, name="b.tally"):
    if callable(made):
        return made(directory)
    bundle, signature, *releases = made
    (directory / name).write_bytes(bundle)
    for number, release in enumerate(releases, 1):
        (directory / f"{name}.rel{number}.minisig").write_bytes(release)
    if signature is not None:
        (directory / (name + ".minisig")).write_bytes(signature)
    return directory / name


class Court:
    """Victims, and ledgers that trust their sites and have accepted some of their deliveries; made once, copied for each
    attack."""

    def __init__(self, scratch):
        self.scratch, self.victims, self.known = scratch, {}, {}

    def victim(self, site):
        if site not in self.victims:
            self.victims[site] = site()
        return self.victims[site]

    def ledger(self, site, before, directory):
        if (site, before) not in self.known:
            folder = self.scratch / (site.__name__ + "".join(map(str, before)))
            folder.mkdir()
            self.trust(self.victim(site), folder)
            for day in before:
                bundle = put(folder, self.victim(site).made[day - 1], f"day{day}.tally")
                ran = verifier("accept", "--json", bundle, "--ledger", folder / "v.db")
                status = json.loads(ran.stdout)["bundles"][0]["status"]
                assert status == "accepted", f"delivery {day}: {ran.stdout}{ran.stderr}"
            self.known[site, before] = folder
        shutil.copytree(self.known[site, before], directory)
        return directory / "v.db"

    @staticmethod
    def trust(victim, folder):
        site_files = [(victim.former, ())] if victim.former else []
        for site_file, why in [*site_files, (victim.site_file, ("--reenrol", "keys lost") if victim.former else ())]:
            (folder / "SITE.jsonl").write_bytes(site_file)
            ran = verifier("trust", "add", folder / "SITE.jsonl", "--fingerprint", maker.fingerprint(site_file),
                           *why, "--ledger", folder / "v.db")
            assert ran.returncode == 0, ran.stderr


def judged(attack, bundle, ledger):
    """What is wrong, as sentences; none when all came as it must."""
    held = verifier("ledger", "--json", "--ledger", ledger).stdout
    ran = verifier("check", "--json", "--recompress", "--ledger", ledger, bundle)
    if attack.expected == ["error"]:
        if ran.returncode != 1 or "error:" not in ran.stderr:
            yield f"exit {ran.returncode}, expected 1 and a message: {ran.stderr}"
        return
    try:
        report = json.loads(ran.stdout)["bundles"][0]
    except ValueError:
        yield f"no report, exit {ran.returncode}: {ran.stderr}"
        return
    found = sorted({f"{finding['severity']}:{finding['code']}" for finding in report["findings"]})
    verdict = verdict_of(attack.expected)
    if (found, report["verdict"], ran.returncode) != (attack.expected, verdict, EXIT[verdict]):
        yield f"{report['verdict']} {found} exit {ran.returncode}, expected {verdict} {attack.expected}"
        yield from (f"    {finding['code']} {finding['seq']}: {finding['text']}" for finding in report["findings"])
    ran = verifier("accept", "--json", "--ledger", ledger, bundle)
    status = json.loads(ran.stdout)["bundles"][0]["status"]
    if (status == "refused") != (verdict == "REJECTED"):
        yield f"accept: {status}"
    if status == "refused" and verifier("ledger", "--json", "--ledger", ledger).stdout != held:
        yield "refused, and the ledger changed"


def admitted(attack):
    if attack.says is None:
        return
    pages = [(ROOT / "docs" / page).read_text() for page in ("threat-model.md", "known-limitations.md")]
    manual = " ".join(" ".join(pages).split())
    if attack.says not in manual:
        yield f"the manual does not say: {attack.says}"
    row = next(line for line in (ROOT / "docs/threat-model.md").read_text().splitlines()
               if line.startswith(f"| {attack.row} |"))
    if "not detected" not in row and "Not detected" not in row:
        yield f"row {attack.row} of the threat model does not say that it is not detected"


def documented():
    """The table of attacks in docs/threat-model.md against the attacks there are."""
    page = (ROOT / "docs/threat-model.md").read_text()
    told = {}
    for row, names in re.findall(r"^\| (\d+[a-z]?) \| ((?:`\w+`(?:, )?)+) \|$", page, re.M):
        told[row] = set(re.findall(r"`(\w+)`", names))
    made = {}
    for attack in attacks:
        made.setdefault(attack.row, set()).add(attack.name)
    rows = set(re.findall(r"^\| (\d+[a-z]?) \| (?!`)", page, re.M))
    later = set(re.findall(r"^\| (\d+[a-z]?) \| later:", page, re.M))
    for row in sorted(told.keys() | made.keys() | rows):
        if row not in later and told.get(row) != made.get(row):
            yield f"row {row}: docs/threat-model.md names {sorted(told.get(row, ()))}, there are {sorted(made.get(row, ()))}"
        if row not in later and len(made.get(row, ())) < 3:
            yield f"row {row} has fewer than three attacks"


def main():
    wanted = [name for name in sys.argv[1:] if not name.startswith("--")]
    if "--list" in sys.argv:
        for row in dict.fromkeys(attack.row for attack in attacks):
            print(f"| {row} | " + ", ".join(f"`{a.name}`" for a in attacks if a.row == row) + " |")
        return 0
    failed = untried = 0
    with tempfile.TemporaryDirectory() as scratch:
        court = Court(pathlib.Path(scratch))
        for attack in attacks:
            if wanted and attack.name not in wanted:
                continue
            victim = court.victim(attack.site)
            hold = Hold(victim.vault, attack.holds)
            directory = pathlib.Path(scratch, attack.name)
            ledger = court.ledger(attack.site, attack.before, directory)
            made = attack.make(victim, hold)
            if attack.expected == ["refused"]:
                problems = made(directory, PROGRAM.parent)
                if problems is None:
                    print(f"row {attack.row} {attack.name}: not tried, this machine does not let us")
                    problems = []
                    untried += 1
            else:
                problems = list(judged(attack, put(directory, made), ledger)) + list(admitted(attack))
            if hold.used != set(attack.holds):
                problems.append(f"declares {attack.holds}, used {sorted(hold.used)}")
            shutil.rmtree(directory)
            if problems:
                failed += 1
                held = ", ".join(attack.holds) or "nothing"
                print(f"row {attack.row} {attack.name}, holds {held}:", *problems, sep="\n  ")
    gaps = [] if wanted else list(documented())
    print(*gaps, f"{len(attacks)} attacks, {untried} not tried, {failed} not as they must be", sep="\n")
    return 1 if failed or gaps else 0


if __name__ == "__main__":
    sys.exit(main())
