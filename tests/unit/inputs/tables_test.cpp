// Every table: the examples of docs/reference/inputs.md, every enumeration word, every way a value can be wrong.
#include "verifier/inputs/inputs_csv.hpp"

#include "tally/text/date.hpp"
#include "tests/support/day.hpp"
#include "verifier/inputs/identity.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>

using namespace tally;
using namespace tally::inputs;

namespace {

using tally::test::day;

// The fault texts of a table of these lines, "LINE: TEXT".
template <class Row>
std::vector<std::string> faults_of(const std::string& bytes) {
    const auto table = read_rows<Row>(bytes);
    std::vector<std::string> texts;
    for (const auto& fault : table ? table->faults : std::vector<Fault>{table.fault()}) {
        texts.push_back(std::to_string(fault.at) + ": " + fault.what);
    }
    return texts;
}

template <class Row>
Row only_row(const std::string& bytes) {
    const auto table = read_rows<Row>(bytes);
    REQUIRE(table.ok());
    for (const auto& fault : table->faults) {
        FAIL(fault.what);
    }
    REQUIRE(table->rows.size() == 1);
    return table->rows[0];
}

Entitlement with_versions(const std::string& versions) {
    return only_row<Entitlement>("line,agreement,product,metric,quantity,features,start,end,versions\nL,A,P,named,1,,"
                                 "2025-01-01,," +
                                 versions + "\n");
}

// The first block of CSV in the section of each table.
std::map<std::string, std::string> documented_examples() {
    std::ifstream page("../docs/reference/inputs.md");
    std::map<std::string, std::string> examples;
    std::string section, line;
    bool inside = false;
    while (std::getline(page, line)) {
        if (line.rfind("## ", 0) == 0) {
            section = line.substr(3);
        } else if (line == "```csv") {
            inside = true;
        } else if (line == "```") {
            inside = false;
        } else if (inside) {
            examples[section] += line + "\n";
        }
    }
    return examples;
}

} // namespace

TEST_CASE("every table has an example in the documentation, and each is read without a fault") {
    const auto examples = documented_examples();
    for (std::size_t i = 0; i < kinds; ++i) {
        const auto kind = static_cast<Kind>(i);
        INFO(name(kind));
        REQUIRE(examples.count(std::string(name(kind))) == 1);
        Inputs inputs;
        const auto reading = read_input(kind, examples.at(std::string(name(kind))), inputs);
        REQUIRE(reading.ok());
        for (const auto& fault : reading->faults) {
            FAIL(fault.what);
        }
        CHECK(reading->unknown_columns.empty());
        CHECK(reading->rows >= 1);
        CHECK_FALSE(about(kind).empty());
    }
}

TEST_CASE("every row knows its table and its line") {
    for (const auto& [section, bytes] : documented_examples()) {
        Inputs inputs;
        const auto kind = kind_named(section);
        REQUIRE(kind);
        REQUIRE(read_input(*kind, bytes, inputs).ok());
        each_table(inputs, [&](Kind each, const auto& rows) {
            CHECK(rows.empty() == (each != *kind));
            for (const auto& row : rows) {
                CHECK(row.at.kind == *kind);
                CHECK(row.at.row >= 2);
            }
        });
    }
}

TEST_CASE("no table takes a row whose needed cells are all empty") {
    for (const auto& [section, bytes] : documented_examples()) {
        const std::string header = bytes.substr(0, bytes.find('\n') + 1);
        Inputs inputs;
        const auto commas = static_cast<std::size_t>(std::count(header.begin(), header.end(), ','));
        const auto empty = read_input(*kind_named(section), header + "\"\"" + std::string(commas, ',') + "\n", inputs);
        INFO(section);
        if (section == "networks") {
            CHECK_FALSE(empty.ok()); // one empty column is an empty line
        } else {
            REQUIRE(empty.ok());
            CHECK_FALSE(empty->faults.empty());
        }
    }
}

TEST_CASE("the versions of a line: any, one, a range, from one on, counted back from the current one") {
    using Rule = Versions::Rule;
    CHECK(with_versions("").versions == Versions{});
    CHECK(with_versions("any").versions == Versions{});
    CHECK(with_versions("2019").versions == Versions{Rule::fixed, 2019, 2019, 0});
    CHECK(with_versions("2019-2022").versions == Versions{Rule::fixed, 2019, 2022, 0});
    CHECK(with_versions("2019-").versions == Versions{Rule::fixed, 2019, 0, 0});
    CHECK(with_versions("current").versions == Versions{Rule::current_minus, 0, 0, 0});
    CHECK(with_versions("Current-3").versions == Versions{Rule::current_minus, 0, 0, 3});
}

TEST_CASE("versions that are none of these are refused") {
    for (const std::string wrong :
         {"19", "2019-22", "2022-2019", "current-", "current-x", "current-100", "-2019", "latest"}) {
        INFO(wrong);
        const auto faults = faults_of<Entitlement>(
            "line,agreement,product,metric,quantity,features,start,end,versions\nL,A,P,named,1,,2025-01-01,," + wrong +
            "\n");
        REQUIRE(faults.size() == 1);
        CHECK(faults[0].find("2: versions '" + wrong + "' ") == 0);
    }
}

TEST_CASE("version bounds do not stand beside the current version") {
    CHECK(faults_of<Entitlement>("line,agreement,product,metric,quantity,features,start,end,versions,version_min\n"
                                 "L,A,P,named,1,,2025-01-01,,current-3,2019\n") ==
          std::vector<std::string>{"2: version_min '2019' stands beside versions current: write one of them"});
    CHECK(faults_of<Entitlement>("line,agreement,product,metric,quantity,features,start,end,version_min,version_max\n"
                                 "L,A,P,named,1,,2025-01-01,,2022,2021\n") ==
          std::vector<std::string>{"2: version_max is below version_min"});
}

TEST_CASE("every metric, quantities up to the limit and unlimited ones") {
    const std::vector<std::pair<std::string, Metric>> words = {
        {"named", Metric::named},        {"Named User", Metric::named}, {"concurrent", Metric::concurrent},
        {"network", Metric::concurrent}, {"device", Metric::device},    {"token", Metric::token},
        {"perpetual", Metric::perpetual}};
    for (const auto& [word, metric] : words) {
        const auto row = only_row<Entitlement>("line,agreement,product,metric,quantity,features,start,end\nL,A,P," +
                                               word + ",10000000,,2025-01-01,\n");
        CHECK(row.metric == metric);
        CHECK(row.quantity == 10'000'000);
        CHECK(row.end_day == for_ever);
    }
    const std::string header = "line,agreement,product,metric,quantity,features,start,end\n";
    CHECK(only_row<Entitlement>(header + "L,A,P,named,Unlimited,,2025-01-01,\n").quantity == unlimited);
    CHECK(faults_of<Entitlement>(header + "L,A,P,named,10000001,,2025-01-01,\n").size() == 1);
    CHECK(faults_of<Entitlement>(header + "L,A,P,named,-1,,2025-01-01,\n").size() == 1);
    CHECK(faults_of<Entitlement>(header + "L,A,P,seat,1,,2025-01-01,\n") ==
          std::vector<std::string>{
              "2: metric 'seat' is none of: named, nameduser, concurrent, network, device, token, perpetual"});
}

TEST_CASE("a price of another period becomes the price of a year, rounded once") {
    const auto price = [](const std::string& amount, const std::string& period) {
        return only_row<Price>("product,price,currency,from,price_period\nP," + amount + ",EUR,2025-01-01," + period +
                               "\n")
            .price.units;
    };
    CHECK(price("100.00", "") == 1'000'000);
    CHECK(price("100.00", "year") == 1'000'000);
    CHECK(price("100.00", "month") == 12'000'000);
    CHECK(price("100.00", "quarter") == 4'000'000);
    CHECK(price("100.00", "3 years") == 333'333);
    CHECK(faults_of<Price>("product,price,currency,from,price_period\nP,1.00,EUR,2025-01-01,week\n").size() == 1);
}

TEST_CASE("money needs a currency of three capital letters") {
    const std::string header = "order,product,quantity,amount,currency\n";
    CHECK(only_row<Bill>(header + "O,P,1,10.50,EUR\n").amount == Money{105'000, "EUR"});
    CHECK_FALSE(only_row<Bill>(header + "O,P,-1,,\n").amount.has_value());
    CHECK(only_row<Bill>(header + "O,P,-1,,\n").quantity == -1);
    CHECK(faults_of<Bill>(header + "O,P,1,10.50,\n") == std::vector<std::string>{"2: amount without currency"});
    for (const std::string wrong : {"eur", "EURO", "E1R", "€"}) {
        CHECK(faults_of<Bill>(header + "O,P,1,10.50," + wrong + "\n").at(0) ==
              "2: currency '" + wrong + "' is not a currency: write three capital letters such as EUR");
    }
    CHECK(faults_of<Bill>(header + "O,P,1,1e3,EUR\n").at(0).find("2: amount '1e3': ") == 0);
    CHECK(faults_of<Bill>(header + "O,P,--1,,\n").at(0).find("is not a whole number from -10000000 to") !=
          std::string::npos);
}

TEST_CASE("every cadence, and none that is none") {
    const auto cadence = [](const std::string& text) {
        return only_row<Agreement>("agreement,start,end,cadence\nA,2025-01-01,," + text + "\n").cadence;
    };
    using Unit = Cadence::Unit;
    CHECK(cadence("") == Cadence{});
    CHECK(cadence("none") == Cadence{});
    CHECK(cadence("Monthly") == Cadence{Unit::months, 1});
    CHECK(cadence("quarterly") == Cadence{Unit::months, 3});
    CHECK(cadence("half-yearly") == Cadence{Unit::months, 6});
    CHECK(cadence("yearly") == Cadence{Unit::months, 12});
    CHECK(cadence("180 days") == Cadence{Unit::days, 180});
    CHECK(cadence("2 months") == Cadence{Unit::months, 2});
    CHECK(cadence("1000 days") == Cadence{Unit::days, 1000});
    for (const std::string wrong : {"0 days", "1001 days", "days", "fortnightly", "-3 days", "3"}) {
        CHECK(faults_of<Agreement>("agreement,start,end,cadence\nA,2025-01-01,," + wrong + "\n").size() == 1);
    }
}

TEST_CASE("words are split at semicolons, else at spaces; names of firms and groups at semicolons only") {
    const auto row = only_row<Agreement>("agreement,start,end,sites,countries,entities\n"
                                         "A,2025-01-01,,NORD SUED,DE; FR ;,Holm AG; Brandt GmbH\n");
    CHECK(row.sites == std::vector<std::string>{"NORD", "SUED"});
    CHECK(row.countries == std::vector<std::string>{"DE", "FR"});
    CHECK(row.entities == std::vector<std::string>{"Holm AG", "Brandt GmbH"});
    CHECK(only_row<ProductRow>("product,words\nACD,AutoCAD LT;\n").words == std::vector<std::string>{"AutoCAD LT"});
    CHECK(only_row<DirectoryEntry>("user,enabled,left,groups\na,,,CAD users\n").groups ==
          std::vector<std::string>{"CAD users"});
}

TEST_CASE("every word of the other enumerations") {
    const auto kind = [](const std::string& word) {
        return only_row<DirectoryEntry>("user,enabled,left,kind\na,,," + word + "\n").kind;
    };
    CHECK(kind("") == PersonKind::employee);
    CHECK(kind("employee") == PersonKind::employee);
    CHECK(kind("Contractor") == PersonKind::contractor);
    CHECK(kind("service") == PersonKind::service);
    CHECK(kind("shared") == PersonKind::shared);
    const auto enabled = [](const std::string& word) {
        return only_row<DirectoryEntry>("user,enabled,left\na," + word + ",\n").enabled;
    };
    CHECK((enabled("") && enabled("yes") && enabled("TRUE") && enabled("1")));
    CHECK_FALSE((enabled("no") || enabled("False") || enabled("0")));
    const auto host = [](const std::string& owner, const std::string& type) {
        return only_row<Host>("host,owner,class\nh," + owner + "," + type + "\n");
    };
    CHECK(host("own", "workstation").type == HostClass::workstation);
    CHECK(host("third-party", "vm").owner == HostOwner::third_party);
    CHECK(host("", "vdi pool").type == HostClass::vdi_pool);
    CHECK(host("", "VDI").type == HostClass::vdi_pool);
    CHECK(host("", "terminal").type == HostClass::terminal);
    CHECK(host("", "terminal server").type == HostClass::terminal);
    CHECK(host("", "build").type == HostClass::build);
    const auto rate = [](const std::string& per) {
        return only_row<TokenRate>("product,tokens,per,source,from\nP,7," + per + ",sheet,2025-01-01\n").per;
    };
    CHECK((rate("window") == TokenUnit::window && rate("24h") == TokenUnit::window));
    CHECK(rate("day") == TokenUnit::day);
    CHECK(rate("result") == TokenUnit::result);
    const auto type = [](const std::string& word) {
        return only_row<ProductRow>("product,class\nP," + word + "\n").type;
    };
    CHECK(type("commercial") == ProductClass::commercial);
    CHECK(type("education") == ProductClass::education);
    CHECK(type("trial") == ProductClass::trial);
    CHECK(type("viewer") == ProductClass::viewer);
    CHECK(type("service") == ProductClass::service);
    for (const std::string word : {"commercial", "education", "training"}) {
        CHECK(only_row<Agreement>("id,start,end,class\nA,2025-01-01,," + word + "\n").vendor_class == word);
    }
}

TEST_CASE("words that no enumeration has are refused with those it has") {
    CHECK(faults_of<DirectoryEntry>("user,enabled,left,kind\na,maybe,,robot\n") ==
          std::vector<std::string>{"2: enabled 'maybe' is none of: yes, no, true, false, 1, 0",
                                   "2: kind 'robot' is none of: employee, contractor, service, shared"});
    CHECK(faults_of<Host>("host,owner,class\nh,rented,toaster\n").size() == 2);
    CHECK(faults_of<TokenRate>("product,tokens,per,source,from\nP,7,hour,sheet,2025-01-01\n").size() == 1);
    CHECK(faults_of<TokenRate>("product,tokens,per,source,from\nP,7,day,,2025-01-01\n") ==
          std::vector<std::string>{"2: source is empty"});
    CHECK(faults_of<Agreement>("agreement,start,end,class\nA,2025-01-01,,hobby\n").size() == 1);
}

TEST_CASE("licence files: permanent ones, duplicate groups, rows that repeat") {
    const std::string header = "server,product,count,expiry,duplicate_group\n";
    const auto table =
        read_rows<LicenceFile>(header + "A,ACD,5,permanent,UHD\nA,ACD,5,permanent,UHD\nB,ACD,1,2026-12-31,NONE\n");
    REQUIRE(table.ok());
    CHECK(table->faults.empty());
    REQUIRE(table->rows.size() == 3);
    CHECK_FALSE(table->rows[0].expiry.has_value());
    CHECK(table->rows[2].expiry == day("2026-12-31"));
    CHECK(faults_of<LicenceFile>(header + "A,ACD,5,,USER\n") ==
          std::vector<std::string>{"2: duplicate_group 'USER' is neither NONE nor letters of U, H, D and V"});
}

TEST_CASE("networks are ranges or single addresses of either family") {
    const auto cidr = [](const std::string& text) { return only_row<Network>("cidr\n" + text + "\n").cidr; };
    CHECK(cidr("10.1.0.0/16") == "10.1.0.0/16");
    CHECK(cidr("10.1.2.3") == "10.1.2.3/32");
    CHECK(cidr("2001:db8::/32") == "2001:db8::/32");
    CHECK(cidr("2001:db8::1/128") == "2001:db8::1/128");
    for (const std::string wrong :
         {"10.1.0.0/33", "10.1.0/16", "2001:db8::/129", "10.1.0.0/", "10.1.0.0/-1", "corp", "10.1.0.0/1x"}) {
        INFO(wrong);
        CHECK(faults_of<Network>("cidr\n" + wrong + "\n").size() == 1);
    }
}

TEST_CASE("intervals that end before they begin are refused in every table that has them") {
    CHECK(faults_of<Agreement>("agreement,start,end\nA,2025-02-01,2025-01-31\n") ==
          std::vector<std::string>{"2: end is before start"});
    CHECK(faults_of<Agreement>("agreement,start,end\nA,2025-02-01,2025-02-01\n").empty());
    CHECK(faults_of<TokenPack>("pack,tokens,start,end\nP,1,2025-02-01,2025-01-31\n").size() == 1);
    CHECK(faults_of<TokenRate>("product,tokens,per,source,from,to\nP,1,day,s,2025-02-01,2025-01-31\n").size() == 1);
    CHECK(faults_of<LicenceFile>("server,product,count,from,expiry\nA,P,1,2025-02-01,2025-01-31\n").size() == 1);
    CHECK(faults_of<Waiver>("code,subject,reason,from,until\nC,,r,2025-02-01,2025-01-31\n").size() == 1);
    CHECK(faults_of<Alias>("account,user,from,to\na,b,2025-02-01,2025-01-31\n").size() == 1);
    CHECK(faults_of<InstalledRow>("host,product,version,from,to\nh,P,,2025-02-01,2025-01-31\n").size() == 1);
    CHECK(faults_of<DirectoryEntry>("user,enabled,left,joined\na,,2025-01-31,2025-02-01\n") ==
          std::vector<std::string>{"2: left is before joined"});
    CHECK(faults_of<ExportedUse>("user,product,first,last\na,P,2025-02-01,2025-01-31\n").size() == 1);
    CHECK(faults_of<ExportedUse>("user,product,first,last,days\na,P,2025-01-30,2025-01-31,3\n") ==
          std::vector<std::string>{"2: days are more than there are from first to last"});
    const std::string speeds = "product,version,measure,q25_ms,q50_ms,q75_ms,persons,from,to\n";
    CHECK(faults_of<PerformanceReference>(speeds + "P,,open,1,1,1,5,2025-10-01,2025-12-31\n").empty());
    CHECK(faults_of<PerformanceReference>(speeds + "P,,open,2,1,3,5,2025-10-01,2025-12-31\n") ==
          std::vector<std::string>{"2: the quartiles do not ascend"});
    CHECK(faults_of<PerformanceReference>(speeds + "P,,open,1,2,3,5,2025-10-02,2025-10-01\n") ==
          std::vector<std::string>{"2: to is before from"});
    CHECK(faults_of<PerformanceReference>(speeds + "P,,plot,1,2,3,5,2025-10-01,2025-12-31\n").size() == 1);
    CHECK(
        faults_of<Assignment>("user,product,assigned,unassigned,source,team,status\na,P,2025-02-02,2025-01-31,,,\n") ==
        std::vector<std::string>{"2: unassigned is before assigned"});
}

TEST_CASE("rows of one identity contradict when they hold at the same time, on the day after they do not") {
    const std::string header = "user,enabled,left,joined,domain\n";
    CHECK(faults_of<DirectoryEntry>(header + "a,,2024-12-31,,d\na,,,2025-01-01,d\n").empty());
    CHECK(faults_of<DirectoryEntry>(header + "a,,2025-01-01,,d\na,,,2025-01-01,d\n") ==
          std::vector<std::string>{"3: contradicts line 2: the same user and domain at the same time"});
    CHECK(faults_of<Host>("host,site\nn01,A\nN01,B\n").size() == 1);
    CHECK(faults_of<Host>("host,site\nn01,A\nn01,A\n") == std::vector<std::string>{"3: duplicate of line 2"});
    CHECK(faults_of<Bill>("order,product,quantity\nO,P,1\nO,P,1\n").empty());
}

TEST_CASE("faults are bounded: after ten thousand reading ends, and says so") {
    const auto bytes_of = [](std::size_t rows) {
        std::string bytes = "function,product\n";
        for (std::size_t i = 0; i < rows; ++i) {
            bytes += ",P\n";
        }
        return bytes;
    };
    CHECK(read_rows<FunctionOf>(bytes_of(9'999))->faults.size() == 9'999);
    const auto many = read_rows<FunctionOf>(bytes_of(10'001));
    REQUIRE(many->faults.size() == 10'001);
    CHECK(many->faults.back().what == "more faults than 10000: reading ended here");
}
