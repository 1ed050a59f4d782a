#!/usr/bin/env bash
# The estate Holm: see usage() below.
set -euo pipefail
export TALLY_TRUST=${TALLY_TRUST-everybody} # an invented company: try it wherever the source lies

usage() {
    cat <<'END'
Makes a fictional company (three sites, 60 hosts, 15 months, with 53 planted problems), lets the real programs record,
collect, deliver and judge it, and writes the report of what they found.

Usage: installer/demo.sh [--out DIR] [--keep] [--open]

  --out DIR   where the report goes; default: demo-out
  --keep      keep logs, stations, bundles and the ledger as well, and say what can be tried with them
  --open      show the report in the browser when it is done
  --help      this text

Takes about a minute; the first time some more, to build the programs. Run it again as often as you like. Installs
nothing, sends nothing. TALLY_BUILD names another build directory than build/release.

Exit codes: 0 found what was planted and nothing else   1 something else, or a step failed   2 wrong command line
END
}

wrong() {
    printf '%s\nTry installer/demo.sh --help\n' "$1" >&2
    exit 2
}

keep=no open=no out=demo-out
while (($#)); do
    case $1 in
    --keep) keep=yes ;;
    --open) open=yes ;;
    --out)
        (($# > 1)) || wrong '--out wants a directory'
        out=$2
        shift
        ;;
    -h | --help)
        usage
        exit 0
        ;;
    *) wrong "What is '$1'?" ;;
    esac
    shift
done
out=$(realpath -m "${out}")
cd "$(dirname "$0")/.."
build=${TALLY_BUILD:-${PWD}/build/release}
python=(/usr/bin/python3 -B)
work=$(mktemp -d)
finish() {
    [[ ${keep} == yes ]] || rm -rf "${work}"
}
trap finish EXIT

began=${SECONDS}
step() { printf '%3d s  %s\n' "$((SECONDS - began))" "$1" >&2; }
# A step's own words are shown only when it fails.
quiet() {
    "$@" >"${work}/step.log" 2>&1 || {
        cat "${work}/step.log" >&2
        printf 'failed: %s\n' "$*" >&2
        exit 1
    }
}

if [[ ! -x ${build}/bin/demo_feed || ! -x ${build}/bin/tally-verifier ]]; then
    step "building the programs in ${build}, once"
    quiet bash tests/install.sh build demo
    [[ -f ${build}/build.ninja ]] || quiet cmake --preset release -DTALLY_BENCHMARKS=OFF
    quiet cmake --build "${build}" --parallel --target tally-recorder tally-packager tally-verifier demo_feed
fi
compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null ||
    step 'no faketime here (apt-get install faketime): every delivery will count as made today'

step 'the company Holm: 60 hosts, 400 people, 15 months'
quiet "${python[@]}" tests/demo/estate.py --all --out "${work}/estate"
step '60 recorders write, three stations collect and pack, the verifier accepts 45 bundles and reconciles'
quiet "${python[@]}" tests/demo/drive.py --bin "${build}/bin" --estate "${work}/estate" --work "${work}/road"
step 'the report'
mkdir -p "${out}"
quiet "${build}/bin/tally-verifier" report --ledger "${work}/road/v.db" --as-of 2026-03-31 --fold-case \
    --html "${out}/report.html" --csv "${out}/csv/"
status=0
"${python[@]}" tests/demo/compare.py "${work}/road/outcome.json" "${work}/estate/key.jsonl" >"${out}/answer-key.txt" || status=1
step "done: $(tail -1 "${out}/answer-key.txt")"
totals=$("${python[@]}" tests/demo/totals.py "${work}/road/outcome.json" | tail -1) || status=1
step "by hand: ${totals}"

if [[ ${keep} == yes ]]; then
    rm -rf "${out}/work"
    mv "${work}" "${out}/work"
    cat >&2 <<END

Kept in ${out}/work: logs, stations, bundles, the ledger. To try:
  ${build}/bin/tally-verifier findings --ledger ${out}/work/road/v.db --on 2026-03-31
  ${build}/bin/tally-verifier inputs --ledger ${out}/work/road/v.db
  ${build}/bin/tally-verifier reconcile --ledger ${out}/work/road/v.db --as-of 2026-03-31 --fold-case --what-if 'seats L05=13'
END
fi
printf '\nThe report, to open in a browser:\n' >&2
printf '%s\n' "${out}/report.html"
if [[ ${open} == yes ]]; then
    command -v xdg-open >/dev/null && xdg-open "${out}/report.html" >/dev/null 2>&1 ||
        printf 'no xdg-open here: open it by hand\n' >&2
fi
exit "${status}"
