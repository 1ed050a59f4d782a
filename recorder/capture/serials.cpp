#include "recorder/capture/serials.hpp"

#include <algorithm>

namespace tally::capture {
namespace {

constexpr std::int64_t late_s = 5; // by how much records of one time may come behind later ones
constexpr std::size_t most_open = 1024;
constexpr std::size_t most_settled = 100'000;

} // namespace

Came Serials::see(std::uint64_t serial, std::int64_t second, std::uint64_t line) {
    const bool is_lower = began_ && serial < newest_;
    const bool anew = is_lower && second > second_ + late_s;
    if (!began_ || anew) {
        for (; !open_.empty(); open_.pop_front()) {
            settle(open_.front());
        }
        began_ = true;
        newest_ = serial;
        second_ = second;
        ++seen_;
        return anew ? Came::anew : Came::in_order;
    }
    if (serial == newest_) {
        return Came::again;
    }
    if (is_lower) {
        fill(serial);
        return Came::again;
    }
    settle_before(second - late_s);
    if (serial > newest_ + 1) {
        open_.push_back({newest_ + 1, serial, {line, 0, second_, std::max(second, second_)}});
        if (open_.size() > most_open) {
            settle(open_.front());
            open_.pop_front();
        }
    }
    ++seen_;
    newest_ = serial;
    second_ = std::max(second, second_);
    return Came::in_order;
}

// A number that comes late is in one hole at most, and cuts it in two.
void Serials::fill(std::uint64_t serial) {
    for (auto range = open_.begin(); range != open_.end(); ++range) {
        if (serial < range->first || serial >= range->next) {
            continue;
        }
        ++seen_;
        Range rest = *range;
        rest.first = serial + 1;
        range->next = serial;
        if (range->first < range->next && rest.first < rest.next) {
            open_.insert(range + 1, rest);
        } else if (rest.first < rest.next) {
            *range = rest;
        } else if (range->first == range->next) {
            open_.erase(range);
        }
        return;
    }
}

void Serials::settle_before(std::int64_t second) {
    while (!open_.empty() && open_.front().hole.to_s < second) {
        settle(open_.front());
        open_.pop_front();
    }
}

void Serials::settle(const Range& range) {
    const std::uint64_t count = range.next - range.first;
    missing_ += std::min(count, UINT64_MAX - missing_);
    if (!settled_.empty() && settled_.back().line == range.hole.line) { // two parts of one hole
        settled_.back().count += count;
    } else if (settled_.size() < most_settled) {
        settled_.push_back(range.hole);
        settled_.back().count = count;
    }
}

std::vector<Hole> Serials::holes() {
    for (; !open_.empty(); open_.pop_front()) {
        settle(open_.front());
    }
    return was_filtered() ? std::vector<Hole>() : settled_;
}

} // namespace tally::capture
