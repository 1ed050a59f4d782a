#!/usr/bin/env bash
# From a fresh Debian 12 to a reconciled report: installs what is missing, builds the three programs, and takes a real
# licence-server log from recorder to report. Leaves quickstart-out/. Run it again as often as you like.
# The log and the two tables are the ones that the tests use (tests/data); packages come from tests/packages.txt.
set -euo pipefail
cd "$(dirname "$0")/.."
export TALLY_TRUST=${TALLY_TRUST-everybody} # nothing here is worth a guard: try it wherever the source lies
root=${PWD}
out=${root}/quickstart-out
log=${root}/tests/data/flexnet/adskflex-first-14-days.log
tables=${root}/tests/data/demo

say() { printf '\n--- %s\n' "$1"; }
# Prints a command as one would type it, then runs it. Exit code 3 or 4 is an answer ("findings", "beyond
# entitlement"), not a failure: `answer` shows it and goes on.
run() {
    printf '$ %s\n' "$*"
    "$@"
}
answer() {
    local code=0
    run "$@" || code=$?
    case ${code} in
    0) ;;
    3 | 4) printf '(exit code %d, see docs/reference/exit-codes.md)\n' "${code}" ;;
    *) exit "${code}" ;;
    esac
}

say 'packages'
bash tests/install.sh build demo
printf 'all there\n'

say 'build (build/release)'
options=(-DTALLY_BENCHMARKS=OFF)
if command -v ccache >/dev/null; then
    options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
fi
mkdir -p build
cmake --preset release "${options[@]}" >build/configure-release.log 2>&1 || {
    cat build/configure-release.log
    exit 1
}
cmake --build build/release --parallel --target tally-recorder tally-packager tally-verifier
PATH=${root}/build/release/bin:${PATH}

rm -rf "${out}"
mkdir -p "${out}"
cd "${out}"

say 'inside the gap: a licence server records, and its station packs'
run tally-recorder init --state r --site SITE1 --label LICSRV
run tally-packager site init --state p --site SITE1
run tally-packager site enrol --state p r/enrolment.json
run tally-recorder import flexnet "${log}" --zone Europe/Madrid --state r
run tally-recorder seal --state r
run tally-recorder verify --state r
run tally-packager collect --state p r/outbox
run tally-packager pack --state p --out out

say 'on the connected side, with stock tools only: the commands of out/VERIFY.TXT'
bundle=$(basename out/*.tally)
recipe=$(sed -n '/^#!/q; s/^    //p' out/VERIFY.TXT)
printf '%s\n' "${recipe}" | sed 's/^/$ /'
printf '\n'
(cd out && bash -euo pipefail -c "${recipe}")
cp out/members/all lines.jsonl
rm -r out/members

say 'on the connected side, with the verifier'
fingerprint=$(tally-packager site show --state p --json | jq -r .fingerprint)
run tally-verifier trust add p/SITE.jsonl --fingerprint "${fingerprint}" --ledger v.db
run tally-verifier check "out/${bundle}" --ledger v.db
run tally-verifier accept "out/${bundle}" --ledger v.db
run tally-verifier import entitlements "${tables}/ent.csv" --ledger v.db
run tally-verifier import assignments "${tables}/asg.csv" --ledger v.db
answer tally-verifier reconcile --ledger v.db
run tally-verifier report --ledger v.db --html report.html --csv csv/

# What is left for reading lies on top; the states of the three programs beside it, to go on from.
mv out/* .
rmdir out
mkdir state
mv r p v.db* state/

cat <<END

--- done: quickstart-out/
  report.html            the report: open it in any browser, it needs no network
  csv/                   the same tables for a spreadsheet
  ${bundle}
                         the bundle that crossed the gap, beside it its signature, the public key and the site file
  VERIFY.TXT             how an auditor checks it with stock tools (just done above)
  lines.jsonl            what the bundle says, in clear
  state/                 r (recorder), p (packager), v.db (verifier): go on from here, for instance
                         build/release/bin/tally-packager inspect quickstart-out/${bundle}
Next: open report.html, then read README.md (five-minute tour) and docs/threat-model.md (what this proves, what not).
END
