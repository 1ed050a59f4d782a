#!/usr/bin/env python3
"""Drives the real programs over what estate.py --out wrote: recorders, stations, bundles by month, the verifier.

  drive.py --bin DIR --estate DIR --work DIR [--ledger FILE] [--skip-delivery SITE:MONTH] [--reversed] [--twice]

Leaves the ledger and the bundles in --work. Progress on standard error."""
import argparse
import glob
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor


BEGIN = "2025-01-01"  # when logs begin and are enrolled


class Road:
    def __init__(self, options):
        self.bin, self.estate, self.work = options.bin, options.estate, options.work
        self.ledger = os.path.join(self.work, "v.db")
        with open(f"{self.estate}/plan.json", encoding="utf-8") as file:
            self.plan = json.load(file)
        self.site_of = {host: site for site, hosts in self.plan["sites"].items() for host in hosts}
        self.began = time.monotonic()
        self.faketime = next(iter(sorted(glob.glob("/usr/lib/*/faketime/libfaketime.so.1"))), None)
        if not self.faketime:
            self.say("no faketime: stations run by today's clock, so nothing can be late")
        self.unsaid = {}  # by site: what it has still to say
        self.packed_on = {(d["site"], d["month"]): d["received"] for d in self.plan["deliveries"]}

    def say(self, text):
        print(f"[{time.monotonic() - self.began:5.1f} s] {text}", file=sys.stderr, flush=True)

    def run(self, program, *words, codes=(0,), when=None):
        """`when`: the day by the clock of the machine that the program runs on, at eight in the morning; or an instant."""
        instant = f"{when} 08:00:00" if len(when or "") == 10 else when
        clock = {"LD_PRELOAD": self.faketime, "FAKETIME": f"@{instant}"} if when and self.faketime else {}
        done = subprocess.run([os.path.join(self.bin, program), *words], capture_output=True, text=True, check=False,
                              env={**os.environ, "TZ": "UTC", **clock})
        if done.returncode not in codes:
            raise RuntimeError(f"{program} {' '.join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def state(self, host):
        return f"{self.work}/hosts/{host}"

    def station(self, site):
        return f"{self.work}/stations/{site}"

    def files(self, folder, ending):
        path = f"{self.estate}/{folder}"
        if not os.path.isdir(path):
            return []
        return sorted(f"{path}/{name}" for name in os.listdir(path) if name.endswith(ending))

    def host(self, host):
        """Events, month by month; the two licence servers also import their debug log of the month."""
        state, segments = self.state(host), f"{self.work}/segments/{host}"
        self.run("tally-recorder", "init", "--state", state, "--site", self.site_of[host], "--label", host.upper(), when=BEGIN)
        events = self.files(f"hosts/{host}", ".events")
        logs = {os.path.basename(path)[:7]: path for path in self.files(f"servers/{host}", ".log")}
        if not logs:
            self.run("demo_feed", state, segments, *events)
            return
        for path in events:
            month = os.path.basename(path)[:7]
            if month in logs:
                self.run("tally-recorder", "import", "flexnet", logs[month], "--zone", "Etc/UTC", "--state", state,
                         when=self.packed_on[(self.site_of[host], month)])
            self.run("demo_feed", state, segments, path)

    def name_of(self, host):
        with open(f"{self.state(host)}/enrolment.json", encoding="utf-8") as file:
            return json.load(file)["host"]

    def speak(self, site, until):
        """What the site says up to that day and has not said yet: it declares, it retires."""
        waiting = self.unsaid.setdefault(site, list(self.plan["words"].get(site, [])))
        while waiting and waiting[0]["at"][:10] <= until:
            said = waiting.pop(0)
            self.run("tally-packager", *said["words"], "--state", self.station(site),
                     when=said["at"].replace("T", " ").rstrip("Z"))

    def site(self, site):
        hosts = self.plan["sites"][site]
        self.run("tally-packager", "site", "init", "--state", self.station(site), "--site", site, when=BEGIN)
        for host in hosts:
            self.run("tally-packager", "site", "enrol", "--state", self.station(site),
                     f"{self.state(host)}/enrolment.json", when=BEGIN)
        for month in self.plan["months"]:
            self.speak(site, self.packed_on[(site, month)])
            folders = [f"{self.work}/segments/{host}/{month}" for host in hosts]
            self.run("tally-packager", "collect", "--state", self.station(site), *filter(os.path.isdir, folders),
                     when=self.packed_on[(site, month)])
            out = f"{self.work}/bundles/{site}/{month}"
            self.run("tally-packager", "pack", "--state", self.station(site), "--agreement", "AG1", "--out", out,
                     when=self.packed_on[(site, month)])

    def bundle(self, delivery):
        folder = f"{self.work}/bundles/{delivery['site']}/{delivery['month']}"
        return next(f"{folder}/{name}" for name in sorted(os.listdir(folder)) if name.endswith(".tally"))

    def trust(self):
        for site in self.plan["sites"]:
            shown = json.loads(self.run("tally-packager", "site", "show", "--state", self.station(site), "--json"))
            self.run("tally-verifier", "trust", "add", f"{self.station(site)}/SITE.jsonl", "--fingerprint",
                     shown["fingerprint"], "--ledger", self.ledger)

    def accept(self, deliveries):
        for delivery in deliveries:
            self.run("tally-verifier", "accept", self.bundle(delivery), "--received", delivery["received"],
                     "--ledger", self.ledger, codes=(0, 3, 5))

    def tables(self):
        for path in self.files("tables", ".csv"):
            kind = os.path.basename(path)[:-4]
            self.run("tally-verifier", "import", kind, path, "--ledger", self.ledger, codes=(0, 5))

    def reconcile(self, *words):
        return self.run("tally-verifier", "reconcile", "--ledger", self.ledger, "--as-of", "2026-03-31", "--fold-case",
                        "--json", *words, codes=(0, 3, 4))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--bin", "--estate", "--work"):
        parser.add_argument(name, required=True)
    parser.add_argument("--parallel", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--skip-delivery", action="append", default=[], help="SITE:MONTH, a bundle that is lost")
    parser.add_argument("--twice", action="store_true", help="deliver every bundle twice")
    options = parser.parse_args()
    road = Road(options)
    shutil.rmtree(road.work, ignore_errors=True)
    os.makedirs(road.work)
    with ThreadPoolExecutor(options.parallel) as pool:
        road.say(f"{len(road.site_of)} recorders, {len(road.plan['months'])} months")
        list(pool.map(road.host, road.site_of))
        road.say(f"{len(road.plan['sites'])} stations collect and pack")
        list(pool.map(road.site, road.plan["sites"]))
    road.say("the verifier accepts the bundles")
    road.trust()
    deliveries = [d for d in road.plan["deliveries"] if f"{d['site']}:{d['month']}" not in options.skip_delivery]
    road.accept(deliveries)
    road.say("tables, then reconciling")
    road.tables()
    outcome = road.reconcile()
    with open(f"{road.work}/outcome.json", "w", encoding="utf-8") as file:
        file.write(outcome)
    if options.twice:
        road.say("every bundle and every table once more")
        road.accept(deliveries)
        road.tables()
        if road.reconcile() != outcome:
            raise RuntimeError("the same evidence delivered twice gives another outcome")
    road.say("done")


if __name__ == "__main__":
    main()
