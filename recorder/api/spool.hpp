// What a process could not hand to the recorder, in a file of its user (docs/formats/session-socket.md, "The spool of
// the client"): messages, one a line, at most 256 KiB. A file belongs to the process that holds its lock; one whose
// process is gone can be adopted. Nothing here throws or blocks but on the disk; what fails is answered with false.
#pragma once

#include "tally/session_socket/message.hpp"

#include <string>

namespace tally::api {

class Spool {
public:
    static constexpr std::size_t most_bytes = 256U << 10U;
    static constexpr std::size_t chunk_bytes = 8U << 10U;

    Spool() = default;
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;
    ~Spool() { forget(); }

    // A new file in `folder`, which is made when it is missing.
    bool create(const std::string& folder);
    // One that a process of this user has left; false when there is none.
    bool adopt(const std::string& folder);
    [[nodiscard]] bool is_open() const { return file_ >= 0; }
    [[nodiscard]] bool is_empty() const { return size_ == acknowledged_; }

    bool append(std::string_view message);
    // The lines that come next, whole ones with their LF, at most chunk_bytes. Empty when none is left.
    std::string_view read();
    // So many bytes of what read() gave are with the recorder for good. With the last of them the file goes.
    void acknowledge(std::size_t bytes);
    // Lets go of the file and leaves it to others. Safe between fork and exec.
    void forget();

private:
    bool take(const std::string& path, int flags);
    void remove();

    int file_ = -1;
    std::string path_;
    std::string chunk_;
    std::size_t size_ = 0;
    std::size_t acknowledged_ = 0;
};

} // namespace tally::api
