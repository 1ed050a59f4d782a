// Tables of test vectors: lines of cells separated by one tab, "#" opens a comment. Bytes are hex in pieces separated
// by spaces, "78*192" repeats one byte, "-" is no byte. A table that cannot be read fails the test.
#pragma once

#include "tally/base/encoding.hpp"
#include "tally/os/file.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <string>
#include <vector>

namespace tally::test {

inline std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> cells(1);
    for (const char c : text) {
        if (c == separator) {
            cells.emplace_back();
        } else {
            cells.back() += c;
        }
    }
    return cells;
}

inline std::vector<std::vector<std::string>> read_table(const std::string& path, std::size_t columns) {
    std::ifstream file(path);
    INFO("table " << path);
    REQUIRE(file.is_open());
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(file, line);) {
        if (!line.empty() && line[0] != '#') {
            rows.push_back(split(line, '\t'));
            INFO(line);
            REQUIRE(rows.back().size() == columns);
        }
    }
    return rows;
}

inline std::string bytes_of(const std::string& cell) {
    std::string bytes;
    if (cell == "-") {
        return bytes;
    }
    for (const auto& piece : split(cell, ' ')) {
        const std::size_t star = piece.find('*');
        const std::string digits = piece.substr(0, star);
        std::vector<std::uint8_t> part(digits.size() / 2);
        REQUIRE(from_hex(digits, part));
        const std::size_t times = star == std::string::npos ? 1 : std::stoul(piece.substr(star + 1));
        for (std::size_t i = 0; i < times; ++i) {
            bytes += as_text(part);
        }
    }
    return bytes;
}

// The files of a folder of vectors, by name. An empty folder fails the test.
inline std::vector<os::fs::path> files_in(const os::fs::path& folder) {
    std::vector<os::fs::path> found;
    for (const auto& entry : os::fs::directory_iterator(folder)) {
        found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    REQUIRE(!found.empty());
    return found;
}

} // namespace tally::test
