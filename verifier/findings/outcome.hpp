// What reconciling gives: plain data for the command line, the report and `explain`. Every count is a pair: lower is
// proved by the records, upper is what they cannot rule out (R-TIME). Texts are as recorded, not escaped for anything.
#pragma once

#include "tally/text/decimal.hpp"
#include "verifier/count/facts.hpp"
#include "verifier/findings/advice.hpp"
#include "verifier/findings/calculation.hpp"
#include "verifier/findings/insights.hpp"
#include "verifier/findings/watched.hpp"
#include "verifier/inputs/joins.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::findings {

using count::Bounds;
using count::Curve;
using count::Episode;
using count::Persistence;
using count::RecordRef;
using count::Span;
using count::Step;
using inputs::RowRef;

// In the order in which a report lists them. Names, rules and usual severity: finding.cpp.
enum class Code : std::uint8_t {
    sustained_over,
    over_peak,
    served_exceeds_bought,
    denials,
    over_assigned,
    over_assigned_expired,
    device_over,
    perp_over,
    token_short,
    use_after_leaving,
    out_of_territory,
    out_of_scope_product,
    expired_use,
    edu_commercial,
    contractor_unassigned,
    unknown_account,
    use_unassigned,
    version_newer,
    edition_above,
    version_old,
    feature_unentitled,
    multi_host,
    too_many_devices,
    shared_account,
    ghost,
    deprovision_late,
    group_broad,
    admin_left,
    admin_unapproved,
    admin_inactive,
    admin_too_many,
    billing_mismatch,
    dormant_user,
    dormant_seat,
    low_freq,
    single_in_collection,
    double_right,
    duplicate_tool,
    low_adoption,
    under_assigned,
    token_expired,
    token_forecast,
    token_uncertain,
    outlier_version,
    spike,
    entity,
    hosts_renamed,
    sources_disagree,
    pattern_break,
    coverage_gap,
    gap_at_high_use,
    host_silent,
    late,
    period_missing,
    nil_return,
    renewal_due,
    clock_step,
    pseudonym_epoch,
    unknown_code,
};
inline constexpr std::size_t codes = static_cast<std::size_t>(Code::unknown_code) + 1;
// breach: use or assignment beyond what was bought. signal: worth a look. waste: paid for and not used.
enum class Severity : std::uint8_t { breach, signal, waste, note };
// certain: also the favourable bound violates. possible: only the unfavourable one does.
enum class Certainty : std::uint8_t { certain, possible };

// What a reader looks for it under.
enum class Group : std::uint8_t { gap, identity, optimisation, signal, duty };

[[nodiscard]] std::string_view name(Code code);
[[nodiscard]] std::string_view title_of(Code code); // for people: "Use without assignment"
[[nodiscard]] Group group_of(Code code);
[[nodiscard]] std::string_view name(Severity severity);
[[nodiscard]] std::string_view name(Certainty certainty);
[[nodiscard]] std::string_view name(Persistence persistence);
using inputs::name;
[[nodiscard]] std::string_view rule_of(Code code);
[[nodiscard]] Severity severity_of(Code code); // as long as nothing lowers it

struct Finding {
    std::string id; // 12 hex digits; the same from run to run as long as the fact is the same
    Code code = Code::over_peak;
    Severity severity = Severity::breach;
    Certainty certainty = Certainty::certain;
    std::string agreement, line, product, subject;
    std::string person;               // whom it is about, as Person::name spells it; empty: nobody in particular
    std::vector<std::string> persons; // everybody it is about, where there are several
    Bounds quantity;
    std::string unit; // "seats", "days", "persons"
    Span when;
    std::optional<std::int64_t> since; // first instant of the fact, where `when` is only what it was judged over
    std::string_view rule;
    std::string text;                                         // one sentence without full stop
    std::string state;                                        // "open", "remedied", or "accepted" by a waiver
    std::vector<std::pair<std::string, std::string>> details; // numbers and reasons behind it, as name and text
    std::vector<std::string> links;                           // ids of findings that this one absorbed or belongs to
    std::string remedy;                                       // what to do, one sentence without full stop
    std::vector<RecordRef> records; // the first rules::evidence_kept of records_total, in order of time
    std::uint64_t records_total = 0;
    std::vector<RowRef> rows;
    std::string currency;                  // of the two amounts; empty when there are none
    std::optional<text::Decimal> exposure; // back period, by days
    std::optional<text::Decimal> cure;     // what must be bought now
    std::vector<AmountPart> parts;         // of the two, one after the other
    std::optional<text::Decimal> saving;   // a year, if the remedy is taken
};

// One line of what was bought, or several orders of the same product and metric under one agreement.
struct Position {
    std::string agreement, line, product, name;
    inputs::Metric metric = inputs::Metric::concurrent;
    std::vector<std::string> words; // product words the line covers
    std::int64_t quantity = 0;      // valid at as_of
    Bounds peak;                    // concurrent: claims; named: seats assigned
    std::int64_t peak_at = 0;
    Bounds at_end; // at as_of
    Bounds excess; // the most above what was valid at that instant
    Persistence persistence = Persistence::none;
    std::vector<Episode> episodes; // above the quantity, by the lower curve
    std::int64_t seconds_above = 0;
    std::uint64_t claims = 0;       // sessions counted; 0: the records hold no claim of it
    Bounds use_peak;                // concurrent: of the programs that ran, beside the claims
    std::int64_t held_unused_s = 0; // concurrent: claim-seconds without a program that runs: borrowed, lingering
    Bounds users;                   // distinct in the period: as written is upper, case folded is lower
    std::vector<Step> allowed;
    count::Steps lower, upper;
    std::string currency;
    std::optional<text::Decimal> list_price;
    std::vector<RowRef> rows;
};

// The same records counted four ways (R-CONC), peak of each; as written: each spelling of a user is somebody.
struct FourWays {
    std::string product, name;
    std::int64_t all_lines = 0, package_lines = 0, clients = 0, clients_least = 0, users = 0, users_as_written = 0;
    std::uint64_t sessions = 0;
};

// One product as seen in the records, whether bought or not.
struct ProductUse {
    std::string product, name;
    std::uint64_t sessions = 0;
    Bounds claims_peak, use_peak;
    std::int64_t use_peak_at = 0;
    Bounds users; // distinct
    std::uint64_t clients = 0, clients_least = 0;
};

struct ProductDay {
    std::string product;
    std::int64_t day = 0;
    std::int64_t claims_peak = 0, use_peak = 0; // lower
    std::uint64_t users = 0, starts = 0, users_least = 0;
};

struct UserUse {
    std::string user, product;
    std::uint64_t sessions = 0, clients = 0, clients_least = 0;
    Bounds days;              // days used, by 24-hour windows
    std::int64_t seconds = 0; // live on at least one client, lower
    std::int64_t first = 0, last = 0;
};

enum class RequestEnd : std::uint8_t { retried, lost, granted, left, waiting, unsupported };
[[nodiscard]] std::string_view name(RequestEnd end);

struct Request {
    std::int64_t at = 0;
    std::string verb, product, user, client;
    std::uint32_t count = 1;
    RequestEnd end = RequestEnd::lost;
    std::optional<std::int64_t> waited_s; // of a queue
    RecordRef record;
};

struct TokenCharge { // by one window, result or day of use, from a pool (R-TOKEN)
    std::string person, product;
    std::int64_t at = 0;
    Bounds tokens;    // lower 0: the records do not prove it
    std::string pool; // its label: the line, else the pool's name
    std::string pack; // packs it is taken from, joined by "+"; "short" for what none was left for
    RecordRef record;
};

struct TokenPackUse { // one pack of a pool after all charges up to as_of
    std::string agreement, pool, pack;
    std::int64_t tokens = 0, start_day = 0, end_day = 0;
    Bounds used, left; // `left` is lost where end_day is over
};

struct Outcome {
    std::string rules;                // version of the rule pack, and what was assumed instead of it
    std::vector<std::string> what_if; // changes that were assumed; then the result is never stored
    Span observed;                    // from the first to the last dated event, or to as_of
    Span period;                      // of the review, ends at as_of
    std::int64_t as_of = 0;           // instant up to which everything was counted
    std::uint64_t sessions = 0, sessions_open = 0;
    std::vector<Position> positions;
    std::vector<FourWays> four_ways;
    std::vector<ProductUse> products;
    std::vector<ProductDay> days;
    std::vector<UserUse> users;
    std::vector<Request> requests;
    std::vector<TokenCharge> charges;
    std::vector<TokenPackUse> packs;
    Watched watched;
    Advice advice;
    Insights insights;
    std::vector<Finding> findings; // worst first
    std::vector<Finding> absorbed; // told by a stronger finding of the same fact, whose links name them (R-PRECEDENCE)
    std::vector<inputs::Join> joins;                                   // names that stand on one side only
    std::vector<std::string> assigned_never_seen, used_never_assigned; // people; the second only for named lines
    bool over_entitlement = false; // a certain finding says that use or assignment exceeds what was bought
};

// As it stands in every JSON that holds findings.
[[nodiscard]] std::string to_json(const Finding& finding);

} // namespace tally::findings
