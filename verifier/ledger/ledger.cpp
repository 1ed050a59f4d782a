#include "verifier/ledger/kept_releases.hpp"
#include "verifier/ledger/reenrolment.hpp"
#include "verifier/ledger/state.hpp"

#include "tally/os/guarded.hpp"
#include "verifier/ledger/schema.hpp"

#include <ctime>

namespace tally::ledger {
namespace {

using sqlite::Statement;

std::string_view text_of(const Hash& hash) { return as_text(hash); }

class LedgerMemory : public check::Memory {
public:
    explicit LedgerMemory(const sqlite::Database& database) : database_(database) {}

    [[nodiscard]] std::optional<check::Position> position(const std::string& host) const override {
        Statement row(database_, "SELECT size, range, epoch, key, last_wall FROM log WHERE host = ?");
        if (!row.bind(std::string_view(host)).step()) {
            return std::nullopt;
        }
        return check::Position{
            range_of(row.natural(0), row.text(1)), {row.natural(2)}, hash_of(row.text(3)), row.natural(4)};
    }

    [[nodiscard]] std::optional<Hash> root_at(const std::string& host, std::uint64_t size) const override {
        Statement row(database_,
                      "SELECT root_after FROM seal JOIN log ON log.id = seal.log WHERE host = ? AND seq = ?");
        if (size == 0) {
            line::TreeHasher hasher;
            return line::CompactRange().root(hasher);
        }
        return row.bind(std::string_view(host), size - 1).step() ? std::optional(hash_of(row.text(0))) : std::nullopt;
    }

    [[nodiscard]] std::vector<check::RosterEntry> roster(const std::string& site) const override {
        std::vector<check::RosterEntry> entries;
        Statement row(database_, "SELECT host, label, first_key FROM log WHERE site = ? ORDER BY id");
        row.bind(std::string_view(site));
        while (row.step()) {
            entries.push_back({std::string(row.text(0)), std::string(row.text(1)), hash_of(row.text(2))});
        }
        return entries;
    }

    [[nodiscard]] std::vector<Hash> accepted(const std::string& site, const std::string& agreement,
                                             std::uint64_t n) const override {
        std::vector<Hash> digests;
        Statement row(database_, "SELECT digest FROM bundle WHERE site = ? AND agreement = ? AND n = ?");
        row.bind(std::string_view(site), std::string_view(agreement), n);
        while (row.step()) {
            digests.push_back(hash_of(row.text(0)));
        }
        return digests;
    }

    [[nodiscard]] std::vector<check::KnownVolume> volumes(const std::string& site, const std::string& agreement,
                                                          std::uint64_t n) const override {
        std::vector<check::KnownVolume> volumes;
        const bool sets = has_table("volume_set");
        Statement row(database_, std::string("SELECT volume, volumes, ") +
                                     (sets ? "(SELECT identity FROM volume_set WHERE bundle = id)" : "NULL") +
                                     " FROM bundle WHERE site = ? AND agreement = ? AND n = ? ORDER BY volume");
        row.bind(std::string_view(site), std::string_view(agreement), n);
        while (row.step()) {
            volumes.push_back({row.natural(0), row.natural(1), row.is_null(2) ? Hash() : hash_of(row.text(2))});
        }
        return volumes;
    }

    [[nodiscard]] std::vector<check::Arrival> arrivals(const std::string& host) const override {
        std::vector<check::Arrival> arrivals;
        if (!has_table("arrival")) {
            return arrivals;
        }
        Statement row(database_, "SELECT next, root FROM arrival WHERE host = ? ORDER BY next");
        row.bind(std::string_view(host));
        while (row.step()) {
            arrivals.push_back({host, row.natural(0), hash_of(row.text(1))});
        }
        return arrivals;
    }

private:
    [[nodiscard]] bool has_table(std::string_view name) const {
        Statement table(database_, "SELECT 1 FROM sqlite_schema WHERE name = ?");
        return table.bind(name).step();
    }

    const sqlite::Database& database_;
};

// The bundle's copy, durable under its digest before anything in the database names it; gone again unless kept.
class KeptCopy {
public:
    KeptCopy(const check::VerifiedBundle& bundle, const os::fs::path& directory)
        : path_(directory / (to_hex(bundle.report().digest) + ".tally")) {
        const os::fs::path part = path_.string() + ".part";
        os::fs::create_directories(directory);
        ::unlink(part.c_str());
        try {
            const os::Descriptor file = os::open(part, O_WRONLY | O_CREAT | O_EXCL, 0600);
            bundle.copy_to(file, part);
            os::sync(file, part);
            if (::rename(part.c_str(), path_.c_str()) != 0) {
                throw Error::system("rename", part.string());
            }
        } catch (...) {
            ::unlink(part.c_str());
            throw;
        }
        os::sync_directory(directory);
        os::sync_directory(directory.parent_path());
    }
    KeptCopy(const KeptCopy&) = delete;
    KeptCopy& operator=(const KeptCopy&) = delete;
    ~KeptCopy() {
        if (!kept_) {
            ::unlink(path_.c_str());
        }
    }
    void keep() { kept_ = true; }

private:
    os::fs::path path_;
    bool kept_ = false;
};

// UTC seconds: by this machine's clock, and when the bundle came.
struct Arrival {
    std::int64_t accepted = 0, received = 0;
};

std::int64_t insert_bundle(sqlite::Database& database, const check::VerifiedBundle& bundle, Arrival arrival) {
    const auto& report = bundle.report();
    const std::string name = os::fs::path(report.file).filename().string();
    Statement insert(
        database,
        "INSERT INTO bundle (digest, site, agreement, name, n, volume, volumes, bytes, lines, seals, created_ms, "
        "accepted, received) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)");
    insert
        .bind(Bytes(report.digest), std::string_view(report.site), std::string_view(report.agreement),
              std::string_view(name), report.n, report.volume, report.volumes, report.bytes, report.lines, report.seals,
              bundle.created_ms(), arrival.accepted, arrival.received)
        .run();
    return database.last_row();
}

void insert_findings(sqlite::Database& database, std::int64_t bundle, const std::vector<check::Finding>& findings) {
    Statement insert(database, "INSERT INTO finding (bundle, code, severity, host, seq, member, line, byte, text) "
                               "VALUES (?,?,?,?,?,?,?,?,?)");
    for (const auto& finding : findings) {
        insert
            .bind(bundle, check::name(finding.code), static_cast<int>(finding.severity), std::string_view(finding.host),
                  finding.seq, std::string_view(finding.member), finding.line, finding.offset,
                  std::string_view(finding.text))
            .run();
    }
}

struct LogRow {
    std::int64_t id = 0;
    std::uint64_t size = 0;
};

std::optional<LogRow> find_log(sqlite::Database& database, const std::string& host) {
    Statement row(database, "SELECT id, size FROM log WHERE host = ?");
    return row.bind(std::string_view(host)).step() ? std::optional(LogRow{row.integer(0), row.natural(1)})
                                                   : std::nullopt;
}

// Rows of all logs of the bundle; new ones are made at size 0.
std::vector<std::int64_t> enter_logs(sqlite::Database& database, const check::VerifiedBundle& bundle) {
    std::vector<std::int64_t> ids;
    for (const auto& log : bundle.logs()) {
        auto known = find_log(database, log.host);
        if (!known) {
            Statement insert(
                database,
                "INSERT INTO log (host, site, label, role, first_key, size, seals, range, epoch, key, first_wall, "
                "last_wall) VALUES (?,?,?,?,?,0,0,x'',0,?,0,0)");
            insert
                .bind(std::string_view(log.host), std::string_view(bundle.report().site), std::string_view(log.label),
                      std::string_view(log.role), Bytes(log.first_key), Bytes(log.first_key))
                .run();
            known = LogRow{database.last_row(), 0};
        }
        if (log.fresh < log.next && known->size != log.fresh) {
            throw Error("accept", bundle.report().file, "the ledger moved on since this bundle was checked",
                        {"check it again"});
        }
        ids.push_back(known->id);
    }
    return ids;
}

// How far each log goes in the bundle, also where its lines came in before.
void insert_ends(sqlite::Database& database, const check::VerifiedBundle& bundle, std::int64_t bundle_id,
                 const std::vector<std::int64_t>& ids) {
    Statement insert(database, "INSERT INTO bundle_log (bundle, log, next) VALUES (?,?,?)");
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (bundle.logs()[i].next > 0) {
            insert.bind(bundle_id, ids[i], bundle.logs()[i].next).run();
        }
    }
}

void insert_seals(sqlite::Database& database, const check::VerifiedBundle& bundle, std::int64_t bundle_id,
                  const std::vector<std::int64_t>& ids, const std::vector<std::uint64_t>& walls) {
    Statement insert(database,
                     "INSERT INTO seal (log, seq, epoch, root, range_after, root_after, key_after, bundle, wall) "
                     "VALUES (?,?,?,?,?,?,?,?,?)");
    Statement advance(database,
                      "UPDATE log SET size = ?, seals = seals + 1, range = ?, epoch = ?, key = ? WHERE id = ?");
    line::TreeHasher hasher;
    TALLY_ASSERT(walls.size() == bundle.seals().size());
    auto wall = walls.begin();
    for (const auto& seal : bundle.seals()) {
        const std::string range = range_bytes(seal.after.range);
        const Hash root_after = seal.after.range.root(hasher);
        const std::int64_t log = ids[seal.log];
        insert
            .bind(log, seal.seq, seal.epoch.number, Bytes(seal.root), as_bytes(range), Bytes(root_after),
                  Bytes(seal.after.key), bundle_id, *wall++)
            .run();
        advance.bind(seal.after.range.size(), as_bytes(range), seal.after.epoch.number, Bytes(seal.after.key), log)
            .run();
    }
}

std::optional<std::int64_t> id_of(sqlite::Database& database, const Hash& digest) {
    Statement row(database, "SELECT id FROM bundle WHERE digest = ?");
    return row.bind(Bytes(digest)).step() ? std::optional(row.integer(0)) : std::nullopt;
}

// Of a bundle that is in the table.
void keep_signature(sqlite::Database& database, const check::VerifiedBundle& bundle) {
    database.run("CREATE TABLE IF NOT EXISTS signature (bundle INTEGER PRIMARY KEY REFERENCES bundle, bytes TEXT NOT "
                 "NULL) STRICT");
    Statement insert(database, "INSERT INTO signature (bundle, bytes) SELECT id, ? FROM bundle WHERE digest = ? "
                               "ON CONFLICT DO NOTHING");
    insert.bind(std::string_view(bundle.signature()), Bytes(bundle.report().digest)).run();
}

// What later volumes and bundles are held against: to which set this one belongs, what arrived of lines still to come.
void keep_expectations(sqlite::Database& database, const check::VerifiedBundle& bundle, std::int64_t bundle_id) {
    database.run(
        "CREATE TABLE IF NOT EXISTS volume_set (bundle INTEGER PRIMARY KEY REFERENCES bundle, identity BLOB NOT "
        "NULL) STRICT;"
        "CREATE TABLE IF NOT EXISTS arrival (host TEXT NOT NULL, next INTEGER NOT NULL, root BLOB NOT NULL, "
        "PRIMARY KEY (host, next)) STRICT, WITHOUT ROWID;");
    if (bundle.report().volumes > 1) {
        Statement(database, "INSERT INTO volume_set (bundle, identity) VALUES (?,?)")
            .bind(bundle_id, Bytes(bundle.set()))
            .run();
    }
    Statement insert(database, "INSERT INTO arrival (host, next, root) VALUES (?,?,?) ON CONFLICT DO NOTHING");
    for (const auto& arrival : bundle.arrivals()) {
        insert.bind(std::string_view(arrival.host), arrival.next, Bytes(arrival.root)).run();
    }
    database.run("DELETE FROM arrival WHERE next <= (SELECT size FROM log WHERE log.host = arrival.host)");
}

} // namespace

std::string range_bytes(const line::CompactRange& range) {
    std::string bytes;
    for (const auto& hash : range.hashes()) {
        bytes += text_of(hash);
    }
    return bytes;
}

Hash hash_of(std::string_view bytes) {
    Hash hash{};
    if (bytes.size() != hash.size()) {
        throw Error("read", "the ledger", "a hash or key of the wrong length: the file is damaged");
    }
    std::copy(bytes.begin(), bytes.end(), hash.begin());
    return hash;
}

line::CompactRange range_of(std::uint64_t size, std::string_view bytes) {
    std::vector<Hash> hashes;
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(Hash)) {
        hashes.push_back(hash_of(bytes.substr(at, sizeof(Hash))));
    }
    auto range = line::CompactRange::from(size, std::move(hashes));
    if (!range) {
        throw Error("read", "the ledger", "a compact range that does not fit its size: the file is damaged");
    }
    return std::move(*range);
}

Ledger::Ledger(const os::fs::path& path, sqlite::Mode mode) {
    std::optional<os::ExclusiveLock> lock;
    if (mode != sqlite::Mode::read_only) {
        os::refuse_other_hands(path.parent_path()); // who may write there may lay other trust in its place
        if (mode == sqlite::Mode::create || os::fs::exists(path)) {
            lock.emplace(path.string() + ".lock");
        }
    }
    state_ = std::unique_ptr<State>(new State{path, std::move(lock), open_database(path, mode), nullptr});
    state_->memory = std::make_unique<LedgerMemory>(state_->database);
}
Ledger::~Ledger() = default;
Ledger::Ledger(Ledger&&) noexcept = default;

sqlite::Database& Ledger::database() const { return state_->database; }
os::fs::path Ledger::bundles_directory() const { return state_->path.string() + ".bundles"; }

void Ledger::add_trust(const TrustedSite& site) {
    Statement insert(state_->database,
                     "INSERT INTO site (site, fingerprint, version, added, chain) VALUES (?,?,?,?,?) "
                     "ON CONFLICT (site) DO UPDATE SET version = excluded.version, chain = excluded.chain");
    insert
        .bind(std::string_view(site.site), std::string_view(site.fingerprint), site.version, site.added,
              std::string_view(site.chain))
        .run();
}

std::vector<TrustedSite> Ledger::trusted() const {
    std::vector<TrustedSite> sites;
    Statement row(state_->database, "SELECT site, fingerprint, version, added, chain FROM site ORDER BY site");
    while (row.step()) {
        sites.push_back({std::string(row.text(0)), std::string(row.text(1)), row.natural(2), row.integer(3),
                         std::string(row.text(4))});
    }
    return sites;
}

check::Trust Ledger::trust() const {
    check::Trust trust{check::Trust::Basis::enrolled, {}, state_->memory.get()};
    for (auto& site : trusted()) {
        trust.chains.push_back(std::move(site.chain));
    }
    for (auto& former : former_sites(state_->database)) {
        trust.reenrolled.push_back({former.site, former.fingerprint, former.reason, former.replaced});
    }
    return trust;
}

Acceptance Ledger::accept(check::VerifiedBundle&& bundle, std::optional<std::int64_t> received) {
    const check::VerifiedBundle taken = std::move(bundle);
    sqlite::Database& database = state_->database;
    Acceptance acceptance;
    if (const auto known = id_of(database, taken.report().digest)) {
        acceptance.status = Acceptance::Status::already_there;
        sqlite::Transaction transaction(database);
        keep_signature(database, taken);
        if (!site_version_of(database, *known)) { // by a program that did not keep them
            keep_releases(database, *known, taken.releases());
        }
        transaction.commit();
        return acceptance;
    }
    if (taken.logs().empty()) {
        throw Error("accept", taken.report().file, "it was checked against what another ledger remembers");
    }
    KeptCopy copy(taken, bundles_directory());
    sqlite::Transaction transaction(database);
    const auto now = static_cast<std::int64_t>(::time(nullptr));
    const std::int64_t id = insert_bundle(database, taken, {now, received.value_or(now)});
    const auto logs = enter_logs(database, taken);
    RolledUp rolled = roll_up(database, taken, logs);
    insert_seals(database, taken, id, logs, rolled.seal_walls);
    insert_ends(database, taken, id, logs);
    keep_expectations(database, taken, id);
    insert_findings(database, id, taken.report().findings);
    insert_findings(database, id, rolled.findings);
    keep_signature(database, taken);
    keep_releases(database, id, taken.releases());
    copy.keep(); // a commit that reports a failure may have happened all the same
    transaction.commit();
    acceptance.lines = rolled.lines;
    acceptance.sessions = rolled.sessions;
    acceptance.refusals = rolled.refusals;
    acceptance.findings = std::move(rolled.findings);
    return acceptance;
}

std::vector<AcceptedBundle> Ledger::bundles() const {
    std::vector<AcceptedBundle> bundles;
    Statement row(
        state_->database,
        "SELECT id, digest, site, agreement, name, n, volume, volumes, bytes, lines, seals, created_ms, accepted, "
        "received FROM bundle ORDER BY id");
    while (row.step()) {
        AcceptedBundle bundle;
        bundle.id = row.integer(0);
        bundle.digest = to_hex(hash_of(row.text(1)));
        bundle.site = row.text(2);
        bundle.agreement = row.text(3);
        bundle.name = row.text(4);
        bundle.n = row.natural(5);
        bundle.volume = row.natural(6);
        bundle.volumes = row.natural(7);
        bundle.bytes = row.natural(8);
        bundle.lines = row.natural(9);
        bundle.seals = row.natural(10);
        bundle.created_ms = row.integer(11);
        bundle.accepted = row.integer(12);
        bundle.received = row.integer(13);
        bundles.push_back(std::move(bundle));
    }
    return bundles;
}

std::optional<std::string> Ledger::signature_of(std::int64_t bundle) const {
    Statement table(state_->database, "SELECT 1 FROM sqlite_schema WHERE name = 'signature'");
    if (!table.step()) {
        return std::nullopt;
    }
    Statement row(state_->database, "SELECT bytes FROM signature WHERE bundle = ?");
    return row.bind(bundle).step() ? std::optional(std::string(row.text(0))) : std::nullopt;
}

std::vector<check::RosterEntry> Ledger::roster(const std::string& site) const { return state_->memory->roster(site); }

std::vector<check::Finding> Ledger::findings(std::int64_t bundle) const {
    std::vector<check::Finding> findings;
    Statement row(
        state_->database,
        "SELECT code, severity, host, seq, member, line, byte, text FROM finding WHERE bundle = ? ORDER BY rowid");
    row.bind(bundle);
    const auto number = [&](int column) {
        return row.is_null(column) ? std::nullopt : std::optional(row.natural(column));
    };
    while (row.step()) {
        const auto code = check::parse_code(row.text(0));
        if (!code) {
            throw Error("read", state_->path.string(), "a finding of the unknown code " + std::string(row.text(0)));
        }
        findings.push_back({*code, static_cast<check::Severity>(row.integer(1)), std::string(row.text(2)), number(3),
                            std::string(row.text(4)), number(5), number(6), std::string(row.text(7))});
    }
    return findings;
}

} // namespace tally::ledger
