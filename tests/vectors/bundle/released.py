"""Cases about who released a bundle (docs/formats/release.md), and about a site that lost its root keys."""
import maker
from cases import case, estate, trust_files
from maker import Signer, build, site_line

ANNA, ANNA_TOO, BERT, STRANGER = (Signer(f"officer {who}") for who in ("anna", "anna too", "bert", "stranger"))
PERSONS = {ANNA: "ANNA", ANNA_TOO: "ANNA", BERT: "BERT"}
NOTE = "release of a bundle by an officer"
MISSING, BAD, UNKNOWN, ROLE = "refuse:RELEASE_MISSING", "warn:BAD_SIGNATURE", "warn:UNKNOWN_KEY", "warn:WRONG_ROLE"


def release(bundle, signer, said="SITE1 1 1/1", person=None, note=NOTE):
    return signer.signature_file(bundle, f"tally-release-1 {said} {person or PERSONS.get(signer, 'ANNA')}", note)


def by_one():
    """A site that asks for the release of one person."""
    site = estate(releases=1, officers=PERSONS)[0]
    made = build(site.draft())
    good = release(made[0], ANNA)

    def one(name, why, expected, *releases):
        case(name, why, expected, made, "-" if name == "released" else "released", trust="officers", releases=releases)

    one("released", "the policy asks for one release, ANNA released it", "", good)
    one("released_by_nobody", "the policy asks for one release, there is none", MISSING)
    one("released_by_stranger", "released by a key that the site file does not list", f"{MISSING} {UNKNOWN}",
        release(made[0], STRANGER))
    one("released_by_export_key", "released by the export key, with the comments of an officer", f"{MISSING} {ROLE}",
        release(made[0], site.exporter))
    one("released_by_root_key", "released by the root key", f"{MISSING} {ROLE}", release(made[0], site.root))
    one("release_is_the_export_signature", "the export signature, copied to the name of a release",
        f"{MISSING} {ROLE}", made[1])
    one("release_of_another_bundle", "ANNA's signature over other bytes", f"{MISSING} {BAD}", release(b"other", ANNA))
    one("release_under_listed_id", "another key under the id of ANNA's", f"{MISSING} {BAD}",
        release(made[0], Signer("officer stranger", ANNA.id), person="ANNA"))
    for what, why, said, person, note in (
            ("of_other_number", "the comment names another number", "SITE1 2 1/1", "ANNA", NOTE),
            ("of_other_site", "the comment names another site", "SITE2 1 1/1", "ANNA", NOTE),
            ("of_other_volume", "the comment names a volume of two", "SITE1 1 1/2", "ANNA", NOTE),
            ("of_a_set", "the comment is that of a list of a set", "SITE1 1 0/1", "ANNA", NOTE),
            ("in_other_name", "the comment names another officer than the key's", "SITE1 1 1/1", "BERT", NOTE),
            ("with_other_note", "another untrusted comment", "SITE1 1 1/1", "ANNA", "release of a letter")):
        one(f"release_{what}", f"release: {why}", f"{MISSING} {BAD}", release(made[0], ANNA, said, person, note))
    one("release_crlf", "a release whose lines end CR LF", f"{MISSING} {BAD}", good.replace(b"\n", b"\r\n"))
    one("release_empty", "an empty release file", f"{MISSING} {BAD}", b"")
    one("release_large", "4097 bytes of release file", f"{MISSING} {BAD}", good + b"x" * (4097 - len(good)))
    one("released_beside_a_bad_one", "a good release, and one over other bytes", BAD, release(b"other", BERT), good)
    gone = site.site_file + site_line(
        site.version(2, releases=1, officers=maker.officer_list(PERSONS, ANNA=len(site.station.lines) - 1)), [site.root])
    there = site.site_file + site_line(
        site.version(2, releases=1, officers=maker.officer_list(PERSONS, ANNA=len(site.station.lines))), [site.root])
    trust_files["officer_left_before"], trust_files["officer_left_there"] = gone, there
    case("released_before_leaving", "ANNA left at the end of this bundle, and released it", "", made,
         trust="officer_left_there", releases=[good])
    case("released_after_leaving", "ANNA left one line before the end of this bundle, and released it",
         f"{MISSING} {UNKNOWN}", made, "released_before_leaving", trust="officer_left_before", releases=[good])
    return site


def by_two():
    site = estate(releases=2, officers=PERSONS)[0]
    trust_files["two_officers"] = site.site_file
    made = build(site.draft())
    anna, anna_too, bert = (release(made[0], signer) for signer in PERSONS)

    def two(name, why, expected, *releases):
        case(name, why, expected, made, "-" if name == "released_by_two" else "released_by_two", trust="two_officers",
             releases=releases)

    two("released_by_two", "the policy asks for two persons, two released it", "", bert, anna)
    two("released_by_one_of_two", "the policy asks for two persons, one released it", MISSING, anna)
    two("released_by_one_person_twice", "two keys of one person", MISSING, anna, anna_too)
    two("released_by_one_key_twice", "one signature under two names", MISSING, anna, anna)
    two("released_by_one_and_the_export_key", "one person and the export key", f"{MISSING} {ROLE}", bert,
        release(made[0], site.exporter))


def enrolled_again():
    """Version 1 of SITE1 by another root key, with another log: what was trusted before its quorum was lost."""
    site = maker.Site()
    lost = Signer("lost root")
    trust_files["lost"] = site_line(site.version(roots=[lost.text]), [lost])
    made = build(estate()[0].draft())
    case("reenrolled", "the site lost its root keys and was enrolled again under another fingerprint",
         "warn:SITE_REENROLLED", made, "first", trust="lost>site")
    case("reenrolled_is_another", "another site, which is trusted too, lost its root keys and was enrolled again", "",
         made, trust="site,lost_other>other")
    other = maker.Site("SITE2", "other")
    trust_files["lost_other"] = site_line(other.version(roots=[lost.text]), [lost])


def make():
    trust_files["officers"] = by_one().site_file
    by_two()
    enrolled_again()
