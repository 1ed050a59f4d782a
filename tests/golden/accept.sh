#!/usr/bin/env bash
# Builds the page of the fixed estate and makes it what tests/golden/report.sh expects from now on. Look at it first:
# `git diff --word-diff tests/golden` shows what the change does, a browser how it looks.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [[ -z ${TALLY_BIN:-} ]]; then
    . tests/support/stages.sh
    configure dev
    cmake --build build/dev --target report_of_sample
fi
bash tests/golden/report.sh --accept
git --no-pager diff --stat -- tests/golden
