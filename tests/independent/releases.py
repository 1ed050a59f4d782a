"""Release signatures of officers beside a bundle: docs/formats/release.md."""
import dataclasses
import hashlib
import re

import canonical
import container
import signatures
from canonical import Defect, is_count, is_hex, is_name, require

LARGEST_SIGNATURE, LARGEST_LIST, MOST = 4096, 8192, 16
UNTRUSTED = "release of a bundle by an officer"


@dataclasses.dataclass
class Beside:
    """Files as they lie there, each at most one byte longer than it may be."""
    releases: dict  # {name: content}, of the bundle
    list: bytes | None = None  # RELEASE.json of the set
    list_releases: dict = dataclasses.field(default_factory=dict)


NOTHING = Beside({})


def beside(bundle, read):
    """What lies beside `bundle`; read(path, limit) gives one byte more of a file that is too long."""
    def all_of(file):
        found = {}
        for number in range(1, MOST + 1):
            try:
                found[f"rel{number}"] = read(f"{file}.rel{number}.minisig", LARGEST_SIGNATURE)
            except FileNotFoundError:
                continue
        return found
    whole = re.fullmatch(r"(.*)_V[0-9]+OF([0-9]+)\.tally", bundle, re.DOTALL)
    if not whole or int(whole[2]) < 2:
        return Beside(all_of(bundle))
    name = f"{whole[1]}_RELEASE.json"
    try:
        return Beside(all_of(bundle), read(name, LARGEST_LIST), all_of(name))
    except FileNotFoundError:
        return Beside(all_of(bundle))


def parse_list(content):
    """The list of a set: RELEASE.json."""
    require(content.endswith(b"\n"), "NON_CANONICAL", "the list does not end with a line end")
    fields = canonical.parse(content[:-1], LARGEST_LIST - 1)
    digests = fields.get("digests")
    require(set(fields) == {"agreement", "digests", "format", "n", "site"} and fields["format"] == "tally-release-1"
            and is_name(fields["agreement"]) and is_name(fields["site"]) and is_count(fields["n"], 1, 999999)
            and isinstance(digests, list) and 2 <= len(digests) <= 99 and all(is_hex(item, 64) for item in digests),
            "NON_CANONICAL", "no list of a set")
    return fields


def parse_envelope(content):
    """(name, bundle, signature, Beside) of what an envelope holds when it was decrypted."""
    members = container.parse_archive(content)
    bundle = members[-1][0] if members else ""
    stem = re.fullmatch(r"([A-Z0-9_]+)_V[0-9]+OF([0-9]+)\.tally", bundle)
    require(stem, "EXTRA_MEMBER", "the last member is no bundle")
    of_list = f"{stem[1]}_RELEASE.json"
    held = dict(members)

    def released(name):
        return [f"{name}.rel{number}.minisig" for number in range(1, MOST + 1) if f"{name}.rel{number}.minisig" in held]

    expected = [f"{bundle}.minisig", *released(bundle)]
    if of_list in held and int(stem[2]) > 1:
        expected += [of_list, *released(of_list)]
    require([name for name, _ in members] == [*expected, bundle], "EXTRA_MEMBER", "other members, or another order")
    return bundle, held[bundle], held[f"{bundle}.minisig"], Beside(
        {name: held[name] for name in released(bundle)}, held.get(of_list),
        {name: held[name] for name in released(of_list)})


class Releases:
    def __init__(self, site, manifest, content, sha256, files):
        self.site, self.manifest, self.sha256, self.files = site, manifest, sha256, files
        self.digest = hashlib.blake2b(content).digest()
        self.persons = set()

    def defects(self, station_size):
        """Why files beside the bundle do not count; `persons` are afterwards those who have released it."""
        found, volume = [], self.manifest["volume"]
        for name, content in self.files.releases.items():
            found += self._counted(name, content, self.digest, f"{volume['k']}/{volume['n']}", station_size)
        if self.files.list is not None:
            lists = None if self._lists() else Defect("BAD_SIGNATURE", "the list is not that of this bundle's set")
            digest = hashlib.blake2b(self.files.list).digest()
            for name, content in self.files.list_releases.items():
                found += [lists] if lists else self._counted(f"{name} of the list", content, digest,
                                                             f"0/{volume['n']}", station_size)
        return found

    def _lists(self):
        try:
            fields = parse_list(self.files.list)
        except Defect:
            return False
        told = [fields[field] for field in ("site", "agreement", "n")]
        volume, digests = self.manifest["volume"], fields["digests"]
        return (told == [self.manifest[field] for field in ("site", "agreement", "n")]
                and len(digests) == volume["n"] and digests[volume["k"] - 1] == self.sha256)

    def _counted(self, name, content, digest, place, station_size):
        try:
            self.persons.add(self._person(content, digest, place, station_size))
        except Defect as defect:
            return [Defect(defect.code, f"{name}: {defect.what}")]
        return []

    def _person(self, content, digest, place, station_size):
        require(len(content) <= LARGEST_SIGNATURE, "BAD_SIGNATURE", "more than 4096 bytes")
        try:
            untrusted, parsed = signatures.parse_signature_file(content)
        except ValueError as problem:
            raise Defect("BAD_SIGNATURE", f"not in its one spelling: {problem}") from None
        point, officer = next(((point, entry) for (key_id, point), entry in self.site.officers.items()
                               if key_id == parsed.id), (None, None))
        if officer is None:
            others = [key_id for keys in self.site.keys.values() for key_id, _ in keys]
            others += [key_id for key_id, _ in self.site.retired]
            raise Defect("WRONG_ROLE" if parsed.id in others else "UNKNOWN_KEY", "not signed by an officer")
        require(parsed.verifies(point, digest), "BAD_SIGNATURE", "it does not hold")
        comment = f"tally-release-1 {self.manifest['site']} {self.manifest['n']} {place} {officer['person']}"
        require((untrusted, parsed.comment) == (UNTRUSTED, comment), "BAD_SIGNATURE", "made for something else")
        require(station_size <= officer.get("until", station_size), "UNKNOWN_KEY",
                "this officer's key had stopped to release")
        return officer["person"]
