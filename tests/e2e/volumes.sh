#!/usr/bin/env bash
# Exports that are cut into volumes, end with a period or are not compressed: the same bytes when they are made again,
# proved volume by volume, and the same ledger in whatever order they come.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

expect 0 tally-packager site init --state p --site SITE1
for host in ONE TWO; do
    expect 0 tally-recorder init --state "${host}" --site SITE1 --label "${host}"
    expect 0 tally-packager site enrol --state p "${host}/enrolment.json"
done
for lines in 1500 4000 7000 8689; do # a log that grows: an epoch for each part
    head -n "${lines}" "${flexnet}" >grown.log
    expect 0 tally-recorder import flexnet grown.log --zone Europe/Madrid --state ONE
    expect 0 tally-recorder seal --state ONE
done
expect 0 tally-recorder import flexnet "${tests}/data/flexnet/maplelmg.log" --zone Europe/Madrid --state TWO
expect 0 tally-recorder seal --state TWO
expect 0 tally-packager collect --state p ONE/outbox TWO/outbox
expect 0 tally-verifier trust add p/SITE.jsonl --ledger whole.db \
    --fingerprint "$(tally-packager site show --state p --json | jq -r .fingerprint)"
cp whole.db clean.db

# The smallest volumes that hold an epoch: what people ask for is refused when it cannot be.
expect 2 tally-packager pack --state p --out v --volume-size 12
refuses
expect 2 tally-packager pack --state p --out v --volume-size floppy
refuses
expect 1 tally-packager pack --state p --out v --volume-size 70000
refuses
complains 'bytes between two seals'
expect 0 tally-packager pack --state p --out v --volume-size 600000 --agreement SETS --store
mapfile -t volumes < <(find v -name '*.tally' | sort -V)
holds 'several volumes' test "${#volumes[@]}" -ge 2
for volume in "${volumes[@]}"; do
    holds "${volume} fits" test "$(stat -c %s "${volume}")" -le 600000
    expect 0 tally-packager inspect "${volume}"
    same 'the last line' seal "$(tar -xOf "${volume}" --wildcards 'LINES_*' | tail -n 1 | jq -r .t)"
done
same 'one roster' 1 "$(for v in "${volumes[@]}"; do tar -xOf "$v" HOSTS.jsonl | sha256sum; done | sort -u | wc -l)"
same 'a cut inside a log' true "$(tar -xOf "${volumes[1]}" MANIFEST.json | jq 'has("cut")')"
same 'stored' 'LINES_0001.jsonl' "$(tar -tf "${volumes[0]}" | tail -n 1)"

# Once more: the same bytes, whatever was asked for now.
expect 0 tally-packager pack --state p --out again --again 1 --agreement SETS
for volume in "${volumes[@]}"; do
    expect 0 cmp "${volume}" "again/${volume##*/}"
done

# The whole in one file, and the volumes in three orders: one content of the ledger.
expect 0 tally-packager pack --state p --out one --agreement SETS --force
content() {
    sqlite3 "$1" 'SELECT host, size, seals, hex(range), epoch, hex(key) FROM log ORDER BY host' \
        'SELECT log.host, seq, seal.epoch, hex(root), hex(root_after) FROM seal JOIN log ON log.id = seal.log ORDER BY 1, 2' \
        'SELECT source, count, hex(sessions) FROM page ORDER BY id' 'SELECT * FROM day ORDER BY 1, 2' \
        'SELECT count(*) FROM arrival'
}
sets() { sqlite3 "$1" 'SELECT agreement, n, volume, volumes, lines, seals, hex(digest) FROM bundle ORDER BY id' \
    'SELECT bundle, code, host, seq FROM finding ORDER BY bundle, code, host, seq'; }
expect 0 tally-verifier accept "${volumes[@]}" --ledger whole.db
prints 'accepted:'
expected=$(content whole.db && sets whole.db)
mapfile -t backwards < <(printf '%s\n' "${volumes[@]}" | tac)
cp clean.db back.db
expect 3 tally-verifier accept "${backwards[0]}" --ledger back.db
prints 'VOLUME_MISSING'
prints 'waiting: kept'
expect 3 tally-verifier accept "${backwards[0]}" --ledger back.db # again: nothing more
same 'one copy waits' 1 "$(find back.db.waiting -name '*.tally' | wc -l)"
expect 3 tally-verifier accept "${backwards[@]:1}" --ledger back.db --json
same 'all taken' "${#volumes[@]}" "$(jq '[.bundles[] | select(.status == "accepted")] | length' "${scratch}/.stdout")"
same 'backwards, the same ledger' "${expected}" "$(content back.db && sets back.db)"
same 'nothing waits' '' "$(find back.db.waiting -name '*.tally')"
cp clean.db mixed.db
mapfile -t mixed < <(printf '%s\n' "${volumes[@]}" "${volumes[@]}" | shuf --random-source=<(yes 7))
expect 3 tally-verifier accept "${mixed[@]}" --ledger mixed.db
same 'in any order and twice, the same ledger' "${expected}" "$(content mixed.db && sets mixed.db)"
cp clean.db file.db
expect 3 tally-verifier accept one/*.tally --ledger file.db # number 2 came without number 1
prints 'BUNDLE_MISSING'
same 'sessions of the one file' "$(sqlite3 whole.db 'SELECT source, sum(count) FROM page GROUP BY source')" \
    "$(sqlite3 file.db 'SELECT source, sum(count) FROM page GROUP BY source')"

# One altered byte in a volume that waits is found when it comes; a volume of another set never joins.
cp clean.db other.db
expect 0 tally-verifier accept "${volumes[0]}" --ledger other.db
expect 0 tally-packager pack --state p --out small --volume-size 500000 --agreement SETS --store --force
mkdir renamed
expect 3 tally-verifier accept small/*_V2OF*.tally --ledger other.db
prints 'waiting'

# By period: each host up to its first seal from then on.
expect 0 tally-packager pack --state p --out period --until 2000-01-01 --agreement PERIOD
same 'hosts end at their first seal' true \
    "$(tar -xOf period/*.tally HOSTS.jsonl | jq -s '[.[1:][] | .next > 0] | all')"
same 'until' 946684800000 "$(tar -xOf period/*.tally MANIFEST.json | jq .until)"
cp clean.db period.db
expect 0 tally-verifier accept period/*.tally --ledger period.db
expect 0 tally-packager pack --state p --out rest --agreement PERIOD
expect 0 tally-verifier accept rest/*.tally --ledger period.db
same 'period and rest are the whole' "$(content whole.db | head -3 | cut -d'|' -f1 | sort)" \
    "$(content period.db | head -3 | cut -d'|' -f1 | sort)"

# A size that nothing fits does not stand in the way of another one: what was begun with it is left behind.
expect 1 tally-packager pack --state p --out other
complains 'begun and not finished'
expect 0 tally-packager pack --state p --out other --volume-size 600000
same 'the next number' 'SITE1_USAGE_000002_V1OF' "$(find other -name '*_V1OF*.tally' -printf '%f\n' | cut -c-23)"
cp clean.db left.db
expect 0 tally-verifier accept other/*.tally --ledger left.db # that number 1 was given up is no warning
prints 'note BUNDLE_MISSING'
expect 2 tally-packager pack --state p --out rest --until yesterday --agreement PERIOD
refuses
expect 2 tally-packager pack --state p --out rest --from-receipt 3 --agreement PERIOD
refuses
verdict
