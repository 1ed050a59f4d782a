#include "tests/unit/check/world.hpp"

using namespace tally;
using test::codes;
using test::Codes;

TEST_CASE("a cut file is TRUNCATED, wherever it was cut") {
    test::World world;
    const auto draft = world.draft();
    const std::string whole = draft.bytes();

    for (const std::size_t size : {std::size_t{0}, std::size_t{100}, std::size_t{512}, whole.size() / 2,
                                   whole.size() - 1024, whole.size() - 1}) {
        INFO(size);
        CHECK(codes(world.check(draft, whole.substr(0, size))) == Codes{"TRUNCATED"});
    }
    CHECK(codes(world.check(draft, whole)).empty());
}

TEST_CASE("an altered byte of a member is BAD_HASH even when the export key signs again") {
    test::World world;
    const auto draft = world.draft();
    std::string file = draft.bytes();
    const auto packed = draft.members().back().packed;
    const auto at = file.find(packed);
    file[at + packed.size() / 2] ^= 1;

    const auto report = world.check(draft, file);

    CHECK(codes(report) == Codes{"BAD_HASH"});
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].member == "LINES_0001.jsonl.zst");
}

TEST_CASE("a root in HOSTS.jsonl that is not that of the lines is BAD_HASH") {
    test::World world;
    auto draft = world.draft();
    draft.logs[1].row.root[0] ^= 1;

    CHECK(codes(world.check(draft)) == Codes{"BAD_HASH"});
}

TEST_CASE("a member that is not there is MISSING_MEMBER, one more is EXTRA_MEMBER") {
    test::World world;
    const auto draft = world.draft();
    const auto members = draft.members();
    auto manifest = draft.head;
    for (const auto& member : members) {
        manifest.members.push_back(
            {member.name, member.raw.size(), member.packed.size(), crypto::sha256(member.packed)});
    }
    const auto file_of = [&](const std::vector<test::DraftMember>& there) {
        std::string file;
        test::Draft::put(file, bundle::manifest_name, bundle::write_manifest(manifest) + "\n");
        for (const auto& member : there) {
            test::Draft::put(file, member.name, member.packed);
        }
        return file + std::string(bundle::end_size, '\0');
    };
    auto without = members;
    without.erase(without.begin() + 1);
    auto more = members;
    more.push_back({"NOTES.txt", "hello", "hello"});

    CHECK(codes(world.check(draft, file_of(without))) == Codes{"MISSING_MEMBER"});
    CHECK(codes(world.check(draft, file_of(more))) == Codes{"EXTRA_MEMBER"});
    CHECK(codes(world.check(draft, file_of(members))).empty());
}

TEST_CASE("bytes hidden in padding or after the end are NON_CANONICAL") {
    test::World world;
    const auto draft = world.draft();
    std::string padded = draft.bytes();
    std::size_t at = padded.size() - bundle::end_size; // end of the padding of the last member that has any
    const auto members = draft.members();
    for (auto member = members.rbegin(); member != members.rend() && member->packed.size() % 512 == 0; ++member) {
        at -= 512 + member->packed.size();
    }
    REQUIRE(padded.at(at - 1) == '\0');
    padded[at - 1] = 'x';

    CHECK(codes(world.check(draft, padded)) == Codes{"NON_CANONICAL"});
    CHECK(codes(world.check(draft, draft.bytes() + std::string(512, '\0'))) == Codes{"NON_CANONICAL"});
}

TEST_CASE("a member that is compressed another way is NON_CANONICAL; of another zstd version ENCODING_UNCHECKED") {
    test::World world;
    auto draft = world.draft();
    auto members = draft.members();
    members.back().packed = zstd::Compressor(19).compress(members.back().raw);
    REQUIRE(members.back().packed != draft.members().back().packed);

    CHECK(codes(world.check(draft, test::Draft::pack(draft.head, members))) == Codes{"NON_CANONICAL"});
    draft.head.zstd_version = "1.4.9";
    CHECK(codes(world.check(draft)) == Codes{"ENCODING_UNCHECKED", "ANCHOR_MISMATCH"});
    world.site.zstd = "1.4.9";
    const auto report = world.check(world.draft(), check::Recompress::yes);
    CHECK(codes(report) == Codes{"ENCODING_UNCHECKED"});
    CHECK(report.verdict == check::Verdict::ok);
}

TEST_CASE("every member is compressed again on request, the smallest always") {
    test::World world;
    for (unsigned i = 2; i < 24'000; ++i) {
        world.host.session(i, i + 60);
    }
    world.host.seal();
    auto draft = world.draft();
    std::string lines;
    for (const auto& slice : draft.logs) {
        for (const auto& line : slice.lines) {
            lines += line + "\n";
        }
    }
    const std::size_t cut = lines.rfind('\n', bundle::max_raw_lines - 1) + 1;
    const std::string large = lines.substr(0, cut);
    const std::string small = lines.substr(cut);
    REQUIRE(small.size() < large.size());
    draft.members_of_lines = {large, small};
    auto members = draft.members();
    members[2].packed = zstd::Compressor(4).compress(large);
    const std::string file = test::Draft::pack(draft.head, members);

    CHECK(codes(world.check(draft, file)).empty());
    CHECK(codes(world.check(draft.write(world.directory.path(), world.site.exporter, file), check::Recompress::yes)) ==
          Codes{"NON_CANONICAL"});
    members = draft.members();
    members.back().packed = zstd::Compressor(19).compress(small);
    CHECK(codes(world.check(draft, test::Draft::pack(draft.head, members))) == Codes{"NON_CANONICAL"});
}

TEST_CASE("an audience that is not known here is WRONG_AUDIENCE, one volume of several VOLUME_MISSING") {
    test::World world;
    auto draft = world.draft();

    auto addressed = draft;
    addressed.head.audience = crypto::sha256("some verifier");
    CHECK(codes(world.check(addressed)) == Codes{"WRONG_AUDIENCE"});
    auto part = draft;
    part.head.volume = {1, 2};
    CHECK(codes(world.check(part)) == Codes{"NON_CANONICAL"}); // nothing is left for volume 2
    CHECK(codes(world.check(draft)).empty());
}

TEST_CASE("files that are no bundle are refused with findings, not with an error") {
    test::World world;
    const auto path = world.directory / "file.tally";
    os::replace_file(path, "");
    CHECK(world.check(path).verdict == check::Verdict::rejected);
    os::replace_file(path, std::string(5000, 'x'));
    CHECK(world.check(path).verdict == check::Verdict::rejected);
    CHECK_THROWS_AS(world.check(world.directory / "missing"), Error);
    CHECK_THROWS_AS(world.check(world.directory.path()), Error);
}
