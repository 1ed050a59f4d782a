// A policy together with its secrets, as a station and a recorder keep them: STATE/privacy.json, mode 0600. Several
// secrets are the epochs of one site, the last is in force; the earlier ones recognise what was recorded with them.
// Does not decide who may have it.
#pragma once

#include "tally/os/file.hpp"
#include "tally/pseudonym/policy.hpp"
#include "tally/pseudonym/secret.hpp"

#include <optional>

namespace tally::pseudonym {

inline constexpr std::string_view privacy_name = "privacy.json";
inline constexpr std::size_t max_secrets = 16;

struct Privacy {
    Policy policy;
    std::vector<Secret> secrets; // epochs ascend; at least one

    [[nodiscard]] const Secret& current() const { return secrets.back(); }
};

// {"format":"tally-privacy-1","policy":{…},"secrets":[{"epoch":1,"key":"64 hex digits"}]} and LF.
[[nodiscard]] std::string privacy_text(const Privacy& privacy);
[[nodiscard]] Result<Privacy> read_privacy(std::string_view bytes);

// Nothing when the state has none. Error when the file is malformed or readable by others than its owner.
[[nodiscard]] std::optional<Privacy> load_privacy(const os::fs::path& state);
// Whole or not at all; what was there before is replaced.
void save_privacy(const os::fs::path& state, const Privacy& privacy);

} // namespace tally::pseudonym
