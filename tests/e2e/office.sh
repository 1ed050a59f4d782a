#!/usr/bin/env bash
# The office that the pages of docs/operations take their examples from, made new in DIRECTORY: its log recorded, packed
# and signed; what came over the gap in in/, the words of the telephone in telephone.txt, the tables of the licence team.
# With `accepted` the ledger v.db has taken the bundle, with `handed-in` the tables of the end of April as well.
#
#     office.sh DIRECTORY [accepted | handed-in]        the programs must be on the PATH
set -euo pipefail
made=$(dirname "$(realpath "$0")")/office.py
/usr/bin/python3 -B "${made}" "$1"
cd "$1"
tally-recorder init --state r --site BERLIN --label LICSRV
tally-packager site init --state p --site BERLIN
tally-packager site enrol --state p r/enrolment.json
tally-recorder import flexnet licsrv.log --zone UTC --state r
tally-recorder seal --state r
tally-packager collect --state p r/outbox
tally-packager pack --state p --out in
tally-packager site show --state p --json | jq -r .fingerprint >telephone.txt
[[ $# == 1 ]] && exit 0

tally-verifier trust add in/SITE.jsonl --fingerprint "$(cat telephone.txt)" --ledger v.db
tally-verifier accept in/*.tally --ledger v.db
[[ $2 == accepted ]] && exit 0

for kind in agreements entitlements assignments directory groups administrators approved-administrators billing \
    token-packs token-rates products hosts; do
    tally-verifier import "${kind}" "${kind}.csv" --as-of 2026-04-30 --ledger v.db
done
