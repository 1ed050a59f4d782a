// The tables of tests/vectors/release, made from the format's page without this code.
#include "tally/releases/envelope.hpp"
#include "tally/releases/releases.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

using namespace tally;
using namespace tally::releases;

namespace {

std::vector<std::vector<std::string>> rows_of(const std::string& table) {
    std::ifstream file("vectors/release/" + table);
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(file, line);) {
        if (line.rfind('#', 0) == 0) {
            continue;
        }
        std::vector<std::string> cells(1);
        for (const char c : line) {
            c == '\t' ? static_cast<void>(cells.emplace_back()) : cells.back().push_back(c);
        }
        rows.push_back(std::move(cells));
    }
    return rows;
}

} // namespace

TEST_CASE("comments of envelopes are read as the page says, and written as they were read") {
    const auto rows = rows_of("envelopes.tsv");
    REQUIRE(rows.size() > 50);
    for (const auto& row : rows) {
        REQUIRE(row.size() == 5);
        INFO(row[3] << ": " << row[4] << " " << row[1]);
        const auto subject = read_envelope_comment(row[4]);
        CHECK(subject.ok() == (row[0] == "accept"));
        if (subject) {
            CHECK(envelope_comment(*subject) == row[4]);
            CHECK(is_called(*subject, row[1]) == (row[2] == "yes"));
        } else {
            CHECK_FALSE(subject.fault().what.empty());
            CHECK(subject.fault().at <= row[4].size());
        }
    }
}

TEST_CASE("lists of sets are read as the page says, and written as they were read") {
    const auto rows = rows_of("lists.tsv");
    REQUIRE(rows.size() > 25);
    for (const auto& row : rows) {
        REQUIRE(row.size() == 3);
        INFO(row[1] << ": " << row[2]);
        const auto list = read_set_file(row[2] + "\n");
        CHECK(list.ok() == (row[0] == "accept"));
        if (list) {
            CHECK(set_file(*list) == row[2] + "\n");
        }
    }
}
