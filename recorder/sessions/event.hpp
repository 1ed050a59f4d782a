// What sources tell the book of sessions: who uses which product from when to when, in the sources' own spelling (raw
// bytes, names not yet by policy). Instants are of the time since boot wherever the source saw them itself, because
// durations must not follow a wall clock that somebody sets.
#pragma once

#include "tally/os/clock.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace tally::sessions {

// What the clocks show now. `awake_ms` stands still while the machine is suspended (CLOCK_MONOTONIC), `stamp.up_ms` runs on.
struct Moment {
    os::Stamp stamp;
    std::uint64_t awake_ms = 0;
};
using Clock = std::function<Moment()>;

inline Clock system_clock() {
    return [stamp = os::system_clock()] { return Moment{stamp(), os::clock_ms(CLOCK_MONOTONIC)}; };
}

// Exact when from == to. `since_boot`: milliseconds of CLOCK_BOOTTIME in the present boot; `utc`: milliseconds of a wall
// clock, for what a program kept until the recorder was there again.
struct When {
    enum class Scale : std::uint8_t { since_boot, utc };
    Scale scale = Scale::since_boot;
    std::uint64_t from_ms = 0;
    std::uint64_t to_ms = 0;

    static When at(std::uint64_t up_ms) { return {Scale::since_boot, up_ms, up_ms}; }
    static When between(std::uint64_t from_up_ms, std::uint64_t to_up_ms) {
        return {Scale::since_boot, from_up_ms, to_up_ms};
    }
    static When at_utc(std::uint64_t wall_ms) { return {Scale::utc, wall_ms, wall_ms}; }
};

enum class Class : std::uint8_t { unknown, interactive, automation };

// One use of one product by one account. Texts longer than a line can hold are cut as every text of a line is.
struct Subject {
    std::string product; // the word of the product; never empty
    std::string version;
    std::string user;
    std::string account; // as the system spells it, where that differs from `user`
    std::string address; // of the device before which the person sits
    std::string pool;
    Class user_class = Class::unknown;
};

// A process, in a way that another process with the same number does not share: `instance` is the number of its pidfd in
// pidfs where the kernel has that (else 0), `start` the start time of /proc/<pid>/stat in ticks since boot.
struct ProcessId {
    std::int32_t pid = 0;
    std::uint64_t start = 0;
    std::uint64_t instance = 0;
    auto operator<=>(const ProcessId&) const = default;
};

// Written as the kinds of record.md. exit: also when it is only known that the process is gone.
enum class Ending : std::uint8_t { exit, signal, core, logoff };
[[nodiscard]] constexpr std::string_view name_of(Ending ending) {
    constexpr std::array<std::string_view, 4> names{"exit", "signal", "core", "logoff"};
    return names[static_cast<std::size_t>(ending)];
}

// How exactly the source sees: goes into the line as it is ("exact", "poll_2").
struct Started {
    ProcessId process;
    Subject subject;
    When when;
    std::string_view fidelity = "exact";
};

// A program that reports through the recorder.
enum class Bound : std::uint8_t { process, heartbeat };
struct Begun {
    std::string id; // 32 hex digits, made by the program
    Subject subject;
    When when;
    ProcessId process;       // that keeps it alive; pid 0: none
    std::uint32_t owner = 0; // number of the user who may speak for it
    Bound bound = Bound::process;
    std::uint64_t beat_ms = 0; // three of them without a message end it; 0: no limit
    std::uint64_t n = 0;       // of the message; 0: not numbered
    bool idle_known = false;   // it will say when nobody is at work
};

struct CommandCounts { // since the program's session began
    std::uint64_t started = 0;
    std::uint64_t completed = 0;
    std::uint64_t cancelled = 0;
    std::uint64_t undone = 0;
    auto operator<=>(const CommandCounts&) const = default;
};

struct Sample {
    std::string kind; // startup, open, save
    When when;
    std::uint64_t ms = 0;
    std::uint64_t bytes = 0; // 0: not told
};

// How the host is called now.
struct Host {
    std::string name;
    std::string domain;
    std::string address;
    std::string os;
    bool operator==(const Host&) const = default;
};

} // namespace tally::sessions
