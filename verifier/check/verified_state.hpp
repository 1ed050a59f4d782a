// What a VerifiedBundle owns; filled by the Checker alone.
#pragma once

#include "tally/bundle/bundle_reader.hpp"
#include "verifier/check/check.hpp"

namespace tally::check {

struct VerifiedBundle::State {
    Report report;
    bundle::UnverifiedBundle bundle; // reads the private copy
    os::Descriptor copy;             // the same unnamed file, for copying it
    std::uint64_t created_ms = 0;
    std::vector<VerifiedLog> logs;
    std::vector<AcceptedSeal> seals;
    std::vector<RosterEntry> enrolled;
};

} // namespace tally::check
