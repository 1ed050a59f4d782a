#!/usr/bin/env bash
# Bundles made to use up the memory and the patience of whoever reads them are refused by name, within bounds.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

travelled || fail 'could not build the estate'
/usr/bin/python3 "${tests}/e2e/bombs.py" "$(command -v tally-verifier)" "$(echo out/*.tally)" "${scratch}/bombs" ||
    fail 'a bomb was not refused as it should be'
verdict
