#include "packager/duties.hpp"
#include "packager/obligations/standing.hpp"
#include "packager/station_act.hpp"
#include "tally/text/date.hpp"

#include <algorithm>

namespace tally::packager {
namespace {

using obligations::SiteDays;
using submission::Declared;
using submission::Word;

struct Stretch {
    std::uint64_t from = 0;
    std::optional<std::uint64_t> to;
};

std::uint64_t since_1970(const std::string& text, std::int64_t utc_s) {
    if (utc_s < 0) {
        throw Error("declare", text, "before 1970", {}, Exit::usage);
    }
    return static_cast<std::uint64_t>(utc_s);
}

// A day begins and ends with the midnights of the site; `after` is 1 for the last day of a stretch.
std::uint64_t bound_given(const std::string& text, const SiteDays& days, std::int64_t after) {
    const auto day = text::parse_day(text);
    const auto instant = day ? days.begin_of(*day + after) : text::parse_instant(text);
    if (!instant) {
        throw Error("declare", text, "neither a day nor an instant",
                    {"write 2026-01-31, or 2026-01-31T14:00Z for an exact instant"}, Exit::usage);
    }
    return since_1970(text, *instant);
}

std::optional<submission::AgreementTerms> terms_named(submission::StationLog& log, const std::string& id) {
    for (auto& terms : obligations::agreements_of(log)) {
        if (terms.id == id) {
            return std::move(terms);
        }
    }
    return std::nullopt;
}

Stretch period_given(const submission::AgreementTerms& terms, const std::string& name) {
    const auto period = (*obligations::Calendar::of(terms)).named(name);
    if (!period) {
        throw Error("declare", name, "no period of agreement " + terms.id,
                    {"its label as `tally-packager status` prints it (2026-Q1, 2026-03), or a day in it"}, Exit::usage);
    }
    const SiteDays days(terms.zone);
    return {since_1970(name, days.begin_of(period->from)), since_1970(name, days.begin_of(period->to))};
}

Stretch stretch_of(const DeclareOptions& options, submission::StationLog& log) {
    const auto terms = terms_named(log, options.agreement);
    if (!options.period.empty()) {
        if (!terms) {
            throw Error("declare", options.period, "a period is that of an agreement which the station knows",
                        {"name it with --agreement; tally-packager agreement list shows them, agreement add notes one"},
                        Exit::usage);
        }
        return period_given(*terms, options.period);
    }
    if (options.from.empty()) {
        throw Error("declare", options.reason, "it does not say of what time", {"--period, or --from"}, Exit::usage);
    }
    const SiteDays days(terms ? terms->zone : "UTC");
    Stretch stretch{bound_given(options.from, days, 0), std::nullopt};
    if (!options.to.empty()) {
        stretch.to = bound_given(options.to, days, 1);
    }
    if (stretch.to && *stretch.to <= stretch.from) {
        throw Error("declare", options.to, "not after " + options.from, {}, Exit::usage);
    }
    return stretch;
}

HostId host_named(const submission::Station& station, const std::string& name) {
    const auto& roster = station.log.roster();
    const auto called = [&](const archive::EnrolledLog& log) {
        return log.id.text() == name || line::decode_text(log.label) == name;
    };
    const auto count = std::count_if(roster.begin() + 1, roster.end(), called);
    if (count != 1) {
        throw Error("declare", name, count == 0 ? "no enrolled host is called so" : "several hosts are called so",
                    {"tally-packager archive list shows labels and logs; a log's name is always one"}, Exit::usage);
    }
    return std::find_if(roster.begin() + 1, roster.end(), called)->id;
}

// Sessions that began in the stretch, of the products if some are named.
struct Use {
    std::uint64_t sessions = 0, seq = 0;
    std::string label;   // of the first one's log
    std::string removed; // label of a log of which lines were removed that may tell of that time
};

bool contradicts(const line::Fields& fields, const Declared& word) {
    const auto at = fields.integer("at");
    const auto from = at ? at : fields.integer("at_from");
    const auto to = at ? at : fields.integer("at_to");
    const std::string product = line::decode_text(fields.string("feature").value_or(""));
    return fields.string("t") == "start" && from && to && *from >= word.from && *to < word.to.value_or(*to + 1) &&
           (word.products.empty() ||
            std::find(word.products.begin(), word.products.end(), product) != word.products.end());
}

Use use_during(const submission::Station& station, const Declared& word) {
    Use use;
    line::Fields fields;
    const auto& roster = station.log.roster();
    for (auto log = roster.begin() + 1; log != roster.end(); ++log) {
        const std::uint64_t begins = station.archive.begins(log->id);
        if (station.archive.position(log->id, begins).wall_ms > word.from * 1000) {
            use.removed = log->label;
        }
        station.archive.for_each_line(log->id, begins, station.archive.next(log->id),
                                      [&](std::uint64_t seq, std::string_view text) {
                                          if (fields.parse(text, line::max_record) || !contradicts(fields, word)) {
                                              return;
                                          }
                                          if (use.sessions++ == 0) {
                                              use.seq = seq;
                                              use.label = log->label;
                                          }
                                      });
    }
    return use;
}

Declared declared(Word word, const DeclareOptions& options, submission::Station& station) {
    const Stretch stretch = stretch_of(options, station.log);
    Declared said;
    said.word = word;
    said.agreement = options.agreement;
    said.reason = options.reason;
    said.from = stretch.from;
    said.to = stretch.to;
    said.products = options.products;
    if (!options.host.empty()) {
        said.about = host_named(station, options.host);
    }
    return said;
}

template <class Act>
Exit write(submission::Station& station, const Act& act, const DeclareOptions& options) {
    return write_act(station, act, station.log.holds(record_of(act)), options.dry_run, options.output);
}

Exit refuse_nil(const std::string& why) {
    std::fprintf(stderr,
                 "tally-packager: %s\nhint: where it is true all the same (the records are wrong, and why is said in "
                 "the reason): --force\n",
                 why.c_str());
    return Exit::findings;
}

} // namespace

Exit run_declare_nil(const DeclareOptions& options) {
    submission::Station station(options.state, os::system_clock());
    Declared said = declared(Word::nil, options, station);
    if (!said.to) {
        throw Error("declare nil", options.from, "a nil return has an end", {"--to, or --period"}, Exit::usage);
    }
    const Use use = use_during(station, said);
    if (use.removed.empty()) {
        said.sessions = use.sessions;
    }
    if (options.force == Force::no && !station.log.holds(record_of(said))) {
        const auto now = obligations::reckoned_now(os::system_clock()().wall_ms, station.log.last_wall_ms());
        if (*said.to > static_cast<std::uint64_t>(now.utc_s)) {
            return refuse_nil("that time is not over yet: nobody can say that nothing is used in it");
        }
        if (!use.removed.empty()) {
            return refuse_nil("lines of " + use.removed +
                              " that may tell of that time were removed here: nobody can "
                              "look into them at this station");
        }
        if (use.sessions > 0) {
            return refuse_nil("the archive holds " + std::to_string(use.sessions) +
                              " sessions that began in that time, the first is line " + std::to_string(use.seq) +
                              " of " + use.label + ": name the --product that the return is about");
        }
    }
    return write(station, said, options);
}

Exit run_declare_gap(const DeclareOptions& options) {
    submission::Station station(options.state, os::system_clock());
    return write(station, declared(Word::gap, options, station), options);
}

Exit run_declare_justification(const DeclareOptions& options) {
    submission::Station station(options.state, os::system_clock());
    return write(station, declared(Word::justification, options, station), options);
}

Exit run_declare_amendment(const DeclareOptions& options) {
    submission::Station station(options.state, os::system_clock());
    const Stretch stretch = stretch_of(options, station.log);
    if (!stretch.to || options.host.empty() != !options.line) {
        throw Error("declare amendment", options.reason,
                    stretch.to ? "a line is that of a host: --host and --line go together" : "an amendment has an end",
                    {"--period, or --from and --to"}, Exit::usage);
    }
    submission::Amended amended;
    amended.agreement = options.agreement;
    amended.reason = options.reason;
    amended.from = stretch.from;
    amended.to = *stretch.to;
    if (options.line) {
        amended.log = host_named(station, options.host);
        amended.seq = *options.line;
        if (*options.line >= station.archive.next(*amended.log)) {
            throw Error("declare amendment", std::to_string(*options.line), "no line of that host has this number yet",
                        {"tally-packager archive list says how many have arrived"}, Exit::usage);
        }
    }
    return write(station, amended, options);
}

} // namespace tally::packager
