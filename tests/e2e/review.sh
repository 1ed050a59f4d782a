#!/usr/bin/env bash
# A bundle is read before it is released: what is new, which words and markings are in it, how names are spelled; as
# text, as JSON, and as one page that holds nothing it was given as it was given.
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"

inspect() { tally-packager inspect "$@"; }
review() { jq -c ".review | $1" .stdout; }

travelled || fail 'could not build the estate'
first=$(echo out/*.tally)

# The first bundle: everything is new, and there is nothing to compare with.
expect 0 inspect "${first}"
prints 'compared with  nothing: no receipt yet'
prints 'new host'
expect 0 inspect "${first}" --json
same 'new hosts' '["STATION","LICSRV"]' "$(review '.new_logs | map(.label)')"
same 'kinds of new keys' '["export","root"]' "$(review '.new_keys | map(.role) | unique')"
same 'nothing was looked for' null "$(review .scan)"

# The second: another host, an officer, and a user with a name that wants to be more than a name.
tally-recorder init --state r2 --site SITE1 --label WORKSHOP >/dev/null
tally-packager site enrol --state p r2/enrolment.json >/dev/null
{
    head -n 60 "${flexnet}"
    grep -m 1 ' OUT: ' "${flexnet}" | sed 's/" .*@/" <img src=x onerror=alert(1)>@/'
    grep -m 1 ' OUT: ' "${flexnet}" | sed 's/" .*@/" M\xc3\xbcller-Geheim@/'
} >second.log
tally-recorder import flexnet second.log --zone Europe/Madrid --state r2 >/dev/null
tally-recorder seal --state r2 >/dev/null
tally-packager collect --state p r2/outbox >/dev/null
minisign -G -W -f -p anna.pub -s anna.key >/dev/null 2>&1
tally-packager site revise --state p --add-officer anna.pub=ANNA >/dev/null
tally-packager site sign --state p >/dev/null
tally-packager pack --state p --out next >/dev/null
second=$(echo next/*.tally)
expect 0 inspect "${second}" --against "${first}"
prints 'the bundle before'
prints 'WORKSHOP'
expect 0 inspect "${second}" --against "${first}" --json
same 'new hosts' '["WORKSHOP"]' "$(review '.new_logs | map(.label)')"
same 'new keys' '[["officer","ANNA"]]' "$(review '.new_keys | map([.role, .person])')"
same 'the name is new' true "$(review '.new_values.user.some | any(contains("onerror"))')"
same 'the type is new' true "$(review '.new_types | contains(["enrol"]) | not')"
expect 0 inspect "${first}" --against "${second}" --json
same 'not the one before' false "$(review .is_previous)"
same 'a host is gone' 1 "$(review '.gone_logs | length')"
expect 2 inspect "${second}" --against r/enrolment.json
refuses

# Words and markings.
printf '# names of projects\n\nm\xc3\xbcller\nADSKFLEX\nnever-there\n' >words.txt
expect 3 inspect "${second}" --words words.txt --json
same 'words of the list' 3 "$(review .scan.words)"
same 'found' '["müller","ADSKFLEX"]' "$(review '[.scan.found[] | select(.as == "word").word]')"
same 'another spelling of it in the line' true \
    "$(review '[.scan.found[] | select(.word == "müller").places[].value] | any(contains("%C3%BC"))')"
same 'a marking' '["GEHEIM"]' "$(review '[.scan.found[] | select(.as == "marking").word]')"
printf 'never-there\n' >none.txt
expect 3 inspect "${second}" --words none.txt
prints 'FOUND  marking  GEHEIM'
expect 0 inspect "${second}" --words none.txt --marking Geheim
prints 'as declared  marking'
expect 3 inspect "${second}" --marking RESTRICTED
expect 0 inspect "${first}" --words none.txt --marking RESTRICTED
prints 'none of them was found'
printf 'x\n' >short.txt
expect 2 inspect "${second}" --words short.txt
complains 'line 1: a word has 2'
expect 1 inspect "${second}" --words nowhere.txt

# A word of the list is found as the pseudonym that the site makes of it.
tally-packager privacy set --state p >/dev/null
tally-packager site policy --state p --out packages >/dev/null
tally-recorder enrol --state r2 packages --fingerprint "$(site_fingerprint)" >/dev/null
{
    head -n 60 "${flexnet}"
    grep -m 20 ' OUT: ' "${flexnet}" | sed 's/" .*@/" kowalski@/'
} >third.log
tally-recorder import flexnet third.log --zone Europe/Madrid --state r2 >/dev/null
tally-recorder seal --state r2 >/dev/null
tally-packager collect --state p r2/outbox >/dev/null
tally-packager pack --state p --out third >/dev/null
third=$(echo third/*.tally)
printf 'Kowalski\n' >words.txt
expect 0 inspect "${third}" --words words.txt --marking GEHEIM
prints 'not as pseudonyms'
expect 3 inspect "${third}" --words words.txt --marking GEHEIM --state p --json
same 'as a pseudonym' '[["Kowalski","pseudonym"]]' \
    "$(review '[.scan.found[] | select(.expected | not) | [.word, .as]]')"
same 'beside each other' true "$(review '.names.user | .pseudonyms > 0 and .clear > 0 and .epochs == [1]')"

# The page.
expect 3 inspect "${second}" --against "${first}" --words none.txt --page review.html
same 'one file that asks for nothing' 0 "$(grep -ciE '<script|<link|https?://|url\(' review.html)"
same 'a name is no tag' 0 "$(grep -c '<img' review.html)"
holds 'the name is there, spelled out' grep -qF '&lt;img' review.html
holds 'what was found is on it' grep -qF GEHEIM review.html
printf x >>"${second}"
expect 3 inspect "${second}" --page review.html
holds 'what must not be released says so' grep -qF 'Do not release' review.html

verdict
