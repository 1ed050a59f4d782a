#!/usr/bin/env bash
# The running recorder from outside, with real programs: what it calls durable is on the disk before it says so, nothing of
# that is lost when it is killed, what programs kept while it was away comes once, and a crash ends a session.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
include=${tests}/../include
library=$(cd "${TALLY_BIN}/../lib" && pwd)
export TALLY_STATE=${scratch}/r TALLY_SOCKET=${scratch}/s TALLY_SPOOL=${scratch}/spool LD_LIBRARY_PATH=${library}
service=''
trap '[[ -z ${service} ]] || kill -KILL "${service}"; rm -rf "${scratch}"' EXIT

# up [COMMAND…]: starts the service, below that command, and returns when it listens.
up() {
    mkfifo said
    "$@" tally-recorder run --config recorder.conf --socket "${TALLY_SOCKET}" ${watch:-} >said 2>complaints &
    service=$!
    local line
    while read -r line && [[ ${line} != listening* ]]; do :; done <said
    rm said
    [[ ${line} == listening* ]] || fail "the service did not start: $(cat complaints)"
}
down() {
    kill -"${1:-TERM}" "${service}" && { wait "${service}" 2>/dev/null || true; }
    service=''
}
# lines TYPE [FILTER]: how many there are.
lines() { tally-recorder log --json --type "$1" | jq -c "select(${2:-true})" | wc -l; }

estate
printf 'tally-recorder 1\nreport_s = 1\nseal_every_min = 0\n' >recorder.conf
cc -std=c99 -Wall -Wextra -pedantic -Werror -I "${include}" -o example "${tests}/../docs/operations/example.c" -L "${library}" -ltally
cat >crash.c <<'C'
#include <signal.h>
#include <tally/api.h>
int main(int argc, char **argv) {
    tally_options options = {sizeof options, "1", 0, 0, 0, 10000};
    tally_session *session = 0;
    (void)argv;
    tally_begin(&session, "crashes", &options);
    return argc > 1 ? raise(SIGKILL) : 0;
}
C
cc -std=c99 -I "${include}" -o crash crash.c -L "${library}" -ltally

# Its configuration is small and strict.
expect 0 tally-recorder run --config recorder.conf --check-config
tally-recorder run --config recorder.conf --print-config >whole.conf
expect 0 tally-recorder run --config whole.conf --print-config
same 'printed whole and read again' "$(cat whole.conf)" "$(cat .stdout)"
printf 'tally-recorder 1\n\nscoket = /x\n' >wrong.conf
expect 2 tally-recorder run --config wrong.conf --check-config
refuses
complains 'wrong.conf:3: scoket is no key'
expect 1 tally-recorder session begin --product matlab
refuses
complains 'is the recorder running'
expect 3 tally-recorder doctor
prints 'bad   service'

# A whole program, in C. The answer comes after the lines are on the disk.
up strace -f -qq -s 2000 -o trace -e trace=recvmmsg,sendto,fdatasync,fsync
expect 0 ./example
same 'the program was told' 'begin: durable end: durable' "$(xargs <.stdout)"
same 'one answer after the other, each behind a sync' 'sync answer sync answer' "$(awk '
    /recvmmsg.*"t":"(begin|end)/ && /durable/ { asked = 1; synced = 0 }
    asked && /f(data)?sync\(/ && !synced { printf "sync "; synced = 1 }
    asked && /sendto.*state.*durable/ { printf "answer "; asked = 0 }' <(sed 's/\\"/"/g' trace) | sed 's/ $//')"
same 'the program was recorded' '1 1 1 1 2 1' \
    "$(for type in start used commands end sample identity; do lines "${type}"; done | xargs)"
same 'what it counted' '45 41 3 2' "$(tally-recorder log --json --type commands | jq -r '"\(.started) \(.completed) \(.cancelled) \(.undone)"')"
strace_of=${service}
kill -TERM "$(jq -r .pid r/service.json)"
wait "${strace_of}"
service=''
holds 'nothing is left of the service' test ! -e s -a ! -e r/service.json

# Killed: nothing that it answered for is lost, and the session goes on.
up
expect 0 tally-recorder status --json
same 'status tells of it' "${service}" "$(jq -r .service.pid .stdout)"
expect 0 tally-recorder doctor
prints 'good  socket'
id=$(tally-recorder session begin --product matlab --product-version R2026a --beat 600)
expect 0 tally-recorder session feature "${id}" SIMULINK --count 2
down KILL
same 'its start is there' 1 "$(lines start '.feature == "matlab"')"
expect 3 tally-recorder doctor
prints 'bad   service'
up
expect 0 tally-recorder session commands "${id}" EDIT --started 7 --completed 5
expect 0 tally-recorder session sample "${id}" open --ms 210 --bytes 4096
expect 0 tally-recorder session end "${id}" --product matlab
same 'one start, one end' '1 1' "$(lines start '.feature == "matlab"') $(lines end ".start == $(tally-recorder log --json --type start | jq 'select(.feature == "matlab").seq')")"
same 'its features' 2 "$(tally-recorder log --json --type used | jq 'select(.name == "SIMULINK").count')"
expect 1 tally-recorder session heartbeat "${id}"
refuses
complains 'not open'
expect 2 tally-recorder session heartbeat 5f0c
refuses
expect 10 tally-recorder import flexnet "${flexnet}" --zone Europe/Madrid
refuses
complains 'service runs: stop it'
expect 10 tally-recorder run --socket "${scratch}/other"

# A crash ends the session at once, and so does a program that forgets to end it.
expect 137 ./crash now
expect 0 ./crash
for attempt in 1 2 3 4 5 6 7 8 9; do # the kernel tells of the end after the parent knows
    expect 0 tally-recorder session begin --product "wait${attempt}" --beat 86400
    [[ $(lines end '.kind != "returned"') == 4 ]] && break
done
same 'both have an end' 4 "$(lines end)"

# While it is away programs keep what they have to say: each event comes once, also those of programs that are gone.
down
for _ in 1 2; do
    expect 0 ./example
    same 'nothing is promised' 'begin: spooled end: spooled' "$(xargs <.stdout)"
done
same 'one spool each' 2 "$(find spool -type f | wc -l)"
up
for _ in 1 2 3 4 5 6; do
    ./example >/dev/null
done
same 'the spools are gone' 0 "$(find spool -type f | wc -l)"
same 'every session once' 9 "$(lines start '.feature == "example"')"
same 'every event once' 9 "$(tally-recorder log --json --type used | jq -s 'map(select(.name == "NASTRAN").count) | add')"
printf 'tally-recorder 1\nreport_s = nothing\n' >recorder.conf
kill -HUP "${service}"
expect 0 tally-recorder session begin --product last --beat 86400
holds 'a wrong configuration changes nothing' grep -q 'stays as it is: .*recorder.conf:2' complaints
printf 'tally-recorder 1\nreport_s = 1\n' >recorder.conf
down

# What it recorded is a log like any other, up to the verifier.
expect 0 tally-recorder verify
expect 0 tally-packager collect --state p r/outbox
expect 0 tally-packager pack --state p --out out
tally-verifier trust add --ledger l p/SITE.jsonl --fingerprint "$(site_fingerprint)" >/dev/null
expect 0 tally-verifier accept out/*.tally --ledger l

# The unit of systemd lets it do no more.
expect 0 systemd-analyze security --offline=true --threshold=20 "${tests}/../installer/tally-recorder.service"

# As a user of its own, with two rights and no other.
rights=(--reuid 65534 --regid 65534 --clear-groups --no-new-privs --inh-caps=-all,+net_admin,+sys_ptrace
    --ambient-caps=-all,+net_admin,+sys_ptrace --bounding-set=-all,+net_admin,+sys_ptrace)
if setpriv "${rights[@]}" true 2>/dev/null; then
    mkdir -m 711 own && TALLY_STATE=${scratch}/own/r tally-recorder init --site SITE1 --label OWN >/dev/null
    cp "$(command -v tally-recorder)" own/ # where it was built others may have no business
    chmod 711 "${scratch}" && chown -R 65534:65534 own && touch complaints && chmod 644 recorder.conf
    TALLY_STATE=${scratch}/own/r TALLY_SOCKET=${scratch}/own/s watch=--watch TALLY_TRUST=root \
        PATH=${scratch}/own:${PATH} up setpriv "${rights[@]}"
    holds 'programs are watched' grep -qE '"watch":"(exact|poll_2)"' own/r/service.json
    same 'these rights and no other' '0000000000081000' "$(awk '$1 == "CapEff:" {print $2}' "/proc/${service}/status")"
    TALLY_SOCKET=${scratch}/own/s expect 0 ./example
    same 'it serves other users' 'begin: durable end: durable' "$(xargs <.stdout)"
    down
else
    ((failures > 0)) || skip 'rights cannot be given away here; all before that held'
fi
verdict
