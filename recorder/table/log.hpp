// A table for the import (capture/log_format.hpp): CSV or JSON Lines, read by a mapping. A row is a session or an event,
// in any order. A row is one line of the file.
#pragma once

#include "recorder/capture/log_format.hpp"
#include "recorder/table/json_object.hpp"
#include "recorder/table/mapping.hpp"

namespace tally::table {

class Log : public capture::LogFormat {
public:
    static constexpr std::uint64_t most_rows = 4'000'000; // of one file: equal ones are counted in working memory

    explicit Log(Mapping mapping) : mapping_(std::move(mapping)) {}

    [[nodiscard]] std::string_view name() const override { return mapping_.kind == Kind::csv ? "csv" : "jsonl"; }
    [[nodiscard]] std::string_view origin() const override { return "table"; }
    [[nodiscard]] std::string_view fidelity() const override { return mapping_.fidelity; }
    [[nodiscard]] bool tells_zone() const override { return mapping_.time.tells_zone(); }
    void survey(const capture::SourceLine& line) override;
    [[nodiscard]] Result<void> finish_survey(capture::Survey& into) override;
    void read(const capture::SourceLine& line, capture::UsageEvent& event) override;

private:
    // Each false with problem_ when the row does not fit.
    bool take_header(std::string_view text);
    bool take_cells(std::string_view text);
    bool tell(capture::UsageEvent& event);
    bool tell_event(capture::UsageEvent& event);
    bool tell_session(capture::UsageEvent& event);
    bool take_time(Column column, std::optional<capture::LogTime>& into);
    bool wrong(std::string problem);
    bool wrong(Column column, std::string_view problem);
    void stretch(const capture::UsageEvent& event);

    Mapping mapping_;
    std::vector<std::string> fields_; // of the present row, CSV
    JsonObject object_;               // JSON Lines
    std::array<std::string_view, column_count> cells_;
    std::array<bool, column_count> met_{};              // JSON Lines: some row has it
    std::array<std::size_t, column_count> positions_{}; // CSV
    std::size_t width_ = 0;                             // CSV: of the header; 0 before it
    std::uint64_t header_line_ = 0;
    std::string problem_;

    std::uint64_t rows_ = 0;
    std::string first_problem_;
    std::uint64_t first_problem_line_ = 0;
    std::optional<capture::LogTime> earliest_;
    std::optional<capture::LogTime> latest_;
};

} // namespace tally::table
