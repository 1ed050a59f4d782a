#!/usr/bin/env bash
# Measures the programs against what a user would run instead, in the same run and with equal answers asserted.
#   --full         also the growth over 1, 10 and 100 million lines: half an hour, 30 GB in TMPDIR
#   --rounds N     repetitions of each (default 5); medians and spread are printed
#   --sessions N   size (default 1000000: a log of 2 million lines)
#   --build DIR    benchmarks built already (default: preset bench is built)
#   --no-duckdb    reconcile beside sqlite3 only; else DuckDB is fetched from npm into a folder that goes afterwards
# Nothing else should run on the machine. Figures of one run belong together; docs/performance.md keeps a set.
set -euo pipefail
cd "$(dirname "$0")/../.."

full=no
rounds=5
sessions=1000000
build=
duckdb=yes
while (($# > 0)); do
    case $1 in
    --full) full=yes ;;
    --rounds) rounds=$2 && shift ;;
    --sessions) sessions=$2 && shift ;;
    --build) build=$2 && shift ;;
    --no-duckdb) duckdb=no ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0" && exit 0 ;;
    *) printf '%s: unknown option %s (see --help)\n' "$0" "$1" >&2 && exit 2 ;;
    esac
    shift
done

programs=(bench_parse bench_tree bench_pack bench_check bench_accept bench_flexnet bench_reconcile)
if [[ -z ${build} ]]; then
    build=build/bench
    cmake --preset bench >/dev/null
    cmake --build "${build}" --parallel --target "${programs[@]}" bench_collect >/dev/null
fi
printf '%s, commit %s, %s x %s, load %s\n' "$(date -u +%FT%TZ)" "$(git rev-parse --short HEAD)" "$(nproc)" \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)" "$(cut -d' ' -f1 /proc/loadavg)"

if [[ ${duckdb} == yes ]]; then
    TALLY_BENCH_DUCKDB=$(mktemp -d)
    export TALLY_BENCH_DUCKDB
    trap 'rm -rf "${TALLY_BENCH_DUCKDB}"' EXIT
    cp tests/bench/duckdb.mjs "${TALLY_BENCH_DUCKDB}/peer.mjs"
    npm install --prefix "${TALLY_BENCH_DUCKDB}" --no-fund --no-audit --silent @duckdb/node-api@1.5.6-r.1 >/dev/null
fi

for program in "${programs[@]}"; do
    "${build}/bin/${program}" --size "${sessions}" --rounds "${rounds}"
done
"${build}/bin/bench_collect" --rounds 1 # 1000 hosts with 90 segments of 100 lines each

# Growth: one round each, ten times the lines from row to row. A session is two lines. The largest needs 30 GB of room
# in TMPDIR, and a bundle of one volume holds no more than 4096 members of 8 MiB.
if [[ ${full} == yes ]]; then
    for lines in 1000000 10000000 100000000; do
        for program in bench_pack bench_check; do
            "${build}/bin/${program}" --size $((lines / 2)) --rounds 1
        done
    done
    for lines in 1000000 10000000; do
        "${build}/bin/bench_accept" --size $((lines / 2)) --rounds 1
    done
    "${build}/bin/bench_reconcile" --size 10000000 --rounds 1
fi
