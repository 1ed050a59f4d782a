// Which product a licence server's feature names. Autodesk codes are 5 digits + mnemonic, then "_F" or "_T_F" for a
// package and "_YYYY_0F" for a release; every other feature is a product of its own.
// Does not know marketing names: those come with the entitlements.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tally::count {

enum class Family : std::uint8_t { generic, autodesk };

struct Product {
    std::string name; // mnemonic, or the feature itself
    Family family = Family::generic;
    unsigned release = 0; // year; 0 for a package or when unknown
    bool operator==(const Product&) const = default;
};

[[nodiscard]] Product product_of(std::string_view feature);
// What a word of an entitlement line means: a code as above, a bare mnemonic, or a name compared without case.
[[nodiscard]] std::string product_word(std::string_view word);
[[nodiscard]] std::string folded(std::string name); // ASCII letters in lower case
// Year or major version that a version text begins with; 0 when it begins with no number.
[[nodiscard]] unsigned release_of(std::string_view version);

} // namespace tally::count
