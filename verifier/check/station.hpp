// What the station's own log says about everybody else: who is enrolled, what arrived, what was exported. Fed with the
// station's lines before any other log is looked at; worth as much as the station's chain of seals.
#pragma once

#include "tally/bundle/manifest.hpp"
#include "verifier/check/check.hpp"
#include "verifier/check/findings.hpp"
#include "verifier/check/member_digest.hpp"

#include <map>
#include <set>
#include <unordered_map>

namespace tally::check {

class Station {
public:
    // Entries known from earlier bundles; lines of this bundle may repeat but not contradict them.
    explicit Station(const std::vector<RosterEntry>& known);

    void take(const Run& run, const std::string& member, Findings& findings);
    // What it tells of ends before the row's first line must be what is remembered of them.
    void check_arrivals(const bundle::HostRow& row, const Memory& memory, Findings& findings) const;
    // Sessions that began in a time of which the station's lines of this bundle say that nothing was used.
    void hold_nil_against(const Run& run, Findings& findings);
    // The manifest must be that of the export that the log announces, and name the bundle before it.
    void check_export(const bundle::Manifest& manifest, Findings& findings) const;
    // Begun, and never finished, as far as its lines here tell.
    [[nodiscard]] bool gave_up(const std::string& agreement, std::uint64_t n) const;

    // Rows of HOSTS.jsonl (log -> row) stand in the order of enrolment: any other would be room for a message.
    void check_order(const std::unordered_map<std::string, std::size_t>& rows, Findings& findings) const;

    [[nodiscard]] const RosterEntry* find(const std::string& host) const;
    [[nodiscard]] std::map<std::uint64_t, Hash> arrived(const std::string& host) const;
    [[nodiscard]] const std::vector<RosterEntry>& enrolled() const { return enrolled_; } // by lines of this bundle
    [[nodiscard]] const std::map<std::string, RosterEntry>& roster() const { return roster_; }
    // Arrivals of lines that are still to come: beyond what `reached` says of each log.
    [[nodiscard]] std::vector<Arrival> arrivals_beyond(const std::map<std::string, std::uint64_t>& reached) const;

private:
    struct Announced {
        std::string label;
        std::uint64_t wall = 0, level = 0; // level of the compression
        std::string zstd;                  // version of the library that compresses
        std::optional<std::uint64_t> until;
    };
    using Channel = std::pair<std::string, std::uint64_t>; // agreement, number

    const char* enrol(const line::Fields& fields);
    const char* arrive(const line::Fields& fields);
    const char* exported(const line::Fields& fields);
    void declare(const line::Fields& fields);
    [[nodiscard]] std::vector<std::string> order() const; // of enrolment

    std::map<std::string, RosterEntry> roster_;
    std::vector<std::string> remembered_, told_; // of earlier bundles, by lines of this one: in the order of enrolment
    std::set<std::string> is_told_;
    std::vector<RosterEntry> enrolled_;
    std::map<std::string, std::map<std::uint64_t, Hash>> arrived_;
    std::map<std::uint64_t, std::uint64_t> nil_;             // [from, to), apart from each other
    std::set<std::pair<std::string, std::uint64_t>> denied_; // log and stretch of nil_ that were reported
    std::map<Channel, Announced> announced_;
    std::map<Channel, std::vector<Hash>> exported_;
};

} // namespace tally::check
