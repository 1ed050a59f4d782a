#include "tests/unit/bundle/sample.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

using namespace tally;
using namespace tally::bundle;

namespace {

// A bundle on disk whose bytes can be changed.
struct OnDisk {
    test::TempDir dir;
    test::Sample sample;
    Written written = write_bundle(dir.path(), sample.contents());
    std::string bytes = test::slurp(written.path);

    Checked<UnverifiedBundle> open(const std::string& changed) const {
        test::spill(dir / "changed.tally", changed);
        return test::open_bundle(dir / "changed.tally");
    }
    Defect defect(const std::string& changed) const {
        auto opened = open(changed);
        REQUIRE(std::holds_alternative<Defect>(opened));
        return std::get<Defect>(opened);
    }
    // Where the header of a member starts.
    std::size_t header_of(std::string_view name) const {
        for (std::size_t at = 0; at < bytes.size(); at += block_size) {
            if (bytes.compare(at, name.size() + 1, std::string(name) + '\0') == 0) {
                return at;
            }
        }
        FAIL("no such member");
        return 0;
    }
};

std::string block(std::string_view name, std::uint64_t size) {
    const Header header = ustar_header(name, size);
    return {header.data(), header.size()};
}

} // namespace

TEST_CASE("what was written is read: manifest, hosts, site and packed lines") {
    OnDisk disk;
    auto opened = disk.open(disk.bytes);
    REQUIRE(std::holds_alternative<UnverifiedBundle>(opened));
    const auto& bundle = std::get<UnverifiedBundle>(opened);

    CHECK(bundle.manifest_line() == write_manifest(disk.written.manifest));
    REQUIRE(bundle.members().size() == 3);
    std::vector<HostRow> rows;
    CHECK_FALSE(bundle.for_each_host([&](const HostRow& row) { rows.push_back(row); }));
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].host == disk.sample.station.id);
    CHECK(rows[1].next == 21);
    CHECK(rows[2].next == 0);
    CHECK(std::get<std::string>(bundle.packed(UnverifiedBundle::site_member)) == disk.sample.site);
    for (std::size_t member = 0; member < bundle.members().size(); ++member) {
        CHECK_FALSE(bundle.check_hash(member));
    }
    CHECK(disk.bytes.substr(bundle.offset(2), 4) == "\x28\xB5\x2F\xFD");
}

TEST_CASE("no bit outside of the members' data can differ, and one inside is a bad hash") {
    OnDisk disk;
    std::size_t in_data = 0;
    for (std::size_t bit = 0; bit < disk.bytes.size() * 8; bit += 3) {
        std::string changed = disk.bytes;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
        os::Descriptor file = os::open(disk.dir / "flip", O_RDWR | O_CREAT | O_TRUNC);
        os::write_all(file, changed, "flip");

        auto opened = UnverifiedBundle::open(std::move(file), changed.size());

        if (auto* bundle = std::get_if<UnverifiedBundle>(&opened)) {
            std::size_t bad = 0;
            for (std::size_t member = 0; member < bundle->members().size(); ++member) {
                bad += bundle->check_hash(member) ? 1U : 0U;
            }
            // A flip inside the manifest may still spell a manifest; then something else no longer fits.
            const bool manifest_differs = bundle->manifest_line() != write_manifest(disk.written.manifest);
            REQUIRE((bad > 0 || manifest_differs));
            in_data += bad;
        }
    }
    CHECK(in_data > 1000);
}

TEST_CASE("a file cut at any length is refused, and never as something that was added") {
    OnDisk disk;
    for (std::size_t size = 0; size < disk.bytes.size(); size += 37) {
        const Defect defect = disk.defect(disk.bytes.substr(0, size));

        INFO(size << " " << defect.what);
        CHECK(defect.kind == Kind::truncated);
    }
}

TEST_CASE("bytes hidden in padding, after the end and in headers are found with member and offset") {
    OnDisk disk;
    const std::size_t hosts = disk.header_of("HOSTS.jsonl");
    const std::size_t site = disk.header_of("SITE.jsonl");

    std::string changed = disk.bytes;
    changed[site - 1] = 'x';
    Defect defect = disk.defect(changed);
    CHECK(defect.kind == Kind::non_canonical);
    CHECK(defect.member == "HOSTS.jsonl");
    CHECK(defect.at == site - 1);

    changed = disk.bytes;
    changed[hosts + 20] = 'x';
    defect = disk.defect(changed);
    CHECK(defect.kind == Kind::non_canonical);
    CHECK(defect.at == hosts + 20);

    changed = disk.bytes;
    changed[changed.size() - 3] = 'x';
    CHECK(disk.defect(changed).kind == Kind::non_canonical);
    CHECK(disk.defect(disk.bytes + std::string(512, '\0')).kind == Kind::non_canonical);
    CHECK(disk.defect(disk.bytes + "x").kind == Kind::non_canonical);
    CHECK(disk.defect("x" + disk.bytes).kind == Kind::non_canonical);
}

TEST_CASE("members added, dropped, doubled and swapped are named") {
    OnDisk disk;
    const std::size_t site = disk.header_of("SITE.jsonl");
    const std::size_t lines = disk.header_of("LINES_0001.jsonl.zst");
    const std::size_t end = disk.bytes.size() - end_size;
    const std::string note = block("NOTE.txt", 5) + "hello" + std::string(507, '\0');
    const std::string head = disk.bytes.substr(0, site);
    const std::string site_part = disk.bytes.substr(site, lines - site);
    const std::string lines_part = disk.bytes.substr(lines, end - lines);
    const std::string tail(end_size, '\0');

    CHECK(disk.defect(head + note + site_part + lines_part + tail).kind == Kind::extra_member);
    CHECK(disk.defect(head + site_part + lines_part + note + tail).kind == Kind::extra_member);
    CHECK(disk.defect(head + site_part + lines_part + lines_part + tail).kind == Kind::extra_member);
    CHECK(disk.defect(head + lines_part + tail).kind == Kind::missing_member);
    CHECK(disk.defect(head + site_part + tail).kind == Kind::missing_member);
    CHECK(disk.defect(head + lines_part + site_part + tail).kind == Kind::missing_member);
    CHECK(disk.defect(note + disk.bytes).kind == Kind::missing_member);
    const Defect twice = disk.defect(disk.bytes.substr(0, end) + lines_part + tail);
    CHECK(twice.member == "LINES_0001.jsonl.zst");
    CHECK(twice.at == end);
}

TEST_CASE("a member of another size than the manifest says is refused at its header") {
    OnDisk disk;
    const std::size_t site = disk.header_of("SITE.jsonl");
    std::string changed = disk.bytes;
    changed.replace(site, block_size, block("SITE.jsonl", disk.sample.site.size() + 1));

    const Defect defect = disk.defect(changed);

    CHECK(defect.kind == Kind::non_canonical);
    CHECK(defect.member == "SITE.jsonl");
}

TEST_CASE("a manifest that declares a huge size is refused before anything is read") {
    const test::TempDir dir;
    test::spill(dir / "huge.tally", block("MANIFEST.json", max_member) + std::string(4096, ' '));
    const auto opened = test::open_bundle(dir / "huge.tally");
    CHECK(std::get<Defect>(opened).kind == Kind::limit_exceeded);
}

TEST_CASE("bad rows of HOSTS.jsonl are found by their offset") {
    const auto defect_of = [](const std::string& hosts) {
        const test::TempDir dir;
        Manifest manifest = test::Sample().contents().head;
        manifest.zstd_version = "1.5.4";
        manifest.members = {{"HOSTS.jsonl", hosts.size(), hosts.size(), crypto::sha256(hosts)},
                            {"SITE.jsonl", 3, 3, {}},
                            {"LINES_0001.jsonl.zst", 3, 3, {}}};
        const std::string line = write_manifest(manifest) + "\n";
        const auto member = [](std::string_view name, const std::string& bytes) {
            return block(name, bytes.size()) + bytes + std::string(padding_after(bytes.size()), '\0');
        };
        test::spill(dir / "x", member("MANIFEST.json", line) + member("HOSTS.jsonl", hosts) +
                                   member("SITE.jsonl", "{}\n") + member("LINES_0001.jsonl.zst", "abc") +
                                   std::string(end_size, '\0'));
        auto opened = test::open_bundle(dir / "x");
        const auto& bundle = std::get<UnverifiedBundle>(opened);
        auto defect = bundle.for_each_host([](const HostRow&) {});
        REQUIRE(defect);
        defect->at -= bundle.offset(0);
        return *defect;
    };
    test::Sample sample;
    const std::string row = write_host_row(sample.host.source().row) + "\n";

    CHECK(defect_of(row + row).at == row.size());
    CHECK(defect_of(row + "{}\n").at == row.size());
    CHECK(defect_of(row + "\n").kind == Kind::non_canonical);
    CHECK(defect_of(row.substr(0, row.size() - 1)).kind == Kind::non_canonical);
    CHECK(defect_of(row + std::string(line::max_roster + 1, ' ')).kind == Kind::limit_exceeded);
}

TEST_CASE("the private copy hashes what it read, and refuses links, directories, pipes and oversize") {
    const test::TempDir dir;
    test::spill(dir / "file", "hello");
    auto copy = std::get<PrivateCopy>(private_copy(dir / "file", 5, dir.path()));
    CHECK(copy.size == 5);
    CHECK(to_hex(copy.sha256) + "  -\n" == test::shell("printf hello | sha256sum"));
    CHECK(to_hex(copy.blake2b512) + "  -\n" == test::shell("printf hello | b2sum"));
    test::spill(dir / "file", "other");
    std::string kept(5, '\0');
    REQUIRE(::pread(copy.file.get(), kept.data(), 5, 0) == 5);
    CHECK(kept == "hello");

    CHECK(std::get<Defect>(private_copy(dir / "file", 4)).kind == Kind::limit_exceeded);
    boost::filesystem::create_symlink(dir / "file", dir / "link");
    CHECK_THROWS_AS(private_copy(dir / "link"), Error);
    CHECK_THROWS_AS(private_copy(dir.path()), Error);
    REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
    CHECK_THROWS_AS(private_copy(dir / "pipe"), Error);
    CHECK_THROWS_AS(private_copy(dir / "absent"), Error);
    CHECK_THROWS_AS(private_copy("/dev/zero"), Error);
}

TEST_CASE(
    "bundles, manifests and rows made by another program from the page alone are accepted, damaged ones are not") {
    const auto kind = [](const std::string& name) -> std::string {
        auto opened = test::open_bundle("fuzz/corpus/ustar/" + name);
        const auto* defect = std::get_if<Defect>(&opened);
        return defect == nullptr ? "accepted" : std::string(code(defect->kind));
    };
    const std::pair<const char*, const char*> expected[] = {{"good", "accepted"},
                                                            {"two_lines", "accepted"},
                                                            {"audience", "accepted"},
                                                            {"empty", "TRUNCATED"},
                                                            {"header_alone", "MISSING_MEMBER"},
                                                            {"cut_in_header", "TRUNCATED"},
                                                            {"cut_in_data", "TRUNCATED"},
                                                            {"one_end_block", "TRUNCATED"},
                                                            {"three_end_blocks", "NON_CANONICAL"},
                                                            {"after_the_end", "NON_CANONICAL"},
                                                            {"in_the_end", "NON_CANONICAL"},
                                                            {"in_padding", "NON_CANONICAL"},
                                                            {"in_name", "NON_CANONICAL"},
                                                            {"extra", "EXTRA_MEMBER"},
                                                            {"doubled", "EXTRA_MEMBER"},
                                                            {"missing", "MISSING_MEMBER"},
                                                            {"huge_manifest", "LIMIT_EXCEEDED"},
                                                            {"mode_755", "NON_CANONICAL"},
                                                            {"gnu_magic", "NON_CANONICAL"}};
    for (const auto& [name, verdict] : expected) {
        INFO(name);
        CHECK(kind(name) == verdict);
    }
    for (const char* name : {"plain", "two_lines", "audience", "previous", "volume", "last_sequence", "level_19"}) {
        INFO(name);
        CHECK(
            std::holds_alternative<Manifest>(read_manifest(test::slurp(std::string("fuzz/corpus/manifest/") + name))));
    }
    CHECK(read_host_row(test::slurp("fuzz/corpus/manifest/row")));
    CHECK(read_host_row(test::slurp("fuzz/corpus/manifest/row_range")));
}
