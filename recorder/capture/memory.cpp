#include "recorder/capture/memory.hpp"

#include "tally/base/assert.hpp"

#include <algorithm>

namespace tally::capture {

HolderKey holder_key(std::string_view daemon, std::string_view feature, std::string_view user,
                     std::string_view client) {
    HolderKey key;
    key.reserve(daemon.size() + feature.size() + user.size() + client.size() + 3);
    key.append(daemon).append(1, '\n').append(feature).append(1, '\n').append(user).append(1, '\n').append(client);
    return key;
}

bool Source::add_daemon(const std::string& daemon) {
    if (std::find(daemons.begin(), daemons.end(), daemon) != daemons.end()) {
        return false;
    }
    daemons.push_back(daemon);
    return true;
}

void Source::add_stop(const std::string& daemon, std::int64_t at) {
    auto& instants = stops[daemon];
    instants.insert(std::upper_bound(instants.begin(), instants.end(), at), at);
}

void Source::add_component(const std::string& package, const std::string& component, std::uint64_t seq) {
    packages[package].emplace(component, seq);
    package_of.emplace(component, package);
}

Source& Memory::source(const std::string& name) {
    Source& found = sources_[name];
    found.name = name;
    return found;
}

void Memory::open(Source& source, const HolderKey& key, const OpenSession& session) {
    const auto place = source.holders.try_emplace(key).first;
    auto& queue = place->second.open;
    const auto later = [](const OpenSession& a, const OpenSession& b) { return a.start.from < b.start.from; };
    queue.insert(std::upper_bound(queue.begin(), queue.end(), session, later), session);
    changes_.push_back({What::opened, &source, &place->first, &place->second, session.seq, session.stored});
    ++held_;
}

OpenSession Memory::close(Source& source, const HolderKey& key, std::size_t index) {
    const auto place = source.holders.find(key);
    TALLY_ASSERT(place != source.holders.end() && index < place->second.open.size());
    const auto session = place->second.open.begin() + static_cast<std::ptrdiff_t>(index);
    const OpenSession taken = *session;
    place->second.open.erase(session);
    changes_.push_back({What::closed, &source, &place->first, &place->second, taken.seq, taken.stored});
    --held_;
    return taken;
}

void Memory::wait(Source& source, const HolderKey& key, const Orphan& orphan) {
    const auto place = source.holders.try_emplace(key).first;
    auto& queue = place->second.orphans;
    const auto later = [](const Orphan& a, const Orphan& b) { return a.end.from < b.end.from; };
    queue.insert(std::upper_bound(queue.begin(), queue.end(), orphan, later), orphan);
    changes_.push_back({What::orphaned, &source, &place->first, &place->second, orphan.seq, orphan.stored});
    ++held_;
}

Orphan Memory::adopt(Source& source, const HolderKey& key, std::size_t index) {
    const auto place = source.holders.find(key);
    TALLY_ASSERT(place != source.holders.end() && index < place->second.orphans.size());
    const auto orphan = place->second.orphans.begin() + static_cast<std::ptrdiff_t>(index);
    const Orphan taken = *orphan;
    place->second.orphans.erase(orphan);
    changes_.push_back({What::adopted, &source, &place->first, &place->second, taken.seq, taken.stored});
    --held_;
    return taken;
}

void Memory::mark_still_open(Source& source, const HolderKey& key, OpenSession& session, std::int64_t at) {
    session.still_open = at;
    const auto place = source.holders.find(key);
    changes_.push_back({What::marked, &source, &place->first, &place->second, session.seq, session.stored});
}

void Memory::stop(Source& source, const std::string& daemon, std::int64_t at) {
    source.add_stop(daemon, at);
    keep_stop(source, daemon, at);
}

void Memory::component(Source& source, const std::string& package, const std::string& component, std::uint64_t seq) {
    source.add_component(package, component, seq);
    keep_component(source, package, component, seq);
}

void Memory::daemon(Source& source, const std::string& daemon) {
    if (source.add_daemon(daemon)) {
        keep_daemon(source, daemon);
    }
}

void Memory::begin_file(Source& source, const std::string& zone, const ImportedFile& file) {
    source.zone = zone;
    source.files.push_back(file);
    keep_file(source, file);
}

void Memory::complete_file(Source& source, const std::string& digest) {
    for (auto& file : source.files) {
        if (file.digest == digest && !file.complete) {
            file.complete = true;
            keep_file(source, file);
        }
    }
}

} // namespace tally::capture
