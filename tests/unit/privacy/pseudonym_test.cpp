#include "tally/pseudonym/pseudonym.hpp"
#include "tests/support/vector_table.hpp"

#include <catch2/catch.hpp>
#include <numeric>
#include <set>

using namespace tally;
using namespace tally::pseudonym;
using tally::test::bytes_of;
using tally::test::read_table;

namespace {

Secret secret_of(std::uint64_t epoch) {
    crypto::SecretBytes bytes(Secret::size);
    const auto all = bytes.all<Secret::size>();
    std::iota(all.begin(), all.end(), std::uint8_t{0});
    if (epoch == 2) {
        std::reverse(all.begin(), all.end());
    }
    return {epoch, std::move(bytes)};
}

Kind kind_named(const std::string& name) {
    for (const Kind kind : {Kind::person, Kind::host, Kind::domain, Kind::address, Kind::text}) {
        if (name_of(kind) == name) {
            return kind;
        }
    }
    FAIL("no kind " + name);
    return Kind::text;
}

Policy with_aliases() {
    Policy policy = Policy::standard();
    policy.aliases = {
        {"guest", "visitor"}, {"lab\\upm", "upm.lab"}, {"m\xfcller", "m\xc3\xbcller"}, {"visitor", "never"}};
    return policy;
}

Policy all(Rule rule) {
    Policy policy;
    policy.rules.fill(rule);
    return policy;
}

} // namespace

TEST_CASE("names fold and become the pseudonyms that an independent script gives") {
    const Policy policy = with_aliases();
    std::size_t rows = 0;
    for (const auto& row : read_table("vectors/pseudonym/names.tsv", 6)) {
        INFO(row[0] << " " << row[1]);
        const Kind kind = kind_named(row[0]);
        const FoldedName folded = fold1(kind, bytes_of(row[1]), policy);
        CHECK(folded.name == bytes_of(row[2]));
        CHECK(folded.domain == bytes_of(row[3]));
        const Secret secret = secret_of(std::stoull(row[4]));
        const auto key = name_key(secret, kind, folded.name);
        const std::string made = pseudonym_of(key, secret.epoch(), kind, folded.name);
        CHECK(made == (row[5] == "-" ? "" : row[5]));
        const auto read = read_pseudonym(made);
        CHECK(read.has_value() == !made.empty());
        CHECK((!read || (read->kind == kind && read->epoch == secret.epoch())));
        ++rows;
    }
    CHECK(rows > 90);
}

TEST_CASE("a person is one pseudonym in every spelling, and another one in another epoch") {
    std::set<std::string> seen;
    for (const char* spelling : {"UPM", "upm", "HOLM\\upm", "upm@holm.example"}) {
        seen.insert(spelled(Field::user, spelling, Policy::standard(), secret_of(1), Given::no).text);
        seen.insert(spelled(Field::account, spelling, Policy::standard(), secret_of(1), Given::no).text);
    }
    CHECK(seen.size() == 1);
    seen.insert(spelled(Field::user, "upm", Policy::standard(), secret_of(2), Given::no).text);
    CHECK(seen.size() == 2);
    seen.insert(spelled(Field::client, "upm", all(Rule::pseudonym), secret_of(1), Given::no).text);
    CHECK(seen.size() == 3);
}

TEST_CASE("each rule lets go of what it says and of nothing else") {
    const Secret secret = secret_of(1);
    Policy policy = all(Rule::clear);
    CHECK(spelled(Field::user, "HOLM\\Hig", policy, secret, Given::no).text == "HOLM\\Hig");
    CHECK(spelled(Field::user, "HOLM\\Hig", policy, secret, Given::no).domain.empty());
    policy = all(Rule::omit);
    for (const Field field : all_fields()) {
        const Name name = spelled(field, "HOLM\\Hig", policy, secret, Given::yes);
        CHECK(name.text.empty());
        CHECK(name.domain.empty());
    }
    policy = all(Rule::pseudonym);
    CHECK(spelled(Field::user, "HOLM\\Hig", policy, secret, Given::no).domain ==
          spelled(Field::domain, "holm", policy, secret, Given::no).text);
    CHECK(spelled(Field::user, "", policy, secret, Given::no).text.empty());
    policy.rules[static_cast<std::size_t>(Field::domain)] = Rule::clear;
    CHECK(spelled(Field::user, "HOLM\\Hig", policy, secret, Given::no).domain == "holm");
    policy.rules[static_cast<std::size_t>(Field::address)] = Rule::coarse;
    CHECK(spelled(Field::address, "10.1.2.3", policy, secret, Given::no).text == "10.1.2.0/24");
    CHECK(spelled(Field::address, "2001:db8:1:2::3", policy, secret, Given::no).text == "2001:db8:1::/48");
    CHECK(spelled(Field::address, "hig-pc", policy, secret, Given::no).text.empty());
}

TEST_CASE("without the consent that a policy requires nothing of a person stands in a line") {
    Policy policy = all(Rule::clear);
    policy.consent = Consent::required;
    const Secret secret = secret_of(1);
    for (const Field field : {Field::user, Field::account, Field::cdata, Field::domain}) {
        CHECK(spelled(field, "hig", policy, secret, Given::no).text.empty());
        CHECK(spelled(field, "hig", policy, secret, Given::yes).text == "hig");
    }
    CHECK(spelled(Field::client, "wal1", policy, secret, Given::no).text == "wal1");
}

TEST_CASE("only the exact form of a pseudonym is taken for one") {
    const std::string good = "u12_6JF6GTFHXJ3WQ6D4XQBRVQ4EOBJFCBSK";
    CHECK(read_pseudonym(good)->epoch == 12);
    for (const std::string& bad :
         {std::string("u_6JF6GTFHXJ3WQ6D4XQBRVQ4EOBJFCBSK"), std::string("u0_6JF6GTFHXJ3WQ6D4XQBRVQ4EOBJFCBSK"),
          std::string("u01_6JF6GTFHXJ3WQ6D4XQBRVQ4EOBJFCBSK"), std::string("p1_6JF6GTFHXJ3WQ6D4XQBRVQ4EOBJFCBSK"),
          std::string("u12345_6JF6GTFHXJ3WQ6D4XQBRVQ4EOBJFCBSK"), good + "A", good.substr(0, good.size() - 1),
          std::string("u1_6jf6gtfhxj3wq6d4xqbrvq4eobjfcbsk"), std::string("hig"), std::string()}) {
        CHECK_FALSE(read_pseudonym(bad));
    }
}
