// The code that is read over the telephone where no receipt may be brought in (docs/formats/receipt.md): 80 bits of a
// keyed hash over what both sides know, as 16 characters and a check character. Convinces whoever holds the secret;
// proves nothing to anybody else.
#pragma once

#include "tally/receipt/receipt.hpp"

namespace tally::receipt {

using Secret = std::array<std::uint8_t, 32>;
inline constexpr std::size_t max_secret_file = 128;

// 64 hex digits and LF.
[[nodiscard]] std::string secret_file(const Secret& secret);
[[nodiscard]] Result<Secret> read_secret(std::string_view bytes);

using Code = std::array<std::uint8_t, 10>;
// Of the fields agreement, bundles, n, positions, site, status and verifier.
[[nodiscard]] Code code_of(const Secret& secret, const Receipt& receipt);
[[nodiscard]] std::string spoken(const Code& code); // "4V7K-0M2Q-9XTR-C3HE-8"
// As a person typed it. Fault: other characters, another length, or the check character is wrong.
[[nodiscard]] Result<Code> read_spoken(std::string_view text);

} // namespace tally::receipt
