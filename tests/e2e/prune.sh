#!/usr/bin/env bash
# Lines that every verifier has are removed at host and station, no line before: what is left proves itself, packs and is
# accepted to the very same ledger, and imports are recognised as before.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

# recorded LINES [HOST]: so much of the licence server's log is recorded and sealed.
recorded() {
    head -n "$1" "${flexnet}" >part.log
    tally-recorder import flexnet part.log --zone Europe/Madrid --state "${2:-r}" >/dev/null
    tally-recorder seal --state "${2:-r}" >/dev/null
}
packed() { tally-packager pack --state "${3:-p}" --agreement "$1" --out "$2" >/dev/null || fail "no bundle $2"; }
accepted() { tally-verifier accept --ledger "${2:-v.db}" "$(echo "$1"/*.tally)" >/dev/null || fail "not accepted: $1"; }
answered() {
    tally-verifier receipt issue --ledger v.db --key verifier.key --agreement "$1" --out "receipts.$1" >/dev/null
    tally-packager receipt import --state p "receipts.$1" >/dev/null
}
acknowledged() {
    rm -rf letters
    tally-packager ack --state p --out letters >/dev/null
    expect 0 tally-recorder enrol --state r --fingerprint "${fingerprint}" letters
}
begins() { tally-packager archive list --state "${1:-p}" --json | jq '.logs[1].begins'; }
# lines BUNDLE: those of the host, as they are signed.
lines() { tar -xOf "$(echo "$1"/*.tally)" --wildcards 'LINES_*' | zstd -dqc | grep "\"host\":\"${log}\""; }
# The ledger without what differs because the station's own lines do.
ledger() { sqlite3 "$1" "SELECT * FROM page" "SELECT host, size FROM log WHERE host = '${log}'"; }
pruned_lines() { tally-recorder log --state p/log --type pruned --json 2>/dev/null | wc -l; }

estate
log=$(jq -r .host r/enrolment.json)
minisign -G -W -p verifier.pub -s verifier.key >/dev/null
expect 0 tally-packager site revise --state p --add-verifier verifier.pub
expect 0 tally-packager site sign --state p
fingerprint=$(site_fingerprint)
expect 0 tally-verifier trust add --ledger v.db p/SITE.jsonl --fingerprint "${fingerprint}"

# Before every agreement has receipts nothing goes, at either side.
recorded 1000
tally-packager collect --state p r/outbox >/dev/null
packed DEFAULT out.1
packed SUED out.s1
accepted out.1
accepted out.s1
recorded 2000
tally-packager collect --state p r/outbox >/dev/null
expect 5 tally-recorder prune --state r
prints 'no acknowledgement'
expect 5 tally-packager prune --state p
answered DEFAULT
expect 5 tally-packager prune --state p --json
same 'what holds it' SUED "$(jq -r '.logs[0].held_by' .stdout)"
acknowledged
expect 5 tally-recorder prune --state r --json
same 'the floor' 0 "$(jq .floor .stdout)"
answered SUED

# Two agreements with different floors: the lower one counts.
first=$(jq -r 'select(.host == "'"${log}"'") | .next' p/receipts/SUED/*_POS.jsonl)
recorded 3000
tally-packager collect --state p r/outbox >/dev/null
packed DEFAULT out.2
accepted out.2
answered DEFAULT
acknowledged
same 'the floor' "${first}" "$(jq .floor letters/ACK_*.json)"
holds 'what arrived is more' test "$(jq .next letters/ACK_*.json)" -gt "${first}"

# What was put there, altered or is older gives no floor.
cp -r r forged
sed -i "s/\"floor\":${first}/\"floor\":$((first + 500))/" forged/ack.json
cp forged/journal.db before.db
expect 3 tally-recorder prune --state forged
refuses
complains 'nothing was removed'
holds 'the very same journal' cmp before.db forged/journal.db
expect 2 tally-recorder prune --state r --keep 'a while'

# The unpruned twins of host, station and ledger.
cp -r r r0 && cp -r p p0 && cp v.db v0.db && cp -r v.db.bundles v0.db.bundles
expect 0 tally-recorder prune --state r --dry-run
prints 'would remove'
expect 5 tally-recorder prune --state r --keep '3 epochs'
expect 5 tally-recorder prune --state r --keep '1 day'
expect 0 tally-recorder prune --state r --json
same 'where it begins' "${first}" "$(jq .begins .stdout)"
expect 5 tally-recorder prune --state r
expect 0 tally-packager prune --state p --dry-run
same 'a dry run removes nothing' 0 "$(begins)"
expect 0 tally-packager prune --state p
prints "lines 0 to $((first - 1))"
same 'where the archive begins' "${first}" "$(begins)"
same 'the act is a line' 1 "$(pruned_lines)"
expect 5 tally-packager prune --state p
same 'and one only' 1 "$(pruned_lines)"

# The host says where its log begins, proves it, and goes on.
expect 0 tally-recorder verify --state r --json
same 'verify' "${first} holds" "$(jq -r '"\(.begins) \(.verdict)"' .stdout)"
same 'the same root' "$(tally-recorder verify --state r0 --json | jq -r .root)" "$(jq -r .root .stdout)"
expect 0 tally-recorder verify --state r
prints "begins at line ${first}"
expect 0 tally-recorder status --state r --json
same 'status' "${first}" "$(jq .begins .stdout)"
same 'the last import' "$(tally-recorder status --state r0 --json | jq -c .last_import)" "$(jq -c .last_import .stdout)"
expect 0 tally-recorder log --state r --json
complains "lines before ${first} were removed"
same 'the lines that stay' "$(tally-recorder log --state r0 --json --seq "${first}.." | sha256sum)" \
    "$(tally-recorder log --state r --json --seq "${first}.." 2>/dev/null | sha256sum)"
expect 5 tally-recorder init --state r --site SITE1 --label LICSRV
expect 5 tally-recorder seal --state r
expect 0 tally-recorder segments --state r --json
same 'segments' removed "$(jq -rs '.[0].where' .stdout)"
expect 0 tally-recorder segments --state r --redrop
complains "before ${first}"

# The same log again is known, a longer one as new as it is without pruning.
head -n 3000 "${flexnet}" >part.log
expect 5 tally-recorder import flexnet part.log --zone Europe/Madrid --state r
head -n 1500 "${flexnet}" >part.log
expect 0 tally-recorder import flexnet part.log --zone Europe/Madrid --state r --dry-run
prints 'would write 2 lines' # of the file itself: every event in it is known
head -n 4000 "${flexnet}" >part.log
expect 0 tally-recorder import flexnet part.log --zone Europe/Madrid --state r --dry-run --json
same 'what is new' "$(tally-recorder import flexnet part.log --zone Europe/Madrid --state r0 --dry-run --json | jq -c .files)" \
    "$(jq -c .files .stdout)"
cp -r r forgetful
sqlite3 forgetful/journal.db 'DELETE FROM import_state'
expect 1 tally-recorder import flexnet part.log --zone Europe/Madrid --state forgetful
complains 'were removed'

# The next bundle of a pruned station holds the very lines of an unpruned one, and leads to the same ledger.
recorded 4000
for state in p p0; do tally-packager collect --state "${state}" r/outbox >/dev/null; done
packed DEFAULT out.3
packed DEFAULT out0.3 p0
holds 'lines are packed' test -n "$(lines out.3)"
same 'the same lines' "$(lines out0.3 | sha256sum)" "$(lines out.3 | sha256sum)"
expect 0 tally-packager inspect "$(echo out.3/*.tally)" --all
accepted out.3
accepted out0.3 v0.db
same 'the same ledger' "$(ledger v0.db)" "$(ledger v.db)"
packed SUED out.s2
accepted out.s2
same 'every line of the log' "$(tally-recorder verify --state r --json | jq .sealed)" \
    "$(sqlite3 v.db "SELECT size FROM log WHERE host = '${log}'")"
expect 0 tally-verifier recompute --ledger v.db

# What is gone cannot be packed again, and the refusal leaves no trace.
size=$(tally-recorder status --state p/log --json | jq .lines)
for again in '--again 1' '--from-receipt 0 --force' '--from-receipt 0 --dry-run'; do
    # shellcheck disable=SC2086 # options
    expect 1 tally-packager pack --state p --out gone ${again}
    refuses
    complains "before ${first} were removed"
done
same 'the station noted nothing' "${size}" "$(tally-recorder status --state p/log --json | jq .lines)"
expect 0 tally-packager pack --state p --again 3 --out out.3.again
holds 'a later export is made again' cmp out.3/*.tally out.3.again/*.tally

# An agreement that is new since then begins with what was here when it was first mentioned, and says so.
expect 0 tally-packager pack --state p --agreement NEU --out out.n1
same 'where it begins' "${first}" "$(tar -xOf out.n1/*.tally HOSTS.jsonl | jq -r "select(.host == \"${log}\") | .first")"
complains 'were removed'
tally-verifier trust add --ledger new.db p/SITE.jsonl --fingerprint "${fingerprint}" >/dev/null
expect 3 tally-verifier accept --ledger new.db out.n1/*.tally
says SEQUENCE_GAP # for who has none of it; who has the rest takes it
accepted out.n1
expect 0 tally-packager pack --state p --agreement NEU --again 1 --out out.n1.again
holds 'the same again' cmp out.n1/*.tally out.n1.again/*.tally

# Removed segments that come again are known; the index is made again without them.
tally-recorder segments --state r0 --redrop >/dev/null
expect 5 tally-packager collect --state p r0/outbox
prints 'here already'
tally-packager archive list --state p --json >list.json
rm p/archive/index.db*
expect 0 tally-packager archive list --state p --json
same 'the archive' "$(cat list.json)" "$(cat .stdout)"

# Floors rise, more goes; a new agreement stops it.
answered SUED
answered DEFAULT
answered NEU
acknowledged
expect 0 tally-packager prune --state p
expect 0 tally-recorder prune --state r --json
holds 'more was removed' test "$(jq .begins .stdout)" -gt "${first}"
expect 0 tally-recorder verify --state r
expect 0 tally-packager agreement add --state p --agreement WEST --licensee 'West AG' --start 2026-01-01
recorded 5000
tally-packager collect --state p r/outbox >/dev/null
acknowledged
same 'the floor of an agreement without receipts' 0 "$(jq .floor letters/ACK_*.json)"
expect 5 tally-recorder prune --state r
expect 0 tally-recorder verify --state r
verdict
