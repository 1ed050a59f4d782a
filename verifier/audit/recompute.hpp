// Builds a ledger anew from the bundles and inputs that another one keeps, so that what it says can be said again.
// Guarantees: every bundle is checked as when it came in, against the version of the site file that names its key;
// copies and inputs must have the digests that were accepted; the other ledger is only read.
// What people did since (states, owners, notes) is not evidence and is not taken over.
#pragma once

#include "verifier/ledger/ledger.hpp"

#include <functional>
#include <optional>
#include <string_view>

namespace tally::audit {

// reverse: the channel (site, agreement) that came first goes last. shuffled: channels are mixed by a seed. The bundles
// of one channel keep their order, for each begins where the one before ends. One that cannot come in yet waits.
enum class Order : std::uint8_t { as_accepted, reverse, shuffled };
[[nodiscard]] std::string_view name(Order order);
[[nodiscard]] std::optional<Order> order_named(std::string_view name);

struct Rebuilding {
    Order order = Order::reverse;
    std::uint64_t seed = 0;                                      // of shuffled
    os::fs::path private_directory;                              // for copies while they are checked
    std::function<void(std::size_t done, std::size_t)> progress; // of how many bundles; may be empty
};

struct Rebuilt {
    std::vector<ledger::AcceptedBundle> bundles; // as `from` has them, in the order in which they came in now
    bool other_order = false;                    // than the one in which `from` took them
    std::size_t inputs = 0;
};

// `into` must be empty. Error when a bundle, its signature or an input is missing, altered or refused, saying which.
[[nodiscard]] Rebuilt rebuild(const ledger::Ledger& from, ledger::Ledger& into, const Rebuilding& options);

} // namespace tally::audit
