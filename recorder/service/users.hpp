// What one user of the host may cost the recorder: connections, open sessions, messages a second. Who is over a limit
// waits or is refused; the others do not notice. User 0 has no limits.
#pragma once

#include "recorder/service/configuration.hpp"

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <sys/types.h>
#include <unordered_map>

namespace tally::service {

class Users {
public:
    explicit Users(const Configuration& limits) : limits_(&limits) {}

    // False when there are too many already.
    bool connect(uid_t user);
    void disconnect(uid_t user);

    // So many messages were read from him at that instant (milliseconds). How long nothing more should be read: 0 for
    // not at all.
    std::uint64_t spend(uid_t user, std::uint64_t messages, std::uint64_t now_ms);

    // False when he has too many. `is_open` tells of one that was begun before whether it still is.
    bool begin(uid_t user, const std::string& id, const std::function<bool(const std::string&)>& is_open);

private:
    struct User {
        std::uint64_t connections = 0;
        double tokens = -1; // not known yet
        std::uint64_t filled_ms = 0;
        std::set<std::string> sessions;
    };

    const Configuration* limits_;
    std::unordered_map<uid_t, User> users_;
};

} // namespace tally::service
