#include "packager/release/review.hpp"
#include "tally/pseudonym/pseudonym.hpp"

#include "tests/unit/bundle/sample.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::release;

namespace {

// A bundle with one line for each of these users.
struct Bundle {
    test::TempDir dir;
    Inspection seen;

    explicit Bundle(const std::vector<std::string>& users) {
        test::Sample sample(0);
        for (const auto& user : users) {
            sample.host.add(sample.host.record("start").text("user", user).str());
        }
        sample.host.seal();
        seen = inspect(write_bundle(dir.path(), sample.contents()).path);
    }
    [[nodiscard]] std::vector<std::string> found(const std::vector<std::string>& words,
                                                 const std::string& marking = "") const {
        std::vector<std::string> told;
        for (const auto& one : scan(seen, {words, nullptr, marking}).found) {
            told.push_back((one.expected ? "expected " : "") + one.word + " " + std::to_string(one.lines));
        }
        return told;
    }
};

using Told = std::vector<std::string>;

} // namespace

TEST_CASE("a word is found inside others, in either case, and where bytes are spelled out") {
    const Bundle bundle({"xAnnax", "ANNA", "bert", "J\xC3\xB6rg \"the one\""});

    CHECK(bundle.found({"anna"}) == Told{"anna 2"});
    CHECK(bundle.found({"j\xC3\xB6rg", "\"the"}) == Told{"j\xC3\xB6rg 1", "\"the 1"});
    CHECK(bundle.found({"carl"}).empty());
}

TEST_CASE("words that share their ends are all found") {
    const Bundle bundle({"vwxyz"});

    CHECK(bundle.found({"wxy", "xy", "vwxyz", "yz", "vwxyq", "xyz"}) ==
          Told{"wxy 1", "xy 1", "vwxyz 1", "yz 1", "xyz 1"});
}

TEST_CASE("every planted word is found, whichever line it stands in") {
    std::vector<std::string> users;
    std::vector<std::string> words;
    for (int i = 100; i < 400; ++i) {
        users.push_back("prefix-w" + std::to_string(i) + "-suffix");
        words.push_back("W" + std::to_string(i));
    }
    const Bundle bundle(users);

    CHECK(bundle.found(words).size() == words.size());
}

TEST_CASE("a marking is a whole word, the longer one of two, and expected only when it was declared") {
    CHECK(Bundle({"secretary", "confidentially", "insecret"}).found({}).empty());
    CHECK(Bundle({"plan_SECRET.dwg"}).found({}) == Told{"SECRET 1"});
    CHECK(Bundle({"nato secret"}).found({}) == Told{"NATO SECRET 1"});
    CHECK(Bundle({"VS-NfD"}).found({}, "VS-NfD") == Told{"expected VS-NfD 1"});
    CHECK(Bundle({"geheim", "house rule"}).found({}, "House Rule") == Told{"GEHEIM 1", "expected House Rule 1"});
    CHECK(scan(Bundle({"VS-NfD"}).seen, {{}, nullptr, "SECRET"}).alarming());
    CHECK_FALSE(scan(Bundle({"VS-NfD"}).seen, {{}, nullptr, "vs-nfd"}).alarming());
}

TEST_CASE("a word is found as the pseudonym that any epoch of the site makes of it") {
    pseudonym::Privacy privacy;
    privacy.secrets.push_back(pseudonym::Secret::generate(1));
    privacy.secrets.push_back(pseudonym::Secret::generate(2));
    const auto of = [&](std::size_t epoch) {
        const auto& secret = privacy.secrets[epoch];
        return pseudonym_of(name_key(secret, pseudonym::Kind::person, "anna"), secret.epoch(), pseudonym::Kind::person,
                            "anna");
    };
    const Bundle bundle({of(0), of(1), "u1_ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"});

    const auto seen = scan(bundle.seen, {{"Anna"}, &privacy, ""});
    REQUIRE(seen.found.size() == 2);
    CHECK(seen.found[0].sort == Sort::pseudonym);
    CHECK(seen.found[0].spelling == of(0));
    CHECK(seen.found[1].places[0].value == of(1));
    CHECK(scan(bundle.seen, {{"Anna"}, nullptr, ""}).found.empty());
}

TEST_CASE("no more places are kept than are shown, and all lines are counted") {
    const auto seen = scan(Bundle(std::vector<std::string>(40, "anna")).seen, {{"anna"}, nullptr, ""});
    REQUIRE(seen.found.size() == 1);
    CHECK(seen.found[0].lines == 40);
    CHECK(seen.found[0].places.size() == kept_places);
    CHECK(seen.found[0].places[0].field == "user");
}

TEST_CASE("a list of words has its limits") {
    CHECK(read_word_list("")->empty());
    CHECK(*read_word_list("# x\n\n  anna \r\nbert") == Told{"anna", "bert"});
    CHECK(read_word_list("a\n").fault().at == 1);
    CHECK(read_word_list("ok\n" + std::string(max_word, 'x') + "\n"));
    CHECK(read_word_list("ok\n" + std::string(max_word + 1, 'x') + "\n").fault().at == 2);
    std::string many;
    for (std::size_t i = 0; i < max_words; ++i) {
        many += "word\n";
    }
    CHECK(read_word_list(many));
    CHECK_FALSE(read_word_list(many + "word\n"));
    CHECK_FALSE(read_word_list(std::string(max_word_list + 1, '\n')));
}

TEST_CASE("a page holds no value as it came, whatever the value is") {
    const std::string evil = "</style><script>alert(1)</script><img src=x onerror=\"y\">&amp;'";
    const Bundle bundle({evil, std::string(150, 'A')});
    const auto page = review_page(bundle.seen, review(bundle.seen, {}, scan(bundle.seen, {{"script"}, nullptr, ""})));

    CHECK(page.find("<script") == std::string::npos);
    CHECK(page.find("<img") == std::string::npos);
    CHECK(page.find("&lt;script&gt;alert(1)") != std::string::npos);
    CHECK(page.find(std::string(121, 'A')) == std::string::npos);
}

TEST_CASE("what the bundle before did not have is new, and digests are not compared") {
    const Bundle before({"anna", "bert"});
    const Bundle after({"anna", "carl", "0123456789abcdef0123456789abcdef"});
    std::vector<Inspection> against;
    against.push_back(inspect(before.seen.path));
    const auto made = review(after.seen, against, std::nullopt);

    REQUIRE(made.new_values.contains("user"));
    CHECK(made.new_values.at("user").some == Told{"carl"});
    CHECK(made.new_logs.empty());
    CHECK(made.names.at("user").clear == 3);
    CHECK(review(after.seen, {}, std::nullopt).new_logs.size() == 3);
}
