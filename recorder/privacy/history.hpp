// Under which rules the names of a log were written: what its `policy` and `consent` lines tell (docs/formats/record.md).
// Follows from the lines alone; holds no secret.
#pragma once

#include "tally/line/parse.hpp"
#include "tally/line/write.hpp"
#include "tally/pseudonym/privacy.hpp"
#include "tally/pseudonym/pseudonym.hpp"

#include <string>
#include <vector>

namespace tally::privacy {

// One way of spelling names, but for the alias table.
struct Regime {
    std::array<pseudonym::Rule, pseudonym::field_count> rules{};
    pseudonym::Consent consent = pseudonym::Consent::not_required;
    std::uint64_t epoch = 0; // 0: in clear, without a policy

    bool operator==(const Regime&) const = default;
};

class History {
public:
    // A line of the log, in order. True when it told something.
    bool see(std::string_view line);

    // Distinct, in the order in which they came; in clear is among them when names stood so before the first policy.
    [[nodiscard]] const std::vector<Regime>& regimes() const { return regimes_; }
    [[nodiscard]] bool has_policy() const { return !digest_.empty(); }
    [[nodiscard]] pseudonym::Given consent() const { return consent_; }
    // Whether the last `policy` line tells of this policy in this epoch.
    [[nodiscard]] bool is_in_force(const pseudonym::Privacy& privacy) const;

private:
    void add(const Regime& regime);

    std::vector<Regime> regimes_;
    std::string digest_;
    std::uint64_t epoch_ = 0;
    pseudonym::Given consent_ = pseudonym::Given::no;
};

enum class Before : std::uint8_t { nothing, names_in_clear };
// The fields of a `policy` line, with the reading of `see`.
[[nodiscard]] line::Object policy_line(const pseudonym::Privacy& privacy, Before before);

enum class ConsentState : std::uint8_t { given, refused, withdrawn };
[[nodiscard]] std::string_view name_of(ConsentState state);
[[nodiscard]] line::Object consent_line(ConsentState state, std::string_view basis, std::uint64_t at_s);

} // namespace tally::privacy
