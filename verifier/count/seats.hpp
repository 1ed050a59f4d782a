// Who holds which named seat when, and what is known of a person's use of what the seat is for (R-NAMED, R-IDLEUSER).
// Use of batch programs counts for nobody; what the connected side exported counts beside the records. Where an end is
// not known the two bounds differ. Judges nothing.
#pragma once

#include "verifier/count/facts.hpp"
#include "verifier/count/holes.hpp"

namespace tally::count {

// One assignment, or the part of it that falls to one pool. Not bounded by the observed time.
struct Seat {
    const inputs::Assignment* row = nullptr;
    std::uint32_t person = nobody;
    std::size_t pool = 0; // index into Facts::pools, of named users
    Span lower, upper;    // [assigned, unassigned)
    [[nodiscard]] std::int64_t assigned_day() const;
    [[nodiscard]] bool held_at(std::int64_t at) const { return upper.has(at); }
};

// By pool, then in the order of the input. A row that names a line falls to that line's pool; one that names a product
// to the first pool of it that is valid at the instant, where none is to the one that ended last.
[[nodiscard]] std::vector<Seat> seats_of(const Facts& facts);
// Products whose use is use of a seat of the pool: its own, and what its collections contain.
[[nodiscard]] std::vector<std::uint32_t> seat_words(const Facts& facts, const Pool& pool);
// Whether somebody is still there on the day after the last that counts: an entry that has not left and is enabled.
// Whoever is in no directory is taken to be there.
[[nodiscard]] bool is_there(const Facts& facts, const Person& person);
// [first of the month `back` complete months before as_of, first of the month of as_of), UTC seconds.
[[nodiscard]] Span complete_months(const Facts& facts, std::int64_t back);

// How well a person's computers were watched. lost: one of them has not been heard of for rules::silent_days.
enum class Sight : std::uint8_t { clear, clouded, lost };

class PersonUse {
public:
    explicit PersonUse(const Facts& facts);
    using Words = std::vector<std::uint32_t>;

    // Last day of proved use of one of the words, exports included; nothing: never.
    [[nodiscard]] std::optional<inputs::Day> last(std::uint32_t person, const Words& words) const;
    // The same with every end as late as the records allow; never before last().
    [[nodiscard]] std::optional<inputs::Day> last_possible(std::uint32_t person, const Words& words) const;
    // Of the whole vendor; a product of which no vendor is known counts as his.
    [[nodiscard]] Words words_of_vendor(std::uint32_t person, const std::string& vendor) const;
    // Which of the words were used in the span, by day.
    [[nodiscard]] Words used(std::uint32_t person, const Words& words, const Span& span) const;
    [[nodiscard]] Sight sight(std::uint32_t person, const Span& span) const;
    [[nodiscard]] std::vector<const inputs::ExportedUse*> exports(std::uint32_t person, const Words& words) const;

private:
    [[nodiscard]] std::vector<std::uint32_t> logs_of(std::uint32_t person, inputs::Day from) const;
    const Facts* facts_;
    Holes holes_;
    std::unordered_map<std::uint32_t, std::vector<const inputs::ExportedUse*>> exports_; // by person
    std::unordered_map<std::uint32_t, std::vector<const ledger::Unobserved*>> dark_;     // by log
    std::unordered_map<std::uint32_t, std::int64_t> heard_;                              // by log, UTC seconds
};

} // namespace tally::count
