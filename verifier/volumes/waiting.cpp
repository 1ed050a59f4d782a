#include "verifier/volumes/waiting.hpp"

#include <algorithm>

namespace tally::volumes {
namespace {

using sqlite::Statement;

os::fs::path folder_of(const ledger::Ledger& ledger) {
    const std::string bundles = ledger.bundles_directory().string();
    return bundles.substr(0, bundles.size() - std::string_view(".bundles").size()) + ".waiting";
}

bool has_table(const sqlite::Database& database) {
    Statement table(database, "SELECT 1 FROM sqlite_schema WHERE name = 'waiting_volume'");
    return table.step();
}

void write_durably(const os::fs::path& path, const check::WaitingVolume& volume) {
    const os::fs::path part = path.string() + ".part";
    ::unlink(part.c_str());
    try {
        const os::Descriptor file = os::open(part, O_WRONLY | O_CREAT | O_EXCL, 0600);
        volume.copy_to(file, part);
        os::sync(file, part);
        if (::rename(part.c_str(), path.c_str()) != 0) {
            throw Error::system("rename", part.string());
        }
    } catch (...) {
        ::unlink(part.c_str());
        throw;
    }
    os::sync_directory(path.parent_path());
}

void write_beside(const os::fs::path& folder, const std::vector<releases::File>& files) {
    for (const auto& file : files) {
        if (const auto* bytes = std::get_if<std::string>(&file.bytes)) {
            os::replace_file(folder / os::fs::path(file.name).filename(), *bytes, 0600);
        }
    }
}

} // namespace

WaitingVolumes::Kept WaitingVolumes::keep(const check::Report& report, const check::WaitingVolume& volume,
                                          std::int64_t received) {
    sqlite::Database& database = ledger_.database();
    const std::string digest = to_hex(report.digest);
    const auto known = list(report.site);
    if (std::any_of(known.begin(), known.end(), [&](const auto& one) { return one.digest == digest; })) {
        return Kept::before;
    }
    const os::fs::path folder = folder_of(ledger_) / digest;
    os::make_directories(folder);
    const std::string name = os::fs::path(report.file).filename().string();
    write_durably(folder / name, volume);
    os::replace_file(folder / (name + ".minisig"), volume.signature(), 0600);
    write_beside(folder, volume.releases().own);
    write_beside(folder, volume.releases().of_set);
    if (volume.releases().set) {
        write_beside(folder, {*volume.releases().set});
    }
    os::sync_directory(folder.parent_path());
    os::sync_directory(folder.parent_path().parent_path());
    sqlite::Transaction transaction(database);
    database.run(
        "CREATE TABLE IF NOT EXISTS waiting_volume (digest TEXT PRIMARY KEY, site TEXT NOT NULL, agreement TEXT "
        "NOT NULL, n INTEGER NOT NULL, volume INTEGER NOT NULL, volumes INTEGER NOT NULL, received INTEGER NOT "
        "NULL, name TEXT NOT NULL) STRICT");
    Statement(database,
              "INSERT INTO waiting_volume (digest, site, agreement, n, volume, volumes, received, name) VALUES "
              "(?,?,?,?,?,?,?,?)")
        .bind(std::string_view(digest), std::string_view(report.site), std::string_view(report.agreement), report.n,
              report.volume, report.volumes, received, std::string_view(name))
        .run();
    transaction.commit();
    return Kept::now;
}

std::vector<Waiting> WaitingVolumes::list(const std::string& site) const {
    std::vector<Waiting> all;
    if (!has_table(ledger_.database())) {
        return all;
    }
    Statement row(ledger_.database(), "SELECT digest, site, agreement, n, volume, volumes, received, name FROM "
                                      "waiting_volume ORDER BY site, agreement, n, volume, digest");
    const auto natural = [&](int column) { return static_cast<std::uint64_t>(row.integer(column)); };
    while (row.step()) {
        Waiting one{std::string(row.text(0)),
                    std::string(row.text(1)),
                    std::string(row.text(2)),
                    natural(3),
                    natural(4),
                    natural(5),
                    row.integer(6),
                    {}};
        one.file = folder_of(ledger_) / one.digest / std::string(row.text(7));
        if (site.empty() || one.site == site) {
            all.push_back(std::move(one));
        }
    }
    return all;
}

bool WaitingVolumes::is_due(const Waiting& waiting, const check::Memory& memory) const {
    const auto known = memory.volumes(waiting.site, waiting.agreement, waiting.n);
    for (std::uint64_t before = 1; before < waiting.volume; ++before) {
        if (std::none_of(known.begin(), known.end(), [&](const auto& one) { return one.k == before; })) {
            return false;
        }
    }
    return true;
}

void WaitingVolumes::remove(const Waiting& waiting, Files files) {
    Statement(ledger_.database(), "DELETE FROM waiting_volume WHERE digest = ?")
        .bind(std::string_view(waiting.digest))
        .run();
    if (files == Files::removed) {
        boost::system::error_code failed; // what stays is not listed: it harms nobody
        os::fs::remove_all(waiting.file.parent_path(), failed);
    }
}

} // namespace tally::volumes
