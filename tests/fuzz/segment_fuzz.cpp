// A segment under its file name: what the reader accepts are exactly the lines that the name promises, each canonical,
// in sequence, the last one a seal. Byte 0: 'P' when the bytes after the first LF are the packed file, else they are
// lines that are packed here, so that the fuzzer need not guess checksums. Before that LF stands the name.
#include "tests/fuzz/harness.hpp"

#include "tally/line/limits.hpp"
#include "tally/segment/segment.hpp"

using namespace tally;

namespace {

void check_lines(const segment::Name& name, const std::string& raw) {
    line::Fields fields;
    std::uint64_t seq = name.first;
    FUZZ_REQUIRE(segment::for_each_line(raw, [&](std::string_view line) {
        FUZZ_REQUIRE(!fields.parse(line, line::max_record));
        FUZZ_REQUIRE(fields.string("host") == name.host.text() && fields.integer("seq") == seq);
        ++seq;
        FUZZ_REQUIRE(seq != name.next || fields.string("t") == "seal");
    }));
    FUZZ_REQUIRE(seq == name.next && raw.size() <= segment::max_raw);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    const std::size_t end = bytes.find('\n');
    if (bytes.empty() || end == std::string_view::npos) {
        return 0;
    }
    const auto file_name = bytes.substr(1, std::max<std::size_t>(end, 1) - 1);
    const auto content = bytes.substr(end + 1);
    const auto name = segment::Name::parse(file_name);
    if (!name) {
        return 0;
    }
    FUZZ_REQUIRE(name->text() == file_name && name->first < name->next && name->next < line::max_tree);
    const bool as_it_is = bytes[0] == 'P' || content.empty();
    const auto raw = segment::read(*name, as_bytes(as_it_is ? std::string(content) : segment::pack(content)));
    if (!raw) {
        FUZZ_REQUIRE(!raw.fault().what.empty());
        return 0;
    }
    FUZZ_REQUIRE(as_it_is || *raw == content);
    check_lines(*name, *raw);
    const auto again = segment::read(*name, as_bytes(segment::pack(*raw)));
    FUZZ_REQUIRE(again && *again == *raw);
    return 0;
}
