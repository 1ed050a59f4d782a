#include "recorder/service/configuration.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace tally::service {
namespace {

constexpr std::size_t longest_socket = 107; // sockaddr_un

struct Number {
    std::string_view key;
    std::uint64_t Configuration::*value;
    std::uint64_t least;
    std::uint64_t most;
    int base = 10;
};
constexpr std::array<Number, 9> numbers{{
    {"socket_mode", &Configuration::socket_mode, 0600, 0666, 8},
    {"seal_every_min", &Configuration::seal_every_min, 0, 10'080},
    {"connections_per_user", &Configuration::connections_per_user, 1, 1000},
    {"sessions_per_user", &Configuration::sessions_per_user, 1, 100'000},
    {"messages_per_second", &Configuration::messages_per_second, 1, 1'000'000},
    {"messages_at_once", &Configuration::messages_at_once, 64, 1'000'000},
    {"merge_gap_s", &Configuration::merge_gap_s, 0, 3600},
    {"heartbeat_s", &Configuration::heartbeat_s, 1, 3600},
    {"report_s", &Configuration::report_s, 1, 86'400},
}};

std::string_view trimmed(std::string_view text) {
    const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && is_space(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_space(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::string in_base(std::uint64_t value, int base) {
    std::array<char, 24> digits{};
    return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr};
}

// "" or what is wrong.
std::string put(Configuration& configuration, std::string_view key, std::string_view value) {
    if (key == "socket") {
        const bool good = value.front() == '/' && value.size() <= longest_socket &&
                          std::all_of(value.begin(), value.end(), [](char c) { return c > 0x20 && c < 0x7F; });
        configuration.socket = value;
        return good ? "" : "is no absolute path of at most 107 printable bytes";
    }
    const auto* const number =
        std::find_if(numbers.begin(), numbers.end(), [&](const Number& one) { return one.key == key; });
    if (number == numbers.end()) {
        return "is no key of this file";
    }
    std::uint64_t& into = configuration.*(number->value);
    const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), into, number->base);
    const bool whole = problem == std::errc() && end == value.data() + value.size();
    return whole && into >= number->least && into <= number->most
               ? ""
               : "is a number from " + in_base(number->least, number->base) + " to " +
                     in_base(number->most, number->base);
}

} // namespace

Result<Configuration> read_configuration(std::string_view text) {
    Configuration configuration;
    if (text.size() > largest_configuration) {
        return Fault{"is over 64 KiB", 0};
    }
    const auto next_line = [&text] {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        return line;
    };
    if (next_line() != first_line) {
        return Fault{"does not begin with the line: " + std::string(first_line), 1};
    }
    std::set<std::string_view> given;
    for (std::uint64_t number = 2; !text.empty(); ++number) {
        const std::string_view line = next_line();
        if (line.empty() || line.front() == '#') {
            continue;
        }
        const std::size_t sign = line.find('=');
        const auto key = trimmed(line.substr(0, sign));
        const auto value = sign == std::string_view::npos ? std::string_view() : trimmed(line.substr(sign + 1));
        if (key.empty() || value.empty()) {
            return Fault{"is not KEY = VALUE", number};
        }
        const std::string problem = given.insert(key).second ? put(configuration, key, value) : "has a value already";
        if (!problem.empty()) {
            return Fault{std::string(key.substr(0, 64)) + " " + problem, number};
        }
    }
    return configuration;
}

std::string configuration_text(const Configuration& configuration) {
    std::string text = std::string(first_line) + "\nsocket = " + configuration.socket + "\n";
    for (const auto& number : numbers) {
        text.append(number.key).append(" = ").append(in_base(configuration.*(number.value), number.base)).append("\n");
    }
    return text;
}

} // namespace tally::service
