"""Cases about what the members hold: lines, order, seals, the station's log, and what was accepted before."""
import hashlib
import json

import maker
from cases import case, defect, delivered, estate, fill, sessions, with_line
from maker import Draft, Log, build, canonical

CANONICAL = "refuse:NON_CANONICAL"
LIMIT = "refuse:LIMIT_EXCEEDED"
GAP = "refuse:SEQUENCE_GAP"
SEAL = "refuse:SEAL_BROKEN"
ANCHOR = "refuse:ANCHOR_MISMATCH"
UNKNOWN = "refuse:HOST_UNKNOWN"
LINES = "LINES_0001.jsonl.zst"


def spellings():
    """A line that its recorder itself wrote and sealed, in another spelling than the one."""
    case("line_honest", "the line that the next cases spell another way", "", build(with_line(lambda line: line)))

    def check(name, why, spell, expected=CANONICAL):
        case("line_" + name, "line: " + why, expected, build(with_line(spell)), "line_honest", member=LINES)

    for name, why, old, new in (
            ("space", "a space behind a colon", b'"at":', b'"at": '), ("tab", "a TAB", b'"at":', b'"at":\t'),
            ("order", "two keys exchanged", b'"client":"c1","daemon":"d"', b'"daemon":"d","client":"c1"'),
            ("key_twice", "a key twice", b'"client":"c1"', b'"client":"c1","client":"c1"'),
            ("leading_zero", "a leading zero", b'"seq":3', b'"seq":03'), ("fraction", "a fraction", b'"seq":3', b'"seq":3.0'),
            ("exponent", "an exponent", b'"seq":3', b'"seq":3e0'), ("plus", "a sign", b'"seq":3', b'"seq":+3'),
            ("minus", "a negative number", b'"up":', b'"up":-'), ("escape", "a JSON escape", b'"c1"', b'"\\u00631"'),
            ("slash", "an escaped slash", b'"c1"', b'"c\\/1"'), ("percent_letter", "a letter as %63", b'"c1"', b'"%631"'),
            ("percent_small", "%c3 in small letters", b'"c1"', b'"%c3"'), ("percent_alone", "% alone", b'"c1"', b'"c%"'),
            ("raw_utf8", "UTF-8 as it is", b'"c1"', '"ü"'.encode()), ("raw_control", "a control character", b'"c1"', b'"\x01"'),
            ("delete", "the character 7F", b'"c1"', b'"\x7f"'), ("null", "null", b'"c1"', b"null"), ("true", "true", b'"c1"', b"true"),
            ("key_capital", "a key in capitals", b'"client"', b'"Client"'), ("key_digit", "a key that begins with a digit", b'"at":', b'"1t":'),
            ("number_2_to_53", "2^53", b'"seq":3', b'"seq":3,"size":9007199254740992'),
            ("depth_4", "four containers inside each other", b'"seq":3', b'"pad":[[["x"]]],"seq":3'),
            ("comma", "a comma before the end", b"}", b",}")):
        check(name, why, lambda line, old=old, new=new: line.replace(old, new))
    check("crlf", "CR before LF", lambda line: line + b"\r")
    check("byte_order_mark", "a byte order mark", lambda line: b"\xef\xbb\xbf" + line)
    check("array", "a list instead of an object", lambda line: b"[" + line + b"]")
    check("empty", "an empty line", lambda line: b"")
    check("bytes_2049", "2049 bytes", lambda line: padded(line, 2049), LIMIT)
    case("line_bytes_2048", "a line of 2048 bytes", "", build(with_line(lambda line: padded(line, 2048))))
    for name, why, old, new in (
            ("boot_short", "a boot id of 30 digits", b"b" * 32, b"b" * 30), ("boot_letters", "a boot id with a g", b"b" * 32, b"g" * 32),
            ("seq_text", "seq as text", b'"seq":3', b'"seq":"3"'),
            ("layer", "a layer that is none", b'"package"', b'"floor"'), ("wall_missing", "without wall", b',"wall":', b',"well":'),
            ("two_instants", "at and a range", b'"at":1651363200', b'"at":1651363200,"at_from":1,"at_to":2'),
            ("no_instant", "no instant", b'"at":1651363200,', b""), ("half_instant", "at_from alone", b'"at":', b'"at_from":'),
            ("range_backwards", "a range that ends before it begins", b'"at":1651363200', b'"at_from":2,"at_to":2'),
            ("without_feature", "a start without feature", b'"feature":"F1",', b""),
            ("without_type", "no type", b'"t":"start",', b"")):
        check(name, why, lambda line, old=old, new=new: line.replace(old, new))
    for name, why, extra in (
            ("points_at_itself", "an end that points at itself", b'"start":3,'),
            ("points_ahead", "an end that points at a later line", b'"start":4,'),
            ("points_nowhere", "an end that is neither of a session nor an orphan", b""),
            ("points_as_orphan", "an end that is of a session and an orphan", b'"orphan":1,"start":1,')):
        check(name, why, lambda line, extra=extra: ended(line, extra))
    case("line_end_of_orphan", "an end whose start is not known", "",
         build(with_line(lambda line: ended(line, b'"orphan":1,'))))
    case("line_of_unknown_type", "a type that is not listed is kept", "",
         build(with_line(lambda line: line.replace(b'"t":"start"', b'"t":"later"'))))
    case("line_with_unknown_field", "a field that is not listed is kept", "",
         build(with_line(lambda line: line.replace(b'"seq":3', b'"note":"x","seq":3'))))


def watched():
    """Lines of what a host sees itself: one honest host, and each type with one field that its reader insists on."""
    def fill_host(alter=None):
        def filled(log):
            add = recorder_of(log, alter)
            add("identity", name="n04", domain="plant.example", address="10.1.0.7", os="linux", at=1651363200)
            add("installed", feature="revit", version="2026", at=1651363200)
            start = log.tree.size
            add("start", src="host", feature="revit", user="hig", client="n04", layer="feature", at=1651363210, idle=1,
                version="2026", account="HOLM%5Chig", addr="10.1.0.7", pool="X", fidelity="exact", borrow=1651400000,
                **{"class": "interactive"})
            add("used", start=start, name="NASTRAN", count=3)
            add("idle", start=start, **{"from": 1651363220, "to": 1651363230})
            add("commands", start=start, name="TRIM", started=5, completed=3, cancelled=1, undone=1)
            add("sample", start=start, kind="open", at=1651363212, ms=2310, bytes=4718592)
            add("end", start=start, kind="lost_reboot", at_from=1651363230, at_to=1651363260)
            add("gap", kind="host_off", how="boot", **{"from": 1651363260, "to": 1651363290})
            add("loss", src="host", count=4, **{"from": 1651363290, "to": 1651363290})
            add("removed", feature="revit", version="2026", at=1651363300)
            log.seal()
        return build(estate(filled)[0].draft())

    case("host_watched", "what a host sees itself, every type of line", "", fill_host())
    case("host_watched_barely", "the same with what must be there alone", "", fill_host(bare))
    for name, why, type_, field, value in (
            ("class", "a class that is none", "start", "class", "person"),
            ("version_number", "a version that is a number", "start", "version", 2026),
            ("idle_text", "idle that is a text", "start", "idle", "1"),
            ("used_ahead", "a feature of a later session", "used", "start", 99),
            ("used_uncounted", "a feature without count", "used", "count", None),
            ("idle_backwards", "idle time that ends as it begins", "idle", "to", 1651363220),
            ("commands_nameless", "commands without a name", "commands", "name", None),
            ("commands_partly", "commands of which one count is not said", "commands", "undone", None),
            ("commands_ahead", "commands of a later session", "commands", "start", 99),
            ("commands_text", "a count of commands that is a text", "commands", "started", "5"),
            ("sample_untimed", "a sample without its duration", "sample", "ms", None),
            ("sample_of_nothing", "a sample that does not say of what", "sample", "kind", None),
            ("sample_ahead", "a sample of a later session", "sample", "start", 99),
            ("sample_size_text", "a size that is a text", "sample", "bytes", "4 MB"),
            ("unnamed", "an identity without name", "identity", "name", None),
            ("installed_nothing", "an installation of nothing", "installed", "feature", None),
            ("removed_never", "a removal without instant", "removed", "at", None),
            ("gap_kind", "a gap of a kind that is none", "gap", "kind", "asleep"),
            ("gap_backwards", "a gap that ends as it begins", "gap", "to", 1651363260),
            ("loss_backwards", "a loss that ends before it begins", "loss", "to", 1651363289),
            ("loss_uncounted", "a loss of no number", "loss", "count", "many")):
        case("host_" + name, why, CANONICAL, fill_host(of_type(type_, field, value)), "host_watched", member=LINES)


def recorder_of(log, alter):
    """log.add() by way of `alter`, which gives a record's fields."""
    return lambda record, **fields: log.add(record, **(alter(record, fields) if alter else fields))


def of_type(type_, field, value):
    def alter(record, fields):
        return {key: kept for key, kept in {**fields, **({field: value} if record == type_ else {})}.items()
                if kept is not None}
    return alter


def bare(record, fields):
    spared = {"identity": {"domain", "address", "os"}, "installed": {"version"}, "removed": {"version"}, "gap": {"how"}, "sample": {"bytes"},
              "instructed": {"policy", "epoch", "catalogue"}, "disclosed": {"line"},
              "start": {"version", "account", "addr", "pool", "fidelity", "borrow", "class", "idle"}}.get(record, ())
    return {key: value for key, value in fields.items() if key not in spared}


def instructed():
    """What a host says of a package that it took in, and the station of what it gave out."""
    def told(alter=None):
        def filled(log):
            recorder_of(log, alter)("instructed", n=1, digest="1a" * 32, version=1, fingerprint="1b" * 32, epoch=1,
                                    policy="1c" * 32, catalogue="1d" * 32)
            log.session(1)
            log.seal()
        site, host = estate(filled)
        recorder_of(site.station, alter)("disclosed", what="line", about=host.host, line=2)
        return build(site.draft())

    case("instructed", "a host that took in a package, a station that gave out a line", "", told())
    case("instructed_barely", "the same with what must be there alone", "", told(bare))
    for name, why, type_, field, value in (
            ("by_nothing", "a package without digest", "instructed", "digest", None),
            ("under_no_site", "a package under no site file", "instructed", "fingerprint", None),
            ("epoch_text", "an epoch that is a text", "instructed", "epoch", "1"),
            ("disclosed_nothing", "something given out that is not named", "disclosed", "what", None),
            ("disclosed_line_text", "a line that is a text", "disclosed", "line", "2")):
        case("instructed_" + name, why, CANONICAL, told(of_type(type_, field, value)), "instructed", member=LINES)


def declared():
    """The station's words about logs."""
    def said(alter=None):
        site, host = estate()
        add = recorder_of(site.station, alter)
        add("retire", log=host.host, at=1651800000, reason="scrapped")
        add("declare", kind="gap", agreement="AGR", about=host.host, reason="repair",
            **{"from": 1651700000, "to": 1651800000})
        site.station.add("declare", kind="justification", agreement="AGR", about="", reason="no line out",
                         **{"from": 1651700000})
        site.station.seal()
        return build(site.draft())

    case("declared", "a station that retires a log and declares a gap", "", said())
    for name, why, type_, field, value in (
            ("kind", "a declaration of a kind that is none", "declare", "kind", "wish"),
            ("backwards", "a gap declared to end as it begins", "declare", "to", 1651700000),
            ("about_number", "a declaration about a number", "declare", "about", 7),
            ("retired_never", "a log retired at no instant", "retire", "at", None)):
        case("declared_" + name, why, CANONICAL, said(of_type(type_, field, value)), "declared",
             member=LINES)


def ended(line, extra):
    """The start made an end, with `extra` fields."""
    fields = json.loads(line)
    fields.update({"t": "end", "kind": "returned", **json.loads(b"{" + extra[:-1] + b"}")})
    return canonical(fields)


def padded(line, size):
    """`line` with further fields, texts of at most 192 bytes, to `size` bytes."""
    room, pads = size - len(line), []
    while room > 0:
        piece = min(room, 192 + 11)
        piece -= 20 if 0 < room - piece < 12 else 0
        pads.append(b',"wall_%03d":"%s"' % (len(pads), b"x" * (piece - 14)) if piece > 14 else b"")
        room -= len(pads[-1])
    made = line[:-1] + b"".join(pads) + b"}"
    assert len(made) == size, (len(made), size)
    return made


def orders(draft):
    """The honest lines, some of them elsewhere or nowhere; container, roster and signature made to fit."""
    def check(name, why, expected, change, **more):
        defect("lines_" + name, why, expected, draft, lines=change, **more)

    def of_host(change):
        return lambda logs: [logs[0], change(logs[1])]

    check("one_missing", "a line inside is missing", GAP, of_host(lambda log: log[:4] + log[5:]), member=LINES)
    check("first_missing", "the genesis is missing", GAP, of_host(lambda log: log[1:]), member=LINES)
    check("last_missing", "the last lines, with their seal", GAP, of_host(lambda log: log[:7]))
    check("all_of_host_missing", "all lines of a host", GAP + " refuse:SEAL_MISSING", of_host(lambda log: []))
    check("one_of_station_missing", "the export line of the station", GAP + " " + ANCHOR, lambda logs: [logs[0][:3] + logs[0][4:], logs[1]],
          member=LINES)
    check("epoch_missing", "an epoch inside is missing", GAP, lambda logs: [logs[0], logs[1][:1] + logs[1][7:]],
          member=LINES)
    check("one_twice", "a line twice", CANONICAL, of_host(lambda log: log[:4] + log[3:]), member=LINES)
    check("exchanged", "two lines exchanged", CANONICAL + " " + GAP,
          of_host(lambda log: log[:3] + [log[4], log[3]] + log[5:]), member=LINES)
    check("interleaved", "the station's seal among the lines of the host", CANONICAL + " " + GAP +
          " refuse:SEAL_MISSING", lambda logs: [logs[0][:-1], logs[1][:3] + logs[0][-1:] + logs[1][3:]])
    defect("lines_without_last_lf", "no LF behind the last line, which is a seal", "refuse:TRUNCATED "
           "refuse:UNSEALED_TAIL", draft, member=LINES,
           raws=lambda raws: [raws[0][:-1]])
    stranger = Log("stranger", "recorder", "STRANGER")
    sessions(stranger)
    check("of_unlisted_log", "lines of a log that the roster does not list", UNKNOWN,
          lambda logs: [*logs, stranger.lines], member=LINES)


def genesis_of(alter):
    """A host whose genesis its recorder wrote in another way."""
    site = maker.Site()
    host = site.host(**alter)
    fill(host)
    site.arrive(host)
    return site.draft()


def beginnings():
    case("genesis_other_role", "a host whose genesis says station", CANONICAL,
         build(role_said()), "first", member=LINES)
    case("genesis_other_key", "a genesis with another first key than is enrolled", CANONICAL,
         build(genesis_of({"key": "02" * 32})), "first", member=LINES)
    case("genesis_without_machine", "a genesis that lacks a field", CANONICAL, build(first_line(
        lambda line: line.replace(b'"machine":"' + b"a" * 64 + b'",', b""))), "first", member=LINES)
    case("genesis_missing", "a log that begins with another line", CANONICAL,
         build(first_line(lambda line: line.replace(b'"t":"genesis"', b'"t":"began"'))), "first")
    case("genesis_inside", "a second genesis inside the log", CANONICAL, build(with_line(
        lambda line: first_line(lambda first: first).slices[1][0].replace(b'"seq":0', b'"seq":3'))), "line_honest",
        member=LINES)
    replaced = {"host": "H" + "A" * 24, "size": 812, "root": "00" * 32, "reason": "identity"}
    case("log_replaced", "a log that takes the place of another", "warn:LOG_REPLACED",
         build(genesis_of({"replaces": replaced})), "first")


def role_said():
    site = maker.Site()
    host = Log("site host LICSRV", "station", "LICSRV")
    site.hosts.append(host)
    site.enrol(host)
    fill(host)
    site.arrive(host)
    return site.draft()


def first_line(spell):
    site = maker.Site()
    host = site.host()
    line = spell(host.lines[0])
    host.lines, host.tree = [], maker.Tree()
    host.append(line, 0)
    fill(host)
    site.arrive(host)
    return site.draft()


def sealed(**options):
    def filled(log):
        log.session(1)
        log.seal()
        log.session(2)
        log.seal(**options)
    return estate(filled)[0].draft()


def seals(draft):
    def altered(log, index, old, new):
        assert old in log[index]
        return [*log[:index], log[index].replace(old, new), *log[index + 1:]]

    case("sealed_twice", "the log that the next cases seal another way", "", build(sealed()))
    own_root = "a seal signs another tree: "
    for name, why, change in (
            ("line_altered", own_root + "a name in a line was altered", lambda log: altered(log, 2, b'"u1"', b'"u9"')
),
            ("time_altered", own_root + "the time of a line was altered", lambda log: altered(log, 1, b'"wall":1790000001000', b'"wall":1790000001001')),
            ("signature_flipped", "a bit of a seal's signature", lambda log: altered(
                log, 6, log[6].split(b'"sig":"')[1][:4], flipped(log[6].split(b'"sig":"')[1][:4])))):
        defect("seal_" + name, why, SEAL, draft, member=LINES,
               lines=lambda logs, change=change: [logs[0], change(logs[1])])
    defect("seal_of_station_altered", "a line of the station was altered", SEAL, draft, member=LINES,
           lines=lambda logs: [altered(logs[0], 1, b'"group":"ALL"', b'"group":"ONE"'), logs[1]])
    stranger = maker.signing_key("stranger")
    first = maker.signing_key("site host LICSRV")
    for name, why, options in (
            ("by_stranger", "signed by a key that the log never had", {"key": stranger}),
            ("by_first_key", "signed by the key of an earlier epoch", {"key": first}),
            ("epoch_repeated", "the epoch of the seal before", {"alter": lambda seal: seal.update(epoch=0)}),
            ("epoch_skipped", "an epoch too far", {"alter": lambda seal: seal.update(epoch=2)}),
            ("other_root", "another root than that of the lines", {"alter": lambda seal: seal.update(root="00" * 32)}),
            ("next_low_order", "names a next key of low order", {"next_point": b"\1" + bytes(31)}),
            ("next_not_canonical", "names a next key above the field's prime", {"next_point": b"\xee" + b"\xff" * 30 + b"\x7f"}),
            ("next_not_on_curve", "names a next key that is no point", {"next_point": b"\2" + bytes(31)}),
            ("next_short", "names a next key of 62 digits", {"next_point": b"\2" * 31}),
            ("unprefixed", "signs its fields without the prefix", {"sign": lambda text: text[len("tally-seal-v1\n"):]}),
            ("prehashed", "signs the hash of its fields", {"sign": lambda text: hashlib.sha256(text).digest()}),
            ("sig_list", "whose signature is a list", {"sealed": lambda seal: seal.update(sig=[seal["sig"]])}),
            ("sig_missing", "without signature", {"sealed": lambda seal: seal.pop("sig")}),
            ("epoch_text", "whose epoch is a text", {"alter": lambda seal: seal.update(epoch="1")}),
            ("next_missing", "that names no next key", {"alter": lambda seal: seal.pop("next")}),
            ("field_more", "a field that was added after it was signed", {"sign": lambda text: text.replace(
                b'"erasure":"best_effort",', b"")})):
        case("seal_" + name, "a seal " + why, SEAL, build(sealed(**options)), "sealed_twice", member=LINES)

    def without_seals(log):
        log.session(1)
        log.states[log.tree.size] = (log.tree.range(), 0, log.first_key, log.tree.root().hex())

    case("no_seal", "lines without any seal", "refuse:SEAL_MISSING", build(estate(without_seals)[0].draft()),
         "first")

    def with_tail(log):
        fill(log)
        log.session(3)
        log.states[log.tree.size] = (log.tree.range(), 2, maker.point_of(log.key).hex(), log.tree.root().hex())

    case("unsealed_tail", "lines after the last seal", "refuse:UNSEALED_TAIL", build(estate(with_tail)[0].draft()),
         "first")


def flipped(digits):
    return bytes(b"1"[0] if digit == b"0"[0] else b"0"[0] for digit in digits)


def stations(draft):
    """What the station's own log says of the others, and of the export."""
    def told(tell, filled=fill, arrives=True):
        site = maker.Site()
        host = site.host()
        filled(host)
        if arrives:
            site.arrive(host)
        tell(site, host)
        return site.draft()

    case("arrived_other_root", "the station recorded another tree of the host", ANCHOR,
         build(told(lambda site, host: site.arrive(host, root="00" * 32), arrives=False)), "first")
    case("arrived_at_no_seal", "the station recorded an end where there is no seal", ANCHOR,
         build(told(lambda site, host: site.arrive(host, next=2))), "first")
    case("arrived_twice_differing", "two arrivals of one length with different roots", ANCHOR,
         build(told(lambda site, host: site.arrive(host, root="00" * 32))), "first", member=LINES)
    case("arrived_root_no_hash", "an arrival whose root is no hash", ANCHOR,
         build(told(lambda site, host: site.arrive(host, next=2, root="x"))), "first", member=LINES)
    case("arrived_twice", "the same arrival twice", "", build(told(lambda site, host: site.arrive(host))))
    case("arrived_never", "no line of the station tells that the host's lines arrived", "warn:ANCHOR_MISMATCH",
         build(told(lambda site, host: None, arrives=False)), "first")
    case("withheld", "the station's log has more lines of the host", "warn:SEQUENCE_GAP", build(withheld()), "first")
    for name, why, field in (("label", "another label than announced", {"label": "OTHER"}),
                             ("created", "another time than announced", {"created": draft.head["created"] + 1}),
                             ("agreement", "an agreement that was not announced", {"agreement": "OTHER"})):
        defect("announced_other_" + name, "manifest with " + why, ANCHOR, draft, member="MANIFEST.json",
               manifest=lambda head, field=field: {**head, **field})
    defect("announced_other_number", "manifest with a number that was not announced", ANCHOR + " warn:BUNDLE_MISSING",
           draft, member="MANIFEST.json", manifest=lambda head: {**head, "n": 7})
    for name, announced in (("level", {"level": 4}), ("zstd", {"zstd": "1.4.9"})):
        case("announced_other_" + name, f"another {name} of compression than announced", ANCHOR,
             build(estate()[0].draft(**announced)), "first", member="MANIFEST.json")
    case("enrolled_never", "a host that the station's log does not enrol", UNKNOWN, build(unenrolled()), "first")
    case("enrolled_under_other_key", "an enrolment whose key does not give the name", UNKNOWN,
         build(enrolled(key=maker.point_of(maker.signing_key("x")).hex())), "first", member=LINES)
    case("enrolled_low_order", "an enrolment with a key of low order", UNKNOWN,
         build(enrolled(key="01" + "00" * 31)), "first", member=LINES)
    defect("roster_begins_with_host", "the roster, and the lines, begin with another log than the station's",
           f"{UNKNOWN} {ANCHOR} {CANONICAL} warn:ANCHOR_MISMATCH", draft, member="HOSTS.jsonl",
           rows=lambda rows: rows[::-1], lines=lambda logs: logs[::-1])
    two = maker.Site()
    for label in ("LICSRV", "SECOND"):
        sessions(two.host(label))
    for host in two.hosts:
        two.arrive(host)
    both = two.draft()
    case("two_hosts", "two hosts", "", build(both))
    defect("roster_other_order", "two hosts in another order than they were enrolled in", CANONICAL, both, "two_hosts",
           member="HOSTS.jsonl", rows=lambda rows: [rows[0], rows[2], rows[1]],
           lines=lambda logs: [logs[0], logs[2], logs[1]])
    defect("hosts_exchanged", "the lines of two hosts in another order than the roster", CANONICAL + " " + GAP +
           " refuse:SEAL_MISSING", both, "two_hosts", lines=lambda logs: [logs[0], logs[2], logs[1]])
    case("host_without_lines", "an enrolled host that brought nothing yet", "note:HOST_SILENT", build(idle(True)))
    case("host_left_out", "an enrolled host that the roster leaves out", "warn:HOST_SILENT", build(idle(False)), "host_without_lines")
    defect("members_not_full", "lines cut into two members where one would hold them", CANONICAL, draft,
           member="LINES_0002.jsonl.zst", raws=lambda raws: [raws[0][:raws[0].index(b"\n") + 1], raws[0][raws[0].index(b"\n") + 1:]])


def withheld():
    site, host = estate()
    held = host.tree.size
    host.session(3)
    host.seal()
    site.arrive(host, held)
    draft = site.draft()
    short = Draft(site, draft.head["created"])
    short.add(site.station)
    short.add(host, 0, held)
    return short


def unenrolled():
    site = maker.Site()
    fill(site.host(enrol=False))
    site.arrive(site.hosts[0])
    return site.draft()


def enrolled(**changes):
    site = maker.Site()
    host = site.host(enrol=False)
    site.enrol(host, **changes)
    fill(host)
    site.arrive(host)
    return site.draft()


def idle(listed):
    site, _ = estate()
    second = site.host("SECOND")
    draft = site.draft()
    draft.rows.pop()
    draft.slices.pop()
    if listed:
        draft.rows.append(second.row(0, 0))
        draft.slices.append([])
    return draft


def memories(second, going_on):
    """Against what the verifier accepted before."""
    case("replayed", "the very same bundle again", "note:REPLAY", build(estate()[0].draft()), "second", before=["first"])
    site, host = estate()
    case("gap_before_first", "the first lines of a host that ever came begin behind its beginning", GAP,
         build(site.draft({host: 7})), "first")
    case("second_alone", "bundle 2 with new lines only, and bundle 1 never came",
         GAP + " " + UNKNOWN + " warn:BUNDLE_MISSING", build(going_on), "second_goes_on")

    def more(site, host, number):
        since = host.tree.size
        host.session(number, at=1651370400 + number)
        host.seal()
        site.arrive(host, since)

    site, host = delivered()
    more(site, host, 3)
    behind = host.tree.size
    more(site, host, 4)
    case("gap_after_accepted", "the host's lines begin behind what was accepted", GAP,
         build(site.draft({host: behind})), "second", before=["first"])

    site, host = delivered()
    more(site, host, 3)
    site.exported(build(site.draft())[0])
    more(site, host, 4)
    third = site.draft()
    case("bundle_lost", "bundle 2 never came; bundle 3 repeats its lines", "warn:BUNDLE_MISSING", build(third), "third",
         before=["first"])
    case("third", "the same bundle 3 after bundle 2", "", build(third), before=["first", "second_like_third"])
    case("bundle_lost_again", "the same bundle 3 once more", "note:REPLAY", build(third), "third",
         before=["first", "bundle_lost"])
    site, host = delivered()
    site.draft()
    more(site, host, 3)
    case("given_up", "the station began bundle 2, gave it up and made bundle 3", "note:BUNDLE_MISSING",
         without_previous(site.draft()), "third", before=["first"])
    site, host = delivered()
    more(site, host, 3)
    case("second_like_third", "the bundle 2 before it", "", build(site.draft()), before=["first"])

    defect("previous_is_another", "it names another bundle 1 than the one accepted, and than the station's log",
           ANCHOR + " warn:BUNDLE_MISSING", second, "second", before=["first"], member="MANIFEST.json",
           manifest=lambda head: {**head, "previous": "ab" * 32})
    defect("previous_left_out", "it names no bundle before it", ANCHOR + " warn:BUNDLE_MISSING", second, "second",
           before=["first"], member="MANIFEST.json",
           manifest=lambda head: {k: v for k, v in head.items() if k != "previous"})

    def restored(filled):
        """Bundle 2 with the host's log as a copy of the machine, made before its first seal, went on."""
        site, host = delivered()
        copy = Log(host.seed, "recorder", "LICSRV", branch=" copy")
        filled(copy)
        site.hosts = [copy]
        return site.draft()

    def other_way(log):
        fill(log)
        log.session(7)
        log.seal()

    case("forked", "the host's log went another way than the one accepted", "refuse:FORK",
         build(restored(other_way)), "second", before=["first"])
    case("rolled_back", "the host's log ends where it never ended", "refuse:ROLLBACK",
         build(restored(sessions)), "second", before=["first"])
    case("emptied", "a host that had brought lines is listed without any", "note:REPLAY warn:SEQUENCE_GAP",
         build(shortened(0)), "second", before=["first"])
    case("earlier_state", "the host's log in a state that was accepted before, while the station has more",
         "note:REPLAY warn:SEQUENCE_GAP", build(shortened(7)), "second", before=["first"])

    def claim(**changes):
        return lambda rows: [rows[0], {**rows[1], **changes}]

    first = going_on.rows[1]
    defect("claimed_range", "another tree at `first` than was accepted", "refuse:FORK", going_on, "second_goes_on",
           before=["first"], rows=claim(range=["00" * 32, *first["range"][1:]]))
    defect("claimed_key", "another key at `first` than the log has there", CANONICAL, going_on, "second_goes_on",
           before=["first"], member="HOSTS.jsonl", rows=claim(key=going_on.rows[0]["key"]))
    defect("claimed_epoch", "another epoch at `first` than the log has there", CANONICAL, going_on, "second_goes_on",
           before=["first"], member="HOSTS.jsonl", rows=claim(epoch=first["epoch"] + 1))
    case("station_forked", "the station's log went another way", "refuse:FORK note:HOST_SILENT",
         build(forked_station()), "second",
         before=["first"])


def without_previous(draft):
    draft.head.pop("previous")
    return build(draft)


def forked_station():
    site = maker.Site(branch=" copy")
    host = site.host()
    fill(host)
    site.station.add("note", text="x")
    site.arrive(host)
    site.draft()
    site.exported(build(estate()[0].draft())[0])
    return site.draft()


def shortened(size):
    site, host = delivered()
    draft = site.draft()
    short = Draft(site, draft.head["created"])
    short.add(site.station)
    short.add(host, 0, size)
    return short


def clocks():
    def jump(milliseconds, boot=None, said=False, up=None):
        def filled(log):
            log.session(1)
            log.wall += milliseconds
            log.boot, log.up = boot or log.boot, up or log.up
            if said:
                log.add("clock", **{"from": log.wall - milliseconds, "to": log.wall})
            log.session(2)
            log.seal()
        return estate(filled)[0].draft()

    step = "note:CLOCK_STEP"
    for name, why, expected, draft in (
            ("2000_ms", "a clock that moved by 2000 ms", "", jump(2000)),
            ("forward", "a clock that moved by 2001 ms without a line", step, jump(2001)),
            ("backward", "a clock that moved back by 2001 ms without a line", step, jump(-2001)),
            ("recorded", "a clock that moved by an hour, recorded", step, jump(3600000, said=True)),
            ("reboot", "a year later after a reboot", "", jump(365 * 86400000, "c" * 32, up=5000)),
            ("reboot_backward", "an hour earlier after a reboot", step, jump(-3600000, "c" * 32, up=5000)),
            ("suspend", "a night asleep: boot clock and wall clock both went on", "", jump(28800000, up=28800000 + 8000))):
        case("clock_" + name, why, expected, build(draft), "clock_2000_ms" if expected else "-")


def imports():
    def of_two(fill_first, fill_second):
        site = maker.Site()
        for label, filled in (("LICSRV", fill_first), ("SECOND", fill_second)):
            host = site.host(label)
            filled(host)
            host.seal()
            site.arrive(host)
        return site.draft()

    def imported(number, at, source="flexnet:S:d"):
        def filled(log):
            log.session(number, at, source)
            log.imported(at, at + 60, source, maker.sha256(b"file %d" % number).hex())
        return filled

    day = 1651363200
    case("imported_other_server", "two hosts that imported logs of two servers", "",
         build(of_two(imported(1, day), imported(2, day, "flexnet:T:d"))), by="accept")
    case("imported_other_day", "two hosts that imported different days of one server", "",
         build(of_two(imported(1, day), imported(2, day + 86400))), by="accept")
    case("imported_same_events", "two hosts brought events with the same ids", "note:IMPORT_DUPLICATE",
         build(of_two(lambda log: log.session(1), lambda log: log.session(1))), "imported_other_server", by="accept")
    case("imported_same_time", "two hosts imported files of one server for the same time", "warn:IMPORT_DUPLICATE",
         build(of_two(imported(1, day), imported(2, day))), "imported_other_day", by="accept")


def make(draft, second, going_on):
    spellings()
    watched()
    instructed()
    declared()
    orders(draft)
    beginnings()
    seals(draft)
    stations(draft)
    memories(second, going_on)
    clocks()
    imports()
