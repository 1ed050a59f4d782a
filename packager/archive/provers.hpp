// Segments on their way into the archive. Threads look at those of different logs at the same time, ahead of their turn;
// they are handed on one by one in the order in which they came, by the thread that put them in. So what becomes of them
// does not depend on threads, and a failure of one is met in its turn. At most `most_bytes` wait, and one segment more.
#pragma once

#include "packager/archive/proof.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tally::archive {

enum class From : std::uint8_t { outside, quarantine };

struct Offered {
    std::string name;
    std::string packed;
    std::string path;
    From from = From::outside;
};

class Provers {
public:
    using Take = std::function<void(const Offered&, const Ahead&)>;

    // Beside the thread that puts segments in: as many as the machine has to spare, seven at most.
    [[nodiscard]] static unsigned spare_threads();
    // With 0 threads everything is done by the one that puts them in.
    Provers(const Archive& archive, unsigned threads, Take take);
    ~Provers();
    Provers(const Provers&) = delete;
    Provers& operator=(const Provers&) = delete;

    void put(Offered segment); // may hand on earlier ones
    void finish();             // everything put in has been handed on

private:
    // Consecutive segments of one log; nobody else is at work on that log meanwhile.
    struct Job {
        const EnrolledLog* log = nullptr; // of none that is enrolled
        Position from;
        std::vector<Offered> segments;
        std::vector<Ahead> found; // as far as it got
        std::size_t bytes = 0;
        bool started = false;
        bool done = false;
    };
    static constexpr std::size_t job_bytes = std::size_t{1} << 20U;
    static constexpr std::size_t most_bytes = std::size_t{32} << 20U;

    void work(const std::stop_token& stop);
    [[nodiscard]] std::shared_ptr<Job> next_job(); // under the mutex
    static void look_at(Job& job);
    void look_at_and_tell(Job& job);
    void close_open_job();
    void hand_on_oldest();

    const Archive* archive_;
    Take take_;
    std::shared_ptr<Job> open_;
    std::size_t bytes_ = 0; // in open_ and jobs_
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<std::shared_ptr<Job>> jobs_; // changed under the mutex by the thread that puts in, and by no other
    std::vector<std::jthread> threads_;     // last: joined before the rest goes
};

} // namespace tally::archive
