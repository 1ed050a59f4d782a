#!/usr/bin/env bash
# The page of a fixed estate is byte for byte tests/golden/report.html. Shows what differs, one tag a line.
#   --accept   make what the page is now what it must be (tests/golden/accept.sh, which builds first)
set -euo pipefail
cd "$(dirname "$0")/.."
program=${TALLY_BIN:-../build/dev/bin}/report_of_sample
made=$(mktemp -d)
trap 'rm -rf "${made}"' EXIT

"${program}" >"${made}/report.html"
if [[ ${1:-} == --accept ]]; then
    cp "${made}/report.html" golden/report.html
    printf 'accepted: tests/golden/report.html\n'
    exit 0
fi
cmp -s golden/report.html "${made}/report.html" && exit 0
for side in golden "${made}"; do
    sed 's/></>\n</g' "${side}/report.html" >"${made}/$([[ ${side} == golden ]] && echo expected || echo actual)"
done
diff -U 2 --label expected --label actual "${made}/expected" "${made}/actual" | cut -c -200 | head -n 120 || true
printf '\nThe page is not what was accepted. If it should be so: bash tests/golden/accept.sh\n'
exit 1
