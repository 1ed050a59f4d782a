// The steps of check over one bundle, in their order; each leaves its findings and lets the next look at what is left.
#pragma once

#include "verifier/check/authority.hpp"
#include "verifier/check/check.hpp"
#include "verifier/check/findings.hpp"
#include "verifier/check/volume_check.hpp"

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
    void look_again(const minisig::Digest& digest, const std::optional<minisig::Signature>& signature);
    void look_at_contents(const minisig::Digest& digest, const std::optional<minisig::Signature>& signature);
    void check_origin(const std::optional<minisig::Signature>& signature);
    void check_manifest();
    [[nodiscard]] const site_file::Chain* enrolled_chain() const;
    [[nodiscard]] bool read_rows(const std::optional<RosterEntry>& station, std::vector<bundle::HostRow>& rows);
    void check_releases(const minisig::Digest& digest, const std::vector<bundle::HostRow>& rows);
    void check_lines(std::vector<bundle::HostRow> rows, const std::optional<RosterEntry>& station);
    [[nodiscard]] Outcome conclude();

    const Options& options_;
    const Trust& trust_;
    Findings findings_;
    std::vector<site_file::Chain> enrolled_;
    std::optional<Signer> signer_; // of enrolled_
    std::optional<bundle::UnverifiedBundle> bundle_;
    os::Descriptor copy_;
    std::string signature_; // bytes of the signature file, as far as there is one
    releases::Beside releases_;
    Hash set_{};                  // that the volume belongs to
    bool behind_missing_ = false; // a volume before this one was not accepted
    VolumeContents contents_;
    Report report_;
};

} // namespace tally::check
