"""verify.py and tally-verifier side by side on the same bundles, each with its memory."""
import json
import os
import pathlib
import subprocess

import signatures
import verify

TESTS = pathlib.Path(__file__).resolve().parent.parent
BIN = pathlib.Path(os.environ.get("TALLY_BIN", TESTS.parent / "build/dev/bin"))
BATCH = 50


def run(*command, expect=(0,)):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          check=False)
    if done.returncode not in expect:
        raise SystemExit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


class Comparison:
    """A folder, an enrolled site, and the two memories: a ledger and the JSON of verify.py."""

    def __init__(self, folder, site_file):
        self.folder, self.ledger, self.memory = folder, folder / "v.db", None
        self.enrol(site_file)
        self.compared, self.rejected, self.equal, self.codes, self.disagreements = 0, 0, 0, set(), []

    def enrol(self, site_file, *options):
        """A newer site file, or one that does not continue the one before (`--reenrol REASON`)."""
        (self.folder / "SITE.jsonl").write_bytes(site_file)
        self.site = signatures.SiteChain(site_file)
        run(BIN / "tally-verifier", "trust", "add", self.folder / "SITE.jsonl", "--fingerprint",
            self.site.fingerprint.hex(), "--ledger", self.ledger, *options)

    def write(self, name, file, signature, beside=()):
        """beside: (ending, content) of further files of this bundle."""
        path = self.folder / name
        path.write_bytes(file)
        for ending, content in beside:
            path.with_name(path.name + ending).write_bytes(content)
        path.with_name(path.name + ".minisig").unlink(missing_ok=True)
        if signature is not None:
            path.with_name(path.name + ".minisig").write_bytes(signature)
        return path

    def accept(self, path):
        check = self.by_document(path)
        run(BIN / "tally-verifier", "accept", path, "--ledger", self.ledger, expect=(0, 3))
        if check.verdict() == "REJECTED":
            raise SystemExit(f"{path}: an honest bundle is rejected: {check.findings}")
        self.memory = check.remember()

    def issued(self, receipt):
        """A receipt that this verifier has issued: what later bundles may name."""
        verify.note_receipt(self.memory, receipt)

    def by_document(self, path):
        return verify.check_file(str(path), self.site, self.memory)

    def compare(self, cases):
        """cases: [(name, path)]"""
        for at in range(0, len(cases), BATCH):
            batch = cases[at:at + BATCH]
            told = run(BIN / "tally-verifier", "check", *[path for _, path in batch], "--ledger", self.ledger, "--json",
                       "--recompress", expect=(0, 3))
            for (name, path), product in zip(batch, json.loads(told)["bundles"], strict=True):
                self.compare_one(name, path, product)

    def compare_one(self, name, path, product):
        check = self.by_document(path)
        ours = (check.verdict(), codes(check.findings))
        theirs = (product["verdict"], codes(product["findings"]))
        self.equal += ours == theirs
        self.compared += 1
        self.rejected += theirs[0] == "REJECTED"
        self.codes |= {code for code, _ in theirs[1]}
        if not agree(ours, theirs):
            self.disagreements.append((name, path, ours, theirs, check.findings, product["findings"]))


def agree(ours, theirs):
    """The same verdict. Of a bundle that is not rejected the same findings, notes included. Of a rejected one verify.py
    names the first fault of a log and the program also what follows from it, so its codes may be more."""
    if ours[0] != theirs[0] or ours[0] != "REJECTED":
        return ours == theirs
    return {code for code, severity in ours[1] if severity == "refuse"} <= {code for code, _ in theirs[1]}


def codes(findings):
    return sorted({(finding["code"], finding["severity"]) for finding in findings})


def place(finding):
    told = [str(finding.get(field)) for field in ("host", "seq", "member", "line") if finding.get(field) is not None]
    return f"{finding['severity']} {finding['code']} {' '.join(told)}: {finding['text']}"


def report(comparisons):
    for comparison in comparisons:
        for name, path, ours, theirs, our_findings, their_findings in comparison.disagreements:
            mine, its = set(ours[1]), set(theirs[1])
            print(f"DISAGREE {name}\n  {path}\n  {ours[0]} {theirs[0]}: only by the documents {sorted(mine - its)}, "
                  f"only by the program {sorted(its - mine)}")
            print("\n".join(f"    verify.py: {place(finding)}" for finding in our_findings[:6]))
            print("\n".join(f"    program:   {place(finding)}" for finding in their_findings[:6]))
    disagreed = sum(len(comparison.disagreements) for comparison in comparisons)
    compared, rejected, equal = (sum(getattr(comparison, count) for comparison in comparisons)
                                 for count in ("compared", "rejected", "equal"))
    found = sorted(set().union(*(comparison.codes for comparison in comparisons)))
    print(f"{compared} bundles compared, {rejected} rejected by tally-verifier, {equal} with equal findings, "
          f"{disagreed} disagreements; codes: {' '.join(found)}")
    return 1 if disagreed else 0
