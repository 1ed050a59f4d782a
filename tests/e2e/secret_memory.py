#!/usr/bin/python3
"""Looks into the memory of a program that waits for the rest of a passphrase: secrets lie nowhere but in pages that are
locked (not swapped) and left out of core files.

    secret_memory.py PASSPHRASE SECRET… -- COMMAND…      `--passphrase-fd N` is added; SECRET in hex

Ends with 77 where this machine does not let one look."""
import os
import re
import signal
import subprocess
import sys
import time


def mappings(pid):
    """(first, end, flags, name) of all that can be read."""
    found = []
    with open(f"/proc/{pid}/smaps", encoding="ascii", errors="replace") as smaps:
        for line in smaps:
            head = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)", line)
            if head:
                found.append([int(head[1], 16), int(head[2], 16), head[3], set(), head[4]])
            elif line.startswith("VmFlags:"):
                found[-1][3] = set(line.split()[1:])
    return [(first, end, flags, name) for first, end, mode, flags, name in found
            if mode.startswith("r") and name not in ("[vvar]", "[vsyscall]", "[vvar_vclock]")]


def places(pid, secret):
    """Of each occurrence the flags and the name of its mapping."""
    found = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for first, end, flags, name in mappings(pid):
            try:
                memory.seek(first)
                bytes_of = memory.read(end - first)
            except OSError:
                continue
            found += [(flags, name or "heap of its own")] * bytes_of.count(secret)
    return found


def main():
    split = sys.argv.index("--")
    passphrase = sys.argv[1].encode()
    secrets = {"the passphrase": passphrase}
    for text in sys.argv[2:split]:
        secrets[f"secret {text[:6]}…"] = bytes.fromhex(text)
    reading, writing = os.pipe()
    program = subprocess.Popen([*sys.argv[split + 1:], "--passphrase-fd", str(reading)], pass_fds=(reading,),
                               stdin=subprocess.DEVNULL)
    os.close(reading)
    os.write(writing, passphrase)
    try:
        for _ in range(400):
            if places(program.pid, passphrase) or program.poll() is not None:
                break
            time.sleep(0.05)
    except PermissionError:
        print("skip: this machine does not let one look into a program's memory")
        return 77
    os.kill(program.pid, signal.SIGSTOP)
    failed = 0
    for name, secret in secrets.items():
        seen = places(program.pid, secret)
        bare = [where for flags, where in seen if not {"lo", "dd"} <= flags]
        if not seen or bare:
            failed += 1
            print(f"{name}: {len(seen)} times in memory, of these not locked: {bare}")
    with open(f"/proc/{program.pid}/status", encoding="ascii") as status:
        locked = int(re.search(r"VmLck:\s+(\d+)", status.read())[1])
    os.kill(program.pid, signal.SIGCONT)
    os.write(writing, b"\n")
    os.close(writing)
    program.wait()
    print(f"{len(secrets)} secrets, {failed} of them not only in locked memory; {locked} kB locked")
    return 1 if failed or locked == 0 or program.returncode != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
