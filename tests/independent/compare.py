#!/usr/bin/python3
"""Both verifiers on the same bundles: verify.py and tally-verifier must give the same verdict and the same codes.

    compare.py made        what the real programs make of a real log, once around
    compare.py mutations   bundles with one alteration each, 300, or 5000 with TALLY_FULL=1; TALLY_SEED chooses others
    compare.py seals       seals with another field, signed by the log's own keys
    compare.py rows        rows of known logs with another first key or epoch
    compare.py lines       the vectors of tests/vectors/line, here and in docs/formats/check-log.py
    compare.py vectors     the committed vectors of tests/vectors/bundle
    compare.py letters     those of receipts, acknowledgements, telephone codes, packages of hosts and pseudonyms"""
import itertools
import os
import pathlib
import random
import re
import sys
import tempfile

import canonical
import container
import loop
import maker
import mutations
import releases
import signatures
import small
import verify
from comparison import TESTS, Comparison, agree, codes, place, report


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
        site, memory = trusted(folder, trust, bundle, sites)
        if by != "check" or not site:
            left_out += 1
            continue
        for earlier in before.split(",") if before != "-" else ():
            if earlier.startswith("receipt:"):
                verify.note_receipt(memory, (folder / "receipts" / f"{earlier[8:]}.json").read_bytes())
                continue
            memory = vector(folder, earlier, bundle_of[earlier], site, memory).remember()
        check = vector(folder, name, bundle, site, memory)
        told = () if findings == "-" else findings.split(",")
        theirs = (verdict, sorted((code, severity) for severity, code in (finding.split(":") for finding in told)))
        ours = (check.verdict(), codes(check.findings))
        equal += ours == theirs
        if not agree(ours, theirs):
            failures.append(f"DISAGREE {name}: verify.py {ours}, table {theirs}\n" +
                            "\n".join(f"    {place(finding)}" for finding in check.findings[:6]))
    print("\n".join(failures))
    print(f"{len(rows)} vectors, {left_out} left out (nobody trusted, or found by accept alone), {equal} with equal "
          f"findings, {len(failures)} disagreements")
    return 1 if failures else 0


def trusted(folder, told, bundle, sites):
    """The site file that is enrolled for the site of this bundle, and a memory when another one was before."""
    manifest = container.Archive((folder / "cases" / f"{bundle}.tally").read_bytes()).manifest
    enrolled = [[sites[name] for name in files.split(">")] for files in told.split(",") if told != "none"]
    for *former, site in enrolled:
        if manifest and site.site == manifest["site"] or len(enrolled) == 1:
            empty = {"bundles": {}, "logs": {}, "enrolled": {}, "arrived": {}, "exported": {}}
            return site, {**empty, "fingerprints": [chain.fingerprint.hex() for chain in former]}
    return None, None


def vector(folder, name, bundle, site, memory):
    content = verify.read_once(folder / "cases" / f"{bundle}.tally", verify.LARGEST_FILE)
    named = str(folder / "cases" / f"{name}.tally")
    return verify.Check(site, memory).run(content, verify.signature_beside(named),
                                          releases.beside(named, verify.read_once))


def made_folders(folder):
    for name in ("fresh", "later"):
        (folder / name).mkdir()
        yield name


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
        return {"lines": lines, "vectors": vectors, "letters": small.small_files}[what]()
    with tempfile.TemporaryDirectory() as folder:
        if os.environ.get("TALLY_KEEP"):
            folder = tempfile.mkdtemp()
        folder = pathlib.Path(folder)
        if what == "made":
            comparisons, faults = loop.made(folder)
            return report(comparisons) or bool(faults)
        if what in ("seals", "rows"):
            return report({"seals": seals, "rows": rows}[what](folder))
        count = int(os.environ.get("TALLY_COUNT", 5000 if os.environ.get("TALLY_FULL") else 300))
        return report(mutated(folder, count, os.environ.get("TALLY_SEED", "1")))


if __name__ == "__main__":
    sys.exit(main())
