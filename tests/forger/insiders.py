"""Rows 8 to 14: administrators of a host, and the site. Who rewrites a host's log needs the station's export key to have
it packed (`signed`), or an honest station that has seen nothing else (`collected`)."""
from victim import DESK, LICSRV, Station, attack, cut, maker, rewritten, signed, with_log, work

SEAL = "refuse:SEAL_BROKEN"


def collected(*logs, working=work, deliver_after=0):
    """An honest station that meets these logs instead of the victim's after its first days."""
    station = Station(working=working).before(deliver_after)
    hosts = [next((log for log in logs if log.host == host.host), host) for host in station.hosts]
    for host in hosts:
        if host in station.hosts and not deliver_after:
            working(host, 1)
    return station.deliver(hosts)


def other_user(line):
    return line.replace(b'"user":"u10"', b'"user":"u99"')


# 8: sealed lines, with the keys that are on the machine now

@attack("8", SEAL, holds=["export key"])
def alter_a_sealed_line(victim, hold):
    draft = victim.drafts[0]
    return signed(draft, hold, lines=lambda logs: [[other_user(line) for line in log] for log in logs])


@attack("8", "refuse:SEQUENCE_GAP", holds=["export key"])
def delete_a_sealed_line(victim, hold):
    return signed(victim.drafts[0], hold, lines=lambda logs: [logs[0], logs[1][:2] + logs[1][3:], logs[2]])


@attack("8", SEAL + " warn:BUNDLE_MISSING", holds=["export key", "host key"])
def reseal_everything_with_the_newest_key(victim, hold):
    log = rewritten(victim.logs[LICSRV], other_user, hold("host key"), 1)
    return signed(with_log(victim.drafts[2], LICSRV, log), hold)


@attack("8", SEAL + " note:CLOCK_STEP", holds=["export key", "host key"])
def insert_a_backdated_seal(victim, hold):
    log = cut(victim.logs[LICSRV], 4, hold("host key"))
    log.session(66)
    log.seal(alter=lambda seal: seal.update(wall=maker.WALL))
    return signed(with_log(victim.drafts[0], LICSRV, log), hold)


@attack("8", "refuse:HOST_UNKNOWN warn:ANCHOR_MISMATCH warn:HOST_SILENT", holds=["export key"])
def regenerate_the_log_with_keys_of_ones_own(victim, hold):
    log = maker.Log("keys of the administrator", "recorder", "LICSRV")
    work(log, 1)
    return signed(with_log(victim.drafts[0], LICSRV, log), hold)


@attack("8", "refuse:NON_CANONICAL refuse:SEAL_BROKEN", holds=["export key"])
def regenerate_the_log_under_its_name(victim, hold):
    own = maker.Log("keys of the administrator", "recorder", "LICSRV")
    own.host, own.lines, own.tree = victim.logs[LICSRV].host, [], maker.Tree()
    own.add("genesis", key=own.first_key, machine="a" * 64, role="recorder", site="SITE1", label="LICSRV",
            version="0.1.0")
    work(own, 1)
    return signed(with_log(victim.drafts[0], LICSRV, own), hold)


# 8a: an old key was kept

@attack("8a", "", holds=["old host key"], says="The first delivery of a host is only as honest as its enrolment")
def rewrite_since_a_kept_key_before_anybody_saw(victim, hold):
    log = cut(victim.logs[LICSRV], 4, hold("old host key"))
    log.session(66)
    log.seal()
    return collected(log)


@attack("8a", "", holds=["first host key"], says="rewrites everything since that key's epoch")
def rewrite_all_with_the_key_of_the_installation(victim, hold):
    log = cut(victim.logs[LICSRV], 1, hold("first host key"))
    log.session(66)
    log.seal()
    return collected(log)


@attack("8a", "refuse:ANCHOR_MISMATCH", holds=["export key", "old host key"])
def rewrite_what_the_station_has_seen(victim, hold):
    log = cut(victim.logs[LICSRV], 4, hold("old host key"))
    log.session(66)
    log.seal()
    return signed(with_log(victim.drafts[0], LICSRV, log), hold)


@attack("8a", "refuse:FORK", holds=["export key", "old host key"], before=[1])
def rewrite_what_the_verifier_has_seen(victim, hold):
    log = cut(victim.logs[LICSRV], 4, hold("old host key"))
    log.session(66)
    log.seal()
    log.session(67)
    log.seal()
    return signed(with_log(victim.drafts[1], LICSRV, log), hold)


@attack("8a", "", holds=["export key", "first host key", "first station key"],
        says="With the station's and all recorders' keys as well: see 8a")
def invent_the_whole_site_with_all_first_keys(victim, hold):
    station = cut(victim.logs[0], 1, hold("first station key"))
    log = cut(victim.logs[LICSRV], 1, hold("first host key"))
    log.session(66)
    log.seal()
    return invented(victim, hold, station, log)


def invented(victim, hold, station, log, **draft):
    site = maker.Site()
    site.station = station
    site.enrol(log)
    site.arrive(log)
    site.hosts = [log]
    made = site.draft(**draft)
    made.signer = None
    return signed(made, hold)


@attack("8a", "refuse:FORK warn:HOST_SILENT", holds=["export key", "first host key", "first station key"],
        before=[1])
def invent_the_whole_site_after_a_delivery(victim, hold):
    station = cut(victim.logs[0], 1, hold("first station key"))
    log = cut(victim.logs[LICSRV], 1, hold("first host key"))
    for number in range(60, 66):
        log.session(number)
        log.seal()
    for number in range(20):
        station.add("note", text=str(number))
    return invented(victim, hold, station, log)


# 8b: keys deleted, started over

def started_over(enrolled, replaces):
    station = Station().before(1)
    old = station.hosts[0]
    told = {"replaces": {"host": old.host, "size": old.tree.size, "root": old.tree.root().hex(),
                         "reason": "keys"}} if replaces else {}
    log = maker.Log("begun again", "recorder", "LICSRV2", **told)
    work(log, 2)
    if enrolled:
        station.site.enrol(log)
    return station.deliver([*station.hosts, log])


@attack("8b", "refuse:HOST_UNKNOWN note:HOST_SILENT", before=[1])
def start_over_and_deliver_without_enrolment(*_):
    return started_over(enrolled=False, replaces=False)


@attack("8b", "warn:LOG_REPLACED note:HOST_SILENT", before=[1])
def start_over_where_the_old_log_is_found(*_):
    return started_over(enrolled=True, replaces=True)


@attack("8b", "note:HOST_SILENT", before=[1])
def start_over_with_nothing_left_of_the_old_log(*_):
    return started_over(enrolled=True, replaces=False)


# 8d: the site leaves lines out

@attack("8d", "refuse:SEQUENCE_GAP", holds=["export key"])
def leave_out_one_session(victim, hold):
    return signed(victim.drafts[0], hold,
                  lines=lambda logs: [logs[0], [line for line in logs[1] if b'"u10"' not in line], logs[2]])


@attack("8d", "refuse:SEQUENCE_GAP", holds=["export key"])
def show_the_start_and_leave_out_the_end(victim, hold):
    return signed(victim.drafts[0], hold,
                  lines=lambda logs: [logs[0], [line for line in logs[1] if b'"start":1,' not in line], logs[2]])


@attack("8d", SEAL, holds=["export key"])
def put_a_line_of_type_withheld_in_its_place(victim, hold):
    def change(logs):
        line = victim.logs[LICSRV]
        logs[1][1] = maker.canonical({"host": line.host, "seq": 1, "t": "withheld", "boot": "b" * 32, "up": 6000,
                                      "wall": maker.WALL + 1000, "nodes": ["00" * 32]})
        return logs
    return signed(victim.drafts[0], hold, lines=change)


@attack("8d", "warn:HOST_SILENT", holds=["export key"])
def leave_out_a_whole_host(victim, hold):
    return signed(victim.drafts[0], hold, rows=lambda rows: rows[:DESK], lines=lambda logs: logs[:DESK])


@attack("8d", "warn:ANCHOR_MISMATCH warn:SEQUENCE_GAP", holds=["export key"])
def leave_out_the_newest_epoch(victim, hold):
    log = cut(victim.logs[LICSRV], 4)
    return signed(with_log(victim.drafts[0], LICSRV, log), hold)


@attack("8d", "refuse:NON_CANONICAL refuse:SEQUENCE_GAP", holds=["export key"])
def put_another_line_twice_in_its_place(victim, hold):
    def change(logs):
        logs[1][2] = logs[1][1]
        return logs
    return signed(victim.drafts[0], hold, lines=change)


@attack("8d", "refuse:SEQUENCE_GAP note:BUNDLE_MISSING", before=[1])
def say_that_the_bundle_with_those_lines_was_given_up(*_):
    station = Station().before(1)

    def announced(day, first=None):
        for host in station.hosts:
            since = host.tree.size
            work(host, day)
            station.site.arrive(host, since)
        return station.site.draft(first)

    announced(2)
    draft = announced(3, {host: host.tree.size for host in station.hosts})
    del draft.head["previous"]
    return maker.build(draft)


# 9: unsent lines deleted, then silence

@attack("9", "note:HOST_SILENT", before=[1])
def stay_silent_after_a_delivery(*_):
    station = Station().before(1)
    work(station.hosts[1], 2)
    return station.deliver()


@attack("9", "note:HOST_SILENT")
def stay_silent_from_enrolment_on(*_):
    station = Station()
    work(station.hosts[0], 1)
    station.site.arrive(station.hosts[0])
    draft = station.site.draft()
    draft.rows[DESK], draft.slices[DESK] = station.hosts[1].row(0, 0), []
    return maker.build(draft)


@attack("9", "note:HOST_SILENT", before=[1, 2])
def both_hosts_fall_silent(*_):
    return Station().before(2).deliver()


# 10: cut back and go on

@attack("10", SEAL, holds=["export key", "host key"])
def cut_back_and_go_on_with_the_newest_key(victim, hold):
    log = cut(victim.logs[LICSRV], 7, hold("host key"))
    log.session(66)
    log.seal()
    return signed(with_log(victim.drafts[0], LICSRV, log), hold)


@attack("10", SEAL, holds=["export key", "host key"], before=[1])
def cut_back_to_what_was_delivered_and_go_on(victim, hold):
    log = cut(victim.logs[LICSRV], 7, hold("host key"))
    log.session(66)
    log.seal()
    return signed(with_log(victim.drafts[1], LICSRV, log), hold)


@attack("10", "refuse:UNSEALED_TAIL", holds=["export key"])
def cut_back_and_go_on_without_a_seal(victim, hold):
    log = cut(victim.logs[LICSRV], 7)
    log.session(66)
    log.states[log.tree.size] = (log.tree.range(), log.epoch, log.states[7][2], log.tree.root().hex())
    return signed(with_log(victim.drafts[0], LICSRV, log), hold)


@attack("10", SEAL, holds=["export key", "host key"])
def skip_an_epoch_after_the_cut(victim, hold):
    log = cut(victim.logs[LICSRV], 4, hold("host key"))
    log.epoch = 3
    log.session(66)
    log.seal()
    return signed(with_log(victim.drafts[0], LICSRV, log), hold)


# 11: the open epoch

def open_epoch(victim, hold, lines):
    """Day 4: whoever is on the machine writes what it likes before the seal; the station is honest."""
    log = cut(victim.logs[LICSRV], victim.logs[LICSRV].tree.size, hold("host key"))
    lines(log)
    log.seal()
    station = Station().before(3)
    return station.deliver([log, station.hosts[1]])


WINDOW = "alters lines not yet sealed"


@attack("11", "note:HOST_SILENT", holds=["host key"], before=[1, 2, 3], says=WINDOW)
def alter_lines_before_they_are_sealed(victim, hold):
    return open_epoch(victim, hold, lambda log: log.session(66))


@attack("11", "note:HOST_SILENT", holds=["host key"], before=[1, 2, 3], says=WINDOW)
def delete_all_lines_before_they_are_sealed(victim, hold):
    return open_epoch(victim, hold, lambda log: None)


@attack("11", "note:HOST_SILENT", holds=["host key"], before=[1, 2, 3],
        says="Lines after the last seal can be altered by whoever controls the machine at that time.")
def show_the_end_but_not_the_start_of_the_peak(victim, hold):
    return open_epoch(victim, hold, lambda log: log.add(
        "end", kind="returned", at=1651363200, orphan=1, src="flexnet:S:d", daemon="d", feature="F1", user="u1",
        client="c1", layer="package"))


# 12: from the start

FROM_THE_START = "What was never recorded is not there."


@attack("12", "", says=FROM_THE_START)
def record_an_invented_log(*_):
    return collected(working=lambda log, day: (log.session(500), log.seal()))


@attack("12", "", says=FROM_THE_START)
def never_record(*_):
    return collected(working=lambda log, day: log.seal())


@attack("12", "", says="stop the recorder, feed it an invented log")
def stop_the_recorder_for_a_month(*_):
    def working(log, day):
        log.session(1)
        log.wall += 30 * 86400000
        log.boot, log.up = "c" * 32, 5000
        log.session(2, at=1654041600)
        log.seal()
    return collected(working=working)


@attack("12", "note:HOST_SILENT", holds=["export key", "station key"], before=[1, 2, 3], says=FROM_THE_START)
def enrol_an_invented_host_at_the_station(victim, hold):
    station = Station().before(3)
    station.site.station = cut(victim.logs[0], victim.logs[0].tree.size, hold("station key"))
    station.site.exported(station.made[-1][0])
    log = maker.Log("an invented host", "recorder", "INVENTED")
    work(log, 1)
    station.site.enrol(log)
    station.site.hosts = [*station.hosts, log]
    station.site.arrive(log)
    draft = station.site.draft()
    draft.signer = None
    return signed(draft, hold)


# 13: snapshots and clones

def copy_that_went_on(size, key, sessions):
    log = cut(Station().before(1).hosts[0], size, key)
    for number in sessions:
        log.session(number)
        log.seal()
    return log


@attack("13", "refuse:ROLLBACK", holds=["export key", "first host key"], before=[1])
def roll_the_machine_back(victim, hold):
    log = copy_that_went_on(1, hold("first host key"), [])
    log.add("note", text="restored")
    log.seal()
    return signed(with_log(victim.drafts[1], LICSRV, log), hold)


@attack("13", "refuse:FORK", holds=["export key", "old host key"], before=[1])
def clone_the_machine(victim, hold):
    return signed(with_log(victim.drafts[1], LICSRV, copy_that_went_on(4, hold("old host key"), [66, 67])), hold)


@attack("13", "refuse:FORK note:HOST_SILENT", holds=["export key", "old host key"], before=[1])
def roll_back_and_grow_to_the_very_size(victim, hold):
    return signed(with_log(victim.drafts[1], LICSRV, copy_that_went_on(4, hold("old host key"), [66])), hold)


@attack("13", "", holds=["old host key"],
        says="It is found when the verifier, or the station's log, has seen a later state.")
def roll_back_before_anything_was_collected(victim, hold):
    return collected(copy_that_went_on(4, hold("old host key"), [66]))


# 8e: the site's word against its own records

def told(**fields):
    """The honest station's second delivery, before which the site says something of its reports."""
    station = Station().before(1)
    station.site.station.add("declare", **{"kind": "nil", "about": "", "agreement": "", "reason": "rest", "from": 0,
                                           "to": 1893456000, **fields})
    return station.day()


@attack("8e", "note:NIL_RETURN warn:NIL_CONTRADICTED", before=[1])
def say_that_nothing_was_used(*_):
    return told()


@attack("8e", "note:NIL_RETURN warn:NIL_CONTRADICTED", before=[1])
def say_that_nothing_was_recorded_for_one_agreement(*_):
    return told(agreement="AGR", sessions=0)


@attack("8e", "note:NIL_RETURN", before=[1], says="so do returns about some products")
def say_that_what_others_were_meant_was_not_used(*_):
    return told(products=["F9"])


# 14: clocks

def at_clock(move):
    def working(log, day):
        log.session(1)
        move(log)
        log.session(2)
        log.seal()
    return collected(working=working)


@attack("14", "note:CLOCK_STEP")
def set_the_clock_back_a_year(*_):
    return at_clock(lambda log: setattr(log, "wall", log.wall - 365 * 86400000))


@attack("14", "note:CLOCK_STEP")
def set_the_clock_forward_and_have_it_recorded(*_):
    def move(log):
        log.wall += 3600000
        log.add("clock", **{"from": log.wall - 3600000, "to": log.wall})
    return at_clock(move)


@attack("14", "", says="A clock wrong from the start is")
def have_the_clock_wrong_from_the_start(*_):
    def working(log, day):
        log.boot, log.wall = "d" * 32, 4102444800000
        log.session(1)
        log.seal()
    return collected(working=working)


@attack("14", "", says="Clocks.")
def let_the_clock_creep(*_):
    def working(log, day):
        for number in range(5):
            log.session(number)
            log.wall += 1900
        log.seal()
    return collected(working=working)
