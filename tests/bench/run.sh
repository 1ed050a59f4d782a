#!/usr/bin/env bash
# Measures the programs against what a user would run instead, in the same run and with equal answers asserted.
#   --full         also the growth from 1 to 10 million sessions (and 100 million with --huge): hours
#   --rounds N     repetitions of each (default 5); medians and spread are printed
#   --sessions N   size (default 1000000: a log of 2 million lines)
#   --build DIR    benchmarks built already (default: preset bench is built)
# Nothing else should run on the machine. Figures of one run belong together; docs/performance.md keeps a set.
set -euo pipefail
cd "$(dirname "$0")/../.."

full=no
huge=no
rounds=5
sessions=1000000
build=
while (($# > 0)); do
    case $1 in
    --full) full=yes ;;
    --huge) full=yes huge=yes ;;
    --rounds) rounds=$2 && shift ;;
    --sessions) sessions=$2 && shift ;;
    --build) build=$2 && shift ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0" && exit 0 ;;
    *) printf '%s: unknown option %s (see --help)\n' "$0" "$1" >&2 && exit 2 ;;
    esac
    shift
done

programs=(bench_parse bench_tree bench_pack bench_check bench_accept bench_flexnet)
if [[ -z ${build} ]]; then
    build=build/bench
    cmake --preset bench >/dev/null
    cmake --build "${build}" --parallel --target "${programs[@]}" >/dev/null
fi
printf '%s, commit %s, %s x %s, load %s\n' "$(date -u +%FT%TZ)" "$(git rev-parse --short HEAD)" "$(nproc)" \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)" "$(cut -d' ' -f1 /proc/loadavg)"

for program in "${programs[@]}"; do
    "${build}/bin/${program}" --size "${sessions}" --rounds "${rounds}"
done

if [[ ${full} == yes ]]; then
    sizes=(1000000 10000000)
    if [[ ${huge} == yes ]]; then
        sizes+=(100000000)
    fi
    for size in "${sizes[@]}"; do
        for program in bench_pack bench_check bench_accept; do
            "${build}/bin/${program}" --size "${size}" --rounds 1
        done
    done
fi
