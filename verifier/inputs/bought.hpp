// What was bought and agreed: agreements, lines, perpetual rights, tokens, prices, bills, licence files.
#pragma once

#include "verifier/inputs/row.hpp"

namespace tally::inputs {

struct Agreement {
    RowRef at;
    std::string id, vendor, customer, currency, day_zone, vendor_class; // class: commercial, education, training
    Day start = 0, end = for_ever;
    std::vector<std::string> sites, countries, entities, domains; // empty: not restricted
    Cadence cadence;
    std::int64_t due_days = 10, grace_days = 0;
    std::optional<std::int64_t> approved_administrators;
    bool operator==(const Agreement&) const = default;
};

enum class Metric : std::uint8_t { named, concurrent, device, token, perpetual };
[[nodiscard]] std::string_view name(Metric metric);
inline constexpr std::int64_t unlimited = std::int64_t{1} << 62U;

// Which releases a line covers (R-VERSION). any: all. fixed: [min, max], release years. current_minus: from the release
// that was current `back` releases ago up to the current one, on the day of use.
struct Versions {
    enum class Rule : std::uint8_t { any, fixed, current_minus };
    Rule rule = Rule::any;
    std::int64_t min = 0, max = 0, back = 0; // max 0: no upper bound
    bool operator==(const Versions&) const = default;
};

struct Entitlement {
    RowRef at;
    std::string line, agreement, product, name, order, currency, replaces, pool; // pool: of tokens
    Metric metric = Metric::named;
    std::int64_t quantity = 0;
    std::vector<std::string> features; // codes or mnemonics; empty: `product` itself
    Day start_day = 0, end_day = for_ever;
    Versions versions;
    std::vector<std::string> sites, countries, entities; // empty: the agreement's
    std::optional<std::int64_t> list_price_units;        // per seat and year
    std::optional<Day> renewal;
    bool operator==(const Entitlement&) const = default;
};

struct CollectionPart {
    RowRef at;
    std::string collection, product;
    bool operator==(const CollectionPart&) const = default;
};

// Perpetual rights and network inventory. `host`: of a stand-alone right; `server`: of a licence server.
struct PerpetualRight {
    RowRef at;
    std::string product, line, server, host, serial_family;
    std::int64_t version = 0, quantity = 0; // version 0: any
    std::optional<Day> superseded;
    bool operator==(const PerpetualRight&) const = default;
};

struct Bill {
    RowRef at;
    std::string order, line, product;
    std::int64_t quantity = 0; // negative: returned
    std::optional<Money> amount;
    std::optional<Day> day, renewal;
    bool operator==(const Bill&) const = default;
};

struct TokenPack {
    RowRef at;
    std::string pack, agreement, pool, line;
    std::int64_t tokens = 0;
    Day start = 0, end = for_ever;
    std::optional<Money> price; // of one token
    bool operator==(const TokenPack&) const = default;
};

enum class TokenUnit : std::uint8_t { window, day, result };
struct TokenRate {
    RowRef at;
    std::string product, feature, source; // feature: of a service or an AI feature; empty: the product itself
    std::int64_t tokens = 0;
    TokenUnit per = TokenUnit::window;
    Day from = 0, to = for_ever;
    bool operator==(const TokenRate&) const = default;
};

// A signed correction of a token pool.
struct TokenAdjustment {
    RowRef at;
    std::string pool, reason;
    std::int64_t tokens = 0;
    Day day = 0;
    bool operator==(const TokenAdjustment&) const = default;
};

struct Price {
    RowRef at;
    std::string product;
    Money price; // per seat and year
    Day from = 0;
    bool operator==(const Price&) const = default;
};

struct LicenceFile {
    RowRef at;
    std::string server, product, duplicate_group, agreement; // duplicate_group: letters of U, H, D, V; or NONE
    std::int64_t count = 0;
    std::optional<Day> from, expiry;
    std::string redundant_with; // servers that share one count
    bool operator==(const LicenceFile&) const = default;
};

// A feature of a product that needs an add-on of its own.
struct AddOn {
    RowRef at;
    std::string product, feature, addon;
    bool operator==(const AddOn&) const = default;
};

// An agreed exception: findings of `code` about `subject` (empty: any) are waived until that day.
struct Waiver {
    RowRef at;
    std::string code, subject, product, line, reason;
    Day from = 0, until = for_ever;
    bool operator==(const Waiver&) const = default;
};

} // namespace tally::inputs
