// The journal's SQLite file: lines, and beside them what makes appending and sealing cheap (compact ranges, positions of
// seals, segments dropped). Only the lines are evidence; everything else is checked against them before it is used.
// Durable settings of the writer: WAL, synchronous=FULL. Reading takes no lock and works while another process writes.
// Lines may have been removed from its beginning (pruning.hpp): some of them are still here, of which nothing but seals
// is evidence any more.
#pragma once

#include "tally/line/tree.hpp"
#include "tally/os/file.hpp"
#include "tally/sqlite/database.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::journal {

enum class Access : std::uint8_t { read, write, create };

// Position of a seal line.
struct SealAt {
    std::uint64_t seq = 0;
    std::uint64_t epoch = 0;
};

enum class Written : std::uint8_t { no, yes };

// A segment meant for the outbox: noted first, written then.
struct Dropped {
    std::uint64_t first = 0;
    std::uint64_t next = 0;
    std::string file;         // name inside the outbox
    line::CompactRange range; // over all lines before `next`
    Written written = Written::no;
};

// Checkpoint of the tree: over all lines, and over the lines that the last seal covers (its size is the seal's seq; 0
// when there is no seal yet).
struct State {
    line::CompactRange range;
    line::CompactRange sealed;
};

// The name of a file system (statfs f_type) that does not keep what a journal relies on; nothing for all others.
[[nodiscard]] std::optional<std::string_view> unsuitable_file_system(std::uint64_t type);
// FAT and network file systems do not keep what SQLite and the key slots rely on: Error with a hint.
void refuse_unsuitable_file_system(const os::fs::path& directory);

class Store {
public:
    static constexpr const char* file_name = "journal.db";

    // create: makes the file if it is absent; create_schema() follows. Otherwise Error when it is absent or of a later
    // version, sqlite::Corrupt when it is malformed or no journal.
    Store(const os::fs::path& directory, Access access);

    // True when there is no file, or one without tables: creation was interrupted before anything was recorded.
    [[nodiscard]] static bool is_blank(const os::fs::path& directory);
    void create_schema();

    [[nodiscard]] sqlite::Database& database() { return database_; }

    void insert(std::uint64_t seq, std::string_view line);
    [[nodiscard]] std::optional<std::string> line(std::uint64_t seq);
    [[nodiscard]] std::uint64_t size(); // number after the last line

    using Visit = std::function<void(std::uint64_t seq, std::string_view line)>;
    // Lines [first, next) that are there, in order; the view lives during the call.
    void for_each_line(std::uint64_t first, std::uint64_t next, const Visit& visit);

    // Nothing when the stored bytes are no state.
    [[nodiscard]] std::optional<State> load_state();
    void save_state(const State& state);

    // Nothing while no line was removed. Else the tree that the last seal before begins() covers: its size is the seq of
    // that seal. sqlite::Corrupt when the stored bytes are no tree.
    [[nodiscard]] std::optional<line::CompactRange> beginning();
    void save_beginning(const line::CompactRange& before_seal);
    // From this line on all are here.
    [[nodiscard]] std::uint64_t begins();
    // Lines [first, next).
    void remove(std::uint64_t first, std::uint64_t next);

    void add_seal(const SealAt& seal);
    [[nodiscard]] std::vector<SealAt> seals(std::uint64_t from_seq);
    void save_dropped(const Dropped& segment);
    void forget_dropped(std::uint64_t first);
    [[nodiscard]] std::vector<Dropped> dropped();

private:
    void check_identity();

    sqlite::Database database_;
    std::optional<sqlite::Statement> insert_;
    std::optional<sqlite::Statement> save_;
};

} // namespace tally::journal
