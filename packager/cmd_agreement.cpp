#include "packager/duties.hpp"
#include "packager/obligations/standing.hpp"
#include "packager/station_act.hpp"
#include "tally/text/date.hpp"

#include <algorithm>

namespace tally::packager {
namespace {

std::int64_t day_given(const std::string& option, const std::string& text) {
    const auto day = text::parse_day(text);
    if (!day || *day < 0) {
        throw Error("read", option + " " + text, "not a day since 1970", {"write it as 2026-01-31"}, Exit::usage);
    }
    return *day;
}

submission::AgreementTerms terms_of(const AgreementAddOptions& options) {
    if (!SiteId::parse(options.agreement)) {
        throw Error("agreement add", options.agreement, "not the name of an agreement",
                    {"1 to 24 characters of A-Z, 0-9 and _: the --agreement of its bundles"}, Exit::usage);
    }
    submission::AgreementTerms terms;
    terms.id = options.agreement;
    terms.licensee = options.licensee;
    terms.cadence = options.cadence;
    terms.due_days = options.due_days;
    terms.grace_days = options.grace_days;
    terms.start = day_given("--start", options.start);
    if (!options.end.empty()) {
        terms.end = day_given("--end", options.end);
    }
    terms.zone = options.zone;
    if (terms.end && *terms.end < terms.start) {
        throw Error("agreement add", options.agreement, "it ends before it begins", {}, Exit::usage);
    }
    if (const auto calendar = obligations::Calendar::of(terms); !calendar) {
        throw Error("agreement add", options.agreement, calendar.fault().what, {}, Exit::usage);
    }
    if (!obligations::SiteDays(terms.zone).known()) {
        throw Error("agreement add", options.zone, "this machine knows no such time zone",
                    {"an IANA name such as Europe/Berlin; timedatectl list-timezones lists them"}, Exit::usage);
    }
    return terms;
}

} // namespace

Exit run_agreement_add(const AgreementAddOptions& options) {
    const auto terms = terms_of(options);
    submission::Station station(options.state, os::system_clock());
    const auto known = obligations::agreements_of(station.log);
    const bool before = std::any_of(known.begin(), known.end(),
                                    [&](const auto& one) { return record_of(one).str() == record_of(terms).str(); });
    return write_act(station, terms, before, options.dry_run, options.output);
}

Exit run_agreement_list(const AgreementListOptions& options) {
    submission::Station station(options.state, os::system_clock());
    const auto agreements = obligations::agreements_of(station.log);
    if (options.output == Output::text) {
        for (const auto& terms : agreements) {
            cli::print(terms.id + "  " + terms.licensee + ": " + terms.cadence + ", due " +
                       std::to_string(terms.due_days) + " days after, grace " + std::to_string(terms.grace_days) +
                       " days, from " + text::format_day(terms.start) +
                       (terms.end ? " to " + text::format_day(*terms.end) : "") + ", days of " + terms.zone + "\n");
        }
        return Exit::ok;
    }
    text::Json json;
    json.object().member("site", station.site.current().site.text()).key("agreements").array();
    for (const auto& terms : agreements) {
        json.object().member("id", terms.id).member("licensee", terms.licensee).member("cadence", terms.cadence);
        json.member("due_days", terms.due_days).member("grace_days", terms.grace_days);
        json.member("start", text::format_day(terms.start)).key("end");
        terms.end ? json.value(text::format_day(*terms.end)) : json.null();
        json.member("zone", terms.zone).end_object();
    }
    cli::print(json.end_array().end_object().str() + "\n");
    return Exit::ok;
}

} // namespace tally::packager
