#include "recorder/auditd/log.hpp"
#include "recorder/capture/civil.hpp"
#include "recorder/capture/importer.hpp"
#include "recorder/flexnet/log.hpp"
#include "recorder/in_force.hpp"
#include "recorder/journal/import_index.hpp"
#include "recorder/naming_in_force.hpp"
#include "recorder/rlm/log.hpp"
#include "recorder/state.hpp"
#include "recorder/table/log.hpp"
#include "recorder/winevt/log.hpp"
#include "tally/text/json.hpp"

#include <algorithm>
#include <unistd.h>

namespace tally::recorder {
namespace {

using capture::ImportOutcome;
using capture::LineSource;
using capture::Survey;

// Lines into the journal, and what was learned into the index, in one transaction.
class JournalSink : public capture::Sink {
public:
    JournalSink(journal::Journal& journal, journal::ImportIndex& index, Writing writing)
        : journal_(&journal), index_(&index), writing_(writing) {
        journal.group_by(journal::GroupedBy::caller);
    }

    std::uint64_t append(std::string_view fields) override {
        ++lines_;
        return writing_ == Writing::yes ? journal_->append(fields) : journal_->size() + lines_;
    }
    void commit() override {
        if (writing_ == Writing::yes) {
            journal_->begin();
            index_->flush(journal_->size());
            journal_->commit();
            journal_->begin();
        }
    }
    [[nodiscard]] std::uint64_t lines() const { return lines_; }

private:
    journal::Journal* journal_;
    journal::ImportIndex* index_;
    Writing writing_;
    std::uint64_t lines_ = 0;
};

// One line on a terminal, rewritten in place; nothing when stderr is a file.
class Progress {
public:
    ~Progress() { clear(); }
    void show(const std::string& text) {
        if (terminal_) {
            std::fprintf(stderr, "\r\033[K%s", text.c_str());
        }
    }
    void clear() { show(""); }

private:
    bool terminal_ = ::isatty(STDERR_FILENO) == 1;
};

struct LogFile {
    std::string path;
    LineSource source;
    std::unique_ptr<capture::LogFormat> format;
    Survey survey;
    capture::SourceNames names;
    ImportOutcome outcome = {};
};

Error refused(const std::string& path, const Fault& fault, std::vector<std::string> hints = {}) {
    return {"import", fault.at > 0 ? path + ":" + std::to_string(fault.at) : path, fault.what, std::move(hints)};
}

table::Mapping mapping_of(const ImportOptions& options) {
    const std::string path = options.mapping.string();
    auto mapping = table::read_mapping(os::read_file(options.mapping, table::largest_mapping + 1));
    if (!mapping) {
        throw Error("read mapping", mapping.fault().at > 0 ? path + ":" + std::to_string(mapping.fault().at) : path,
                    mapping.fault().what, {"what a mapping may hold: docs/formats/mapping.md"});
    }
    return std::move(mapping).value();
}

// Of programs that ran, where the others tell of licences.
bool tells_processes(std::string_view format) { return format == "audit" || format == "winevt"; }

// What follows from the kind of log before a file is read.
class Kind {
public:
    explicit Kind(const ImportOptions& options) : format_(options.format), source_(options.source) {
        if ((format_ == "table") == options.mapping.empty()) {
            throw Error("import", format_,
                        options.mapping.empty() ? "needs a mapping: which column means what" : "has no columns to map",
                        {"--mapping FILE belongs to import table, and to nothing else"}, Exit::usage);
        }
        if (format_ == "table") {
            mapping_ = mapping_of(options);
            source_ = source_.empty() ? mapping_->source : source_;
        }
        if (tells_processes(format_)) {
            catalogue_ = catalogue_in_force(options.state, options.catalogue).catalogue;
        } else if (!options.catalogue.empty()) {
            throw Error("import", format_, "tells products itself",
                        {"--catalogue FILE belongs to logs of processes: import audit, import winevt"}, Exit::usage);
        }
    }

    [[nodiscard]] std::unique_ptr<capture::LogFormat> reader() const {
        if (mapping_) {
            return std::make_unique<table::Log>(*mapping_);
        }
        if (format_ == "audit") {
            return std::make_unique<auditd::Log>(*catalogue_, source_, running_.get());
        }
        if (format_ == "winevt") {
            return std::make_unique<winevt::Log>(*catalogue_, running_.get());
        }
        if (format_ == "rlm") {
            return std::make_unique<rlm::Log>();
        }
        return std::make_unique<flexnet::Log>();
    }
    // The operator's; empty: the log's own.
    [[nodiscard]] const std::string& source() const { return source_; }

private:
    std::string format_;
    std::string source_;
    std::optional<table::Mapping> mapping_;
    std::optional<catalogue::Catalogue> catalogue_;
    std::unique_ptr<capture::Processes> running_ = std::make_unique<capture::Processes>(); // from file to file
};

capture::TimeZone zone_of(const ImportOptions& options, const Kind& kind) {
    const bool told = kind.reader()->tells_zone();
    if (told && !options.zone.empty()) {
        throw Error("use zone", options.zone, "every time in this kind of log tells its zone", {"leave out --zone"},
                    Exit::usage);
    }
    auto zone = capture::TimeZone::load(told ? "UTC" : options.zone);
    if (!zone) {
        throw Error("read zone", options.zone, options.zone.empty() ? "--zone is required" : zone.fault().what,
                    {"give the IANA name of the zone that the licence server's clock shows, for instance Europe/Madrid",
                     "the names that exist are listed by: timedatectl list-timezones"},
                    Exit::usage);
    }
    return std::move(zone).value();
}

void check_source_name(const std::string& name) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
    };
    if (name.size() > 64 || !std::all_of(name.begin(), name.end(), allowed)) {
        throw Error("use source name", name, "letters, digits, '.', '_' and '-' only, at most 64", {}, Exit::usage);
    }
}

std::vector<LogFile> survey_all(const ImportOptions& options, const Kind& kind, Progress& progress) {
    std::vector<LogFile> files;
    for (const auto& path : options.files) {
        LineSource source(path, os::fs::temp_directory_path());
        auto format = kind.reader();
        auto survey = capture::survey(source, *format, [&](std::uint64_t bytes) {
            progress.show("reading " + path + ": " + std::to_string(bytes >> 20U) + " MiB");
        });
        if (!survey) {
            progress.clear();
            throw refused(path, survey.fault());
        }
        files.push_back({path, std::move(source), std::move(format), std::move(survey).value(), {}});
    }
    std::stable_sort(files.begin(), files.end(),
                     [](const LogFile& a, const LogFile& b) { return a.survey.first.from_s < b.survey.first.from_s; });
    return files;
}

// Those that tell their server first: the others may be parts of the same log.
void name_all(std::vector<LogFile>& files, capture::Memory& memory, const Kind& kind, const std::string& zone,
              const privacy::Naming& naming) {
    auto known = capture::known_sources(memory);
    for (const bool tells : {true, false}) {
        for (auto& file : files) {
            if (capture::tells_server(file.survey) != tells) {
                continue;
            }
            auto names = capture::name_sources(file.format->origin(), file.survey, known, kind.source(), naming);
            if (!names) {
                throw refused(file.path, names.fault(),
                              {"name the server yourself: --source NAME, the same for all parts of its log"});
            }
            if (const auto agrees = capture::zone_agrees(*names, memory, zone); !agrees) {
                throw refused(file.path, agrees.fault(),
                              {"use the same zone, or another --source if it is another server"});
            }
            file.names = std::move(names).value();
            capture::add_known(known, file.names);
        }
    }
}

// Of logs that tell their zones, in UTC.
std::string local_time(std::int64_t local_s, const capture::LogTime& time) {
    return std::string(capture::LocalText(local_s - time.offset_s.value_or(0)).view());
}

std::string remark_text(const LogFile& file, const capture::Remark& remark) {
    return file.path + (remark.line == 0 ? "" : ":" + std::to_string(remark.line)) + ": " + remark.text + "\n";
}

std::string table(const capture::Counts& counts) {
    const auto named = counts.named();
    std::string text;
    for (std::size_t i = 0; i < named.size(); i += 3) {
        text += "   ";
        for (std::size_t k = i; k < std::min(i + 3, named.size()); ++k) {
            std::string cell(named[k].first);
            cell.resize(12, ' ');
            const std::string value = std::to_string(named[k].second);
            text += " " + cell + std::string(value.size() < 9 ? 9 - value.size() : 0, ' ') + value + "  ";
        }
        text.erase(text.find_last_not_of(' ') + 1);
        text += '\n';
    }
    return text;
}

std::string_view in_words(const privacy::Naming& naming) { return naming.in_clear() ? "in clear" : "by policy"; }

void print_text(const std::vector<LogFile>& files, const ImportOptions& options, const std::string& zone,
                std::uint64_t lines, const privacy::Naming& naming) {
    std::string text;
    for (const auto& file : files) {
        text += file.path + ": " + std::to_string(file.survey.lines) + " lines, " +
                local_time(file.survey.first.from_s, file.survey.first) + " to " +
                local_time(file.survey.last.to_s, file.survey.last) + " " + zone +
                (file.outcome.repeated && !(tells_processes(options.format) && file.outcome.sources.empty())
                     ? ", imported before"
                     : "") +
                "\n";
        for (const auto& source : file.outcome.sources) {
            text += "  " + source.source + "\n" + table(source.counts);
            if (options.format == "flexnet" && source.counts.of(capture::Verb::out) > 0 &&
                source.counts.of(capture::Verb::in) == 0) {
                text += "    no IN line at all: does the server's options file suppress them (NOLOG IN)?\n";
            }
        }
        if (file.outcome.sources.empty()) {
            text += tells_processes(options.format)
                        ? "  no program of the catalogue ran: see tally-recorder catalogue show\n"
                        : "  no licence event\n";
        }
        for (const auto* remarks : {&file.survey.remarks, &file.outcome.remarks}) {
            for (const auto& remark : remarks->list()) {
                text += remark_text(file, remark);
            }
            if (remarks->count() > remarks->list().size()) {
                text += file.path + ": and " + std::to_string(remarks->count() - remarks->list().size()) +
                        " more remarks\n";
            }
        }
    }
    print(text + (options.writing == Writing::yes ? "wrote " : "would write ") + std::to_string(lines) +
          " lines, names " + std::string(in_words(naming)) + "\n");
}

void put_remarks(text::Json& json, const LogFile& file) {
    json.key("remarks").array();
    for (const auto* remarks : {&file.survey.remarks, &file.outcome.remarks}) {
        for (const auto& remark : remarks->list()) {
            json.object().key("line").value(remark.line).key("text").value(remark.text).end_object();
        }
    }
    json.end_array();
}

void print_json(const std::vector<LogFile>& files, const ImportOptions& options, const std::string& zone,
                std::uint64_t lines, std::uint64_t size, const privacy::Naming& naming) {
    text::Json json;
    json.object().key("files").array();
    for (const auto& file : files) {
        json.object().key("file").value(file.path).key("digest").value(file.survey.digest);
        json.key("lines").value(file.survey.lines).key("repeated").value(file.outcome.repeated);
        json.key("bad").array();
        for (const auto number : file.outcome.bad) {
            json.value(number);
        }
        json.end_array();
        put_remarks(json, file);
        json.key("sources").array();
        for (const auto& source : file.outcome.sources) {
            json.object().key("src").value(source.source);
            json.key("first").value(static_cast<std::uint64_t>(source.first));
            json.key("last").value(static_cast<std::uint64_t>(source.last));
            json.key("counts").object();
            for (const auto& [name, value] : source.counts.named()) {
                json.key(name).value(value);
            }
            json.end_object().end_object();
        }
        json.end_array().end_object();
    }
    json.end_array().key("zone").value(zone).key("written").value(options.writing == Writing::yes ? lines : 0);
    json.key("size").value(size).key("names").value(naming.in_clear() ? "clear" : "policy").end_object();
    print(json.str() + "\n");
}

} // namespace

// All files are read once before the first line is written: what cannot be imported leaves nothing behind.
Exit run_import(const ImportOptions& options) {
    check_source_name(options.source);
    const Kind kind(options);
    const auto zone = zone_of(options, kind);
    Progress progress;
    auto files = survey_all(options, kind, progress);

    journal::Journal journal = open_to_write(options.state);
    tell_recovery(journal);
    journal.begin();
    const auto read_lines = [&](std::uint64_t first, std::uint64_t next, const journal::ImportIndex::Visit& visit) {
        journal.store().for_each_line(first, next, visit);
    };
    journal::ImportIndex index(journal.database(), journal.size(), read_lines, journal.store().begins());
    JournalSink sink(journal, index, options.writing);
    auto naming =
        naming_in_force(options.state, journal, index, [&](std::string_view fields) { return sink.append(fields); });
    name_all(files, index, kind, zone.name(), naming);

    for (auto& file : files) {
        const auto watch = [&](std::uint64_t lines) {
            progress.show("importing " + file.path + ": " +
                          std::to_string(lines * 100 / std::max<std::uint64_t>(file.survey.lines, 1)) + " %");
        };
        auto outcome = capture::import_log(file.source, *file.format, file.survey, file.names,
                                           {&index, &sink, &zone, watch, &naming});
        if (!outcome) {
            progress.clear();
            throw refused(file.path, outcome.fault(),
                          {"import it again: what is recorded already is not written twice"});
        }
        file.outcome = std::move(outcome).value();
    }
    journal.rollback(); // the empty transaction after the last commit, or all of a dry run
    progress.clear();
    if (options.output == Output::json) {
        print_json(files, options, zone.name(), sink.lines(), journal.size(), naming);
    } else {
        print_text(files, options, zone.name(), sink.lines(), naming);
    }
    return sink.lines() > 0 ? Exit::ok : Exit::nothing_to_do;
}

} // namespace tally::recorder
