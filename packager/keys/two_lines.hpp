// The shape that both kinds of key file share: "untrusted comment: …" LF, one base64 text LF, and nothing else.
#pragma once

#include "tally/base/encoding.hpp"
#include "tally/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tally::minisig {

inline constexpr std::string_view untrusted_prefix = "untrusted comment: ";
inline constexpr std::string_view trusted_prefix = "trusted comment: ";

// Takes one line ended by LF off the front of `rest`; false when there is no LF.
inline bool take_line(std::string_view& rest, std::string_view& line) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) {
        return false;
    }
    line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return true;
}

// The base64 text of line 2. Fault.at is a line number.
Result<std::string_view> second_line(std::string_view file);

} // namespace tally::minisig
