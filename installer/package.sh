#!/usr/bin/env bash
# Makes what is carried behind the gap: one archive with programs, manual pages, completions and documents, its digest in
# SHA256SUMS, and, with --key, a signature of that list that stock minisign checks. Neither dates nor folders of this
# machine are in the archive: the same commit, built again by the same compiler, is to give its bytes.
#
#     installer/package.sh [--out DIR] [--key FILE] [--build DIR] [--level N]
#
#     --out DIR      folder for the three files; default: build/packages
#     --key FILE     secret key of minisign; it asks for the passphrase
#     --build DIR    a build that is there already, instead of making one in build/package
#     --level N      of the compression; default: 19
set -euo pipefail
out='' key='' build='' level=19
while (($# > 0)); do
    case $1 in
    --out | --key | --build | --level)
        (($# > 1)) || { printf '%s: error: %s needs a value\n' "$0" "$1" >&2 && exit 2; }
        printf -v "${1#--}" %s "$2"
        shift 2
        ;;
    *)
        sed -n '2,12s/^# \{0,1\}//p' "$0" >&2
        exit 2
        ;;
    esac
done
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=${out:-${source}/build/packages}
mkdir -p "${out}"
out=$(cd "${out}" && pwd)
[[ -z ${key} ]] || key=$(realpath -e "${key}")

if [[ -z ${build} ]]; then
    build=${source}/build/package
    cmake -S "${source}" --preset release -B "${build}" -DTALLY_BENCHMARKS=OFF \
        -DCMAKE_CXX_FLAGS="-ffile-prefix-map=${source}/=" >&2
    cmake --build "${build}" --parallel --target tally-recorder tally-packager tally-verifier >&2
fi

version=$(sed -n 's/^project(tallystick VERSION \([0-9.]*\).*/\1/p' "${source}/CMakeLists.txt")
name=tallystick-${version}-$(uname -m)
stage=$(mktemp -d)
trap 'rm -rf "${stage}"' EXIT
cmake --install "${build}" --prefix "${stage}/${name}" --strip >/dev/null

# Dates are those of the commit: https://reproducible-builds.org/docs/archives/
made=${SOURCE_DATE_EPOCH:-$(git -c safe.directory='*' -C "${source}" log -1 --format=%ct 2>/dev/null || stat -c %Y "${source}/CMakeLists.txt")}
archive=${out}/${name}.tar.zst
LC_ALL=C tar --create --directory "${stage}" --format=gnu --sort=name --mtime="@${made}" --owner=0 --group=0 \
    --numeric-owner --mode=u+rw,go+r,go-w,a+X "${name}" | zstd --quiet -T1 "-${level}" --force -o "${archive}"
(cd "${out}" && sha256sum "${name}.tar.zst" >SHA256SUMS)
if [[ -n ${key} ]]; then
    (cd "${out}" && minisign -S -s "${key}" -m SHA256SUMS -t "tallystick ${version}" -c 'packages of tallystick')
fi
printf 'package    %s\n' "${archive}"
sed 's/^\([0-9a-f]*\) .*/sha256     \1/' "${out}/SHA256SUMS"
[[ -z ${key} ]] || printf 'signature  %s\n' "${out}/SHA256SUMS.minisig"
