"""The whole evidence at another date: every instant and every day of a stream, moved by so many weeks.

1461 weeks are 28 years, after which months, weekdays and leap years come again: everything must be found as before. By
any other number of weeks only what no rule ties to calendar months may be compared."""
import datetime
import re

DAY = 86400
FULL_TURN = 1461  # weeks
# Rules of complete calendar months and of due days after a month's end.
BY_MONTHS = {"LOW_FREQ", "LOW_ADOPTION", "DUPLICATE_TOOL", "OUTLIER_VERSION", "LATE", "NIL_RETURN", "PERIOD_MISSING"}
# Cells of each row that are instants.
INSTANTS = {"host": [4], "name": [5], "s": [15, 16, 17, 18], "refusal": [6], "installed": [4, 5], "gap": [3, 4],
            "step": [2], "declared": [5, 6], "delivery": [4, 5]}


class Later:
    """A stream that writes what it is given to another one, so many weeks later."""

    def __init__(self, out, weeks):
        self.out, self.days = out, 7 * weeks

    def day(self, found):
        return (datetime.date.fromisoformat(found.group()) + datetime.timedelta(self.days)).isoformat()

    def line(self, text):
        cells = text.split("\t")
        if cells[0] == "heard":
            cells[2] = ";".join(str(int(day) + self.days) for day in cells[2].split(";"))
        for place in INSTANTS.get(cells[0], ()):
            cells[place] = str(int(cells[place]) + self.days * DAY) if cells[place] else ""
        if cells[0] == "s" and cells[20]:
            cells[20] = ";".join("-".join(str(int(end) + self.days * DAY) for end in span.split("-"))
                                 for span in cells[20].split(";"))
        return "\t".join(cells)

    def write(self, text):
        if text.startswith(("table\t", "days\t")):
            head, _, rest = text.partition("\n")
            moved = re.sub(r"\b\d{4}-\d\d-\d\d", self.day, rest if head.startswith("table\t") else head)
            self.out.write(f"{head}\n{moved}" if head.startswith("table\t") else f"{moved}\n")
        else:
            self.out.write("".join(self.line(line) + "\n" for line in text.split("\n")[:-1]))


def row_later(row, weeks):
    """A row of the answer key, so many weeks later."""
    return {**row, **{name: row[name] and row[name] + 7 * weeks * DAY for name in ("from", "to")}}
