#include "verifier/check/verdict_text.hpp"
#include "verifier/commands.hpp"
#include "verifier/ledger/ledger.hpp"

#include <cstdio>

namespace tally::verifier {

Exit run_check(const CheckOptions& options) {
    std::optional<ledger::Ledger> ledger;
    if (!options.ledger.empty()) {
        ledger.emplace(options.ledger, sqlite::Mode::read_only);
    }
    const check::Trust trust = ledger ? ledger->trust() : check::Trust();
    Exit exit = Exit::ok;
    text::Json json;
    json.object().member("format", "tally-check-1").key("bundles").array();
    for (const auto& path : options.bundles) {
        check::Options wanted;
        wanted.bundle = path;
        wanted.recompress = options.recompress == Recompress::yes ? check::Recompress::yes : check::Recompress::no;
        const auto outcome = check::check_confined(wanted, trust);
        if (outcome.report.verdict != check::Verdict::ok) {
            exit = Exit::findings;
        }
        check::write_json(json, outcome.report);
        if (options.output == Output::text) {
            const std::string text = check::to_text(outcome.report);
            std::fwrite(text.data(), 1, text.size(), stdout);
        }
    }
    json.end_array().end_object();
    if (options.output == Output::json) {
        std::fwrite((json.str() + "\n").data(), 1, json.str().size() + 1, stdout);
    }
    return exit;
}

} // namespace tally::verifier
