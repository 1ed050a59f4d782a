#!/usr/bin/env bash
# Keys change over the years: the site file is revised, signed by those who may, and what was signed before stays good.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

shown() { tally-packager site show --state p --json | jq -r "$1"; }
verify() { tally-verifier "$1" --ledger v.db "$2"; }

travelled
old=$(shown '.exports[0]')
fingerprint=$(shown .fingerprint)
expect 0 tally-verifier trust add --ledger v.db out/SITE.jsonl --fingerprint "${fingerprint}"
expect 0 verify accept "$(echo out/*.tally)"

# Nothing to sign, nothing to change, keys that nobody knows.
expect 5 tally-packager site sign --state p
complains 'site revise'
expect 2 tally-packager site revise --state p
refuses
complains 'nothing would change'
expect 2 tally-packager site revise --state p --drop 0123456789ABCDEF
refuses
expect 2 tally-packager site revise --state p --add-verifier nowhere.pub
refuses
expect 2 tally-packager site revise --state p --threshold 2
complains 'threshold'
same 'nothing is proposed' null "$(shown .pending)"

# A new export key. Until the root key has signed, the old one counts.
expect 0 tally-packager site revise --state p --new-export
prints 'is proposed and does not count yet'
same 'version' 1 "$(shown .version)"
expect 1 tally-packager site revise --state p --releases 1
complains 'withdraw'
expect 0 tally-packager site sign --state p
prints 'Version 2 counts from now on'
same 'version' 2 "$(shown .version)"
same 'export keys' 1 "$(shown '.exports | length')"
holds 'another export key' test "$(shown '.exports[0]')" != "${old}"
same 'fingerprint' "${fingerprint}" "$(shown .fingerprint)"
same 'no traces' '' "$(find p -name 'SITE.next*')"

# The next bundle is signed with it. Whoever has not taken the new site file does not know the key, and then does.
head -n 3000 "${flexnet}" >more.log && printf '23:59:00 (adskflex) OUT: "64300ACD_F" someone@somewhere\n' >>more.log
tally-recorder seal --state r >/dev/null
tally-packager collect --state p r/outbox >/dev/null
expect 0 tally-packager pack --state p --out second --force
expect 0 minisign -V -p second/export.pub -m "$(echo second/*.tally)"
expect 3 verify check "$(echo second/*.tally)"
says UNKNOWN_KEY
expect 0 tally-verifier trust add --ledger v.db second/SITE.jsonl --fingerprint "${fingerprint}"
expect 0 verify accept "$(echo second/*.tally)"

# What the old key signed stays good, also for whoever begins with the new site file; what it would sign now is not.
expect 0 tally-verifier trust add --ledger later.db second/SITE.jsonl --fingerprint "${fingerprint}"
expect 0 tally-verifier accept --ledger later.db "$(echo out/*.tally)"
cp later.db early.db
expect 0 tally-verifier accept --ledger later.db "$(echo second/*.tally)"
cp -r second stolen
minisign -S -s p/keys/export.key -m "$(echo stolen/*.tally)" -c 'signature of a bundle by tally-packager' \
    -t 'tally-export-1 SITE1 2 1/1' >/dev/null
expect 3 tally-verifier check "$(echo stolen/*.tally)" --ledger early.db
says 'was retired at line'

# A second person's root key, both to sign: one signature by us, one by stock minisign at another place.
minisign -G -W -f -p second.pub -s second.key >/dev/null
expect 0 tally-packager site revise --state p --add-root second.pub --threshold 2
expect 0 tally-packager site sign --state p
prints 'still needed: 0 of the root keys of version 2, 1 of those of version 3'
expect 1 tally-packager site sign --state p --key p/keys/export-2.key
refuses
complains 'no root key'
expect 0 minisign -S -s second.key -m p/SITE.next.text -c 'site file' -t 'tally-site-1 SITE1 3'
cp p/SITE.next.text.minisig good.minisig
expect 0 minisign -S -s second.key -m p/SITE.next.text -c 'site file' -t 'tally-site-1 SITE1 4'
expect 1 tally-packager site sign --state p --signature p/SITE.next.text.minisig
refuses
expect 0 tally-packager site sign --state p --signature good.minisig
prints 'Version 3 counts from now on'
same 'threshold' 2 "$(shown .threshold)"

# From now on one of them alone changes nothing; and what is proposed can be taken back.
minisign -G -W -f -p verifier.pub -s verifier.key >/dev/null
expect 0 tally-packager site revise --state p --add-verifier "$(sed -n 2p verifier.pub)"
expect 0 tally-packager site sign --state p
same 'version' 3 "$(shown .version)"
expect 0 tally-packager site revise --state p --withdraw
same 'nothing is proposed' null "$(shown .pending)"
expect 5 tally-packager site revise --state p --withdraw

# A key that was stolen is revoked: nothing that it signed is believed by whoever had not accepted it.
expect 0 tally-packager site revise --state p --revoke "$(jq -r '.retired[0].key' <(tally-packager site show --state p --json))"
expect 0 tally-packager site sign --state p
expect 0 tally-packager site sign --state p --key second.key
same 'retired' 0 "$(shown '.retired | length')"
expect 0 tally-verifier trust add --ledger newest.db p/SITE.jsonl --fingerprint "${fingerprint}"
expect 3 tally-verifier check --ledger newest.db "$(echo out/*.tally)"
says UNKNOWN_KEY
verdict
