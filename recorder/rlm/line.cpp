#include "recorder/rlm/line.hpp"

#include "recorder/capture/civil.hpp"
#include "tally/base/encoding.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace tally::rlm {
namespace {

constexpr std::size_t most_words = 64;
constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

// Digits only.
std::optional<int> number(std::string_view text, std::size_t most_digits = 7) {
    int value = 0;
    if (text.empty() || text.size() > most_digits || !std::all_of(text.begin(), text.end(), is_digit)) {
        return std::nullopt;
    }
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// "hh:mm", "hh:mm:ss", "hh:mm:ss.tenths"
bool read_clock(std::string_view text, Stamp& into) {
    const auto part = [&](std::size_t at) { return number(text.substr(std::min(at, text.size()), 2)).value_or(-1); };
    if (text.size() < 5 || text[2] != ':' || part(0) < 0 || part(0) > 23 || part(3) < 0 || part(3) > 59) {
        return false;
    }
    into.second = part(0) * 3600 + part(3) * 60;
    into.is_minute = text.size() == 5;
    if (into.is_minute) {
        return true;
    }
    if (text.size() < 8 || text[5] != ':' || part(6) < 0 || part(6) > 60) {
        return false;
    }
    into.second += std::min(part(6), 59);
    const auto tenths = text.substr(8);
    return tenths.empty() || (tenths[0] == '.' && std::all_of(tenths.begin() + 1, tenths.end(), is_digit));
}

// "mm/dd" or "mm/dd/yyyy"
bool read_date(std::string_view text, Stamp& into) {
    const bool with_year = text.size() == 10 && text[5] == '/';
    if ((text.size() != 5 && !with_year) || text[2] != '/') {
        return false;
    }
    into.month = number(text.substr(0, 2)).value_or(0);
    into.day = number(text.substr(3, 2)).value_or(0);
    into.year = with_year ? number(text.substr(6, 4)).value_or(0) : 0;
    return capture::is_date(with_year ? into.year : 2000, into.month, into.day);
}

// The word that a record begins with, and what it is when nothing of it is of use.
struct Known {
    std::string_view word;
    Record record;
};
constexpr std::array<Known, 14> no_use{{{"AUTH", Record::none},
                                        {"PRODUCT", Record::none},
                                        {"TIMEZONE", Record::none},
                                        {"LICENSE", Record::none},
                                        {"SWITCH", Record::none},
                                        {"ISV:", Record::none},
                                        {"RLM", Record::none},
                                        {"REPROCESSED", Record::none},
                                        {"log", Record::none},
                                        {"METER_DEC", Record::none},
                                        {"ROAM_EXTEND", Record::none},
                                        {"DYNRES", Record::none},
                                        {"TEMP", Record::none},
                                        {"REREAD", Record::noted}}};

// RLM writes its records' names in capitals; other text, as the notice at the beginning, has none such.
bool looks_like_record(std::string_view word) {
    return word.size() >= 2 &&
           std::all_of(word.begin(), word.end(),
                       [](char c) { return (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c); }) &&
           !is_digit(word[0]);
}

} // namespace

std::string_view Reader::word(std::size_t at) const { return at < words_.size() ? words_[at] : std::string_view(); }

bool Reader::is_quoted(std::size_t at) const { return word(at).starts_with('"'); }

bool Reader::split(std::string_view text) {
    words_.clear();
    while (true) {
        const auto begin = text.find_first_not_of(" \t");
        if (begin == std::string_view::npos) {
            return true;
        }
        text.remove_prefix(begin);
        std::size_t size = std::min(text.find_first_of(" \t"), text.size());
        if (text.front() == '"') {
            const auto close = text.find('"', 1);
            if (close == std::string_view::npos) {
                return false;
            }
            size = close + 1;
        }
        if (words_.size() == most_words) {
            return false;
        }
        words_.push_back(text.substr(0, size));
        text.remove_prefix(size);
    }
}

bool Reader::read_stamp(std::size_t at) {
    return read_date(word(at), line_.stamp) && line_.stamp.year == 0 && read_clock(word(at + 1), line_.stamp);
}

// Product, version, …, user from `first_name` to the word before the host, and the texts at its right.
void Reader::read_named(std::size_t first_name, std::size_t isv_def) {
    const auto unquoted = [](std::string_view text) {
        return text.size() >= 2 && text.front() == '"' ? text.substr(1, text.size() - 2) : text;
    };
    if (isv_def >= words_.size() || isv_def < first_name + 2 || !is_quoted(isv_def)) {
        line_.record = Record::malformed;
        return;
    }
    const std::string_view last = words_[isv_def - 2];
    const std::string_view user = words_[first_name];
    line_.user = unquoted({user.data(), static_cast<std::size_t>(last.data() + last.size() - user.data())});
    line_.host = unquoted(words_[isv_def - 1]);
    line_.isv_def = unquoted(words_[isv_def]);
    line_.count = static_cast<std::uint32_t>(std::max(number(word(isv_def + 1)).value_or(-1), 0));
    if (!number(word(isv_def + 1)) || line_.product.empty()) {
        line_.record = Record::malformed;
    }
}

// The place of "mm/dd hh:mm[:ss[.tenths]]" at the right end, or of "hh:mm" alone.
std::size_t Reader::left_of_stamp() const {
    Stamp ignored;
    const std::size_t size = words_.size();
    if (size >= 2 && read_date(words_[size - 2], ignored) && read_clock(words_[size - 1], ignored)) {
        return size - 2;
    }
    return size >= 1 && read_clock(words_[size - 1], ignored) && ignored.is_minute ? size - 1 : nowhere;
}

void Reader::read_out() {
    line_.record = Record::out;
    line_.product = word(1);
    line_.version = word(2);
    // After the date of a detailed record stand more texts: it is found by the three quoted ones before it.
    for (std::size_t at = 16; at + 1 < words_.size(); ++at) {
        if (is_quoted(at - 1) && is_quoted(at - 2) && is_quoted(at - 3) && is_quoted(at - 10) && read_stamp(at)) {
            line_.handle = words_[at - 6];
            read_named(4, at - 10);
            return;
        }
    }
    const std::size_t at = left_of_stamp();
    if (at == nowhere || at + 1 != words_.size() || at < 8 || !read_clock(words_[at], line_.stamp)) {
        line_.record = Record::malformed;
        return;
    }
    line_.handle = words_[at - 2];
    read_named(3, at - 4);
}

// IN and DEQUE: why product version user host "isv_def" count … handle date; or why count handle hh:mm.
void Reader::read_in() {
    const std::size_t at = left_of_stamp();
    const std::size_t numbers = line_.record == Record::in ? 4 : 2; // from count to handle
    line_.why = number(word(1)).value_or(0);
    if (at != nowhere && at + 1 == words_.size() && words_.size() == 5) {
        line_.handle = words_[3];
        line_.count = static_cast<std::uint32_t>(number(words_[2]).value_or(1));
        static_cast<void>(read_clock(words_[4], line_.stamp));
        return;
    }
    if (at == nowhere || at + 2 != words_.size() || at < numbers + 7 || !read_stamp(at)) {
        line_.record = Record::malformed;
        return;
    }
    line_.product = words_[2];
    line_.version = words_[3];
    line_.handle = words_[at - 1];
    read_named(4, at - numbers - 1);
}

void Reader::read_deny() {
    const std::size_t at = left_of_stamp();
    line_.record = Record::deny;
    if (at == nowhere || at + 2 != words_.size() || at < 9 || !read_stamp(at)) {
        line_.record = Record::malformed;
        return;
    }
    line_.product = words_[1];
    line_.version = words_[2];
    line_.is_last_attempt = words_[at - 1] != "0";
    const std::string_view why = words_[at - 2];
    line_.why = number(why.starts_with('-') ? why.substr(1) : why).value_or(0);
    read_named(3, at - 4);
}

void Reader::read_queue() {
    const std::size_t at = left_of_stamp();
    line_.record = Record::queue;
    line_.product = word(1);
    line_.version = word(2);
    if (at != nowhere && at + 2 == words_.size() && at >= 11 && read_stamp(at)) {
        line_.handle = words_[at - 4];
        read_named(3, at - 6);
    } else if (at != nowhere && at + 1 == words_.size() && at >= 7 && read_clock(words_[at], line_.stamp)) {
        line_.handle = words_[at - 1];
        read_named(3, at - 3);
    } else {
        line_.record = Record::malformed;
    }
}

void Reader::read_inuse() {
    const std::size_t at = left_of_stamp();
    line_.record = Record::inuse;
    if (at == nowhere || at + 2 != words_.size() || at < 11 || !read_stamp(at)) {
        line_.record = Record::malformed;
        return;
    }
    line_.product = words_[1];
    line_.version = words_[2];
    line_.handle = words_[at - 3];
    read_named(4, at - 5);
}

void Reader::read_full_date(std::size_t at, Record record) {
    const bool good = words_.size() == at + 2 && read_date(word(at), line_.stamp) && line_.stamp.year != 0 &&
                      read_clock(word(at + 1), line_.stamp);
    line_.record = good ? record : Record::malformed;
    line_.stamp = good ? line_.stamp : Stamp{};
}

void Reader::read_short_date(Record record) {
    line_.record = words_.size() > 2 && read_stamp(words_.size() - 2) ? record : Record::malformed;
}

const Line& Reader::read(std::string_view text) {
    line_ = {};
    if (!split(text) || words_.empty()) {
        line_.record = words_.empty() ? Record::none : Record::malformed;
        return line_;
    }
    const std::string_view first = words_.front();
    const auto known = std::find_if(no_use.begin(), no_use.end(), [&](const Known& one) { return one.word == first; });
    if (known != no_use.end()) {
        line_.record = known->record;
        if (known->record == Record::noted) {
            read_short_date(Record::noted);
        }
    } else if (first == "OUT") {
        read_out();
    } else if (first == "IN" || first == "DEQUE") {
        line_.record = first == "IN" ? Record::in : Record::dequeue;
        read_in();
    } else if (first == "DENY") {
        read_deny();
    } else if (first == "QUE") {
        read_queue();
    } else if (first == "INUSE") {
        read_inuse();
    } else if (first == "START") {
        line_.server = word(1);
        read_full_date(2, Record::start);
    } else if (first == "END") {
        read_full_date(1, Record::time);
    } else if (first == "SHUTDOWN") {
        read_short_date(Record::shutdown);
    } else if (first == "TIMEJUMP") {
        read_short_date(Record::clock);
    } else if (Stamp stamp; read_date(first, stamp) && stamp.year != 0) {
        read_full_date(0, Record::time);
    } else if (looks_like_record(first)) {
        line_.record = Record::unknown;
    }
    if (line_.record == Record::malformed) {
        line_.stamp = {};
    }
    return line_;
}

std::optional<std::string_view> isv_in(std::string_view text) {
    static constexpr std::string_view label = "ISV: ";
    if (!text.starts_with(label)) {
        return std::nullopt;
    }
    text.remove_prefix(label.size());
    text = text.substr(0, text.find_first_of(", \t"));
    return text.empty() ? std::nullopt : std::optional(text);
}

} // namespace tally::rlm
