// An export of Windows events of a stranger through the whole import. What is read of an event lies inside it.
#include "tests/fuzz/imported.hpp"

#include "recorder/winevt/log.hpp"

namespace {

using namespace tally;

void check_event(winevt::Event& event, std::string_view text) {
    if (event.read(text) != nullptr) {
        return;
    }
    for (const auto part : {event.computer(), event.provider()}) {
        FUZZ_REQUIRE(part.empty() ||
                     (part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size()));
    }
    for (std::size_t i = 0; i < winevt::datum_count; ++i) {
        const auto value = event.data(static_cast<winevt::Datum>(i));
        FUZZ_REQUIRE(!value || value->size() <= text.size());
    }
    FUZZ_REQUIRE(!event.at() || (event.at()->from_s > 0 && event.at()->offset_s == 0));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static constexpr std::string_view end = "</Event>";
    const std::string_view bytes = as_text({data, size});
    winevt::Event event;
    for (std::string_view rest = bytes; !rest.empty();) {
        const auto start = std::min(rest.find("<Event "), rest.size());
        const auto stop = std::min(rest.find(end, start), rest.size());
        check_event(event, rest.substr(start, stop - start + end.size()));
        rest.remove_prefix(std::min(stop + end.size(), rest.size()));
    }
    fuzz::import_twice(bytes, [] { return std::make_unique<winevt::Log>(catalogue::standard()); });
    return 0;
}
