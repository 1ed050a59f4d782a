// Packs of tokens drawn down by charges in order of time (R-TOKEN). Of the packs valid on a day the one that ends first
// pays first, then the one that was smaller when bought, then by name; a charge may be split; nothing is owed to a pack
// that comes later. Plain arithmetic: which charges there are is the caller's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tally::count {

struct Pack {
    std::string id;
    std::int64_t tokens = 0, start_day = 0, end_day = 0; // both days inside
};

struct Take {
    std::int64_t at = 0, tokens = 0;
};

inline constexpr std::size_t no_pack = static_cast<std::size_t>(-1);
struct Portion {
    std::size_t take = 0, pack = no_pack; // no_pack: none had any left
    std::int64_t tokens = 0;
};

struct Drawn {
    std::vector<std::int64_t> left; // of each pack, at the end
    std::vector<Portion> portions;  // in order of the takes
};

// `takes` in order of time.
[[nodiscard]] Drawn draw_down(const std::vector<Pack>& packs, const std::vector<Take>& takes);

} // namespace tally::count
