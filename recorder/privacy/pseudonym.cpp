#include "tally/pseudonym/pseudonym.hpp"

#include "tally/crypto/blake2b.hpp"

#include <algorithm>

namespace tally::pseudonym {
namespace {

constexpr std::size_t tag_characters = 32;

bool is_person(Field field) {
    return field == Field::account || field == Field::cdata || field == Field::domain || field == Field::user;
}

Rule rule_of(Field field, const Policy& policy, Given consent) {
    const bool withheld = policy.consent == Consent::required && consent == Given::no && is_person(field);
    return withheld ? Rule::omit : policy.of(field);
}

std::string hashed(Kind kind, const std::string& name, const Secret& secret) {
    NameKey key = name_key(secret, kind, name);
    std::string text = pseudonym_of(key, secret.epoch(), kind, name);
    sodium_memzero(key.data(), key.size());
    return text;
}

std::string by_rule(Rule rule, Kind kind, std::string_view raw, const std::string& folded, const Secret& secret) {
    switch (rule) {
    case Rule::clear:
        return std::string(raw);
    case Rule::coarse:
        return network_of(raw);
    case Rule::pseudonym:
        return hashed(kind, folded, secret);
    default:
        return "";
    }
}

} // namespace

NameKey name_key(const Secret& secret, Kind kind, std::string_view name) {
    std::string message = "tally-name-v1\n";
    message.append(1, letter_of(kind)).append(1, '\n').append(name);
    return crypto::blake2b<32>(as_bytes(message), secret.bytes());
}

std::string pseudonym_of(const NameKey& key, std::uint64_t epoch, Kind kind, std::string_view name) {
    if (name.empty()) {
        return "";
    }
    const auto tag = crypto::blake2b<20>(as_bytes(name), key);
    return letter_of(kind) + std::to_string(epoch) + '_' + to_base32(tag);
}

std::optional<Spelled> read_pseudonym(std::string_view text) {
    static constexpr std::string_view letters = "uhdax";
    const std::size_t bar = text.find('_');
    if (bar == std::string_view::npos || bar < 2 || bar > 5 || text.size() != bar + 1 + tag_characters) {
        return std::nullopt;
    }
    const std::size_t kind = letters.find(text[0]);
    std::uint64_t epoch = 0;
    for (const char c : text.substr(1, bar - 1)) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        epoch = epoch * 10 + static_cast<std::uint64_t>(c - '0');
    }
    const std::string_view tag = text.substr(bar + 1);
    const bool spelt =
        std::all_of(tag.begin(), tag.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'); });
    if (kind == std::string_view::npos || text[1] == '0' || !spelt) {
        return std::nullopt;
    }
    return Spelled{static_cast<Kind>(kind), epoch};
}

Name spelled(Field field, std::string_view raw, const Policy& policy, const Secret& secret, Given consent) {
    const Kind kind = kind_of(field);
    const Rule rule = rule_of(field, policy, consent);
    if (rule == Rule::clear) {
        return {std::string(raw), {}};
    }
    const FoldedName folded = rule == Rule::omit ? FoldedName{} : fold1(kind, raw, policy);
    Name name{by_rule(rule, kind, raw, folded.name, secret), {}};
    if (kind == Kind::person && !folded.domain.empty()) {
        name.domain =
            by_rule(rule_of(Field::domain, policy, consent), Kind::domain, folded.domain, folded.domain, secret);
    }
    return name;
}

} // namespace tally::pseudonym
