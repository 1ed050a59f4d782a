#!/usr/bin/python3
"""The standard pack has no fault, and each kind of fault is found when it is put in."""
import json
import pathlib
import unittest

import pairs

PACK = (pairs.RULES / "standard.jsonl").read_text(encoding="ascii")
HEADER = (pairs.RULES / "values.hpp").read_text(encoding="utf-8")


def without(field, name):
    lines = []
    for text in PACK.splitlines():
        fields = json.loads(text)
        if fields.get("name") == name:
            fields.pop(field)
        lines.append(json.dumps(fields, sort_keys=True, separators=(",", ":")))
    return "\n".join(lines) + "\n"


class Pairs(unittest.TestCase):
    def says(self, pack, what, header=HEADER):
        self.assertIn(what, "\n".join(text for _, text in pairs.faults_of(pack, header)))

    def test_the_standard_pack_has_no_fault(self):
        self.assertEqual([], list(pairs.faults_of(PACK, HEADER)))

    def test_a_threshold_without_a_pair_is_found(self):
        for field in pairs.PAIR:
            self.says(without(field, "dormant_days"), f"the threshold dormant_days has no {field}")

    def test_a_threshold_that_moved_away_from_its_pair_is_found(self):
        moved = PACK.replace('"unit":"days","value":90}', '"unit":"days","value":60}', 1)
        self.says(moved, "does not lie between")

    def test_a_pair_of_an_example_that_is_gone_is_found(self):
        self.says(PACK.replace('"id":"DORMANT-89"', '"id":"DORMANT-88"'), "dormant_days names DORMANT-89")

    def test_a_field_of_the_struct_without_a_value_is_found(self):
        self.says(PACK, "a_new_one: 7 in the struct, None in the pack",
                  HEADER.replace("    std::int64_t due_days", "    std::int64_t a_new_one = 7;\n    std::int64_t due_days"))

    def test_a_value_that_differs_from_the_struct_is_found(self):
        self.says(PACK, "due_days: 11 in the struct, 10 in the pack", HEADER.replace("due_days = 10", "due_days = 11"))

    def test_an_example_that_expects_nothing_is_found(self):
        self.says(PACK + '{"id":"X","rule":"R-TIME","t":"example","title":"x"}\n', "the example X expects nothing")

    def test_a_line_in_another_spelling_is_found(self):
        self.says(PACK.replace('{"format"', '{ "format"', 1), "not in canonical spelling")


if __name__ == "__main__":
    unittest.main()
