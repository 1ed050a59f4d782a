#!/usr/bin/env bash
# Every kind of key is made, listed in one role, and replaced over the years; persons are not keys; and a site that lost
# its root keys begins again, over the same log, only with people who compare its fingerprint anew.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

shown() { tally-packager site show --state p --json | jq -r "$1"; }
revise() { tally-packager site revise --state p "$@"; }
sign() { tally-packager site sign --state p "$@"; }
# revised OPTIONS…: proposed and signed by the root key of the station.
revised() {
    { revise "$@" && sign; } >/dev/null || fail "not revised: $*"
}
stock() { minisign -G -W -p "$1.pub" -s "$1.key" >/dev/null; }
bundle() { echo "$1"/*.tally; }
# round N: more of the licence log travels as out.N/.
round() {
    head -n "$(($1 * 900))" "${flexnet}" >part.log
    tally-recorder import flexnet part.log --zone Europe/Madrid --state r >/dev/null
    tally-recorder seal --state r >/dev/null
    tally-packager collect --state p r/outbox >/dev/null
    tally-packager pack --state p --out "out.$1" >/dev/null || fail "bundle $1 was not made"
}

# The verifier's key: for its owner alone, never in place of another, with a passphrase that stock minisign takes.
printf 'correct horse\n' >passphrase
expect 0 tally-verifier keys new verifier
complains 'not protected by a passphrase'
same 'mode of the secret key' 600 "$(stat -c %a verifier.key)"
printf x >file
expect 0 minisign -S -s verifier.key -m file -c c -t t
expect 0 minisign -V -p verifier.pub -m file
before=$(sha256sum verifier.*)
expect 1 tally-verifier keys new verifier
refuses
same 'the key stays' "${before}" "$(sha256sum verifier.*)"
expect 0 tally-verifier keys new second_verifier --passphrase-fd 3 --json 3<passphrase
same 'its text' "$(sed -n 2p second_verifier.pub)" "$(jq -r .key .stdout)"
holds 'a protected key' test "$(sed -n 2p second_verifier.key | base64 -d | head -c 4 | tail -c 2)" = Sc
expect 0 sh -c 'minisign -S -s second_verifier.key -m file -c c -t t <passphrase && minisign -V -p second_verifier.pub -m file'
expect 2 tally-verifier keys new empty --passphrase-fd 3 3</dev/null
holds 'nothing half-made' test ! -e empty.key -a ! -e empty.pub
ln -s /nowhere/x trap.key
expect 1 tally-verifier keys new trap
refuses
holds 'nothing beside the trap' test ! -e trap.pub
expect 1 tally-verifier keys new no/such/folder/key
refuses

# One role for a key, over all versions; a person is not a key.
estate
fingerprint=$(site_fingerprint)
for name in anna anna_at_home bert stranger new_root; do stock "${name}"; done
revised --add-verifier verifier.pub --add-officer anna.pub=ANNA --add-officer anna_at_home.pub=ANNA
for key in p/keys/root.pub p/keys/export.pub verifier.pub anna.pub; do
    for role in --add-root --add-export --add-verifier; do
        case ${role}:${key} in
            --add-root:*root.pub | --add-export:*export.pub | --add-verifier:verifier.pub) continue ;;
        esac
        expect 2 revise "${role}" "${key}"
        refuses
    done
done
for key in p/keys/root.pub p/keys/export.pub verifier.pub; do
    expect 2 revise --add-officer "${key}=CARL"
    refuses
done
expect 2 revise --add-officer anna.pub=BERT
refuses
log_key=$(shown .log.key)
printf 'untrusted comment: x\n%s\n' "$(/usr/bin/python3 -c "import base64; print(base64.b64encode(b'Ed' + bytes(8) + bytes.fromhex('${log_key}')).decode())")" >log.pub
for role in --add-root --add-export --add-verifier; do
    expect 2 revise "${role}" log.pub
    refuses
done
expect 2 revise --releases 2
complains 'asks for the release of 2 persons and lists 1'
expect 2 revise --add-officer bert.pub=bert
complains 'does not end in = and a person'
revised --add-officer bert.pub=BERT --releases 2
expect 2 revise --drop "$(sed -n 2p bert.pub)"
complains 'lists 1'
same 'nothing is proposed' null "$(shown .pending)"
revised --releases 0 --drop "$(sed -n 2p bert.pub)"
holds 'who has left is listed up to a line' test "$(shown '.officers[] | select(.person == "BERT") | .until')" -gt 0
expect 2 revise --add-officer bert.pub=BERT
refuses

# Receipts: a verifier's key is replaced; what the dropped one signs is not taken in any more.
round 1
expect 0 tally-verifier trust add --ledger v.db out.1/SITE.jsonl --fingerprint "${fingerprint}"
expect 0 tally-verifier accept --ledger v.db "$(bundle out.1)"
expect 0 tally-verifier receipt issue --ledger v.db --key verifier.key --out in
expect 0 tally-packager receipt import --state p in
former=$(sed -n 2p verifier.pub)
revised --add-verifier second_verifier.pub --drop "${former}"
for role in --add-root --add-export; do
    expect 2 revise "${role}" verifier.pub
    complains 'another role'
done
round 2
expect 2 tally-verifier trust add --ledger new.db out.2/SITE.jsonl
complains 'no fingerprint given'
holds 'no ledger is made' test ! -e new.db
expect 1 tally-verifier trust add --ledger v.db out.2/SITE.jsonl --fingerprint lusab-babad-lusab-babad-lusab-babad-lusab-babad
expect 0 tally-verifier trust add --ledger v.db out.2/SITE.jsonl
prints 'no fingerprint was asked for: the root keys of version'
expect 5 tally-verifier trust add --ledger v.db out.2/SITE.jsonl
expect 5 tally-verifier trust add --ledger v.db out.1/SITE.jsonl
expect 0 tally-verifier accept --ledger v.db "$(bundle out.2)"
cp v.db v.copy
cp -r v.db.bundles v.copy.bundles
expect 0 tally-verifier receipt issue --ledger v.copy --key verifier.key --out by_former
expect 3 tally-packager receipt import --state p by_former
complains BAD_SIGNATURE
expect 0 tally-verifier receipt issue --ledger v.db --key second_verifier.key --out in --passphrase-fd 3 3<passphrase
expect 0 tally-packager receipt import --state p in

# A host's box key is lost: it makes another and asks again; what was sealed to the lost one opens no more.
tally-packager privacy set --state p >/dev/null
tally-packager site policy --state p --out letters >/dev/null
cp -r letters old_letters
expect 0 tally-recorder enrol --state r letters --fingerprint "${fingerprint}"
former_box=$(jq -r .key r/box.key)
rm r/box.key
round 3
holds 'another box key' test "$(jq -r .key r/box.key)" != "${former_box}"
same 'the request asks for it' "$(jq -r .key r/box.key)" "$(jq -r .box r/enrolment.json)"
rm r/package.json
expect 3 tally-recorder enrol --state r old_letters
complains 'enrol it again with its enrolment.json'
expect 0 tally-packager site enrol --state p r/enrolment.json --out letters
expect 0 tally-recorder enrol --state r letters
same 'number' 2 "$(jq .n r/package.json)"

# Root keys are replaced: the old one lists the new one, the new one drops the old one.
revised --add-root new_root.pub
revise --drop "$(sed -n 2p p/keys/root.pub)" >/dev/null
expect 0 sign --key new_root.key
prints 'counts from now on'
same 'one root key' "$(sed -n 2p new_root.pub)" "$(shown '.roots[0]')"
same 'the same site' "${fingerprint}" "$(shown .fingerprint)"
revise --new-export >/dev/null 2>&1
expect 1 sign
complains 'no root key'
expect 0 revise --withdraw
expect 0 tally-verifier trust add --ledger v.db p/SITE.jsonl --fingerprint "${fingerprint}"
tally-verifier accept --ledger v.db "$(bundle out.3)" >/dev/null

# A thief of the root key signs another version of the same number: the same fingerprint, and yet not the same site file.
cp -r p stolen
tally-packager site revise --state stolen --add-verifier stranger.pub >/dev/null
tally-packager site sign --state stolen --key new_root.key >/dev/null
revise --threshold 1 --releases 1 --add-officer stranger.pub=CARL >/dev/null
sign --key new_root.key >/dev/null
expect 0 tally-verifier trust add --ledger v.db p/SITE.jsonl --fingerprint "${fingerprint}"
expect 2 tally-verifier trust add --ledger v.db stolen/SITE.jsonl
complains 'no fingerprint given'
expect 1 tally-verifier trust add --ledger v.db stolen/SITE.jsonl --fingerprint "${fingerprint}"
complains "another version $(shown .version)"
expect 1 tally-verifier trust add --ledger v.db stolen/SITE.jsonl --fingerprint "${fingerprint}" --reenrol 'we were told so'
complains 'under the same fingerprint'
revise --releases 0 >/dev/null
sign --key new_root.key >/dev/null
expect 0 tally-verifier trust add --ledger v.db p/SITE.jsonl --fingerprint "${fingerprint}"

# The root key is lost: nothing can be changed any more, and the site begins a new file over the same log.
rm new_root.key
cp p/SITE.jsonl former.jsonl
before=$(find p -type f -newer former.jsonl | sort)
expect 0 tally-packager site restart --state p --dry-run
prints 'would begin'
same 'a dry run changes nothing' "${before}" "$(find p -type f -newer former.jsonl ! -name lock | sort)"
expect 0 tally-packager site restart --state p --passphrase-fd 3 3<passphrase
prints 'read the words of its fingerprint'
renewed=$(site_fingerprint)
holds 'another fingerprint' test "${renewed}" != "${fingerprint}"
same 'version' 1 "$(shown .version)"
same 'the same log' "${log_key}" "$(shown .log.key)"
same 'the same verifier' "$(sed -n 2p second_verifier.pub)" "$(shown '.verifiers[0]')"
holds 'who has left is not listed' test "$(shown '[.officers[].person] | index("BERT")')" = null
holds 'the former file is kept' cmp former.jsonl p/SITE.jsonl.before-"${fingerprint:0:8}"
same 'mode of the new root key' 600 "$(stat -c %a p/keys/root.key)"

# Those who verify believe it when a person says why, and every later bundle of the site tells of it.
round 4
expect 3 tally-verifier check --ledger v.db "$(bundle out.4)"
says SITE_FILE_INVALID
expect 2 tally-verifier trust add --ledger v.db out.4/SITE.jsonl
expect 1 tally-verifier trust add --ledger v.db out.4/SITE.jsonl --fingerprint "${renewed}"
complains 'another site file is enrolled'
complains '--reenrol'
expect 1 tally-verifier trust add --ledger v.db out.4/SITE.jsonl --fingerprint "${fingerprint}" --reenrol 'the root key burnt'
complains 'not the one given'
expect 0 tally-verifier trust add --ledger v.db out.4/SITE.jsonl --fingerprint "${renewed}" --reenrol 'the root key burnt'
expect 5 tally-verifier trust add --ledger v.db out.4/SITE.jsonl --fingerprint "${renewed}" --reenrol 'the root key burnt'
expect 1 tally-verifier trust add --ledger v.db former.jsonl --fingerprint "${fingerprint}"
same 'one site is trusted' "${renewed}" "$(tally-verifier trust list --ledger v.db --json | jq -r .fingerprint)"
expect 3 tally-verifier accept --ledger v.db "$(bundle out.4)"
says SITE_REENROLLED
says 'the root key burnt'
same 'nothing else is found' 1 "$(grep -cE '^ +(refuse|warn|note) ' .stdout)"
chmod 640 second_verifier.key
expect 0 tally-verifier receipt issue --ledger v.db --key second_verifier.key --out in --passphrase-fd 3 3<passphrase
complains 'others may read the secret key second_verifier.key'
chmod 600 second_verifier.key
expect 0 tally-packager receipt import --state p in
round 5
expect 3 tally-verifier accept --ledger v.db "$(bundle out.5)"
says SITE_REENROLLED

# Hosts too: each compares the words, and the former site's letters are not taken any more.
expect 0 tally-packager site policy --state p --out renewed
expect 3 tally-recorder enrol --state r renewed
complains 'does not continue'
expect 0 tally-recorder enrol --state r renewed --fingerprint "${renewed}"
expect 5 tally-recorder enrol --state r renewed
expect 3 tally-recorder enrol --state r letters
expect 0 tally-recorder verify --state r

# A passphrase in memory must not end on a disk: no program leaves a core dump.
mkfifo typed
(
    ulimit -c unlimited 2>/dev/null
    exec tally-packager site init --state core --site SITE3 --passphrase-fd 3 3<typed >/dev/null
) &
program=$! waited=0
exec 9>typed
until [[ $(cat "/proc/${program}/comm") == tally-packager ]] && grep -q 'Max core file size  *0  *0 ' "/proc/${program}/limits"; do
    ((++waited < 200)) || break
    sleep 0.05
done
holds 'no core file while a passphrase is read' grep -q 'Max core file size  *0  *0 ' "/proc/${program}/limits"
printf 'correct horse\n' >&9
exec 9>&-
wait "${program}" || fail 'the site was not made'
verdict
