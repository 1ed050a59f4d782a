"""Cases about who vouches for a bundle: honest bundles, the signature file, keys and roles, the site file."""
import base64

import maker
from cases import case, defect, delivered, estate, trust_files
from maker import Signer, build, site_line


def honest():
    site, host = estate()
    draft = site.draft()
    first = build(draft)
    case("first", "an honest first bundle", "", first)
    site.exported(first[0])
    known = {site.station: max(site.station.states), host: host.tree.size}
    host.session(3, at=1651370400)
    host.seal()
    site.arrive(host, known[host])
    second = site.draft()
    case("second", "an honest second bundle that repeats the lines of the first", "", build(second), before=["first"])
    going_on = maker.Draft(site, second.head["created"])
    for log in (site.station, host):
        going_on.add(log, known[log])
    case("second_goes_on", "an honest second bundle that holds new lines only", "", build(going_on), before=["first"])
    return draft, second, going_on


def trusted():
    site = maker.Site()
    first = site.site_file
    newer = Signer("site export 2")
    second = site_line(site.version(2, exports=[newer.text]), [site.root])
    trust_files["site"] = first
    trust_files["site_with_new_key"] = first + second
    size = len(estate()[0].draft().slices[0]) # of the station's log in an honest first bundle
    for name, until in (("site_retired_there", size), ("site_retired_before", size - 1)):
        trust_files[name] = first + site_line(
            site.version(2, exports=[newer.text], retired=[{"key": site.exporter.text, "until": until}]), [site.root])
    trust_files["other"] = maker.Site("SITE2", "other").site_file
    trust_files["with_release"] = maker.Site(releases=1).site_file
    return newer, second


def text(alter):
    """A signature file altered as text."""
    return lambda file: alter(file.decode()).encode()


def rewritten(line, alter):
    """One line of the signature file, decoded, altered and encoded again."""
    def change(file):
        lines = file.split(b"\n")
        lines[line] = base64.b64encode(alter(bytearray(base64.b64decode(lines[line]))))
        return b"\n".join(lines)
    return change


def flip(at):
    def change(data):
        data[at] ^= 1
        return bytes(data)
    return change


def pad_bits(file):
    lines = file.split(b"\n")
    assert lines[1].endswith(b"=") and not lines[1].endswith(b"==")
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = alphabet.index(lines[1][-2])
    lines[1] = lines[1][:-2] + bytes([alphabet[last ^ 1]]) + b"="
    return b"\n".join(lines)


def signatures(draft, second):
    bundle, signature = build(draft)
    bad = "refuse:BAD_SIGNATURE"
    case("signature_missing", "no signature file beside the bundle", bad, (bundle, None), "first")
    case("signature_of_another_bundle", "the signature of bundle 2", bad, (bundle, build(second)[1]), "first")
    for name, why, alter in (
            ("value_flipped", "a bit of the signature", rewritten(1, flip(20))),
            ("global_flipped", "a bit of the signature over the comment", rewritten(3, flip(20))),
            ("pad_bits", "base64 with a pad bit set", pad_bits),
            ("without_padding", "base64 without its =", text(lambda t: t.replace("=\n", "\n", 1))),
            ("crlf", "line ends CR LF", text(lambda t: t.replace("\n", "\r\n"))),
            ("fifth_line", "a fifth line", text(lambda t: t + "more\n")),
            ("appended_byte", "a byte after the last LF", text(lambda t: t + "x")),
            ("without_last_lf", "no LF at the end", text(lambda t: t[:-1])),
            ("empty", "an empty file", text(lambda t: "")),
            ("other_note", "another untrusted comment", text(lambda t: t.replace("of a bundle", "of a letter"))),
            ("tab", "a TAB in the untrusted comment", text(lambda t: t.replace("of a", "of\ta", 1)))):
        defect("signature_" + name, why, bad, draft, signature=alter)
    case("signature_large", "4097 bytes of signature file", "refuse:LIMIT_EXCEEDED",
         (bundle, signature + b"x" * (4097 - len(signature))), "first")
    for name, comment in (("of_other_site", "tally-export-1 SITE2 1 1/1"), ("of_other_number", "tally-export-1 SITE1 2 1/1"),
                          ("of_other_volume", "tally-export-1 SITE1 1 2/2"), ("double_space", "tally-export-1 SITE1  1 1/1"),
                          ("escape", "tally-export-1 SITE1 1 1/1\x1b[2J"), ("longer", "tally-export-1 SITE1 1 1/1 x")):
        defect("comment_" + name, "a trusted comment that is not this bundle's", bad, draft, comment=comment)
    defect("comment_of_release", "a release signature renamed: another purpose", "refuse:WRONG_ROLE", draft,
           comment="tally-release-1 SITE1 1 1/1")
    legacy = draft.signer.signature_file(bundle, "tally-export-1 SITE1 1 1/1", prehashed=False)
    case("signature_older_form", "the older form Ed, over the file itself", bad, (bundle, legacy), "first")


def keys(draft, newer):
    site = maker.Site()
    unknown = "refuse:UNKNOWN_KEY"
    for name, why, expected, signer in (
            ("of_nobody", "a key that no site lists", unknown, Signer("stranger")),
            ("of_nobody_with_listed_id", "another key under the id of the export key", "refuse:BAD_SIGNATURE",
             Signer("stranger", site.exporter.id)),
            ("listed_with_other_id", "the export key under another id", unknown, Signer("site export", b"\1" * 8)),
            ("of_root", "the root key", "refuse:WRONG_ROLE", site.root),
            ("of_verifier", "the verifier's key", "refuse:WRONG_ROLE", site.verifier),
            ("of_other_site", "the export key of another site that is trusted too",
             unknown + " refuse:HOST_UNKNOWN refuse:SITE_FILE_INVALID warn:HOST_SILENT", maker.Site("SITE2", "other").exporter)):
        defect("key_" + name, "signed by " + why, expected, draft, signer=signer,
               trust="site,other" if name == "of_other_site" else "site")
    case("site_not_enrolled", "only another site is trusted", unknown, build(draft), "first", trust="other")
    case("nobody_trusted", "no site file is trusted", "warn:UNANCHORED", build(draft), "first", trust="none")
    case("first_by_new_key", "version 2 of the site file is enrolled, its export key signed", "",
         build(draft, signer=newer), trust="site_with_new_key")
    case("key_dropped", "version 2 replaced the export key that signed", unknown, build(draft), "first_by_new_key",
         trust="site_with_new_key")
    case("key_retired", "version 2 retired the export key that signed, at the end of this bundle", "", build(draft),
         trust="site_retired_there")
    case("key_retired_before", "version 2 retired the export key that signed, one line before the end of this bundle",
         unknown, build(draft), "key_retired", trust="site_retired_before")
    case("release_asked_for", "the policy asks for a release signature", "refuse:RELEASE_MISSING",
         build(estate(releases=1)[0].draft()), "first", trust="with_release")
    strict = estate(releases=1)[0]
    waived = strict.draft()
    waived.site_file = strict.site_file + site_line(strict.version(2), [strict.root])
    case("release_waived_by_bundle_only", "the enrolled policy asks for a release signature; a newer site file in the "
         "bundle does not", "refuse:RELEASE_MISSING", build(waived), "first", trust="with_release")
    case("release_asked_for_by_bundle_only", "a newer site file in the bundle asks for one; the enrolled one counts", "",
         build(carrying(site.site_file + site_line(site.version(2, releases=1), [site.root]))))


def carrying(site_file):
    draft = estate()[0].draft()
    draft.site_file = site_file
    return draft


def site_files(second):
    site = maker.Site()
    first, root = site.site_file, site.root
    other_root, two = Signer("another root"), Signer("second root")

    def one(signers=(root,), comment=None, **changes):
        return site_line({**site.version(), **changes}, signers, comment)

    def next_one(signers=(root,), number=2, **changes):
        return first + site_line(site.version(number, **changes), signers)

    case("site_file_newer", "the bundle's site file goes on behind the enrolled version", "",
         build(carrying(first + site_line(site.version(2), [root]))))
    case("site_file_older", "the bundle's site file is an older one than the enrolled", "",
         build(carrying(first), signer=Signer("site export 2")), trust="site_with_new_key")
    low_order = base64.b64encode(b"Ed" + b"\2" * 8 + b"\1" + bytes(31)).decode()
    too_large = base64.b64encode(b"Ed" + b"\2" * 8 + b"\xff" * 31 + b"\x7f").decode()
    retired = [{"key": site.exporter.text, "until": 9}]
    by_two = [signer.text for signer in sorted((root, two), key=lambda signer: signer.text)]
    wrong = {
        "of_other_site": ("that of another site", maker.Site("SITE2", "other").site_file),
        "regenerated": ("version 1 made anew with other keys", one([other_root], roots=[other_root.text])),
        "other_version_1": ("version 1 again, with another policy", one(verifiers=[])),
        "skips_version": ("version 3 after version 1", next_one(number=3)),
        "next_not_by_old_root": ("version 2 signed by its own new root only", next_one([two], roots=[two.text])),
        "next_not_by_new_root": ("version 2 signed by the old root only", next_one([root], roots=[two.text])),
        "next_unsigned": ("version 2 without signatures", next_one([])),
        "next_other_log": ("version 2 names another station log", next_one(log=maker.point_of(two.key).hex())),
        "next_turns_root_into_export": ("a root key becomes an export key",
                                        next_one([root, two], roots=[two.text], exports=[root.text])),
        "retired_of_nobody": ("version 2 retires a key that signed no bundles",
                              next_one(retired=[{"key": other_root.text, "until": 9}])),
        "retired_and_listed": ("version 2 retires a key that it lists", next_one(retired=retired)),
        "retired_in_version_1": ("version 1 retires a key", one(exports=[two.text], retired=retired)),
        "retired_longer": ("version 3 puts off the end of a retired key",
                           next_one(exports=[two.text], retired=retired) +
                           site_line(site.version(3, exports=[two.text], retired=[{**retired[0], "until": 10}]), [root])),
        "retired_again": ("version 3 retires a key that version 2 had dropped",
                          next_one(exports=[two.text]) +
                          site_line(site.version(3, exports=[two.text], retired=retired), [root])),
        "retired_empty": ("version 2 with an empty list of retired keys", next_one(retired=[])),
        "below_threshold": ("threshold 2, one signature", one(roots=by_two, threshold=2)),
        "threshold_0": ("threshold 0", one(threshold=0)),
        "threshold_above_roots": ("threshold 2 of one root", one(threshold=2)),
        "key_in_two_roles": ("the root key is an export key as well", one(exports=[root.text])),
        "station_key_in_two_roles": ("the station's first key is an export key as well",
                                     one(exports=[Signer("site station").text])),
        "keys_unsorted": ("two roots in the wrong order", one([root, two], roots=by_two[::-1])),
        "signatures_unsorted": ("two signatures in the wrong order", site_line({**site.version(), "roots": by_two}, [root, two], reverse=True)),
        "unknown_field": ("a field more", one(note="x")),
        "without_releases": ("a field less", site_line({k: v for k, v in site.version().items() if k != "releases"},
                                                       [root])),
        "other_format": ("another format", one(format="tally-site-2")),
        "low_order_key": ("an export key of low order", one(exports=[low_order])),
        "key_not_canonical": ("an export key above the field's prime", one(exports=[too_large])),
        "other_comment": ("the root signed under another comment", one(comment="tally-site-1 SITE1 2")),
        "signed_by_stranger": ("signed by a key that is no root", one([other_root])),
        "signature_flipped": ("a bit of the root's signature", first.replace(b'"sig":"RU', b'"sig":"RV')),
        "space": ("a space behind a colon", first.replace(b'"releases":', b'"releases": ')),
        "without_lf": ("no LF at the end", first[:-1]),
        "empty_line": ("an empty line at the end", first + b"\n"),
        "twice": ("version 1 twice", first + first),
    }
    for name, (why, site_file) in wrong.items():
        case("site_file_" + name, "site file: " + why, "refuse:SITE_FILE_INVALID", build(carrying(site_file)), "first",
             member="SITE.jsonl")
    return second


def make():
    newer, second_version = trusted()
    draft, second, going_on = honest()
    signatures(draft, second)
    keys(draft, newer)
    site_files(second_version)
    return draft, second, going_on, delivered
