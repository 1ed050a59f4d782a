#include "recorder/capture/line_source.hpp"
#include "tally/zstd/frame.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <vector>
#include <zlib.h>

using namespace tally;
using namespace tally::capture;

namespace {

std::string gzip(const std::string& raw) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string packed(deflateBound(&stream, raw.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(raw.data()));
    stream.avail_in = static_cast<uInt>(raw.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

struct Read {
    std::vector<std::string> lines;
    std::vector<std::uint64_t> too_long;
    bool unterminated = false;
    std::string fault;
    std::string digest;
};

Read read(LineSource& source) {
    Read result;
    SourceLine line;
    while (source.next(line)) {
        result.lines.emplace_back(line.text);
        if (line.state == LineState::too_long) {
            result.too_long.push_back(line.number);
        }
        result.unterminated = line.state == LineState::unterminated;
    }
    result.fault = source.fault() ? "" : source.fault().fault().what;
    result.digest = to_hex(source.digest());
    return result;
}

Read read_bytes(const std::string& bytes) {
    const test::TempDir directory;
    os::replace_file(directory / "log", bytes);
    LineSource source(directory / "log", directory.path());
    return read(source);
}

std::string many_lines() {
    std::string text;
    for (int i = 0; i < 40000; ++i) {
        text += "line " + std::to_string(i) + "\n";
    }
    return text;
}

} // namespace

TEST_CASE("line ends and a byte order mark are taken off, and only there") {
    const auto result = read_bytes("\xEF\xBB\xBF"
                                   "a\r\nb\n\nc\r\xEF\xBB\xBF\n");

    CHECK(result.lines == std::vector<std::string>{"a", "b", "", "c\r\xEF\xBB\xBF"});
    CHECK_FALSE(result.unterminated);
    CHECK(result.digest == to_hex(crypto::sha256("\xEF\xBB\xBF"
                                                 "a\r\nb\n\nc\r\xEF\xBB\xBF\n")));
}

TEST_CASE("a last line without an end is told apart") {
    CHECK(read_bytes("a\nb").unterminated);
    CHECK(read_bytes("a\nb").lines.size() == 2);
}

TEST_CASE("a line may be as long as allowed and not one byte longer") {
    const std::string limit(longest_line, 'x');

    CHECK(read_bytes(limit + "\nb\n").too_long.empty());
    CHECK(read_bytes(limit + "x\nb\n").too_long == std::vector<std::uint64_t>{1});
}

TEST_CASE("a huge line costs one number, not its memory, and the next line is read") {
    const std::string text = "a\n" + std::string(5'000'000, 'x') + "\nb\n";

    const auto result = read_bytes(text);

    CHECK(result.lines == std::vector<std::string>{"a", "", "b"});
    CHECK(result.too_long == std::vector<std::uint64_t>{2});
    CHECK(result.digest == to_hex(crypto::sha256(text)));
}

TEST_CASE("gzip, several gzip members and zstd give the same lines as plain bytes") {
    const std::string text = many_lines();
    const auto plain = read_bytes(text);
    REQUIRE(plain.lines.size() == 40000);

    for (const auto& packed :
         {gzip(text), gzip(text.substr(0, 1000)) + gzip(text.substr(1000)), zstd::Compressor(3).compress(text),
          zstd::Compressor(3).compress(text.substr(0, 1000)) + zstd::Compressor(3).compress(text.substr(1000))}) {
        const auto result = read_bytes(packed);
        CHECK(result.lines == plain.lines);
        CHECK(result.digest == plain.digest);
        CHECK(result.fault.empty());
    }
}

TEST_CASE("compressed input that is cut, damaged or continued is a fault") {
    const std::string text = many_lines();
    for (const auto& packed : {gzip(text), zstd::Compressor(3).compress(text)}) {
        for (const std::size_t cut : {packed.size() - 1, packed.size() / 2, std::size_t{20}}) {
            CHECK_FALSE(read_bytes(packed.substr(0, cut)).fault.empty());
        }
        std::string damaged = packed;
        damaged[packed.size() / 2] = static_cast<char>(damaged[packed.size() / 2] ^ 0x55);
        CHECK_FALSE(read_bytes(damaged).fault.empty());
        CHECK_FALSE(read_bytes(packed + "and more").fault.empty());
    }
}

TEST_CASE("other kinds of files are named") {
    CHECK_THAT(read_bytes(std::string("\xFF\xFE"
                                      "1\0:\0",
                                      6))
                   .fault,
               Catch::Contains("UTF-16"));
    CHECK_THAT(read_bytes("PK\x03\x04 zip").fault, Catch::Contains("archive"));
}

TEST_CASE("reading again stops where the first reading stopped, though the file has grown") {
    const test::TempDir directory;
    os::replace_file(directory / "log", "a\nb\n");
    LineSource source(directory / "log", directory.path());
    const auto first = read(source);
    const auto bytes = source.bytes();
    {
        const auto more = os::open(directory / "log", O_WRONLY | O_APPEND);
        os::write_all(more, "c\n", "log");
    }

    source.rewind(bytes);
    const auto second = read(source);

    CHECK(second.lines == first.lines);
    CHECK(second.digest == first.digest);
}

TEST_CASE("what cannot be opened is an error that names it") {
    const test::TempDir directory;
    CHECK_THROWS_WITH(LineSource(directory / "absent", directory.path()), Catch::Contains("no such file"));
    CHECK_THROWS_WITH(LineSource(directory.path(), directory.path()), Catch::Contains("is a directory"));
}
