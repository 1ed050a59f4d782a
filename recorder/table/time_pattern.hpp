// How a table writes times, as its mapping says: "epoch-s", "epoch-ms", "iso" (with Z or an offset), "iso-local", or a
// pattern of YYYY MM DD hh mm ss (two digits), M D h (one or two), AP (AM or PM) and the characters between them.
// A pattern without seconds or without a time of day gives the whole minute or day. Strict: nothing is guessed.
// docs/formats/mapping.md
#pragma once

#include "recorder/capture/usage_event.hpp"
#include "tally/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::table {

class TimePattern {
public:
    [[nodiscard]] static Result<TimePattern> parse(std::string_view text);

    [[nodiscard]] bool tells_zone() const {
        return kind_ == Kind::epoch_s || kind_ == Kind::epoch_ms || kind_ == Kind::iso;
    }
    // Nothing when the text is no such time, or of a year before 1980 or after 2199.
    [[nodiscard]] std::optional<capture::LogTime> read(std::string_view text) const;

private:
    enum class Kind : std::uint8_t { epoch_s, epoch_ms, iso, iso_local, pattern };
    enum class Part : std::uint8_t { year, month, day, hour, minute, second, half, literal };
    struct Piece {
        Part part = Part::literal;
        std::size_t least_digits = 2;
        char literal = '\0';
    };
    struct Reading;

    [[nodiscard]] Result<void> add_pieces(std::string_view text);
    [[nodiscard]] bool has(Part part) const;
    [[nodiscard]] std::optional<capture::LogTime> read_pattern(std::string_view text) const;
    static bool read_piece(const Piece& piece, std::string_view& rest, Reading& into);

    Kind kind_ = Kind::iso;
    std::vector<Piece> pieces_;
};

} // namespace tally::table
