#!/usr/bin/env bash
# A host asks, the station answers, and the host obeys its station alone: letters that are forged, old, foreign, torn or
# traps change nothing. Changes and acknowledgements come on the same road.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

note='letter of Tallystick to a host'
enrol() { tally-recorder enrol --state "${state:-r}" "$@"; }
name_of() { jq -r .host "${1:-r}/enrolment.json"; }
n_of() { jq -r .n r/package.json; }
# What the host holds: every file but the database, and how many lines it has.
held() {
    find r -type f ! -name 'journal.db*' ! -name lock -exec sha256sum {} + | sort -k 2
    tally-recorder status --state r --json | jq -c '[.lines, .package]'
}
# forged NAME JQ [KEY [COMMENT [NOTE]]]: the package in force, altered, and signed like a true one.
forged() {
    rm -rf "$1" && mkdir "$1" && cp p/SITE.jsonl "$1"
    jq -cjS "$2" "r/package.json" >"$1/${package}" && echo >>"$1/${package}"
    minisign -S -s "${3:-p/keys/export.key}" -m "$1/${package}" -c "${5:-${note}}" \
        -t "${4:-$(jq -r '"tally-host-1 \(.site) \(.host) \(.n)"' "$1/${package}")}" >/dev/null
}
# refused FOLDER REASON: and nothing changed.
refused() {
    local before
    before=$(held)
    expect 3 enrol --dry-run "$1"
    expect 3 enrol "$1"
    complains "$2"
    [[ $(held) == "${before}" ]] || fail "$1 was refused, and something changed"
}

# The request, with the fingerprint that a person reads out. It is that of the file, on both sides.
expect 0 tally-recorder init --state r --site SITE1 --label LICSRV --json
asked=$(jq -r .fingerprint .stdout)
same 'the fingerprint is that of the file' "$(sha256sum <r/enrolment.json | cut -d' ' -f1)" "${asked// /}"
tally-packager site init --state p --site SITE1 >/dev/null 2>&1
tally-packager privacy set --state p >/dev/null
package=HOST_$(name_of).json
expect 1 tally-packager site enrol --state p r/enrolment.json --fingerprint "$(tr 0-9a-f 1-9a-f0 <<<"${asked}")" --out answer
complains 'not the one given'
holds 'nobody was enrolled' test "$(tally-packager site hosts --state p --json | jq '.hosts | length')" = 0
sed 's/LICSRV/LICSRX/' r/enrolment.json >other.json
expect 1 tally-packager site enrol --state p other.json --fingerprint "${asked}" --out answer
sed 's/"site":"SITE1"/"site": "SITE1"/' r/enrolment.json >spelled.json
expect 1 tally-packager site enrol --state p spelled.json --out answer
refuses
expect 0 tally-packager site enrol --state p r/enrolment.json --fingerprint "${asked}" --group Design --out answer --json
same 'number 1' 1 "$(jq .n .stdout)"
words=$(tally-packager site show --state p | sed -n 's/^fingerprint *//p' | head -n 1)
fingerprint=$(site_fingerprint)

# Stock tools read the answer; its secret is in it nowhere.
expect 0 minisign -V -p p/keys/export.pub -m "answer/${package}"
same 'canonical' "$(cat "answer/${package}")" "$(jq -cS . "answer/${package}")"
secret=$(jq -r '.secrets[0].key' p/privacy.json)
secret64=$(/usr/bin/python3 -c "import base64; print(base64.b64encode(bytes.fromhex('${secret}')).decode()[:40])")
same 'the secret is nowhere in the answer' '' "$(grep -rlF -e "${secret}" -e "${secret64}" answer)"
same 'modes that only the owner has' '600 600' "$(stat -c %a p/privacy.json r/box.key | xargs)"
cp -r answer first

# The first time it is a person who says which site file counts.
expect 3 enrol answer
complains "${words}"
expect 3 enrol answer --fingerprint lusab-babad-gutih-tugad-lusab-babad-gutih-tugad
complains 'not the one given'
holds 'nothing was taken' test ! -e r/privacy.json -a ! -e r/SITE.jsonl
expect 0 enrol --dry-run answer --fingerprint "${words}"
prints 'would apply'
holds 'a dry run takes nothing' test ! -e r/privacy.json -a ! -e r/SITE.jsonl
expect 0 enrol answer --fingerprint "${words}"
prints applied
same 'the secret came whole' "${secret}" "$(jq -r '.secrets[0].key' r/privacy.json)"
same 'the mode of the secret' 600 "$(stat -c %a r/privacy.json)"
same 'one line tells of it' 1 "$(tally-recorder log --state r --json | grep -c '"t":"instructed"')"
lines=$(tally-recorder status --state r --json | jq .lines)
expect 5 enrol answer
prints known
expect 5 enrol "answer/${package}" --dry-run
prints known
same 'no second line' "${lines}" "$(tally-recorder status --state r --json | jq .lines)"
expect 5 tally-packager site enrol --state p r/enrolment.json --out again
holds 'the same answer again' diff -r answer again

# Names are recorded as the package has it, not as the licence log.
head -n 500 "${flexnet}" >part.log
tally-recorder import flexnet part.log --zone Europe/Madrid --state r >/dev/null
same 'people are pseudonyms' u1_ "$(tally-recorder log --state r --json --type start | jq -r '.user[:3]' | sort -u)"

# Forged, foreign and old letters, each with what a station would put beside it.
minisign -G -W -p stranger.pub -s stranger.key >/dev/null
tally-recorder init --state r2 --site SITE1 --label SECOND >/dev/null
tally-packager site enrol --state p r2/enrolment.json --group Build --out second >/dev/null
tally-packager site init --state p2 --site SITE1 >/dev/null 2>&1
tally-packager privacy set --state p2 >/dev/null
tally-packager site enrol --state p2 r/enrolment.json --out impostor >/dev/null
refused impostor 'does not continue the site file'
cp p/SITE.jsonl impostor
refused impostor 'not an export key'
mkdir other_host && cp p/SITE.jsonl other_host && cp second/HOST_* other_host
expect 5 enrol other_host
complains 'no letter for log'
for kind in '' .minisig; do cp "second/HOST_$(name_of r2).json${kind}" "other_host/${package}${kind}"; done
refused other_host 'made for log'
same_n='.n = 2'
forged by_stranger "${same_n}" stranger.key && refused by_stranger 'not an export key'
forged by_root "${same_n}" p/keys/root.key && refused by_root 'not there to sign letters'
forged as_bundle "${same_n}" p/keys/export.key 'tally-export-1 SITE1 1 1/1' && refused as_bundle 'something else'
forged as_other "${same_n}" p/keys/export.key "tally-host-1 SITE1 $(name_of) 7" && refused as_other 'something else'
forged as_note "${same_n}" p/keys/export.key '' 'signature of a bundle by tally-packager' && refused as_note 'something else'
forged same_number '.catalogue = ("ab" * 32)' && refused same_number 'in force is number 1'
forged other_site '.n = 2 | .site = "SITE2"' && refused other_site 'made for site SITE2'
forged other_log "${same_n} | .host = \"$(name_of r2)\"" && refused other_log 'made for log'
forged other_fingerprint "${same_n} | .fingerprint = (\"ab\" * 32)" && refused other_fingerprint 'another site file'
forged later_version "${same_n} | .version = 2" && refused later_version 'bring the newer SITE.jsonl'
forged other_box "${same_n} | .box = \"$(jq -r .box r2/enrolment.json)\"" && refused other_box 'another box key'
forged other_secret "${same_n} | .secrets[0].sealed = \"$(jq -r '.secrets[0].sealed' second/HOST_*.json)\"" &&
    refused other_secret 'another box key'
forged in_clear "${same_n} | .secrets[0] = {epoch: 1, key: (\"00\" * 32)}" && refused in_clear 'not a host package'
forged no_rule "${same_n} | del(.policy.user)" && refused no_rule 'not a host package'
forged more "${same_n} | .command = \"true\"" && refused more 'not a host package'
forged no_number 'del(.n)' && refused no_number 'not a host package'
forged spaced "${same_n}" && sed -i 's/"n":2/"n": 2/' "spaced/${package}" && refused spaced 'not a canonical line'
forged unsigned "${same_n}" && rm "unsigned/${package}.minisig" && refused unsigned 'no signature file'
forged other_format "${same_n} | .format = \"tally-host-2\"" && refused other_format 'does not know'

# One bit in every kind of byte of package and signature; what was cut; what is no file, or too much of one.
for at in 2 $(grep -obUa -e '"box":"' -e '"n":' -e '"sealed":"' -e '"user":"' "answer/${package}" |
    awk -F: '{ print $1 + 8 }') $(($(wc -c <"answer/${package}") - 1)); do
    rm -rf flipped && cp -r answer flipped
    /usr/bin/python3 - "flipped/${package}" "${at}" <<'PY'
import sys
bytes_ = bytearray(open(sys.argv[1], "rb").read())
bytes_[int(sys.argv[2])] ^= 1
open(sys.argv[1], "wb").write(bytes_)
PY
    refused flipped 'refused'
done
for part in 's/^RU/RV/;2s/.$/A/' '4{s/^A/B/;t;s/^./A/}' '3s/SITE1/SITE2/' '1s/host/hosts/' 's/$/\r/'; do
    rm -rf flipped && cp -r answer flipped
    sed -i "${part}" "flipped/${package}.minisig"
    cmp -s "answer/${package}.minisig" "flipped/${package}.minisig" || refused flipped 'refused'
done
rm -rf cut && cp -r answer cut && truncate -s -1 "cut/${package}" && refused cut 'line feed'
truncate -s 0 "cut/${package}" && refused cut 'line feed'
rm -rf huge && cp -r answer huge && truncate -s 1G "huge/${package}" && refused huge 'larger than'
rm -rf huge && cp -r answer huge && truncate -s 1G "huge/${package}.minisig" && refused huge 'larger than'
rm -rf huge && cp -r answer huge && truncate -s 1G huge/SITE.jsonl && refused huge 'larger than'
rm -rf trap && cp -r answer trap && mv "trap/${package}" trap/true && ln -s true "trap/${package}" && refused trap 'symbolic link'
rm "trap/${package}" && mkfifo "trap/${package}" && refused trap 'not a regular file'
rm "trap/${package}" && mkdir "trap/${package}" && refused trap 'not a regular file'
rm -rf trap && cp -r answer trap && rm "trap/${package}.minisig" && mkfifo "trap/${package}.minisig" && refused trap 'not a regular file'
rm -rf trap && cp -r answer trap && rm trap/SITE.jsonl && mkfifo trap/SITE.jsonl && refused trap 'not a regular file'
rm trap/SITE.jsonl && ln -s /etc/passwd trap/SITE.jsonl && refused trap 'symbolic link'
rm trap/SITE.jsonl && sed 's/"threshold":1/"threshold":0/' answer/SITE.jsonl >trap/SITE.jsonl && refused trap 'line 1'
expect 1 enrol nowhere
refuses

# Site policy: only who does not have it already gets a package, with the next number; by group, or one host.
expect 5 tally-packager site policy --state p --out none
expect 0 tally-packager privacy set --state p --rule client=pseudonym
expect 0 tally-packager site policy --state p --out changed --group Design --dry-run --json
same 'a dry run says whom' LICSRV "$(jq -r '.hosts[] | select(.new) | .label' .stdout)"
holds 'a dry run writes nothing' test ! -e changed
expect 0 tally-packager site policy --state p --out changed --group Design
same 'one host of the group' 1 "$(find changed -name 'HOST_*.json' | wc -l)"
expect 0 enrol changed
same 'the next number' 2 "$(n_of)"
same 'the new rule' pseudonym "$(jq -r .policy.client r/privacy.json)"
cp -r changed second_of_r
expect 0 tally-packager site policy --state p --out changed --host SECOND
state=r2 expect 0 enrol changed --fingerprint "${fingerprint}"
expect 2 tally-packager site policy --state p --out changed --host NOBODY
refuses

# What was in force before is not put back: neither by its own letter, nor after the newer one was removed by hand.
refused first 'number 1, in force is number 2'
mkdir aside && mv r/package.json r/package.json.minisig aside
refused first 'number 1, in force is number 2'
expect 0 enrol second_of_r
holds 'as it was' cmp aside/package.json r/package.json

# A new epoch of pseudonyms; the old secret stays, to recognise what was written with it.
expect 0 tally-packager privacy rotate --state p
expect 0 tally-packager site policy --state p --out rotated
state=r2 expect 0 enrol rotated
expect 0 enrol rotated
same 'both epochs' '1 2' "$(jq -r '.secrets[].epoch' r/privacy.json | xargs)"
same 'and mode' 600 "$(stat -c %a r/privacy.json)"

# A catalogue of products counts when the station signed its digest, and no other does then.
standard=${tests}/../recorder/catalogue/standard.jsonl
jq -cS 'if .t == "catalogue" then .name = "site1-1" else . end' "${standard}" >site.jsonl
expect 3 tally-recorder catalogue set site.jsonl --state r
complains 'names no catalogue'
expect 0 tally-recorder catalogue show --state r --code 87545ACD_2022_0F
expect 0 tally-packager site policy --state p --out with_catalogue --host LICSRV --catalogue site.jsonl
expect 0 enrol with_catalogue
expect 1 tally-recorder catalogue show --state r
complains "$(sha256sum <site.jsonl | cut -d' ' -f1)"
expect 3 tally-recorder catalogue set "${standard}" --state r
complains 'the package of this host names'
holds 'nothing was kept' test ! -e r/catalogue.jsonl
expect 0 tally-recorder catalogue set site.jsonl --state r
expect 5 tally-recorder catalogue set site.jsonl --state r
expect 0 tally-recorder catalogue show --state r
prints 'site1-1, made 2026-11-23, named by the package of this host'
expect 1 tally-recorder catalogue show "${standard}" --state r
sed -i 's/"version":"2022"/"version":"2023"/' r/catalogue.jsonl
expect 1 tally-recorder catalogue show --state r
expect 0 tally-recorder catalogue set site.jsonl --state r

# Acknowledgements come in the same folder; each letter is judged alone.
tally-recorder seal --state r >/dev/null
tally-packager collect --state p r/outbox >/dev/null
expect 0 tally-packager ack --state p --out rotated
holds 'something to remove' test -n "$(ls r/outbox)"
rm "rotated/${package}" && mkfifo "rotated/${package}"
expect 3 enrol rotated --json
same 'one refused, one taken' 'applied refused' "$(jq -r .outcome .stdout | sort | xargs)"
same 'the outbox' '' "$(ls r/outbox)"
expect 3 enrol rotated --dry-run --json
same 'known the second time' 'known refused' "$(jq -r .outcome .stdout | sort | xargs)"

# A retired host gets nothing any more, its name is not given again, and others are not disturbed.
expect 0 tally-packager site retire SECOND --state p --reason 'scrapped'
expect 5 tally-packager site retire SECOND --state p --reason 'scrapped'
expect 1 tally-packager site enrol --state p r2/enrolment.json --out none
complains 'was retired'
expect 0 tally-packager privacy set --state p --rule client=clear
expect 0 tally-packager site policy --state p --out after
same 'one host is left' "${package}" "$(cd after && echo HOST_*.json)"
same 'both are listed' 2 "$(tally-packager site hosts --state p --json | jq '.hosts | length')"
expect 0 enrol after
same 'the fifth' 5 "$(n_of)"

# Nothing secret was said by any of these commands, nor lies where others may read it.
for which in p/privacy.json r/privacy.json; do
    jq -r '.secrets[].key' "${which}"
done | sort -u >secrets
jq -r .secret r/box.key r2/box.key >>secrets
same 'secrets lie in their files alone' "$(printf '%s\n' p/privacy.json r/box.key r/privacy.json r2/box.key r2/privacy.json)" \
    "$(grep -rlFf secrets --exclude=secrets . | sed 's,^\./,,' | LC_ALL=C sort)"
same 'and those are for their owner alone' 600 "$(stat -c %a p/privacy.json r/box.key r/privacy.json r2/box.key r2/privacy.json | sort -u)"
expect 0 tally-recorder verify --state r
verdict
