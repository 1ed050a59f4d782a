// What reports rest on besides the outcome: logs, days, imported files, bundles and trust, as plain rows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tally::outputs {

struct LogRow {
    std::string host, label, site, role;
    std::uint64_t size = 0, seals = 0;
    std::int64_t first_wall_ms = 0, last_wall_ms = 0;
};
struct DayRow {
    std::size_t log = 0; // index into Basis::logs
    std::int64_t day = 0;
    std::uint64_t lines = 0, seals = 0, events = 0;
};
struct ImportRow {
    std::string host, source, name, digest, zone;
    std::uint64_t seq = 0, lines = 0;
    std::int64_t first = 0, last = 0; // UTC seconds
};
struct BundleRow {
    std::string name, digest, site;
    std::uint64_t n = 0, volume = 1, volumes = 1, bytes = 0, lines = 0, seals = 0;
    std::int64_t created_ms = 0;
};
struct TrustRow {
    std::string site, fingerprint;
    std::uint64_t version = 0;
};

struct Basis {
    std::vector<LogRow> logs;
    std::vector<DayRow> days; // by log, day
    std::vector<ImportRow> imports;
    std::vector<BundleRow> bundles;
    std::vector<TrustRow> trust;
    std::string program_version;
};

} // namespace tally::outputs
