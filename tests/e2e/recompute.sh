#!/usr/bin/env bash
# From a finding down to the signature with stock tools alone, by the very commands that explain prints; and the whole
# result again from what the ledger keeps, in other orders, with what is missing or altered named.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
export TMPDIR=${scratch}/tmp
mkdir "${TMPDIR}"

# Two sites, the second with two agreements, so that there is more than one order.
estate || exit 1
head -n 1500 "${flexnet}" >one.log
tally-recorder import flexnet one.log --zone Europe/Madrid --state r >/dev/null
tally-recorder seal --state r >/dev/null
tally-packager collect --state p r/outbox >/dev/null
tally-packager pack --state p --out out >/dev/null
tally-recorder import flexnet "${flexnet}" --zone Europe/Madrid --state r >/dev/null
tally-recorder seal --state r >/dev/null
tally-packager collect --state p r/outbox >/dev/null
tally-packager pack --state p --out out >/dev/null
tally-packager pack --state p --agreement OTHER --out other >/dev/null
tally-recorder init --state r2 --site SITE2 --label SECOND >/dev/null
tally-packager site init --state p2 --site SITE2 >/dev/null 2>&1
tally-packager site enrol --state p2 r2/enrolment.json >/dev/null
tail -n 900 "${flexnet}" >two.log
tally-recorder import flexnet two.log --source SECOND --zone Europe/Madrid --state r2 >/dev/null
tally-recorder seal --state r2 >/dev/null
tally-packager collect --state p2 r2/outbox >/dev/null
tally-packager pack --state p2 --out out >/dev/null
expect 0 tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db
expect 0 tally-verifier trust add p2/SITE.jsonl --fingerprint "$(tally-packager site show --state p2 --json | jq -r .fingerprint)" --ledger v.db
tally-verifier accept out/SITE1_*_000001_*.tally out/SITE1_*_000002_*.tally other/*.tally out/SITE2_*.tally --ledger v.db --received 2022-06-01 >/dev/null
tally-verifier import entitlements "${tests}/data/demo/ent.csv" --ledger v.db >/dev/null
tally-verifier import assignments "${tests}/data/demo/asg.csv" --as-of 2022-05-20 --ledger v.db >/dev/null
same 'bundles' 4 "$(tally-verifier ledger --ledger v.db --json | jq .bundles)"

# Every command that explain prints runs as it stands, and shows the line, the root and the seals.
finding=$(tally-verifier reconcile --ledger v.db --json | jq -r '[.findings[] | select(.records_total > 2)][0].id')
tally-verifier explain "${finding}" --records 3 --ledger v.db >explained.txt
tally-verifier explain "${finding}" --records 3 --ledger v.db --json >explained.json
cp "${tests}/../docs/formats/check-log.py" .
if command -v minisign >/dev/null && /usr/bin/python3 -c 'import nacl' 2>/dev/null; then
    count=0
    while read -r proof; do
        jq -r '.commands[]' <<<"${proof}" >proof.sh
        while IFS= read -r command; do
            holds "the text has the command" grep -qxF "    ${command}" explained.txt
        done <proof.sh
        expect 0 bash -euo pipefail proof.sh
        prints 'Signature and comment signature verified'
        prints "$(jq -r .sha256 <<<"${proof}")"
        holds 'the very line' grep -qxF "$(jq -r .line <<<"${proof}")" .stdout
        holds 'the root of its path' grep -qxF "$(jq -r .root <<<"${proof}")" .stdout
        same 'the root is what the seal signs' "$(jq -r .root <<<"${proof}")" "$(jq -r '.seal | fromjson | .root' <<<"${proof}")"
        prints "$(jq -r .host <<<"${proof}"): "
        # The same with a line that is not there, and with a path of another line, must not come out.
        sed "s/^H=\$(node \"\$H\" ./&f/; s/^H=\$(node [0-9a-f]/&f/" proof.sh | sed '/check-log.py/d' >other.sh
        bash -euo pipefail other.sh >other.txt 2>&1
        holds 'another path gives another root' test -z "$(grep -xF "$(jq -r .root <<<"${proof}")" other.txt)"
        count=$((count + 1))
    done < <(jq -c '.proofs[]' explained.json)
    same 'proofs' 3 "${count}"
fi

# Again from what is kept.
before=$(sha256sum <v.db)
for order in as-accepted reverse 'shuffled --seed 3' 'shuffled --seed 4'; do
    # shellcheck disable=SC2086
    expect 0 tally-verifier recompute --order ${order} --ledger v.db
    prints 'reconciliation  equal'
    prints 'tables  equal'
done
expect 0 tally-verifier recompute --json --ledger v.db --fold-case --as-of 2022-05-18
same 'every result is equal' 'true true' "$(jq -r '[.results[].equal | tostring] | join(" ")' .stdout)"
same 'another order' true "$(jq -r .other_order .stdout)"
cp v.db w.db
same 'the digest is that of reconcile' \
    "$(tally-verifier reconcile --json --fold-case --as-of 2022-05-18 --ledger w.db | head -c -1 | sha256sum | cut -c1-64)" \
    "$(jq -r '.results[0].sha256' .stdout)"
expect 0 tally-verifier recompute --order as-accepted --json --ledger v.db
same 'the order of acceptance' false "$(jq -r .other_order .stdout)"
same 'nothing was written' "${before}" "$(sha256sum <v.db)"
same 'nothing is left' '' "$(ls "${TMPDIR}")"
expect 2 tally-verifier recompute --order sideways --ledger v.db
refuses

# A ledger that says what its evidence does not: not an error, a result.
cp v.db tampered.db
cp -r v.db.bundles tampered.db.bundles
/usr/bin/python3 - <<'EOF'
import sqlite3
ledger = sqlite3.connect("tampered.db")
ledger.execute("UPDATE refusal SET count = count + 1")
ledger.execute("DELETE FROM sheet")
ledger.execute("DELETE FROM page")
ledger.commit()
EOF
expect 3 tally-verifier recompute --ledger tampered.db
prints 'NOT EQUAL'
prints 'they differ from byte'

# What is missing or altered is named.
name=$(tally-verifier ledger --ledger v.db --json | jq -r '.accepted[1].name')
digest=$(tally-verifier ledger --ledger v.db --json | jq -r '.accepted[1].sha256')
mv "v.db.bundles/${digest}.tally" aside
expect 1 tally-verifier recompute --ledger v.db
refuses
complains '1 of 4 accepted bundles are not there'
complains "${name}"
head -c 5000 aside >"v.db.bundles/${digest}.tally"
expect 1 tally-verifier recompute --ledger v.db
complains 'altered'
mv aside "v.db.bundles/${digest}.tally"
expect 0 tally-verifier recompute --ledger v.db

# A ledger of a program that did not keep signatures says so, and is made whole by the same bundles.
/usr/bin/python3 -c 'import sqlite3; d = sqlite3.connect("v.db"); d.execute("DROP TABLE signature"); d.commit()'
expect 1 tally-verifier recompute --ledger v.db
complains 'accept the same bundles again'
tally-verifier explain "${finding}" --ledger v.db >unsigned.txt
holds 'explain says that there is none' grep -qF 'was not kept here' unsigned.txt
tally-verifier accept out/*.tally other/*.tally --ledger v.db >/dev/null
expect 0 tally-verifier recompute --ledger v.db
verdict
