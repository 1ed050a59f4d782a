#!/usr/bin/env bash
# Runs every fuzz harness under libFuzzer with ASan and UBSan, and prints what each did. Needs clang-14.
#   --seconds N   processor seconds for each (default 180)
#   --only NAME   one harness
#   --build DIR   a build folder with TALLY_FUZZERS (default build/fuzz, made by preset fuzz)
# Inputs that end a run are kept in DIR/findings; new inputs that reach new code stay in DIR/found/NAME.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=180
only=
folder=build/fuzz
while (($# > 0)); do
    case $1 in
    --seconds) seconds=$2 && shift ;;
    --only) only=$2 && shift ;;
    --build) folder=$2 && shift ;;
    -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0" && exit 0 ;;
    *) printf '%s: unknown option %s (see --help)\n' "$0" "$1" >&2 && exit 2 ;;
    esac
    shift
done

mapfile -t names < <(sed -n 's/^tally_fuzz(\([a-z_]*\).*/\1/p' tests/fuzz/CMakeLists.txt)
if [[ -n ${only} ]]; then
    names=("${only}")
fi
if [[ ${folder} == build/fuzz ]]; then
    cmake --preset fuzz >/dev/null
    cmake --build build/fuzz --parallel --target "${names[@]/%/_fuzzer}" >/dev/null
fi
mkdir -p "${folder}/findings"

TIMEFORMAT='%U %S'
code=0
for name in "${names[@]}"; do
    mkdir -p "${folder}/found/${name}"
    log="${folder}/${name}.log"
    : >"${log}"
    used=0
    while ((used < seconds)); do
        failed=no
        # The time goes to a file of its own: stderr is the fuzzer's.
        { time "${folder}/bin/${name}_fuzzer" -max_total_time=$((seconds - used)) -max_len=16384 -print_final_stats=1 \
            -rss_limit_mb=1024 -timeout=60 -artifact_prefix="${folder}/findings/${name}-" "${folder}/found/${name}" \
            "tests/fuzz/corpus/${name}" >>"${log}" 2>&1 || failed=yes; } 2>"${folder}/time-${name}"
        used=$((used + $(awk 'END { print int($1 + $2 + 0.5) }' "${folder}/time-${name}") + 1))
        if [[ ${failed} == yes ]]; then
            code=1
            printf 'FINDING in %s, see %s\n' "${name}" "${log}"
            break
        fi
    done
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "${log}" | paste -sd+ | sed 's/^$/0/')
    printf '%-10s %5s CPU-s %12s runs, coverage %s, %s new inputs\n' "${name}" "${used}" "$((runs))" \
        "$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "${log}" | tail -1)" "$(find "${folder}/found/${name}" -type f | wc -l)"
done
exit "${code}"
