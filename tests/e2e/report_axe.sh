#!/usr/bin/env bash
# No violation that axe-core knows of, in any section: a page with findings, charts, insights and rows beside it, the page
# of nothing; and a page with a fault is told. tests/install.sh fetches axe-core; TALLY_AXE=FILE names another copy.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
axe=${TALLY_AXE:-${tests}/../build/browser/node_modules/axe-core/axe.min.js}
command -v node >/dev/null || skip 'no node'
command -v chromium >/dev/null || skip 'no chromium'
[[ -f ${axe} ]] || skip 'no axe-core (bash tests/install.sh fetches it)'

expect 0 report_of_many 60 8 many.html reporting
for table in t-speed t-categories; do
    holds "the page has ${table}" grep -q "id=\"${table}\"" many.html
done
expect 0 node "${tests}/e2e/report_axe.mjs" many.html "${axe}"
expect 0 report_of_many 0 0 empty.html
expect 0 node "${tests}/e2e/report_axe.mjs" empty.html "${axe}"
sed 's/<html lang="en">/<html>/' empty.html >mute.html
expect 1 node "${tests}/e2e/report_axe.mjs" mute.html "${axe}"
prints html-has-lang
verdict
