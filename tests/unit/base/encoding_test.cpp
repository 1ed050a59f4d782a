#include "tally/base/encoding.hpp"
#include "tally/base/ids.hpp"

#include <catch2/catch.hpp>

using namespace tally;

TEST_CASE("bytes come back from hex and from base64, whatever their number") {
    std::vector<std::uint8_t> bytes;
    for (unsigned size = 0; size < 300; ++size) {
        std::vector<std::uint8_t> back(size);

        CHECK(from_hex(to_hex(bytes), back));
        CHECK(back == bytes);
        CHECK(from_base64(to_base64(bytes)) == bytes);
        bytes.push_back(static_cast<std::uint8_t>(size * 37U));
    }
}

TEST_CASE("hex in upper case, of another length or with other characters is refused") {
    std::array<std::uint8_t, 2> out{};

    CHECK(from_hex("00ff", out));
    for (const char* text : {"00FF", "00f", "00fff", "", "00fg", "0x00", " 0ff"}) {
        CAPTURE(text);
        CHECK_FALSE(from_hex(text, out));
    }
}

TEST_CASE("base64 has one spelling: padding, its position and the bits under it") {
    CHECK(from_base64("Zg==") == std::vector<std::uint8_t>{'f'});
    CHECK(from_base64("Zm9vYmFy") == std::vector<std::uint8_t>{'f', 'o', 'o', 'b', 'a', 'r'});
    for (const char* text : {"Zg", "Zg=", "Zh==", "Zg===", "=Zg=", "Zm9v\n", "Zm9_", "Z g==", "Zm9vZ"}) {
        CAPTURE(text);
        CHECK_FALSE(from_base64(text));
    }
}

TEST_CASE("base32 is that of RFC 4648 without padding") {
    const auto base32 = [](std::string_view text) { return to_base32(as_bytes(text)); };

    CHECK(base32("") == "");
    CHECK(base32("f") == "MY");
    CHECK(base32("fo") == "MZXQ");
    CHECK(base32("foo") == "MZXW6");
    CHECK(base32("foob") == "MZXW6YQ");
    CHECK(base32("fooba") == "MZXW6YTB");
    CHECK(base32("foobar") == "MZXW6YTBOI");
}

TEST_CASE("names of sites are 1 to 24 characters that every file system can hold") {
    CHECK(SiteId::parse("SITE_1"));
    CHECK(SiteId::parse(std::string(24, 'A')));
    for (const char* text : {"", "site1", "SITE-1", "SITE 1", "SITE/1", "..", "SIT\xC3\x89"}) {
        CAPTURE(text);
        CHECK_FALSE(SiteId::parse(text));
    }
    CHECK_FALSE(SiteId::parse(std::string(25, 'A')));
}

TEST_CASE("names of logs are H and 24 characters of base32") {
    CHECK(HostId::parse("H" + std::string(24, 'A')));
    for (const std::string& text :
         std::vector<std::string>{"H" + std::string(23, 'A'), "H" + std::string(25, 'A'), "G" + std::string(24, 'A'),
                                  "H" + std::string(23, 'A') + "1", "H" + std::string(23, 'A') + "a"}) {
        CAPTURE(text);
        CHECK_FALSE(HostId::parse(text));
    }
}
