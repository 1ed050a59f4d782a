"""Rows 7, 15 to 17 and 20: other users of the machines, thieves of keys, who smuggles data out, and authors of bundles
that attack their reader."""
import os
import subprocess

from victim import LICSRV, attack, cut, maker, open_draft, signed, with_log, work

CANONICAL = "refuse:NON_CANONICAL"
LIMIT = "refuse:LIMIT_EXCEEDED"
SITE_FILE = "refuse:SITE_FILE_INVALID"


# 7: a user of the host without privileges

def nobody(*command):
    return subprocess.run(["setpriv", "--reuid=nobody", "--clear-groups", "--inh-caps=-all", *map(str, command)],
                          capture_output=True, text=True, check=False)


def on_the_host(name, attempt):
    """A recorder's state made under a careless umask, and what another user tries on it."""
    def tried(directory, programs):
        if os.geteuid() != 0:
            return None  # nobody to be besides oneself
        state = directory / "r"
        for folder in (directory.parent, directory):
            folder.chmod(0o755)
        made = subprocess.run(["sh", "-c", f"umask 0; '{programs}/tally-recorder' init --state '{state}' --site SITE1 "
                               "--label LICSRV"], capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr
        if nobody(programs / "tally-recorder", "--version").returncode or nobody("ls", directory).returncode:
            return None  # not even the programs are for others
        before = {path: path.read_bytes() for path in state.rglob("*") if path.is_file()}
        ran = attempt(state, programs)
        after = {path: path.read_bytes() for path in state.rglob("*") if path.is_file()}
        return ([] if ran.returncode else ["was allowed"]) + ([] if before == after else ["changed the state"])

    def make(*_):
        return tried
    make.__name__ = name
    attack("7", "refused")(make)


on_the_host("read_the_key_of_the_recorder", lambda state, _: nobody("cat", state / "key.0"))
on_the_host("write_into_the_journal", lambda state, _: nobody(
    "sh", "-c", f"for f in '{state}'/*; do echo x >> $f || exit 1; done"))
on_the_host("seal_in_its_name", lambda state, programs: nobody(programs / "tally-recorder", "seal", "--state", state))


# 15: stolen keys

@attack("15", "refuse:UNSEALED_TAIL", holds=["export key"])
def append_invented_lines(victim, hold):
    log = cut(victim.logs[LICSRV], 7)
    log.session(66)
    log.states[log.tree.size] = (log.tree.range(), log.epoch, log.states[7][2], log.tree.root().hex())
    return signed(with_log(victim.drafts[0], LICSRV, log), hold)


def own_log():
    log = maker.Log("keys of the thief", "recorder", "THIEF")
    work(log, 1)
    return log


@attack("15", "refuse:HOST_UNKNOWN warn:ANCHOR_MISMATCH", holds=["export key"])
def bring_a_host_of_ones_own(victim, hold):
    draft = open_draft(victim.drafts[0])
    draft.add(own_log())
    return signed(draft, hold)


@attack("15", "refuse:SEAL_BROKEN", holds=["export key"])
def enrol_a_host_of_ones_own(victim, hold):
    log, site = own_log(), maker.Site()
    site.station = cut(victim.logs[0], 5, maker.signing_key("thief"))
    site.enrol(log)
    site.arrive(log)
    site.hosts = [log]
    draft = site.draft()
    forged = open_draft(victim.drafts[0])
    forged.rows = [draft.rows[0], *forged.rows[1:], draft.rows[1]]
    forged.slices = [draft.slices[0], *forged.slices[1:], draft.slices[1]]
    forged.head["created"] = draft.head["created"]
    return signed(forged, hold)


@attack("15", "refuse:SEQUENCE_GAP warn:ANCHOR_MISMATCH", holds=["export key"])
def claim_a_key_behind_the_beginning(victim, hold):
    log = cut(victim.logs[LICSRV], 7, maker.signing_key("thief"))
    log.states[7] = (log.tree.range(), 2, maker.point_of(log.key).hex(), log.tree.root().hex())
    log.session(66)
    log.seal()
    return signed(with_log(victim.drafts[0], LICSRV, log, 7), hold)


@attack("15", "refuse:FORK", holds=["export key"], before=[1])
def claim_a_range_where_the_last_delivery_ended(victim, hold):
    draft = open_draft(victim.drafts[1])
    log = victim.logs[LICSRV]
    draft.rows[LICSRV] = log.row(7, draft.rows[LICSRV]["next"])
    draft.rows[LICSRV]["range"] = ["00" * 32, *draft.rows[LICSRV]["range"][1:]]
    draft.slices[LICSRV] = draft.slices[LICSRV][7:]
    return signed(draft, hold)


@attack("15", "refuse:WRONG_ROLE", holds=["export key"])
def rename_a_release_signature(victim, hold):
    return signed(victim.drafts[0], hold, comment="tally-release-1 SITE1 1 1/1 officer")


@attack("15", "refuse:WRONG_ROLE", holds=["verifier key"])
def sign_with_the_key_of_the_verifier(victim, hold):
    return maker.build(victim.drafts[0], signer=hold("verifier key"))


@attack("15", "refuse:WRONG_ROLE", holds=["root key"])
def sign_with_the_root_key(victim, hold):
    return maker.build(victim.drafts[0], signer=hold("root key"))


def carrying(victim, site_file):
    draft = open_draft(victim.drafts[0])
    draft.site_file = site_file
    return draft


@attack("15", "refuse:UNKNOWN_KEY", holds=["root key"])
def name_an_export_key_of_ones_own(victim, hold):
    thief = maker.Signer("thief")
    second = maker.site_line(victim.version(2, exports=[thief.text]), [hold("root key")])
    return maker.build(carrying(victim, victim.site_file + second), signer=thief)


@attack("15", SITE_FILE + " refuse:UNKNOWN_KEY")
def bring_a_site_file_of_ones_own(victim, _):
    thief, root = maker.Signer("thief"), maker.Signer("root of the thief")
    own = maker.site_line({**victim.version(), "roots": [root.text], "exports": [thief.text]}, [root])
    return maker.build(carrying(victim, own), signer=thief)


@attack("15", SITE_FILE, holds=["export key", "root key"])
def skip_a_version_of_the_site_file(victim, hold):
    third = maker.site_line(victim.version(3), [hold("root key")])
    return signed(carrying(victim, victim.site_file + third), hold)


@attack("15", SITE_FILE, holds=["export key", "root key"])
def sign_version_1_again_with_other_bytes(victim, hold):
    return signed(carrying(victim, maker.site_line(victim.version(verifiers=[]), [hold("root key")])), hold)


# 16: data smuggled out

def hide(name, change, expected=CANONICAL):
    def make(victim, hold):
        return signed(victim.drafts[0], hold, **change(victim))
    make.__name__ = name
    attack("16", expected, holds=["export key"])(make)


def packed(change):
    return lambda _: {"members": lambda made: made[:2] + [(*made[2][:2], change(*made[2][1:]))]}


def blocks_at(frame):
    return 5 + (1, 2, 4, 8)[frame[4] >> 6]


hide("hide_in_empty_runs_of_zstd", packed(lambda _, frame: frame[:blocks_at(frame)] + b"".join(
    b"\2\0\0" + bytes([c]) for c in b"drawing 4711") + frame[blocks_at(frame):]))
hide("hide_in_the_level_of_zstd", packed(lambda raw, _: maker.compress(raw, 9)))
hide("hide_in_a_skippable_frame", packed(lambda _, frame: b"\x50\x2a\x4d\x18\5\0\0\0hello" + frame))
hide("hide_in_padding", lambda _: {"archive": lambda a: [a[0], a[1][:-5] + b"hello", *a[2:]]})
hide("hide_after_the_end", lambda _: {"file": lambda file: file + b"hello"})
hide("hide_in_a_header", lambda _: {"archive": lambda a: [a[0], maker.summed(
    a[1][:265] + b"hello" + a[1][270:512]) + a[1][512:], *a[2:]]})
hide("hide_in_the_order_of_hosts", lambda _: {"rows": lambda rows: [rows[0], rows[2], rows[1]],
                                              "lines": lambda logs: [logs[0], logs[2], logs[1]]})
hide("hide_in_the_cut_of_members", lambda _: {"raws": lambda raws: [
    raws[0][:raws[0].index(b"\n") + 1], raws[0][raws[0].index(b"\n") + 1:]]})
hide("hide_in_the_spelling_of_the_manifest", lambda _: {"manifest_line": lambda line: line.replace(b",", b", ", 1)})
hide("hide_in_a_new_field_of_the_manifest", lambda _: {"manifest": lambda head: {**head, "note": "hello"}})
hide("hide_in_the_note_of_the_signature", lambda _: {"signature": lambda file: file.replace(b"of a bundle", b"of hello")},
     "refuse:BAD_SIGNATURE")
hide("hide_in_a_member_more", lambda _: {"archive": lambda a: [*a, maker.member("NOTES.txt", b"hello\n")]},
     "refuse:EXTRA_MEMBER")


@attack("16", "note:HOST_SILENT", holds=["host key"], before=[1, 2, 3],
        says="What remains are low bits of counts and times in otherwise honest lines")
def hide_in_the_low_bits_of_times(victim, hold):
    from insiders import open_epoch

    def lines(log):
        for bit in "0110100001101001":
            log.session(66, at=1651800000 + 120 * log.tree.size + int(bit))
    return open_epoch(victim, hold, lines)


# 17: the author of a bundle against its reader

def against_the_reader(name, expected, change):
    def make(victim, hold):
        return signed(victim.drafts[0], hold, comment="tally-export-1 SITE1 1 1/1", **change(victim))
    make.__name__ = name
    attack("17", expected, holds=["export key"])(make)


def in_a_line(text):
    return lambda _: {"lines": lambda logs: [logs[0], [logs[1][0], text, *logs[1][2:]], logs[2]]}


against_the_reader("declare_a_manifest_of_eight_gibibytes", LIMIT, lambda _: {
    "file": lambda file: maker.ustar_header("MANIFEST.json", (1 << 33) - 1) + file[512:]})
against_the_reader("promise_four_gibibytes_in_a_frame", CANONICAL, packed(
    lambda _, frame: frame[:4] + b"\xa4" + b"\xff" * 4 + frame[blocks_at(frame):]))
against_the_reader("compress_eight_mebibytes_of_nothing", LIMIT + " refuse:ANCHOR_MISMATCH "
                   "refuse:HOST_UNKNOWN refuse:SEAL_MISSING refuse:SEQUENCE_GAP", lambda _: {
    "raws": lambda _: [b"x" * ((8 << 20) - 1) + b"\n"]})
against_the_reader("name_a_member_by_a_path", "refuse:EXTRA_MEMBER", lambda _: {
    "manifest": lambda head: {**head, "members": [{**head["members"][0], "name": "../../etc/passwd"},
                                                  *head["members"][1:]]}})
against_the_reader("nest_a_thousand_deep", CANONICAL, in_a_line(b'{"a":' + b"[" * 1000 + b"]" * 1000 + b"}"))
against_the_reader("write_a_number_of_two_thousand_digits", CANONICAL, in_a_line(b'{"a":' + b"9" * 2000 + b"}"))
against_the_reader("give_four_thousand_faults", CANONICAL, lambda _: {
    "lines": lambda logs: [logs[0], [logs[1][0], *([b"{}"] * 4000), *logs[1][1:]], logs[2]]})
against_the_reader("claim_a_range_of_forty_seven_hashes", CANONICAL, lambda _: {
    "rows": lambda rows: [rows[0], {**rows[1], "range": ["00" * 32] * 47}, rows[2]]})
against_the_reader("number_the_members_up_to_4097", LIMIT, lambda _: {
    "manifest": lambda head: {**head, "members": head["members"] + [
        {**head["members"][2], "name": maker.lines_name(number)} for number in range(2, 4098)]}})


# 20: links planted on the connected side

def planted(name, plant):
    def make(victim, _):
        def tried(directory, programs):
            return plant(directory, programs, victim)
        return tried
    make.__name__ = name
    attack("20", "refused", before=[1])(make)


def verifier(programs, *arguments):
    return subprocess.run([str(programs / "tally-verifier"), *map(str, arguments)], capture_output=True, text=True,
                          check=False)


def link_at_the_page(directory, programs, _):
    target = directory / "precious"
    target.write_text("precious")
    (directory / "report.html").symlink_to(target)
    verifier(programs, "report", "--ledger", directory / "v.db", "--html", directory / "report.html")
    return [] if target.read_text() == "precious" else ["wrote through the link"]


def link_at_a_table(directory, programs, _):
    verifier(programs, "report", "--ledger", directory / "v.db", "--csv", directory / "tables")
    names = [path.name for path in (directory / "tables").iterdir()]
    assert names, "no tables"
    target = directory / "precious"
    target.write_text("precious")
    for name in names:
        (directory / "tables" / name).unlink()
        (directory / "tables" / name).symlink_to(target)
    verifier(programs, "report", "--ledger", directory / "v.db", "--csv", directory / "tables")
    return [] if target.read_text() == "precious" else ["wrote through the link"]


def link_at_the_kept_copy(directory, programs, victim):
    target = directory / "precious"
    target.write_text("precious")
    bundle, signature = victim.made[1]
    (directory / "b.tally").write_bytes(bundle)
    (directory / "b.tally.minisig").write_bytes(signature)
    (folder,) = directory.glob("*.bundles")
    (known,) = folder.iterdir()
    name = known.name.replace(maker.sha256(victim.made[0][0]).hex(), maker.sha256(bundle).hex())
    assert name != known.name, known.name
    (folder / name).symlink_to(target)
    verifier(programs, "accept", "--ledger", directory / "v.db", directory / "b.tally")
    return [] if target.read_text() == "precious" else ["wrote through the link"]


planted("plant_a_link_at_the_page_of_the_report", link_at_the_page)
planted("plant_a_link_at_a_table_of_the_report", link_at_a_table)
planted("plant_a_link_at_the_kept_copy_of_a_bundle", link_at_the_kept_copy)
