#!/usr/bin/env python3
"""What the cast adds up to, by arithmetic alone: every finding with its quantity, exposure, saving. Knows neither the
product nor the generator: who does what is written here once more, by hand. `totals.py OUTCOME.json` holds an outcome against it."""
import json
import sys
from collections import Counter
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

AUTOCAD, REVIT, CIVIL, COLLECTION, INVENTOR, MAYA = map(Decimal, ("1940", "2400", "2700", "3400", "3000", "2200"))
NAVISWORKS, VAULT, MAX, ROBOT, TOKEN = map(Decimal, ("1200", "600", "1900", "1500", "3"))
AS_OF = date(2026, 4, 1)


def back(seats, price, days):
    """Exposure: seats at their price for so many days of a year of 365, rounded once, half to even."""
    return (seats * price * days / 365).quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def days_since(day):
    return (AS_OF - day).days


def ghosts(left, *users):
    return [("GHOST", user, days_since(left), days_since(left)) for user in users]


def mnemonic(code):
    """Of a licence server's product code: what follows its five digits, up to the release."""
    return code[5:].split("_")[0]


def one(code, subject, lower, upper=None):
    return [(code, subject, lower, lower if upper is None else upper)]


# (code, subject, lower, upper) of every finding, from who does what.
FOUND = sum((
    one("OVER_ASSIGNED", "L01", 63 - 60),
    one("OVER_ASSIGNED_EXPIRED", "L10", 3),                 # c05, c06, c07
    one("SUSTAINED_OVER", "L05", 13 - 12),
    one("SERVED_EXCEEDS_BOUGHT", "L05", 12 + 2 - 12),
    one("DENIALS", "L05", 2),                               # refused at 10:05:00 and 10:06:00, one of them granted later
    one("OVER_PEAK", "L06", 7 - 6),                         # what may have been seven on the 26th is the same line's
    one("DEVICE_OVER", "L07", 11 - 10), one("PERP_OVER", "L08", 9 - 8),
    one("TOKEN_EXPIRED", "L09", 200 - 20 * 7),              # twenty windows of AutoCAD in January
    one("TOKEN_SHORT", "L09", 12 * 10 + 20 * (7 + 10) - (100 + 300)),
    one("TOKEN_FORECAST", "Y", 900 - 64 * 7), one("TOKEN_UNCERTAIN", "t5", 7, 2 * 7),
    one("USE_UNASSIGNED", "c01", 4), one("USE_UNASSIGNED", "c02", 2),
    one("OUT_OF_SCOPE_PRODUCT", "Advance Steel", 2),        # persons: c03, c04
    one("EXPIRED_USE", "c05", 2), one("VERSION_NEWER", "c10", 3), one("VERSION_OLD", "c11", 2),
    one("VERSION_OLD", "AutoCAD 2023", 1),                  # d12, since 2027 came out
    one("FEATURE_UNENTITLED", "c12", 5),
    one("OUT_OF_TERRITORY", "FR", 1),                       # one person; the line, L11, is a field of its own
    one("MULTI_HOST", "c14", 2), one("TOO_MANY_DEVICES", "c15", 1 + 3), one("EDU_COMMERCIAL", "c16", 2),
    ghosts(date(2026, 1, 31), "c17", "c18", "c19"), ghosts(date(2026, 2, 15), "c20"),
    one("USE_AFTER_LEAVING", "c20", 1),
    one("DEPROVISION_LATE", "c21", (date(2026, 2, 9) - date(2026, 1, 10)).days),
    one("CONTRACTOR_UNASSIGNED", "c22", 6), one("UNKNOWN_ACCOUNT", "ext\\mueller", 2),
    one("GROUP_BROAD", "G-CAD", 6), one("ENTITY", "Brandt GmbH", 5),
    one("DORMANT_USER", "c41", days_since(date(2026, 1, 1))), one("DORMANT_SEAT", "c42", days_since(date(2025, 11, 20))),
    one("LOW_FREQ", "c43", 4 + 4 + 3), one("LOW_FREQ", "c44", 11), one("LOW_FREQ", "d25", 11),
    one("SINGLE_IN_COLLECTION", "c45", 1), one("DOUBLE_RIGHT", "c46", 1),
    one("DUPLICATE_TOOL", "rendering", 3), one("UNDER_ASSIGNED", "L03", 4),
    one("LOW_ADOPTION", "L12", 1),                          # c63, of four
    one("OUTLIER_VERSION", "T7/AutoCAD 2023", 1), one("SPIKE", "Civil 3D", 10 + 6),
    one("ADMIN_INACTIVE", "c51", 1), one("ADMIN_UNAPPROVED", "c52", 1), one("ADMIN_LEFT", "c53", 1),
    one("ADMIN_TOO_MANY", "AG1", 5 - 4),
    one("COVERAGE_GAP", "n20", 16 + 24 + 16),               # hours, from 8 on the 9th to 16 on the 11th
    one("GAP_AT_HIGH_USE", "n20/L05", 10, 10 + 1),          # the host that was not watched, and the line
    one("HOST_SILENT", "s25", days_since(date(2026, 2, 1))),
    one("LATE", "WEST-01", (date(2026, 2, 22) - date(2026, 2, 10)).days), one("NIL_RETURN", "AG2-01", 1),
    one("PERIOD_MISSING", "AG2-02", days_since(date(2026, 3, 10))),
    one("BILLING_MISMATCH", "L01/7781", 62 - 60),           # the line, and the order that bills it
    one("RENEWAL_DUE", "L02", (date(2026, 6, 20) - AS_OF).days), one("HOSTS_RENAMED", "SUED", 4),
    one("CLOCK_STEP", "n11", 3600), one("CLOCK_STEP", "n12", 3600),
    one("UNKNOWN_CODE", "99999XYZ_2026_0F", 3), one("SHARED_ACCOUNT", "cad", 3, 9),
), [])
PRODUCTS = {"99999XYZ_2026_0F": mnemonic("99999XYZ_2026_0F")}

EXPOSURE = sum((
    back(3, AUTOCAD, (AS_OF - date(2025, 10, 2)).days),   # 63 seats of 60
    back(1, INVENTOR, 3),                                 # thirteen of twelve on three days
    back(1, MAYA, 1),                                     # seven of six on one day
    back(1, NAVISWORKS, (AS_OF - date(2026, 1, 5)).days), # the eleventh device
    back(1, MAX, 3),                                      # three days in France
    back(1, VAULT, 2),                                    # two days after the end
    back(1, REVIT, 6),                                    # the contractor
    back(1, AUTOCAD, 2),                                  # the unknown account
    back(1, REVIT, 4),                                    # c01
    back(1, REVIT, 2),                                    # c02, assigned since
), Decimal(0))

SAVING = sum((
    4 * REVIT,                    # leavers' seats
    6 * COLLECTION,               # the group's seats that nobody uses
    2 * AUTOCAD,                  # billed, not entitled
    REVIT,                        # dormant person
    ROBOT,                        # dormant seat
    REVIT - 45 * 10 * TOKEN,      # eleven sessions in a quarter: 45 windows of ten tokens in a year
    COLLECTION - AUTOCAD,         # one product of a collection
    AUTOCAD,                      # a right twice
    4 * CIVIL,                    # free seats
), Decimal(0))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        findings = json.load(file)["findings"]
    faults = []
    wanted = Counter(FOUND)
    got = Counter((finding["code"], finding["subject"], *finding["quantity"]) for finding in findings)
    faults += [f"{' '.join(map(str, row))} expected" for row in sorted((wanted - got).elements())]
    faults += [f"{' '.join(map(str, row))} found" for row in sorted((got - wanted).elements())]
    for finding in findings:
        product = PRODUCTS.get(finding["subject"], finding["product"])
        if finding["product"] != product:
            faults.append(f"{finding['subject']}: product {product} expected, {finding['product']} found")
    for name, wanted in (("exposure", EXPOSURE), ("saving", SAVING)):
        found = sum((Decimal(finding[name]) for finding in findings if name in finding), Decimal(0))
        if found != wanted:
            faults.append(f"{name}: {wanted} expected, {found} found")
    print("\n".join(faults) or f"{len(FOUND)} findings, exposure {EXPOSURE} EUR, saving {SAVING} EUR")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
