// The station's own log (docs/formats/record.md, "Of the station"): which logs are enrolled, what arrived, what left.
// It is a journal like any host's, so its epochs and erased keys cross-anchor every host. After each seal its lines
// are taken into the archive through the same checks as any segment, so that bundles are packed from one place.
#pragma once

#include "packager/archive/archive.hpp"
#include "packager/submission/acts.hpp"
#include "recorder/journal/journal.hpp"

#include <functional>
#include <map>

namespace tally::submission {

enum class Enrolled : std::uint8_t { now, before };

// One export, from its lines `export` and `exported`.
struct Export {
    std::string agreement;
    std::uint64_t n = 0; // of the channel of that agreement, from 1
    std::string label;
    int level = 3;                              // of the compression
    std::string zstd;                           // version of the library that compresses
    std::uint64_t wall_ms = 0;                  // of the `export` line
    std::uint64_t seq = 0;                      // of the `export` line
    std::vector<std::string> digests = {};      // SHA-256 of each volume in hex; empty: intended, not finished
    std::uint64_t receipt = 0;                  // begins where that receipt left the logs; 0: at their beginnings
    std::optional<std::uint64_t> until_ms = {}; // hosts up to their first seal from then on
    std::uint64_t volume_bytes = 0;             // at most in a file; 0: no limit
};

class StationLog {
public:
    // Makes the journal with role station. Error with Exit::nothing_to_do when it is there already.
    static void create(const os::fs::path& directory, const SiteId& site, const std::string& label,
                       const os::Clock& clock);

    // Takes the journal's lock and reads its lines. Error when the log is not the one that `first_key` names: the
    // journal had to start a new one, and the site needs a new site file.
    StationLog(const os::fs::path& directory, const os::Clock& clock, const crypto::PublicKey& first_key);

    [[nodiscard]] const HostId& id() const { return journal_.host(); }
    [[nodiscard]] std::uint64_t size() const { return journal_.size(); }
    [[nodiscard]] const archive::Roster& roster() const { return roster_; } // the station first
    [[nodiscard]] const std::vector<Export>& exports() const { return exports_; }
    // Size of `log` that the last `arrived` line of it names; 0 when there is none.
    [[nodiscard]] std::uint64_t announced(const HostId& log) const;

    // Appended lines are durable after seal().
    Enrolled enrol(const journal::Genesis& request, const std::string& label, const std::string& group);
    void arrived(const HostId& log, std::uint64_t first, std::uint64_t next, const line::Hash& root);
    // `n` is one more than the last finished or intended one of the agreement.
    const Export& begin_export(const Export& wanted); // of which n, wall_ms, seq and digests are found here
    void finish_export(const std::string& agreement, std::uint64_t n, const std::vector<std::string>& digests);

    // An act of acts.hpp as a line; its seq.
    template <class Act>
    std::uint64_t note(const Act& act) {
        return journal_.append(record_of(act));
    }
    // The log's lines of one type in their order, those that are not durable yet included; fields live during the call.
    void for_each(std::string_view type, const std::function<void(const line::Fields&)>& take);

    // A line with exactly the fields of `record`, beside those of every line, is there already.
    [[nodiscard]] bool holds(const line::Object& record);
    // By the clock of the last line, UTC milliseconds.
    [[nodiscard]] std::uint64_t last_wall_ms() const { return last_wall_ms_; }

    // `arrived` lines for everything in the archive that has none yet, whichever run took it in.
    void announce(const archive::Archive& archive);
    // Seals what is unsealed and brings the archive up to the log's last seal; both durable on return. False when there
    // was nothing to do, also nothing that an interrupted run had left.
    bool seal(std::string_view reason, archive::Archive& archive);

private:
    void read(const line::Fields& fields);
    void take_into(archive::Archive& archive);

    journal::Journal journal_;
    archive::Roster roster_;
    std::vector<Export> exports_;
    std::map<HostId, std::uint64_t> announced_;
    std::uint64_t last_wall_ms_ = 0;
};

} // namespace tally::submission
