// Power failures while the verifier accepts bundles. Afterwards accepting them once more leads to the same ledger.
#include "tests/crash/replay.hpp"
#include "tests/crash/steady.hpp"
#include "tests/support/ledger_site.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::crash;

namespace {

namespace fs = os::fs;
using test::TempDir;

constexpr unsigned bundles = 3;

// Three bundles of a site, and the ledger that trusts it.
struct Deliveries {
    TempDir place{TempDir::Where::in_memory};
    test::Site site;
    std::vector<fs::path> paths;

    Deliveries() {
        test::Log& host = site.host("H1");
        for (unsigned number = 0; number < bundles; ++number) {
            const std::uint64_t from = host.size();
            for (unsigned i = 0; i < 20; ++i) {
                host.session(1000 * number + 10 * i, 1000 * number + 10 * i + 60);
            }
            host.seal();
            site.arrive(host, number == 0 ? 0 : from);
            const auto draft = site.draft();
            paths.push_back(draft.write(place.path(), site.exporter));
            site.exported(draft);
        }
    }
    void trust(const fs::path& top) const {
        const auto chain = site_file::read_chain(site.file);
        ledger::Ledger ledger(top / "v.db", sqlite::Mode::create);
        ledger.add_trust({"SITE1", to_hex(chain->fingerprint()), 1, 1'790'000'000, site.file});
    }
};

void accept(const fs::path& top, const fs::path& bundle) {
    ledger::Ledger ledger(top / "v.db", sqlite::Mode::read_write);
    check::Options options;
    options.bundle = bundle;
    options.workers = 1;
    auto outcome = check::check_bundle(options, ledger.trust());
    demand(outcome.bundle.has_value(), "the bundle is refused");
    static_cast<void>(ledger.accept(std::move(*outcome.bundle)));
}

// Every row of every table.
std::string dump(const fs::path& top) {
    sqlite::Database database((top / "v.db").string(), sqlite::Mode::read_write);
    std::string text;
    sqlite::Statement tables(database, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
    tables.bind();
    while (tables.step()) {
        const std::string table(tables.text(0));
        sqlite::Statement columns(
            database, "SELECT group_concat('quote(' || name || ')', '||'',''||') FROM pragma_table_info(?)");
        columns.bind(std::string_view(table)).step();
        sqlite::Statement rows(database,
                               "SELECT " + std::string(columns.text(0)) + " FROM \"" + table + "\" ORDER BY 1");
        rows.bind();
        text += table + "\n";
        while (rows.step()) {
            text.append(rows.text(0)).push_back('\n');
        }
    }
    return text;
}

// Every copy is named by the digest of its bytes.
std::uint64_t look_at_copies(const fs::path& top) {
    std::uint64_t copies = 0;
    const auto folder = top / "v.db.bundles";
    for (fs::directory_iterator at(fs::exists(folder) ? folder : top), end; at != end; ++at) {
        if (at->path().extension() == ".tally") {
            const auto bytes = os::read_file(at->path(), std::size_t{1} << 24U);
            demand(to_hex(crypto::sha256(bytes)) + ".tally" == at->path().filename().string(), "half a copy");
            ++copies;
        }
    }
    return copies;
}

struct Accepting {
    Steady steady;
    Deliveries deliveries;
    std::vector<std::string> dumps; // after so many bundles
    History history;

    explicit Accepting(Forget forget = Forget::nothing) {
        const TempDir top(TempDir::Where::in_memory);
        deliveries.trust(top.path());
        dumps.push_back(dump(top.path()));
        Recording recording(top.path(), forget);
        for (unsigned number = 0; number < bundles; ++number) {
            accept(top.path(), deliveries.paths[number]);
            Recording::mark("accepted", number + 1);
            dumps.push_back(dump(top.path()));
        }
        history = recording.finish();
    }
    void work(const fs::path& top) const {
        for (const auto& path : deliveries.paths) {
            accept(top, path);
        }
    }

    std::string examine(const fs::path& top, const Promises& promised) const {
        look_at_copies(top);
        const std::string found = dump(top);
        std::uint64_t there = 0;
        while (there < dumps.size() && dumps[there] != found) {
            ++there;
        }
        demand(there < dumps.size(), "part of a bundle is in the ledger");
        demand(there >= promised["accepted"], "a bundle was accepted and is gone");
        demand(look_at_copies(top) >= there, "the copy of an accepted bundle is gone");
        work(top);
        demand(dump(top) == dumps.back(), "accepted again it is another ledger");
        demand(look_at_copies(top) == bundles, "not one copy of each bundle");
        return there > promised["accepted"] ? "one step ahead" : "as acknowledged";
    }
    [[nodiscard]] Outcome replayed(const Sampling& how) const {
        return replay("verifier: accept", history, how,
                      [this](const auto& top, const auto& promised) { return examine(top, promised); });
    }
};

} // namespace

TEST_CASE("no power failure while bundles are accepted loses one or lets half of one in") {
    const Outcome outcome = Accepting().replayed(sampling(20, 300));
    print(outcome);
    CHECK(outcome.violations == 0);
    CHECK(outcome.states > 0);
}

TEST_CASE("accepting that was killed is finished by the same command") {
    const Accepting accepting;
    const Outcome outcome = kill(
        "verifier: accept, killed", accepting.history, 60, [&](const auto& top) { accepting.work(top); },
        [&](const auto& top, const auto& promised) { return accepting.examine(top, promised); });
    print(outcome);
    CHECK(outcome.violations == 0);
}

TEST_CASE("a ledger that did not sync would be found out") {
    CHECK(Accepting(Forget::file_syncs).replayed({1, 1, 1, 1}).violations > 0);
    CHECK(Accepting(Forget::directory_syncs).replayed({1, 1, 1, 1}).violations > 0);
}
