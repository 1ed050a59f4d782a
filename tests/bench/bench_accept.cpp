// Accepting a checked bundle into a ledger against the sqlite3 shell importing the same sessions from CSV.
#include "tests/bench/made_bundle.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/render.hpp"

#include "verifier/check/check.hpp"
#include "verifier/ledger/ledger.hpp"
#include "verifier/ledger/usage.hpp"

#include <fstream>
#include <map>

using namespace tally;
using namespace tally::bench;

namespace {

// One row a session, as a script would keep them.
void write_csv(const std::string& file, std::uint64_t sessions) {
    std::ofstream out(file);
    SessionStream events(sessions);
    std::map<std::uint64_t, std::int64_t> began;
    for (Event event; events.next(event);) {
        if (event.moment == Moment::start) {
            began[event.session] = event.at;
        } else {
            out << began[event.session] << ',' << event.at << ',' << user_name(event.user) << ','
                << client_name(event.client) << ',' << features()[event.feature].name << '\n';
            began.erase(event.session);
        }
    }
}

std::string sessions_by_feature(const ledger::Ledger& ledger) {
    const auto usage = ledger::load_usage(ledger);
    std::map<std::string, std::uint64_t> counts;
    for (const auto& session : usage.sessions) {
        ++counts[usage.features[session.feature]];
    }
    std::string text;
    for (const auto& [feature, sessions] : counts) {
        text += feature + "|" + std::to_string(sessions) + "\n";
    }
    return text;
}

} // namespace

int main(int count, char** arguments) {
    const Plan plan = plan_from(count, arguments, 200'000);
    const test::TempDir dir;
    const auto site = make_site(dir.path(), plan.size);
    const std::string csv = (dir / "sessions.csv").string();
    write_csv(csv, plan.size);
    check::Options options;
    options.bundle = pack(site, dir.path());
    check::Trust trust;
    trust.basis = check::Trust::Basis::enrolled;
    trust.chains = {site.site_chain};

    std::string ours;
    std::string path;
    std::optional<check::VerifiedBundle> verified;
    const auto check_again = [&] { verified = std::move(check::check_bundle(options, trust).bundle); };
    int round = 0;
    double accepting = 0;
    const std::string peer = (dir / "peer.db").string();
    const std::string import =
        "rm -f " + peer + "; sqlite3 " + peer +
        " 'create table session(start integer, end integer, user text, client text, feature text)' '.mode csv' "
        "'.import " +
        csv + " session'";
    Times alone;
    compare(plan, "accept", static_cast<double>(site.sessions), "sessions",
            {{"tally check::check_bundle + Ledger::accept",
              [&] {
                  check_again();
                  require(verified.has_value(), "the bundle is not verified");
                  path = (dir / ("ledger" + std::to_string(round++) + ".db")).string();
                  ledger::Ledger ledger(path, sqlite::Mode::create);
                  ledger.add_trust({"BENCH", std::string(64, '0'), 1, 0, site.site_chain});
                  const double before = processor_seconds();
                  accepting = timed([&] {
                      require(ledger.accept(std::move(*verified)).sessions == site.sessions, "sessions accepted");
                  });
                  alone.seconds.push_back(accepting);
                  alone.processor.push_back(processor_seconds() - before);
              }},
             {"sqlite3 " + output_of("sqlite3 --version | cut -d' ' -f1 | tr -d '\\n'") +
                  ": .import of the same sessions as CSV",
              [&] { output_of(import); }}});

    ours = sessions_by_feature(ledger::Ledger(path, sqlite::Mode::read_only));
    require(ours == output_of("sqlite3 " + peer +
                              " 'select feature, count(*) from session group by feature order by feature'"),
            "sessions of each feature");
    if (plan.timed) {
        print_times("of ours, Ledger::accept alone", alone, static_cast<double>(site.sessions), "sessions");
        const auto bytes = static_cast<double>(boost::filesystem::file_size(path));
        std::printf("  ledger %.0f bytes, %.1f a session; sqlite3's %.1f a session\n", bytes,
                    bytes / static_cast<double>(site.sessions),
                    static_cast<double>(boost::filesystem::file_size(peer)) / static_cast<double>(site.sessions));
    }
}
