// The events of a SessionStream as the programs meet them: as a FlexNet debug log, and as canonical lines.
#pragma once

#include "tests/bench/sessions.hpp"

#include <functional>
#include <unordered_map>

namespace tally::bench {

using Sink = std::function<void(std::string_view text)>;

// A whole log of adskflex as lmgrd writes it, in UTC, in pieces of whole lines.
void write_flexnet(SessionStream& events, const Sink& sink);

// Spells the lines of one log: all fields but those of a seal. Reuses its memory.
class LineSpeller {
public:
    explicit LineSpeller(std::string host) : host_(std::move(host)) {}
    // Valid until the next call.
    std::string_view spell(const Event& event, std::uint64_t seq);
    [[nodiscard]] const std::string& host() const { return host_; }
    // Times and boot of the line `seq`, as a group of 256 lines shares them.
    static std::string_view boot();
    static std::uint64_t up(std::uint64_t seq) { return 80'000 + seq / 256 * 90; }
    static std::uint64_t wall(std::uint64_t seq) { return 1'790'000'000'000 + seq / 256 * 90; }

private:
    std::string host_;
    std::string line_;
    std::unordered_map<std::uint64_t, std::uint64_t> started_; // session → seq of its start
};

} // namespace tally::bench
