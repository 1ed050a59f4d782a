"""Bundles that name a receipt (docs/formats/receipt.md), before a verifier that issued it, another one, or none.

A case that is checked after `receipt:NAME` finds receipts/NAME.json among the receipts that were issued, and the key that
signs receipts known."""
from cases import case, defect, delivered
from maker import build, canonical, sha256

receipts = {}


def receipt(site, n, bundle):
    """A receipt as this site's verifier would issue it; returns what a manifest says of it."""
    fields = {"agreement": "AGR", "bundle": bundle, "bundles": [sha256(f"bundle {bundle}".encode()).hex()],
              "challenge": sha256(f"challenge {n}".encode()).hex()[:32], "findings": [], "format": "tally-receipt-1",
              "issued": 1790000000 + n, "logs": 0, "n": n, "positions": sha256(b"").hex(), "site": site.id,
              "status": "OK", "verifier": sha256(site.verifier.point).hex()}
    file = canonical(fields) + b"\n"
    receipts[f"receipt_{n}"] = file
    return {"n": n, "hash": sha256(file).hex(), "challenge": fields["challenge"]}


def more(host, number):
    host.session(number, at=1651363200 + 3600 * number)
    host.seal()


def later():
    """Bundles 2 and 3 that name the receipts 2, as drafts, and what may be said of both receipts."""
    site, host = delivered()
    said = {n: receipt(site, n, n) for n in (1, 2)}
    more(host, 3)
    site.arrive(host)
    second = site.draft()
    second.head["receipt"] = said[2]
    site.exported(build(second)[0])
    more(host, 4)
    site.arrive(host)
    third = site.draft()
    third.head["receipt"] = said[2]
    return site, said, second, third


def make():
    site, said, second, third = later()
    issued = ["first", "receipt:receipt_1", "receipt:receipt_2"]
    case("answers_receipt", "an honest bundle 2 that names a receipt", "", build(second), before=issued)
    case("receipt_not_issued", "it names a receipt that was never issued here", "warn:RECEIPT_MISSING", build(second),
         "answers_receipt", before=["first"])
    defect("receipt_is_another", "it names another receipt of that number", "warn:RECEIPT_MISSING", second,
           "answers_receipt", before=issued,
           manifest=lambda head: {**head, "receipt": {**head["receipt"], "hash": "ab" * 32}})
    defect("receipt_other_challenge", "it repeats another challenge than that of the receipt", "warn:RECEIPT_MISSING",
           second, "answers_receipt", before=issued,
           manifest=lambda head: {**head, "receipt": {**head["receipt"], "challenge": "ab" * 16}})
    case("challenge_again", "bundle 3 names the same receipt as bundle 2", "", build(third),
         before=[*issued, "answers_receipt"])
    defect("challenge_stale", "bundle 3 names an older receipt than bundle 2 did", "warn:STALE_CHALLENGE", third,
           "challenge_again", before=[*issued, "answers_receipt"],
           manifest=lambda head: {**head, "receipt": said[1]})
    second.head["audience"] = sha256(site.verifier.point).hex()
    case("audience_known", "made for the key that signs receipts here", "", build(second), before=issued)
    case("audience_before_any_receipt", "the same before a verifier that has no such key",
         "refuse:WRONG_AUDIENCE warn:RECEIPT_MISSING", build(second), "audience_known", before=["first"])
    return receipts
