// A whole check (signature, hashes, canonical form, tree, every seal) against unpacking and one plain hash of the same
// lines; and that of a bundle that was accepted before against the two hashes of its file alone.
#include "tests/bench/made_bundle.hpp"
#include "tests/bench/measure.hpp"

#include "verifier/check/check.hpp"

using namespace tally;
using namespace tally::bench;

namespace {

// A verifier that has accepted one file and nothing else.
class OneFile : public check::Memory {
public:
    explicit OneFile(const check::Hash& digest) : digest_(digest) {}
    [[nodiscard]] std::optional<check::Position> position(const std::string&) const override { return std::nullopt; }
    [[nodiscard]] std::optional<check::Hash> root_at(const std::string&, std::uint64_t) const override {
        return std::nullopt;
    }
    [[nodiscard]] std::vector<check::RosterEntry> roster(const std::string&) const override { return {}; }
    [[nodiscard]] std::vector<check::Hash> accepted(const std::string&, const std::string&,
                                                    std::uint64_t) const override {
        return {digest_};
    }

private:
    check::Hash digest_;
};

void compare_again(const Plan& plan, const check::Options& options, check::Trust trust, std::uint64_t lines) {
    const OneFile memory(check::check_bundle(options, trust).report.digest);
    trust.memory = &memory;
    const std::string bundle = options.bundle.string();
    compare(plan, "check of a bundle that was accepted before", static_cast<double>(lines), "lines",
            {{"tally check::check_bundle",
              [&] {
                  const auto report = check::check_bundle(options, trust).report;
                  require(report.findings.size() == 1 && report.findings[0].code == check::Code::replay, "a replay");
              }},
             {"openssl dgst -sha256, openssl dgst -blake2b512",
              [&] { output_of("openssl dgst -sha256 " + bundle + " && openssl dgst -blake2b512 " + bundle); }}});
}

} // namespace

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
    compare_again(plan, options, trust, lines);
}
