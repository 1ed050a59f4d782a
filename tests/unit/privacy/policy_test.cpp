#include "tally/pseudonym/privacy.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

using namespace tally;
using namespace tally::pseudonym;

namespace {

const std::string standard =
    R"({"account":"pseudonym","address":"coarse","cdata":"omit","client":"clear","consent":"not_required",)"
    R"("domain":"omit","file":"omit","fold":"fold1","pool":"clear","reason":"clear","server":"clear","user":"pseudonym"})";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

Privacy sample() {
    Privacy privacy{Policy::standard(), {}};
    privacy.policy.aliases = {{"holm\\hig", "h.hig"}, {"upm", "\xc3\xbc"}};
    privacy.secrets.push_back(Secret::generate(1));
    privacy.secrets.push_back(Secret::generate(7));
    return privacy;
}

} // namespace

TEST_CASE("the standard policy has the spelling of its page") {
    CHECK(policy_object(Policy::standard()) == standard);
    CHECK(*read_policy(standard) == Policy::standard());
    CHECK(policy_digest(Policy::standard()).size() == 64);
}

TEST_CASE("a policy of another spelling or with what nobody knows is refused") {
    for (const auto& [from, to] : std::initializer_list<std::pair<std::string, std::string>>{
             {"\"user\":\"pseudonym\"", "\"user\":\"coarse\""},
             {"\"user\":\"pseudonym\"", "\"user\":\"hidden\""},
             {"\"user\":\"pseudonym\"", "\"user\":1"},
             {"\"server\":\"clear\"", "\"server\":\"omit\""},
             {",\"user\":\"pseudonym\"", ""},
             {"fold1", "fold2"},
             {"not_required", "perhaps"},
             {"\"cdata\"", "\"aliases\":[],\"cdata\""},
             {"\"cdata\"", "\"aliases\":[\"hig\"],\"cdata\""},
             {"\"cdata\"", "\"aliases\":[\"HIG=hig\"],\"cdata\""},
             {"\"cdata\"", "\"aliases\":[\"=hig\"],\"cdata\""},
             {"\"cdata\"", "\"aliases\":[\"b=x\",\"a=x\"],\"cdata\""},
             {"\"cdata\"", "\"aliases\":[\"a=x\",\"a=y\"],\"cdata\""},
             {"\"cdata\"", "\"aliases\":[1],\"cdata\""},
             {"\"cdata\"", "\"beside\":\"x\",\"cdata\""},
             {"{", "{ "}}) {
        INFO(to);
        CHECK_FALSE(read_policy(replaced(standard, from, to)).ok());
    }
}

TEST_CASE("policy and secrets come back from the file, which nobody else may read") {
    const test::TempDir folder;
    CHECK_FALSE(load_privacy(folder.path()).has_value());
    const Privacy privacy = sample();
    save_privacy(folder.path(), privacy);
    const auto back = load_privacy(folder.path());
    REQUIRE(back.has_value());
    CHECK(back->policy == privacy.policy);
    CHECK(privacy_text(*back) == privacy_text(privacy));
    CHECK(back->current().epoch() == 7);
    const std::string path = (folder.path() / "privacy.json").string();
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600);
    REQUIRE(::chmod(path.c_str(), 0640) == 0);
    CHECK_THROWS_WITH(load_privacy(folder.path()), Catch::Contains("others than its owner may read it"));
}

TEST_CASE("a privacy file whose secrets are not in order, or that says more, is refused") {
    const std::string good = privacy_text(sample());
    CHECK(read_privacy(good).ok());
    for (const auto& [from, to] :
         std::initializer_list<std::pair<std::string, std::string>>{{"\"epoch\":7", "\"epoch\":1"},
                                                                    {"\"epoch\":1,", "\"epoch\":0,"},
                                                                    {"\"epoch\":7", "\"epoch\":10000"},
                                                                    {"tally-privacy-1", "tally-privacy-2"},
                                                                    {"\"key\":\"", "\"key\":\"0"},
                                                                    {"\"key\":", "\"kex\":"},
                                                                    {"\"policy\"", "\"paper\":1,\"policy\""},
                                                                    {"\n", ""}}) {
        INFO(to);
        CHECK_FALSE(read_privacy(replaced(good, from, to)).ok());
    }
}

TEST_CASE("a secret that was moved away has left no copy") {
    Secret first = Secret::generate(3);
    const std::string key = to_hex(first.bytes());
    const std::uint8_t* place = first.bytes().data();
    const Secret second = std::move(first);
    CHECK(to_hex(second.bytes()) == key);
    CHECK(second.bytes().data() == place); // the one place where it lies
}
