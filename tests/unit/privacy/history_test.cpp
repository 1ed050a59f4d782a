#include "recorder/privacy/naming.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::privacy;
using pseudonym::Field;
using pseudonym::Policy;
using pseudonym::Privacy;
using pseudonym::Rule;
using pseudonym::Secret;

namespace {

Privacy with_epochs(std::uint64_t last, const Policy& policy = Policy::standard()) {
    Privacy privacy{policy, {}};
    for (std::uint64_t epoch = 1; epoch <= last; ++epoch) {
        crypto::SecretBytes bytes(Secret::size);
        bytes.data()[0] = static_cast<std::uint8_t>(epoch);
        privacy.secrets.emplace_back(epoch, std::move(bytes));
    }
    return privacy;
}

Policy changed(Field field, Rule rule) {
    Policy policy = Policy::standard();
    policy.rules[static_cast<std::size_t>(field)] = rule;
    return policy;
}

std::vector<std::string> users(Naming& naming, std::string_view raw) {
    std::vector<std::string> found;
    for (auto& spelling : naming.spellings()) {
        found.push_back(spelling.of(Field::user, raw).text);
    }
    return found;
}

} // namespace

TEST_CASE("a log tells under which policies and epochs its names were written") {
    History history;
    CHECK_FALSE(history.has_policy());
    CHECK_FALSE(history.see(R"({"seq":1,"t":"start"})"));
    CHECK(history.see(policy_line(with_epochs(1), Before::names_in_clear).str()));
    CHECK(history.see(policy_line(with_epochs(2), Before::nothing).str()));
    CHECK(history.see(policy_line(with_epochs(2), Before::nothing).str()));
    CHECK(history.has_policy());
    CHECK(history.is_in_force(with_epochs(2)));
    CHECK_FALSE(history.is_in_force(with_epochs(1)));
    CHECK_FALSE(history.is_in_force(with_epochs(2, changed(Field::client, Rule::pseudonym))));
    REQUIRE(history.regimes().size() == 3);
    CHECK(history.regimes()[0] == Regime{});
    CHECK(history.regimes()[1].epoch == 1);
    CHECK(history.regimes()[2].epoch == 2);
}

TEST_CASE("a station's line about its policy says nothing of names in that log") {
    History history;
    CHECK_FALSE(history.see(R"({"digest":"00","epoch":1,"t":"policy"})"));
    CHECK_FALSE(history.has_policy());
}

TEST_CASE("consent counts from its line until it is refused or withdrawn") {
    History history;
    CHECK(history.consent() == pseudonym::Given::no);
    history.see(consent_line(ConsentState::given, "agreement 4", 1).str());
    CHECK(history.consent() == pseudonym::Given::yes);
    history.see(consent_line(ConsentState::withdrawn, "letter", 2).str());
    CHECK(history.consent() == pseudonym::Given::no);
    history.see(consent_line(ConsentState::given, "agreement 5", 3).str());
    history.see(consent_line(ConsentState::refused, "letter", 4).str());
    CHECK(history.consent() == pseudonym::Given::no);
}

TEST_CASE("names are spelled by the policy in force first, then in every way that the log tells") {
    History history;
    history.see(policy_line(with_epochs(1), Before::names_in_clear).str());
    history.see(policy_line(with_epochs(2), Before::nothing).str());
    Naming naming(with_epochs(2), history);
    const auto found = users(naming, "HOLM\\Hig");
    REQUIRE(found.size() == 3);
    CHECK(found[0].substr(0, 3) == "u2_");
    CHECK(found[1].substr(0, 3) == "u1_");
    CHECK(found[2] == "HOLM%5CHig");
    CHECK(users(naming, "hig")[0] == found[0]);
    CHECK(naming.raw_of(Field::file, "x.log").empty());
}

TEST_CASE("an epoch whose secret is gone is left out, and without a policy names stay as they are") {
    History history;
    history.see(policy_line(with_epochs(3), Before::nothing).str());
    Naming naming(with_epochs(2), history);
    CHECK(users(naming, "hig").size() == 1);
    const Naming clear;
    CHECK(clear.in_clear());
    CHECK(clear.raw_of(Field::server, "LIC02") == "LIC02");
}

TEST_CASE("where consent is asked for, a log is looked through with and without it") {
    Policy policy = Policy::standard();
    policy.consent = pseudonym::Consent::required;
    History history;
    history.see(policy_line(with_epochs(1, policy), Before::nothing).str());
    Naming without(with_epochs(1, policy), history);
    CHECK(users(without, "hig").front().empty());
    CHECK(users(without, "hig").size() == 2);
    history.see(consent_line(ConsentState::given, "agreement", 1).str());
    Naming with(with_epochs(1, policy), history);
    CHECK(users(with, "hig").front().substr(0, 3) == "u1_");
    CHECK(users(with, "hig").back().empty());
}
