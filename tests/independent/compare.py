#!/usr/bin/python3
"""Both verifiers on the same bundles: verify.py and tally-verifier must give the same verdict and the same codes.

    compare.py made        bundles of the real programs on a real log
    compare.py mutations   bundles with one alteration each, 300, or 5000 with TALLY_FULL=1; TALLY_SEED chooses others
    compare.py seals       seals with another field, signed by the log's own keys
    compare.py rows        rows of known logs with another first key or epoch
    compare.py lines       the vectors of tests/vectors/line, here and in docs/formats/check-log.py
    compare.py vectors     the committed vectors of tests/vectors/bundle
    compare.py letters     those of receipts, acknowledgements, telephone codes, packages of hosts and pseudonyms"""
import hashlib
import itertools
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import answers
import canonical
import letters
import maker
import mutations
import pseudonyms
import releases
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
        (folder / "SITE.jsonl").write_bytes(site_file)
        self.site = signatures.SiteChain(site_file)
        run(BIN / "tally-verifier", "trust", "add", folder / "SITE.jsonl", "--fingerprint", self.site.fingerprint.hex(),
            "--ledger", self.ledger)
        self.compared, self.rejected, self.equal, self.codes, self.disagreements = 0, 0, 0, set(), []

    def write(self, name, file, signature):
        path = self.folder / name
        path.write_bytes(file)
        path.with_name(name + ".minisig").unlink(missing_ok=True)
        if signature is not None:
            path.with_name(name + ".minisig").write_bytes(signature)
        return path

    def accept(self, path):
        check = self.by_document(path)
        run(BIN / "tally-verifier", "accept", path, "--ledger", self.ledger, expect=(0, 3))
        if check.verdict() == "REJECTED":
            raise SystemExit(f"{path}: an honest bundle is rejected: {check.findings}")
        self.memory = check.remember()

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


def mutated(folder, count, seed):
    """Half of them before anything was accepted, half of them after a first bundle was."""
    first = maker.Estate()
    fresh, later = (Comparison(folder / name, first.site_file()) for name in made_folders(folder))
    honest = later.write("honest.tally", *first.make())
    later.accept(honest)
    previous = verify.check_file(str(honest), later.site).sha256
    cases = {fresh: [], later: []}
    for number in range(count):
        rng = random.Random(f"{seed}/{number}")
        comparison = (fresh, later)[number % 2]
        estate = maker.Estate(2 if comparison is later and rng.random() < 0.8 else 1)
        estate.previous = previous if estate.n == 2 else None
        mutation = rng.choice(mutations.ALL)
        name, file, signature = mutation(rng, estate)
        cases[comparison].append((f"{number} {mutation.__name__}, {name}",
                                  comparison.write(f"{number}.tally", file, signature)))
    for comparison, listed in cases.items():
        comparison.compare(listed)
    return [fresh, later]


def lines():
    """The committed lines: the reader here and the grammar of check-log.py accept and refuse what the table says."""
    document = (TESTS.parent / "docs/formats/check-log.py").read_text()
    grammar = {"re": re}
    exec(document[document.index("TEXT = "):document.index("def canonical")], grammar)  # all above needs no input
    failures = rows = 0
    for row in (TESTS / "vectors/line/lines.tsv").read_text().splitlines():
        if row.startswith("#"):
            continue
        verdict, name, limit, _, _, content, *_ = row.split("\t")
        line, rows = spelled_out(content), rows + 1
        try:
            canonical.parse(line, int(limit))
            accepted = True
        except canonical.Defect:
            accepted = False
        loose = grammar["LINE"].fullmatch(line) is not None
        if accepted != (verdict == "accept") or accepted and not loose:
            failures += 1
            print(f"DISAGREE {name}: the table says {verdict}, verify.py {accepted}, check-log.py {loose}")
    print(f"{rows} lines, {failures} disagreements")
    return 1 if failures else 0


def spelled_out(pieces):
    pairs = (piece.partition("*") for piece in pieces.split() if piece != "-")
    return b"".join(bytes.fromhex(digits) * int(times or 1) for digits, _, times in pairs)


def vectors():
    """The committed vectors: verify.py must find what their table says, with the trust and memory it names."""
    folder = TESTS / "vectors/bundle"
    rows = [line.split("\t") for line in (folder / "verdicts.tsv").read_text().splitlines() if not line.startswith("#")]
    sites = {path.stem: signatures.SiteChain(path.read_bytes()) for path in (folder / "trust").iterdir()}
    bundle_of = {name: bundle for name, bundle, *_ in rows}
    failures, equal, left_out = [], 0, 0
    for name, bundle, trust, before, by, verdict, findings, *_ in rows:
        if by != "check" or trust not in sites:
            left_out += 1
            continue
        memory = None
        for earlier in before.split(",") if before != "-" else ():
            if earlier.startswith("receipt:"):
                issued(memory, (folder / "receipts" / f"{earlier[8:]}.json").read_bytes())
                continue
            memory = vector(folder, earlier, bundle_of[earlier], sites[trust], memory).remember()
        check = vector(folder, name, bundle, sites[trust], memory)
        told = () if findings == "-" else findings.split(",")
        theirs = (verdict, sorted((code, severity) for severity, code in (finding.split(":") for finding in told)))
        ours = (check.verdict(), codes(check.findings))
        equal += ours == theirs
        if not agree(ours, theirs):
            failures.append(f"DISAGREE {name}: verify.py {ours}, table {theirs}\n" +
                            "\n".join(f"    {place(finding)}" for finding in check.findings[:6]))
    print("\n".join(failures))
    print(f"{len(rows)} vectors, {left_out} left out (no single site, or found by accept alone), {equal} with equal "
          f"findings, {len(failures)} disagreements")
    return 1 if failures else 0


def issued(memory, content):
    receipt = answers.parse_receipt(content)
    memory.setdefault("keys", []).append(receipt["verifier"])
    said = memory.setdefault("receipts", {}).setdefault(receipt["agreement"], {})
    said[str(receipt["n"])] = [hashlib.sha256(content).hexdigest(), receipt["challenge"]]


def vector(folder, name, bundle, site, memory):
    content = verify.read_once(folder / "cases" / f"{bundle}.tally", verify.LARGEST_FILE)
    named = str(folder / "cases" / f"{name}.tally")
    return verify.Check(site, memory).run(content, verify.signature_beside(named),
                                          releases.beside(named, verify.read_once))


PARSERS = {"receipt": answers.parse_receipt, "positions": answers.parse_positions,
           "ack": answers.parse_acknowledgement}

SIGNED = {"receipt": (answers.parse_receipt, answers.comments_of_receipt),
          "ack": (answers.parse_acknowledgement, answers.comments_of_acknowledgement),
          "plain": (letters.parse_package, letters.comments_of_package)}


def small_files():
    """The committed files of tests/vectors/receipt, host_package and pseudonym: taken or refused, and what is in them."""
    folder = TESTS / "vectors"
    told = [f"{path.parent.parent.name}/{path.parent.name}/{path.name}: {outcome}"
            for kind, parser in (("receipt", None), ("host_package", letters.parse_package))
            for path in sorted((folder / kind).glob("[gb]*/*")) if path.parent.name in ("good", "bad")
            for outcome in [outcome_of(parser or PARSERS[path.name.split("_")[0]], path)]
            if (outcome == "taken") != (path.parent.name == "good")]
    told += [f"{name}: another code" for name, secret, code in table(folder / "receipt/codes.tsv")
             if not right_code((folder / "receipt/good" / name).read_bytes(), bytes.fromhex(secret), code)]
    told += signed_files(folder / "receipt", verifier="receipt_plain", export="ack_plain")
    told += signed_files(folder / "host_package", export="plain") + boxes(folder / "host_package")
    told += names(folder / "pseudonym/names.tsv")
    files = sum(1 for path in folder.glob("[rh]*/[gb]*/*"))
    print("\n".join(told))
    print(f"{files} small files and their tables, {len(told)} disagreements")
    return 1 if told else 0


def outcome_of(parser, path):
    try:
        parser(path.read_bytes())
    except canonical.Defect as defect:
        return f"{defect.code}, {defect.what}"
    return "taken"


def table(path):
    return [line.split("\t") for line in path.read_text().splitlines() if not line.startswith("#")]


def right_code(content, secret, code):
    made = answers.telephone_code(answers.parse_receipt(content), secret)
    return made == code and answers.read_code(code.lower().replace("-", " ")) is not None


def signed_files(folder, **named):
    """`x.minisig` holds by the key of its role; every other file `x.*` does not."""
    told = []
    for role, name in named.items():
        content = (folder / "good" / name).read_bytes()
        parser, comments = SIGNED[name.split("_")[0]]
        key = signatures.parse_key((folder / f"{role}.pub").read_text().split("\n")[1])
        for path in sorted(folder.glob(f"{name}.*")):
            try:
                signatures.check_beside(content, path.read_bytes(), [key], comments(parser(content)))
                holds = True
            except canonical.Defect:
                holds = False
            if holds != (path.suffix == ".minisig"):
                told.append(f"{path.name}: holds {holds}")
    return told


def boxes(folder):
    """Which secret opens with which key; what is no box key is refused."""
    keys = {name: letters.parse_box((folder / name).read_bytes()) for name in ("host.box", "other.box")}
    told = [f"{path.name}: taken" for path in (folder / "bad_boxes").iterdir()
            if outcome_of(letters.parse_box, path) == "taken"]
    for name, box, epoch, secret in table(folder / "opens.tsv"):
        package = letters.parse_package((folder / "good" / name).read_bytes())
        try:
            found = letters.opened(package, keys[box])[int(epoch)].hex()
        except canonical.Defect:
            found = "-"
        if found != secret:
            told.append(f"{name} {box} {epoch}: {found}")
    return told


def names(path):
    """Folded names and pseudonyms, with the secrets and aliases that make_vectors.py states."""
    aliases = {b"lab\\upm": b"upm.lab", b"guest": b"visitor", b"visitor": b"never", b"m\xfcller": "müller".encode()}
    secret, told = bytes(range(32)), []
    for kind, *cells in table(path):
        written, name, domain = (bytes.fromhex(cell.replace("-", "")) for cell in cells[:3])
        epoch = int(cells[3])
        made = pseudonyms.pseudonym(secret if epoch == 1 else secret[::-1], kind, epoch, name)
        if pseudonyms.fold1(kind, written, aliases) != (name, domain) or (made or "-") != cells[4]:
            told.append(f"{kind} {written}: {pseudonyms.fold1(kind, written, aliases)} {made}")
    return told


def made_folders(folder):
    for name in ("fresh", "later"):
        (folder / name).mkdir()
        yield name


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


def made(folder):
    """Two exports of the real programs on a real log; the second one before and after the first is accepted."""
    log = (TESTS / "data/flexnet/adskflex-first-14-days.log").read_bytes().splitlines(keepends=True)
    state = {name: folder / name for name in ("recorder", "station", "out")}
    recorder, station = (BIN / "tally-recorder"), (BIN / "tally-packager")
    run(recorder, "init", "--state", state["recorder"], "--site", "SITE1", "--label", "LICSRV")
    run(station, "site", "init", "--state", state["station"], "--site", "SITE1")
    run(station, "site", "enrol", "--state", state["station"], state["recorder"] / "enrolment.json")
    bundles = []
    for lines in (4000, len(log)):
        (folder / "adskflex.log").write_bytes(b"".join(log[:lines]))
        run(recorder, "import", "flexnet", folder / "adskflex.log", "--zone", "Europe/Madrid", "--state",
            state["recorder"])
        run(recorder, "seal", "--state", state["recorder"])
        run(station, "collect", "--state", state["station"], state["recorder"] / "outbox")
        run(station, "pack", "--state", state["station"], "--out", state["out"])
        bundles.append(next(path for path in state["out"].glob("*.tally") if path not in bundles))
    comparison = Comparison(folder, (state["station"] / "SITE.jsonl").read_bytes())
    comparison.compare([(path.name, path) for path in bundles])
    comparison.accept(bundles[0])
    comparison.compare([(path.name, path) for path in bundles])
    comparison.accept(bundles[1])
    comparison.compare([(path.name, path) for path in bundles])
    return [comparison]


def seals(folder):
    comparison = Comparison(folder, maker.Estate().site_file())
    bundles = [case for label in (maker.STATION, maker.DESIGN) for case in mutations.open_seals(label)]
    comparison.compare([(name, comparison.write(f"{number}.tally", file, signature))
                        for number, (name, file, signature) in enumerate(bundles)])
    return [comparison]


def rows(folder):
    """Rows from line 0 on of logs that are known already, with another first key or epoch than theirs."""
    comparison = Comparison(folder, maker.Estate().site_file())
    comparison.accept(comparison.write("honest.tally", *maker.Estate().make()))
    cases = []
    for index, altered in itertools.product(range(4), ({"epoch": 7}, {"key": maker.key_pair("x")[0].hex()})):
        def edit(all_rows, index=index, altered=altered):
            all_rows[index].update(altered)
            return all_rows
        name = f"row {index} with another {' '.join(altered)}"
        cases.append((name, comparison.write(f"{len(cases)}.tally", *maker.Estate().make({"rows": edit}))))
    comparison.compare(cases)
    return [comparison]


def main():
    what = sys.argv[1]
    if what in ("lines", "vectors", "letters"):
        return {"lines": lines, "vectors": vectors, "letters": small_files}[what]()
    with tempfile.TemporaryDirectory() as folder:
        if os.environ.get("TALLY_KEEP"):
            folder = tempfile.mkdtemp()
        folder = pathlib.Path(folder)
        if what in ("made", "seals", "rows"):
            return report({"made": made, "seals": seals, "rows": rows}[what](folder))
        count = int(os.environ.get("TALLY_COUNT", 5000 if os.environ.get("TALLY_FULL") else 300))
        return report(mutated(folder, count, os.environ.get("TALLY_SEED", "1")))


if __name__ == "__main__":
    sys.exit(main())
