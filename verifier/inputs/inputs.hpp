// What the licence team hands in: what was bought, who may use it, what describes the estate (docs/reference/inputs.md).
// Plain rows, one struct a table; every row knows the file and the line it came from. Decides nothing: what a row means
// for a count is a rule's.
#pragma once

#include "verifier/inputs/bought.hpp"
#include "verifier/inputs/estate.hpp"
#include "verifier/inputs/people.hpp"

namespace tally::inputs {

struct InputFile {
    std::int64_t id = 0;
    Kind kind = Kind::entitlements;
    std::string name, digest;  // last part of the file's name; SHA-256 of its bytes, hex
    std::int64_t imported = 0; // UTC seconds by this machine's clock
    std::uint64_t rows = 0;
    Day as_of = 0;              // the day that it describes
    std::string layout = "own"; // set of columns: "own", or of an export of the vendor's account
    bool counts = true;         // of a history: whether any of it may be among the rows that count
};

// The rows that count (verifier/inputs/store.hpp), and the files they came with.
struct Inputs {
    std::vector<InputFile> files; // by the day they describe, then in order of import
    std::vector<Entitlement> entitlements;
    std::vector<Assignment> assignments;
    std::vector<Agreement> agreements;
    std::vector<CollectionPart> collections;
    std::vector<DirectoryEntry> directory;
    std::vector<Alias> aliases;
    std::vector<GroupGrant> groups;
    std::vector<Administrator> administrators;
    std::vector<ApprovedAdministrator> approved_administrators;
    std::vector<PerpetualRight> perpetual;
    std::vector<Bill> billing;
    std::vector<TokenPack> token_packs;
    std::vector<TokenRate> token_rates;
    std::vector<TokenAdjustment> token_adjustments;
    std::vector<Price> prices;
    std::vector<FunctionOf> functions;
    std::vector<CommandCategory> command_categories;
    std::vector<Host> hosts;
    std::vector<InstalledRow> installations;
    std::vector<ExportedUse> usage_exports;
    std::vector<Release> releases;
    std::vector<LicenceFile> licence_files;
    std::vector<Network> networks;
    std::vector<AddOn> addons;
    std::vector<ProductRow> products;
    std::vector<Waiver> waivers;
    std::vector<EntityEvent> entity_events;
    std::vector<PerformanceReference> performance_references;

    [[nodiscard]] const InputFile* file_of(const RowRef& row) const; // nothing when it is not among `files`
    [[nodiscard]] const InputFile* newest(Kind kind) const;
};

} // namespace tally::inputs
