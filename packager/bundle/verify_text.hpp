// VERIFY.TXT, the page that travels beside a bundle: how to check it with tools that everybody has, and what that
// proves. ASCII, lines of at most 104 columns (docs/formats/bundle.md).
#pragma once

#include "tally/bundle/manifest.hpp"

namespace tally::bundle {

// The same manifest gives the same bytes.
[[nodiscard]] std::string verify_text(const Manifest& manifest);

} // namespace tally::bundle
