#include "verifier/inputs/identity.hpp"

#include "verifier/inputs/columns.hpp"

#include <array>
#include <initializer_list>

namespace tally::inputs {
namespace {

struct KindWords {
    Counting counting;
    std::string_view same, about;
};

constexpr std::array<KindWords, kinds> words = {{
    {Counting::closing, "the same agreement and line", "What was bought: one row for each line of an agreement"},
    {Counting::closing, "the same user, product and team",
     "Who was assigned to what, and when; also exports of the vendor's account"},
    {Counting::closing, "the same agreement", "Agreements: term, sites, territory, domains, when reports are due"},
    {Counting::newest, "the same collection and product", "Which products a collection contains"},
    {Counting::closing, "the same user and domain", "People of the corporate directory: kind, team, when they left"},
    {Counting::closing, "the same account", "Accounts that are the same person"},
    {Counting::newest, "the same group and product", "Groups of the directory that grant a product"},
    {Counting::newest, "the same agreement, user and role", "Administrators of the vendor's account"},
    {Counting::newest, "the same agreement and user", "Administrators who were approved"},
    {Counting::closing, "the same product, version, line, server, host and serial family",
     "Perpetual rights and the inventory of licence servers"},
    {Counting::log, "", "Bills: orders, quantities, renewal dates"},
    {Counting::closing, "the same pack and pool", "Token packs"},
    {Counting::closing, "the same product, feature and unit",
     "Tokens that a product costs, with the source of each rate"},
    {Counting::log, "", "Signed corrections of token pools"},
    {Counting::keyed, "the same product and day", "List prices"},
    {Counting::newest, "the same function and product", "Which products do the same work"},
    {Counting::newest, "the same command", "Categories of commands"},
    {Counting::keyed, "the same host", "Computers: site, country, entity, team, class"},
    {Counting::closing, "the same host, product and version", "Installed products"},
    {Counting::log, "", "Usage as the vendor counted it; also exports of the vendor's account"},
    {Counting::keyed, "the same product and version", "Releases of products, with their dates"},
    {Counting::closing, "the same server, product, count and dates", "What the licence servers' files hold"},
    {Counting::newest, "the same network", "Networks of the customer"},
    {Counting::newest, "the same product and feature", "Features that need an add-on of their own"},
    {Counting::newest, "the same product", "Products: names, codes, families, classes"},
    {Counting::closing, "the same code, subject, product and line", "Agreed exceptions"},
    {Counting::log, "", "Mergers, new domains and other events of entities"},
    {Counting::keyed, "the same product, version, measure and period",
     "How fast programs were in a period that later ones are compared with"},
}};

std::string joined(std::initializer_list<std::string> parts) {
    std::string key;
    for (const auto& part : parts) {
        key += part + '\x1F';
    }
    return key;
}

Identity always(std::string key) { return {std::move(key), 0, for_ever}; }

} // namespace

Counting counting_of(Kind kind) { return words[static_cast<std::size_t>(kind)].counting; }
std::string_view same_of(Kind kind) { return words[static_cast<std::size_t>(kind)].same; }

std::string_view about(Kind kind) { return words[static_cast<std::size_t>(kind)].about; }

std::string_view name(Counting counting) {
    static constexpr std::array<std::string_view, 4> names = {"newest", "keyed", "closing", "log"};
    return names[static_cast<std::size_t>(counting)];
}

Identity identity(const Entitlement& item) {
    return {joined({item.agreement, item.line}), item.start_day, item.end_day};
}
Identity identity(const Assignment& item) {
    return {joined({item.user, item.product, item.team}), item.assigned.to,
            item.unassigned ? item.unassigned->from - 1 : for_ever};
}
Identity identity(const Agreement& item) { return {item.id, item.start, item.end}; }
Identity identity(const CollectionPart& item) { return always(joined({item.collection, item.product})); }
Identity identity(const DirectoryEntry& item) {
    return {joined({item.user, item.domain}), item.joined.value_or(0), item.left.value_or(for_ever)};
}
Identity identity(const Alias& item) { return {item.account, item.from, item.to}; }
Identity identity(const GroupGrant& item) { return always(joined({item.group, item.product})); }
Identity identity(const Administrator& item) { return always(joined({item.agreement, item.user, item.role})); }
Identity identity(const ApprovedAdministrator& item) { return always(joined({item.agreement, item.user})); }
Identity identity(const PerpetualRight& item) {
    return {joined({item.product, std::to_string(item.version), item.line, item.server, item.host, item.serial_family}),
            0, item.superseded.value_or(for_ever)};
}
Identity identity(const Bill& item) {
    return always(joined({item.order, item.line, item.product, std::to_string(item.quantity),
                          std::to_string(item.day.value_or(0)), std::to_string(item.renewal.value_or(0)),
                          item.amount ? std::to_string(item.amount->units) + item.amount->currency : ""}));
}
Identity identity(const TokenPack& item) { return {joined({item.pack, item.pool}), item.start, item.end}; }
// A rate without an end holds until the next one.
Identity identity(const TokenRate& item) {
    return {joined({item.product, item.feature, std::to_string(static_cast<int>(item.per))}), item.from,
            item.to == for_ever ? item.from : item.to};
}
Identity identity(const TokenAdjustment& item) {
    return {joined({item.pool, item.reason, std::to_string(item.tokens)}), item.day, item.day};
}
Identity identity(const Price& item) { return {item.product, item.from, item.from}; }
Identity identity(const FunctionOf& item) { return always(joined({item.function, item.product})); }
Identity identity(const CommandCategory& item) { return always(item.command); }
Identity identity(const Host& item) { return always(folded_case(item.host)); }
Identity identity(const InstalledRow& item) {
    return {joined({folded_case(item.host), item.product, item.version}), item.from, item.to};
}
Identity identity(const ExportedUse& item) {
    return {joined({item.user, item.product, item.version, item.feature, std::to_string(item.days),
                    std::to_string(item.sessions.value_or(-1)), std::to_string(item.tokens.value_or(-1))}),
            item.first, item.last};
}
Identity identity(const Release& item) { return always(joined({item.product, std::to_string(item.version)})); }
Identity identity(const LicenceFile& item) {
    return {joined({item.server, item.product, item.duplicate_group, item.agreement, item.redundant_with,
                    std::to_string(item.count)}),
            item.from.value_or(0), item.expiry.value_or(for_ever)};
}
Identity identity(const Network& item) { return always(item.cidr); }
Identity identity(const AddOn& item) { return always(joined({item.product, item.feature})); }
Identity identity(const ProductRow& item) { return always(item.product); }
Identity identity(const Waiver& item) {
    return {joined({item.code, item.subject, item.product, item.line}), item.from, item.until};
}
Identity identity(const EntityEvent& item) {
    return {joined({item.entity, item.domain, item.what}), item.day, item.day};
}
Identity identity(const PerformanceReference& item) {
    return {joined({folded_case(item.product), std::to_string(item.version),
                    std::to_string(static_cast<int>(item.measure))}),
            item.from, item.to};
}

} // namespace tally::inputs
