// A mapping, a line "----", and the table that it maps, through the whole import.
#include "tests/fuzz/imported.hpp"

#include "recorder/table/log.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tally;
    static constexpr std::string_view between = "\n----\n";
    const std::string_view bytes = as_text({data, size});
    const auto cut = bytes.find(between);
    const auto mapping = table::read_mapping(bytes.substr(0, cut));
    if (!mapping) {
        FUZZ_REQUIRE(!mapping.fault().what.empty());
        return 0;
    }
    FUZZ_REQUIRE(!mapping->source.empty() && !mapping->fidelity.empty());
    FUZZ_REQUIRE(mapping->has_events() != mapping->cell(table::Column::start).is_given());
    if (cut != std::string_view::npos) {
        fuzz::import_twice(bytes.substr(cut + between.size()), [&] { return std::make_unique<table::Log>(*mapping); });
    }
    return 0;
}
