#!/usr/bin/env bash
# The whole estate through the real programs, once: what they answer is the answer key, adds up to the totals, is what
# the short road answers, and stays when everything is delivered twice, in another order or cut into other bundles; one
# value of the rules changes its own findings only; a lost bundle is missed; the next quarter's review knows what was said
# of the last one's. TALLY_SEED makes another estate.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
python=/usr/bin/python3
seed=${TALLY_SEED:-1}
compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null || {
    echo 'skipped: no faketime, so no station can run by an earlier clock'
    exit 77
}
work=$(mktemp -d -p "$([[ -w /dev/shm ]] && echo /dev/shm || echo "${TMPDIR:-/tmp}")")
trap 'rm -rf "${work}"' EXIT
road=(--bin "${TALLY_BIN:?}" --estate "${work}/estate" --work "${work}/road")
"${python}" -B "${here}/estate.py" --all --seed "${seed}" --out "${work}/estate"
"${python}" -B "${here}/drive.py" "${road[@]}" --twice
"${python}" -B "${here}/compare.py" "${work}/road/outcome.json" "${work}/estate/key.jsonl"
"${python}" -B "${here}/totals.py" "${work}/road/outcome.json"
"${python}" -B "${here}/estate.py" --all --seed "${seed}" --stream | "${TALLY_BIN}/demo_outcomes" | cut -f2- >"${work}/short.json"
"${python}" -B "${here}/both_roads.py" "${work}/road/outcome.json" "${work}/short.json"
"${python}" -B "${here}/other_deliveries.py" "${road[@]}"
"${python}" -B "${here}/other_cuts.py" "${road[@]}"
"${python}" -B "${here}/other_values.py" "${road[@]}"
"${python}" -B "${here}/next_quarter.py" "${road[@]}"
