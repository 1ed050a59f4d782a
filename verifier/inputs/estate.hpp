// What describes the estate: hosts, products, releases, networks, exports of the connected side.
#pragma once

#include "verifier/inputs/row.hpp"

namespace tally::inputs {

enum class HostClass : std::uint8_t { workstation, vm, vdi_pool, terminal, build };
enum class HostOwner : std::uint8_t { own, third_party };
struct Host {
    RowRef at;
    std::string host, site, country, entity, team, agreement; // agreement: whose rights the host is under, if said
    HostOwner owner = HostOwner::own;
    HostClass type = HostClass::workstation;
    std::optional<std::int64_t> sign_in_hours; // reaches the vendor at least so often; nothing: never
    bool operator==(const Host&) const = default;
};

struct InstalledRow {
    RowRef at;
    std::string host, product, version;
    Day from = 0, to = for_ever;
    bool operator==(const InstalledRow&) const = default;
};

// A connected-side usage export of the vendor, or the like.
struct ExportedUse {
    RowRef at;
    std::string user, product, version, feature;
    Day first = 0, last = 0;
    std::int64_t days = 0;
    std::optional<std::int64_t> sessions, tokens;
    bool operator==(const ExportedUse&) const = default;
};

// An address range in CIDR form that belongs to the customer.
struct Network {
    RowRef at;
    std::string cidr;
    bool operator==(const Network&) const = default;
};

struct Release {
    RowRef at;
    std::string product;
    std::int64_t version = 0;
    Day released = 0;
    bool operator==(const Release&) const = default;
};

struct FunctionOf {
    RowRef at;
    std::string function, product;
    bool operator==(const FunctionOf&) const = default;
};

struct CommandCategory {
    RowRef at;
    std::string command, category;
    bool operator==(const CommandCategory&) const = default;
};

enum class ProductClass : std::uint8_t { commercial, education, trial, viewer, service };
struct ProductRow {
    RowRef at;
    std::string product, name, vendor, family, child_of;
    std::vector<std::string> words; // feature codes, mnemonics, aliases
    ProductClass type = ProductClass::commercial;
    std::int64_t tier = 0; // order of editions within a family; higher is more
    bool operator==(const ProductRow&) const = default;
};

struct EntityEvent {
    RowRef at;
    std::string entity, domain, what;
    Day day = 0;
    bool operator==(const EntityEvent&) const = default;
};

// How long something took for the persons of a fleet in a period: the quartiles of each person's mean, in milliseconds.
enum class Measured : std::uint8_t { startup, open, save };
struct PerformanceReference {
    RowRef at;
    std::string product, source;
    std::int64_t version = 0; // 0: of all
    Measured measure = Measured::startup;
    std::int64_t q25_ms = 0, q50_ms = 0, q75_ms = 0, persons = 0;
    Day from = 0, to = 0;
    bool operator==(const PerformanceReference&) const = default;
};

} // namespace tally::inputs
