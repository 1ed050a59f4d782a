#include "recorder/line/paired_sha256.hpp"
#include "tally/line/tree.hpp"
#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>
#include <random>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

using namespace tally;
using namespace tally::line;
using tally::test::fresh_seed;

namespace {

class RandomBytes {
public:
    explicit RandomBytes(std::uint32_t seed) : engine_(seed) {}

    std::string of(std::size_t size) {
        std::string bytes(size, '\0');
        for (auto& byte : bytes) {
            byte = static_cast<char>(engine_());
        }
        return bytes;
    }
    std::size_t below(std::size_t end) { return engine_() % end; }
    std::vector<Hash> hashes(std::size_t count) {
        std::vector<Hash> all(count);
        for (auto& hash : all) {
            const std::string bytes = of(hash.size());
            std::copy(bytes.begin(), bytes.end(), hash.begin());
        }
        return all;
    }

private:
    std::mt19937 engine_;
};

Hash by_libcrypto(std::uint8_t prefix, std::string_view message) {
    crypto::Sha256 sha;
    sha.update(Bytes(&prefix, 1));
    sha.update(message);
    return sha.finish();
}

void require_equal_hashes(std::uint8_t prefix, const std::vector<std::string>& messages) {
    const std::vector<std::string_view> views(messages.begin(), messages.end());
    std::vector<Hash> hashes(messages.size());
    paired_sha256::hash_all(prefix, views, hashes);
    for (std::size_t i = 0; i < messages.size(); ++i) {
        INFO("message " << i << " of " << messages.size() << ", " << messages[i].size() << " bytes");
        REQUIRE(hashes[i] == by_libcrypto(prefix, messages[i]));
    }
}

// libcrypto always, the SHA unit where there is one.
std::vector<HashedBy> ways() {
    if (fastest_hashing() == HashedBy::libcrypto) {
        WARN("no SHA unit here, or libcrypto is confined to FIPS: only libcrypto was tried");
        return {HashedBy::libcrypto};
    }
    return {HashedBy::libcrypto, HashedBy::sha_unit};
}

} // namespace

#if defined(__x86_64__)
// Code that got its hashes wrong would not be used, and nothing below would see it.
TEST_CASE("a SHA unit that the processor announces is used, unless libcrypto is confined to FIPS") {
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 1 && (b & bit_SHA) != 0 &&
        EVP_default_properties_is_fips_enabled(nullptr) == 0) {
        CHECK(paired_sha256::usable());
    }
}
#endif

TEST_CASE("two messages hashed side by side have libcrypto's hashes, whatever their lengths up to 300") {
    if (!paired_sha256::usable()) {
        WARN("no SHA unit here, or libcrypto is confined to FIPS");
        return;
    }
    const std::uint32_t seed = fresh_seed();
    INFO("TALLY_TEST_SEED=" << seed);
    RandomBytes random(seed);
    for (std::size_t size = 0; size <= 300; ++size) {
        const auto prefix = static_cast<std::uint8_t>(size % 3);
        require_equal_hashes(prefix, {random.of(size)});
        require_equal_hashes(prefix, {random.of(size), random.of(300 - size)});
        require_equal_hashes(prefix, {random.of(size), random.of(size)});
        require_equal_hashes(prefix, {random.of(random.below(301)), random.of(size), random.of(random.below(301))});
    }
}

TEST_CASE("any number of messages up to the longest record have libcrypto's hashes, each in its own place") {
    if (!paired_sha256::usable()) {
        WARN("no SHA unit here, or libcrypto is confined to FIPS");
        return;
    }
    const std::uint32_t seed = fresh_seed();
    INFO("TALLY_TEST_SEED=" << seed);
    RandomBytes random(seed);
    for (std::size_t count = 0; count <= 40; ++count) {
        std::vector<std::string> messages;
        for (std::size_t i = 0; i < count; ++i) {
            messages.push_back(random.of(i % 5 == 0 ? paired_sha256::max_message - random.below(70)
                                                    : random.below(paired_sha256::max_message + 1)));
        }
        require_equal_hashes(0, messages);
    }
}

TEST_CASE("the leaves of many lines at once are those of each line, also beside one that is longer than a record") {
    const std::uint32_t seed = fresh_seed();
    INFO("TALLY_TEST_SEED=" << seed);
    RandomBytes random(seed);
    for (const HashedBy by : ways()) {
        TreeHasher hasher(by);
        std::vector<std::string> lines;
        for (const std::size_t size : {200UL, 0UL, 63UL, 64UL, max_record, 54UL, 55UL, 56UL, 300UL}) {
            lines.push_back(random.of(size));
        }
        for (const bool with_longer : {false, true}) {
            lines.push_back(random.of(with_longer ? max_record + 1 : 5));
            const std::vector<std::string_view> views(lines.begin(), lines.end());
            std::vector<Hash> leaves(3);
            hasher.add_leaves(views, leaves);
            REQUIRE(leaves.size() == 3 + lines.size());
            for (std::size_t i = 0; i < lines.size(); ++i) {
                REQUIRE(leaves[3 + i] == by_libcrypto(0, lines[i]));
            }
        }
    }
}

TEST_CASE("many nodes at once are those of each two neighbours") {
    const std::uint32_t seed = fresh_seed();
    INFO("TALLY_TEST_SEED=" << seed);
    RandomBytes random(seed);
    for (const HashedBy by : ways()) {
        TreeHasher hasher(by);
        for (const std::size_t count : {0UL, 2UL, 4UL, 6UL, 126UL, 128UL, 130UL, 1000UL}) {
            const auto children = random.hashes(count);
            auto nodes = children;
            hasher.replace_by_nodes(nodes);
            REQUIRE(nodes.size() == count / 2);
            for (std::size_t i = 0; i < nodes.size(); ++i) {
                REQUIRE(nodes[i] == hasher.node(children[2 * i], children[2 * i + 1]));
            }
        }
    }
}

TEST_CASE("leaves appended many at once give the tree of leaves appended one by one, from any size on") {
    const std::uint32_t seed = fresh_seed();
    INFO("TALLY_TEST_SEED=" << seed);
    RandomBytes random(seed);
    const auto leaves = random.hashes(200);
    for (const HashedBy by : ways()) {
        TreeHasher hasher(by);
        std::vector<CompactRange> one_by_one(1);
        for (const auto& leaf : leaves) {
            one_by_one.push_back(one_by_one.back());
            one_by_one.back().append(hasher, leaf);
        }
        for (std::size_t from = 0; from <= 70; ++from) {
            for (std::size_t count = 0; count <= 130; ++count) {
                CompactRange range = one_by_one[from];
                range.append(hasher, std::span(leaves).subspan(from, count));
                INFO("from " << from << ", " << count << " more");
                REQUIRE(range == one_by_one[from + count]);
            }
        }
    }
}
