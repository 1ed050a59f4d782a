// R-PRECEDENCE: of several findings of one fact the strongest stands, the others become links of it.
#include "verifier/findings/judge.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

namespace tally::findings {
namespace {

// Each from the strongest down.
constexpr std::array use_family = {Code::use_after_leaving,     Code::out_of_territory, Code::out_of_scope_product,
                                   Code::expired_use,           Code::edu_commercial,   Code::unknown_account,
                                   Code::contractor_unassigned, Code::use_unassigned,   Code::version_newer,
                                   Code::edition_above,         Code::version_old,      Code::feature_unentitled};
constexpr std::array seat_family = {
    Code::ghost,    Code::over_assigned_expired, Code::group_broad,  Code::dormant_user, Code::dormant_seat,
    Code::low_freq, Code::single_in_collection,  Code::double_right,
};
constexpr std::array over_family = {Code::sustained_over, Code::over_assigned, Code::over_assigned_expired,
                                    Code::device_over,    Code::perp_over,     Code::over_peak,
                                    Code::under_assigned};
constexpr std::array token_family = {Code::token_short, Code::token_forecast};

template <std::size_t size>
std::size_t rank(const std::array<Code, size>& family, Code code) {
    return static_cast<std::size_t>(std::find(family.begin(), family.end(), code) - family.begin());
}

std::set<std::string> people(const Finding& finding) {
    std::set<std::string> names(finding.persons.begin(), finding.persons.end());
    if (!finding.person.empty()) {
        names.insert(finding.person);
    }
    return names;
}

bool same_agreement(const Finding& a, const Finding& b) {
    return a.agreement.empty() || b.agreement.empty() || a.agreement == b.agreement;
}

bool same_line(const Finding& a, const Finding& b) { return same_agreement(a, b) && a.line == b.line; }

bool share_a_record(const Finding& a, const Finding& b) {
    return std::any_of(a.records.begin(), a.records.end(), [&](const RecordRef& one) {
        return std::any_of(b.records.begin(), b.records.end(),
                           [&](const RecordRef& other) { return one.log == other.log && one.seq == other.seq; });
    });
}

// The same uses of one product.
bool same_use(const Finding& strong, const Finding& weak) {
    return strong.product == weak.product && share_a_record(strong, weak);
}

// The same seats: everybody of the weaker one, on its line. Who has left or uses nothing at all gives back every seat;
// and of two ways to give back one of two seats only the better one can be taken.
bool same_seats(const Finding& strong, const Finding& weak) {
    const auto those = people(weak);
    const auto all = people(strong);
    if (weak.code == Code::group_broad || those.empty() ||
        !std::includes(all.begin(), all.end(), those.begin(), those.end())) {
        return false;
    }
    if (strong.code == Code::group_broad) {
        return weak.code == Code::dormant_user ||
               (weak.code == Code::dormant_seat && (strong.line.empty() || same_line(strong, weak)));
    }
    const bool whole_person = strong.code == Code::ghost || strong.code == Code::dormant_user;
    const bool either_or = strong.code == Code::single_in_collection && weak.code == Code::double_right;
    return whole_person || either_or ? same_agreement(strong, weak) : same_line(strong, weak);
}

// Peaks of one line: the sustained one tells of all; and a line that is exceeded has no free seats. Assignments beside
// claims, devices beside perpetual rights are facts of their own.
bool same_excess(const Finding& strong, const Finding& weak) {
    const bool peaks = strong.code == Code::sustained_over && weak.code == Code::over_peak;
    return (peaks || weak.code == Code::under_assigned) && same_line(strong, weak);
}

bool same_tokens(const Finding& strong, const Finding& weak) {
    return same_line(strong, weak) && strong.subject == weak.subject;
}

class Precedence {
public:
    explicit Precedence(std::vector<Finding>& findings) : findings_(&findings), over_(findings.size(), none) {}

    // Of each family the findings that `key` brings together are compared with each other.
    template <std::size_t size, class Key, class Same>
    void settle(const std::array<Code, size>& family, Key keys_of, Same same) {
        std::map<std::string, std::vector<std::size_t>> groups;
        for (std::size_t i = 0; i < findings_->size(); ++i) {
            if (rank(family, at(i).code) < size) {
                for (const auto& key : keys_of(at(i))) {
                    groups[key].push_back(i);
                }
            }
        }
        for (auto& [key, group] : groups) {
            std::stable_sort(group.begin(), group.end(), [&](std::size_t a, std::size_t b) {
                return rank(family, at(a).code) < rank(family, at(b).code);
            });
            for (std::size_t weak = 1; weak < group.size(); ++weak) {
                for (std::size_t strong = 0; strong < weak && over_[group[weak]] == none; ++strong) {
                    const bool stronger = at(group[strong]).code != at(group[weak]).code &&
                                          at(group[strong]).certainty <= at(group[weak]).certainty;
                    if (stronger && same(at(group[strong]), at(group[weak]))) {
                        over_[group[weak]] = group[strong];
                    }
                }
            }
        }
    }

    // Takes out what is absorbed; its name becomes a link of what stands in the end.
    [[nodiscard]] std::vector<Finding> take_absorbed() {
        for (std::size_t i = 0; i < over_.size(); ++i) {
            if (over_[i] != none) {
                std::size_t top = over_[i];
                while (over_[top] != none) {
                    top = over_[top];
                }
                at(top).links.push_back(at(i).id);
            }
        }
        std::vector<Finding> absorbed, standing;
        for (std::size_t i = 0; i < over_.size(); ++i) {
            (over_[i] == none ? standing : absorbed).push_back(std::move(at(i)));
        }
        *findings_ = std::move(standing);
        return absorbed;
    }

private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    Finding& at(std::size_t i) { return (*findings_)[i]; }
    std::vector<Finding>* findings_;
    std::vector<std::size_t> over_; // of each finding the one that absorbs it
};

std::vector<std::string> by_record(const Finding& finding) {
    std::set<std::string> keys;
    for (const auto& record : finding.records) {
        keys.insert(record.log + '\n' + std::to_string(record.seq));
    }
    return {keys.begin(), keys.end()};
}

std::vector<std::string> by_person(const Finding& finding) {
    const auto names = people(finding);
    return {names.begin(), names.end()};
}

std::vector<std::string> by_line(const Finding& finding) { return {finding.line}; }

// Findings that stand beside each other and belong together name each other.
void link(Outcome& outcome, Code one, Code other, bool by_person_too) {
    std::map<std::string, std::vector<Finding*>> others;
    const auto keys_of = [&](const Finding& finding) { return by_person_too ? by_person(finding) : by_line(finding); };
    for (auto& finding : outcome.findings) {
        if (finding.code == other) {
            for (const auto& key : keys_of(finding)) {
                others[key].push_back(&finding);
            }
        }
    }
    for (auto& finding : outcome.findings) {
        if (finding.code != one) {
            continue;
        }
        std::set<Finding*> linked;
        for (const auto& key : keys_of(finding)) {
            for (auto* beside : others[key]) {
                if (same_agreement(finding, *beside) && linked.insert(beside).second) {
                    finding.links.push_back(beside->id);
                    beside->links.push_back(finding.id);
                }
            }
        }
    }
}

} // namespace

void settle_precedence(Outcome& outcome) {
    Precedence precedence(outcome.findings);
    precedence.settle(use_family, by_record, same_use);
    precedence.settle(seat_family, by_person, same_seats);
    precedence.settle(over_family, by_line, same_excess);
    precedence.settle(token_family, by_line, same_tokens);
    for (auto& finding : precedence.take_absorbed()) {
        outcome.absorbed.push_back(std::move(finding));
    }
    link(outcome, Code::use_after_leaving, Code::ghost, true);
    link(outcome, Code::expired_use, Code::over_assigned_expired, true);
    link(outcome, Code::low_adoption, Code::dormant_seat, false);
    for (auto& finding : outcome.findings) {
        std::sort(finding.links.begin(), finding.links.end());
        finding.links.erase(std::unique(finding.links.begin(), finding.links.end()), finding.links.end());
    }
}

} // namespace tally::findings
