#include "recorder/table/log.hpp"

#include "tally/text/csv.hpp"

#include <algorithm>
#include <charconv>

namespace tally::table {
namespace {

using capture::LineState;
using capture::LogTime;
using capture::SourceLine;
using capture::Survey;
using capture::UsageEvent;

constexpr std::uint32_t most_licences = 1'000'000;
constexpr std::int64_t longest_s = 100LL * 366 * 86400;

std::int64_t moment(const LogTime& time) { return time.from_s - time.offset_s.value_or(0); }

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && !text.empty() && text[0] != '-'
               ? std::optional(value)
               : std::nullopt;
}

// "27:05:09", or a number of units with or without a fraction.
std::optional<std::int64_t> duration_s(std::string_view text, std::int64_t unit_s) {
    if (unit_s == 0) {
        const auto minutes = text.find(':');
        const auto seconds = minutes == std::string_view::npos ? minutes : text.find(':', minutes + 1);
        if (seconds == std::string_view::npos) {
            return std::nullopt;
        }
        const auto h = number(text.substr(0, minutes));
        const auto m = number(text.substr(minutes + 1, seconds - minutes - 1));
        const auto s = number(text.substr(seconds + 1));
        return h && m && s && *h <= longest_s / 3600 && *m < 60 && *s < 60 ? std::optional(*h * 3600 + *m * 60 + *s)
                                                                           : std::nullopt;
    }
    const auto point = std::min(text.find('.'), text.size());
    const auto whole = number(text.substr(0, point));
    if (!whole || *whole > longest_s / unit_s) {
        return std::nullopt;
    }
    std::int64_t part = 0;
    std::int64_t scale = 1;
    for (const char c : text.substr(std::min(point + 1, text.size()))) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        if (scale < 1'000'000) {
            part = part * 10 + (c - '0');
            scale *= 10;
        }
    }
    return *whole * unit_s + part * unit_s / scale;
}

} // namespace

bool Log::wrong(std::string problem) {
    problem_ = std::move(problem);
    return false;
}

bool Log::wrong(Column column, std::string_view problem) {
    return wrong(std::string(name_of(column)) + " " + std::string(problem));
}

bool Log::take_header(std::string_view text) {
    text::CsvReader reader(text, {4096, 256, mapping_.separator});
    if (const auto read = reader.next(fields_); !read) {
        return wrong(read.fault().what);
    }
    for (std::size_t i = 0; i < column_count; ++i) {
        const std::string& column = mapping_.cells[i].column;
        if (column.empty()) {
            continue;
        }
        const auto place = std::find(fields_.begin(), fields_.end(), column);
        if (place == fields_.end() || std::find(place + 1, fields_.end(), column) != fields_.end()) {
            return wrong((place == fields_.end() ? "has no column " : "has more than one column ") + column);
        }
        positions_[i] = static_cast<std::size_t>(place - fields_.begin());
    }
    width_ = fields_.size();
    return true;
}

bool Log::take_cells(std::string_view text) {
    if (mapping_.kind == Kind::csv) {
        text::CsvReader reader(text, {4096, 256, mapping_.separator});
        if (const auto read = reader.next(fields_); !read) {
            return wrong(read.fault().what);
        }
        if (fields_.size() != width_) {
            return wrong("has " + std::to_string(fields_.size()) + " columns where the first line has " +
                         std::to_string(width_));
        }
    } else if (const auto read = object_.read(text); !read) {
        return wrong(read.fault().what);
    }
    for (std::size_t i = 0; i < column_count; ++i) {
        const Cell& cell = mapping_.cells[i];
        cells_[i] = cell.value;
        if (cell.column.empty()) {
            continue;
        }
        if (mapping_.kind == Kind::csv) {
            cells_[i] = fields_[positions_[i]];
        } else if (const std::string* const value = object_.find(cell.column)) {
            cells_[i] = *value;
            met_[i] = true;
        } else {
            cells_[i] = {};
        }
        if (capture::has_control_bytes(cells_[i])) {
            return wrong(static_cast<Column>(i), "holds a control character");
        }
    }
    return true;
}

bool Log::take_time(Column column, std::optional<LogTime>& into) {
    const std::string_view text = cells_[static_cast<std::size_t>(column)];
    into = mapping_.time.read(text);
    return into.has_value() || wrong(column, "is no time as the mapping has it: " + std::string(text.substr(0, 40)));
}

bool Log::tell(UsageEvent& event) {
    const auto cell = [&](Column column) { return cells_[static_cast<std::size_t>(column)]; };
    for (const auto column : {Column::product, Column::user}) {
        if (cell(column).empty()) {
            return wrong(column, "is empty");
        }
    }
    if (const auto text = cell(Column::count); !text.empty()) {
        const auto count = number(text);
        if (!count || *count < 1 || *count > most_licences) {
            return wrong(Column::count, "is no number of licences");
        }
        event.count = static_cast<std::uint32_t>(*count);
    }
    event.feature = cell(Column::product);
    event.user = cell(Column::user);
    event.client = cell(Column::host);
    event.version = cell(Column::version);
    event.reason = cell(Column::reason);
    return mapping_.has_events() ? tell_event(event) : tell_session(event);
}

bool Log::tell_event(UsageEvent& event) {
    const std::string_view word = cells_[static_cast<std::size_t>(Column::action)];
    const auto action = mapping_.actions.find(word);
    if (action == mapping_.actions.end()) {
        return wrong(Column::action, "is none that the mapping knows: " + std::string(word.substr(0, 40)));
    }
    event.verb = action->second;
    return take_time(Column::at, event.at);
}

bool Log::tell_session(UsageEvent& event) {
    event.verb = capture::Verb::out;
    if (!take_time(Column::start, event.at)) {
        return false;
    }
    if (!cells_[static_cast<std::size_t>(Column::end)].empty() && !take_time(Column::end, event.ended)) {
        return false;
    }
    if (const auto text = cells_[static_cast<std::size_t>(Column::duration)]; !text.empty()) {
        event.lasted_s = duration_s(text, mapping_.duration_unit_s);
        return event.lasted_s.has_value() || wrong(Column::duration, "is no duration as the mapping has it");
    }
    return true;
}

void Log::stretch(const UsageEvent& event) {
    LogTime last = event.ended.value_or(*event.at);
    if (event.lasted_s) {
        last.from_s += *event.lasted_s;
        last.to_s += *event.lasted_s;
    }
    if (!earliest_ || moment(*event.at) < moment(*earliest_)) {
        earliest_ = event.at;
    }
    if (!latest_ || moment(last) > moment(*latest_)) {
        latest_ = last;
    }
}

void Log::survey(const SourceLine& line) {
    if (line.text.empty() || line.state != LineState::whole) {
        return;
    }
    if (mapping_.kind == Kind::csv && header_line_ == 0) {
        header_line_ = line.number;
        static_cast<void>(take_header(line.text)); // said at the end
        return;
    }
    UsageEvent event;
    if ((mapping_.kind == Kind::csv && width_ == 0) || !take_cells(line.text) || !tell(event)) {
        if (first_problem_line_ == 0) {
            first_problem_ = problem_;
            first_problem_line_ = line.number;
        }
        return;
    }
    ++rows_;
    stretch(event);
}

Result<void> Log::finish_survey(Survey& into) {
    if (mapping_.kind == Kind::csv && width_ == 0) {
        return Fault{header_line_ == 0 ? "has no first line with the names of the columns" : problem_, header_line_};
    }
    if (rows_ == 0) {
        return first_problem_line_ == 0 ? Fault{"has no row", 0}
                                        : Fault{"no row fits the mapping: " + first_problem_, first_problem_line_};
    }
    if (rows_ > most_rows) {
        return Fault{"has more than 4 million rows: export shorter periods, one file each", 0};
    }
    for (std::size_t i = 0; i < column_count && mapping_.kind == Kind::json_lines; ++i) {
        if (!mapping_.cells[i].column.empty() && !met_[i]) {
            return Fault{"no row has a member " + mapping_.cells[i].column, 0};
        }
    }
    into.daemons[""].used = true;
    into.first = *earliest_;
    into.last = *latest_;
    into.order = capture::Order::any;
    return {};
}

void Log::read(const SourceLine& line, UsageEvent& event) {
    if (line.text.empty() || line.number == header_line_) {
        return;
    }
    event.form = take_cells(line.text) && tell(event) ? capture::Form::activity : capture::Form::malformed;
    event.problem = problem_;
}

} // namespace tally::table
