// What a manifest may say of its members, for the one who writes it and the one who reads it.
#pragma once

#include "tally/bundle/manifest.hpp"

#include <algorithm>

namespace tally::bundle {

// A compact range of that size from an array of hashes in hex.
[[nodiscard]] std::optional<line::CompactRange> read_range(std::uint64_t size, std::string_view array);

inline constexpr std::string_view format_name = "tally-bundle-1";

// "1.5.4": one to three digits, thrice, without leading zeros.
inline bool is_version(std::string_view text) {
    for (int part = 0; part < 3; ++part) {
        const std::size_t end = part < 2 ? text.find('.') : text.size();
        const std::string_view number = end == std::string_view::npos ? std::string_view() : text.substr(0, end);
        if (number.empty() || number.size() > 3 || (number.size() > 1 && number[0] == '0') ||
            !std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; })) {
            return false;
        }
        text.remove_prefix(part < 2 ? end + 1 : end);
    }
    return true;
}

inline std::string expected_name(std::size_t index, int level) {
    return index == 0              ? std::string(hosts_name)
           : index == 1            ? std::string(site_name)
           : level == stored_level ? stored_name(index - 1)
                                   : lines_name(index - 1);
}

// What is wrong with the sizes of member `index`; nullptr when nothing is.
inline const char* size_problem(std::size_t index, int level, const Member& member) {
    if (member.raw == 0 || member.size == 0) {
        return "an empty member";
    }
    if (index >= 2 && level != stored_level) {
        return member.raw > max_raw_lines || member.size > max_packed_lines ? "a lines member above 8 MiB" : nullptr;
    }
    if (member.raw != member.size) {
        return "a member that is not compressed has one size";
    }
    if (index >= 2) {
        return member.raw > max_raw_lines ? "a lines member above 8 MiB" : nullptr;
    }
    if (member.size > (index == 0 ? max_hosts_bytes : max_site_bytes)) {
        return index == 0 ? "HOSTS.jsonl above its limit" : "SITE.jsonl above its limit";
    }
    return nullptr;
}

inline bool is_limit(std::size_t index, const Member& member) {
    return index >= 2 ? member.raw > max_raw_lines || member.size > max_packed_lines
                      : member.size > (index == 0 ? max_hosts_bytes : max_site_bytes);
}

} // namespace tally::bundle
