#!/usr/bin/env python3
"""Judges variants by the short road and prints for each what was expected and what came: `isolation.py PROGRAM
[--only P07 ...] [--seed N] [--all] [--hold NAME ...] [--brief]`.

Exit code 0 when every judged variant is as the answer key says."""
import argparse
import contextlib
import json
import subprocess
import sys
import threading

import compare
import estate
import evidence


def judge(program, named):
    """{name: outcome} of [(name, estate, ...)], one process for all; a third part are values to judge it with as well,
    as [(name, settings)]."""
    process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def feed():
        try:
            for name, made, *values in named:
                evidence.stream(name, made(), process.stdin, *values)
        except BrokenPipeError:
            pass  # the program has said why it ended
        finally:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
    feeder = threading.Thread(target=feed)
    feeder.start()
    outcomes = {}
    for line in process.stdout:
        name, text = line.split("\t", 1)
        outcomes[name] = json.loads(text)
    feeder.join()
    assert process.wait() == 0, "the short road failed"
    return outcomes


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--only", action="append")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--brief", action="store_true")
    options = parser.parse_args()
    rows = {}

    def maker(name, names):
        def made():
            variant = estate.make(names, options.seed)
            rows[name] = variant.rows
            return variant
        return made
    wanted = [[name] for name in options.only] if options.only else estate.variants()
    named = [("+".join(names), maker("+".join(names), names)) for names in wanted]
    if options.all or not options.only:
        named.append(("all", maker("all", estate.everything())))
    outcomes = judge(options.program, named)
    good = 0
    for name, _ in named:
        texts = compare.differences(rows[name], outcomes[name]["findings"])
        good += not texts
        print(f"{name:6} {'as expected' if not texts else 'DIFFERS'} ({len(rows[name])} rows)")
        if not options.brief:
            for text in texts:
                print("       " + text)
    print(f"{good} of {len(named)} variants as expected")
    sys.exit(0 if good == len(named) else 1)


if __name__ == "__main__":
    main()
