#!/usr/bin/env bash
# The pages for people: every command runs as it stands there, on the office they speak of, ends as the page says and
# prints what the page shows.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
pages=${tests}/../docs/operations

made() { bash "${tests}/e2e/office.sh" "$@"; }
as_it_stands() { (cd "$1" && exec /usr/bin/python3 -B "${tests}/e2e/page.py" "${pages}/$2.md"); }

expect 0 made auditor
expect 0 made licence-administrator accepted
expect 0 made procurement handed-in
for page in auditor licence-administrator procurement; do
    expect 0 as_it_stands "${page}" "${page}"
    cat .stdout
done

# A page that promises something else is found out.
sed 's/^\[exit 4\]$/[exit 3]/' "${pages}/procurement.md" >other.md
expect 0 made again handed-in
other() { (cd again && exec /usr/bin/python3 -B "${tests}/e2e/page.py" ../other.md); }
expect 1 other
says 'the page says 3'
verdict
