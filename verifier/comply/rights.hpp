// R-RIGHT: which right covers a use. The decision is data: what may be done with it (a seat, tokens, a finding) is for
// the judges that ask.
// Guarantees: the first right that fits, in the order of Right; the same question gives the same answer. `Rights` is made
// once for all questions about the same facts and lives no longer than they do.
// Not here: whether more is used than the right has room for (a pool, a device line, tokens): that is counted elsewhere.
#pragma once

#include "verifier/findings/judge.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace tally::comply {

using namespace findings; // NOLINT(google-build-using-namespace): the judges' vocabulary

// In the order in which they are tried.
enum class Right : std::uint8_t {
    none,
    exempt,     // viewer, service, trial: needs no right
    claim,      // the record names the package or the token pool it was taken from
    perpetual,  // of the host or its licence server, for that release
    device,     // a device line: whoever sits before it
    assignment, // a named seat of the product
    collection, // a named seat of a collection that contains it
    pool,       // concurrent licences of the site
    tokens,
};

// What is missing; beside a right: what the unfavourable reading, or the release, holds against it.
enum class Lack : std::uint8_t {
    nothing,
    territory, // a right exists, not for this place
    product,   // no line names the product
    expired,   // a line did, and ended
    unassigned,
    edition, // the right is to a lower edition of the family
    newer,   // the release is newer than the line allows
    older,
};

struct Cover {
    Right right = Right::none;   // by the favourable reading (R-TIME)
    Lack lack = Lack::nothing;   // nothing: covered for certain
    const Pool* pool = nullptr;  // the line of the right; without a right the line that comes nearest; may be nothing
    std::string_view token_pool; // of the right `tokens` (also of a claim on tokens)
    std::string place;           // Lack::territory: the country, site or entity; empty: not known
    [[nodiscard]] bool covered() const { return right != Right::none; } // the release aside
    [[nodiscard]] bool takes_tokens() const { return !token_pool.empty(); }
};

class Rights {
public:
    explicit Rights(const Facts& facts);
    ~Rights();
    Rights(const Rights&) = delete;
    Rights& operator=(const Rights&) = delete;
    Rights(Rights&&) = delete;
    Rights& operator=(Rights&&) = delete;

    // As the use begins: what covers it then covers it until it ends or its 24-hour window does (R-WINDOW).
    [[nodiscard]] Cover of(const Stay& stay) const;
    // The same use decided at a later instant, such as the start of its next window; it lies in [from, to].
    [[nodiscard]] Cover at(const Stay& stay, const Span& instant) const;
    // Whether every use of this kind from `first` to `last` (days) is surely covered, whatever hour it begins: spares
    // looking at its sessions one by one. May say no where the sessions would say yes.
    [[nodiscard]] bool surely_covered(const UseDay& use, std::int64_t first, std::int64_t last) const;
    // Whether a right to the product itself is there, as for an add-on that a session of `stay` used.
    [[nodiscard]] Cover of_product(const Stay& stay, std::uint32_t word) const;

private:
    class Index;
    std::unique_ptr<const Index> index_;
};

} // namespace tally::comply
