// What imports remember (capture::Memory), kept in tables of the journal's database and written in the transaction of
// the lines it speaks of. A view, never evidence: it follows from the journal's lines alone and can be rebuilt from
// them at any time; when it is missing or does not go as far as the lines, opening it does that. Only where lines were
// removed from the journal (pruning.hpp) it is more than they say, and is not made again.
#pragma once

#include "recorder/capture/event_counts.hpp"
#include "recorder/capture/identity.hpp"
#include "recorder/capture/importer.hpp"
#include "recorder/capture/memory.hpp"
#include "recorder/privacy/history.hpp"
#include "tally/line/parse.hpp"
#include "tally/sqlite/database.hpp"

#include <functional>
#include <optional>
#include <string>

namespace tally::journal {

class ImportIndex : public capture::Memory {
public:
    using Visit = std::function<void(std::uint64_t seq, std::string_view line)>;
    using ReadLines = std::function<void(std::uint64_t first, std::uint64_t next, const Visit& visit)>;

    // `read_lines` gives the journal's lines [first, next), of which there are `size`; all from `begins` on. Opening may
    // write tables: the caller has an open transaction and commits it. Error when it would have to be made again from
    // lines that are not there any more.
    ImportIndex(sqlite::Database& database, std::uint64_t size, const ReadLines& read_lines, std::uint64_t begins = 0);

    [[nodiscard]] bool seen(std::int64_t second, capture::EventId event) override;
    void remember(std::int64_t second, capture::EventId event) override;

    // A line that was appended; kept when it tells of policy or consent.
    void tell(std::uint64_t seq, std::string_view line);
    // Of the lines that it knows.
    [[nodiscard]] const privacy::History& history() const { return history_; }

    // Writes what changed, inside the caller's transaction; `size` is the number of lines it then speaks of.
    void flush(std::uint64_t size);
    // All of it as text, in one order: two indexes that know the same give the same text.
    [[nodiscard]] std::string dump();

private:
    using Place = std::pair<std::string, capture::HolderKey>; // source and key of a session
    class Replay;

    void create_tables();
    void load();
    void rebuild(std::uint64_t size, const ReadLines& read_lines);
    void write_events();
    void write_sessions();
    void drop_empty_holders();
    void insert_session(const Change& change);
    void insert_orphan(const Change& change);
    void keep_daemon(const capture::Source& source, const std::string& daemon) override;
    void keep_stop(const capture::Source& source, const std::string& daemon, std::int64_t at) override;
    void keep_component(const capture::Source& source, const std::string& package, const std::string& component,
                        std::uint64_t seq) override;
    void keep_file(const capture::Source& source, const capture::ImportedFile& file) override;

    sqlite::Database* database_;
    capture::EventCounts fresh_; // remembered, not written yet
    std::vector<std::pair<std::int64_t, capture::EventId>> events_;
    std::int64_t stored_until_ = INT64_MIN; // latest second in the table
    privacy::History history_;
    std::optional<sqlite::Statement> find_event_;
    std::optional<sqlite::Statement> add_event_;
    std::optional<sqlite::Statement> add_open_;
    std::optional<sqlite::Statement> add_orphan_;
};

} // namespace tally::journal
