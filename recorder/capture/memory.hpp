// What earlier imports left behind and a later one must know: events already recorded, sessions still open, ends whose
// start is not known yet, starts and stops of daemons, packages, and which stretch of time each file covered.
// Everything in it follows from the lines of the log alone; texts are in the canonical line's encoding.
// Where it is kept is the implementation's affair (journal/import_index.hpp).
#pragma once

#include "recorder/capture/time_zone.hpp"

#include <boost/container/deque.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tally::capture {

using EventId = std::uint64_t; // a hash (identity.hpp); looked up within its second

struct OpenSession {
    Instant start;
    std::uint64_t seq = 0;        // of its start line: first in, first out
    std::int64_t still_open = -1; // instant of its last `open` line
    bool stored = false;
};

struct Orphan {
    Instant end;
    std::uint64_t seq = 0; // of its line
    bool stored = false;
};

// Most holders are made for one session and dropped again: std::deque would take four blocks of memory for each.
template <class T>
using HolderQueue = boost::container::deque<T>;

// All of one (daemon, feature, user, client) of one source, in the order of the licence server's log.
struct Holder {
    HolderQueue<OpenSession> open;
    HolderQueue<Orphan> orphans;
};

// "daemon LF feature LF user LF client", encoded: none of them can hold a line feed.
using HolderKey = std::string;
[[nodiscard]] HolderKey holder_key(std::string_view daemon, std::string_view feature, std::string_view user,
                                   std::string_view client);

// One import of one file. Until it is complete, it may have been interrupted anywhere after its first second.
struct ImportedFile {
    std::string digest;
    std::int64_t first = 0; // earliest instant of its first line with a time
    std::int64_t last = 0;
    bool complete = false;
};

struct Source {
    std::string name; // encoded `src`
    std::string zone; // of its first import; empty before
    std::vector<std::string> daemons;
    std::vector<ImportedFile> files;
    std::map<std::string, std::vector<std::int64_t>> stops;               // daemon → instants, ascending
    std::map<std::string, std::map<std::string, std::uint64_t>> packages; // package → component → seq
    std::unordered_map<std::string, std::string> package_of;              // component → its first package
    std::unordered_map<HolderKey, Holder> holders;

    bool add_daemon(const std::string& daemon); // false when it is known
    void add_stop(const std::string& daemon, std::int64_t at);
    void add_component(const std::string& package, const std::string& component, std::uint64_t seq);
};

class Memory {
public:
    Memory() = default;
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;
    virtual ~Memory() = default;

    // `second`: the earliest instant of the event, UTC.
    [[nodiscard]] virtual bool seen(std::int64_t second, EventId event) = 0;
    virtual void remember(std::int64_t second, EventId event) = 0;
    // The source, made when it is not there. References stay valid.
    Source& source(const std::string& name);
    [[nodiscard]] std::map<std::string, Source>& sources() { return sources_; }

    // Every change goes through these, so that it can be kept.
    void open(Source& source, const HolderKey& key, const OpenSession& session);
    // Takes session or orphan number `index` out of its queue.
    OpenSession close(Source& source, const HolderKey& key, std::size_t index);
    void wait(Source& source, const HolderKey& key, const Orphan& orphan);
    Orphan adopt(Source& source, const HolderKey& key, std::size_t index);
    void mark_still_open(Source& source, const HolderKey& key, OpenSession& session, std::int64_t at);
    void stop(Source& source, const std::string& daemon, std::int64_t at);
    void daemon(Source& source, const std::string& daemon);
    void component(Source& source, const std::string& package, const std::string& component, std::uint64_t seq);
    // A file is begun once, and completed once.
    void begin_file(Source& source, const std::string& zone, const ImportedFile& file);
    void complete_file(Source& source, const std::string& digest);

    // Number of open sessions and orphans held in working memory.
    [[nodiscard]] std::uint64_t held() const { return held_; }

protected:
    enum class What : std::uint8_t { opened, closed, marked, orphaned, adopted };
    struct Change {
        What what;
        const Source* source;
        const HolderKey* key;
        Holder* holder;
        std::uint64_t seq; // of the session or orphan
        bool was_stored;
    };
    // Since the implementation last cleared them.
    std::vector<Change> changes_;

    virtual void keep_daemon(const Source& source, const std::string& daemon) = 0;
    virtual void keep_stop(const Source& source, const std::string& daemon, std::int64_t at) = 0;
    virtual void keep_component(const Source& source, const std::string& package, const std::string& component,
                                std::uint64_t seq) = 0;
    virtual void keep_file(const Source& source, const ImportedFile& file) = 0;

    std::map<std::string, Source> sources_;
    std::uint64_t held_ = 0;
};

} // namespace tally::capture
