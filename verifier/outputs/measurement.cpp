#include "verifier/outputs/measurement.hpp"

#include "tally/text/date.hpp"
#include "tally/text/html.hpp"

#include <initializer_list>

namespace tally::outputs {
namespace {

using count::Bounds;

using Attributes = std::initializer_list<std::pair<std::string_view, std::string>>;

// text::html escapes what XML 1.0 wants escaped, and spells out what it forbids.
std::string tag(std::string_view name, const Attributes& attributes, bool empty) {
    std::string out = "<" + std::string(name);
    for (const auto& [key, value] : attributes) {
        out += value.empty() ? "" : " " + std::string(key) + "=\"" + text::html(value) + "\"";
    }
    return out + (empty ? "/>\n" : ">\n");
}

std::string measure(std::string_view metric, std::string_view unit, const Bounds& value, std::int64_t at = 0) {
    return "      " + tag("Measurement",
                          {{"metric", std::string(metric)},
                           {"unit", std::string(unit)},
                           {"lower", std::to_string(value.lower)},
                           {"upper", std::to_string(value.upper)},
                           {"at", at == 0 ? "" : text::format_instant(at)}},
                          true);
}

Bounds exactly(std::uint64_t number) { return {static_cast<std::int64_t>(number), static_cast<std::int64_t>(number)}; }

std::string product(const findings::ProductUse& use, const findings::Outcome& outcome) {
    std::string out = "    " + tag("Asset", {{"id", use.product}, {"name", use.name}}, false);
    out += measure("sessions", "sessions", exactly(use.sessions));
    out += measure("concurrent-use", "seats", use.use_peak, use.use_peak.lower > 0 ? use.use_peak_at : 0);
    out += measure("concurrent-claims", "seats", use.claims_peak);
    out += measure("distinct-users", "persons", use.users);
    out += measure("distinct-computers", "computers",
                   {static_cast<std::int64_t>(use.clients_least), static_cast<std::int64_t>(use.clients)});
    for (const auto& day : outcome.days) {
        if (day.product == use.product) {
            out += "      " + tag("Day",
                                  {{"date", text::format_day(day.day)},
                                   {"use", std::to_string(day.use_peak)},
                                   {"claims", std::to_string(day.claims_peak)},
                                   {"users", std::to_string(day.users)},
                                   {"starts", std::to_string(day.starts)}},
                                  true);
        }
    }
    return out + "    </Asset>\n";
}

std::string line(const findings::Position& position) {
    return "    " +
           tag("Entitlement",
               {{"agreement", position.agreement},
                {"id", position.line},
                {"asset", position.product},
                {"metric", std::string(findings::name(position.metric))},
                {"quantity", std::to_string(position.quantity)}},
               false) +
           measure("peak", "seats", position.peak, position.peak.lower > 0 ? position.peak_at : 0) +
           measure("excess", "seats", position.excess) + "    </Entitlement>\n";
}

} // namespace

std::string to_xml(const Subject& subject) {
    const auto& outcome = subject.outcome;
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    out += tag("ResourceUtilization",
               {{"xmlns", "https://tallystick.invalid/measurement/1"},
                {"producer", "Tallystick " + subject.basis.program_version},
                {"rules", outcome.rules}},
               false);
    const auto& through = outcome.watched.complete_through;
    out += "  " + tag("Period",
                      {{"from", text::format_instant(outcome.observed.from)},
                       {"until", text::format_instant(outcome.observed.to)},
                       {"completeThrough", through ? text::format_day(*through) : ""}},
                      true);
    out += "  <Assets>\n";
    for (const auto& use : outcome.products) {
        out += product(use, outcome);
    }
    out += "  </Assets>\n  <Entitlements>\n";
    for (const auto& position : outcome.positions) {
        out += line(position);
    }
    return out + "  </Entitlements>\n</ResourceUtilization>\n";
}

} // namespace tally::outputs
