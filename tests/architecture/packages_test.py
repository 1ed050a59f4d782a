#!/usr/bin/python3
"""packages.py must be able to fail: a header is found in a package that is listed, needed by one, or neither."""
import unittest

import packages

NEEDS = {"g++": {"libc6-dev"}, "libc6-dev": set(), "libpng-dev": set()}


class Headers(unittest.TestCase):
    def violations(self, **owners):
        return list(packages.violations({name: set(holders) for name, holders in owners.items()}, {"g++"}, NEEDS))

    def test_of_a_listed_package_and_of_what_it_needs(self):
        self.assertEqual(self.violations(vector={"g++"}, stdio={"libc6-dev"}), [])

    def test_of_a_package_that_only_happens_to_be_here(self):
        self.assertIn("libpng-dev: 1 headers, such as png;", self.violations(png={"libpng-dev"})[0])

    def test_of_no_package(self):
        self.assertIn("no package", self.violations(mine=set())[0])

    def test_a_group_that_is_not_asked_for_is_not_listed(self):
        text = "# group package\nbuild g++ why\nlint clang why\n"
        self.assertEqual(packages.listed(text, {"build"}), {"g++"})


if __name__ == "__main__":
    unittest.main()
