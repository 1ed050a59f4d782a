#!/usr/bin/env bash
# A disk that is full, at every amount of free room from none up to enough: a clear message, the previous state intact,
# and the same command completes once there is room. Import, seal, collect, pack, accept, report; on a real tmpfs.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

[[ $(id -u) == 0 ]] || skip 'needs root to mount a small tmpfs'
if [[ -z ${TALLY_PRIVATE_MOUNTS:-} ]]; then
    unshare --mount true 2>/dev/null || skip 'this machine allows no mount namespace'
    cd / && rm -rf "${scratch}"
    TALLY_PRIVATE_MOUNTS=1 exec unshare --mount --propagation private bash "${tests}/e2e/disk_full.sh"
fi

# What each step starts from, made once on a disk with room.
mkdir base && cd base || exit 1
estate || fail 'could not build the estate'
head -n 3000 "${flexnet}" >part.log
cp -a ../base ../for_import
tally-recorder import flexnet part.log --zone Europe/Madrid --state r >/dev/null
cp -a ../base ../for_seal
tally-recorder seal --state r >/dev/null
cp -a ../base ../for_collect
tally-packager collect --state p r/outbox >/dev/null
cp -a ../base ../for_pack
tally-packager pack --state p --out out >/dev/null
tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db >/dev/null
cp -a ../base ../for_accept
tally-verifier accept out/*.tally --ledger v.db >/dev/null || fail 'accept'
tally-verifier import entitlements "${tests}/data/demo/ent.csv" --ledger v.db >/dev/null || fail 'entitlements'
tally-verifier import assignments "${tests}/data/demo/asg.csv" --ledger v.db >/dev/null || fail 'assignments'
cp -a ../base ../for_report
cd ..

step_import() { tally-recorder import flexnet part.log --zone Europe/Madrid --state r; }
step_seal() { tally-recorder seal --state r; }
step_collect() { tally-packager collect --state p r/outbox; }
step_pack() { tally-packager pack --state p --out out; }
step_accept() { tally-verifier accept out/*.tally --ledger v.db; }
step_report() { tally-verifier report --ledger v.db --html report.html --csv csv/; }

# The state is sound: by the programs' own full checks, and no half-written file bears a final name.
sound_import() { tally-recorder verify --state r; }
sound_seal() { tally-recorder verify --state r; }
sound_collect() { tally-packager archive list --state p --json; }
sound_pack() {
    local bundle
    tally-packager archive list --state p || return 1
    for bundle in out/*.tally; do
        [[ ! -e ${bundle}.minisig ]] || minisign -Vq -p p/keys/export.pub -m "${bundle}" || return 1
    done
}
sound_accept() { test "$(sqlite_check v.db)" = ok; }
sound_report() { test "$(sqlite_check v.db)" = ok; }
sqlite_check() {
    /usr/bin/python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("pragma integrity_check").fetchone()[0])' "$1"
}

# Nothing is missing after collecting: the bundle made from it is OK and has all lines of the log.
arrived() {
    tally-packager pack --state p --out out >/dev/null || fail 'cannot pack what was collected'
    tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db >/dev/null
    expect 0 tally-verifier check out/*.tally --ledger v.db
    holds 'all lines arrived' grep -qE "LICSRV +recorder +0 +$(tally-recorder status --state r --json | jq -r .lines) " \
        "${scratch}/.stdout"
}

mkdir disk
for step in import seal collect pack accept report; do
    refused=0
    for free in 0 4 16 40 100 200 400 800 1600 3200; do
        mount -t tmpfs -o size=64m tally disk || skip 'this machine allows no tmpfs'
        cp -a "for_${step}/." disk/
        used=$(df --output=used -k disk | tail -n 1)
        mount -o "remount,size=$((used + free))k" disk
        cd disk || exit 1
        code=0
        last="step_${step} with ${free} KiB free"
        "step_${step}" >"${scratch}/.stdout" 2>"${scratch}/.stderr" </dev/null || code=$?
        if ((code != 0)); then
            refused=$((refused + 1))
            same 'exit code when full' 1 "${code}"
            refuses
            grep -qiE 'no space left|disk is full|full' "${scratch}/.stderr" || fail 'does not say that the disk is full'
            complains hint:
            mount -o remount,size=64m .
            "sound_${step}" >"${scratch}/.stdout" 2>"${scratch}/.stderr" || fail 'the previous state is not intact'
            same 'files left behind' '' "$(find . -name '*.part')"
            "step_${step}" >"${scratch}/.stdout" 2>"${scratch}/.stderr" </dev/null || again=$?
            # What was taken in before the disk was full is not taken in again.
            [[ ${again:-0} == 0 || ${step} == collect && ${again} == 5 ]] || fail "with room: exit code ${again}"
            unset again
        fi
        "sound_${step}" >"${scratch}/.stdout" 2>"${scratch}/.stderr" || fail 'the state is not sound'
        [[ ${step} != collect ]] || arrived
        cd ..
        umount disk
        ((code != 0)) || break
    done
    printf '%s: refused at %d amounts of free room, then completed\n' "${step}" "${refused}"
    holds "${step} met a full disk" test "${refused}" -gt 0
    holds "${step} completes with room" test "${code}" = 0
done
verdict
