// An RLM report log of a stranger through the whole import. What is read of a line lies inside the line.
#include "tests/fuzz/imported.hpp"

#include "recorder/rlm/log.hpp"

namespace {

using namespace tally;

void check_line(rlm::Reader& reader, std::string_view text) {
    const rlm::Line& line = reader.read(text);
    for (const auto part : {line.product, line.version, line.user, line.host, line.handle, line.isv_def, line.server}) {
        FUZZ_REQUIRE(part.empty() ||
                     (part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size()));
    }
    FUZZ_REQUIRE(line.stamp.second < 86400 && line.stamp.month <= 12 && line.stamp.day <= 31);
    FUZZ_REQUIRE(line.record != rlm::Record::malformed || line.stamp.second < 0);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    rlm::Reader reader;
    for (std::string_view rest = bytes; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        check_line(reader, rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    fuzz::import_twice(bytes, [] { return std::make_unique<rlm::Log>(); });
    return 0;
}
