// A name under a policy and a secret (docs/formats/pseudonym.md). Recorder, station and auditor use the same functions:
// what a host writes, what becomes of a roster, and what a disclosure must give. Remembers nothing.
#pragma once

#include "tally/pseudonym/fold.hpp"
#include "tally/pseudonym/secret.hpp"

#include <optional>

namespace tally::pseudonym {

using NameKey = std::array<std::uint8_t, 32>;
// `name` is folded.
[[nodiscard]] NameKey name_key(const Secret& secret, Kind kind, std::string_view name);
// "u1_" and 32 characters; empty for the empty name.
[[nodiscard]] std::string pseudonym_of(const NameKey& key, std::uint64_t epoch, Kind kind, std::string_view name);

struct Spelled {
    Kind kind = Kind::person;
    std::uint64_t epoch = 0;
};
// What a text that has the form of a pseudonym says about itself. A name may happen to have that form.
[[nodiscard]] std::optional<Spelled> read_pseudonym(std::string_view text);

enum class Given : std::uint8_t { no, yes }; // consent, where the policy requires it

// What stands in the place of `raw`, and its domain by the rule of Field::domain. Texts as bytes, not encoded.
struct Name {
    std::string text;
    std::string domain;
};
[[nodiscard]] Name spelled(Field field, std::string_view raw, const Policy& policy, const Secret& secret,
                           Given consent);

} // namespace tally::pseudonym
