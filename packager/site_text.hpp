// The site file as text and JSON, with the next version that waits for signatures.
#pragma once

#include "tally/site_file/proposal.hpp"

#include <optional>
#include <string>

namespace tally::packager {

using Pending = std::optional<site_file::SignedVersion>;

[[nodiscard]] std::string site_text(const site_file::Chain& chain, const Pending& pending = std::nullopt);
[[nodiscard]] std::string site_json(const site_file::Chain& chain, const Pending& pending = std::nullopt);

} // namespace tally::packager
