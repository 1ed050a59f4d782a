#include "recorder/capture/identity.hpp"

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
    static constexpr std::int64_t window_s = 6 * 3600;
    const std::int64_t window = local_s / window_s;
    if (window > newest_window_) {
        std::swap(before_, recent_);
        recent_.clear();
        newest_window_ = window;
    }
    std::uint32_t* const earlier = before_.find(first);
    return earlier != nullptr ? (*earlier)++ : recent_[first]++;
}

} // namespace tally::capture
