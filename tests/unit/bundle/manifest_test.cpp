#include "tests/unit/bundle/sample.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::bundle;

namespace {

Manifest small() {
    Manifest manifest = test::Sample().contents().head;
    manifest.zstd_version = "1.5.4";
    manifest.members = {{"HOSTS.jsonl", 10, 10, {}}, {"SITE.jsonl", 20, 20, {}}, {"LINES_0001.jsonl.zst", 300, 30, {}}};
    return manifest;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

Kind kind_of(const std::string& line) {
    const auto read = read_manifest(line);
    INFO(line.substr(0, 300));
    REQUIRE(std::holds_alternative<Defect>(read));
    return std::get<Defect>(read).kind;
}

} // namespace

TEST_CASE("a manifest that was written is read to the same fields and written to the same bytes") {
    Manifest manifest = small();
    manifest.audience = crypto::sha256("verifier");
    manifest.previous = crypto::sha256("earlier");
    manifest.n = max_sequence;
    manifest.volume = {2, 3};

    const std::string line = write_manifest(manifest);
    const auto read = read_manifest(line);

    REQUIRE(std::holds_alternative<Manifest>(read));
    const auto& same = std::get<Manifest>(read);
    CHECK(write_manifest(same) == line);
    CHECK(same.audience == manifest.audience);
    CHECK(same.members[2].raw == 300);
    CHECK(bundle_name(same) == "SITE1_USAGE_999999_V2OF3.tally");
    CHECK(export_comment(same.site, same.n, same.volume) == "tally-export-1 SITE1 999999 2/3");
}

TEST_CASE("the receipt that a manifest names is read as it was written, with a number within its limits") {
    Manifest manifest = small();
    manifest.receipt = LastReceipt{7, {}, {}};
    manifest.receipt->hash[0] = 0xAB;
    manifest.receipt->challenge[15] = 0x01;
    const std::string line = write_manifest(manifest);
    const auto read = read_manifest(line);
    REQUIRE(std::holds_alternative<Manifest>(read));
    CHECK(std::get<Manifest>(read).receipt == manifest.receipt);
    for (const char* other : {"\"n\":0}", "\"n\":1000000}", "\"n\":7,\"o\":1}", "\"n\":\"7\"}"}) {
        std::string altered = line;
        altered.replace(altered.find("\"n\":7}"), 6, other);
        CHECK(std::holds_alternative<Defect>(read_manifest(altered)));
    }
}

TEST_CASE("fields of later versions, unknown, missing and misspelt fields are refused") {
    const std::string good = write_manifest(small());
    REQUIRE(std::holds_alternative<Manifest>(read_manifest(good)));
    const std::pair<std::string_view, std::string_view> spellings[] = {
        {"{\"agreement\"", "{\"agreements\""},
        {"\"created\":", "\"challenge\":\"x\",\"created\":"},
        {"\"format\":", "\"cut\":{\"first\":1},\"format\":"},
        {"\"members\":", "\"marking\":\"SECRET\",\"members\":"},
        {"\"site\":", "\"receipt\":{\"n\":1},\"site\":"},
        {"\"site\":", "\"receipt\":1,\"site\":"},
        {"\"site\":", "\"quite\":1,\"site\":"},
        {"tally-bundle-1", "tally-bundle-2"},
        {"\"label\":\"USAGE\",", ""},
        {"\"site\":\"SITE1\"", "\"site\":\"site1\""},
        {"\"site\":\"SITE1\"", "\"site\":\"\""},
        {"\"agreement\":\"DEFAULT\"", "\"agreement\":\"../ESCAPE\""},
        {"\"n\":1,", "\"n\":0,"},
        {"\"created\":1790000000000", "\"created\":\"1790000000000\""},
        {"\"format\":", "\"audience\":\"\",\"format\":"},
        {"\"level\":3", "\"level\":0"},
        {"\"1.5.4\"", "\"1.5\""},
        {"\"1.5.4\"", "\"1.05.4\""},
        {"\"1.5.4\"", "\"1.5.4 \""},
        {"{\"k\":1,\"n\":1}", "{\"k\":2,\"n\":1}"},
        {"{\"k\":1,\"n\":1}", "{\"k\":1,\"n\":1,\"o\":1}"},
        {"\"raw\":10,", "\"raw\":11,"},
        {"\"raw\":300,", "\"raw\":0,"},
        {"\"size\":30}", "\"size\":30,\"spare\":1}"},
        {"\"size\":30}", "\"size\":\"30\"}"},
        {"\"sha256\":\"0", "\"sha256\":\"A"},
        {",", ", "},
    };
    for (const auto& [from, to] : spellings) {
        CHECK(kind_of(replaced(good, from, to)) == Kind::non_canonical);
    }
    CHECK(kind_of("") == Kind::non_canonical);
    CHECK(kind_of(good + "\n") == Kind::non_canonical);
}

TEST_CASE("a member that is missing, foreign, renamed or in another place is named as such") {
    const std::string good = write_manifest(small());
    CHECK(kind_of(replaced(good, "LINES_0001", "LINES_0002")) == Kind::missing_member);
    CHECK(kind_of(replaced(good, "SITE.jsonl", "NOTE.jsonl")) == Kind::extra_member);
    CHECK(kind_of(replaced(good, "HOSTS.jsonl", "SITE.jsonl")) == Kind::missing_member);
    const auto last = good.find(",{\"name\":\"LINES");
    CHECK(kind_of(good.substr(0, last) + good.substr(good.find(']'))) == Kind::missing_member);
    CHECK(kind_of(replaced(good, good.substr(good.find('['), good.find(']') - good.find('[')), "[")) ==
          Kind::missing_member);
}

TEST_CASE("limits hold at their value and are exceeded one above") {
    Manifest manifest = small();
    manifest.members[2].raw = max_raw_lines;
    manifest.members[2].size = max_packed_lines;
    const std::string at_limit = write_manifest(manifest);
    CHECK(std::holds_alternative<Manifest>(read_manifest(at_limit)));
    CHECK(kind_of(replaced(at_limit, "\"raw\":8388608", "\"raw\":8388609")) == Kind::limit_exceeded);
    CHECK(kind_of(replaced(at_limit, "\"size\":8454144", "\"size\":8454145")) == Kind::limit_exceeded);
    CHECK(kind_of(replaced(at_limit, "\"level\":3", "\"level\":20")) == Kind::limit_exceeded);
    CHECK(kind_of(replaced(at_limit, "\"n\":1,", "\"n\":1000000,")) == Kind::limit_exceeded);
    CHECK(kind_of(std::string(line::max_manifest + 1, 'x')) == Kind::limit_exceeded);
}

TEST_CASE("4096 lines members fit a manifest of 1 MiB and one more is refused") {
    Manifest manifest = small();
    for (std::size_t number = 2; number <= max_lines_members; ++number) {
        manifest.members.push_back(
            {lines_name(number), max_raw_lines, max_packed_lines, crypto::sha256(lines_name(number))});
    }
    const std::string full = write_manifest(manifest);

    CHECK(full.size() <= line::max_manifest);
    CHECK(std::holds_alternative<Manifest>(read_manifest(full)));
    CHECK(kind_of(replaced(full, "}],\"n\"",
                           "},{\"name\":\"LINES_4097.jsonl.zst\",\"raw\":1,\"sha256\":\"" + std::string(64, '0') +
                               "\",\"size\":1}],\"n\"")) == Kind::limit_exceeded);
}

TEST_CASE("a host's row is read back, at size 0 and at a size with a compact range") {
    test::SampleLog log(7);
    for (std::uint64_t i = 0; i < 11; ++i) {
        log.start(i);
    }
    HostRow row{log.id, 11, 47, log.range, log.range.root(log.hasher), {3}, log.first};
    const std::string text = write_host_row(row);
    const auto read = read_host_row(text);

    REQUIRE(read);
    CHECK(read->range == log.range);
    CHECK(read->epoch == Epoch{3});
    CHECK(write_host_row(*read) == text);
    CHECK(read_host_row(write_host_row({log.id, 0, 0, {}, {}, {}, log.first})));

    CHECK_FALSE(read_host_row(replaced(text, "\"first\":11", "\"first\":12")));
    CHECK_FALSE(read_host_row(replaced(text, "\"next\":47", "\"next\":10")));
    CHECK_FALSE(read_host_row(replaced(text, "\"next\":47", "\"next\":281474976710656")));
    CHECK_FALSE(read_host_row(replaced(text, "\"root\"", "\"roof\"")));
    CHECK_FALSE(read_host_row(replaced(text, "\"host\":\"H", "\"host\":\"h")));
    CHECK_FALSE(read_host_row(replaced(text, "\"range\":[", "\"range\":[1,")));
    CHECK_FALSE(read_host_row(replaced(text, to_hex(row.key), std::string(64, '0'))));
    CHECK_FALSE(read_host_row(text + "\n"));
}
