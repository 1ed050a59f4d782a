// The outcome of checking one bundle as one printed page (A4): what was checked, against whose fingerprint, what was
// found, where each log stands, and what none of this proves. One HTML file without script or anything from elsewhere.
// Everything on it that came from a bundle is escaped and shortened to fit; it always prints on one page.
// A printout for people, never evidence: that is the bundle with its signature, to be checked again.
#pragma once

#include "verifier/check/check.hpp"

#include <string>

namespace tally::certify {

struct CertificateBasis {
    std::string fingerprint, words; // of the enrolled site file; empty when nobody was trusted
    std::int64_t checked = 0;       // UTC seconds by this machine's clock
    std::string version;            // of the program
};

[[nodiscard]] std::string to_certificate(const check::Report& report, const CertificateBasis& basis);

} // namespace tally::certify
