// The decompressed lines of a bundle's member: record rules, runs, clock, and what the station's lines say. Every line
// is either in a run or counted as faulty, runs are what their lines say, and nobody is enrolled under a name that is not
// that of the key.
#include "tests/fuzz/harness.hpp"

#include "tally/line/seal.hpp"
#include "verifier/check/member_digest.hpp"
#include "verifier/check/station.hpp"

#include <algorithm>

using namespace tally;
using namespace tally::check;

namespace {

bundle::Manifest manifest() {
    const auto id = *SiteId::parse("SITE1");
    return {id, id, {}, id, 1'790'000'000'000, 2, crypto::Hash{}, 3, "1.5.4", {}, {}};
}

void check_runs(const MemberDigest& digest, std::string_view raw) {
    const auto feeds = static_cast<std::uint64_t>(std::count(raw.begin(), raw.end(), '\n'));
    FUZZ_REQUIRE(digest.lines == feeds + (raw.empty() || raw.back() == '\n' ? 0U : 1U));
    std::uint64_t faulty = digest.faulty_at_end;
    std::size_t leaf = 0;
    for (const auto& run : digest.runs) {
        FUZZ_REQUIRE(run.leaf == leaf && run.count > 0 && run.member_line >= 1);
        leaf += run.count;
        faulty += run.faulty_before;
        for (const auto& kept : run.kept) {
            FUZZ_REQUIRE(kept.seq >= run.first && kept.seq < run.first + run.count);
            FUZZ_REQUIRE(kept.member_line == run.member_line + (kept.seq - run.first));
        }
        for (const auto& jump : run.jumps) {
            FUZZ_REQUIRE(jump.seq > run.first && jump.seq < run.first + run.count && jump.expected != jump.read);
        }
    }
    FUZZ_REQUIRE(leaf == digest.leaves.size() && faulty + leaf == digest.lines);
    FUZZ_REQUIRE(faulty == digest.faults.size() + digest.more_faults);
}

void check_line(std::string_view bytes) {
    line::Fields fields;
    Record record;
    if (fields.parse(bytes, line::max_record) || read_record(fields, record) != nullptr) {
        return;
    }
    FUZZ_REQUIRE(record.boot.size() == 32 && record.host == fields.string("host"));
    FUZZ_REQUIRE(record.seq == fields.integer("seq") && record.wall == fields.integer("wall"));
    if (record.type == RecordType::start || record.type == RecordType::denial) {
        const auto instant = instant_of(fields);
        FUZZ_REQUIRE(instant && instant->from <= instant->to);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static MemberReader reader;
    const std::string_view raw = as_text({data, size});
    const MemberDigest digest = reader.read(raw);
    check_runs(digest, raw);
    Station station({});
    Findings findings;
    for (const auto& run : digest.runs) {
        station.take(run, "LINES_0001.jsonl.zst", findings);
        (void)station.arrived(run.host);
    }
    for (const auto& entry : station.enrolled()) {
        FUZZ_REQUIRE(line::log_id(entry.first_key).text() == entry.host && station.find(entry.host) != nullptr);
    }
    station.check_export(manifest(), findings);
    for (const auto& finding : findings.finish()) {
        FUZZ_REQUIRE(!finding.text.empty() && parse_code(name(finding.code)) == finding.code);
        FUZZ_REQUIRE(to_text(finding).find('\n') == std::string::npos);
    }
    for (std::string_view rest = raw; !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        check_line(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return 0;
}
