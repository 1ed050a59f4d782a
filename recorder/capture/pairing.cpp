#include "recorder/capture/pairing.hpp"

#include <algorithm>
#include <tuple>

namespace tally::capture {
namespace {

HolderKey key_of(const LicenceEvent& event) {
    return holder_key(event.daemon, event.feature, event.user, event.client);
}

std::string_view daemon_of(const HolderKey& key) { return std::string_view(key).substr(0, key.find('\n')); }

Instant span_until(std::int64_t from, std::int64_t to) { return {std::min(from, to), to}; }

// The first stop of a daemon after `start`, as sorted by time.
std::optional<std::int64_t> stop_after(const Source& source, std::string_view daemon, std::int64_t start) {
    const auto stops = source.stops.find(std::string(daemon));
    if (stops == source.stops.end()) {
        return std::nullopt;
    }
    const auto next = std::upper_bound(stops->second.begin(), stops->second.end(), start);
    return next == stops->second.end() ? std::nullopt : std::optional(*next);
}

} // namespace

void Pairing::release(Source& source, const HolderKey& key, const LicenceEvent& event) {
    memory_->daemon(source, event.daemon);
    const std::uint64_t seq = records_->start(source, event);
    if (!event.end_is_unseen) {
        memory_->open(source, key, {event.at, seq, -1, false});
    }
}

void Pairing::start(Source& source, const LicenceEvent& event, Counts& /*counts*/) {
    const HolderKey key = key_of(event);
    const auto holder = source.holders.find(key);
    const bool ends_wait = !event.is_whole && holder != source.holders.end() && !holder->second.orphans.empty() &&
                           holder->second.orphans.back().end.to >= event.at.from;
    if (ends_wait) {
        waiting_[source.name + '\n' + key].push_back(event);
        return;
    }
    release(source, key, event);
}

void Pairing::end(Source& source, const LicenceEvent& event, std::span<const HolderKey> keys, Counts& counts) {
    // The place of the session that it ends among those of this holder.
    const auto place_in = [&](const HolderKey& key) -> std::optional<std::size_t> {
        const auto holder = source.holders.find(key);
        if (holder == source.holders.end() || holder->second.open.empty()) {
            return std::nullopt;
        }
        const auto& open = holder->second.open;
        const auto mine =
            !event.begun ? open.begin() : std::find_if(open.begin(), open.end(), [&](const OpenSession& session) {
                return session.start == *event.begun;
            });
        return mine != open.end() && mine->start.from <= event.at.to
                   ? std::optional(static_cast<std::size_t>(mine - open.begin()))
                   : std::nullopt;
    };
    if (!waiting_.empty()) {
        release_for(source, keys.front(), event);
    }
    for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
        if (const auto place = place_in(*key)) {
            const OpenSession session = memory_->close(source, *key, *place);
            records_->end(event, session.seq);
            ++counts.paired;
            return;
        }
    }
    if (event.ending == Ending::superseded) {
        return; // another copy of the log has told its end
    }
    memory_->daemon(source, event.daemon);
    const std::uint64_t seq = records_->orphan_end(source, event);
    memory_->wait(source, keys.front(), {event.at, seq, false});
    ++counts.orphan;
}

// The start that was held back and is ended now: the one that began when the end says, else the first, unless an older
// session of the same holder is open: then that one ends first.
void Pairing::release_for(Source& source, const HolderKey& key, const LicenceEvent& end) {
    const auto waiting = waiting_.find(source.name + '\n' + key);
    if (waiting == waiting_.end() || waiting->second.empty()) {
        return;
    }
    auto& starts = waiting->second;
    if (end.begun) {
        const auto mine = std::find_if(starts.begin(), starts.end(),
                                       [&](const LicenceEvent& start) { return start.at == *end.begun; });
        if (mine != starts.end()) {
            release(source, key, *mine);
            starts.erase(mine);
        }
        return;
    }
    const auto holder = source.holders.find(key);
    if (holder == source.holders.end() || holder->second.open.empty() ||
        holder->second.open.front().start.from > starts.front().at.from) {
        release(source, key, starts.front());
        starts.pop_front();
    }
}

void Pairing::end_by_stop(Source& source, const HolderKey& key, std::size_t index, const Instant& at, Counts& counts) {
    const OpenSession session = memory_->close(source, key, index);
    records_->inferred_end(session.seq, {std::max(at.from, std::min(session.start.from, at.to)), at.to});
    ++counts.closed;
}

void Pairing::stop(Source& source, const std::string& daemon, const Instant& at, Counts& counts) {
    for (auto& [full_key, starts] : waiting_) { // what was held back has ended too: it is a session of its own
        const HolderKey key = full_key.substr(full_key.find('\n') + 1);
        if (full_key.starts_with(source.name + '\n') && daemon_of(key) == daemon) {
            for (const auto& event : starts) {
                release(source, key, event);
            }
            starts.clear();
        }
    }
    std::vector<HolderKey> keys; // sorted: the order of a hash table must not show in the log
    for (const auto& [key, holder] : source.holders) {
        if (!holder.open.empty() && daemon_of(key) == daemon) {
            keys.push_back(key);
        }
    }
    std::sort(keys.begin(), keys.end());
    for (const auto& key : keys) {
        auto& open = source.holders.find(key)->second.open;
        while (!open.empty() && open.front().start.from <= at.to) {
            end_by_stop(source, key, 0, at, counts);
        }
    }
}

void Pairing::settle_waiting(Source& source, Counts& counts) {
    std::vector<std::pair<HolderKey, std::deque<LicenceEvent>*>> mine;
    for (auto& [full_key, starts] : waiting_) {
        if (!starts.empty() && full_key.starts_with(source.name + '\n')) {
            mine.emplace_back(full_key.substr(source.name.size() + 1), &starts);
        }
    }
    std::sort(mine.begin(), mine.end());
    for (auto& [key, starts] : mine) {
        for (const auto& event : *starts) {
            const auto& orphans = source.holders.find(key)->second.orphans;
            const auto fits = std::find_if(orphans.begin(), orphans.end(),
                                           [&](const Orphan& orphan) { return orphan.end.to >= event.at.from; });
            const auto stopped = stop_after(source, event.daemon, event.at.to);
            if (fits == orphans.end() || (stopped && *stopped < fits->end.from)) {
                release(source, key, event);
                continue;
            }
            const Orphan orphan = memory_->adopt(source, key, static_cast<std::size_t>(fits - orphans.begin()));
            memory_->daemon(source, event.daemon);
            records_->start(source, event, orphan.seq);
            ++counts.paired;
        }
        starts->clear();
    }
}

// A stop that an earlier import of a later part has shown ends what this part left open.
void Pairing::settle_late_stops(Source& source, Counts& counts) {
    if (source.stops.empty()) {
        return;
    }
    std::vector<std::tuple<HolderKey, std::int64_t, std::uint64_t>> stopped; // holder, stop, session
    for (const auto& [key, holder] : source.holders) {
        for (const auto& session : holder.open) {
            if (const auto at = stop_after(source, daemon_of(key), session.start.to)) {
                stopped.emplace_back(key, *at, session.seq);
            }
        }
    }
    std::sort(stopped.begin(), stopped.end());
    for (const auto& [key, at, seq] : stopped) {
        const auto& open = source.holders.find(key)->second.open;
        const auto session = std::find_if(open.begin(), open.end(), // not always the first: its date may be uncertain
                                          [&, wanted = seq](const OpenSession& one) { return one.seq == wanted; });
        std::int64_t proof = session->start.from;
        for (const auto& file : source.files) { // the latest line before the stop that this source is known by
            proof = file.last < at ? std::max(proof, file.last) : proof;
        }
        end_by_stop(source, key, static_cast<std::size_t>(session - open.begin()), span_until(proof, at), counts);
    }
}

void Pairing::finish(Source& source, Counts& counts) {
    settle_waiting(source, counts);
    settle_late_stops(source, counts);
    std::int64_t last = 0;
    for (const auto& file : source.files) {
        last = std::max(last, file.last);
    }
    std::vector<std::pair<std::uint64_t, HolderKey>> keys;
    for (const auto& [key, holder] : source.holders) {
        if (!holder.open.empty()) {
            keys.emplace_back(holder.open.front().seq, key);
        }
    }
    std::sort(keys.begin(), keys.end());
    for (const auto& [order, key] : keys) {
        for (auto& session : source.holders.find(key)->second.open) {
            ++counts.open;
            if (session.still_open < last && session.start.from <= last) {
                records_->still_open(session.seq, last);
                memory_->mark_still_open(source, key, session, last);
            }
        }
    }
}

} // namespace tally::capture
