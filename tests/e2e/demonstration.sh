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

# With stock tools, as VERIFY.TXT tells.
expect 0 minisign -V -p out/export.pub -m "${bundle}"
says 'Signature and comment signature verified'
mkdir members
expect 0 tar -xf "${bundle}" -C members
same 'order of members' 'MANIFEST.json HOSTS.jsonl SITE.jsonl LINES_0001.jsonl.zst' \
    "$(tar -tf "${bundle}" | tr '\n' ' ' | sed 's/ $//')"
jq -r '.members[] | "\(.sha256)  \(.name)"' members/MANIFEST.json >members/SHA256SUMS
expect 0 env -C members sha256sum --check --strict SHA256SUMS
same 'members of the manifest' 3 "$(wc -l <members/SHA256SUMS)"
expect 0 zstd -q -d members/LINES_0001.jsonl.zst -o packed.jsonl
zstd -q -3 --single-thread --check --content-size -c packed.jsonl >again.zst
expect 0 cmp again.zst members/LINES_0001.jsonl.zst
while read -r line; do
    [[ $(jq -cSj . <<<"${line}") == "${line}" ]] || fail "jq spells this line otherwise: ${line}"
done < <(cat members/MANIFEST.json members/HOSTS.jsonl members/SITE.jsonl && head -n 50 packed.jsonl)
host=$(jq -r .host r/enrolment.json)
expect 0 cmp <(grep -F "\"host\":\"${host}\"" packed.jsonl) lines.jsonl

# One flipped byte, and the stock tool says so as well as ours.
cp "${bundle}" flipped.tally && cp "${bundle}.minisig" flipped.tally.minisig
printf 'X' | dd of=flipped.tally bs=1 seek=5000 conv=notrunc status=none
expect 1 minisign -V -p out/export.pub -m flipped.tally
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
expect 1 tally-recorder init --state r --site SITE1 --label LICSRV
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
