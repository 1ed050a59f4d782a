// The compliance calendar (docs/reference/rules.md, R-CALENDAR): eight activities of a licence team, what each is for,
// when it is due, and whether its output was made, from complete data or not. A pure function of inputs, the day and
// what was made; it counts nothing and stores nothing (produced.hpp keeps what was made).
#pragma once

#include "verifier/inputs/inputs.hpp"
#include "verifier/rules/values.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::review {

enum class Activity : std::uint8_t {
    user_audit,
    assignment_check,
    token_review,
    usage_export,
    group_review,
    admin_review,
    pre_audit,
    renewal_brief,
};
inline constexpr std::size_t activities = static_cast<std::size_t>(Activity::renewal_brief) + 1;
enum class Frequency : std::uint8_t { monthly, quarterly, yearly, before_renewal };

// `section`: of the vendor's account portal. `command`: makes the output.
struct AboutActivity {
    std::string_view word, name, section, objective, output, command;
    Frequency frequency = Frequency::monthly;
};
[[nodiscard]] const AboutActivity& about(Activity activity);
[[nodiscard]] std::string_view name(Frequency frequency);
[[nodiscard]] std::optional<Activity> activity_of(std::string_view word);

// An output that was made: of which data, by whom. Days count from 1970-01-01.
struct Produced {
    Activity activity = Activity::user_audit;
    std::int64_t last_day = 0;                    // the last day that it counts
    std::optional<std::int64_t> complete_through; // the last day of which everything was known; nothing: not known
    std::int64_t made = 0;                        // UTC seconds
    std::string who, digest, command;             // digest: SHA-256 of the output, hex
};

enum class Progress : std::uint8_t { upcoming, due, overdue, done, done_on_partial_data };
[[nodiscard]] std::string_view name(Progress progress);

// One period of one activity; of the two before renewals, one renewal of an agreement.
struct CalendarRow {
    Activity activity = Activity::user_audit;
    std::string period;            // "2026-01", "2026-Q1", "renewal 2026-06-20"
    std::string agreement, lines;  // of a renewal
    std::int64_t from = 0, to = 0; // days [from, to) that the output must count
    std::int64_t opens = 0, due = 0;
    Progress progress = Progress::upcoming;
    std::optional<Produced> produced;
};

// As seen on `today`: every month and quarter of this and of the last quarter that has begun, and every renewal ahead
// whose work has begun or is the next. Ordered by due day, then activity.
[[nodiscard]] std::vector<CalendarRow> calendar(const inputs::Inputs& inputs, const rules::Values& rules,
                                                std::int64_t today, const std::vector<Produced>& produced);
[[nodiscard]] bool anything_due(const std::vector<CalendarRow>& rows);

} // namespace tally::review
