// Makes the receipt of a site's agreement from what the ledger has accepted (docs/formats/receipt.md, "Writer's duties").
// Guarantees: the same state gives the receipt that was issued for it; a number is never given away twice, also not by a
// ledger that was restored from a copy. Neither opens keys nor writes files.
#pragma once

#include "verifier/receipt/answers.hpp"

#include <functional>

namespace tally::receipt {

// A bundle that was looked at and refused: it moves nothing, and its site is told why.
struct Refused {
    std::uint64_t n = 0;
    Hash digest{};
    std::vector<std::string> findings; // codes, sorted, each once
};
// Of a report with the verdict REJECTED.
[[nodiscard]] Refused refused_of(const check::Report& report);

struct Wish {
    SiteId site, agreement;
    minisig::PublicKey verifier;      // whose key will sign
    std::uint64_t now = 0;            // UTC seconds
    std::optional<std::uint64_t> due; // of the next bundle, UTC seconds
    std::optional<Refused> refused;   // nothing: the answer to what was accepted
};

struct Drafted {
    Receipt receipt; // complete
    Positions positions;
    std::optional<Sent> sent; // the state was answered before: nothing else is to be sent
};
// Error (exit 5) when nothing was accepted yet and nothing was refused.
[[nodiscard]] Drafted draft(const ledger::Ledger& ledger, const Answers& answers, const Wish& wish);

// Signs and keeps a draft that has no `sent`.
[[nodiscard]] Sent issue(Answers& answers, Drafted drafted, const minisig::SecretKey& key);

// Where the ledger stands in the channel.
[[nodiscard]] Positions positions_of(const ledger::Ledger& ledger, const std::string& site,
                                     const std::string& agreement);

} // namespace tally::receipt
