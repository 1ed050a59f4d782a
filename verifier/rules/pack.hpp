// A rule pack (docs/formats/rule-pack.md): the values of the rules as dated data, and the worked examples that say what
// they mean. read_pack is strict: what it returns has every value, without gap or overlap, and a pair of examples for
// every threshold. It runs no example and trusts no signature: verify_pack does the second.
#pragma once

#include "tally/base/result.hpp"
#include "tally/minisig/keys.hpp"
#include "verifier/rules/names.hpp"

#include <map>
#include <vector>

namespace tally::rules {

inline constexpr std::size_t max_pack = 4U << 20U;
inline constexpr std::int64_t open_end = INT64_MAX;

enum class Mark : std::uint8_t { confirmed, measured, assumption };
[[nodiscard]] std::string_view name(Mark mark);

// One value, valid on the days [from, until], counted from 1970-01-01. `fires` is empty for a definition.
struct DatedValue {
    const ValueName* about = nullptr;
    std::int64_t value = 0, from = 0, until = open_end;
    Mark mark = Mark::assumption;
    std::string source, note; // decoded
    std::string fires, rests; // ids of examples
    std::int64_t fires_at = 0, rests_at = 0;
    std::uint64_t at = 0; // line
};

// A field of a row: a text (decoded), an integer, or a pair of them.
struct Cell {
    enum class Kind : std::uint8_t { text, integer, pair };
    Kind kind = Kind::text;
    std::string text;
    std::int64_t first = 0, second = 0;
};

// A row of evidence or input, or an expectation. `kind` is one of the words of the format's tables.
struct Row {
    std::string_view kind;
    std::map<std::string, Cell, std::less<>> cells;
    std::uint64_t at = 0; // line
    [[nodiscard]] const Cell* find(std::string_view key) const;
    [[nodiscard]] std::string text(std::string_view key, std::string_view otherwise = "") const;
    [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t otherwise = 0) const;
};

struct Example {
    std::string id, rule, title;
    std::optional<std::int64_t> as_of, period_from; // days
    std::vector<Row> rows, expected;
    std::uint64_t at = 0; // line
};

struct Pack {
    std::string name;
    std::int64_t made = 0; // day
    std::string version;   // as results state it: the name, and for other bytes than the standard pack's their digest
    std::vector<DatedValue> values;
    std::vector<Example> examples;

    // The value of that name valid on the day; nothing before the first.
    [[nodiscard]] const DatedValue* value_on(std::string_view name, std::int64_t day) const;
    // All of them, with `pack` set and those of the days before as `former`. A fault names a value that begins later.
    [[nodiscard]] Result<Values> values_on(std::int64_t day) const;
    [[nodiscard]] Values newest() const;
    [[nodiscard]] const Example* example(std::string_view id) const;
};

// Fault.at is the line, counted from 1.
[[nodiscard]] Result<Pack> read_pack(std::string_view bytes);

// The pack that is compiled in, and its bytes.
[[nodiscard]] std::string_view standard_bytes();
[[nodiscard]] const Pack& standard();

// Whether `signature` (a .minisig file) is that of `key` over `bytes`; the fault says why not.
[[nodiscard]] Result<void> verify_pack(std::string_view bytes, std::string_view signature,
                                       const minisig::PublicKey& key);

// "R-OVER.over_long_episode_s=600" into `values`. A fault says what is wrong with it.
[[nodiscard]] Result<void> set_value(Values& values, std::string_view assignment);

} // namespace tally::rules
