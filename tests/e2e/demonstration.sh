#!/usr/bin/env bash
# The whole path on the real log, through the three programs and the stock tools; then everything once more, to
# which each program must answer that there is nothing to do.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

# Inside the gap.
expect 0 tally-recorder init --state r --site SITE1 --label LICSRV
expect 0 tally-packager site init --state p --site SITE1
expect 0 tally-packager site enrol --state p r/enrolment.json
cp "${flexnet}" adskflex.log
expect 0 tally-recorder import flexnet adskflex.log --zone Europe/Madrid --state r
for verb in OUT IN; do
    prints "$(grep -cE "^ ?[0-9: ]+\(adskflex\) ${verb}: " adskflex.log)"
done
expect 0 tally-recorder seal --state r
expect 0 tally-recorder verify --state r
expect 0 tally-packager collect --state p r/outbox
expect 0 tally-packager pack --state p --out out
bundle=$(echo out/*.tally)
holds 'one bundle' test -f "${bundle}"

# The journal's lines are what they claim, by an independent reader.
key=$(jq -r .key r/enrolment.json)
cat r/outbox/SEG_*.jsonl.zst | zstd -dc >lines.jsonl
check_log() { /usr/bin/python3 "${tests}/../docs/formats/check-log.py" "${key}" <"$1"; }
expect 0 check_log lines.jsonl
sed 's/flexlm02/flexlm03/' lines.jsonl >altered.jsonl
expect 3 check_log altered.jsonl

# With stock tools: the commands of VERIFY.TXT as they stand there; they fail on a file with one other byte.
recipe=$(sed -n '/^#!/q; s/^    //p' out/VERIFY.TXT)
verify_by_hand() { (cd "$1" && bash -euo pipefail -c "${recipe}"); }
cp -r out copy
expect 0 minisign -V -p out/export.pub -m "${bundle}"
expect 0 verify_by_hand copy
says 'Signature and comment signature verified'
says 'LINES_0001.jsonl.zst: OK'
says "$(wc -l <lines.jsonl) lines under"
same 'order of members' 'MANIFEST.json HOSTS.jsonl SITE.jsonl LINES_0001.jsonl.zst' \
    "$(tar -tf "${bundle}" | tr '\n' ' ' | sed 's/ $//')"
host=$(jq -r .host r/enrolment.json)
expect 0 cmp <(grep -F "\"host\":\"${host}\"" copy/members/all) lines.jsonl

# One flipped byte, and the stock tool says so as well as ours.
cp "${bundle}" flipped.tally && cp "${bundle}.minisig" flipped.tally.minisig
printf 'XXXX' | dd of=flipped.tally bs=1 seek=5000 conv=notrunc status=none
expect 1 minisign -V -p out/export.pub -m flipped.tally
rm -r copy && cp -r out copy && cp flipped.tally "copy/$(basename "${bundle}")"
expect 1 verify_by_hand copy
expect 3 tally-verifier check flipped.tally
says REJECTED

# On the connected side. Without a ledger nothing anchors the log; with one the verdict is plain.
expect 0 tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db
expect 3 tally-verifier check "${bundle}"
says UNANCHORED
says OK_WITH_FINDINGS
expect 0 tally-verifier check "${bundle}" --ledger v.db
says OK
expect 0 tally-verifier accept "${bundle}" --ledger v.db
expect 0 tally-verifier import entitlements "${tests}/data/demo/ent.csv" --ledger v.db
expect 0 tally-verifier import assignments "${tests}/data/demo/asg.csv" --ledger v.db
tally-verifier reconcile --ledger v.db >reconciled.txt
reconciled=$?
holds 'reconcile answers 0 or 4' test "${reconciled}" = 0 -o "${reconciled}" = 4
expect 0 tally-verifier report --ledger v.db --html report.html --csv csv/
holds 'a report' grep -q '<svg' report.html
holds 'nothing from elsewhere in the report' sh -c '! grep -qE "(src|href)=.?(https?:)?//" report.html'
holds 'tables' sh -c 'ls csv/*.csv >/dev/null'

# Everything once more: the same answers, and nothing done twice.
lines=$(tally-recorder status --state r --json | jq -r .lines)
expect 5 tally-recorder init --state r --site SITE1 --label LICSRV
refuses
expect 5 tally-recorder import flexnet adskflex.log --zone Europe/Madrid --state r
expect 5 tally-packager collect --state p r/outbox
expect 5 tally-verifier accept "${bundle}" --ledger v.db
same 'the second reconciliation' "$(cat reconciled.txt)" "$(tally-verifier reconcile --ledger v.db)"
expect 0 tally-verifier report --ledger v.db --html again.html --csv again/
expect 0 cmp report.html again.html
expect 0 diff -r csv again
holds 'usage was not imported twice' test "$(tally-recorder status --state r --json | jq -r .lines)" -le $((lines + 2))
verdict
