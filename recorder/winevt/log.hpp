// Process creation and termination of Windows (4688, 4689) for the import (capture/log_format.hpp): which programs of the
// catalogue ran, by whom, from creation to termination. An export is a file of <Event> elements, each on a line of its
// own, all on one line, or printed over several. Ends are those that the log shows, and no others.
#pragma once

#include "recorder/capture/log_format.hpp"
#include "recorder/capture/processes.hpp"
#include "recorder/capture/serials.hpp"
#include "recorder/winevt/event.hpp"
#include "tally/catalogue/catalogue.hpp"

#include <deque>
#include <map>
#include <vector>

namespace tally::winevt {

class Log : public capture::LogFormat {
public:
    static constexpr std::size_t most_computers = 10'000;

    // `running`: what files before this one left; nothing: none. The catalogue and it must outlive the reader.
    explicit Log(const catalogue::Catalogue& catalogue, capture::Processes* running = nullptr);

    [[nodiscard]] std::string_view name() const override { return "winevt"; }
    [[nodiscard]] std::string_view fidelity() const override {
        return ends_are_missing_ ? capture::start_only : "exact";
    }
    [[nodiscard]] bool tells_zone() const override { return true; }
    [[nodiscard]] std::string_view ends_after() const override { return "</Event>"; }
    [[nodiscard]] std::string_view stopped_kind() const override { return "lost_reboot"; }
    [[nodiscard]] std::string_view catalogue() const override { return digest_; }
    void survey(const capture::SourceLine& line) override;
    [[nodiscard]] Result<void> finish_survey(capture::Survey& into) override;
    void read(const capture::SourceLine& line, capture::UsageEvent& event) override;
    [[nodiscard]] bool more(capture::UsageEvent& event) override;

private:
    enum class Taken : std::uint8_t { nothing, event, too_long };
    struct Computer {
        capture::Serials serials;
        bool used = false;
        std::uint64_t last_record = 0;
        std::int64_t last_s = 0;
        std::int64_t stopped_s = INT64_MIN; // when it was last seen to stop or start
    };
    struct Noted {
        std::uint64_t line = 0;
        std::string computer;
        capture::Hole hole;
    };

    Taken collect(std::string_view line, std::string_view& event);
    const char* read_event(std::string_view text);
    void survey_event(std::uint64_t number);
    [[nodiscard]] bool tells_process() const;
    std::optional<catalogue::Match> program_of(bool is_start);
    bool take_user();
    void tell_start(capture::UsageEvent& event);
    void tell_end(capture::UsageEvent& event);
    void tell_stop(capture::UsageEvent& event);
    void put_computer();

    const catalogue::Catalogue* catalogue_;
    std::string digest_;
    std::string partial_; // an event that goes on in the next line
    bool is_open_ = false;
    Event event_;
    std::string computer_; // of the present event, small letters
    capture::Processes own_;
    capture::Processes* running_;
    capture::Running ended_;
    std::string feature_, version_, user_, domain_, client_;
    std::deque<capture::UsageEvent> told_; // of the present line, after its first
    std::vector<Noted> noted_;             // ascending by line
    std::size_t next_noted_ = 0;

    // From the survey; the instants of stops also of the second reading.
    std::map<std::string, Computer, std::less<>> computers_;
    std::uint64_t events_ = 0, starts_ = 0, ends_ = 0;
    std::uint64_t ascending_ = 0, descending_ = 0;
    std::uint64_t without_command_line_ = 0;
    bool ends_are_missing_ = false;
    std::string problem_; // refuses the file
    std::uint64_t problem_line_ = 0;
    std::optional<capture::LogTime> first_;
    capture::LogTime last_;
    capture::Remarks remarks_;
};

} // namespace tally::winevt
