#include "recorder/line/paired_sha256.hpp"

#include "tally/base/assert.hpp"
#include "tally/crypto/sha256.hpp"
#include "tally/line/limits.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace tally::line::paired_sha256 {

#if defined(__x86_64__)
namespace {

// The compiler may use these instructions here and nowhere else: the rest runs on any x86-64.
#define TALLY_SHA_UNIT __attribute__((target("sha,sse4.1")))
#define TALLY_SHA_STEP __attribute__((target("sha,sse4.1"), always_inline))

constexpr std::size_t block_size = 64;
constexpr std::size_t length_size = 8;
constexpr std::size_t max_blocks = (1 + max_message + 1 + length_size + block_size - 1) / block_size;

// FIPS 180-4 §4.2.2
alignas(16) constexpr std::uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// §5.3.3, in the order in which the unit wants the words: a b e f and c d g h, the first one highest.
alignas(16) constexpr std::uint32_t start_abef[4] = {0x9b05688c, 0x510e527f, 0xbb67ae85, 0x6a09e667};
alignas(16) constexpr std::uint32_t start_cdgh[4] = {0x5be0cd19, 0x1f83d9ab, 0xa54ff53a, 0x3c6ef372};

struct State {
    __m128i abef, cdgh;
};

// One of the two messages in the unit, padded, and how far it is.
struct Lane {
    State state;
    const std::uint8_t* at = nullptr;
    std::size_t blocks = 0; // still to be hashed
    std::size_t message = 0;
    std::uint8_t bytes[max_blocks * block_size];
};

// The state within a block, and sixteen words of the message schedule.
struct Rounds {
    State state;
    __m128i words[4];
};

__m128i aligned(const std::uint32_t* words) { return _mm_load_si128(reinterpret_cast<const __m128i*>(words)); }
__m128i loaded(const std::uint8_t* bytes) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes)); }

TALLY_SHA_STEP inline void begin(Rounds& rounds, const State& state, const std::uint8_t* block) {
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    rounds.state = state;
    for (int i = 0; i < 4; ++i) {
        rounds.words[i] = _mm_shuffle_epi8(loaded(block + std::ptrdiff_t{16} * i), big_endian);
    }
}

// Rounds 4·Quad … 4·Quad + 3, the schedule extended before they need it.
template <int Quad>
TALLY_SHA_STEP inline void four_rounds(Rounds& rounds) {
    __m128i* const w = rounds.words;
    if constexpr (Quad >= 4) {
        const __m128i seven_back = _mm_alignr_epi8(w[(Quad + 3) % 4], w[(Quad + 2) % 4], 4);
        const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w[Quad % 4], w[(Quad + 1) % 4]), seven_back);
        w[Quad % 4] = _mm_sha256msg2_epu32(sum, w[(Quad + 3) % 4]);
    }
    const __m128i keyed = _mm_add_epi32(w[Quad % 4], aligned(constants + std::ptrdiff_t{4} * Quad));
    State& state = rounds.state;
    state.cdgh = _mm_sha256rnds2_epu32(state.cdgh, state.abef, keyed);
    state.abef = _mm_sha256rnds2_epu32(state.abef, state.cdgh, _mm_shuffle_epi32(keyed, 0x0E));
}

template <int Quad = 0>
TALLY_SHA_STEP inline void all_rounds(Rounds& one, Rounds& other) {
    four_rounds<Quad>(one);
    four_rounds<Quad>(other);
    if constexpr (Quad < 15) {
        all_rounds<Quad + 1>(one, other);
    }
}

TALLY_SHA_STEP inline void add(State& state, const State& more) {
    state.abef = _mm_add_epi32(state.abef, more.abef);
    state.cdgh = _mm_add_epi32(state.cdgh, more.cdgh);
}

TALLY_SHA_UNIT void advance(Lane& one, Lane& other, std::size_t blocks) {
    State first = one.state;
    State second = other.state;
    for (std::size_t i = 0; i < blocks; ++i) {
        Rounds left;
        Rounds right;
        begin(left, first, one.at + i * block_size);
        begin(right, second, other.at + i * block_size);
        all_rounds(left, right);
        add(first, left.state);
        add(second, right.state);
    }
    one.state = first;
    other.state = second;
    for (Lane* lane : {&one, &other}) {
        lane->at += blocks * block_size;
        lane->blocks -= blocks;
    }
}

TALLY_SHA_UNIT void write(const State& state, Hash& hash) {
    const __m128i reversed = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
    const __m128i abcd = _mm_shuffle_epi8(_mm_unpackhi_epi64(state.cdgh, state.abef), reversed);
    const __m128i efgh = _mm_shuffle_epi8(_mm_unpacklo_epi64(state.cdgh, state.abef), reversed);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(hash.data()), abcd);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(hash.data() + 16), efgh);
}

// §5.1.1: prefix, message, a one bit, zeros, the length in bits.
void load(Lane& lane, std::uint8_t prefix, std::string_view message) {
    const std::size_t size = 1 + message.size();
    lane.blocks = (size + 1 + length_size + block_size - 1) / block_size;
    const std::size_t end = lane.blocks * block_size - length_size;
    lane.bytes[0] = prefix;
    std::memcpy(lane.bytes + 1, message.data(), message.size());
    lane.bytes[size] = 0x80;
    std::memset(lane.bytes + size + 1, 0, end - size - 1);
    const std::uint64_t bits = __builtin_bswap64(std::uint64_t{size} * 8);
    std::memcpy(lane.bytes + end, &bits, length_size);
    lane.at = lane.bytes;
    lane.state = {aligned(start_abef), aligned(start_cdgh)};
}

bool has_sha_unit() {
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    const bool basic = __get_cpuid(1, &a, &b, &c, &d) == 1 && (c & bit_SSSE3) != 0 && (c & bit_SSE4_1) != 0;
    return basic && __get_cpuid_count(7, 0, &a, &b, &c, &d) == 1 && (b & bit_SHA) != 0;
}

// Messages of one to four blocks, with every way the padding can fall.
bool agrees_with_libcrypto() {
    std::string bytes;
    for (std::size_t i = 0; i <= 3 * block_size; ++i) {
        bytes += static_cast<char>(i * 37);
    }
    std::vector<std::string_view> messages;
    for (std::size_t size = 1; size <= bytes.size(); ++size) {
        messages.push_back(std::string_view(bytes).substr(1, size - 1));
    }
    std::vector<Hash> hashes(messages.size());
    hash_all(static_cast<std::uint8_t>(bytes[0]), messages, hashes);
    crypto::Sha256 libcrypto;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        libcrypto.update(std::string_view(bytes).substr(0, i + 1));
        if (hashes[i] != libcrypto.finish()) {
            return false;
        }
    }
    return true;
}

} // namespace

bool usable() {
    static const bool decided =
        has_sha_unit() && EVP_default_properties_is_fips_enabled(nullptr) == 0 && agrees_with_libcrypto();
    return decided;
}

void hash_all(std::uint8_t prefix, std::span<const std::string_view> messages, std::span<Hash> hashes) {
    TALLY_ASSERT(messages.size() == hashes.size());
    Lane lanes[2];
    std::size_t next = 0;
    const auto fill = [&](Lane& lane) {
        if (next == messages.size()) {
            return false;
        }
        TALLY_ASSERT(messages[next].size() <= max_message);
        load(lane, prefix, messages[next]);
        lane.message = next++;
        return true;
    };
    Lane* one = &lanes[0];
    Lane* other = &lanes[1];
    if (!fill(*one)) {
        return;
    }
    bool both = fill(*other);
    while (both) {
        advance(*one, *other, std::min(one->blocks, other->blocks));
        for (Lane* lane : {one, other}) {
            if (lane->blocks == 0) {
                write(lane->state, hashes[lane->message]);
                both = fill(*lane) && both;
            }
        }
        if (one->blocks == 0) {
            std::swap(one, other);
        }
    }
    if (one->blocks > 0) { // the last message has no other beside it
        other->state = one->state;
        other->at = one->at;
        other->blocks = one->blocks;
        advance(*one, *other, one->blocks);
        write(one->state, hashes[one->message]);
    }
}
#else
bool usable() { return false; }
void hash_all(std::uint8_t /*prefix*/, std::span<const std::string_view> /*messages*/, std::span<Hash> /*hashes*/) {
    TALLY_ASSERT(usable());
}
#endif

} // namespace tally::line::paired_sha256
