# shellcheck shell=bash
# For scripts that run several stages: each is named, timed, and remembered. Source it.
# A stage that fails does not end the run: what comes after may still tell something; `stages_end` gives the verdict.
stages_failed=()
stages_done=${TALLY_STAGES_DONE:-/dev/null} # a file that gets the name of each finished stage

# Processor seconds of all commands that ended so far. `times` tells the truth only outside a subshell: hence the file.
stages_clock=$(mktemp)
trap 'rm -f "${stages_clock}"' EXIT
processor_seconds() {
    times >"${stages_clock}"
    spent=$(awk 'NR == 2 { split($1, u, /[ms]/); split($2, s, /[ms]/); print int(60 * (u[1] + s[1]) + u[2] + s[2]) }' "${stages_clock}")
}

# stage NAME COMMAND…
stage() {
    local name=$1 began=${SECONDS} code=0 spent
    shift
    processor_seconds
    local before=${spent}
    printf '\n=== %s\n' "${name}"
    "$@" </dev/null || code=$?
    processor_seconds
    printf '=== %s: %s, %d s, %d s of processor\n' "${name}" \
        "$([[ ${code} == 0 ]] && printf ok || printf 'FAILED (%d)' "${code}")" $((SECONDS - began)) $((spent - before))
    [[ ${code} == 0 ]] || stages_failed+=("${name}")
    printf '%s\n' "${name}" >>"${stages_done}"
}

stages_end() {
    printf '\n'
    if ((${#stages_failed[@]} > 0)); then
        printf 'failed: %s\n' "${stages_failed[@]}"
        return 1
    fi
    printf 'all stages passed\n'
}

# configure PRESET [OPTION…]: into build/PRESET; the compiler cache is used where there is one.
configure() {
    local preset=$1
    shift
    if command -v ccache >/dev/null; then
        set -- -DCMAKE_CXX_COMPILER_LAUNCHER=ccache "$@"
    fi
    cmake --preset "${preset}" "$@" >"build/configure-${preset}.log" 2>&1 || {
        cat "build/configure-${preset}.log"
        return 1
    }
}

# The product's C++ files (tests too with `tests` as argument) that are under version control, one a line.
sources() { git ls-files -- 'recorder/*.?pp' 'packager/*.?pp' 'verifier/*.?pp' 'include/*.?pp' "$@"; }

check_format() { sources 'tests/*.?pp' | xargs -r clang-format-16 --dry-run -Werror; }

# Lints what the commits of the last day and the work tree touched (`check_tidy all`: everything; `check_tidy newest`:
# the last five commits, for a run that has to end in time). A header is linted through the source of the same name.
check_tidy() {
    local wanted commits=--since=1.day
    [[ ${1:-} != newest ]] || commits=--max-count=5
    if [[ ${1:-} == all ]]; then
        wanted=$(sources | grep '\.cpp$' || true)
    else
        wanted=$({
            git log "${commits}" --name-only --format= 2>/dev/null
            git diff --name-only HEAD
        } | sed -E 's,^include/tally/[^/]+/(.*)\.hpp$,\1.cpp,; s,\.hpp$,.cpp,' | sort -u | while read -r name; do
            sources | grep -E "(^|/)${name//./\\.}\$" | grep '\.cpp$' || true
        done | sort -u)
    fi
    [[ -z ${wanted} ]] && return
    configure lint || return
    xargs -P "$(nproc)" -n 1 clang-tidy-16 --quiet ${TALLY_TIDY_CHECKS:+"--checks=${TALLY_TIDY_CHECKS}"} \
        -p build/lint <<<"${wanted}" 2>&1 |
        grep -vE '^[0-9]+ warnings generated|^Suppressed|^Use -header-filter'
    [[ ${PIPESTATUS[0]} == 0 ]]
}
