// The register as CSV and JSON.
#include "verifier/review/register.hpp"

#include "tally/text/csv.hpp"
#include "tally/text/date.hpp"
#include "tally/text/json.hpp"
#include "verifier/count/months.hpp"

#include <map>

namespace tally::review {
namespace {

using Cells = std::vector<std::pair<std::string_view, std::string>>;

// In the order of the columns; the two quantities are numbers in JSON.
Cells cells(const Entry& entry) {
    return {{"id", entry.id},
            {"state", std::string(name(entry.state))},
            {"code", entry.code},
            {"severity", entry.severity},
            {"certainty", entry.certainty},
            {"agreement", entry.agreement},
            {"line", entry.line},
            {"product", entry.product},
            {"subject", entry.subject},
            {"lower", std::to_string(entry.lower)},
            {"upper", std::to_string(entry.upper)},
            {"unit", entry.unit},
            {"owner", entry.owner},
            {"due", shown(entry.due)},
            {"until", shown(entry.until)},
            {"note", entry.note},
            {"first_seen", text::format_day(entry.first_seen)},
            {"last_seen", text::format_day(entry.last_seen)},
            {"remedied", shown(entry.remedied)},
            {"saved", entry.saved},
            {"currency", entry.currency},
            {"exposure", entry.exposure},
            {"cure", entry.cure},
            {"saving", entry.saving},
            {"rule", entry.rule},
            {"text", entry.text},
            {"remedy", entry.remedy}};
}

} // namespace

std::string to_csv(const std::vector<Entry>& entries) {
    std::string out;
    std::vector<std::string> row;
    for (const auto& [key, cell] : cells({})) {
        row.emplace_back(key);
    }
    out += text::csv_record(row);
    for (const auto& entry : entries) {
        row.clear();
        for (const auto& [key, cell] : cells(entry)) {
            row.push_back(text::shown(cell));
        }
        out += text::csv_record(row);
    }
    return out;
}

std::string to_json(const std::vector<Entry>& entries) {
    text::Json json;
    json.object().member("format", "tally-findings-1").key("findings").array();
    for (const auto& entry : entries) {
        json.object();
        for (const auto& [key, cell] : cells(entry)) {
            if (key == "lower") {
                json.key("quantity").array().value(entry.lower).value(entry.upper).end_array();
            } else if (key != "upper") {
                json.member(key, cell);
            }
        }
        json.end_object();
    }
    json.end_array().end_object();
    return json.str();
}

std::string to_json(const std::vector<Change>& changes) {
    text::Json json;
    json.object().member("format", "tally-findings-history-1").key("changes").array();
    for (const auto& change : changes) {
        json.object().member("id", change.id).member("at", text::format_instant(change.at)).member("who", change.who);
        json.member("field", change.field).member("from", change.from).member("to", change.to).end_object();
    }
    json.end_array().end_object();
    return json.str();
}

std::int64_t quarter_before(std::int64_t day) {
    return count::first_of_month(count::quarter_of(count::month_of(day)) - 3);
}

std::vector<std::pair<std::string, text::Decimal>> saved_by(const std::vector<Entry>& entries) {
    std::map<std::string, text::Decimal> sums;
    for (const auto& entry : entries) {
        if (const auto amount = text::Decimal::parse(entry.saved); amount.ok() && entry.state == State::remedied) {
            auto& sum = sums[entry.currency];
            sum = text::Decimal::of_units(sum.units() + amount->units());
        }
    }
    return {sums.begin(), sums.end()};
}

} // namespace tally::review
