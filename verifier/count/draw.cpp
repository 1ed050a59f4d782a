#include "verifier/count/draw.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace tally::count {

Drawn draw_down(const std::vector<Pack>& packs, const std::vector<Take>& takes) {
    Drawn drawn;
    drawn.left.reserve(packs.size());
    for (const auto& pack : packs) {
        drawn.left.push_back(pack.tokens);
    }
    std::vector<std::size_t> order(packs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::tie(packs[a].end_day, packs[a].tokens, packs[a].id, a) <
               std::tie(packs[b].end_day, packs[b].tokens, packs[b].id, b);
    });
    for (std::size_t take = 0; take < takes.size(); ++take) {
        const std::int64_t day = text::day_of(takes[take].at);
        std::int64_t owed = takes[take].tokens;
        for (const auto index : order) {
            const bool valid = packs[index].start_day <= day && day <= packs[index].end_day;
            const std::int64_t part = valid ? std::min(owed, drawn.left[index]) : 0;
            if (part > 0) {
                drawn.portions.push_back({take, index, part});
                drawn.left[index] -= part;
                owed -= part;
            }
        }
        if (owed > 0) {
            drawn.portions.push_back({take, no_pack, owed});
        }
    }
    return drawn;
}

} // namespace tally::count
