#include "tally/minisig/signature.hpp"

#include "tests/support/command.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::minisig;

namespace {

std::string test_file(const std::string& name) { return os::read_file("data/minisig/" + name, 4096); }

Signature signed_text(const SecretKey& key, std::string_view text) {
    return sign(key, digest(as_bytes(text)), {"made by a test", "tally-export-1 SITE1 1 1/1"});
}

std::string quoted(const boost::filesystem::path& path) { return "'" + path.string() + "'"; }

} // namespace

TEST_CASE("a signature holds for its bytes, its comment and its key only") {
    const auto key = SecretKey::generate();
    const auto signature = signed_text(key, "some bytes");
    auto other_comment = signature;
    other_comment.comments.trusted = "tally-export-1 SITE1 2 1/1";
    auto other_untrusted = signature;
    other_untrusted.comments.untrusted = "anything";

    CHECK(verify(key.public_key(), digest(as_bytes("some bytes")), signature) == Verdict::good);
    CHECK(verify(key.public_key(), digest(as_bytes("some bytez")), signature) == Verdict::bad_signature);
    CHECK(verify(key.public_key(), digest(as_bytes("some bytes")), other_comment) == Verdict::bad_comment);
    CHECK(verify(key.public_key(), digest(as_bytes("some bytes")), other_untrusted) == Verdict::good);
    CHECK(verify(SecretKey::generate().public_key(), digest(as_bytes("some bytes")), signature) == Verdict::other_key);
}

TEST_CASE("another key that claims the same id verifies nothing") {
    const auto key = SecretKey::generate();
    const auto signature = signed_text(key, "some bytes");
    PublicKey liar = SecretKey::generate().public_key();
    liar.id = key.public_key().id;

    CHECK(verify(liar, digest(as_bytes("some bytes")), signature) == Verdict::bad_signature);
}

TEST_CASE("the digest of a file is that of its bytes") {
    const test::TempDir dir;
    const std::string bytes(700'001, 'q');
    os::replace_file(dir / "file", bytes);

    CHECK(digest(os::open_regular(dir / "file"), dir / "file") == digest(as_bytes(bytes)));
}

TEST_CASE("a signature file is read back as it was written, and the stock one as stock wrote it") {
    const auto signature = signed_text(SecretKey::generate(), "x");
    const auto ours = signature_file(signature);
    const auto stock = test_file("message.minisig");

    REQUIRE(read_signature_file(ours));
    CHECK(signature_file(*read_signature_file(ours)) == ours);
    REQUIRE(read_signature_file(stock));
    CHECK(signature_file(*read_signature_file(stock)) == stock);
    CHECK(read_signature_file(stock)->comments.trusted == "made by stock");
    CHECK(verify(*read_public_key_file(test_file("stock_passphrase.pub")), digest(as_bytes(test_file("message"))),
                 *read_signature_file(stock)) == Verdict::good);
}

TEST_CASE("no flipped bit of a signature file is accepted, but in the comment that nothing signs") {
    const auto key = SecretKey::generate();
    const auto file = signature_file(signed_text(key, "x"));
    const auto hash = digest(as_bytes("x"));
    const std::size_t first = file.find('\n') + 1;

    int accepted_late = 0;
    for (std::size_t at = 0; at < file.size(); ++at) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            auto flipped = file;
            flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ (1U << bit));
            const auto read = read_signature_file(flipped);
            const bool good = read && verify(key.public_key(), hash, *read) == Verdict::good;
            accepted_late += good && at >= first ? 1 : 0;
            if (good && at < first) {
                CHECK(read->comments.untrusted != "made by a test");
            }
        }
    }

    CHECK(accepted_late == 0);
}

TEST_CASE("what stock minisign tolerates in a signature file is refused by line") {
    const auto good = signature_file(signed_text(SecretKey::generate(), "x"));
    const auto line_of_fault = [](const std::string& file) {
        const auto read = read_signature_file(file);
        return read ? 0 : read.fault().at;
    };
    const auto replaced = [&](const std::string& from, const std::string& to) {
        auto file = good;
        return file.replace(file.find(from), from.size(), to);
    };

    CHECK(line_of_fault(good) == 0);
    CHECK(line_of_fault(good + "x") == 5);
    CHECK(line_of_fault(good + "\n") == 5);
    CHECK(line_of_fault(good + good) == 5);
    CHECK(line_of_fault(good.substr(0, good.size() - 1)) == 4);
    CHECK(line_of_fault(replaced("made by", "made\tby")) == 1);
    CHECK(line_of_fault(replaced("a test\n", "a test\r\n")) == 1);
    CHECK(line_of_fault(replaced("a test\n", "a test \n")) == 1);
    CHECK(line_of_fault(replaced("SITE1 1", "SITE1  1")) == 3);
    CHECK(line_of_fault(replaced("1/1\n", "1/1\r\n")) == 3);
    CHECK(line_of_fault(replaced("trusted comment: tally", "trusted comment:tally")) == 3);
    CHECK(line_of_fault(replaced("==\n", "=\n")) == 4);
    CHECK(line_of_fault("") == 1);
    CHECK(line_of_fault(std::string(max_signature_file + 1, 'x')) == 1);
}

TEST_CASE("the older signature form over the bytes themselves is refused") {
    auto bytes = *from_base64(value_text(signed_text(SecretKey::generate(), "x")));
    bytes[1] = 'd';

    const auto read =
        parse_signature(to_base64(bytes), global_text(signed_text(SecretKey::generate(), "x")), {"a", "b"});

    REQUIRE_FALSE(read);
    CHECK(read.fault().what.find("prehashed") != std::string::npos);
}

TEST_CASE("stock minisign verifies our signatures and signs with our keys") {
    const test::TempDir dir;
    const auto key = SecretKey::generate();
    os::replace_file(dir / "file", "the bytes");
    os::replace_file(dir / "file.minisig", signature_file(signed_text(key, "the bytes")));
    os::replace_file(dir / "pub", public_key_file(key.public_key()));
    os::replace_file(dir / "plain", secret_key_file(key), 0600);
    os::replace_file(dir / "locked", secret_key_file(key, "pass word", test_cost), 0600);
    const std::string in = "cd " + quoted(dir.path()) + " && ";

    const auto verified = test::run(in + "minisign -V -p pub -m file");
    INFO(verified.out);
    CHECK(verified.exit == 0);
    CHECK(verified.out.find("Trusted comment: tally-export-1 SITE1 1 1/1") != std::string::npos);

    for (const std::string secret : {"plain", "locked"}) {
        const auto made =
            test::run(in + "printf 'pass word\\n' | minisign -S -s " + secret + " -m file -c 'by stock' -t 'one two'");
        INFO(made.out);
        REQUIRE(made.exit == 0);
        const auto read = read_signature_file(os::read_file(dir / "file.minisig", max_signature_file));
        REQUIRE(read);
        CHECK(verify(key.public_key(), digest(as_bytes("the bytes")), *read) == Verdict::good);
        CHECK(read->comments.trusted == "one two");
    }
    CHECK(test::run(in + "printf 'wrong\\n' | minisign -S -s locked -m file").exit != 0);
    CHECK(test::run(in + "minisign -R -s plain -p again && cmp pub again").exit == 0);
}

TEST_CASE("a key whose printed id begins with zeros is written as stock minisign writes it") {
    const test::TempDir dir;
    for (const std::uint8_t top : std::array<std::uint8_t, 4>{0x00, 0x01, 0x0f, 0x10}) {
        const SecretKey key({0x12, 0, 0, 0, 0, 0, 0, top}, crypto::SecretKey::generate());
        os::replace_file(dir / "pub", public_key_file(key.public_key()));
        os::replace_file(dir / "plain", secret_key_file(key), 0600);
        INFO(printed_id(key.public_key().id));
        CHECK(test::run("cd " + quoted(dir.path()) + " && minisign -R -f -s plain -p again && cmp pub again").exit ==
              0);
    }
}

TEST_CASE("stock minisign without our comments is refused with a reason") {
    const test::TempDir dir;
    os::replace_file(dir / "plain", secret_key_file(SecretKey::generate()), 0600);
    os::replace_file(dir / "file", "x");

    REQUIRE(test::run("cd " + quoted(dir.path()) + " && minisign -S -s plain -m file").exit == 0);

    const auto read = read_signature_file(os::read_file(dir / "file.minisig", max_signature_file));
    REQUIRE_FALSE(read);
    CHECK(read.fault().at == 3); // stock puts TABs into its default trusted comment
}
