#!/usr/bin/python3
"""Writes the seeds of history: `policy` and `consent` lines by docs/formats/record.md, one by one and as logs have them."""
import json
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent / "corpus/history"
RULES = {"account": "pseudonym", "address": "coarse", "cdata": "omit", "client": "clear", "consent": "not_required", "domain": "omit", "file": "omit",
         "pool": "clear", "reason": "clear", "server": "clear", "user": "pseudonym"}


def line(**fields):
    return json.dumps({k: v for k, v in fields.items() if v is not None}, sort_keys=True, separators=(",", ":"))


def policy(rules=RULES, **changes):
    return line(**{"boot": "0" * 32, "digest": "ab" * 32, "epoch": 1, "host": "H" + "A" * 24, "rules": rules, "seq": 3, "t": "policy", "up": 1, "wall": 1790000000000, **changes})


def consent(state="given", **changes):
    return line(**{"about": "persons", "at": 1790000000, "basis": "works agreement 7", "boot": "0" * 32, "host": "H" + "A" * 24, "seq": 4, "state": state, "t": "consent",
                   "up": 1, "wall": 1790000000000, **changes})


one = {"policy": policy(), "policy_clear": policy(clear=1), "clear_2": policy(clear=2), "clear_text": policy(clear="1"), "epoch_9999": policy(epoch=9999), "epoch_0": policy(epoch=0),
       "epoch_large": policy(epoch=2**53 - 1), "epoch_text": policy(epoch="1"), "no_epoch": policy(epoch=None), "no_digest": policy(digest=None), "digest_empty": policy(digest=""),
       "digest_number": policy(digest=7), "no_rules": policy(rules=None), "rules_text": policy(rules="x"), "rules_number": policy(rules=1), "rules_array": policy(rules=[1]),
       "rules_empty": policy(rules={}), "rules_nested": policy(rules={"user": {"x": 1}}), "rules_more": policy(rules={**RULES, "zebra": "clear"}),
       "consent_required": policy(rules={**RULES, "consent": "required"}), "consent_other": policy(rules={**RULES, "consent": "maybe"}), "consent_number": policy(rules={**RULES, "consent": 1}),
       "given": consent(), "refused": consent("refused"), "withdrawn": consent("withdrawn"), "state_other": consent("GIVEN"), "no_state": consent(None), "state_number": consent(1),
       "about_other": consent(about="hosts"), "other_type": consent(t="consents"), "no_type": policy(t=None), "type_number": policy(t=5), "note": line(t="note"), "empty": "", "brace": "{", "no_object": "[]",
       "space": policy().replace(":1,", ": 1,", 1), "cut": policy()[:120], "long": policy(zebra="x" * 2000), "not_text": "\0\1\2"}
one.update({f"all_{rule}": policy(rules={field: rule for field in RULES if field != "consent"}) for rule in ("clear", "coarse", "omit", "pseudonym", "other", "")})
one.update({f"without_{field}": policy(rules={k: v for k, v in RULES.items() if k != field}) for field in RULES})
logs = {"first_policy": [policy(clear=1), consent()], "two_epochs": [policy(), policy(epoch=2)], "same_twice": [policy(), policy()], "back_and_forth": [policy(), policy(rules={**RULES, "user": "clear"}), policy()],
        "clear_later": [policy(), policy(clear=1)], "consent_changes": [consent(), consent("withdrawn"), consent()], "between_others": [line(t="note"), policy(), line(t="seal"), consent("refused"), "", "x"],
        "fifty_epochs": [policy(epoch=number) for number in range(1, 51)]}
if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    seeds = {**one, **{name: "\n".join(lines) + "\n" for name, lines in logs.items()}}
    for name, text in seeds.items():
        (FOLDER / name).write_text(text)
    print(f"{len(seeds)} seeds")
