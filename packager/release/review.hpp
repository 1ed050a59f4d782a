// What a person looks at before releasing a bundle: what is in it that was not in the one before (new hosts and keys
// first), which words were found, how names are spelled. Compares with bundles that are handed in, else with what the
// last receipt left; trusts neither. Everything that is shown is bounded, and says what was cut off.
#pragma once

#include "packager/release/words.hpp"
#include "tally/site_file/chain.hpp"

namespace tally::release {

struct KeyListed {
    std::string role, key, person; // "root", "export", "verifier", "officer"; the key's text
    auto operator<=>(const KeyListed&) const = default;
};
struct LogChange {
    HostId log;
    std::string label, group; // encoded; empty when the bundle does not say them
    std::uint64_t first = 0, next = 0;
};
struct NewValues {
    bool new_field = false;
    bool comparable = true; // false: one of the two has more values than were kept
    std::uint64_t count = 0;
    std::vector<std::string> some; // encoded, in their order
};
// Distinct values of a field that may name somebody or something.
struct Names {
    std::uint64_t pseudonyms = 0, clear = 0, empty = 0;
    std::set<std::uint64_t> epochs;
    std::vector<std::string> some_pseudonyms, some_clear; // encoded, in their order
    bool complete = true;
};

inline constexpr std::size_t kept_new_values = 50;
inline constexpr std::size_t kept_names = 10;

struct Review {
    std::vector<std::string> against;                         // files compared with
    bool is_previous = false;                                 // one of them is the one that the manifest names
    bool same_channel = true;                                 // all of them are of the same site and agreement
    std::optional<std::uint64_t> receipt;                     // the manifest's last one
    std::vector<LogChange> new_logs, grown_logs, silent_logs; // silent: nothing new
    std::vector<HostId> gone_logs;
    std::uint64_t site_version = 0;                   // 0: SITE.jsonl is no chain
    std::vector<KeyListed> keys, new_keys, gone_keys; // of the newest version
    std::vector<std::string> new_types;
    std::map<std::string, NewValues> new_values;
    std::map<std::string, Names> names;
    std::optional<Scan> scan;
    // A listed word, or another marking than the declared one, is in it.
    [[nodiscard]] bool alarming() const { return scan && scan->alarming(); }
};

// A digest, a key or the name of a log: it differs everywhere and says nothing by itself.
[[nodiscard]] bool is_identifier(std::string_view value);

[[nodiscard]] Review review(const Inspection& seen, const std::vector<Inspection>& against, std::optional<Scan> scan);

// For people, behind the head of the inspection; the member "review" of its JSON; one page to read and to print.
[[nodiscard]] std::string review_text(const Inspection& seen, const Review& review);
[[nodiscard]] std::string review_json(const Review& review);
[[nodiscard]] std::string review_page(const Inspection& seen, const Review& review);

} // namespace tally::release
