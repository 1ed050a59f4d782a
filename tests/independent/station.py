"""What the station's lines say, held against the manifest and the other logs: docs/formats/bundle.md, The station's
lines; docs/reference/findings.md, What the site says of its reports."""


import reading


class Words:
    """`volume`: its logs as they were read. `arrived` of the memory: {log: {size: root}}."""

    def __init__(self, check, volume):
        self.find, self.manifest, self.memory, self.reading = check.find, check.manifest, check.memory, volume
        self.waiting, self.accepted = check.waiting, check.accepted
        self.hosts = [log for log in volume.logs if log is not volume.station]

    def run(self):
        station = self.reading.station
        for log in self.reading.logs:
            self.check_clock(log)
            if log is not self.reading.station:
                self.check_names(log)
            if not self.waiting and log.proved and log.complete() and log.next == log.accepted:
                self.find("HOST_SILENT", "no new line", "note", host=log.host)
        if station:
            self.check_reports(station)
            for record in self.reading.of_station("enrol"):
                if not reading.enrols(record):
                    self.find("HOST_UNKNOWN", "an enrolment whose key does not give the log's name", seq=record["seq"])
        if station and station.complete():
            self.check_before()
            if station.proved:
                self.check_export()
        if self.waiting:
            return
        if not station or station.proved:
            self.check_arrivals()
        for host in self.reading.enrolments():
            if host not in self.reading.row_of:
                self.find("HOST_SILENT", "enrolled and not listed", "warn", host=host)

    def check_clock(self, log):
        if log.records and "replaces" in log.records[0]:
            self.find("LOG_REPLACED", "takes the place of another log", host=log.host)
        for before, after in zip([None] + log.records, log.records):
            if clock_stepped(before, after) and after["seq"] >= log.accepted:
                self.find("CLOCK_STEP", "its clock moved", host=log.host, seq=after["seq"])

    def check_names(self, log):
        """Names under a later secret than the first, where it differs from that of the line before."""
        epoch = 1
        for record in (record for record in log.records if record["t"] == "policy"):
            if record["epoch"] not in (1, epoch) and record["seq"] >= log.accepted:
                self.find("PSEUDONYM_EPOCH", "names of another epoch", host=log.host, seq=record["seq"])
            epoch = record["epoch"]

    def check_reports(self, station):
        """What the site says of its own reports, and sessions in a time of which it says that there were none."""
        nil = []
        for record in [*self.reading.of_station("declare"), *self.reading.of_station("amend")]:
            code = "AMENDED" if record["t"] == "amend" else "NIL_RETURN" if record["kind"] == "nil" else None
            if code and record["seq"] >= station.accepted:
                self.find(code, record["reason"], seq=record["seq"])
            everything = "products" not in record and (record["agreement"] == "" or record.get("sessions") == 0)
            if code == "NIL_RETURN" and record["about"] == "" and everything and "to" in record:
                nil.append((record["from"], record["to"]))
        for log in self.hosts:
            began = [(record.get("at", record.get("at_from")), record.get("at", record.get("at_to")))
                     for record in log.records if record["t"] == "start"]
            if any(since <= first and last < until for first, last in began for since, until in nil):
                self.find("NIL_CONTRADICTED", "a session in a time of none", host=log.host)

    def check_export(self):
        """The line of the station that began this export, the newest one of this number."""
        manifest = self.manifest
        name = (manifest["agreement"], manifest["n"])
        begun = [record for record in self.reading.of_station("export") if (record["agreement"], record["n"]) == name]
        if not begun:
            self.find("ANCHOR_MISMATCH", "the station began no such export", host=self.reading.station.host)
            return
        export = begun[-1]
        told = (export["label"], export["wall"], export["level"], export["zstd"], export.get("until"))
        stated = (manifest["label"], manifest["created"], manifest["zstd"]["level"], manifest["zstd"]["version"],
                  manifest.get("until"))
        if told != stated:
            self.find("ANCHOR_MISMATCH", f"the station began it as {told}, the manifest says {stated}",
                      seq=export["seq"])
        self.check_predecessor()

    def check_before(self):
        """The bundle of the number before was accepted, or the station has begun that number and not finished it."""
        n, accepted = self.manifest["n"] - 1, self.accepted(self.manifest["n"] - 1).values()
        if n == 0 or self.manifest.get("previous") in accepted:
            return
        begun, finished = ({(record["agreement"], record["n"]) for record in self.reading.of_station(type_)}
                           for type_ in ("export", "exported"))
        given_up = not accepted and (self.manifest["agreement"], n) in begun - finished
        self.find("BUNDLE_MISSING", f"bundle {n} was not accepted here, or was another one",
                  "note" if given_up else "warn")

    def check_predecessor(self):
        manifest = self.manifest
        digests = dict(self.memory["exported"].get(manifest["agreement"], {}))
        for record in self.reading.of_station("exported"):
            if record["agreement"] == manifest["agreement"]:
                digests[str(record["n"])] = record["digests"]
        expected = digests.get(str(manifest["n"] - 1))
        if expected and manifest.get("previous") not in expected:
            self.find("ANCHOR_MISMATCH", "the station made another export before this one")

    def arrivals(self):
        """{log: {size: root}} of this volume and of all before."""
        told = {host: dict(ends) for host, ends in self.memory["arrived"].items()}
        for record in self.reading.of_station("arrived"):
            told.setdefault(record["log"], {}).setdefault(str(record["next"]), record["root"])
        return told

    def check_arrivals(self):
        by_host = {log.host: log for log in self.hosts}
        new = [(record["log"], record["next"], record["root"]) for record in self.reading.of_station("arrived")]
        kept = [(host, int(size), root) for host, ends in self.memory["arrived"].items()
                for size, root in ends.items()]
        for host, size, root in new + kept:
            log = by_host.get(host)
            if log and log.proved and size in log.root_at and size > log.first:
                if log.root_at[size] != root or size not in log.seal_ends:
                    self.find("ANCHOR_MISMATCH", "another tree than the one that arrived", host=host, seq=size)
        for host, size, root in new + kept:
            known = self.memory["logs"].get(host)
            if known and host in by_host and size <= by_host[host].first:
                if {**known["ends"], str(known["size"]): known["root"]}.get(str(size), root) != root:
                    self.find("ANCHOR_MISMATCH", "another tree than the one accepted", host=host, seq=size)
        for log in self.hosts:
            if log.proved and log.complete():
                accepted = self.memory["logs"].get(log.host, {}).get("size", 0)
                self.check_end(log, {size for host, size, _ in new if host == log.host}
                               | {size for host, size, _ in kept if host == log.host and size > accepted})

    def check_end(self, log, ends):
        """Whether the log was cut where the station says that its newest lines ended, or where `until` asks for it."""
        until, end = self.manifest.get("until"), log.row["next"]
        wall = log.records[-1]["wall"] if log.records else (log.remembered or {}).get("wall", 0)
        if max(ends, default=0) > end and not (until is not None and wall >= until):
            self.find("SEQUENCE_GAP", "the station has more of its lines", "warn", host=log.host)
        covered = end in ends or until is not None and max(ends, default=0) > end
        if log.fresh() and not covered:
            self.find("ANCHOR_MISMATCH", "nothing tells that its newest lines arrived", "warn", host=log.host)


def clock_stepped(before, after):
    """Whether the recorder says so, or two lines that follow each other show it."""
    if after["t"] == "clock":
        return True
    if not before:
        return False
    if before["boot"] != after["boot"]:
        return after["wall"] < before["wall"]
    return abs((after["wall"] - before["wall"]) - (after["up"] - before["up"])) > 2000
