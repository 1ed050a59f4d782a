// What a station tells its hosts (docs/formats/receipt.md, "Acknowledgement"): how much of their logs has arrived here
// durably, and how much every verifier has receipted. Kept under STATE/acks, so that the same state gives the same file
// and one line in the station's log.
#pragma once

#include "packager/receipts/receipts.hpp"
#include "tally/receipt/ack.hpp"

namespace tally::receipts {

inline constexpr const char* acks_folder = "acks";

struct Acknowledged {
    receipt::Ack ack;
    std::string label;
    std::string file, signature; // of the kept one when it says the same
    bool is_new = false;         // then both are still to be made
};

// For every log of the roster but the station's own of which lines are here, in the order of the roster.
[[nodiscard]] std::vector<Acknowledged> acknowledgements(const submission::Station& station, const Receipts& receipts);

// Signs what is new, keeps it, and notes it in the station's log; durable on return.
void issue(submission::Station& station, std::vector<Acknowledged>& all, const minisig::SecretKey& key);

} // namespace tally::receipts
