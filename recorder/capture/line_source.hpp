// The physical lines of a log file, plain, gzip (several members too), zstd, or from standard input, in one pass with
// bounded memory. Line ends LF or CR LF and a UTF-8 byte order mark are taken off. Can be read again from the start.
// What the bytes are is decided from their first bytes, never from the file's name. Does not know what a line means.
// On request a line also ends after a text that ends an entry, so that a file without line ends has lines.
#pragma once

#include "tally/base/result.hpp"
#include "tally/crypto/sha256.hpp"
#include "tally/os/file.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tally::capture {

inline constexpr std::size_t longest_line = 64U << 10U;

enum class LineState : std::uint8_t {
    whole,
    too_long,     // over longest_line; the text is empty
    unterminated, // the last line of the input has no line end: it may have been cut while it was written
};

struct SourceLine {
    std::uint64_t number = 0; // from 1
    std::string_view text;    // valid until the next call
    LineState state = LineState::whole;
};

class Decoder;

class LineSource {
public:
    // "-" is standard input. What cannot be read twice (a pipe) is first copied to an unnamed file in `spool_directory`.
    // Throws Error when the file cannot be opened or read or is a directory.
    LineSource(const os::fs::path& path, const os::fs::path& spool_directory);
    LineSource(LineSource&&) noexcept;
    LineSource& operator=(LineSource&&) noexcept;
    LineSource(const LineSource&) = delete;
    LineSource& operator=(const LineSource&) = delete;
    ~LineSource();

    // Before the first line is read; at least two letters, or none. A line end right behind `mark` belongs to it. Must outlive the source.
    void end_lines_after(std::string_view mark) { mark_ = mark; }
    // Starts again at the first line, this time ending after `limit` decompressed bytes.
    void rewind(std::uint64_t limit);
    // False at the end and at a fault; fault() tells which.
    [[nodiscard]] bool next(SourceLine& line);
    // Why the input cannot be read: a cut or damaged compressed file, another kind of file. `at` is the line number.
    [[nodiscard]] Result<void> fault() const;

    [[nodiscard]] const std::string& name() const { return name_; } // last part of the path; "stdin"
    [[nodiscard]] std::uint64_t bytes() const { return consumed_; } // decompressed bytes given out so far
    [[nodiscard]] crypto::Hash digest() { return sha_.finish(); }   // of these bytes; call once, at the end

private:
    bool refill();
    enum class Found : std::uint8_t { no, yes, perhaps };
    Found marked_end(std::string_view text, std::size_t feed, std::size_t& size) const;
    std::size_t next_feed();
    bool finish_with_rest(SourceLine& line);
    bool give(SourceLine& line, std::size_t size, std::size_t end_size, LineState state);
    void refuse_other_formats();

    std::string name_;
    os::fs::path path_;
    std::unique_ptr<os::Descriptor> file_; // the decoder refers to it
    std::unique_ptr<Decoder> decoder_;
    std::string buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t searched_ = 0; // no LF before it, from begin_ on
    std::string_view mark_;
    std::uint64_t read_ = 0; // decompressed bytes taken from the decoder
    std::uint64_t consumed_ = 0;
    std::uint64_t limit_ = UINT64_MAX;
    std::uint64_t number_ = 0;
    bool skipping_ = false; // inside a line that is too long
    bool at_end_ = false;
    std::string fault_;
    crypto::Sha256 sha_;
};

} // namespace tally::capture
