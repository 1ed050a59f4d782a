#include "recorder/service/recording.hpp"

#include "recorder/journal/outbox.hpp"
#include "recorder/processes/boot_records.hpp"

#include <algorithm>
#include <array>
#include <sys/utsname.h>

namespace tally::service {
namespace {

constexpr std::uint64_t retry_after_ms = 1000;

std::uint64_t wall_s() { return os::clock_ms(CLOCK_REALTIME) / 1000; }

} // namespace

sessions::Host this_host() {
    utsname names{};
    ::uname(&names);
    sessions::Host host;
    host.name = static_cast<const char*>(names.nodename);
    if (const std::size_t dot = host.name.find('.'); dot != std::string::npos) {
        host.domain = host.name.substr(dot + 1);
        host.name.resize(dot);
    }
    host.os = std::string(static_cast<const char*>(names.sysname)) + " " + static_cast<const char*>(names.release);
    return host;
}

Recording::Recording(journal::Journal& journal, const sessions::Rules& rules, privacy::Naming naming, FirstScan scan)
    : journal_(&journal), rules_(rules), naming_(std::move(naming)), scan_(std::move(scan)), group_(journal) {
    open_book();
    group_.write();
}

void Recording::open_book() {
    book_.emplace(rules_, sessions::system_clock(), group_, group_, naming_);
    book_->resume(this_host(), processes::boot_records());
    scan_(*book_);
}

void Recording::note_news() {
    if (news_since_ms_ == 0) {
        news_since_ms_ = os::up_ms();
    }
}

bool Recording::is_due() const {
    return group_.lines() >= group_lines || (news_since_ms_ != 0 && os::up_ms() >= news_since_ms_ + commit_after_ms) ||
           os::up_ms() >= book_->next_wake() || (is_stuck() && os::up_ms() >= retry_ms_);
}

std::uint64_t Recording::next_wake_ms() const {
    if (is_stuck()) {
        return retry_ms_;
    }
    const std::uint64_t lines = news_since_ms_ == 0 ? UINT64_MAX : news_since_ms_ + commit_after_ms;
    return std::min(lines, book_->next_wake());
}

bool Recording::commit() {
    if (is_stuck() && os::up_ms() < retry_ms_) {
        return false;
    }
    try {
        if (!is_stuck()) {
            book_->tick();
        }
        write();
        if (is_stuck()) {
            tell_of_loss();
            write();
            stuck_since_s_ = 0;
            trouble_.clear();
        }
        news_since_ms_ = 0;
        return true;
    } catch (const Error& error) {
        note_trouble(error);
        return false;
    }
}

void Recording::write() {
    if (!group_.is_empty() && group_.write() == Group::Written::out_of_place) {
        lost_ += group_.lines();
        group_.forget();
        open_book();
        group_.write();
    }
}

void Recording::tell_of_loss() {
    if (lost_ > 0) {
        sessions::When between;
        between.scale = sessions::When::Scale::utc;
        between.from_ms = stuck_since_s_ * 1000;
        between.to_ms = std::max(between.from_ms, wall_s() * 1000);
        book_->lost(lost_, between);
        lost_ = 0;
    }
}

void Recording::note_trouble(const Error& error) {
    stuck_since_s_ = is_stuck() ? stuck_since_s_ : std::max<std::uint64_t>(wall_s(), 1);
    retry_ms_ = os::up_ms() + retry_after_ms;
    trouble_ = error.what();
}

// What is still open is told first: who reads the lines then knows that it was held until now.
void Recording::seal(std::string_view reason) {
    if (!is_stuck()) {
        book_->tell_open();
    }
    if (!commit()) {
        return;
    }
    try {
        journal_->seal(reason);
        journal::drop_segments(*journal_);
    } catch (const Error& error) {
        note_trouble(error);
    }
}

void Recording::stop(std::string_view reason) {
    book_->stop();
    seal(reason);
}

} // namespace tally::service
