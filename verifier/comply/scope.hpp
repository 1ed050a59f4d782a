// R-SCOPE and R-CONTRACTOR: whether a place is inside of what a line and its agreement allow, and what speaks against a
// person being one of the customer's own. Plain questions about the inputs; judges nothing.
#pragma once

#include "verifier/findings/judge.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tally::comply {

using namespace findings; // NOLINT(google-build-using-namespace): the judges' vocabulary

// Where a use took place, as far as the inputs and the record say; empty: not known.
struct Whereabouts {
    std::string_view site, country, entity;
};
[[nodiscard]] Whereabouts whereabouts_of(const Facts& facts, std::uint32_t device, std::uint32_t log);

enum class Within : std::uint8_t { yes, unknown, no };
struct Allowed {
    Within within = Within::yes;
    std::string place; // what is not allowed; empty when it is not known
};
// Sites, countries and entities of the line and, where it says nothing, of its agreement as it stands on that day; both
// must allow the place. Only a country that is not known leaves the question open, and only where a table of hosts says
// countries at all.
[[nodiscard]] Allowed allowed_at(const Facts& facts, const inputs::Entitlement& line, const Whereabouts& where,
                                 inputs::Day day);

// Why the person behind this use looks like an outsider: any of "kind", "domain", "local account", "host owner",
// "network". None: nothing speaks against it. `agreement` empty: the domains of all agreements count.
[[nodiscard]] std::vector<std::string> outsider_reasons(const Facts& facts, const Stay& stay,
                                                        std::string_view agreement);

} // namespace tally::comply
