#include "recorder/rlm/log.hpp"

#include "recorder/capture/civil.hpp"

#include <algorithm>
#include <cstdlib>

namespace tally::rlm {
namespace {

using capture::day_s;
using capture::Form;
using capture::LineState;
using capture::LogTime;
using capture::SourceLine;
using capture::Survey;
using capture::UsageEvent;
using capture::Verb;

constexpr std::int32_t half_day_s = 43200;
constexpr std::size_t most_starts = 100'000;
constexpr std::size_t most_held = 1'000'000; // beyond it ends are paired in the order of starts
constexpr std::size_t longest_name = 192;

std::string lowered(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower;
}

// The first of `known` stays; another one is remembered as the second.
void name_once(std::string& known, std::string& second, std::string_view name) {
    if (name.empty() || name.size() > longest_name) {
        return;
    }
    if (known.empty()) {
        known = lowered(name);
    } else if (known != lowered(name)) {
        second = lowered(name);
    }
}

} // namespace

std::optional<LogTime> Dates::see(const Stamp& stamp) {
    if (stamp.year != 0) {
        day_ = capture::day_of(stamp.year, stamp.month, stamp.day);
    } else if (!day_) {
        return std::nullopt;
    } else if (stamp.month == 0) {
        *day_ += stamp.second < second_ - half_day_s ? 1 : 0;
    } else {
        const int year = capture::civil_of(*day_).year;
        std::int32_t nearest = INT32_MAX;
        for (const int candidate : {year, year + 1, year - 1}) {
            if (capture::is_date(candidate, stamp.month, stamp.day)) {
                const std::int32_t day = capture::day_of(candidate, stamp.month, stamp.day);
                nearest = std::abs(day - *day_) < std::abs(nearest - *day_) ? day : nearest;
            }
        }
        day_ = nearest == INT32_MAX ? *day_ : nearest; // 29 February beside a year that has none
    }
    second_ = stamp.second;
    const std::int64_t local_s = *day_ * day_s + stamp.second;
    return LogTime{local_s, local_s + (stamp.is_minute ? 59 : 0), {}};
}

void Log::survey(const SourceLine& source) {
    if (source.state != LineState::whole) {
        return;
    }
    const Line& line = reader_.read(source.text);
    survey_names(source, line);
    survey_start(source.number, line.record);
    if (line.stamp.second < 0) {
        return;
    }
    const auto at = dates_.see(line.stamp);
    if (!at) {
        undated_line_ = undated_line_ == 0 ? source.number : undated_line_;
        return;
    }
    if (line.record == Record::clock) {
        remarks_.add(source.number, "the server's clock was set: " + std::string(source.text.substr(0, 80)));
    }
    first_ = first_ ? first_ : at;
    last_ = *at;
}

void Log::survey_names(const SourceLine& source, const Line& line) {
    if (line.record == Record::start) {
        name_once(server_, second_server_, line.server);
    } else if (const auto isv = isv_in(source.text)) {
        name_once(isv_, second_isv_, *isv);
    }
}

// A log file begins with a record for each licence that is held. Where none follows a START, nothing was held.
void Log::survey_start(std::uint64_t number, Record record) {
    if (record == Record::none) {
        return;
    }
    if (open_start_ != 0 && record != Record::inuse && restarts_.size() < most_starts) {
        restarts_.push_back(open_start_);
    }
    open_start_ = record == Record::start ? number : 0;
}

Result<void> Log::finish_survey(Survey& into) {
    if (isv_.empty() || !first_) {
        return Fault{"is not an RLM report log from its beginning: it has no line \"ISV: …\" and no START with a date",
                     0};
    }
    if (undated_line_ != 0) {
        return Fault{"has a record before the first START: import the log from its beginning", undated_line_};
    }
    if (!second_isv_.empty()) {
        return Fault{"is of more than one ISV server (" + isv_ + " and " + second_isv_ + ")", 0};
    }
    if (restarts_.size() == most_starts) {
        return Fault{"starts too often to be one log", 0};
    }
    if (open_start_ != 0) {
        restarts_.push_back(open_start_);
    }
    into.daemons[isv_] = {server_, 1, true};
    into.several_servers = second_server_.empty() ? "" : server_ + " and " + second_server_;
    into.first = *first_;
    into.last = last_;
    into.remarks = remarks_;
    dates_ = {};
    return {};
}

void Log::malformed(UsageEvent& event, std::string_view problem) {
    event.form = Form::malformed;
    event.problem = problem;
}

void Log::hold(const Line& line, std::optional<LogTime> begun) {
    if (held_.size() >= most_held) {
        held_.clear();
    }
    held_.insert_or_assign(std::string(line.handle), Holding{std::string(line.product), std::string(line.version),
                                                             std::string(line.user), std::string(line.host), begun});
}

// A small record has a handle in place of names; a larger one has both, and the handle tells which of several licences
// of the same user it is.
void Log::tell_by_handle(const Line& line, UsageEvent& event) {
    const auto place = held_.find(std::string(line.handle));
    if (place == held_.end()) {
        if (line.product.empty()) {
            malformed(event, "tells a handle alone, and whose it is does not stand in this file");
        }
        return;
    }
    returned_ = std::move(place->second);
    held_.erase(place);
    if (line.product.empty()) {
        event.feature = returned_.product;
        event.user = returned_.user;
        event.client = returned_.host;
        event.begun = returned_.begun;
    } else if (returned_.product == line.product && returned_.user == line.user && returned_.host == line.host) {
        event.begun = returned_.begun;
    }
}

void Log::tell(std::uint64_t number, const Line& line, UsageEvent& event) {
    event.form = Form::activity;
    switch (line.record) {
    case Record::out:
        event.verb = Verb::out;
        event.version = line.version;
        event.cdata = line.isv_def;
        hold(line, event.at);
        return;
    case Record::in:
        event.verb = Verb::in;
        tell_by_handle(line, event);
        return;
    case Record::queue:
        event.verb = Verb::queued;
        hold(line, std::nullopt);
        return;
    case Record::dequeue:
        event.verb = Verb::dequeued;
        tell_by_handle(line, event);
        event.begun.reset();
        return;
    case Record::inuse:
        event.verb = Verb::inuse;
        if (!held_.contains(std::string(line.handle))) {
            hold(line, std::nullopt);
        }
        return;
    case Record::deny:
        event.verb = line.is_last_attempt ? Verb::denied : Verb::unsupported;
        reason_ = "status -" + std::to_string(line.why) + (line.is_last_attempt ? "" : ", tried again");
        event.reason = reason_;
        return;
    case Record::start:
    case Record::shutdown:
        event.form = line.record == Record::shutdown ? Form::stopped : Form::started;
        event.subject = isv_;
        if (line.record == Record::start && !std::binary_search(restarts_.begin(), restarts_.end(), number)) {
            event.form = Form::other; // a new file of a server that goes on
            return;
        }
        held_.clear();
        return;
    default:
        event.form = Form::other;
    }
}

void Log::read(const SourceLine& source, UsageEvent& event) {
    const Line& line = reader_.read(source.text);
    if (line.record == Record::malformed || line.record == Record::unknown) {
        malformed(event, line.record == Record::unknown ? "a record of a kind that RLM does not document"
                                                        : "begins like a record but does not go on like one");
        return;
    }
    if (line.stamp.second < 0) {
        return;
    }
    event.at = dates_.see(line.stamp);
    event.daemon = isv_;
    event.feature = line.product;
    event.user = line.user;
    event.client = line.host;
    event.count = std::max(line.count, 1U);
    tell(source.number, line, event);
    if (event.form == Form::activity && capture::has_control_bytes(source.text)) {
        malformed(event, "has bytes that no record has");
    }
}

} // namespace tally::rlm
