#!/usr/bin/env bash
# What the report gives to other programs and to single readers, on the real log: the same tables as CSV and JSON, XML
# of its schema, the vendor's columns read back, views that hold nobody else's name, the papers of a review.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
command -v xmllint >/dev/null || skip 'no xmllint'
reference=${tests}/../docs/reference

expect 0 tally-recorder init --state r --site SITE1 --label LICSRV
expect 0 tally-packager site init --state p --site SITE1
expect 0 tally-packager site enrol --state p r/enrolment.json
cp "${flexnet}" adskflex.log
expect 0 tally-recorder import flexnet adskflex.log --zone Europe/Madrid --state r
expect 0 tally-recorder seal --state r
expect 0 tally-packager collect --state p r/outbox
expect 0 tally-packager pack --state p --out out
expect 0 tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db
expect 0 tally-verifier accept out/*.tally --ledger v.db
expect 0 tally-verifier import entitlements "${tests}/data/demo/ent.csv" --ledger v.db
expect 0 tally-verifier import assignments "${tests}/data/demo/asg.csv" --ledger v.db
expect 2 tally-verifier report --ledger v.db

# all FOLDER OPTION…: every kind of file that a report has.
all() {
    local to=$1
    shift
    mkdir -p "${to}"
    expect 0 tally-verifier report --ledger v.db --html "${to}/page.html" --csv "${to}/csv" --data "${to}/data.json" \
        --vendor "${to}/vendor" "$@"
}
all one --measurements one/use.xml
all two --measurements two/use.xml
holds 'the same ledger gives the same bytes' diff -r one two

# CSV, JSON and the reference name the same tables and columns.
cat >agree.py <<'PY'
import csv, json, pathlib, re, sys
folder, reference = map(pathlib.Path, sys.argv[1:])
data = json.loads((folder / "data.json").read_text(encoding="utf-8"))["tables"]
files = {path.stem: list(csv.reader(path.open(encoding="utf-8", newline=""))) for path in (folder / "csv").iterdir()}
told = {name: columns.split(", ") for name, columns in
        re.findall(r"^\| `(\w+)\.csv` \| ([a-z0-9_, ]+) \|", reference.read_text(encoding="utf-8").split("## The tables")[1].split("\n## ")[0], re.M)}
assert set(files) == set(data) == set(told), set(files) ^ set(data) ^ set(told)
for name, (head, *rows) in files.items():
    assert head == told[name], (name, head)
    assert len(rows) == len(data[name]), name
    for row, item in zip(rows, data[name]):
        assert list(item) == head, name
        for cell, value in zip(row, item.values()):
            plain = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            assert cell.lstrip("'") == plain.lstrip("'"), (name, cell, value)
assert files["users"][1:] and files["findings"][1:] and files["line_days"][1:]
PY
expect 0 /usr/bin/python3 agree.py one "${reference}/report.md"
last='the tables of CSV, JSON and reference'

# Whoever has the tables reckons each amount again, with a calculator of another make.
cat >reckon.py <<'PY'
import csv, pathlib, sys
from decimal import Decimal, ROUND_HALF_EVEN
folder = pathlib.Path(sys.argv[1])
rows = lambda name: list(csv.DictReader((folder / name).open(encoding="utf-8", newline="")))
sums = {}
for row in rows("finding_amounts.csv"):
    product = int(row["seats"]) * int(row["days"]) * Decimal(row["price"])
    assert product == Decimal(row["product"]), row
    key = row["finding"], row["amount"]
    total, divisor, currency = sums.get(key, (0, row["divisor"], row["currency"]))
    assert (divisor, currency) == (row["divisor"], row["currency"]), row
    sums[key] = total + product, divisor, currency
told = 0
for finding in rows("findings.csv") + rows("absorbed.csv"):
    for amount in ("exposure", "cure"):
        total, divisor, currency = sums.pop((finding["id"], amount), (Decimal(0), "1", finding["currency"]))
        own = (total / int(divisor)).quantize(Decimal("0.01"), ROUND_HALF_EVEN) if divisor != "1" else total
        assert own == Decimal(finding[amount] or 0) and currency == finding["currency"], (finding["id"], amount, own)
        told += own != 0
assert told and not sums, (told, sums)
PY
expect 0 /usr/bin/python3 reckon.py one/csv
last='every amount reckoned again'

# XML of its schema, which refuses what is not.
expect 0 xmllint --noout --nonet --schema "${reference}/schemas/measurement.xsd" one/use.xml
sed 's/ unit="seats"//' one/use.xml >bad.xml
expect 3 xmllint --noout --nonet --schema "${reference}/schemas/measurement.xsd" bad.xml

# The vendor's own columns are read as the vendor's own export.
expect 0 tally-verifier import usage-exports one/vendor/usage_report.csv --ledger v.db --dry-run
prints 'usage report'
for list in one/vendor/*assign_*.csv; do
    same "columns of ${list}" 'First name,Last name,Email address' "$(sed 's/\r$//; q' "${list}")"
done

# A user's view holds nobody else's name, in no file; procurement holds nobody's.
cut -d, -f1 one/csv/users.csv one/csv/assignments.csv | grep -v '^user' | sort -u >people.txt
holds 'there are people' test "$(wc -l <people.txt)" -ge 2
me=$(sed -n 2p one/csv/users.csv | cut -d, -f1)
all mine --view "user=${me}"
holds 'the view shows its user' grep -rqF "${me}" mine/csv
grep -vxF "${me}" people.txt >others.txt
while IFS= read -r other; do
    grep -rqwF -- "${other}" mine && fail "${other} is in the view of ${me}"
done <others.txt
all bought --view procurement
while IFS= read -r person; do
    grep -rqwF --exclude=page.html -- "${person}" bought && fail "${person} is in the view of procurement"
done <people.txt
holds 'no table of users' test ! -e bought/csv/users.csv
all audit --view auditor
holds 'evidence' test -e audit/csv/finding_records.csv
holds 'no true-up' test ! -e audit/csv/true_up.csv
holds 'the page says whose it is' grep -qF 'View for the auditor' audit/page.html
expect 2 tally-verifier report --ledger v.db --html x.html --view boss
expect 2 tally-verifier report --ledger v.db --html x.html --view user=nobody-of-that-name
expect 2 tally-verifier report --ledger v.db --html x.html --measurements x.xml --view "user=${me}"
holds 'a refused view writes nothing' test ! -e x.html

# The answer to a question takes the place of no file, and says in every row what was assumed.
cp -r one asked
all asked --what-if 'seats ACD-NET=4'
while IFS= read -r made; do
    [[ ${made} == *.what-if.csv ]] || expect 0 cmp "one/${made}" "asked/${made}"
done < <(cd asked && find csv vendor -type f)
same 'as many again' "$(find one/csv one/vendor -type f | wc -l)" "$(find asked -name '*.what-if.csv' | wc -l)"
same 'each row says it' "$(($(wc -l <asked/csv/position.csv) - 1))" \
    "$(grep -c ',seats ACD-NET=4.$' asked/csv/position.what-if.csv)"
holds 'the column has a name' grep -q ',what_if.$' asked/csv/position.what-if.csv

# The three papers of a review, which the calendar knows of.
expect 0 tally-verifier review --ledger v.db --out review
for paper in reclamation_list gap_register renewal_brief; do
    holds "${paper}" test -s "review/${paper}.html" -a -s "review/${paper}.csv"
done
holds 'the register has gaps' test "$(wc -l <review/gap_register.csv)" -ge 2
cp -r review again
expect 0 tally-verifier review --ledger v.db --out again
holds 'the same papers' diff -r review again
expect 2 tally-verifier review --ledger v.db
same 'what the calendar was told' 3 "$(/usr/bin/python3 - <<'PY'
import sqlite3
tables = sqlite3.connect("v.db")
names = [row[0] for row in tables.execute("select name from sqlite_master where type='table' and name like 'calendar_output'")]
print(sum(1 for name in names for row in tables.execute(f"select * from {name}") if "tally-verifier review" in map(str, row)))
PY
)"
verdict
