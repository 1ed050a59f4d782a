#!/usr/bin/env bash
# A journal on a disk that is full, at many amounts of free room: making a log, importing, sealing, dropping. Each time:
# a clear message, what was committed is intact, and the same command completes when there is room. On a real tmpfs.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

[[ $(id -u) == 0 ]] || skip 'needs root to mount a small tmpfs'
if [[ -z ${TALLY_PRIVATE_MOUNTS:-} ]]; then
    unshare --mount true 2>/dev/null || skip 'this machine allows no mount namespace'
    cd / && rm -rf "${scratch}"
    TALLY_PRIVATE_MOUNTS=1 exec unshare --mount --propagation private bash "${tests}/integration/disk_full_journal.sh"
fi

head -n 2000 "${flexnet}" >part.log
tally-recorder init --state ready --site SITE1 --label LICSRV >/dev/null
cp -a ready imported
tally-recorder import flexnet part.log --zone Europe/Madrid --state imported >/dev/null
cp -a imported sealed
rm -rf sealed/outbox
tally-recorder seal --state sealed >/dev/null
rm sealed/outbox/*
# A host two epochs of which every verifier has.
cp -a sealed receipted
tally-packager site init --state p --site SITE1 >/dev/null 2>&1
tally-packager site enrol --state p receipted/enrolment.json >/dev/null
minisign -G -W -p verifier.pub -s verifier.key >/dev/null
tally-packager site revise --state p --add-verifier verifier.pub >/dev/null
tally-packager site sign --state p >/dev/null
fingerprint=$(site_fingerprint)
tally-verifier trust add --ledger v.db p/SITE.jsonl --fingerprint "${fingerprint}" >/dev/null
head -n 6000 "${flexnet}" >longer.log
tally-recorder import flexnet longer.log --zone Europe/Madrid --state receipted >/dev/null
tally-recorder seal --state receipted >/dev/null
tally-recorder segments --redrop --state receipted >/dev/null
tally-packager collect --state p receipted/outbox >/dev/null
tally-packager pack --state p --out out >/dev/null
tally-verifier accept --ledger v.db out/*.tally >/dev/null
tally-verifier receipt issue --ledger v.db --key verifier.key --out answer >/dev/null
tally-packager receipt import --state p answer >/dev/null
tally-packager ack --state p --out letters >/dev/null
expect 0 tally-recorder enrol --state receipted --fingerprint "${fingerprint}" letters
mkdir disk

init() { tally-recorder init --state disk/r --site SITE1 --label LICSRV; }
import() { tally-recorder import flexnet part.log --zone Europe/Madrid --state disk/r; }
seal() { tally-recorder seal --state disk/r; }
redrop() { tally-recorder segments --redrop --state disk/r; }
prune() { tally-recorder prune --state disk/r; }

# full STEP FROM: runs STEP on a copy of FROM with less and less room missing.
full() {
    local step=$1 from=$2 refused=0 free
    for free in 0 4 12 24 36 48 64 96 160 320 640 1280; do
        mount -t tmpfs -o size=64m tally disk || skip 'this machine allows no tmpfs'
        [[ -z ${from} ]] || cp -a "${from}" disk/r
        local size=$(($(df --output=used -k disk | tail -n 1) + free))
        mount -o "remount,size=$((size > 0 ? size : 4))k" disk # 0 would mean no limit
        local lines=0 code=0
        last="${step} with ${free} KiB free"
        "${step}" >"${scratch}/.stdout" 2>"${scratch}/.stderr" </dev/null || code=$?
        mount -o remount,size=64m disk
        if ((code != 0)); then
            refused=$((refused + 1))
            same 'exit code when full' 1 "${code}"
            refuses
            grep -qiE "full|no space left" "${scratch}/.stderr" || fail "does not say that the disk is full"
            complains 'hint:'
            same 'files left behind' '' "$(find disk -name '*.part')"
            if [[ -n ${from} ]]; then
                expect 0 tally-recorder verify --state disk/r
                lines=$(tally-recorder status --state disk/r --json | jq .lines)
                holds 'no line was lost' test "${lines}" -ge "$(tally-recorder status --state "${from}" --json | jq .lines)"
            fi
            expect 0 "${step}"
        fi
        expect 0 tally-recorder verify --state disk/r
        holds 'no log was replaced' test ! -e disk/r/frozen-1
        umount disk
    done
    holds "${step} met a full disk" test "${refused}" -gt 0
}

full init ''
full import ready
full seal imported
full redrop sealed
full prune receipted
verdict
