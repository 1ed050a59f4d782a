#!/usr/bin/python3
"""coverage.py must be able to fail: one spoilt row for each thing that it looks at."""
import pathlib
import shutil
import tempfile
import unittest

import coverage

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Coverage(unittest.TestCase):
    def found(self, row, page=None):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name in ("verifier/report/page.cpp", "verifier/findings/finding.cpp", "verifier/inputs/inputs.cpp"):
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, root / name)
            (root / "docs").mkdir()
            (root / "docs" / "coverage.md").write_text(row + "\n", encoding="utf-8")
            if page is not None:
                (root / "page.html").write_text(page, encoding="utf-8")
            return list(coverage.violations(root, root / "page.html" if page is not None else None))

    def test_a_good_row(self):
        self.assertEqual(self.found("| S0-1 | x | here | `#tokens`, GHOST, OVER_PEAK, table `billing` |"), [])

    def test_each_fault(self):
        for row in ("| S0-1 | x | soon | – |", "| S0-1 | x | here | `#nowhere` |", "| S0-1 | x | here | OVER_THERE |",
                    "| S0-1 | x | here | table `wishes` |", "| S0-1 | x | here | [page](gone.md) |", "nothing"):
            self.assertEqual(len(self.found(row)), 1, row)

    def test_anchors_of_a_page(self):
        self.assertEqual(self.found("| S0-1 | x | here | `#tokens` |", '<section id="tokens">'), [])
        self.assertEqual(len(self.found("| S0-1 | x | here | `#tokens` |", '<section id="seats">')), 1)


if __name__ == "__main__":
    unittest.main()
