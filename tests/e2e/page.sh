#!/usr/bin/env bash
# A page of docs/operations: every command runs as it stands there, ends as the page says and prints what it shows
# (page.py). What the page takes for granted it makes itself, in remarks that its readers do not see.
#
#     page.sh NAME [PROGRAM…]      the programs that it needs besides ours
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
name=$1
for program in "${@:2}"; do command -v "${program}" >/dev/null || skip "no ${program}"; done
export tests flexnet
export -f estate travelled site_fingerprint
expect 0 /usr/bin/python3 -B "${tests}/e2e/page.py" "${tests}/../docs/operations/${name}.md"
cat .stdout
verdict
