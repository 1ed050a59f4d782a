// The formats receipt, acknowledgement, positions and telephone code, held to files that were made from the document alone.
#include "tally/receipt/ack.hpp"
#include "tally/receipt/telephone.hpp"
#include "tests/support/vector_table.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::receipt;

namespace {

const os::fs::path folder = "vectors/receipt";

std::vector<os::fs::path> files(const char* kind) { return test::files_in(folder / kind); }

std::string bytes_of(const os::fs::path& path) { return os::read_file(path, 1U << 20U); }

// What the reader of its kind gives, written again; nothing when it is refused.
std::optional<std::string> through(const os::fs::path& path) {
    const std::string name = path.filename().string();
    const std::string bytes = bytes_of(path);
    if (name.starts_with("receipt_")) {
        auto receipt = read_receipt(bytes);
        return receipt ? std::optional(receipt_file(*receipt)) : std::nullopt;
    }
    if (name.starts_with("ack_")) {
        const auto ack = read_ack(bytes);
        return ack ? std::optional(ack_file(*ack)) : std::nullopt;
    }
    const auto positions = read_positions(bytes);
    return positions ? std::optional(positions_file(*positions)) : std::nullopt;
}

minisig::PublicKey key(const char* name) { return minisig::read_public_key_file(bytes_of(folder / name)).value(); }

Receipt plain() { return read_receipt(bytes_of(folder / "good" / "receipt_plain")).value(); }

} // namespace

TEST_CASE("every good receipt, acknowledgement and list of positions reads, and is written to the same bytes") {
    for (const auto& path : files("good")) {
        INFO(path);
        CHECK(through(path) == bytes_of(path));
    }
}

TEST_CASE("every other spelling of a receipt, an acknowledgement or positions is refused") {
    for (const auto& path : files("bad")) {
        INFO(path);
        CHECK(!through(path));
    }
}

TEST_CASE("positions hash to what the receipt of the same state carries") {
    const auto positions = read_positions(bytes_of(folder / "good" / "positions_five")).value();
    CHECK(hash_of(positions) == plain().positions);
    CHECK(positions.size() == plain().logs);
    auto with_empty = positions;
    with_empty.emplace(HostId::parse("H" + std::string(24, 'A')).value(), Mark{});
    CHECK(hash_of(with_empty) == plain().positions);
}

TEST_CASE("a receipt holds by the verifier's key and its fixed comments alone") {
    const std::string file = bytes_of(folder / "good" / "receipt_plain");
    const std::vector<minisig::PublicKey> keys{key("export.pub"), key("verifier.pub")};
    const auto verify = [&](const char* name, const std::vector<minisig::PublicKey>& by, std::string_view text) {
        return signer_of(text, bytes_of(folder / name), by, receipt_note, receipt_comment(plain()));
    };
    REQUIRE(verify("receipt_plain.minisig", keys, file));
    CHECK(fingerprint_of(verify("receipt_plain.minisig", keys, file).value()) == plain().verifier);
    CHECK(!verify("receipt_plain.minisig", {keys[0]}, file));
    CHECK(!verify("receipt_plain.other_purpose", keys, file));
    CHECK(!verify("receipt_plain.other_key", {keys[1]}, file));
    std::string altered = file;
    altered[altered.find("\"n\":1") + 4] = '2';
    CHECK(!verify("receipt_plain.minisig", keys, altered));
    const auto ack = read_ack(bytes_of(folder / "good" / "ack_plain")).value();
    CHECK(signer_of(ack_file(ack), bytes_of(folder / "ack_plain.minisig"), {keys[0]}, ack_note, ack_comment(ack)));
}

TEST_CASE("rows that do not fit into a receipt travel beside it") {
    Receipt receipt = plain();
    const auto add = [&](std::size_t rows) {
        for (std::size_t i = receipt.except.size(); i < rows; ++i) {
            std::string name = "H" + std::string(24, 'A');
            name[23] = static_cast<char>('A' + i / 20);
            name[24] = static_cast<char>('A' + i % 20);
            receipt.except.emplace(HostId::parse(name).value(), Mark{i + 1, {}});
        }
    };
    add(64);
    CHECK(read_receipt(receipt_file(receipt)).value().except.size() == 64);
    CHECK(receipt.beside == Beside::no);
    SECTION("because there are more than 64") { add(65); }
    SECTION("because the line would be too long") {
        receipt.bundles.resize(99);
        for (int i = 0; i < 64; ++i) {
            receipt.findings.push_back(std::string(30, 'A') + static_cast<char>('A' + i / 8) +
                                       static_cast<char>('A' + i % 8));
        }
    }
    const std::string file = receipt_file(receipt);
    CHECK(receipt.beside == Beside::yes);
    CHECK(read_receipt(file).value().beside == Beside::yes);
    CHECK(read_receipt(file).value().except.empty());
}

TEST_CASE("a telephone code is the one of the document, and is heard as people say it") {
    for (const auto& row : test::read_table("vectors/receipt/codes.tsv", 3)) {
        INFO(row[0]);
        const auto receipt = read_receipt(bytes_of(folder / "good" / row[0])).value();
        const auto secret = read_secret(row[1] + "\n").value();
        CHECK(secret_file(secret) == row[1] + "\n");
        CHECK(spoken(code_of(secret, receipt)) == row[2]);
        CHECK(read_spoken(row[2]).value() == code_of(secret, receipt));
        std::string said = row[2];
        std::transform(said.begin(), said.end(), said.begin(), [](char c) {
            return c == '-'               ? ' '
                   : c == '0'             ? 'o'
                   : c == '1'             ? 'l'
                   : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32)
                                          : c;
        });
        CHECK(read_spoken(said).value() == code_of(secret, receipt));
    }
}

TEST_CASE("one character of a telephone code that was heard wrong is found") {
    const std::string code = spoken(code_of({}, plain()));
    constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    for (std::size_t at = 0; at + 2 < code.size(); ++at) {
        for (const char other : alphabet) {
            std::string heard = code;
            heard[at] = other;
            if (code[at] != '-' && other != code[at]) {
                CHECK(!read_spoken(heard));
            }
        }
    }
    CHECK(!read_spoken(""));
    CHECK(!read_spoken(code.substr(0, code.size() - 2)));
    CHECK(!read_spoken(code + "1"));
}
