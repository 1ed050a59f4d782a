// The rules' values: every number that decides a result, with its rule's id. docs/reference/rules.md says what each
// means and how it was chosen. Changing one changes `version`, and reports say by which version they were made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tally::reconcile::rules {

inline constexpr std::string_view version = "tally-rules-1";

inline constexpr std::string_view time = "R-TIME";
inline constexpr std::string_view named = "R-NAMED";
inline constexpr std::string_view right = "R-RIGHT";
inline constexpr std::string_view concurrent = "R-CONC";
inline constexpr std::string_view over = "R-OVER";
inline constexpr std::string_view scope = "R-SCOPE";
inline constexpr std::string_view releases = "R-VERSION";

// R-OVER
inline constexpr std::int64_t over_long_episode_s = 900;  // an episode this long is not momentary
inline constexpr std::int64_t over_sustained_days = 3;    // long episodes on so many days …
inline constexpr std::int64_t over_window_days = 30;      // … among so many in a row are sustained
inline constexpr std::int64_t over_momentary_percent = 1; // of the observed time; at or above is not momentary
inline constexpr std::int64_t over_sustained_percent = 5; // of the observed time; at or above is sustained
inline constexpr std::int64_t over_material_percent = 5;  // of the quantity; excess below max(1, this) is not material

// R-CONC
inline constexpr std::int64_t retry_s = 60; // a denial followed by a grant of the same request within this is retried

// R-WINDOW
inline constexpr std::int64_t window_s = 86'400;
inline constexpr std::int64_t short_launch_s = 300; // a launch shorter than this opens no window

// Presentation, not judgement.
inline constexpr std::size_t evidence_kept = 64; // record references listed with a finding; the total is always said
inline constexpr std::string_view money = "R-MONEY";

} // namespace tally::reconcile::rules
