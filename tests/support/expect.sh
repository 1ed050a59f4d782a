# shellcheck shell=bash
# For scripts that test programs from outside. Source it from a folder below tests/: the script then runs in a
# temporary directory of its own, with the programs on the PATH and ${tests} naming the folder tests/.
set -uo pipefail
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
: "${TALLY_BIN:=${tests}/../build/dev/bin}"
PATH=$(cd "${TALLY_BIN}" && pwd):${PATH}
for program in tally-recorder tally-packager tally-verifier; do
    [[ -x $(command -v "${program}") ]] || { printf 'no %s in %s\n' "${program}" "${TALLY_BIN}" && exit 1; }
done
export LC_ALL=C.UTF-8
scratch=$(mktemp -d)
trap 'rm -rf "${scratch}"' EXIT
cd "${scratch}" || exit 1

flexnet=${tests}/data/flexnet/adskflex-first-14-days.log
failures=0

# skip REASON: for what this machine cannot do. In CI a skipped test is a failure (tests/run.sh).
skip() {
    printf 'skip: %s\n' "$1"
    exit 77
}

fail() {
    printf 'FAILED at line %s: %s\n' "${BASH_LINENO[1]}" "$1"
    printf '  command: %s\n' "${last:-none}"
    sed 's/^/  stdout: /' "${scratch}/.stdout" 2>/dev/null | head -n 20
    sed 's/^/  stderr: /' "${scratch}/.stderr" 2>/dev/null | head -n 20
    failures=$((failures + 1))
    ((failures < 20)) || { printf 'too many to go on\n' && exit 1; }
}

# expect CODE COMMAND…: runs it; its output is kept for says, prints and complains.
expect() {
    local wanted=$1 got=0
    shift
    last=$*
    "$@" >"${scratch}/.stdout" 2>"${scratch}/.stderr" </dev/null || got=$?
    [[ ${got} == "${wanted}" ]] || fail "exit code ${got}, expected ${wanted}"
}
# The last command's stdout, stderr, or either holds this text (case ignored).
prints() { grep -qiF -- "$1" "${scratch}/.stdout" || fail "stdout lacks: $1"; }
complains() { grep -qiF -- "$1" "${scratch}/.stderr" || fail "stderr lacks: $1"; }
says() { grep -qiF -- "$1" "${scratch}/.stdout" "${scratch}/.stderr" || fail "output lacks: $1"; }
# The last command named its program and said what was wrong, in the house's form, and printed no result.
refuses() {
    grep -qE '^tally-(recorder|packager|verifier): error: .+: .+[^.]$' "${scratch}/.stderr" ||
        fail 'stderr is not "PROGRAM: error: WHAT: WHY"'
    ! grep -qE 'terminate called|Aborted|Segmentation|assert' "${scratch}/.stderr" || fail 'crashed'
}
# same WHAT EXPECTED ACTUAL
same() { [[ $2 == "$3" ]] || fail "$1: expected $2, got $3"; }
holds() {
    local what=$1
    shift
    "$@" || fail "${what}"
}

# To be the last line of a test.
verdict() {
    if ((failures > 0)); then
        printf '%d expectations failed\n' "${failures}"
        exit 1
    fi
    printf 'all expectations held\n'
}

# A fresh estate in the working directory: recorder r, station p, both enrolled.
estate() {
    tally-recorder init --state r --site SITE1 --label LICSRV >/dev/null &&
        tally-packager site init --state p --site SITE1 >/dev/null 2>&1 &&
        tally-packager site enrol --state p r/enrolment.json >/dev/null
}
# … with the real log imported, sealed and collected, and a bundle in out/.
travelled() {
    estate &&
        tally-recorder import flexnet "${flexnet}" --zone Europe/Madrid --state r >/dev/null &&
        tally-recorder seal --state r >/dev/null &&
        tally-packager collect --state p r/outbox >/dev/null &&
        tally-packager pack --state p --out out >/dev/null
}
site_fingerprint() { tally-packager site show --state p --json | jq -r .fingerprint; }
