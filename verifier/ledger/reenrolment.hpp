// Sites that lost the quorum of their root keys and were enrolled again under another fingerprint: what was trusted
// before stays in the ledger, with the operator's reason, and every later check of that site says so. Header only: it is
// a table beside the others and five statements.
#pragma once

#include "verifier/ledger/ledger.hpp"

namespace tally::ledger {

struct FormerSite {
    std::string site, fingerprint; // hex
    std::uint64_t version = 0;
    std::int64_t replaced = 0; // UTC seconds by this machine's clock
    std::string reason;
    std::string chain;
    std::int64_t last_bundle = 0; // accepted under it: bundles up to this id
};

// In the order in which they were replaced.
inline std::vector<FormerSite> former_sites(const sqlite::Database& database) {
    std::vector<FormerSite> sites;
    sqlite::Statement table(database, "SELECT 1 FROM sqlite_schema WHERE name = 'site_before'");
    if (!table.step()) {
        return sites;
    }
    sqlite::Statement row(database, "SELECT site, fingerprint, version, replaced, reason, chain, last_bundle FROM "
                                    "site_before ORDER BY rowid");
    while (row.step()) {
        sites.push_back({std::string(row.text(0)), std::string(row.text(1)), static_cast<std::uint64_t>(row.integer(2)),
                         row.integer(3), std::string(row.text(4)), std::string(row.text(5)), row.integer(6)});
    }
    return sites;
}

inline void keep_former(sqlite::Database& database, const FormerSite& site) {
    database.run(
        "CREATE TABLE IF NOT EXISTS site_before (site TEXT NOT NULL, fingerprint TEXT NOT NULL, version INTEGER "
        "NOT NULL, replaced INTEGER NOT NULL, reason TEXT NOT NULL, chain TEXT NOT NULL, last_bundle INTEGER "
        "NOT NULL) STRICT");
    sqlite::Statement(database, "INSERT INTO site_before (site, fingerprint, version, replaced, reason, chain, "
                                "last_bundle) VALUES (?,?,?,?,?,?,?)")
        .bind(std::string_view(site.site), std::string_view(site.fingerprint), site.version, site.replaced,
              std::string_view(site.reason), std::string_view(site.chain), site.last_bundle)
        .run();
}

// `site` takes the place of the one that is trusted under its name now; both or neither.
inline void replace_trust(Ledger& ledger, const TrustedSite& site, const std::string& reason) {
    sqlite::Database& database = ledger.database();
    sqlite::Transaction transaction(database);
    sqlite::Statement last(database, "SELECT coalesce(max(id), 0) FROM bundle");
    const std::int64_t last_bundle = last.step() ? last.integer(0) : 0;
    for (const auto& before : ledger.trusted()) {
        if (before.site == site.site) {
            keep_former(database, {before.site, before.fingerprint, before.version, site.added, reason, before.chain,
                                   last_bundle});
        }
    }
    sqlite::Statement(database, "DELETE FROM site WHERE site = ?").bind(std::string_view(site.site)).run();
    ledger.add_trust(site);
    transaction.commit();
}

} // namespace tally::ledger
