#include "recorder/flexnet/dating.hpp"

#include "recorder/capture/civil.hpp"

#include <algorithm>

namespace tally::flexnet {
namespace {

using capture::day_s;

constexpr std::int32_t half_day_s = 43200;
constexpr std::int32_t jitter_s = 120; // two daemons write into one file: small disorder is no step of the clock
constexpr std::uint64_t banner_lines =
    60; // the notice has two rules of dashes, printed at once; only the first is a restart
constexpr std::size_t most_stretches = 200'000;
constexpr std::int32_t most_missing_days = 3660;

std::string date_text(std::int32_t day) { return std::string(capture::LocalText(day * day_s).date()); }

} // namespace

void Dating::stretch(std::uint64_t number, bool restart) {
    if (open_.size() >= most_stretches) {
        too_many_at_ = too_many_at_ == 0 ? number : too_many_at_;
        return;
    }
    open_.push_back({number, days_ - (late_line_ ? 1 : 0), steps_, restart});
}

void Dating::follow_clock(std::uint64_t number, std::int32_t second) {
    const std::int32_t step = second - second_;
    if (late_line_) { // the line before belonged to the day before
        late_line_ = false;
        stretch(number);
    }
    if (second_ < 0) {
        stretch(number);
    } else if (step > static_cast<std::int32_t>(day_s) - jitter_s) {
        late_line_ = true;
        stretch(number);
        return;
    } else if (step < -half_day_s) {
        ++days_;
        stretch(number);
    } else if (step < -jitter_s) {
        ++steps_;
        stretch(number);
        remarks_.add(number, "the clock goes back by " + std::to_string(-step) +
                                 " s: a step of the clock, the end of summer time, or a night without lines");
    } else if (step < 0) {
        return;
    }
    second_ = second;
}

void Dating::see(std::uint64_t number, const Line& line) {
    follow_clock(number, line.stamp.second);
    if (is_banner(line)) {
        if (number > banner_until_ || std::abs(line.stamp.second - banner_second_) > jitter_s) {
            stretch(number, true);
        }
        banner_until_ = number + banner_lines;
        banner_second_ = line.stamp.second;
    }
    if (line.stamp.day) {
        anchor(number, *line.stamp.day);
        return;
    }
    const auto told = anchor_in(line.message);
    if (!told) {
        return;
    }
    std::int32_t day = told->day;
    if (told->second >= 0) { // line and message may lie on two sides of midnight
        const std::int32_t apart = line.stamp.second - told->second;
        day += apart < -half_day_s ? 1 : apart > half_day_s ? -1 : 0;
        if (std::abs(apart) > 600 && std::abs(apart) < static_cast<std::int32_t>(day_s) - 600) {
            remarks_.add(number, "the time inside the message differs from the time of the line by " +
                                     std::to_string(std::abs(apart)) + " s");
        }
    }
    anchor(number, day + (late_line_ ? 1 : 0));
}

void Dating::anchor(std::uint64_t number, std::int32_t day) {
    const bool only_restarts = open_.empty() || (open_.size() == 1 && open_[0].restart);
    if (!anchored_ || !only_restarts || day != base_ || days_ != 0 || steps_ != 0) {
        settle(number, day);
        if (!late_line_) {
            add_span(number, day, 0);
        }
    }
    base_ = day;
    anchor_line_ = number;
    anchored_ = true;
    days_ = 0;
    steps_ = 0;
    open_.clear();
}

// Gives the stretches since the last anchor their days, now that `day` is known for line `number`.
void Dating::settle(std::uint64_t number, std::int32_t day) {
    const std::int32_t missing = anchored_ ? day - base_ - days_ : 0;
    if (missing != 0 && missing != steps_) {
        settle_with_missing(number, missing);
        return;
    }
    const std::int32_t base = anchored_ ? base_ : day - days_;
    for (const auto& part : open_) {
        add_span(part.line, base + part.days + (missing == 0 ? 0 : part.steps), 0);
    }
}

void Dating::settle_with_missing(std::uint64_t number, std::int32_t missing) {
    const auto is_restart = [](const Stretch& part) { return part.restart; };
    const std::string days = std::to_string(std::abs(missing)) + (std::abs(missing) == 1 ? " day" : " days");
    if (std::count_if(open_.begin(), open_.end(), is_restart) == 1) {
        bool after = false;
        for (const auto& part : open_) {
            after = after || part.restart;
            add_span(part.line, base_ + part.days + (after ? missing : 0), 0);
        }
        remarks_.add(number, "the date moves by " + days + " more than the clock shows, across a restart");
        return;
    }
    const std::int32_t width = std::min(std::abs(missing), most_missing_days);
    add_span(anchor_line_ + 1, base_ + std::min(missing, 0), width); // what follows the anchor is as uncertain
    for (const auto& part : open_) {
        add_span(part.line, base_ + part.days + std::min(missing, 0), width);
    }
    remarks_.add(number, "the date differs by " + days + " from what the clock shows since " + date_text(base_) +
                             ": events between are dated as ranges");
}

void Dating::add_span(std::uint64_t line, std::int32_t day, std::int32_t later) {
    if (!spans_.empty() && spans_.back().line == line) {
        spans_.back() = {line, day, later};
    } else if (spans_.size() >= most_stretches) {
        too_many_at_ = too_many_at_ == 0 ? line : too_many_at_;
    } else if (spans_.empty() || spans_.back().day != day || spans_.back().later != later) {
        spans_.push_back({line, day, later});
    }
}

Result<std::vector<DaySpan>> Dating::finish() {
    if (too_many_at_ != 0) {
        return Fault{"its clock goes back too often to be one log", too_many_at_};
    }
    if (!anchored_) {
        return Fault{second_ < 0 ? "is not a FlexNet debug log: no line has a time and the name of a daemon"
                                 : "tells no date: neither a start of the server nor a TIMESTAMP line is in it",
                     0};
    }
    for (const auto& part : open_) {
        add_span(part.line, base_ + part.days, 0);
    }
    open_.clear();
    return std::move(spans_);
}

} // namespace tally::flexnet
