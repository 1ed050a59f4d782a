// Grammar of one physical line of a FlexNet debug log: what the line says, as views into it. No allocation, no state.
// Accepts the union of the vendor's documented forms and those met in real logs (docs/operations/import-flexnet.md).
// Does not know dates (dating.hpp) nor which OUT belongs to which IN (capture/pairing.hpp).
#pragma once

#include "recorder/capture/usage_event.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace tally::flexnet {

using capture::Form;
using capture::Verb;

// A time at the start of the line. `second` is of the local day; the date is there only in the RFC 3339 form.
struct Stamp {
    std::int32_t second = -1; // −1: the line has no time
    std::optional<std::int32_t> day;
    std::optional<std::int32_t> offset_s; // east of Greenwich
};

struct Line {
    Form form = Form::other;
    Stamp stamp;
    std::string_view daemon;
    std::string_view message; // after "(daemon) "
    Verb verb = Verb::out;
    std::uint32_t count = 1;
    std::string_view feature;
    std::string_view user;
    std::string_view client;
    std::string_view cdata;
    std::string_view reason; // without its outer parentheses
    std::string_view subject;
};

// Time and daemon only: what dating needs of every line. False when the line has none.
[[nodiscard]] bool read_stamp(std::string_view line, Line& into);
// The whole line, without its line end.
[[nodiscard]] Line read_line(std::string_view text);

// A date that the message itself tells. `second` is −1 when it tells no time of day.
struct Anchor {
    std::int32_t day = 0;
    std::int32_t second = -1;
};
[[nodiscard]] std::optional<Anchor> anchor_in(std::string_view message);

// The server's name, by rank: 3 "Server started on H for:", 2 "… started on H (…)", 1 "Host used in license file: H".
struct ServerName {
    std::string_view host;
    int rank = 0;
};
[[nodiscard]] ServerName server_in(std::string_view message);

// The first line of the notice that the licence manager prints when it starts.
[[nodiscard]] bool is_banner(const Line& line);

} // namespace tally::flexnet
