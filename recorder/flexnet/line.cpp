#include "recorder/flexnet/line.hpp"

#include "recorder/capture/civil.hpp"
#include "tally/base/encoding.hpp"

namespace tally::flexnet {
namespace {

using capture::day_of;
using capture::is_date;
using capture::verb_names;

constexpr std::size_t longest_daemon = 64;

bool is_space(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_space(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

// Walks over a text from left to right.
class Cursor {
public:
    explicit Cursor(std::string_view rest) : rest_(rest) {}

    bool take(std::string_view literal) {
        if (!rest_.starts_with(literal)) {
            return false;
        }
        rest_.remove_prefix(literal.size());
        return true;
    }
    // A number of `least` to `most` digits, −1 when there is none.
    int number(std::size_t least, std::size_t most) {
        int value = 0;
        std::size_t digits = 0;
        while (digits < most && digits < rest_.size() && is_digit(rest_[digits])) {
            value = value * 10 + (rest_[digits] - '0');
            ++digits;
        }
        if (digits < least) {
            return -1;
        }
        rest_.remove_prefix(digits);
        return value;
    }
    std::string_view word() {
        std::size_t size = 0;
        while (size < rest_.size() && !is_space(rest_[size])) {
            ++size;
        }
        const std::string_view word = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return word;
    }
    void spaces() {
        while (!rest_.empty() && is_space(rest_.front())) {
            rest_.remove_prefix(1);
        }
    }
    [[nodiscard]] std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

std::int32_t second_of_day(Cursor& cursor, std::size_t least_hour_digits) {
    const int hour = cursor.number(least_hour_digits, 2);
    if (hour < 0 || hour > 23 || !cursor.take(":")) {
        return -1;
    }
    const int minute = cursor.number(2, 2);
    if (minute < 0 || minute > 59 || !cursor.take(":")) {
        return -1;
    }
    const int second = cursor.number(2, 2);
    return second < 0 || second > 60 ? -1 : hour * 3600 + minute * 60 + (second == 60 ? 59 : second);
}

// "2024-01-31T08:42:20.123+01:00"; the offset may be missing.
bool read_rfc3339(Cursor& cursor, Stamp& stamp) {
    const int year = cursor.number(4, 4);
    const int month = cursor.take("-") ? cursor.number(2, 2) : -1;
    const int day = cursor.take("-") ? cursor.number(2, 2) : -1;
    if (!is_date(year, month, day) || !(cursor.take("T") || cursor.take(" "))) {
        return false;
    }
    stamp.second = second_of_day(cursor, 2);
    stamp.day = day_of(year, month, day);
    if (stamp.second >= 0 && (cursor.take(".") || cursor.take(","))) {
        static_cast<void>(cursor.number(1, 9));
    }
    if (cursor.take("Z")) {
        stamp.offset_s = 0;
        return stamp.second >= 0;
    }
    const int sign = cursor.take("+") ? 1 : cursor.take("-") ? -1 : 0;
    if (sign != 0) {
        const int hours = cursor.number(2, 2);
        static_cast<void>(cursor.take(":"));
        const int minutes = cursor.number(2, 2);
        if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
            return false;
        }
        stamp.offset_s = sign * (hours * 3600 + minutes * 60);
    }
    return stamp.second >= 0;
}

// The size of the group that starts at text[0] ('(' or '['), brackets included; all of it when it is never closed.
std::size_t group_size(std::string_view text) {
    const char open = text[0];
    const char close = open == '(' ? ')' : ']';
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        depth += text[i] == open ? 1 : text[i] == close ? -1 : 0;
        if (depth == 0) {
            return i + 1;
        }
    }
    return text.size();
}

std::string_view inside(std::string_view group) {
    group.remove_prefix(1);
    if (!group.empty() && (group.back() == ')' || group.back() == ']')) {
        group.remove_suffix(1);
    }
    return group;
}

// "(25 licenses)": the number, 0 when the group says something else.
std::uint32_t licences_in(std::string_view group) {
    Cursor cursor(inside(group));
    const int number = cursor.number(1, 7);
    return number > 0 && (cursor.take(" licenses") || cursor.take(" license")) && cursor.rest().empty()
               ? static_cast<std::uint32_t>(number)
               : 0;
}

// What follows user and host: any number of [cdata] and (…) groups. False when anything else stands there.
bool read_groups(std::string_view rest, Line& line) {
    const char* reason_begin = nullptr;
    const char* reason_end = nullptr;
    for (rest = trimmed(rest); !rest.empty(); rest = trimmed(rest)) {
        if (rest[0] != '(' && rest[0] != '[') {
            return false;
        }
        const std::string_view group = rest.substr(0, group_size(rest));
        rest.remove_prefix(group.size());
        if (group[0] == '[') {
            line.cdata = inside(group);
        } else if (const auto licences = licences_in(group); licences > 0) {
            line.count = licences;
        } else {
            reason_begin = reason_begin == nullptr ? group.data() : reason_begin;
            reason_end = group.data() + group.size();
        }
    }
    if (reason_begin != nullptr) {
        line.reason = inside({reason_begin, static_cast<std::size_t>(reason_end - reason_begin)});
    }
    return true;
}

// user@host and groups. A user may hold spaces, '@' and parentheses; a host holds none of them, so the right '@' is
// the first whose host is followed by groups only, and inside that word the last.
bool read_who(std::string_view text, Line& line) {
    text = trimmed(text);
    for (auto at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
        std::size_t end = at;
        std::size_t last = at;
        while (end < text.size() && !is_space(text[end])) {
            last = text[end] == '@' ? end : last;
            ++end;
        }
        if (read_groups(text.substr(end), line)) {
            line.user = trimmed(text.substr(0, last));
            line.client = text.substr(last + 1, end - last - 1);
            return !line.user.empty() && !line.client.empty();
        }
        line.cdata = {};
        line.count = 1;
        line.reason = {};
    }
    return false;
}

// Older daemons: "IN: feature by user (N licenses) (used: …)", "DENIED: N feature to user"; the host may be missing.
bool read_old_who(std::string_view text, Line& line) {
    text = trimmed(text);
    const std::uint32_t before = line.count;
    if (text.find('@') != std::string_view::npos && read_who(text, line)) {
        line.count = line.count == 1 ? before : line.count;
        return true;
    }
    const auto group = text.find(" (");
    line.user = trimmed(text.substr(0, group));
    line.client = {};
    const bool rest_is_known = group == std::string_view::npos || read_groups(text.substr(group), line);
    line.count = line.count == 1 ? before : line.count;
    return rest_is_known && !line.user.empty() && line.user.find(' ') == std::string_view::npos;
}

// feature@host(N)^^^version user …^^^ : written when the vendor has set ls_enable_verbose_dlog.
bool read_verbose(std::string_view text, Line& line) {
    const auto block = text.find("^^^");
    const std::string_view head = trimmed(text.substr(0, block));
    const auto open = head.rfind('(');
    const auto at = head.substr(0, open).rfind('@');
    if (open == std::string_view::npos || at == std::string_view::npos || at == 0 || head.back() != ')') {
        return false;
    }
    Cursor number(head.substr(open + 1));
    const int licences = number.number(1, 7);
    Cursor words(text.substr(block + 3));
    words.spaces();
    static_cast<void>(words.word()); // version of the block
    words.spaces();
    line.user = words.word();
    line.client = trimmed(head.substr(at + 1, open - at - 1));
    line.feature = trimmed(head.substr(0, at));
    if (line.feature.size() > 2 && line.feature.front() == '"' && line.feature.back() == '"') {
        line.feature = line.feature.substr(1, line.feature.size() - 2);
    }
    line.count = licences > 0 ? static_cast<std::uint32_t>(licences) : 1;
    return licences >= 0 && number.rest() == ")" && !line.user.empty() &&
           line.user.find('^') == std::string_view::npos && !line.client.empty() && !line.feature.empty();
}

// What follows "VERB: ".
bool read_activity(std::string_view text, Line& line) {
    Cursor cursor(text);
    cursor.spaces();
    if (cursor.rest().find("^^^") != std::string_view::npos) {
        return read_verbose(cursor.rest(), line);
    }
    if (cursor.take("\"")) {
        const auto close = cursor.rest().find('"');
        if (close == std::string_view::npos || close == 0) {
            return false;
        }
        line.feature = cursor.rest().substr(0, close);
        cursor = Cursor(cursor.rest().substr(close + 1));
    } else {
        line.feature = cursor.word();
        Cursor counted(line.feature);
        const int number = counted.number(1, 7);
        Cursor old(cursor);
        old.spaces();
        const std::string_view next = old.word();
        if (number > 0 && counted.rest().empty() && old.rest().starts_with(" to ")) {
            line.feature = next;
            line.count = static_cast<std::uint32_t>(number);
            return read_old_who(old.rest().substr(4), line);
        }
        if (next == "by" || next == "to") {
            return !line.feature.empty() && read_old_who(old.rest(), line);
        }
    }
    cursor.spaces();
    if (!line.feature.empty() && cursor.rest().starts_with("(")) { // licence keys of UNSUPPORTED
        cursor = Cursor(cursor.rest().substr(group_size(cursor.rest())));
    }
    return !line.feature.empty() && read_who(cursor.rest(), line);
}

std::optional<Verb> verb_at(std::string_view message, std::size_t& size) {
    if (message.size() < 4 || message[0] < 'D' || message[0] > 'U') {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < verb_names.size(); ++i) {
        size = verb_names[i].size() + 1;
        if (message.size() > size && message[size - 1] == ':' && message.starts_with(verb_names[i])) {
            return static_cast<Verb>(i);
        }
    }
    return std::nullopt;
}

void read_lifecycle(Line& line) {
    Cursor cursor(line.message);
    if (cursor.take("Started ") || cursor.take("REStarted ")) {
        line.subject = cursor.word();
        cursor.spaces();
        line.form = !line.subject.empty() && cursor.rest().starts_with("(") ? Form::started : Form::other;
    } else if (cursor.take("EXITING DUE TO SIGNAL")) {
        line.subject = line.daemon == "lmgrd" ? std::string_view() : line.daemon;
        line.form = Form::stopped;
    } else if (line.daemon == "lmgrd") {
        line.subject = cursor.word();
        line.form = cursor.take(" exited with status") ? Form::stopped : Form::other;
    }
}

// "Thu May 05 2022 08:42:20 zone name": the name of the zone is in the server's language and is not read.
std::optional<Anchor> read_long_date(std::string_view text) {
    static constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    Cursor cursor(trimmed(text));
    static_cast<void>(cursor.word()); // day of the week
    cursor.spaces();
    const std::string_view month = cursor.word();
    const auto place = month.size() == 3 ? months.find(month) : std::string_view::npos;
    cursor.spaces();
    const int day = cursor.number(1, 2);
    cursor.spaces();
    const int year = cursor.number(4, 4);
    if (place == std::string_view::npos || place % 3 != 0 || !is_date(year, static_cast<int>(place / 3) + 1, day)) {
        return std::nullopt;
    }
    cursor.spaces();
    return Anchor{day_of(year, static_cast<int>(place / 3) + 1, day), second_of_day(cursor, 1)};
}

std::optional<Anchor> read_short_date(std::string_view text) {
    Cursor cursor(trimmed(text));
    const int month = cursor.number(1, 2);
    const int day = cursor.take("/") ? cursor.number(1, 2) : -1;
    const int year = cursor.take("/") ? cursor.number(4, 4) : -1;
    if (!is_date(year, month, day) || !cursor.rest().empty()) {
        return std::nullopt;
    }
    return Anchor{day_of(year, month, day), -1};
}

std::string_view after_slog(std::string_view message) {
    if (!message.starts_with("(@")) {
        return {};
    }
    const auto end = message.find("-SLOG@) ");
    return end == std::string_view::npos ? std::string_view() : message.substr(end + 8);
}

} // namespace

bool read_stamp(std::string_view line, Line& into) {
    std::size_t digit = 0;
    while (digit < line.size() && digit < 2 && line[digit] == ' ') {
        ++digit;
    }
    if (digit >= line.size() || !is_digit(line[digit])) {
        return false;
    }
    Cursor cursor(line.substr(digit));
    Stamp stamp;
    if (line.size() > digit + 4 && line[digit + 4] == '-') {
        if (!read_rfc3339(cursor, stamp)) {
            return false;
        }
    } else {
        stamp.second = second_of_day(cursor, 1);
    }
    if (stamp.second < 0 || !cursor.take(" (")) {
        return false;
    }
    const std::string_view rest = cursor.rest();
    const auto close = rest.substr(0, longest_daemon + 1).find(')');
    if (close == std::string_view::npos || close == 0) {
        return false;
    }
    into.stamp = stamp;
    into.daemon = rest.substr(0, close);
    into.message = rest.substr(close + 1);
    if (into.message.starts_with(" ")) {
        into.message.remove_prefix(1);
    }
    return true;
}

Line read_line(std::string_view text) {
    Line line;
    if (!read_stamp(text, line)) {
        return line;
    }
    static constexpr std::string_view died = "IN server died:";
    std::size_t size = 0;
    if (const auto verb = verb_at(line.message, size)) {
        line.verb = *verb;
        line.form = read_activity(line.message.substr(size), line) ? Form::activity : Form::malformed;
    } else if (line.message.starts_with(died)) {
        line.verb = Verb::in;
        line.form = read_activity(line.message.substr(died.size()), line) ? Form::activity : Form::malformed;
        line.reason = line.message.substr(3, 11);
    } else {
        read_lifecycle(line);
    }
    return line;
}

std::optional<Anchor> anchor_in(std::string_view message) {
    static constexpr std::string_view system_date = "Server's System Date and Time:";
    if (message.starts_with("TIMESTAMP ")) {
        return read_short_date(message.substr(10));
    }
    if (const std::string_view summary = after_slog(message); !summary.empty()) {
        for (const std::string_view label : {"Time: ", "Start-Date: ", "Reread time: "}) {
            if (summary.starts_with(label)) {
                return read_long_date(summary.substr(label.size()));
            }
        }
        return std::nullopt;
    }
    if (message.starts_with(system_date)) {
        return read_long_date(message.substr(system_date.size()));
    }
    message = trimmed(message);
    const auto open = message.rfind('(');
    if (message.empty() || message.back() != ')' || message.find(" started on ") == std::string_view::npos) {
        return std::nullopt;
    }
    return read_short_date(message.substr(open + 1, message.size() - open - 2));
}

ServerName server_in(std::string_view message) {
    static constexpr std::string_view used = "Host used in license file: ";
    static constexpr std::string_view mine = "Server started on ";
    static constexpr std::string_view any = " started on ";
    const auto word = [](std::string_view text) { return Cursor(text).word(); };
    if (const std::string_view summary = after_slog(message); !summary.empty()) {
        return summary.starts_with(used) ? ServerName{word(summary.substr(used.size())), 1} : ServerName{};
    }
    if (message.starts_with(mine) && message.find(" for:") != std::string_view::npos) {
        return {word(message.substr(mine.size())), 3};
    }
    const auto at = message.find(any);
    return at != std::string_view::npos && message.find("Licensing") < at
               ? ServerName{word(message.substr(at + any.size())), 2}
               : ServerName{};
}

bool is_banner(const Line& line) {
    return line.daemon == "lmgrd" && line.message.size() >= 40 &&
           line.message.find_first_not_of('-') == std::string_view::npos;
}

} // namespace tally::flexnet
