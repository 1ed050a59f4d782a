// The parts of prepare() (facts.hpp). Not for other stages.
#pragma once

#include "verifier/count/facts.hpp"

namespace tally::count {

// Product words that mean the same product, by the products and collections tables.
class ProductIndex {
public:
    ProductIndex(const inputs::Inputs& inputs, Facts& facts);
    // The product that a feature code, mnemonic or name stands for; a new one when no table names it. "" is 0.
    std::uint32_t id(std::string_view feature);

private:
    std::uint32_t add(const std::string& word);
    std::unordered_map<std::string, std::string> canonical_; // of words, names and mnemonics
    Facts* facts_;
};

// Accounts to persons: the alias table by day, then `Spelling`; the directory's people are there also when unused.
class PersonIndex {
public:
    PersonIndex(const inputs::Inputs& inputs, Facts& facts);
    std::uint32_t id(const std::string& account, std::int64_t day);
    [[nodiscard]] bool has_alias(const std::string& account) const;

private:
    std::uint32_t add(const std::string& name);
    std::unordered_map<std::string, std::vector<const inputs::Alias*>> aliases_;
    Facts* facts_;
};

// Computers: one for each log of a host, one for each name that only a licence server knows.
class DeviceIndex {
public:
    DeviceIndex(const ledger::Usage& usage, const inputs::Inputs& inputs, Facts& facts);
    std::uint32_t id(const ledger::SessionKind& session, std::uint32_t client);

private:
    std::uint32_t add(Device device);
    const ledger::Usage* usage_;
    std::unordered_map<std::string, const inputs::Host*> rows_;
    std::unordered_map<std::string, std::uint32_t> by_name_;
    Facts* facts_;
};

[[nodiscard]] std::vector<Pool> pools_of(const std::vector<inputs::Entitlement>& lines, ProductIndex& products,
                                         const Facts& facts);
// Fills people, computers and spelled_alike.
void read_names(Facts& facts);
[[nodiscard]] std::vector<UseDay> use_days(const Facts& facts);

} // namespace tally::count
