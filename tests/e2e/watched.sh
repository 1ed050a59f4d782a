#!/usr/bin/env bash
# Programs of the catalogue are seen by the running recorder, which is killed, stopped and booted anew meanwhile; what it
# wrote is proved and counted on the connected side.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
((EUID == 0)) || skip 'not root: the kernel tells only root of every program'
command -v jq >/dev/null || skip 'jq is not installed'
actor=${TALLY_BIN}/process_actor
[[ -x ${actor} ]] || skip "no ${actor}"
service='' boot=''
trap '[[ -z ${service} ]] || kill -KILL "${service}"; rm -rf "${scratch}"' EXIT

up() {
    mkfifo said
    # shellcheck disable=SC2016
    unshare -m sh -c '[ ! -f "$1" ] || mount --bind "$1" /proc/sys/kernel/random/boot_id; shift; exec "$@"' sh "${boot}" \
        tally-recorder run --watch --state r --config recorder.conf --socket s >said 2>complaints &
    service=$!
    local line
    while read -r line && [[ ${line} != listening* ]]; do
        [[ ${line} != watching* ]] || watching=${line}
    done <said
    rm said
    [[ ${line} == listening* ]] || fail "the service did not start: $(cat complaints)"
}
down() {
    kill -"${1:-TERM}" "${service}" && { wait "${service}" 2>/dev/null || true; }
    service=''
}
# started NAME PROGRAM WORD…: lives until `ended NAME`.
started() {
    local name=$1 program=$2
    shift 2
    mkdir -p "${program%/*}"
    [[ -x ${program} ]] || cp "${actor}" "${program}"
    mkfifo "${name}.in"
    "${program}" "$@" <"${name}.in" 2>/dev/null &
    echo $! >"${name}.pid"
    sleep infinity >"${name}.in" &
    echo $! >"${name}.feeder"
    until [[ $(readlink "/proc/$(cat "${name}.pid")/exe") == *"/${program}" ]]; do :; done # then the kernel has told it
}
ended() {
    kill "$(cat "$1.feeder")"
    wait "$(cat "$1.pid")" 2>/dev/null || true
}
lines() { tally-recorder log --json --state r --type "$1" | jq -c "select(${2:-true})"; }
# awaited COUNT TYPE [FILTER]: so many lines, at the latest after a while.
awaited() {
    local tries=0
    until (($(lines "$2" "${3:-true}" | wc -l) >= $1)) || ((++tries > 200)); do sleep 0.05; done
    same "lines of $2 ${3:-}" "$1" "$(lines "$2" "${3:-true}" | wc -l)"
}

# What is shorter than a second is no gap.
next_second() {
    local now=${EPOCHSECONDS}
    until ((EPOCHSECONDS > now + 1)); do sleep 0.05; done
}

estate
printf 'tally-recorder 1\nseal_every_min = 0\nheartbeat_s = 1\n' >recorder.conf
started before maya2025/bin/maya.bin wait 0
up
[[ ${watching} == *'as the kernel tells'* ]] || skip "${watching}"
awaited 1 start '.feature == "maya" and .version == "2025"'
started first maya2026/bin/maya.bin wait 0
awaited 1 start '.version == "2026" and .fidelity == "exact" and .user == "root" and .class == "interactive" and has("at")'
started second maya2026/bin/maya.bin wait 0 # the same session
started other maya2026/bin/maya.other wait 0
ended first
started crashing maya2027/bin/maya.bin crash
awaited 1 start '.version == "2027"'
ended crashing
awaited 1 end '.kind == "core" and has("at")'
same 'sessions' 3 "$(lines start | wc -l)"

# Killed: what is gone meanwhile ends in a range, what is there goes on. A clean stop leaves nothing to guess.
down KILL
ended second
next_second
up
awaited 1 end '.kind == "lost_recorder_restart" and .at_from < .at_to'
awaited 1 gap '.kind == "recorder_off" and .from < .to'
down
up
same 'ends' 2 "$(lines end | wc -l)"

# Another boot: nothing of the one before runs any more.
down KILL
printf '%s\n' 00000000-0000-4000-8000-000000000001 >boot
boot=boot
up
awaited 1 end '.kind == "lost_reboot"'
same 'found again' 1 "$(lines start '.version == "2025" and .boot == "00000000000040008000000000000001"' | wc -l)"
down
ended before
ended other
expect 0 tally-recorder verify --state r

# Proved and counted.
expect 0 tally-packager collect --state p r/outbox
expect 0 tally-packager pack --state p --out out
expect 0 tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db
expect 0 tally-verifier accept out/*.tally --ledger v.db
expect 0 tally-verifier report --ledger v.db --html page.html --csv csv
# 2025 before and after the other boot, 2026, 2027.
same 'counted' 'MAYA,4,root' "$(jq -rRs 'split("\n")[1] | split(",") | [.[0], .[2]] | join(",")' csv/products.csv),$(
    sed -n '2s/,.*//p' csv/users.csv)"
verdict
