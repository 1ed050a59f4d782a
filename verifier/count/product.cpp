#include "verifier/count/product.hpp"

#include <algorithm>

namespace tally::count {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

bool take_suffix(std::string_view& text, std::string_view suffix) {
    if (text.size() <= suffix.size() || text.substr(text.size() - suffix.size()) != suffix) {
        return false;
    }
    text.remove_suffix(suffix.size());
    return true;
}

// "_2022" at the end of `text`; 0 when there is none.
unsigned take_release(std::string_view& text) {
    if (text.size() < 6 || text[text.size() - 5] != '_') {
        return 0;
    }
    unsigned year = 0;
    for (const char c : text.substr(text.size() - 4)) {
        if (!is_digit(c)) {
            return 0;
        }
        year = year * 10 + static_cast<unsigned>(c - '0');
    }
    text.remove_suffix(5);
    return year;
}

} // namespace

Product product_of(std::string_view feature) {
    std::string_view rest = feature;
    unsigned release = 0;
    if (take_suffix(rest, "_0F")) {
        release = take_release(rest);
        if (release == 0) {
            return {std::string(feature), Family::generic, 0};
        }
    } else if (!take_suffix(rest, "_F")) {
        return {std::string(feature), Family::generic, 0};
    }
    take_suffix(rest, "_T");
    const bool coded = rest.size() > 5 && std::all_of(rest.begin(), rest.begin() + 5, is_digit);
    const std::string_view mnemonic = coded ? rest.substr(5) : std::string_view();
    const bool plain = std::all_of(mnemonic.begin(), mnemonic.end(), [](char c) { return is_digit(c) || is_upper(c); });
    if (!coded || !plain || std::none_of(mnemonic.begin(), mnemonic.end(), is_upper)) {
        return {std::string(feature), Family::generic, 0};
    }
    return {std::string(mnemonic), Family::autodesk, release};
}

std::string product_word(std::string_view word) {
    std::string name = product_of(word).name;
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return name;
}

} // namespace tally::count
