"""The real programs once around: enrolment, exports of every kind, receipts, acknowledgements, disclosures. Each file
that leaves one of them is read by the second reader, each bundle checked by both verifiers."""
import json

import answers
import canonical
import letters
import pseudonyms
import records
import releases
import signatures
import verify
from comparison import BIN, TESTS, Comparison, run

RECORDER, STATION, VERIFIER = (BIN / f"tally-{name}" for name in ("recorder", "packager", "verifier"))
LOG = TESTS / "data/flexnet/adskflex-first-14-days.log"
DESCRIBED = {*records.FIXED, "server", "importing"}


class Loop:
    def __init__(self, folder):
        self.folder, self.faults, self.lines = folder, [], LOG.read_bytes().splitlines(keepends=True)
        self.hosts = {label: folder / label for label in ("LICSRV", "LICSRV2")}
        self.station, self.answer, self.receipts = (folder / name for name in ("station", "answer", "receipts"))
        self.bundles = 0
        for name in ("media", "given"):
            (folder / name).mkdir()

    def act(self, *command, **options):
        return run(STATION, *command, "--state", self.station, **options)

    def read(self, parser, path, *more):
        """What a file holds; a fault when the reader refuses it."""
        try:
            return parser(path.read_bytes(), *more)
        except canonical.Defect as defect:
            self.faults.append(f"{path.name}: {defect.code}, {defect.what}")
            return None

    def held(self, path, keys, comments):
        try:
            signatures.check_beside(path.read_bytes(), (path.parent / f"{path.name}.minisig").read_bytes(), keys,
                                    comments)
        except canonical.Defect as defect:
            self.faults.append(f"{path.name}.minisig: {defect.code}, {defect.what}")

    # -- the site ------------------------------------------------------------------------------------------------

    def found(self):
        self.act("site", "init", "--site", "SITE1")
        run(VERIFIER, "keys", "new", self.folder / "verifier")
        run(VERIFIER, "keys", "new", self.folder / "anna")
        officer = (self.folder / "anna.pub").read_text().split("\n")[1]
        self.act("site", "revise", "--add-verifier", self.folder / "verifier.pub", "--add-officer", f"{officer}=ANNA")
        self.act("site", "sign")
        self.act("privacy", "set", "--consent", "required", "--rule", "client=pseudonym")
        self.site = signatures.SiteChain((self.station / "SITE.jsonl").read_bytes())
        for label, state in self.hosts.items():
            self.enrol(label, state)

    def enrol(self, label, state):
        run(RECORDER, "init", "--state", state, "--site", "SITE1", "--label", label)
        request = self.read(letters.parse_request, state / "enrolment.json")
        self.act("site", "enrol", state / "enrolment.json", "--out", self.answer)
        path = self.answer / f"HOST_{request['host']}.json"
        package = self.read(letters.parse_package, path)
        if package:
            self.held(path, self.site.keys["exports"], letters.comments_of_package(package))
            secrets = letters.opened(package, letters.parse_box((state / "box.key").read_bytes()))
            run(RECORDER, "enrol", self.answer, "--state", state, "--fingerprint", signatures.words(
                self.site.fingerprint))
            self.secret = secrets[max(secrets)]
            told = (package["box"], package["host"], package["fingerprint"], package["station"], package["version"])
            if told != (request["box"], request["host"], self.site.fingerprint.hex(), self.site.log, 2):
                self.faults.append(f"{path.name}: not of this request and site")
        run(RECORDER, "consent", "given", "--basis", "works agreement 7", "--state", state)

    def watch(self, label, first, last):
        """Lines of the licence server's log up to `last`, in two epochs."""
        for end in ((first + last) // 2, last):
            path = self.folder / f"{label}.log"
            path.write_bytes(b"".join(self.lines[:end]))
            run(RECORDER, "import", "flexnet", path, "--zone", "Europe/Madrid", "--state", self.hosts[label])
            run(RECORDER, "seal", "--state", self.hosts[label])
        for path in (self.hosts[label] / "outbox").glob("SEG_*"):
            self.read(letters.parse_segment, path, path.name)
        self.act("collect", self.hosts[label] / "outbox")

    def declare(self):
        self.act("agreement", "add", "--agreement", "DEFAULT", "--licensee", "Nordwerk AG", "--start", "2026-01-01")
        self.act("declare", "nil", "--from", "2025-12-24", "--to", "2025-12-31", "--reason", "works holidays")
        self.act("declare", "gap", "--host", "LICSRV", "--from", "2026-02-01", "--to", "2026-02-14", "--reason",
                 "repair")
        self.act("declare", "amendment", "--from", "2026-01-01", "--to", "2026-01-31", "--reason", "left out")
        self.act("declare", "justification", "--from", "2026-01-01", "--reason", "no line out")

    # -- exports -------------------------------------------------------------------------------------------------

    def pack(self, *options):
        out = self.folder / f"out{self.bundles}"
        self.bundles += 1
        self.act("pack", "--out", out, *options)
        return sorted(out.glob("*.tally"))

    def compare(self, comparison, *paths):
        comparison.compare([(path.name, path) for path in paths])

    def deliver(self, comparison, volumes):
        """The last volume first; then each in its turn, before and after it is accepted."""
        self.compare(comparison, *reversed(volumes))
        for path in volumes:
            comparison.accept(path)
            self.compare(comparison, *volumes)

    def answer_bundle(self, comparison, n):
        run(VERIFIER, "receipt", "issue", "--ledger", comparison.ledger, "--key", self.folder / "verifier.key", "--out",
            self.receipts, "--positions")
        path = self.receipts / f"RCPT_SITE1_{n:06}.json"
        receipt = self.read(answers.parse_receipt, path)
        self.held(path, self.site.keys["verifiers"], answers.comments_of_receipt(receipt))
        held = answers.spelled_positions({host: (log["size"], log["root"])
                                          for host, log in comparison.memory["logs"].items()})
        self.read(answers.parse_positions, self.receipts / f"RCPT_SITE1_{n:06}_POS.jsonl")
        if (self.receipts / f"RCPT_SITE1_{n:06}_POS.jsonl").read_bytes() != held or answers.sha256(
                held) != receipt["positions"]:
            self.faults.append(f"{path.name}: other positions than those of verify.py")
        (self.folder / "tel").write_text("5a" * 32 + "\n")
        (self.folder / "tel").chmod(0o600)
        code = run(VERIFIER, "receipt", "code", "--ledger", comparison.ledger, "--secret", self.folder / "tel")
        if answers.telephone_code(receipt, b"\x5a" * 32) not in code:
            self.faults.append(f"{path.name}: another telephone code: {code}")
        comparison.issued(path.read_bytes())
        self.act("receipt", "import", self.receipts)

    def acknowledge(self, comparison):
        self.act("ack", "--out", self.answer)
        for path in sorted(self.answer.glob("ACK_*.json")):
            ack = self.read(answers.parse_acknowledgement, path)
            self.held(path, self.site.keys["exports"], answers.comments_of_acknowledgement(ack))
            log = comparison.memory["logs"][ack["host"]]
            if (ack["next"], ack["root"], ack["floor"]) != (log["size"], log["root"], log["size"]):
                self.faults.append(f"{path.name}: not what was accepted")
        for state in self.hosts.values():
            run(RECORDER, "enrol", self.answer, "--state", state)

    def disclose(self, comparison):
        self.act("disclose", "person", "HIG", "--out", self.folder / "given")
        self.act("disclose", "line", "LICSRV", "7", "--out", self.folder / "given")
        for path in sorted((self.folder / "given").iterdir()):
            if b"tally-line-proof-1" not in path.read_bytes():
                told = self.read(pseudonyms.parse_person, path)
                if told and told["pseudonym"] != pseudonyms.pseudonym(self.secret, "person", 1, b"hig"):
                    self.faults.append(f"{path.name}: another pseudonym")
                continue
            head, _, seal = self.read(pseudonyms.parse_line_proof, path) or (None, None, None)
            if head and comparison.memory["logs"][head["host"]]["ends"].get(str(seal["seq"] + 1)) is None:
                self.faults.append(f"{path.name}: under a seal that was never accepted")

    def envelope(self, comparison, volumes):
        """What only its recipient can open holds the bundle with everything beside it, and nothing else."""
        identity = self.folder / "reader.key"
        run("age-keygen", "-o", identity)
        (self.folder / "reader.pub").write_text(run("age-keygen", "-y", identity))
        self.act("encrypt", *volumes, "--recipients", self.folder / "reader.pub")
        for number, path in enumerate(volumes, 1):
            sealed = path.with_name(path.name + ".age")
            n = json.loads(path.read_bytes()[512:].split(b"\n")[0])["n"]
            comment = f"tally-envelope-1 SITE1 DEFAULT {n} {number}/{len(volumes)}"
            self.held(sealed, self.site.keys["exports"], ("envelope of a bundle by tally-packager", comment))
            opened = self.folder / "opened"
            run("age", "-d", "-i", identity, "-o", opened, sealed)
            name, bundle, signature, beside = self.read(releases.parse_envelope, opened)
            check = verify.Check(comparison.site, comparison.memory).run(bundle, signature, beside)
            if (name, check.report()) != (path.name, comparison.by_document(path).report()):
                self.faults.append(f"{sealed.name}: holds something else than {path.name} and its signatures")

    def ask_for_releases(self, comparison):
        self.act("site", "revise", "--releases", "1")
        self.act("site", "sign")
        comparison.enrol((self.station / "SITE.jsonl").read_bytes())

    def lose_root_key(self, comparison):
        """The site begins a new site file; everybody enrols it anew, the hosts by another package."""
        self.act("site", "restart")
        comparison.enrol((self.station / "SITE.jsonl").read_bytes(), "--reenrol", "the root key was lost")
        self.site = comparison.site
        self.act("site", "policy", "--out", self.answer)
        state = self.hosts["LICSRV"]  # the other one is retired
        path = self.answer / f"HOST_{self.read(letters.parse_request, state / 'enrolment.json')['host']}.json"
        package = self.read(letters.parse_package, path)
        self.held(path, self.site.keys["exports"], letters.comments_of_package(package))
        if (package["n"], package["version"], package["fingerprint"]) != (2, 1, self.site.fingerprint.hex()):
            self.faults.append(f"{path.name}: not the second one, under the new site file")
        run(RECORDER, "enrol", self.answer, "--state", state, "--fingerprint", self.site.fingerprint.hex())

    def undescribed(self, bundles):
        """Types of lines that record.md does not list."""
        for path in bundles:
            shown = json.loads(run(STATION, "inspect", path, "--json", expect=(0, 3)))
            self.faults += [f"{path.name}: a line of type {type_}, which record.md does not list"
                            for type_ in shown["types"] if type_ not in DESCRIBED]


def made(folder):
    loop, fresh = Loop(folder), folder / "fresh"
    fresh.mkdir()
    loop.found()
    comparison = Comparison(folder, (loop.station / "SITE.jsonl").read_bytes())
    loop.watch("LICSRV", 0, 2000)
    loop.declare()
    first = loop.pack("--store")
    loop.deliver(comparison, first)
    loop.answer_bundle(comparison, 1)
    loop.watch("LICSRV", 2000, 6000)
    loop.watch("LICSRV2", 0, 3000)
    set_ = loop.pack("--volume-size", "600000", "--level", "1")
    loop.deliver(comparison, set_)
    loop.answer_bundle(comparison, 2)
    loop.acknowledge(comparison)
    loop.act("write", *set_, "--to", folder / "media", "--staging")
    loop.act("site", "retire", "LICSRV2", "--reason", "scrapped")
    loop.watch("LICSRV", 6000, len(loop.lines))
    until = loop.pack("--agreement", "NORD", "--until", "2026-01-01")  # each host up to its first seal
    loop.deliver(comparison, until)
    loop.deliver(Comparison(fresh, (loop.station / "SITE.jsonl").read_bytes()), until)
    loop.ask_for_releases(comparison)
    released = loop.pack("--volume-size", "600000")
    loop.compare(comparison, *released)
    loop.act("release", *released, "--key", folder / "anna.key")
    loop.envelope(comparison, released)
    loop.deliver(comparison, released)
    loop.disclose(comparison)
    loop.lose_root_key(comparison)
    last = loop.pack("--force")
    loop.act("release", *last, "--key", folder / "anna.key")
    loop.deliver(comparison, last)
    loop.undescribed([*first, *set_, *until, *released, *last])
    print("\n".join(f"FAULT {fault}" for fault in loop.faults))
    return [comparison], loop.faults
