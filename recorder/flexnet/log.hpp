// A FlexNet debug log for the import (capture/log_format.hpp): which servers and packages it names, the day of each line
// (dating.hpp), and the licence events (line.hpp).
#pragma once

#include "recorder/capture/log_format.hpp"
#include "recorder/flexnet/dating.hpp"

#include <memory>

namespace tally::flexnet {

class Log : public capture::LogFormat {
public:
    Log();
    ~Log() override;

    [[nodiscard]] std::string_view name() const override { return "flexnet"; }
    [[nodiscard]] bool tells_zone() const override { return false; }
    void survey(const capture::SourceLine& line) override;
    [[nodiscard]] Result<void> finish_survey(capture::Survey& into) override;
    void read(const capture::SourceLine& line, capture::UsageEvent& event) override;

private:
    class Surveyor;

    std::unique_ptr<Surveyor> surveyor_; // until the survey is finished
    std::vector<DaySpan> days_;
    std::size_t span_ = 0; // of the last line that was read
};

} // namespace tally::flexnet
