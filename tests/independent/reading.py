"""Which line of a bundle belongs to which log: docs/formats/bundle.md, LINES and Volumes."""
import container
import logs
import signatures
from canonical import Defect, is_hex, require, well_formed


def enrols(record):
    """Whether an `enrol` line names a log by its key."""
    return (is_hex(record["key"], 64) and logs.name_of_log(record["key"]) == record["log"]
            and signatures.acceptable_point(bytes.fromhex(record["key"])))


class Reading:
    """Takes the lines of one volume, log after log. `logs` are those that this volume holds or ends, in their order."""

    def __init__(self, check, rows):
        self.check, self.manifest, self.rows = check, check.manifest, rows
        self.row_of = {row["host"]: index for index, row in enumerate(rows)}
        self.last_volume = self.manifest["volume"]["k"] == self.manifest["volume"]["n"]
        self.logs, self.station, self.turn = [], None, []

    def run(self, archive):
        begun = False
        if self.rows[0]["host"] != logs.name_of_log(self.check.site.log):
            self.check.find("HOST_UNKNOWN", "the first row is not that of the station's log", member="HOSTS.jsonl")
        for line, place in self.lines_of(archive):
            record = self.check.attempt(logs.parse_line, line, **place)
            if not begun:
                begun = True
                self.begin(record)
            self.place(line, record, place)
        if not begun and self.manifest["volume"]["k"] == 1:
            self.begin(None)
        self.end()

    # -- members -------------------------------------------------------------------------------------------------

    def lines_of(self, archive):
        """(line, place) of all members; finds what is wrong with a member on the way."""
        previous = 0
        level, version = self.manifest["zstd"]["level"], self.manifest["zstd"]["version"]
        comparable = version == container.zstd_version()
        if level and not comparable:
            self.check.find("ENCODING_UNCHECKED", f"made with zstd {version}")
        for member in self.manifest["members"][2:]:
            name, content = member["name"], archive.members[member["name"]]
            if container.digest(content) != member["sha256"]:
                continue
            if level:
                content = self.unpacked(content, member, comparable and level)
            if content is None:
                self.check.intact = False
                continue
            if not content.endswith(b"\n"):
                self.check.find("TRUNCATED", "the last line has no line end", member=name)
            lines = content.removesuffix(b"\n").split(b"\n")
            if previous and previous + len(lines[0]) + 1 <= container.LINES_LIMIT:
                self.check.find("NON_CANONICAL", "the member before is not as full as it could be", member=name)
            previous = len(content)
            for number, line in enumerate(lines, 1):
                yield line, {"member": name, "line": number}

    def unpacked(self, frame, member, level):
        """level: to compress it with again and compare; 0 when the library is another one."""
        content = self.check.attempt(container.decompress, frame, member["raw"], member=member["name"])
        if content is not None and level and container.compress(content, level) != frame:
            self.check.find("NON_CANONICAL", "compressed another way", member=member["name"])
            return None
        return content

    # -- where a volume begins and ends --------------------------------------------------------------------------

    def begin(self, record):
        """Finds the log with which this volume begins, from its first line, and which rows it is to go through."""
        first_with_lines = next((i for i, row in enumerate(self.rows) if row["first"] < row["next"]), 0)
        start = first_with_lines
        if self.manifest["volume"]["k"] > 1 and record:
            start = self.row_of.get(record["host"], start)
            self.check.attempt(self.check_beginning, record, start, first_with_lines)
        cut = self.manifest.get("cut")
        self.cut = cut if cut and self.rows[start]["host"] == cut["host"] else None
        quiet_too = self.last_volume and not self.check.waiting
        self.turn = [i for i, row in enumerate(self.rows) if (i >= start if row["first"] < row["next"] else quiet_too)]
        if not self.check.waiting and not self.check.mixed:
            for row in self.rows[:start]:
                known = self.check.memory["logs"].get(row["host"], {"size": 0})["size"]
                if row["first"] < row["next"] > known:
                    self.check.find("SEQUENCE_GAP", f"the volumes up to this one end with {known} lines",
                                    host=row["host"])

    def check_beginning(self, record, start, first_with_lines):
        """Of a later volume: as its cut says, or with the first line of a row but the first."""
        row, cut = self.rows[start], self.manifest.get("cut")
        if cut:
            own = self.rows[self.row_of[cut["host"]]] if cut["host"] in self.row_of else None
            well_formed(own and own["first"] < cut["first"] < own["next"], "a cut that is not inside of a log's lines")
            well_formed((record["host"], record["seq"]) == (cut["host"], cut["first"]),
                        "a cut at another line than the first")
        else:
            well_formed(record["seq"] == row["first"], "begins inside of a log, and no cut says how")
            well_formed(start != first_with_lines, "a later volume that begins where the export begins")

    def end(self):
        while self.turn and (self.last_volume or not self.logs):
            self.go_on()
        if not self.check.waiting:
            self.check_order()
        if not self.logs:  # a later volume of which no line could be read
            return
        if self.last_volume:
            self.close_log()
            return
        self.close_log(cut_here=True)
        if self.logs[-1].complete() and not self.turn:
            self.check.find("NON_CANONICAL", "ends where the export ends, and is not the last volume")

    # -- logs ----------------------------------------------------------------------------------------------------

    def go_on(self):
        """Ends the log at hand and begins the next one."""
        if self.logs:
            self.close_log()
        index = self.turn.pop(0)
        row = self.rows[index]
        if index and (self.station or not self.logs):
            self.check_order()
        cut = self.cut if self.cut and self.cut["host"] == row["host"] else None
        known = self.check.memory["logs"].get(row["host"])
        key = self.key_of(index, (cut or row)["first"], known)
        log = logs.Log(row, key, known, "recorder" if index else "station", cut)
        self.logs.append(log)
        if index == 0:
            self.station = log
        unknown = key is None and not self.check.waiting
        if unknown or not index and logs.name_of_log(self.check.site.log) != row["host"]:
            log.proved = False
            if index and (not self.station or self.station.proved):
                self.check.find("HOST_UNKNOWN", "a log that the station does not enrol", host=row["host"])
        elif log.misplaced():
            log.proved = False
            self.check.find(log.misplaced().code, log.misplaced().what, host=row["host"])
        log.proved = log.proved and self.check.intact

    def key_of(self, index, first, known):
        """The first key that vouches for a log; None when nothing here does, or when what would lead from it to line
        `first` was not accepted yet."""
        if self.check.waiting and first > (known["size"] if known else 0):
            return None
        host = self.rows[index]["host"]
        return self.enrolments().get(host, {}).get("key") if index else self.check.site.log

    def enrolments(self):
        enrolled = dict(self.check.memory["enrolled"])
        for record in self.of_station("enrol"):
            if enrols(record):
                enrolled.setdefault(record["log"], {"key": record["key"], "label": record["label"]})
        return enrolled

    def of_station(self, type_):
        return [record for record in self.station.records if record["t"] == type_] if self.station else []

    def check_order(self):
        """Once the station's lines were read: rows in the order of their enrolment."""
        if self.ordered:
            return
        self.ordered = True
        order = list(self.enrolments())
        places = [order.index(row["host"]) for row in self.rows[1:] if row["host"] in order]
        if places != sorted(places):
            self.check.find("NON_CANONICAL", "logs in another order than they were enrolled", member="HOSTS.jsonl")

    ordered = False

    def close_log(self, cut_here=False):
        log = self.logs[-1]
        log.proved = log.proved and self.check.intact
        for defect in log.finish(cut_here):
            self.check.find(defect.code, defect.what, host=log.host)
            log.proved = log.proved and defect.code == "REPLAY"

    def place(self, line, record, place):
        """Gives a line to its log: the current one, or one further on when the current one is through."""
        if not self.logs:
            self.go_on()
        log = self.logs[-1]
        further = [self.rows[index]["host"] for index in self.turn]
        if record is None:  # nothing tells whose line it is: the log that has a line missing here
            whole = log.seen >= log.row["next"] - log.first
            host = further[0] if whole and further else log.host
        else:
            host = record["host"]
        while host in further and self.logs[-1].host != host:
            self.go_on()
        log = self.logs[-1]
        log.seen += 1
        if record is None:
            log.proved = False
        if log.proved:
            place = {"host": host, "seq": record["seq"], **place}
            try:
                self.take(log, line, record)
            except Defect as defect:
                log.proved = False
                self.check.find(defect.code, defect.what, **place)

    def take(self, log, line, record):
        require(record["host"] in self.row_of, "HOST_UNKNOWN", "a line of a log that has no row")
        well_formed(record["host"] == log.host, "a line behind those of a later log")
        require(record["seq"] <= log.next, "SEQUENCE_GAP", f"line {log.next} is missing")
        well_formed(record["seq"] == log.next, "a line again")
        well_formed(log.next < log.row["next"], "more lines than the row states")
        log.take(line, record)
