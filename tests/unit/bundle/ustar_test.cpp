#include "tests/unit/bundle/sample.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::bundle;

TEST_CASE("an archive of ours is what stock tar writes for the same files") {
    const test::TempDir dir;
    std::string ours;
    const std::pair<const char*, std::string> files[] = {{"MANIFEST.json", "{}\n"},
                                                         {"HOSTS.jsonl", std::string(512, 'h')},
                                                         {"LINES_0001.jsonl.zst", std::string(70'000, '\x01')}};
    std::string names;
    for (const auto& [name, bytes] : files) {
        test::spill(dir / name, bytes);
        const Header header = ustar_header(name, bytes.size());
        ours += std::string(header.data(), header.size()) + bytes + std::string(padding_after(bytes.size()), '\0');
        names += std::string(" ") + name;
    }
    ours += std::string(end_size, '\0');

    test::shell("cd " + dir.path().string() +
                " && tar -b 1 --format=ustar --numeric-owner --owner=0 --group=0 --mode=0644" +
                " --mtime=@0 -cf stock.tar" + names);

    CHECK(test::slurp(dir / "stock.tar") == ours);
}

TEST_CASE("a header of ours is read back, at the largest size too") {
    for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{511}, max_member}) {
        const auto entry = read_header(ustar_header("LINES_0001.jsonl.zst", size));

        REQUIRE(entry);
        CHECK(entry->name == "LINES_0001.jsonl.zst");
        CHECK(entry->size == size);
    }
}

TEST_CASE("no single bit of a header can differ") {
    const Header good = ustar_header("HOSTS.jsonl", 1234);
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        Header header = good;
        header[bit / 8] = static_cast<char>(header[bit / 8] ^ (1 << (bit % 8)));

        REQUIRE_FALSE(read_header(header));
    }
}

namespace {

// As an attacker would: the checksum holds again after the change.
Header with(std::size_t at, std::string_view bytes) {
    Header header = ustar_header("HOSTS.jsonl", 0123);
    std::copy(bytes.begin(), bytes.end(), header.begin() + static_cast<std::ptrdiff_t>(at));
    unsigned sum = 8 * ' ';
    for (std::size_t i = 0; i < header.size(); ++i) {
        sum += i >= 148 && i < 156 ? 0U : static_cast<unsigned char>(header[i]);
    }
    std::snprintf(header.data() + 148, 8, "%06o", sum);
    return header;
}

} // namespace

TEST_CASE("other spellings of the same header that stock tar reads are refused") {
    using namespace std::string_view_literals;
    const std::pair<std::size_t, std::string_view> spellings[] = {{100, "0000755\0"sv},
                                                                  {100, " 000644\0"sv},
                                                                  {100, "000644 \0"sv},
                                                                  {108, "0001750\0"sv},
                                                                  {108, "      0\0"sv},
                                                                  {116, "0000001\0"sv},
                                                                  {116, "\0\0\0\0\0\0\0\0"sv},
                                                                  {124, "        123\0"sv},
                                                                  {124, "00000000123 "sv},
                                                                  {124, "0000000123 \0"sv},
                                                                  {124, "\200\0\0\0\0\0\0\0\0\0\0\123"sv},
                                                                  {136, "14000000000\0"sv},
                                                                  {136, "00000000000 "sv},
                                                                  {156, "\0"sv},
                                                                  {156, "7"sv},
                                                                  {156, "1"sv},
                                                                  {157, "hidden"sv},
                                                                  {257, "ustar  \0"sv},
                                                                  {263, "01"sv},
                                                                  {265, "root"sv},
                                                                  {297, "root"sv},
                                                                  {329, "\0\0\0\0\0\0\0\0"sv},
                                                                  {337, "0000001\0"sv},
                                                                  {345, "prefix"sv},
                                                                  {500, "secret"sv},
                                                                  {20, "hidden after the name"sv},
                                                                  {0, "./HOSTS.jso"sv},
                                                                  {11, "/"sv}};
    CHECK(read_header(with(0, "H")));
    for (const auto& [at, bytes] : spellings) {
        INFO(at << " " << bytes);
        CHECK_FALSE(read_header(with(at, bytes)));
    }
}

TEST_CASE("a checksum in another spelling is refused") {
    Header header = ustar_header("HOSTS.jsonl", 1);
    std::swap(header[154], header[155]);
    CHECK_FALSE(read_header(header));
}
