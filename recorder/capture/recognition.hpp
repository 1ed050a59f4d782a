// Whether an event of a file is in the log already: by its identity, in every spelling that its names had in the log.
// Events that are equal in one file are counted; parts of one log that meet inside a second are told apart
// (docs/formats/record.md). Remembers the new ones. One file long.
#pragma once

#include "recorder/capture/identity.hpp"
#include "recorder/capture/memory.hpp"
#include "recorder/capture/survey.hpp"

#include <algorithm>
#include <span>

namespace tally::capture {

class Recognition {
public:
    // `first` and `last` are the seconds of the file's first and last line with a time. A file that is in no order has
    // no seam where another part of it would meet: equal lines in two such files are one event.
    Recognition(Memory& memory, const Survey& survey, std::int64_t first, std::int64_t last)
        : memory_(&memory), digest_(survey.digest), in_order_(survey.order == Order::by_time), first_(first),
          last_(last) {}

    void was_begun_before() { was_begun_before_ = true; }

    // Remembers the event; false when it is recorded already. `names`: the present spelling, then earlier ones, all
    // different.
    bool take(const Source& source, std::int64_t second, std::int64_t local_s, std::string_view verb,
              std::span<const std::string> names) {
        const bool joins = joins_another_part(source, second);
        bool known = false;
        for (std::size_t i = names.size(); i-- > 1;) {
            const EventId id = identity_of(source, second, local_s, verb, names[i]);
            known = known || (!joins && memory_->seen(second, id));
        }
        EventId id = identity_of(source, second, local_s, verb, names.front());
        if (joins) {
            id = identity_.of(source.name, second, what_, 0);
            for (std::uint32_t free = 1; memory_->seen(second, id); ++free) {
                id = identity_.of(source.name, second, what_, free);
            }
        }
        if (known || memory_->seen(second, id)) {
            return false;
        }
        memory_->remember(second, id);
        return true;
    }

private:
    // With the ordinal among equal events of this second; leaves verb and names in what_.
    EventId identity_of(const Source& source, std::int64_t second, std::int64_t local_s, std::string_view verb,
                        std::string_view names) {
        what_.assign(verb).append(1, '\n').append(names);
        const EventId id = identity_.of(source.name, second, what_, 0);
        const std::uint32_t ordinal = identity_.occurrence(in_order_ ? local_s : 0, id); // 0: nothing is forgotten
        return ordinal == 0 ? id : identity_.of(source.name, second, what_, ordinal);
    }

    // The file begins or ends inside this second, and the only other parts that hold some of it end or begin inside it:
    // then equal lines are different events.
    [[nodiscard]] bool joins_another_part(const Source& source, std::int64_t second) const {
        const bool at_first = second == first_;
        if (!in_order_ || (!at_first && second != last_)) {
            return false;
        }
        bool joins = false;
        for (const auto& file : source.files) {
            const bool this_begins = file.digest == digest_ && !file.complete;
            if (this_begins && !was_begun_before_) {
                continue;
            }
            const bool begins = file.first == second;
            const bool ends = file.complete && file.last == second;
            if ((file.first < second && second < file.last) || (at_first ? begins : ends)) {
                return false;
            }
            joins = joins || (at_first ? ends : begins);
        }
        return joins;
    }

    Memory* memory_;
    std::string digest_;
    bool in_order_;
    std::int64_t first_;
    std::int64_t last_;
    Identity identity_;
    std::string what_;
    bool was_begun_before_ = false;
};

} // namespace tally::capture
