// Which end belongs to which start: a queue for each (daemon, feature, user, client), first in first out, because the
// same user may hold the same feature several times. A start after which ends without a start wait is held back until
// the file shows whose end they are. An end that tells when its session began ends that one, and no other. A daemon that
// stops ends what it had given out.
#pragma once

#include "recorder/capture/records.hpp"

#include <deque>
#include <span>

namespace tally::capture {

class Pairing {
public:
    Pairing(Memory& memory, Records& records) : memory_(&memory), records_(&records) {}

    // Events in the order of the log.
    void start(Source& source, const LicenceEvent& event, Counts& counts);
    // `keys`: the holder in every spelling of its names, the present one first. A session that began under another one
    // ends under that one: the line of an end has no names.
    void end(Source& source, const LicenceEvent& event, std::span<const HolderKey> keys, Counts& counts);
    // The daemon gave nothing out any more at `at.to`, and still did at `at.from`.
    void stop(Source& source, const std::string& daemon, const Instant& at, Counts& counts);
    // After the last line: what was held back, what a later stop has ended, what is still open.
    void finish(Source& source, Counts& counts);

private:
    void release(Source& source, const HolderKey& key, const LicenceEvent& event);
    void release_for(Source& source, const HolderKey& key, const LicenceEvent& end);
    void end_by_stop(Source& source, const HolderKey& key, std::size_t index, const Instant& at, Counts& counts);
    void settle_waiting(Source& source, Counts& counts);
    void settle_late_stops(Source& source, Counts& counts);

    Memory* memory_;
    Records* records_;
    std::unordered_map<HolderKey, std::deque<LicenceEvent>> waiting_; // key with the source's name before it
};

} // namespace tally::capture
