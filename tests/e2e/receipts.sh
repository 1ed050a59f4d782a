#!/usr/bin/env bash
# What comes back: receipts that are lost, late, doubled, foreign or forged, a verifier that was restored from a copy,
# codes over the telephone, and what hosts may then remove.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

# round N LINES: so much of the licence server's log is recorded, and leaves as bundle N in out.N/.
round() {
    head -n "$2" "${flexnet}" >"part.log"
    tally-recorder import flexnet part.log --zone Europe/Madrid --state r >/dev/null
    tally-recorder seal --state r >/dev/null
    tally-packager collect --state p r/outbox >/dev/null
    tally-packager pack --state p --out "out.$1" "${@:3}" >/dev/null || fail "bundle $1 was not made"
}
bundle() { echo "out.$1"/*.tally; }
issue() { tally-verifier receipt issue --ledger "${1:-v.db}" --key verifier.key --out "${2:-in}" "${@:3}"; }
import() { tally-packager receipt import --state p "$@"; }
manifest() { tar -xOf "$(bundle "$1")" MANIFEST.json | jq -r "$2"; }
newest() { tally-packager ladder --state p --json | jq -r '[.bundles[].receipts[].n] | max'; }
# resigned NAME JQ: receipt 1 altered, and signed by the verifier's key all the same.
resigned() {
    mkdir -p "$1"
    jq -cjS "$2" in/RCPT_SITE1_000001.json >"$1/RCPT_SITE1_000001.json" && echo >>"$1/RCPT_SITE1_000001.json"
    minisign -S -s "${3:-verifier.key}" -m "$1/RCPT_SITE1_000001.json" -c 'signature of a receipt by tally-verifier' \
        -t "$(jq -r '"tally-receipt-1 \(.site) \(.agreement) \(.n)"' "$1/RCPT_SITE1_000001.json")" >/dev/null
}

estate
for name in verifier stranger; do minisign -G -W -p "${name}.pub" -s "${name}.key" >/dev/null; done
expect 0 tally-packager site revise --state p --add-verifier verifier.pub
expect 0 tally-packager site sign --state p
round 1 1000
fingerprint=$(site_fingerprint)
expect 0 tally-verifier trust add --ledger v.db out.1/SITE.jsonl --fingerprint "${fingerprint}"
expect 5 issue
refuses
complains 'nothing of it was accepted'
expect 0 tally-verifier accept --ledger v.db "$(bundle 1)"

# One state, one receipt; stock tools check it, and it says what the ledger holds.
expect 0 issue v.db in --dry-run
same 'a dry run writes nothing' no "$([[ -e in ]] && echo yes || echo no)"
expect 0 issue v.db in --due 2027-01-31 --positions
prints 'bundle 1: OK'
expect 0 minisign -V -p verifier.pub -m in/RCPT_SITE1_000001.json
same 'positions' "$(jq -r .positions in/RCPT_SITE1_000001.json)" "$(sha256sum <in/RCPT_SITE1_000001_POS.jsonl | cut -d' ' -f1)"
cp -r in first
expect 5 issue
prints 'issued before'
holds 'the same bytes again' cmp in/RCPT_SITE1_000001.json first/RCPT_SITE1_000001.json
same 'canonical' "$(cat in/RCPT_SITE1_000001.json)" "$(jq -cS . in/RCPT_SITE1_000001.json)"

# Nothing forged or foreign counts, whatever of it was altered.
rm in/RCPT_SITE1_000001_POS.jsonl
resigned other_positions '.positions = ("ab" * 32)'
resigned other_site '.site = "SITE2"'
resigned other_channel '.agreement = "OTHER"'
resigned other_bundle '.bundles = ["ab" * 32]'
resigned later_bundle '.bundle = 7'
resigned by_stranger '.' stranger.key
resigned spelled '.logs = 9'
cp -r in unsigned && rm unsigned/*.minisig
cp -r in altered && sed -i 's/"issued":1/"issued":2/' altered/RCPT_SITE1_000001.json
for forged in other_positions:FORK other_site:OTHER_SITE other_channel:UNKNOWN_BUNDLE other_bundle:UNKNOWN_BUNDLE \
    later_bundle:UNKNOWN_BUNDLE by_stranger:BAD_SIGNATURE spelled:BAD_RECEIPT unsigned:BAD_SIGNATURE \
    altered:BAD_SIGNATURE; do
    expect 3 import "${forged%:*}"
    complains "${forged#*:}"
    holds "the reason is kept" grep -rlq "${forged#*:}" p/receipts/refused --include='*.reason'
done
same 'nothing was taken in' null "$(newest)"

# Taken in once.
expect 0 import --dry-run in
prints 'would be taken in'
same 'a dry run takes nothing' null "$(newest)"
expect 0 import in
prints 'bundle 1 OK'
expect 5 import in
prints 'known'
resigned second_of_1 '.issued = 5'
expect 3 import second_of_1
complains OTHER_RECEIPT

# The next bundle begins there, and says to whom it answers. Another verifier sees that it is not meant.
round 2 2000
same 'the receipt of bundle 2' 1 "$(manifest 2 .receipt.n)"
same 'its challenge' "$(jq -r .challenge in/RCPT_SITE1_000001.json)" "$(manifest 2 .receipt.challenge)"
same 'its hash' "$(sha256sum <in/RCPT_SITE1_000001.json | cut -d' ' -f1)" "$(manifest 2 .receipt.hash)"
same 'its audience' "$(jq -r .verifier in/RCPT_SITE1_000001.json)" "$(manifest 2 .audience)"
expect 0 tally-verifier trust add --ledger other.db out.2/SITE.jsonl --fingerprint "${fingerprint}"
expect 3 tally-verifier check --ledger other.db "$(bundle 2)"
says WRONG_AUDIENCE
expect 0 tally-verifier accept --ledger v.db "$(bundle 2)"
cp -r v.db copy.db && cp -r v.db.bundles copy.db.bundles

# Receipt 2 is lost on its way; what it would have said is packed again, and receipt 3 needs no receipt 2.
expect 0 issue v.db lost
round 3 3000
same 'the receipt of bundle 3' 1 "$(manifest 3 .receipt.n)"
expect 0 tally-verifier accept --ledger v.db "$(bundle 3)"
expect 0 issue
expect 0 import in
prints RECEIPT_MISSING
same 'the newest' 3 "$(newest)"
expect 0 import lost
prints 'older than receipt 3'
same 'the newest stays' 3 "$(newest)"

# A bundle that is accepted twice gives no second receipt.
expect 5 tally-verifier accept --ledger v.db "$(bundle 3)"
expect 5 issue

# A bundle that was refused is answered too, and moves nothing.
round 4 4000
same 'the receipt of bundle 4' 3 "$(manifest 4 .receipt.n)"
expect 2 issue v.db in --refused "$(bundle 4)"
complains 'not refused'
cp -r out.4 damaged && printf x >>"$(echo damaged/*.tally.minisig)"
expect 0 issue v.db in --refused "$(echo damaged/*.tally)"
prints REJECTED
expect 0 import in
prints 'took nothing of bundle 4'
expect 0 tally-verifier accept --ledger v.db "$(bundle 4)"
expect 0 issue
expect 0 import in

# The verifier's ledger is gone, and a copy of long ago takes its place: it says what it misses, is given everything from
# the receipt that it knows, and gives no number away twice.
round 5 5000
same 'the receipt of bundle 5' 5 "$(manifest 5 .receipt.n)"
expect 3 tally-verifier check --ledger copy.db "$(bundle 5)"
says SEQUENCE_GAP
says RECEIPT_MISSING
round 6 5000 --from-receipt 2 --force
same 'the newest is named all the same' 5 "$(manifest 6 .receipt.n)"
expect 3 tally-verifier accept --ledger copy.db "$(bundle 6)"
says RECEIPT_MISSING
prints 'accepted'
expect 0 issue copy.db again
same 'its number' RCPT_SITE1_000006.json "$(basename again/*.json)"
expect 0 import again
same 'the newest' 6 "$(newest)"

# Over the telephone.
expect 0 tally-verifier receipt secret SITE1.tel
same 'for its owner alone' 600 "$(stat -c %a SITE1.tel)"
expect 5 tally-verifier receipt secret SITE1.tel
round 7 6000
expect 0 tally-verifier accept --ledger copy.db "$(bundle 7)"
issue copy.db never_brought >/dev/null
code=$(tally-verifier receipt code --ledger copy.db --secret SITE1.tel)
expect 0 tally-packager receipt code "${code}" --state p --secret SITE1.tel
prints 'bundle 7 OK'
expect 0 tally-packager receipt code "$(tr 'A-Z-' 'a-z ' <<<"${code}")" --state p --secret SITE1.tel
expect 2 tally-packager receipt code "${code:0:-1}" --state p --secret SITE1.tel
refuses
tally-verifier receipt secret other.tel >/dev/null
expect 3 tally-packager receipt code "${code}" --state p --secret other.tel
complains 'fits no bundle'
same 'a code takes nothing in' 6 "$(newest)"

# A bundle that ends before what the verifier holds already: its receipt says so of each log, and is held to the archive.
round 8 6000 --until 2020-01-01 --force
expect 0 tally-verifier accept --ledger copy.db "$(bundle 8)"
expect 0 issue copy.db beyond
same 'a log that goes on beyond the bundle' 1 "$(jq '.except | length' beyond/*.json)"
mkdir lied
jq -cS '.except[0].root = ("ab" * 32)' beyond/*.json >lied/RCPT_SITE1_000008.json
minisign -S -s verifier.key -m lied/RCPT_SITE1_000008.json -c 'signature of a receipt by tally-verifier' \
    -t 'tally-receipt-1 SITE1 DEFAULT 8' >/dev/null
expect 3 import lied
complains 'FORK'
complains "of log $(jq -r '.except[0].host' beyond/*.json)"
expect 0 import beyond
same 'the newest' 8 "$(newest)"

# Hosts remove copies that the station has, when they are those of their own log.
expect 0 tally-packager ack --state p --out acks
prints LICSRV
ack=$(echo acks/ACK_*.json)
expect 0 minisign -V -p p/keys/export.pub -m "${ack}"
held=$(jq -r .next "${ack}")
same 'receipted' "$(jq -r 'select(.host == "'"$(jq -r .host "${ack}")"'") | .next' p/receipts/DEFAULT/RCPT_SITE1_000008_POS.jsonl)" "$(jq -r .floor "${ack}")"
expect 5 tally-packager ack --state p --out acks.again
holds 'the same bytes again' cmp "${ack}" acks.again/ACK_*.json
holds 'files to remove' test -n "$(ls r/outbox)"
cp -r acks forged
sed -i "s/\"next\":${held}/\"next\":$((held - 1))/" forged/ACK_*.json
expect 3 tally-recorder enrol --state r --fingerprint "${fingerprint}" forged
mkdir other_lines && cp p/SITE.jsonl other_lines
jq -cS '.root = ("ab" * 32)' "${ack}" >"other_lines/${ack##*/}"
minisign -S -s p/keys/export.key -m "other_lines/${ack##*/}" -c 'signature of an acknowledgement by tally-packager' \
    -t "$(jq -r '"tally-ack-1 \(.site) \(.host) \(.next)"' "${ack}")" >/dev/null
expect 3 tally-recorder enrol --state r --fingerprint "${fingerprint}" other_lines
complains FORK
holds 'nothing was removed' test -n "$(ls r/outbox)"
before=$(find r/outbox -type f | wc -l)
expect 0 tally-recorder enrol --state r --fingerprint "${fingerprint}" --dry-run acks
same 'a dry run removes nothing' "${before}" "$(find r/outbox -type f | wc -l)"
expect 0 tally-recorder enrol --state r --fingerprint "${fingerprint}" acks
same 'the outbox' '' "$(ls r/outbox)"
expect 5 tally-recorder enrol --state r --fingerprint "${fingerprint}" acks
expect 0 tally-recorder verify --state r
tally-recorder init --state other --site SITE1 --label OTHER >/dev/null
expect 3 tally-recorder enrol --state other --fingerprint "${fingerprint}" "${ack}"
complains 'made for log'

# The ladder for an audit letter.
expect 0 tally-packager ladder --state p --page ladder.html
prints 'receipt 4: REJECTED'
prints 'no receipt yet'
same 'bundles' 8 "$(tally-packager ladder --state p --json | jq '.bundles | length')"
holds 'a page' grep -q '<h1>Submissions and receipts, DEFAULT</h1>' ladder.html
same 'nothing from elsewhere' 0 "$(grep -cE 'src=|href=|url\(|@import' ladder.html)"

# An export made again is the same file, whatever was taken in since.
expect 0 tally-packager pack --state p --again 3 --out made.again
holds 'the same bytes' cmp "$(bundle 3)" made.again/*.tally

# The only agreement of which bundles were accepted is meant; of several one has to be named.
expect 0 tally-packager pack --state p --agreement NORD --out nord
expect 0 tally-verifier trust add --ledger n.db p/SITE.jsonl --fingerprint "${fingerprint}"
tally-verifier accept --ledger n.db nord/*.tally >/dev/null
expect 0 issue n.db north
prints 'of SITE1 NORD'
expect 0 tally-verifier receipt list --ledger n.db
expect 0 tally-packager pack --state p --agreement SOUTH --out south
tally-verifier accept --ledger n.db south/*.tally >/dev/null
expect 2 issue n.db north
complains 'say which with --agreement: NORD, SOUTH'
expect 2 tally-verifier receipt list --ledger n.db
expect 0 issue n.db north --agreement SOUTH
verdict
