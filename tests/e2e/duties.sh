#!/usr/bin/env bash
# What a site owes, and says: terms, status with its warnings and exit codes, nil returns against what the archive holds,
# gaps, amendments; and that every word reaches the verifier with the next bundle.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

# state DAY PERIOD: what is owed of the period, as of that day; "-" when it is not listed.
state() {
    tally-packager status --state p --as-of "$1" --json |
        jq -r --arg name "$2" '[.agreements[0].periods[] | select(.label == $name) | .state][0] // "-"'
}
size() { tally-packager archive list --state p --json | jq '.logs[0].next'; }

tally-packager site init --state p --site SITE1 >/dev/null 2>&1
expect 0 tally-packager status --state p
prints 'no agreement is noted'

# Terms: once, again, changed, wrong.
nord=(--state p --agreement NORD --licensee 'Nordwerk "AG"' --start 2022-01-01 --zone Europe/Madrid)
before=$(size)
expect 0 tally-packager agreement add "${nord[@]}" --dry-run
prints 'would write'
same 'lines after a dry run' "${before}" "$(size)"
expect 0 tally-packager agreement add "${nord[@]}"
expect 5 tally-packager agreement add "${nord[@]}"
expect 0 tally-packager agreement add "${nord[@]}" --grace 5
expect 0 tally-packager agreement add "${nord[@]}"
expect 0 tally-packager agreement add "${nord[@]}" --grace 5
same 'grace' 5 "$(tally-packager agreement list --state p --json | jq '.agreements[0].grace_days')"
same 'agreements' 1 "$(tally-packager agreement list --state p --json | jq '.agreements | length')"
expect 2 tally-packager agreement add "${nord[@]}" --cadence weekly
expect 2 tally-packager agreement add "${nord[@]}" --end 2021-12-31
expect 2 tally-packager agreement add --state p --agreement NORD --licensee x --start 2022-02-30
expect 2 tally-packager agreement add --state p --agreement NORD --licensee x --start 2022-01-01 --zone Europe/Atlantis
expect 2 tally-packager agreement add --state p --agreement 'Nord AG' --licensee x --start 2022-01-01

# Status: nothing due, due, overdue.
expect 0 tally-packager status --state p --as-of 2022-03-11
prints 'within 30 days'
expect 0 tally-packager status --state p --as-of 2022-04-03
prints 'within 7 days'
expect 6 tally-packager status --state p --as-of 2022-04-10
prints 'due since 2022-04-10, grace until 2022-04-15'
same 'after the grace' overdue "$(state 2022-04-16 2022-Q1)"
expect 2 tally-packager status --state p --as-of 2022-02-29

# Nil returns: of a quarter without use, never of one that is not over or in which the archive holds use.
nil=(tally-packager declare nil --state p --agreement NORD --reason 'works holidays')
expect 0 "${nil[@]}" --period 2022-Q1
expect 5 "${nil[@]}" --period 2022-Q1
expect 5 "${nil[@]}" --period 2022-02-14
same 'the quarter' nil "$(state 2022-04-16 2022-Q1)"
expect 0 tally-packager status --state p --as-of 2022-04-16
expect 3 "${nil[@]}" --from 2022-04-01 --to 2199-12-31
expect 2 "${nil[@]}" --from 2022-04-01
expect 2 "${nil[@]}" --period 2022-Q5
expect 2 "${nil[@]}"
expect 2 tally-packager declare nil --state p --agreement SUED --period 2022-Q1 --reason x

# One was written before the host's lines came; of a later one the station knows better.
tally-recorder init --state r --site SITE1 --label LICSRV >/dev/null
tally-packager site enrol --state p r/enrolment.json >/dev/null 2>&1
expect 0 "${nil[@]}" --from 2022-05-05 --to 2022-05-05
tally-recorder import flexnet "${flexnet}" --zone Europe/Madrid --state r >/dev/null
tally-recorder seal --state r >/dev/null
expect 0 tally-packager collect --state p r/outbox
before=$(size)
expect 3 "${nil[@]}" --period 2022-Q2
complains 'sessions that began'
complains 'hint:'
same 'lines after a refusal' "${before}" "$(size)"
expect 0 "${nil[@]}" --period 2022-Q2 --product NO_SUCH_PRODUCT

# Gaps, amendments, why nothing is sent by itself.
expect 0 tally-packager declare gap --state p --host LICSRV --from 2022-02-01T08:00Z --to 2022-02-01T09:00Z --reason 'repair'
expect 2 tally-packager declare gap --state p --host OTHER --from 2022-02-01 --to 2022-02-02 --reason repair
expect 2 tally-packager declare gap --state p --host LICSRV --from 2022-02-02 --to 2022-02-01 --reason repair
expect 0 tally-packager declare justification --state p --from 2022-01-01 --reason 'no line out'
expect 0 tally-packager declare amendment --state p --agreement NORD --period 2022-Q1 --reason 'server 2 was left out'
expect 0 tally-packager declare amendment --state p --from 2022-02-01 --to 2022-02-02 --host LICSRV --line 3 --reason 'a test'
expect 2 tally-packager declare amendment --state p --from 2022-02-01 --to 2022-02-02 --host LICSRV --line 999999 --reason x
expect 2 tally-packager declare amendment --state p --from 2022-02-01 --to 2022-02-02 --line 3 --reason x

# A clock that is wrong is said to be, and makes no nonsense; anybody can say which day it is.
if command -v faketime >/dev/null; then
    expect 6 faketime 1970-01-03 tally-packager status --state p
    complains 'the clock is behind'
    expect 6 faketime 2199-01-03 tally-packager status --state p
    complains 'the clock is ahead'
    prints 'and earlier periods'
    expect 6 faketime 1970-01-03 tally-packager status --state p --as-of 2022-10-11
    prints 'due since 2022-10-10'
fi

# A bundle answers every period that is over; its reader is told every word.
expect 6 tally-packager status --state p
tally-packager pack --state p --out out --agreement NORD >/dev/null
expect 0 tally-packager status --state p
prints 'no receipt yet'
bundle=$(echo out/*.tally)
tally-verifier trust add --ledger l p/SITE.jsonl --fingerprint "$(site_fingerprint)" >/dev/null
expect 3 tally-verifier check "${bundle}" --ledger l
prints 'note NIL_RETURN'
prints 'note AMENDED'
prints 'warn NIL_CONTRADICTED'
same 'contradictions' 1 "$(grep -c 'NIL_CONTRADICTED' "${scratch}/.stdout")"

# The procedure of this site, with what it knows and nothing of its secrets; twice the same text.
tally-packager site init --state q --site SITE1 >/dev/null 2>&1
tally-packager site enrol --state q r/enrolment.json >/dev/null 2>&1
export TALLY_STATE=q
expect 0 tally-packager agreement add --agreement NORD --licensee 'Nordwerk AG' --cadence quarterly --due 10 --grace 5 \
    --start 2026-01-01 --zone Europe/Berlin
minisign -G -W -p anna.pub -s anna.key >/dev/null && tally-packager site revise --add-officer anna.pub=ANNA --releases 1 >/dev/null
expect 0 tally-packager procedure
holds 'no person who may not release yet' test -z "$(grep ANNA .stdout)"
expect 0 tally-packager site sign
expect 0 tally-packager procedure
cp .stdout procedure.md
for known in "$(tally-packager site show --json | jq -r .words)" "$(jq -r .host r/enrolment.json)" 'Nordwerk AG' \
    'due 10 days after' '1 person of ANNA' 'pack --agreement NORD' 'recorded in clear'; do
    prints "${known}"
done
expect 0 tally-packager procedure
holds 'the same text again' cmp procedure.md .stdout
expect 0 /usr/bin/python3 -B "${tests}/e2e/page_commands.py" procedure.md
expect 0 tally-packager site retire LICSRV --reason 'another machine'
tally-packager privacy set >/dev/null
expect 0 tally-packager procedure
prints 'No host is enrolled'
prints 'by policy, epoch 1'
holds 'no secret' test -z "$(grep -F "$(jq -r '.secrets[0].key' q/privacy.json)" .stdout)"
verdict
