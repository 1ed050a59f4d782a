#!/usr/bin/env bash
# What should pass before a change is handed on: layout, both compilers, lint, all tests, sanitizers.
#   --quick   without sanitizers, and without the tests labelled slow
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. tests/support/stages.sh

quick=no
[[ ${1:-} == --quick ]] && quick=yes
mkdir -p build

clang_build() { configure dev-clang && cmake --build build/dev-clang --parallel; }
sanitized() { bash tests/sanitize.sh "$1"; }

stage 'packages' bash tests/install.sh
stage 'layout (clang-format-16)' check_format
if [[ ${quick} == yes ]]; then
    stage 'build and tests (GCC)' bash tests/run.sh --no-install --fast
else
    stage 'build and tests (GCC)' bash tests/run.sh --no-install
fi
stage 'build with tests (Clang 14)' clang_build
stage 'lint (clang-tidy-16, changed files)' check_tidy
stage 'promises and their tests' /usr/bin/python3 tests/architecture/behaviours.py
if [[ ${quick} == no ]]; then
    stage 'AddressSanitizer, UndefinedBehaviorSanitizer' sanitized asan
    stage 'ThreadSanitizer' sanitized tsan
fi
stages_end
