#!/usr/bin/env bash
# What a hostile medium or a neighbour puts in the place of a file: links, FIFOs, devices, folders, names that try to
# climb out, a file that changes while it is read, folders that everybody may write to. Nothing blocks, nothing outside
# is read or touched.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

travelled || fail 'could not build the estate'
bundle=$(echo out/*.tally)
expect 0 tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db
mkdir outside && printf 'mine\n' >outside/precious
cp "${bundle}" outside/real.tally && cp "${bundle}.minisig" outside/real.tally.minisig
untouched() { same 'the file outside' mine "$(cat outside/precious)"; }

# strange NAME: every kind of thing that is no regular file, under that name, one after the other.
kinds=(link dangling fifo folder device socket)
strange() {
    rm -rf "$2"
    case $1 in
    link) ln -s "$(realpath "$3")" "$2" ;;
    dangling) ln -s "${scratch}/nowhere" "$2" ;;
    fifo) mkfifo "$2" ;;
    folder) mkdir "$2" ;;
    device) ln -s /dev/zero "$2" && { [[ $(id -u) != 0 ]] || { rm "$2" && mknod "$2" c 1 5 2>/dev/null || ln -s /dev/zero "$2"; }; } ;;
    socket) /usr/bin/python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$2" ;;
    esac
}

for kind in "${kinds[@]}"; do
    # The bundle itself: an error of the machine, at once.
    strange "${kind}" in.tally outside/real.tally
    cp "${bundle}.minisig" in.tally.minisig
    expect 1 timeout 20 tally-verifier check in.tally --ledger v.db
    refuses
    expect 1 timeout 20 tally-verifier accept in.tally --ledger v.db
    refuses
    expect 1 timeout 20 tally-packager inspect in.tally
    refuses
    # Its signature: refused by name.
    rm -rf in.tally && cp "${bundle}" in.tally
    strange "${kind}" in.tally.minisig outside/real.tally.minisig
    expect 3 timeout 20 tally-verifier check in.tally --ledger v.db
    says BAD_SIGNATURE
    rm -rf in.tally in.tally.minisig
    # A site file.
    strange "${kind}" SITE.jsonl p/SITE.jsonl
    expect 1 timeout 20 tally-verifier trust add SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger other.db
    refuses
    rm -rf SITE.jsonl
    # A segment on a medium: skipped, the honest ones beside it are taken.
    segment=$(basename "$(echo r/outbox/SEG_*.zst | cut -d ' ' -f 1)")
    mkdir -p medium
    strange "${kind}" "medium/${segment}" "r/outbox/${segment}"
    before=$(tally-packager archive list --state p --json | jq -c .logs)
    timeout 20 tally-packager collect --state p medium >/dev/null 2>&1
    code=$?
    holds "collect of a ${kind} ends" test "${code}" -le 5
    same "archive after a ${kind}" "${before}" "$(tally-packager archive list --state p --json | jq -c .logs)"
    rm -rf medium
    untouched
done

# Names that climb, and names that nobody expects: files by such names are only ever opened as they stand.
mkdir -p medium
cp r/outbox/SEG_*.zst medium/
printf 'x' >"medium/SEG_..%2F..%2Foutside%2Fprecious.jsonl.zst"
printf 'x' >$'medium/SEG_\n\x1b[2J.jsonl.zst'
printf 'x' >'medium/-rf'
expect 3 timeout 20 tally-packager collect --state p medium
holds 'no terminal is told what to do' sh -c '! cat .stdout .stderr | grep -q "$(printf "\\033")"'
expect 0 tally-packager archive list --state p
holds 'nor by the list' sh -c '! cat .stdout .stderr | grep -q "$(printf "\\033")"'
untouched

# Members whose names climb are refused, and nothing is written by any name that a bundle holds.
/usr/bin/python3 - "${bundle}" climbing.tally <<'PYTHON'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
at = data.index(b"HOSTS.jsonl\0")
data[at:at + 24] = b"../outside/precious".ljust(24, b"\0")
data[at + 148:at + 156] = b" " * 8
data[at + 148:at + 156] = b"%06o\0 " % sum(data[at:at + 512])
open(sys.argv[2], "wb").write(data)
PYTHON
cp "${bundle}.minisig" climbing.tally.minisig
expect 3 timeout 20 tally-verifier check climbing.tally --ledger v.db
says REJECTED
expect 3 timeout 20 tally-verifier accept climbing.tally --ledger v.db
untouched

# A name that is exchanged all the time, and a file that changes while it is read: each check sees one whole file, old or
# new, or something that is refused; never a mixture that is OK.
cp "${bundle}" good.tally && cp "${bundle}" bad.tally
printf 'XXXX' | dd of=bad.tally bs=1 seek=20000 conv=notrunc status=none
cp good.tally swapped.tally && cp "${bundle}.minisig" swapped.tally.minisig
digest=$(sha256sum <good.tally | cut -d ' ' -f 1)
/usr/bin/python3 - <<'PYTHON' &
import os, shutil, time
good, bad = open("good.tally", "rb").read(), open("bad.tally", "rb").read()
end = time.monotonic() + 60
while time.monotonic() < end and not os.path.exists("stop"):
    for source in ("bad.tally", "good.tally"):
        shutil.copyfile(source, "next.tally"); os.replace("next.tally", "swapped.tally")
    with open("swapped.tally", "r+b") as file:
        file.write(bad); file.seek(0); file.write(good)
    os.symlink("outside/real.tally", "next.tally"); os.replace("next.tally", "swapped.tally")
PYTHON
swapper=$!
ok=0 refused=0
for _ in $(seq 40); do
    timeout 20 tally-verifier check swapped.tally --ledger v.db --json >swapped.json 2>/dev/null
    case $? in
    0)
        ok=$((ok + 1))
        same 'what was found OK' "${digest}" "$(jq -r '.bundles[0].sha256' swapped.json)"
        ;;
    1 | 3) refused=$((refused + 1)) ;;
    *) fail 'neither an answer nor an error' ;;
    esac
done
touch stop
wait "${swapper}"
printf 'a file exchanged while it is checked: %s times OK, %s times refused\n' "${ok}" "${refused}"
holds 'each outcome was met' test "${refused}" -gt 0

# Folders that everybody may write to: a neighbour's link in the place of what is written is replaced, not followed.
mkdir -m 1777 shared
ln -s "${scratch}/outside/precious" shared/export.pub
ln -s "${scratch}/outside/precious" shared/export.pub.part
ln -s "${scratch}/outside/precious" shared/VERIFY.TXT.part
expect 0 tally-packager pack --state p --out shared --again 1
untouched
holds 'the key is a file of its own' test ! -L shared/export.pub
ln -sfn "${scratch}/outside/precious" shared/report.html
ln -sfn "${scratch}/outside/precious" shared/report.html.part
expect 0 tally-verifier accept "${bundle}" --ledger v.db
tally-verifier report --ledger v.db --html shared/report.html >/dev/null 2>&1
untouched
# An outbox that was replaced by a link to elsewhere: what lies there stays as it is.
mv r/outbox kept && ln -s "${scratch}/outside" r/outbox
before=$(cd outside && sha256sum -- * | sha256sum)
timeout 20 tally-recorder segments --state r --redrop >/dev/null 2>&1
same 'what was there before' "${before}" "$(cd outside && sha256sum precious real.tally real.tally.minisig | sha256sum)"
untouched
verdict
