#include "verifier/counted.hpp"
#include "verifier/file_set.hpp"
#include "verifier/papers/review_papers.hpp"
#include "verifier/produced_by.hpp"
#include "verifier/review/produced.hpp"
#include "verifier/review/register.hpp"

#include "tally/cli/output.hpp"
#include "tally/text/date.hpp"
#include "tally/text/json.hpp"

#include <ctime>

namespace tally::verifier {

Exit run_review(const ReviewOptions& options) {
    if (options.out.empty()) {
        throw Error("review", "--out", "no folder for the papers was given", {"give --out DIRECTORY"}, Exit::usage);
    }
    ledger::Ledger ledger(options.ledger, sqlite::Mode::read_write);
    auto counted = count(ledger, options.as_of, options.fold_case, options.assumptions);
    const bool stored = !options.assumptions.any();
    if (stored) {
        review::record_run(ledger.database(), counted.outcome,
                           {"review", static_cast<std::int64_t>(std::time(nullptr))});
    }
    review::show_states(ledger.database(), counted.outcome);
    const auto basis = basis_of(ledger, counted.usage);
    const auto entries = review::list(ledger.database(), {}, text::day_of(counted.outcome.as_of - 1));
    std::vector<NewFile> files;
    std::string bytes;
    make_directory(options.out);
    for (auto& file : papers::review_papers({counted.outcome, counted.inputs, basis}, entries)) {
        bytes += file.bytes;
        files.push_back({options.out / file.name, std::move(file.bytes)});
    }
    replace_all(files);
    if (stored) {
        using review::Activity;
        review::keep_produced(ledger.database(),
                              outputs_of(counted.outcome, "tally-verifier review", bytes,
                                         {Activity::user_audit, Activity::assignment_check, Activity::renewal_brief}));
    }
    print_files(files, options.output, "tally-review-1");
    return Exit::ok;
}

} // namespace tally::verifier
