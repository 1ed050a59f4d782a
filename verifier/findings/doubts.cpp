// R-NAMES: findings that rest on what somebody did not do, or is not listed for, where he may bear another name.
#include "verifier/findings/judge.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace tally::findings {
namespace {

constexpr std::array not_used = {Code::dormant_user,         Code::dormant_seat, Code::low_freq,
                                 Code::single_in_collection, Code::low_adoption, Code::group_broad};
constexpr std::array not_listed = {Code::use_unassigned, Code::contractor_unassigned, Code::unknown_account};

template <std::size_t size>
bool is_among(const std::array<Code, size>& codes, Code code) {
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

// People by the ways in which they are known: all of one kind may be the same ones as somebody, or none of them.
struct Kind {
    std::uint32_t one = count::nobody, other = count::nobody; // two of them, where there are
    std::set<std::int64_t> days;                              // on which any of them used something
    void add(std::uint32_t person) {
        one = one == count::nobody ? person : one;
        other = person != one ? person : other;
    }
    [[nodiscard]] bool may_be(const Facts& facts, std::uint32_t person) const {
        return (one != person && facts.people.may_be_one(one, person)) ||
               (other != count::nobody && other != person && facts.people.may_be_one(other, person));
    }
};

class Doubts {
public:
    explicit Doubts(const Facts& facts) : facts_(&facts) {
        for (const auto& row : facts.days) {
            if (const auto& ways = facts.people.of(row.person); !ways.empty()) {
                Kind& kind = used_[ways];
                kind.add(row.person);
                kind.days.insert(row.day);
            }
        }
        for (std::uint32_t person = 1; person < facts.persons.size(); ++person) {
            if (const auto& ways = facts.people.of(person); !ways.empty()) {
                add_listed(person, ways);
            }
        }
    }

    [[nodiscard]] bool used_otherwise(std::uint32_t person, const Span& when) const {
        const std::int64_t from = text::day_of(when.from);
        return std::any_of(used_.begin(), used_.end(), [&](const auto& entry) {
            const auto day = entry.second.days.lower_bound(from);
            return day != entry.second.days.end() && *day * text::seconds_per_day < when.to &&
                   entry.second.may_be(*facts_, person);
        });
    }
    [[nodiscard]] bool listed_otherwise(std::uint32_t person, Code code) const {
        const auto& kinds = code == Code::unknown_account ? in_directory_ : assigned_;
        return std::any_of(kinds.begin(), kinds.end(),
                           [&](const auto& entry) { return entry.second.may_be(*facts_, person); });
    }

private:
    using Kinds = std::map<std::vector<std::uint32_t>, Kind>; // by ways

    void add_listed(std::uint32_t person, const std::vector<std::uint32_t>& ways) {
        if (facts_->persons[person].in_directory()) {
            in_directory_[ways].add(person);
        }
        if (!facts_->assignments_of[person].empty()) {
            assigned_[ways].add(person);
        }
    }

    const Facts* facts_;
    Kinds used_, in_directory_, assigned_;
};

void doubt(Finding& finding, std::string reason) {
    finding.certainty = Certainty::possible;
    if (finding.severity == Severity::breach) {
        finding.severity = Severity::signal;
        finding.exposure.reset();
        finding.cure.reset();
        finding.parts.clear();
        finding.currency = finding.saving ? finding.currency : "";
    }
    finding.details.emplace_back("possible because", std::move(reason));
}

std::vector<std::uint32_t> people_of(const Facts& facts, const Finding& finding) {
    std::vector<std::uint32_t> people;
    for (const auto& name : finding.persons) {
        people.push_back(facts.person(name));
    }
    if (!finding.person.empty()) {
        people.push_back(facts.person(finding.person));
    }
    return people;
}

} // namespace

void doubt_names(const Facts& facts, Outcome& outcome) {
    if (!facts.people.is_mixed()) {
        return;
    }
    const Doubts doubts(facts);
    for (auto& finding : outcome.findings) {
        const bool unused = is_among(not_used, finding.code);
        if (!unused && !is_among(not_listed, finding.code)) {
            continue;
        }
        const auto people = people_of(facts, finding);
        const auto doubtful = std::count_if(people.begin(), people.end(), [&](std::uint32_t person) {
            return unused ? doubts.used_otherwise(person, finding.when) : doubts.listed_otherwise(person, finding.code);
        });
        if (doubtful == 0) {
            continue;
        }
        if (finding.code == Code::low_adoption) {
            finding.quantity.upper += doubtful;
        }
        doubt(finding, unused ? "use under a name of another way may be theirs (PSEUDONYM_EPOCH)"
                              : "somebody listed under a name of another way may be the same person (PSEUDONYM_EPOCH)");
    }
}

} // namespace tally::findings
