"""Rows 18 and 19: what comes back to a site. A station that the programs made, whose first bundle a verifier has answered;
`held` are the keys that the attack declares. A receipt must be refused for its reason and change nothing, or stand."""
import json
import pathlib
import shutil
import subprocess
import tempfile

from victim import attack, maker

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOG = ROOT / "tests/data/flexnet/maplelmg.log"
NOTE = "signature of a receipt by tally-verifier"
FIRST = "RCPT_SITE1_000001.json"


def secret_key_file(signer):
    """As stock minisign writes a key without a passphrase."""
    raw = b"Ed" + b"\0\0" + b"B2" + bytes(32 + 8 + 8) + signer.id + signer.key.encode() + signer.point + bytes(32)
    return b"untrusted comment: minisign secret key\n" + maker.base64.b64encode(raw) + b"\n"


class Answered:
    """The station, and the verifier's answer in in/; not imported yet."""
    made = None

    def __init__(self, directory, programs):
        self.home, self.programs = directory, programs
        if not Answered.made:
            Answered.made = tempfile.TemporaryDirectory()
            self.home = pathlib.Path(Answered.made.name)
            self.begin()
        for name in ("p", "in", "out"):
            shutil.copytree(pathlib.Path(Answered.made.name, name), directory / name)
        self.home = directory

    def run(self, program, *arguments, expected=(0,)):
        ran = subprocess.run([self.programs / f"tally-{program}", *map(str, arguments)], cwd=self.home, text=True,
                             capture_output=True, timeout=120, check=False)
        assert ran.returncode in expected, f"{arguments}: {ran.returncode} {ran.stdout}{ran.stderr}"
        return ran

    def begin(self):
        verifier = maker.Signer("site verifier")
        (self.home / "verifier.pub").write_text(f"untrusted comment: minisign public key\n{verifier.text}\n")
        (self.home / "verifier.key").write_bytes(secret_key_file(verifier))
        (self.home / "verifier.key").chmod(0o600)
        self.run("recorder", "init", "--state", "r", "--site", "SITE1", "--label", "LICSRV")
        self.run("packager", "site", "init", "--state", "p", "--site", "SITE1")
        self.run("packager", "site", "enrol", "--state", "p", "r/enrolment.json")
        self.run("packager", "site", "revise", "--state", "p", "--add-verifier", "verifier.pub")
        self.run("packager", "site", "sign", "--state", "p")
        self.run("recorder", "import", "flexnet", LOG, "--zone", "Europe/Madrid", "--state", "r")
        self.run("recorder", "seal", "--state", "r")
        self.run("packager", "collect", "--state", "p", "r/outbox")
        self.run("packager", "pack", "--state", "p", "--out", "out")
        site = json.loads(self.run("packager", "site", "show", "--state", "p", "--json").stdout)
        self.run("verifier", "trust", "add", "out/SITE.jsonl", "--fingerprint", site["fingerprint"], "--ledger", "v.db")
        bundle = next((self.home / "out").glob("*.tally"))
        self.run("verifier", "accept", bundle, "--ledger", "v.db")
        self.run("verifier", "receipt", "issue", "--ledger", "v.db", "--key", "verifier.key", "--out", "in")

    def receipt(self):
        return json.loads((self.home / "in" / FIRST).read_text())

    def bring(self, fields, signer, name=FIRST, comment=None):
        """A receipt of these fields (or bytes) in brought/, signed by `signer`."""
        data = fields if isinstance(fields, bytes) else maker.canonical(fields) + b"\n"
        said = comment or "tally-receipt-1 {site} {agreement} {n}".format(**(self.receipt() if isinstance(fields, bytes)
                                                                             else fields))
        (self.home / "brought").mkdir(exist_ok=True)
        (self.home / "brought" / name).write_bytes(data)
        (self.home / "brought" / f"{name}.minisig").write_bytes(signer.signature_file(data, said, NOTE))

    def taken(self):
        """What the station believes: the ladder, its own log, and the receipts that it keeps."""
        kept = {path.name: path.read_bytes() for path in (self.home / "p").rglob("RCPT_*")
                if "refused" not in path.parts and path.is_file()}
        return (self.run("packager", "ladder", "--state", "p", "--json").stdout,
                self.run("recorder", "log", "--state", "p/log", "--json").stdout, kept)

    def imported(self, folder, expected=(0,)):
        return self.run("packager", "receipt", "import", "--state", "p", folder, expected=expected)


def answer(row, holds=()):
    """The function brings something to the station, and yields what is wrong with what comes of it."""
    def take(tried):
        def make(_, hold):
            held = {name: hold(name) for name in holds}
            return lambda directory, programs: list(tried(Answered(directory, programs), held))
        make.__name__ = tried.__name__
        attack(row, "refused", holds=holds)(make)
        return tried
    return take


def refused(station, code, first=False):
    """What brought/ holds is refused for that reason; nothing that the station believes changes, and it goes on."""
    if first:
        station.imported("in")
    before = station.taken()
    ran = station.imported("brought", expected=(0, 1, 2, 3, 5))
    if ran.returncode == 0 or code not in ran.stderr:
        yield f"exit {ran.returncode}, expected {code}: {ran.stdout}{ran.stderr}"
    if "\x1b" in ran.stdout + ran.stderr:
        yield "an escape sequence reached the terminal"
    if station.taken() != before:
        yield "the station believes something else now"
    if not first:
        station.imported("in")
    station.run("packager", "pack", "--state", "p", "--out", "next", "--force")


# 18: receipts against a site

@answer("18")
def answer_in_the_name_of_the_verifier(station, _):
    station.bring(station.receipt(), maker.Signer("stranger"))
    yield from refused(station, "BAD_SIGNATURE")


@answer("18")
def alter_a_receipt_on_its_way(station, _):
    shutil.copytree(station.home / "in", station.home / "brought")
    path = station.home / "brought" / FIRST
    path.write_bytes(path.read_bytes().replace(b'"status":"OK"', b'"status":"KO"'))
    yield from refused(station, "BAD_")


@answer("18", holds=["verifier key"])
def hold_other_lines_than_were_sent(station, held):
    station.bring({**station.receipt(), "positions": "ab" * 32}, held["verifier key"])
    yield from refused(station, "FORK")


@answer("18", holds=["verifier key"])
def hold_more_lines_than_were_sent(station, held):
    row = json.loads(subprocess.run(["tar", "-xOf", next((station.home / "out").glob("*.tally")), "HOSTS.jsonl"],
                                    capture_output=True, check=True).stdout.splitlines()[1])
    more = {"host": row["host"], "next": row["next"] + 1, "root": "ab" * 32}
    station.bring({**station.receipt(), "except": [more]}, held["verifier key"])
    yield from refused(station, "FORK")


@answer("18", holds=["verifier key"])
def answer_what_was_never_sent(station, held):
    station.bring({**station.receipt(), "bundle": 7}, held["verifier key"])
    yield from refused(station, "UNKNOWN_BUNDLE")


@answer("18", holds=["verifier key"])
def answer_another_site(station, held):
    station.bring({**station.receipt(), "site": "SITE2"}, held["verifier key"])
    yield from refused(station, "OTHER_SITE")


@answer("18", holds=["verifier key"])
def send_a_receipt_of_sixteen_kibibytes_and_more(station, held):
    fields = {**station.receipt(), "findings": [f"CODE_{number:059d}" for number in range(400)]}
    station.bring(fields, held["verifier key"])
    yield from refused(station, "BAD_RECEIPT")


@answer("18", holds=["verifier key"])
def write_to_the_terminal_in_a_receipt(station, held):
    data = maker.canonical(station.receipt()).replace(b'"status":"OK"', b'"status":"\x1b[2J"') + b"\n"
    station.bring(data, held["verifier key"], name="RCPT_\x1b[2J.json")
    yield from refused(station, "BAD_RECEIPT")


# 19: a verifier that denies

def stock_minisign(path, text):
    ran = subprocess.run(["minisign", "-Q", "-V", "-P", text, "-m", path], capture_output=True, text=True, check=False)
    return ran.stdout.strip()


@answer("19", holds=["verifier key"])
def issue_another_receipt_under_the_same_number(station, held):
    station.bring({**station.receipt(), "status": "REJECTED", "issued": 5}, held["verifier key"])
    yield from refused(station, "OTHER_RECEIPT", first=True)


@answer("19")
def deny_that_anything_ever_came(station, _):
    station.imported("in")
    kept = [path for path in (station.home / "p").rglob(FIRST) if "refused" not in path.parts]
    if not kept:
        yield "the station keeps no receipt to show"
    elif shutil.which("minisign") and stock_minisign(kept[0], maker.Signer("site verifier").text) != \
            "tally-receipt-1 SITE1 DEFAULT 1":
        yield "the receipt that is kept does not convince a third party"
    bundle = next((station.home / "out").glob("*.tally")).read_bytes()
    if maker.sha256(bundle).hex() not in kept[0].read_text():
        yield "the receipt does not name the bundle"


@answer("19", holds=["verifier key"])
def leave_a_receipt_out_of_the_chain(station, held):
    station.imported("in")
    station.bring({**station.receipt(), "n": 3, "previous": "ab" * 32}, held["verifier key"], "RCPT_SITE1_000003.json")
    ran = station.imported("brought")
    if "RECEIPT_MISSING" not in ran.stdout:
        yield f"nothing is said of receipt 2: {ran.stdout}"


@answer("19", holds=["verifier key"])
def take_back_what_was_acknowledged(station, held):
    station.bring({**station.receipt(), "n": 2}, held["verifier key"], "RCPT_SITE1_000002.json")
    station.imported("brought")
    if "older" not in station.imported("in").stdout:
        yield "the earlier receipt took the place of the later one"
    _, _, kept = station.taken()
    if FIRST not in kept or "RCPT_SITE1_000002.json" not in kept:
        yield f"one of the two is not kept: {sorted(kept)}"
