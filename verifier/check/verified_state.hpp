// What a VerifiedBundle owns, and where its lines come from; filled by check alone.
#pragma once

#include "tally/bundle/bundle_reader.hpp"
#include "verifier/check/check.hpp"

namespace tally::check {

// Gives the fresh lines of a verified bundle, in order of log and seq.
class LineSource {
public:
    LineSource() = default;
    LineSource(const LineSource&) = delete;
    LineSource& operator=(const LineSource&) = delete;
    virtual ~LineSource() = default;
    virtual void for_each(const std::vector<VerifiedLog>& logs, const std::function<void(const LineView&)>& take) = 0;
};
// Out of the bundle itself, in this process.
[[nodiscard]] std::unique_ptr<LineSource> lines_of(bundle::UnverifiedBundle bundle);

// The two steps of read_kept_lines: the kept copy with its digest compared, and its lines.
[[nodiscard]] Result<bundle::PrivateCopy> kept_copy(const os::fs::path& copy, const Hash& digest);
[[nodiscard]] Result<void> kept_lines(bundle::PrivateCopy file, const std::string& host, std::uint64_t first,
                                      std::uint64_t next, const TakeLine& take);

struct VerifiedBundle::State {
    Report report;
    os::Descriptor copy; // the unnamed private copy
    std::uint64_t created_ms = 0;
    std::vector<VerifiedLog> logs;
    std::vector<AcceptedSeal> seals;
    std::vector<RosterEntry> enrolled;
    std::unique_ptr<LineSource> lines;
    std::string signature; // the file's bytes
    std::vector<Arrival> arrivals;
    Hash set{};
    releases::Beside releases = {};
};

} // namespace tally::check
