// The seam between kinds of logs and the import: a reader of one kind of log. Each file has a reader of its own, which
// sees every line twice: first to survey the file, where everything is found that refuses it, then to tell the events.
// A reader knows grammar and dates; it decides nothing about zones, names in records, repetition, pairing or storage
// (importer.hpp), so that all kinds of logs keep the same promises. docs/operations/imports.md
#pragma once

#include "recorder/capture/line_source.hpp"
#include "recorder/capture/survey.hpp"
#include "recorder/capture/usage_event.hpp"

namespace tally::capture {

// `fidelity` of a source that tells starts and never ends: nothing is said about how long its sessions were open.
inline constexpr std::string_view start_only = "start_only";

class LogFormat {
public:
    LogFormat() = default;
    LogFormat(const LogFormat&) = delete;
    LogFormat& operator=(const LogFormat&) = delete;
    virtual ~LogFormat() = default;

    // `format` of an import line.
    [[nodiscard]] virtual std::string_view name() const = 0;
    // First word of `src`: kinds of files that tell of the same source share it.
    [[nodiscard]] virtual std::string_view origin() const { return name(); }
    // How exactly such a log sees use: `fidelity` of its starts; empty: nothing is said.
    [[nodiscard]] virtual std::string_view fidelity() const { return {}; }
    // Does every time in it say its zone? Else the operator must.
    [[nodiscard]] virtual bool tells_zone() const = 0;
    // Bytes after which a line ends as after a line end, where line ends mean nothing (XML); empty: there are none.
    [[nodiscard]] virtual std::string_view ends_after() const { return {}; }
    // `kind` of the end of a session that a stop has ended and no line shows.
    [[nodiscard]] virtual std::string_view stopped_kind() const { return "server_shutdown"; }
    // Digest (hex) of the catalogue by which it names products; empty: none.
    [[nodiscard]] virtual std::string_view catalogue() const { return {}; }

    // First reading, all lines in order.
    virtual void survey(const SourceLine& line) = 0;
    // After the last one. Puts into `into` what the log told; the rest of it is the caller's. Fault.at is a line number,
    // 0 when it is about the whole file.
    [[nodiscard]] virtual Result<void> finish_survey(Survey& into) = 0;
    // Second reading, all lines in order but those that are too long. `event` is fresh.
    virtual void read(const SourceLine& line, UsageEvent& event) = 0;
    // What else the line tells, one by one: an end beside a start, a loss, a stop. False when there is nothing more.
    [[nodiscard]] virtual bool more(UsageEvent& /*event*/) { return false; }
};

} // namespace tally::capture
