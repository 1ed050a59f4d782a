// R-PRECEDENCE: one fact, one primary finding; and agreed exceptions.
#include "tests/unit/comply/use_estate.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;

namespace {

Finding about(Code code, const std::string& subject, const std::string& line, const std::string& person = "") {
    Finding finding;
    finding.code = code;
    finding.severity = severity_of(code);
    finding.agreement = "AG1";
    finding.line = line;
    finding.subject = subject;
    finding.person = person;
    return finding;
}

struct Settled {
    Outcome outcome;
    std::vector<Code> standing, absorbed;
};

Settled settled(std::vector<Finding> findings) {
    Settled result;
    for (auto& finding : findings) {
        add_finding(result.outcome, std::move(finding));
    }
    settle_precedence(result.outcome);
    for (const auto& finding : result.outcome.findings) {
        result.standing.push_back(finding.code);
    }
    for (const auto& finding : result.outcome.absorbed) {
        result.absorbed.push_back(finding.code);
    }
    return result;
}

using Codes = std::vector<Code>;

} // namespace

TEST_CASE("of the findings about one seat the strongest stands, and names the others as links") {
    const Codes order = {Code::ghost,    Code::over_assigned_expired, Code::dormant_user, Code::dormant_seat,
                         Code::low_freq, Code::single_in_collection,  Code::double_right};
    for (std::size_t strong = 0; strong < order.size(); ++strong) {
        for (std::size_t weak = strong + 1; weak < order.size(); ++weak) {
            // The weaker one first: the order in which they were raised decides nothing.
            const auto result =
                settled({about(order[weak], "c41", "L02", "c41"), about(order[strong], "c41", "L02", "c41")});
            CHECK(result.standing == Codes{order[strong]});
            REQUIRE(result.absorbed == Codes{order[weak]});
            CHECK(result.outcome.findings[0].links == std::vector<std::string>{result.outcome.absorbed[0].id});
        }
    }
}

TEST_CASE("seats of other persons and other lines are facts of their own") {
    CHECK(settled({about(Code::dormant_seat, "c41", "L02", "c41"), about(Code::low_freq, "c42", "L02", "c42")})
              .absorbed.empty());
    CHECK(settled({about(Code::dormant_seat, "c42", "L12", "c42"), about(Code::low_freq, "c42", "L02", "c42")})
              .absorbed.empty());
    // Who has left or uses nothing at all gives back every seat.
    CHECK(settled({about(Code::ghost, "c17", "L02", "c17"), about(Code::low_freq, "c17", "L12", "c17")}).absorbed ==
          Codes{Code::low_freq});
}

TEST_CASE("a chain ends at the strongest: everything below becomes its link") {
    const auto result =
        settled({about(Code::low_freq, "c41", "L02", "c41"), about(Code::dormant_seat, "c41", "L02", "c41"),
                 about(Code::dormant_user, "c41", "", "c41")});

    REQUIRE(result.standing == Codes{Code::dormant_user});
    CHECK(result.outcome.findings[0].links.size() == 2);
}

TEST_CASE("dormant persons of a broad group become links of it, others of its line stand") {
    auto group = about(Code::group_broad, "G-CAD", "L04");
    group.persons = {"c31", "c32"};
    auto elsewhere = about(Code::dormant_seat, "c31", "L12", "c31");
    const auto result =
        settled({group, about(Code::dormant_seat, "c31", "L04", "c31"), about(Code::dormant_user, "c32", "L04", "c32"),
                 about(Code::dormant_seat, "c33", "L04", "c33"), elsewhere});

    CHECK(result.absorbed == Codes{Code::dormant_seat, Code::dormant_user});
    CHECK(result.outcome.findings[0].links.size() == 2);
    CHECK(result.standing.size() == 3);
}

TEST_CASE("a line's finding about several persons absorbs one person's, and only somebody of all of them absorbs it") {
    auto expired = about(Code::over_assigned_expired, "L10", "L10");
    expired.persons = {"c05", "c06", "c07"};
    const auto result =
        settled({expired, about(Code::dormant_seat, "c06", "L10", "c06"), about(Code::ghost, "c07", "L10", "c07")});

    CHECK(result.standing == Codes{Code::over_assigned_expired, Code::ghost});
    CHECK(result.absorbed == Codes{Code::dormant_seat});
}

TEST_CASE("a possible finding absorbs no certain one") {
    auto maybe = about(Code::ghost, "c41", "L02", "c41");
    maybe.certainty = Certainty::possible;
    CHECK(settled({maybe, about(Code::low_freq, "c41", "L02", "c41")}).absorbed.empty());
    maybe.certainty = Certainty::certain;
    CHECK(settled({maybe, about(Code::low_freq, "c41", "L02", "c41")}).absorbed == Codes{Code::low_freq});
}

TEST_CASE("findings of one use are one fact, of two uses two") {
    auto left = about(Code::use_after_leaving, "c20", "L02", "c20");
    left.product = "Revit";
    left.records = {{"H1", 7}};
    auto unassigned = about(Code::use_unassigned, "c20", "L02", "c20");
    unassigned.product = "Revit";
    unassigned.records = {{"H1", 7}, {"H1", 9}};
    CHECK(settled({unassigned, left}).absorbed == Codes{Code::use_unassigned});

    unassigned.product = "AutoCAD";
    CHECK(settled({unassigned, left}).absorbed.empty());
    unassigned.product = "Revit";
    unassigned.records = {{"H1", 9}, {"H2", 7}};
    CHECK(settled({unassigned, left}).absorbed.empty());
}

TEST_CASE("a line that is exceeded has no free seats, and a sustained peak tells of the others") {
    CHECK(settled({about(Code::over_peak, "L05", "L05"), about(Code::sustained_over, "L05", "L05")}).standing ==
          Codes{Code::sustained_over});
    CHECK(settled({about(Code::over_peak, "L06", "L06"), about(Code::sustained_over, "L05", "L05")}).absorbed.empty());
    for (const Code over : {Code::sustained_over, Code::over_peak, Code::over_assigned, Code::over_assigned_expired,
                            Code::device_over, Code::perp_over}) {
        CHECK(settled({about(Code::under_assigned, "L03", "L03"), about(over, "L03", "L03")}).standing == Codes{over});
        CHECK(settled({about(Code::under_assigned, "L03", "L03"), about(over, "L04", "L04")}).absorbed.empty());
    }
    CHECK(settled({about(Code::over_assigned, "L05", "L05"), about(Code::over_peak, "L05", "L05")}).absorbed.empty());
}

TEST_CASE("tokens that were short leave nothing to forecast, for that pool only") {
    CHECK(settled({about(Code::token_forecast, "L09", "L09"), about(Code::token_short, "L09", "L09")}).standing ==
          Codes{Code::token_short});
    CHECK(
        settled({about(Code::token_forecast, "pool Y", ""), about(Code::token_short, "L09", "L09")}).absorbed.empty());
}

TEST_CASE("use after leaving and the seat that was left, expired use and the seats on the ended line name each other") {
    auto expired = about(Code::over_assigned_expired, "L10", "L10");
    expired.persons = {"c05", "c06"};
    const auto result =
        settled({about(Code::use_after_leaving, "c20", "L02", "c20"), about(Code::ghost, "c20", "L02", "c20"),
                 about(Code::expired_use, "c05", "L10", "c05"), expired, about(Code::ghost, "c21", "L02", "c21")});

    CHECK(result.absorbed.empty());
    const auto& all = result.outcome.findings;
    CHECK(all[0].links == std::vector<std::string>{all[1].id});
    CHECK(all[1].links == std::vector<std::string>{all[0].id});
    CHECK(all[2].links == std::vector<std::string>{all[3].id});
    CHECK(all[3].links == std::vector<std::string>{all[2].id});
    CHECK(all[4].links.empty());
}

TEST_CASE("an agreed exception makes a finding accepted, with its reason, until its last day, and never hides it") {
    UseEstate e;
    e.buy("L02", "Revit", inputs::Metric::named);
    e.use("c01", "Revit", "2026-02-02T09:00Z");
    inputs::Waiver waiver;
    waiver.code = "USE_UNASSIGNED";
    waiver.subject = "c01";
    waiver.reason = "on parental leave";
    waiver.until = day("2026-03-31");
    const auto judged = [&] {
        e.inputs.waivers = {waiver};
        e.judge();
        const auto facts = count::prepare(e.usage, e.inputs, e.rules, e.options);
        apply_waivers(facts, e.outcome);
        REQUIRE(e.outcome.findings.size() == 1);
        return e.outcome.findings[0];
    };

    CHECK(judged().state == "accepted");
    CHECK(detail(judged(), "accepted because") == "on parental leave");
    CHECK_FALSE(e.outcome.over_entitlement);

    SECTION("its last day is over") { waiver.until = day("2026-03-30"); }
    SECTION("it begins later") { waiver.from = day("2026-04-01"); }
    SECTION("it is for somebody else") { waiver.subject = "c02"; }
    SECTION("it is for another code") { waiver.code = "GHOST"; }
    SECTION("it is for another product") { waiver.product = "AutoCAD"; }
    SECTION("it is for another line") { waiver.line = "L01"; }
    CHECK(judged().state == "open");
    CHECK(e.outcome.over_entitlement);
}
