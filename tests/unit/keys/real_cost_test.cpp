// At the cost of real keys: 1 GiB of memory and seconds for every use. Once is enough.
#include "tally/minisig/signature.hpp"
#include "tests/support/command.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::minisig;

TEST_CASE("keys at the stock cost pass both ways between stock minisign and ours") {
    const test::TempDir dir;
    const std::string in = "cd '" + dir.path().string() + "' && ";
    const auto key = SecretKey::generate();
    os::replace_file(dir / "ours", secret_key_file(key, "real cost", stock_cost), 0600);
    os::replace_file(dir / "file", "x");

    REQUIRE(test::run(in + "printf 'real cost\\n' | minisign -S -s ours -m file -c c -t t").exit == 0);
    const auto signature = read_signature_file(os::read_file(dir / "file.minisig", max_signature_file));
    REQUIRE(signature);
    CHECK(verify(key.public_key(), digest(as_bytes("x")), *signature) == Verdict::good);

    REQUIRE(test::run(in + "printf 'stock\\nstock\\n' | minisign -G -s theirs -p theirs.pub").exit == 0);
    const auto theirs = read_secret_key_file(os::read_file(dir / "theirs", 4096), "stock");
    REQUIRE(theirs);
    CHECK(theirs->public_key() == *read_public_key_file(os::read_file(dir / "theirs.pub", 4096)));
}
