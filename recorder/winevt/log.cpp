#include "recorder/winevt/log.hpp"

#include "tally/base/encoding.hpp"

#include <algorithm>

namespace tally::winevt {
namespace {

using capture::Ending;
using capture::Form;
using capture::LineState;
using capture::LogTime;
using capture::SourceLine;
using capture::Survey;
using capture::UsageEvent;
using capture::Verb;

constexpr std::uint64_t process_created = 4688, process_exited = 4689;
constexpr std::uint64_t log_cleared = 1102, clock_changed = 4616;
constexpr std::uint64_t enough_starts = 100; // so many without a single end: the policy does not record ends
constexpr std::int64_t one_boot_s = 600;     // several signs of one boot
constexpr std::string_view auditing = "Microsoft-Windows-Security-Auditing";

// Windows or its log service was started or stopped: nothing that ran before runs after it.
struct Stop {
    std::uint64_t id;
    std::string_view provider;
    Form form;
};
constexpr std::array<Stop, 7> stops{{{4608, auditing, Form::started},
                                     {4609, auditing, Form::stopped},
                                     {1100, "Microsoft-Windows-Eventlog", Form::stopped},
                                     {6005, "EventLog", Form::started},
                                     {6006, "EventLog", Form::stopped},
                                     {6008, "EventLog", Form::started},
                                     {41, "Microsoft-Windows-Kernel-Power", Form::started}}};

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

std::string small_letters(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower;
}

// The first place from `from` on where an element Event begins.
std::size_t next_start(std::string_view text, std::size_t from) {
    static constexpr std::string_view tag = "<Event";
    for (auto place = text.find(tag, from); place != std::string_view::npos; place = text.find(tag, place + 1)) {
        const auto next = place + tag.size();
        if (next == text.size() || std::string_view(" >\t\r\n").find(text[next]) != std::string_view::npos) {
            return place;
        }
    }
    return std::string_view::npos;
}

} // namespace

Log::Log(const catalogue::Catalogue& catalogue, capture::Processes* running)
    : catalogue_(&catalogue), digest_(to_hex(catalogue.digest)), running_(running == nullptr ? &own_ : running) {}

// What a line adds: it ends an event, or is the part of one, or stands between two.
Log::Taken Log::collect(std::string_view line, std::string_view& event) {
    static constexpr std::string_view end = "</Event>";
    const auto start = next_start(line, 0);
    const bool ends = line.ends_with(end);
    if (start != std::string_view::npos) {
        is_open_ = !ends;
        partial_.assign(ends ? std::string_view() : line.substr(start)).append(ends ? "" : "\n");
        event = line.substr(start);
        return ends ? Taken::event : Taken::nothing;
    }
    if (!is_open_) {
        return Taken::nothing;
    }
    if (partial_.size() + line.size() > longest_event) {
        is_open_ = false;
        return Taken::too_long;
    }
    partial_.append(line).append(ends ? "" : "\n");
    event = partial_;
    is_open_ = !ends;
    return ends ? Taken::event : Taken::nothing;
}

// An event that was cut has no end: the next one stands in it, and is whole.
const char* Log::read_event(std::string_view text) {
    const char* problem = event_.read(text);
    for (auto start = problem == nullptr ? std::string_view::npos : next_start(text, 1);
         problem != nullptr && start != std::string_view::npos; start = next_start(text, 1)) {
        text.remove_prefix(start);
        problem = event_.read(text);
    }
    return problem;
}

bool Log::tells_process() const {
    return (event_.id() == process_created || event_.id() == process_exited) && event_.provider() == auditing;
}

std::optional<catalogue::Match> Log::program_of(bool is_start) {
    const auto path = event_.data(is_start ? Datum::new_process_name : Datum::process_name);
    auto line = is_start ? event_.data(Datum::command_line) : std::nullopt;
    if (line && is_blank(*line)) { // the policy does not record it
        line.reset();
    }
    return path ? catalogue_->program(catalogue::System::windows, *path, line) : std::nullopt;
}

void Log::survey(const SourceLine& line) {
    if (line.state == LineState::too_long || !problem_.empty()) {
        return;
    }
    const auto outside = is_open_ || line.text.starts_with("<Event ") ? std::string_view()
                                                                      : line.text.substr(0, next_start(line.text, 0));
    if (outside.find("<!DOCTYPE") != std::string_view::npos || outside.find("<!ENTITY") != std::string_view::npos) {
        problem_ = "has a document type or entities of its own: no export of events has them";
        problem_line_ = line.number;
        return;
    }
    std::string_view text;
    if (collect(line.text, text) == Taken::event && read_event(text) == nullptr && event_.at() &&
        !event_.computer().empty()) {
        survey_event(line.number);
    }
}

void Log::survey_event(std::uint64_t number) {
    ++events_;
    put_computer();
    if (computers_.size() >= most_computers && computers_.find(computer_) == computers_.end()) {
        problem_ = "tells of more than 10000 computers";
        return;
    }
    const LogTime at = *event_.at();
    Computer& of = computers_[computer_];
    first_ = first_ ? first_ : at;
    last_ = at;
    ascending_ += event_.record() > of.last_record ? 1U : 0U;
    descending_ += event_.record() < of.last_record ? 1U : 0U;
    of.last_record = event_.record();
    if (event_.record() != 0) {
        static_cast<void>(of.serials.see(event_.record(), at.from_s, number));
    }
    if (event_.id() == log_cleared) {
        remarks_.add(number, "the log was cleared: nothing is known of what it held");
    } else if (event_.id() == clock_changed && event_.provider() == auditing) {
        remarks_.add(number, "the clock was set");
    }
    if (!tells_process()) {
        return;
    }
    const bool is_start = event_.id() == process_created;
    (is_start ? starts_ : ends_) += 1;
    if (const auto match = program_of(is_start)) {
        of.used = true;
        without_command_line_ +=
            is_start && match->is_unsure && is_blank(event_.data(Datum::command_line).value_or("")) ? 1U : 0U;
    }
}

Result<void> Log::finish_survey(Survey& into) {
    if (!problem_.empty()) {
        return Fault{problem_, problem_line_};
    }
    if (events_ == 0) {
        return Fault{"is no XML export of Windows events: no <Event> with a time and a computer is in it", 0};
    }
    if (descending_ > ascending_) {
        return Fault{"has the newest event first: export it in the order of time (wevtutil without /rd:true, "
                     "Get-WinEvent -Oldest)",
                     0};
    }
    for (auto& [computer, of] : computers_) {
        into.daemons[computer] = {computer, 1, of.used};
        for (const auto& hole : of.used ? of.serials.holes() : std::vector<capture::Hole>()) {
            noted_.push_back({hole.line, computer, hole});
        }
        if (of.used && of.serials.was_filtered()) {
            remarks_.add(0, "most events of the log are not in this export: it was filtered, and what was lost cannot "
                            "be told");
        }
    }
    std::stable_sort(noted_.begin(), noted_.end(), [](const Noted& a, const Noted& b) { return a.line < b.line; });
    ends_are_missing_ = starts_ >= enough_starts && ends_ == 0;
    if (ends_are_missing_) {
        remarks_.add(0, "no program ends in this log: the policy \"Audit Process Termination\" is off");
    }
    if (without_command_line_ > 0) {
        remarks_.add(0, std::to_string(without_command_line_) +
                            " starts do not tell their command line, and so not which product they are: switch on "
                            "\"Include command line in process creation events\"");
    }
    into.speaks = capture::Speaks::computers;
    into.first = *first_;
    into.last = last_;
    into.remarks = remarks_;
    is_open_ = false;
    return {};
}

void Log::put_computer() { computer_ = small_letters(event_.computer()); }

// The account under which the process runs: Target where it is set (RunAs), else Subject.
bool Log::take_user() {
    const auto sid = event_.data(Datum::target_sid);
    const auto target = event_.data(Datum::target_name);
    const bool has_target = sid && *sid != "S-1-0-0" && target && !target->empty() && *target != "-";
    user_ = has_target ? *target : event_.data(Datum::subject_name).value_or("");
    domain_ = event_.data(has_target ? Datum::target_domain : Datum::subject_domain).value_or("");
    domain_ = domain_ == "-" ? "" : domain_;
    return !user_.empty() && !capture::has_control_bytes(user_) && !capture::has_control_bytes(domain_);
}

void Log::tell_start(UsageEvent& event) {
    const auto process = process_number(event_.data(Datum::new_process_id).value_or(""));
    const auto image = event_.data(Datum::new_process_name);
    if (!process || !image) {
        event.form = Form::malformed;
        event.problem = "tells of a new process without its number or its program";
        return;
    }
    const auto match = program_of(true);
    const bool replaces =
        running_->replace(client_, *process, event.at->from_s, this, ended_); // killed before, no event told
    if (match && !take_user()) {
        event.form = Form::malformed;
        event.problem = "does not tell whose process it is";
        return;
    }
    UsageEvent start = event;
    if (replaces) {
        capture::tell_end(ended_, Ending::superseded, event);
        event.at->from_s = std::min(ended_.begun.from_s, event.at->to_s);
    }
    if (!match) {
        return;
    }
    feature_ = match->product;
    version_ = match->version;
    start.form = Form::activity;
    start.verb = Verb::out;
    start.feature = feature_;
    start.version = version_;
    start.user = user_;
    start.domain = domain_;
    start.client = client_;
    start.is_automation = match->use == catalogue::Class::automation;
    running_->begin(*process, this,
                    {client_, feature_, version_, user_, domain_, small_letters(*image), *start.at, nullptr});
    if (replaces) {
        told_.push_back(start);
    } else {
        event = start;
    }
}

void Log::tell_end(UsageEvent& event) {
    const auto process = process_number(event_.data(Datum::process_id).value_or(""));
    const auto image = event_.data(Datum::process_name);
    if (!process || !image) {
        event.form = Form::malformed;
        event.problem = "tells of the end of a process without its number or its program";
        return;
    }
    const auto* running = running_->find(client_, *process, event.at->from_s);
    if (running != nullptr && running->image == small_letters(*image)) {
        static_cast<void>(running_->end(client_, *process, event.at->from_s, ended_));
        capture::tell_end(ended_, Ending::exit, event);
        return;
    }
    const auto match = program_of(false);
    if (!match || !take_user()) {
        return;
    }
    feature_ = match->product; // its start is not in this file
    event.form = Form::activity;
    event.verb = Verb::in;
    event.ending = Ending::exit;
    event.feature = feature_;
    event.user = user_;
    event.domain = domain_;
    event.client = client_;
}

void Log::tell_stop(UsageEvent& event) {
    const auto known = std::find_if(stops.begin(), stops.end(), [&](const Stop& one) {
        return one.id == event_.id() && one.provider == event_.provider();
    });
    const auto of = computers_.find(computer_);
    if (known == stops.end() || of == computers_.end()) {
        return;
    }
    std::int64_t& stopped = of->second.stopped_s;
    const std::int64_t now = event.at->from_s;
    const bool is_new = stopped == INT64_MIN || now < stopped || now - stopped > one_boot_s;
    stopped = now;
    running_->forget(client_);
    if (is_new) {
        event.form = known->form;
        event.subject = computer_;
    }
}

void Log::read(const SourceLine& line, UsageEvent& event) {
    told_.clear();
    std::string_view text;
    const Taken taken = collect(line.text, text);
    if (taken != Taken::event) {
        event.form = taken == Taken::too_long ? Form::malformed : Form::other;
        event.problem = "is an event of more than 256 KiB";
        return;
    }
    const char* const problem = read_event(text);
    if (problem != nullptr || !event_.at() || event_.computer().empty()) {
        event.form = Form::malformed;
        event.problem = problem != nullptr ? problem : "is an event without a time or a computer";
        return;
    }
    put_computer();
    client_ = event_.computer();
    event.at = event_.at();
    event.daemon = computer_;
    if (tells_process()) {
        event_.id() == process_created ? tell_start(event) : tell_end(event);
    } else {
        tell_stop(event);
    }
    for (; next_noted_ < noted_.size() && noted_[next_noted_].line <= line.number; ++next_noted_) {
        const Noted& noted = noted_[next_noted_];
        UsageEvent lost;
        lost.form = Form::lost;
        lost.at = LogTime{noted.hole.from_s, noted.hole.to_s, 0};
        lost.daemon = noted.computer;
        lost.count = static_cast<std::uint32_t>(std::min<std::uint64_t>(noted.hole.count, UINT32_MAX));
        told_.push_back(lost);
    }
}

bool Log::more(UsageEvent& event) {
    if (told_.empty()) {
        return false;
    }
    event = told_.front();
    told_.pop_front();
    return true;
}

} // namespace tally::winevt
