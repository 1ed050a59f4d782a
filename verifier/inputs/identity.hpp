// What makes two rows of a table speak of the same thing, when it holds, and how the imports of a table count together
// (docs/reference/inputs.md, "Several imports").
#pragma once

#include "verifier/inputs/inputs.hpp"

#include <compare>

namespace tally::inputs {

enum class Counting : std::uint8_t {
    newest,  // the newest import alone
    keyed,   // all; of one identity the newest row
    closing, // all; a row that a newer import does not list any more ends the day before that one's date
    log,     // all; identical rows once
};
[[nodiscard]] Counting counting_of(Kind kind);
[[nodiscard]] std::string_view name(Counting counting);
[[nodiscard]] std::string_view about(Kind kind); // what the table holds, for people
// "the same user, product and team": the identity in words.
[[nodiscard]] std::string_view same_of(Kind kind);

// [from, to]: days, of assignments seconds.
struct Identity {
    std::string key;
    std::int64_t from = 0, to = 0;
    auto operator<=>(const Identity&) const = default;
};

template <class Row>
inline constexpr Kind kind_of = Kind::entitlements;
#define TALLY_KIND_OF(row, kind) \
    template <> \
    inline constexpr Kind kind_of<row> = Kind::kind; \
    [[nodiscard]] Identity identity(const row& item);
TALLY_KIND_OF(Entitlement, entitlements)
TALLY_KIND_OF(Assignment, assignments)
TALLY_KIND_OF(Agreement, agreements)
TALLY_KIND_OF(CollectionPart, collections)
TALLY_KIND_OF(DirectoryEntry, directory)
TALLY_KIND_OF(Alias, aliases)
TALLY_KIND_OF(GroupGrant, groups)
TALLY_KIND_OF(Administrator, administrators)
TALLY_KIND_OF(ApprovedAdministrator, approved_administrators)
TALLY_KIND_OF(PerpetualRight, perpetual)
TALLY_KIND_OF(Bill, billing)
TALLY_KIND_OF(TokenPack, token_packs)
TALLY_KIND_OF(TokenRate, token_rates)
TALLY_KIND_OF(TokenAdjustment, token_adjustments)
TALLY_KIND_OF(Price, prices)
TALLY_KIND_OF(FunctionOf, functions)
TALLY_KIND_OF(CommandCategory, command_categories)
TALLY_KIND_OF(Host, hosts)
TALLY_KIND_OF(InstalledRow, installations)
TALLY_KIND_OF(ExportedUse, usage_exports)
TALLY_KIND_OF(Release, releases)
TALLY_KIND_OF(LicenceFile, licence_files)
TALLY_KIND_OF(Network, networks)
TALLY_KIND_OF(AddOn, addons)
TALLY_KIND_OF(ProductRow, products)
TALLY_KIND_OF(Waiver, waivers)
TALLY_KIND_OF(EntityEvent, entity_events)
TALLY_KIND_OF(PerformanceReference, performance_references)
#undef TALLY_KIND_OF

} // namespace tally::inputs
