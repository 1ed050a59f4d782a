#!/usr/bin/env bash
# Four quarters of a site with three hosts, from enrolment to acknowledgement, by the clocks of those days and on FAT32
# images: two persons release what leaves; a stick is lost, a bundle comes twice, one is damaged on its way, a quarter is
# without use, one is amended, a host is silent on purpose, a key changes, a host is set up anew. In the end all use is
# on the other side, each session once, and nothing waits.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
PATH=${PATH}:/usr/sbin:/sbin
for program in fusefat mkfs.fat fusermount mcopy minisign jq; do
    command -v "${program}" >/dev/null || skip "no ${program}"
done
[[ -r /dev/fuse && -w /dev/fuse ]] || skip 'no /dev/fuse'
library=$(compgen -G '/usr/lib/*/faketime/libfaketime.so.1' | head -n 1) || skip 'no faketime'
trap 'fusermount -u "${scratch}/stick" 2>/dev/null; rm -rf "${scratch}"' EXIT
export TZ=UTC

# now CODE COMMAND…: as expect, a minute later than the one before, on ${day}.
day=2024-01-02 minute=0
now() {
    minute=$((minute + 1))
    local hour=$((8 + minute / 60))
    expect "$1" env LD_PRELOAD="${library}" FAKETIME_DONT_RESET=1 \
        FAKETIME="@${day} $(printf '%02d:%02d:00' "${hour}" $((minute % 60)))" "${@:2}"
}
on() { day=$1 minute=0; }
p=(--state p)
v=(--ledger v.db)
owed() { # PERIOD: what the station says of it, on ${day}
    tally-packager status "${p[@]}" --as-of "${day}" --json |
        jq -r --arg name "$1" '.agreements[0].periods[] | select(.label == $name) | .state'
}
codes() { jq -r '[.bundles[].findings[].code] - ["CLOCK_STEP"] | unique | join(" ")' "$1"; }

# used HOST DAY USER…: everybody takes a licence from nine to five, as the host's licence server writes it down.
used() {
    local host=$1 user
    [[ -e ${host}.log ]] ||
        printf ' 8:00:01 (lmgrd) FlexNet Licensing (v11.19.0.0 build 285339 x64_lsb) started on %s (linux) (1/2/2024)\n' "${host}" >"${host}.log"
    {
        printf ' 8:30:00 (adskflex) TIMESTAMP %s\n' "$(date -d "$2" +%-m/%-d/%Y)"
        for user in "${@:3}"; do printf ' 9:00:00 (adskflex) OUT: "87545ACD_2024_0F" %s@pc-%s  \n' "${user}" "${host,,}"; done
        for user in "${@:3}"; do printf '17:00:00 (adskflex) IN: "87545ACD_2024_0F" %s@pc-%s  \n' "${user}" "${host,,}"; done
    } >>"${host}.log"
}
# recorded HOST…: what their licence servers wrote is imported and sealed.
recorded() {
    local host
    for host in "$@"; do
        now 0 tally-recorder import flexnet "${host}.log" --zone Europe/Berlin --state "${host}"
        now 0 tally-recorder seal --state "${host}"
    done
}
put_in() { mkdir -p stick && fusefat -o rw+ "$1.img" stick >/dev/null 2>&1 || skip 'fusefat cannot put a medium in'; }
take_out() { for _ in 1 2 3 4 5; do fusermount -u stick && break || sleep 1; done; }
blank() { mkfs.fat -F 32 -C "$1.img" 34000 >/dev/null || fail 'mkfs.fat'; }
# packed N: all that has arrived, as bundle N, read by two persons and released by both.
packed() {
    now 0 tally-packager collect "${p[@]}" LIC1/outbox LIC2/outbox LAB/outbox
    now 0 tally-packager pack "${p[@]}" --agreement NORD --out "out$1"
    bundle=$(echo "out$1"/*.tally)
    name=$(basename "${bundle}" .tally)
    expect 0 tally-packager inspect "${bundle}" --all
    now 3 tally-packager write "${p[@]}" "${bundle}" --to . --staging
    complains 'release'
    released "$1"
}
# released NUMBER: the first person with her key at the station, the second with stock minisign at another machine.
released() {
    now 0 tally-packager release "${p[@]}" "${bundle}" --key ANNA.key
    now 3 tally-packager write "${p[@]}" "${bundle}" --to . --staging
    complains 'BERT'
    expect 0 minisign -S -s BERT.key -m "${bundle}" -x brought.minisig -c 'release of a bundle by an officer' \
        -t "tally-release-1 SITE1 $1 1/1 BERT"
    now 0 tally-packager release "${p[@]}" "${bundle}" --signature brought.minisig
}
# carried STICK: written, taken out, put in again and looked at by a second person.
carried() {
    blank "$1"
    put_in "$1"
    now 0 tally-packager write "${p[@]}" "${bundle}" --to stick --medium "$1" --by 'C. Ourier'
    take_out
    put_in "$1"
    now 0 tally-packager verify-media "${p[@]}" stick --medium-name "$1"
    take_out
}
# arrived STICK: what the other side finds on it, by its own driver.
arrived() {
    rm -rf "$1" && mkdir "$1"
    expect 0 mcopy -s -n -i "$1.img" '::TALLY' "$1"
    at_theirs="$1/TALLY/SITE1/${name}/${name}.tally"
}
# answered STICK CODE [ISSUE…]: the receipt comes back on the same stick, and the station takes it in.
answered() {
    now 0 tally-verifier receipt issue "${v[@]}" --key verifier.key --agreement NORD --out "$1.answer" "${@:3}"
    expect 0 mcopy -i "$1.img" "$1.answer"/* ::
    put_in "$1"
    now "$2" tally-packager receipt import "${p[@]}" stick
    take_out
}
# acknowledged HOST…: they learn what arrived, and let go of their copies.
acknowledged() {
    local host
    rm -rf letters
    now 0 tally-packager ack "${p[@]}" --out letters
    for host in "$@"; do
        log=$(jq -r .host "${host}/enrolment.json")
        holds "${host} has copies" compgen -G "${host}/outbox/SEG_${log}_*" >/dev/null
        now 0 tally-recorder enrol letters --state "${host}"
        same "copies left at ${host}" '' "$(compgen -G "${host}/outbox/SEG_${log}_*")"
        removed tally-recorder prune --state "${host}"
        now 0 tally-recorder verify --state "${host}"
    done
    removed tally-packager prune "${p[@]}"
}
# removed COMMAND…: what every verifier has, if that is a whole epoch or segment.
removed() {
    # shellcheck disable=SC2016 # expanded there
    now 0 bash -c '"$@" || [[ $? == 5 ]]' - "$@"
}

# Enrolment: three hosts, the station with two officers and a policy of names, the verifier.
for person in ANNA BERT; do minisign -G -W -p "${person}.pub" -s "${person}.key" >/dev/null; done
now 0 tally-verifier keys new verifier
now 0 tally-packager site init "${p[@]}" --site SITE1
now 0 tally-packager site revise "${p[@]}" --add-officer ANNA.pub=ANNA --add-officer BERT.pub=BERT --releases 2 \
    --add-verifier verifier.pub
now 0 tally-packager site sign "${p[@]}"
now 0 tally-packager agreement add "${p[@]}" --agreement NORD --licensee 'Nordwerk AG' --due 10 --grace 5 \
    --start 2024-01-01 --zone Europe/Berlin
now 0 tally-packager declare justification "${p[@]}" --from 2024-01-01 --reason 'media by courier only'
now 0 tally-packager privacy set "${p[@]}"
words=$(tally-packager site show "${p[@]}" --json | jq -r .words)
for host in LIC1 LIC2 LAB; do
    now 0 tally-recorder init --state "${host}" --site SITE1 --label "${host}" --json
    now 0 tally-packager site enrol "${p[@]}" "${host}/enrolment.json" --out letters \
        --fingerprint "$(jq -r .fingerprint .stdout)"
done
for host in LIC1 LIC2 LAB; do now 0 tally-recorder enrol letters --state "${host}" --fingerprint "${words}"; done
now 0 tally-verifier trust add p/SITE.jsonl --fingerprint "${words}" "${v[@]}"

# First quarter. The laboratory rests in February, as it says. The first stick is lost.
used LIC1 2024-01-15 paula quentin && used LIC2 2024-01-16 rosa && used LAB 2024-01-17 sven
used LIC1 2024-02-12 paula && used LIC1 2024-03-11 quentin && used LIC2 2024-03-12 rosa tilda && used LAB 2024-03-13 sven
on 2024-04-01
recorded LIC1 LIC2 LAB
now 0 tally-packager declare gap "${p[@]}" --host LAB --from 2024-02-01 --to 2024-02-29 --reason 'moved to building 4'
on 2024-04-04
same 'the first quarter' open "$(owed 2024-Q1)"
now 0 tally-packager status "${p[@]}"
prints 'within 7 days'
packed 1
carried LOST
rm LOST.img
carried SECOND
arrived SECOND
on 2024-04-09
now 0 tally-verifier check "${at_theirs}" "${v[@]}" --json
same 'the first bundle' '' "$(codes .stdout)"
now 0 tally-verifier accept "${at_theirs}" "${v[@]}" --received 2024-04-08
answered SECOND 0 --due 2024-07-10
same 'the first quarter' answered "$(owed 2024-Q1)"
acknowledged LIC1 LIC2 LAB

# Second quarter. The export key changes; the laboratory's disk comes back from a copy without keys, and its recorder
# begins a new log; the bundle is brought twice.
used LIC1 2024-04-15 paula && used LAB 2024-04-16 sven
on 2024-05-02
recorded LIC1 LAB
now 0 tally-packager collect "${p[@]}" LIC1/outbox LAB/outbox
old=$(jq -r .host LAB/enrolment.json)
on 2024-05-20
head -c 128 /dev/zero >zeros && cat zeros >LAB/key.0 && cat zeros >LAB/key.1
now 0 tally-recorder seal --state LAB
complains 'frozen-1'
new=$(jq -r .host LAB/enrolment.json)
holds 'another log' test "${old}" != "${new}"
now 0 tally-packager site enrol "${p[@]}" LAB/enrolment.json --out letters2
now 0 tally-packager site retire "${p[@]}" "${old}" --reason 'restored from a copy'
now 0 tally-recorder enrol letters2 --state LAB
now 0 tally-packager site revise "${p[@]}" --new-export
now 0 tally-packager site sign "${p[@]}"
used LAB 2024-06-10 sven ulf && used LIC2 2024-06-11 rosa
on 2024-07-02
recorded LIC2 LAB
packed 2
carried TWICE
arrived TWICE
now 3 tally-verifier check "${at_theirs}" "${v[@]}"
says UNKNOWN_KEY
now 0 tally-verifier trust add "$(dirname "${at_theirs}")/SITE.jsonl" "${v[@]}" --fingerprint "${words}"
now 3 tally-verifier accept "${at_theirs}" "${v[@]}" --json
jq -c '{bundles: [.bundles[].check]}' .stdout >second.json
same 'the second bundle' 'IMPORT_DUPLICATE LOG_REPLACED' "$(codes second.json)"
now 5 tally-verifier accept "${at_theirs}" "${v[@]}"
says REPLAY
answered TWICE 0
acknowledged LIC1 LIC2 LAB
same 'the second quarter' answered "$(owed 2024-Q2)"

# Third quarter: nobody works, and the site says so. The bundle is damaged on its way, answered so, and brought again.
on 2024-10-03
now 0 tally-packager declare nil "${p[@]}" --agreement NORD --period 2024-Q3 --reason 'works holidays'
same 'the third quarter' nil "$(owed 2024-Q3)"
for host in LIC1 LIC2 LAB; do
    now 5 tally-recorder import flexnet "${host}.log" --zone Europe/Berlin --state "${host}"
done
now 0 tally-packager pack "${p[@]}" --agreement NORD --out out3
bundle=$(echo out3/*.tally) name=$(basename out3/*.tally .tally)
released 3
carried DAMAGED
arrived DAMAGED
printf 'XXXX' | dd of="${at_theirs}" bs=1 seek="$(($(stat -c %s "${at_theirs}") - 2000))" conv=notrunc status=none
now 3 tally-verifier accept "${at_theirs}" "${v[@]}"
says REJECTED
answered DAMAGED 0 --refused "${at_theirs}"
prints 'REJECTED'
carried AGAIN
arrived AGAIN
now 0 tally-verifier accept "${at_theirs}" "${v[@]}"
prints 'NIL_RETURN'
answered AGAIN 0

# Fourth quarter, with what had been left out of the first one.
used LIC1 2024-10-14 paula quentin && used LIC2 2024-11-11 rosa && used LAB 2024-12-02 ulf
on 2025-01-03
recorded LIC1 LIC2 LAB
used LEFT 2024-03-20 vera
mv LEFT.log LIC2.left.log
now 0 tally-recorder import flexnet LIC2.left.log --zone Europe/Berlin --state LIC2
now 0 tally-recorder seal --state LIC2
now 0 tally-packager declare amendment "${p[@]}" --agreement NORD --period 2024-Q1 --reason 'the second server of LIC2 was left out'
packed 4
carried FOURTH
arrived FOURTH
now 3 tally-verifier accept "${at_theirs}" "${v[@]}" --json
jq -c '{bundles: [.bundles[].check]}' .stdout >fourth.json
same 'the fourth bundle' 'AMENDED HOST_SILENT IMPORT_DUPLICATE' "$(codes fourth.json)"
answered FOURTH 0
acknowledged LIC1 LIC2 LAB

# All of it is there, once; nobody's name is; nothing waits; and the history can be shown. Neither the hosts nor the
# station hold the beginning any more.
for host in LIC1 LIC2 LAB; do
    holds "${host} has let go of lines" test "$(tally-recorder status --state "${host}" --json | jq .begins)" -gt 1
done
for host in LIC1 LIC2; do
    holds "the station has let go of lines of ${host}" test "$(tally-packager archive list "${p[@]}" --json |
        jq --arg host "${host}" '.logs[] | select(.label == $host) | .begins')" -gt 1
done
same 'sessions' "$(cat ./*.log | grep -c ' OUT: ')" "$(sqlite3 v.db 'SELECT sum(count) FROM page')"
for host in LIC1 LIC2 LAB; do
    now 0 tally-recorder verify --state "${host}" --json
    same "lines of ${host} on the other side" "$(jq .sealed .stdout)" \
        "$(sqlite3 v.db "SELECT size FROM log WHERE host = '$(jq -r .host "${host}/enrolment.json")'")"
done
for file in out[1-4]/*.tally; do
    tar -xOf "${file}" --wildcards 'LINES_*' | zstd -dqc >lines
    same "names in ${file}" 0 "$(grep -cE 'paula|quentin|rosa|sven|tilda|ulf|vera' lines)"
done
now 0 tally-packager status "${p[@]}" --json
same 'what waits' '' "$(jq -r '[.waiting[].what] - ["unpacked"] | join(" ")' .stdout)"
same 'the fourth quarter' answered "$(owed 2024-Q4)"
now 0 tally-packager ladder "${p[@]}" --agreement NORD --page ladder.html --json
same 'bundles and receipts' '1:OK 2:OK_WITH_FINDINGS 3:REJECTED,OK 4:OK_WITH_FINDINGS' \
    "$(jq -r '[.bundles[] | "\(.n):\([.receipts[].verdict] | join(","))"] | join(" ")' .stdout)"
for act in agreement declare amend policy enrol issued retire site arrived export exported release written receipt pruned; do
    holds "the station's log tells of ${act}" grep -q "\"t\":\"${act}\"" <(tally-recorder log --state p/log --json)
done
now 0 tally-verifier recompute "${v[@]}"
verdict
