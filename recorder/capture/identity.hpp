// The identity of an event of a licence server's log (docs/formats/record.md): a keyed hash over source, local time and
// the raw line, with an ordinal among identical lines of one second. The same event has it in whatever file it comes.
#pragma once

#include "recorder/capture/memory.hpp"

#include <cstring>
#include <string>
#include <unordered_map>

namespace tally::capture {

// Event ids are uniform: their first bytes are a hash already.
struct EventHash {
    std::size_t operator()(const EventId& id) const {
        std::size_t value = 0;
        std::memcpy(&value, id.data(), sizeof value);
        return value;
    }
};

class Identity {
public:
    explicit Identity(std::string secret) : secret_(std::move(secret)) {}

    [[nodiscard]] EventId of(std::string_view source, std::int64_t local_s, std::string_view raw_line,
                             std::uint32_t ordinal);
    // How many identical lines this file had before in the same second: 0, 1, … Lines of the last two days are known.
    [[nodiscard]] std::uint32_t occurrence(std::int64_t local_s, const EventId& first);

private:
    using Day = std::unordered_map<EventId, std::uint32_t, EventHash>;

    std::string secret_;
    std::string text_;
    std::int64_t newest_day_ = INT64_MIN;
    Day today_;
    Day before_;
};

} // namespace tally::capture
