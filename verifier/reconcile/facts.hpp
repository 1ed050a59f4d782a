// The records and the inputs, prepared once for every count: product words, one id for each person, intervals clipped
// to the observed time, and entitlement lines joined into pools.
#pragma once

#include "verifier/reconcile/product.hpp"
#include "verifier/reconcile/reconcile.hpp"

#include <array>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace tally::reconcile {

// A session with both its bounds (R-TIME). `word` and `package_word` index Facts::words; package_word 0: no package.
struct Stay {
    const ledger::Session* session = nullptr;
    std::uint32_t word = 0, package_word = 0, person = 0, folded = 0;
    unsigned release = 0; // of a package: of the component taken with it
    Family family = Family::generic;
    Span lower, upper;               // either may be empty
    std::size_t claims_in = no_pool; // index into Facts::pools
    static constexpr std::size_t no_pool = static_cast<std::size_t>(-1);
    [[nodiscard]] bool is_claim() const { return session->layer != ledger::Layer::component; }
    [[nodiscard]] bool is_use() const { return session->layer != ledger::Layer::package; }
};

// Lines of one agreement, metric and product: their quantities add up day by day.
struct Pool {
    std::vector<const ledger::Entitlement*> lines;
    std::vector<std::string> words; // sorted
    std::string label;              // line ids joined by "+"
    std::vector<Step> allowed;      // quantity by time; 0 where no line is valid
    std::vector<Step> tested;       // the same, unlimited where no line is valid: that is EXPIRED_USE, not a peak
    [[nodiscard]] const ledger::Entitlement& first() const { return *lines.front(); }
    [[nodiscard]] bool covers(const std::string& word) const;
    [[nodiscard]] bool valid_on(std::int64_t day) const;
    [[nodiscard]] bool ended_before(std::int64_t day) const; // it had started, and no line is valid any more
    // The line whose price holds on that day; the first one when none is valid.
    [[nodiscard]] const ledger::Entitlement& priced_on(std::int64_t day) const;
};

// Small numbers for tuples, in order of first sight.
class Keys {
public:
    std::uint32_t id(const std::array<std::uint32_t, 4>& key) {
        return ids_.try_emplace(key, static_cast<std::uint32_t>(ids_.size())).first->second;
    }
    [[nodiscard]] std::size_t size() const { return ids_.size(); }

private:
    std::map<std::array<std::uint32_t, 4>, std::uint32_t> ids_;
};

struct Facts {
    const ledger::Usage* usage = nullptr;
    const ledger::Inputs* inputs = nullptr;
    Options options;
    Span observed;
    std::int64_t as_of = 0;
    std::vector<std::string> words;   // index 0 is ""
    std::vector<std::string> persons; // one spelling of each, by the option; index 0 is ""
    std::vector<Stay> stays;          // by start
    std::vector<Pool> pools;          // by agreement, line

    [[nodiscard]] std::string display_name(const std::string& word) const; // from the inputs, else the word
    [[nodiscard]] RecordRef start_of(const Stay& stay) const;
};

[[nodiscard]] Facts prepare(const ledger::Usage& usage, const ledger::Inputs& inputs, const Options& options);

// How a name is compared: as the option says.
[[nodiscard]] std::string person_key(const Facts& facts, const std::string& user);
// Whether the assignment is to a product of the pool: by product word, product, name or line, without case.
[[nodiscard]] bool assigned_from(const Pool& pool, const ledger::Assignment& row);

// The key a session counts under (R-CONC), as claim and as use: computer, person, product or package, and with
// Autodesk codes the release.
[[nodiscard]] std::array<std::uint32_t, 4> count_key(const Stay& stay);

struct CurvePair {
    Curve lower, upper;
};
// Both curves of these stays. The upper one ends intervals a second later: what a clock of whole seconds cannot rule out.
[[nodiscard]] CurvePair curves_of(const Facts& facts, const std::vector<const Stay*>& stays);

// Days used by one person of one product (R-WINDOW); `stays` are of that person and product.
[[nodiscard]] Bounds days_used(std::vector<const Stay*> stays);

// What a position says of its lines, before anything is counted; and a finding about it.
void describe(Position& position, const Facts& facts, const Pool& pool);
[[nodiscard]] Finding finding_about(const Position& position);

// Counts, each filling its part of the outcome.
void count_concurrent(const Facts& facts, Outcome& outcome);
void count_named(const Facts& facts, Outcome& outcome);
void judge_use(const Facts& facts, Outcome& outcome);
void fill_tables(const Facts& facts, Outcome& outcome);
void fill_requests(const Facts& facts, Outcome& outcome);

// Gives the finding its identity and keeps the evidence bounded (R-PRECEDENCE).
void add_finding(Outcome& outcome, Finding finding);

} // namespace tally::reconcile
