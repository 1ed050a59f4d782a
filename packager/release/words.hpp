// Words that must not leave unnoticed: those of a list that a person keeps (as they are, or as the pseudonyms that the
// site's secrets make of them), and the markings of classified papers. Finds them wherever they stand in a line, also
// where the line spells bytes as %XX; letters of ASCII in either case. Proves no absence beyond that: another spelling of
// a name is another word.
#pragma once

#include "packager/release/inspect.hpp"
#include "tally/base/result.hpp"
#include "tally/pseudonym/privacy.hpp"

#include <set>

namespace tally::release {

inline constexpr std::size_t max_word_list = 64U << 10U; // bytes of the file
inline constexpr std::size_t max_words = 1000;
inline constexpr std::size_t max_word = 200;  // bytes
inline constexpr std::size_t kept_places = 5; // of each word

// One word or phrase a line, UTF-8; empty lines and those that begin with # are passed over. Fault.at is a line number.
[[nodiscard]] Result<std::vector<std::string>> read_word_list(std::string_view file);

enum class Sort : std::uint8_t { word, pseudonym, marking };

struct Place {
    std::string member, log;
    std::optional<std::uint64_t> seq; // of a record line
    std::string field, value;         // as they are spelled in the line
};
struct WordFound {
    std::string word; // of the list, or the marking
    Sort sort = Sort::word;
    std::string spelling;  // of a pseudonym
    bool expected = false; // the marking that was declared
    std::uint64_t lines = 0;
    std::vector<Place> places; // the first ones
};
struct Scan {
    std::size_t words = 0;        // of the list
    bool pseudonyms = false;      // they were looked for as well
    std::string marking;          // declared for this bundle; empty: none
    std::vector<WordFound> found; // words, pseudonyms, markings; each in the order of its list
    [[nodiscard]] bool alarming() const;
};

struct Wanted {
    std::vector<std::string> words;
    const pseudonym::Privacy* privacy = nullptr; // nothing: pseudonyms are not looked for
    std::string marking;
};
[[nodiscard]] Scan scan(const Inspection& inspection, const Wanted& wanted);

} // namespace tally::release
