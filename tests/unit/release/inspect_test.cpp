#include "packager/release/inspect.hpp"

#include "tests/unit/bundle/sample.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::release;

namespace {

std::string printed(const Inspection& seen, Show show, std::size_t values = 20) {
    std::string text;
    print_text(seen, show, values, [&](std::string_view part) { text += part; });
    return text;
}
std::string json(const Inspection& seen, Show show) {
    std::string text;
    print_json(seen, show, [&](std::string_view part) { text += part; });
    return text;
}
bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// A bundle around any HOSTS, SITE and packed members, as an insider with the export key could make it.
struct Forged {
    test::TempDir dir;
    bundle::Manifest manifest = test::Sample().contents().head;
    std::vector<std::string> members;

    Forged() {
        test::Sample sample;
        manifest.zstd_version = ZSTD_versionString();
        members = {write_host_row(sample.station.source().row) + "\n" + write_host_row(sample.host.source().row) +
                       "\n" + write_host_row(sample.silent.source().row) + "\n",
                   sample.site};
        add(sample.station.lines + sample.host.lines);
    }
    void add(const std::string& raw) { add_packed(zstd::Compressor(3).compress(raw), raw.size()); }
    void set_lines(const std::vector<std::string>& all) {
        members.resize(2);
        raws.clear();
        for (const auto& raw : all) {
            add(raw);
        }
    }
    void add_packed(const std::string& packed, std::size_t raw) {
        members.push_back(packed);
        raws.push_back(raw);
    }
    Inspection inspected(Keep keep = Keep::some_values) {
        manifest.members.clear();
        std::string body;
        for (std::size_t i = 0; i < members.size(); ++i) {
            const std::string name = i == 0 ? "HOSTS.jsonl" : i == 1 ? "SITE.jsonl" : bundle::lines_name(i - 1);
            manifest.members.push_back(
                {name, i < 2 ? members[i].size() : raws[i - 2], members[i].size(), crypto::sha256(members[i])});
            body += archived(name, members[i]);
        }
        test::spill(dir / "forged.tally", archived("MANIFEST.json", write_manifest(manifest) + "\n") + body +
                                              std::string(bundle::end_size, '\0'));
        return inspect(dir / "forged.tally", keep);
    }

private:
    static std::string archived(std::string_view name, const std::string& bytes) {
        const auto header = bundle::ustar_header(name, bytes.size());
        return std::string(header.data(), header.size()) + bytes +
               std::string(bundle::padding_after(bytes.size()), '\0');
    }
    std::vector<std::size_t> raws;
};

} // namespace

TEST_CASE("an honest bundle is clean and every byte of it has a place") {
    const test::TempDir dir;
    test::Sample sample;
    const auto written = write_bundle(dir.path(), sample.contents());

    const Inspection seen = inspect(written.path);

    CHECK(seen.clean());
    CHECK(seen.sha256 == to_hex(written.sha256));
    std::uint64_t at = 0;
    for (const auto& span : seen.spans) {
        REQUIRE(span.from == at);
        REQUIRE(span.to > span.from);
        at = span.to;
    }
    CHECK(at == boost::filesystem::file_size(written.path));
    REQUIRE(seen.logs.size() == 3);
    CHECK(seen.logs[1].lines == 21);
    CHECK(seen.logs[1].seals == 1);
    CHECK(seen.types.at("start") == 20);
    CHECK(seen.fields.at("user").values.size() == 7);
    CHECK(seen.fields.at("user").count == 20);
    CHECK(seen.fields.at("at").high == 19);
}

TEST_CASE("each of a thousand planted words is shown, whatever field it stands in") {
    test::Sample sample(0);
    for (int i = 0; i < 1000; ++i) {
        const std::string word = "planted" + std::to_string(i);
        line::Object record = sample.host.record("start");
        switch (i % 5) {
        case 0:
            record.text("user", word);
            break;
        case 1:
            record.tokens("list", {"x", word});
            break;
        case 2:
            record.value("inner", line::Object().token("deep", word).str());
            break;
        case 3:
            record.text("own_" + word, "1");
            break;
        default:
            record.text("cdata", word + "\n\x1b[31m");
        }
        sample.host.add(record.str());
    }
    sample.host.seal();
    const test::TempDir dir;
    const auto written = write_bundle(dir.path(), sample.contents());

    const Inspection seen = inspect(written.path, Keep::all_values);
    const std::string values = printed(seen, Show::summary, SIZE_MAX);
    const std::string lines = printed(seen, Show::lines, 0);
    const std::string data = json(seen, Show::summary);

    for (int i = 0; i < 1000; ++i) {
        const std::string word = "planted" + std::to_string(i);
        REQUIRE(holds(values, word));
        REQUIRE(holds(lines, word));
        REQUIRE(holds(data, word));
    }
    CHECK(holds(values, "planted999%0A%1B[31m  1"));
    CHECK(std::all_of(values.begin(), values.end(), [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7F); }));
}

TEST_CASE("stock jq reads what --json prints, and its spans tile the file") {
    const test::TempDir dir;
    test::Sample sample;
    const auto written = write_bundle(dir.path(), sample.contents());
    test::spill(dir / "seen.json", json(inspect(written.path), Show::lines));
    const auto ask = [&](const std::string& filter) {
        return test::shell("jq -c '" + filter + "' " + (dir / "seen.json").string());
    };

    CHECK(ask(".clean") == "true\n");
    CHECK(ask(".bytes[0].from") == "0\n");
    CHECK(ask("[.bytes | to_entries[] | select(.key > 0) | .value.from] == [.bytes[:-1][].to]") == "true\n");
    CHECK(ask(".bytes[-1].to == .size") == "true\n");
    CHECK(ask("[.lines[] | select(.t)] | length == 23") == "true\n");
    CHECK(ask(".fields.user.values.user3") == "3\n");
    CHECK(ask("[.members[].encoding] | unique") == "[\"equal\"]\n");
}

TEST_CASE("values beyond the bound are counted as more, and all of them are kept on request") {
    test::Sample sample(kept_values + 5);
    const test::TempDir dir;
    const auto written = write_bundle(dir.path(), sample.contents());

    CHECK_FALSE(inspect(written.path).fields.at("at").complete);
    CHECK(inspect(written.path, Keep::all_values).fields.at("at").values.size() == kept_values + 5);
    CHECK(
        holds(printed(inspect(written.path), Show::summary), "at: more than 10000 values in 10005 places, 0 to 10004"));
}

TEST_CASE("bytes hidden in empty zstd blocks pass every check of zstd and are caught by compressing again") {
    Forged forged;
    test::Sample sample;
    const std::string raw = sample.station.lines + sample.host.lines;
    std::string packed = zstd::Compressor(3).compress(raw);
    // A raw block of size 0 and an RLE block of size 0 that carries a byte, before the first block.
    const std::size_t header = 4 + 1 + (static_cast<unsigned char>(packed[4]) >> 6U == 1 ? 2U : 4U);
    packed.insert(header, std::string("\x02\x00\x00S\x00\x00\x00", 7));
    forged.members.back() = packed;
    test::spill(forged.dir / "x.zst", packed);
    REQUIRE(test::shell("zstd -dqc " + (forged.dir / "x.zst").string()) == raw);

    const Inspection seen = forged.inspected();

    CHECK_FALSE(seen.clean());
    CHECK(seen.members[2].spelling == bundle::Spelling::differs);
    CHECK(holds(printed(seen, Show::summary), "do not sign"));
}

TEST_CASE("another level, two frames, a skippable frame and trailing bytes are caught") {
    test::Sample sample;
    const std::string raw = sample.station.lines + sample.host.lines;
    const std::string honest = zstd::Compressor(3).compress(raw);
    const std::string half = zstd::Compressor(3).compress(raw.substr(0, raw.find('\n') + 1)) +
                             zstd::Compressor(3).compress(raw.substr(raw.find('\n') + 1));
    const std::string skippable("\x50\x2A\x4D\x18\x06\x00\x00\x00secret", 14);
    for (const auto& packed :
         {zstd::Compressor(9).compress(raw), half, skippable + honest, honest + skippable, honest + "x"}) {
        Forged forged;
        forged.members.back() = packed;
        CHECK_FALSE(forged.inspected().clean());
    }
    Forged same;
    CHECK(same.inspected().clean());
}

TEST_CASE("with another version of zstd in the manifest an unequal encoding is unchecked, an equal one is fine") {
    Forged forged;
    forged.manifest.zstd_version = "1.4.0";
    CHECK(forged.inspected().clean());
    test::Sample sample;
    forged.members.back() = zstd::Compressor(5).compress(sample.station.lines + sample.host.lines);

    const Inspection seen = forged.inspected();

    CHECK(seen.members[2].spelling == bundle::Spelling::unknown);
    CHECK_FALSE(seen.clean());
    CHECK(holds(printed(seen, Show::summary), "ENCODING_UNCHECKED"));
}

TEST_CASE("lines that are not canonical, of no log, out of order or missing are named") {
    test::Sample sample;
    const std::string good = sample.station.lines + sample.host.lines;
    const auto text_of = [](const std::string& raw) {
        Forged forged;
        forged.set_lines({raw});
        return printed(forged.inspected(), Show::lines);
    };
    CHECK(holds(text_of(good), "every byte of the file is accounted for"));
    CHECK(holds(text_of("{\"a\": \"\x1b[2J\"}\n" + good), "line 1 of the bundle: expected a string"));
    CHECK_FALSE(holds(text_of("{\"a\":\"\x1b[2J\"}\n" + good), "\x1b"));
    CHECK(holds(text_of(sample.host.lines + sample.station.lines), "not in the order of the roster"));
    CHECK(holds(text_of(test::SampleLog(9).record("x").str() + "\n" + good), "is of no log"));
    CHECK(holds(text_of(sample.station.lines + sample.host.lines.substr(sample.host.lines.find('\n') + 1)),
                "sequence number"));
    const auto last = good.rfind('\n', good.size() - 2);
    CHECK(holds(text_of(good.substr(0, last + 1)), "ends before the position"));
}

TEST_CASE("members that are not as full as they could be are named") {
    test::Sample sample;
    Forged forged;
    forged.set_lines({sample.station.lines, sample.host.lines});

    CHECK(holds(printed(forged.inspected(), Show::summary), "has room for its first line"));
}

TEST_CASE("a file that is no bundle is wholly unaccounted for") {
    const test::TempDir dir;
    for (const std::string& bytes : {std::string(), std::string("hello"), std::string(70'000, '\0')}) {
        test::spill(dir / "x.tally", bytes);
        const Inspection seen = inspect(dir / "x.tally");

        CHECK_FALSE(seen.clean());
        CHECK(seen.spans.size() == (bytes.empty() ? 0U : 1U));
        test::spill(dir / "json", json(seen, Show::lines));
        CHECK(test::shell("jq -c .clean " + (dir / "json").string()) == "false\n");
    }
    CHECK_THROWS_AS(inspect(dir / "absent"), Error);
}
