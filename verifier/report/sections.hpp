// The sections of the page, each the inside of one <section>; empty states say what is missing and what to do.
#pragma once

#include "verifier/report/page.hpp"

namespace tally::report {

// Says that there is nothing to show, and why; takes HTML that is already safe.
[[nodiscard]] inline std::string none(std::string_view words) {
    return "<p class=\"none\">" + std::string(words) + "</p>\n";
}

// For the head of the page.
[[nodiscard]] std::string verdict(const Subject& subject);
[[nodiscard]] std::string tiles(const Subject& subject);

[[nodiscard]] std::string overview_section(const Subject& subject);
[[nodiscard]] std::string position_section(const Subject& subject);
[[nodiscard]] std::string four_ways_section(const Subject& subject);
[[nodiscard]] std::string concurrency_section(const Subject& subject);
[[nodiscard]] std::string users_section(const Subject& subject);
[[nodiscard]] std::string tokens_section(const Subject& subject);
[[nodiscard]] std::string seats_section(const Subject& subject);
[[nodiscard]] std::string insights_section(const Subject& subject);
[[nodiscard]] std::string renewal_section(const Subject& subject);
[[nodiscard]] std::string requests_section(const Subject& subject);
[[nodiscard]] std::string vendor_section(const Subject& subject);
[[nodiscard]] std::string coverage_section(const Subject& subject);
[[nodiscard]] std::string inputs_section(const Subject& subject);
[[nodiscard]] std::string findings_section(const Subject& subject);
[[nodiscard]] std::string definitions_section(const Subject& subject);

// How a position is judged, for people: class of the chip and words.
struct Verdict {
    std::string_view chip, words;
};
[[nodiscard]] Verdict verdict_of(const findings::Position& position);
[[nodiscard]] std::string_view chip_of(const findings::Finding& finding);

} // namespace tally::report
