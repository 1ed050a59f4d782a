// Files for other programs and papers for people: the vendor's columns, XML, the three papers of a review.
#include "tests/unit/report/sample.hpp"
#include "verifier/outputs/measurement.hpp"
#include "verifier/outputs/review_tables.hpp"
#include "verifier/outputs/vendor.hpp"
#include "verifier/papers/review_papers.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::outputs;
using namespace tally::test;

namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

findings::Finding about_seat(findings::Code code, const std::string& person) {
    findings::Finding finding;
    finding.code = code;
    finding.id = "0123456789ab";
    finding.person = person;
    finding.agreement = "AG1";
    finding.line = "L1";
    finding.product = "CAD/LT";
    return finding;
}

findings::SeatUse seat(const std::string& person, bool dormant) {
    findings::SeatUse row;
    row.person = person;
    row.agreement = "AG1";
    row.line = "L1";
    row.product = "CAD/LT";
    row.is_dormant = dormant;
    return row;
}

const File& file(const std::vector<File>& files, const std::string& name) {
    for (const auto& one : files) {
        if (one.name == name) {
            return one;
        }
    }
    FAIL("no " << name);
    return files.front();
}

struct FilesWorld {
    findings::Outcome outcome;
    inputs::Inputs inputs;
    Basis basis;
    FilesWorld() {
        outcome.observed = {0, 90 * text::seconds_per_day};
        outcome.as_of = 90 * text::seconds_per_day;
        outcome.advice.seats = {seat("ana@x.example", true), seat("eva@x.example", false),
                                seat("zoe@x.example", false)};
    }
};

} // namespace

TEST_CASE("a seat is to be taken back when it is dormant or a finding says so, once, for its strongest reason") {
    FilesWorld world;
    world.outcome.findings = {about_seat(findings::Code::double_right, "eva@x.example"),
                              about_seat(findings::Code::ghost, "eva@x.example")};
    const auto rows = reclaimable({world.outcome, world.inputs, world.basis});

    REQUIRE(rows.size() == 2);
    CHECK(rows[0].person == "ana@x.example");
    CHECK(rows[0].why == "not used");
    CHECK(rows[1].person == "eva@x.example");
    CHECK(rows[1].why == "left or disabled, still assigned");
    CHECK(rows[1].finding == "0123456789ab");
}

TEST_CASE("lists to assign and to unassign have the vendor's three columns, a file for each product") {
    FilesWorld world;
    world.outcome.findings = {about_seat(findings::Code::use_unassigned, "=zoe@x.example")};
    const auto files = vendor_files({world.outcome, world.inputs, world.basis});

    CHECK(file(files, "unassign_CAD_LT.csv").bytes == "First name,Last name,Email address\r\n,,ana@x.example\r\n");
    CHECK(file(files, "assign_CAD_LT.csv").bytes == "First name,Last name,Email address\r\n,,'=zoe@x.example\r\n");
}

TEST_CASE("the usage report is read back as the vendor's own export") {
    FilesWorld world;
    findings::UserUse use;
    use.user = "ana@x.example";
    use.product = "CAD";
    use.days = {9, 10};
    use.first = 10 * text::seconds_per_day;
    use.last = 80 * text::seconds_per_day;
    world.outcome.users = {use};
    const auto bytes = file(vendor_files({world.outcome, world.inputs, world.basis}), "usage_report.csv").bytes;
    CHECK(holds(bytes, "ana@x.example,,,CAD,9,1970-03-21,10,3.0,,Active\r\n"));

    const auto back = inputs::read_rows<inputs::ExportedUse>(bytes);

    REQUIRE(back);
    REQUIRE(back->rows.size() == 1);
    CHECK(back->layout == "usage report");
    CHECK(back->rows[0].user == "ana@x.example");
    CHECK(back->rows[0].days == 9);
    CHECK(back->rows[0].last == 79);
}

TEST_CASE("measurements are XML whatever a name says, and name no person") {
    FilesWorld world;
    findings::ProductUse product;
    product.product = "A\"<&'\x01\xFF";
    product.users = {1, 2};
    world.outcome.products = {product};
    findings::UserUse use;
    use.user = "ana@x.example";
    world.outcome.users = {use};
    const auto xml = to_xml({world.outcome, world.inputs, world.basis});

    CHECK(holds(xml, "<Asset id=\"A&quot;&lt;&amp;&#39;%01%FF\">"));
    CHECK(holds(xml, "<Measurement metric=\"distinct-users\" unit=\"persons\" lower=\"1\" upper=\"2\"/>"));
    CHECK_FALSE(holds(xml, "ana@"));
}

TEST_CASE("the three papers of a review are pages and tables, and say so when there is nothing") {
    FilesWorld world;
    const auto papers = papers::review_papers({world.outcome, world.inputs, world.basis}, {});
    REQUIRE(papers.size() == 6);
    CHECK(holds(file(papers, "reclamation_list.html").bytes, "<b>1 seat</b> of 1 person can be taken back"));
    CHECK(holds(file(papers, "gap_register.html").bytes, "No gap is open"));
    CHECK(holds(file(papers, "renewal_brief.html").bytes, "nothing to renew"));
    for (const auto& one : papers) {
        if (holds(one.name, ".html")) {
            CHECK_FALSE(holds(one.bytes, "<script"));
            CHECK(holds(one.bytes, "default-src 'none'"));
        }
    }
}

TEST_CASE("the register of gaps leaves out what is remedied and what only wastes, and counts what has no owner") {
    FilesWorld world;
    review::Entry open;
    open.id = "aaaaaaaaaaaa";
    open.severity = "breach";
    open.text = "five above";
    review::Entry owned = open;
    owned.id = "bbbbbbbbbbbb";
    owned.owner = "ana";
    review::Entry waste = open;
    waste.severity = "waste";
    waste.id = "cccccccccccc";
    review::Entry remedied = open;
    remedied.id = "dddddddddddd";
    remedied.state = review::State::remedied;

    const auto papers =
        papers::review_papers({world.outcome, world.inputs, world.basis}, {open, owned, waste, remedied});

    const auto& page = file(papers, "gap_register.html").bytes;
    CHECK(holds(page, "<b>2 gaps</b> are open; 1 without an owner"));
    const auto& csv = file(papers, "gap_register.csv").bytes;
    CHECK(holds(csv, "aaaaaaaaaaaa"));
    CHECK_FALSE(holds(csv, "cccccccccccc"));
    CHECK_FALSE(holds(csv, "dddddddddddd"));
}
