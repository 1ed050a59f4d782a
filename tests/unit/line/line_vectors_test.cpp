#include "tally/line/parse.hpp"
#include "tally/line/write.hpp"
#include "tests/support/vector_table.hpp"

#include <set>

using namespace tally;
using namespace tally::line;
using tally::test::bytes_of;
using tally::test::read_table;

TEST_CASE("every line of the vectors is accepted, or refused for its one defect at its place") {
    const auto rows = read_table("vectors/line/lines.tsv", 7);
    std::set<std::string> reasons;
    std::size_t accepted = 0;
    for (const auto& row : rows) {
        const std::string bytes = bytes_of(row[5]);
        const std::size_t limit = std::stoul(row[2]);
        Fields fields;
        INFO(row[1]);

        const Problem problem = fields.parse(bytes, limit);

        if (row[0] == "accept") {
            CHECK(problem.what == nullptr);
            ++accepted;
            continue;
        }
        REQUIRE(row[0] == "reject");
        REQUIRE(problem);
        CHECK(problem.what == row[4]);
        CHECK(problem.at == std::stoul(row[3]));
        CHECK(fields.size() == 0);
        CHECK_FALSE(fields.parse(bytes_of(row[6]), limit));
        reasons.insert(problem.what);
    }
    CHECK(accepted >= 30);
    CHECK(rows.size() >= 100);
    CHECK(reasons.size() >= 18); // every reason that the reader can give
}

TEST_CASE("texts are encoded and cut as the vectors say, and every encoding parses") {
    for (const auto& row : read_table("vectors/line/texts.tsv", 3)) {
        const std::string raw = bytes_of(row[1]);
        const std::string wanted = bytes_of(row[2]);
        INFO(row[0]);

        const std::string encoded = encode_text(raw);

        CHECK(encoded == wanted);
        CHECK(encoded.size() <= max_text);
        Fields fields;
        CHECK_FALSE(fields.parse("{\"a\":\"" + encoded + "\"}", max_record));
    }
}

TEST_CASE("what a JSON reader must refuse, the canonical line refuses too, bare and as a value") {
    std::size_t accepted = 0;
    for (const auto& row : read_table("vectors/json/cases.tsv", 3)) {
        const std::string bytes = bytes_of(row[2]);
        Fields fields;
        INFO(row[0]);

        for (const auto& line : {bytes, "{\"a\":" + bytes + "}", "{\"a\":[" + bytes + "]}"}) {
            const bool nothing_in_an_array = bytes.empty() && line.size() > 6; // [] is a value, nothing is none
            if (!nothing_in_an_array && !fields.parse(line, max_manifest)) {
                CHECK(row[1] == "accept");
                ++accepted;
            }
        }
    }
    CHECK(accepted >= 20); // so that this test cannot pass by refusing everything
}
