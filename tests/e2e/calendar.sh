#!/usr/bin/env bash
# The calendar: what is due gives 6 and the command that makes it; what that command made is known, with who, when and
# the digest; a what-if is not.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
demo=${tests}/data/demo
last_month=$(date -u -d "$(date -u +%Y-%m-01) - 1 day" +%Y-%m-%d)
tomorrow=$(date -u -d "$(date -u +%Y-%m-%d) + 1 day" +%Y-%m-%d)

tally-recorder init --state r --site SITE1 --label LICSRV >/dev/null
tally-packager site init --state p --site SITE1 >/dev/null
tally-packager site enrol --state p r/enrolment.json >/dev/null
tally-recorder import flexnet "${flexnet}" --zone Europe/Madrid --state r >/dev/null
tally-recorder seal --state r >/dev/null
tally-packager collect --state p r/outbox >/dev/null
tally-packager pack --state p --out out >/dev/null
expect 0 tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db
expect 0 tally-verifier accept out/*.tally --ledger v.db
expect 0 tally-verifier import entitlements "${demo}/ent.csv" --ledger v.db

state() { jq -r --arg a "$1" --arg p "$2" '.rows[] | select(.activity == $a and .period == $p) | .state' calendar.json; }
calendar() {
    tally-verifier calendar --ledger v.db --on "${tomorrow}" --json >calendar.json
    echo $?
}
month=${last_month:0:7}
same 'exit code while reviews are due' 6 "$(calendar)"
holds 'the month is due or overdue' grep -qE '^(due|overdue)$' <<<"$(state assignment-check "${month}")"
expect 6 tally-verifier calendar --ledger v.db --on "${tomorrow}"
prints 'next: tally-verifier reconcile --as-of '"${last_month}"

# An assumption is no review.
tally-verifier reconcile --ledger v.db --as-of "${last_month}" --what-if 'seats ACD-NET=9' >/dev/null 2>&1
same 'exit code after an assumption' 6 "$(calendar)"
holds 'an assumption does nothing' grep -qE '^(due|overdue)$' <<<"$(state assignment-check "${month}")"

tally-verifier reconcile --ledger v.db --as-of "${last_month}" >/dev/null
same 'exit code while others are due' 6 "$(calendar)"
holds 'the register was made' grep -q '^done' <<<"$(state assignment-check "${month}")"
holds 'the other outputs were not' grep -qE '^(due|overdue)$' <<<"$(state user-audit "${month}")"

expect 0 tally-verifier report --ledger v.db --as-of "${last_month}" --csv csv --html page.html
same 'exit code when all was made' 0 "$(calendar)"
holds 'the tables were made' grep -q '^done' <<<"$(state user-audit "${month}")"
same 'who' "$(id -un)" "$(jq -r '[.rows[].produced.by // empty] | unique | join(" ")' calendar.json)"

# Another process holds the ledger: the report stands, and says that the calendar does not know of it.
exec 9>>v.db.lock
flock 9
expect 0 tally-verifier report --ledger v.db --as-of "${last_month}" --html later.html
complains 'the calendar was not told'
holds 'the report was written' test -s later.html
flock -u 9

expect 2 tally-verifier calendar --ledger v.db --on yesterday
refuses
verdict
