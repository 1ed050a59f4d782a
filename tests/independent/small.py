"""The committed small files and their tables: tests/vectors/receipt, host_package and pseudonym."""
import answers
import canonical
import letters
import pseudonyms
import signatures
from comparison import TESTS

PARSERS = {"receipt": answers.parse_receipt, "positions": answers.parse_positions,
           "ack": answers.parse_acknowledgement}

SIGNED = {"receipt": (answers.parse_receipt, answers.comments_of_receipt),
          "ack": (answers.parse_acknowledgement, answers.comments_of_acknowledgement),
          "plain": (letters.parse_package, letters.comments_of_package)}


def small_files():
    """Each is taken or refused as its table says, and holds what that says."""
    folder = TESTS / "vectors"
    told = [f"{path.parent.parent.name}/{path.parent.name}/{path.name}: {outcome}"
            for kind, parser in (("receipt", None), ("host_package", letters.parse_package))
            for path in sorted((folder / kind).glob("[gb]*/*")) if path.parent.name in ("good", "bad")
            for outcome in [outcome_of(parser or PARSERS[path.name.split("_")[0]], path)]
            if (outcome == "taken") != (path.parent.name == "good")]
    told += [f"{name}: another code" for name, secret, code in table(folder / "receipt/codes.tsv")
             if not right_code((folder / "receipt/good" / name).read_bytes(), bytes.fromhex(secret), code)]
    told += signed_files(folder / "receipt", verifier="receipt_plain", export="ack_plain")
    told += signed_files(folder / "host_package", export="plain") + boxes(folder / "host_package")
    told += names(folder / "pseudonym/names.tsv")
    files = sum(1 for path in folder.glob("[rh]*/[gb]*/*"))
    print("\n".join(told))
    print(f"{files} small files and their tables, {len(told)} disagreements")
    return 1 if told else 0


def outcome_of(parser, path):
    try:
        parser(path.read_bytes())
    except canonical.Defect as defect:
        return f"{defect.code}, {defect.what}"
    return "taken"


def table(path):
    return [line.split("\t") for line in path.read_text().splitlines() if not line.startswith("#")]


def right_code(content, secret, code):
    made = answers.telephone_code(answers.parse_receipt(content), secret)
    return made == code and answers.read_code(code.lower().replace("-", " ")) is not None


def signed_files(folder, **named):
    """`x.minisig` holds by the key of its role; every other file `x.*` does not."""
    told = []
    for role, name in named.items():
        content = (folder / "good" / name).read_bytes()
        parser, comments = SIGNED[name.split("_")[0]]
        key = signatures.parse_key((folder / f"{role}.pub").read_text().split("\n")[1])
        for path in sorted(folder.glob(f"{name}.*")):
            try:
                signatures.check_beside(content, path.read_bytes(), [key], comments(parser(content)))
                holds = True
            except canonical.Defect:
                holds = False
            if holds != (path.suffix == ".minisig"):
                told.append(f"{path.name}: holds {holds}")
    return told


def boxes(folder):
    """Which secret opens with which key; what is no box key is refused."""
    keys = {name: letters.parse_box((folder / name).read_bytes()) for name in ("host.box", "other.box")}
    told = [f"{path.name}: taken" for path in (folder / "bad_boxes").iterdir()
            if outcome_of(letters.parse_box, path) == "taken"]
    for name, box, epoch, secret in table(folder / "opens.tsv"):
        package = letters.parse_package((folder / "good" / name).read_bytes())
        try:
            found = letters.opened(package, keys[box])[int(epoch)].hex()
        except canonical.Defect:
            found = "-"
        if found != secret:
            told.append(f"{name} {box} {epoch}: {found}")
    return told


def names(path):
    """Folded names and pseudonyms, with the secrets and aliases that make_vectors.py states."""
    aliases = {b"lab\\upm": b"upm.lab", b"guest": b"visitor", b"visitor": b"never", b"m\xfcller": "müller".encode()}
    secret, told = bytes(range(32)), []
    for kind, *cells in table(path):
        written, name, domain = (bytes.fromhex(cell.replace("-", "")) for cell in cells[:3])
        epoch = int(cells[3])
        made = pseudonyms.pseudonym(secret if epoch == 1 else secret[::-1], kind, epoch, name)
        if pseudonyms.fold1(kind, written, aliases) != (name, domain) or (made or "-") != cells[4]:
            told.append(f"{kind} {written}: {pseudonyms.fold1(kind, written, aliases)} {made}")
    return told
