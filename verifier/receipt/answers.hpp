// What this verifier answered: the receipts that it issued, its keys, and which receipts the accepted bundles named, in
// tables of the ledger. Check gets them through memory(), which adds them to what the ledger remembers.
// Guarantees: a receipt that was issued is never changed; noting twice changes nothing. Decides nothing.
#pragma once

#include "tally/receipt/receipt.hpp"
#include "verifier/ledger/ledger.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tally::receipt {

// As it was sent: the bytes of its files.
struct Sent {
    Receipt receipt;
    std::string file, signature, positions;
};

class Answers {
public:
    // The ledger must outlive it. Reading needs no tables; the writing functions make them.
    explicit Answers(const ledger::Ledger& ledger);
    ~Answers();
    Answers(const Answers&) = delete;
    Answers& operator=(const Answers&) = delete;

    // What check may rest on: the ledger's trust, with receipts and keys. The object must outlive it.
    [[nodiscard]] check::Trust trust() const;

    [[nodiscard]] std::vector<Sent> sent(const std::string& site, const std::string& agreement) const; // by number
    [[nodiscard]] std::optional<Sent> newest(const std::string& site, const std::string& agreement) const;
    // The highest numbered receipt that an accepted bundle of the agreement names.
    [[nodiscard]] std::optional<check::NamedReceipt> named(const std::string& site, const std::string& agreement) const;
    [[nodiscard]] std::vector<minisig::PublicKey> keys() const; // that sign receipts here, in the order of their texts

    // A bundle that was accepted: which receipt it names.
    void note(const check::Report& report);
    void note(const minisig::PublicKey& key);
    // The number must be free.
    void keep(const Sent& sent);

private:
    class WithReceipts;
    const ledger::Ledger& ledger_;
    check::Trust trust_; // of the ledger
    std::unique_ptr<WithReceipts> memory_;
};

} // namespace tally::receipt
