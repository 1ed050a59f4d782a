#!/usr/bin/env bash
# What was accepted can be shown again: a stored set of volumes, releases and receipts, a site that lost its root keys.
# With stock tools by the page that travels along, by what explain prints and by the recipe of an audit pack; and
# computed anew from the ledger alone.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
for tool in minisign jq zstd; do
    command -v "${tool}" >/dev/null || skip "${tool} is not installed"
done
/usr/bin/python3 -c 'import nacl' 2>/dev/null || skip 'python3-nacl is not installed'
export TMPDIR=${scratch}/tmp
mkdir "${TMPDIR}"
recorded() { # FILE SOURCE…: a licence log, sealed and at the station
    tally-recorder import flexnet "$@" --zone Europe/Madrid --state r >/dev/null
    tally-recorder seal --state r >/dev/null
    tally-packager collect --state p r/outbox >/dev/null
}
accept() { tally-verifier accept "$@" --ledger v.db --received 2022-06-01; }
follow() { # the commands of VERIFY.TXT as they stand there
    rm -rf followed && cp -r "$1" followed
    sed '/^#!/,$d' followed/VERIFY.TXT | sed -n 's/^    //p' >steps
    (cd followed && sh -eu ../steps)
}

estate || exit 1
for who in verifier anna bert; do minisign -G -W -f -p "${who}.pub" -s "${who}.key" >/dev/null 2>&1; done
expect 0 tally-packager site revise --state p --add-verifier verifier.pub --add-officer anna.pub=ANNA \
    --add-officer bert.pub=BERT
expect 0 tally-packager site sign --state p
head -n 3000 "${flexnet}" >part.log
recorded part.log
recorded "${flexnet}"

# A stored set: its page, to the letter; a hidden byte in the last volume, signed anew.
expect 0 tally-packager pack --state p --out set --store --volume-size 1000000
volumes=(set/*.tally)
((${#volumes[@]} >= 2)) || fail 'a set needs volumes'
expect 0 follow set
says "tally-export-1 SITE1 1 1/${#volumes[@]}"
says "tally-export-1 SITE1 1 ${#volumes[@]}/${#volumes[@]}"
lines=$(tally-recorder log --state r --json | wc -l)
prints "$(jq -r .host r/enrolment.json): ${lines} lines under"
same 'lines that do not fit a page' '' "$(sed '/^#!/,$d' set/VERIFY.TXT | awk 'length > 104')"
cp -r set hidden
last=hidden/${volumes[-1]##*/}
at=$(tally-packager inspect "${last}" --json | jq '[.bytes[] | select(.what == "padding")][0].from')
printf x | dd of="${last}" bs=1 seek="${at}" conv=notrunc status=none
minisign -Sm "${last}" -s p/keys/export.key -t "tally-export-1 SITE1 1 ${#volumes[@]}/${#volumes[@]}" >/dev/null
expect 1 follow hidden
says 'differ'
rm -rf hidden && cp -r set hidden && rm "${volumes[0]/set/hidden}"
expect 2 follow hidden

# It is accepted and answered. Then two persons must release, the verifier answers once more, and the root keys are lost.
expect 0 tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db
expect 0 accept "${volumes[@]}"
expect 0 tally-verifier receipt issue --ledger v.db --key verifier.key --out in
expect 0 tally-packager receipt import --state p in
expect 0 tally-packager site revise --state p --releases 2
expect 0 tally-packager site sign --state p
expect 0 tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db
recorded "${tests}/data/flexnet/maplelmg.log" --source MAPLE
expect 0 tally-packager pack --state p --out two
bundle=$(echo two/*.tally)
same 'it names the receipt' 1 "$(tar -xOf "${bundle}" MANIFEST.json | jq .receipt.n)"
expect 3 accept "${bundle}"
prints 'RELEASE_MISSING'
release() { for who in anna bert; do expect 0 tally-packager release --state p "$1" --key "${who}.key"; done; }
release "${bundle}"
expect 0 accept "${bundle}"
cp -r v.db.bundles before.db.bundles && cp v.db before.db
former=$(site_fingerprint)
expect 0 tally-packager site restart --state p
expect 0 tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db --reenrol 'keys lost'
head -n 60 "${tests}/data/flexnet/maplelmg.log" >more.log
recorded more.log --source OTHER
expect 0 tally-packager pack --state p --out three
release "$(echo three/*.tally)"
expect 3 accept three/*.tally
prints 'SITE_REENROLLED'

# A set that is released by the list of its files, for another agreement; its last volume comes first and waits, with it.
expect 0 tally-packager pack --state p --out four --agreement OTHER --store --volume-size 1000000
set=(four/*.tally)
((${#set[@]} >= 2)) || fail 'a set needs volumes'
for who in anna bert; do expect 0 tally-packager release --state p "${set[@]}" --key "${who}.key"; done
expect 3 accept "${set[-1]}"
prints 'waiting'
mv four gone # the waiting volume needs nothing of it
mapfile -t rest < <(printf "gone/%s\n" "${set[@]##*/}" | head -n -1)
expect 3 accept "${rest[@]}"
same 'bundles' "$((${#volumes[@]} + ${#set[@]} + 2))" "$(tally-verifier ledger --ledger v.db --json | jq .bundles)"

# All of it anew.
tally-verifier import entitlements "${tests}/data/demo/ent.csv" --ledger v.db >/dev/null
for order in as-accepted reverse 'shuffled --seed 3'; do
    # shellcheck disable=SC2086
    expect 0 tally-verifier recompute --order ${order} --ledger v.db
    prints 'reconciliation  equal'
    prints 'tables  equal'
done
# Each of the three is needed: releases, the version of the site file that was in force, receipts.
without() {
    cp v.db less.db && rm -rf less.db.bundles && cp -r v.db.bundles less.db.bundles
    /usr/bin/python3 -c 'import sqlite3, sys; d = sqlite3.connect("less.db"); d.execute(sys.argv[1]); d.commit()' "$1"
    expect 3 tally-verifier recompute --ledger less.db
    complains "$2"
}
without 'DELETE FROM release_file WHERE name LIKE "%.rel2.minisig"' RELEASE_MISSING
without 'DELETE FROM receipt_key' WRONG_AUDIENCE
without 'UPDATE judged_by SET site_version = 3' RELEASE_MISSING

# From a finding down to the line in a stored volume, and the audit pack, with stock tools.
cp "${tests}/../docs/formats/check-log.py" .
finding=$(tally-verifier reconcile --ledger v.db --json | jq -r '[.findings[] | select(.records_total > 2)][0].id')
tally-verifier explain "${finding}" --records 2 --ledger v.db --json >explained.json
while read -r proof; do
    jq -r '.commands[]' <<<"${proof}" >proof.sh
    expect 0 bash -euo pipefail proof.sh
    prints 'Signature and comment signature verified'
    holds 'the very line' grep -qxF "$(jq -r .line <<<"${proof}")" .stdout
    holds 'the root of its path' grep -qxF "$(jq -r .root <<<"${proof}")" .stdout
done < <(jq -c '.proofs[]' explained.json)
holds 'there was a proof' test -s proof.sh
expect 0 tally-verifier audit-pack --ledger before.db --as-of 2022-05-18 --unsigned --out pack
expect 0 bash pack/verify.sh
prints 'released by ANNA'
prints 'released by BERT'
same 'receipts' "$(sha256sum <in/RCPT_SITE1_000001.json)" "$(sha256sum <pack/receipts/DEFAULT/RCPT_SITE1_000001.json)"
same 'their number' 1 "$(jq .receipts pack/pack.json)"
prints "$(jq -r .host r/enrolment.json): "
expect 0 tally-verifier audit-pack --ledger v.db --as-of 2022-05-18 --unsigned --out later
expect 0 bash later/verify.sh
prints "SITE1.before1 ${former}"
prints "SITE1 $(site_fingerprint)"
# The new site file alone does not speak for bundles of a key that only the former one had.
(cd later/trust && jq -cS '.exports = .verifiers' SITE1.jsonl >other && mv other SITE1.jsonl)
(cd later && cut -c67- SHA256SUMS | xargs sha256sum >sums && mv sums SHA256SUMS)
expect 0 bash later/verify.sh
(cd later && rm trust/SITE1.before1.jsonl && sed -i '/before1/d' SHA256SUMS)
expect 3 bash later/verify.sh
prints 'not signed by an export key of a site'
verdict
