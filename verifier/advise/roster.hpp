// The seats that are held and paid for at as_of, with what each is for. Only for this stage.
#pragma once

#include "verifier/advise/advise.hpp"
#include "verifier/count/seats.hpp"
#include "verifier/findings/money.hpp"

namespace tally::advise {

using count::PersonUse;
using count::Seat;
using count::Sight;
using inputs::Day;
using text::Decimal;

struct Roster {
    explicit Roster(const Facts& facts);

    const Facts* facts;
    PersonUse use;
    std::vector<std::vector<std::uint32_t>> words; // by pool: products whose use is use of a seat
    std::vector<Seat> seats;                       // of persons, in pools that are valid at as_of

    [[nodiscard]] const Pool& pool(const Seat& seat) const { return facts->pools[seat.pool]; }
    [[nodiscard]] Day today() const { return facts->as_of_day(); }
    [[nodiscard]] Day days_assigned(const Seat& seat) const { return today() - seat.assigned_day(); }
    [[nodiscard]] std::optional<SeatPrice> price(const Seat& seat) const;
    // Whether there are records or exports that reach back to that day.
    [[nodiscard]] bool reaches_back_to(Day day) const;
    // Sessions of people that start in the span, those closer than rules::merge_s counted once, as far as `enough`.
    // `connected_only`: on computers that reach the vendor.
    [[nodiscard]] std::int64_t sessions(std::uint32_t person, const std::vector<std::uint32_t>& of, const Span& span,
                                        std::int64_t enough, bool connected_only = false) const;
};

[[nodiscard]] Finding finding_of(const Roster& roster, const Seat& seat, Code code);

void judge_dormant(const Roster& roster, Outcome& outcome);     // DORMANT_USER, DORMANT_SEAT, Advice::seats
void judge_frequency(const Roster& roster, Outcome& outcome);   // LOW_FREQ
void judge_collections(const Roster& roster, Outcome& outcome); // SINGLE_IN_COLLECTION, DOUBLE_RIGHT
void judge_adoption(const Roster& roster, Outcome& outcome);    // LOW_ADOPTION
void judge_tools(const Facts& facts, Outcome& outcome);         // DUPLICATE_TOOL, OUTLIER_VERSION
void size_lines(const Facts& facts, Outcome& outcome);          // R-SIZING: Advice::sizes
void allot_lines(const Facts& facts, Outcome& outcome);         // R-IDLEUSER: Advice::allotments

} // namespace tally::advise
