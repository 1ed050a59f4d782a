#include "recorder/capture/survey.hpp"

#include "recorder/capture/log_format.hpp"
#include "tally/base/encoding.hpp"

namespace tally::capture {
namespace {

constexpr std::uint64_t survey_watch_every_lines = 1U << 16U;

} // namespace

Result<Survey> survey(LineSource& source, LogFormat& format, const std::function<void(std::uint64_t)>& watch) {
    Survey result;
    result.name = source.name();
    source.end_lines_after(format.ends_after());
    SourceLine line;
    while (source.next(line)) {
        format.survey(line);
        if (watch && line.number % survey_watch_every_lines == 0) {
            watch(source.bytes());
        }
    }
    if (const auto whole = source.fault(); !whole) {
        return whole.fault();
    }
    result.lines = line.number;
    result.bytes = source.bytes();
    result.digest = to_hex(source.digest());
    if (result.bytes == 0) {
        return Fault{"is empty", 0};
    }
    if (const auto told = format.finish_survey(result); !told) {
        return told.fault();
    }
    return result;
}

} // namespace tally::capture
