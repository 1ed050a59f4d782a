// Canonical line: what is accepted is its own re-encoding; any bytes as a text give a line that is accepted and, if
// they were not cut, come back; a seal that is read names itself.
#include "tests/fuzz/harness.hpp"

#include "tally/line/seal.hpp"
#include "tests/support/written_again.hpp"

using namespace tally;
using namespace tally::line;

namespace {

void as_line(std::string_view bytes) {
    static Fields fields;
    static Fields again;
    const Problem problem = fields.parse(bytes, max_record);
    if (problem) {
        FUZZ_REQUIRE(problem.at <= bytes.size() && fields.size() == 0);
        FUZZ_REQUIRE(bytes.size() <= max_record || problem.at == max_record);
        return;
    }
    FUZZ_REQUIRE(bytes.size() <= max_record);
    const std::string written = test::written_again(fields);
    FUZZ_REQUIRE(written == bytes || written.find('?') != std::string::npos);
    FUZZ_REQUIRE(!again.parse(bytes, bytes.size()));
    FUZZ_REQUIRE(bytes.size() < 3 || again.parse(bytes.substr(0, bytes.size() - 1), max_record));
    if (const auto seal = read_seal(fields)) {
        FUZZ_REQUIRE(fields.string("t") == "seal" && fields.integer("seq") == seal->size);
        (void)seal_signed_by(bytes, *seal, seal->next);
    }
}

void as_text(std::string_view raw) {
    const std::string encoded = encode_text(raw);
    FUZZ_REQUIRE(encoded.size() <= max_text);
    Fields fields;
    const std::string line = Object().text("a", raw).str();
    FUZZ_REQUIRE(!fields.parse(line, max_record));
    FUZZ_REQUIRE(fields.string("a") == encoded);
    const std::string decoded = decode_text(encoded);
    FUZZ_REQUIRE(decoded == raw || encoded.size() > max_text - 3);
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = tally::as_text(Bytes(data, size));
    as_line(bytes);
    as_text(bytes);
    return 0;
}
