// A receipt, an acknowledgement, positions, or a telephone code: what is accepted is what the writer gives for it.
#include "tests/fuzz/harness.hpp"

#include "tally/receipt/ack.hpp"
#include "tally/receipt/telephone.hpp"

using namespace tally;
using namespace tally::receipt;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    if (auto read = read_receipt(bytes)) {
        FUZZ_REQUIRE(receipt_file(*read) == bytes);
        FUZZ_REQUIRE(minisig::well_formed_comment(receipt_comment(*read)));
        const auto code = code_of({}, *read);
        const auto heard = read_spoken(spoken(code));
        FUZZ_REQUIRE(heard && *heard == code);
    } else {
        FUZZ_REQUIRE(!read.fault().what.empty() && read.fault().at <= size);
    }
    if (const auto ack = read_ack(bytes)) {
        FUZZ_REQUIRE(ack_file(*ack) == bytes && minisig::well_formed_comment(ack_comment(*ack)));
    } else {
        FUZZ_REQUIRE(ack.fault().at <= size);
    }
    if (const auto positions = read_positions(bytes)) {
        FUZZ_REQUIRE(positions_file(*positions) == bytes);
    }
    if (const auto code = read_spoken(bytes)) {
        const auto again = read_spoken(spoken(*code));
        FUZZ_REQUIRE(again && *again == *code);
    }
    static_cast<void>(read_secret(bytes).ok());
    return 0;
}
