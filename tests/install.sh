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

if ((${#missing[@]} == 0)); then
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
