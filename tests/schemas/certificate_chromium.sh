#!/usr/bin/env bash
# The printed page of a check, for a good bundle, an untrusted one and the worst that can be thought up, in a browser.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
command -v node >/dev/null || skip 'no node'
command -v chromium >/dev/null || skip 'no chromium'
command -v xmllint >/dev/null || skip 'no xmllint'

holds 'a bundle' travelled
bundle=$(echo out/*.tally)
expect 0 tally-verifier trust add p/SITE.jsonl --fingerprint "$(site_fingerprint)" --ledger v.db
expect 0 tally-verifier check "${bundle}" --ledger v.db --certificate real.html
holds 'the digest is on it' grep -q "$(sha256sum <"${bundle}" | cut -d' ' -f1)" real.html
holds 'the fingerprint is on it' grep -q "$(site_fingerprint)" real.html
expect 3 tally-verifier check r/enrolment.json --ledger v.db --certificate none.html
expect 2 tally-verifier check "${bundle}" "${bundle}" --certificate two.html
refuses
expect 1 tally-verifier check "${bundle}" --ledger v.db --certificate absent/real.html
refuses

TALLY_CERTIFICATES=${PWD} expect 0 test_unit_certify 'certificates for the browser'
expect 0 xmllint --noout --nonet --schema "${tests}/schemas/junit.xsd" worst.xml
expect 0 node "${tests}/schemas/certificate_chromium.mjs" real.html none.html good.html unanchored.html worst.html
sed 's/<h1>/<h1><img src="http:\/\/192.0.2.1\/x.png">/' good.html >calling.html
expect 1 node "${tests}/schemas/certificate_chromium.mjs" calling.html
sed 's/<h2>Findings/<p style="min-height:250mm"><\/p><h2>Findings/' good.html >long.html
expect 1 node "${tests}/schemas/certificate_chromium.mjs" long.html
prints 'cut off below'
verdict
