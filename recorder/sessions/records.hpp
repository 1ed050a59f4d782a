// The record lines of what a host sees itself (docs/formats/record.md): one function a type, each appends one line.
// Texts of sessions are given as lines have them, others raw. Remembers nothing.
#pragma once

#include "recorder/capture/rendering.hpp"
#include "recorder/sessions/gaps.hpp"
#include "recorder/sessions/open_session.hpp"

namespace tally::sessions {

inline constexpr std::string_view source = "host";

// As a line has it: product, version and pool are cut so that a line with the longest of everything fits.
[[nodiscard]] std::string encoded(std::string_view raw, std::size_t most_raw);

class Records {
public:
    explicit Records(Lines& lines) : lines_(&lines) {}

    std::uint64_t start(const SessionKey& key, const Span& at, std::string_view client, std::string_view fidelity);
    void end(std::uint64_t start, const End& end);
    void orphan_end(const SessionKey& key, const End& end, std::string_view client);
    void open(std::uint64_t start, std::int64_t at_s);
    void used(std::uint64_t start, std::string_view name, std::uint64_t count);
    void idle(std::uint64_t start, std::int64_t from_s, std::int64_t to_s);
    void commands(std::uint64_t start, std::string_view name, const CommandCounts& counts);
    void sample(std::uint64_t start, const Sample& sample, std::int64_t at_s);
    // `name`, `domain` and `address` as lines have them.
    void identity(std::string_view name, std::string_view domain, std::string_view address, std::string_view os,
                  std::int64_t at_s);
    void gap(const Gap& gap);
    void loss(std::uint64_t count, std::int64_t from_s, std::int64_t to_s);

private:
    void time(const Span& at);
    void optional(std::string_view key, std::string_view text);
    void integer(std::string_view key, std::int64_t value);

    Lines* lines_;
    capture::Rendering line_;
};

} // namespace tally::sessions
