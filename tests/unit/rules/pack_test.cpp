// The standard pack, and what read_pack refuses.
#include "verifier/rules/pack.hpp"

#include "tally/base/encoding.hpp"
#include "tally/minisig/signature.hpp"
#include "tally/text/date.hpp"
#include "tests/support/day.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::rules;

namespace {

using tally::test::day;

// The standard pack with the first `from` replaced by `to`.
std::string with(std::string_view from, std::string_view to) {
    std::string bytes(standard_bytes());
    const auto place = bytes.find(from);
    REQUIRE(place != std::string::npos);
    return bytes.replace(place, from.size(), to);
}

std::string line_of(std::string_view part) {
    const std::string_view bytes = standard_bytes();
    const auto place = bytes.find(part);
    REQUIRE(place != std::string_view::npos);
    const auto from = bytes.rfind('\n', place) + 1;
    return std::string(bytes.substr(from, bytes.find('\n', place) - from + 1));
}

std::string refused(const std::string& bytes) {
    const auto pack = read_pack(bytes);
    return pack.ok() ? "" : std::to_string(pack.fault().at) + ": " + pack.fault().what;
}

const std::string renewal = R"("name":"renewal_days")";

} // namespace

TEST_CASE("the standard pack and the defaults of the judges agree, value by value") {
    const Values defaults;
    const auto values = standard().newest();

    CHECK(values.pack == defaults.pack);
    for (const auto& about : value_names()) {
        CAPTURE(about.name);
        CHECK(values.*about.field == defaults.*about.field);
    }
    // Every field of the struct has its row in the table.
    CHECK(sizeof(Values) ==
          sizeof(std::string) + sizeof(std::vector<Former>) + value_names().size() * sizeof(std::int64_t));
}

TEST_CASE("every threshold of the standard pack has its pair, every definition none") {
    for (const auto& item : standard().values) {
        CAPTURE(item.about->name);
        CHECK((item.about->use == Use::threshold) == !item.fires.empty());
        CHECK(item.fires.empty() == item.rests.empty());
        CHECK_FALSE(item.source.empty());
    }
}

TEST_CASE("a pack of other bytes is named by its digest too") {
    const auto pack = read_pack(with(R"("made":"2026-04-01")", R"("made":"2026-04-02")"));

    REQUIRE(pack.ok());
    CHECK(standard().version == "tally-rules-2");
    CHECK(pack->version.substr(0, 14) == "tally-rules-2-");
    CHECK(pack->version.size() == 26);
}

TEST_CASE("a value may change from one day to the next, and each day has its own") {
    const std::string first = line_of(renewal);
    std::string older = first;
    older.insert(older.find(R"("value":90)"), R"("until":"2026-02-28",)");
    std::string newer = first;
    newer.replace(newer.find("2020-01-01"), 10, "2026-03-01");
    newer.replace(newer.find(R"("value":90)"), 10, R"("value":91)");

    const auto pack = read_pack(with(first, older + newer));

    REQUIRE(refused(with(first, older + newer)).empty());
    CHECK(pack->values_on(day("2026-02-28"))->renewal_days == 90);
    CHECK(pack->values_on(day("2026-03-01"))->renewal_days == 91);
    CHECK(pack->newest().renewal_days == 91);
    CHECK(pack->newest().on(day("2026-02-28")).renewal_days == 90);
    CHECK(pack->newest().on(day("2026-03-01")).renewal_days == 91);
    CHECK(pack->newest().on(day("2019-01-01")).renewal_days == 90);
    CHECK(pack->values_on(day("2026-02-28"))->former.empty());
    const auto before = pack->values_on(day("2019-12-31"));
    REQUIRE_FALSE(before.ok());
    CHECK(before.fault().what == "reopen_s has no value on 2019-12-31 yet");
}

TEST_CASE("two values on one day, a hole between two, and an end of the last are refused with their line") {
    const std::string first = line_of(renewal);
    const auto dated = [&](const std::string& until, const std::string& from) {
        std::string older = first;
        if (!until.empty()) {
            older.insert(older.find(R"("value":90)"), R"("until":")" + until + R"(",)");
        }
        std::string newer = first;
        newer.replace(newer.find("2020-01-01"), 10, from);
        return with(first, older + newer);
    };

    CHECK(refused(dated("2026-02-28", "2026-03-01")).empty());
    CHECK(refused(dated("2026-03-01", "2026-03-01")).find("renewal_days has two values on one day") !=
          std::string::npos);
    CHECK(refused(dated("", "2026-03-01")).find("has two values on one day: see line") != std::string::npos);
    CHECK(refused(dated("2026-02-27", "2026-03-01")).find("has no value on some days") != std::string::npos);
    CHECK(
        refused(with(R"("rule":"R-CALENDAR","source":"common practice of licence reviews","t":"value","unit":"days",)",
                     R"("rule":"R-CALENDAR","source":"x","t":"value","unit":"days","until":"2030-01-01",)"))
            .find("no value that still holds for renewal_days") != std::string::npos);
}

TEST_CASE("what a pack must not be is refused with the number of its line") {
    const auto says = [](const std::string& bytes, const std::string& what) {
        CAPTURE(what, refused(bytes));
        CHECK(refused(bytes).find(what) != std::string::npos);
    };

    says("", "1: no LF at the end");
    says(std::string(standard_bytes()) + "{", "no LF at the end");
    says("{}\n", "1: the first line is not that of the pack");
    says(std::string(standard_bytes()) + line_of(R"("t":"pack")"), "the first only");
    says(with("tally-rule-pack-1", "tally-rule-pack-2"), "1: its format");
    says(with(R"("name":"reopen_s")", R"("name":"reopen_h")"), "2: no value has the name 'reopen_h'");
    says(with(R"("unit":"seconds")", R"("unit":"minutes")"), "2: reopen_s is of R-CONC in seconds");
    says(with(R"("from":"2020-01-01")", R"("from":"2020-13-01")"), "2: field 'from' is not a day");
    says(with(R"("mark":"assumption")", R"("mark":"rumour")"), "2: unknown mark");
    says(with(R"("mark":"assumption")", R"("hint":"x","mark":"assumption")"), "2: has a field");
    says(with(R"("value":0)", R"("value":-1)"), "2: not a canonical line");
    says(with(line_of(renewal), ""), "no value that still holds for renewal_days");
    says(with(R"("t":"example")", R"("t":"sample")"), "unknown type of line: 'sample'");
    says(with(R"("row":"entitlement")", R"("row":"entitlements")"), "unknown kind of row");
    says(with(R"("quantity":42)", R"("quality":42)"), "field 'quality' is not one of this kind");
    says(with(R"("quantity":42,)", ""), "field 'quantity' is missing");
    says(with(R"("peak":[41,43])", R"("peak":[43,41])"), "field 'peak' is not a pair");
    says(with(R"("id":"TIME-TIE")", R"("id":"TIME-41")"), "a second example 'TIME-41'");
    says(with(R"("id":"TIME-TIE","rule":"R-TIME")", R"("id":"TIME-TIE","rule":"R-TIDE")"), "no rule has the id");
    says(std::string(standard_bytes()) + R"({"id":"EMPTY","rule":"R-TIME","t":"example","title":"nothing expected"})" +
             "\n",
         "an example without an expectation");
    says(std::string(standard_bytes()) + line_of(renewal), "values stand before the first example");
    says(std::string(max_pack, ' ') + "\n", "at most 4 MiB");
}

TEST_CASE("a threshold without its pair, or with one that does not show where it lies, is refused") {
    const auto says = [](const std::string& bytes, const std::string& what) {
        CAPTURE(what, refused(bytes));
        CHECK(refused(bytes).find(what) != std::string::npos);
    };
    const std::string pair = R"("fires":"RENEWAL-90","fires_at":90,)";

    says(with(pair, ""), "the threshold renewal_days has no pair of examples");
    says(with(R"("rests":"RENEWAL-91","rests_at":91,)", ""), "the threshold renewal_days has no pair of examples");
    says(with(pair, R"("fires":"RENEWAL-80","fires_at":90,)"), "there is no example 'RENEWAL-80'");
    says(with(pair, R"("fires":"RENEWAL-91","fires_at":90,)"), "one example cannot fire and rest");
    says(with(pair, R"("fires":"OVER-900","fires_at":90,)"), "the example 'OVER-900' is of another rule");
    says(with(pair, R"("fires":"RENEWAL-90","fires_at":91,)"), "does not lie between");
    says(
        with(
            R"("rule":"R-CALENDAR","source":"common practice of licence reviews","t":"value","unit":"days","value":90)",
            R"("rule":"R-CALENDAR","source":"common practice of licence reviews","t":"value","unit":"days","value":60)"),
        "does not lie between");
    says(with(R"({"from":"2020-01-01","mark":"confirmed","name":"year_days")",
              R"({"fires":"LOW-11","from":"2020-01-01","mark":"confirmed","name":"year_days")"),
         "has a field");
}

TEST_CASE("a signature over a pack must be by the trusted key and over these bytes") {
    const auto key = minisig::SecretKey::generate();
    const auto bytes = standard_bytes();
    const auto file =
        minisig::signature_file(minisig::sign(key, minisig::digest(as_bytes(bytes)), {"rules", "tally-rules-2"}));

    CHECK(verify_pack(bytes, file, key.public_key()).ok());
    CHECK_FALSE(verify_pack(bytes.substr(1), file, key.public_key()).ok());
    CHECK_FALSE(verify_pack(bytes, file, minisig::SecretKey::generate().public_key()).ok());
    CHECK_FALSE(verify_pack(bytes, "not a signature", key.public_key()).ok());
}

TEST_CASE("a value is set by rule and name, and nothing else is taken") {
    Values values;

    REQUIRE(set_value(values, "R-OVER.over_long_episode_s=600").ok());
    CHECK(values.over_long_episode_s == 600);
    CHECK(set_value(values, "R-OVER.dormant_days=1").fault().what == "this value is of R-IDLEUSER");
    CHECK(set_value(values, "R-OVER.nothing=1").fault().what == "no value has this name");
    for (const auto* bad : {"", "R-OVER", "R-OVER.over_long_episode_s", "over_long_episode_s=1",
                            "R-OVER.over_long_episode_s=", "R-OVER.over_long_episode_s=-1",
                            "R-OVER.over_long_episode_s=1.5", "R-OVER.over_long_episode_s=0600",
                            "R-OVER.over_long_episode_s=9007199254740992", "=R-OVER.over_long_episode_s"}) {
        CAPTURE(bad);
        CHECK_FALSE(set_value(values, bad).ok());
    }
    CHECK(values.over_long_episode_s == 600);
    CHECK(values.dormant_days == Values{}.dormant_days);
}
