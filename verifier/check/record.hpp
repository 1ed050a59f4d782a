// What docs/formats/record.md demands of each line beyond being canonical: the fixed fields of every line, and the
// fields of the types it lists. A type it does not list passes; a listed field of the wrong kind does not.
// Does not know trees, seals or what came before.
#pragma once

#include "tally/line/parse.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace tally::check {

enum class RecordType : std::uint8_t {
    genesis,
    seal,
    clock,
    start,
    end,
    open,
    used,
    idle,
    commands,
    sample,
    identity,
    installed,
    removed,
    gap,
    loss,
    denial,
    queue,
    notice,
    packages,
    import,
    enrol,
    retire,
    declare,
    amend,
    agreement,
    site,
    policy,
    consent,
    instructed,
    disclosed,
    issued,
    release,
    written,
    receipt,
    pruned,
    arrived,
    exporting,
    exported,
    other,
};

// The fields of every line; views into the parsed bytes.
struct Record {
    RecordType type = RecordType::other;
    std::string_view host, boot;
    std::uint64_t seq = 0, up = 0, wall = 0;
    std::uint64_t at_from = 0, at_to = 0; // of a type with an instant: equal when it is known exactly
};

// nullptr when the line is as the page says; otherwise a literal that says what is not.
[[nodiscard]] const char* read_record(const line::Fields& fields, Record& record);

// An instant of a record: `at`, or the range `at_from`–`at_to`. Nothing when it has neither. UTC seconds.
struct Instant {
    std::uint64_t from = 0, to = 0;
};
[[nodiscard]] std::optional<Instant> instant_of(const line::Fields& fields);

} // namespace tally::check
