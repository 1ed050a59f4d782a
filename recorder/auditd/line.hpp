// Grammar of one line of the Linux audit log, as auditd writes it in its formats RAW and ENRICHED:
// `[node=N ]type=T msg=audit(SEC.MS:SERIAL): k=v …`, with byte 0x1D before the fields that ENRICHED adds. Views into the
// line; values that hold special bytes are hexadecimal there. Does not know which records make an event (log.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tally::auditd {

inline constexpr std::uint64_t unset_id = 4294967295;

struct Line {
    std::string_view node; // empty: the line does not tell
    std::string_view type;
    std::int64_t second = 0;
    std::uint32_t millisecond = 0;
    std::uint64_t serial = 0;
    std::string_view fields; // behind "): ", as the kernel wrote them
    std::string_view names;  // what ENRICHED added: "AUID="hig" …"; empty in RAW
};

// Nothing when the text is no record.
[[nodiscard]] std::optional<Line> read_line(std::string_view text);

// The value of `key` among fields, as it stands there: with its quotes if it has some. Nothing when it is not there.
[[nodiscard]] std::optional<std::string_view> field(std::string_view fields, std::string_view key);
[[nodiscard]] std::optional<std::uint64_t> number(std::string_view fields, std::string_view key);
// "quoted" or hexadecimal, as bytes; empty for (null) and (none). `decoded` keeps what hexadecimal stood for.
[[nodiscard]] std::string_view text_of(std::string_view value, std::string& decoded);

// What a SYSCALL record is about.
enum class Call : std::uint8_t { other, exec, exit };
[[nodiscard]] Call call_of(const Line& line);

// The arguments of an EXECVE record as a command line, at most 8 KiB of it.
[[nodiscard]] std::string command_line_of(std::string_view fields);

} // namespace tally::auditd
