// The records and the inputs, prepared once for every count: products, persons and devices as small numbers, intervals
// clipped to the observed time, entitlement lines joined into pools, use rolled up by day.
// Guarantees: nothing is dropped (what has no row in an input is still a person, a device, a product); the same input
// gives the same numbers. Lives as long as the usage and inputs it was made from. Judges nothing.
#pragma once

#include "verifier/count/stays.hpp"
#include "verifier/inputs/inputs.hpp"
#include "verifier/ledger/usage.hpp"
#include "verifier/names/names.hpp"
#include "verifier/rules/values.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace tally::count {

// Spellings of a user name that differ in ASCII case only: different people, or one.
enum class Spelling : std::uint8_t { as_written, fold_case };

struct Options {
    std::optional<std::int64_t> as_of_day; // the last day that counts; nothing: up to the last record
    Spelling spelling = Spelling::as_written;
    std::optional<std::int64_t> period_from_day; // of the review; nothing: the first day of as_of_day's quarter
};

inline constexpr std::uint32_t nobody = 0; // index 0 of persons, devices and products stands for none

// A user name of the records, an assigned or a listed person: one each after the alias table and `Spelling`.
struct Person {
    std::string name;                                     // as the directory spells it, else as first recorded
    std::vector<const inputs::DirectoryEntry*> directory; // several when re-hired or in several domains
    bool listed_account = true;                           // false: a service or shared account, not a person (R-SHARED)
    [[nodiscard]] bool in_directory() const { return !directory.empty(); }
    // The entry that holds on that day: not left before it, else the one that left last.
    [[nodiscard]] const inputs::DirectoryEntry* entry_on(std::int64_t day) const;
};

// An enrolled host (by its log), or a computer that only a licence server names (by that name).
struct Device {
    std::string name;                  // newest recorded name; without a log the name in the server's log
    std::uint32_t log = 0;             // 0: known by name only
    std::string site;                  // of its log, else of its row
    const inputs::Host* row = nullptr; // by name, without case; the newest recorded name counts
};

struct ProductFact {
    std::string word; // as product_word gives it
    std::string name; // from the inputs, else the word
    inputs::ProductClass type = inputs::ProductClass::commercial;
    const inputs::ProductRow* row = nullptr;
    std::vector<std::uint32_t> collections; // products that are collections containing it
    std::vector<std::uint32_t> parts;       // when it is a collection
    bool known = false;                     // some input names it
};

// Lines of one agreement, metric and product: their quantities add up day by day.
struct Pool {
    std::vector<const inputs::Entitlement*> lines;
    std::vector<std::string> words; // sorted
    std::string label;              // line ids joined by "+"
    std::vector<Step> allowed;      // quantity by time; 0 where no line is valid
    std::vector<Step> tested;       // the same, unlimited where no line is valid: that is EXPIRED_USE, not a peak
    [[nodiscard]] const inputs::Entitlement& first() const { return *lines.front(); }
    [[nodiscard]] bool covers(const std::string& word) const;
    [[nodiscard]] bool valid_on(std::int64_t day) const;
    [[nodiscard]] bool ended_before(std::int64_t day) const; // it had started, and no line is valid any more
    // The line whose price holds on that day; the first one when none is valid.
    [[nodiscard]] const inputs::Entitlement& priced_on(std::int64_t day) const;
};

// Use of one product release by one person on one device on one UTC day; the rollup that most rules read. There are
// millions of them.
struct UseDay {
    std::int64_t day : 32 = 0;
    std::int64_t seconds : 31 = 0; // live on the day, lower, overlaps counted once
    bool automation : 1 = false;   // only batch programs
    std::uint32_t word = 0, person = 0, device = 0;
    std::uint32_t release = 0;
    std::uint32_t starts = 0;     // sessions that begin on the day
    std::uint32_t first_stay = 0; // index into Facts::stays: the earliest of them
};

// Stays of one person and product: `size` indices from `first` on, in Facts::indices_of.
struct UseGroup {
    std::uint32_t person = 0, word = 0;
    std::size_t first = 0, size = 0;
};

struct RecordRef {
    std::string log;
    std::uint64_t seq = 0;
};

struct Facts {
    const ledger::Usage* usage = nullptr;
    const inputs::Inputs* inputs = nullptr;
    const rules::Values* rules = nullptr;
    Options options;
    Span observed;                            // from the first to the last dated event, or to as_of
    Span period;                              // of the review, ends at as_of
    std::int64_t as_of = 0;                   // instant up to which everything counts: 00:00 after the last day
    std::vector<std::string> words;           // products by word; index 0 is ""
    std::vector<ProductFact> products;        // parallel to words
    std::vector<Person> persons;              // index 0: nobody
    std::vector<Device> devices;              // index 0: none
    std::vector<std::uint32_t> device_of_log; // of each log of a host, the ones it followed too; 0: no host's log
    Stays stays;                              // by start
    std::vector<Pool> pools;                  // by agreement, line
    std::vector<UseDay> days;                 // by (person, word, day, device, release)
    std::unordered_map<std::string, std::uint32_t> person_ids, word_ids; // by key(name), by word
    std::vector<std::uint32_t> site_of_log;   // of each log a number of its site: the first log that has it
    names::Names people, computers;           // which persons, which devices may be the same ones (R-NAMES)
    std::vector<std::uint32_t> spelled_alike; // of each person the first whose name differs in case only; where mixed

    [[nodiscard]] std::int64_t
    as_of_day() const; // day of the instant as_of: 2026-04-01 when 31 March is the last that counts
    [[nodiscard]] const std::string& display_name(std::uint32_t word) const { return products[word].name; }
    [[nodiscard]] std::string display_name(const std::string& word) const;
    [[nodiscard]] RecordRef start_of(const Stay& stay) const;
    [[nodiscard]] RecordRef start_of(std::uint32_t stay) const { return start_of(stays[stay]); }
    [[nodiscard]] bool has_sessions() const { return !usage->sessions.empty() || !usage->packed.empty(); }
    // nobody or 0 when there is none of that name.
    [[nodiscard]] std::uint32_t person(const std::string& user) const;
    [[nodiscard]] std::uint32_t word(const std::string& product) const; // by word, code, alias or name
    // Stays of one person and product in order of start, all of them; or only where they are.
    [[nodiscard]] std::vector<Stay> stays_of(std::uint32_t person, std::uint32_t word) const;
    [[nodiscard]] std::vector<Stay> stays_of(std::span<const std::uint32_t> indices) const;
    [[nodiscard]] std::span<const std::uint32_t> indices_of(std::uint32_t person, std::uint32_t word) const;
    [[nodiscard]] std::span<const std::uint32_t> indices_of(const UseGroup& group) const;
    [[nodiscard]] const std::vector<UseGroup>& groups() const { return groups_; } // by (person, word)
    // Those of them that may reach into the span, and some more: `take` gets each index.
    template <class Take>
    void each_near(std::uint32_t person, std::uint32_t word, const Span& span, const Take& take) const;
    // Days of one person (and product), a range of `days`.
    [[nodiscard]] std::pair<const UseDay*, const UseDay*> days_of(std::uint32_t person) const;
    [[nodiscard]] std::pair<const UseDay*, const UseDay*> days_of(std::uint32_t person, std::uint32_t word) const;
    // Idle time recorded inside a session, by start.
    [[nodiscard]] std::pair<const ledger::IdleSpan*, const ledger::IdleSpan*> idle_of(std::uint32_t stay) const;
    // Rows of `inputs.assignments` of each person, by index.
    std::vector<std::vector<const inputs::Assignment*>> assignments_of;

private:
    friend class Preparation;
    std::vector<UseGroup> groups_;
    std::vector<std::uint32_t> by_group_; // indices into stays
    static constexpr std::size_t indices_a_block = 64;
    std::vector<std::int64_t> reach_;    // the last end, by the possible reading, of each block of by_group_
    std::vector<ledger::IdleSpan> idle_; // by (stay, from); `session` is the stay
};

template <class Take>
void Facts::each_near(std::uint32_t person, std::uint32_t word, const Span& span, const Take& take) const {
    const auto indices = indices_of(person, word);
    if (indices.empty()) {
        return;
    }
    const auto begin = static_cast<std::size_t>(indices.data() - by_group_.data());
    const std::size_t end = begin + indices.size();
    for (std::size_t at = begin; at < end;) {
        const std::size_t next = std::min(end, (at / indices_a_block + 1) * indices_a_block);
        if (reach_[at / indices_a_block] > span.from) {
            std::for_each(by_group_.begin() + static_cast<std::ptrdiff_t>(at),
                          by_group_.begin() + static_cast<std::ptrdiff_t>(next), take);
        }
        at = next;
    }
}

[[nodiscard]] Facts prepare(const ledger::Usage& usage, const inputs::Inputs& inputs, const rules::Values& rules,
                            const Options& options);

// How a name is compared: as the option says.
[[nodiscard]] std::string person_key(const Facts& facts, const std::string& user);
// How many people the persons are, each told as often as one likes: both bounds are their number where no names are mixed.
[[nodiscard]] Bounds people_in(const Facts& facts, std::vector<std::uint32_t> persons);
[[nodiscard]] Bounds computers_in(const Facts& facts, std::vector<std::uint32_t> devices);
// Whether the assignment is to a product of the pool: by product word, product, name or line, without case.
[[nodiscard]] bool assigned_from(const Facts& facts, const Pool& pool, const inputs::Assignment& row);

// Days used by one person of one product (R-WINDOW); `stays` are of that person and product.
[[nodiscard]] Bounds days_used(const Facts& facts, const std::vector<const Stay*>& stays);
[[nodiscard]] Bounds days_used(const Facts& facts, std::span<const std::uint32_t> stays);

} // namespace tally::count
