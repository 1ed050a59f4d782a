#!/usr/bin/env bash
# The station as its keeper meets it: keys with a passphrase that stock minisign can use, enrolment of the right logs
# only, and segments from sticks in every order, with links, twins and strangers among them.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

listed() { tally-packager archive list --state p --json | jq -r "$1"; }
quarantine() { find p/quarantine -type f ! -name '*.reason' | wc -l; }

# Keys: with a passphrase at the stock cost, readable by stock minisign; never without a word when there is none.
printf 'correct horse\n' >passphrase
expect 0 tally-packager site init --state p --site SITE1 --passphrase-fd 3 3<passphrase
holds 'no warning' test ! -s "${scratch}/.stderr"
printf 'x' >file
expect 0 sh -c 'minisign -S -s p/keys/export.key -m file -c c -t t <passphrase && minisign -V -p p/keys/export.pub -m file'
same 'mode of a secret key' 600 "$(stat -c %a p/keys/root.key)"
same 'mode of the keys' 700 "$(stat -c %a p/keys)"
expect 0 sh -c "head -n 1 p/SITE.jsonl | jq -cjS 'del(.sigs)' | sha256sum"
prints "$(site_fingerprint)"
before=$(sha256sum p/SITE.jsonl p/keys/*)
expect 5 tally-packager site init --state p --site SITE1
expect 1 tally-packager site init --state p --site SITE2
refuses
same 'keys and site file' "${before}" "$(sha256sum p/SITE.jsonl p/keys/*)"
expect 0 tally-packager site init --state plain --site SITE1
complains warning:
complains hint:
expect 2 tally-packager site init --state bad --site 'Site 1'
refuses
expect 2 tally-packager site init --state bad --site SITE1 --passphrase-fd 3 3</dev/null
holds 'nothing is half-made' test ! -e bad
expect 1 tally-packager site show --state nowhere
refuses
complains 'site init'

# Enrolment: the right site, one spelling, the name that the key gives.
tally-recorder init --state r --site SITE1 --label LICSRV >/dev/null
tally-recorder init --state foreign --site SITE2 --label OTHER >/dev/null
expect 1 tally-packager site enrol --state p foreign/enrolment.json
complains 'SITE2'
sed 's/"label"/ "label"/' r/enrolment.json >spaced.json
sed 's/"host":"HX/"host":"HY/; t; s/"host":"H./"host":"HX/' r/enrolment.json >renamed.json
sed 's/}/,"zeta":0}/' r/enrolment.json >longer.json
for request in spaced renamed longer; do
    expect 1 tally-packager site enrol --state p "${request}.json"
    refuses
done
expect 1 tally-packager site enrol --state p p/log/enrolment.json
same 'logs' 1 "$(listed '.logs | length')"
expect 0 tally-packager site enrol --state p r/enrolment.json --group 'Design office'
prints "$(sha256sum <r/enrolment.json | head -c 64 | sed 's/..../& /g; s/ $//')"
expect 5 tally-packager site enrol --state p r/enrolment.json
same 'label' LICSRV "$(listed '.logs[1].label')"
same 'group' 'Design office' "$(listed '.logs[1].group')"

# Segments: the second before the first; links and pipes; then the first.
head -n 1500 "${flexnet}" >one.log
head -n 3000 "${flexnet}" >two.log
tally-recorder import flexnet one.log --zone Europe/Madrid --state r >/dev/null
tally-recorder seal --state r >/dev/null
cp -a r twin
tally-recorder import flexnet two.log --zone Europe/Madrid --state r >/dev/null
tally-recorder seal --state r >/dev/null
mapfile -t segments < <(find r/outbox -name 'SEG_*' | sort -t_ -k3,3n)
mkdir -p stick/b
cp "${segments[1]}" stick/b
mkfifo "stick/SEG_pipe.jsonl.zst"
ln -s "$(realpath "${segments[0]}")" "stick/${segments[0]##*/}"
expect 0 timeout 20 tally-packager collect --state p stick
says 'waiting'
complains 'not a regular file'
same 'lines' 0 "$(listed '.logs[1].next')"
same 'missing' "[[0,$(listed '.logs[1].waiting[0][0]')]]" "$(tally-packager archive list --state p --json | jq -c '.logs[1].missing')"
expect 0 tally-packager collect --state p "${segments[0]}"
same 'lines' "$(tally-recorder status --state r --json | jq -r .lines)" "$(listed '.logs[1].next')"
same 'missing' '[]' "$(tally-packager archive list --state p --json | jq -c '.logs[1].missing')"
state=$(listed .logs)
expect 5 tally-packager collect --state p r/outbox stick
same 'archive' "${state}" "$(listed .logs)"
same 'quarantine' 0 "$(quarantine)"

# A twin of the host: a second history sealed with the log's own keys. Both stay; the first is the archive's.
tally-recorder import flexnet "${flexnet}" --zone Europe/Madrid --state twin >/dev/null
tally-recorder seal --state twin >/dev/null
expect 3 tally-packager collect --state p twin/outbox
complains FORK
same 'logs' "$(jq -c '.[1]' <<<"${state}")" "$(tally-packager archive list --state p --json | jq -c '.logs[1]')"
expect 5 tally-packager collect --state p twin/outbox

# A stranger is kept aside until somebody vouches for it.
tally-recorder init --state other --site SITE1 --label OTHER >/dev/null
tally-recorder seal --state other >/dev/null
kept=$(quarantine)
expect 3 tally-packager collect --state p other/outbox
complains 'not enrolled'
rm -r other/outbox/*
tally-packager site enrol --state p other/enrolment.json >/dev/null
expect 0 tally-packager collect --state p stick
same 'stranger' "$(tally-recorder status --state other --json | jq -r .lines)" "$(listed '.logs[2].next')"
same 'quarantine' "${kept}" "$(quarantine)"

# One at a time; and a lost index is made again.
exec 9>>p/log/lock
flock 9
expect 10 tally-packager collect --state p r/outbox
refuses
exec 9>&-
state=$(listed .logs)
rm p/archive/index.db*
same 'archive without its index' "${state}" "$(listed .logs)"

# Killed at any moment, the same command completes.
rm -rf p2
tally-packager site init --state p2 --site SITE1 2>/dev/null >&2
tally-packager site enrol --state p2 r/enrolment.json >/dev/null
for delay in 0.001 0.003 0.005 0.008 0.012 0.016 0.02 0.03 0.05; do
    { timeout -s KILL "${delay}" tally-packager collect --state p2 r/outbox; } >/dev/null 2>&1
done 2>/dev/null
tally-packager collect --state p2 r/outbox >/dev/null 2>&1
same 'lines after kills' "$(tally-recorder status --state r --json | jq -r .lines)" \
    "$(tally-packager archive list --state p2 --json | jq -r '.logs[1].next')"
expect 5 tally-packager collect --state p2 r/outbox
verdict
