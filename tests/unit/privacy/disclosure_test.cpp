#include "tally/base/error.hpp"
#include "tally/pseudonym/disclosure.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::pseudonym;

namespace {

std::string with_replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

Disclosure of_person(const std::string& name) {
    const Secret secret = Secret::generate(4);
    return {*SiteId::parse("SITE1"), Kind::person, 4, name, name_key(secret, Kind::person, name)};
}

// A log of `count` lines and a seal over them.
struct Log {
    std::vector<std::string> lines;
    std::string host, seal;
    std::vector<line::Hash> leaves;

    explicit Log(std::size_t count) {
        const auto key = crypto::SecretKey::generate();
        host = line::log_id(key.public_key()).text();
        line::TreeHasher hasher;
        line::CompactRange range;
        for (std::size_t i = 0; i < count; ++i) {
            lines.push_back(line::Object().token("host", host).integer("seq", i).token("t", "x").str());
            leaves.push_back(hasher.leaf(lines.back()));
            range.append(hasher, leaves.back());
        }
        line::Object fields;
        fields.token("host", host).integer("seq", count).token("boot", std::string(32, '0'));
        fields.integer("up", 1).integer("wall", 1).token("reason", "request").token("erasure", "overwrite");
        seal = line::make_seal(fields, Epoch{0}, range.root(hasher), crypto::SecretKey::generate().public_key(), key);
    }
    [[nodiscard]] LineProof prove(std::size_t seq) const {
        line::TreeHasher hasher;
        return {*SiteId::parse("SITE1"), host, seq, line::inclusion_path(hasher, seq, leaves), lines[seq], seal};
    }
};

} // namespace

TEST_CASE("a disclosed person can be checked with the file alone") {
    for (const std::string name : {"hig", "m\xc3\xbcller", "per%cent \\ \"x\"", "\xff"}) {
        const Disclosure disclosure = of_person(name);
        const auto back = read_disclosure(disclosure_text(disclosure));
        REQUIRE(back.ok());
        CHECK(back->name == name);
        CHECK(back->pseudonym() == disclosure.pseudonym());
    }
    CHECK_THROWS_AS(disclosure_text(of_person(std::string(193, 'x'))), Error);
}

TEST_CASE("a disclosure with another name, key, epoch or kind is refused") {
    const Disclosure disclosure = of_person("hig");
    const std::string good = disclosure_text(disclosure);
    const std::string key = to_hex(disclosure.key);
    for (const auto& [from, to] :
         std::initializer_list<std::pair<std::string, std::string>>{{"\"hig\"", "\"upm\""},
                                                                    {"\"hig\"", "\"\""},
                                                                    {key, std::string(key.rbegin(), key.rend())},
                                                                    {"\"epoch\":4", "\"epoch\":5"},
                                                                    {"\"epoch\":4", "\"epoch\":0"},
                                                                    {"person", "host"},
                                                                    {"person", "people"},
                                                                    {"tally-disclosure-1", "tally-disclosure-2"},
                                                                    {"\"site\":\"SITE1\"", "\"site\":\"site1\""},
                                                                    {"\"site\"", "\"siti\":1,\"site\""},
                                                                    {"\n", ""},
                                                                    {"\n", "\n\n"}}) {
        INFO(to);
        CHECK_FALSE(read_disclosure(with_replaced(good, from, to)).ok());
    }
}

TEST_CASE("every line of a log can be shown under its seal") {
    for (const std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{8}, std::size_t{33}}) {
        const Log log(count);
        for (std::size_t seq = 0; seq < count; ++seq) {
            const auto proved = read_line_proof(line_proof_text(log.prove(seq)));
            REQUIRE(proved.ok());
            CHECK(proved->proof.line == log.lines[seq]);
            CHECK(proved->seal.size == count);
        }
    }
}

TEST_CASE("a proof of a line that was altered, moved or belongs to another log is refused") {
    const Log log(9);
    const Log other(9);
    const LineProof good = log.prove(4);
    LineProof bad = good;
    bad.line = with_replaced(bad.line, "\"x\"", "\"y\"");
    CHECK_FALSE(read_line_proof(line_proof_text(bad)).ok());
    bad = good;
    bad.seq = 5;
    CHECK_FALSE(read_line_proof(line_proof_text(bad)).ok());
    bad = good;
    bad.path.pop_back();
    CHECK_FALSE(read_line_proof(line_proof_text(bad)).ok());
    bad = good;
    bad.seal_line = other.seal;
    CHECK_FALSE(read_line_proof(line_proof_text(bad)).ok());
    bad = good;
    bad.seal_line = good.line;
    CHECK_FALSE(read_line_proof(line_proof_text(bad)).ok());
    bad = good;
    bad.host = other.host;
    CHECK_FALSE(read_line_proof(line_proof_text(bad)).ok());
    const std::string text = line_proof_text(good);
    CHECK_FALSE(read_line_proof(text + "\n").ok());
    CHECK_FALSE(read_line_proof(text.substr(0, text.size() - 1)).ok());
    CHECK_FALSE(read_line_proof(with_replaced(text, "\"seq\":4,\"site\"", "\"seq\":4,\"sight\":1,\"site\"")).ok());
}
