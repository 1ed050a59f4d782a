// An RLM report log for the import (capture/log_format.hpp): the year of each record, whose licence a handle is, and
// whether a beginning of the file means that nothing was held any more.
#pragma once

#include "recorder/capture/log_format.hpp"
#include "recorder/rlm/line.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace tally::rlm {

// The instant of each record. START and the periodic time stamps tell a full date, other records none or one without a
// year: then it is the year that brings them nearest to the record before. A time of day alone that goes back by more
// than 12 hours is of the next day.
class Dates {
public:
    // Nothing before the first full date.
    [[nodiscard]] std::optional<capture::LogTime> see(const Stamp& stamp);

private:
    std::optional<std::int32_t> day_;
    std::int32_t second_ = 0;
};

class Log : public capture::LogFormat {
public:
    [[nodiscard]] std::string_view name() const override { return "rlm"; }
    [[nodiscard]] std::string_view fidelity() const override { return "exact"; }
    [[nodiscard]] bool tells_zone() const override { return false; }
    void survey(const capture::SourceLine& line) override;
    [[nodiscard]] Result<void> finish_survey(capture::Survey& into) override;
    void read(const capture::SourceLine& line, capture::UsageEvent& event) override;

private:
    struct Holding { // what a handle stands for
        std::string product;
        std::string version;
        std::string user;
        std::string host;
        std::optional<capture::LogTime> begun; // nothing when its checkout is not in this file
    };

    void survey_names(const capture::SourceLine& source, const Line& line);
    void survey_start(std::uint64_t number, Record record);
    void tell(std::uint64_t number, const Line& line, capture::UsageEvent& event);
    void tell_by_handle(const Line& line, capture::UsageEvent& event);
    void hold(const Line& line, std::optional<capture::LogTime> begun);
    static void malformed(capture::UsageEvent& event, std::string_view problem);

    Reader reader_;
    Dates dates_;
    std::unordered_map<std::string, Holding> held_;
    Holding returned_;   // of the present line
    std::string reason_; // of the present line

    // From the survey.
    std::string isv_;
    std::string server_;
    std::string second_isv_;
    std::string second_server_;
    std::uint64_t open_start_ = 0;        // a START after which nothing was said yet
    std::vector<std::uint64_t> restarts_; // STARTs at which nothing was held
    std::uint64_t undated_line_ = 0;
    std::optional<capture::LogTime> first_;
    capture::LogTime last_;
    capture::Remarks remarks_;
};

} // namespace tally::rlm
