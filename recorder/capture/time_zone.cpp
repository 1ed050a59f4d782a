#include "recorder/capture/time_zone.hpp"

#include "recorder/capture/civil.hpp"
#include "tally/os/file.hpp"

#include <algorithm>
#include <cstdlib>

namespace tally::capture {
namespace {

constexpr std::size_t largest_file = 1U << 18U;
constexpr std::uint32_t most_changes = 4096;
constexpr std::int32_t largest_offset_s = 93600;        // 26 hours
constexpr std::int32_t rule_offset_limit_s = 25 * 3600; // RFC 8536 §3.3.1 extends the times of changes, not offsets

// Numbers of a TZif file, big-endian; remembers whether it ever read past the end.
class Reader {
public:
    Reader(Bytes bytes, std::size_t at) : bytes_(bytes), at_(at) {}

    std::uint64_t number(std::size_t size) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < size; ++i) {
            value = (value << 8U) | (at_ < bytes_.size() ? bytes_[at_] : 0U);
            over_ = over_ || at_ >= bytes_.size();
            ++at_;
        }
        return value;
    }
    void skip(std::size_t size) { at_ += size; }
    [[nodiscard]] std::size_t at() const { return at_; }
    [[nodiscard]] bool over() const { return over_ || at_ > bytes_.size(); }

private:
    Bytes bytes_;
    std::size_t at_;
    bool over_ = false;
};

struct Header {
    std::uint32_t utc_marks = 0;
    std::uint32_t standard_marks = 0;
    std::uint32_t leaps = 0;
    std::uint32_t changes = 0;
    std::uint32_t types = 0;
    std::uint32_t letters = 0;
};

std::optional<Header> read_header(Bytes file, Reader& reader) {
    const std::size_t at = reader.at();
    if (at + 44 > file.size() || as_text(file).substr(at, 4) != "TZif" || file[at + 4] < '2') {
        return std::nullopt;
    }
    reader.skip(20);
    Header header;
    for (std::uint32_t* field :
         {&header.utc_marks, &header.standard_marks, &header.leaps, &header.changes, &header.types, &header.letters}) {
        *field = static_cast<std::uint32_t>(reader.number(4));
        if (*field > most_changes) {
            return std::nullopt;
        }
    }
    return header;
}

std::size_t body_size(const Header& header, std::size_t time_size) {
    return header.changes * (time_size + 1) + header.types * std::size_t{6} + header.letters +
           header.leaps * (time_size + 4) + header.standard_marks + header.utc_marks;
}

// The text of a rule, read from left to right.
class RuleText {
public:
    explicit RuleText(std::string_view rest) : rest_(rest) {}

    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }
    bool skip_name() {
        const bool quoted = take('<');
        std::size_t size = 0;
        const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
        while (size < rest_.size() && (quoted ? rest_[size] != '>' : letter(rest_[size]))) {
            ++size;
        }
        rest_.remove_prefix(size);
        return size >= 1 && (!quoted || take('>'));
    }
    int number(int most) {
        int value = 0;
        std::size_t digits = 0;
        while (digits < rest_.size() && digits < 3 && rest_[digits] >= '0' && rest_[digits] <= '9') {
            value = value * 10 + (rest_[digits] - '0');
            ++digits;
        }
        rest_.remove_prefix(digits);
        good_ = good_ && digits > 0 && value <= most;
        return value;
    }
    // [+-]h[h[h]][:mm[:ss]]
    std::int32_t duration() {
        const int sign = take('-') ? -1 : (static_cast<void>(take('+')), 1);
        std::int32_t seconds = number(167) * 3600;
        if (take(':')) {
            seconds += number(59) * 60;
            seconds += take(':') ? number(59) : 0;
        }
        return sign * seconds;
    }
    ZoneRule::Change change() {
        ZoneRule::Change change;
        if (take('M')) {
            change.month = number(12);
            good_ = good_ && take('.') && change.month > 0;
            change.week = number(5);
            good_ = good_ && take('.') && change.week > 0;
            change.day = number(6);
        } else if (take('J')) {
            change.form = 'J';
            change.day = number(365);
            good_ = good_ && change.day > 0;
        } else {
            change.form = 'D';
            change.day = number(365);
        }
        change.second = take('/') ? duration() : 7200;
        return change;
    }
    [[nodiscard]] bool good() const { return good_; }
    [[nodiscard]] std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
    bool good_ = true;
};

std::int32_t day_of_change(const ZoneRule::Change& change, int year) {
    if (change.form == 'D') {
        return day_of(year, 1, 1) + change.day;
    }
    if (change.form == 'J') {
        return day_of(year, 1, 1) + change.day - 1 + (is_leap(year) && change.day >= 60 ? 1 : 0);
    }
    const std::int32_t first = day_of(year, change.month, 1);
    const std::int32_t next_month = change.month == 12 ? day_of(year + 1, 1, 1) : day_of(year, change.month + 1, 1);
    const std::int32_t weekday = ((first + 4) % 7 + 7) % 7; // 1970-01-01 was a Thursday
    std::int32_t day = first + (change.day - weekday + 7) % 7 + 7 * (change.week - 1);
    while (day >= next_month) {
        day -= 7;
    }
    return day;
}

bool is_zone_name(std::string_view name) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '+' ||
               c == '-' || c == '/';
    };
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), allowed) &&
           name.front() != '/' && name.back() != '/' && name.find("//") == std::string_view::npos;
}

} // namespace

Result<ZoneRule> parse_zone_rule(std::string_view text) {
    RuleText rest(text);
    ZoneRule rule;
    if (!rest.skip_name()) {
        return Fault{"zone rule without a name", 0};
    }
    rule.standard_s = -rest.duration();
    if (rest.good() && !rest.rest().empty()) {
        rule.has_summer = true;
        if (!rest.skip_name()) {
            return Fault{"zone rule without a summer name", text.size() - rest.rest().size()};
        }
        rule.summer_s = rule.standard_s + 3600;
        if (!rest.rest().starts_with(",")) {
            rule.summer_s = -rest.duration();
        }
        if (!rest.take(',')) {
            return Fault{"zone rule without its dates", text.size() - rest.rest().size()};
        }
        rule.begin = rest.change();
        if (!rest.take(',')) {
            return Fault{"zone rule with one date only", text.size() - rest.rest().size()};
        }
        rule.end = rest.change();
    }
    if (!rest.good() || !rest.rest().empty() || std::abs(rule.standard_s) >= rule_offset_limit_s ||
        std::abs(rule.summer_s) > largest_offset_s) {
        return Fault{"zone rule is not readable", text.size() - rest.rest().size()};
    }
    return rule;
}

Result<TimeZone> TimeZone::load(std::string_view name, const std::string& folder) {
    if (!is_zone_name(name)) {
        return Fault{"not the name of a time zone", 0};
    }
    const std::string path = folder + "/" + std::string(name);
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) { // many zones are links to others
        return Fault{"no such time zone in " + folder, 0};
    }
    const os::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC)); // NOLINT(*-vararg)
    if (!file.is_open()) {
        throw Error::system("open", path);
    }
    std::string bytes(largest_file, '\0');
    std::size_t size = 0;
    while (const std::size_t some = os::read_some(file, bytes.data() + size, bytes.size() - size, path)) {
        size += some;
    }
    return parse(std::string(name), as_bytes(std::string_view(bytes).substr(0, size)));
}

Result<TimeZone> TimeZone::parse(std::string name, Bytes file) {
    Reader reader(file, 0);
    const auto old = read_header(file, reader);
    if (!old) {
        return Fault{"not a TZif file of version 2 or later", 0};
    }
    reader.skip(body_size(*old, 4));
    const auto header = read_header(file, reader);
    if (!header || header->types == 0 || header->leaps != 0) {
        return Fault{header && header->leaps != 0 ? "zone file counts leap seconds" : "zone file has no second part",
                     reader.at()};
    }
    const std::size_t body = reader.at();
    if (body + body_size(*header, 8) > file.size()) {
        return Fault{"zone file is cut short", file.size()};
    }
    TimeZone zone;
    zone.name_ = std::move(name);
    std::vector<std::uint8_t> types(header->changes);
    for (std::uint32_t i = 0; i < header->changes; ++i) {
        zone.changes_.push_back(static_cast<std::int64_t>(reader.number(8)));
    }
    for (auto& type : types) {
        type = static_cast<std::uint8_t>(reader.number(1));
    }
    std::vector<std::int32_t> offsets;
    for (std::uint32_t i = 0; i < header->types; ++i) {
        offsets.push_back(static_cast<std::int32_t>(reader.number(4)));
        reader.skip(2);
        if (offsets.back() < -largest_offset_s || offsets.back() > largest_offset_s) {
            return Fault{"zone file with an impossible offset", reader.at()};
        }
    }
    for (const auto type : types) {
        if (type >= offsets.size()) {
            return Fault{"zone file names a type that it does not hold", body};
        }
        zone.offsets_.push_back(offsets[type]);
    }
    if (!std::is_sorted(zone.changes_.begin(), zone.changes_.end())) {
        return Fault{"zone file is not in order", body};
    }
    zone.first_offset_s_ = offsets[0];
    const std::string_view footer = as_text(file).substr(body + body_size(*header, 8));
    if (footer.size() < 2 || footer.front() != '\n' || footer.find('\n', 1) != footer.size() - 1) {
        return Fault{"zone file without its rule line", file.size()};
    }
    if (footer.size() > 2) {
        auto rule = parse_zone_rule(footer.substr(1, footer.size() - 2));
        if (!rule) {
            return rule.fault();
        }
        zone.rule_ = *rule;
    }
    return zone;
}

std::int32_t TimeZone::offset_by_rule(std::int64_t utc_s) const {
    const ZoneRule& rule = *rule_;
    if (!rule.has_summer) {
        return rule.standard_s;
    }
    const std::int64_t local = utc_s + rule.standard_s;
    const auto year = civil_of(static_cast<std::int32_t>((local - (local < 0 ? day_s - 1 : 0)) / day_s)).year;
    const std::int64_t begin = day_of_change(rule.begin, year) * day_s + rule.begin.second - rule.standard_s;
    const std::int64_t end = day_of_change(rule.end, year) * day_s + rule.end.second - rule.summer_s;
    const bool summer = begin < end ? utc_s >= begin && utc_s < end : utc_s < end || utc_s >= begin;
    return summer ? rule.summer_s : rule.standard_s;
}

std::int32_t TimeZone::offset_at(std::int64_t utc_s) const {
    const auto after = std::upper_bound(changes_.begin(), changes_.end(), utc_s);
    if (after == changes_.end() && rule_) {
        return offset_by_rule(utc_s);
    }
    return after == changes_.begin() ? first_offset_s_
                                     : offsets_[static_cast<std::size_t>(after - changes_.begin()) - 1];
}

Resolved TimeZone::resolve(std::int64_t local_s) const {
    const std::int64_t day = local_s / day_s;
    if (day != cached_day_) {
        cached_day_ = day;
        cached_offset_s_ = offset_at((day - 1) * day_s);
        cached_even_ = true;
        for (std::int64_t hour = -23; hour <= 48; ++hour) {
            cached_even_ = cached_even_ && offset_at(day * day_s + hour * 3600) == cached_offset_s_;
        }
    }
    const std::int64_t likely = local_s - cached_offset_s_;
    return cached_even_ && offset_at(likely) == cached_offset_s_ ? Resolved{{likely, likely}, LocalKind::exact}
                                                                 : resolve_near_change(local_s);
}

// Every offset of the hours around is tried: a zone may leave an offset and be back within a day.
Resolved TimeZone::resolve_near_change(std::int64_t local_s) const {
    constexpr std::int64_t hours = largest_offset_s / 3600 + 1;
    std::optional<Instant> fitting, all;
    const auto widen = [](std::optional<Instant>& range, std::int64_t utc) {
        range = range ? Instant{std::min(range->from, utc), std::max(range->to, utc)} : Instant{utc, utc};
    };
    for (std::int64_t hour = -hours; hour <= hours; ++hour) {
        const std::int32_t offset = offset_at(local_s + hour * 3600);
        const std::int64_t utc = local_s - offset;
        widen(all, utc);
        if (offset_at(utc) == offset) {
            widen(fitting, utc);
        }
    }
    if (fitting) {
        return {*fitting, fitting->from == fitting->to ? LocalKind::exact : LocalKind::ambiguous};
    }
    if (all->from == all->to) { // an offset that held for less than an hour lies between those that were tried
        return {{all->from - 3600, all->to + 3600}, LocalKind::skipped};
    }
    return {*all, LocalKind::skipped};
}

} // namespace tally::capture
