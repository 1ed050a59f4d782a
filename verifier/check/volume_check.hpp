// The lines of one volume: whose each of them is, where the volume begins and ends, and what that means for the logs
// that it passes over (docs/formats/bundle.md, LINES and Volumes). What the lines of one log prove is LogCheck's, what the
// station's lines say of the others Station's.
#pragma once

#include "verifier/check/log_check.hpp"
#include "verifier/check/member_feed.hpp"
#include "verifier/check/station.hpp"

#include <unordered_map>

namespace tally::check {

// What the volume is held against beside its own station's lines.
struct VolumeBasis {
    const Options& options;
    const Trust& trust;
    std::vector<RosterEntry> known; // logs that are enrolled already, the station's own among them
    bool behind_missing = false;    // a volume before this one was not accepted
};

struct VolumeContents {
    std::vector<LogCoverage> coverage;
    std::uint64_t lines = 0;
    std::vector<VerifiedLog> logs;
    std::vector<AcceptedSeal> seals; // of fresh lines, where they are wanted
    std::vector<RosterEntry> enrolled;
    std::vector<Arrival> arrivals; // of lines still to come
    bool anchored = true;          // each log from something that is trusted
};

class VolumeCheck {
public:
    // `rows`: HOSTS.jsonl, at least one. Bundle and findings must outlive it.
    VolumeCheck(const bundle::UnverifiedBundle& bundle, std::vector<bundle::HostRow> rows, VolumeBasis basis,
                Findings& findings);
    [[nodiscard]] VolumeContents run();

private:
    void feed(const DigestedMember& member);
    void feed(const Run& run, const DigestedMember& member);
    [[nodiscard]] LogCheck* log_of(const Run& run, const std::string& member);
    [[nodiscard]] Anchor anchor_of(const bundle::HostRow& row);
    void begin_at(const Run& run, const std::string& member);
    void place_cut(const Run& run, const std::string& member);
    void open_log(std::size_t row);
    void open_until(std::size_t row);
    void close_log(Rest rest);
    void finish_volume();
    void leave_out(std::size_t row);
    void check_export();
    void finish_roster();
    [[nodiscard]] bool is_last() const { return manifest_.volume.k == manifest_.volume.n; }
    [[nodiscard]] const Memory* memory() const { return basis_.trust.memory; }

    const bundle::UnverifiedBundle& bundle_;
    const bundle::Manifest& manifest_;
    std::vector<bundle::HostRow> rows_;
    VolumeBasis basis_;
    Findings& findings_;
    std::unordered_map<std::string, std::size_t> row_of_; // host -> index of rows_
    Station station_;
    std::size_t begin_ = 0;                        // the row whose log the volume begins with
    std::size_t open_ = 0;                         // rows before it are finished or open
    std::optional<LogCheck> log_;                  // of rows_[open_ - 1]
    std::size_t room_ = 0;                         // for further lines in the LINES member before
    bool blind_ = false;                           // a member could not be read: what its lines would show is unknown
    std::map<std::string, std::uint64_t> reached_; // by log: lines that are accepted, or would be with this bundle
    VolumeContents contents_;
};

} // namespace tally::check
