// Who would need which named line when nobody says who was assigned (R-IDLEUSER): products of their own while there are
// free ones, else the collection, in the order of the people; a person that finds nothing free moves others to their
// other choice if that makes room. Deterministic. Among few people the least possible go without; among many that is
// certain only where everybody uses one product.
#pragma once

#include <cstdint>
#include <vector>

namespace tally::advise {

struct Offer {
    std::vector<std::uint32_t> products; // sorted; several: a collection
    std::int64_t seats = 0;
    bool is_collection = false;
};

// For each person (the products used, sorted) the offers that cover all of them; empty: goes without.
[[nodiscard]] std::vector<std::vector<std::size_t>> allocate(const std::vector<std::vector<std::uint32_t>>& people,
                                                             const std::vector<Offer>& offers);

} // namespace tally::advise
