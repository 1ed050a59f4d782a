// The tables: every one a CSV file and a JSON array with the same columns and rows.
#include "tests/unit/report/sample.hpp"
#include "verifier/outputs/tables.hpp"
#include "verifier/outputs/vendor.hpp"

#include "tally/text/csv.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace tally;
using namespace tally::outputs;
using namespace tally::test;

namespace {

const Table& named(const std::vector<Table>& tables, const std::string& name) {
    for (const auto& table : tables) {
        if (table.name == name) {
            return table;
        }
    }
    FAIL("no table " << name);
    return tables.front();
}

} // namespace

TEST_CASE("a table has a header, its rows, and nothing that a spreadsheet would run") {
    UsageBuilder b;
    b.add("=cmd()", "h", "CAD", clock_time("09:00"), clock_time("10:00"));
    const auto outcome = reconcile::reconcile(b.usage, {});

    const auto file = to_csv(named(tables({outcome, {}, {}}), "users"));

    CHECK(file.name == "users.csv");
    CHECK(file.bytes == "user,product,sessions,computers,days_lower,days_upper,seconds,first,last,computers_lower\r\n"
                        "'=cmd(),CAD,1,1,1,1,3600,2024-03-04T09:00:00Z,2024-03-04T10:00:00Z,1\r\n");
}

TEST_CASE("the answer to a question says so in each row and in the name of its file") {
    UsageBuilder b;
    b.add("hig", "h", "CAD", clock_time("09:00"), clock_time("10:00"));
    auto outcome = reconcile::reconcile(b.usage, {});
    outcome.what_if = {"seats L1=4", "price L1=9"};

    for (const auto& file : to_csv({outcome, {}, {}})) {
        CAPTURE(file.name);
        CHECK(file.name.find(".what-if.csv") != std::string::npos);
        text::CsvReader reader(file.bytes);
        std::vector<std::string> fields;
        REQUIRE(reader.next(fields).value());
        CHECK(fields.back() == "what_if");
        while (reader.next(fields).value()) {
            CHECK(fields.back() == "seats L1=4; price L1=9");
        }
    }
    for (const auto& file : vendor_files({outcome, {}, {}})) { // columns that are the vendor's
        CAPTURE(file.name);
        CHECK(file.name.find(".what-if.csv") != std::string::npos);
        CHECK(file.bytes.find("what_if") == std::string::npos);
    }
}

TEST_CASE("host-days are added up by source, and each row adds up to what was expected") {
    const std::int64_t first = 20'000;
    using D = findings::DayClass;
    findings::Outcome outcome;
    findings::HostCoverage server;
    server.host = "lic";
    server.log = "H1";
    server.site = "S";
    server.first_day = first;
    server.days = {D::unknown, D::observed, D::observed, D::host_off, D::recorder_off, D::observed, D::missing};
    outcome.watched.hosts = {server, server};
    outcome.watched.hosts[1].log = "H2";
    Basis basis;
    const auto file = [&](std::int64_t from, std::int64_t to) {
        ImportRow row;
        row.host = "H1";
        row.source = "flexnet:S:d";
        row.first = (first + from) * text::seconds_per_day + 5;
        row.last = (first + to) * text::seconds_per_day + 10;
        basis.imports.push_back(row);
    };
    file(1, 1);
    file(4, 4); // covers a day of which the host itself knows nothing

    const auto rows = coverage_classes({outcome, {}, basis}).rows;

    const auto texts = [&](std::size_t i) {
        std::string line;
        for (const auto& cell : rows.at(i)) {
            line += cell.csv() + " ";
        }
        return line;
    };
    REQUIRE(rows.size() == 2);
    CHECK(texts(0) == "S host 2 12 6 0 2 0 0 2 2 ");
    CHECK(texts(1) == "S flexnet:S:d 1 6 0 2 1 0 0 0 3 ");
}

TEST_CASE("every table is read back from its CSV with as many rows and columns, and has a name of its own") {
    const auto usage = real_usage();
    const auto inputs = demo_inputs();
    const auto basis = demo_basis(usage);
    const auto outcome = reconcile::reconcile(usage, inputs);
    std::set<std::string> names;

    for (const auto& table : tables({outcome, inputs, basis})) {
        CAPTURE(table.name);
        CHECK(names.insert(table.name).second);
        const auto file = to_csv(table);
        text::CsvReader reader(file.bytes);
        std::vector<std::string> fields;
        REQUIRE(reader.next(fields).value());
        CHECK(fields == table.columns);
        std::size_t rows = 0;
        while (reader.next(fields).value()) {
            CHECK(fields.size() == table.columns.size());
            ++rows;
        }
        CHECK(rows == table.rows.size());
        CHECK(std::set<std::string>(table.columns.begin(), table.columns.end()).size() == table.columns.size());
    }
    CHECK(names.contains("position"));
}

TEST_CASE("texts are spelled out in CSV and kept as recorded in JSON, and nothing is null") {
    Table table{"t", {"text", "number", "truth", "none"}, {}};
    table.add({"a\x1b\"b", 7, true, Cell()});
    text::Json json;
    put(json, table);

    CHECK(to_csv(table).bytes == "text,number,truth,none\r\n\"a%1B\"\"b\",7,true,\r\n");
    CHECK(json.str() == R"([{"text":"a\u001b\"b","number":7,"truth":true,"none":null}])");
}

TEST_CASE("a line's days hold the most of each day, what is carried in included, and the least that was bought") {
    UsageBuilder b;
    b.add("ana", "h1", "CAD", clock_time("22:00"), clock_time("22:00") + 4 * 3600);
    b.add("eva", "h2", "CAD", clock_time("23:00"), clock_time("23:30"));
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "CAD", inputs::Metric::concurrent, 1)};
    const auto outcome = reconcile::reconcile(b.usage, inputs);

    const auto csv = to_csv(named(tables({outcome, inputs, {}}), "line_days")).bytes;

    CHECK(csv == "agreement,line,day,bought,peak_lower,peak_upper\r\n"
                 "AG1,L1,2024-03-04,1,2,2\r\n"
                 "AG1,L1,2024-03-05,1,1,1\r\n");
}

TEST_CASE("the same subject gives the same JSON, and it names every table once") {
    const auto usage = real_usage();
    const auto inputs = demo_inputs();
    const auto basis = demo_basis(usage);
    const auto outcome = reconcile::reconcile(usage, inputs);

    const auto json = to_json(Subject{outcome, inputs, basis});

    CHECK(json == to_json(Subject{outcome, inputs, basis}));
    for (const auto& table : tables({outcome, inputs, basis})) {
        const std::string key = '"' + table.name + "\":[";
        CAPTURE(key);
        CHECK(json.find(key) != std::string::npos);
        CHECK(json.find(key) == json.rfind(key));
    }
}
