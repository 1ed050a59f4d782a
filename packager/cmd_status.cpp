#include "packager/duties.hpp"
#include "packager/obligations/standing.hpp"
#include "packager/submission/export_plan.hpp"
#include "packager/submission/released.hpp"
#include "packager/submission/site_revision.hpp"
#include "tally/cli/output.hpp"
#include "tally/crypto/secret_memory.hpp"
#include "tally/releases/releases.hpp"
#include "tally/text/date.hpp"
#include "tally/text/json.hpp"
#include "tally/text/utf8.hpp"

#include <algorithm>
#include <set>

namespace tally::packager {
namespace {

using obligations::ClockTrust;
using obligations::Duty;
using obligations::Owed;
using obligations::Standing;
using text::format_day;
using text::format_instant;

// 10:30 UTC, which is of that day from Honolulu to Auckland.
constexpr std::int64_t same_day_s = 37'800;

struct HostState {
    std::string log, label, group;
    std::uint64_t lines = 0;
    std::optional<std::int64_t> sealed_s; // last seal that arrived
    bool retired = false;
};

struct Waiting {
    std::string what, text; // a stable word, a sentence
};

struct Status {
    std::string site;
    obligations::Now now;
    std::vector<Standing> standings;
    std::vector<HostState> hosts;
    std::vector<Waiting> waiting;
    crypto::Locking secrets = crypto::Locking::locked;
};

std::string count_of(std::uint64_t number, const char* one, const char* many) {
    return std::to_string(number) + " " + (number == 1 ? one : many);
}

std::vector<HostState> hosts_of(submission::Station& station) {
    std::set<std::string> retired;
    station.log.for_each("retire",
                         [&](const line::Fields& fields) { retired.emplace(fields.string("log").value_or("")); });
    std::vector<HostState> hosts;
    const auto& roster = station.archive.roster();
    for (auto log = roster.begin() + 1; log != roster.end(); ++log) {
        HostState host{log->id.text(),
                       line::decode_text(log->label),
                       line::decode_text(log->group),
                       station.archive.next(log->id),
                       {},
                       retired.contains(log->id.text())};
        if (host.lines > 0) {
            host.sealed_s = static_cast<std::int64_t>(station.archive.position(log->id, host.lines).wall_ms / 1000);
        }
        hosts.push_back(std::move(host));
    }
    return hosts;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "" : ", ") + word;
    }
    return text.empty() ? "nobody" : text;
}

// Digests of the files that are out of the house: on a medium, or named by a receipt.
std::set<std::string> gone_out(submission::StationLog& log) {
    std::set<std::string> digests;
    const auto add = [&digests](std::string_view array) {
        line::Items items(array);
        for (line::Value item; items.next(item);) {
            digests.emplace(item.text);
        }
    };
    log.for_each("written", [&](const line::Fields& fields) { add(fields.array("digests").value_or("[]")); });
    log.for_each("receipt", [&](const line::Fields& fields) { add(fields.array("bundles").value_or("[]")); });
    return digests;
}

// Bundles that are still here and lack persons who release them.
void add_releases(submission::Station& station, std::vector<Waiting>& waiting) {
    const auto& policy = station.site.current();
    const auto gone = gone_out(station.log);
    for (const auto& made : station.log.exports()) {
        const auto by = submission::released_by(station.log, policy, made);
        const bool out = std::any_of(made.digests.begin(), made.digests.end(),
                                     [&](const auto& digest) { return gone.contains(digest); });
        if (made.digests.empty() || by.enough || out) {
            continue;
        }
        const std::vector<std::string> persons(by.persons.begin(), by.persons.end());
        waiting.push_back({"release", "bundle " + std::to_string(made.n) + " of " + line::decode_text(made.agreement) +
                                          " waits for releases: " + std::to_string(policy.releases) +
                                          " needed, released by " + joined(persons) +
                                          "; still may: " + joined(releases::others_of(policy, persons))});
    }
}

void add_bundles(const submission::Station& station, std::vector<Waiting>& waiting) {
    std::map<std::string, const submission::Export*> newest;
    for (const auto& made : station.log.exports()) {
        newest[made.agreement] = &made;
    }
    if (newest.empty() && station.archive.roster().size() > 1) {
        waiting.push_back({"unpacked", "no bundle was made yet"});
    }
    for (const auto& [agreement, made] : newest) {
        const std::string name = "bundle " + std::to_string(made->n) + " of " + line::decode_text(agreement);
        if (made->digests.empty()) {
            waiting.push_back({"unfinished", name + " was begun and is not finished: run pack again"});
        } else if (submission::anything_new(station.archive, station.log, agreement)) {
            waiting.push_back({"unpacked", "there is something that " + name + " does not hold"});
        }
    }
}

// Bundles on their way: made, and nobody said that they came.
void add_answers(const std::vector<Standing>& standings, std::vector<Waiting>& waiting) {
    for (const auto& standing : standings) {
        if (standing.bundle && standing.bundle->receipt.empty()) {
            waiting.push_back({"receipt", "bundle " + std::to_string(standing.bundle->n) + " for " + standing.terms.id +
                                              " of " + format_instant(standing.bundle->made_s) +
                                              (standing.bundle->written ? ": on a medium, no receipt yet"
                                                                        : ": not written to a medium by `write`, no "
                                                                          "receipt yet")});
        }
    }
}

// Hosts whose lines do not reach the end of a period that is still to be answered.
void add_behind(const Status& status, std::vector<Waiting>& waiting) {
    for (const auto& standing : status.standings) {
        const obligations::SiteDays days(standing.terms.zone);
        const auto owed = std::find_if(standing.duties.rbegin(), standing.duties.rend(), [](const Duty& duty) {
            return duty.owed == Owed::open || duty.owed == Owed::due || duty.owed == Owed::overdue;
        });
        if (owed == standing.duties.rend()) {
            continue;
        }
        for (const auto& host : status.hosts) {
            if (!host.retired && host.sealed_s.value_or(0) < days.begin_of(owed->period.to)) {
                waiting.push_back({"host", host.label + " has sent " +
                                               (host.sealed_s ? "lines up to " + format_instant(*host.sealed_s)
                                                              : std::string("nothing yet")) +
                                               ", period " + owed->period.label + " of " + standing.terms.id +
                                               " ended later"});
            }
        }
    }
}

std::vector<Waiting> waiting_of(submission::Station& station, const Status& status) {
    std::vector<Waiting> waiting;
    if (submission::read_proposal(station.state, station.site)) {
        waiting.push_back({"site_file", "the next version of the site file lacks signatures: site show"});
    }
    for (const auto& log : station.archive.roster()) {
        if (const auto runs = station.archive.waiting(log.id); !runs.empty()) {
            waiting.push_back({"segments", count_of(runs.size(), "segment", "segments") + " of " +
                                               line::decode_text(log.label) +
                                               " came before an earlier one: archive list"});
        }
    }
    if (const auto refused = station.quarantine.list(); !refused.empty()) {
        waiting.push_back({"quarantine", count_of(refused.size(), "file lies", "files lie") +
                                             " in quarantine: archive list says why"});
    }
    add_behind(status, waiting);
    add_bundles(station, waiting);
    add_releases(station, waiting);
    add_answers(status.standings, waiting);
    return waiting;
}

std::string_view word(Owed owed) {
    static constexpr std::string_view words[] = {"running", "open", "due", "overdue", "answered", "nil"};
    return words[static_cast<std::size_t>(owed)];
}
std::string_view word(ClockTrust trust) {
    return trust == ClockTrust::fair ? "fair" : trust == ClockTrust::behind ? "behind" : "ahead";
}

std::string remark(const Duty& duty, std::int64_t today) {
    switch (duty.owed) {
    case Owed::running:
    case Owed::open:
        return "due on " + format_day(duty.due_day) + ", in " +
               count_of(static_cast<std::uint64_t>(std::max<std::int64_t>(duty.due_day - today, 0)), "day", "days") +
               (duty.warning ? "  <- within " + std::to_string(*duty.warning) + " days" : "");
    case Owed::due:
        return "due since " + format_day(duty.due_day) + ", grace until " + format_day(duty.last_day);
    case Owed::overdue:
        return "due since " + format_day(duty.due_day) + ", grace ended on " + format_day(duty.last_day);
    case Owed::answered:
        return "by bundle " + std::to_string(duty.bundle.value_or(0));
    case Owed::nil:
        return "the site declared that nothing was used";
    }
    return "";
}

std::string text_of(const Standing& standing) {
    std::string text = "\n" + standing.terms.id + "  " + text::shown(standing.terms.licensee) + ", " +
                       standing.terms.cadence + ", today is " + format_day(standing.today) + " in " +
                       text::shown(standing.terms.zone) +
                       (standing.zone_known ? "" : " (unknown here, taken for UTC)") + "\n";
    text += standing.earlier ? "  and earlier periods that were not answered\n" : "";
    for (const auto& duty : standing.duties) {
        std::string state(word(duty.owed));
        state.resize(9, ' ');
        text += "  " + state + " " + duty.period.label + "  " + format_day(duty.period.from) + " to " +
                format_day(duty.period.to - 1) + "  " + remark(duty, standing.today) + "\n";
    }
    if (standing.bundle) {
        const auto& bundle = *standing.bundle;
        text += "  last bundle   " + std::to_string(bundle.n) + ", made " + format_instant(bundle.made_s) +
                (bundle.receipt.empty() ? "" : ", receipt " + text::shown(bundle.receipt)) + "\n";
    }
    if (standing.receipt) {
        text += "  last receipt  " + std::to_string(standing.receipt->n) + ", taken in " +
                format_instant(standing.receipt->taken_s) + ", " + text::shown(standing.receipt->status) + "\n";
    }
    return text + (standing.justified ? "  why nothing is sent by itself is declared\n" : "");
}

void print_text(const Status& status) {
    std::string text =
        "site " + status.site + ", " + format_instant(status.now.utc_s) +
        (status.now.trust == ClockTrust::fair ? "" : " (clock " + std::string(word(status.now.trust)) + ")") + "\n";
    if (status.standings.empty()) {
        text += "\nno agreement is noted: tally-packager agreement add says what is owed, and when\n";
    }
    for (const auto& standing : status.standings) {
        text += text_of(standing);
    }
    text += status.hosts.empty() ? "" : "\nhosts\n";
    for (const auto& host : status.hosts) {
        text += "  " + host.log + "  " + text::shown(host.label) + "  " + count_of(host.lines, "line", "lines") +
                (host.sealed_s ? ", sealed " + format_instant(*host.sealed_s) + ", " +
                                     count_of(static_cast<std::uint64_t>(std::max<std::int64_t>(
                                                  text::day_of(status.now.utc_s - *host.sealed_s), 0)),
                                              "day", "days") +
                                     " ago"
                               : "") +
                (host.retired ? ", retired" : "") + "\n";
    }
    text += status.waiting.empty() ? "" : "\nwaiting\n";
    for (const auto& item : status.waiting) {
        text += "  " + text::shown(item.text) + "\n";
    }
    if (status.secrets == crypto::Locking::refused) {
        text += "\nsecrets in memory may be swapped to the disk: this user may not lock enough of it (ulimit -l)\n";
    }
    cli::print(text);
}

void write_json(text::Json& json, const Duty& duty, std::int64_t today) {
    json.object().member("label", duty.period.label).member("state", word(duty.owed));
    json.member("from", format_day(duty.period.from)).member("to", format_day(duty.period.to - 1));
    json.member("due", format_day(duty.due_day)).member("grace_until", format_day(duty.last_day));
    json.member("days_left", duty.due_day - today).key("warning_days");
    duty.warning ? json.value(*duty.warning) : json.null();
    json.key("bundle");
    duty.bundle ? json.value(*duty.bundle) : json.null();
    json.end_object();
}

void write_json(text::Json& json, const Standing& standing) {
    json.object().member("id", standing.terms.id).member("licensee", standing.terms.licensee);
    json.member("cadence", standing.terms.cadence).member("today", format_day(standing.today));
    json.member("zone", standing.terms.zone).member("zone_known", standing.zone_known);
    json.member("justified", standing.justified).member("earlier_unanswered", standing.earlier);
    json.key("periods").array();
    for (const auto& duty : standing.duties) {
        write_json(json, duty, standing.today);
    }
    json.end_array().key("last_bundle");
    if (const auto& bundle = standing.bundle) {
        json.object().member("n", bundle->n).member("made", format_instant(bundle->made_s));
        json.member("written", bundle->written).key("receipt");
        bundle->receipt.empty() ? json.null() : json.value(bundle->receipt);
        json.end_object();
    } else {
        json.null();
    }
    json.key("last_receipt");
    if (const auto& receipt = standing.receipt) {
        json.object().member("n", receipt->n).member("taken", format_instant(receipt->taken_s));
        json.member("status", receipt->status).end_object();
    } else {
        json.null();
    }
    json.end_object();
}

void print_json(const Status& status) {
    text::Json json;
    json.object().member("site", status.site).member("now", format_instant(status.now.utc_s));
    json.member("clock", word(status.now.trust)).member("due", obligations::is_due(status.standings));
    json.key("agreements").array();
    for (const auto& standing : status.standings) {
        write_json(json, standing);
    }
    json.end_array().key("hosts").array();
    for (const auto& host : status.hosts) {
        json.object().member("log", host.log).member("label", host.label).member("group", host.group);
        json.member("lines", host.lines).key("last_seal");
        host.sealed_s ? json.value(format_instant(*host.sealed_s)) : json.null();
        json.member("retired", host.retired).end_object();
    }
    json.end_array().key("waiting").array();
    for (const auto& item : status.waiting) {
        json.object().member("what", item.what).member("text", item.text).end_object();
    }
    json.end_array().member("memory", status.secrets == crypto::Locking::locked ? "locked" : "swappable");
    cli::print(json.end_object().str() + "\n");
}

// Only of what a person does not see in what was printed.
void warn_about_clock(const Status& status) {
    if (status.now.trust == ClockTrust::behind) {
        std::fprintf(stderr,
                     "tally-packager: warning: the clock is behind the station's own log: reckoned from its last line, "
                     "%s\nhint: set the clock, or say which day it is: --as-of 2026-01-31\n",
                     format_instant(status.now.utc_s).c_str());
    } else if (status.now.trust == ClockTrust::ahead) {
        std::fprintf(stderr, "tally-packager: warning: nothing was done at this station for more than a year, or the "
                             "clock is ahead\nhint: if it is, say which day it is: --as-of 2026-01-31\n");
    }
}

obligations::Now now_given(const StatusOptions& options, const submission::StationLog& log) {
    if (options.as_of.empty()) {
        return obligations::reckoned_now(os::system_clock()().wall_ms, log.last_wall_ms());
    }
    const auto day = text::parse_day(options.as_of);
    if (!day || *day < 0) {
        throw Error("status", options.as_of, "not a day since 1970", {"write it as 2026-01-31"}, Exit::usage);
    }
    return {*day * text::seconds_per_day + same_day_s, ClockTrust::fair};
}

} // namespace

Exit run_status(const StatusOptions& options) {
    submission::Station station(options.state, os::system_clock());
    Status status;
    status.site = station.site.current().site.text();
    status.now = now_given(options, station.log);
    status.standings = obligations::standings_of(station.log, status.now);
    status.hosts = hosts_of(station);
    status.waiting = waiting_of(station, status);
    status.secrets = crypto::locking();
    options.output == Output::json ? print_json(status) : print_text(status);
    warn_about_clock(status);
    return obligations::is_due(status.standings) ? Exit::obligation_due : Exit::ok;
}

} // namespace tally::packager
