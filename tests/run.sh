#!/usr/bin/env bash
# Builds everything with the preset dev and runs every test: the one command to know whether the tree is sound.
#   --fast         leave out the tests labelled slow
#   --label WORD   only the tests with this label (unit tests have none: use --name)
#   --name REGEX   only the tests whose name matches
#   --no-install   do not look for missing packages
#   --jobs N       compile and test N at a time (default: all processors)
set -euo pipefail
cd "$(dirname "$0")/.."

install=yes
jobs=$(nproc)
select=()
while (($# > 0)); do
    case $1 in
    --fast) select+=(--label-exclude '^slow$') ;;
    --label) select+=(--label-regex "^$2\$") && shift ;;
    --name) select+=(--tests-regex "$2") && shift ;;
    --no-install) install=no ;;
    --jobs) jobs=$2 && shift ;;
    -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0" && exit 0 ;;
    *) printf '%s: unknown option %s (see --help)\n' "$0" "$1" >&2 && exit 2 ;;
    esac
    shift
done

if [[ ${install} == yes ]]; then
    bash tests/install.sh
fi
mkdir -p build
. tests/support/stages.sh
configure dev
cmake --build build/dev --parallel "${jobs}"

code=0
ctest --test-dir build/dev --output-on-failure --no-tests=error --parallel "${jobs}" --timeout "${TALLY_TEST_SECONDS:-1200}" \
    --output-junit "${PWD}/build/ctest.xml" "${select[@]}" </dev/null 2>&1 | tee build/ctest.log || code=$?
/usr/bin/python3 tests/support/skipped.py build/ctest.xml || code=1
exit "${code}"
