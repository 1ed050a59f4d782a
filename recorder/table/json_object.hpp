// One line of JSON Lines: an object (RFC 8259), its texts, numbers and words as text. What is inside an array or an
// object is read over, at most 16 deep. Strict and bounded: a member twice, bytes that are no UTF-8, U+0000, a line that
// goes on after the object are faults.
#pragma once

#include "tally/base/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tally::table {

class JsonObject {
public:
    static constexpr std::size_t most_members = 256;

    // Fault.at is a byte offset.
    [[nodiscard]] Result<void> read(std::string_view text);
    // Empty text for null; nothing when there is no such member, or when it is an array or object.
    [[nodiscard]] const std::string* find(std::string_view name) const;

private:
    struct Member {
        std::string name;
        std::string value;
        bool is_plain = true;
    };
    [[nodiscard]] const Member* member(std::string_view name) const;

    std::vector<Member> members_; // kept for the next line
    std::size_t used_ = 0;        // of this line
};

} // namespace tally::table
