// Grammar of one line of an RLM report log, in its three styles (std, small, detailed), as the vendor publishes it
// ("Reportlog File Format"). Views into the line. A user's name may hold spaces: what stands to its right is counted
// from the right. Does not know years (dates.hpp) nor which handle belongs to whom (log.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tally::rlm {

enum class Record : std::uint8_t {
    none, // blank, the notice at the beginning, products, authentication: no event, no time
    out,
    in,
    deny,
    queue,
    dequeue,
    inuse,    // held when the log file begins or ends
    start,    // the log file begins: server and full date
    shutdown, // of the server
    time,     // a full date: a periodic time stamp, or the end of the file
    clock,    // the server's clock was set
    noted,    // another record with a time that tells no use
    malformed,
    unknown, // begins like a record, but the format has none of that name
};

// What the line tells of its instant.
struct Stamp {
    int year = 0;  // 0: not told
    int month = 0; // 0: only the time of day is told
    int day = 0;
    std::int32_t second = -1; // of the day; −1: no time
    bool is_minute = false;   // seconds are not told
};

struct Line {
    Record record = Record::none;
    Stamp stamp;
    std::string_view product;
    std::string_view version;
    std::string_view user; // empty where the log has ""
    std::string_view host;
    std::string_view handle;
    std::string_view isv_def;
    std::uint32_t count = 1;
    int why = 0;                 // of in, deny, dequeue
    bool is_last_attempt = true; // of deny
    std::string_view server;     // of start
};

class Reader {
public:
    // `text` without its line end. The result is valid until the next call.
    [[nodiscard]] const Line& read(std::string_view text);

private:
    bool split(std::string_view text);
    void read_named(std::size_t first_name, std::size_t isv_def);
    bool read_stamp(std::size_t at);
    void read_out();
    void read_in();
    void read_deny();
    void read_queue();
    void read_inuse();
    void read_full_date(std::size_t at, Record record);
    void read_short_date(Record record);
    [[nodiscard]] bool is_quoted(std::size_t at) const;
    [[nodiscard]] std::size_t left_of_stamp() const;
    [[nodiscard]] std::string_view word(std::size_t at) const;

    Line line_;
    std::vector<std::string_view> words_; // a quoted text is one word, with its quotes
};

// "ISV: name, RLM version …" in the notice: the name.
[[nodiscard]] std::optional<std::string_view> isv_in(std::string_view text);

} // namespace tally::rlm
