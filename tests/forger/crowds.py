"""Row 17 at full size: rosters of ten thousand hosts, of as many as there may be, and of one more. And names that look
like others on a screen (rows 12, 15, 17). run.py bounds the memory of every run, so of these too."""
import hashlib
import unicodedata

from victim import LICSRV, Station, attack, maker, open_draft, signed

MOST_HOSTS, MOST_BYTES = 65536, 8 << 20
NOTHING = {"first": 0, "next": 0, "range": [], "root": hashlib.sha256(b"").hexdigest(), "epoch": 0}  # a log's row


def cut_into_members(raws):
    """As full as possible, at line ends."""
    (text,) = raws
    pieces, first = [], 0
    while first < len(text):
        end = len(text) if len(text) - first <= MOST_BYTES else text.rindex(b"\n", first, first + MOST_BYTES) + 1
        pieces.append(text[first:end])
        first = end
    return pieces


def crowded(hosts, lines):
    """An honest station's first delivery: `hosts` are enrolled in all; each has delivered genesis and seal, or nothing
    at all."""
    site = maker.Site()
    rows, slices = [], []
    for number in range(hosts):
        if lines:
            log = maker.Log(f"crowd {number}", "recorder", f"N{number}")
            log.seal()
            site.enrol(log)
            site.arrive(log)
            rows.append(log.row(0, log.tree.size))
            slices.append(log.lines)
        else:
            key = maker.point_of(maker.signing_key(f"crowd {number}")).hex()
            name = "H" + maker.base64.b32encode(maker.sha256(f"tally-log-v1\n{key}".encode())).decode()[:24]
            site.station.add("enrol", log=name, key=key, label=f"N{number}", machine="a" * 64, group="ALL")
            rows.append({**NOTHING, "host": name, "key": key})
            slices.append([])
    draft = site.draft()
    draft.rows += rows
    draft.slices += slices
    return draft


@attack("17", "")
def deliver_for_ten_thousand_hosts(*_):
    return maker.build(crowded(10_000, lines=True), raws=cut_into_members)


@attack("17", "note:HOST_SILENT")
def name_as_many_silent_hosts_as_there_may_be(*_):
    return maker.build(crowded(MOST_HOSTS - 1, lines=False), raws=cut_into_members)


@attack("17", "refuse:LIMIT_EXCEEDED", holds=["export key"])
def name_one_host_more_than_there_may_be(victim, hold):
    key = maker.point_of(maker.signing_key("crowd")).hex()

    def more(rows):
        names = (maker.base64.b32encode(maker.sha256(b"%d" % number)) for number in range(MOST_HOSTS + 1 - len(rows)))
        return [*rows, *({**NOTHING, "host": "H" + name.decode()[:24], "key": key} for name in names)]
    return signed(victim.drafts[0], hold, rows=more)


# Names that a person takes for others: an accented letter in one character or in two, letters of another alphabet.

def encoded(text):
    return "".join(chr(byte) if byte < 128 else f"%{byte:02X}" for byte in text.encode())


def spelt(form, text):
    return encoded(unicodedata.normalize(form, text))


@attack("17", "refuse:EXTRA_MEMBER", holds=["export key"])
def name_a_member_in_letters_that_look_alike(victim, hold):
    alike = "LIN\N{CYRILLIC CAPITAL LETTER IE}S_0001.jsonl.zst"  # the bytes in the header, encoded in the manifest
    name = alike.encode() + bytes(100 - len(alike.encode()))
    return signed(
        victim.drafts[0], hold,
        manifest=lambda head: {**head, "members": [*head["members"][:2], {**head["members"][2], "name": encoded(alike)}]},
        archive=lambda made: [*made[:3], maker.summed(name + made[3][100:512]) + made[3][512:]])


LOOK_ALIKE = "Two names that look alike are two names"


@attack("12", "", says=LOOK_ALIKE)
def call_two_hosts_alike(*_):
    return Station((spelt("NFC", "KÖLN"), spelt("NFD", "KÖLN"))).day()


@attack("12", "", says=LOOK_ALIKE)
def work_under_a_name_that_looks_alike(*_):
    def working(log, day):
        for user in (spelt("NFC", "zoë"), spelt("NFD", "zoë"), encoded("zo\N{CYRILLIC SMALL LETTER IE}")):
            log.add("start", src="flexnet:S:d", daemon="d", feature="F1", user=user, client="c1", layer="package",
                    at=1651363200)
        log.seal()
    return Station(working=working).day()


@attack("15", "refuse:SEAL_BROKEN", holds=["export key"])
def exchange_a_user_for_one_that_looks_alike(victim, hold):
    draft = open_draft(victim.drafts[0])
    line = draft.slices[LICSRV][1]
    draft.slices[LICSRV][1] = line.replace(b'"user":"u10"', b'"user":"u' + encoded("\N{FULLWIDTH DIGIT ONE}").encode() + b'0"')
    assert draft.slices[LICSRV][1] != line
    return signed(draft, hold)
