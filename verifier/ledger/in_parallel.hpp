// The same work on many things, two at a time. What each of them makes goes to a place of its own, so the result is the
// same as one after the other. The first that throws ends it.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <future>
#include <numeric>
#include <vector>

namespace tally::ledger {

template <class Work>
void in_parallel(std::size_t things, const Work& work) {
    std::atomic<std::size_t> next{0};
    const auto some = [&] {
        for (std::size_t i = next++; i < things; i = next++) {
            work(i);
        }
    };
    auto other = things > 1 ? std::async(std::launch::async, some) : std::future<void>();
    some();
    if (other.valid()) {
        other.get();
    }
}

// Numbers of things in the order in which to begin them, so that none is left over at the end while the other thread has
// nothing to do.
template <class Size>
std::vector<std::size_t> longest_first(std::size_t things, const Size& size) {
    std::vector<std::size_t> order(things);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return size(a) > size(b); });
    return order;
}

} // namespace tally::ledger
