#include "recorder/service/users.hpp"

#include <algorithm>

namespace tally::service {

bool Users::connect(uid_t user) {
    auto& connections = users_[user].connections;
    if (user != 0 && connections >= limits_->connections_per_user) {
        return false;
    }
    ++connections;
    return true;
}

void Users::disconnect(uid_t user) {
    auto& connections = users_[user].connections;
    connections -= connections > 0 ? 1 : 0;
}

std::uint64_t Users::spend(uid_t user, std::uint64_t messages, std::uint64_t now_ms) {
    if (user == 0) {
        return 0;
    }
    User& one = users_[user];
    const auto most = static_cast<double>(limits_->messages_at_once);
    const auto per_ms = static_cast<double>(limits_->messages_per_second) / 1000;
    const auto passed = static_cast<double>(now_ms - std::min(now_ms, one.filled_ms));
    one.tokens = one.tokens < 0 && one.filled_ms == 0 ? most : std::min(most, one.tokens + passed * per_ms);
    one.filled_ms = now_ms;
    one.tokens -= static_cast<double>(messages);
    return one.tokens >= 0 ? 0 : static_cast<std::uint64_t>(-one.tokens / per_ms) + 1;
}

bool Users::begin(uid_t user, const std::string& id, const std::function<bool(const std::string&)>& is_open) {
    if (user == 0) {
        return true;
    }
    auto& sessions = users_[user].sessions;
    if (sessions.size() >= limits_->sessions_per_user) {
        std::erase_if(sessions, [&](const auto& one) { return !is_open(one); });
    }
    if (sessions.size() >= limits_->sessions_per_user && !sessions.contains(id)) {
        return false;
    }
    sessions.insert(id);
    return true;
}

} // namespace tally::service
