// What is worth telling the operator about single lines of a log. Bounded: the first are kept, all are counted.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tally::capture {

struct Remark {
    std::uint64_t line = 0;
    std::string text;
};

class Remarks {
public:
    static constexpr std::size_t kept = 64;
    void add(std::uint64_t line, std::string text) {
        if (list_.size() < kept) {
            list_.push_back({line, std::move(text)});
        }
        ++count_;
    }
    [[nodiscard]] const std::vector<Remark>& list() const { return list_; } // the first `kept`
    [[nodiscard]] std::uint64_t count() const { return count_; }

private:
    std::vector<Remark> list_;
    std::uint64_t count_ = 0;
};

} // namespace tally::capture
