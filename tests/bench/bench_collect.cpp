// A quarter of segments from many hosts taken in by the station, every line proved, against a plain copy of the same
// files that is made durable. --size is the number of hosts; each has 90 segments of 100 lines.
#include "packager/archive/collect.hpp"
#include "packager/submission/station.hpp"
#include "tests/bench/measure.hpp"
#include "tests/support/sealed_log.hpp"

using namespace tally;
using namespace tally::bench;

namespace {

constexpr std::uint64_t segments = 90;
constexpr std::uint64_t lines = 100;

const SiteId site = *SiteId::parse("SITE1");

void record_use(test::SealedLog& log, std::uint64_t number) {
    const auto name = [](const char* what, std::uint64_t of) { return what + std::to_string(of); };
    log.add(log.fields()
                .token("boot", std::string(32, 'b'))
                .token("client", name("WS", number * 7 % 400))
                .token("feature", name("64300ACD_F", number % 40))
                .token("src", "flexnet:licsrv.example:adskflex")
                .token("t", "start")
                .integer("up", 1000 + number)
                .token("user", name("user", number * 31 % 300))
                .str());
}

// One host's segments in a folder of their own, as a share of outboxes has them.
void write_segments(test::SealedLog& log, const os::fs::path& folder) {
    os::fs::create_directories(folder);
    for (std::uint64_t n = 0; n < segments; ++n) {
        const std::uint64_t from = n == 0 ? 0 : log.lines.size();
        while (log.lines.size() + 1 < (n + 1) * lines) {
            record_use(log, log.lines.size());
        }
        log.seal();
        const auto path = folder / log.name(from, log.lines.size());
        os::write_all(os::open(path, O_WRONLY | O_CREAT | O_EXCL), log.packed(from, log.lines.size()), path);
    }
}

// Segments of all hosts below `share`; a station in `state` at which they are enrolled.
void make_estate(const os::fs::path& share, const os::fs::path& state, std::uint64_t hosts) {
    using namespace submission;
    const auto root = minisig::SecretKey::generate();
    const auto exporter = minisig::SecretKey::generate();
    os::fs::create_directories(state);
    StationLog::create(state / log_folder, site, "STATION", os::system_clock());
    {
        journal::Store store(state / log_folder, journal::Access::read);
        const auto genesis = journal::read_genesis(store.line(0).value_or(""));
        const site_file::Version version{site, 1, {root.public_key()}, 1, genesis->key, {exporter.public_key()}, {}, 0};
        const std::vector<const minisig::SecretKey*> signers{&root};
        os::replace_file(state / site_file_name, site_file::signed_line(version, signers) + "\n");
    }
    Station station(state, os::system_clock());
    for (std::uint64_t i = 0; i < hosts; ++i) {
        test::SealedLog log;
        write_segments(log, share / log.host.text());
        const journal::Genesis request{
            log.host, log.first, std::string(64, '0'), {site, "HOST", journal::Role::recorder, "0"}, {}};
        station.log.enrol(request, "HOST" + std::to_string(i), "");
    }
    station.log.seal("enrol", station.archive);
}

// As the command does it.
archive::Counts collect(const os::fs::path& share, const os::fs::path& state) {
    submission::Station station(state, os::system_clock());
    archive::Collector collector(station.archive, station.quarantine, [](auto&&...) {});
    collector.retry_unknown();
    collector.collect(share);
    collector.finish();
    station.log.announce(station.archive);
    station.log.seal("collect", station.archive);
    return collector.counts();
}

} // namespace

int main(int count, char** arguments) {
    const Plan plan = plan_from(count, arguments, 1000);
    const test::TempDir dir;
    const auto share = dir / "share";
    make_estate(share, dir / "station", plan.size);
    int round = 0;
    int copy = 0;
    compare(plan, "collect", static_cast<double>(plan.size * segments * lines), "lines",
            {{"tally collect: every line proved, archived, durable",
              [&] {
                  const auto state = dir / ("state" + std::to_string(round++));
                  output_of("cp -r " + (dir / "station").string() + " " + state.string());
                  const auto counts = collect(share, state);
                  require(counts.added == plan.size * segments && counts.quarantined + counts.waiting == 0,
                          "segments taken in");
              }},
             {"cp -r, sync -f: the same files, nothing proved", [&] {
                  const std::string to = (dir / ("copy" + std::to_string(copy++))).string();
                  output_of("cp -r " + share.string() + " " + to + " && sync -f " + to);
              }}});
    const auto again = collect(share, dir / "state0");
    require(again.known == plan.size * segments && again.added == 0, "segments known the second time");
}
