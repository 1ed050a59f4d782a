// Text into HTML: safe in element content and in double-quoted attributes, never in scripts or styles.
// What the eye could not tell apart is spelled out first (utf8.hpp).
#pragma once

#include "tally/text/utf8.hpp"

#include <string>
#include <string_view>

namespace tally::text {

inline std::string html(std::string_view raw) {
    std::string out;
    for (const char c : shown(raw)) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\'':
            out += "&#39;";
            break;
        default:
            out += c;
        }
    }
    return out;
}

} // namespace tally::text
