// The same work on many things, two at a time. What each of them makes goes to a place of its own, so the result is the
// same as one after the other. The first that throws ends it.
#pragma once

#include <atomic>
#include <cstddef>
#include <future>

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

} // namespace tally::ledger
