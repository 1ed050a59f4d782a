#!/usr/bin/env bash
# A released bundle leaves encrypted, through the stock program age, and is opened and checked with stock tools on the
# other side; what lacks releases, holds a secret key or was altered on the way does not.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
for program in age age-keygen minisign; do
    command -v "${program}" >/dev/null || skip "no ${program}"
done

encrypt() { tally-packager encrypt --state p "$@"; }

travelled || fail 'could not build the estate'
bundle=$(echo out/*.tally)
name=$(basename "${bundle}")
age-keygen -o reader.key 2>/dev/null
age-keygen -y reader.key >reader.txt
age-keygen -o other.key 2>/dev/null
minisign -G -W -f -p anna.pub -s anna.key >/dev/null 2>&1
expect 0 tally-packager site revise --state p --add-officer anna.pub=ANNA --releases 1
expect 0 tally-packager site sign --state p

# Not before it is released, not for what is no recipient, not without age.
expect 3 encrypt "${bundle}" --recipients reader.txt
refuses
complains 'ANNA may read it'
expect 0 tally-packager release --state p "${bundle}" --key anna.key
expect 1 encrypt "${bundle}" --recipients reader.key
refuses
complains 'secret key'
holds 'the key is not repeated' test -z "$(grep -i 'AGE-SECRET' .stdout .stderr)"
printf 'nobody\n' >nobody.txt
expect 1 encrypt "${bundle}" --recipients nobody.txt
refuses
complains 'encrypt with age'
expect 1 encrypt "${bundle}" --recipients nowhere.txt
expect 1 env PATH="$(dirname "$(command -v tally-packager)")" tally-packager encrypt --state p "${bundle}" --recipients reader.txt
refuses
complains 'apt install age'
same 'nothing was left' '' "$(find out -name '*.age*')"
expect 0 encrypt "${bundle}" --recipients reader.txt --dry-run
same 'a dry run writes nothing' '' "$(find out -name '*.age*')"

expect 0 encrypt "${bundle}" --recipients reader.txt
prints 'encrypted'
before=$(sha256sum <"${bundle}.age")
expect 5 encrypt "${bundle}" --recipients reader.txt
same 'it stays' "${before}" "$(sha256sum <"${bundle}.age")"
rm "${bundle}.age.minisig" # a run that was interrupted before the signature
expect 0 encrypt "${bundle}" --recipients reader.txt
expect 0 minisign -V -p out/export.pub -m "${bundle}.age"
prints 'tally-envelope-1 SITE1 DEFAULT 1 1/1'

# Onto a medium: the envelope and its signature, nothing else; altered, it is found out without opening it.
mkdir medium
expect 0 tally-packager write --state p "${bundle}.age" --to medium --staging --medium STICK
expect 5 tally-packager write --state p "${bundle}.age" --to medium --staging --medium STICK
same 'what is on it' "${name}.age ${name}.age.minisig" "$(find medium -type f -printf '%f\n' | sort | tr '\n' ' ' | sed 's/ $//')"
expect 0 tally-packager verify-media --site p/SITE.jsonl medium
prints 'whole'
holds 'nothing of it can be read' test -z "$(grep -raoF LICSRV medium)"
cp -r medium altered
printf x >>"$(echo altered/TALLY/SITE1/*/"${name}.age")"
expect 3 tally-packager verify-media --site p/SITE.jsonl altered
prints 'damaged'
cp -r medium renamed
mv renamed/TALLY/SITE1/SITE1_USAGE_000001_V1OF1_AGE renamed/TALLY/SITE1/SITE1_USAGE_000002_V1OF1_AGE
for file in renamed/TALLY/SITE1/*/*; do mv "${file}" "${file/000001/000002}"; done
expect 3 tally-packager verify-media --site p/SITE.jsonl renamed
prints 'not that of this envelope'

# On the other side, with stock tools.
mkdir there
cp "$(echo medium/TALLY/SITE1/*/"${name}.age")" there
fingerprint=$(site_fingerprint)
cd there || exit 1
expect 1 bash -c "age -d -i ../other.key '${name}.age' | tar -t 2>/dev/null; exit \${PIPESTATUS[0]}"
expect 0 bash -c "age -d -i ../reader.key '${name}.age' | tar -x"
same 'what comes out' "${name} ${name}.minisig ${name}.rel1.minisig" \
    "$(find . -type f ! -name '*.age' ! -name '.std*' -printf '%f\n' | sort | tr '\n' ' ' | sed 's/ $//')"
holds 'the very bundle' cmp "${name}" "../${bundle}"
expect 0 tally-verifier trust add ../p/SITE.jsonl --fingerprint "${fingerprint}" --ledger v.db
expect 0 tally-verifier accept "${name}" --ledger v.db
same 'members in the order of the format' "${name}.minisig ${name}.rel1.minisig ${name}" \
    "$(age -d -i ../reader.key "${name}.age" | tar -t | tr '\n' ' ' | sed 's/ $//')"
cd ..

# A set: its list and the releases over it go along.
expect 0 tally-packager pack --state p --out set --volume-size 1100000 --store --force
volumes=(set/*.tally)
expect 0 tally-packager release --state p "${volumes[@]}" --key anna.key
expect 0 encrypt "${volumes[@]}" --recipients reader.txt
second=$(basename "${volumes[1]}")
list=${second%_V*}_RELEASE.json
same 'members of the second' "${second}.minisig ${list} ${list}.rel1.minisig ${second}" \
    "$(age -d -i reader.key "${volumes[1]}.age" | tar -t | tr '\n' ' ' | sed 's/ $//')"

verdict
