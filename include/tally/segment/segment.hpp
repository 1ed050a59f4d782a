// Segments (docs/formats/segment.md): the lines [first, next) of one log as one compressed file, the last of them a seal.
// The reader is strict and bounded: name, frame, line ends, canonical spelling, host and sequence. It does not prove the
// lines: that is line::Chain's, from an enrolled key.
#pragma once

#include "tally/base/encoding.hpp"
#include "tally/base/ids.hpp"
#include "tally/base/result.hpp"
#include "tally/line/parse.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tally::segment {

inline constexpr std::size_t max_raw = 16U << 20U; // a reader refuses more before decompressing
inline constexpr std::size_t max_packed = max_raw + (max_raw >> 6U);
inline constexpr std::size_t cut_raw = 8U << 20U; // the writer cuts at the last seal at or before this
inline constexpr int level = 3;

// SEG_<HOST>_<first>_<next>.jsonl.zst, decimal without leading zeros, first < next < 2^48.
struct Name {
    HostId host;
    std::uint64_t first = 0;
    std::uint64_t next = 0;

    [[nodiscard]] static std::optional<Name> parse(std::string_view file_name);
    [[nodiscard]] std::string text() const;
};

// `raw`: lines with their LF, 1…max_raw bytes. One spelling.
[[nodiscard]] std::string pack(std::string_view raw);

// The raw lines of a segment of that name. Fault.at: byte offset in `packed` for a bad frame, otherwise sequence number.
[[nodiscard]] Result<std::string> read(const Name& name, Bytes packed);

// Reads many, with memory that is used again. One for each thread.
class Reader {
public:
    Reader();
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    // As read(). The lines lie here until the next call.
    [[nodiscard]] Result<std::string_view> read(const Name& name, Bytes packed);

private:
    struct Memory;
    std::unique_ptr<Memory> memory_;
};

// Calls visit(line without LF) for each line of `raw`; false when the last byte is not LF (nothing is visited then).
bool for_each_line(std::string_view raw, const std::function<void(std::string_view)>& visit);

} // namespace tally::segment
