#!/usr/bin/env bash
# The recorder's commands over one log, from outside: what they print, how they end, that they leave alone what they
# only read.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

expect 2 tally-recorder init --state r --site 'site 1' --label LICSRV
refuses
complains 'A-Z'
expect 2 tally-recorder init --state r --site SITE1 --label licsrv
refuses
holds 'a refused init makes nothing' test ! -e r

expect 0 tally-recorder init --state r --site SITE1 --label LICSRV
prints 'fingerprint'
host=$(jq -r .host r/enrolment.json)
prints "${host}"
same 'fingerprint printed' "$(sha256sum r/enrolment.json | cut -c1-64 | sed 's/..../& /g; s/ $//')" \
    "$(sed -n 's/^fingerprint  //p' .stdout)"
same 'state is the owner'"'"'s alone' 700 "$(stat -c %a r)"
same 'no file is for others' '' "$(find r -type f -perm /077)"
expect 5 tally-recorder init --state r --site SITE2 --label OTHER
refuses
complains 'already'

for command in seal verify status log segments; do
    expect 1 tally-recorder "${command}" --state nowhere
    refuses
    expect 2 tally-recorder "${command}"
    complains '--state'
    expect 0 tally-recorder "${command}" --help
    prints 'exit codes'
    prints 'example'
done
expect 1 tally-recorder status --state .
refuses

expect 0 tally-recorder seal --state r
prints "dropped r/outbox/SEG_${host}_0_2.jsonl.zst"
expect 5 tally-recorder seal --state r
prints 'nothing to seal'
expect 0 tally-recorder segments --state r
prints "SEG_${host}_0_2.jsonl.zst  2 lines  outbox"
same 'a segment is what stock zstd reads and the log prints' "$(zstd -dqc r/outbox/*.zst)" "$(tally-recorder log --state r --json)"
cp r/outbox/*.zst kept && rm r/outbox/*.zst
expect 0 tally-recorder segments --state r --json
same 'a segment that is gone' taken "$(jq -r .where .stdout)"
expect 0 tally-recorder segments --redrop --state r
holds 'dropped again with the same bytes' cmp kept r/outbox/*.zst
expect 5 tally-recorder segments --redrop --state r
same 'the stock encoding' "$(zstd -3 --single-thread --check --content-size -qc <(:) >/dev/null; tally-recorder log --state r --json >raw; zstd -3 --single-thread --check --content-size -qc raw | sha256sum)" \
    "$(sha256sum <kept)"

# Reading needs no lock; writing does.
exec 9>r/lock
flock 9
for command in verify status log segments; do
    expect 0 tally-recorder "${command}" --state r
done
expect 10 tally-recorder seal --state r
refuses
expect 10 tally-recorder segments --redrop --state r
exec 9>&-

export TALLY_STATE=r
expect 0 tally-recorder status --json
same 'status' '2 2 0 1 LICSRV' "$(jq -r '"\(.lines) \(.sealed) \(.unsealed) \(.outbox) \(.label)"' .stdout)"
expect 0 tally-recorder log --type seal --json
same 'one seal' 1 "$(wc -l <.stdout)"
expect 0 tally-recorder log --seq 0..0
prints 'genesis'
same 'one line' 1 "$(wc -l <.stdout)"
expect 0 tally-recorder log --since 2100-01-01
same 'nothing from the future' 0 "$(wc -l <.stdout)"
for wrong in '--seq 5..1' '--seq x' '--since yesterday'; do
    # shellcheck disable=SC2086
    expect 2 tally-recorder log ${wrong}
    refuses
done
(timeout 3 tally-recorder log --follow --json --seq 0..0 | head -n 1 >followed) || true
same 'follow ends when its range is complete' 0 "$(jq .seq followed)"

# Lines of an import: filters take the text as recorded, output is what was signed.
unset TALLY_STATE
head -n 3000 "${flexnet}" >part.log
expect 0 tally-recorder import flexnet part.log --zone Europe/Madrid --state r
timeout 20 tally-recorder log --state r --follow --json >followed &
follower=$!
user=$(tally-recorder log --state r --json --type start | jq -r .user | head -n 1)
expect 0 tally-recorder log --state r --json --type start --user "${user}"
same 'only that user' "${user}" "$(jq -r .user .stdout | sort -u)"
expect 0 tally-recorder seal --state r
for ((i = 0; i < 50; i++)); do
    [[ $(tail -n 1 followed | jq -r .t 2>/dev/null) == seal ]] && break
    sleep 0.2
done
kill "${follower}" 2>/dev/null
same 'follow sees what is written meanwhile' seal "$(tail -n 1 followed | jq -r .t)"
expect 0 tally-recorder verify --state r --json
same 'every line is proved' true "$(jq '.lines == .sealed and .verdict == "holds"' .stdout)"
same 'status counts the same' "$(jq .lines .stdout)" "$(tally-recorder status --state r --json | jq .lines)"

# A bad log ends verify with 3 and the first line that does not hold; nothing is repaired.
cp -a r broken
/usr/bin/python3 - <<'PYTHON'
import sqlite3
journal = sqlite3.connect("broken/journal.db")
journal.execute("UPDATE line SET body = CAST(replace(CAST(body AS TEXT), '\"boot\":\"', '\"boot\":\"0') AS BLOB) WHERE seq = 3")
journal.commit()
PYTHON
expect 3 tally-recorder verify --state broken --json
same 'broken at the seal over line 3' "$(tally-recorder log --state r --type seal --json | jq 'select(.seq > 3).seq' | head -n 1)" \
    "$(jq .first_bad .stdout)"
expect 3 tally-recorder verify --state broken
prints 'BROKEN at line'
code=0
tally-recorder log --state r --seq 0..0 >/dev/full 2>.stderr || code=$?
same 'exit code when the output cannot be written' 1 "${code}"
complains 'no space left'

# A state that cannot be continued is replaced, said on stderr, and goes on.
head -c 128 /dev/zero >zeros
cat zeros >r/key.0 && cat zeros >r/key.1
expect 0 tally-recorder seal --state r
complains 'warning'
complains "${host}"
complains 'enrolled'
expect 0 tally-recorder verify --state r
same 'the new log names the old' "${host}" "$(tally-recorder log --state r --seq 0 --json | jq -r .replaces.host)"
same 'the enrolment request is the new log'"'"'s' "$(tally-recorder status --state r --json | jq -r .host)" "$(jq -r .host r/enrolment.json)"
expect 0 tally-recorder verify --state r/frozen-1
verdict
