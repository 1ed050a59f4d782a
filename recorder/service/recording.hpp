// The log of a running recorder: changes of the book of sessions go in, lines come out, durable group by group. While the
// disk cannot be written, lines wait in memory (at most 4096) and are written as soon as it can be; how many changes were
// lost after that is a line. Never loses what commit() has called durable.
#pragma once

#include "recorder/service/group.hpp"
#include "recorder/sessions/book.hpp"

#include <functional>
#include <optional>
#include <string>

namespace tally::service {

inline constexpr std::size_t most_waiting = 4096;    // lines in memory while the disk cannot be written
inline constexpr std::size_t group_lines = 256;      // then a group is written
inline constexpr std::uint64_t commit_after_ms = 50; // or then

// How the host is called now.
[[nodiscard]] sessions::Host this_host();

class Recording {
public:
    // Looks at all processes once, and calls book.scanned(). Called again when the book had to be opened anew.
    using FirstScan = std::function<void(sessions::Book&)>;

    // Writes what an earlier run left to say, durable on return. Error when that cannot be written.
    Recording(journal::Journal& journal, const sessions::Rules& rules, privacy::Naming naming, FirstScan scan);

    // Nothing when memory is full while the disk cannot be written: then it is lost, and counted unless it comes again.
    enum class Again : std::uint8_t { no, yes };
    template <class Change>
    std::optional<sessions::Taken> apply(Change change, Again comes_again = Again::no) {
        if (is_full()) {
            lost_ += comes_again == Again::no ? 1 : 0;
            return std::nullopt;
        }
        note_news();
        return change(*book_);
    }
    [[nodiscard]] const sessions::Book& book() const { return *book_; }

    // What is due by time, and everything that was applied: durable when true, else it waits in memory.
    bool commit();
    [[nodiscard]] bool is_due() const;
    // Seals what is not sealed, and drops segments; nothing while the disk cannot be written.
    void seal(std::string_view reason);
    // In order: sessions stay open for the next run.
    void stop(std::string_view reason);

    [[nodiscard]] bool is_stuck() const { return stuck_since_s_ != 0; }
    [[nodiscard]] const std::string& trouble() const { return trouble_; } // why
    [[nodiscard]] std::uint64_t lost() const { return lost_; }
    [[nodiscard]] std::uint64_t next_wake_ms() const; // since boot

private:
    [[nodiscard]] bool is_full() const { return is_stuck() && group_.lines() >= most_waiting; }
    void note_news();
    void open_book();
    void write();
    void tell_of_loss();
    void note_trouble(const Error& error);

    journal::Journal* journal_;
    sessions::Rules rules_;
    privacy::Naming naming_;
    FirstScan scan_;
    Group group_;
    std::optional<sessions::Book> book_;
    std::uint64_t news_since_ms_ = 0; // since boot; 0: none
    std::uint64_t stuck_since_s_ = 0; // UTC; 0: it is not
    std::uint64_t retry_ms_ = 0;
    std::uint64_t lost_ = 0;
    std::string trouble_;
};

} // namespace tally::service
