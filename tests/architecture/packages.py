#!/usr/bin/python3
"""No header comes from a package that tests/packages.txt does not lead to: what is here by chance is not there elsewhere.

    packages.py --build DIR

Reads from the build folder which files the compiler opened, asks dpkg whose they are, and follows the dependencies of
the listed packages among those that are installed."""
import argparse
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def listed(text, groups):
    rows = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {row[1] for row in rows if row[0] in groups}


def reached(packages, needs):
    """These packages and all that they depend on; `needs`: package -> names that it depends on."""
    found, waiting = set(), list(packages)
    while waiting:
        package = waiting.pop()
        if package not in found:
            found.add(package)
            waiting.extend(needs.get(package, ()))
    return found


def violations(owners, packages, needs):
    """`owners`: file -> packages that hold it; a file of no package was put there by hand."""
    allowed = reached(packages, needs)
    strangers = {}
    for file, holders in owners.items():
        if not holders & allowed:
            strangers.setdefault(" or ".join(sorted(holders)) or "no package", []).append(file)
    for holder, files in sorted(strangers.items()):
        yield f"{holder}: {len(files)} headers, such as {min(files)}; tests/packages.txt does not lead to it"


def output_of(*words):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout


def installed_needs():
    needs = {}
    for line in output_of("dpkg-query", "-W", "-f", "${Package}\t${Depends}, ${Pre-Depends}\t${Provides}\n").splitlines():
        package, depends, provides = line.split("\t")
        names = {re.split(r"[\s:(]", choice.strip())[0] for choice in re.split(r"[,|]", depends)} - {""}
        needs.setdefault(package, set()).update(names)
        for name in re.findall(r"[a-z0-9][a-z0-9+.-]+(?=\s*(?:\(|,|$))", provides):
            needs.setdefault(name, set()).add(package)
    return needs


def opened_by_compiler(build, source):
    paths = set(re.findall(r"^    (/\S+)$", output_of("ninja", "-C", str(build), "-t", "deps"), re.M))
    files = {str(pathlib.Path(path).resolve()) for path in paths}
    return {file for file in files if not file.startswith((f"{source}/", f"{pathlib.Path(build).resolve()}/"))}


def owners_of(files):
    owners = {file: set() for file in files}
    for line in output_of("dpkg", "-S", *sorted(files)).splitlines():
        holders, _, file = line.partition(": ")
        if file in owners:
            owners[file] |= {holder.strip().split(":")[0] for holder in holders.split(",")}
    return owners


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    build = parser.parse_args().build
    files = opened_by_compiler(build, ROOT)
    if not files:
        sys.exit("the build folder does not tell which headers were read")
    packages = listed((ROOT / "tests/packages.txt").read_text(), {"build", "test"})
    bad = list(violations(owners_of(files), packages, installed_needs()))
    print("\n".join(bad) or f"{len(files)} headers of other packages, all of them listed")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
