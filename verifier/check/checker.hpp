// The steps of check over one bundle, in their order; each leaves its findings and lets the next look at what is left.
#pragma once

#include "verifier/check/authority.hpp"
#include "verifier/check/check.hpp"
#include "verifier/check/log_check.hpp"
#include "verifier/check/member_feed.hpp"
#include "verifier/check/station.hpp"

#include <unordered_map>

namespace tally::check {

// What is read from files before anything looks into it.
struct Evidence {
    std::variant<bundle::PrivateCopy, bundle::Defect> bundle;
    os::Descriptor again;                         // the same private copy
    std::variant<std::string, Finding> signature; // the file's bytes, or why there are none
    releases::Beside releases = {};
};
[[nodiscard]] Evidence gather_evidence(const Options& options);

class Checker {
public:
    Checker(const Options& options, const Trust& trust);
    // Opens nothing and makes no descriptor.
    [[nodiscard]] Outcome run(Evidence evidence);

private:
    void look_inside(bundle::PrivateCopy copy, const std::optional<minisig::Signature>& signature);
    void check_manifest(const std::optional<minisig::Signature>& signature);
    void check_releases(const minisig::Digest& digest);
    [[nodiscard]] bool read_rows();
    void check_lines();
    void feed_member(const DigestedMember& member);
    [[nodiscard]] LogCheck* log_of(const Run& run, const std::string& member);
    [[nodiscard]] Anchor anchor_of(const bundle::HostRow& row);
    void begin_at(const Run& run, const std::string& member);
    [[nodiscard]] bool is_last_volume() const;
    void open_log(std::size_t row);
    void open_until(std::size_t row);
    void close_log(Rest rest);
    void finish_volume();
    void leave_out(std::size_t row);
    void finish_roster();
    [[nodiscard]] Encoding encoding_of(std::size_t member) const;
    [[nodiscard]] Outcome conclude();

    const Options& options_;
    const Trust& trust_;
    Findings findings_;
    std::vector<site_file::Chain> enrolled_;
    std::optional<Signer> signer_;        // of enrolled_
    std::optional<site_file::Chain> own_; // the bundle's
    std::optional<bundle::UnverifiedBundle> bundle_;
    os::Descriptor copy_;
    std::string signature_; // bytes of the signature file, as far as there is one
    releases::Beside releases_;
    Report report_;
    std::vector<bundle::HostRow> rows_;
    std::unordered_map<std::string, std::size_t> row_of_; // host -> index of rows_
    std::optional<Station> station_;
    std::optional<HostId> station_id_;             // that the trusted site file names
    std::size_t open_ = 0;                         // rows before it are finished or open
    std::optional<LogCheck> log_;                  // of rows_[open_ - 1]
    std::size_t begin_ = 0;                        // the row whose log this volume begins with
    Hash set_{};                                   // that the volume belongs to
    bool behind_missing_ = false;                  // a volume before this one was not accepted
    std::map<std::string, std::uint64_t> reached_; // by log: lines that are accepted, or would be with this bundle
    std::size_t smallest_ = 0;                     // the LINES member that is always compressed again
    std::size_t room_ = 0;                         // for further lines in the LINES member before
    bool known_bundle_ = false;
    bool all_anchored_ = true;
    bool blind_ = false; // a member could not be read: what follows from its lines is unknown
    std::vector<VerifiedLog> logs_;
    std::vector<AcceptedSeal> seals_;
};

} // namespace tally::check
