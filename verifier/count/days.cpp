// The day rollup: who used which release of what, where, on which UTC day, and for how long.
#include "verifier/count/prepare.hpp"
#include "verifier/ledger/in_parallel.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace tally::count {
namespace {

struct Piece {
    std::int64_t day = 0;
    std::uint32_t device = 0, release = 0;
    std::uint32_t stay = 0;
    bool automation = false, starts = false;
    Span span;
    [[nodiscard]] auto place() const { return std::tie(day, device, release); }
    bool operator<(const Piece& other) const {
        return std::tie(day, device, release, span.from, stay) <
               std::tie(other.day, other.device, other.release, other.span.from, other.stay);
    }
};

// Every UTC day that a use is proved to touch; one that is not proved to last touches the day of its latest start.
void cut(const Stays& stays, std::uint32_t index, std::vector<Piece>& pieces) {
    const Span live = stays.lower(index);
    const std::int64_t end = std::max(live.to, live.from);
    const std::int64_t first = text::day_of(live.from);
    const std::int64_t last = end > live.from ? text::day_of(end - 1) : first;
    const StayKind& kind = stays.kind(index);
    Piece piece{first, stays.device(index), kind.release, index, kind.session->automation, stays.has_start(index), {}};
    for (; piece.day <= last; ++piece.day) {
        piece.span = {std::max(live.from, piece.day * text::seconds_per_day),
                      std::min(end, (piece.day + 1) * text::seconds_per_day)};
        pieces.push_back(piece);
        piece.starts = false;
    }
}

// They come by start of their stay: mostly those of one day after those of another, so day by day if they do.
void in_order(std::vector<Piece>& pieces) {
    const auto by_day = [](const Piece& a, const Piece& b) { return a.day < b.day; };
    if (!std::is_sorted(pieces.begin(), pieces.end(), by_day)) {
        std::stable_sort(pieces.begin(), pieces.end(), by_day);
    }
    for (auto first = pieces.begin(); first != pieces.end();) {
        const auto next = std::find_if(first, pieces.end(), [&](const Piece& one) { return one.day != first->day; });
        std::sort(first, next);
        first = next;
    }
}

// `pieces` of one person and product, sorted.
void add_rows(const UseGroup& group, const std::vector<Piece>& pieces, std::vector<UseDay>& days) {
    const Piece* last = nullptr;
    std::int64_t covered_to = 0;
    for (const auto& piece : pieces) {
        if (last == nullptr || last->place() != piece.place()) {
            UseDay row;
            row.day = static_cast<std::int32_t>(piece.day);
            row.word = group.word;
            row.person = group.person;
            row.device = piece.device;
            row.release = piece.release;
            row.automation = piece.automation;
            row.first_stay = piece.stay;
            days.push_back(row);
            covered_to = piece.span.from;
        }
        UseDay& row = days.back();
        row.starts += piece.starts ? 1 : 0;
        row.automation = row.automation && piece.automation;
        row.first_stay = std::min(row.first_stay, piece.stay);
        const auto more = std::max<std::int64_t>(0, piece.span.to - std::max(piece.span.from, covered_to));
        row.seconds = static_cast<std::int32_t>(row.seconds + more) & 0x3FFFFFFF; // at most those of a day
        covered_to = std::max(covered_to, piece.span.to);
        last = &piece;
    }
}

// A use that lies on one day.
struct Short {
    Span live;
    std::uint32_t stay = 0;
};

// Most people use a product day after day, begin after begin, known to the second. False: these do not.
bool take_short(const Facts& facts, const UseGroup& group, std::vector<Short>& uses) {
    const Stays& stays = facts.stays;
    uses.clear();
    for (const auto index : facts.indices_of(group)) {
        if (!stays.kind(index).is_use()) {
            continue;
        }
        const Span live = stays.lower(index);
        const std::int64_t end = std::max(live.to, live.from);
        const bool is_short = end <= live.from + 1 || text::day_of(end - 1) == text::day_of(live.from);
        if (!is_short || !stays.is_exact(index) || (!uses.empty() && live.from < uses.back().live.from)) {
            return false;
        }
        uses.push_back({{live.from, end}, index});
    }
    return true;
}

// The rows of one person and product from short uses in order of start. A day has few rows, so none is sorted for.
class RowsOfDay {
public:
    RowsOfDay(const UseGroup& group, std::vector<UseDay>& days) : group_(group), days_(days), first_(days.size()) {}

    void add(const Stays& stays, const Short& use) {
        if (use.live.from >= until_) {
            settle();
            until_ = (text::day_of(use.live.from) + 1) * text::seconds_per_day;
        }
        const StayKind& kind = stays.kind(use.stay);
        const std::size_t at = row_of(stays.device(use.stay), kind.release, use);
        UseDay& row = days_[first_ + at];
        ++row.starts;
        row.automation = row.automation && kind.session->automation;
        const auto more = std::max<std::int64_t>(0, use.live.to - std::max(use.live.from, covered_[at]));
        row.seconds = static_cast<std::int32_t>(row.seconds + more) & 0x3FFFFFFF; // at most those of a day
        covered_[at] = std::max(covered_[at], use.live.to);
    }

    // The day is over.
    void settle() {
        std::sort(days_.begin() + static_cast<std::ptrdiff_t>(first_), days_.end(),
                  [](const UseDay& a, const UseDay& b) {
                      return std::pair(a.device, a.release) < std::pair(b.device, b.release);
                  });
        first_ = days_.size();
        covered_.clear();
    }

private:
    std::size_t row_of(std::uint32_t device, unsigned release, const Short& use) {
        for (std::size_t at = 0; at < covered_.size(); ++at) {
            if (days_[first_ + at].device == device && days_[first_ + at].release == release) {
                return at;
            }
        }
        UseDay row;
        row.day = static_cast<std::int32_t>(until_ / text::seconds_per_day - 1);
        row.word = group_.word;
        row.person = group_.person;
        row.device = device;
        row.release = release;
        row.automation = true;
        row.first_stay = use.stay;
        days_.push_back(row);
        covered_.push_back(use.live.from);
        return covered_.size() - 1;
    }

    const UseGroup& group_;
    std::vector<UseDay>& days_;
    std::size_t first_;                                             // row of the day
    std::int64_t until_ = std::numeric_limits<std::int64_t>::min(); // where the day ends
    std::vector<std::int64_t> covered_;                             // until when, of each row of the day
};

std::vector<UseDay> days_of(const Facts& facts, std::span<const UseGroup> groups) {
    std::vector<Piece> pieces;
    std::vector<Short> uses;
    std::vector<UseDay> days;
    for (const auto& group : groups) {
        if (take_short(facts, group, uses)) {
            RowsOfDay rows(group, days);
            for (const auto& use : uses) {
                rows.add(facts.stays, use);
            }
            rows.settle();
            continue;
        }
        pieces.clear();
        for (const auto index : facts.indices_of(group)) {
            if (facts.stays.kind(index).is_use()) {
                cut(facts.stays, index, pieces);
            }
        }
        in_order(pieces);
        add_rows(group, pieces, days);
    }
    return days;
}

} // namespace

// A few groups at a time, then one after the other into a place of just their size.
std::vector<UseDay> use_days(const Facts& facts) {
    constexpr std::size_t groups_a_part = 64;
    const std::span<const UseGroup> all = facts.groups();
    std::vector<std::vector<UseDay>> parts((all.size() + groups_a_part - 1) / groups_a_part);
    ledger::in_parallel(parts.size(), [&](std::size_t i) {
        const std::size_t first = i * groups_a_part;
        parts[i] = days_of(facts, all.subspan(first, std::min(groups_a_part, all.size() - first)));
    });
    std::size_t size = 0;
    for (const auto& part : parts) {
        size += part.size();
    }
    std::vector<UseDay> days;
    days.reserve(size);
    for (auto& part : parts) {
        days.insert(days.end(), part.begin(), part.end());
        std::vector<UseDay>().swap(part);
    }
    return days;
}

std::pair<const UseDay*, const UseDay*> Facts::days_of(std::uint32_t person) const {
    UseDay wanted;
    wanted.person = person;
    const auto range = std::equal_range(days.begin(), days.end(), wanted,
                                        [](const UseDay& a, const UseDay& b) { return a.person < b.person; });
    return {days.data() + (range.first - days.begin()), days.data() + (range.second - days.begin())};
}

std::pair<const UseDay*, const UseDay*> Facts::days_of(std::uint32_t person, std::uint32_t word) const {
    UseDay wanted;
    wanted.person = person;
    wanted.word = word;
    const auto range = std::equal_range(days.begin(), days.end(), wanted, [](const UseDay& a, const UseDay& b) {
        return std::tie(a.person, a.word) < std::tie(b.person, b.word);
    });
    return {days.data() + (range.first - days.begin()), days.data() + (range.second - days.begin())};
}

} // namespace tally::count
