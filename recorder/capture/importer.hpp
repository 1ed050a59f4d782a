// Second reading of a log: every event once, as record lines (docs/formats/record.md). What a line tells comes from the
// log's reader, what earlier imports knew from Memory. Commits only between two seconds of the log, so that an interrupted import can be
// repeated and comes to the same lines. Does not decide where lines and memory are kept.
#pragma once

#include "recorder/capture/log_format.hpp"
#include "recorder/capture/memory.hpp"
#include "recorder/capture/survey.hpp"
#include "recorder/capture/time_zone.hpp"
#include "recorder/privacy/naming.hpp"
#include "tally/line/write.hpp"

#include <functional>
#include <map>
#include <memory>

namespace tally::capture {

// Where the lines go. `fields` is a canonical object without host, seq, boot, up and wall.
class Sink {
public:
    Sink() = default;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    virtual ~Sink() = default;
    virtual std::uint64_t append(std::string_view fields) = 0; // returns seq
    // Lines and memory durable together.
    virtual void commit() = 0;
};

// `counts` of an import line; see record.md.
struct Counts {
    std::array<std::uint64_t, 10> by_verb{}; // indexed by Verb
    std::uint64_t server = 0;
    std::uint64_t fresh = 0;
    std::uint64_t known = 0;
    std::uint64_t paired = 0;
    std::uint64_t open = 0;
    std::uint64_t orphan = 0;
    std::uint64_t closed = 0;
    std::uint64_t ambiguous = 0;
    std::uint64_t uncertain = 0;
    std::uint64_t unparsable = 0; // of the whole file
    std::uint64_t foreign = 0;    // of the whole file

    [[nodiscard]] std::uint64_t of(Verb verb) const { return by_verb[static_cast<std::size_t>(verb)]; }
    // Stable names and order, for the import line, for people and for --json.
    [[nodiscard]] std::vector<std::pair<std::string_view, std::uint64_t>> named() const;
};

struct SourceOutcome {
    std::string source; // encoded `src`
    Counts counts;
    std::uint64_t written = 0; // lines of the journal
    std::int64_t first = 0;
    std::int64_t last = 0;
};

struct ImportOutcome {
    std::vector<SourceOutcome> sources;
    std::vector<std::uint64_t> bad; // numbers of unparsable lines, the first 32
    Remarks remarks;
    bool repeated = false; // the same bytes were imported before: nothing was written
};

// daemon → encoded `src`.
using SourceNames = std::map<std::string, std::string, std::less<>>;
// Encoded daemon → the sources that have it.
using KnownSources = std::map<std::string, std::vector<std::string>, std::less<>>;
[[nodiscard]] KnownSources known_sources(Memory& memory);
void add_known(KnownSources& known, const SourceNames& names);

// Does every daemon of the log know its server? Then its names do not depend on what is known.
[[nodiscard]] bool tells_server(const Survey& survey);
// `origin` is that of the log's reader. Fault when the log tells more than one server, or tells none and `known` has none
// or several for a daemon.
[[nodiscard]] Result<SourceNames> name_sources(std::string_view origin, const Survey& survey, const KnownSources& known,
                                               std::string_view operators_name, const privacy::Naming& naming = {});
// Fault when a source was imported in another zone before.
[[nodiscard]] Result<void> zone_agrees(const SourceNames& names, Memory& memory, std::string_view zone);

struct ImportContext {
    Memory* memory = nullptr;
    Sink* sink = nullptr;
    const TimeZone* zone = nullptr;
    std::function<void(std::uint64_t)> watch = {}; // called now and then with the lines read
    privacy::Naming* naming = nullptr;             // nothing: names in clear
};

// `format` is the reader that made the survey, and can be used for one import. Fault: the file changed since the survey;
// what was committed until then stays and does no harm.
[[nodiscard]] Result<ImportOutcome> import_log(LineSource& source, LogFormat& format, const Survey& survey,
                                               const SourceNames& names, const ImportContext& context);

} // namespace tally::capture
