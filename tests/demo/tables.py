"""The tables that the licence team hands in, as rows of docs/reference/inputs.md."""
import csv
import io

from frame import AS_OF, COLLECTION, DAY, HISTORY, LINES, PRODUCTS, SERVERS, day_text, instant_text


def seats_by_day(estate, line):
    """[(first day, last day or None, seats)] of a line whose quantity is as many as are assigned."""
    rows = [row for row in estate.assignments if row["product"] == line]
    changes = {HISTORY}
    for row in rows:
        for moment in (row["assigned"], row["unassigned"]):
            if moment and moment < AS_OF:
                changes.update({moment - moment % DAY, moment - moment % DAY + DAY} - {AS_OF})
    steps = []
    for midnight in sorted(changes):
        seats = max(sum(row["assigned"] <= instant and (row["unassigned"] is None or instant < row["unassigned"])
                        for row in rows) for instant in (midnight, midnight + DAY - 1))
        if not steps or steps[-1][1] != seats:
            steps.append((midnight, seats))
    return [(start, steps[i + 1][0] - DAY if i + 1 < len(steps) else None, seats)
            for i, (start, seats) in enumerate(steps)]


def entitlements(estate):
    rows = []
    for line, (word, metric, quantity, price) in {**LINES, **estate.lines}.items():
        periods = [(HISTORY, None, quantity)] if quantity is not None else seats_by_day(estate, line)
        for start, end, seats in periods:
            row = {"line": line, "agreement": "AG1", "product": PRODUCTS[word][0], "name": PRODUCTS[word][0],
                   "metric": metric, "quantity": str(seats + estate.free.get(line, 0)), "features": word,
                   "start": day_text(start), "end": day_text(end) if end else "2026-12-31", "versions": "", "list_price": price, "currency": "EUR" if price else "",
                   "order": "7781" if line == "L01" else "", "countries": "", "sites": "", "renewal": "", "pool": ""}
            if line in ("L01", "L02", "L03", "L04", "L11", "L12"):
                row["versions"] = "current-3"
            if line == "L08":
                row["versions"] = "2019"
            if line == "L10":
                row["end"] = "2025-12-31"
            if line == "L11":
                row["countries"] = "DE"
            if end is None:
                row["renewal"] = estate.renewal.get(line, "")
            rows.append(row)
    for pool, agreement in (("L09", "AG1"), ("X", "AG4"), ("Y", "AG5")):
        packs = [row for row in estate.tables["token_packs"] if row["pool"] == pool]
        if packs:
            rows.append({**dict.fromkeys(rows[0], ""), "line": pool, "agreement": agreement, "product": "Flex",
                         "metric": "token", "quantity": str(sum(int(row["tokens"]) for row in packs)),
                         "features": "FLEX", "start": "2026-01-01", "end": "2026-12-31", "pool": pool,
                         "sites": "WEST"})
    return rows


def all_tables(estate):
    tables = {kind: list(rows) for kind, rows in estate.tables.items()}
    tables["entitlements"] = entitlements(estate)
    tables["assignments"] = [
        {**row, "assigned": instant_text(row["assigned"]),
         "unassigned": instant_text(row["unassigned"]) if row["unassigned"] else "", "status": "active"}
        for row in estate.assignments]
    tables["directory"] = list(estate.people.values())
    agreement = {"vendor": "V", "customer": "Holm AG", "currency": "EUR", "start": "2025-01-01", "end": "2026-12-31"}
    tables["agreements"] = [
        {"id": "AG1", **agreement, "sites": "NORD;SUED;WEST", "countries": "DE;FR", "entities": "Holm AG;Brandt GmbH",
         "domains": "holm.example;brandt.example", "cadence": "monthly", "due_days": "10", "grace_days": "5",
         "approved_administrators": "4", "class": "commercial", **estate.agreement}]
    extra = tables_agreements(estate)
    for other in ("AG4", "AG5"):
        if any(row["agreement"] == other for row in tables["token_packs"]):
            extra.append({"id": other, **agreement, "sites": "WEST", "class": "commercial"})
    tables["agreements"] += extra
    tables["collections"] = [{"collection": "AECCOL", "product": word} for word in COLLECTION]
    tables["products"] = [{"product": word, "name": name, "vendor": "V", "class": kind, "family": "", "words": ""}
                          for word, (name, kind) in PRODUCTS.items()]
    tables["groups"] = [{"group": "G-CAD", "product": "L04"}, {"group": "G-ENG", "product": "L02"}]
    tables["hosts"] = list(estate.host_rows.values())
    tables["hosts"] += [{**estate.host_rows[host], "host": name} for host, name, _ in estate.names]
    tables["networks"] = [{"cidr": cidr} for cidr in ("10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16")]
    tables["releases"] = [
        {"product": word, "version": str(year), "released": day}
        for word, (_, kind) in PRODUCTS.items() if word not in ("AECCOL", "NINCAD") and kind == "commercial"
        for year, day in ((2019, "2018-03-22"), (2020, "2019-03-27"), (2021, "2020-03-25"), (2022, "2021-03-24"),
                          (2023, "2022-03-28"), (2024, "2023-03-28"), (2025, "2024-03-26"), (2026, "2025-03-26"),
                          (2027, "2026-03-25"))]
    tables["perpetual"] = tables.get("perpetual", []) + [{"product": "ACD", "line": "L08", "host": f"s{i}", "version": "2019", "quantity": "1"}
                           for i in range(11, 19)]
    tables["token_rates"] = [{"product": word, "tokens": tokens, "per": "24h", "source": "demo", "from": "2025-01-01"}
                             for word, tokens in (("ACD", "7"), ("RVT", "10"))]
    tables["licence_files"] = [
        {"server": SERVERS[server][1], "product": "INVPROSA", "count": str(count), "agreement": "AG1"}
        for server, count in estate.served.items()]
    tables["addons"] = [{"product": "INVPROSA", "feature": "NASTRAN", "addon": "NINCAD"}]
    tables["billing"] = [{"order": order, "line": "L01", "product": "AutoCAD", "quantity": str(count), "day": "2025-12-01"}
                         for order, count in estate.orders.items()]
    for user in ("c51", "c53"):  # approved all along; administrators only when planted
        if not any(row["user"] == user for row in tables["approved_administrators"]):
            tables["approved_administrators"].append({"agreement": "AG1", "user": user})
    tables = {kind.replace("_", "-"): rows for kind, rows in tables.items()}
    tables = {kind: [row for row in rows if not estate.withheld(kind, row)] for kind, rows in tables.items()}
    return {kind: rows for kind, rows in tables.items() if rows}


def tables_agreements(estate):
    rows = []
    for row in estate.tables.get("agreements", []):
        row = dict(row)
        row["class"] = row.pop("vendor_class", "commercial")
        rows.append(row)
    return rows


def as_csv(rows):
    columns = []
    for row in rows:
        columns += [name for name in row if name not in columns]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
