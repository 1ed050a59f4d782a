"""A case is one bundle with what must be said of it; an honest one says OK, a defective one names the honest one that
it becomes when its one defect is undone."""
import maker


class Case:
    def __init__(self, name, why, expected, made, twin, trust, before, by, member, releases):
        self.name, self.why, self.expected = name, why, sorted(expected.split())
        self.bundle, self.signature = made
        self.twin, self.trust, self.before, self.by, self.member = twin, trust, before, by, member
        self.releases = releases

    def verdict(self):
        severities = {finding.split(":")[0] for finding in self.expected}
        return "REJECTED" if "refuse" in severities else "OK_WITH_FINDINGS" if "warn" in severities else "OK"


cases = {}
trust_files = {}


def case(name, why, expected, made, twin="-", trust="site", before=(), by="check", member="-",
         releases=()):
    """made: (bundle, signature file or None); expected: "refuse:CODE note:CODE …", "" for none; member: of the worst
    finding; before: bundles accepted first; by: `accept` also asks the ledger; releases: signature files beside the bundle,
    the first as .rel1.minisig."""
    assert name not in cases, name
    cases[name] = Case(name, why, expected, made, twin, trust, before, by, member, releases)


def defect(name, why, expected, draft, twin="first", member="-", trust="site", before=(), by="check", **altered):
    """One stage of the making altered; undone, it must be the very bytes of its twin."""
    undone = maker.build(draft)
    honest = cases[twin]
    assert (honest.bundle, honest.signature) == undone, f"{name}: undone it is not {twin}"
    made = maker.build(draft, **altered)
    assert made != undone, f"{name} alters nothing"
    case(name, why, expected, made, twin, trust, before, by, member)


def fill(log):
    """Eleven lines under two seals: what a recorder that imported one licence log has."""
    log.add("packages", src="flexnet:S:d", package="SUITE", components=["F1", "F2"])
    log.session(1)
    log.add("denial", src="flexnet:S:d", feature="F1", user="u2", client="c2", verb="DENIED", count=1,
            reason="M%C3%BCller", at=1651363230)
    log.imported(1651363200, 1651363260)
    log.seal()
    log.session(2, at=1651366800)
    log.seal()


def estate(filled=fill, **site):
    """A station with one host whose lines arrived."""
    made = maker.Site(**site)
    host = made.host()
    filled(host)
    made.arrive(host)
    return made, host


def delivered(**site):
    """The estate after its first export: what goes on from here is bundle 2."""
    made, host = estate(**site)
    first = maker.build(made.draft())[0]
    made.exported(first)
    return made, host


def with_line(spell):
    """A host one of whose lines, in the middle and under a good seal, is what `spell` makes of the honest one."""
    def filled(log):
        log.session(1)
        log.append(spell(log.lines[1].replace(b'"seq":1,', b'"seq":3,')))
        log.seal()
    return estate(filled)[0].draft()


def sessions(log):
    log.session(1)
    log.seal()
