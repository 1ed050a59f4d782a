#!/usr/bin/env bash
# Every --json of the three programs, as they really print it, in good and in bad cases, against its published schema;
# each document spoilt in every place must no longer be valid. JUnit XML of a check as well.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
/usr/bin/python3 -c 'import jsonschema' 2>/dev/null || skip 'no python3-jsonschema'
command -v xmllint >/dev/null || skip 'no xmllint'
command -v age >/dev/null || skip 'no age'
schemas=${tests}/schemas
demo=${tests}/data/demo
used=()
spoil=--self

# valid SCHEMA CODE COMMAND…: its output is of that schema.
valid() {
    local name=$1
    shift
    expect "$@"
    cp .stdout "${name}.json"
    # shellcheck disable=SC2086 # an empty word is no word
    last="validate ${name} after: ${last}"
    /usr/bin/python3 "${schemas}/validate.py" ${spoil} "${name}" "${name}.json" >.stdout 2>.stderr ||
        fail "not of ${name}.schema.json"
    used+=("${name}.schema.json")
}

expect 0 /usr/bin/python3 "${schemas}/validate.py" --schemas
valid keys 0 tally-verifier keys new verifier --json
minisign -G -W -p anna.pub -s anna.key >/dev/null

# Behind the gap.
valid init 0 tally-recorder init --state r --site SITE1 --label LICSRV --json
valid status 0 tally-recorder status --state r --json
valid verify 0 tally-recorder verify --state r --json
valid import-log 0 tally-recorder import flexnet "${tests}/data/flexnet/synthetic.log" --zone Europe/Madrid --state r --json
valid import-log 5 tally-recorder import flexnet "${tests}/data/flexnet/synthetic.log" --zone Europe/Madrid --state r --json
valid import-log 0 tally-recorder import rlm "${tests}/data/rlm/std.log" --zone Europe/Madrid --state r --json
printf 'tally-mapping 1\nformat = csv\nsource = portal\ntime = iso\nproduct = p\nuser = u\nstart = s\n' >portal.mapping
printf 'p,u,s\ncad,ana,2026-03-01T10:00:00Z\ncad,bo,x\n' >portal.csv
valid import-log 0 tally-recorder import table portal.csv --mapping portal.mapping --state r --json
valid import-log 0 tally-recorder import audit "${tests}/data/auditd/synthetic.log" --state r --json
valid import-log 0 tally-recorder import winevt "${tests}/data/winevt/synthetic.xml" --state r --json
valid catalogue 0 tally-recorder catalogue show --program /usr/autodesk/maya2024/bin/maya.bin --code 87545ACD_2022_0F --json
valid catalogue-codes 0 tally-recorder catalogue codes --state r --json
valid seal 0 tally-recorder seal --state r --json
valid seal 5 tally-recorder seal --state r --json
valid status 0 tally-recorder status --state r --json
spoil=
valid log 0 tally-recorder log --state r --json # each type has fields of its own: docs/formats/record.md
spoil=--self
valid segments 0 tally-recorder segments --state r --json
valid prune 5 tally-recorder prune --state r --json
cp -r r broken
LC_ALL=C sed -i 's/"pc1"/"pc9"/g' broken/journal.db
valid verify 3 tally-recorder verify --state broken --json

valid site 0 tally-packager site init --state p --site SITE1 --json
valid site 0 tally-packager site show --state p --json
revise=(tally-packager site revise --state p --json)
valid site 0 "${revise[@]}" --releases 1 --add-officer anna.pub=ANNA
valid site 0 tally-packager site show --state p --json
valid site 0 "${revise[@]}" --withdraw
cp -r p lost
valid site 0 tally-packager site restart --state lost --json
valid collect 3 tally-packager collect --state p r/outbox --json
valid archive-list 0 tally-packager archive list --state p --json
valid site-enrol 0 tally-packager site enrol --state p r/enrolment.json --json
valid site-enrol 5 tally-packager site enrol --state p r/enrolment.json --json
valid pack 0 tally-packager pack --state p --out out --dry-run --json
valid collect 0 tally-packager collect --state p r/outbox --json
valid archive-list 0 tally-packager archive list --state p --json
terms=(tally-packager agreement add --state p --agreement NORD --licensee 'Nordwerk AG' --start 2022-01-01)
valid act 0 "${terms[@]}" --dry-run --json
valid act 0 "${terms[@]}" --json
valid act 5 "${terms[@]}" --json
valid agreements 0 tally-packager agreement list --state p --json
valid station-status 6 tally-packager status --state p --json
valid station-status 0 tally-packager status --state p --as-of 2022-03-11 --json
valid act 0 tally-packager declare nil --state p --agreement NORD --period 2022-Q3 --product NONE --reason x --json
valid pack 0 tally-packager pack --state p --out out --json
bundle=$(echo out/*.tally)
valid inspect 0 tally-packager inspect "${bundle}" --json
valid inspect 0 tally-packager inspect "${bundle}" --lines --json
printf 'pc1\nMaya\n' >words.txt
valid inspect 3 tally-packager inspect "${bundle}" --against "${bundle}" --words words.txt --marking SECRET --json
valid inspect 3 tally-packager inspect r/enrolment.json --json
mkdir medium
valid write 0 tally-packager write --state p "${bundle}" --to medium --staging --dry-run --json
valid write 0 tally-packager write --state p "${bundle}" --to medium --staging --json
valid write 5 tally-packager write --state p "${bundle}" --to medium --staging --json
valid verify-media 0 tally-packager verify-media --state p medium --json
printf x >"$(echo medium/TALLY/SITE1/*/)odd"
valid verify-media 0 tally-packager verify-media --site p/SITE.jsonl medium --json
minisign -G -W -f -p officer.pub -s officer.key >/dev/null 2>&1
tally-packager site revise --state p --add-officer officer.pub=ANNA >/dev/null
tally-packager site sign --state p >/dev/null
valid release 5 tally-packager release --state p "${bundle}" --json
valid release 0 tally-packager release --state p "${bundle}" --print --json
valid release 0 tally-packager release --state p "${bundle}" --key officer.key --dry-run --json
valid release 0 tally-packager release --state p "${bundle}" --key officer.key --json
printf x >"${bundle}.rel2.minisig"
valid release 5 tally-packager release --state p "${bundle}" --key officer.key --json
rm "${bundle}.rel2.minisig"
age-keygen -o age.key 2>/dev/null && age-keygen -y age.key >recipients.txt
valid encrypt 0 tally-packager encrypt --state p "${bundle}" --recipients recipients.txt --dry-run --json
valid encrypt 0 tally-packager encrypt --state p "${bundle}" --recipients recipients.txt --json
valid encrypt 5 tally-packager encrypt --state p "${bundle}" --recipients recipients.txt --json
mkdir closed
valid write 0 tally-packager write --state p "${bundle}.age" --to closed --staging --json
valid verify-media 0 tally-packager verify-media --site p/SITE.jsonl closed --json

# On the connected side.
valid trust 0 tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db --json
valid trust 0 tally-verifier trust list --ledger v.db --json
valid check 3 tally-verifier check "${bundle}" --json
valid check 0 tally-verifier check "${bundle}" --ledger v.db --json
valid check 3 tally-verifier check r/enrolment.json "${bundle}" --ledger v.db --json --junit both.xml
valid accept 0 tally-verifier accept "${bundle}" --ledger v.db --json
valid accept 5 tally-verifier accept "${bundle}" --ledger v.db --json
tally-packager site revise --state p --add-verifier verifier.pub >/dev/null && tally-packager site sign --state p >/dev/null
answer=(tally-verifier receipt issue --ledger v.db --key verifier.key --out answer --json)
valid receipts 0 "${answer[@]}" --dry-run
valid receipts 0 "${answer[@]}" --due 2030-01-01
valid receipts 5 "${answer[@]}"
valid receipts 0 tally-verifier receipt list --ledger v.db --json
tally-verifier receipt secret SITE1.tel >/dev/null
valid receipt-code 0 tally-verifier receipt code --ledger v.db --secret SITE1.tel --json
valid receipt-heard 0 tally-packager receipt code "$(jq -r .code receipt-code.json)" --state p --secret SITE1.tel --json
cp -r answer altered && sed -i 's/"n":1/"n":2/' altered/RCPT_SITE1_000001.json
printf '{}' >altered/RCPT_X.json
valid receipt-import 3 tally-packager receipt import --state p altered --json
valid receipt-import 0 tally-packager receipt import --state p answer --dry-run --json
valid receipt-import 0 tally-packager receipt import --state p answer --json
tally-packager pack --state p --out later --store --force --until 2100-01-01 >/dev/null
valid inspect 0 tally-packager inspect later/*.tally --json
valid acks 0 tally-packager ack --state p --out acks --json
valid archive-prune 5 tally-packager prune --state p --json
valid ladder 0 tally-packager ladder --state p --json
cp out/* .
printf 'xxxx' | dd of="${bundle##*/}" bs=1 seek=700 conv=notrunc status=none
valid accept 3 tally-verifier accept "${bundle##*/}" --ledger v.db --json
valid check 3 tally-verifier check "${bundle##*/}" --ledger v.db --json --junit altered.xml
valid ledger 0 tally-verifier ledger --ledger v.db --json
valid import-inputs 0 tally-verifier import entitlements "${demo}/ent.csv" --ledger v.db --dry-run --json
valid import-inputs 0 tally-verifier import entitlements "${demo}/ent.csv" --ledger v.db --json
valid import-inputs 5 tally-verifier import entitlements "${demo}/ent.csv" --ledger v.db --json
valid import-inputs 0 tally-verifier import assignments "${demo}/asg.csv" --ledger v.db --json
valid inputs 0 tally-verifier inputs --ledger v.db --json
valid joins 0 tally-verifier inputs --joins --ledger v.db --json
tally-verifier reconcile --ledger v.db --json >/dev/null
valid reconcile $? tally-verifier reconcile --ledger v.db --json
finding=$(jq -r '.findings[0].id' reconcile.json)
valid findings 0 tally-verifier findings --ledger v.db --json
valid findings 0 tally-verifier findings export --ledger v.db --json
valid findings-history 0 tally-verifier findings set "${finding}" --owner ana --due 2030-01-01 --ledger v.db --json
valid findings-history 0 tally-verifier findings history "${finding}" --ledger v.db --json
valid rules 0 tally-verifier rules --json
jq -c 'if .name == "renewal_days" then .note = "another" else . end' \
    "${tests}/../verifier/rules/standard.jsonl" >pack.jsonl
valid rules-diff 0 tally-verifier rules --diff pack.jsonl --json
valid explain 0 tally-verifier explain "${finding}" --ledger v.db --json
valid report 0 tally-verifier report --ledger v.db --html x.html --csv csv --json
expect 0 tally-verifier report --ledger v.db --data data.json
spoil=
valid report-data 0 cat data.json
spoil=--self
valid report-data 0 jq -c '.tables |= map_values(.[:2])' data.json
valid review 0 tally-verifier review --ledger v.db --out review --json
valid calendar 6 tally-verifier calendar --ledger v.db --json
valid recompute 0 tally-verifier recompute --ledger v.db --json
valid audit-pack 0 tally-verifier audit-pack --ledger v.db --out pack --unsigned --json
valid audit-pack 3 tally-verifier audit-pack --check pack --json
valid audit-pack-about 0 cat pack/pack.json
valid audit-pack 0 tally-verifier audit-pack --ledger v.db --out red --unsigned --redact --json
valid audit-pack-about 0 cat red/pack.json

# Names.
valid privacy 0 tally-packager privacy set --state p --consent required --json
printf 'user,host,note\nhig,wal1,x\n,wal1,\n' >people.csv
valid privacy-apply 0 tally-packager privacy apply people.csv --out people-p.csv --state p --json
valid disclose 0 tally-packager disclose person hig --out given --state p --json
valid disclosure 0 tally-verifier disclosure given/DISCLOSE_*.json --json
valid disclose 0 tally-packager disclose line LICSRV 1 --out given --state p --json
valid disclosure 0 tally-verifier disclosure given/LINE_*.jsonl --ledger v.db --json
valid consent 0 tally-recorder consent given --basis agreement --state r --json

# Packages of hosts.
tally-recorder init --state r2 --site SITE1 --label PC2 >/dev/null
valid site-enrol 0 tally-packager site enrol --state p r2/enrolment.json --out letters --group Design --json
valid site-policy 0 tally-packager site policy --state p --out letters --dry-run --json
valid site-policy 0 tally-packager site policy --state p --out letters --json
valid site-policy 5 tally-packager site policy --state p --out letters --json
valid enrol 3 tally-recorder enrol letters --state r2 --json
words=$(tally-packager site show --state p --json | jq -r .words)
valid enrol 0 tally-recorder enrol letters --state r2 --fingerprint "${words}" --dry-run --json
valid enrol 0 tally-recorder enrol letters --state r2 --fingerprint "${words}" --json
valid enrol 5 tally-recorder enrol letters --state r2 --json
valid site-retire 0 tally-packager site retire --state p PC2 --reason 'another machine' --json
valid site-retire 5 tally-packager site retire --state p PC2 --reason 'another machine' --json
valid site-hosts 0 tally-packager site hosts --state p --json
valid site-hosts 5 tally-packager site hosts --state p --group NOBODY --json

# No schema without an output that was held to it.
same 'schemas in use' "$(cd "${schemas}/../../docs/reference/schemas" && printf '%s\n' *.json | grep -v ^types)" \
    "$(printf '%s\n' "${used[@]}" | sort -u)"

# JUnit XML.
for file in both altered; do
    expect 0 xmllint --noout --nonet --schema "${schemas}/junit.xsd" "${file}.xml"
done
cases() { xmllint --xpath "count(//testsuite[$1]//testcase${2:-})" both.xml; }
same 'suites' 2 "$(xmllint --xpath 'count(//testsuite)' both.xml)"
same 'cases of each' "$(cases 1)" "$(cases 2)"
same 'failures of a good bundle' 0 "$(cases 2 '[failure]')"
same 'failures as counted' "$(xmllint --xpath 'string(//testsuite[1]/@failures)' both.xml)" "$(cases 1 '[failure]')"
holds 'what is no bundle fails' test "$(cases 1 '[failure]')" -gt 0
same 'the failed case' 1 "$(xmllint --xpath 'count(//testcase[@name="BAD_SIGNATURE"]/failure[@type="refuse"])' altered.xml)"
sed 's/ name="BAD_HASH"//' both.xml >nameless.xml
expect 3 xmllint --noout --nonet --schema "${schemas}/junit.xsd" nameless.xml
verdict
