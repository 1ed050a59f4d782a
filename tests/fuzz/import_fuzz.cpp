// A FlexNet debug log of a stranger through the whole import: plain, gzip or zstd.
#include "tests/fuzz/imported.hpp"

#include "recorder/flexnet/log.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    tally::fuzz::import_twice(tally::as_text({data, size}), [] { return std::make_unique<tally::flexnet::Log>(); });
    return 0;
}
