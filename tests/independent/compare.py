#!/usr/bin/python3
"""Both verifiers on the same bundles: verify.py and tally-verifier must give the same verdict and the same codes.

    compare.py made        what the real programs make of a real log, once around
    compare.py mutations   bundles with one alteration each, 300, or 5000 with TALLY_FULL=1; TALLY_SEED chooses others
    compare.py seals       seals with another field, signed by the log's own keys
    compare.py rows        rows of known logs with another first key or epoch
    compare.py released    bundles and volumes with release signatures that count, and others
    compare.py lines       the vectors of tests/vectors/line, here and in docs/formats/check-log.py
    compare.py vectors     the committed vectors of tests/vectors/bundle
    compare.py letters     those of receipts, acknowledgements, telephone codes, packages of hosts and pseudonyms"""
import hashlib
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
    """A third before anything was accepted, a third after a first bundle was, a third after a first volume was."""
    comparisons = fresh, later, begun = [Comparison(path, maker.Estate().site_file()) for path in made_folders(folder)]
    later.accept(honest := later.write("honest.tally", *maker.Estate().make()))
    begun.accept(begun.write("honest.tally", *maker.Estate(volume=(1, ENDS)).make()))
    previous = verify.check_file(str(honest), later.site).sha256
    cases = {comparison: [] for comparison in comparisons}
    for number in range(count):
        rng = random.Random(f"{seed}/{number}")
        comparison = comparisons[number % 3]
        estate = some_estate(rng, comparison is later, comparison is begun)
        estate.previous = previous if estate.n == 2 else None
        mutation = rng.choice(mutations.ALL)
        name, file, signature = mutation(rng, estate)
        kind = [f"volume {estate.volume}"] * bool(estate.volume) + [f"until {estate.until}"] * bool(estate.until)
        cases[comparison].append((f"{number} {comparison.folder.name} {' '.join(kind)} {mutation.__name__}, {name}",
                                  comparison.write(f"{number}.tally", file, signature)))
    for comparison, listed in cases.items():
        comparison.compare(listed)
    return comparisons


ENDS = (7, 10)  # the volumes of the set end behind so many seals: inside the station's log, and inside a host's


def some_estate(rng, later, begun):
    """An export of any kind: the second one, stored, until an instant, or a volume of a set."""
    estate = maker.Estate(2 if later and rng.random() < 0.8 else 1)
    if begun and rng.random() < 0.9 or rng.random() < 0.2:
        ends = ENDS if begun and rng.random() < 0.9 else tuple(sorted(rng.sample(range(1, 12), 2)))
        estate.volume = rng.choice([1, 2, 2, 3]), ends
    elif rng.random() < 0.25:
        estate.until = maker.START + rng.choice([0, 10, 30, 36, 45, 60, 1000])
    if rng.random() < 0.2 and not begun:
        estate.level = 0
    return estate


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
            return site, {**verify.new_memory(), "fingerprints": [chain.fingerprint.hex() for chain in former]}
    return None, None


def vector(folder, name, bundle, site, memory):
    content = verify.read_once(folder / "cases" / f"{bundle}.tally", verify.LARGEST_FILE)
    named = str(folder / "cases" / f"{name}.tally")
    return verify.Check(site, memory).run(content, verify.signature_beside(named),
                                          releases.beside(named, verify.read_once))


def made_folders(folder):
    for name in ("fresh", "later", "begun"):
        (folder / name).mkdir()
        yield folder / name


def seals(folder):
    comparison = Comparison(folder, maker.Estate().site_file())
    bundles = [case for label in (maker.STATION, maker.DESIGN) for case in mutations.open_seals(label)]
    comparison.compare([(name, comparison.write(f"{number}.tally", file, signature))
                        for number, (name, file, signature) in enumerate(bundles)])
    return [comparison]


def released(folder):
    """A bundle and a volume of a site that asks for the release of two persons, and what may lie beside them."""
    anna, spare, bert, left, root = (maker.MinisignKey(name) for name in ("anna", "spare", "bert", "left", "root"))
    officers = [(anna, "ANNA"), (spare, "ANNA"), (bert, "BERT")]
    policy = {"releases": 2, "officers": sorted(({"key": key.text(), "person": person} for key, person in officers),
                                                key=lambda entry: entry["key"])}
    estate = maker.Estate(policy=policy)
    comparison, cases = Comparison(folder, estate.site_file()), []

    def signed(content, key, person, place="1/1", number=1, note=releases.UNTRUSTED):
        return key.signature_file(content, f"tally-release-1 SITE1 {number} {place} {person}", note)

    def case(name, made, beside):
        cases.append((name, comparison.write(f"{len(cases)}.tally", *made, [
            (f".rel{number}.minisig", content) for number, content in beside])))

    whole = file, signature = estate.make()
    a, b = signed(file, anna, "ANNA"), signed(file, bert, "BERT")
    one = [("nothing", b""), ("of another bundle", signed(b"x", bert, "BERT")), ("longer", b + b"x"),
           ("of 5000 bytes", b + b"x" * 5000), ("CRLF", b.replace(b"\n", b"\r\n")),
           ("the export signature", signature),
           ("by the export key", signed(file, estate.export, "BERT")), ("by a root key", signed(file, root, "BERT")),
           ("by the export key over something else", signed(b"x", estate.export, "BERT")),
           ("by a stranger", signed(file, left, "BERT")), ("in another name", signed(file, bert, "ANNA")),
           ("of another number", signed(file, bert, "BERT", number=2)),
           ("of a set", signed(file, bert, "BERT", place="0/1")),
           ("with another note", signed(file, bert, "BERT", note="x")),
           ("by the other key of one person", signed(file, spare, "ANNA")), ("twice by one key", a), ("by both", b)]
    for name, content in one:
        case(f"release {name}", whole, [(1, a), (2, content)])
    case("release 16 and 9", whole, [(16, a), (9, b)])
    case("release 17", whole, [(1, a), (17, b)])
    case("release 0", whole, [(0, b), (1, a)])
    case("by both and a stranger", whole, [(1, a), (2, b), (3, signed(file, left, "ANNA"))])
    comparison.compare(cases)
    lists(comparison, policy, anna, bert, signed)
    return [comparison]


def lists(comparison, policy, anna, bert, signed):
    """A set of volumes, and its list."""
    volumes = [maker.Estate(volume=(k, ENDS), policy=policy).make() for k in (1, 2, 3)]
    digests = [hashlib.sha256(file).hexdigest() for file, _ in volumes]
    honest = {"agreement": "DEFAULT", "digests": digests, "format": "tally-release-1", "n": 1, "site": "SITE1"}
    cases = []
    for name, change in (("honest", {}), ("two digests", {"digests": digests[:2]}), ("other order",
                         {"digests": digests[::-1]}), ("of another site", {"site": "SITE2"}), ("number 2", {"n": 2}),
                         ("of another agreement", {"agreement": "OTHER"}), ("a field more", {"zz": 1}), ("by one", {})):
        content = canonical.spelled({**honest, **change}) + b"\n"
        cases.append((name, content, [signed(content, anna, "ANNA", "0/3"), signed(content, bert, "BERT", "0/3")]))
    content = cases[0][1]
    cases[-1] = ("by one", content, cases[0][2][:1])
    cases.append(("one by the list, one by the volume", content, cases[0][2][:1]))
    cases.append(("as of a volume", content, [signed(content, anna, "ANNA", "1/3"), cases[0][2][1]]))
    cases.append(("no line end", content[:-1], [signed(content[:-1], key, person, "0/3")
                                                for key, person in ((anna, "ANNA"), (bert, "BERT"))]))
    paths = []
    for name, content, signatures_ in cases:
        folder = comparison.folder / name.replace(" ", "_")
        folder.mkdir()
        stem = f"{folder.name}/SITE1_USAGE_000001_"
        (comparison.folder / f"{stem}RELEASE.json").write_bytes(content)
        for number, signature in enumerate(signatures_, 1):
            (comparison.folder / f"{stem}RELEASE.json.rel{number}.minisig").write_bytes(signature)
        own = [(".rel3.minisig", signed(volumes[0][0], bert, "BERT", "1/3"))] if "by the volume" in name else []
        paths += [(f"list {name}, volume {k}", comparison.write(f"{stem}V{k}OF3.tally", *volume, own if k == 1 else []))
                  for k, volume in enumerate(volumes, 1)]
    comparison.compare(paths)


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
        if what in ("seals", "rows", "released"):
            return report({"seals": seals, "rows": rows, "released": released}[what](folder))
        count = int(os.environ.get("TALLY_COUNT", 5000 if os.environ.get("TALLY_FULL") else 300))
        return report(mutated(folder, count, os.environ.get("TALLY_SEED", "1")))


if __name__ == "__main__":
    sys.exit(main())
