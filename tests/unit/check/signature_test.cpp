#include "tests/unit/check/world.hpp"

using namespace tally;
using test::codes;
using test::Codes;

namespace {

void rewrite(const os::fs::path& path, const std::string& from, const std::string& to) {
    std::string text = os::read_file(path, 1U << 16U);
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    os::replace_file(path, text.replace(at, from.size(), to));
}

} // namespace

TEST_CASE("a bundle without signature file, or under the signature of other bytes, is BAD_SIGNATURE") {
    test::World world;
    const auto draft = world.draft();
    const auto path = draft.write(world.directory.path(), world.site.exporter);
    const os::fs::path signature = path.string() + ".minisig";
    REQUIRE(codes(world.check(path)).empty());

    os::fs::rename(signature, world.directory / "away");
    CHECK(codes(world.check(path)) == Codes{"BAD_SIGNATURE"});

    const auto other =
        minisig::sign(world.site.exporter, minisig::digest(as_bytes("other bytes")),
                      {std::string(bundle::export_note), bundle::export_comment(draft.head.site, 1, {})});
    os::replace_file(signature, minisig::signature_file(other));
    CHECK(codes(world.check(path)) == Codes{"BAD_SIGNATURE"});

    os::fs::create_directory(world.directory / "folder");
    os::fs::remove(signature);
    os::fs::rename(world.directory / "folder", signature);
    CHECK(codes(world.check(path)) == Codes{"BAD_SIGNATURE"});
}

TEST_CASE("a signature file in another spelling, or with other comments, is BAD_SIGNATURE") {
    test::World world;
    const auto path = world.draft().write(world.directory.path(), world.site.exporter);
    const os::fs::path signature = path.string() + ".minisig";
    const std::string good = os::read_file(signature, 4096);

    rewrite(signature, "signature of", "Signature of");
    CHECK(codes(world.check(path)) == Codes{"BAD_SIGNATURE"});
    os::replace_file(signature, good + "\n");
    CHECK(codes(world.check(path)) == Codes{"BAD_SIGNATURE"});
    os::replace_file(signature, good);
    rewrite(signature, " 1 1/1", " 2 1/1");
    CHECK(codes(world.check(path)) == Codes{"BAD_SIGNATURE"});

    os::replace_file(signature, good);
    CHECK(codes(world.check(path)).empty());
}

TEST_CASE("a validly signed comment of another bundle is BAD_SIGNATURE, of another role WRONG_ROLE") {
    test::World world;
    auto draft = world.draft();

    draft.comment = "tally-export-1 SITE1 2 1/1";
    CHECK(codes(world.check(draft)) == Codes{"BAD_SIGNATURE"});
    draft.comment = "tally-release-1 SITE1 1 1/1 OFFICER";
    CHECK(codes(world.check(draft)) == Codes{"WRONG_ROLE"});
    draft.comment.clear();
    CHECK(codes(world.check(draft)).empty());
}

TEST_CASE("a key that no trusted site lists is UNKNOWN_KEY; one of several export keys is not") {
    test::World world;
    const auto draft = world.draft();
    const auto stranger = minisig::SecretKey::generate();

    const auto path = draft.write(world.directory.path(), stranger);
    CHECK(codes(world.check(path)) == Codes{"UNKNOWN_KEY"});
    CHECK(codes(check::check_bundle({path, {}, {}, check::Recompress::no, 2},
                                    {check::Trust::Basis::enrolled, {}, nullptr})
                    .report) == Codes{"UNKNOWN_KEY"});

    auto version = world.site.version();
    version.exports.push_back(stranger.public_key());
    std::sort(version.exports.begin(), version.exports.end(),
              [](const auto& a, const auto& b) { return minisig::to_text(a) < minisig::to_text(b); });
    world.site.file = world.site.signed_by_root(version);
    auto second = draft;
    second.site = world.site.file;
    CHECK(codes(world.check(second.write(world.directory.path(), stranger))).empty());
}

TEST_CASE("the export key of another trusted site is UNKNOWN_KEY, its own bundle is not") {
    test::World world;
    test::Site other;
    other.id = *SiteId::parse("OTHER");
    other.file = other.signed_by_root(other.version());
    const auto draft = world.draft();
    const check::Trust both{check::Trust::Basis::enrolled, {world.site.file, other.file}, nullptr};
    const auto asked = [&](const minisig::SecretKey& key) {
        const auto path = draft.write(world.directory.path(), key);
        return check::check_bundle({path, {}, {}, check::Recompress::no, 2}, both).report;
    };

    CHECK(codes(asked(other.exporter)).count("UNKNOWN_KEY") == 1);
    CHECK(asked(other.exporter).verdict == check::Verdict::rejected);
    CHECK(codes(asked(world.site.exporter)).empty());
}

TEST_CASE("a root key that signs a bundle is WRONG_ROLE") {
    test::World world;

    CHECK(codes(world.check(world.draft().write(world.directory.path(), world.site.root))) == Codes{"WRONG_ROLE"});
}

TEST_CASE("without anybody trusted the best verdict is UNANCHORED, and nothing is handed on for acceptance") {
    test::World world;
    const auto path = world.draft().write(world.directory.path(), world.site.exporter);

    const auto outcome = check::check_bundle({path, {}, {}, check::Recompress::yes, 2}, {});
    const auto enrolled = world.check(path);

    CHECK(outcome.report.verdict == check::Verdict::ok_with_findings);
    CHECK(codes(outcome.report) == Codes{"UNANCHORED"});
    CHECK_FALSE(outcome.bundle);
    CHECK(enrolled.verdict == check::Verdict::ok);
}

TEST_CASE("without anybody trusted a signature must still be that of the bundle's own site file") {
    test::World world;
    const auto path = world.draft().write(world.directory.path(), minisig::SecretKey::generate());

    const auto outcome = check::check_bundle({path, {}, {}, check::Recompress::no, 2}, {});

    CHECK(codes(outcome.report) == Codes{"UNANCHORED", "UNKNOWN_KEY"});
    CHECK(outcome.report.verdict == check::Verdict::rejected);
}

TEST_CASE("a site file that is not a chain, or another than the enrolled one, is SITE_FILE_INVALID") {
    test::World world;
    auto draft = world.draft();

    auto broken = draft;
    broken.site.replace(broken.site.find("\"threshold\":1"), 13, "\"threshold\":0");
    CHECK(codes(world.check(broken)) == Codes{"SITE_FILE_INVALID"});
    auto other = draft;
    auto version = world.site.version();
    version.releases = 1;
    other.site = world.site.signed_by_root(version);
    CHECK(codes(world.check(other)) == Codes{"SITE_FILE_INVALID"});

    auto newer = draft;
    newer.site += world.site.signed_by_root(world.site.version(2));
    CHECK(codes(world.check(newer)).empty());
}

TEST_CASE("a policy that asks for releases is RELEASE_MISSING") {
    test::World world;
    auto version = world.site.version();
    version.releases = 1;
    world.site.file = world.site.signed_by_root(version);

    CHECK(codes(world.check(world.draft())) == Codes{"RELEASE_MISSING"});
}
