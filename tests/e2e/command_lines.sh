#!/usr/bin/env bash
# Every command of every program explains itself, has its row in docs/reference/cli.md, and refuses what it does not know.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
page=${tests}/../docs/reference/cli.md
commands=0

# walk COMMAND…: the command, then those below it.
walk() {
    expect 0 "$@" --help
    prints 'exit codes'
    prints 'example'
    expect 2 "$@" --no-such-option
    prints_nothing
    local below name
    below=$("$@" --help | awk '/^Subcommands:/ {on = 1; next} on && /^$/ {exit} on && /^  [a-z]/ {print $1}')
    if [[ -z ${below} ]]; then
        commands=$((commands + 1))
        grep -qF "| \`$*\` |" "${page}" || fail "docs/reference/cli.md has no row for: $*"
        return
    fi
    for name in ${below}; do
        walk "$@" "${name}"
    done
}
prints_nothing() { [[ ! -s ${scratch}/.stdout ]] || fail 'a wrong command line has no results'; }

for program in tally-recorder tally-packager tally-verifier; do
    walk "${program}"
    expect 0 "${program}" --version
    prints "${program} "
done
same 'rows of docs/reference/cli.md' "${commands}" "$(grep -c '^| `tally-' "${page}")"
verdict
