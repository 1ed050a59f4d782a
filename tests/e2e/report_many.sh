#!/usr/bin/env bash
# The report of 10 000 persons and 50 products: at most 20 MB, usable within 2 s, a filter within 100 ms. The size always
# holds; the times are printed, and asserted with a margin of five, because the machine may have other work.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
command -v node >/dev/null || skip 'no node'
command -v chromium >/dev/null || skip 'no chromium'

expect 0 report_of_many 10000 50 many.html
cat .stdout
holds 'at most 20 MB' test "$(stat -c %s many.html)" -le 20000000
expect 0 node "${tests}/e2e/report_speed.mjs" many.html 10000 500
cat .stdout
verdict
