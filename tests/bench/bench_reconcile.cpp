// Reconciling from the ledger against what an analyst would ask of the same sessions in SQL: sqlite3, and DuckDB where
// run.sh fetched it (TALLY_BENCH_DUCKDB names the folder). Ours makes the whole result with every judge; theirs only
// the peak, the people, the computers and the dormant pairs of each product, and those are compared. Tokens by 24-hour
// windows have no peer: SQL reckons them only by recursion.
#include "tests/bench/measure.hpp"
#include "tests/bench/sessions.hpp"

#include "verifier/ledger/dimension.hpp"
#include "verifier/ledger/ledger.hpp"
#include "verifier/ledger/sessions.hpp"
#include "verifier/ledger/usage.hpp"
#include "verifier/reconcile/reconcile.hpp"

#include <cstdlib>
#include <map>

using namespace tally;
using namespace tally::bench;

namespace {

constexpr std::int64_t dormant_seconds = 90 * 86'400;

// Straight into the ledger's tables of sessions, as accepting a bundle of them would, and as CSV for the peers.
void make_sessions(const os::fs::path& path, const std::string& csv, std::uint64_t sessions) {
    const ledger::Ledger ledger(path, sqlite::Mode::create);
    sqlite::Database& database = ledger.database();
    sqlite::Transaction transaction(database);
    database.run("INSERT INTO log (id, host, site, label, role, first_key, size, seals, range, epoch, key, first_wall, "
                 "last_wall) VALUES (1, 'HBENCH', 'BENCH', 'licsrv01', 'recorder', x'', 0, 0, x'', 0, x'', 0, 0)");
    ledger::Dimension sources(database, "source"), names(database, "feature"), users(database, "user"),
        clients(database, "client");
    ledger::SessionTable table(database);
    std::ofstream out(csv);
    std::map<std::uint64_t, ledger::Pending> open;
    SessionStream events(sessions);
    std::uint64_t seq = 0;
    for (Event event; events.next(event); ++seq) {
        if (event.moment == Moment::start) {
            auto& session = open[event.session];
            session.start_from = event.at;
            session.start_seq = seq;
            continue;
        }
        const auto begun = open.find(event.session);
        ledger::Pending session = begun->second;
        open.erase(begun);
        const Feature& feature = features()[event.feature];
        const bool package = feature.package == event.feature;
        session.log = 1;
        session.source = sources.id("flexnet:licsrv01:adskflex");
        session.feature = names.id(feature.name);
        session.package = package ? 0 : names.id(features()[feature.package].name);
        session.user = users.id(user_name(event.user));
        session.client = clients.id(client_name(event.client));
        session.layer = package ? ledger::Layer::package : ledger::Layer::component;
        session.kind = ledger::EndKind::returned;
        session.end_from = event.at;
        session.end_span = 0;
        session.end_seq = seq;
        table.put(session);
        out << *session.start_from << ',' << event.at << ',' << user_name(event.user) << ','
            << client_name(event.client) << ',' << count::product_word(feature.name) << ',' << (package ? 0 : 1)
            << '\n';
    }
    table.flush();
    transaction.commit();
}

// A line of claims for each product, as many as half the people.
inputs::Inputs bought() {
    inputs::Inputs inputs;
    for (std::size_t i = 0; i < features().size(); i += 2) {
        inputs::Entitlement line;
        line.line = "L" + std::to_string(i);
        line.agreement = "AG1";
        line.product = std::string(features()[i].name);
        line.metric = inputs::Metric::concurrent;
        line.quantity = 600;
        line.start_day = 0;
        line.end_day = 40'000;
        inputs.entitlements.push_back(line);
    }
    return inputs;
}

std::string answers_of(const findings::Outcome& outcome) {
    std::map<std::string, std::int64_t> dormant;
    for (const auto& row : outcome.users) {
        dormant[row.product] += row.last < outcome.observed.to - dormant_seconds ? 1 : 0;
    }
    std::map<std::string, const findings::ProductUse*> products;
    for (const auto& row : outcome.products) {
        products[row.product] = &row;
    }
    std::map<std::string, std::string> lines;
    for (const auto& row : outcome.four_ways) {
        const auto& product = *products.at(row.product);
        lines[row.product] = row.product + "|" + std::to_string(row.all_lines) + "|" +
                             std::to_string(product.users.upper) + "|" + std::to_string(product.clients) + "|" +
                             std::to_string(dormant[row.product]) + "\n";
    }
    std::string text;
    for (const auto& [product, line] : lines) {
        text += line;
    }
    return text;
}

const std::string question =
    "with event as (select product, began as moment, 1 as d from session union all select product, ended, -1 from "
    "session), "
    "step as (select product, moment, sum(d) as d from event group by product, moment), "
    "level as (select product, sum(d) over (partition by product order by moment) as live from step), "
    "peak as (select product, max(live) as live from level group by product), "
    "people as (select product, count(distinct who) as people, count(distinct computer) as computers from session "
    "group by product), "
    "latest as (select product, who, max(ended) as moment from session where uses = 1 group by product, who), "
    "newest as (select max(ended) as moment from session), "
    "dormant as (select product, count(*) as n from latest, newest where latest.moment < newest.moment - 7776000 "
    "group by product) "
    "select peak.product, peak.live, people, computers, coalesce(n, 0) from peak join people on people.product = "
    "peak.product left join dormant on dormant.product = peak.product order by 1";

const std::string columns = "began bigint, ended bigint, who text, computer text, product text, uses integer";

} // namespace

int main(int count, char** arguments) {
    const Plan plan = plan_from(count, arguments, 1'000'000);
    const test::TempDir dir;
    const os::fs::path path = dir / "ledger.db";
    const std::string csv = (dir / "sessions.csv").string();
    const std::string peer = (dir / "peer.db").string();
    const std::string duck = (dir / "peer.duckdb").string();
    make_sessions(path, csv, plan.size);
    output_of("sqlite3 " + peer + " 'create table session(" + columns + ")' '.mode csv' '.import " + csv + " session'");

    const auto inputs = bought();
    const rules::Values rules;
    std::string ours, theirs, ducks;
    std::vector<Contender> contenders = {
        {"tally ledger::load_packed_usage + reconcile::reconcile",
         [&] {
             const ledger::Ledger ledger(path, sqlite::Mode::read_only);
             const auto usage = ledger::load_packed_usage(ledger);
             ours = answers_of(reconcile::reconcile(usage, inputs, {}, rules));
         }},
        {"sqlite3 " + output_of("sqlite3 --version | cut -d' ' -f1 | tr -d '\\n'") + ": four answers of it in SQL",
         [&] { theirs = output_of("sqlite3 " + peer + " \"" + question + "\""); }}};
    if (const char* folder = std::getenv("TALLY_BENCH_DUCKDB")) {
        const std::string run = "cd " + std::string(folder) + " && node peer.mjs " + duck + " ";
        output_of(run + "\"create table session(" + columns + "); copy session from '" + csv + "' (header false)\"");
        contenders.push_back({"DuckDB " + output_of(run + "version | tr -d '\\n'") + ", a process of node: the same",
                              [&, run] { ducks = output_of(run + "\"" + question + "\""); }});
    }
    compare(plan, "reconcile", static_cast<double>(plan.size), "sessions", contenders);
    require(ours == theirs, "peaks, people, computers and dormant pairs\n" + ours + theirs);
    require(ducks.empty() || ours == ducks, "the same of DuckDB\n" + ours + ducks);
}
