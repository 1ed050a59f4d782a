#!/usr/bin/env bash
# Secrets in memory are locked, and nothing depends on it; state lies in one user's hands, or is refused; what is made
# under a careless umask is still for its owner alone; what a killed run left behind is swept up.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
for program in setpriv prlimit; do command -v "${program}" >/dev/null || skip "no ${program}"; done

# A station whose export key has a passphrase (one that costs no second of work), with policy, and a host.
estate || exit 1
tally-packager privacy set --state p >/dev/null
for half in key pub; do cp "${tests}/data/minisig/stock_passphrase.${half}" "p/keys/export.${half}"; done
chmod 600 p/keys/export.key
{ tally-packager site revise --state p --add-export p/keys/export.pub && tally-packager site sign --state p; } >/dev/null

# While the passphrase is typed in: passphrase, epoch key of the station's log and pseudonym secret are in memory.
slot=p/log/key.0
[[ $(tr -d '\0' <"${slot}" | wc -c) != 0 ]] || slot=p/log/key.1
seed=$(od -An -v -tx1 -j24 -N32 "${slot}" | tr -d ' \n')
secret=$(jq -r '.secrets[0].key' p/privacy.json)
got=0
/usr/bin/python3 -B "${tests}/e2e/secret_memory.py" 'pw one' "${seed}" "${secret}" -- \
    tally-packager site policy --state p --out letters >.looked || got=$?
[[ ${got} != 77 ]] || skip "$(cat .looked)"
holds "secrets only in locked memory: $(cat .looked)" test "${got}" = 0

# Where nothing may be locked, everything goes on, and status says it.
unlocked() {
    local without=()
    [[ $(id -u) != 0 ]] || without=(setpriv --bounding-set=-ipc_lock)
    "${without[@]}" prlimit --memlock=0:0 "$@"
}
same 'ordinarily' locked "$(tally-recorder status --state r --json | jq -r .memory)"
head -n 500 "${flexnet}" >part.log
expect 0 unlocked tally-recorder import flexnet part.log --zone Europe/Madrid --state r
same 'complaints' '' "$(cat .stderr)"
expect 0 unlocked tally-recorder seal --state r
expect 0 unlocked tally-recorder verify --state r
expect 0 unlocked tally-recorder status --state r
prints 'may be swapped to the disk'
expect 0 unlocked tally-recorder status --state r --json
same 'status of the host' swappable "$(jq -r .memory .stdout)"
expect 0 unlocked tally-packager collect --state p r/outbox
expect 0 unlocked tally-packager pack --state p --out out --passphrase-fd 3 3< <(printf 'pw one\n')
expect 0 unlocked tally-packager status --state p
prints 'may be swapped to the disk'
expect 0 tally-packager status --state p
holds 'nothing is said of it ordinarily' test "$(grep -c swapped .stdout)" = 0

# State in other hands is refused by whatever writes there, and nothing is changed; the command that is named mends it.
tally-packager site show --state p --json | jq -r .words >words
mkdir ledger
expect 0 tally-verifier trust add p/SITE.jsonl --fingerprint "$(cat words)" --ledger ledger/v.db
contents() { find r p ledger -type f ! -name '*-shm' ! -name '*-wal' -exec sha256sum {} + | sort | sha256sum; }
refused_in() {
    local folder=$1 mode before
    shift
    mode=$(stat -c %a "${folder}")
    chmod o+w "${folder}"
    before=$(contents)
    expect 1 "$@"
    refuses
    complains 'everybody on this machine may write into it'
    same 'nothing is changed' "${before}" "$(contents)"
    eval "$(sed -n 's/^hint: .*: \(chmod o-w .*\)/\1/p' .stderr)"
    same "mode of ${folder}" "${mode}" "$(stat -c %a "${folder}")"
}
refused_in r tally-recorder import flexnet "${flexnet}" --zone Europe/Madrid --state r
refused_in r tally-recorder seal --state r
refused_in p tally-packager collect --state p r/outbox
refused_in p/keys tally-packager collect --state p r/outbox
refused_in p/log tally-packager collect --state p r/outbox
refused_in ledger tally-verifier accept out/*.tally --ledger ledger/v.db
mkdir shared && chmod 1777 shared
expect 0 tally-recorder init --state shared/below --site SITE1 --label BELOW
chmod 777 shared
expect 1 tally-recorder seal --state shared/below
expect 0 env TALLY_TRUST=everybody tally-recorder seal --state shared/below
expect 1 tally-packager site init --state shared/station --site SITE4
holds 'no folder was made' test ! -e shared/station
expect 0 tally-recorder status --state shared/below
if [[ $(id -u) == 0 ]]; then
    chmod 755 shared && chown nobody shared/below
    expect 1 tally-recorder seal --state shared/below
    complains 'it belongs to another user, nobody'
    chown root shared/below
    chgrp nogroup r && chmod 770 r
    expect 1 tally-recorder seal --state r
    complains 'the group nogroup may write into it'
    expect 0 env TALLY_TRUST=staff,nogroup tally-recorder import flexnet "${flexnet}" --zone Europe/Madrid --state r
    chmod 700 r
fi

# A careless umask: nothing below a state may be written by others, nothing secret be read.
(
    umask 000
    mkdir -m 755 careless && cd careless || exit 1
    travelled
    tally-packager privacy set --state p >/dev/null
    tally-packager site policy --state p --out letters >/dev/null
    tally-recorder enrol letters --state r --fingerprint "$(site_fingerprint)" >/dev/null
    tally-verifier keys new verifier >/dev/null 2>&1
    tally-verifier receipt secret SITE1.tel >/dev/null
    tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db >/dev/null
    tally-verifier accept out/*.tally --ledger v.db >/dev/null
)
same 'folders of a state' '700 700' "$(stat -c %a careless/r careless/p | xargs)"
same 'files that others may write' '' "$(find careless -type f -perm /022)"
same 'secrets that others may read' '' "$(find careless \( -name 'key.[01]' -o -name '*.key' -o -name privacy.json \
    -o -name '*.tel' -o -name 'import.secret' \) -type f -perm /077)"
holds 'there are some' test "$(find careless \( -name 'key.[01]' -o -name '*.key' -o -name privacy.json \) | wc -l)" -ge 9

# What a killed run left in the temporary folder goes with the next one; what somebody works in stays.
export TMPDIR=${scratch}/tmp
mkdir -p "${TMPDIR}/tally-recompute-killed" "${TMPDIR}/tally-recompute-works0"
cp ledger/v.db "${TMPDIR}/tally-recompute-killed/ledger.db"
exec 8<"${TMPDIR}/tally-recompute-works0"
flock 8
expect 0 tally-verifier accept out/*.tally --ledger ledger/v.db
expect 0 tally-verifier recompute --ledger ledger/v.db
same 'left' 'tally-recompute-works0' "$(ls "${TMPDIR}")"
verdict
