#include "tally/cli/output.hpp"
#include "tally/site_file/chain.hpp"
#include "verifier/certify/certificate.hpp"
#include "verifier/certify/junit.hpp"
#include "verifier/certify/verdict_text.hpp"
#include "verifier/commands.hpp"
#include "verifier/ledger/ledger.hpp"
#include "verifier/receipt/answers.hpp"

#include <ctime>

namespace tally::verifier {
namespace {

// Against whom the bundle was held: the enrolled site file of the site that it names.
certify::CertificateBasis basis_of(const check::Report& report, const ledger::Ledger* ledger) {
    certify::CertificateBasis basis{"", "", static_cast<std::int64_t>(::time(nullptr)), TALLY_VERSION};
    for (const auto& site : ledger == nullptr ? std::vector<ledger::TrustedSite>() : ledger->trusted()) {
        const auto chain = site_file::read_chain(site.chain);
        if (chain && site.site == report.site) {
            basis.fingerprint = to_hex(chain->fingerprint());
            basis.words = site_file::fingerprint_words(chain->fingerprint());
        }
    }
    return basis;
}

void write_files(const CheckOptions& options, const std::vector<check::Report>& reports, const ledger::Ledger* ledger) {
    if (!options.junit.empty()) {
        os::replace_file(options.junit, certify::to_junit(reports));
    }
    if (!options.certificate.empty()) {
        os::replace_file(options.certificate,
                         certify::to_certificate(reports.front(), basis_of(reports.front(), ledger)));
    }
}

} // namespace

Exit run_check(const CheckOptions& options) {
    if (!options.certificate.empty() && options.bundles.size() != 1) {
        throw Error("check", options.certificate.string(), "a certificate is about one bundle",
                    {"check each bundle by itself, with a certificate of its own"}, Exit::usage);
    }
    std::optional<ledger::Ledger> ledger;
    if (!options.ledger.empty()) {
        ledger.emplace(options.ledger, sqlite::Mode::read_only);
    }
    const auto answers = ledger ? std::make_unique<receipt::Answers>(*ledger) : nullptr;
    const check::Trust trust = answers ? answers->trust() : check::Trust();
    Exit exit = Exit::ok;
    std::vector<check::Report> reports;
    text::Json json;
    json.object().member("format", "tally-check-1").key("bundles").array();
    for (const auto& path : options.bundles) {
        check::Options wanted;
        wanted.bundle = path;
        wanted.wanted = check::Wanted::verdict;
        wanted.recompress = options.recompress == Recompress::yes ? check::Recompress::yes : check::Recompress::no;
        const auto outcome = check::check_confined(wanted, trust);
        if (outcome.report.verdict != check::Verdict::ok) {
            exit = Exit::findings;
        }
        certify::write_json(json, outcome.report);
        if (options.output == Output::text) {
            cli::print(certify::to_text(outcome.report));
        }
        reports.push_back(outcome.report);
    }
    write_files(options, reports, ledger ? &*ledger : nullptr);
    json.end_array().end_object();
    if (options.output == Output::json) {
        cli::print(json.str() + "\n");
    }
    return exit;
}

} // namespace tally::verifier
