// Compresses members in parallel with each other, never inside, and hands them on in the order in which they came.
// At most `in_flight` members are in memory; put() waits for the oldest one otherwise.
#pragma once

#include "tally/bundle/manifest.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace tally::bundle {

class Press {
public:
    struct Pressed {
        std::uint64_t raw = 0;
        std::string packed;
        Hash sha256{}; // of packed
    };
    // Called from the thread that calls put() and finish(), in order.
    using Take = std::function<void(Pressed)>;

    Press(int level, Take take);
    ~Press();
    Press(const Press&) = delete;
    Press& operator=(const Press&) = delete;

    void put(std::string raw); // 1…max_raw_lines bytes
    void finish();             // everything put has been taken

private:
    struct Job {
        std::string raw;
        Pressed pressed;
        std::exception_ptr failed;
        bool started = false;
        bool done = false;
    };
    static constexpr std::size_t presses = 2;
    static constexpr std::size_t in_flight = 3; // one waits, so that no worker does

    void work(const std::stop_token& stop, int level);
    std::shared_ptr<Job> next_job();
    void take_oldest();

    Take take_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<std::shared_ptr<Job>> jobs_;
    std::vector<std::jthread> workers_; // last: joined before the rest goes
};

} // namespace tally::bundle
