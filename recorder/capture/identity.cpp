#include "recorder/capture/identity.hpp"

#include "recorder/capture/civil.hpp"
#include "tally/crypto/blake2b.hpp"

#include <cstring>

namespace tally::capture {

EventId Identity::of(std::string_view source, std::int64_t second, std::string_view what, std::uint32_t ordinal) {
    text_.assign(source).append(1, '\n').append(std::to_string(second)).append(1, '\n').append(what);
    text_.append(1, '\n').append(std::to_string(ordinal));
    const auto digest = crypto::blake2b<16>(as_bytes(text_));
    EventId id = 0;
    std::memcpy(&id, digest.data(), sizeof id);
    return id;
}

std::uint32_t Identity::occurrence(std::int64_t local_s, const EventId& first) {
    const std::int64_t day = local_s / day_s;
    if (day > newest_day_) {
        before_.swap(today_);
        today_.clear();
        newest_day_ = day;
    }
    const auto earlier = before_.find(first);
    return earlier != before_.end() ? earlier->second++ : today_.try_emplace(first, 0).first->second++;
}

} // namespace tally::capture
