// Time zones: a name, a rule or a whole zone file (TZif). A name never leads out of the folder; every local second of
// a zone that was read has an instant or a range, and an exact instant has the offset that leads back to it.
#include "tests/fuzz/harness.hpp"

#include "recorder/capture/time_zone.hpp"

#include <cstdlib>

using namespace tally;
using namespace tally::capture;

namespace {

void check_zone(const TimeZone& zone) {
    for (std::int64_t second = 315'532'800; second < 7'226'582'400; second += 40'000'003) {
        const auto resolved = zone.resolve(second);
        FUZZ_REQUIRE(resolved.utc.from <= resolved.utc.to);
        FUZZ_REQUIRE((resolved.utc.from == resolved.utc.to) == (resolved.kind == LocalKind::exact));
        FUZZ_REQUIRE(resolved.kind != LocalKind::exact ||
                     resolved.utc.from + zone.offset_at(resolved.utc.from) == second);
    }
}

void check_rule(std::string_view text) {
    const auto rule = parse_zone_rule(text);
    if (!rule) {
        FUZZ_REQUIRE(!rule.fault().what.empty());
        return;
    }
    FUZZ_REQUIRE(std::abs(rule->standard_s) < 25 * 3600 && std::abs(rule->summer_s) <= 26 * 3600);
}

void check_name(std::string_view name) {
    const auto zone = TimeZone::load(name);
    if (zone) {
        FUZZ_REQUIRE(zone->name() == name && name.find('.') == std::string_view::npos && name.front() != '/');
        check_zone(*zone);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = as_text({data, size});
    if (text.starts_with("name:")) {
        check_name(text.substr(5));
    } else if (text.starts_with("tz:")) {
        check_rule(text.substr(3));
    } else if (const auto zone = TimeZone::parse("fuzz", as_bytes(text))) {
        check_zone(*zone);
    }
    return 0;
}
