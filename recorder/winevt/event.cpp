#include "recorder/winevt/event.hpp"

#include "recorder/capture/civil.hpp"

#include <algorithm>
#include <charconv>

namespace tally::winevt {
namespace {

constexpr std::size_t longest_name = 64;
constexpr std::size_t most_attributes = 16;
constexpr std::array<std::string_view, datum_count> datum_names{
    "SubjectUserSid", "SubjectUserName", "SubjectDomainName", "TargetUserSid", "TargetUserName", "TargetDomainName",
    "NewProcessId",   "NewProcessName",  "ProcessId",         "ProcessName",   "CommandLine"};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr std::array<bool, 256> name_chars = [] {
    std::array<bool, 256> good{};
    for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:")) {
        good[static_cast<unsigned char>(c)] = true;
    }
    return good;
}();

void skip_space(std::string_view& text) {
    while (!text.empty() && is_space(text.front())) {
        text.remove_prefix(1);
    }
}

std::string_view take_name(std::string_view& text) {
    std::size_t size = 0;
    while (size < text.size() && name_chars[static_cast<unsigned char>(text[size])]) {
        ++size;
    }
    const auto name = text.substr(0, size);
    text.remove_prefix(size);
    return name.size() <= longest_name ? name : std::string_view();
}

template <int Base = 10>
std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, Base);
    return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(value)
                                                                                     : std::nullopt;
}

void append_utf8(std::uint64_t code, std::string& into) {
    const auto byte = [&](std::uint64_t value) { into += static_cast<char>(static_cast<unsigned char>(value)); };
    if (code < 0x80) {
        byte(code);
    } else if (code < 0x800) {
        byte(0xC0U | (code >> 6U));
        byte(0x80U | (code & 0x3FU));
    } else {
        if (code < 0x10000) {
            byte(0xE0U | (code >> 12U));
        } else {
            byte(0xF0U | (code >> 18U));
            byte(0x80U | ((code >> 12U) & 0x3FU));
        }
        byte(0x80U | ((code >> 6U) & 0x3FU));
        byte(0x80U | (code & 0x3FU));
    }
}

// "lt", "#13", "#xD": what stands between & and ;
bool append_entity(std::string_view name, std::string& into) {
    static constexpr std::array<std::pair<std::string_view, char>, 5> known{
        {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}}};
    const auto place = std::find_if(known.begin(), known.end(), [&](const auto& one) { return one.first == name; });
    if (place != known.end()) {
        into += place->second;
        return true;
    }
    if (name.size() < 2 || name.size() > 9 || name[0] != '#') {
        return false;
    }
    const bool hex = name[1] == 'x';
    const auto code = hex ? whole_number<16>(name.substr(2)) : whole_number(name.substr(1));
    if (!code || *code == 0 || *code > 0x10FFFF || (*code >= 0xD800 && *code < 0xE000)) {
        return false;
    }
    append_utf8(*code, into);
    return true;
}

// False when an entity is none of XML's own.
bool decode(std::string_view text, std::string& into) {
    into.clear();
    while (!text.empty()) {
        const auto sign = std::min(text.find('&'), text.size());
        into.append(text.substr(0, sign));
        text.remove_prefix(sign);
        if (text.empty()) {
            break;
        }
        const auto end = text.substr(0, 12).find(';');
        if (end == std::string_view::npos || !append_entity(text.substr(1, end - 1), into)) {
            return false;
        }
        text.remove_prefix(end + 1);
    }
    return true;
}

} // namespace

struct Event::Tag {
    std::string_view name;
    bool closes = false;          // </name>
    bool is_empty = false;        // <name/>
    std::string_view label, time; // values of the attributes Name and SystemTime
};

// Behind the space before it.
const char* Event::read_attribute(std::string_view& rest, Tag& tag) {
    const auto name = take_name(rest);
    skip_space(rest);
    if (name.empty() || !rest.starts_with('=')) {
        return "has a tag that does not go on like one";
    }
    rest.remove_prefix(1);
    skip_space(rest);
    const char quote = rest.empty() ? '\0' : rest.front();
    const auto end = quote == '"' || quote == '\'' ? rest.find(quote, 1) : std::string_view::npos;
    if (end == std::string_view::npos) {
        return "has an attribute without quotes";
    }
    const auto value = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    if (value.find('<') != std::string_view::npos) {
        return "has an attribute with < in it";
    }
    if (name == "Name") {
        tag.label = value;
    } else if (name == "SystemTime") {
        tag.time = value;
    }
    return nullptr;
}

// At "<".
const char* Event::read_tag(std::string_view& rest, Tag& tag) {
    rest.remove_prefix(1);
    if (rest.starts_with('!') || rest.starts_with('?')) {
        return "holds a comment, an instruction, CDATA or a document type, which no event has";
    }
    tag.closes = rest.starts_with('/');
    rest.remove_prefix(tag.closes ? 1 : 0);
    tag.name = take_name(rest);
    if (tag.name.empty()) {
        return "has an element without a name of 1 to 64 characters";
    }
    for (std::size_t attributes = 0;; ++attributes) {
        const std::size_t before = rest.size();
        skip_space(rest);
        if (rest.starts_with('>')) {
            rest.remove_prefix(1);
            return nullptr;
        }
        if (rest.starts_with("/>") && !tag.closes) {
            tag.is_empty = true;
            rest.remove_prefix(2);
            return nullptr;
        }
        if (rest.size() == before || tag.closes || attributes == most_attributes) {
            return "has a tag that does not go on like one";
        }
        if (const char* const problem = read_attribute(rest, tag)) {
            return problem;
        }
    }
}

void Event::see_system(const Tag& tag) {
    if (tag.name == "Provider") {
        provider_ = tag.label;
    } else if (tag.name == "TimeCreated") {
        at_ = read_time(tag.time);
    } else if (tag.name == "EventID") {
        leaf_ = Leaf::id;
    } else if (tag.name == "EventRecordID") {
        leaf_ = Leaf::record;
    } else if (tag.name == "Computer") {
        leaf_ = Leaf::computer;
    }
}

void Event::see_data(const Tag& tag) {
    if (tag.label.empty() || tag.name != "Data") {
        return;
    }
    const auto known = std::find_if(datum_names.begin(), datum_names.end(), [&](std::string_view name) {
        return name.front() == tag.label.front() && name.back() == tag.label.back() && name == tag.label;
    });
    if (known != datum_names.end()) {
        wanted_ = static_cast<std::size_t>(known - datum_names.begin());
        data_[wanted_] = std::string_view();
        leaf_ = Leaf::datum;
    }
}

void Event::see_start(const Tag& tag) {
    leaf_ = Leaf::other;
    if (depth_ == 1) {
        part_ = tag.name == "System" ? Part::system : tag.name == "EventData" ? Part::data : Part::other;
    } else if (depth_ == 2 && part_ == Part::system) {
        see_system(tag);
    } else if (depth_ == 2 && part_ == Part::data) {
        see_data(tag);
    }
}

const char* Event::see_text(std::string_view text) {
    if (leaf_ == Leaf::datum) {
        data_[wanted_] = text;
    } else if (leaf_ == Leaf::computer) {
        computer_ = text;
    } else if (leaf_ != Leaf::other) {
        const auto value = whole_number(text);
        (leaf_ == Leaf::id ? id_ : record_) = value.value_or(0);
        return value ? nullptr : "has a number that is none";
    }
    return nullptr;
}

// One more element is open, or one less.
const char* Event::step(const Tag& tag) {
    if (tag.closes) {
        if (depth_ == 0 || open_[depth_ - 1] != tag.name) {
            return "closes an element that is not open";
        }
        --depth_;
        leaf_ = Leaf::other;
        return nullptr;
    }
    if (depth_ == 0 && tag.name != "Event") {
        return "does not begin with <Event";
    }
    see_start(tag);
    if (tag.is_empty) {
        leaf_ = Leaf::other;
        return nullptr;
    }
    if (depth_ == open_.size()) {
        return "is deeper than an event is";
    }
    open_[depth_++] = tag.name;
    return nullptr;
}

const char* Event::read(std::string_view rest) {
    depth_ = 0;
    leaf_ = Leaf::other;
    part_ = Part::other;
    id_ = record_ = 0;
    at_.reset();
    computer_ = provider_ = {};
    data_.fill(std::nullopt);
    while (!rest.empty()) {
        Tag tag;
        const char* problem = nullptr;
        if (rest.front() != '<') {
            const auto size = std::min(rest.find('<'), rest.size());
            problem = see_text(rest.substr(0, size));
            rest.remove_prefix(size);
        } else {
            problem = read_tag(rest, tag);
            problem = problem == nullptr ? step(tag) : problem;
        }
        if (problem != nullptr) {
            return problem;
        }
        if (tag.closes && depth_ == 0) {
            return rest.empty() ? nullptr : "goes on behind its end";
        }
    }
    return "ends in the middle";
}

std::optional<std::string_view> Event::data(Datum datum) {
    const auto place = static_cast<std::size_t>(datum);
    const auto& raw = data_[place];
    if (!raw || raw->find('&') == std::string_view::npos) {
        return raw;
    }
    return decode(*raw, decoded_[place]) ? std::optional<std::string_view>(decoded_[place]) : std::nullopt;
}

std::optional<std::uint64_t> process_number(std::string_view text) {
    const bool hex = text.starts_with("0x") || text.starts_with("0X");
    return hex ? whole_number<16>(text.substr(2)) : whole_number(text);
}

std::optional<capture::LogTime> read_time(std::string_view text) {
    const auto part = [&](std::size_t at, std::size_t size) -> int {
        int value = 0;
        for (const char c : text.substr(at, size)) {
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        return value;
    };
    if (text.size() < 20 || text.size() > 40 || text[4] != '-' || text[7] != '-' ||
        (text[10] != 'T' && text[10] != ' ') || text[13] != ':' || text[16] != ':' || text.back() != 'Z') {
        return std::nullopt;
    }
    const std::string_view fraction = text.substr(19, text.size() - 20);
    const int year = part(0, 4), month = part(5, 2), day = part(8, 2);
    const int hour = part(11, 2), minute = part(14, 2), second = part(17, 2);
    const bool is_fraction =
        fraction.empty() || (fraction.size() > 1 && fraction[0] == '.' &&
                             fraction.find_first_not_of("0123456789", 1) == std::string_view::npos);
    if (year < 1980 || !capture::is_date(year, month, day) || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
        second < 0 || second > 59 || !is_fraction) {
        return std::nullopt;
    }
    const std::int64_t at = capture::day_of(year, month, day) * capture::day_s + std::int64_t{hour} * 3600 +
                            std::int64_t{minute} * 60 + second;
    return capture::LogTime{at, at, 0};
}

} // namespace tally::winevt
