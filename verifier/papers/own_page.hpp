// The page of one user or of one team: what they use, what they hold and do not use, tokens, and findings about them.
// Shows what its subject has and nothing else: the view was taken before.
#pragma once

#include "verifier/outputs/subject.hpp"

#include <string>

namespace tally::papers {

[[nodiscard]] std::string own_page(const outputs::Subject& subject);

} // namespace tally::papers
