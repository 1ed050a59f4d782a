#!/usr/bin/env python3
"""The lines that drive.py has driven, cut into other bundles by other stations: `other_cuts.py --bin DIR --estate DIR
--work DIR`. The findings must be the same.

2025 goes into three bundles instead of twelve, of the first two every other host brings a month less, and each is cut into
volumes, of which the last one comes first. Of 2026 each month goes into two bundles: some hosts, then the others. The
verifier receipts what it took, so that a bundle begins where the last receipt ends, in the middle of a log; every third
receipt is lost, and the next bundle holds its lines again."""
import argparse
import glob
import json
import os
import shutil
import sys

from drive import BEGIN, Road
from other_deliveries import findings

VOLUME = "524288"  # bytes


class OtherCuts(Road):
    def __init__(self, options):
        super().__init__(options)
        self.cuts = os.path.join(self.work, "cuts")
        shutil.rmtree(self.cuts, ignore_errors=True)
        os.makedirs(self.cuts)
        self.ledger = f"{self.cuts}/v.db"
        self.volumes = self.receipts = 0
        self.run("tally-verifier", "keys", "new", f"{self.cuts}/verifier")

    def station(self, site):
        return f"{self.cuts}/{site}"

    def found(self, site):
        self.run("tally-packager", "site", "init", "--state", self.station(site), "--site", site, when=BEGIN)
        self.run("tally-packager", "site", "revise", "--state", self.station(site), "--add-verifier",
                 f"{self.cuts}/verifier.pub", when=BEGIN)
        self.run("tally-packager", "site", "sign", "--state", self.station(site), when=BEGIN)
        for host in self.plan["sites"][site]:
            self.run("tally-packager", "site", "enrol", "--state", self.station(site),
                     f"{self.state(host)}/enrolment.json", when=BEGIN)

    def plan_of(self, site):
        """(months of each host that are collected, the day, what `pack` is asked for), in order."""
        hosts, months = self.plan["sites"][site], self.plan["months"]
        arrived = dict.fromkeys(hosts, 0)

        def up_to(month, who, less=0):
            until = months.index(month) + 1 - less
            more = {host: months[arrived[host]:until] for host in who}
            arrived.update({host: max(arrived[host], until) for host in who})
            return more
        for turn, month in enumerate(("2025-04", "2025-09")):
            behind = hosts[turn::2]
            yield {**up_to(month, [h for h in hosts if h not in behind]), **up_to(month, behind, less=1)}, month, VOLUME
        yield up_to("2025-12", hosts), "2025-12", VOLUME
        for month in months[months.index("2025-12") + 1:]:
            yield up_to(month, hosts[::3]), month, ""
            yield up_to(month, hosts), month, ""

    def pack(self, site, number, collected, month, volume):
        day = self.packed_on[(site, month)]
        self.speak(site, day)
        folders = [f"{self.work}/segments/{host}/{each}" for host, many in collected.items() for each in many]
        self.run("tally-packager", "collect", "--state", self.station(site), *filter(os.path.isdir, folders), when=day)
        out = f"{self.cuts}/bundles/{site}/{number:02}"
        self.run("tally-packager", "pack", "--state", self.station(site), "--agreement", "AG1", "--out", out,
                 *(["--volume-size", volume] if volume else []), when=day)
        return sorted(glob.glob(f"{out}/*.tally"))

    def deliver(self, site, files, day):
        self.volumes += len(files)
        for part in ([files[-1:], files[:-1]] if len(files) > 1 else [files]):
            self.run("tally-verifier", "accept", *part, "--received", day, "--ledger", self.ledger, codes=(0, 3, 5))
        self.receipts += 1
        letters = f"{self.cuts}/letters/{site}"
        self.run("tally-verifier", "receipt", "issue", "--ledger", self.ledger, "--key", f"{self.cuts}/verifier.key",
                 "--agreement", "AG1", "--site", site, "--out", letters, when=day)
        if self.receipts % 3 == 0:
            shutil.rmtree(letters)  # lost on its way back
            return
        self.run("tally-packager", "receipt", "import", "--state", self.station(site), letters, when=day, codes=(0, 3))

    def drive(self):
        for site in self.plan["sites"]:
            self.found(site)
        self.trust()
        bundles = 0
        for site in self.plan["sites"]:
            for number, (collected, month, volume) in enumerate(self.plan_of(site), 1):
                files = self.pack(site, number, collected, month, volume)
                self.deliver(site, files, self.packed_on[(site, month)])
                bundles += 1
        self.tables()
        return json.loads(self.reconcile()), bundles


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--bin", "--estate", "--work"):
        parser.add_argument(name, required=True)
    options = parser.parse_args()
    with open(f"{options.work}/outcome.json", encoding="utf-8") as file:
        before = findings(json.load(file))
    road = OtherCuts(options)
    outcome, bundles = road.drive()
    after = findings(outcome)
    faults = [f"{name}: {before.get(name)} became {after.get(name)}"
              for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    if road.volumes <= bundles:
        faults.append("no bundle has more than one volume")
    print("\n".join(faults) or f"{bundles} bundles in {road.volumes} files instead of {len(road.plan['deliveries'])}: "
          f"the same {len(after)} findings")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
