#include "recorder/processes/proc_text.hpp"

#include <charconv>

namespace tally::processes {
namespace {

// As the kernel writes it: without zeros before it.
template <class Number>
std::optional<Number> whole_number(std::string_view text) {
    Number value{};
    if (text.size() > 1 && (text[0] == '0' || text.starts_with("-0"))) {
        return std::nullopt;
    }
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    return fault == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(value)
                                                                                     : std::nullopt;
}

// The text up to the next `separator`, which is taken away too.
std::string_view cut(std::string_view& rest, char separator) {
    const std::size_t end = rest.find(separator);
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return word;
}

} // namespace

std::optional<Stat> read_stat(std::string_view text) {
    constexpr int fields_before_start = 17; // from the fifth on
    const std::size_t open = text.find(" (");
    const std::size_t close = text.rfind(") ");
    if (text.size() > most_stat || open == std::string_view::npos || close == std::string_view::npos || close < open) {
        return std::nullopt;
    }
    std::string_view rest = text.substr(close + 2);
    const auto pid = whole_number<std::int32_t>(text.substr(0, open));
    const std::string_view state = cut(rest, ' ');
    const auto parent = whole_number<std::int32_t>(cut(rest, ' '));
    for (int i = 0; i < fields_before_start; ++i) {
        const std::string_view word = cut(rest, ' ');
        if (!whole_number<std::int64_t>(word) && !whole_number<std::uint64_t>(word)) {
            return std::nullopt;
        }
    }
    const auto start = whole_number<std::uint64_t>(cut(rest, ' '));
    if (!pid || *pid <= 0 || state.size() != 1 || !parent || *parent < 0 || !start) {
        return std::nullopt;
    }
    return Stat{*pid, state[0], *parent, *start};
}

std::optional<std::uint32_t> read_uid(std::string_view status) {
    if (status.size() > most_status) {
        return std::nullopt;
    }
    while (!status.empty()) {
        std::string_view line = cut(status, '\n');
        if (line.starts_with("Uid:\t")) {
            line.remove_prefix(5);
            return whole_number<std::uint32_t>(cut(line, '\t'));
        }
    }
    return std::nullopt;
}

std::optional<std::uint32_t> read_loginuid(std::string_view text) {
    if (text.ends_with('\n')) {
        text.remove_suffix(1);
    }
    const auto number = whole_number<std::uint32_t>(text);
    return number && *number != UINT32_MAX ? number : std::nullopt;
}

std::string read_command_line(std::string_view arguments) {
    arguments = arguments.substr(0, most_command_line);
    std::string line;
    while (!arguments.empty()) {
        const std::string_view word = cut(arguments, '\0');
        const bool quoted = word.empty() || word.find_first_of(" \t") != std::string_view::npos;
        line.append(line.empty() ? "" : " ").append(quoted ? "\"" : "").append(word).append(quoted ? "\"" : "");
    }
    return line;
}

std::string_view program_path(std::string_view link) {
    constexpr std::string_view replaced = " (deleted)";
    return link.ends_with(replaced) ? link.substr(0, link.size() - replaced.size()) : link;
}

} // namespace tally::processes
