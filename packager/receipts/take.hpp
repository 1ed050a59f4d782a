// Takes a verifier's receipt in (docs/formats/receipt.md, "Reader's duties"): nothing of it counts before its signature,
// its channel, its number and its positions hold against this station's own log and archive.
#pragma once

#include "packager/receipts/receipts.hpp"

namespace tally::receipts {

enum class Taken : std::uint8_t { now, before, refused };
// Why one is refused; the words are stable (code_of).
enum class Refusal : std::uint8_t { none, malformed, bad_signature, other_site, unknown_bundle, other_receipt, fork };
[[nodiscard]] const char* code_of(Refusal refusal); // BAD_RECEIPT, BAD_SIGNATURE, …, FORK

struct Outcome {
    Taken taken = Taken::refused;
    Refusal refusal = Refusal::none;
    std::string text;                        // of a refusal
    std::vector<std::string> remarks;        // of one that was taken
    std::optional<receipt::Receipt> receipt; // as far as it could be read
};

// Decides; changes nothing.
[[nodiscard]] Outcome look_at(const submission::Station& station, const Receipts& receipts, const Given& given);
// Decides, keeps the files, and notes it in the station's log; durable on return. What is refused is put aside.
[[nodiscard]] Outcome take(submission::Station& station, const Receipts& receipts, const Given& given);

// What a receipt of that bundle would say of the positions if the verifier had taken all of it and nothing else.
[[nodiscard]] receipt::Positions positions_after(const submission::Station& station, const submission::Export& bundle);

} // namespace tally::receipts
