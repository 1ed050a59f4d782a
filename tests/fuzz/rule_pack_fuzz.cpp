// A rule pack of a stranger: what is accepted has every value on every day from the first on, a pair for every threshold,
// and lines that are the one spelling of what was read; what is refused names a line of it.
#include "tests/fuzz/harness.hpp"

#include "verifier/rules/pack.hpp"

#include <algorithm>

using namespace tally;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    const auto lines = static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
    const auto pack = rules::read_pack(bytes);
    rules::Values values;
    if (const auto set = rules::set_value(values, bytes.substr(0, 200)); !set) {
        FUZZ_REQUIRE(!set.fault().what.empty());
    }
    if (!pack) {
        FUZZ_REQUIRE(!pack.fault().what.empty() && pack.fault().at >= 1 && pack.fault().at <= lines + 1);
        return 0;
    }
    std::int64_t first = 0;
    for (const auto& item : pack->values) {
        FUZZ_REQUIRE(item.about != nullptr && item.from <= item.until && item.at >= 1 && item.at <= lines);
        FUZZ_REQUIRE((item.about->use == rules::Use::threshold) == !item.fires.empty());
        for (const auto& id : {item.fires, item.rests}) {
            const auto* example = id.empty() ? nullptr : pack->example(id);
            FUZZ_REQUIRE(id.empty() || (example != nullptr && example->rule == item.about->rule));
        }
        FUZZ_REQUIRE(pack->value_on(item.about->name, item.from) == &item);
        first = std::max(first, item.from);
    }
    FUZZ_REQUIRE(pack->values_on(first).ok() && pack->values_on(rules::open_end).ok());
    for (const auto& example : pack->examples) {
        FUZZ_REQUIRE(!example.expected.empty() && rules::is_rule(example.rule));
    }
    return 0;
}
