#include "tally/site_file/chain.hpp"

#include "tally/base/encoding.hpp"
#include "tests/support/command.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::site_file;
using minisig::SecretKey;

namespace {

struct Site {
    SecretKey root = SecretKey::generate();
    SecretKey second = SecretKey::generate();
    SecretKey exporter = SecretKey::generate();
    SecretKey verifier = SecretKey::generate();
    Version version{*SiteId::parse("SITE1"),
                    1,
                    {root.public_key()},
                    1,
                    crypto::SecretKey::generate().public_key(),
                    {exporter.public_key()},
                    {},
                    0};

    [[nodiscard]] std::string line() const { return signed_line(version, std::vector<const SecretKey*>{&root}) + "\n"; }
};

void sort_keys(std::vector<minisig::PublicKey>& keys) {
    std::sort(keys.begin(), keys.end(),
              [](const auto& a, const auto& b) { return minisig::to_text(a) < minisig::to_text(b); });
}

std::string signed_by(const Version& version, const std::vector<const SecretKey*>& keys) {
    return signed_line(version, keys) + "\n";
}

std::string why_not(const std::string& bytes) {
    const auto chain = read_chain(bytes);
    return chain ? "" : chain.fault().what;
}

std::string replaced(std::string bytes, const std::string& from, const std::string& to) {
    REQUIRE(bytes.find(from) != std::string::npos);
    return bytes.replace(bytes.find(from), from.size(), to);
}

} // namespace

TEST_CASE("version 1 of a site file is read back as it was written") {
    const Site site;

    const auto chain = read_chain(site.line());

    REQUIRE(chain);
    CHECK(chain->current().site == site.version.site);
    CHECK(chain->current().roots == site.version.roots);
    CHECK(chain->current().exports == site.version.exports);
    CHECK(chain->current().verifiers.empty());
    CHECK(chain->current().log == site.version.log);
    CHECK(chain->current().threshold == 1);
    CHECK(chain->current().releases == 0);
    CHECK(chain->lines().size() == 1);
    CHECK(to_hex(chain->fingerprint()) == to_hex(crypto::sha256(signed_text(site.version))));
}

TEST_CASE("no flipped bit of a site file is read as a site file") {
    const Site site;
    const auto bytes = site.line();
    std::size_t accepted = 0;

    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            auto flipped = bytes;
            flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ (1U << bit));
            accepted += read_chain(flipped) ? 1U : 0U;
        }
    }

    CHECK(accepted == 0);
    CHECK(read_chain(bytes));
}

TEST_CASE("a site file cut at any length or with bytes after it is no site file") {
    const auto bytes = Site().line();

    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CHECK_FALSE(read_chain(std::string_view(bytes).substr(0, size)));
    }
    CHECK_FALSE(read_chain(bytes + "\n"));
    CHECK_FALSE(read_chain(bytes + " "));
    CHECK_FALSE(read_chain(bytes + bytes));
}

TEST_CASE("a site file says which rule it breaks") {
    Site site;

    CHECK(why_not("") == "empty site file");
    CHECK(why_not(replaced(site.line(), "tally-site-1\",\"log", "tally-site-2\",\"log")).find("format") !=
          std::string::npos);
    CHECK(why_not(replaced(site.line(), "\"verifiers\":[]", "\"verifiers\":{}")) == "no list verifiers");
    CHECK(why_not(replaced(site.line(), "{\"exports", "{\"aside\":0,\"exports")).find("format") != std::string::npos);
    CHECK(why_not(replaced(site.line(), "{\"exports", "{ \"exports")).find("canonical") != std::string::npos);
    CHECK(why_not(signed_by(site.version, {})).find("threshold") != std::string::npos);
    CHECK(why_not(signed_by(site.version, {&site.exporter})).find("no root key") != std::string::npos);
    site.version.threshold = 2;
    CHECK(why_not(site.line()).find("threshold") != std::string::npos);
    site.version.threshold = 0;
    CHECK(why_not(site.line()).find("threshold") != std::string::npos);
    site.version.threshold = 1;
    site.version.number = 2;
    CHECK(why_not(site.line()) == "does not start at version 1");
}

TEST_CASE("a key has one role") {
    Site site;
    site.version.exports = site.version.roots;
    CHECK(why_not(site.line()).find("one role") != std::string::npos);

    Site twice;
    twice.version.verifiers = twice.version.exports;
    CHECK(why_not(twice.line()).find("one role") != std::string::npos);

    Site log;
    log.version.log = log.exporter.public_key().point;
    CHECK(why_not(log.line()).find("one role") != std::string::npos);

    Site id;
    auto other = id.verifier.public_key();
    other.id = id.root.public_key().id;
    id.version.verifiers = {other};
    CHECK(why_not(id.line()).find("one role") != std::string::npos);

    Site unsorted;
    unsorted.version.exports = {unsorted.exporter.public_key(), unsorted.second.public_key()};
    sort_keys(unsorted.version.exports);
    CHECK(why_not(unsorted.line()).empty());
    std::swap(unsorted.version.exports[0], unsorted.version.exports[1]);
    CHECK(why_not(unsorted.line()) == "the keys of a role are not sorted");
}

TEST_CASE("keys that are no acceptable points do not enter a site file") {
    Site site;
    site.version.log = {}; // of order 4
    CHECK(why_not(site.line()).find("acceptable") != std::string::npos);

    Site low;
    low.version.verifiers = {{{1, 2, 3}, {1}}}; // the neutral element
    CHECK(why_not(low.line()).find("acceptable") != std::string::npos);
}

TEST_CASE("version 2 needs the threshold of version 1 and its own") {
    Site site;
    Version next = site.version;
    next.number = 2;
    next.roots = {site.root.public_key(), site.second.public_key()};
    sort_keys(next.roots);
    next.threshold = 2;

    CHECK(read_chain(site.line() + signed_by(next, {&site.root, &site.second})));
    CHECK(why_not(site.line() + signed_by(next, {&site.root})) ==
          "signed by fewer of its root keys than its threshold");

    next.roots = {site.second.public_key()};
    next.threshold = 1;
    CHECK(read_chain(site.line() + signed_by(next, {&site.root, &site.second})));
    CHECK(why_not(site.line() + signed_by(next, {&site.second})).find("version before") != std::string::npos);
    CHECK(why_not(site.line() + signed_by(next, {&site.root})).find("its root keys") != std::string::npos);
    CHECK(read_chain(site.line() + signed_by(next, {&site.root})).fault().at == 2);
}

TEST_CASE("one key signing twice is not two signatures") {
    Site site;
    site.version.roots = {site.root.public_key(), site.second.public_key()};
    sort_keys(site.version.roots);
    site.version.threshold = 2;
    const auto once = signed_by(site.version, {&site.root});
    const auto from = once.find("\"sigs\":[") + 8;
    const auto entry = once.substr(from, once.find(']', from) - from);

    CHECK(why_not(replaced(once, entry, entry + "," + entry)).find("each once") != std::string::npos);
    CHECK(why_not(once).find("threshold") != std::string::npos);
    CHECK(read_chain(signed_by(site.version, {&site.root, &site.second})));
}

TEST_CASE("versions follow each other for one site and one station, and roles stay") {
    Site site;
    Version next = site.version;
    next.number = 3;
    CHECK(why_not(site.line() + signed_by(next, {&site.root})) == "does not follow the version before");
    next.number = 2;
    next.site = *SiteId::parse("SITE2");
    CHECK(why_not(site.line() + signed_by(next, {&site.root})) == "does not follow the version before");
    next.site = site.version.site;
    next.log = site.verifier.public_key().point;
    CHECK(why_not(site.line() + signed_by(next, {&site.root})) == "changes the station's log");
    next.log = site.version.log;
    next.exports = {site.second.public_key()};
    next.verifiers = {site.exporter.public_key()};
    CHECK(why_not(site.line() + signed_by(next, {&site.root})) == "gives a key another role than it had");
    next.verifiers = {site.verifier.public_key()};
    CHECK(why_not(site.line() + signed_by(next, {&site.root})).empty());
}

TEST_CASE("an export key is retired where it is dropped, and never signs longer than that") {
    Site site;
    Version next = site.version;
    next.number = 2;
    next.exports = {site.second.public_key()};
    next.retired = {{site.exporter.public_key(), 100}};
    const auto two = site.line() + signed_by(next, {&site.root});
    REQUIRE(read_chain(two));
    CHECK(read_chain(two)->current().retired == next.retired);
    CHECK(signed_text(next).find("\"retired\":[{\"key\":\"") != std::string::npos);

    Version third = next;
    third.number = 3;
    CHECK(read_chain(two + signed_by(third, {&site.root})));
    third.retired[0].until = 99;
    CHECK(read_chain(two + signed_by(third, {&site.root})));
    third.retired[0].until = 101;
    CHECK(why_not(two + signed_by(third, {&site.root})).find("retires key") == 0);
    third.retired = {{site.verifier.public_key(), 1}};
    CHECK(why_not(two + signed_by(third, {&site.root})).find("retires key") == 0);
    third.retired.clear();
    const auto three = two + signed_by(third, {&site.root});
    REQUIRE(read_chain(three));
    Version fourth = next;
    fourth.number = 4;
    CHECK(why_not(three + signed_by(fourth, {&site.root})).find("retires key") == 0);

    Version first = site.version;
    first.retired = next.retired;
    CHECK(why_not(signed_by(first, {&site.root})).find("listed elsewhere too") != std::string::npos);
    first.exports = {site.second.public_key()};
    CHECK(why_not(signed_by(first, {&site.root})).find("retires key") == 0);
}

TEST_CASE("a list of retired keys has one spelling") {
    Site site;
    Version next = site.version;
    next.number = 2;
    next.exports = {site.second.public_key()};
    next.retired = {{site.exporter.public_key(), 100}};
    const auto line = signed_by(next, {&site.root});
    const auto from = line.find("\"retired\":") + 10;
    const auto entry = line.substr(from, line.find(']', from) + 1 - from);

    CHECK(why_not(site.line() + replaced(line, entry, "[]")).find("no list") != std::string::npos);
    CHECK(why_not(site.line() + replaced(line, entry, "7")).find("no list") != std::string::npos);
    CHECK(why_not(site.line() + replaced(line, entry, "[7]")).find("not a list") != std::string::npos);
    CHECK(why_not(site.line() + replaced(line, "\"until\":100", "\"until\":\"100\"")).find("no until") !=
          std::string::npos);
    CHECK_FALSE(why_not(site.line() + replaced(line, "\"until\":100", "\"until\":101")).empty());
}

TEST_CASE("a signature under another comment does not count") {
    Site site;
    Version lied = site.version;
    lied.number = 2;
    const auto wrong = signed_by(lied, {&site.root});
    const auto comment = wrong.substr(wrong.find("\"sigs\":"));
    const auto honest = site.line();

    CHECK_FALSE(read_chain(honest.substr(0, honest.find("\"sigs\":")) + comment));
}

TEST_CASE("a chain is the same, older, newer or different") {
    Site site;
    Version next = site.version;
    next.number = 2;
    next.verifiers = {site.verifier.public_key()};
    const auto one = *read_chain(site.line());
    const auto two = *read_chain(site.line() + signed_by(next, {&site.root}));
    const auto other = *read_chain(Site().line());

    CHECK(relate(one, one) == Relation::same);
    CHECK(relate(two, one) == Relation::older);
    CHECK(relate(one, two) == Relation::newer);
    CHECK(relate(one, other) == Relation::different);
    CHECK(relate(two, other) == Relation::different);
}

TEST_CASE("a fingerprint in words follows the published examples") {
    // Two addresses from the paper's table: 127.0.0.1 = lusab-babad, 63.84.220.193 = gutih-tugad.
    line::Hash hash{127, 0, 0, 1, 63, 84, 220, 193};

    const auto words = fingerprint_words(hash);

    CHECK(words == "lusab-babad-gutih-tugad-babab-babab-babab-babab");
    CHECK(fingerprint_is(hash, words));
    CHECK(fingerprint_is(hash, "LUSAB BABAD GUTIH TUGAD BABAB BABAB BABAB BABAB"));
    CHECK(fingerprint_is(hash, to_hex(hash)));
    CHECK_FALSE(fingerprint_is(hash, "lusab-babad-gutih-tugad-babab-babab-babab"));
    CHECK_FALSE(fingerprint_is(hash, "lusab-babad-gutih-tugad-babab-babab-babab-babad"));
    CHECK_FALSE(fingerprint_is(hash, to_hex(hash).substr(0, 32)));
    CHECK_FALSE(fingerprint_is(hash, ""));
}

TEST_CASE("jq, sha256sum and minisign verify a site file without us") {
    const test::TempDir dir;
    const Site site;
    os::replace_file(dir / "SITE.jsonl", site.line());
    const std::string in = "cd '" + dir.path().string() + "' && ";

    const auto text = test::run(in + "head -n 1 SITE.jsonl | jq -cjS 'del(.sigs)' | tee text | sha256sum");
    CHECK(text.out.substr(0, 64) == to_hex(read_chain(site.line())->fingerprint()));
    CHECK(os::read_file(dir / "text", 4096) == signed_text(site.version));

    const auto verified = test::run(
        in + "head -n 1 SITE.jsonl | jq -r '.sigs[0] | \"untrusted comment: site file\\n\\(.sig)\\ntrusted comment: "
             "\\(.comment)\\n\\(.global)\"' > text.minisig && "
             "minisign -V -P \"$(jq -r '.roots[0]' SITE.jsonl)\" -m text");
    INFO(verified.out);
    CHECK(verified.exit == 0);
    CHECK(verified.out.find("Trusted comment: tally-site-1 SITE1 1") != std::string::npos);
}

TEST_CASE("the example on the format's page is a site file with the fingerprint that the page gives") {
    const auto page = os::read_file("../docs/formats/site-file.md", 1U << 20U);
    const auto from = page.find("{\"exports\"");
    REQUIRE(from != std::string::npos);

    const auto chain = read_chain(page.substr(from, page.find('\n', from) + 1 - from));

    REQUIRE(chain);
    CHECK(page.find("`" + fingerprint_words(chain->fingerprint()) + "`") != std::string::npos);
    CHECK(page.find("`" + to_hex(chain->fingerprint()) + "`") != std::string::npos);
}

TEST_CASE("officers are listed with their persons, and one that has left with the end of what it released") {
    Site site;
    const SecretKey anna = SecretKey::generate();
    site.version.releases = 1;
    site.version.officers = {{anna.public_key(), *SiteId::parse("ANNA"), std::nullopt}};
    Version second = site.version;
    second.number = 2;
    second.officers[0].until = 40;

    const auto chain = read_chain(site.line() + signed_by(second, {&site.root}));

    REQUIRE(chain);
    CHECK(chain->first().officers == site.version.officers);
    CHECK(chain->current().officers == second.officers);
}

TEST_CASE("an officer who has left never comes back, stays no longer, and begins as one who is there") {
    Site site;
    const SecretKey anna = SecretKey::generate();
    Version second = site.version;
    second.number = 2;
    second.officers = {{anna.public_key(), *SiteId::parse("ANNA"), 40}};
    CHECK(why_not(site.line() + signed_by(second, {&site.root})).find("before it was listed") != std::string::npos);

    site.version.officers = {{anna.public_key(), *SiteId::parse("ANNA"), std::nullopt}};
    Version third = second;
    third.number = 3;
    const std::string left = site.line() + signed_by(second, {&site.root});
    CHECK(why_not(left + signed_by(third, {&site.root})).empty());
    third.officers[0].until = 41;
    CHECK(why_not(left + signed_by(third, {&site.root})).find("stays longer") != std::string::npos);
    third.officers[0].until.reset();
    CHECK(why_not(left + signed_by(third, {&site.root})).find("comes back") != std::string::npos);
}

TEST_CASE("an officer's key has no other role and never becomes another person's") {
    Site site;
    const SecretKey anna = SecretKey::generate();
    site.version.officers = {{site.exporter.public_key(), *SiteId::parse("ANNA"), std::nullopt}};
    CHECK_FALSE(why_not(site.line()).empty());

    site.version.officers = {{anna.public_key(), *SiteId::parse("ANNA"), std::nullopt}};
    Version second = site.version;
    second.number = 2;
    second.officers[0].person = *SiteId::parse("BERT");
    CHECK(why_not(site.line() + signed_by(second, {&site.root})).find("another role") != std::string::npos);
    second.officers.clear();
    second.exports = {anna.public_key()};
    CHECK(why_not(site.line() + signed_by(second, {&site.root})).find("another role") != std::string::npos);
}
