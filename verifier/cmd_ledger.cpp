#include "tally/cli/output.hpp"
#include "tally/text/json.hpp"
#include "verifier/commands.hpp"
#include "verifier/ledger/ledger.hpp"
#include "verifier/ledger/usage.hpp"

#include <cstdio>

namespace tally::verifier {
namespace {

std::string to_text(const std::vector<ledger::AcceptedBundle>& bundles, const ledger::Coverage& coverage) {
    std::string text;
    for (const auto& bundle : bundles) {
        text += "bundle  " + bundle.site + " " + bundle.agreement + " " + std::to_string(bundle.n) + "  " +
                std::to_string(bundle.lines) + " lines, " + std::to_string(bundle.seals) + " seals  " + bundle.digest +
                "\n";
    }
    for (const auto& log : coverage.logs) {
        text += "log     " + log.site + " " + log.role + " " + log.label + "  " + std::to_string(log.size) +
                " lines, " + std::to_string(log.seals) + " seals\n";
    }
    return text.empty() ? "nothing was accepted yet\n" : text;
}

std::string to_json(const std::vector<ledger::AcceptedBundle>& bundles, const ledger::Coverage& coverage) {
    text::Json json;
    json.object().member("format", "tally-ledger-1").member("bundles", bundles.size()).key("accepted").array();
    for (const auto& bundle : bundles) {
        json.object().member("site", bundle.site).member("agreement", bundle.agreement).member("n", bundle.n);
        json.member("name", bundle.name)
            .member("sha256", bundle.digest)
            .member("bytes", bundle.bytes)
            .member("lines", bundle.lines);
        json.member("seals", bundle.seals)
            .member("created_ms", bundle.created_ms)
            .member("accepted", bundle.accepted)
            .end_object();
    }
    json.end_array().key("logs").array();
    for (const auto& log : coverage.logs) {
        json.object()
            .member("site", log.site)
            .member("role", log.role)
            .member("label", log.label)
            .member("size", log.size);
        json.member("seals", log.seals)
            .member("first_wall_ms", log.first_wall)
            .member("last_wall_ms", log.last_wall)
            .end_object();
    }
    return json.end_array().end_object().str() + "\n";
}

} // namespace

Exit run_ledger(const LedgerOptions& options) {
    const ledger::Ledger ledger(options.ledger, sqlite::Mode::read_only);
    const auto bundles = ledger.bundles();
    const auto coverage = ledger::load_coverage(ledger);
    const std::string text = options.output == Output::json ? to_json(bundles, coverage) : to_text(bundles, coverage);
    cli::print(text);
    return Exit::ok;
}

} // namespace tally::verifier
