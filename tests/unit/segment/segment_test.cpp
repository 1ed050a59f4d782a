#include "tally/segment/segment.hpp"

#include "tally/line/seal.hpp"
#include "tally/zstd/frame.hpp"

#include <catch2/catch.hpp>

using namespace tally;

namespace {

const std::string host = "HABCDEFGHIJKLMNOPQRSTUVWX";

std::string line_of(std::uint64_t seq, const std::string& type, const std::string& whose = host) {
    return line::Object().token("host", whose).integer("seq", seq).token("t", type).str() + "\n";
}

const segment::Name name{*HostId::parse(host), 5, 8};
const std::string good = line_of(5, "note") + line_of(6, "note") + line_of(7, "seal");

std::string fault_of(const std::string& packed) {
    const auto raw = segment::read(name, as_bytes(packed));
    return raw ? "" : raw.fault().what;
}

} // namespace

TEST_CASE("a segment's name has one spelling") {
    const std::string text = "SEG_" + host + "_5_8.jsonl.zst";
    const auto parsed = segment::Name::parse(text);
    REQUIRE(parsed);
    CHECK(parsed->first == 5);
    CHECK(parsed->next == 8);
    CHECK(parsed->text() == text);
    CHECK(segment::Name::parse("SEG_" + host + "_0_281474976710655.jsonl.zst"));

    for (const std::string& wrong :
         {"SEG_" + host + "_05_8.jsonl.zst", "SEG_" + host + "_5_+8.jsonl.zst", "SEG_" + host + "_8_8.jsonl.zst",
          "SEG_" + host + "_8_5.jsonl.zst", "SEG_" + host + "_5_281474976710656.jsonl.zst",
          "SEG_" + host + "_5_99999999999999999999999.jsonl.zst", "SEG_" + host + "_5_8.jsonl",
          "SEG_" + host + "_5_8_9.jsonl.zst", "SEG_" + host + "__8.jsonl.zst", "seg_" + host + "_5_8.jsonl.zst",
          std::string("SEG_H1_5_8.jsonl.zst"), " SEG_" + host + "_5_8.jsonl.zst", "SEG_" + host + "_5_8.jsonl.zst ",
          std::string("SEG_.jsonl.zst"), std::string()}) {
        INFO(wrong);
        CHECK_FALSE(segment::Name::parse(wrong));
    }
}

TEST_CASE("what is packed reads back, and packs to the same bytes every time") {
    const std::string packed = segment::pack(good);

    const auto raw = segment::read(name, as_bytes(packed));

    REQUIRE(raw);
    CHECK(*raw == good);
    CHECK(segment::pack(*raw) == packed);
}

TEST_CASE("a segment that is not what its name says is refused with the place") {
    CHECK(fault_of(segment::pack(line_of(5, "note") + line_of(7, "note") + line_of(7, "seal"))) ==
          "line out of sequence");
    CHECK(fault_of(segment::pack(line_of(5, "note") + line_of(6, "seal"))) ==
          "fewer lines than the segment's name says");
    CHECK(fault_of(segment::pack(good + line_of(8, "seal"))) == "more lines than the segment's name says");
    CHECK(fault_of(segment::pack(line_of(5, "note") + line_of(6, "note") + line_of(7, "note"))) ==
          "the last line is not a seal");
    CHECK(fault_of(segment::pack(line_of(5, "note", "HBBCDEFGHIJKLMNOPQRSTUVWX") + line_of(6, "note") +
                                 line_of(7, "seal"))) == "line of another log than the segment's name says");
    CHECK(fault_of(segment::pack(good.substr(0, good.size() - 1))) == "the last line has no line feed");
    CHECK_FALSE(fault_of(segment::pack(good + "\n")).empty());
    CHECK_FALSE(fault_of(segment::pack(line_of(5, "note") + "{ \"a\":1}\n" + line_of(7, "seal"))).empty());
    CHECK(segment::read(name, as_bytes(segment::pack(line_of(5, "note") + "x\n" + line_of(7, "seal")))).fault().at ==
          6);
}

TEST_CASE("a frame that is no plain zstd frame is refused before it is believed") {
    const std::string packed = segment::pack(good);
    CHECK_FALSE(fault_of("").empty());
    CHECK_FALSE(fault_of(good).empty());
    CHECK_FALSE(fault_of(packed + packed).empty());
    CHECK_FALSE(fault_of(packed + std::string(1, '\0')).empty());
    for (std::size_t size = 0; size < packed.size(); ++size) {
        CHECK_FALSE(fault_of(packed.substr(0, size)).empty());
    }
}

TEST_CASE("every flipped bit of a segment is refused or leaves the same lines") {
    const std::string packed = segment::pack(good);
    for (std::size_t bit = 0; bit < packed.size() * 8; ++bit) {
        std::string flipped = packed;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
        const auto raw = segment::read(name, as_bytes(flipped));
        CHECK((!raw || *raw == good));
    }
}

TEST_CASE("more than 16 MiB is refused before it is decompressed") {
    const std::string bomb = zstd::Compressor(segment::level).compress(std::string(segment::max_raw + 1, '\n'));
    CHECK(fault_of(bomb).find("declares 16777217 bytes") != std::string::npos);
}
