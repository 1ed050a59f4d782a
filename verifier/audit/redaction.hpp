// Takes the names of persons (and of computers) out of files that were made for reading, and puts pseudonyms in their
// place: the same one for the same name in every file, made with a key that its owner keeps (docs/formats/audit-pack.md).
// Guarantees: every name that it was told stands in no cell, no value and no text of the result; what is no such text
// (columns, keys, markup, style, script) stays as it is. It does not find names that nobody told it.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tally::audit {

using PseudonymKey = std::array<std::uint8_t, 32>;

// HMAC-SHA256 over "person" or "computer", LF and the name in lower case; the first twelve hex digits after "P-" or "C-".
[[nodiscard]] std::string pseudonym(const PseudonymKey& key, std::string_view kind, std::string_view name);

class Redactor {
public:
    explicit Redactor(const PseudonymKey& key) : key_(key) {}

    void add_person(std::string_view name) { add("person", name); }
    void add_computer(std::string_view name) { add("computer", name); }
    // The name of a finding, which follows from the fact and so from whom it is about.
    void add_finding(std::string_view id);
    [[nodiscard]] std::size_t names() const { return pseudonyms_.size(); }

    // A name counts where no letter or digit touches it; case does not matter; of names that overlap the longest.
    [[nodiscard]] std::string in_text(std::string_view text) const;
    // RFC 4180 with a header. A number is a name only under a heading that is about people.
    [[nodiscard]] std::string in_csv(std::string_view bytes) const;
    [[nodiscard]] std::string in_json(std::string_view bytes) const;
    [[nodiscard]] std::string in_html(std::string_view bytes) const;
    // Names of findings, wherever they stand in a file of any kind; as long as before.
    [[nodiscard]] std::string with_findings(std::string_view bytes) const;

private:
    struct Name {
        std::string folded, pseudonym;
    };
    void add(std::string_view kind, std::string_view name);
    [[nodiscard]] const Name* name_at(std::string_view folded, std::size_t at, std::string_view word) const;
    template <class Change>
    [[nodiscard]] std::string in_json_strings(std::string_view bytes, Change change) const;
    [[nodiscard]] std::string in_html_text(std::string_view text) const;
    [[nodiscard]] std::string in_tag(std::string_view tag) const;

    PseudonymKey key_;
    std::unordered_map<std::string, std::string> findings_;
    std::set<std::string> pseudonyms_;                           // names that were added, in lower case
    std::unordered_map<std::string, std::vector<Name>> by_word_; // first word of the name; longest first
};

} // namespace tally::audit
