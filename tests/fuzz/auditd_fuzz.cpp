// An audit log of a stranger through the whole import. What is read of a line lies inside the line.
#include "tests/fuzz/imported.hpp"

#include "recorder/auditd/log.hpp"

namespace {

using namespace tally;

void check_line(std::string_view text) {
    const auto line = auditd::read_line(text);
    if (!line) {
        return;
    }
    const auto inside = [&](std::string_view part) {
        return part.empty() || (part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size());
    };
    FUZZ_REQUIRE(inside(line->node) && inside(line->type) && inside(line->fields) && inside(line->names));
    FUZZ_REQUIRE(line->second >= 0 && line->millisecond < 1000);
    std::string decoded;
    for (const std::string_view key : {"exe", "a0", "pid", "AUID"}) {
        const auto value = auditd::field(line->fields, key);
        FUZZ_REQUIRE(!value || (inside(*value) && auditd::text_of(*value, decoded).size() <= value->size()));
    }
    FUZZ_REQUIRE(auditd::command_line_of(line->fields).size() <= 10'000);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    for (std::string_view rest = bytes; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        check_line(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    fuzz::import_twice(bytes, [] { return std::make_unique<auditd::Log>(catalogue::standard(), "fuzz"); });
    return 0;
}
