#!/usr/bin/python3
"""Writes the seeds of sums: small SHA256SUMS of audit packs, good ones and one defect or peculiarity each."""
import hashlib
import os

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus", "sums")
PATHS = ["README.txt", "VERIFY.txt", "bundles.csv", "bundles/0001_SITE1_USAGE_000001_V1OF1.tally",
         "bundles/0001_SITE1_USAGE_000001_V1OF1.tally.minisig", "check-log.py", "inputs.csv",
         "inputs/0001_entitlements.csv", "pack.json", "pulls/1-entitlement-summary.csv", "report.html",
         "tables/findings.csv", "trust/SITE1.jsonl", "verify.sh"]


def line(path, digest=None, between="  ", end="\n"):
    return (digest or hashlib.sha256(path.encode()).hexdigest()) + between + path + end


def listed(paths):
    return "".join(line(path) for path in paths)


SEEDS = {"whole": listed(PATHS), "one": line("a"), "empty": "", "line_feed": "\n"}
for number in range(1, len(PATHS)):
    SEEDS[f"first_{number}"] = listed(PATHS[:number])
for name, path in {"up": "../a", "up_inside": "a/../b", "absolute": "/etc/passwd", "hidden": ".a", "hidden_inside": "a/.b",
                   "option": "-rf", "option_inside": "a/-b", "space": "a b", "slash_end": "a/", "slashes": "a//b",
                   "backslash": "a\\b", "high": "\u00e4", "nul": "a\0b", "tab": "a\tb", "long": "a" * 200,
                   "too_long": "a" * 201, "deep": "/".join("a" * 100), "dots": "a..", "dot": ".", "none": ""}.items():
    SEEDS["path_" + name] = line(path)
for name, text in {"one_space": line("a", between=" "), "three_spaces": line("a", between="   "),
                   "binary_mark": line("a", between=" *"), "tabs": line("a", between="\t\t"),
                   "upper": line("a", digest="A" * 64), "short": line("a", digest="0" * 63),
                   "longer": line("a", digest="0" * 65), "no_hex": line("a", digest="g" * 64),
                   "no_end": line("a", end=""), "crlf": line("a", end="\r\n"), "escaped": "\\" + line("a"),
                   "comment": "# sums\n" + line("a"), "bom": "\ufeff" + line("a")}.items():
    SEEDS["line_" + name] = text
SEEDS["twice"] = line("a") * 2
SEEDS["unsorted"] = line("b") + line("a")
SEEDS["case_order"] = line("a") + line("B")
SEEDS["empty_line"] = line("a") + "\n" + line("b")
SEEDS["cut"] = listed(PATHS)[:-30]
SEEDS["digest_only"] = "0" * 64 + "\n"

if __name__ == "__main__":
    os.makedirs(FOLDER, exist_ok=True)
    for seed, text in SEEDS.items():
        with open(os.path.join(FOLDER, seed), "wb") as file:
            file.write(text.encode())
