// Made-up but realistic use of a licence server: working days, a few busy users, sessions of minutes to hours, each
// product taken as a package and a component. The same size and seed give the same events on every machine. Memory is
// that of the sessions open at one time, so any size is possible.
#pragma once

#include <cstdint>
#include <queue>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace tally::bench {

enum class Moment : std::uint8_t { start, end };

struct Event {
    Moment moment = Moment::start;
    std::int64_t at = 0;       // UTC seconds
    std::uint64_t session = 0; // counted from 0
    std::uint32_t user = 0;
    std::uint32_t client = 0;
    std::uint32_t feature = 0; // index into features()
};

struct Feature {
    std::string_view name;
    std::uint32_t package; // index of the package of a component; its own index for a package
};
const std::vector<Feature>& features();
std::string user_name(std::uint32_t user);
std::string client_name(std::uint32_t client);

inline constexpr std::string_view server = "licsrv01";
inline constexpr std::string_view daemon = "adskflex";
inline constexpr std::int64_t first_second = 1'767'571'200; // Monday 2026-01-05 00:00 UTC

class SessionStream {
public:
    // Two sessions for each use; `sessions` is rounded up to an even number.
    explicit SessionStream(std::uint64_t sessions, std::uint32_t seed = 1);
    // Events in order of time; false after the last end.
    bool next(Event& event);

private:
    struct Later {
        bool operator()(const Event& a, const Event& b) const {
            return a.at != b.at ? a.at > b.at : a.session > b.session;
        }
    };
    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(engine_() % bound); }
    void begin_use();

    std::mt19937_64 engine_;
    std::uint64_t wanted_;
    std::uint64_t begun_ = 0;
    std::int64_t clock_ = first_second + 7 * 3600;
    std::queue<Event> starting_;
    std::priority_queue<Event, std::vector<Event>, Later> open_;
};

} // namespace tally::bench
