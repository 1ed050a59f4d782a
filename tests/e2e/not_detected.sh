#!/usr/bin/env bash
# What docs/threat-model.md says is NOT detected: each attack is carried out, is not detected, and the page says so.
# Where an earlier delivery makes it detectable, that is shown too. A change that closes one of these must change the page.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
model=${tests}/../docs/threat-model.md

# admits ROW: the row exists and says "not detected".
admits() { grep -E "^\| $1 \|" "${model}" | grep -q 'not detected' || fail "row $1 of the threat model does not admit it"; }
import() { tally-recorder import flexnet "$1" --zone Europe/Madrid --state "$2" >/dev/null; }
travel() {
    tally-recorder seal --state "$1" >/dev/null && tally-packager collect --state "$2" "$1/outbox" >/dev/null &&
        tally-packager pack --state "$2" --out "$3" >/dev/null
}
cp "${flexnet}" all.log
grep -v 'OUT: "64300ACD_F"' all.log >forged.log

# 12: an invented log is recorded, sealed and delivered like any other.
admits 12
mkdir invented && cd invented || exit 1
estate || fail 'estate'
import ../forged.log r || fail 'import'
travel r p out || fail 'travel'
tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db >/dev/null
expect 0 tally-verifier check out/*.tally --ledger v.db
cd ..

# 11: inside the open epoch the administrator puts an earlier state back and records another history. Nobody can tell.
admits 11
mkdir open_epoch && cd open_epoch || exit 1
estate || fail 'estate'
cp -a r backup
import ../all.log r || fail 'import'
rm -rf r && mv backup r
import ../forged.log r || fail 'import again'
expect 0 tally-recorder verify --state r
travel r p out || fail 'travel'
tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db >/dev/null
expect 0 tally-verifier check out/*.tally --ledger v.db
cd ..

# 8a: the same with a backup whose keys are gone from the machine since. Not detected at a station that saw nothing of
# the first history; a fork at one that did.
admits 8a
mkdir kept_key && cd kept_key || exit 1
estate || fail 'estate'
cp -a r backup
cp -a p p_that_saw_nothing
import ../all.log r || fail 'import'
travel r p out || fail 'travel'
import ../forged.log backup || fail 'import into the backup'
expect 0 travel backup p_that_saw_nothing out_of_the_other
expect 3 tally-packager collect --state p backup/outbox
says fork
tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db >/dev/null
expect 0 tally-verifier accept out/*.tally --ledger v.db
expect 3 tally-verifier check out_of_the_other/*.tally --ledger v.db
says FORK
cd ..

# 16: what an honest line may say can be chosen: here the very number of sessions.
admits 16
# 3, 14: a bundle that nobody brings raises nothing by itself; a clock that was wrong from the start is believed.
admits 3
admits 14
verdict
