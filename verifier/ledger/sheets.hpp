// Use in a compact form beside the sessions: each finished use (no package line, nothing borrowed) is five or six bytes on
// the sheet of its person, product, version, place and 32 days. Sheets grow by merging, so what comes late, in parts or
// in another order gives the same bytes. Unfinished sessions are on none: whoever reads adds them (days.hpp).
#pragma once

#include "verifier/ledger/sessions.hpp"

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace tally::ledger {

inline constexpr std::int64_t sheet_seconds = 32 * seconds_per_day;

// One use: instants as in Session. Ordered by all of it.
struct Stretch {
    std::int64_t start_from = 0, start_span = 0, end_from = 0, end_span = 0;
    bool automation = false;

    [[nodiscard]] auto key() const { return std::tie(start_from, start_span, end_from, end_span, automation); }
};

// Ids of the dimension tables. `log` is 0 for what a licence server saw: then the client is the place.
struct SheetKey {
    std::int64_t user = 0, feature = 0, version = 0, client = 0, log = 0;
    std::int64_t block = 0; // start_from / sheet_seconds

    [[nodiscard]] auto key() const { return std::tie(user, feature, version, client, log, block); }
};

// `stretches` in order, all of that block.
[[nodiscard]] std::string encode_sheet(std::int64_t block, const std::vector<Stretch>& stretches);
// Error when the bytes are no sheet: the ledger was damaged.
void decode_sheet(std::int64_t block, std::string_view bytes, std::vector<Stretch>& stretches);

[[nodiscard]] bool is_use(const Pending& session);
[[nodiscard]] SheetKey sheet_of(const Pending& session);

class Sheets {
public:
    explicit Sheets(sqlite::Database& database);

    // A session whose start and end are known; ignored when it is no use.
    void add(const Pending& session);
    void flush();

private:
    struct Entry {
        SheetKey sheet;
        Stretch stretch;
    };
    void merge(const SheetKey& sheet, std::vector<Stretch>& stretches);

    sqlite::Statement select_, replace_;
    std::vector<Entry> entries_;
};

} // namespace tally::ledger
