#!/usr/bin/env bash
# The audit pack as an auditor and its owner meet it: whole, signed, the same again, checked by stock tools alone and by
# the program, every alteration named; redacted without one name of a person, and shown to be one with the full pack.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
for tool in minisign jq zstd; do
    command -v "${tool}" >/dev/null || skip "${tool} is not installed"
done
/usr/bin/python3 -c 'import nacl' 2>/dev/null || skip 'python3-nacl is not installed'
day=2022-05-18
packed() { tally-verifier audit-pack --ledger v.db --as-of "${day}" "$@"; }
verified() { bash "$1/verify.sh" "$(sed -n 2p audit.pub)"; }

# Persons whose names stand nowhere else, in records, tables, register; one of them only in an import that is replaced.
sed 's/\bhig@/zaphodine1@/g; s/\bHIG@/ZAPHODINE1@/g; s/\bwufe@/zaphodine2@/Ig' "${flexnet}" >planted.log
estate || exit 1
tally-recorder import flexnet planted.log --zone Europe/Madrid --state r >/dev/null
tally-recorder seal --state r >/dev/null
tally-packager collect --state p r/outbox >/dev/null
tally-packager pack --state p --out out >/dev/null
tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db >/dev/null
tally-verifier accept out/*.tally --ledger v.db --received 2022-06-01 >/dev/null
tally-verifier import entitlements "${tests}/data/demo/ent.csv" --as-of 2022-05-01 --ledger v.db >/dev/null
columns=user,product,assigned,unassigned,source,team,status
printf '%s\nOnlyonce Beeblebrox,Revit,2022-01-01,,manual,Design,active\n' "${columns}" >first.csv
printf '%s\nzaphodine1,Revit,2022-01-01,,manual,Design,active\nQuentulus.Quazgar@example.org,Revit,2022-02-01,,manual,,active\n' "${columns}" >second.csv
expect 0 tally-verifier import assignments first.csv --as-of 2022-04-01 --ledger v.db
expect 0 tally-verifier import assignments second.csv --as-of 2022-05-01 --ledger v.db
tally-verifier reconcile --as-of "${day}" --ledger v.db >/dev/null
finding=$(tally-verifier findings --json --ledger v.db | jq -r '.findings[0].id')
expect 0 tally-verifier findings set "${finding}" --owner 'Trillian Astra' --note 'ask Slartibartfast' --by ford --ledger v.db

# A key of its own, or a clear word.
expect 2 packed --out pack
complains 'unsigned'
expect 1 packed --out pack --key audit.key
complains 'minisign -G'
expect 2 packed --out pack --key p/keys/export.key
complains 'another role'
minisign -G -W -s audit.key -p audit.pub >/dev/null 2>&1
expect 2 packed --out pack --key audit.key --what-if 'seats L1=3'
holds 'nothing is half-made' test ! -e pack -a ! -e pack.part
expect 0 packed --out pack --key audit.key
prints 'signed as tally-audit-pack-1 full 2022-05-18'
for file in README.txt VERIFY.txt verify.sh check-log.py pack.json report.html reconciliation.json register.csv register.json \
    inputs.csv bundles.csv trust/SITE1.jsonl rules.jsonl SHA256SUMS SHA256SUMS.minisig audit.pub tables/findings.csv \
    pulls/1-entitlement-summary.csv pulls/2-assignment-record.csv pulls/3-usage-12-months.csv pulls/4-reconciliation.csv; do
    holds "the pack has ${file}" test -s "pack/${file}"
done
same 'inputs' "$(sha256sum <first.csv)$(sha256sum <second.csv)" \
    "$(sha256sum <pack/inputs/0002_assignments.csv)$(sha256sum <pack/inputs/0003_assignments.csv)"
holds 'the bundle is the one that was accepted' cmp -s out/*.tally pack/bundles/*.tally
holds 'its signature too' cmp -s out/*.minisig pack/bundles/*.minisig
for word in '1. Entitlement summary' '2. Assignment record' '3. Twelve months of usage' '4. Reconciliation' 'missing   twelve months'; do
    holds "the self-assessment has: ${word}" grep -qF "${word}" pack/README.txt
done
holds 'reconciliation' cmp -s pack/reconciliation.json <(tally-verifier reconcile --json --as-of "${day}" --ledger v.db)
same 'twelve months at most' '' "$(awk -F, 'NR > 1 && ($2 < "2021-06" || $2 > "2022-05")' pack/pulls/3-usage-12-months.csv)"

# The recipe, with stock tools alone; the program says the same.
expect 0 verified pack
prints 'GOOD'
prints "$(site_fingerprint)"
expect 0 bash pack/verify.sh
prints 'by the key in the pack itself'
expect 0 tally-verifier audit-pack --check pack --public-key audit.pub
expect 0 tally-verifier audit-pack --check pack --public-key "$(sed -n 2p audit.pub)" --json
same 'status' good "$(jq -r .status .stdout)"
expect 3 tally-verifier audit-pack --check pack
prints 'not known'
expect 3 tally-verifier audit-pack --check pack --public-key p/keys/export.pub
expect 3 bash pack/verify.sh "$(sed -n 2p p/keys/export.pub)"

# The same again, to the byte; what is there stays.
expect 5 packed --out pack --key audit.key
cp -r v.db.bundles w.db.bundles
cp v.db w.db
expect 0 tally-verifier audit-pack --ledger w.db --as-of "${day}" --out again --key audit.key
holds 'the same pack again' diff -r pack again
mkdir other && expect 1 packed --out other --key audit.key
expect 0 packed --out unsigned --unsigned
says UNSIGNED
holds 'the pack says so' test -s unsigned/UNSIGNED.txt
same 'the files are the same' "$(sha256sum <pack/SHA256SUMS)" "$(sha256sum <unsigned/SHA256SUMS)"
expect 0 bash unsigned/verify.sh
prints 'UNSIGNED'
expect 3 tally-verifier audit-pack --check unsigned

# Whatever is done to it is seen by both.
altered() {
    local what=$1
    shift
    rm -rf bad && cp -r pack bad
    (cd bad && "$@")
    expect 3 verified bad
    prints 'NOT GOOD'
    expect 3 tally-verifier audit-pack --check bad --public-key audit.pub
    prints "${what}"
}
altered 'tables/position.csv: was altered' sed -i '2s/1/2/' tables/position.csv
altered 'report.html: is missing' rm report.html
altered 'extra.txt: is not listed' touch extra.txt
altered 'tables/extra: is not listed' ln -s ../report.html tables/extra
altered 'not in the order' sh -c 'sort -r SHA256SUMS >s && mv s SHA256SUMS'
summed_again() { cut -c67- SHA256SUMS | xargs sha256sum >s && mv s SHA256SUMS; }
altered 'SHA256SUMS.minisig' eval 'echo x >>report.html; summed_again'
altered 'made for something else' sh -c 'minisign -S -s ../audit.key -c "signature of an audit pack by tally-verifier" -t "tally-audit-pack-1x full" -m SHA256SUMS </dev/null'
rm -rf bad && cp -r pack bad
bundle=$(cd bad && ls bundles/*.tally)
printf 'xxxx' | dd of="bad/${bundle}" bs=1 seek=3000 conv=notrunc 2>/dev/null
(cd bad && summed_again)
minisign -S -s audit.key -c 'signature of an audit pack by tally-verifier' -t 'tally-audit-pack-1 full 2022-05-18' -m bad/SHA256SUMS >/dev/null 2>&1
expect 3 verified bad
prints 'not signed by an export key'

# Redacted: not one name, and yet it verifies; the two are one.
expect 0 packed --redact --out red --key audit.key
same 'mode of the key of the pseudonyms' 600 "$(stat -c %a red.pseudonym-key)"
holds 'no inputs, no bundles' test ! -e red/inputs -a ! -e red/bundles
names='zaphodine|beeblebrox|onlyonce|quentulus|quazgar|trillian|astra|slartibartfast'
same 'files of the full pack with names' true "$([[ $(grep -rliE "${names}" pack | wc -l) -ge 6 ]] && echo true)"
same 'files with a name' '' "$(grep -rliE "${names}" red)"
users=$(awk -F, 'NR > 1 {print $1}' pack/tables/users.csv | sort -u)
for user in ${users}; do
    same "rows of ${user}" '' "$(awk -F, -v user="${user}" 'NR > 1 && $1 == user' red/tables/users.csv)"
done
same 'as many persons as before' "$(tr '[:upper:]' '[:lower:]' <<<"${users}" | sort -u | wc -l)" \
    "$(awk -F, 'NR > 1 {print $1}' red/tables/users.csv | sort -u | wc -l)"
same 'rows' "$(wc -l <pack/tables/users.csv)" "$(wc -l <red/tables/users.csv)"
same 'numbers' "$(cut -d, -f2- pack/tables/users.csv | sort)" "$(cut -d, -f2- red/tables/users.csv | sort)"
same 'findings whose name still tells whom they are about' '' \
    "$(comm -12 <(awk -F, 'NR > 1 {print $1}' pack/tables/findings.csv | sort) <(awk -F, 'NR > 1 {print $1}' red/tables/findings.csv | sort))"
same 'links to findings lead somewhere' '' \
    "$(comm -23 <(grep -oE 'href="#f-[0-9a-f]+' red/report.html | cut -d- -f2 | sort -u) <(grep -oE 'id="f-[0-9a-f]+' red/report.html | cut -d- -f2 | sort -u))"
holds 'still JSON' jq -e '.format' red/reconciliation.json
expected=P-$(printf 'person\nzaphodine1' |
    openssl dgst -sha256 -mac HMAC -macopt "hexkey:$(cat red.pseudonym-key)" -r | cut -c1-12)
for file in report.html reconciliation.json tables/users.csv tables/assignments.csv; do
    holds "the documented pseudonym stands in ${file}" grep -qF "${expected}" "red/${file}"
done
expect 0 verified red
prints "$(sha256sum <pack/SHA256SUMS | cut -c1-64)"
expect 0 tally-verifier audit-pack --check red --public-key audit.pub
same 'withheld' "$(find pack/inputs pack/bundles -type f | wc -l)" "$(($(wc -l <red/withheld.csv) - 1))"
while IFS=, read -r path _ digest; do
    same "withheld ${path}" "${digest%$'\r'}" "$(sha256sum <"pack/${path}" | cut -c1-64)"
done < <(tail -n +2 red/withheld.csv)
expect 0 packed --redact --out red2 --key audit.key --pseudonym-key red.pseudonym-key
holds 'the same key, the same pack' diff -r red red2
expect 2 packed --redact --out red3 --key audit.key --pseudonym-key red3/key
expect 0 packed --redact --computers --out red4 --key audit.key
computer=$(awk -F, 'NR > 1 && $5 != "" {print $5}' pack/tables/requests.csv | sort | uniq -c | sort -rn | awk 'NR == 1 {print $2}')
if [[ -n ${computer} ]]; then
    holds 'a computer is named' grep -rqF "${computer}" red
    same 'files that name it' '' "$(grep -rlF "${computer}" red4)"
fi
expect 0 verified red4

# What the pack would rest on and is gone is named.
mv v.db.bundles/*.tally aside
expect 1 packed --out gone --key audit.key
complains 'copy of it is missing'
holds 'nothing is half-made' test ! -e gone -a ! -e gone.part
verdict
