#include "packager/bundle/press.hpp"
#include "tally/zstd/frame.hpp"
#include "tests/unit/bundle/sample.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <sys/resource.h>

using namespace tally;
using namespace tally::bundle;

namespace {

std::string unpacked(const std::string& packed) {
    return std::move(zstd::Decompressor().decompress(as_bytes(packed), max_raw_lines).value());
}

} // namespace

TEST_CASE("stock tar, jq, sha256sum and zstd read a bundle and agree with it") {
    const test::TempDir dir;
    test::Sample sample(40'000);
    const Written written = write_bundle(dir.path(), sample.contents());
    const std::string in = "cd " + dir.path().string() + " && ";

    CHECK(written.path.filename() == "SITE1_USAGE_000001_V1OF1.tally");
    CHECK(test::shell(in + "tar tf *.tally") == "MANIFEST.json\nHOSTS.jsonl\nSITE.jsonl\nLINES_0001.jsonl.zst\n");
    test::shell(in + "mkdir x && tar xf *.tally -C x");
    test::shell(in + "cd x && jq -r '.members[] | .sha256 + \"  \" + .name' MANIFEST.json | sha256sum -c --quiet");
    test::shell(in + "cd x && zstd -dqf LINES_0001.jsonl.zst -o lines");
    test::shell(
        in +
        "cd x && zstd -qf -3 --single-thread --check --content-size lines -o again && cmp again LINES_0001.jsonl.zst");
    CHECK(test::slurp(dir / "x/lines") == sample.station.lines + sample.host.lines);
    CHECK(test::shell(in + "cat *.tally | sha256sum") == to_hex(written.sha256) + "  -\n");
    CHECK(test::shell(in + "cat *.tally | b2sum") == to_hex(written.blake2b512) + "  -\n");
    CHECK(test::shell(in + "ls -A") == "SITE1_USAGE_000001_V1OF1.tally\nx\n");
}

TEST_CASE("the same contents give the same bytes, and a second run leaves the file as it is") {
    const test::TempDir one;
    const test::TempDir two;
    test::Sample sample;
    const Written first = write_bundle(one.path(), sample.contents());
    const Written second = write_bundle(two.path(), sample.contents());
    const Written again = write_bundle(one.path(), sample.contents());

    CHECK(test::slurp(first.path) == test::slurp(second.path));
    CHECK(again.sha256 == first.sha256);
}

TEST_CASE("members are as full as whole lines allow and a log may begin inside one") {
    const test::TempDir dir;
    test::Sample sample(120'000);
    for (std::uint64_t i = 0; i < 5000; ++i) {
        sample.silent.start(i);
    }
    sample.silent.seal();
    static_cast<void>(write_bundle(dir.path(), sample.contents()));
    auto opened = test::open_bundle(dir / "SITE1_USAGE_000001_V1OF1.tally");
    const auto& bundle = std::get<UnverifiedBundle>(opened);

    REQUIRE(bundle.members().size() > 4);
    std::string all;
    std::size_t room = max_raw_lines;
    for (std::size_t member = 2; member < bundle.members().size(); ++member) {
        const std::string raw = unpacked(std::get<std::string>(bundle.packed(member)));
        CHECK(raw.size() == bundle.members()[member].raw);
        if (member > 2) {
            CHECK(raw.find('\n') + 1 > room);
        }
        room = max_raw_lines - raw.size();
        all += raw;
    }
    CHECK(all == sample.station.lines + sample.host.lines + sample.silent.lines);
}

TEST_CASE("a file of the same name with other content is not replaced") {
    const test::TempDir dir;
    test::Sample sample;
    test::spill(dir / "SITE1_USAGE_000001_V1OF1.tally", "precious");

    CHECK_THROWS_AS(write_bundle(dir.path(), sample.contents()), Error);
    CHECK(test::slurp(dir / "SITE1_USAGE_000001_V1OF1.tally") == "precious");
    CHECK(test::shell("ls -A " + dir.path().string()) == "SITE1_USAGE_000001_V1OF1.tally\n");
}

TEST_CASE("when the disk refuses at any place nothing stays behind and the next run gives the same bytes") {
    const test::TempDir dir;
    test::Sample sample(20'000);
    const test::TempDir reference;
    const std::string good = test::slurp(write_bundle(reference.path(), sample.contents()).path);
    struct rlimit old {};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &old) == 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    for (const rlim_t limit : {rlim_t{0}, rlim_t{1000}, rlim_t{good.size() - 4000}, rlim_t{good.size() - 1}}) {
        struct rlimit small = old;
        small.rlim_cur = limit;
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
        bool thrown = false;
        try {
            static_cast<void>(write_bundle(dir.path(), sample.contents()));
        } catch (const Error&) {
            thrown = true;
        }
        ::setrlimit(RLIMIT_FSIZE, &old);

        CHECK(thrown);
        CHECK(test::shell("ls -A " + dir.path().string()).empty());
    }
    std::signal(SIGXFSZ, handler);

    CHECK(test::slurp(write_bundle(dir.path(), sample.contents()).path) == good);
}

TEST_CASE("parts left by a killed run do not hinder the next") {
    const test::TempDir dir;
    test::Sample sample;
    test::spill(dir / "SITE1_USAGE_000001_V1OF1.tally.part", "half");
    boost::filesystem::create_symlink("/nonexistent/elsewhere", dir / "SITE1_USAGE_000001_V1OF1.tally.lines.part");

    static_cast<void>(write_bundle(dir.path(), sample.contents()));

    CHECK(test::shell("ls -A " + dir.path().string()) == "SITE1_USAGE_000001_V1OF1.tally\n");
}

TEST_CASE("the press hands members on in order, as stock zstd would spell them") {
    const test::TempDir dir;
    std::vector<std::string> taken;
    std::vector<std::string> raws;
    {
        Press press(3, [&](const Press::Pressed& pressed) { taken.push_back(pressed.packed); });
        for (std::size_t i = 1; i <= 9; ++i) {
            raws.push_back(std::string((10 - i) * 130'000, static_cast<char>('a' + i)) + std::to_string(i));
            press.put(raws.back());
        }
        press.finish();
    }
    REQUIRE(taken.size() == raws.size());
    for (std::size_t i = 0; i < raws.size(); ++i) {
        CHECK(unpacked(taken[i]) == raws[i]);
        test::spill(dir / "raw", raws[i]);
        test::shell("cd " + dir.path().string() +
                    " && zstd -qf -3 --single-thread --check --content-size raw -o packed");
        CHECK(test::slurp(dir / "packed") == taken[i]);
    }
}
