#include "tally/line/write.hpp"
#include "verifier/check/station.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::check;

namespace {

const std::string host = "H" + std::string(24, 'A');

struct Said {
    Station station{{}};
    Findings findings;

    // The station says that nothing was used in [from, to).
    void nil(std::uint64_t from, std::uint64_t to) {
        line::Object record;
        record.token("t", "declare").token("kind", "nil").token("agreement", "").token("about", "").token("reason", "");
        record.integer("from", from).integer("to", to);
        Run run;
        run.kept.push_back({RecordType::declare, 0, 1, record.str()});
        station.take(run, "", findings);
    }
    // How many findings a session that began in [from, to] makes.
    std::size_t denied(std::uint64_t from, std::uint64_t to, const std::string& log = host) {
        Run run;
        run.host = log;
        run.used.push_back({from, to, 7});
        Findings own;
        station.hold_nil_against(run, own);
        return own.finish().size();
    }
};

} // namespace

TEST_CASE("a session inside a nil return is found once for each log, one at its edges is not") {
    Said said;
    said.nil(100, 200);
    CHECK(said.denied(99, 99) == 0);
    CHECK(said.denied(200, 200) == 0);
    CHECK(said.denied(99, 150) == 0); // it may have begun before
    CHECK(said.denied(150, 200) == 0);
    CHECK(said.denied(100, 199) == 1);
    CHECK(said.denied(100, 100) == 0); // the same log again
    CHECK(said.denied(100, 100, "H" + std::string(24, 'B')) == 1);
}

TEST_CASE("nil returns that meet, overlap or repeat are one stretch, others stay apart") {
    Said said;
    said.nil(300, 400);
    said.nil(100, 200);
    said.nil(100, 200);
    said.nil(150, 300);
    said.nil(500, 600);
    said.nil(0, UINT64_C(9007199254740991));
    CHECK(said.denied(199, 301) == 1);
    CHECK(said.denied(450, 450) == 0); // in the one stretch that all of them make, which was reported
    Said apart;
    apart.nil(100, 200);
    apart.nil(300, 400);
    CHECK(apart.denied(199, 300) == 0);
    CHECK(apart.denied(250, 250) == 0);
    CHECK(apart.denied(150, 150) == 1);
    CHECK(apart.denied(350, 350) == 1);
}

TEST_CASE("without a nil return nothing is denied, nor by a station that speaks of one host") {
    Said said;
    CHECK(said.denied(1, 1) == 0);
    line::Object record;
    record.token("t", "declare").token("kind", "nil").token("agreement", "").token("about", host).token("reason", "");
    record.integer("from", 0).integer("to", 10);
    Run run;
    run.kept.push_back({RecordType::declare, 0, 1, record.str()});
    said.station.take(run, "", said.findings);
    CHECK(said.denied(1, 1) == 0);
}
