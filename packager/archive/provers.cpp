#include "packager/archive/provers.hpp"

#include "tally/crypto/sha256.hpp"
#include "tally/segment/segment.hpp"

#include <algorithm>
#include <system_error>

namespace tally::archive {
namespace {

constexpr unsigned most_threads = 7;         // each unpacks a segment at a time
constexpr std::size_t bytes_of_a_name = 256; // about: a segment takes memory beside its bytes

} // namespace

unsigned Provers::spare_threads() {
    const unsigned there = std::thread::hardware_concurrency(); // 0: not known
    return std::min(most_threads, there > 0 ? there - 1 : 0);
}

Provers::Provers(const Archive& archive, unsigned threads, Take take) : archive_(&archive), take_(std::move(take)) {
    try {
        for (unsigned i = 0; i < threads; ++i) {
            threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
        }
    } catch (const std::system_error&) { // NOLINT(bugprone-empty-catch): with fewer it takes longer
    }
}

Provers::~Provers() {
    for (auto& thread : threads_) {
        thread.request_stop();
    }
}

void Provers::put(Offered segment) {
    const auto name = segment::Name::parse(segment.name);
    const EnrolledLog* log = name ? archive_->find(name->host) : nullptr;
    if (open_ && (open_->log != log || open_->bytes >= job_bytes)) {
        close_open_job();
    }
    if (!open_) {
        const auto of_this_log = [&](const auto& job) { return log != nullptr && job->log == log; };
        while (std::any_of(jobs_.begin(), jobs_.end(), of_this_log)) {
            hand_on_oldest();
        }
        open_ = std::make_shared<Job>();
        open_->log = log;
        if (log != nullptr) {
            open_->from = archive_->position(log->id, archive_->next(log->id));
        }
    }
    const std::size_t size = segment.packed.capacity() + segment.path.size() + bytes_of_a_name;
    open_->bytes += size;
    bytes_ += size;
    open_->segments.push_back(std::move(segment));
    while (bytes_ > most_bytes && !jobs_.empty()) {
        hand_on_oldest();
    }
}

void Provers::finish() {
    if (open_) {
        close_open_job();
    }
    while (!jobs_.empty()) {
        hand_on_oldest();
    }
}

void Provers::close_open_job() {
    {
        const std::lock_guard lock(mutex_);
        jobs_.push_back(std::move(open_));
    }
    open_.reset();
    changed_.notify_one();
}

std::shared_ptr<Provers::Job> Provers::next_job() {
    const auto waiting = std::find_if(jobs_.begin(), jobs_.end(), [](const auto& job) { return !job->started; });
    if (waiting == jobs_.end()) {
        return nullptr;
    }
    (*waiting)->started = true;
    return *waiting;
}

// Whoever waits for the oldest looks at others meanwhile.
void Provers::hand_on_oldest() {
    const std::shared_ptr<Job> job = jobs_.front();
    for (;;) {
        std::shared_ptr<Job> other;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return job->done || (other = next_job()) != nullptr; });
            if (job->done) {
                jobs_.pop_front();
                break;
            }
        }
        look_at_and_tell(*other);
    }
    bytes_ -= job->bytes;
    for (std::size_t i = 0; i < job->segments.size(); ++i) {
        const Offered& segment = job->segments[i];
        take_(segment, i < job->found.size() ? job->found[i] : Ahead{crypto::sha256(segment.packed)});
    }
}

void Provers::work(const std::stop_token& stop) {
    for (;;) {
        std::shared_ptr<Job> job;
        {
            std::unique_lock lock(mutex_);
            if (!changed_.wait(lock, stop, [&] { return (job = next_job()) != nullptr; })) {
                return;
            }
        }
        look_at_and_tell(*job);
    }
}

void Provers::look_at_and_tell(Job& job) {
    look_at(job);
    {
        const std::lock_guard lock(mutex_);
        job.done = true;
    }
    changed_.notify_all();
}

// Of a segment that does not begin where the one before it ended, only the digest: the archive has what it overlaps with.
void Provers::look_at(Job& job) {
    try {
        segment::Reader reader;
        Position at = job.from;
        for (const auto& segment : job.segments) {
            Ahead ahead{crypto::sha256(segment.packed)};
            const auto name = segment::Name::parse(segment.name);
            if (job.log != nullptr && name && name->first == at.range.size()) {
                const auto raw = reader.read(*name, as_bytes(segment.packed));
                ahead.proof = raw ? prove(job.log->id, at, name->first, *raw)
                                  : Proof{at, Refusal::bad_segment, raw.fault().what, {}};
                at = ahead.proof->seals.empty() ? at : ahead.proof->seals.back();
            }
            job.found.push_back(std::move(ahead));
        }
    } catch (...) { // NOLINT(bugprone-empty-catch): memory ran out, or the like; met again by whoever takes them in
    }
}

} // namespace tally::archive
