#!/usr/bin/env python3
"""What the cast adds up to, by arithmetic alone: findings by code, exposure, saving. Knows neither the product nor the
generator: who does what is written here once more, by hand. `totals.py OUTCOME.json` holds an outcome against it."""
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


COUNTS = Counter({
    "OVER_ASSIGNED": 1, "OVER_ASSIGNED_EXPIRED": 1, "SUSTAINED_OVER": 1, "SERVED_EXCEEDS_BOUGHT": 1, "DENIALS": 1,
    "OVER_PEAK": 1,  # Maya on 12 February; what may have been seven on the 26th is the same line's
    "DEVICE_OVER": 1, "PERP_OVER": 1, "TOKEN_SHORT": 1, "TOKEN_EXPIRED": 1, "TOKEN_FORECAST": 1, "TOKEN_UNCERTAIN": 1,
    "USE_UNASSIGNED": 2,  # c01, c02
    "OUT_OF_SCOPE_PRODUCT": 1, "EXPIRED_USE": 1, "VERSION_NEWER": 1, "FEATURE_UNENTITLED": 1, "OUT_OF_TERRITORY": 1,
    "VERSION_OLD": 2,  # c11's breach, and 2023 after the release of 2027
    "MULTI_HOST": 1, "TOO_MANY_DEVICES": 1, "SHARED_ACCOUNT": 1, "EDU_COMMERCIAL": 1, "CONTRACTOR_UNASSIGNED": 1,
    "UNKNOWN_ACCOUNT": 1, "USE_AFTER_LEAVING": 1, "DEPROVISION_LATE": 1,
    "GHOST": 4,  # c17 to c20
    "GROUP_BROAD": 1, "ENTITY": 1, "DORMANT_USER": 1, "DORMANT_SEAT": 1,
    "LOW_FREQ": 3,  # c43, c44, and one who works in long sessions
    "SINGLE_IN_COLLECTION": 1, "DOUBLE_RIGHT": 1, "DUPLICATE_TOOL": 1, "UNDER_ASSIGNED": 1, "LOW_ADOPTION": 1,
    "OUTLIER_VERSION": 1, "SPIKE": 1, "ADMIN_INACTIVE": 1, "ADMIN_UNAPPROVED": 1, "ADMIN_LEFT": 1,
    "ADMIN_TOO_MANY": 1, "COVERAGE_GAP": 1, "GAP_AT_HIGH_USE": 1, "HOST_SILENT": 1, "LATE": 1, "NIL_RETURN": 1,
    "PERIOD_MISSING": 1, "BILLING_MISMATCH": 1, "RENEWAL_DUE": 1, "HOSTS_RENAMED": 1, "UNKNOWN_CODE": 1,
    "CLOCK_STEP": 2,  # n11, n12
})

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
    got = Counter(finding["code"] for finding in findings)
    for code in sorted({*COUNTS, *got}):
        if COUNTS[code] != got[code]:
            faults.append(f"{code}: {COUNTS[code]} expected, {got[code]} found")
    for name, wanted in (("exposure", EXPOSURE), ("saving", SAVING)):
        found = sum((Decimal(finding[name]) for finding in findings if name in finding), Decimal(0))
        if found != wanted:
            faults.append(f"{name}: {wanted} expected, {found} found")
    print("\n".join(faults) or f"{sum(COUNTS.values())} findings, exposure {EXPOSURE} EUR, saving {SAVING} EUR")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
