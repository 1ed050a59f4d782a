// What the kernel's process connector tells (netlink, CN_PROC): a strict reader of its messages, and the arithmetic that
// says exactly how many of them were lost. Pure.
#pragma once

#include "tally/base/encoding.hpp"

#include <cstdint>
#include <functional>
#include <map>

namespace tally::processes {

enum class What : std::uint8_t { acknowledged, fork, exec, exit, core_dump, other };

struct ProcessEvent {
    What what = What::other;
    std::uint32_t cpu = 0;
    std::uint32_t sequence = 0;     // of this processor
    std::uint64_t monotonic_ns = 0; // CLOCK_MONOTONIC
    std::int32_t pid = 0;           // of the thread; of a fork: the child
    std::int32_t process = 0;       // thread group; of a fork: the child's
    std::int32_t parent = 0;        // of a fork: the thread group that forked
    std::uint32_t exit_code = 0;    // as wait tells it; of an acknowledgement: the error, 0 for none
};

// One datagram may hold several messages. False when something in it is no event of the connector: what stands before it
// was told.
bool read_events(Bytes datagram, const std::function<void(const ProcessEvent&)>& visit);

// What is missing between two events of one processor. A processor's first event is where counting begins.
class SequenceCount {
public:
    struct Loss {
        std::uint64_t count = 0;
        std::uint64_t from_ns = 0; // the last event before
        std::uint64_t to_ns = 0;   // the first one after
    };
    void see(const ProcessEvent& event);
    // Since the last call, over all processors.
    [[nodiscard]] Loss take();

private:
    struct Last {
        std::uint32_t sequence = 0;
        std::uint64_t at_ns = 0;
    };
    std::map<std::uint32_t, Last> last_;
    Loss loss_;
};

} // namespace tally::processes
