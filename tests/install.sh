#!/usr/bin/env bash
# Installs what tests/packages.txt lists and this machine lacks. Groups as arguments (build demo test lint), default all.
# Installs nothing that is there; without root prints the line to run and ends with 1.
set -euo pipefail
cd "$(dirname "$0")/.."

groups=" ${*:-build demo test lint} "
missing=()
while read -r group package why; do
    [[ -z ${group} || ${group} == \#* || ${groups} != *" ${group} "* ]] && continue
    if [[ ${why} =~ ^command\ ([a-z0-9-]+) ]] && command -v "${BASH_REMATCH[1]}" >/dev/null; then
        continue
    fi
    state=$(dpkg-query -W -f '${db:Status-Abbrev}' "${package}" 2>/dev/null || true)
    [[ ${state} == ii* ]] || missing+=("${package}")
done <tests/packages.txt

# For the tests in a real browser: fetched by their lock file into build/, and only when it changed.
fetch_browser_tests() {
    [[ ${groups} == *' test '* ]] || return 0
    cmp -s tests/e2e/browser/package-lock.json build/browser/package-lock.json && [[ -d build/browser/node_modules ]] && return 0
    mkdir -p build/browser
    cp tests/e2e/browser/package.json tests/e2e/browser/package-lock.json build/browser/
    printf 'installing with npm: axe-core\n' >&2
    npm ci --prefix build/browser --ignore-scripts --no-audit --no-fund >&2 </dev/null && return 0
    rm -rf build/browser
    printf '%s: npm could not fetch axe-core; the test report_axe will say so\n' "$0" >&2
}

if ((${#missing[@]} == 0)); then
    fetch_browser_tests
    exit 0
fi
line="apt-get install -y --no-install-recommends ${missing[*]}"
if [[ $(id -u) != 0 ]]; then
    printf '%s: %d packages are missing; as root, run:\n\n    %s\n\n' "$0" "${#missing[@]}" "${line}" >&2
    exit 1
fi
printf 'installing: %s\n' "${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
# A fresh system has no package lists; an old list may name files that are gone. So: update once, then install.
apt-get update -q >&2 || printf 'apt-get update failed; trying with the lists that are there\n' >&2
${line} >&2 </dev/null
fetch_browser_tests
