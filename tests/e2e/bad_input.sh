#!/usr/bin/env bash
# Every kind of bad input to every command that reads some: a clear error or a counted diagnostic, the right exit
# code, and nothing half-written: after each, the states are what they were.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

travelled || fail 'could not build the estate'
bundle=$(echo out/*.tally)
tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db >/dev/null || fail 'trust'

recorder_lines() { tally-recorder status --state r --json | jq -r .lines; }
archive_state() { tally-packager archive list --state p --json | jq -c .logs; }
before_r=$(recorder_lines)
before_p=$(archive_state)
# unchanged: no state moved, no temporary file was left.
unchanged() {
    same 'lines of the journal' "${before_r}" "$(recorder_lines)"
    same 'archive' "${before_p}" "$(archive_state)"
    same 'files left behind' '' "$(find . -name '*.part' -o -name '*.tmp')"
    expect 0 tally-recorder verify --state r
}

# What is no file to read: missing, empty, a directory, a FIFO (must not block), a file without permission.
mkdir folder
mkfifo pipe
: >empty
head -c 5000 /dev/urandom >binary
import() { timeout 20 tally-recorder import flexnet "$@" --zone Europe/Madrid --state r; }
for name in missing folder pipe; do
    expect 1 import "${name}"
    refuses
    complains "${name}"
    expect 1 timeout 20 tally-verifier check "${name}"
    refuses
    expect 1 timeout 20 tally-packager site enrol --state p "${name}"
    refuses
    expect 1 timeout 20 tally-verifier trust add "${name}" --fingerprint 00 --ledger v.db
    refuses
    for kind in entitlements assignments; do
        expect 1 timeout 20 tally-verifier import "${kind}" "${name}" --ledger v.db
        refuses
        complains "${name}"
    done
done
if [[ $(id -u) == 0 ]]; then
    cp "${flexnet}" secret.log
    chmod 000 secret.log
    chmod 755 .
    mkdir theirs && chown nobody theirs
    nobody() { setpriv --reuid=nobody --clear-groups --inh-caps=-all "$@"; }
    expect 0 nobody tally-recorder init --state theirs/r --site SITE1 --label OTHER
    expect 1 nobody tally-recorder import flexnet secret.log --zone Europe/Madrid --state theirs/r
    refuses
    complains 'permission denied'
fi
unchanged

# Content that is none: empty and binary files hold no event, and say so by counting.
for name in empty binary; do
    expect 1 import "${name}"
    refuses
    expect 3 tally-verifier check "${name}"
    says REJECTED
    expect 1 tally-packager site enrol --state p "${name}"
    refuses
    for kind in entitlements assignments; do
        expect 1 tally-verifier import "${kind}" "${name}" --ledger v.db
        refuses
    done
done
unchanged

# A zone that does not exist, or that names a file elsewhere; none at all is a usage error with a hint.
for zone in Europe/Madird ../../etc/passwd /etc/passwd ''; do
    expect 2 tally-recorder import flexnet "${flexnet}" --zone "${zone}" --state r
done
expect 2 tally-recorder import flexnet "${flexnet}" --state r
complains zone
unchanged

# Duplicates: the same file again, and a longer copy, bring nothing twice.
expect 5 import "${flexnet}"
before_r=$(recorder_lines)

# A line of a megabyte, truncated in the middle of a line, bytes that are no text: counted, with line numbers; the good
# lines around are taken.
{
    head -n 2000 "${flexnet}"
    head -c 1048576 /dev/zero | tr '\0' 'x'
    printf '\n 9:99:99 (adskflex) OUT: "X" a@b\n\377\376\200 broken\n'
} >odd.log
expect 0 import odd.log
says 'odd.log:2001: longer than'
same 'unparsable lines' 1 "$(tally-recorder status --state r --json | jq -r .last_import.counts.unparsable)"
same 'new events' 0 "$(tally-recorder status --state r --json | jq -r .last_import.counts.new)"
{
    head -n 300 "${flexnet}"
    printf '23:59:59 (adskflex) OUT: "LAST" someone@some'
} >cut.log
code=0
tally-recorder import flexnet cut.log --zone Europe/Madrid --state r >cut.txt 2>&1 || code=$?
holds "a log that ends inside a line is read (${code})" test "${code}" = 0 -o "${code}" = 5
expect 0 tally-recorder verify --state r
before_r=$(recorder_lines)

# Compressed input that is cut or is no such thing.
gzip -c "${flexnet}" >whole.gz
head -c 20000 whole.gz >cut.gz
zstd -q -c "${flexnet}" >whole.zst
head -c 20000 whole.zst >cut.zst
cp binary lie.gz
for name in cut.gz cut.zst lie.gz; do
    expect 1 import "${name}"
    refuses
    complains "${name}"
done
unchanged

# Tables: missing column, wrong number, contradictory dates, a row twice, bytes that are no UTF-8, a quote without end.
table() { printf '%s\n' "$@"; }
header=$(head -n 1 "${tests}/data/demo/ent.csv")
row=$(sed -n 2p "${tests}/data/demo/ent.csv")
table "${header#*,}" "${row#*,}" >bad_column.csv
table "${header}" "${row}" "${row},more,cells" >bad_width.csv
table "${header}" "${row}" "\"${row}" >bad_quote.csv
for name in bad_column bad_width bad_quote; do
    expect 1 tally-verifier import entitlements "${name}.csv" --ledger v.db
    refuses
    complains "${name}.csv"
done
expect 1 tally-verifier import entitlements bad_width.csv --ledger v.db
complains 3

# Segments: cut, altered, of a log that nobody enrolled, under a false name. The good ones arrive all the same.
segment=$(find r/outbox -name 'SEG_*' | head -n 1)
mkdir in
head -c 700 "${segment}" >"in/$(basename "${segment}")"
expect 3 tally-packager collect --state p in
says quarantin
rm in/*
cp binary "in/$(basename "${segment}")"
expect 3 tally-packager collect --state p in
rm in/*
tally-recorder init --state stranger --site SITE1 --label STRANGER >/dev/null
tally-recorder seal --state stranger >/dev/null
cp stranger/outbox/SEG_* in/
expect 3 tally-packager collect --state p in
says 'not enrolled'
same 'archive' "${before_p}" "$(archive_state)"

# Bundles: cut, longer, unsigned, signed by another, under another bundle's signature. Never accepted.
judged() {
    expect 3 tally-verifier check "$1" --ledger v.db
    says REJECTED
    expect 3 tally-verifier accept "$1" --ledger v.db
    same 'accepted bundles' 0 "$(tally-verifier ledger --ledger v.db --json 2>/dev/null | jq -r .bundles)"
}
cp "${bundle}.minisig" bad.tally.minisig
head -c 4000 "${bundle}" >bad.tally
judged bad.tally
{
    cat "${bundle}"
    printf 'more'
} >bad.tally
judged bad.tally
cp "${bundle}" unsigned.tally
judged unsigned.tally
minisign -G -W -f -p other.pub -s other.key >/dev/null </dev/null
cp "${bundle}" other.tally
minisign -S -s other.key -m other.tally -t 'tally-export-1 SITE1 1 1/1' >/dev/null </dev/null
judged other.tally

# Trust: a site file that is cut, altered, or whose fingerprint is another.
expect 1 tally-verifier trust add p/SITE.jsonl --fingerprint "$(printf '0%.0s' {1..64})" --ledger other.db
refuses
complains fingerprint
holds 'no ledger was begun for a site that is not the one' test ! -s other.db
head -c 200 p/SITE.jsonl >cut_site.jsonl
expect 1 tally-verifier trust add cut_site.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db
refuses

# Command lines: unknown words are usage errors and change nothing.
for program in tally-recorder tally-packager tally-verifier; do
    expect 2 "${program}" frobnicate
    expect 2 "${program}"
    expect 0 "${program}" --help
    prints 'exit codes'
    expect 0 "${program}" --version
done
# After all of it the good bundle is as good as ever.
expect 0 tally-verifier accept "${bundle}" --ledger v.db
verdict
