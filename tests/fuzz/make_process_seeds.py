#!/usr/bin/python3
"""Writes the seeds of processes: messages of the process connector (linux/cn_proc.h), texts of /proc (proc(5)), records
of wtmp (utmp(5)). The first byte of each says which."""
import pathlib
import struct

FOLDER = pathlib.Path(__file__).resolve().parent / "corpus/processes"


def message(what, body=(), cpu=0, sequence=1, ns=5_000_000_000, length=None, kind=3, group=1, inner=None):
    event = struct.pack("<IIQ", what, cpu, ns) + b"".join(struct.pack("<I", word) for word in (*body, 0, 0, 0, 0, 0, 0)[:6])
    connector = struct.pack("<IIIIHH", group, 1, sequence, 0, len(event) if inner is None else inner, 0) + event
    return struct.pack("<IHHII", 16 + len(connector) if length is None else length, kind, 0, 0, 0) + connector


def stat(name="acad", pid="4711", state="S", parent="12", start="169477", middle="4711 4711 34816 4711 4194304 1 0 0 0 5 6 0 0 20 0 3 0"):
    return f"{pid} ({name}) {state} {parent} {middle} {start} 1000 200 18446744073709551615 1 1 0\n".encode()


def record(kind, user, at):
    return struct.pack("<hxxi32s4s32s256shhiii16s20x", kind, 1, b"~", b"~~", user, b"6.1.0", 0, 0, 0, at, 0, b"")


EXEC = message(2, (30, 31))
events = {
    "fork": message(1, (10, 10, 20, 20)), "thread": message(1, (10, 10, 21, 10)), "exec": EXEC, "exit": message(1 << 31, (40, 41, 0x8B, 17)),
    "core": message(1 << 30, (40, 41)), "uid": message(4, (40, 41, 0, 0)), "comm": message(0x200, (40, 41)), "ack": message(0, (0,), cpu=2**32 - 1),
    "ack_error": message(0, (1,)), "unknown": message(0x400, (1, 2)), "two_kinds": message(3, (1, 2)), "three": EXEC * 3, "gap": EXEC + message(2, (30, 31), sequence=9),
    "wrap": message(2, (1, 1), sequence=2**32 - 1) + message(2, (1, 1), sequence=0), "back": message(2, (1, 1), sequence=5) + message(2, (1, 1), sequence=4),
    "two_cpus": EXEC + message(2, (1, 1), cpu=1, sequence=900) + message(2, (1, 1), cpu=1, sequence=903), "latest": message(2, (1, 1), ns=2**64 - 1),
    "negative": message(2, (2**32 - 1, 2**31)), "no_length": message(2, length=0), "short_length": message(2, length=15), "long_length": message(2, length=2**32 - 1),
    "error": message(2, kind=2), "other_group": message(2, group=2), "inner_long": message(2, inner=2**16 - 1), "inner_short": message(2, inner=15), "inner_exec": message(2, inner=23),
    "inner_exit": message(1 << 31, inner=27), "inner_fork": message(1, inner=31), "cut": EXEC[:-1], "head": EXEC[:16], "half": EXEC + EXEC[:30], "nothing": b""}
texts = {
    "stat": stat(), "stat_name": stat(") R 1 1 1"), "stat_lines": stat("a\nb"), "stat_empty": stat(""), "stat_open": stat("(((("), "stat_zombie": stat(state="Z"),
    "stat_negative": stat(middle="0 0 0 -1 4194304 1 0 0 0 5 6 0 0 20 -19 3 0"), "stat_pid_0": stat(pid="0"), "stat_pid_large": stat(pid="99999999999"), "stat_pid_minus": stat(pid="-3"),
    "stat_start_minus": stat(start="-1"), "stat_start_large": stat(start="18446744073709551616"), "stat_short": stat()[:50], "stat_word": stat(middle="x"), "stat_state_2": stat(state="SS"),
    "stat_no_name": b"1 S 2 3", "stat_long": stat("x" * 1100), "uid": b"Name:\tacad\nUmask:\t0022\nUid:\t1000\t1000\t1000\t1000\nGid:\t5\t5\t5\t5\n", "uid_name": b"Name:\tUid:\t7\nUid:\t8\t8\t8\t8\n",
    "uid_none": b"Name:\tacad\n", "uid_text": b"Uid:\tx\t1\n", "uid_large": b"Uid:\t4294967296\t1\n", "uid_cut": b"Uid:\t5", "loginuid": b"1000", "loginuid_line": b"0\n", "loginuid_unset": b"4294967295",
    "loginuid_zeros": b"0001", "arguments": b"acad\0/product\0C3D\0", "arguments_spaces": b"a\0b c\0\0d\0", "arguments_long": b"x" * 5000, "arguments_no_end": b"/usr/bin/maya", "arguments_nuls": b"\0" * 40,
    "arguments_quotes": b'a\0"b c"\0"\0', "deleted": b"/opt/maya2024/bin/maya.bin (deleted)", "deleted_only": b" (deleted)", "empty": b""}
BOOT, STOP = record(2, b"reboot", 700), record(1, b"shutdown", 500)
boots = {
    "boot": BOOT, "stop_boot": STOP + BOOT, "boot_stop": BOOT + STOP, "stops": STOP * 2 + BOOT * 2, "runlevel": record(1, b"runlevel", 500) + BOOT, "login": STOP + record(7, b"ana", 600) + BOOT,
    "back": record(1, b"shutdown", 900) + BOOT, "same": record(1, b"shutdown", 700) + BOOT, "minus": record(1, b"shutdown", -5) + BOOT, "zero": record(1, b"shutdown", 0) + BOOT,
    "latest": record(1, b"shutdown", 2**31 - 2) + record(2, b"reboot", 2**31 - 1), "long_user": record(1, b"shutdown" * 4, 500) + BOOT, "cut": STOP + BOOT[:200], "shifted": b"x" + STOP + BOOT}
if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    assert len(BOOT) == 384
    seeds = {f"{kind}_{name}": first + content for kind, first, group in (("event", b"e", events), ("text", b"t", texts), ("boot", b"b", boots)) for name, content in group.items()}
    for name, content in seeds.items():
        (FOLDER / name).write_bytes(content)
    print(f"{len(seeds)} seeds")
