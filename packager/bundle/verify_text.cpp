#include "packager/bundle/verify_text.hpp"

#include "packager/bundle/check_log_script.hpp"

#include <algorithm>

namespace tally::bundle {
namespace {

constexpr std::string_view page = R"page(HOW TO CHECK @BUNDLE@
with stock tools: minisign, tar, jq, sha256sum, zstd; for step 5 Python 3 with PyNaCl.
On Debian: apt install minisign zstd jq python3-nacl. Work on a copy, in a POSIX shell:

@BEGIN@
1. The signature: nobody changed the file since the holder of the export key signed it.

    minisign -V -p export.pub -m "$B"
    # must print: Trusted comment: @COMMENT@@NOTE@
    wc -l "$B.minisig"          # must say 4: stock minisign ignores lines that follow

   This does not say whose key it is. Compare it with SITE.jsonl:

    jq -r '.exports[]' SITE.jsonl | grep -F "$(sed -n 2p export.pub)"

   and the fingerprint of SITE.jsonl with what you were told by telephone or letter:

    head -n 1 SITE.jsonl | jq -cjS 'del(.sigs)' | sha256sum

2. The members are those that the manifest lists.

    mkdir @FOLDER@; tar -xf "$B" -C @FOLDER@
    cp SITE.jsonl @FOLDER@/SITE.told; cd @FOLDER@
    jq -r '.members[] | .sha256 + "  " + .name' MANIFEST.json | sha256sum -c --strict
    cmp SITE.jsonl SITE.told

3. There are no other bytes in the file: written again from its members by stock tar it is the same.

    tar -b 1 --format=ustar --numeric-owner --owner=0 --group=0 --mode=0644 --mtime=@0 \
        -cf again.tar MANIFEST.json $(jq -r '.members[].name' MANIFEST.json)
    cmp again.tar "../$B"

@ENCODING@    cat LINES_*.jsonl > all; jq -cS . all | cmp - all    # every line has its one spelling

   Read it: jq . all | less. Bytes outside printable ASCII are spelled %XX: search that, too.
@END@
5. No log was altered behind a seal. HOSTS.jsonl has one row for each log, the station's own first. The
   station's key is in SITE.jsonl; the others' are in its lines of type enrol.

    sed -n '/^#!/,$p' ../VERIFY.TXT > check-log.py    # the end of this page; read it
    station=$(head -n 1 HOSTS.jsonl | jq -r .host)
    jq -c --arg h "$station" 'select(.host == $h)' all |
        /usr/bin/python3 check-log.py "$(jq -r .log SITE.jsonl | tail -n 1)"
    jq -r 'select(.t == "enrol") | .log + " " + .key' all | while read -r host key; do
        if [ "$(jq -r --arg h "$host" 'select(.host == $h) | .next' HOSTS.jsonl)" -gt 0 ]; then
            jq -c --arg h "$host" 'select(.host == $h)' all | /usr/bin/python3 check-log.py "$key"
        fi
    done

What this proves: 1 who signed the file; 2 to 4 that you see every byte that was sent; 5 that no line
was altered, removed or inserted between its sealing and the packing. What only tally-verifier checks:
that nothing is missing since the bundle before, that no log was forked, rolled back or replaced, that
the station's log and the hosts' logs agree, and what the records mean. What nothing can check
afterwards: that everything was recorded in the first place.

)page";

constexpr std::string_view compressed =
    R"page(4. It is all text, and the compression hides nothing: compressed again it is the same. (zstd @VERSION@;
   another version may give other bytes, which then says nothing.)

    for f in LINES_*.zst; do zstd -dq "$f"; done
    for f in LINES_*.jsonl; do
        zstd -q -@LEVEL@ --single-thread --check --content-size -c "$f" | cmp - "$f.zst"
    done
)page";
constexpr std::string_view stored = "4. It is all text, and nothing of it is compressed.\n\n";

// A set: steps 1 to 4 for each volume, step 5 for the lines of all, one behind the other.
constexpr std::string_view begin_set =
    R"page(These are @COUNT@ volumes of one set: put all of them, each with its .minisig, into one folder. Steps 1 to 4
are for each volume, step 5 for all of them together.

    set -- @NAMES@
    for B; do
)page";
constexpr std::string_view end_set = R"page(
    cd ..
    done
    cat @ALL@ > all
    mv all @LAST@/all
    cd @LAST@
    # what HOSTS.jsonl says must be the same in all of them:
    for f in ../members.*/HOSTS.jsonl; do cmp HOSTS.jsonl "$f"; done
)page";

std::string with(std::string text, std::string_view what, const std::string& value) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += value.size()) {
        text.replace(at, what.size(), value);
    }
    return text;
}

} // namespace

std::string verify_text(const Manifest& manifest) {
    std::string names;
    std::string all;
    std::string last;
    Manifest each = manifest;
    for (each.volume.k = 1; each.volume.k <= manifest.volume.n; ++each.volume.k) {
        last = "members." + bundle_name(each);
        names += (names.empty() ? "" : " \\\n        ") + bundle_name(each);
        all += (all.empty() ? "" : " \\\n        ") + last + "/all";
    }
    const bool set = manifest.volume.n > 1;
    const std::string comment = export_comment(manifest.site, manifest.n, manifest.volume);
    std::string text(page);
    text = with(std::move(text), "@BEGIN@", set ? std::string(begin_set) : "    B=@BUNDLE@\n");
    text = with(std::move(text), "@END@", set ? std::string(end_set) : "");
    text = with(std::move(text), "@ENCODING@", std::string(manifest.zstd_level == stored_level ? stored : compressed));
    text = with(std::move(text), "@FOLDER@", set ? "\"members.$B\"" : "members");
    text = with(std::move(text), "@NOTE@", set ? ", and so on" : "");
    text = with(std::move(text), "@COUNT@", std::to_string(manifest.volume.n));
    text = with(std::move(text), "@NAMES@", names);
    text = with(std::move(text), "@ALL@", all);
    text = with(std::move(text), "@LAST@", last);
    text = with(std::move(text), "@BUNDLE@", bundle_name(manifest));
    text = with(std::move(text), "@COMMENT@", comment);
    text = with(std::move(text), "@VERSION@", manifest.zstd_version);
    text = with(std::move(text), "@LEVEL@", std::to_string(manifest.zstd_level));
    return text + check_log_script;
}

} // namespace tally::bundle
