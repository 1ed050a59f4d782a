#include "verifier/findings/watched.hpp"

namespace tally::findings {

std::string_view name(DayClass day) {
    switch (day) {
    case DayClass::unknown:
        return "unknown";
    case DayClass::observed:
        return "observed";
    case DayClass::imported:
        return "imported";
    case DayClass::host_off:
        return "host off";
    case DayClass::declared:
        return "declared";
    case DayClass::source_loss:
        return "source loss";
    case DayClass::recorder_off:
        return "recorder off";
    case DayClass::missing:
        return "missing";
    }
    return "";
}

std::string_view name(Duty duty) {
    switch (duty) {
    case Duty::not_due:
        return "not due";
    case Duty::due:
        return "due";
    case Duty::delivered:
        return "delivered";
    case Duty::late:
        return "late";
    case Duty::nil:
        return "nil return";
    case Duty::missing:
        return "missing";
    }
    return "";
}

} // namespace tally::findings
