#include "recorder/table/mapping.hpp"

#include "tally/text/utf8.hpp"

#include <algorithm>

namespace tally::table {
namespace {

constexpr std::string_view first_line = "tally-mapping 1";
constexpr std::size_t longest_value = 256;
constexpr std::size_t most_action_words = 64;
constexpr std::array<std::string_view, column_count> column_names{
    "product", "user", "host", "version", "count", "reason", "at", "action", "start", "end", "duration"};
constexpr std::string_view digits = "0123456789";

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string_view()
                                           : text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

bool is_source_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
    });
}

bool is_number(std::string_view text, std::size_t most_digits) {
    return !text.empty() && text.size() <= most_digits && text.find_first_not_of(digits) == std::string_view::npos;
}

bool is_fidelity(std::string_view text) {
    static constexpr std::string_view activity = "activity_";
    static constexpr std::string_view poll = "poll_";
    if (text.starts_with(activity) && text.ends_with("min")) {
        return is_number(text.substr(activity.size(), text.size() - activity.size() - 3), 4);
    }
    return text == "exact" || text == "start_only" ||
           (text.starts_with(poll) && is_number(text.substr(poll.size()), 6));
}

// One key after the other, into a mapping.
class Filling {
public:
    explicit Filling(Mapping& mapping) : mapping_(&mapping) {}

    Result<void> take(std::string_view key, std::string_view value, std::uint64_t line) {
        if (const auto [place, is_new] = lines_.emplace(std::string(key), line); !is_new) {
            return Fault{std::string(key) + " is given twice", line};
        }
        const char* const problem = put(key, value);
        return problem == nullptr ? Result<void>() : Result<void>(Fault{std::string(key) + " " + problem, line});
    }

    // What only the whole file can tell.
    [[nodiscard]] Result<void> finish() {
        const auto given = [&](Column column) { return mapping_->cell(column).is_given(); };
        for (const char* key : {"format", "source", "time"}) {
            if (!lines_.contains(key)) {
                return Fault{std::string("has no ") + key, 0};
            }
        }
        for (const auto column : {Column::product, Column::user}) {
            if (!given(column)) {
                return Fault{"has no " + std::string(name_of(column)), 0};
            }
        }
        const bool events = mapping_->has_events();
        if (events != given(Column::at) || events == given(Column::start)) {
            return Fault{"has either start (a row is a session) or at and action (a row is an event)", 0};
        }
        if ((events && (given(Column::end) || given(Column::duration))) ||
            (given(Column::end) && given(Column::duration))) {
            return Fault{"has an end or a duration, one of them, and only where a row is a session", 0};
        }
        if (events == mapping_->actions.empty()) {
            return Fault{"has action and its words (action.out, action.in, action.deny), or none of them", 0};
        }
        if (lines_.contains("duration.unit") != given(Column::duration)) {
            return Fault{"has duration and duration.unit, or none of them", 0};
        }
        if (mapping_->kind == Kind::json_lines && lines_.contains("separator")) {
            return Fault{"has a separator, which only a csv table has", lines_.find("separator")->second};
        }
        if (mapping_->fidelity.empty()) {
            mapping_->fidelity = events || given(Column::end) || given(Column::duration) ? "exact" : "start_only";
        }
        return {};
    }

private:
    // nullptr, or what is wrong.
    const char* put(std::string_view key, std::string_view value) {
        if (const auto dot = key.find('.'); dot != std::string_view::npos) {
            return put_of(key.substr(0, dot), key.substr(dot + 1), value);
        }
        if (const auto place = std::find(column_names.begin(), column_names.end(), key); place != column_names.end()) {
            Cell& cell = mapping_->cells[static_cast<std::size_t>(place - column_names.begin())];
            const bool is_new = !cell.is_given();
            cell.column = value;
            return is_new ? nullptr : "has a value already";
        }
        if (key == "format") {
            mapping_->kind = value == "jsonl" ? Kind::json_lines : Kind::csv;
            return value == "csv" || value == "jsonl" ? nullptr : "is csv or jsonl";
        }
        if (key == "source") {
            mapping_->source = value;
            return is_source_name(value) ? nullptr : "is letters, digits, '.', '_' and '-' only, at most 64";
        }
        if (key == "separator") {
            mapping_->separator = value == "semicolon" ? ';' : value == "tab" ? '\t' : ',';
            return value == "comma" || value == "semicolon" || value == "tab" ? nullptr : "is comma, semicolon or tab";
        }
        if (key == "fidelity") {
            mapping_->fidelity = value;
            return is_fidelity(value) ? nullptr : "is exact, start_only, activity_<n>min or poll_<n>";
        }
        return key == "time" ? put_time(value) : "is no key of a mapping";
    }

    const char* put_time(std::string_view value) {
        auto pattern = TimePattern::parse(value);
        if (!pattern) {
            problem_ = pattern.fault().what;
            problem_.insert(0, "cannot be used: ");
            return problem_.c_str();
        }
        mapping_->time = std::move(pattern).value();
        return nullptr;
    }

    const char* put_of(std::string_view key, std::string_view what, std::string_view value) {
        using capture::Verb;
        static constexpr std::array<std::pair<std::string_view, Verb>, 3> verbs{
            {{"out", Verb::out}, {"in", Verb::in}, {"deny", Verb::denied}}};
        if (key == "action") {
            const auto verb =
                std::find_if(verbs.begin(), verbs.end(), [&](const auto& one) { return one.first == what; });
            return verb == verbs.end() ? "is no key of a mapping" : put_words(value, verb->second);
        }
        if (key == "duration" && what == "unit") {
            mapping_->duration_unit_s = value == "s" ? 1 : value == "min" ? 60 : value == "h" ? 3600 : 0;
            return mapping_->duration_unit_s > 0 || value == "h:mm:ss" ? nullptr : "is s, min, h or h:mm:ss";
        }
        if (what == "value" && (key == "product" || key == "user" || key == "host" || key == "version")) {
            const auto place = std::find(column_names.begin(), column_names.end(), key);
            Cell& cell = mapping_->cells[static_cast<std::size_t>(place - column_names.begin())];
            const bool is_new = !cell.is_given();
            cell.value = value;
            return is_new ? nullptr : "has a column already";
        }
        return "is no key of a mapping";
    }

    // "checkout | borrow"
    const char* put_words(std::string_view value, capture::Verb verb) {
        while (true) {
            const auto bar = std::min(value.find('|'), value.size());
            const auto word = trimmed(value.substr(0, bar));
            if (word.empty() || mapping_->actions.size() == most_action_words) {
                return "is words with '|' between them, at most 64";
            }
            if (!mapping_->actions.emplace(std::string(word), verb).second) {
                return "has a word that is there already";
            }
            if (bar == value.size()) {
                return nullptr;
            }
            value.remove_prefix(bar + 1);
        }
    }

    Mapping* mapping_;
    std::map<std::string, std::uint64_t, std::less<>> lines_; // of the keys that were given
    std::string problem_;
};

// The next line, without its end; false when there is none.
bool next_line(std::string_view& rest, std::string_view& line) {
    if (rest.empty()) {
        return false;
    }
    const auto end = std::min(rest.find('\n'), rest.size());
    line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    line.remove_suffix(line.ends_with('\r') ? 1 : 0);
    return true;
}

} // namespace

std::string_view name_of(Column column) { return column_names[static_cast<std::size_t>(column)]; }

Result<Mapping> read_mapping(std::string_view text) {
    if (text.size() > largest_mapping) {
        return Fault{"is over 64 KiB: no mapping", 0};
    }
    text.remove_prefix(text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
    if (text::first_not_utf8(text) != std::string_view::npos || text.find('\0') != std::string_view::npos) {
        return Fault{"is not UTF-8 text", 0};
    }
    std::string_view line;
    if (!next_line(text, line) || line != first_line) {
        return Fault{"does not begin with the line: " + std::string(first_line), 1};
    }
    Mapping mapping;
    Filling filling(mapping);
    for (std::uint64_t number = 2; next_line(text, line); ++number) {
        line = trimmed(line);
        if (line.empty() || line.front() == '#') {
            continue;
        }
        const auto sign = line.find('=');
        const auto key = trimmed(line.substr(0, sign));
        const auto value = sign == std::string_view::npos ? std::string_view() : trimmed(line.substr(sign + 1));
        if (key.empty() || value.empty() || value.size() > longest_value) {
            return Fault{"is not KEY = VALUE, with a value of at most 256 bytes", number};
        }
        if (const auto taken = filling.take(key, value, number); !taken) {
            return taken.fault();
        }
    }
    if (const auto whole = filling.finish(); !whole) {
        return whole.fault();
    }
    return mapping;
}

} // namespace tally::table
