#include "recorder/auditd/line.hpp"

#include <array>
#include <charconv>

namespace tally::auditd {
namespace {

constexpr char enriched = 0x1D;
constexpr std::size_t longest_command_line = 8192;
constexpr std::size_t most_arguments = 256;
constexpr std::int64_t latest_second = 253'402'300'799; // year 9999

bool take(std::string_view& text, std::string_view what) {
    if (!text.starts_with(what)) {
        return false;
    }
    text.remove_prefix(what.size());
    return true;
}

template <class Number>
bool take_number(std::string_view& text, Number& into) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
    if (error != std::errc() || end == text.data() || text[0] == '-') {
        return false;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

// Up to the next space.
std::string_view take_word(std::string_view& text) {
    const auto size = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, size);
    text.remove_prefix(std::min(size + 1, text.size()));
    return word;
}

int digit_of(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

// System calls of a processor, as `arch` tells it.
struct Calls {
    std::string_view arch;
    std::uint64_t execve, execveat, exit_group;
};
constexpr std::array<Calls, 5> known_calls{{{"c000003e", 59, 322, 231},
                                            {"40000003", 11, 358, 252},
                                            {"c00000b7", 221, 281, 94},
                                            {"40000028", 11, 387, 248},
                                            {"c0000015", 11, 362, 234}}};

} // namespace

std::optional<Line> read_line(std::string_view text) {
    Line line;
    if (take(text, "node=")) {
        line.node = take_word(text);
    }
    if (!take(text, "type=")) {
        return std::nullopt;
    }
    line.type = take_word(text);
    if (line.type.empty() || !take(text, "msg=audit(") || !take_number(text, line.second) || !take(text, ".")) {
        return std::nullopt;
    }
    if (!take_number(text, line.millisecond) || line.millisecond > 999 || !take(text, ":") ||
        !take_number(text, line.serial) || !take(text, "):") || line.second > latest_second) {
        return std::nullopt;
    }
    take(text, " ");
    const auto cut = text.find(enriched);
    line.fields = text.substr(0, cut);
    line.names = cut == std::string_view::npos ? std::string_view() : text.substr(cut + 1);
    return line;
}

std::optional<std::string_view> field(std::string_view fields, std::string_view key) {
    for (std::size_t from = 0;;) {
        const auto place = fields.find(key, from);
        if (place == std::string_view::npos) {
            return std::nullopt;
        }
        from = place + key.size();
        if ((place != 0 && fields[place - 1] != ' ') || from >= fields.size() || fields[from] != '=') {
            continue;
        }
        const std::string_view value = fields.substr(from + 1);
        if (!value.starts_with('"')) {
            return value.substr(0, value.find(' '));
        }
        const auto close = value.find('"', 1);
        return close == std::string_view::npos ? std::nullopt : std::optional(value.substr(0, close + 1));
    }
}

std::optional<std::uint64_t> number(std::string_view fields, std::string_view key) {
    auto value = field(fields, key);
    std::uint64_t result = 0;
    return value && take_number(*value, result) && value->empty() ? std::optional(result) : std::nullopt;
}

std::string_view text_of(std::string_view value, std::string& decoded) {
    if (value.size() >= 2 && value.starts_with('"')) {
        return value.substr(1, value.size() - 2);
    }
    decoded.clear();
    if (value.size() % 2 != 0) {
        return {};
    }
    for (std::size_t i = 0; i < value.size(); i += 2) {
        const int high = digit_of(value[i]);
        const int low = digit_of(value[i + 1]);
        if (high < 0 || low < 0) {
            return {};
        }
        decoded += static_cast<char>(high * 16 + low);
    }
    return decoded;
}

Call call_of(const Line& line) {
    if (const auto name = field(line.names, "SYSCALL")) {
        return *name == "execve" || *name == "execveat" ? Call::exec : *name == "exit_group" ? Call::exit : Call::other;
    }
    const auto arch = field(line.fields, "arch");
    const auto call = number(line.fields, "syscall");
    for (const auto& known : known_calls) {
        if (arch && call && *arch == known.arch) {
            return *call == known.execve || *call == known.execveat ? Call::exec
                   : *call == known.exit_group                      ? Call::exit
                                                                    : Call::other;
        }
    }
    return Call::other;
}

std::string command_line_of(std::string_view fields) {
    std::string line;
    std::string decoded;
    for (std::size_t i = 0; i < most_arguments; ++i) {
        const auto value = field(fields, "a" + std::to_string(i));
        if (!value || line.size() + value->size() > longest_command_line) {
            break;
        }
        line.append(i == 0 ? "\"" : " \"").append(text_of(*value, decoded)).append(1, '"');
    }
    return line;
}

} // namespace tally::auditd
