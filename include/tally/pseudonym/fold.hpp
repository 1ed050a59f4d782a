// fold1 (docs/formats/pseudonym.md): the spelling of a name that is hashed, so that spellings of one name give one
// pseudonym. Pure; takes any bytes, also those that are not UTF-8.
#pragma once

#include "tally/pseudonym/policy.hpp"

namespace tally::pseudonym {

enum class Kind : std::uint8_t { person, host, domain, address, text };
[[nodiscard]] std::string_view name_of(Kind kind);
[[nodiscard]] Kind kind_of(Field field);
[[nodiscard]] char letter_of(Kind kind); // u h d a x

// Normalisation form C when it is UTF-8, ASCII letters in lower case. What is folded folds to itself.
[[nodiscard]] std::string fold_text(std::string_view raw);

struct FoldedName {
    std::string name;
    std::string domain; // of a person or a host; empty when it had none
};
[[nodiscard]] FoldedName fold1(Kind kind, std::string_view raw, const Policy& policy);

// "10.1.2.3" → "10.1.2.0/24", "2001:db8:1:2::3" → "2001:db8:1::/48"; empty when it is no address.
[[nodiscard]] std::string network_of(std::string_view address);

} // namespace tally::pseudonym
