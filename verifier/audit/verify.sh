#!/usr/bin/env bash
# Verifies the audit pack that this file lies in, with stock tools: minisign, sha256sum, find, tar, zstd, jq, awk, and
# Python 3 with PyNaCl for check-log.py. What each step shows: VERIFY.txt. Writes nothing into the pack.
#   bash verify.sh [KEY]      KEY: the public key that you were told, 56 characters
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "${work}"' EXIT
wrong() {
    printf 'NOT GOOD: %s\n' "$1"
    exit 3
}

printf '1. signature\n'
if [[ -e SHA256SUMS.minisig ]]; then
    if [[ $# -gt 0 ]]; then
        minisign -Q -V -P "$1" -m SHA256SUMS >"${work}/comment" || wrong 'SHA256SUMS is not signed by that key'
    else
        minisign -Q -V -p audit.pub -m SHA256SUMS >"${work}/comment" || wrong 'the signature of SHA256SUMS does not hold'
        printf '   by the key in the pack itself; compare it with what you were told: %s\n' "$(sed -n 2p audit.pub)"
    fi
    grep -qx "tally-audit-pack-1 $(jq -r '.kind + " " + .last_day' pack.json)" "${work}/comment" ||
        wrong 'the signature was made for something else'
    [[ $(wc -l <SHA256SUMS.minisig) == 4 ]] || wrong 'lines behind the signature'
else
    printf '   UNSIGNED: nobody answers for this pack\n'
fi

printf '2. every file is what SHA256SUMS says, and there is no other\n'
sha256sum -c --strict --quiet SHA256SUMS || wrong 'a file was altered or is missing'
find . ! -type d -printf '%P\n' | grep -vxE 'SHA256SUMS|SHA256SUMS\.minisig|audit\.pub|UNSIGNED\.txt' | sort >"${work}/there"
cut -c67- SHA256SUMS | cmp -s - "${work}/there" || wrong 'files that SHA256SUMS does not list'
[[ -z $(find . -type l) ]] || wrong 'a symbolic link'

printf '3. site files; compare each fingerprint with what you were told\n'
for site in trust/*.jsonl; do
    printf '   %s %s\n' "$(basename "${site}" .jsonl)" "$(head -n 1 "${site}" | jq -cjS 'del(.sigs)' | sha256sum | cut -c1-64)"
done

if [[ ! -d bundles ]]; then
    printf '4. the bundles are withheld; withheld.csv has their digests\n'
    printf 'GOOD: a redacted pack, made from the pack whose SHA256SUMS has the SHA-256 %s\n' "$(jq -r .full_pack pack.json)"
    exit 0
fi

printf '4. bundles: signature by an export key of the site, and members\n'
for bundle in bundles/*.tally; do
    site=
    for trusted in trust/*.jsonl; do
        for key in $(jq -r '.exports[]' "${trusted}" | sort -u); do
            ! minisign -Q -V -P "${key}" -m "${bundle}" >"${work}/comment" 2>/dev/null || {
                site=$(basename "${trusted%%.*}") # SITE1.before1.jsonl: what was trusted before SITE1 was enrolled again
                jq -r .log "${trusted}" | tail -n 1 >"${work}/log"
            }
        done
    done
    [[ -n ${site} ]] || wrong "${bundle}: not signed by an export key of a site"
    mkdir "${work}/members"
    tar -xf "${bundle}" -C "${work}/members" || wrong "${bundle}: cannot be unpacked"
    [[ $(jq -r .site "${work}/members/MANIFEST.json") == "${site}" ]] || wrong "${bundle}: of another site"
    (cd "${work}/members" && jq -r '.members[] | .sha256 + "  " + .name' MANIFEST.json | sha256sum -c --strict --quiet) ||
        wrong "${bundle}: a member was altered"
    cat "${work}"/members/LINES_* | zstd -dcqf >>"${work}/lines" # -f: what is stored passes as it is
    for release in "${bundle}".rel*.minisig; do
        [[ -e ${release} ]] || continue
        officer=
        while read -r key person; do
            ! minisign -Q -V -P "${key}" -x "${release}" -m "${bundle}" >"${work}/comment" 2>/dev/null || officer=${person}
        done < <(jq -r '.officers[]? | .key + " " + .person' "trust/${site}".*jsonl | sort -u)
        printf '   %s: released by %s\n' "$(basename "${release}")" "${officer:-NOBODY of trust/${site}.jsonl}"
    done
    printf '%s %s\n' "$(head -n 1 "${work}/members/HOSTS.jsonl" | jq -r .host)" \
        "$(cat "${work}/log")" >>"${work}/keys"
    rm -r "${work}/members"
done

for receipt in receipts/*/RCPT_*[0-9].json; do
    [[ -e ${receipt} ]] || continue
    good=
    for key in $(jq -r '.verifiers[]?' "trust/$(jq -r .site "${receipt}")".*jsonl | sort -u); do
        ! minisign -Q -V -P "${key}" -m "${receipt}" >/dev/null 2>&1 || good=yes
    done
    [[ -n ${good} && $(sha256sum <"${receipt%.json}_POS.jsonl" | head -c 64) == $(jq -r .positions "${receipt}") ]] ||
        wrong "${receipt}: not signed by a verifier's key of the site, or of other lines"
done

printf '5. logs: every line under the seals of its host, from the first key on\n'
mkdir "${work}/logs"
awk '!seen[$0]++' "${work}/lines" >"${work}/all"
jq -r 'select(.t == "enrol") | .log + " " + .key' "${work}/all" >>"${work}/keys"
awk -v into="${work}/logs/" '{at = index($0, "\"host\":\"H"); name = substr($0, at + 8, 25)
    if (name != last) {close(into last); last = name} print >> (into name)}' "${work}/all"
while read -r host key; do
    [[ ! -e ${work}/logs/${host} ]] || /usr/bin/python3 check-log.py "${key}" <"${work}/logs/${host}" | sed 's/^/   /' ||
        wrong "the log of ${host}"
    rm -f "${work}/logs/${host}"
done < <(sort -u "${work}/keys")
[[ -z $(ls "${work}/logs") ]] || wrong 'lines of a log that nobody enrolled'
printf 'GOOD\n'
