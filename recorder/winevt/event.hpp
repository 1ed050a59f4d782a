// One event of the Windows event log as XML, as wevtutil, Get-WinEvent and Event Forwarding write it: a strict subset of
// XML, of bounded depth, in one pass, without document types, entities of its own, comments, instructions and CDATA.
// Reads what the import needs: the head of the event and the data of process creation and termination.
#pragma once

#include "recorder/capture/usage_event.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tally::winevt {

inline constexpr std::size_t longest_event = 256U << 10U;

// `Name` of a Data element that is read.
enum class Datum : std::uint8_t {
    subject_sid,
    subject_name,
    subject_domain,
    target_sid,
    target_name,
    target_domain,
    new_process_id,
    new_process_name,
    process_id,
    process_name,
    command_line,
};
inline constexpr std::size_t datum_count = 11;

class Event {
public:
    // `rest` from "<Event" to the end of "</Event>". nullptr, or what is wrong with it. Views live as long as the text and
    // until the next call.
    [[nodiscard]] const char* read(std::string_view rest);

    [[nodiscard]] std::uint64_t id() const { return id_; }
    [[nodiscard]] std::uint64_t record() const { return record_; }
    [[nodiscard]] const std::optional<capture::LogTime>& at() const { return at_; }
    [[nodiscard]] std::string_view computer() const { return computer_; }
    [[nodiscard]] std::string_view provider() const { return provider_; }
    // As text: entities decoded. Nothing when the event does not have it.
    [[nodiscard]] std::optional<std::string_view> data(Datum datum);

private:
    struct Tag;
    static const char* read_attribute(std::string_view& rest, Tag& tag);
    static const char* read_tag(std::string_view& rest, Tag& tag);
    const char* step(const Tag& tag);
    void see_start(const Tag& tag);
    void see_system(const Tag& tag);
    void see_data(const Tag& tag);
    const char* see_text(std::string_view text);

    enum class Part : std::uint8_t { other, system, data };
    enum class Leaf : std::uint8_t { other, id, record, computer, datum };

    std::array<std::string_view, 8> open_{}; // names of the elements around
    std::size_t depth_ = 0;
    Part part_ = Part::other; // of the event, around
    Leaf leaf_ = Leaf::other; // the element around, if it is one that is read
    std::size_t wanted_ = datum_count;
    std::uint64_t id_ = 0;
    std::uint64_t record_ = 0;
    std::optional<capture::LogTime> at_;
    std::string_view computer_, provider_;
    std::array<std::optional<std::string_view>, datum_count> data_;
    std::array<std::string, datum_count> decoded_;
};

// "0x1fc", "0x000001fc", "508".
[[nodiscard]] std::optional<std::uint64_t> process_number(std::string_view text);
// "2026-03-02T08:00:00.1234567Z": the second.
[[nodiscard]] std::optional<capture::LogTime> read_time(std::string_view text);

} // namespace tally::winevt
