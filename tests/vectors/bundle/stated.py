"""Cases about what a station says of itself: its acts as lines, nil returns, amendments, arrivals of before."""
from cases import case, delivered, estate
from logged import ANCHOR, CANONICAL, LINES, of_type, recorder_of
from maker import Draft, build

USE = 1651363200  # when the first session of an honest host begins; the second does an hour later


def acts():
    """Every act at a station has a line of its own; each once without a field that its reader insists on."""
    def done(alter=None):
        site, host = estate()
        add = recorder_of(site.station, alter)
        digest = "d" * 64
        add("agreement", agreement="AGR", licensee="Nordwerk AG", cadence="quarterly", zone="Europe/Berlin", due=10,
            grace=5, since=20454, until=21184)
        add("site", version=2, digest=digest)
        add("policy", digest=digest, epoch=1)
        add("issued", what="package", log=host.host, digest=digest)
        add("release", agreement="AGR", n=1, digest=digest, officer="P1", key="0123456789ABCDEF")
        add("written", agreement="AGR", n=1, digests=[digest], medium="STICK1", filesystem="vfat", method="direct")
        add("receipt", agreement="AGR", n=1, digest=digest, status="OK", verifier="0123456789ABCDEF", bundles=[digest])
        add("pruned", log=host.host, below=4)
        return build(site.draft())

    case("acts", "every act of a station as a line", "", done())
    case("acts_barely", "an agreement without end", "", done(of_type("agreement", "until", None)))
    for name, why, type_, field, value in (
            ("agreement_without_zone", "terms that do not say whose days they mean", "agreement", "zone", None),
            ("agreement_due_text", "terms that are due at a text", "agreement", "due", "10"),
            ("agreement_end_text", "terms that end at a text", "agreement", "until", "2027-12-31"),
            ("site_unnumbered", "a site file of no version", "site", "version", None),
            ("policy_without_digest", "a policy that is not said which", "policy", "digest", None),
            ("issued_to_nobody", "a file for no host", "issued", "log", None),
            ("release_by_nobody", "a release of no person", "release", "officer", None),
            ("written_nowhere", "a bundle written to no medium", "written", "medium", None),
            ("written_digest_text", "digests that are no list", "written", "digests", "d" * 64),
            ("receipt_without_status", "a receipt that says nothing", "receipt", "status", None),
            ("pruned_text", "lines pruned below a text", "pruned", "below", "4")):
        case("acts_" + name, why, CANONICAL, done(of_type(type_, field, value)), "acts", member=LINES)


def words():
    """Nil returns and amendments, beside records of use and without."""
    def said(record, alter=None, host_says=False, **fields):
        def build_it():
            site, host = estate()
            log = host if host_says else site.station
            since = host.tree.size
            recorder_of(log, alter)(record, agreement="AGR", reason="works holidays", **fields)
            if host_says:
                host.seal()
                site.arrive(host, since)
            return build(site.draft())
        return build_it()

    def nil(since, until, agreement="", **more):
        def alter(_, fields):
            return {**fields, "agreement": agreement, **more}
        return said("declare", alter, kind="nil", about="", **{"from": since, "to": until})

    note, warn = "note:NIL_RETURN", "note:NIL_RETURN warn:NIL_CONTRADICTED"
    case("nil_return", "a nil return of a time without use", note, nil(USE - 86400, USE), "first")
    case("nil_contradicted", "a nil return of a time in which the host's records hold a session", warn,
         nil(USE - 86400, USE + 1), "first")
    case("nil_contradicted_at_its_begin", "a session in its first second", warn, nil(USE, USE + 86400), "first")
    case("nil_between", "a nil return between two sessions", note, nil(USE + 1, USE + 3600), "first")
    case("nil_contradicted_by_agreement", "no session was recorded, says the return of one agreement", warn,
         nil(USE, USE + 1, "AGR", sessions=0), "first")
    case("nil_of_one_agreement", "a return about one agreement only, beside use of others", note, nil(USE, USE + 1, "AGR"),
         "first")
    case("nil_of_products", "a return about other products than those that were used", note,
         nil(USE, USE + 1, products=["F9"], sessions=0), "first")
    case("nil_beside_known_use", "a return of one agreement that counts what else was used", note,
         nil(USE, USE + 1, "AGR", sessions=1), "first")
    case("nil_of_a_host", "a recorder's word is not the site's", "",
         said("declare", host_says=True, kind="nil", about="", **{"from": USE, "to": USE + 1}))
    case("amended", "a report of an earlier time corrected", "note:AMENDED",
         said("amend", **{"from": USE, "to": USE + 86400}), "first")
    case("amended_line", "one line of it", "note:AMENDED", said("amend", log="H" + "A" * 24, line=1,
                                                                **{"from": USE, "to": USE + 86400}), "first")
    case("amended_backwards", "an amendment of a time that ends as it begins", CANONICAL,
         said("amend", **{"from": USE, "to": USE}), "first", member=LINES)


def arrivals():
    """What the station tells of lines that the verifier has accepted before."""
    def told(**changes):
        site, host = delivered()
        known = {site.station: max(site.station.states), host: host.tree.size}
        held = host.tree.size
        site.arrive(host, **changes)
        host.session(3, at=1651370400)
        host.seal()
        site.arrive(host, held)
        draft = site.draft()
        going_on = Draft(site, draft.head["created"])
        for log in (site.station, host):
            going_on.add(log, known[log])
        return build(going_on)

    case("arrived_before_other_root", "the station now tells of another tree of lines that were accepted", ANCHOR,
         told(root="00" * 32), "arrived_before_again", before=["first"])
    case("arrived_before_again", "the station tells again of lines that were accepted", "", told(), before=["first"])


def names():
    """Names of a host by a policy, under the site's first secret and under a later one."""
    def hidden(epoch):
        site, host = estate()
        since = host.tree.size
        recorder_of(host, None)("policy", digest="d" * 64, epoch=epoch)
        host.seal()
        site.arrive(host, since)
        return build(site.draft())

    case("names_hidden", "names by a policy from here on, under the first secret", "", hidden(1))
    case("names_changed", "names under the next secret from here on", "note:PSEUDONYM_EPOCH", hidden(2), "names_hidden")


def make():
    acts()
    words()
    arrivals()
    names()
