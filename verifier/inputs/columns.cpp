#include "verifier/inputs/columns.hpp"

#include "tally/text/date.hpp"
#include "tally/text/decimal.hpp"
#include "tally/text/utf8.hpp"

#include <algorithm>

namespace tally::inputs {
namespace {

std::optional<std::int64_t> whole_number(std::string_view text) {
    const auto parsed = text.size() <= 9 ? text::digits(text, text.size()) : std::nullopt;
    return parsed && !text.empty() ? std::optional<std::int64_t>(*parsed) : std::nullopt;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> items;
    while (!text.empty()) {
        const std::size_t size = std::min(text.find(separator), text.size());
        const std::string_view item = trimmed(text.substr(0, size));
        if (!item.empty()) {
            items.emplace_back(item);
        }
        text.remove_prefix(std::min(size + 1, text.size()));
    }
    return items;
}

} // namespace

std::string folded_case(std::string_view raw) {
    std::string name(raw);
    for (char& c : name) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return name;
}

std::string folded_name(std::string_view raw) {
    std::string name = folded_case(raw);
    std::erase_if(name, [](char c) { return c == ' ' || c == '_' || c == '-'; });
    return name;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') {
        text.remove_prefix(1);
    }
    while (!text.empty() && text.back() == ' ') {
        text.remove_suffix(1);
    }
    return text;
}

std::vector<std::string> words_in(std::string_view text) {
    return split(text, text.find(';') == std::string_view::npos ? ' ' : ';');
}

std::vector<std::string> phrases_in(std::string_view text) { return split(text, ';'); }

void Cell::refuse(const std::string& why) {
    faults_->add(std::string(column_) + " '" + text::shown(text_) + "' " + why);
}

std::optional<Day> Cell::day() {
    const auto parsed = text::parse_day(text_);
    if (!parsed) {
        refuse("is not a date: write YYYY-MM-DD");
    }
    return parsed;
}

std::optional<Moment> Cell::moment() {
    if (const auto day = text::parse_day(text_)) {
        return Moment{*day * text::seconds_per_day, (*day + 1) * text::seconds_per_day};
    }
    if (const auto at = text::parse_instant(text_)) {
        return Moment{*at, *at};
    }
    refuse("is neither YYYY-MM-DD nor YYYY-MM-DDTHH:MMZ");
    return std::nullopt;
}

std::optional<std::int64_t> Cell::count(std::int64_t most) {
    const auto parsed = whole_number(text_);
    if (!parsed || *parsed > most) {
        refuse("is not a whole number from 0 to " + std::to_string(most));
        return std::nullopt;
    }
    return parsed;
}

std::optional<std::int64_t> Cell::difference(std::int64_t most) {
    const bool negative = text_.substr(0, 1) == "-";
    const auto parsed = whole_number(text_.substr(negative ? 1 : 0));
    if (!parsed || *parsed > most) {
        refuse("is not a whole number from -" + std::to_string(most) + " to " + std::to_string(most));
        return std::nullopt;
    }
    return negative ? -*parsed : *parsed;
}

std::optional<std::int64_t> Cell::amount() {
    const auto parsed = text::Decimal::parse(text_);
    if (!parsed) {
        faults_->add(std::string(column_) + " '" + text::shown(text_) + "': " + parsed.fault().what);
        return std::nullopt;
    }
    return parsed->units();
}

std::optional<std::string> Cell::currency() {
    const bool letters = std::all_of(text_.begin(), text_.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (text_.size() != 3 || !letters) {
        refuse("is not a currency: write three capital letters such as EUR");
        return std::nullopt;
    }
    return text();
}

std::optional<bool> Cell::flag() {
    const auto word = choice({{"yes", 1}, {"no", 0}, {"true", 1}, {"false", 0}, {"1", 1}, {"0", 0}});
    return word ? std::optional(*word == 1) : std::nullopt;
}

std::optional<int> Cell::choice(const Words& words) {
    const std::string folded = folded_name(text_);
    std::string all;
    for (const auto& [word, value] : words) {
        if (word == folded) {
            return value;
        }
        all += (all.empty() ? "" : ", ") + std::string(word);
    }
    refuse("is none of: " + all);
    return std::nullopt;
}

std::optional<Cadence> Cell::cadence() {
    using Unit = Cadence::Unit;
    const std::string folded = folded_name(text_);
    static const std::pair<std::string_view, Cadence> words[] = {{"none", {Unit::none, 0}},
                                                                 {"monthly", {Unit::months, 1}},
                                                                 {"quarterly", {Unit::months, 3}},
                                                                 {"halfyearly", {Unit::months, 6}},
                                                                 {"yearly", {Unit::months, 12}}};
    for (const auto& [word, cadence] : words) {
        if (folded == word) {
            return cadence;
        }
    }
    const std::size_t size = std::min(folded.find_first_not_of("0123456789"), folded.size());
    const auto length = whole_number(std::string_view(folded).substr(0, size));
    const std::string unit = folded.substr(size);
    if (text_.front() != '-' && length && *length >= 1 && *length <= 1000 && (unit == "days" || unit == "months")) {
        return Cadence{unit == "days" ? Unit::days : Unit::months, *length};
    }
    refuse("is none of: none, monthly, quarterly, half-yearly, yearly, N days, N months (N from 1 to 1000)");
    return std::nullopt;
}

} // namespace tally::inputs
