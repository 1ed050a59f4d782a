#include "packager/bundle/press.hpp"

#include "tally/zstd/frame.hpp"

#include <algorithm>

namespace tally::bundle {

Press::Press(int level, Take take) : take_(std::move(take)) {
    for (std::size_t i = 0; i < presses; ++i) {
        workers_.emplace_back([this, level](const std::stop_token& stop) { work(stop, level); });
    }
}

Press::~Press() {
    for (auto& worker : workers_) {
        worker.request_stop();
    }
}

void Press::put(std::string raw) {
    TALLY_ASSERT(!raw.empty() && raw.size() <= max_raw_lines);
    if (jobs_.size() == in_flight) {
        take_oldest();
    }
    auto job = std::make_shared<Job>();
    job->raw = std::move(raw);
    {
        const std::lock_guard lock(mutex_);
        jobs_.push_back(std::move(job));
    }
    changed_.notify_all();
}

void Press::finish() {
    while (!jobs_.empty()) {
        take_oldest();
    }
}

void Press::take_oldest() {
    std::shared_ptr<Job> job;
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return jobs_.front()->done; });
        job = std::move(jobs_.front());
        jobs_.pop_front();
    }
    if (job->failed) {
        std::rethrow_exception(job->failed);
    }
    take_(std::move(job->pressed));
}

std::shared_ptr<Press::Job> Press::next_job() {
    const auto waiting = std::find_if(jobs_.begin(), jobs_.end(), [](const auto& job) { return !job->started; });
    if (waiting == jobs_.end()) {
        return nullptr;
    }
    (*waiting)->started = true;
    return *waiting;
}

void Press::work(const std::stop_token& stop, int level) {
    std::optional<zstd::Compressor> compressor;
    if (level != stored_level) {
        compressor.emplace(level);
    }
    for (;;) {
        std::shared_ptr<Job> job;
        {
            std::unique_lock lock(mutex_);
            if (!changed_.wait(lock, stop, [&] { return (job = next_job()) != nullptr; })) {
                return;
            }
        }
        try {
            job->pressed.raw = job->raw.size();
            job->pressed.packed = compressor ? compressor->compress(job->raw) : std::move(job->raw);
            job->pressed.packed.shrink_to_fit();
            std::string().swap(job->raw);
            job->pressed.sha256 = crypto::sha256(job->pressed.packed);
        } catch (...) {
            job->failed = std::current_exception();
        }
        {
            const std::lock_guard lock(mutex_);
            job->done = true;
        }
        changed_.notify_all();
    }
}

} // namespace tally::bundle
