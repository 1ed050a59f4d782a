#include "verifier/receipt/answers.hpp"

#include "tally/crypto/sha256.hpp"
#include "tally/sqlite/database.hpp"

#include <algorithm>

namespace tally::receipt {
namespace {

using sqlite::Statement;

constexpr const char* tables = R"sql(
CREATE TABLE IF NOT EXISTS receipt (
  site TEXT NOT NULL, agreement TEXT NOT NULL, n INTEGER NOT NULL, file TEXT NOT NULL, signature TEXT NOT NULL,
  positions TEXT NOT NULL, PRIMARY KEY (site, agreement, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS receipt_named (
  digest BLOB PRIMARY KEY, site TEXT NOT NULL, agreement TEXT NOT NULL, bundle INTEGER NOT NULL, n INTEGER NOT NULL,
  hash BLOB NOT NULL, challenge BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS receipt_key (text TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
)sql";

// A ledger of which nobody asked a receipt yet has none of the tables.
bool has_tables(const sqlite::Database& database) {
    Statement table(database, "SELECT 1 FROM sqlite_schema WHERE name = 'receipt_key'");
    return table.step();
}

template <std::size_t N>
std::array<std::uint8_t, N> bytes_of(const Statement& row, int column) {
    std::array<std::uint8_t, N> bytes{};
    const auto text = row.text(column);
    if (text.size() != N) {
        throw Error("read", "the ledger", "a receipt's hash or challenge of the wrong length: the file is damaged");
    }
    std::copy(text.begin(), text.end(), bytes.begin());
    return bytes;
}

Sent sent_of(const Statement& row) {
    auto receipt = read_receipt(row.text(0));
    if (!receipt) {
        throw Error("read", "the ledger", "a receipt that was issued does not read back: " + receipt.fault().what);
    }
    return {std::move(*receipt), std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2))};
}

} // namespace

// Everything but the receipts is asked of the ledger's own memory.
class Answers::WithReceipts : public check::Memory {
public:
    WithReceipts(const check::Memory& ledger, const sqlite::Database& database)
        : ledger_(ledger), database_(database) {}

    [[nodiscard]] std::optional<check::Position> position(const std::string& host) const override {
        return ledger_.position(host);
    }
    [[nodiscard]] std::optional<line::Hash> root_at(const std::string& host, std::uint64_t size) const override {
        return ledger_.root_at(host, size);
    }
    [[nodiscard]] std::vector<check::RosterEntry> roster(const std::string& site) const override {
        return ledger_.roster(site);
    }
    [[nodiscard]] std::vector<line::Hash> accepted(const std::string& site, const std::string& agreement,
                                                   std::uint64_t n) const override {
        return ledger_.accepted(site, agreement, n);
    }
    [[nodiscard]] std::vector<check::KnownVolume> volumes(const std::string& site, const std::string& agreement,
                                                          std::uint64_t n) const override {
        return ledger_.volumes(site, agreement, n);
    }
    [[nodiscard]] std::vector<check::Arrival> arrivals(const std::string& host) const override {
        return ledger_.arrivals(host);
    }

    [[nodiscard]] std::optional<check::NamedReceipt> issued(const std::string& site, const std::string& agreement,
                                                            std::uint64_t n) const override {
        if (!has_tables(database_)) {
            return std::nullopt;
        }
        Statement row(database_,
                      "SELECT file, signature, positions FROM receipt WHERE site = ? AND agreement = ? AND n = ?");
        if (!row.bind(std::string_view(site), std::string_view(agreement), n).step()) {
            return std::nullopt;
        }
        const Sent sent = sent_of(row);
        return check::NamedReceipt{n, crypto::sha256(sent.file), sent.receipt.challenge};
    }
    [[nodiscard]] std::uint64_t newest_named(const std::string& site, const std::string& agreement,
                                             std::uint64_t n) const override {
        if (!has_tables(database_)) {
            return 0;
        }
        Statement row(database_, "SELECT coalesce(max(n), 0) FROM receipt_named "
                                 "WHERE site = ? AND agreement = ? AND bundle < ?");
        row.bind(std::string_view(site), std::string_view(agreement), n);
        return row.step() ? static_cast<std::uint64_t>(row.integer(0)) : 0;
    }

private:
    const check::Memory& ledger_;
    const sqlite::Database& database_;
};

Answers::Answers(const ledger::Ledger& ledger)
    : ledger_(ledger), trust_(ledger.trust()),
      memory_(std::make_unique<WithReceipts>(*trust_.memory, ledger.database())) {}
Answers::~Answers() = default;

check::Trust Answers::trust() const {
    check::Trust trust = trust_;
    trust.memory = memory_.get();
    for (const auto& key : keys()) {
        trust.audiences.push_back(fingerprint_of(key));
    }
    return trust;
}

std::vector<Sent> Answers::sent(const std::string& site, const std::string& agreement) const {
    std::vector<Sent> all;
    if (has_tables(ledger_.database())) {
        Statement row(ledger_.database(), "SELECT file, signature, positions FROM receipt "
                                          "WHERE site = ? AND agreement = ? ORDER BY n");
        row.bind(std::string_view(site), std::string_view(agreement));
        while (row.step()) {
            all.push_back(sent_of(row));
        }
    }
    return all;
}

std::optional<Sent> Answers::newest(const std::string& site, const std::string& agreement) const {
    auto all = sent(site, agreement);
    return all.empty() ? std::nullopt : std::optional(std::move(all.back()));
}

std::optional<check::NamedReceipt> Answers::named(const std::string& site, const std::string& agreement) const {
    if (!has_tables(ledger_.database())) {
        return std::nullopt;
    }
    Statement row(ledger_.database(), "SELECT n, hash, challenge FROM receipt_named WHERE site = ? AND agreement = ? "
                                      "ORDER BY n DESC, bundle DESC LIMIT 1");
    if (!row.bind(std::string_view(site), std::string_view(agreement)).step()) {
        return std::nullopt;
    }
    return check::NamedReceipt{static_cast<std::uint64_t>(row.integer(0)), bytes_of<32>(row, 1), bytes_of<16>(row, 2)};
}

std::vector<minisig::PublicKey> Answers::keys() const {
    std::vector<minisig::PublicKey> keys;
    if (has_tables(ledger_.database())) {
        Statement row(ledger_.database(), "SELECT text FROM receipt_key ORDER BY text");
        while (row.step()) {
            auto key = minisig::parse_public_key(row.text(0));
            if (!key) {
                throw Error("read", "the ledger", "a key of receipts is none: the file is damaged");
            }
            keys.push_back(*key);
        }
    }
    return keys;
}

void Answers::note(const check::Report& report) {
    if (!report.receipt) {
        return;
    }
    sqlite::Transaction transaction(ledger_.database());
    ledger_.database().run(tables);
    Statement insert(ledger_.database(),
                     "INSERT INTO receipt_named (digest, site, agreement, bundle, n, hash, challenge) "
                     "VALUES (?,?,?,?,?,?,?) ON CONFLICT DO NOTHING");
    insert
        .bind(Bytes(report.digest), std::string_view(report.site), std::string_view(report.agreement), report.n,
              report.receipt->n, Bytes(report.receipt->hash), Bytes(report.receipt->challenge))
        .run();
    transaction.commit();
}

void Answers::note(const minisig::PublicKey& key) {
    const auto known = keys();
    if (std::find(known.begin(), known.end(), key) != known.end()) {
        return;
    }
    sqlite::Transaction transaction(ledger_.database());
    ledger_.database().run(tables);
    const std::string text = to_text(key);
    Statement(ledger_.database(), "INSERT INTO receipt_key (text) VALUES (?)").bind(std::string_view(text)).run();
    transaction.commit();
}

void Answers::keep(const Sent& sent) {
    sqlite::Transaction transaction(ledger_.database());
    ledger_.database().run(tables);
    Statement insert(ledger_.database(),
                     "INSERT INTO receipt (site, agreement, n, file, signature, positions) VALUES (?,?,?,?,?,?)");
    insert
        .bind(std::string_view(sent.receipt.site.text()), std::string_view(sent.receipt.agreement.text()),
              sent.receipt.n, std::string_view(sent.file), std::string_view(sent.signature),
              std::string_view(sent.positions))
        .run();
    transaction.commit();
}

} // namespace tally::receipt
