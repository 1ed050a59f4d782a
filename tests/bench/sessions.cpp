#include "tests/bench/sessions.hpp"

#include <algorithm>

namespace tally::bench {
namespace {

constexpr std::int64_t day = 86'400;
constexpr std::uint32_t user_count = 1'200;

} // namespace

const std::vector<Feature>& features() {
    static const std::vector<Feature> all = {
        {"64300ACD_F", 0},    {"87545ACD_2022_0F", 0},    {"64801INVPROSA_F", 2}, {"87537INVPROSA_2022_0F", 2},
        {"64900CIV3D_F", 4},  {"87556CIV3D_2022_0F", 4},  {"85950RVT_F", 6},      {"87561RVT_2022_0F", 6},
        {"662003DSMAX_F", 8}, {"875683DSMAX_2022_0F", 8}, {"67600NAVMAN_F", 10},  {"87566NAVMAN_2022_0F", 10},
    };
    return all;
}

std::string user_name(std::uint32_t user) {
    static constexpr std::string_view syllables[] = {"ba", "ce", "di", "fo", "gu", "ka",
                                                     "le", "mi", "no", "ru", "sa", "te"};
    return std::string(syllables[user % 12]) + std::string(syllables[user / 12 % 12]) + std::to_string(user);
}

std::string client_name(std::uint32_t client) { return "wal" + std::to_string(10'000 + client); }

SessionStream::SessionStream(std::uint64_t sessions, std::uint32_t seed)
    : engine_(seed), wanted_(sessions + sessions % 2) {}

void SessionStream::begin_use() {
    clock_ += 1 + below(17);
    if (clock_ % day >= 18 * 3600) { // the next working day; 1970-01-01 was a Thursday
        const std::int64_t tomorrow = clock_ / day + 1;
        const std::int64_t weekday = (tomorrow + 3) % 7;
        clock_ = (tomorrow + (weekday >= 5 ? 7 - weekday : 0)) * day + 7 * 3600;
    }
    const std::uint32_t user = std::min(below(user_count), below(user_count));
    const std::uint32_t client = below(10) == 0 ? below(user_count) : user;
    const std::uint32_t feature = 2 * std::min(below(6), below(6));
    const std::int64_t length = std::int64_t{20} + below(60) + (std::int64_t{1} << below(14)) + below(1'800);
    for (std::uint32_t layer = 0; layer < 2; ++layer) {
        Event event{Moment::start, clock_, begun_, user, client, feature + layer};
        starting_.push(event);
        event.moment = Moment::end;
        event.at += length;
        open_.push(event);
        ++begun_;
    }
}

bool SessionStream::next(Event& event) {
    if (starting_.empty() && begun_ < wanted_) {
        begin_use();
    }
    if (!open_.empty() && (starting_.empty() || open_.top().at < starting_.front().at)) {
        event = open_.top();
        open_.pop();
        return true;
    }
    if (starting_.empty()) {
        return false;
    }
    event = starting_.front();
    starting_.pop();
    return true;
}

} // namespace tally::bench
