// A number for each event, found by its id: two words in one table instead of a block of memory for each event, because
// an import asks for every event several times. Ids are hashes already. Takes no event out; clear() takes all.
#pragma once

#include "recorder/capture/memory.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace tally::capture {

class EventCounts {
public:
    // Nothing when the event is not there.
    [[nodiscard]] std::uint32_t* find(EventId event) {
        if (used_ == 0) {
            return nullptr;
        }
        Slot& slot = slots_[place_of(event)];
        return slot.is_used ? &slot.count : nullptr;
    }
    // Its number, 0 when it was not there before.
    std::uint32_t& operator[](EventId event) {
        if (2 * used_ >= slots_.size()) {
            grow();
        }
        Slot& slot = slots_[place_of(event)];
        if (!slot.is_used) {
            slot = {event, 0, true};
            ++used_;
        }
        return slot.count;
    }
    void clear() {
        if (used_ > 0) {
            slots_.assign(slots_.size(), {});
            used_ = 0;
        }
    }

private:
    struct Slot {
        EventId event = 0;
        std::uint32_t count = 0;
        bool is_used = false;
    };

    // Where it is, or would be: there is always a free slot.
    [[nodiscard]] std::size_t place_of(EventId event) const {
        std::size_t place = event & (slots_.size() - 1);
        while (slots_[place].is_used && slots_[place].event != event) {
            place = (place + 1) & (slots_.size() - 1);
        }
        return place;
    }
    void grow() {
        static constexpr std::size_t first_slots = 1024;
        std::vector<Slot> old(slots_.empty() ? first_slots : 2 * slots_.size()); // a power of two
        old.swap(slots_);
        for (const Slot& slot : old) {
            if (slot.is_used) {
                slots_[place_of(slot.event)] = slot;
            }
        }
    }

    std::vector<Slot> slots_;
    std::size_t used_ = 0;
};

} // namespace tally::capture
