// What a site lets go of each kind of name (docs/formats/pseudonym.md): a rule for every field that may name a person or
// a place, and the spellings that mean the same name. One canonical JSON object, without LF, at most two levels deep, so
// that it fits into another file's object. Holds no secret and no name but those of the alias table.
#pragma once

#include "tally/base/result.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tally::pseudonym {

enum class Field : std::uint8_t { account, address, cdata, client, domain, file, pool, reason, server, user };
inline constexpr std::size_t field_count = 10;
[[nodiscard]] std::string_view name_of(Field field);
[[nodiscard]] const std::array<Field, field_count>& all_fields(); // by name

// coarse: addresses only, as their network (/24, /48). omit: an empty text.
enum class Rule : std::uint8_t { clear, coarse, omit, pseudonym };
[[nodiscard]] std::string_view name_of(Rule rule);

// required: what would be clear or a pseudonym of a person is left out until the host's log says that consent was given.
enum class Consent : std::uint8_t { not_required, required };

inline constexpr std::size_t max_policy = 64U << 10U; // bytes of the object
inline constexpr std::size_t max_aliases = 1024;

struct Policy {
    std::array<Rule, field_count> rules{}; // by Field; all clear
    Consent consent = Consent::not_required;
    std::vector<std::pair<std::string, std::string>> aliases; // folded spelling, name it stands for; ascending, unique

    [[nodiscard]] Rule of(Field field) const { return rules[static_cast<std::size_t>(field)]; }
    bool operator==(const Policy&) const = default;

    // Persons as pseudonyms, addresses coarse, domains, client data and file names left out, the rest clear.
    static Policy standard();
};

// Fault when a field has a rule that it cannot have: coarse is for addresses, and a server cannot be left out.
[[nodiscard]] Result<void> check_rules(const Policy& policy);

// {"account":…,"address":…,["aliases":["FROM=TO",…],]"cdata":…,"client":…,"consent":…,"domain":…,"file":…,
//  "fold":"fold1","pool":…,"reason":…,"server":…,"user":…}
[[nodiscard]] std::string policy_object(const Policy& policy);
// One spelling only. Fault.at: byte offset.
[[nodiscard]] Result<Policy> read_policy(std::string_view object);
// SHA-256 of the object in hex: how lines and reports name a policy.
[[nodiscard]] std::string policy_digest(const Policy& policy);

} // namespace tally::pseudonym
