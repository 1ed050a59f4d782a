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
    expect 0 "${program}" manual
    same "warnings of groff about the manual of ${program}" '' \
        "$(groff -man -ww -z -Tutf8 "${scratch}/.stdout" 2>&1)"
    expect 2 "${program}" completion
    for shell in zsh fish; do
        expect 0 "${program}" completion "${shell}"
        prints "${program}"
    done
done
# completed PROGRAM WORD…: what bash offers for the last word.
completed() {
    bash -c '. <("$1" completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); "_${1//-/_}"; echo "${COMPREPLY[*]}"' \
        bash "$@"
}
same 'completion of a command' 'import' "$(completed tally-recorder im)"
same 'completion of a command of a command' 'init' "$(completed tally-packager site in)"
same 'completion of an option' '--fingerprint' "$(completed tally-verifier trust add --fin)"

# What pages show and name is there, with those options; a page that names another is found out.
docs=${tests}/../docs
known() { /usr/bin/python3 -B "${tests}/e2e/page_commands.py" "$@"; }
expect 0 known "${docs}/../README.md" "${docs}"/*.md "${docs}"/*/*.md
same 'commands are looked at' 1 "$(($(sed -n 's/^\([0-9]*\) commands in.*/\1/p' .stdout) > 300))"
sed 's/site retire LICSRV --reason/site retire LICSRV --because/' "${docs}/operations/station.md" >other.md
expect 1 known other.md
says 'tally-packager site retire has no option --because'
same 'rows of docs/reference/cli.md' "${commands}" "$(grep -c '^| `tally-' "${page}")"
verdict
