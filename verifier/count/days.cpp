// The day rollup: who used which release of what, where, on which UTC day, and for how long.
#include "verifier/count/prepare.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <tuple>

namespace tally::count {
namespace {

struct Piece {
    UseDay day;
    Span span;
    bool starts = false;
};

auto key_of(const UseDay& row) { return std::tie(row.person, row.word, row.day, row.device, row.release); }

// Every UTC day that a use is proved to touch; one that is not proved to last touches the day of its latest start.
void cut(const Facts& facts, std::uint32_t index, std::vector<Piece>& pieces) {
    const Stay& stay = facts.stays[index];
    const std::int64_t begin = stay.lower.from;
    const std::int64_t end = std::max(stay.lower.to, begin);
    const std::int64_t first = text::day_of(begin);
    const std::int64_t last = end > begin ? text::day_of(end - 1) : first;
    for (std::int64_t day = first; day <= last; ++day) {
        Piece piece;
        piece.day = {day, stay.word, stay.person, stay.device, stay.release, 0, 0, stay.session->automation, index};
        piece.span = {std::max(begin, day * text::seconds_per_day), std::min(end, (day + 1) * text::seconds_per_day)};
        piece.starts = day == first && stay.session->start_seq != ledger::no_seq;
        pieces.push_back(piece);
    }
}

} // namespace

std::vector<UseDay> use_days(const Facts& facts) {
    std::vector<Piece> pieces;
    for (std::uint32_t i = 0; i < facts.stays.size(); ++i) {
        if (facts.stays[i].is_use()) {
            cut(facts, i, pieces);
        }
    }
    std::sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) {
        return std::tuple_cat(key_of(a.day), std::tie(a.span.from, a.day.first_stay)) <
               std::tuple_cat(key_of(b.day), std::tie(b.span.from, b.day.first_stay));
    });
    std::vector<UseDay> days;
    std::int64_t covered_to = 0;
    for (const auto& piece : pieces) {
        if (days.empty() || key_of(days.back()) != key_of(piece.day)) {
            days.push_back(piece.day);
            covered_to = piece.span.from;
        }
        UseDay& row = days.back();
        row.starts += piece.starts ? 1 : 0;
        row.automation = row.automation && piece.day.automation;
        row.first_stay = std::min(row.first_stay, piece.day.first_stay);
        row.seconds += std::max<std::int64_t>(0, piece.span.to - std::max(piece.span.from, covered_to));
        covered_to = std::max(covered_to, piece.span.to);
    }
    return days;
}

std::pair<const UseDay*, const UseDay*> Facts::days_of(std::uint32_t person) const {
    const auto range = std::equal_range(days.begin(), days.end(), UseDay{0, 0, person, 0, 0, 0, 0, false, 0},
                                        [](const UseDay& a, const UseDay& b) { return a.person < b.person; });
    return {days.data() + (range.first - days.begin()), days.data() + (range.second - days.begin())};
}

std::pair<const UseDay*, const UseDay*> Facts::days_of(std::uint32_t person, std::uint32_t word) const {
    const auto range = std::equal_range(
        days.begin(), days.end(), UseDay{0, word, person, 0, 0, 0, 0, false, 0},
        [](const UseDay& a, const UseDay& b) { return std::tie(a.person, a.word) < std::tie(b.person, b.word); });
    return {days.data() + (range.first - days.begin()), days.data() + (range.second - days.begin())};
}

} // namespace tally::count
