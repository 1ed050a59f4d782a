#!/usr/bin/env bash
# Builds libraries and tests under a sanitizer and runs them: sanitize.sh asan | tsan
# asan: every test but the benchmarks. tsan: the tests of the parts that use threads or locks.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/support/stages.sh
mkdir -p build

export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:abort_on_error=0
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
case ${1:-} in
asan)
    configure asan
    cmake --build build/asan --parallel
    ctest --test-dir build/asan --output-on-failure --no-tests=error --parallel "$(nproc)" --timeout 1200 \
        --label-exclude '^(slow|e2e|architecture)$'
    ;;
tsan)
    configure tsan
    threaded=(tests/unit/{bundle,check,journal,archive})
    cmake --build build/tsan --parallel --target "${threaded[@]/%//all}"
    # GCC 12's runtime does not know the wide address randomisation of newer kernels: run without it.
    calm=(setarch "$(uname -m)" --addr-no-randomize)
    "${calm[@]}" true 2>/dev/null || calm=(env)
    for part in "${threaded[@]}"; do
        "${calm[@]}" ctest --test-dir "build/tsan/${part}" \
            --output-on-failure --no-tests=error --timeout 1200
    done
    ;;
*)
    printf '%s: say asan or tsan\n' "$0" >&2
    exit 2
    ;;
esac
