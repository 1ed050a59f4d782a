#!/usr/bin/env bash
# The page that leads through a first quarter: every command runs as it stands there, ends as the page says and prints
# what the page shows.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
for program in minisign jq; do command -v "${program}" >/dev/null || skip "no ${program}"; done
cp "${flexnet}" adskflex.log
expect 0 /usr/bin/python3 -B "${tests}/e2e/page.py" "${tests}/../docs/operations/one-quarter.md"
cat .stdout
verdict
