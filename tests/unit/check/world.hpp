// One enrolled site with one host, and check asked about drafts of it. `codes` are all that were found.
#pragma once

#include "tests/support/bundle_builder.hpp"
#include "tests/support/temp_dir.hpp"
#include "verifier/certify/verdict_text.hpp"

#include <catch2/catch.hpp>
#include <set>

namespace tally::test {

using Codes = std::set<std::string>;

inline Codes codes(const check::Report& report) {
    Codes found;
    for (const auto& finding : report.findings) {
        found.insert(std::string(check::name(finding.code)));
    }
    return found;
}

struct World {
    TempDir directory;
    Site site;
    Log& host = site.host("H1");

    World() {
        host.session(0, 60);
        host.seal();
    }
    // The host's lines so far arrive, and everything is drawn up.
    Draft draft() {
        site.arrive(host, 0);
        return site.draft();
    }
    check::Report check(const os::fs::path& path, check::Recompress recompress = check::Recompress::no) {
        return check::check_bundle({path, {}, {}, recompress, 2}, {check::Trust::Basis::enrolled, {site.file}, nullptr})
            .report;
    }
    check::Report check(const Draft& draft, check::Recompress recompress = check::Recompress::no) {
        return check(draft.write(directory.path(), site.exporter), recompress);
    }
    check::Report check(const Draft& draft, const std::string& file) {
        return check(draft.write(directory.path(), site.exporter, file));
    }
};

} // namespace tally::test
