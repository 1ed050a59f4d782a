#include "verifier/audit/recompute.hpp"
#include "verifier/counted.hpp"
#include "verifier/outputs/reconciliation.hpp"
#include "verifier/outputs/tables.hpp"

#include "tally/base/encoding.hpp"
#include "tally/cli/output.hpp"
#include "tally/crypto/sha256.hpp"
#include "tally/os/private_directory.hpp"
#include "tally/text/json.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace tally::verifier {
namespace {

struct Result {
    std::string name, kept, recomputed; // the bytes
    [[nodiscard]] bool equal() const { return kept == recomputed; }
};

// What a ledger says: as `reconcile --json` prints it, and all tables that are counted from it. States of findings are
// what people said, and the list of bundles has the order in which they came: neither is compared.
struct Said {
    std::string reconciliation, tables;
};
Said said_by(const ledger::Ledger& ledger, const RecomputeOptions& options) {
    const auto counted = count(ledger, options.as_of, options.fold_case, options.assumptions);
    const outputs::Basis none;
    return {outputs::to_json(counted.outcome), outputs::to_json({counted.outcome, counted.inputs, none})};
}

std::string digest(const std::string& bytes) { return to_hex(crypto::sha256(bytes)); }

std::string difference(const Result& result) {
    const auto [left, right] =
        std::mismatch(result.kept.begin(), result.kept.end(), result.recomputed.begin(), result.recomputed.end());
    const auto at = static_cast<std::size_t>(left - result.kept.begin());
    const std::size_t from = at < 60 ? 0 : at - 60;
    return "  they differ from byte " + std::to_string(at) + " on:\n    here  …" +
           text::shown(result.kept.substr(from, 120)) + "\n    anew  …" +
           text::shown(result.recomputed.substr(from, 120)) + "\n";
}

std::string to_text(const RecomputeOptions& options, const audit::Rebuilt& rebuilt,
                    const std::vector<Result>& results) {
    std::string text = std::to_string(rebuilt.bundles.size()) + " bundles and " + std::to_string(rebuilt.inputs) +
                       " inputs, " + options.order +
                       (options.order == "shuffled" ? " with seed " + std::to_string(options.seed) : "") +
                       (rebuilt.other_order ? ": another order than they were accepted in\n"
                                            : ": the order in which they were accepted\n");
    for (const auto& result : results) {
        text += result.name + (result.equal() ? "  equal" : "  NOT EQUAL") + "\n  here  sha256 " + digest(result.kept) +
                "\n  anew  sha256 " + digest(result.recomputed) + "\n" + (result.equal() ? "" : difference(result));
    }
    return text;
}

std::string to_json(const RecomputeOptions& options, const audit::Rebuilt& rebuilt,
                    const std::vector<Result>& results) {
    text::Json json;
    json.object().member("format", "tally-recompute-1").member("order", options.order).member("seed", options.seed);
    json.member("other_order", rebuilt.other_order).member("inputs", rebuilt.inputs).key("bundles").array();
    for (const auto& bundle : rebuilt.bundles) {
        json.object().member("bundle", bundle.name).member("sha256", bundle.digest).end_object();
    }
    json.end_array().key("results").array();
    bool equal = true;
    for (const auto& result : results) {
        json.object().member("result", result.name).member("equal", result.equal());
        json.member("sha256", digest(result.kept)).member("recomputed_sha256", digest(result.recomputed)).end_object();
        equal = equal && result.equal();
    }
    return json.end_array().member("equal", equal).end_object().str() + "\n";
}

void show_progress(std::size_t done, std::size_t all) {
    if (::isatty(STDERR_FILENO) == 1) {
        std::fprintf(stderr, "\r%zu of %zu bundles%s", done, all, done == all ? "\n" : "");
    }
}

} // namespace

Exit run_recompute(const RecomputeOptions& options) {
    const auto order = audit::order_named(options.order);
    if (!order) {
        throw Error("read", "--order", "'" + options.order + "' is no order", {"as-accepted, reverse or shuffled"},
                    Exit::usage);
    }
    const ledger::Ledger ledger(options.ledger, sqlite::Mode::read_only);
    const os::PrivateDirectory directory(os::fs::temp_directory_path(), "tally-recompute");
    audit::Rebuilt rebuilt;
    Said anew;
    {
        ledger::Ledger fresh(directory.path() / "ledger.db", sqlite::Mode::create);
        rebuilt = audit::rebuild(ledger, fresh, {*order, options.seed, directory.path(), show_progress});
        anew = said_by(fresh, options);
    }
    Said here = said_by(ledger, options);
    const std::vector<Result> results = {
        {"reconciliation", std::move(here.reconciliation), std::move(anew.reconciliation)},
        {"tables", std::move(here.tables), std::move(anew.tables)}};
    cli::print(options.output == Output::json ? to_json(options, rebuilt, results)
                                              : to_text(options, rebuilt, results));
    const bool equal = std::all_of(results.begin(), results.end(), [](const Result& result) { return result.equal(); });
    return equal ? Exit::ok : Exit::findings;
}

} // namespace tally::verifier
