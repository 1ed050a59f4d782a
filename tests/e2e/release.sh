#!/usr/bin/env bash
# A bundle is read and released by persons before it leaves: by an officer's key here, by stock minisign elsewhere, one
# by one and as a set; whoever is nobody, another bundle and two keys of one person do not count.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
command -v minisign >/dev/null || skip 'no minisign'

release() { tally-packager release --state p "$@"; }
acts() { tally-recorder log --state p/log --json | jq -c 'select(.t == "release")'; }
waits() { tally-packager status --state p --json | jq -r '.waiting[] | select(.what == "release") | .text'; }
key() { minisign -G -W -f -p "$1.pub" -s "$1.key" >/dev/null 2>&1; }

travelled || fail 'could not build the estate'
bundle=$(echo out/*.tally)
for who in anna anna2 bert carl stranger; do key "${who}"; done
mkdir here

# Nobody is an officer yet, and nothing is asked for.
expect 5 release "${bundle}"
expect 3 release "${bundle}" --key anna.key
refuses
complains 'not that of an officer'
expect 2 release "${bundle}" --print
complains 'site revise --add-officer'

expect 0 tally-packager site revise --state p --add-officer anna.pub=ANNA --add-officer anna2.pub=ANNA \
    --add-officer bert.pub=BERT --add-officer carl.pub=CARL --releases 2
expect 0 tally-packager site sign --state p
same 'status names the bundle that waits' \
    'bundle 1 of DEFAULT waits for releases: 2 needed, released by nobody; still may: ANNA, BERT, CARL' "$(waits)"
expect 3 tally-packager write --state p "${bundle}" --to here --staging
refuses
complains 'ANNA or BERT or CARL may read it'

# Who is nobody.
expect 3 release "${bundle}" --key p/keys/export.key
complains 'release nothing'
expect 3 release "${bundle}" --key stranger.key
expect 2 release "${bundle}" --print
complains 'say whose'
expect 2 release "${bundle}" --print --person DORA
expect 2 release "${bundle}" --person ANNA
expect 2 release "${bundle}" --key anna.key --print
same 'nothing was signed' '' "$(find out -name '*.rel*')$(acts)"

# One person; twice does nothing; with another key of hers neither.
expect 0 release "${bundle}" --key anna.key --dry-run
prints 'would sign'
same 'a dry run writes nothing' '' "$(find out -name '*.rel*')$(acts)"
expect 0 release "${bundle}" --key anna.key
prints 'still may: BERT, CARL'
expect 5 release "${bundle}" --key anna.key
expect 5 release "${bundle}" --key anna2.key
complains 'two keys of one person are one person'
same 'releases' 1 "$(find out -name '*.rel*' | wc -l)"
same 'lines about it' 1 "$(acts | wc -l)"
same 'the line says what was signed, and who' \
    "[\"$(sha256sum <"${bundle}" | head -c 64)\",\"ANNA\",1]" "$(acts | jq -c '[.digest, .officer, .n]')"
expect 3 tally-packager write --state p "${bundle}" --to here --staging
complains 'by 2 persons, 1 released it'
complains 'BERT or CARL may read it'
expect 0 minisign -V -p anna.pub -m "${bundle}" -x "${bundle}.rel1.minisig"

# The second by stock minisign, elsewhere, with the command that was printed.
expect 0 release "${bundle}" --print --person BERT
command=$(cat .stdout)
cp bert.key BERT.key
expect 0 bash -c "${command/-x ${bundle}.rel2.minisig/-x brought.minisig}"
expect 3 release "${bundle}" --signature "${bundle}.minisig"
complains 'another role'
minisign -S -s bert.key -m "${bundle}" -x wrong.minisig -c 'release of a bundle by an officer' \
    -t 'tally-release-1 SITE1 2 1/1 BERT' >/dev/null
expect 3 release "${bundle}" --signature wrong.minisig
complains 'does not count'
expect 0 release "${bundle}" --signature brought.minisig --json
same 'enough' true "$(jq .enough .stdout)"
same 'who has released it' '["ANNA","BERT"]' "$(jq -c '[.released[].person]' .stdout)"
expect 5 release "${bundle}" --signature brought.minisig
same 'nothing waits' '' "$(waits)"
expect 0 tally-packager write --state p "${bundle}" --to here --staging
expect 0 tally-packager verify-media --site p/SITE.jsonl here

# Laid beside the bundle by hand: noted when somebody looks.
minisign -S -s carl.key -m "${bundle}" -x "${bundle}.rel3.minisig" -c 'release of a bundle by an officer' \
    -t 'tally-release-1 SITE1 1 1/1 CARL' >/dev/null
expect 0 release "${bundle}"
expect 5 release "${bundle}"
same 'lines about it' 3 "$(acts | wc -l)"
printf x >"${bundle}.rel4.minisig"
expect 5 release "${bundle}"
prints 'not counted'
rm "${bundle}.rel4.minisig"

# A bundle with a byte too many, of another station, or that the log does not know.
cp "${bundle}" odd.tally && printf x >>odd.tally
expect 3 release odd.tally --key bert.key
refuses
complains 'do not sign'
tally-packager site init --state q --site SITE2 >/dev/null 2>&1
tally-packager pack --state q --out other >/dev/null
expect 3 release "$(echo other/*.tally)" --key bert.key
complains 'a bundle of site SITE2'
expect 3 tally-packager release --state q "${bundle}" --key bert.key
tally-packager site init --state again --site SITE1 >/dev/null 2>&1
tally-packager pack --state again --out again-out >/dev/null
expect 3 release "$(echo again-out/*.tally)" --key bert.key
complains 'not a bundle that this station'

# A set: one signature of each person over the list of its files; one volume may be released by itself.
expect 0 tally-packager pack --state p --out set --volume-size 1100000 --store --force
volumes=(set/*.tally)
((${#volumes[@]} >= 2)) || fail 'a set needs volumes'
list=${volumes[0]%_V*}_RELEASE.json
expect 2 release "${volumes[0]}" "${volumes[0]}" --key anna.key
refuses
expect 0 release "${volumes[@]}" --key anna.key --dry-run
holds 'a dry run lays no list' test ! -e "${list}"
expect 0 release "${volumes[@]}" --key anna.key
same 'the list' "$(sha256sum "${volumes[@]}" | cut -c -64 | jq -Rc . | jq -sc .)" "$(jq -c .digests "${list}")"
expect 0 minisign -V -p anna.pub -m "${list}" -x "${list}.rel1.minisig"
same 'what waits' \
    'bundle 2 of DEFAULT waits for releases: 2 needed, released by ANNA; still may: BERT, CARL' "$(waits)"
expect 0 release "${volumes[@]}" --print --person BERT
expect 0 bash -c "$(cat .stdout)"
expect 0 release "${volumes[0]}" --key carl.key
expect 5 release "${volumes[@]}"
prints 'enough have released it'
same 'nothing waits' '' "$(waits)"
expect 0 tally-packager write --state p "${volumes[@]}" --to here --staging
holds 'the list travels' test -e "here/TALLY/SITE1/$(basename "${volumes[0]}" .tally)/$(basename "${list}")"
expect 0 tally-packager verify-media --site p/SITE.jsonl here

# The reader counts the same persons.
expect 0 tally-verifier trust add --ledger v.db p/SITE.jsonl --fingerprint "$(site_fingerprint)"
expect 0 tally-verifier check --ledger v.db "${bundle}"
mkdir lost && cp "${bundle}" "${bundle}.minisig" lost
expect 3 tally-verifier check --ledger v.db --json lost/*.tally
prints RELEASE_MISSING

# An officer with a passphrase; it does not stand on a command line.
printf 'correct horse\n' >passphrase
minisign -G -f -p dora.pub -s dora.key >/dev/null 2>&1 < <(printf 'correct horse\ncorrect horse\n')
if [[ -s dora.key ]]; then
    expect 0 tally-packager site revise --state p --add-officer dora.pub=DORA
    expect 0 tally-packager site sign --state p
    expect 0 bash -c "tally-packager release --state p '${bundle}' --key dora.key --passphrase-fd 3 3<passphrase"
    printf 'wrong\n' >passphrase
    expect 1 bash -c "tally-packager release --state p '${bundle}' --key dora.key --passphrase-fd 3 3<passphrase"
fi

# Each bundle that lacks releases is named, not only the newest one.
expect 0 tally-packager pack --state p --out three --force
expect 0 tally-packager pack --state p --out four --force
same 'what waits' 'bundle 3 bundle 4' "$(waits | grep -o '^bundle [0-9]*' | xargs)"
verdict
