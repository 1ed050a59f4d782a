#!/usr/bin/python3
"""Each rule of layers.py must be able to fail: an orderly tree passes, and one disorder at a time is named."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import layers

HEADER = "// What it is.\n#pragma once\n"
ORDERLY = {
    "CMakeLists.txt": "project(x)\n",
    "include/tally/base/result.hpp": HEADER,
    "include/tally/crypto/hash.hpp": HEADER + '#include "tally/base/result.hpp"\n',
    "include/tally/line/parse.hpp": HEADER + '#include "tally/crypto/hash.hpp"\n',
    "include/tally/sqlite/database.hpp": HEADER,
    "recorder/line/parse.cpp": '#include "tally/line/parse.hpp"\n',
    "recorder/line/CMakeLists.txt": "tally_library(line FORMAT recorder SOURCES parse.cpp LINKS crypto)\n",
    "recorder/journal/writer.hpp": HEADER,
    "recorder/journal/writer.cpp": '#include "recorder/journal/writer.hpp"\n#include "tally/line/parse.hpp"\n'
                                   '#include "tally/sqlite/database.hpp"\n',
    "recorder/journal/CMakeLists.txt": "tally_library(journal_writer STAGE recorder\n  SOURCES writer.cpp\n"
                                       "  LINKS line crypto sqlite)\n",
    "recorder/main.cpp": '#include "recorder/journal/writer.hpp"\n#include <CLI/CLI.hpp>\n',
    "verifier/check/check.hpp": HEADER,
    "verifier/check/check.cpp": '#include "verifier/check/check.hpp"\n#include "tally/line/parse.hpp"\n',
    "verifier/check/CMakeLists.txt": "tally_library(check STAGE verifier SOURCES check.cpp LINKS line)\n",
    "tests/run.sh": 'cd "$(dirname "$0")/.."\n',
    "docs/page.md": "See [the sources](../recorder/main.cpp).\n",
}


class Rules(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        for name, text in ORDERLY.items():
            self.write(name, text)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def broken(self):
        tree = layers.Tree(self.root)
        return {name for name, rule in layers.RULES.items() if any(True for _ in rule(tree))}

    def expect(self, rule):
        self.assertEqual(self.broken(), {rule})

    def test_an_orderly_tree_breaks_no_rule(self):
        self.assertEqual(self.broken(), set())

    def test_a_stage_that_includes_a_later_stage(self):
        self.write("recorder/line/parse.cpp", ORDERLY["recorder/line/parse.cpp"] + '#include "recorder/journal/writer.hpp"\n')
        self.expect("includes")

    def test_a_reader_that_includes_a_writer_of_another_program(self):
        self.write("verifier/check/check.cpp", '#include "recorder/journal/writer.hpp"\n')
        self.expect("includes")

    def test_a_stage_that_includes_foundation_its_row_does_not_list(self):
        self.write("verifier/check/check.cpp", '#include "tally/sqlite/database.hpp"\n')
        self.expect("includes")

    def test_foundation_that_includes_a_format(self):
        self.write("include/tally/base/result.hpp", HEADER + '#include "tally/line/parse.hpp"\n')
        self.expect("includes")

    def test_a_program_that_includes_a_stage_of_another(self):
        self.write("verifier/main.cpp", '#include "recorder/journal/writer.hpp"\n')
        self.expect("includes")

    def test_a_folder_without_a_row(self):
        self.write("verifier/guess/guess.cpp", "")
        self.expect("includes")

    def test_a_target_that_links_a_later_stage_through_another(self):
        self.write("recorder/capture/CMakeLists.txt", "tally_library(capture STAGE recorder SOURCES LINKS between)\n"
                                                      "tally_library(between STAGE recorder SOURCES LINKS journal_writer)\n")
        self.expect("links")

    def test_a_target_that_links_foundation_its_row_does_not_list(self):
        self.write("verifier/check/CMakeLists.txt", "tally_library(check STAGE verifier SOURCES check.cpp LINKS sqlite)\n")
        self.expect("links")

    def test_a_format_that_links_a_stage(self):
        self.write("recorder/line/CMakeLists.txt",
                   "tally_library(line FORMAT recorder SOURCES parse.cpp LINKS crypto journal_writer)\n")
        self.expect("links")

    def test_a_target_that_links_something_unknown(self):
        self.write("verifier/check/CMakeLists.txt", "tally_library(check STAGE verifier SOURCES check.cpp LINKS wishes)\n")
        self.expect("links")

    def test_a_program_that_links_a_writer_of_another(self):
        self.write("verifier/CMakeLists.txt", "target_link_libraries(tally-verifier PRIVATE tally_check tally_journal_writer)\n")
        self.expect("programs")

    def test_a_seventh_header_of_the_foundation(self):
        for number in range(6):
            self.write(f"include/tally/base/more{number}.hpp", HEADER)
        self.expect("foundation_cap")

    def test_a_long_header_of_the_foundation(self):
        self.write("include/tally/base/result.hpp", HEADER + "\n" * 160)
        self.expect("foundation_cap")

    def test_a_source_in_the_foundation(self):
        self.write("include/tally/base/result.cpp", "")
        self.expect("foundation_cap")

    def test_a_long_header(self):
        self.write("verifier/check/check.hpp", HEADER + "\n" * 250)
        self.expect("sizes")

    def test_a_long_source(self):
        self.write("verifier/check/check.cpp", ORDERLY["verifier/check/check.cpp"] + "\n" * 450)
        self.expect("sizes")

    def test_a_thirteenth_source_of_a_stage(self):
        for number in range(12):
            self.write(f"verifier/check/more{number}.cpp", "")
        self.expect("sizes")

    def test_a_new_folder_at_the_top(self):
        self.write("scripts/run.sh", "")
        self.expect("names")

    def test_a_folder_that_says_nothing(self):
        self.write("tests/common/x.sh", "")
        self.expect("names")

    def test_a_file_in_another_case(self):
        self.write("verifier/check/CheckAll.cpp", "")
        self.expect("names")

    def test_a_header_that_does_not_say_what_it_is(self):
        self.write("verifier/check/check.hpp", "#pragma once\n")
        self.expect("headers_say_what_they_are")

    def test_a_third_file_with_command_lines(self):
        for number in range(2):
            self.write(f"recorder/cmd_{number}.cpp", "#include <CLI/CLI.hpp>\n")
        self.expect("command_line_library")

    def test_a_stage_with_command_lines(self):
        self.write("verifier/check/check.cpp", "#include <CLI/CLI.hpp>\n")
        self.expect("command_line_library")

    def test_globbed_sources(self):
        self.write("verifier/CMakeLists.txt", "file(GLOB all *.cpp)\n")
        self.expect("explicit_sources")

    def test_a_link_that_leads_nowhere(self):
        self.write("docs/page.md", "See [the sources](../recorder/gone.cpp).\n")
        self.expect("documents")

    def test_unfinished_work(self):
        self.write("tests/run.sh", "# TO" + "DO later\n")
        self.expect("words")

    def test_a_path_of_one_machine(self):
        self.write("tests/run.sh", "ls /wo" + "rk/somewhere\n")
        self.expect("words")

    def test_a_sibling_of_the_checkout(self):
        self.write("tests/run.sh", "ls ../sha" + "red/samples\n")
        self.expect("words")

    def test_any_other_way_out_of_the_checkout(self):
        self.write("tests/run.sh", "ls ../../elsewhere\n")
        self.expect("words")

    def test_a_writer_inside_a_program(self):
        source = self.root / "program.cpp"
        for body, expected in (("namespace tally::journal { struct Journal { void append(); }; void Journal::append() {} }",
                                ["tally::journal::Journal::append()"]),
                               ("namespace tally::bundle { void read_bundle() {} }", [])):
            source.write_text(body + "\nint main() {}\n")
            subprocess.run([os.environ.get("CXX", "g++"), "-o", self.root / "program", source], check=True)
            self.assertEqual(layers.writers_in(self.root / "program"), expected)


if __name__ == "__main__":
    unittest.main()
