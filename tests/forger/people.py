"""Rows 1a, 8c, 15a, 15b and 19a: volumes of sets, pseudonyms, officers who release, keys that were lost, receipts that a
site claims. Who signs as an officer, or holds a secret, has declared it like any key."""
import base64
import copy
import hashlib

from victim import LICSRV, Victim, attack, maker, open_draft, rewritten, signed, with_log

MISSING, MIXED = "warn:VOLUME_MISSING", "refuse:VOLUME_MIXED"
UNRELEASED, BAD, ROLE = "refuse:RELEASE_MISSING", "warn:BAD_SIGNATURE", "warn:WRONG_ROLE"
AGAIN = "warn:SITE_REENROLLED"


# 1a: a set of volumes on its way

class Sets(Victim):
    """The first delivery of the site, in three volumes: the station, one host, the other."""

    def __init__(self):
        super().__init__()
        self.whole, self.volumes = self.made[0], []
        for k in (1, 2, 3):
            self.volumes.append(self.volume(self.drafts[0], k, 3))
        self.made = [maker.build(volume, signer=self.vault["export key"]) for volume in self.volumes]

    @staticmethod
    def volume(draft, k, n):
        made = open_draft(draft)
        made.head["volume"] = {"k": k, "n": n}
        made.slices = [lines if place == k - 1 else [] for place, lines in enumerate(made.slices)]
        return made


@attack("1a", MISSING, site=Sets)
def keep_the_first_volume(victim, _):
    return victim.made[1]


@attack("1a", MISSING, before=[1], site=Sets)
def keep_the_volume_in_the_middle(victim, _):
    return victim.made[2]


@attack("1a", "note:REPLAY", before=[1, 2], site=Sets)
def deliver_a_volume_twice(victim, _):
    return victim.made[1]


@attack("1a", f"refuse:BAD_SIGNATURE {MISSING}", before=[1], site=Sets)
def call_one_volume_another(victim, _):
    return victim.made[2][0], victim.made[1][1]


@attack("1a", MIXED, holds=["export key"], before=[1], site=Sets)
def join_a_volume_of_another_set(victim, hold):
    draft = copy.copy(victim.volumes[1])
    draft.head = {**draft.head, "label": "OTHER"}
    return signed(draft, hold)


@attack("1a", f"{MIXED} refuse:SEQUENCE_GAP refuse:SEAL_MISSING note:HOST_SILENT", holds=["export key"],
        before=[1, 2], site=Sets)
def end_the_set_with_a_volume_fewer(victim, hold):
    return signed(victim.volume(victim.drafts[0], 2, 2), hold)


@attack("1a", f"{MIXED} note:HOST_SILENT", before=[1], site=Sets)
def deliver_the_whole_beside_its_volumes(victim, _):
    return victim.whole


@attack("1a", "refuse:SEQUENCE_GAP refuse:SEAL_MISSING", holds=["export key"], before=[1, 2], site=Sets)
def leave_the_last_lines_out_of_the_last_volume(victim, hold):
    return signed(victim.volumes[2], hold, lines=lambda logs: [log[:-4] for log in logs])


# 8c: who has the secret that makes pseudonyms

def pseudonym(secret, name):
    key = hashlib.blake2b(b"tally-name-v1\nu\n" + name, key=secret, digest_size=32).digest()
    return "u1_" + base64.b32encode(hashlib.blake2b(name, key=key, digest_size=20).digest()).decode()


class Pseudonymous(Victim):
    """Its hosts record pseudonyms; the secret lies in the vault."""
    SECRET = hashlib.sha256(b"secret of the site").digest()

    def __init__(self):
        super().__init__(self.work)
        self.vault["pseudonym secret"] = self.SECRET

    @classmethod
    def work(cls, log, day):
        for number, name in enumerate((b"hig", b"wufe")):
            start, at = log.tree.size, 1651363200 + 86400 * day + number
            log.add("start", src="flexnet:S:d", daemon="d", feature="F1", user=pseudonym(cls.SECRET, name), client="c1",
                    layer="package", at=at)
            log.add("end", start=start, kind="returned", at=at + 60)
        log.seal()


@attack("8c", "", holds=["pseudonym secret"], site=Pseudonymous, says="a secret that got out lets names be tried")
def read_the_names_by_a_dictionary(victim, hold):
    secret = hold("pseudonym secret")
    lines = b"\n".join(line for log in victim.logs for line in log.lines)
    found = [name for name in (b"adam", b"hig", b"wufe", b"zoe") if pseudonym(secret, name).encode() in lines]
    assert found == [b"hig", b"wufe"]  # this is what is not prevented
    return victim.made[0]


@attack("8c", "refuse:SEAL_BROKEN", holds=["pseudonym secret", "export key"], site=Pseudonymous)
def put_the_use_down_to_another_person(victim, hold):
    secret = hold("pseudonym secret")
    one, other = (pseudonym(secret, name).encode() for name in (b"hig", b"adam"))
    return signed(victim.drafts[0], hold, lines=lambda logs: [[line.replace(one, other) for line in log] for log in logs])


@attack("8c", "refuse:SEAL_BROKEN", holds=["pseudonym secret", "export key"], site=Pseudonymous)
def seal_with_the_secret_of_pseudonyms(victim, hold):
    key = maker.SigningKey(hold("pseudonym secret"))
    log = rewritten(victim.logs[LICSRV], lambda line: line.replace(b'"client":"c1"', b'"client":"c2"'), key, 1)
    draft = with_log(victim.drafts[0], LICSRV, log)
    return signed(draft, hold)


@attack("8c", "refuse:UNKNOWN_KEY", holds=["pseudonym secret"], site=Pseudonymous)
def sign_with_the_secret_of_pseudonyms(victim, hold):
    signer = maker.Signer("thief")
    signer.key = maker.SigningKey(hold("pseudonym secret"))
    signer.point = maker.point_of(signer.key)
    signer.id = maker.sha256(signer.point)[:8]
    return maker.build(victim.drafts[0], signer=signer)


# 15a: a site that asks for the release of two persons, and somebody who has fewer

class Released(Victim):
    """ANNA has two keys, BERT one; two persons must release."""

    def __init__(self):
        keys = {name: maker.Signer(f"officer {name}") for name in ("anna", "anna too", "bert")}
        persons = {keys["anna"]: "ANNA", keys["anna too"]: "ANNA", keys["bert"]: "BERT"}
        super().__init__(releases=2, officers=persons)
        self.vault.update({f"key of {name}": key for name, key in keys.items()})
        self.made = [(*made, *(self.release(made[0], keys[who], person, day) for who, person in
                               (("anna", "ANNA"), ("bert", "BERT")))) for day, made in enumerate(self.made, 1)]

    @staticmethod
    def release(bundle, signer, person, n=1):
        return signer.signature_file(bundle, f"tally-release-1 SITE1 {n} 1/1 {person}",
                                     "release of a bundle by an officer")


@attack("15a", "", before=[1], site=Released)
def deliver_what_two_persons_released(victim, _):
    return victim.made[1]


@attack("15a", UNRELEASED, site=Released)
def deliver_without_the_releases(victim, _):
    return victim.made[0][:2]


@attack("15a", UNRELEASED, site=Released)
def copy_one_release_to_two_names(victim, _):
    bundle, signature, anna, _ = victim.made[0]
    return bundle, signature, anna, anna


@attack("15a", UNRELEASED, holds=["key of anna", "key of anna too"], site=Released)
def release_with_two_keys_of_one_person(victim, hold):
    bundle, signature = victim.made[0][:2]
    return (bundle, signature, *(victim.release(bundle, hold(key), "ANNA") for key in ("key of anna", "key of anna too")))


@attack("15a", f"{UNRELEASED} {BAD}", holds=["key of anna", "key of anna too"], site=Released)
def release_in_the_name_of_another_person(victim, hold):
    bundle, signature = victim.made[0][:2]
    return (bundle, signature, victim.release(bundle, hold("key of anna"), "ANNA"),
            victim.release(bundle, hold("key of anna too"), "BERT"))


@attack("15a", f"{UNRELEASED} warn:UNKNOWN_KEY", holds=["key of anna"], site=Released)
def release_with_the_key_of_a_friend(victim, hold):
    bundle, signature = victim.made[0][:2]
    return (bundle, signature, victim.release(bundle, hold("key of anna"), "ANNA"),
            victim.release(bundle, maker.Signer("friend"), "BERT"))


@attack("15a", f"{UNRELEASED} {ROLE}", holds=["export key", "root key"], site=Released)
def release_with_the_keys_of_the_station(victim, hold):
    bundle, signature = victim.made[0][:2]
    return (bundle, signature, victim.release(bundle, hold("export key"), "ANNA"),
            victim.release(bundle, hold("root key"), "BERT"))


@attack("15a", f"{UNRELEASED} {BAD}", site=Released)
def bring_the_releases_of_another_bundle(victim, _):
    return victim.made[0][0], victim.made[0][1], victim.made[1][2], victim.made[1][3]


@attack("15a", f"refuse:SEAL_BROKEN {UNRELEASED} {BAD}", holds=["export key"], site=Released)
def alter_after_the_release(victim, hold):
    bundle, signature = signed(victim.drafts[0], hold,
                               lines=lambda logs: [[line.replace(b'"user":"u10"', b'"user":"u99"') for line in log]
                                                   for log in logs])
    return (bundle, signature, *victim.made[0][2:])


@attack("15a", UNRELEASED, holds=["export key", "root key"], site=Released)
def ask_for_no_release_in_a_site_file_of_ones_own(victim, hold):
    draft = open_draft(victim.drafts[0])
    draft.site_file += maker.site_line(victim.version(2, releases=0), [hold("root key")])
    return signed(draft, hold)


# 15b: whoever has lost the root keys, or says so

class Reenrolled(Victim):
    """The verifier once trusted SITE1 under another root key, and was told that it was lost."""

    def __init__(self):
        super().__init__()
        lost = maker.Signer("lost root")
        self.vault["lost root key"] = lost
        self.former = maker.site_line(self.version(1, roots=[lost.text]), [lost])


@attack("15b", AGAIN, site=Reenrolled)
def begin_anew_after_a_lost_key(victim, _):
    return victim.made[0]


@attack("15b", AGAIN, before=[1], site=Reenrolled)
def hope_that_it_is_forgotten_after_a_delivery(victim, _):
    return victim.made[1]


@attack("15b", f"{AGAIN} refuse:SITE_FILE_INVALID", holds=["export key", "lost root key"], site=Reenrolled)
def go_on_under_the_root_key_that_was_lost(victim, hold):
    draft = open_draft(victim.drafts[0])
    lost = hold("lost root key")
    draft.site_file = maker.site_line(victim.version(1, roots=[lost.text]), [lost])
    return signed(draft, hold)


@attack("15b", "refuse:SITE_FILE_INVALID", holds=["export key"])
def begin_anew_without_telling_the_verifier(victim, hold):
    thief = maker.Signer("root of the thief")
    draft = open_draft(victim.drafts[0])
    draft.site_file = maker.site_line(victim.version(1, roots=[thief.text]), [thief])
    return signed(draft, hold)


# 19a: a site that claims answers it never had

def naming(victim, hold, day, **said):
    draft = open_draft(victim.drafts[day - 1])
    draft.head["receipt"] = {"n": 1, "hash": "ab" * 32, "challenge": "cd" * 16, **said}
    return signed(draft, hold)


@attack("19a", "warn:RECEIPT_MISSING", holds=["export key"], before=[1])
def claim_a_receipt_that_was_never_issued(victim, hold):
    return naming(victim, hold, 2)


@attack("19a", "warn:RECEIPT_MISSING", holds=["export key"], before=[1])
def claim_a_receipt_of_a_number_far_ahead(victim, hold):
    return naming(victim, hold, 2, n=999999)


@attack("19a", "refuse:NON_CANONICAL", holds=["export key"], before=[1])
def claim_a_receipt_without_its_challenge(victim, hold):
    draft = open_draft(victim.drafts[1])
    draft.head["receipt"] = {"n": 1, "hash": "ab" * 32}
    return signed(draft, hold)
