// Adds the leaves of lines to a tree, many at once, which is faster than one by one (line/tree.hpp). Keeps a copy of the
// lines until then; the tree has all of them after finish().
#pragma once

#include "tally/line/tree.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tally::journal {

class LeafBatches {
public:
    LeafBatches(line::TreeHasher& hasher, line::CompactRange& range)
        : hasher_(hasher), range_(range), size_(range.size()) {}

    void add(std::string_view line) {
        bytes_ += line;
        ends_.push_back(bytes_.size());
        ++size_;
        if (ends_.size() == hashed_at_once) {
            finish();
        }
    }
    void finish() {
        std::size_t begin = 0;
        for (const std::size_t end : ends_) {
            lines_.push_back(std::string_view(bytes_).substr(begin, end - begin));
            begin = end;
        }
        hasher_.add_leaves(lines_, leaves_);
        range_.append(hasher_, leaves_);
        lines_.clear();
        leaves_.clear();
        ends_.clear();
        bytes_.clear();
    }
    [[nodiscard]] std::uint64_t size() const { return size_; } // with lines that are not in the tree yet

private:
    static constexpr std::size_t hashed_at_once = 256;

    line::TreeHasher& hasher_;
    line::CompactRange& range_;
    std::uint64_t size_;
    std::string bytes_;
    std::vector<std::size_t> ends_;
    std::vector<std::string_view> lines_;
    std::vector<line::Hash> leaves_;
};

} // namespace tally::journal
