#!/usr/bin/env bash
# Names under a policy, from the licence log and the tables of the site to the bundle: who is who on the other side, who
# can be shown again, and, with a thousand planted words, that nothing else leaves and nothing is written beside.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

# Words that stand nowhere else, one kind after the other, in every field of a licence log.
/usr/bin/python3 - <<'PY'
import json
words = iter(f"zq{n:04d}w" for n in range(1000))
kinds = {"user": 300, "client": 200, "cdata": 100, "reason": 60, "feature": 100, "beside": 140, "server": 1, "file": 1,
         "label": 1, "roster": 60, "team": 36, "group": 1}
named = {kind: [next(words) for _ in range(count)] for kind, count in kinds.items()}
assert sum(kinds.values()) == 1000
json.dump(named, open("words.json", "w"))
log = [f"8:00:00 (lmgrd) FLEXnet Licensing started on {named['server'][0]} (linux) (1/5/2026)", "8:00:00 (lmgrd) TIMESTAMP 1/5/2026"]
second = 8 * 3600


def line(text):
    global second
    second += 7
    log.append(f"{second // 3600}:{second // 60 % 60:02}:{second % 60:02} {text}")


for n, user in enumerate(named["user"]):
    client, feature = named["client"][n % 200], named["feature"][n % 100]
    user = [user, user.upper(), "HOLM\\" + user][n % 3]
    if n % 5 == 4:
        line(f'(adskflex) DENIED: "{feature}" {user}@{client}  ({named["reason"][n // 5]} (-4,342))')
    else:
        data = f" [{named['cdata'][n // 3]}]" if n % 3 == 0 else ""
        line(f'(adskflex) OUT: "{feature}" {user}@{client} {data}'.rstrip())
        if n % 2:
            line(f'(adskflex) IN: "{feature}" {user}@{client} ')
for word in named["beside"]:
    line(f"(lmgrd) {word} is a line that no reader knows")
    if word[-2] == "3":
        line(f"(adskflex) OUT: {word} cut")
with open(named["file"][0] + ".log", "w") as out:
    out.write("\n".join(log) + "\n")
with open("roster.csv", "w") as out:
    out.write("user,product,assigned,unassigned,source,team,status\n")
    for n, user in enumerate(named["user"][:200] + named["roster"]):
        out.write(f"{user.capitalize()},Revit,2026-01-01,,manual,{named['team'][n % 36]},active\n")
    out.write(",Revit,2026-01-01,,manual,,active\n")
PY
word() { jq -r ".$1[$2]" words.json; }
label=$(word label 0 | tr a-z A-Z)

expect 0 tally-recorder init --state r --site SITE1 --label "${label}"
expect 0 tally-recorder status --state r
says 'in clear'
expect 0 tally-packager site init --state p --site SITE1
expect 0 tally-packager privacy set --state p --dry-run
holds 'a dry run makes no secret' test ! -e p/privacy.json
expect 1 tally-packager privacy show --state p
refuses
expect 2 tally-packager privacy set --state p --rule user=coarse
refuses
expect 0 tally-packager privacy set --state p --rule reason=omit
expect 5 tally-packager privacy set --state p --rule reason=omit
same 'mode of the secret' 600 "$(stat -c %a p/privacy.json)"
key=$(jq -r '.secrets[0].key' p/privacy.json)
expect 0 tally-packager privacy show --state p --json
holds 'the secret is not shown' test -z "$(grep -F "${key}" .stdout)"

# To the host as a package, sealed to its key.
expect 0 tally-packager site enrol --state p r/enrolment.json --group "$(word group 0)" --out answer
fingerprint=$(tally-packager site show --state p --json | jq -r '.fingerprint')
expect 0 tally-recorder enrol answer --state r --fingerprint "${fingerprint}"
same 'the same policy there' "$(jq -c .policy p/privacy.json)" "$(jq -c .policy r/privacy.json)"
expect 0 tally-recorder status --state r
says 'by policy'
log=$(word file 0).log
{
    tally-recorder import flexnet "${log}" --zone Europe/Madrid --state r &&
        tally-recorder import flexnet - --zone Europe/Madrid --state r <"${log}"
    tally-recorder seal --state r && tally-recorder verify --state r && tally-recorder segments --state r
} >told 2>&1
{
    tally-packager collect --state p r/outbox && tally-packager pack --state p --out out &&
        tally-packager archive list --state p
} >>told 2>&1
bundle=$(echo out/*.tally)
expect 0 tally-packager privacy apply roster.csv --out roster-p.csv --column user --state p
cat .stdout .stderr >>told
says '260 names by policy, 1 not mapped'
says 'line 262: user is empty'
says 'left as they are: product, assigned, unassigned, source, team, status'
expect 0 tally-verifier trust add out/SITE.jsonl --ledger v.db --fingerprint "${fingerprint}"
expect 0 tally-verifier accept "${bundle}" --ledger v.db
cat .stdout .stderr >>told
grep -v '^,' roster-p.csv >known-p.csv
expect 0 tally-verifier import assignments known-p.csv --ledger v.db
cat .stdout .stderr >>told

# A thousand words: where may they be found? user, cdata, reason, file: nowhere behind the recorder.
mkdir -p looked
zstd -dqc r/outbox/*.zst >looked/segments
tar -xf "${bundle}" -C looked && for member in looked/LINES_*.zst; do zstd -dqc "${member}"; done >looked/lines
cp told roster-p.csv looked/
holds 'the secret is nowhere else' test -z "$(grep -rlF "${key}" r p out answer told --exclude=privacy.json)"
strings -n 4 r/journal.db >looked/journal
cat r/journal.db-wal r/enrolment.json r/package.json answer/* 2>/dev/null | strings -n 4 >looked/beside_journal
strings -n 4 v.db >looked/ledger
find p -type f ! -name privacy.json -exec strings -n 4 {} + >looked/station
cat >allowed <<'LIST'
client segments lines journal beside_journal ledger station
feature segments lines journal beside_journal ledger station
server segments lines journal beside_journal ledger station told
label segments lines journal beside_journal ledger station told HOSTS.jsonl
group lines ledger station beside_journal
team roster-p.csv
file told
LIST
/usr/bin/python3 - >found <<'PY'
import json, os
named = json.load(open("words.json"))
allowed = {(kind, place) for kind, *places in (line.split() for line in open("allowed")) for place in places}
allowed |= {("team", "ledger")}  # the table that was handed in is kept there
for place in sorted(os.listdir("looked")):
    text = open(os.path.join("looked", place), "rb").read().lower()
    for kind, words in named.items():
        leaked = [word for word in words if word.encode() in text]
        if leaked and (kind, place) not in allowed:
            print(f"{kind} in {place}: {len(leaked)}, such as {leaked[0]}")
PY
same 'words where no list allows them' '' "$(cat found)"
holds 'client names are there, so the search finds what is there' grep -q "$(word client 0)" looked/lines
same 'persons in the lines, as pseudonyms' 300 "$(grep -oE '"user":"u1_[A-Z2-7]{32}"' looked/lines | sort -u | wc -l)"
same 'persons of the roster that the records know' 200 \
    "$(comm -12 <(cut -d, -f1 roster-p.csv | grep '^u1_' | sort -u) <(grep -oE 'u1_[A-Z2-7]{32}' looked/lines | sort -u) | wc -l)"

# Again: what is a pseudonym stays one. Columns are named where their headings do not say what stands in them.
expect 0 tally-packager privacy apply roster-p.csv --out again.csv --state p
says 'a pseudonym already'
holds 'the same table' cmp roster-p.csv again.csv
expect 2 tally-packager privacy apply roster.csv --out no.csv --column nobody --state p
refuses
expect 2 tally-packager privacy apply roster.csv --out no.csv --column team --state p
refuses
holds 'nothing was written' test ! -e no.csv
printf 'Owner,computer,note\n"%s","pc, ""old""",-\n' "$(word user 0)" >hosts.csv
expect 0 tally-packager privacy apply hosts.csv --out hosts-p.csv --column owner=user --column computer --state p
same 'a table with quotes' "$(grep -m 1 -o 'u1_[A-Z2-7]*' roster-p.csv),\"pc, \"\"old\"\"\",-" "$(tail -n 1 hosts-p.csv)"

# One person, in any spelling; one line; and nothing that was altered.
upper=$(word user 0 | tr a-z A-Z)
expect 0 tally-packager disclose person "X\\${upper}" --out given --state p
file=$(echo given/DISCLOSE_*.json)
pseudonym=$(jq -r .pseudonym "${file}")
holds 'it is in the lines' grep -q "${pseudonym}" looked/lines
expect 0 tally-verifier disclosure "${file}"
prints "${pseudonym} is $(word user 0) (person, epoch 1)"
sed "s/$(word user 0)/$(word user 1)/" "${file}" >other.json
expect 3 tally-verifier disclosure other.json
refuses
seq=$(grep "${pseudonym}" looked/segments | head -n 1 | jq .seq)
expect 0 tally-packager disclose line "${label}" "${seq}" --out given --state p
file=$(echo given/LINE_*.jsonl)
expect 3 tally-verifier disclosure "${file}"
says 'NOT proved'
expect 0 tally-verifier disclosure "${file}" --ledger v.db
prints 'the line is proved'
prints "${pseudonym}"
expect 0 tally-verifier trust add out/SITE.jsonl --ledger empty.db --fingerprint "${fingerprint}"
expect 3 tally-verifier disclosure "${file}" --ledger empty.db
prints 'no accepted bundle holds a seal of that log at that size'
sed '2s/"layer":"feature"/"layer":"package"/' "${file}" >other.jsonl
cmp -s "${file}" other.jsonl && fail 'the sample has no such line'
expect 3 tally-verifier disclosure other.jsonl --ledger v.db
refuses
same 'disclosures in the log of the station' "line person" \
    "$(tally-recorder log --state p/log --json --type disclosed | jq -r .what | sort | tr '\n' ' ' | sed 's/ $//')"

# A new epoch: nobody is recorded twice, sessions end where they began, the log says so.
starts=$(tally-recorder log --state r --json --type start | wc -l)
expect 0 tally-packager privacy rotate --state p
expect 0 tally-packager site policy --state p --out answer2
expect 0 tally-recorder enrol answer2 --state r
printf '23:00:00 (adskflex) OUT: "late" %s@pc\n' "$(word user 1)" | cat "${log}" - >longer.log
expect 0 tally-recorder import flexnet longer.log --zone Europe/Madrid --state r
same 'one start more' "$((starts + 1))" "$(tally-recorder log --state r --json --type start | wc -l)"
same 'epochs in the log' '1 2' "$(tally-recorder log --state r --json --type policy | jq -r .epoch | tr '\n' ' ' | sed 's/ $//')"

# On the other side: the bundle says from which line on, and the number of people is a pair.
tally-recorder seal --state r >.out && tally-recorder segments --state r >.out
expect 0 tally-packager collect --state p r/outbox
expect 0 tally-packager pack --state p --out rotated
expect 0 tally-verifier accept rotated/*.tally --ledger v.db --json
same 'the line of the change' "$(tally-recorder log --state r --json --type policy | jq -r 'select(.epoch == 2).seq')" \
    "$(jq -r '.bundles[].check.findings[] | select(.code == "PSEUDONYM_EPOCH").seq' .stdout)"
printf 'line,agreement,product,metric,quantity,features,start,end\nL1,AG1,late,concurrent,5,late,2020-01-01,2030-12-31\n' >bought.csv
expect 0 tally-verifier import entitlements bought.csv --ledger v.db
expect 4 tally-verifier reconcile --ledger v.db --json
same 'the site' SITE1 "$(jq -r '.findings[] | select(.code == "PSEUDONYM_EPOCH").subject' .stdout)"
same 'one more at the most' 1 "$(jq -r '.findings[] | select(.code == "PSEUDONYM_EPOCH").quantity | .[1] - .[0]' .stdout)"
same 'one in the new epoch' '1 person' \
    "$(jq -r '.findings[] | select(.code == "PSEUDONYM_EPOCH").details["epoch 2"]' .stdout | sed 's/.*, //')"
chmod 644 r/privacy.json
expect 1 tally-recorder import flexnet longer.log --zone Europe/Madrid --state r
complains 'others than its owner may read it'
rm r/privacy.json
expect 1 tally-recorder import flexnet longer.log --zone Europe/Madrid --state r
refuses

# Consent, where it is asked for: without it nothing of a person, with it a pseudonym.
expect 0 tally-packager site init --state q --site SITE2
expect 0 tally-packager privacy set --state q --consent required
printf 'account,user\nlab\\upm,upm.lab\nADM_hig,hig\n' >accounts.csv
expect 0 tally-packager privacy set --state q --aliases accounts.csv
about() { tally-packager disclose person "$1" --state q --out given --dry-run --json | jq -r .about; }
same 'two accounts of one person' "$(about hig)" "$(about 'HOLM\adm_hig')"
holds 'two persons with one name' test "$(about 'LAB\UPM')" != "$(about 'HOLM\upm')"
printf 'account,user\na,b\nA,c\n' >accounts.csv
expect 1 tally-packager privacy set --state q --aliases accounts.csv
refuses
for host in yes no; do
    expect 0 tally-recorder init --state "${host}" --site SITE2 --label "${host^^}"
    cp -p q/privacy.json "${host}/"
done
expect 0 tally-recorder consent given --basis 'works agreement 4' --state yes
expect 0 tally-recorder import flexnet "${log}" --zone Europe/Madrid --state yes
expect 0 tally-recorder import flexnet "${log}" --zone Europe/Madrid --state no
same 'persons without consent' '""' "$(tally-recorder log --state no --json | jq 'select(has("user")).user' | sort -u)"
same 'persons with it' 300 "$(tally-recorder log --state yes --json | jq 'select(has("user")).user' | sort -u | wc -l)"
same 'events are the same' "$(tally-recorder log --state yes --json --type start | wc -l)" "$(tally-recorder log --state no --json --type start | wc -l)"
expect 0 tally-recorder consent withdrawn --basis 'letter of May' --state yes
printf '23:00:00 (adskflex) OUT: "late" %s@pc\n' "$(word user 1)" >>"${log}"
expect 0 tally-recorder import flexnet "${log}" --zone Europe/Madrid --state yes
same 'after it was withdrawn' '' "$(tally-recorder log --state yes --json --type start | tail -n 1 | jq -r .user)"
verdict
