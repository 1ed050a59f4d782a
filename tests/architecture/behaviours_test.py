#!/usr/bin/python3
"""behaviours.py must be able to fail: a page in order passes, and one disorder at a time is named."""
import pathlib
import shutil
import tempfile
import unittest

import behaviours


class Page(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        (self.root / "docs").mkdir()
        (self.root / "tests").mkdir()
        (self.root / "tests/x_test.cpp").write_text('TEST_CASE("one \\"line\\" is "\n          "read", "[x]") {}\n')
        (self.root / "tests/CMakeLists.txt").write_text("tally_script(walk)\n")

    def violations(self, *rows, promises=("P-10",)):
        (self.root / "docs/behaviours.md").write_text("\n".join(rows) + "\n")
        return list(behaviours.violations(self.root, promises))

    def test_rows_that_name_a_case_a_ctest_and_a_file(self):
        self.assertEqual(self.violations('| P-10 | lines are read | `one "line" is read`; `walk`; `tests/x_test.cpp` |'), [])

    def test_a_promise_without_a_row(self):
        self.assertEqual(self.violations("| P-10 | x | `walk` |", promises=("P-10", "P-11")), ["P-11 has no row"])

    def test_a_test_that_does_not_exist(self):
        self.assertEqual(len(self.violations("| P-10 | x | `run` |")), 1)

    def test_a_row_without_a_test(self):
        self.assertEqual(len(self.violations("| P-10 | x | by hand |")), 1)

    def test_no_page(self):
        self.assertEqual(len(list(behaviours.violations(self.root))), 1)


if __name__ == "__main__":
    unittest.main()
