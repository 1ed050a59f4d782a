#include "recorder/auditd/log.hpp"

#include "tally/base/encoding.hpp"

#include <algorithm>

namespace tally::auditd {
namespace {

using capture::Ending;
using capture::Form;
using capture::LineState;
using capture::LogTime;
using capture::SourceLine;
using capture::Survey;
using capture::UsageEvent;
using capture::Verb;

constexpr std::size_t most_assemblies = 4096; // execs whose records come mixed
constexpr std::uint64_t enough_execs = 100;   // so many without a single exit: the rules do not record exits
constexpr std::int64_t late_s = 5;            // by how much records come out of order, without a clock that was set
constexpr std::int64_t one_boot_s = 600;      // several signs of one boot

LogTime time_of(const Line& record) { return {record.second, record.second, 0}; }

bool looks_like_record(std::string_view text) { return text.starts_with("type=") || text.starts_with("node="); }

} // namespace

Log::Log(const catalogue::Catalogue& catalogue, std::string computer, capture::Processes* running)
    : catalogue_(&catalogue), digest_(to_hex(catalogue.digest)), computer_name_(std::move(computer)),
      has_switches_(std::any_of(catalogue.programs.begin(), catalogue.programs.end(),
                                [](const auto& program) {
                                    return program.system == catalogue::System::posix && !program.switch_word.empty();
                                })),
      running_(running == nullptr ? &own_ : running) {}

Log::Computer& Log::computer(std::string_view node) {
    const auto place = computers_.find(node);
    return place != computers_.end() ? place->second : computers_[std::string(node)];
}

std::string_view Log::path_of(std::string_view fields) {
    const auto value = field(fields, "exe");
    return value ? text_of(*value, program_) : std::string_view();
}

// By where the program lies; its command line is asked for only where it decides.
std::optional<catalogue::Match> Log::program_of(std::string_view fields) {
    const auto path = path_of(fields);
    return path.empty() ? std::nullopt : catalogue_->program(catalogue::System::posix, path, std::nullopt);
}

void Log::survey(const SourceLine& line) {
    if (line.state != LineState::whole || !problem_.empty()) {
        return;
    }
    if (const auto record = read_line(line.text)) {
        survey_record(*record, line.number);
    }
}

void Log::survey_record(const Line& record, std::uint64_t number) {
    ++records_;
    if (computers_.size() >= most_computers && computers_.find(record.node) == computers_.end()) {
        problem_ = "tells of more than 10000 computers";
        return;
    }
    Computer& of = computer(record.node);
    if (record.second < of.last_s - late_s) {
        remarks_.add(number, "the clock goes back by " + std::to_string(of.last_s - record.second) + " seconds");
    }
    of.last_s = record.second;
    first_ = first_ ? first_ : time_of(record);
    last_ = time_of(record);
    if (record.type.starts_with("DAEMON_")) { // numbered by auditd, not by the kernel
        survey_daemon(record, number, of);
        return;
    }
    if (of.serials.see(record.serial, record.second, number) == capture::Came::anew) {
        note_stop(record, number, of, Form::started);
    }
    if (record.type == "SYSCALL") {
        survey_call(record, number, of);
    } else if (record.type == "EXECVE" && has_switches_) {
        assembly_of(record).command_line = command_line_of(record.fields);
    } else if (record.type == "ANOM_ABEND") {
        ++exits_;
        of.used = of.used || program_of(record.fields);
    } else if (record.type == "SYSTEM_BOOT" || record.type == "SYSTEM_SHUTDOWN") {
        note_stop(record, number, of, record.type == "SYSTEM_BOOT" ? Form::started : Form::stopped);
    }
}

void Log::survey_daemon(const Line& record, std::uint64_t number, Computer& of) {
    if (record.type == "DAEMON_END") {
        of.daemon_ended = number;
    } else if (record.type == "DAEMON_START" && of.daemon_ended != 0) {
        remarks_.add(number, "auditd was started again, it had ended in line " + std::to_string(of.daemon_ended) +
                                 ": nothing is known of the time between");
        of.daemon_ended = 0;
    }
}

// A boot shows in several records, and a shutdown before it too: one stop is told.
void Log::note_stop(const Line& record, std::uint64_t number, Computer& of, Form form) {
    const bool is_new =
        of.stopped_s == INT64_MIN || record.second - of.stopped_s > one_boot_s || record.second < of.stopped_s;
    if (is_new) {
        noted_.push_back({number, std::string(record.node), form, {}});
    }
    of.stopped_s = record.second;
}

void Log::survey_call(const Line& record, std::uint64_t at_line, Computer& of) {
    const Call call = call_of(record);
    if (call == Call::other) {
        return;
    }
    (call == Call::exec ? execs_ : exits_) += 1;
    const auto match = program_of(record.fields);
    if (!match) {
        return;
    }
    of.used = true;
    if (const auto process = number(record.fields, "pid"); process && of.processes.size() < most_decisions) {
        of.processes.insert(*process);
    }
    if (match->is_unsure && call == Call::exec) {
        Assembly& assembly = assembly_of(record);
        assembly.line = at_line;
        assembly.program = path_of(record.fields);
    }
}

Log::Assembly& Log::assembly_of(const Line& record) {
    const auto known = std::find_if(assemblies_.rbegin(), assemblies_.rend(), [&](const Assembly& one) {
        return one.serial == record.serial && one.second == record.second && one.millisecond == record.millisecond &&
               one.node == record.node;
    });
    if (known != assemblies_.rend()) {
        return *known;
    }
    if (assemblies_.size() == most_assemblies) {
        decide(assemblies_.front());
        assemblies_.pop_front();
    }
    return assemblies_.emplace_back(
        Assembly{std::string(record.node), record.second, record.millisecond, record.serial, 0, {}, {}});
}

void Log::decide(const Assembly& assembly) {
    if (assembly.line == 0) {
        return;
    }
    if (decisions_.size() == most_decisions) {
        problem_ = "has more than a million starts of programs whose product the command line tells: split it";
        return;
    }
    const auto match = catalogue_->program(catalogue::System::posix, assembly.program, assembly.command_line);
    decisions_[assembly.line] = {std::string(match ? match->product : std::string_view())};
}

Result<void> Log::finish_survey(Survey& into) {
    for (; !assemblies_.empty(); assemblies_.pop_front()) {
        decide(assemblies_.front());
    }
    if (!problem_.empty()) {
        return Fault{problem_, 0};
    }
    if (records_ == 0) {
        return Fault{"is not a log of auditd: no line is a record (type=… msg=audit(…): …)", 0};
    }
    for (auto& [node, of] : computers_) {
        if (of.used && node.empty() && computer_name_.empty()) {
            return Fault{"does not tell of which computer it is (it has no node=): name it with --source NAME", 0};
        }
        if (of.used && node.empty() && computers_.size() > 1) {
            return Fault{"has records with node= and without: which computer the latter are of, nobody told", 0};
        }
        into.daemons[node] = {node.empty() ? computer_name_ : node, 1, of.used};
        for (const auto& hole : of.used ? of.serials.holes() : std::vector<capture::Hole>()) {
            noted_.push_back({hole.line, node, Form::lost, hole});
        }
        if (of.serials.was_filtered()) {
            remarks_.add(0, "most events of this log are not in it: it was filtered, and what was lost cannot be told");
        }
    }
    std::stable_sort(noted_.begin(), noted_.end(), [](const Noted& a, const Noted& b) { return a.line < b.line; });
    ends_are_missing_ = execs_ >= enough_execs && exits_ == 0;
    if (ends_are_missing_) {
        remarks_.add(0, "no program ends in this log: the rules of auditd do not record exit_group");
    }
    into.speaks = capture::Speaks::computers;
    into.first = *first_;
    into.last = last_;
    into.remarks = remarks_;
    return {};
}

// Whose process it is: the account of the login, else the one that it runs as.
bool Log::take_user(const Line& record) {
    const bool has_login = number(record.fields, "auid").value_or(unset_id) != unset_id;
    const auto name = field(record.names, has_login ? "AUID" : "UID");
    const auto id = field(record.fields, has_login ? "auid" : "uid");
    if (name && name->starts_with('"')) {
        user_ = name->substr(1, name->size() - 2);
    } else {
        user_ = id.value_or("");
    }
    return !user_.empty() && !capture::has_control_bytes(user_);
}

// It ended at some time since it began.
void Log::tell_superseded(UsageEvent& event) {
    tell_end(ended_, Ending::superseded, event);
    event.at->from_s = std::min(ended_.begun.from_s, event.at->to_s);
}

void Log::tell_exec(const Line& record, std::uint64_t number_of_line, UsageEvent& event) {
    const auto process = number(record.fields, "pid");
    if (field(record.fields, "success").value_or("") != "yes" || !process) {
        return;
    }
    const auto match = program_of(record.fields);
    const bool replaces = running_->replace(client_of(record), *process, record.second, this, ended_);
    if (!match) {
        if (replaces) { // another program in the same process, or a later process of that number
            tell_superseded(event);
        }
        return;
    }
    UsageEvent start = event;
    if (!take_user(record)) {
        event.form = Form::malformed;
        event.problem = "does not tell whose process it is";
        return;
    }
    const auto decision = match->is_unsure ? decisions_.find(number_of_line) : decisions_.end();
    feature_ = decision == decisions_.end() || decision->second.product.empty() ? std::string(match->product)
                                                                                : decision->second.product;
    version_ = match->version;
    start.form = Form::activity;
    start.verb = Verb::out;
    start.feature = feature_;
    start.version = version_;
    start.user = user_;
    start.client = client_of(record);
    start.is_automation = match->use == catalogue::Class::automation;
    running_->begin(*process, this,
                    {std::string(start.client), feature_, version_, user_, "", std::string(path_of(record.fields)),
                     *event.at, nullptr});
    if (replaces) {
        tell_superseded(event);
        told_.push_back(start);
    } else {
        event = start;
    }
}

// The process is a copy (fork) of one that runs a program of the catalogue: its exit is no end of a session.
bool Log::is_copy(const Line& record) {
    const auto parent = number(record.fields, "ppid");
    const auto of = computers_.find(record.node);
    return parent && (running_->find(client_of(record), *parent, record.second) != nullptr ||
                      (of != computers_.end() && of->second.processes.contains(*parent)));
}

void Log::tell_exit(const Line& record, Ending ending, UsageEvent& event) {
    const auto process = number(record.fields, "pid");
    if (process && running_->end(client_of(record), *process, record.second, ended_)) {
        if (ended_.image == path_of(record.fields)) {
            tell_end(ended_, ending, event);
        } else { // its number is that of another program now, and no record said so
            tell_superseded(event);
        }
        return;
    }
    const auto match = program_of(record.fields); // its start is not in what was given
    if (!match || !process || is_copy(record) || !take_user(record)) {
        return;
    }
    feature_ = match->product;
    event.form = Form::activity;
    event.verb = Verb::in;
    event.ending = ending;
    event.feature = feature_;
    event.user = user_;
    event.client = client_of(record);
}

void Log::read(const SourceLine& line, UsageEvent& event) {
    told_.clear();
    const auto record = read_line(line.text);
    if (!record) {
        event.form = looks_like_record(line.text) ? Form::malformed : Form::other;
        event.problem = "begins like a record of the audit log but does not go on like one";
        return;
    }
    if (record->type.starts_with("DAEMON_")) {
        return; // of auditd: the first after a boot must not pass for a sign of life before it
    }
    event.at = time_of(*record);
    event.daemon = record->node;
    for (; next_noted_ < noted_.size() && noted_[next_noted_].line <= line.number; ++next_noted_) {
        const Noted& noted = noted_[next_noted_];
        UsageEvent beside;
        beside.at = time_of(*record);
        beside.daemon = noted.node;
        beside.subject = noted.node;
        beside.form = noted.form;
        if (noted.form == Form::lost) {
            beside.at = LogTime{noted.hole.from_s, noted.hole.to_s, 0};
            beside.count = static_cast<std::uint32_t>(std::min<std::uint64_t>(noted.hole.count, UINT32_MAX));
        } else {
            running_->forget(client_of(*record));
        }
        told_.push_back(beside);
    }
    if (line.state != LineState::whole) {
        return;
    }
    if (record->type == "SYSCALL") {
        const Call call = call_of(*record);
        if (call == Call::exec) {
            tell_exec(*record, line.number, event);
        } else if (call == Call::exit) {
            tell_exit(*record, Ending::exit, event);
        }
    } else if (record->type == "ANOM_ABEND") {
        tell_exit(*record, Ending::core, event);
    }
    if (!told_.empty() && told_.front().form != Form::lost) { // a boot comes before what runs after it
        if (event.form != Form::other) {
            told_.push_back(event);
        }
        event = told_.front();
        told_.pop_front();
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

} // namespace tally::auditd
