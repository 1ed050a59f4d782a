// Names as they go into record lines: by the policy in force, and, to recognise what is recorded already, as they went
// in under earlier ones. Without a policy everything goes in as the source wrote it. Remembers what it has spelled, up
// to a bound. One import long; not thread-safe.
#pragma once

#include "recorder/privacy/history.hpp"

#include <memory>
#include <unordered_map>

namespace tally::privacy {

// A name in the encoding of canonical lines.
struct EncodedName {
    std::string text;
    std::string domain;
};

// One way of spelling. `secret` and what `policy` came from must outlive it.
class Spelling {
public:
    Spelling(pseudonym::Policy policy, const pseudonym::Secret& secret, pseudonym::Given consent)
        : policy_(std::move(policy)), secret_(&secret), consent_(consent) {}

    // Valid until the next call.
    const EncodedName& of(pseudonym::Field field, std::string_view raw);
    [[nodiscard]] std::string raw_of(pseudonym::Field field, std::string_view raw) const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    using Known = std::unordered_map<std::string, EncodedName, Hash, std::equal_to<>>;

    pseudonym::Policy policy_;
    const pseudonym::Secret* secret_;
    pseudonym::Given consent_;
    std::array<Known, pseudonym::field_count> known_;
};

class Naming {
public:
    // In clear.
    Naming() = default;
    // `history` is that of the log. An earlier epoch whose secret is not there any more is left out.
    Naming(pseudonym::Privacy privacy, const History& history);

    [[nodiscard]] bool in_clear() const { return spellings_.empty(); }
    // Present first; empty when in clear.
    [[nodiscard]] std::vector<Spelling>& spellings() { return spellings_; }
    // By the present rule, as bytes.
    [[nodiscard]] std::string raw_of(pseudonym::Field field, std::string_view raw) const {
        return in_clear() ? std::string(raw) : spellings_.front().raw_of(field, raw);
    }

private:
    std::unique_ptr<pseudonym::Privacy> privacy_;
    std::vector<Spelling> spellings_;
};

} // namespace tally::privacy
