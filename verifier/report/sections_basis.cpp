#include "verifier/report/sections.hpp"

#include "tally/text/date.hpp"
#include "verifier/outputs/tables.hpp"
#include "verifier/report/chart.hpp"
#include "verifier/report/table.hpp"
#include "verifier/report/words.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace tally::report {
namespace {

using text::html;

std::string mono(std::string_view raw) { return "<code>" + html(raw) + "</code>"; }
Table& counted(Table& table, std::uint64_t number) { return table.number(whole(number), count_text(whole(number))); }
std::string instant_or_dash(std::int64_t seconds) { return seconds == 0 ? "–" : instant_text(seconds); }

// Events a day by log: a row of squares, the darker the more.
std::string heat_strip(const Basis& basis) {
    std::int64_t first = INT64_MAX, last = INT64_MIN;
    std::uint64_t most = 1;
    for (const auto& day : basis.days) {
        if (day.events > 0) {
            first = std::min(first, day.day);
            last = std::max(last, day.day);
            most = std::max(most, day.events);
        }
    }
    if (first > last) {
        return "";
    }
    const std::int64_t per_cell = 1 + (last - first) / 180;
    const std::int64_t cells = (last - first) / per_cell + 1;
    const std::int64_t size = std::clamp<std::int64_t>(820 / cells, 4, 26);
    std::map<std::pair<std::size_t, std::int64_t>, std::uint64_t> events;
    for (const auto& day : basis.days) {
        if (day.events > 0) {
            events[{day.log, (day.day - first) / per_cell}] += day.events;
        }
    }
    std::string svg;
    std::int64_t y = 4;
    for (std::size_t log = 0; log < basis.logs.size(); ++log) {
        if (std::none_of(basis.days.begin(), basis.days.end(),
                         [log](const auto& day) { return day.log == log && day.events > 0; })) {
            continue;
        }
        svg +=
            "<text class=\"t\" x=\"0\" y=\"" + std::to_string(y + 17) + "\">" + html(basis.logs[log].label) + "</text>";
        for (std::int64_t cell = 0; cell < cells; ++cell) {
            const auto found = events.find({log, cell});
            const std::uint64_t count = found == events.end() ? 0 : found->second;
            const std::uint64_t level =
                count == 0 ? 0 : 1 + (count * 4 - 1) / (most * static_cast<std::uint64_t>(per_cell));
            svg += "<rect class=\"c" + std::to_string(std::min<std::uint64_t>(4, level)) + "\" x=\"" +
                   std::to_string(150 + cell * size) + "\" y=\"" + std::to_string(y) + "\" width=\"" +
                   std::to_string(size - 1) + "\" height=\"24\"><title>" + day_text(first + cell * per_cell) + ": " +
                   plural(whole(count), "event", "events") + "</title></rect>";
        }
        y += 28;
    }
    svg += "<text class=\"t\" x=\"150\" y=\"" + std::to_string(y + 14) + "\">" + day_text(first) + "</text>";
    svg += "<text class=\"t e\" x=\"" + std::to_string(150 + cells * size) + "\" y=\"" + std::to_string(y + 14) +
           "\">" + day_text(last) + "</text>";
    return "<div class=\"scroll\"><svg class=\"chart heat\" viewBox=\"0 0 1000 " + std::to_string(y + 20) +
           "\" role=\"img\" aria-label=\"Events of the licence servers on each day, from " + day_text(first) + " to " +
           day_text(last) + "; the table of logs has the totals\">" + svg + "</svg></div>\n";
}

std::string map_legend() {
    constexpr std::array<std::pair<int, std::string_view>, 7> marks = {{{1, "recorded on the host"},
                                                                        {2, "imported from a licence server"},
                                                                        {3, "host off"},
                                                                        {4, "silence declared"},
                                                                        {5, "events lost"},
                                                                        {6, "recorder off"},
                                                                        {7, "missing"}}};
    std::string list;
    for (const auto& [mark, words] : marks) {
        list += "<li><svg viewBox=\"0 0 26 10\" class=\"chart map\" aria-hidden=\"true\"><rect class=\"m" +
                std::to_string(mark) +
                (mark == 3   ? "\" y=\"4\" height=\"2"
                 : mark == 4 ? "\" y=\"2\" height=\"5"
                             : "\" height=\"10") +
                "\" width=\"26\"/></svg>" + std::string(words) + "</li>";
    }
    return "<ul class=\"legend\">" + list + "</ul>\n";
}

std::string hosts_table(const findings::Watched& watched) {
    Table table("t-hosts", "Hosts, by how many days of each kind are known.",
                {{"Host"},
                 {"Site"},
                 {"Recorded", Align::number},
                 {"Imported", Align::number},
                 {"Off", Align::number},
                 {"Declared", Align::number},
                 {"Lost events", Align::number},
                 {"Recorder off", Align::number},
                 {"Missing", Align::number},
                 {"Known through", Align::fixed}});
    for (const auto& host : watched.hosts) {
        std::array<std::int64_t, 8> days{};
        for (const auto day : host.days) {
            days[static_cast<std::size_t>(day)] += 1;
        }
        table.cell(html(host.host) + (host.retired ? " <span class=\"chip\">retired</span>" : ""), host.host);
        table.text(host.site);
        for (std::size_t kind = 1; kind < days.size(); ++kind) {
            table.number(days[kind], days[kind] == 0 ? "–" : count_text(days[kind]));
        }
        table.text(host.through_day < host.first_day ? "–" : text::format_day(host.through_day));
    }
    return table.str();
}

std::string classes_table(const Subject& subject) {
    Table table(
        "t-classes",
        "Days of hosts by site and source since it first told of them: of those expected, how many are known and "
        "how. Source host: what the recorder there saw itself.",
        {{"Site"},
         {"Source"},
         {"Hosts", Align::number},
         {"Expected", Align::number},
         {"Recorded", Align::number},
         {"Imported", Align::number},
         {"Off", Align::number},
         {"Declared", Align::number},
         {"Lost events", Align::number},
         {"Recorder off", Align::number},
         {"Missing", Align::number}});
    for (const auto& row : outputs::coverage_classes(subject).rows) {
        table.text(row[0].csv()).text(row[1].csv());
        for (std::size_t i = 2; i < row.size(); ++i) {
            const std::int64_t days = std::stoll(row[i].csv());
            table.number(days, days == 0 ? "–" : count_text(days));
        }
    }
    return "<h3>Days by source</h3>\n" + table.str();
}

std::string duty_chip(findings::Duty duty) {
    const bool bad = duty == findings::Duty::missing;
    const bool warn = duty == findings::Duty::late || duty == findings::Duty::due;
    const bool good = duty == findings::Duty::delivered || duty == findings::Duty::nil;
    return std::string("<span class=\"chip ") +
           (bad    ? "bad"
            : warn ? "warn"
            : good ? "good"
                   : "") +
           "\">" + std::string(findings::name(duty)) + "</span>";
}

std::string duties_table(const findings::Watched& watched) {
    Table table("t-duties", "What was owed to whom for which period, and how it was answered.",
                {{"Agreement"},
                 {"Site"},
                 {"Period", Align::fixed},
                 {"Due", Align::fixed},
                 {"Answer"},
                 {"Received", Align::fixed},
                 {"Complete", Align::fixed}});
    for (const auto& duty : watched.duties) {
        table.text(duty.agreement).text(duty.site).text(duty.label).text(text::format_day(duty.due_day));
        table.cell(duty_chip(duty.duty) + (duty.contradicted ? " <span class=\"chip bad\">contradicted</span>" : ""),
                   findings::name(duty.duty));
        table.text(duty.received ? instant_text(*duty.received) : "–");
        table.text(duty.complete ? "yes" : duty.amended ? "since " + instant_text(*duty.amended) : "no");
    }
    return table.rows() == 0 ? "" : "<h3>Reporting duty</h3>\n" + table.str();
}

std::string watched_part(const Subject& subject) {
    const auto& watched = subject.outcome.watched;
    const std::string map = coverage_map(watched);
    return map.empty() ? ""
                       : map_legend() + map + classes_table(subject) + "<h3>Hosts</h3>\n" + hosts_table(watched) +
                             duties_table(watched);
}

std::string logs_table(const Basis& basis) {
    Table table("t-logs", "Logs whose lines were accepted, each from its first line on without a hole.",
                {{"Log"},
                 {"Role"},
                 {"Site"},
                 {"Name"},
                 {"Lines", Align::number},
                 {"Seals", Align::number},
                 {"First line", Align::fixed},
                 {"Last line", Align::fixed}});
    for (const auto& log : basis.logs) {
        table.text(log.label).text(log.role).text(log.site).cell(mono(log.host));
        counted(counted(table, log.size), log.seals);
        table.text(instant_or_dash(log.first_wall_ms / 1000)).text(instant_or_dash(log.last_wall_ms / 1000));
    }
    return "<h3>Logs</h3>\n" +
           (table.rows() == 0 ? none("No bundle has been accepted into this ledger yet.") : table.str());
}

std::string imports_table(const Basis& basis) {
    Table table("t-imports", "Files the recorders read, with the instants of their first and last dated event.",
                {{"File"},
                 {"Source"},
                 {"Zone"},
                 {"Lines", Align::number},
                 {"First event", Align::fixed},
                 {"Last event", Align::fixed},
                 {"SHA-256 of the file"}});
    for (const auto& item : basis.imports) {
        table.text(item.name).text(item.source).text(item.zone);
        counted(table, item.lines);
        table.text(instant_or_dash(item.first)).text(instant_or_dash(item.last)).cell(mono(item.digest));
    }
    return "<h3>Imported files</h3>\n" + (table.rows() == 0 ? none("No import is recorded.") : table.str());
}

std::string bundles_table(const Basis& basis) {
    Table table(
        "t-bundles",
        "Accepted bundles. Each was checked: signature, hashes, seals, and that it continues what was accepted before.",
        {{"Bundle"},
         {"Site"},
         {"Number", Align::number},
         {"Volume", Align::fixed},
         {"Lines", Align::number},
         {"Bytes", Align::number},
         {"Made", Align::fixed},
         {"SHA-256"}});
    for (const auto& bundle : basis.bundles) {
        table.text(bundle.name).text(bundle.site);
        counted(table, bundle.n).text(std::to_string(bundle.volume) + " of " + std::to_string(bundle.volumes));
        counted(counted(table, bundle.lines), bundle.bytes);
        table.text(instant_or_dash(bundle.created_ms / 1000)).cell(mono(bundle.digest));
    }
    return "<h3>Bundles</h3>\n" +
           (table.rows() == 0 ? none("No bundle has been accepted into this ledger yet.") : table.str());
}

std::string price_text(const inputs::Entitlement& line) {
    return line.list_price_units ? money_text(text::Decimal::of_units(*line.list_price_units), line.currency) : "–";
}
std::string words_text(const std::vector<std::string>& words) {
    std::string all;
    for (const auto& word : words) {
        all += (all.empty() ? "" : " ") + word;
    }
    return all;
}
std::string releases_text(const inputs::Entitlement& line) {
    const auto& versions = line.versions;
    const auto year = [](std::int64_t value) { return value != 0 ? std::to_string(value) : std::string("any"); };
    switch (versions.rule) {
    case inputs::Versions::Rule::any:
        return "any";
    case inputs::Versions::Rule::fixed:
        return year(versions.min) + "–" + year(versions.max);
    case inputs::Versions::Rule::current_minus:
        return "current minus " + std::to_string(versions.back);
    }
    return "";
}
std::string moment_text(const std::optional<inputs::Moment>& moment) {
    if (!moment) {
        return "–";
    }
    return moment->from == moment->to ? instant_text(moment->from) : text::format_day(text::day_of(moment->from));
}

std::string entitlements_table(const Subject& subject) {
    Table table("t-entitlements", "What was bought, as handed in. List prices are for one seat and year.",
                {{"Line"},
                 {"Agreement", Align::fixed},
                 {"Product"},
                 {"Metric", Align::fixed},
                 {"Quantity", Align::number},
                 {"Covers"},
                 {"Releases", Align::fixed},
                 {"Start", Align::fixed},
                 {"End", Align::fixed},
                 {"List price", Align::number},
                 {"Order", Align::fixed}});
    for (const auto& line : subject.inputs.entitlements) {
        table.text(line.line).text(line.agreement).text(line.name.empty() ? line.product : line.name);
        table.text(metric_text(line.metric)).number(line.quantity, count_text(line.quantity));
        table.cell(mono(words_text(line.features))).text(releases_text(line));
        table.text(text::format_day(line.start_day)).text(text::format_day(line.end_day));
        table.cell(html(price_text(line)), std::to_string(line.list_price_units.value_or(0))).text(line.order);
    }
    return table.rows() == 0 ? none("No entitlements have been imported.") : table.str();
}

std::string assignments_table(const Subject& subject) {
    Table table("t-assignments",
                "Who was assigned, as handed in. A date without a time counts from either end of its day.",
                {{"Person"},
                 {"Product"},
                 {"Team"},
                 {"Assigned", Align::fixed},
                 {"Unassigned", Align::fixed},
                 {"Source"},
                 {"Status"},
                 {"Last accessed", Align::fixed}});
    for (const auto& row : subject.inputs.assignments) {
        table.cell("<bdi>" + html(row.user) + "</bdi>").text(row.product).text(row.team);
        table.text(moment_text(row.assigned)).text(moment_text(row.unassigned));
        table.text(row.source).text(row.status).text(moment_text(row.last_accessed));
    }
    return table.rows() == 0 ? none("No assignments have been imported.") : table.str();
}

std::string people_list(const std::string& title, const std::vector<std::string>& people) {
    std::string list;
    for (const auto& name : people) {
        list += (list.empty() ? "" : ", ") + std::string("<bdi>") + html(name) + "</bdi>";
    }
    return list.empty() ? "" : "<p class=\"note\"><b>" + title + "</b> " + list + "</p>\n";
}

std::string names_text(const std::vector<std::string>& names) {
    constexpr std::size_t shown = 12;
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < shown; ++i) {
        text += (i == 0 ? "" : ", ") + std::string("<bdi>") + html(names[i]) + "</bdi>";
    }
    return names.empty()
               ? "–"
               : text + (names.size() > shown ? " and " + std::to_string(names.size() - shown) + " more" : "");
}

// What stands on one side only; the command lists all of it.
std::string joins_table(const findings::Outcome& outcome) {
    Table table("t-joins", "Names of two sides held against each other. All names: tally-verifier inputs --joins.",
                {{"These"},
                 {"Beside those"},
                 {"In both", Align::number},
                 {"Only these", Align::number},
                 {"Only those", Align::number},
                 {"Names of only these"},
                 {"Names of only those"}});
    for (const auto& join : outcome.joins) {
        table.text(join.left).text(join.right);
        counted(counted(counted(table, join.both), join.left_only.size()), join.right_only.size());
        table.cell(names_text(join.left_only)).cell(names_text(join.right_only));
    }
    return table.rows() == 0 ? "" : "<h3>One side only</h3>\n" + table.str();
}

std::string file_note(const inputs::InputFile* file) {
    return file != nullptr ? "<p class=\"note\">From " + html(file->name) + ", " +
                                 plural(whole(file->rows), "row", "rows") + ", SHA-256 " + mono(file->digest) + "</p>\n"
                           : "";
}

} // namespace

std::string coverage_section(const Subject& subject) {
    const std::string watched = watched_part(subject);
    return (watched.empty() ? heat_strip(subject.basis) : watched) + logs_table(subject.basis) +
           imports_table(subject.basis) + bundles_table(subject.basis);
}

std::string inputs_section(const Subject& subject) {
    return "<h3>Entitlements</h3>\n" + file_note(subject.inputs.newest(inputs::Kind::entitlements)) +
           entitlements_table(subject) + "<h3>Assignments</h3>\n" +
           file_note(subject.inputs.newest(inputs::Kind::assignments)) + assignments_table(subject) +
           people_list("Assigned, never seen in the records:", subject.outcome.assigned_never_seen) +
           people_list("Used a product that is bought by named user, never assigned to anything:",
                       subject.outcome.used_never_assigned) +
           joins_table(subject.outcome);
}

std::string definitions_section(const Subject& subject) {
    const auto& basis = subject.basis;
    std::string trust;
    for (const auto& site : basis.trust) {
        trust += "<dt>Site " + html(site.site) + "</dt><dd>site file version " + std::to_string(site.version) +
                 ", fingerprint " + mono(site.fingerprint) + "</dd>";
    }
    return "<dl class=\"defs\">"
           "<dt>Claim and use</dt><dd>A claim is a licence taken from the server; use is the program that runs. What "
           "was bought is tested "
           "against claims.</dd>"
           "<dt>R-CONC, concurrent</dt><dd>What counts once: a person on a computer with a product, and with Autodesk "
           "codes each release of "
           "it. An event for several licences weighs as many.</dd>"
           "<dt>R-OVER, above</dt><dd>Momentary: no stretch of 15 minutes and less than 1 % of the observed time. "
           "Sustained: stretches of 15 "
           "minutes on 3 days of 30, or 5 % of the time. Between them: recurrent.</dd>"
           "<dt>R-NAMED, named user</dt><dd>Seats taken are people assigned at an instant, once for each team; a use "
           "is covered when its "
           "person is assigned as it begins.</dd>"
           "<dt>R-TIME, pairs</dt><dd>Sessions run from their start up to, not including, their end. An end that was "
           "not seen is a range: the "
           "first number of a pair counts only what is proved.</dd>" +
           trust + "<dt>Made by</dt><dd>tally-verifier " + html(basis.program_version) + ", rules " +
           mono(subject.outcome.rules) + "; the same ledger gives the same bytes</dd></dl>\n";
}

} // namespace tally::report
