#include "verifier/ledger/short_name.hpp"

#include "tally/base/encoding.hpp"
#include "tally/crypto/sha256.hpp"

namespace tally::ledger {

std::string short_name(std::string_view text) { return to_hex(crypto::sha256(text)).substr(0, 12); }

} // namespace tally::ledger
