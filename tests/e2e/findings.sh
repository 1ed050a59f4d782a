#!/usr/bin/env bash
# The commands of docs/operations/findings.md as they stand there, on the real log: the register follows the runs, keeps
# what people said, and questions change nothing.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
page=${tests}/../docs/operations/findings.md

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
expect 5 tally-verifier findings --ledger v.db
tally-verifier reconcile --ledger v.db >first.txt

# Every command of the page runs, in its order.
finding=$(tally-verifier findings --state open --json --ledger v.db | jq -r '.findings[0].id')
commands=$(awk '/^```/ {on = !on; next} on && /^tally-verifier/' "${page}" | sed "s/FINDING/${finding}/")
count=0
while IFS= read -r command; do
    bash -c "${command}" >ran.txt 2>ran.err
    code=$?
    [[ ${code} =~ ^[045]$ && ! -s ran.err ]] || fail "code ${code} from: ${command}: $(<ran.err)"
    count=$((count + 1))
done <<<"${commands}"
holds 'the page has commands' test "${count}" -ge 14
history=$(tally-verifier findings history "${finding}" --ledger v.db)
for part in "owner: '' -> 'ana'" "due: '' -> '2030-05-01'" "state: 'open' -> 'accepted'" "state: 'accepted' -> 'disputed'"; do
    holds "the history has ${part}" grep -qF "${part}" <<<"${history}"
done
holds 'a dry run changed nothing' test -z "$(grep -F 'old team' <<<"${history}")"

# States show where findings are shown, and stay over runs.
expect 0 tally-verifier findings set "${finding}" --state disputed --by ben --ledger v.db
expect 5 tally-verifier findings set "${finding}" --state disputed --ledger v.db
tally-verifier reconcile --ledger v.db >again.txt
holds 'reconcile shows the state' grep -q "^${finding} .* disputed " again.txt
expect 0 tally-verifier explain "${finding}" --ledger v.db
prints 'disputed'
prints "ben: state from 'open' to 'disputed'"

# A question names itself and leaves no trace.
cp v.db before.db
line=$(tally-verifier reconcile --json --ledger before.db | jq -r '[.positions[] | select(.quantity > 0)][0].line')
cmp -s v.db before.db || cp v.db before.db
tally-verifier reconcile --what-if "seats ${line}=9999" --set R-OVER.over_long_episode_s=600 --json --ledger v.db >what.json
same 'what was assumed' "seats ${line}=9999" "$(jq -r '.what_if[] | select(startswith("seats"))' what.json)"
same 'seats' 9999 "$(jq -r --arg line "${line}" '.positions[] | select(.line == $line).quantity' what.json)"
same 'the register' "$(tally-verifier findings --json --ledger before.db)" "$(tally-verifier findings --json --ledger v.db)"
same 'the run' "$(cat again.txt)" "$(tally-verifier reconcile --ledger v.db)"
expect 2 tally-verifier reconcile --what-if 'seats NO-SUCH-LINE=1' --ledger v.db
expect 2 tally-verifier reconcile --set R-TIME.over_long_episode_s=1 --ledger v.db
expect 2 tally-verifier findings set "${finding}" --state remedied --ledger v.db
expect 2 tally-verifier findings set 0000 --owner ana --ledger v.db
expect 2 tally-verifier findings set "${finding}" --state accepted --ledger v.db

# A rule pack of one's own: checked, compared, used, and only when it is signed if a key is asked for.
standard=${tests}/../verifier/rules/standard.jsonl
jq -c 'if .name == "renewal_days" then .note = "another" else . end' "${standard}" >pack.jsonl
expect 0 tally-verifier rules --check pack.jsonl
expect 0 tally-verifier rules --diff pack.jsonl
expect 5 tally-verifier rules --diff "${standard}"
grep -v '"renewal_days"' "${standard}" >hole.jsonl
expect 1 tally-verifier rules --check hole.jsonl
says 'no value that still holds for renewal_days'
tally-verifier reconcile --rules pack.jsonl --json --ledger v.db >packed.json
same 'the pack is named' "tally-rules-2-$(sha256sum pack.jsonl | cut -c1-12)" "$(jq -r .rules packed.json)"
if command -v minisign >/dev/null; then
    minisign -G -W -p rules.pub -s rules.key >/dev/null 2>&1
    expect 1 tally-verifier rules --check pack.jsonl --rules-key rules.pub
    minisign -S -s rules.key -t 'rules of 2026' -m pack.jsonl >/dev/null 2>&1
    expect 0 tally-verifier rules --check pack.jsonl --rules-key rules.pub
    echo '{}' >>pack.jsonl
    expect 1 tally-verifier rules --check pack.jsonl --rules-key rules.pub
fi
verdict
