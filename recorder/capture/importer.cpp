#include "recorder/capture/importer.hpp"

#include "recorder/capture/civil.hpp"
#include "recorder/capture/packages.hpp"
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

// What one daemon of the file needs.
struct DaemonState {
    std::string name; // encoded
    Source* source = nullptr;
    Counts* counts = nullptr;
    Instant alive{INT64_MAX, INT64_MAX}; // its last line before the present one
};

// A time of the log, in UTC.
struct When {
    Instant at;
    std::int64_t local_s = INT64_MIN;
    LocalKind kind = LocalKind::exact;
    bool uncertain = false; // not even the day is known
};

class Import {
public:
    Import(LogFormat& format, const Survey& survey, const SourceNames& names, const ImportContext& context)
        : format_(&format), survey_(&survey), context_(&context),
          records_(*context.sink, format.fidelity(), format.stopped_kind()), pairing_(*context.memory, records_) {
        for (const auto& [daemon, name] : names) {
            Source& source = context.memory->source(name);
            auto [place, is_new] = counts_.try_emplace(name);
            if (is_new) {
                sources_.push_back(&source);
            }
            DaemonState& state = daemons_[daemon];
            encode(survey.speaks == Speaks::computers ? std::string_view() : daemon, state.name);
            state.source = &source;
            state.counts = &place->second;
        }
        first_ = when(survey.first).at.from;
        last_ = when(survey.last).at.from;
        recognition_.emplace(*context.memory, survey, first_, last_);
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
            if (const auto listed = survey_->packages.find(daemon); listed != survey_->packages.end()) {
                write_packages(*context_->memory, records_, *state.source, listed->second);
            }
        }
    }

    void see(const SourceLine& source) {
        if (source.state == LineState::too_long) {
            unparsable(source.number, "longer than 65536 bytes");
            return;
        }
        UsageEvent event;
        format_->read(source, event);
        if (!event.at && event.form == Form::other) {
            if (std::memchr(source.text.data(), 0, source.text.size()) != nullptr) {
                unparsable(source.number, "binary bytes");
            } else {
                ++foreign_;
            }
            return;
        }
        see_whole(source, event);
        for (UsageEvent other; format_->more(other); other = {}) {
            see_whole(source, other);
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

    [[nodiscard]] When when(const LogTime& time) const {
        const bool uncertain = time.to_s - time.from_s >= day_s;
        if (time.offset_s) {
            return {
                {time.from_s - *time.offset_s, time.to_s - *time.offset_s}, time.from_s, LocalKind::exact, uncertain};
        }
        const Resolved early = context_->zone->resolve(time.from_s);
        const Instant at =
            time.to_s == time.from_s ? early.utc : Instant{early.utc.from, context_->zone->resolve(time.to_s).utc.to};
        return {at, time.from_s, early.kind, uncertain};
    }

    void now(const When& when) {
        if (when.local_s != now_.local_s) {
            between_seconds();
        }
        now_ = when;
    }

    // Here, and only here, an interrupted import may stop: all lines of a second are written, or none.
    void between_seconds() {
        if (records_.written() - committed_ >= group_lines && now_.at.from != last_) {
            context_->sink->commit();
            committed_ = records_.written();
        }
        if (context_->memory->held() > most_held) {
            throw Error("import", survey_->name, "more than 8 million sessions are open at once",
                        {"does the options file of the licence server suppress IN lines (NOLOG IN)?"});
        }
    }

    void see_whole(const SourceLine& source, const UsageEvent& event) {
        if (event.at) {
            now(when(*event.at));
        }
        DaemonState* const daemon = daemon_of(event.daemon);
        see_event(source, event, daemon);
        if (daemon != nullptr && event.at) {
            daemon->alive = now_.at;
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

    void see_event(const SourceLine& source, const UsageEvent& event, DaemonState* daemon) {
        if (event.form == Form::other) {
            ++foreign_;
        } else if (event.form == Form::malformed) {
            unparsable(source.number, std::string(event.problem));
        } else if (source.state == LineState::unterminated) {
            unparsable(source.number,
                       "the last line has no line end and may be cut: left for the next copy of this log");
        } else if (event.form == Form::lost) {
            TALLY_ASSERT(daemon != nullptr && event.at);
            loss(event, *daemon);
        } else if (event.form == Form::activity) {
            TALLY_ASSERT(daemon != nullptr && event.at);
            licence_event(source, event, *daemon);
        } else {
            TALLY_ASSERT(event.at.has_value());
            server_event(event);
        }
    }

    void licence_event(const SourceLine& source, const UsageEvent& event, DaemonState& daemon) {
        const std::optional<When> ended = end_of(event);
        if (ended && ended->at.to < now_.at.from) {
            unparsable(source.number, "ends before it begins");
            return;
        }
        event_.daemon = daemon.name;
        event_.verb = event.verb;
        event_.ending = event.ending;
        event_.count = event.count;
        event_.is_whole = ended.has_value();
        event_.end_is_unseen = format_->fidelity() == start_only;
        event_.is_automation = event.is_automation;
        encode(event.feature, event_.feature);
        encode(event.version, event_.version);
        name_all(event, daemon);
        one_event(source, now_, daemon, event.begun ? std::optional(when(*event.begun).at) : std::nullopt);
        if (ended) {
            event_.verb = Verb::in;
            one_event(source, *ended, daemon, now_.at);
        }
    }

    // Beside what lines tell: counted nowhere else.
    void loss(const UsageEvent& event, DaemonState& daemon) {
        const std::string what = loss_name(event.count, now_.at.to);
        if (recognition_->take(*daemon.source, now_.at.from, now_.local_s, "LOST", std::span(&what, 1))) {
            records_.loss(*daemon.source, event.count, now_.at);
        }
    }

    // When the line of a start tells the end too.
    [[nodiscard]] std::optional<When> end_of(const UsageEvent& event) const {
        if (event.ended) {
            return when(*event.ended);
        }
        if (!event.lasted_s) {
            return std::nullopt;
        }
        When end = now_;
        end.at = {end.at.from + *event.lasted_s, end.at.to + *event.lasted_s};
        return end;
    }

    void one_event(const SourceLine& source, const When& when, DaemonState& daemon, std::optional<Instant> begun) {
        Counts& counts = *daemon.counts;
        ++counts.by_verb[static_cast<std::size_t>(event_.verb)];
        counts.uncertain += when.uncertain ? 1 : 0;
        counts.ambiguous += when.kind == LocalKind::exact ? 0 : 1;
        if (when.kind == LocalKind::skipped) {
            remarks_.add(source.number, "a local time that summer time skips: the log's clock or the zone is wrong");
        }
        if (!recognition_->take(*daemon.source, when.at.from, when.local_s, name_of(event_.verb), keys_)) {
            ++counts.known;
            return;
        }
        ++counts.fresh;
        event_.at = when.at;
        event_.begun = begun;
        if (event_.verb == Verb::out) {
            pairing_.start(*daemon.source, event_, counts);
        } else if (event_.verb == Verb::in) {
            pairing_.end(*daemon.source, event_, keys_, counts);
        } else {
            context_->memory->daemon(*daemon.source, daemon.name);
            records_.refusal(*daemon.source, event_);
        }
    }

    void server_event(const UsageEvent& event) {
        bool counted = false;
        for (auto& [name, daemon] : daemons_) {
            if (name == survey_->manager || (!event.subject.empty() && event.subject != name)) {
                continue;
            }
            daemon.counts->server += 1;
            counted = true;
            const std::string_view verb = event.form == Form::started ? "started" : "stopped";
            if (!recognition_->take(*daemon.source, now_.at.from, now_.local_s, verb, std::span(&daemon.name, 1))) {
                ++daemon.counts->known;
                continue;
            }
            ++daemon.counts->fresh;
            records_.server(*daemon.source, daemon.name, now_.at, verb);
            context_->memory->daemon(*daemon.source, daemon.name);
            context_->memory->stop(*daemon.source, daemon.name, now_.at.from);
            const std::int64_t alive = std::min(last_proof(daemon), now_.at.to);
            pairing_.stop(*daemon.source, daemon.name, {alive, now_.at.to}, *daemon.counts);
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
            proof = file.last <= now_.at.from && file.digest != survey_->digest ? std::max(proof, file.last) : proof;
        }
        return proof;
    }

    // The names of the event as they are written, and the holder's key in each spelling, the present one first.
    void name_all(const UsageEvent& event, const DaemonState& daemon) {
        using pseudonym::Field;
        keys_.clear();
        if (context_->naming == nullptr || context_->naming->in_clear()) {
            encode(event.user, event_.user);
            encode(event.domain, event_.domain);
            encode(event.client, event_.client);
            encode(event.cdata, event_.cdata);
            encode(event.reason, event_.reason);
            keys_.push_back(holder_key(daemon.name, event_.feature, event_.user, event_.client));
            return;
        }
        const std::string account =
            event.domain.empty() ? "" : std::string(event.domain) + "\\" + std::string(event.user);
        for (auto& spelling : context_->naming->spellings()) {
            const auto& user = spelling.of(Field::user, account.empty() ? event.user : account);
            const auto& client = spelling.of(Field::client, event.client);
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
        event_.cdata = event.cdata.empty() ? std::string() : present.of(Field::cdata, event.cdata).text;
        event_.reason = event.verb == Verb::in ? std::string() : present.of(Field::reason, event.reason).text;
    }

    void unparsable(std::uint64_t number, const std::string& why) {
        ++unparsable_;
        if (bad_.size() < bad_kept) {
            bad_.push_back(number);
        }
        remarks_.add(number, why);
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
        object.token("t", type).token("src", source.name).token("format", format_->name()).text("name", file_name());
        object.token("digest", survey_->digest).token("zone", context_->zone->name());
        object.integer("first", static_cast<std::uint64_t>(first_)).integer("last", static_cast<std::uint64_t>(last_));
        if (!format_->catalogue().empty()) {
            object.token("catalogue", format_->catalogue());
        }
        return object;
    }

    LogFormat* format_;
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
    When now_;
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

Result<ImportOutcome> import_log(LineSource& source, LogFormat& format, const Survey& survey, const SourceNames& names,
                                 const ImportContext& context) {
    Import import(format, survey, names, context);
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
