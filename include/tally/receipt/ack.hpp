// A station's answer to one host (docs/formats/receipt.md, "Acknowledgement"): what of its log has arrived. Strict both
// ways. Says what the station claims; the signature is the caller's question (signer_of).
#pragma once

#include "tally/receipt/receipt.hpp"

namespace tally::receipt {

inline constexpr std::string_view ack_format = "tally-ack-1";

struct Ack {
    SiteId site;
    HostId host;
    std::uint64_t next = 1;  // the station holds [0, next)
    Hash root{};             // of the tree of that size
    std::uint64_t floor = 0; // every channel has receipts for [0, floor)
    std::optional<Challenge> challenge;
};

[[nodiscard]] std::string ack_file(const Ack& ack); // the line and its LF
[[nodiscard]] Result<Ack> read_ack(std::string_view bytes);

[[nodiscard]] std::string ack_name(const HostId& host); // "ACK_<HOST>.json"
inline constexpr std::string_view ack_note = "signature of an acknowledgement by tally-packager";
[[nodiscard]] std::string ack_comment(const Ack& ack); // "tally-ack-1 <site> <host> <next>"

} // namespace tally::receipt
