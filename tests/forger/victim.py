"""A site with two hosts and three deliveries, and the attackers on it. Its secret keys lie in a vault: an attacker gets
those it says it holds and no other, and always as many keys of its own making as it likes."""
import copy
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "vectors" / "bundle"))
import maker  # noqa: E402

LICSRV, DESK = 1, 2  # places in the roster; 0 is the station


def work(log, day):
    """What a host records on one day: two epochs on the first, one on each later."""
    log.session(10 * day, at=1651363200 + 86400 * day)
    log.seal()
    if day == 1:
        log.session(11, at=1651363260 + 86400)
        log.seal()


class Station:
    """The honest station and its hosts, day by day. `made` are the deliveries: (bundle, signature)."""

    def __init__(self, labels=("LICSRV", "DESK"), working=work, **site):
        self.site = maker.Site(**site)
        self.hosts = [self.site.host(label) for label in labels]
        self.working, self.arrived, self.drafts, self.made = working, {}, [], []

    def day(self):
        for host in self.hosts:
            self.working(host, len(self.made) + 1)
        return self.deliver()

    def deliver(self, hosts=None):
        """Takes in what the hosts have, announces an export, packs and signs it."""
        self.site.hosts = self.hosts if hosts is None else hosts
        for host in self.site.hosts:
            known = self.arrived.get(host.host, 0)
            if host.tree.size > known:
                self.site.arrive(host, known)
                self.arrived[host.host] = host.tree.size
        draft = self.site.draft()
        self.drafts.append(draft)
        self.made.append(maker.build(draft))
        self.site.exported(self.made[-1][0])
        return self.made[-1]

    def before(self, days):
        for _ in range(days):
            self.day()
        return self


class Victim:
    """What anybody can see of the site after three days: bundles, lines, roots; and the vault. Other sites are made by
    what hosts do on a day, and by what maker.Site takes. `made`: (bundle, signature, release …); `former`: the site file
    that the verifier trusted before this one."""
    former = None

    def __init__(self, working=work, **site):
        station = Station(working=working, **site).before(3)
        site, host = station.site, station.hosts[0]
        self.made, self.site_file, self.version = station.made, site.site_file, site.version
        self.vault = {"export key": site.exporter, "root key": site.root, "verifier key": site.verifier,
                      "station key": site.station.key, "first station key": site.station.kept_keys[0],
                      "host key": host.key, "old host key": host.kept_keys[1], "first host key": host.kept_keys[0]}
        self.drafts = [open_draft(draft) for draft in station.drafts]
        self.logs = [stripped(log) for log in (site.station, *station.hosts)]


def open_draft(draft):
    draft = copy.copy(draft)
    draft.signer, draft.rows, draft.slices = None, [dict(row) for row in draft.rows], [list(s) for s in draft.slices]
    draft.head = dict(draft.head)
    return draft


def stripped(log):
    log = copy.copy(log)
    log.key, log.kept_keys = None, {}
    return log


def cut(log, size, key=None):
    """The log as it was with `size` lines; goes on with `key`, and with next keys that are not the victim's."""
    made = copy.copy(log)
    made.lines, made.tree, made.branch, made.key, made.kept_keys = [], maker.Tree(), " forged", key, {}
    for line in log.lines[:size]:
        made.lines.append(line)
        made.tree.append(line)
    made.states = {at: state for at, state in log.states.items() if at <= size}
    made.epoch = made.states[max(made.states)][1]
    gone = 1000 * (log.tree.size - size)
    made.up, made.wall = log.up - gone, log.wall - gone
    return made


def rewritten(log, alter, key, first=0):
    """Lines from `first` on altered (None: left out, seq made to fit) and every seal made anew with `key` and its own."""
    made = cut(log, first, key)
    for line in log.lines[first:]:
        if b'"t":"seal"' in line:
            made.seal()
        elif alter(line) is not None:
            was = line.split(b'"seq":')[1].split(b",")[0]
            made.append(alter(line).replace(b'"seq":' + was, b'"seq":%d' % made.tree.size, 1))
    return made


def with_log(draft, place, log, first=0):
    """The draft with another log in one place of the roster."""
    draft = open_draft(draft)
    draft.rows[place] = log.row(first, max(log.states))
    draft.slices[place] = list(log.lines[first:max(log.states)])
    return draft


class Attack:
    def __init__(self, row, name, holds, expected, before, says, site, make):
        self.row, self.name, self.holds, self.before, self.says, self.make = row, name, holds, before, says, make
        self.site = site
        self.expected = sorted(expected.split())


class Hold:
    """Hands out the declared keys, and remembers which were used."""

    def __init__(self, vault, holds):
        self.vault, self.holds, self.used = vault, holds, set()

    def __call__(self, name):
        assert name in self.holds, f"an attacker who does not hold the {name}"
        self.used.add(name)
        return self.vault[name]


attacks = []


def attack(row, expected, holds=(), before=(), says=None, site=Victim):
    """The function's name is the attack's. It gets the victim and `hold`, and gives (bundle, signature), or a function
    that puts a file into a directory and gives its path; `site` makes another victim. expected: "severity:CODE …", "" when it is not detected (then
    `says` is the sentence of the manual that admits it) or harmless, "error" when no verdict is given."""
    def take(make):
        attacks.append(Attack(row, make.__name__, tuple(holds), expected, tuple(before), says, site, make))
        return make
    return take


def signed(draft, hold, **altered):
    return maker.build(draft, signer=hold("export key"), **altered)
