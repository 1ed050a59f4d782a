#include "tally/site_file/chain.hpp"

namespace tally::site_file {
namespace {

constexpr std::size_t words = 8;

// Proquints (arXiv:0901.4016): 16 bits from the top are consonant 4, vowel 2, consonant 4, vowel 2, consonant 4.
std::string proquint(unsigned bits) {
    static constexpr char consonants[] = "bdfghjklmnprstvz";
    static constexpr char vowels[] = "aiou";
    return {consonants[bits >> 12U], vowels[(bits >> 10U) & 3U], consonants[(bits >> 6U) & 15U],
            vowels[(bits >> 4U) & 3U], consonants[bits & 15U]};
}

} // namespace

std::string fingerprint_words(const line::Hash& fingerprint) {
    std::string text;
    for (std::size_t word = 0; word < words; ++word) {
        text += word == 0 ? "" : "-";
        text += proquint(static_cast<unsigned>(fingerprint[2 * word] << 8U | fingerprint[2 * word + 1]));
    }
    return text;
}

bool fingerprint_is(const line::Hash& fingerprint, std::string_view said) {
    std::string heard;
    for (const char c : said) {
        heard += c == ' ' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return heard == to_hex(fingerprint) || heard == fingerprint_words(fingerprint);
}

} // namespace tally::site_file
