// Programs that run, by computer and number of process, for logs that tell of processes: whose session an end is. Bounded:
// beyond a million at once nothing is known of those before. As long as one command, whose files follow each other.
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
    const void* reader = nullptr; // of its start
};

class Processes {
public:
    static constexpr std::size_t most = 1'000'000;

    // What runs at `now_s`. What a file before told of a later time (it was a longer copy) does not run yet.
    [[nodiscard]] const Running* find(std::string_view client, std::uint64_t process, std::int64_t now_s) {
        const auto place = running_.find(key(client, process));
        const bool is_later = place != running_.end() && place->second.begun.from_s > now_s;
        return place == running_.end() || is_later ? nullptr : &place->second;
    }
    // Takes the place of the one that had this number. `reader`: of which file.
    void begin(std::uint64_t process, const void* reader, Running session) {
        if (running_.size() >= most) {
            running_.clear();
        }
        session.reader = reader;
        const std::string_view client = session.client;
        running_.insert_or_assign(key(client, process), std::move(session));
    }
    // False when nothing of this number runs.
    bool end(std::string_view client, std::uint64_t process, std::int64_t now_s, Running& into) {
        if (find(client, process, now_s) == nullptr) {
            return false;
        }
        const auto place = running_.find(key_);
        into = std::move(place->second);
        running_.erase(place);
        return true;
    }
    // The same when another program has the number now; but the start that another copy of the log told is the same start.
    bool replace(std::string_view client, std::uint64_t process, std::int64_t now_s, const void* reader,
                 Running& into) {
        return end(client, process, now_s, into) && (into.reader == reader || into.begun.from_s < now_s);
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
