// A whole check (signature, hashes, canonical form, tree, every seal) against unpacking and one plain hash of the same
// lines.
#include "tests/bench/made_bundle.hpp"
#include "tests/bench/measure.hpp"

#include "verifier/check/check.hpp"

using namespace tally;
using namespace tally::bench;

int main(int count, char** arguments) {
    const Plan plan = plan_from(count, arguments, 200'000);
    const test::TempDir dir;
    const auto site = make_site(dir.path(), plan.size);
    check::Options options;
    options.bundle = pack(site, dir.path());
    options.wanted = check::Wanted::verdict;
    check::Trust trust;
    trust.basis = check::Trust::Basis::enrolled;
    trust.chains = {site.site_chain};
    const std::uint64_t lines = site.lines + site.contents.logs[0].row.next;

    const std::string bundle = options.bundle.string();
    const std::string plain = output_of("cat " + (dir / "station.jsonl").string() + " " + site.host_lines.string() +
                                        " | openssl dgst -sha256 -r");
    // The members once out of the archive, as one compressed file: the peer needs no tar.
    const std::string packed = (dir / "peer.zst").string();
    output_of("tar -xOf " + bundle + " --wildcards 'LINES_*' > " + packed);
    compare(
        plan, "check", static_cast<double>(lines), "lines",
        {{"tally check::check_bundle, 2 workers",
          [&] {
              const auto outcome = check::check_bundle(options, trust);
              for (const auto& finding : outcome.report.findings) {
                  require(finding.severity == check::Severity::note, check::to_text(finding));
              }
              require(outcome.report.verdict == check::Verdict::ok && outcome.report.lines == lines,
                      "verdict or lines");
          }},
         {output_of("zstd --version | grep -o 'v[0-9.]*' | tr -d '\\n'") + ": zstd -dc | openssl dgst -sha256", [&] {
              require(output_of("zstd -dcq " + packed + " | openssl dgst -sha256 -r") == plain, "hash of the lines");
          }}});
}
