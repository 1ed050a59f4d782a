// A ledger on disk that trusts a test site, and the two steps of accepting a bundle of it.
#pragma once

#include "tests/support/bundle_builder.hpp"
#include "tests/support/temp_dir.hpp"
#include "verifier/ledger/ledger.hpp"

namespace tally::test {

struct LedgerSite {
    TempDir directory;
    Site site;
    ledger::Ledger ledger{directory / "v.db", sqlite::Mode::create};

    LedgerSite() {
        const auto chain = site_file::read_chain(site.file);
        ledger.add_trust({"SITE1", to_hex(chain->fingerprint()), 1, 1'790'000'000, site.file});
    }
    check::Outcome check(const Draft& draft) {
        const auto path = draft.write(directory.path(), site.exporter);
        return check::check_bundle({path, {}, {}, check::Recompress::no, 2}, ledger.trust());
    }
    ledger::Acceptance accept(const Draft& draft) {
        auto outcome = check(draft);
        if (!outcome.bundle) {
            throw Error("accept", "the test's bundle",
                        outcome.report.findings.empty() ? "?" : outcome.report.findings[0].text);
        }
        return ledger.accept(std::move(*outcome.bundle));
    }
    // Draws up everything there is, accepts it, and lets the station note it.
    ledger::Acceptance deliver(const std::map<std::string, std::uint64_t>& first = {}) {
        const Draft draft = site.draft(first);
        auto acceptance = accept(draft);
        site.exported(draft);
        return acceptance;
    }
};

} // namespace tally::test
