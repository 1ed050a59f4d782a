#!/usr/bin/env bash
# Bundles on their way out: onto a real FAT32 image through its driver, read there by other tools, put in again and
# proved; refused where something is in the way; an image of a disc; what the station's log keeps of it.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
PATH=${PATH}:/usr/sbin:/sbin
for program in fusefat mkfs.fat fusermount mcopy minisign xorriso; do
    command -v "${program}" >/dev/null || skip "no ${program}"
done
[[ -r /dev/fuse && -w /dev/fuse ]] || skip 'no /dev/fuse'

travelled || fail 'could not build the estate'
bundle=$(echo out/*.tally)
name=$(basename "${bundle}" .tally)
mkdir stick
mkfs.fat -F 32 -i 3A2107FF -C stick.img 40960 >/dev/null || fail 'mkfs.fat'
put_in() { fusefat -o rw+ stick.img stick >/dev/null 2>&1 || skip 'fusefat cannot put a medium in'; }
take_out() { for _ in 1 2 3 4 5; do fusermount -u stick && break || sleep 1; done; }
trap 'fusermount -u "${scratch}/stick" 2>/dev/null; rm -rf "${scratch}"' EXIT

# Where it must not go.
expect 2 tally-packager write --state p "${bundle}"
refuses
mkdir here
expect 1 tally-packager write --state p "${bundle}" --to here
refuses
complains 'the disk that'
holds 'nothing was written' test -z "$(ls here)"
expect 1 tally-packager write --state p "${bundle}" --to nowhere
refuses

# Onto the medium.
put_in
expect 0 tally-packager write --state p "${bundle}" --to stick --dry-run
prints 'would write'
holds 'a dry run writes nothing' test ! -e stick/TALLY
expect 0 tally-packager write --state p "${bundle}" --to stick --medium STICK-7 --paper paper.txt --by 'A. Person'
prints 'read back'
expect 5 tally-packager write --state p "${bundle}" --to stick --medium STICK-7
prints 'there'
holds 'the delivery note names the digest' grep -qF "$(sha256sum <"${bundle}" | head -c 64)" paper.txt
holds 'and who wrote it' grep -qF 'A. Person' paper.txt
same 'lines about it in the station'"'"'s log' 1 \
    "$(tally-recorder log --state p/log --json | jq -c 'select(.t == "written")' | wc -l)"
take_out

# Other tools read it, without our driver.
mkdir read
expect 0 mcopy -s -n -i stick.img '::TALLY' read
for file in "read/TALLY/SITE1/${name}"/*; do
    holds "${file##*/} is the one beside the bundle" cmp -s "${file}" "out/${file##*/}"
done
same 'files' "$(find out -type f | wc -l)" "$(find read -type f | wc -l)"
expect 0 minisign -V -p "read/TALLY/SITE1/${name}/export.pub" -m "read/TALLY/SITE1/${name}/${name}.tally"

# Put in again, looked at by a second person, here and elsewhere.
put_in
expect 0 tally-packager verify-media --state p stick --medium-name STICK-7
prints whole
expect 0 tally-packager verify-media --site out/SITE.jsonl stick
expect 2 tally-packager verify-media stick
printf 'holiday' >stick/HOLIDAY.TXT
printf 'x' >"stick/TALLY/SITE1/${name}/odd.txt"
expect 0 tally-packager verify-media --state p stick --medium-name STICK-7
prints foreign
rm "stick/TALLY/SITE1/${name}/VERIFY.TXT"
printf 'other' >"stick/TALLY/SITE1/${name}/VERIFY.TXT"
expect 3 tally-packager verify-media --state p stick --medium-name STICK-7
prints damaged
expect 1 tally-packager write --state p "${bundle}" --to stick
complains 'damaged now'
rm -r "stick/TALLY/SITE1/${name}"
expect 3 tally-packager verify-media --state p stick --medium-name STICK-7
prints missing
expect 0 tally-packager write --state p "${bundle}" --to stick --medium STICK-7
expect 0 tally-packager verify-media --state p stick --medium-name STICK-7
same 'a foreign file' holiday "$(cat stick/HOLIDAY.TXT)"
take_out

# An image of a disc.
expect 0 tally-packager write --state p "${bundle}" --iso disc.iso --preset cd
expect 1 tally-packager write --state p "${bundle}" --iso disc.iso --preset cd
refuses
expect 0 xorriso -report_about SORRY -osirrox on -indev disc.iso -extract /TALLY taken
holds 'the bundle is in the image' cmp -s "taken/SITE1/${name}/${name}.tally" "${bundle}"
expect 0 tally-packager write --state p "${bundle}" --to here --staging
expect 0 tally-packager verify-media --site out/SITE.jsonl here

# What the site file demands: nobody has released this one.
minisign -G -W -p officer.pub -s officer.key >/dev/null 2>&1
expect 0 tally-packager site revise --state p --add-officer "officer.pub=ANNA" --releases 1
expect 0 tally-packager site sign --state p
expect 3 tally-packager write --state p "${bundle}" --to here --staging
complains 'demands the release by 1'

verdict
