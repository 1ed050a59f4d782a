// Collects findings while a bundle is checked. However many there are of one code, a bounded number is listed; the
// rest is counted in one more finding, so that a hostile bundle can neither fill the memory nor bury its worst.
#pragma once

#include "verifier/check/finding.hpp"

#include <array>
#include <utility>

namespace tally::check {

inline constexpr std::size_t max_listed = 64; // of one code and severity

class Findings {
public:
    Finding& add(Finding finding) {
        auto& count = counts_[static_cast<std::size_t>(finding.code)][static_cast<std::size_t>(finding.severity)];
        if (++count > max_listed) {
            return unlisted_ = std::move(finding);
        }
        return list_.emplace_back(std::move(finding));
    }
    // About the file as a whole; more is filled in by the caller.
    Finding& add(Code code, std::string text) { return add(code, usual_severity(code), std::move(text)); }
    Finding& add(Code code, Severity severity, std::string text) {
        return add(Finding{code, severity, "", std::nullopt, "", std::nullopt, std::nullopt, std::move(text)});
    }
    void count_unlisted(Code code, std::uint64_t more) {
        counts_[static_cast<std::size_t>(code)][static_cast<std::size_t>(usual_severity(code))] += more;
    }
    [[nodiscard]] bool refused() const { return verdict_of(list_) == Verdict::rejected; }

    // The list, ended by one finding for each code of which not all are listed.
    [[nodiscard]] std::vector<Finding> finish() {
        for (std::size_t code = 0; code < code_count; ++code) {
            for (std::size_t severity = 0; severity < 3; ++severity) {
                std::uint64_t listed = 0;
                for (const auto& finding : list_) {
                    listed += static_cast<std::size_t>(finding.code) == code &&
                              static_cast<std::size_t>(finding.severity) == severity;
                }
                if (counts_[code][severity] > listed) {
                    list_.push_back({static_cast<Code>(code), static_cast<Severity>(severity), "", std::nullopt, "",
                                     std::nullopt, std::nullopt,
                                     "and " + std::to_string(counts_[code][severity] - listed) + " more of this kind"});
                }
            }
        }
        return std::move(list_);
    }

private:
    std::vector<Finding> list_;
    Finding unlisted_;
    std::array<std::array<std::uint64_t, 3>, code_count> counts_{};
};

} // namespace tally::check
