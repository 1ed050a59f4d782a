#!/usr/bin/env bash
# What was lost is had again: the index of the archive, a whole station, a host, the verifier's ledger; and nothing is
# counted twice for it.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

# recorded LINES HOST: so much of the licence server's log.
recorded() {
    head -n "$1" "${flexnet}" >part.log
    tally-recorder import flexnet part.log --zone Europe/Madrid --state "$2" >/dev/null
    tally-recorder seal --state "$2" >/dev/null
}
words() { tally-packager site show --state "$1" --json | jq -r .words; }
# station FOLDER: with the verifier's key, and the host r enrolled.
station() {
    tally-packager site init --state "$1" --site SITE1 >/dev/null 2>&1
    tally-packager site revise --state "$1" --add-verifier verifier.pub >/dev/null
    tally-packager site sign --state "$1" >/dev/null
    expect 0 tally-packager site enrol --state "$1" r/enrolment.json --out "letters.$1"
}
# sent STATION OUT…: what has arrived is packed there.
sent() {
    expect 0 tally-packager collect --state "$1" r/outbox
    expect 0 tally-packager pack --state "$1" --out "${@:2}"
}
sessions() { sqlite3 "$1" 'SELECT sum(count) FROM page'; }
# taken CODE LEDGER FOLDER: accepted; its new sessions are added to ${taken}.
taken=0
taken() {
    expect "$1" tally-verifier accept "$3"/*.tally --ledger "$2" --json
    taken=$((taken + $(jq '.bundles[0].sessions' .stdout)))
}
starts() { tally-recorder log --state r --type start --json | wc -l; }

expect 0 tally-verifier keys new verifier
tally-recorder init --state r --site SITE1 --label LICSRV >/dev/null
station p
expect 0 tally-recorder enrol letters.p --state r --fingerprint "$(words p)"
expect 0 tally-verifier trust add p/SITE.jsonl --fingerprint "$(words p)" --ledger v.db
recorded 1000 r
sent p out.1
taken 0 v.db out.1
expect 0 tally-verifier receipt issue --ledger v.db --key verifier.key --out receipt.1
expect 0 tally-packager receipt import --state p receipt.1
expect 0 tally-packager ack --state p --out letters.p
expect 0 tally-recorder enrol letters.p --state r
same 'copies at the host' '' "$(ls r/outbox)"

# The index of the archive is made again from the segments.
rm p/archive/index.db*
expect 0 tally-packager archive list --state p --json
same 'lines of the host' "$(tally-recorder status --state r --json | jq .lines)" "$(jq '.logs[1].next' .stdout)"

# The station's disk is lost; a copy has no keys of its log, as it should: it cannot go on, and says what to do.
cp -r p copy && rm copy/log/key.*
expect 1 tally-packager collect --state copy r/outbox
refuses
complains 'set up the station again'
# A new station, over the telephone with hosts and verifier. The host drops again what it had let go of.
station n
expect 3 tally-recorder enrol letters.n --state r
complains 'does not continue the site file'
expect 0 tally-recorder enrol letters.n --state r --fingerprint "$(words n)"
expect 0 tally-recorder segments --redrop --state r
recorded 2000 r
sent n out.2
expect 1 tally-verifier trust add n/SITE.jsonl --fingerprint "$(words n)" --ledger v.db
complains 'another site file is enrolled'
expect 0 tally-verifier trust add n/SITE.jsonl --fingerprint "$(words n)" --ledger v.db --reenrol 'the station burnt'
taken 3 v.db out.2
prints 'SITE_REENROLLED'
prints 'the station burnt'
same 'every session once' "$(starts)" "${taken}"
expect 0 tally-verifier receipt issue --ledger v.db --key verifier.key --out receipt.2
expect 0 tally-packager receipt import --state n receipt.2
prints 'taken in'

# The host's disk is lost with its log. A new log, the old one retired; the licence server's log is imported anew.
old=$(jq -r .host r/enrolment.json)
mv r lost
tally-recorder init --state r --site SITE1 --label LICSRV >/dev/null
expect 0 tally-packager site enrol --state n r/enrolment.json --out letters.n
expect 2 tally-packager site retire --state n LICSRV --reason 'disk lost'
complains 'several hosts are called so'
expect 0 tally-packager site retire --state n "${old}" --reason 'disk lost'
expect 0 tally-recorder enrol letters.n --state r --fingerprint "$(words n)"
recorded 3000 r
sent n out.3
same 'it begins where the receipt left the station' true "$(tar -xOf out.3/*.tally HOSTS.jsonl | jq -s '.[0].first > 0')"
taken 3 v.db out.3
prints IMPORT_DUPLICATE
same 'every session once' "$(starts)" "${taken}"

# A host's policy and secret are lost: the station's package brings them again.
expect 0 tally-packager privacy set --state n
expect 0 tally-packager site policy --state n --out letters.n
expect 0 tally-recorder enrol letters.n --state r
cp r/privacy.json before.json && rm r/privacy.json
rm -r letters.n
expect 5 tally-packager site policy --state n --out letters.n
expect 5 tally-recorder enrol letters.n --state r
holds 'the same secret' cmp before.json r/privacy.json

# The ledger is lost: the bundles, in their order, make it again.
expect 0 tally-verifier trust add p/SITE.jsonl --fingerprint "$(words p)" --ledger w.db
expect 0 tally-verifier receipt key verifier.pub --ledger w.db
tally-verifier accept out.1/*.tally --ledger w.db >/dev/null
expect 0 tally-verifier trust add n/SITE.jsonl --fingerprint "$(words n)" --ledger w.db --reenrol 'the station burnt'
tally-verifier accept out.2/*.tally --ledger w.db >/dev/null
expect 3 tally-verifier accept out.3/*.tally --ledger w.db
prints RECEIPT_MISSING
same 'sessions of the new ledger' "$(sessions v.db)" "$(sessions w.db)"
expect 0 tally-verifier recompute --ledger v.db
verdict
