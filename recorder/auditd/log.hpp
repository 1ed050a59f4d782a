// A Linux audit log for the import (capture/log_format.hpp): which programs of the catalogue ran, by whom, from exec to
// exit. Records of one event may come mixed with those of others; the first reading puts those together whose product
// only the command line tells. Ends are those that the log shows, and no others.
#pragma once

#include "recorder/auditd/line.hpp"
#include "recorder/capture/log_format.hpp"
#include "recorder/capture/processes.hpp"
#include "recorder/capture/serials.hpp"
#include "tally/catalogue/catalogue.hpp"

#include <deque>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace tally::auditd {

class Log : public capture::LogFormat {
public:
    static constexpr std::size_t most_computers = 10'000;
    static constexpr std::size_t most_decisions = 1'000'000;

    // `computer`: what the operator calls it, for a log that does not tell; empty: nothing. `running`: what files before
    // this one left; nothing: none. The catalogue and it must outlive the reader.
    Log(const catalogue::Catalogue& catalogue, std::string computer, capture::Processes* running = nullptr);

    [[nodiscard]] std::string_view name() const override { return "audit"; }
    [[nodiscard]] std::string_view fidelity() const override {
        return ends_are_missing_ ? capture::start_only : "exact";
    }
    [[nodiscard]] bool tells_zone() const override { return true; }
    [[nodiscard]] std::string_view stopped_kind() const override { return "lost_reboot"; }
    [[nodiscard]] std::string_view catalogue() const override { return digest_; }
    void survey(const capture::SourceLine& line) override;
    [[nodiscard]] Result<void> finish_survey(capture::Survey& into) override;
    void read(const capture::SourceLine& line, capture::UsageEvent& event) override;
    [[nodiscard]] bool more(capture::UsageEvent& event) override;

private:
    struct Computer {
        capture::Serials serials;
        bool used = false;
        std::unordered_set<std::uint64_t> processes; // that ran a program of the catalogue
        std::int64_t last_s = 0;
        std::int64_t stopped_s = INT64_MIN; // when it was last seen to stop or boot
        std::uint64_t daemon_ended = 0;     // line of a DAEMON_END without a DAEMON_START
    };
    // An exec whose product the command line decides, until its records are there.
    struct Assembly {
        std::string node;
        std::int64_t second = 0;
        std::uint32_t millisecond = 0;
        std::uint64_t serial = 0;
        std::uint64_t line = 0; // of its SYSCALL record; 0: not seen yet
        std::string program;
        std::optional<std::string> command_line;
    };
    struct Decision {
        std::string product;
    };
    struct Noted { // what a line tells beside its own
        std::uint64_t line = 0;
        std::string node;
        capture::Form form = capture::Form::lost;
        capture::Hole hole;
    };

    Computer& computer(std::string_view node);
    void survey_record(const Line& record, std::uint64_t number);
    void survey_call(const Line& record, std::uint64_t at_line, Computer& of);
    void survey_daemon(const Line& record, std::uint64_t number, Computer& of);
    void note_stop(const Line& record, std::uint64_t number, Computer& of, capture::Form form);
    Assembly& assembly_of(const Line& record);
    void decide(const Assembly& assembly);

    std::string_view client_of(const Line& record) const { return record.node.empty() ? computer_name_ : record.node; }
    std::string_view path_of(std::string_view fields);
    std::optional<catalogue::Match> program_of(std::string_view fields);
    bool take_user(const Line& record);
    bool is_copy(const Line& record);
    void tell_superseded(capture::UsageEvent& event);
    void tell_exec(const Line& record, std::uint64_t number, capture::UsageEvent& event);
    void tell_exit(const Line& record, capture::Ending ending, capture::UsageEvent& event);

    const catalogue::Catalogue* catalogue_;
    std::string digest_;
    std::string computer_name_;
    bool has_switches_ = false; // some program of the catalogue needs its command line
    capture::Processes own_;
    capture::Processes* running_;
    std::string program_, user_; // of the present line
    capture::Running ended_;     // of the present line
    std::string feature_, version_;
    std::deque<capture::UsageEvent> told_; // of the present line, after its first
    std::vector<Noted> noted_;             // ascending by line
    std::size_t next_noted_ = 0;

    // From the survey.
    std::map<std::string, Computer, std::less<>> computers_;
    std::deque<Assembly> assemblies_;
    std::unordered_map<std::uint64_t, Decision> decisions_; // by line of the SYSCALL record
    std::uint64_t records_ = 0;
    std::uint64_t execs_ = 0;
    std::uint64_t exits_ = 0;
    bool ends_are_missing_ = false;
    std::string problem_; // refuses the file
    std::optional<capture::LogTime> first_;
    capture::LogTime last_;
    capture::Remarks remarks_;
};

} // namespace tally::auditd
