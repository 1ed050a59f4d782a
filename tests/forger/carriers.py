"""Rows 1 to 6: those who carry the medium, and the medium itself. They hold no key."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

from victim import attack, maker

BAD = "refuse:BAD_SIGNATURE"


@attack("1", BAD + " refuse:BAD_HASH")
def flip_a_bit_of_the_lines(victim, _):
    bundle, signature = victim.made[0]
    at = len(bundle) - 1024 - 600
    return bundle[:at] + bytes([bundle[at] ^ 1]) + bundle[at + 1:], signature


@attack("1", BAD + " refuse:TRUNCATED")
def cut_the_tail(victim, _):
    bundle, signature = victim.made[0]
    return bundle[:-700], signature


@attack("1", BAD + " refuse:NON_CANONICAL")
def append_a_note(victim, _):
    bundle, signature = victim.made[0]
    return bundle + b"a note", signature


@attack("1", BAD)
def exchange_signatures(victim, _):
    return victim.made[0][0], victim.made[1][1]


@attack("1", BAD + " refuse:MISSING_MEMBER")
def mix_two_bundles(victim, _):
    (one, signature), (two, _) = victim.made[:2]
    return one[:one.index(b"SITE.jsonl\0")] + two[two.index(b"LINES_0001.jsonl.zst\0"):], signature


@attack("1", "")
def give_the_file_another_name(victim, _):
    def place(directory):
        for name, data in zip(("SITE9_ALL_000777_V1OF1.tally", "SITE9_ALL_000777_V1OF1.tally.minisig"), victim.made[0]):
            (directory / name).write_bytes(data)
        return directory / "SITE9_ALL_000777_V1OF1.tally"
    return place


@attack("2", "note:REPLAY", before=[1])
def deliver_twice(victim, _):
    return victim.made[0]


@attack("2", "note:REPLAY", before=[1, 2, 3])
def deliver_the_first_one_after_the_last(victim, _):
    return victim.made[0]


@attack("2", "note:REPLAY refuse:BAD_SIGNATURE", before=[1, 2])
def deliver_an_old_one_under_the_newest_signature(victim, _):
    return victim.made[0][0], victim.made[1][1]


@attack("3", "note:REPLAY", before=[1], says="by a check of other bundles until the next one arrives")
def keep_the_newest_for_ever(victim, _):
    return victim.made[0]


@attack("3", "warn:BUNDLE_MISSING", before=[1])
def keep_one_and_deliver_the_next(victim, _):
    return victim.made[2]


@attack("3", "refuse:BAD_SIGNATURE")
def deliver_without_the_signature(victim, _):
    return victim.made[0][0], None


def addressed(victim, hold, audience):

    draft = victim.drafts[0]
    return maker.build(draft, signer=hold("export key"), manifest=lambda head: {**head, "audience": audience})


@attack("4", "refuse:WRONG_AUDIENCE", holds=["export key"])
def give_it_to_another_verifier(victim, hold):
    return addressed(victim, hold, "ab" * 32)


@attack("4", "refuse:ANCHOR_MISMATCH refuse:BAD_SIGNATURE")
def change_the_agreement(victim, _):
    bundle, signature = victim.made[0]
    return bundle.replace(b'"agreement":"AGR"', b'"agreement":"OUR"'), signature


@attack("4", "refuse:UNKNOWN_KEY")
def give_it_to_a_verifier_of_another_site(*_):

    site = maker.Site("SITE2", "another site")
    host = site.host()
    host.session(1)
    host.seal()
    site.arrive(host)
    return maker.build(site.draft())


def placed(make):
    """A bundle's name that is something else; beside it lies a good signature."""
    def place(directory, victim):
        path = directory / "b.tally"
        (directory / "b.tally.minisig").write_bytes(victim.made[0][1])
        make(path, victim)
        return path
    return lambda victim, _: lambda directory: place(directory, victim)


def medium(name, expected, make):
    made = placed(make)
    made.__name__ = name
    attack("5", expected)(made)


def linked(path, victim):
    (path.parent / "elsewhere").write_bytes(victim.made[0][0])
    path.symlink_to("elsewhere")


def linked_signature(path, victim):
    path.write_bytes(victim.made[0][0])
    signature = path.with_name("b.tally.minisig")
    signature.rename(path.parent / "elsewhere")
    signature.symlink_to("elsewhere")


def huge(path, _):
    with path.open("wb") as file:
        file.truncate(1 << 40)


medium("offer_a_link", "error", linked)
medium("offer_a_pipe", "error", lambda path, _: os.mkfifo(path))
medium("offer_a_directory", "error", lambda path, _: path.mkdir())
medium("offer_a_device", "error", lambda path, _: path.symlink_to("/dev/zero"))
medium("offer_a_link_as_signature", BAD, linked_signature)
medium("offer_a_file_of_a_tebibyte", "refuse:LIMIT_EXCEEDED", huge)


# A device that answers differently the next time it is asked: the verifier is stopped right behind its first read of the
# file, the bytes are changed under it, and it goes on. strace stops it and writes down what it does to the file.

def stopped_behind_the_first_read(path, trace, command, meanwhile):
    """What it printed, or none where tracing is not allowed."""
    running = subprocess.Popen(["strace", "-qq", "-P", str(path), "-o", str(trace), "-e", "trace=openat,read,pread64,mmap",
                                "-e", "inject=read:signal=SIGSTOP:when=1", *map(str, command)],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    while not (trace.exists() and "stopped by SIGSTOP" in trace.read_text()):
        if running.poll() is not None:
            return None
        time.sleep(0.01)
    meanwhile()
    for child in pathlib.Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split():
        os.kill(int(child), signal.SIGCONT)
    return running.communicate()[0]


def lying_device(name, verdict, first, then):
    """`first` and `then`: what of the honest bundle and its signature stands in the file at the first read, and after."""
    def make(victim, _):
        bundle, signature = victim.made[0]
        honest = maker.sha256(bundle).hex()

        def tried(directory, programs):
            if shutil.which("strace") is None:
                return None
            path, trace = directory / "b.tally", directory / "trace"
            path.write_bytes(first(bundle))
            (directory / "b.tally.minisig").write_bytes(signature)

            def meanwhile():
                with path.open("r+b") as file:  # the same file, not another one of that name
                    file.write(then(bundle))
                    file.truncate()
            said = stopped_behind_the_first_read(path, trace, [programs / "tally-verifier", "accept", "--json", "--ledger",
                                                               directory / "v.db", path], meanwhile)
            return None if said is None else list(problems(directory, json.loads(said)["bundles"][0], trace.read_text()))

        def problems(directory, report, trace):
            if report["status"] != verdict:
                yield f"{report}, expected {verdict}"
            kept = [file.read_bytes() for file in directory.glob("*.bundles/*.tally")]
            if kept != ([bundle] if verdict == "accepted" else []):
                yield f"keeps {[maker.sha256(file).hex() for file in kept]}, the honest one is {honest}"
            if len(re.findall(r"^openat", trace, re.M)) != 1 or re.search(r"^(pread64|mmap)", trace, re.M):
                yield f"it was not read once from its beginning to its end: {trace}"
        return tried
    make.__name__ = name
    attack("5", "refused")(make)


def altered(bundle):
    return bundle[:2000] + bytes([bundle[2000] ^ 1]) + bundle[2001:]


lying_device("answer_the_second_read_with_other_bytes", "accepted", lambda bundle: bundle, altered)
lying_device("answer_the_second_read_with_nothing", "accepted", lambda bundle: bundle, lambda _: b"")
lying_device("answer_the_second_read_with_the_honest_bytes", "refused", altered, lambda bundle: bundle)
lying_device("grow_while_it_is_read", "refused", lambda bundle: bundle, lambda bundle: bundle + b"a note")


@attack("6", BAD + " refuse:BAD_HASH")
def lose_a_sector_to_zeros(victim, _):
    bundle, signature = victim.made[0]
    at = len(bundle) - 1024 - 1024
    return bundle[:at] + bytes(512) + bundle[at + 512:], signature


@attack("6", BAD + " refuse:NON_CANONICAL")
def read_ones_from_the_end(victim, _):
    bundle, signature = victim.made[0]
    return bundle[:-512] + b"\xff" * 512, signature


@attack("6", BAD + " refuse:BAD_HASH")
def repeat_a_sector(victim, _):
    bundle, signature = victim.made[0]
    at = len(bundle) - 1024 - 1024
    return bundle[:at] + bundle[at - 512:at] + bundle[at + 512:], signature


@attack("6", BAD)
def lose_the_signature_to_zeros(victim, _):
    bundle, signature = victim.made[0]
    return bundle, bytes(len(signature))
