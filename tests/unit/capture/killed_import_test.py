#!/usr/bin/env python3
"""An import that is killed (SIGKILL) at random moments, again and again, and then run to its end records the same lines
as one that was never disturbed, and the log still proves itself. The seed is printed; give it to repeat a run.
usage: killed_import_test.py TALLY_RECORDER DATA_FOLDER [SEED]"""
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

RECORDER, DATA = sys.argv[1], pathlib.Path(sys.argv[2])
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 32)
KILLS = 400 if os.environ.get("TALLY_FULL") == "1" else 25
LOGS = [str(DATA / name) for name in ("adskflex-first-14-days.log", "maplelmg.log", "synthetic.log")]
OF_THE_MOMENT = ("seq", "boot", "up", "wall")


def run(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout


def import_words(state):
    return [RECORDER, "import", "flexnet", *LOGS, "--zone", "Europe/Madrid", "--state", str(state)]


def events(state):
    lines = (json.loads(line) for line in run(RECORDER, "log", "--state", state, "--json").splitlines())
    kept = [line for line in lines if line["t"] not in ("seal", "import", "clock", "genesis")]
    return sorted(json.dumps({key: line[key] for key in line if key not in OF_THE_MOMENT}, sort_keys=True) for line in kept)


def main():
    print("seed", SEED)
    chance = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        whole, torn = pathlib.Path(folder) / "whole", pathlib.Path(folder) / "torn"
        run(RECORDER, "init", "--state", whole, "--site", "TEST", "--label", "TEST")
        shutil.copytree(whole, torn)  # the same keys, so the same ids
        begin = time.monotonic()
        run(*import_words(whole))
        length = time.monotonic() - begin
        killed = 0
        for _ in range(KILLS):
            process = subprocess.Popen(import_words(torn), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, length * 1.2))
            process.kill()
            killed += process.wait() == -9
        done = subprocess.run(import_words(torn), capture_output=True, text=True)
        assert done.returncode in (0, 5), done.stderr
        assert events(torn) == events(whole), "the lines differ"
        assert len([1 for line in run(RECORDER, "log", "--state", torn, "--json").splitlines() if '"t":"import"' in line]) == 3
        run(RECORDER, "verify", "--state", torn)
        print(f"killed {killed} of {KILLS}; {len(events(whole))} lines agree")


main()
