// A compressed member: what the strict reader accepts is one frame that libzstd decodes to the same bytes, within the
// limit; and what was compressed here is accepted and gives itself. Byte 0 chooses the limit.
#include "tests/fuzz/harness.hpp"

#include "tally/zstd/frame.hpp"

using namespace tally;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static zstd::Decompressor decompressor;
    static zstd::Compressor compressor(3);
    if (size < 2) {
        return 0;
    }
    const std::size_t limit = std::size_t{1} << (data[0] % 21U);
    const Bytes packed(data + 1, size - 1);
    const auto raw = decompressor.decompress(packed, limit);
    if (raw) {
        FUZZ_REQUIRE(!raw->empty() && raw->size() <= limit);
        std::string same(raw->size(), '\0');
        FUZZ_REQUIRE(ZSTD_decompress(same.data(), same.size(), packed.data(), packed.size()) == raw->size());
        FUZZ_REQUIRE(same == *raw);
        FUZZ_REQUIRE(ZSTD_findFrameCompressedSize(packed.data(), packed.size()) == packed.size());
    } else {
        FUZZ_REQUIRE(raw.fault().at <= packed.size());
    }
    const auto back = decompressor.decompress(as_bytes(compressor.compress(as_text(packed))), packed.size());
    FUZZ_REQUIRE(back && *back == as_text(packed));
    return 0;
}
