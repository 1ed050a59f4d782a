#!/usr/bin/env bash
# Machines whose clocks are wrong, each in each step: an honest bundle is never refused for it, and a clock that was
# moved while lines were written is told.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

library=
for candidate in /usr/lib/*/faketime/libfaketime.so.1; do
    [[ -e ${candidate} ]] && library=${candidate}
done
[[ -n ${library} ]] || skip 'no faketime'
# at TIME COMMAND…: the wall clock says TIME, and runs on; what the machine counts since its start is left alone.
at() { LD_PRELOAD=${library} FAKETIME="@$1" FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_RESET=1 "${@:2}"; }
[[ $(at '2001-02-03 04:05:06' date -u +%Y) == 2001 ]] || skip 'faketime does not work here'

head -n 400 "${flexnet}" >first.log
head -n 800 "${flexnet}" >second.log
now='2026-03-01 12:00:00'
# One folder for each story. story NAME then the time of: init, first import, second import, seal, collect, pack, accept.
story() {
    local name=$1
    mkdir "${name}" && cd "${name}" || exit 1
    expect 0 at "$2" tally-recorder init --state r --site SITE1 --label LICSRV
    expect 0 at "$6" tally-packager site init --state p --site SITE1
    expect 0 at "$6" tally-packager site enrol --state p r/enrolment.json
    expect 0 at "$3" tally-recorder import flexnet ../first.log --zone Europe/Madrid --state r
    expect 0 at "$4" tally-recorder import flexnet ../second.log --zone Europe/Madrid --state r
    expect 0 at "$5" tally-recorder seal --state r
    expect 0 at "$5" tally-recorder verify --state r
    expect 0 at "$6" tally-packager collect --state p r/outbox
    expect 0 at "$7" tally-packager pack --state p --out out
    expect 0 at "$8" tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db
    at "$8" tally-verifier check out/*.tally --ledger v.db --json >checked.json
    holds "${name}: not refused" test REJECTED != "$(jq -r '.bundles[0].verdict' checked.json)" >/dev/null
    at "$8" tally-verifier accept out/*.tally --ledger v.db --json >accepted.json
    same "${name}: accept" accepted "$(jq -r '.bundles[0].status' accepted.json)"
    expect 5 at "$8" tally-verifier accept out/*.tally --ledger v.db
    cd ..
}
# findings NAME CODES: what check found, each code once.
findings() { same "$1: findings" "$2" "$(jq -r '[.bundles[0].findings[].code] | unique | join(" ")' "$1/checked.json")"; }

story right "${now}" "${now}" "${now}" "${now}" "${now}" "${now}" "${now}"
findings right ''
for time in '1970-01-01 00:00:05' '1969-12-31 23:00:00' '2038-01-19 03:14:05' '2100-01-01 00:00:00'; do
    name=always-${time%% *}
    story "${name}" "${time}" "${time}" "${time}" "${time}" "${time}" "${time}" "${time}"
    findings "${name}" ''
done
# A wrong clock in one step only, a year ahead and a year behind. Of the recorder's steps each leaves a step of the clock.
steps=(init first second seal collect pack accept)
for year in 2025 2027; do
    for ((step = 0; step < ${#steps[@]}; ++step)); do
        times=("${now}" "${now}" "${now}" "${now}" "${now}" "${now}" "${now}")
        times[step]="${year}${now#2026}"
        name=${steps[step]}-${year}
        story "${name}" "${times[@]}"
        case ${steps[step]} in
        init | first | second | seal | collect) findings "${name}" 'CLOCK_STEP' ;;
        *) findings "${name}" "$(jq -r '[.bundles[0].findings[].code] | unique | join(" ")' "${name}/checked.json")" ;;
        esac
    done
done
verdict
