// R-WINDOW and R-TOKEN: what each use takes from which pool of tokens. Charges are of all time up to as_of, because
// windows run on over the edges of periods; a use that a seat or another right covers takes nothing.
#pragma once

#include "verifier/findings/judge.hpp"

#include <string>
#include <vector>

namespace tally::comply {

using namespace findings; // NOLINT(google-build-using-namespace): the judges' vocabulary

struct Charge {
    std::string pool;                   // as its packs name it
    std::uint32_t person = 0, word = 0; // nobody and 0: a correction by hand
    std::int64_t at = 0;
    Bounds tokens;
    RecordRef record;
    std::string reason; // of a correction by hand
};

[[nodiscard]] std::vector<Charge> token_charges(const Facts& facts); // by (at, person, product)

} // namespace tally::comply
