// Programs that run, by computer and number of process, for logs that tell of processes: whose session an end is. Bounded:
// beyond a million at once nothing is known of those before. One import long.
#pragma once

#include "recorder/capture/usage_event.hpp"

#include <string>
#include <unordered_map>

namespace tally::capture {

// A session of a program, as its start told it.
struct Running {
    std::string client;
    std::string feature;
    std::string version;
    std::string user;
    std::string domain;
    std::string image; // where the program lies
    LogTime begun;
};

class Processes {
public:
    static constexpr std::size_t most = 1'000'000;

    [[nodiscard]] const Running* find(std::string_view client, std::uint64_t process) {
        const auto place = running_.find(key(client, process));
        return place == running_.end() ? nullptr : &place->second;
    }
    // Takes the place of the one that had this number.
    void begin(std::uint64_t process, Running session) {
        if (running_.size() >= most) {
            running_.clear();
        }
        std::string_view client = session.client;
        running_.insert_or_assign(key(client, process), std::move(session));
    }
    // False when nothing of this number runs.
    bool end(std::string_view client, std::uint64_t process, Running& into) {
        const auto place = running_.find(key(client, process));
        if (place == running_.end()) {
            return false;
        }
        into = std::move(place->second);
        running_.erase(place);
        return true;
    }
    // A computer was started or stopped: nothing runs there.
    void forget(std::string_view client) {
        std::erase_if(running_, [&](const auto& one) { return one.second.client == client; });
    }
    void clear() { running_.clear(); }

private:
    const std::string& key(std::string_view client, std::uint64_t process) {
        key_.assign(client).append(1, '\n').append(std::to_string(process));
        return key_;
    }

    std::unordered_map<std::string, Running> running_;
    std::string key_;
};

// An `in` of that session. The session must outlive the event.
inline void tell_end(const Running& session, Ending ending, UsageEvent& event) {
    event.form = Form::activity;
    event.verb = Verb::in;
    event.ending = ending;
    event.feature = session.feature;
    event.user = session.user;
    event.domain = session.domain;
    event.client = session.client;
    event.begun = session.begun;
}

} // namespace tally::capture
