#include "verifier/counted.hpp"

#include "tally/text/date.hpp"

namespace tally::verifier {

Counted count(const ledger::Ledger& ledger, const std::string& as_of, FoldCase fold_case) {
    reconcile::Options options;
    options.spelling = fold_case == FoldCase::yes ? reconcile::Spelling::fold_case : reconcile::Spelling::as_written;
    if (!as_of.empty()) {
        options.as_of_day = text::parse_day(as_of);
        if (!options.as_of_day) {
            throw Error("read", "--as-of", "'" + as_of + "' is not a date", {"write it as 2026-03-31"}, Exit::usage);
        }
    }
    Counted counted{ledger::load_usage(ledger), inputs::load_inputs(ledger.database()), {}};
    counted.outcome = reconcile::reconcile(counted.usage, counted.inputs, options);
    return counted;
}

} // namespace tally::verifier
