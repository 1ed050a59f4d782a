// The two key slots of a journal, damaged on the disk: a slot gives the key only while every byte of it is as it was
// written. The input is laid over slot 0 (the first 128 bytes) and slot 1 by XOR; one byte more moves the epoch asked for.
#include "tests/fuzz/harness.hpp"

#include "recorder/journal/key_slots.hpp"
#include "tests/support/temp_dir.hpp"

#include <algorithm>
#include <fstream>

using namespace tally;
using journal::KeySlots;

namespace {

struct Written {
    test::TempDir directory{test::TempDir::Where::in_memory};
    std::array<crypto::SecretKey, 2> keys{key(1), key(2)};
    std::array<std::string, 2> bytes;

    Written() {
        KeySlots::create(directory.path());
        KeySlots slots(directory.path());
        for (unsigned slot = 0; slot < 2; ++slot) {
            FUZZ_REQUIRE(slots.is_erased(slot));
            slots.write({slot}, keys[slot]);
            bytes[slot] = os::read_file(path(slot), KeySlots::size);
        }
    }
    [[nodiscard]] os::fs::path path(unsigned slot) const { return directory / ("key." + std::to_string(slot)); }
    static crypto::SecretKey key(std::uint8_t first) {
        std::array<std::uint8_t, 32> seed{};
        seed[0] = first;
        return crypto::SecretKey::from_seed(seed);
    }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Written written;
    const Bytes input(data, std::min(size, 2 * KeySlots::size + 1));
    const std::uint64_t later = input.size() > 2 * KeySlots::size ? input.back() : 0;
    FUZZ_REQUIRE(KeySlots::are_there(written.directory.path()));
    for (unsigned slot = 0; slot < 2; ++slot) {
        std::string bytes = written.bytes[slot];
        for (std::size_t i = 0; i < bytes.size() && slot * KeySlots::size + i < input.size(); ++i) {
            bytes[i] = static_cast<char>(bytes[i] ^ static_cast<char>(input[slot * KeySlots::size + i]));
        }
        std::ofstream(written.path(slot).string(), std::ios::binary) << bytes;
    }
    KeySlots slots(written.directory.path());
    for (unsigned slot = 0; slot < 2; ++slot) {
        const bool whole = os::read_file(written.path(slot), KeySlots::size) == written.bytes[slot];
        const auto found = slots.find({slot + 2 * later}, written.keys[slot].public_key());
        FUZZ_REQUIRE(found.has_value() == (whole && later == 0));
        FUZZ_REQUIRE(!found || found->public_key() == written.keys[slot].public_key());
        FUZZ_REQUIRE(!slots.find({slot}, written.keys[1 - slot].public_key()));
    }
    os::fs::resize_file(written.path(0), input.size() % KeySlots::size);
    FUZZ_REQUIRE(!KeySlots::are_there(written.directory.path()));
    try {
        const KeySlots none(written.directory.path());
        FUZZ_REQUIRE(false);
    } catch (const Error&) { // refused
    }
    std::ofstream(written.path(0).string(), std::ios::binary) << written.bytes[0];
    return 0;
}
