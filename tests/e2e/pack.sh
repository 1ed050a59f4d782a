#!/usr/bin/env bash
# Packing as the operator meets it: the page of stock tools that travels along is followed to the letter, the same
# export comes out again, an interrupted one is finished, and inspect tells an honest bundle from one with hidden bytes.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

expect 0 tally-recorder init --state r --site SITE1 --label LICSRV
expect 0 tally-packager site init --state p --site SITE1
expect 0 tally-packager site enrol --state p r/enrolment.json
expect 0 tally-packager pack --state p --out early --dry-run
prints 'would make export 1'
holds 'a dry run writes nothing' test ! -e early
expect 0 tally-recorder import flexnet "${flexnet}" --zone Europe/Madrid --state r
expect 0 tally-recorder seal --state r
expect 0 tally-packager collect --state p r/outbox
expect 0 tally-packager pack --state p --out out
bundle=$(echo out/*.tally)
same 'files' 'SITE.jsonl SITE1_USAGE_000001_V1OF1.tally SITE1_USAGE_000001_V1OF1.tally.minisig VERIFY.TXT export.pub' \
    "$(find out -type f -printf '%f\n' | sort | tr '\n' ' ' | sed 's/ $//')"

# VERIFY.TXT: its commands as they stand there, in a POSIX shell. Then a hidden byte each of its steps must find.
follow() {
    rm -rf followed && cp -r "$1" followed
    sed '/^#!/,$d' followed/VERIFY.TXT | sed -n 's/^    //p' >steps
    (cd followed && sh -eu ../steps)
}
expect 0 follow out
says 'Trusted comment: tally-export-1 SITE1 1 1/1'
prints "5111 lines under" # the host's log, by the script in the page
same 'lines that do not fit a page' '' "$(sed '/^#!/,$d' out/VERIFY.TXT | awk 'length > 104')"
padding=$(tally-packager inspect "${bundle}" --json | jq '[.bytes[] | select(.what == "padding")][0].from')
cp -r out hidden
printf x | dd of="hidden/${bundle##*/}" bs=1 seek="${padding}" conv=notrunc status=none
minisign -Sm "hidden/${bundle##*/}" -s p/keys/export.key -t 'tally-export-1 SITE1 1 1/1' >/dev/null
expect 1 follow hidden # the signature is good; writing the archive again tells
says 'differ'
expect 3 tally-packager inspect "hidden/${bundle##*/}"
says "NON_CANONICAL in MANIFEST.json at byte ${padding}"

# inspect.
expect 0 tally-packager inspect "${bundle}"
prints 'every byte of the file is accounted for'
expect 0 tally-packager inspect "${bundle}" --lines
same 'lines shown' 5111 "$(grep -c "^{.*\"host\":\"$(jq -r .host r/enrolment.json)\".*\"seq\"" "${scratch}/.stdout")"
expect 0 tally-packager inspect "${bundle}" --json
same 'bytes accounted for' true \
    "$(jq '. as $all | reduce .bytes[] as $b (0; if $b.from == . then $b.to else -1 end) == $all.size' "${scratch}/.stdout")"
same 'starts' "$(grep -cE '\(adskflex\) OUT: ' "${flexnet}")" "$(jq .types.start "${scratch}/.stdout")"
expect 1 tally-packager inspect absent.tally
refuses
expect 3 tally-packager inspect r/enrolment.json

# The same export again, beside the first, over it, and after more has arrived.
expect 5 tally-packager pack --state p --out out
complains 'nothing has arrived since export 1'
expect 0 tally-packager pack --state p --out again --again 1
expect 0 cmp "${bundle}" "again/${bundle##*/}"
expect 0 cmp "${bundle}.minisig" "again/${bundle##*/}.minisig"
expect 2 tally-packager pack --state p --out again --again 7
refuses
expect 0 tally-recorder import flexnet "${tests}/data/flexnet/maplelmg.log" --zone Europe/Madrid --state r
expect 0 tally-recorder seal --state r
expect 0 tally-packager collect --state p r/outbox
expect 0 tally-packager pack --state p --out out --again 1
expect 0 cmp "${bundle}" "again/${bundle##*/}"
expect 0 tally-packager pack --state p --out out
second=out/SITE1_USAGE_000002_V1OF1.tally
same 'previous' "$(sha256sum <"${bundle}" | cut -d' ' -f1)" "$(tar -xOf "${second}" MANIFEST.json | jq -r .previous)"
expect 0 tally-packager pack --state p --out out --force --agreement OTHER --label YEAR_END
same 'a numbering of its own' 1 "$(tar -xOf out/SITE1_YEAR_END_000001_V1OF1.tally MANIFEST.json | jq .n)"

# Interrupted before the files could be written: the next run finishes that export.
expect 0 tally-packager pack --state p --out out --force
printf 'precious' >taken
expect 1 tally-packager pack --state p --out taken --force
refuses
mkdir full && printf 'precious' >full/SITE1_USAGE_000004_V1OF1.tally
expect 1 tally-packager pack --state p --out full --force
refuses
same 'what was there' 'precious' "$(cat full/SITE1_USAGE_000004_V1OF1.tally)"
same 'files' 'SITE1_USAGE_000004_V1OF1.tally' "$(ls -A full)"
expect 0 tally-packager pack --state p --out out
complains 'export 4 was begun and not finished'
holds 'the bundle is there' test -f out/SITE1_USAGE_000004_V1OF1.tally.minisig

# Killed at any moment: no file of a final name is half-written, and the export is finished later.
for wait in 0.01 0.02 0.03 0.04 0.05 0.06 0.08 0.1 0.12 0.15 0.2 0.25 0.3 0.35 0.4 0.45 0.5; do
    bash -c "timeout --signal=KILL ${wait} tally-packager pack --state p --out killed --force; true" >/dev/null 2>&1
    for file in killed/*.minisig; do
        [[ ! -e ${file} ]] || minisign -Vqp killed/export.pub -m "${file%.minisig}" || fail "after ${wait} s: ${file}"
    done
done
expect 0 tally-packager pack --state p --out killed --force
for file in killed/*.tally; do
    expect 0 minisign -Vqp killed/export.pub -m "${file}"
    expect 0 tally-packager inspect "${file}"
done
holds 'no parts are left by a run that ended well' test -z "$(find out -name '*.part')"

# Wrong command lines.
expect 2 tally-packager pack --state p --out out --level 20
expect 2 tally-packager pack --state p --out out --label lower
expect 2 tally-packager pack --state p
expect 1 tally-packager pack --state absent --out out
refuses
verdict
