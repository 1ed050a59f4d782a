// What a reader of logs tells of a text, as short texts: surveyed, then read, as the import does.
#pragma once

#include "recorder/capture/civil.hpp"
#include "recorder/capture/log_format.hpp"

#include <string>
#include <vector>

namespace tally::test {

inline std::string clock_of(const capture::LogTime& time) {
    const std::string text(capture::LocalText(time.from_s).view().substr(11));
    return text + (time.to_s == time.from_s ? "" : "+" + std::to_string(time.to_s - time.from_s));
}

inline std::string told(const capture::UsageEvent& event) {
    using capture::Form;
    if (event.form == Form::other) {
        return "";
    }
    if (event.form == Form::malformed) {
        return "! " + std::string(event.problem);
    }
    const std::string at = " " + clock_of(*event.at) + (event.daemon.empty() ? "" : " " + std::string(event.daemon));
    if (event.form != Form::activity) {
        return (event.form == Form::lost      ? "lost " + std::to_string(event.count)
                : event.form == Form::started ? "started"
                                              : "stopped") +
               at;
    }
    std::string text(name_of(event.verb));
    text += at + " " + std::string(event.feature) + " " + std::string(event.version) + " ";
    text += (event.domain.empty() ? "" : std::string(event.domain) + "\\") + std::string(event.user) + "@" +
            std::string(event.client);
    if (event.verb == capture::Verb::in) {
        text += event.ending == capture::Ending::core         ? " core"
                : event.ending == capture::Ending::superseded ? " superseded"
                                                              : "";
    }
    return text + (event.begun ? " since " + clock_of(*event.begun) : "") + (event.is_automation ? " automation" : "");
}

// The events; or why the log is refused. `lines` are what the source would give for it.
template <class Lines>
std::vector<std::string> told_by(capture::LogFormat& log, const Lines& lines, capture::Survey* survey = nullptr) {
    capture::Survey into;
    capture::SourceLine line;
    for (const auto& one : lines) {
        line = {line.number + 1, one, capture::LineState::whole};
        log.survey(line);
    }
    if (const auto done = log.finish_survey(into); !done) {
        return {std::to_string(done.fault().at) + ": " + done.fault().what};
    }
    std::vector<std::string> found;
    const auto add = [&](const capture::UsageEvent& event) {
        if (auto text = told(event); !text.empty()) {
            found.push_back(std::move(text));
        }
    };
    line.number = 0;
    for (const auto& one : lines) {
        line = {line.number + 1, one, capture::LineState::whole};
        capture::UsageEvent event;
        log.read(line, event);
        add(event);
        for (capture::UsageEvent other; log.more(other); other = {}) {
            add(other);
        }
    }
    if (survey != nullptr) {
        *survey = into;
    }
    return found;
}

inline std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        lines.emplace_back(text.substr(0, text.find('\n')));
        text.remove_prefix(std::min(lines.back().size() + 1, text.size()));
    }
    return lines;
}

} // namespace tally::test
