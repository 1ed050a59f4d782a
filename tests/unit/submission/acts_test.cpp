#include "packager/submission/acts.hpp"

#include "verifier/check/record.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace tally;
using namespace tally::submission;

namespace {

const HostId log_id = *HostId::parse("H" + std::string(24, 'A'));

// Every act, those with fields that may be missing once with and once without them.
std::vector<line::Object> records() {
    const std::string digest(64, 'd');
    AgreementTerms terms{"NORD", "Nordwerk \"AG\"", "quarterly", 10, 5, 20454, {}, "Europe/Berlin"};
    AgreementTerms ending = terms;
    ending.end = 21184;
    return {record_of(SiteChanged{2, {}}),
            record_of(PolicyChanged{{}, 1}),
            record_of(Issued{Issue::package, log_id, {}}),
            record_of(Issued{Issue::ack, log_id, {}}),
            record_of(Retired{log_id, 5, "scrapped"}),
            record_of(Released{"NORD", 1, digest, "P1", "0123456789ABCDEF"}),
            record_of(Written{"NORD", 1, std::vector<std::string>(digests_per_line, digest), std::string(192, 'm'),
                              std::string(192, 'f'), "direct"}),
            record_of(ReceiptTaken{"NORD", 1, {}, "OK", "0123456789ABCDEF", {digest}}),
            record_of(ReceiptTaken{"NORD", 1, {}, "OK", "", {}}),
            record_of(Pruned{log_id, 4}),
            record_of(terms),
            record_of(ending),
            record_of(Declared{Word::gap, "", "repair", log_id, 5, 6, {}}),
            record_of(Declared{Word::nil, "NORD", "shut", {}, 5, 6, {"A B", "C\""}, 0}),
            record_of(Declared{Word::justification, "NORD", "rule 7", {}, 5, {}, {}}),
            record_of(Amended{"NORD", "left out", 5, 6, {}, 0}),
            record_of(Amended{"NORD", "left out", 5, 6, log_id, 3})};
}

line::Object stamped(line::Object record) {
    return record.token("host", log_id.text())
        .integer("seq", line::max_integer)
        .token("boot", std::string(32, 'b'))
        .integer("up", line::max_integer)
        .integer("wall", line::max_integer);
}

} // namespace

TEST_CASE("every act is a line that a verifier knows and accepts, however long its texts are") {
    std::set<check::RecordType> types;
    for (const auto& record : records()) {
        const std::string text = stamped(record).str();
        INFO(text);
        line::Fields fields;
        REQUIRE_FALSE(fields.parse(text, line::max_record));
        check::Record read;
        CHECK(check::read_record(fields, read) == nullptr);
        CHECK(read.type != check::RecordType::other);
        types.insert(read.type);
    }
    CHECK(types.size() == 11);
}

TEST_CASE("what only tells of an earlier bundle's way is no reason for another") {
    for (const char* type :
         {"seal", "clock", "export", "exported", "release", "written", "receipt", "pruned", "issued"}) {
        CHECK_FALSE(worth_packing(type));
    }
    for (const char* type :
         {"enrol", "retire", "declare", "amend", "agreement", "site", "policy", "arrived", "later"}) {
        CHECK(worth_packing(type));
    }
}
