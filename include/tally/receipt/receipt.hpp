// A verifier's answer to a bundle (docs/formats/receipt.md): one canonical line in a file of its own, strict both ways,
// bounded before anything is allocated. Says what the verifier claims to hold; who signed it is the caller's question.
#pragma once

#include "tally/minisig/signature.hpp"
#include "tally/receipt/positions.hpp"

#include <array>
#include <optional>
#include <vector>

namespace tally::receipt {

inline constexpr std::uint64_t max_number = 999'999;
inline constexpr std::size_t max_volumes = 99, max_findings = 64, max_except = 64;

using Challenge = std::array<std::uint8_t, 16>;

enum class Status : std::uint8_t { ok, ok_with_findings, rejected };
inline constexpr std::array<Status, 3> all_statuses{Status::ok, Status::ok_with_findings, Status::rejected};
[[nodiscard]] std::string_view name(Status status); // "OK_WITH_FINDINGS"
[[nodiscard]] std::optional<Status> parse_status(std::string_view name);

enum class Beside : std::uint8_t { no, yes };

struct Receipt {
    SiteId site, agreement;
    Hash verifier{}; // SHA-256 of the public point
    std::uint64_t n = 0;
    std::optional<Hash> previous = {};
    std::uint64_t bundle = 0;
    std::vector<Hash> bundles = {};
    std::vector<std::uint64_t> missing = {};
    Status status = Status::ok;
    std::vector<std::string> findings = {};
    Hash positions{};
    std::uint64_t logs = 0;
    Positions except = {};      // `next` may be 0 here
    Beside beside = Beside::no; // the positions travel in a file of their own
    Challenge challenge{};
    std::optional<std::uint64_t> due = {}; // UTC seconds
    std::uint64_t issued = 0;              // UTC seconds
};

// The line and its LF; the fields must be as read_receipt demands. A receipt that would be longer than 16 KiB, or with
// more than max_except rows, gives its rows up: `beside` is then set in `receipt` too.
[[nodiscard]] std::string receipt_file(Receipt& receipt);
// Fault.at is a byte offset.
[[nodiscard]] Result<Receipt> read_receipt(std::string_view bytes);

// The `verifier` of a receipt and the `audience` of a manifest.
[[nodiscard]] Hash fingerprint_of(const minisig::PublicKey& verifier);

// "RCPT_<SITE>_<n6>"; files add ".json", ".json.minisig" and "_POS.jsonl".
[[nodiscard]] std::string receipt_name(const SiteId& site, std::uint64_t n);
inline constexpr std::string_view receipt_note = "signature of a receipt by tally-verifier";
// "tally-receipt-1 <site> <agreement> <n>"
[[nodiscard]] std::string receipt_comment(const Receipt& receipt);

// What both kinds of file have in common: a file and its signature by one of `keys` with these fixed comments. Fault says
// which of it does not hold.
[[nodiscard]] Result<minisig::PublicKey> signer_of(std::string_view file, std::string_view signature_file,
                                                   const std::vector<minisig::PublicKey>& keys, std::string_view note,
                                                   std::string_view comment);

} // namespace tally::receipt
