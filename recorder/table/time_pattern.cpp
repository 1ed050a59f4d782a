#include "recorder/table/time_pattern.hpp"

#include "recorder/capture/civil.hpp"
#include "tally/base/encoding.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace tally::table {
namespace {

using capture::day_s;
using capture::LogTime;

constexpr std::int64_t earliest_s = capture::day_of(1980, 1, 1) * day_s;
constexpr std::int64_t latest_s = capture::day_of(2200, 1, 1) * day_s;
constexpr std::size_t longest_pattern = 64;

// A number of `least` to `most` digits, taken from the front; −1 when there is none.
int number(std::string_view& rest, std::size_t least, std::size_t most) {
    int value = 0;
    std::size_t digits = 0;
    while (digits < most && digits < rest.size() && is_digit(rest[digits])) {
        value = value * 10 + (rest[digits] - '0');
        ++digits;
    }
    rest.remove_prefix(digits);
    return digits < least ? -1 : value;
}

bool take(std::string_view& rest, char c) {
    if (rest.empty() || rest.front() != c) {
        return false;
    }
    rest.remove_prefix(1);
    return true;
}

std::optional<LogTime> read_epoch(std::string_view text, std::int64_t units_a_second) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || text.empty() || text[0] == '-') {
        return std::nullopt;
    }
    std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (take(rest, '.')) { // fractions, as programs print them
        rest.remove_prefix(std::min(rest.find_first_not_of("0123456789"), rest.size()));
    }
    const std::int64_t second = value / units_a_second;
    if (!rest.empty() || second < earliest_s || second >= latest_s) {
        return std::nullopt;
    }
    return LogTime{second, second, 0};
}

// "2024-01-31T08:42:20.123+01:00"; a space may stand for T, and "+0100" or "+01" for the offset.
std::optional<LogTime> read_iso(std::string_view text, bool with_offset) {
    const int year = number(text, 4, 4);
    const int month = take(text, '-') ? number(text, 2, 2) : -1;
    const int day = take(text, '-') ? number(text, 2, 2) : -1;
    if (!capture::is_date(year, month, day) || !(take(text, 'T') || take(text, ' '))) {
        return std::nullopt;
    }
    const int hour = number(text, 2, 2);
    const int minute = take(text, ':') ? number(text, 2, 2) : -1;
    const int second = take(text, ':') ? number(text, 2, 2) : -1;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
        return std::nullopt;
    }
    if ((take(text, '.') || take(text, ',')) && number(text, 1, 9) < 0) {
        return std::nullopt;
    }
    const std::int64_t local_s =
        capture::day_of(year, month, day) * day_s + hour * 3600 + minute * 60 + std::min(second, 59);
    if (!with_offset) {
        return text.empty() ? std::optional(LogTime{local_s, local_s, {}}) : std::nullopt;
    }
    if (take(text, 'Z')) {
        return text.empty() ? std::optional(LogTime{local_s, local_s, 0}) : std::nullopt;
    }
    const int sign = take(text, '+') ? 1 : take(text, '-') ? -1 : 0;
    const int hours = number(text, 2, 2);
    static_cast<void>(take(text, ':'));
    const int minutes = text.empty() ? 0 : number(text, 2, 2);
    if (sign == 0 || hours < 0 || hours > 15 || minutes < 0 || minutes > 59 || !text.empty()) {
        return std::nullopt;
    }
    return LogTime{local_s, local_s, sign * (hours * 3600 + minutes * 60)};
}

} // namespace

struct TimePattern::Reading {
    int year = -1;
    int month = -1;
    int day = -1;
    int hour = -1;
    int minute = -1;
    int second = -1;
    int half = -1; // 0 AM, 1 PM
};

Result<TimePattern> TimePattern::parse(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, Kind>, 4> words{
        {{"epoch-s", Kind::epoch_s}, {"epoch-ms", Kind::epoch_ms}, {"iso", Kind::iso}, {"iso-local", Kind::iso_local}}};
    TimePattern pattern;
    for (const auto& [word, kind] : words) {
        if (text == word) {
            pattern.kind_ = kind;
            return pattern;
        }
    }
    pattern.kind_ = Kind::pattern;
    if (const auto added = pattern.add_pieces(text); !added) {
        return added.fault();
    }
    return pattern;
}

Result<void> TimePattern::add_pieces(std::string_view text) {
    struct Token {
        std::string_view text;
        Part part;
        std::size_t least_digits;
    };
    static constexpr std::array<Token, 10> tokens{{{"YYYY", Part::year, 4},
                                                   {"MM", Part::month, 2},
                                                   {"DD", Part::day, 2},
                                                   {"hh", Part::hour, 2},
                                                   {"mm", Part::minute, 2},
                                                   {"ss", Part::second, 2},
                                                   {"AP", Part::half, 2},
                                                   {"M", Part::month, 1},
                                                   {"D", Part::day, 1},
                                                   {"h", Part::hour, 1}}};
    if (text.size() > longest_pattern) {
        return Fault{"the pattern of times is too long", 0};
    }
    while (!text.empty()) {
        const auto token =
            std::find_if(tokens.begin(), tokens.end(), [&](const Token& one) { return text.starts_with(one.text); });
        const char c = text.front();
        if (token == tokens.end() &&
            ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'S') || (c >= 'U' && c <= 'Z') || is_digit(c))) {
            return Fault{std::string("the pattern of times has a letter that means nothing: ") + c, 0};
        }
        const Piece piece =
            token == tokens.end() ? Piece{Part::literal, 0, c} : Piece{token->part, token->least_digits};
        if (piece.part != Part::literal && has(piece.part)) {
            return Fault{"the pattern of times has a part twice", 0};
        }
        pieces_.push_back(piece);
        text.remove_prefix(token == tokens.end() ? 1 : token->text.size());
    }
    const bool day_is_told = has(Part::year) && has(Part::month) && has(Part::day);
    const bool parts_fit = (has(Part::hour) || !has(Part::minute)) && (has(Part::minute) || !has(Part::second)) &&
                           (has(Part::minute) || !has(Part::hour)) && (has(Part::hour) || !has(Part::half));
    return day_is_told && parts_fit ? Result<void>()
                                    : Result<void>(Fault{"a pattern of times has YYYY, MM, DD, and then hh and mm, "
                                                         "and then ss, or it is epoch-s, epoch-ms, iso or iso-local",
                                                         0});
}

bool TimePattern::has(Part part) const {
    return std::any_of(pieces_.begin(), pieces_.end(), [&](const Piece& piece) { return piece.part == part; });
}

bool TimePattern::read_piece(const Piece& piece, std::string_view& rest, Reading& into) {
    const auto into_number = [&](int& value, std::size_t most) {
        value = number(rest, piece.least_digits, most);
        return value >= 0;
    };
    switch (piece.part) {
    case Part::year:
        return into_number(into.year, 4);
    case Part::month:
        return into_number(into.month, 2);
    case Part::day:
        return into_number(into.day, 2);
    case Part::hour:
        return into_number(into.hour, 2);
    case Part::minute:
        return into_number(into.minute, 2);
    case Part::second:
        return into_number(into.second, 2);
    case Part::half:
        into.half = rest.starts_with("AM") || rest.starts_with("am")   ? 0
                    : rest.starts_with("PM") || rest.starts_with("pm") ? 1
                                                                       : -1;
        rest.remove_prefix(into.half < 0 ? 0 : 2);
        return into.half >= 0;
    case Part::literal:
        break;
    }
    return take(rest, piece.literal);
}

std::optional<LogTime> TimePattern::read_pattern(std::string_view text) const {
    Reading read;
    for (const Piece& piece : pieces_) {
        if (!read_piece(piece, text, read)) {
            return std::nullopt;
        }
    }
    if (!text.empty() || !capture::is_date(read.year, read.month, read.day)) {
        return std::nullopt;
    }
    const std::int64_t midnight_s = capture::day_of(read.year, read.month, read.day) * day_s;
    if (!has(Part::hour)) {
        return LogTime{midnight_s, midnight_s + day_s - 1, {}};
    }
    int hour = read.hour;
    if (has(Part::half)) {
        if (hour < 1 || hour > 12) {
            return std::nullopt;
        }
        hour = hour % 12 + 12 * read.half;
    }
    if (hour > 23 || read.minute > 59 || read.second > 60) {
        return std::nullopt;
    }
    const std::int64_t minute_s = midnight_s + hour * 3600 + read.minute * 60;
    if (!has(Part::second)) {
        return LogTime{minute_s, minute_s + 59, {}};
    }
    const std::int64_t local_s = minute_s + std::min(read.second, 59);
    return LogTime{local_s, local_s, {}};
}

std::optional<LogTime> TimePattern::read(std::string_view text) const {
    switch (kind_) {
    case Kind::epoch_s:
        return read_epoch(text, 1);
    case Kind::epoch_ms:
        return read_epoch(text, 1000);
    case Kind::iso:
        return read_iso(text, true);
    case Kind::iso_local:
        return read_iso(text, false);
    case Kind::pattern:
        break;
    }
    return read_pattern(text);
}

} // namespace tally::table
