#include "tally/crypto/secret_memory.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <optional>
#include <set>
#include <thread>

using namespace tally;
using crypto::SecretBytes;

namespace {

bool is_zero(const SecretBytes& secret) {
    return std::all_of(secret.bytes().begin(), secret.bytes().end(), [](auto byte) { return byte == 0; });
}

} // namespace

TEST_CASE("memory for secrets begins as zeros, also where a secret was before") {
    for (const std::size_t size : {1U, 32U, 64U, 65U, 158U, 1025U, 4096U, 4097U, 131'072U}) {
        std::set<const std::uint8_t*> places;
        for (int round = 0; round < 3; ++round) {
            SecretBytes secret(size);
            CHECK(secret.size() == size);
            CHECK(is_zero(secret));
            std::fill(secret.data(), secret.data() + size, std::uint8_t{0xA5});
            places.insert(secret.data());
        }
        CHECK(places.size() == (size > 4096 ? places.size() : 1));
    }
}

TEST_CASE("a secret is wiped where it lay when it goes") {
    const std::uint8_t* place = nullptr;
    {
        SecretBytes secret(64);
        std::fill(secret.data(), secret.data() + 64, std::uint8_t{0xA5});
        place = secret.data();
    }

    CHECK(std::count(place, place + 64, std::uint8_t{0xA5}) == 0); // its page stays, for the next one
}

TEST_CASE("a moved secret lies where it lay, and nothing is left in its old name") {
    SecretBytes one(32);
    one.data()[0] = 7;
    const std::uint8_t* place = one.data();
    SecretBytes two(std::move(one));

    CHECK(two.data() == place);
    CHECK(two.all<32>()[0] == 7);
    CHECK(one.size() == 0); // NOLINT(bugprone-use-after-move): that is what is tested
    SecretBytes three(32);
    three = std::move(two);
    CHECK(three.data() == place);
}

TEST_CASE("many secrets at once lie apart, and several threads may have some") {
    std::vector<SecretBytes> many;
    for (std::size_t i = 0; i < 2000; ++i) {
        many.emplace_back(1 + i % 200);
        std::fill(many.back().data(), many.back().data() + many.back().size(), static_cast<std::uint8_t>(i));
    }
    std::size_t right = 0;
    for (std::size_t i = 0; i < many.size(); ++i) {
        const auto bytes = many[i].bytes();
        right +=
            std::all_of(bytes.begin(), bytes.end(), [i](auto byte) { return byte == static_cast<std::uint8_t>(i); })
                ? 1U
                : 0U;
    }
    CHECK(right == many.size());

    std::array<std::thread, 4> threads;
    for (auto& thread : threads) {
        thread = std::thread([] {
            for (int i = 0; i < 2000; ++i) {
                SecretBytes secret(64);
                secret.data()[63] = 1;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(is_zero(SecretBytes(64)));
}
