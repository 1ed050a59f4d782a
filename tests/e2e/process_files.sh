#!/usr/bin/env bash
# Logs of processes in several files of one command: what began in one ends in the next, as the product that its command
# line told; a longer copy beside a shorter one tells nothing twice; and nothing of a command line is kept.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
state() { rm -rf r && tally-recorder init --state r --site SITE1 --label LICSRV >/dev/null; }
told() { tally-recorder log --state r --json | jq -r 'select(.t == "start" or .t == "end") | [.t, .feature // "", .kind // "", .start // ""] | join(" ")' | sort; }
ended() { tally-recorder log --state r --json | jq -c 'select(.t == "end") | [.kind, .at // .at_to]' | sort; }

for kind in audit winevt; do
    log=${tests}/data/auditd/synthetic.log
    [[ ${kind} == audit ]] || log=${tests}/data/winevt/synthetic.xml
    lines=$(wc -l <"${log}")
    cp "${log}" whole
    state
    expect 0 tally-recorder import "${kind}" whole --state r
    whole=$(told | sed 's/ [0-9]*$//' | sort)
    ends=$(ended)
    same "${kind}: events" 1 $(($(wc -l <<<"${whole}") > 8))
    for cut in 3 $((lines / 2)) $((lines - 4)); do
        head -n "${cut}" whole >first
        tail -n "+$((cut + 1))" whole >second
        state
        expect 0 tally-recorder import "${kind}" second first --state r
        same "${kind}: two parts, cut at ${cut}" "${whole}" "$(told | sed 's/ [0-9]*$//' | sort)"
        same "${kind}: their ends, cut at ${cut}" "${ends}" "$(ended)"
        state
        expect 0 tally-recorder import "${kind}" first whole second --state r
        same "${kind}: copies beside each other, cut at ${cut}" "${whole}" "$(told | sed 's/ [0-9]*$//' | sort)"
        state
        expect 0 tally-recorder import "${kind}" whole first --state r
        expect 0 tally-recorder import "${kind}" second whole first --state r
        same "${kind}: the whole first, cut at ${cut}" "${whole}" "$(told | sed 's/ [0-9]*$//' | sort)"
    done
    expect 0 tally-recorder verify --state r
    same "${kind}: nothing of a command line" '' "$(tally-recorder log --state r --json | grep -E 'job\.py|Projects|language' || true)"
done

# The catalogue counts, and its digest stands with what it said.
state
expect 0 tally-recorder import winevt whole --state r
same 'the digest of the catalogue' "$(sha256sum <"${tests}/../recorder/catalogue/standard.jsonl" | cut -d' ' -f1)" \
    "$(tally-recorder log --state r --json | jq -r 'select(.t == "import") | .catalogue')"
expect 2 tally-recorder import rlm whole --zone UTC --catalogue whole --state r
complains '--catalogue FILE belongs to'
expect 1 tally-recorder import winevt whole --catalogue whole --state r
complains 'read catalogue'
printf '%s\n' '{"format":"tally-catalogue-1","made":"2026-11-23","name":"empty","t":"catalogue"}' >empty
expect 5 tally-recorder import winevt whole --catalogue empty --state r
prints 'no program of the catalogue ran'
verdict
