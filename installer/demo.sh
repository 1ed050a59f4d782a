#!/usr/bin/env bash
# Builds the three programs, makes the estate Holm (three sites, 60 hosts, 15 months, with planted problems), drives it
# from recorders over stations into one ledger, and prints where the report lies. Leaves demo-out/. Run it again as
# often as you like. Progress on standard error. TALLY_BUILD names another build directory than build/release.
set -euo pipefail
cd "$(dirname "$0")/.."
root=${PWD}
out=${root}/demo-out
build=${TALLY_BUILD:-${root}/build/release}

say() { printf -- '--- %s\n' "$1" >&2; }

if [[ ! -x ${build}/bin/demo_feed || ! -x ${build}/bin/tally-verifier ]]; then
    say "building ${build}"
    bash tests/install.sh build demo >&2
    [[ -f ${build}/build.ninja ]] || cmake --preset release -DTALLY_BENCHMARKS=OFF >&2
    cmake --build "${build}" --parallel --target tally-recorder tally-packager tally-verifier demo_feed >&2
fi

say 'the estate'
rm -rf "${out}"
mkdir -p "${out}"
/usr/bin/python3 -B tests/demo/estate.py --all --out "${out}/estate"
say 'recorders, stations, bundles, ledger'
/usr/bin/python3 -B tests/demo/drive.py --bin "${build}/bin" --estate "${out}/estate" --work "${out}/road"
say 'the answer key'
/usr/bin/python3 -B tests/demo/compare.py "${out}/road/outcome.json" "${out}/estate/key.jsonl" >&2 || true
/usr/bin/python3 -B tests/demo/totals.py "${out}/road/outcome.json" >&2 || true
say 'the report'
"${build}/bin/tally-verifier" report --ledger "${out}/road/v.db" --as-of 2026-03-31 --fold-case \
    --html "${out}/report.html" --csv "${out}/csv/" >&2
printf '%s\n' "${out}/report.html"
