// Agreed exceptions: a finding that one covers is accepted, with the reason beside it; it is never left out.
#include "verifier/findings/judge.hpp"

#include "tally/text/date.hpp"

#include <algorithm>

namespace tally::findings {
namespace {

// What the waiver does not say it does not restrict.
bool covers(const Facts& facts, const inputs::Waiver& waiver, const Finding& finding, inputs::Day day) {
    const auto says = [](const std::string& wanted, const std::string& is) {
        return wanted.empty() || count::folded(wanted) == count::folded(is);
    };
    return waiver.from <= day && day <= waiver.until && says(waiver.code, std::string(name(finding.code))) &&
           (says(waiver.subject, finding.subject) || says(waiver.subject, finding.person)) &&
           (says(waiver.product, finding.product) || facts.display_name(waiver.product) == finding.product) &&
           says(waiver.line, finding.line);
}

} // namespace

void apply_waivers(const Facts& facts, Outcome& outcome) {
    const inputs::Day day = text::day_of(facts.as_of - 1);
    outcome.over_entitlement = false;
    for (auto& finding : outcome.findings) {
        const auto& waivers = facts.inputs->waivers;
        const auto waiver = std::find_if(waivers.begin(), waivers.end(),
                                         [&](const auto& one) { return covers(facts, one, finding, day); });
        if (waiver != waivers.end()) {
            finding.state = "accepted";
            finding.details.emplace_back("accepted because", waiver->reason);
            finding.details.emplace_back("accepted until", waiver->until == inputs::for_ever
                                                               ? "further notice"
                                                               : text::format_day(waiver->until));
            finding.rows.push_back(waiver->at);
        }
        outcome.over_entitlement = outcome.over_entitlement || (finding.state != "accepted" && exceeds(finding));
    }
}

} // namespace tally::findings
