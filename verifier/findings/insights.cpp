#include "verifier/findings/insights.hpp"

namespace tally::findings {

std::string_view name(InsightKind kind) {
    switch (kind) {
    case InsightKind::performance:
        return "performance";
    case InsightKind::commands:
        return "commands";
    case InsightKind::releases:
        return "releases";
    }
    return "";
}

std::string_view name(Availability availability) {
    switch (availability) {
    case Availability::available:
        return "available";
    case Availability::no_record:
        return "no_record";
    case Availability::not_instrumented:
        return "not_instrumented";
    case Availability::not_enough_time:
        return "not_enough_time";
    case Availability::too_few_persons:
        return "too_few_persons";
    case Availability::resolved:
        return "resolved";
    }
    return "";
}

std::string_view name(Measure measure) {
    switch (measure) {
    case Measure::startup:
        return "startup";
    case Measure::open:
        return "open";
    case Measure::save:
        return "save";
    case Measure::other:
        break;
    }
    return "other";
}

} // namespace tally::findings
