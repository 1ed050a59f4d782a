#include "recorder/capture/importer.hpp"

#include "recorder/capture/civil.hpp"
#include "recorder/capture/pairing.hpp"
#include "recorder/capture/recognition.hpp"

#include <algorithm>
#include <cstring>

namespace tally::capture {
namespace {

constexpr std::uint64_t group_lines = 4096;
constexpr std::size_t bad_kept = 32;
constexpr std::uint64_t watch_every_lines = 1U << 14U;
constexpr std::uint64_t most_held = 8'000'000;
constexpr std::size_t packages_line_bytes = 1200;

bool has_control_bytes(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7F; });
}

// What one daemon of the file needs.
struct DaemonState {
    std::string name; // encoded
    Source* source = nullptr;
    Counts* counts = nullptr;
    Instant alive{INT64_MAX, INT64_MAX}; // its last line before the present one
};

class Import {
public:
    Import(const Survey& survey, const SourceNames& names, const ImportContext& context)
        : survey_(&survey), context_(&context), records_(*context.sink), pairing_(*context.memory, records_) {
        for (const auto& [daemon, name] : names) {
            Source& source = context.memory->source(name);
            auto [place, is_new] = counts_.try_emplace(name);
            if (is_new) {
                sources_.push_back(&source);
            }
            DaemonState& state = daemons_[daemon];
            encode(daemon, state.name);
            state.source = &source;
            state.counts = &place->second;
        }
        first_ = instant(survey.first_local_s, 0).from;
        last_ = instant(survey.last_local_s - survey.days.back().later * day_s, survey.days.back().later).from;
        recognition_.emplace(*context.memory, survey.digest, first_, last_);
    }

    void begin() {
        repeated_ = is_repeated();
        if (repeated_) {
            return;
        }
        for (Source* source : sources_) {
            const auto begun = std::any_of(source->files.begin(), source->files.end(), [&](const ImportedFile& file) {
                return file.digest == survey_->digest && !file.complete;
            });
            if (begun) {
                recognition_->was_begun_before();
            } else {
                records_.append(importing_line(*source));
                context_->memory->begin_file(*source, context_->zone->name(), {survey_->digest, first_, last_, false});
            }
        }
        for (const auto& [daemon, state] : daemons_) {
            write_packages(daemon, *state.source);
        }
    }

    void see(const SourceLine& source) {
        if (source.state == LineState::too_long) {
            unparsable(source.number, "longer than 65536 bytes");
            return;
        }
        const FlexnetLine line = read_line(source.text);
        if (line.stamp.second < 0) {
            if (std::memchr(source.text.data(), 0, source.text.size()) != nullptr) {
                unparsable(source.number, "binary bytes");
            } else {
                ++foreign_;
            }
            return;
        }
        date(source.number, line);
        DaemonState* const daemon = daemon_of(line.daemon);
        see_timed(source, line, daemon);
        if (daemon != nullptr) {
            daemon->alive = at_;
        }
    }

    ImportOutcome finish() {
        ImportOutcome outcome;
        for (Source* source : sources_) {
            Counts& counts = counts_.find(source->name)->second;
            counts.unparsable = unparsable_;
            counts.foreign = foreign_;
            pairing_.finish(*source, counts);
            if (!repeated_) {
                records_.append(import_line(*source, counts));
                context_->memory->complete_file(*source, survey_->digest);
            }
            outcome.sources.push_back({source->name, counts, records_.written(), first_, last_});
        }
        context_->sink->commit();
        outcome.repeated = repeated_;
        outcome.bad = bad_;
        outcome.remarks = remarks_;
        return outcome;
    }

private:
    [[nodiscard]] bool is_repeated() const {
        return std::all_of(sources_.begin(), sources_.end(), [&](const Source* source) {
            return std::any_of(source->files.begin(), source->files.end(), [&](const ImportedFile& file) {
                return file.complete && file.digest == survey_->digest;
            });
        });
    }

    [[nodiscard]] Instant instant(std::int64_t local_s, std::int32_t later) const {
        const Instant early = context_->zone->resolve(local_s).utc;
        return later == 0 ? early : Instant{early.from, context_->zone->resolve(local_s + later * day_s).utc.to};
    }

    void date(std::uint64_t number, const FlexnetLine& line) {
        while (span_ + 1 < survey_->days.size() && survey_->days[span_ + 1].line <= number) {
            ++span_;
        }
        const DaySpan& span = survey_->days[span_];
        const std::int64_t local = (line.stamp.day ? *line.stamp.day : span.day) * day_s + line.stamp.second;
        const std::int32_t later = line.stamp.day ? 0 : span.later;
        if (local != local_s_) {
            between_seconds();
        }
        local_s_ = local;
        uncertain_ = later != 0;
        kind_ = LocalKind::exact;
        if (line.stamp.offset_s) {
            at_ = {local - *line.stamp.offset_s, local - *line.stamp.offset_s};
            return;
        }
        const Resolved resolved = context_->zone->resolve(local);
        kind_ = resolved.kind;
        at_ = later == 0 ? resolved.utc
                         : Instant{resolved.utc.from, context_->zone->resolve(local + later * day_s).utc.to};
    }

    // Here, and only here, an interrupted import may stop: all lines of a second are written, or none.
    void between_seconds() {
        if (records_.written() - committed_ >= group_lines && at_.from != last_) {
            context_->sink->commit();
            committed_ = records_.written();
        }
        if (context_->memory->held() > most_held) {
            throw Error("import", survey_->name, "more than 8 million sessions are open at once",
                        {"does the options file of the licence server suppress IN lines (NOLOG IN)?"});
        }
    }

    DaemonState* daemon_of(std::string_view name) {
        if (last_daemon_ == nullptr || name != last_daemon_name_) {
            const auto place = daemons_.find(name);
            last_daemon_ = place == daemons_.end() ? nullptr : &place->second;
            last_daemon_name_ = place == daemons_.end() ? std::string_view() : std::string_view(place->first);
        }
        return last_daemon_;
    }

    void see_timed(const SourceLine& source, const FlexnetLine& line, DaemonState* daemon) {
        if (line.form == Form::other) {
            ++foreign_;
        } else if (line.form == Form::malformed || (line.form == Form::activity && has_control_bytes(source.text))) {
            unparsable(source.number, "begins like a licence event but does not go on like one");
        } else if (source.state == LineState::unterminated) {
            unparsable(source.number,
                       "the last line has no line end and may be cut: left for the next copy of this log");
        } else if (line.form == Form::activity) {
            TALLY_ASSERT(daemon != nullptr);
            licence_event(source, line, *daemon);
        } else {
            server_event(line);
        }
    }

    void licence_event(const SourceLine& source, const FlexnetLine& line, DaemonState& daemon) {
        Counts& counts = *daemon.counts;
        ++counts.by_verb[static_cast<std::size_t>(line.verb)];
        counts.uncertain += uncertain_ ? 1 : 0;
        counts.ambiguous += kind_ == LocalKind::exact ? 0 : 1;
        if (kind_ == LocalKind::skipped) {
            remarks_.add(source.number, "a local time that summer time skips: the log's clock or the zone is wrong");
        }
        event_.daemon = daemon.name;
        encode(line.feature, event_.feature);
        name_all(line, daemon);
        if (!recognition_->take(*daemon.source, at_.from, local_s_, name_of(line.verb), keys_)) {
            ++counts.known;
            return;
        }
        ++counts.fresh;
        event_.at = at_;
        event_.verb = line.verb;
        event_.count = line.count;
        if (line.verb == Verb::out) {
            pairing_.start(*daemon.source, event_, counts);
        } else if (line.verb == Verb::in) {
            pairing_.end(*daemon.source, event_, keys_, counts);
        } else {
            context_->memory->daemon(*daemon.source, daemon.name);
            records_.refusal(*daemon.source, event_);
        }
    }

    void server_event(const FlexnetLine& line) {
        bool counted = false;
        for (auto& [name, daemon] : daemons_) {
            if (name == "lmgrd" || (!line.subject.empty() && line.subject != name)) {
                continue;
            }
            daemon.counts->server += 1;
            counted = true;
            const std::string_view verb = line.form == Form::started ? "started" : "stopped";
            if (!recognition_->take(*daemon.source, at_.from, local_s_, verb, std::span(&daemon.name, 1))) {
                ++daemon.counts->known;
                continue;
            }
            ++daemon.counts->fresh;
            records_.server(*daemon.source, daemon.name, at_, verb);
            context_->memory->daemon(*daemon.source, daemon.name);
            context_->memory->stop(*daemon.source, daemon.name, at_.from);
            const std::int64_t alive = std::min(last_proof(daemon), at_.to);
            pairing_.stop(*daemon.source, daemon.name, {alive, at_.to}, *daemon.counts);
        }
        foreign_ += counted ? 0 : 1;
    }

    // The last instant before the present line at which the daemon is known to have run.
    std::int64_t last_proof(const DaemonState& daemon) const {
        if (daemon.alive.from != INT64_MAX) {
            return daemon.alive.from;
        }
        std::int64_t proof = INT64_MIN;
        for (const auto& file : daemon.source->files) {
            proof = file.last <= at_.from && file.digest != survey_->digest ? std::max(proof, file.last) : proof;
        }
        return proof;
    }

    // The names of the event as they are written, and the holder's key in each spelling, the present one first.
    void name_all(const FlexnetLine& line, const DaemonState& daemon) {
        using pseudonym::Field;
        keys_.clear();
        if (context_->naming == nullptr || context_->naming->in_clear()) {
            encode(line.user, event_.user);
            encode(line.client, event_.client);
            encode(line.cdata, event_.cdata);
            encode(line.reason, event_.reason);
            keys_.push_back(holder_key(daemon.name, event_.feature, event_.user, event_.client));
            return;
        }
        for (auto& spelling : context_->naming->spellings()) {
            const auto& user = spelling.of(Field::user, line.user);
            const auto& client = spelling.of(Field::client, line.client);
            auto key = holder_key(daemon.name, event_.feature, user.text, client.text);
            if (keys_.empty()) {
                event_.user = user.text;
                event_.domain = user.domain;
                event_.client = client.text;
            } else if (std::find(keys_.begin(), keys_.end(), key) != keys_.end()) {
                continue;
            }
            keys_.push_back(std::move(key));
        }
        auto& present = context_->naming->spellings().front();
        event_.cdata = line.cdata.empty() ? std::string() : present.of(Field::cdata, line.cdata).text;
        if (line.verb == Verb::in) { // tells how the session ended, and is not written
            encode(line.reason, event_.reason);
        } else {
            event_.reason = present.of(Field::reason, line.reason).text;
        }
    }

    void unparsable(std::uint64_t number, const std::string& why) {
        ++unparsable_;
        if (bad_.size() < bad_kept) {
            bad_.push_back(number);
        }
        remarks_.add(number, why);
    }

    void write_packages(std::string_view daemon, Source& source) {
        const auto listed = survey_->packages.find(daemon);
        if (listed == survey_->packages.end()) {
            return;
        }
        std::string name;
        for (const auto& [package, components] : listed->second) {
            std::string encoded_package;
            encode(package, encoded_package);
            std::vector<std::string> fresh;
            std::size_t bytes = 0;
            const auto write = [&] {
                const std::uint64_t seq = records_.append(line::Object()
                                                              .token("t", "packages")
                                                              .token("src", source.name)
                                                              .token("package", encoded_package)
                                                              .tokens("components", fresh)
                                                              .str());
                for (const auto& component : fresh) {
                    context_->memory->component(source, encoded_package, component, seq);
                }
                fresh.clear();
                bytes = 0;
            };
            const auto known = source.packages.find(encoded_package);
            const auto before = known == source.packages.end() ? std::map<std::string, std::uint64_t>() : known->second;
            for (const auto& component : components) {
                encode(component, name);
                if (!before.contains(name)) {
                    fresh.push_back(name);
                    bytes += name.size() + 3;
                }
                if (bytes > packages_line_bytes) {
                    write();
                }
            }
            if (!fresh.empty()) {
                write();
            }
        }
    }

    std::string importing_line(const Source& source) const { return head("importing", source).str(); }

    std::string import_line(const Source& source, const Counts& counts) const {
        line::Object numbers;
        for (const auto& [name, value] : counts.named()) {
            numbers.integer(name, value);
        }
        return head("import", source)
            .integer("lines", survey_->lines)
            .value("counts", numbers.str())
            .integers("bad", bad_)
            .str();
    }

    std::string file_name() const {
        return context_->naming == nullptr ? survey_->name
                                           : context_->naming->raw_of(pseudonym::Field::file, survey_->name);
    }

    line::Object head(std::string_view type, const Source& source) const {
        line::Object object;
        object.token("t", type).token("src", source.name).token("format", "flexnet").text("name", file_name());
        object.token("digest", survey_->digest).token("zone", context_->zone->name());
        object.integer("first", static_cast<std::uint64_t>(first_)).integer("last", static_cast<std::uint64_t>(last_));
        return object;
    }

    const Survey* survey_;
    const ImportContext* context_;
    Records records_;
    Pairing pairing_;
    std::optional<Recognition> recognition_;
    std::vector<HolderKey> keys_; // of the present event
    std::map<std::string, Counts> counts_;
    std::vector<Source*> sources_;
    std::map<std::string, DaemonState, std::less<>> daemons_;
    DaemonState* last_daemon_ = nullptr;
    std::string_view last_daemon_name_;
    LicenceEvent event_;
    std::size_t span_ = 0;
    std::int64_t local_s_ = INT64_MIN;
    Instant at_;
    LocalKind kind_ = LocalKind::exact;
    bool uncertain_ = false;
    bool repeated_ = false;
    std::int64_t first_ = 0;
    std::int64_t last_ = 0;
    std::uint64_t committed_ = 0;
    std::uint64_t unparsable_ = 0;
    std::uint64_t foreign_ = 0;
    std::vector<std::uint64_t> bad_;
    Remarks remarks_;
};

} // namespace

std::vector<std::pair<std::string_view, std::uint64_t>> Counts::named() const {
    const std::uint64_t others = of(Verb::upgrade) + of(Verb::downgrade) + of(Verb::expired) + of(Verb::inuse);
    return {{"out", of(Verb::out)},
            {"in", of(Verb::in)},
            {"denied", of(Verb::denied)},
            {"unsupported", of(Verb::unsupported)},
            {"queued", of(Verb::queued)},
            {"dequeued", of(Verb::dequeued)},
            {"other", others},
            {"server", server},
            {"new", fresh},
            {"known", known},
            {"paired", paired},
            {"open", open},
            {"orphan", orphan},
            {"closed", closed},
            {"ambiguous", ambiguous},
            {"uncertain", uncertain},
            {"unparsable", unparsable},
            {"foreign", foreign}};
}

Result<ImportOutcome> import_log(LineSource& source, const Survey& survey, const SourceNames& names,
                                 const ImportContext& context) {
    Import import(survey, names, context);
    source.rewind(survey.bytes);
    import.begin();
    SourceLine line;
    while (source.next(line)) {
        import.see(line);
        if (context.watch && line.number % watch_every_lines == 0) {
            context.watch(line.number);
        }
    }
    if (const auto whole = source.fault(); !whole) {
        return whole.fault();
    }
    if (source.bytes() != survey.bytes || to_hex(source.digest()) != survey.digest) {
        return Fault{"changed while it was read", line.number};
    }
    return import.finish();
}

} // namespace tally::capture
