"""Cases about exports of several volumes, of a period, not compressed, and about a verifier that lost its memory."""
import copy

import maker
from cases import case, cases, delivered
from maker import Draft, build

CANONICAL = "refuse:NON_CANONICAL"
GAP = "refuse:SEQUENCE_GAP"
MISSING = "warn:VOLUME_MISSING"
MANIFEST = "MANIFEST.json"


def epochs(log, count, first=1):
    for number in range(first, first + count):
        log.session(number, at=1651363200 + 100 * number)
        log.seal()


def cut_at(log, size):
    subtrees, epoch, key, _ = log.states[size]
    return {"host": log.host, "first": size, "epoch": epoch, "key": key, "range": subtrees}


def volume(draft, k, n, spans, cut=None):
    """Volume k of n of `draft`: of each log in the roster its lines in span (from, to), none where it is None."""
    made = copy.copy(draft)
    made.slices = [lines[slice(*span)] if span else [] for lines, span in zip(draft.slices, spans)]
    made.head = {**draft.head, "volume": {"k": k, "n": n}, **({"cut": cut} if cut else {})}
    return made


def one_host():
    """A station and one host of three epochs, whose seals stand behind `ends`."""
    site = maker.Site()
    host = site.host()
    epochs(host, 3)
    site.arrive(host)
    return site.draft(), host, [size for size in sorted(host.states) if size]


def sets():
    draft, host, (one, two, three) = one_host()
    first = volume(draft, 1, 2, [(0, None), (0, one)])
    second = volume(draft, 2, 2, [None, (one, None)], cut_at(host, one))
    case("volume_1", "the first volume of two: the station, and the host up to its first seal", "", build(first))
    case("volume_2", "the second volume, which begins inside the host's log", "", build(second), before=["volume_1"])
    case("volume_2_alone", "the second volume before the first came", MISSING, build(second), "volume_2")
    case("volume_1_again", "the first volume a second time", "note:REPLAY", build(first), "volume_1",
         before=["volume_1"])
    case("volume_1_unsealed", "a volume that ends with a line behind a seal", "refuse:UNSEALED_TAIL",
         build(volume(draft, 1, 2, [(0, None), (0, one + 1)])), "volume_1")
    case("volume_1_begins_inside", "a first volume with a cut", CANONICAL,
         build(volume(draft, 1, 2, [(0, None), (0, one)], cut_at(host, one))), "volume_1", member=MANIFEST)
    station = draft.rows[0]

    def after_first(name, why, expected, made, member="-"):
        case(name, why, expected, build(made), "volume_2", before=["volume_1"], member=member)

    after_first("volume_2_short", "the last volume ends before the export does", GAP,
                volume(draft, 2, 2, [None, (one, two)], cut_at(host, one)))
    after_first("volume_2_behind", "the second volume begins behind the end of the first", GAP,
                volume(draft, 2, 2, [None, (two, None)], cut_at(host, two)))
    after_first("volume_2_uncut", "no cut says how the log stands where the volume begins", f"{CANONICAL} {GAP}",
                volume(draft, 2, 2, [None, (one, None)]), "LINES_0001.jsonl.zst")
    for name, why, cut in (
            ("other_line", "a cut at another line than the first", cut_at(host, two)),
            ("other_log", "a cut in another log", {**cut_at(host, one), "host": station["host"]})):
        after_first("volume_cut_" + name, why, f"{CANONICAL} {GAP}", volume(draft, 2, 2, [None, (one, None)], cut), MANIFEST)
    honest = cut_at(host, one)
    for name, why, changed in (
            ("range_short", "a range that does not fit the line", {"range": honest["range"][1:]}),
            ("key_low_order", "a key of low order", {"key": "01" + "00" * 31}),
            ("at_0", "a cut at line 0", {"first": 0, "range": []}),
            ("field_more", "a field more", {"root": "00" * 32})):
        after_first("volume_cut_" + name, "a cut with " + why, CANONICAL,
                    volume(draft, 2, 2, [None, (one, None)], {**honest, **changed}), MANIFEST)
    after_first("volume_cut_other_key", "another key at the cut than the log has there", CANONICAL,
                volume(draft, 2, 2, [None, (one, None)], {**honest, "key": station["key"]}), MANIFEST)
    after_first("volume_cut_other_range", "another tree at the cut than was accepted", "refuse:FORK",
                volume(draft, 2, 2, [None, (one, None)], {**honest, "range": ["00" * 32, *honest["range"][1:]]}))
    after_first("volume_of_three", "volume 2 of a set of three, whose first lines are those of this set's",
                "refuse:VOLUME_MIXED", volume(draft, 2, 3, [None, (one, two)], cut_at(host, one)))
    mixed = copy.copy(second)
    mixed.head = {**mixed.head, "created": mixed.head["created"] + 1}
    after_first("volume_other_time", "volume 2 of a set that says it was made a millisecond later",
                "refuse:VOLUME_MIXED", mixed)
    case("whole_after_volume", "the same export in one file, after one volume of it",
         "refuse:VOLUME_MIXED note:HOST_SILENT",
         build(volume(draft, 1, 1, [(0, None), (0, None)])), "volume_1", before=["volume_1"])
    three = [volume(draft, 1, 3, [(0, None), (0, one)]), volume(draft, 2, 3, [None, (one, two)], cut_at(host, one)),
             volume(draft, 3, 3, [None, (two, None)], cut_at(host, two))]
    case("volume_1_of_3", "the first of three volumes", "", build(three[0]))
    case("volume_2_of_3", "the second of three volumes", "", build(three[1]), before=["volume_1_of_3"])
    case("volume_3_of_3", "the third of three volumes", "", build(three[2]), before=["volume_1_of_3", "volume_2_of_3"])
    case("volume_3_without_2", "the third of three volumes, and the second never came", MISSING, build(three[2]),
         "volume_3_of_3", before=["volume_1_of_3"])


def whole_logs():
    """Volumes that begin with a log; between them stands one that has brought nothing yet."""
    site = maker.Site()
    first, silent, second = (site.host(label) for label in ("LICSRV", "SILENT", "THIRD"))
    site.hosts.remove(silent)
    for number, host in ((1, first), (2, second)):
        epochs(host, 1, number)
        site.arrive(host)
    draft = site.draft()
    draft.rows.insert(2, silent.row(0, 0))
    draft.slices.insert(2, [])
    case("volume_of_logs_1", "the first volume of two, which ends with a log", "",
         build(volume(draft, 1, 2, [(0, None), (0, None), None, None])))
    case("volume_of_logs_2", "the second volume, which begins with a log behind an empty one", "note:HOST_SILENT",
         build(volume(draft, 2, 2, [None, None, None, (0, None)])), before=["volume_of_logs_1"])


def waiting():
    """A second volume before the first, which begins with a log that nothing here enrols."""
    def volumes(**log):
        site = maker.Site()
        hosts = [site.host("LICSRV"), maker.Log("site host SECOND", "recorder", "SECOND", **log)]
        site.hosts[1:] = hosts[1:]
        site.enrol(hosts[1])
        for host in hosts:
            epochs(host, 1)
            site.arrive(host)
        draft = site.draft()
        return [build(volume(draft, k, 2, spans)) for k, spans in ((1, [(0, None), (0, None), None]),
                                                                   (2, [None, None, (0, None)]))]

    first, second = volumes()
    case("volume_before_host", "the first volume of two, without the last log", "", first)
    case("volume_of_host", "the second volume, a whole log", "", second, before=["volume_before_host"])
    case("volume_of_host_alone", "the same before the first came", MISSING, second, "volume_of_host")
    case("volume_of_host_other_key", "the same, and its genesis names another key than its row",
         f"{CANONICAL} {MISSING}", volumes(key="02" * 32)[1], "volume_of_host", member="LINES_0001.jsonl.zst")
    case("volume_of_host_other_name", "the same, under a name that its first key does not give",
         f"{CANONICAL} {MISSING}", volumes(host="H" + "A" * 24)[1], "volume_of_host", member="LINES_0001.jsonl.zst")


def left_out():
    """A set without a row for a log that its second volume enrols: said when that volume's turn has come."""
    site = maker.Site()
    hosts = [site.host()]
    site.station.seal()
    hosts.append(site.host("SECOND"))
    for host in hosts:
        epochs(host, 1)
        site.arrive(host)
    draft = site.draft()
    draft.rows.pop()
    draft.slices.pop()
    inside = min(size for size in site.station.states if size)
    case("volume_before_enrolment", "the first volume of two, which ends before an enrolment", "",
         build(volume(draft, 1, 2, [(0, inside), None])))
    second = build(volume(draft, 2, 2, [(inside, None), (0, None)], cut_at(site.station, inside)))
    case("volume_host_not_listed", "the second volume enrols a log that the roster leaves out", "warn:HOST_SILENT", second,
         "volume_station_goes_on", before=["volume_before_enrolment"])
    case("volume_host_not_listed_alone", "the same before the first came", MISSING, second, "volume_station_goes_on")


def between():
    """A set of two: the second volume leaves out what lies between the end of the first and the log it begins with."""
    site = maker.Site()
    first, second = (site.host(label) for label in ("LICSRV", "SECOND"))
    site.station.seal()
    for host in (first, second):
        epochs(host, 2)
        site.arrive(host)
    draft = site.draft()
    end, inside = min(size for size in first.states if size), min(size for size in site.station.states if size)
    case("volume_in_host", "the first volume of two, which ends inside a host's log", "",
         build(volume(draft, 1, 2, [(0, None), (0, end), None])))
    case("volume_host_goes_on", "the second volume goes on with that log", "",
         build(volume(draft, 2, 2, [None, (end, None), (0, None)], cut_at(first, end))), before=["volume_in_host"])
    case("volume_host_left_out", "the second volume begins with the log behind it: some lines are in neither", GAP,
         build(volume(draft, 2, 2, [None, None, (0, None)])), "volume_host_goes_on", before=["volume_in_host"])
    case("volume_in_station", "the first volume of two, which ends inside the station's log", "",
         build(volume(draft, 1, 2, [(0, inside), None, None])))
    case("volume_station_goes_on", "the second volume goes on with the station's log", "",
         build(volume(draft, 2, 2, [(inside, None), (0, None), (0, None)], cut_at(site.station, inside))),
         before=["volume_in_station"])
    case("volume_station_left_out", "the second volume begins with the first host: the station's export is in neither",
         f"{GAP} warn:ANCHOR_MISMATCH", build(volume(draft, 2, 2, [None, (0, None), (0, None)])), "volume_station_goes_on",
         before=["volume_in_station"])


def enrolled_again():
    """A set that begins at line 0 again, whose first volume repeats some enrolments of those that were accepted."""
    site = maker.Site()
    hosts = [site.host(label) for label in ("LICSRV", "SECOND")]
    site.station.seal()
    hosts.append(site.host("THIRD"))
    for host in hosts:
        epochs(host, 1)
        site.arrive(host)
    whole = build(site.draft())
    case("three_hosts", "an export of three hosts", "", whole)
    site.exported(whole[0])
    epochs(hosts[2], 1, 7)
    site.arrive(hosts[2], sorted(hosts[2].states)[1])
    draft = site.draft()
    inside = min(size for size in site.station.states if size)
    case("two_of_three_again", "the first volume of the next, which repeats two of the three enrolments", "",
         build(volume(draft, 1, 2, [(0, inside), None, None, None])), before=["three_hosts"])
    case("withheld_again", "an accepted bundle that withheld lines, once more", "note:REPLAY",
         (cases["withheld"].bundle, cases["withheld"].signature), "first", before=["withheld"])


def stored():
    site = maker.Site()
    host = site.host()
    epochs(host, 2)
    site.arrive(host)
    draft = site.draft(level=0)
    draft.head["zstd"] = {**draft.head["zstd"], "level": 0}
    case("stored", "an export that is not compressed", "", build(draft))
    case("stored_called_compressed", "not compressed, under the name of a compressed member", CANONICAL,
         build(draft, members=lambda made: made[:2] + [(made[2][0] + ".zst", *made[2][1:])]), "stored", member=MANIFEST)
    case("stored_without_name", "not compressed, and a member without a name where the rows belong", "refuse:EXTRA_MEMBER",
         build(draft, members=lambda made: [("", *made[0][1:]), *made[1:]]), "stored", member=MANIFEST)
    case("stored_two_sizes", "not compressed, with two sizes", CANONICAL, build(draft, manifest=longer), "stored",
         member=MANIFEST)


def longer(head):
    head["members"][2]["raw"] += 1
    return head


def period():
    """An export that ends with a period: the host up to its first seal from then on."""
    def of(announced, stated, ends=1):
        site = maker.Site()
        host = site.host()
        epochs(host, 3)
        site.arrive(host)
        sizes = [size for size in sorted(host.states) if size]
        until = maker.WALL + 1000 * (sizes[0] - 1)  # the wall clock of the first seal
        draft = site.draft(**({"until": until + announced} if announced is not None else {}))
        made = Draft(site, draft.head["created"])
        made.add(site.station)
        made.add(host, 0, sizes[ends - 1])
        made.head.update({"until": until + stated} if stated is not None else {})
        return build(made)

    case("until", "up to the first seal of a period that ends with it", "", of(0, 0))
    case("until_next", "up to the next seal, for the period ends behind the first", "", of(1, 1, 2))
    case("until_too_short", "it ends before the period does, and the station has more lines", "warn:SEQUENCE_GAP",
         of(1, 1), "until_next")
    case("until_not_announced", "a period that the station did not announce", "refuse:ANCHOR_MISMATCH", of(None, 0), "until",
         member=MANIFEST)
    case("until_left_out", "the station announced a period, the manifest names none",
         "refuse:ANCHOR_MISMATCH warn:ANCHOR_MISMATCH warn:SEQUENCE_GAP", of(0, None), "until", member=MANIFEST)


def restored():
    """A verifier whose ledger came back from a backup of the time after bundle 1."""
    def third(from_second):
        site, host = delivered()
        ends = {site.station: max(site.station.states), host: host.tree.size}
        begun = dict(ends)
        for number in (5, 6):
            since = host.tree.size
            epochs(host, 1, number)
            site.arrive(host, since)
            draft = site.draft()
            going_on = Draft(site, draft.head["created"])
            chosen = ends if number == 5 or from_second else begun
            for log in (site.station, host):
                going_on.add(log, chosen[log])
            made = build(going_on)
            ends = {site.station: max(site.station.states), host: host.tree.size}
            site.exported(made[0])
            if number == 5:
                second = made
        return second, made

    second, made = third(True)
    case("second_of_three", "bundle 2 with new lines only", "", second, before=["first"])
    case("third_goes_on", "bundle 3 with new lines only", "", made, before=["first", "second_of_three"])
    case("restored_behind", "a verifier that was set back to bundle 1 is given bundle 3",
         f"{GAP} warn:BUNDLE_MISSING", made, "third_goes_on", before=["first"])
    case("restored_from_receipt", "the same, packed from the receipt of bundle 1", "warn:BUNDLE_MISSING",
         third(False)[1], "third_goes_on", before=["first"])


def make():
    sets()
    whole_logs()
    waiting()
    between()
    left_out()
    enrolled_again()
    stored()
    period()
    restored()
