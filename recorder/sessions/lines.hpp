// Where the book puts its lines and keeps what it has to know after a restart. Both belong to one transaction of the
// caller: lines and kept rows become durable together, or neither.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace tally::sessions {

class Lines {
public:
    Lines() = default;
    Lines(const Lines&) = delete;
    Lines& operator=(const Lines&) = delete;
    virtual ~Lines() = default;
    // A canonical object without host, seq, boot, up and wall. Returns its seq.
    virtual std::uint64_t append(std::string_view fields) = 0;
};

// Rows by key; bodies are canonical lines of our own making.
class Shelf {
public:
    using Visit = std::function<void(std::string_view key, std::string_view body)>;
    Shelf() = default;
    Shelf(const Shelf&) = delete;
    Shelf& operator=(const Shelf&) = delete;
    virtual ~Shelf() = default;
    virtual void put(std::string_view key, std::string_view body) = 0;
    virtual void drop(std::string_view key) = 0;
    virtual void for_each(const Visit& visit) = 0; // in the order of the keys
};

} // namespace tally::sessions
