#include "tally/cli/passphrase.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::cli;

namespace {

// The reading end of a pipe that holds `text` and then ends.
os::Descriptor holding(const std::string& text) {
    int ends[2] = {-1, -1};
    REQUIRE(::pipe(ends) == 0);
    const os::Descriptor writing(ends[1]);
    os::write_all(writing, text, "pipe");
    return os::Descriptor(ends[0]);
}

} // namespace

TEST_CASE("a passphrase is the first line of its descriptor, and what follows stays unread") {
    const auto from = holding(" two words \nrest\n");

    CHECK(passphrase_for("a key", from.get()).text() == " two words ");
    CHECK(Passphrase::read_line(from.get(), "pipe").text() == "rest");
    CHECK(passphrase_for("a key", holding("without a line end").get()).text() == "without a line end");
    CHECK(new_passphrase(holding("for a new key\n").get())->text() == "for a new key");
}

TEST_CASE("an empty passphrase for a new key, one too long and a closed descriptor are errors") {
    CHECK_THROWS_AS(new_passphrase(holding("\n").get()), Error);
    CHECK(passphrase_for("a key", holding(std::string(Passphrase::max_bytes, 'x') + "\n").get()).text().size() ==
          Passphrase::max_bytes);
    CHECK_THROWS_AS(passphrase_for("a key", holding(std::string(Passphrase::max_bytes + 1, 'x')).get()), Error);
    CHECK_THROWS_AS(passphrase_for("a key", 1'000'000), Error);
}
