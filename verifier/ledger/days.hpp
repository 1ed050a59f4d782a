// Use by person and product without its sessions: what the ledger keeps on sheets, joined with the sessions that are not
// finished yet. Made for counting over millions of sessions; for evidence of one person, load_usage drills down.
// Guarantees: equal to what the sessions of load_usage give, whatever the order or the parts in which bundles came;
// rows in the order of the texts. Knows no rule: what is believed of an unknown start or end is handed in.
#pragma once

#include "verifier/ledger/evidence.hpp"

#include <functional>
#include <string>
#include <vector>

namespace tally::ledger {

class Ledger;

// What counts: [from, until), UTC seconds. A session whose start or end nobody saw lived at most `longest` seconds; when
// neither that nor the limit on its open side is given, its upper value adds nothing to what is known.
struct DayLimits {
    std::int64_t from = 0, until = unknown, longest = unknown;
};

// One use, with instants as in Session, of whoever has no package line and borrowed nothing. Indices into UseTables.
struct Use {
    std::uint32_t version = 0, client = 0, log = 0; // log 0: seen by a licence server, the client is the place
    bool automation = false;
    std::int64_t start_from = 0, start_to = 0, end_from = 0, end_to = 0; // as in Session
};

struct UseTables {
    std::vector<std::string> logs, features, users, clients, versions;
};

// All uses of one person and product, by start.
struct UseSheet {
    std::uint32_t user = 0, feature = 0;
    std::vector<Use> uses;
};
using TakeSheet = std::function<void(const UseSheet&)>;
// In the order of (user, feature); the sheet lives during the call.
UseTables for_each_sheet(const Ledger& ledger, const TakeSheet& take);

// Use of one product and version by one person at one place on one UTC day (R-TIME: what is proved, what is possible).
struct DayUse {
    std::uint32_t user = 0, feature = 0, version = 0, client = 0, log = 0;
    std::int64_t day = 0;
    std::uint32_t starts = 0;                          // uses that begin on it, at the earliest
    std::int64_t seconds_lower = 0, seconds_upper = 0; // live on it, overlaps counted once
    std::int64_t first_start = unknown;                // of those that begin on it
    bool automation = false;                           // only batch programs

    bool operator==(const DayUse&) const = default;
};
struct UseDays {
    UseTables tables;
    std::vector<DayUse> days; // by (user, feature, version, client, log, day)
};
[[nodiscard]] UseDays load_days(const Ledger& ledger, const DayLimits& limits = {});

// The days of one sheet, in that order. A use of no length touches the day it begins on, an end alone that of the
// second before.
void append_days(const UseSheet& sheet, const DayLimits& limits, std::vector<DayUse>& days);

} // namespace tally::ledger
