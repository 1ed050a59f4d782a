// The whole check of a forged bundle with a valid signature, with and without what was accepted before: whatever is
// done to it without the keys of its logs, a bundle that is accepted holds lines that its logs have written, under their
// own numbers, and nothing else.
#include "tests/fuzz/forged_bundle.hpp"
#include "tests/fuzz/harness.hpp"
#include "verifier/certify/verdict_text.hpp"

using namespace tally;

namespace {

void check_lines(const check::VerifiedBundle& verified, const fuzz::HonestSite& site) {
    std::vector<std::uint64_t> next;
    for (const auto& log : verified.logs()) {
        FUZZ_REQUIRE(site.honest.contains(log.host) && log.fresh <= log.next);
        next.push_back(log.fresh);
    }
    verified.for_each_line([&](const check::LineView& line) {
        const auto& lines = site.honest.at(verified.logs().at(line.log).host);
        FUZZ_REQUIRE(line.seq == next[line.log]++);
        FUZZ_REQUIRE(line.seq < lines.size() && line.bytes == lines[line.seq]);
    });
    for (std::size_t i = 0; i < next.size(); ++i) {
        FUZZ_REQUIRE(next[i] == verified.logs()[i].next);
    }
}

void check_kept(const check::VerifiedBundle& verified, const os::fs::path& file) {
    for (const auto& log : verified.logs()) {
        std::uint64_t seq = log.first;
        const auto read =
            check::read_kept_lines(file, verified.report().digest, log.host, log.first, log.next,
                                   [&](std::uint64_t at, std::string_view) { FUZZ_REQUIRE(at == seq++); });
        FUZZ_REQUIRE(read && seq == log.next);
    }
    // A bundle that was accepted before has no logs to read from.
    const std::string host = verified.logs().empty() ? "" : verified.logs()[0].host;
    FUZZ_REQUIRE(!check::read_kept_lines(file, {}, host, 0, 1, [](std::uint64_t, std::string_view) {}));
}

void check_report(const check::Report& report) {
    FUZZ_REQUIRE(report.verdict == check::verdict_of(report.findings));
    FUZZ_REQUIRE(certify::to_text(report).find(std::string(check::name(report.verdict))) != std::string::npos);
    text::Json json;
    certify::write_json(json, report);
    FUZZ_REQUIRE(text::first_not_utf8(json.str()) == std::string_view::npos);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::HonestSite site;
    static const fuzz::Files files;
    const fuzz::Program program({data, size});
    files.write(site.forge(program));
    const auto& choices = program.choices;
    const check::Options options{files.bundle(),
                                 {},
                                 files.directory(),
                                 choices.proof_of_coding ? check::Recompress::yes : check::Recompress::no,
                                 1};
    check::Trust trust;
    if (choices.trusted) {
        trust = {check::Trust::Basis::enrolled, {site.chain()}, choices.remembered ? &site.memory : nullptr};
    }
    const auto outcome = check::check_bundle(options, trust);
    check_report(outcome.report);
    const bool honest = program.damages.empty() && !choices.old_signature && !choices.two_members && choices.trusted;
    FUZZ_REQUIRE(!honest || outcome.report.verdict != check::Verdict::rejected || (choices.later && !choices.whole));
    FUZZ_REQUIRE(!outcome.bundle ||
                 (choices.trusted && !choices.two_members && outcome.report.verdict != check::Verdict::rejected));
    if (outcome.bundle) {
        check_lines(*outcome.bundle, site);
        check_kept(*outcome.bundle, files.bundle());
    }
    return 0;
}
