#!/usr/bin/env bash
# What the licence team gets from the real log: the four numbers, the position, findings that explain themselves down to
# the signed line, and a page that a real browser shows without an error or a request.
# TALLY_PICTURES=DIRECTORY keeps screenshots in light, dark and narrow, and the printed page.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
command -v node >/dev/null || skip 'no node'
command -v chromium >/dev/null || skip 'no chromium'
browse() { node "${tests}/e2e/report_chromium.mjs" "$@"; }
demo=${tests}/data/demo

expect 0 tally-recorder init --state r --site SITE1 --label LICSRV
expect 0 tally-packager site init --state p --site SITE1
expect 0 tally-packager site enrol --state p r/enrolment.json
expect 0 tally-recorder import flexnet "${flexnet}" --zone Europe/Madrid --state r
expect 0 tally-recorder seal --state r
expect 0 tally-packager collect --state p r/outbox
expect 0 tally-packager pack --state p --out out
expect 0 tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db

# A ledger without anything: an honest page.
expect 0 tally-verifier report --ledger v.db --html empty.html
expect 0 browse empty.html
expect 5 tally-verifier reconcile --ledger v.db
refuses
says 'import entitlements'

# Inputs: dry run stores nothing, the same bytes change nothing, a bad row stores nothing.
expect 0 tally-verifier accept out/*.tally --ledger v.db
expect 0 tally-verifier import entitlements "${demo}/ent.csv" --ledger v.db --dry-run
prints 'not stored'
expect 5 tally-verifier reconcile --ledger v.db
expect 0 tally-verifier import entitlements "${demo}/ent.csv" --ledger v.db
expect 5 tally-verifier import entitlements "${demo}/ent.csv" --ledger v.db
expect 0 tally-verifier import assignments "${demo}/asg.csv" --ledger v.db
sed 's/,5,64300ACD_F/,five,64300ACD_F/' "${demo}/ent.csv" >bad.csv
expect 1 tally-verifier import entitlements bad.csv --ledger v.db
complains "bad.csv:2: quantity 'five'"

# The position, and the same data counted four ways.
expect 4 tally-verifier reconcile --ledger v.db
prints '6 claims at once against 5 bought'
tally-verifier reconcile --ledger v.db --json >position.json
expect 0 tally-verifier report --ledger v.db --html report.html --csv csv/
ways() { jq -r --arg p "$1" '.counted_four_ways[] | select(.product == $p) | "\(.all_lines)/\(.package_lines)/\(.clients)/\(.users)"' position.json; }
same 'AutoCAD counted four ways' 14/7/6/2 "$(ways ACD)"
same 'Inventor counted four ways' 34/17/17/2 "$(ways INVPROSA)"
same 'the tables agree' 14,7,6,2 "$(grep '^ACD,' csv/four_ways.csv | cut -d, -f3-6)"
same 'Inventor by spelling' 3 "$(grep '^INVPROSA,' csv/four_ways.csv | cut -d, -f7)"
expect 4 tally-verifier reconcile --ledger v.db --fold-case
expect 2 tally-verifier reconcile --ledger v.db --as-of 2022-13-01
expect 4 tally-verifier reconcile --ledger v.db --as-of 2022-05-05
prints USE_UNASSIGNED
holds 'nothing of later days' sh -c '! grep -qE "OVER_PEAK|OUT_OF_SCOPE|EXPIRED" .stdout'
expect 2 tally-verifier report --ledger v.db

# Findings keep their names, also when a quantity changes, and lead to the line by stock tools.
finding=$(jq -r '.findings[] | select(.code == "OVER_PEAK") | .id' position.json)
sed 's/,5,64300ACD_F/,4,64300ACD_F/' "${demo}/ent.csv" >fewer.csv
expect 0 tally-verifier import entitlements fewer.csv --ledger v.db
same 'identity of an unassigned use' "$(jq -r '.findings[] | select(.code == "USE_UNASSIGNED") | .id' position.json)" \
    "$(tally-verifier reconcile --ledger v.db --json | jq -r '.findings[] | select(.code == "USE_UNASSIGNED") | .id')"
expect 0 tally-verifier import entitlements "${demo}/ent.csv" --ledger v.db
expect 0 tally-verifier explain "${finding}" --ledger v.db --records 2
for part in R-OVER 64300ACD_F '"layer":"package"' 'signed by line' "$(basename out/*.tally)"; do
    prints "${part}"
done
line=$(sed -n 's/^  line     //p' .stdout | head -n 1)
awk '/with stock tools/ { on = 1; next } on && /^    / { print; next } on { exit }' .stdout >by_hand.sh
cp "${tests}/../docs/formats/check-log.py" .
expect 0 bash by_hand.sh
prints "${line}"
expect 2 tally-verifier explain 000000000000 --ledger v.db
refuses

# In a browser.
expect 0 browse report.html ${TALLY_PICTURES:+"${TALLY_PICTURES}"}
expect 0 node "${tests}/e2e/report_keys.mjs" report.html

# Every view at every width, in light and dark, and on paper.
printf 'user,enabled,left,team\nHIG,yes,,T1\n' >directory.csv
expect 0 tally-verifier import directory directory.csv --ledger v.db
pages=(empty.html)
for view in everyone licence-admin procurement auditor team=T1 user=HIG; do
    pages+=("${view/=/-}.html")
    expect 0 tally-verifier report --ledger v.db --view "${view}" --html "${pages[-1]}"
done
expect 0 tally-verifier report --ledger v.db --what-if 'seats ACD-NET=4' --html if.html
expect 0 tally-verifier review --ledger v.db --out review
expect 0 node "${tests}/e2e/report_layout.mjs" "${pages[@]}" if.html review/*.html
sed -e "s/style-src 'sha256-[^']*'/style-src 'unsafe-inline'/" -e 's/<h1>/<h1><span style="display:inline-block;width:1500px">wide<\/span><a href="#none">x<\/a>/' empty.html >wide.html
expect 1 node "${tests}/e2e/report_layout.mjs" wide.html
prints 'scrolls sideways: span'
prints 'wider than the sheet'
prints 'links to nowhere: #none'
sed 's/<h1>/<h1><img src="http:\/\/192.0.2.1\/x.png">/' report.html >calling.html
expect 1 browse calling.html
verdict
