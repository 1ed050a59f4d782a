#!/usr/bin/python3
"""Makes the bundles of this folder and the table verdicts.tsv from docs/formats, with nothing of the product.

    make.py            writes cases/, trust/ and verdicts.tsv
    make.py --check    makes them again and compares; ends with 77 where zstd is another version than they were made with"""
import pathlib
import sys

import answered
import archived
import logged
import maker
import released
import stated
import volumed
import vouched
from cases import cases, trust_files

HERE = pathlib.Path(__file__).resolve().parent
MADE_WITH = "1.5.4"
HEAD = f"""# Made by make.py with zstd {MADE_WITH}: cases/BUNDLE.tally with the signature cases/NAME.tally.minisig and the
# releases cases/NAME.tally.rel*.minisig, checked by a ledger that trusts trust/FILE.jsonl and has accepted the cases
# `before`, in that order. `trust` FORMER>FILE: FORMER was trusted first and replaced. `by` accept: with what only the
# ledger finds. `findings`: all there are, severity and code, each once. `member`: of the first of the worst findings.
# `before` also names receipts/NAME.json that were issued, as receipt:NAME.
# `undone`: the honest case that it is without its one defect.
# name\tbundle\ttrust\tbefore\tby\tverdict\tfindings\tmember\tundone\twhat
"""


def files():
    made = {}
    rows = []
    kept_as = {}  # bundle -> the first case with these bytes
    for case in cases.values():
        kept = kept_as.setdefault(case.bundle, case.name)
        made[f"cases/{kept}.tally"] = case.bundle
        if case.signature is not None:
            made[f"cases/{case.name}.tally.minisig"] = case.signature
        for number, release in enumerate(case.releases, 1):
            made[f"cases/{case.name}.tally.rel{number}.minisig"] = release
        rows.append("\t".join([case.name, kept, case.trust, ",".join(case.before) or "-", case.by, case.verdict(),
                               ",".join(case.expected) or "-", case.member, case.twin, case.why]))
    for name, receipt in answered.receipts.items():
        made[f"receipts/{name}.json"] = receipt
    for name, site_file in trust_files.items():
        made[f"trust/{name}.jsonl"] = site_file
    made["verdicts.tsv"] = (HEAD + "\n".join(rows) + "\n").encode()
    return made


def there():
    found = {str(path.relative_to(HERE)): path for folder in ("cases", "receipts", "trust") for path in (HERE / folder).glob("*")}
    return {**found, "verdicts.tsv": HERE / "verdicts.tsv"}


def main():
    if maker.zstd_version() != MADE_WITH:
        print(f"skipped: the bundles were made with zstd {MADE_WITH}, here is {maker.zstd_version()}")
        return 77
    draft, second, going_on, _ = vouched.make()
    archived.make(draft)
    logged.make(draft, second, going_on)
    volumed.make()
    answered.make()
    stated.make()
    released.make()
    made = files()
    if "--check" in sys.argv:
        differ = sorted(name for name in made.keys() | there().keys()
                        if name not in made or name not in there() or there()[name].read_bytes() != made[name])
        print("\n".join(f"not what make.py gives: {name}" for name in differ) or f"{len(made)} files as committed")
        return 1 if differ else 0
    for name, path in there().items():
        if name not in made:
            path.unlink()
    for name, data in made.items():
        (HERE / name).parent.mkdir(exist_ok=True)
        (HERE / name).write_bytes(data)
    print(f"{len(cases)} bundles, {sum(map(len, made.values()))} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
