// How fast programs are, which commands are used, which releases people are on; and why something cannot be said.
#include "verifier/report/sections.hpp"

#include "tally/text/date.hpp"
#include "verifier/count/months.hpp"
#include "verifier/report/table.hpp"
#include "verifier/report/words.hpp"

#include <algorithm>

namespace tally::report {
namespace {

using findings::Availability;
using findings::Insights;
using findings::Measure;
using findings::PerformanceBand;
using findings::ReleaseRow;
using text::html;

std::string sub(const std::string& words) { return "<span class=\"sub\">" + words + "</span>"; }
std::string code(std::string_view words) { return "<code>" + html(words) + "</code>"; }

std::string percent_text(std::int64_t milli) {
    return milli > 0 && milli < 10 ? n(milli / 10) + "." + n(milli % 10) + " %" : n((milli + 5) / 10) + " %";
}
std::string seconds_text(std::int64_t ms) {
    return ms < 10'000 ? n(ms / 1000) + "." + n(ms % 1000 / 100) + " s" : count_text((ms + 500) / 1000) + " s";
}
std::string size_text(std::int64_t bytes) {
    constexpr std::int64_t kilo = 1000, mega = kilo * kilo;
    return bytes < mega ? count_text((bytes + kilo / 2) / kilo) + " kB"
                        : count_text(bytes / mega) + "." + n(bytes % mega / (mega / 10)) + " MB";
}
std::string release_text(unsigned release) { return release == 0 ? "not told" : n(release); }

std::string_view measure_text(Measure measure) {
    return measure == Measure::startup ? "start-up" : measure == Measure::open ? "opening" : "saving";
}
std::string_view kind_text(findings::InsightKind kind) {
    return kind == findings::InsightKind::performance ? "speed"
           : kind == findings::InsightKind::commands  ? "commands"
                                                      : "releases";
}
std::string_view state_text(Availability state) {
    switch (state) {
    case Availability::available:
        return "there";
    case Availability::no_record:
        return "no record";
    case Availability::not_instrumented:
        return "not reported";
    case Availability::not_enough_time:
        return "not enough time";
    case Availability::too_few_persons:
        return "too few people";
    case Availability::resolved:
        return "resolved";
    }
    return "";
}

// Why a table is empty: the states of its kind, counted by reason; the table of states has each product.
std::string why_empty(const Insights& insights, findings::InsightKind kind) {
    std::string words;
    for (const auto reason : {Availability::no_record, Availability::not_instrumented, Availability::not_enough_time,
                              Availability::too_few_persons}) {
        std::int64_t products = 0;
        const findings::InsightState* first = nullptr;
        for (const auto& state : insights.states) {
            if (state.kind == kind && state.availability == reason) {
                ++products;
                first = first == nullptr ? &state : first;
            }
        }
        if (first != nullptr) {
            words += (words.empty() ? "" : " ") +
                     (first->product.empty() ? "" : "<b>" + plural(products, "product", "products") + ":</b> ") +
                     html(first->text) + "; what helps: " + html(first->remedy) + ".";
        }
    }
    return none(words.empty() ? "Nothing was used." : words);
}

// Persons in the four quarters of the reference, fastest first.
std::string band_bar(const PerformanceBand& band) {
    const std::int64_t all = std::max<std::int64_t>(1, band.now.persons);
    std::string svg = "<svg class=\"bullet heat\" viewBox=\"0 0 124 14\" aria-hidden=\"true\">";
    std::int64_t before = 0;
    for (std::size_t i = 0; i < band.persons.size(); ++i) {
        const std::int64_t from = 124 * before / all;
        before += band.persons[i];
        const std::int64_t width = 124 * before / all - from;
        if (width > 0) {
            svg += "<rect class=\"c" + n(static_cast<std::int64_t>(i) + 1) + "\" x=\"" + n(from) +
                   "\" y=\"2\" width=\"" + n(std::max<std::int64_t>(1, width - 1)) + "\" height=\"10\"/>";
        }
    }
    return svg + "</svg>";
}

// Medians of the months, and between which quartiles the middle half lies.
std::string month_chart(const PerformanceBand& band) {
    if (band.months.size() < 2) {
        return "–";
    }
    const std::int64_t first = band.months.front().month;
    const std::int64_t span = std::max<std::int64_t>(1, band.months.back().month - first);
    std::int64_t most = 1;
    for (const auto& month : band.months) {
        most = std::max(most, month.of.q75_ms);
    }
    const auto x = [&](std::int64_t month) { return 2 + 120 * (month - first) / span; };
    const auto y = [&](std::int64_t ms) { return 13 - 12 * ms / most; };
    std::string above, below, line;
    for (const auto& month : band.months) {
        above += (above.empty() ? "M" : "L") + n(x(month.month)) + " " + n(y(month.of.q75_ms));
        below = "L" + n(x(month.month)) + " " + n(y(month.of.q25_ms)) + below;
        line += (line.empty() ? "M" : "L") + n(x(month.month)) + " " + n(y(month.of.q50_ms));
    }
    const auto month_text = [](std::int64_t month) {
        return text::format_day(count::first_of_month(month)).substr(0, 7);
    };
    return "<svg class=\"bullet\" viewBox=\"0 0 124 14\" role=\"img\" aria-label=\"Median from " +
           seconds_text(band.months.front().of.q50_ms) + " in " + month_text(first) + " to " +
           seconds_text(band.months.back().of.q50_ms) + " in " + month_text(band.months.back().month) +
           "\"><g class=\"chart\"><path class=\"a\" d=\"" + above + below + "Z\"/><path class=\"l\" d=\"" + line +
           "\"/></g></svg>";
}

std::string change_cell(const PerformanceBand& band) {
    if (!band.reference || band.reference->of.q50_ms == 0) {
        return "–";
    }
    const std::int64_t before = band.reference->of.q50_ms;
    const std::int64_t change = (band.now.q50_ms - before) * 100 / before;
    return (change > 0   ? "+"
            : change < 0 ? "−"
                         : "") +
           n(std::abs(change)) + " %" + sub("from " + seconds_text(before));
}

void speed_row(const PerformanceBand& band, Table& table) {
    table.cell(html(band.product) + sub(html(release_text(band.release))), band.product);
    table.cell(html(measure_text(band.measure)) +
               (band.document_bytes ? sub("documents of " + size_text(*band.document_bytes)) : ""));
    table.number(band.now.persons, count_text(band.now.persons));
    table.number(band.now.q50_ms, seconds_text(band.now.q50_ms));
    table.cell(change_cell(band), n(band.reference ? band.now.q50_ms - band.reference->of.q50_ms : 0));
    if (band.reference) {
        table.cell(band_bar(band), n(band.persons[3]));
        std::string counts;
        for (const auto persons : band.persons) {
            counts += (counts.empty() ? "" : " · ") + n(persons);
        }
        const auto& of = band.reference->of;
        table.cell(counts + sub("up to " + seconds_text(of.q25_ms) + " · " + seconds_text(of.q50_ms) + " · " +
                                seconds_text(of.q75_ms) + " · more"));
        table.cell(html(day_text(band.reference->from_day) + " – " + day_text(band.reference->to_day)) +
                   sub(band.reference->frozen ? "frozen" : "not frozen"));
    } else {
        table.text("–").text("–").text("none of enough people");
    }
    table.cell(month_chart(band));
}

std::string speed_part(const Insights& insights) {
    const std::string title = "<h3>How fast programs are</h3>\n";
    if (insights.bands.empty()) {
        return title + why_empty(insights, findings::InsightKind::performance);
    }
    Table table("t-speed",
                "Persons in the review period by the mean of what they waited, in the quarters of the reference.",
                {{"Product"},
                 {"Measure"},
                 {"People", Align::number},
                 {"Median", Align::number},
                 {"Change", Align::number},
                 {"Fast to slow"},
                 {"People in each quarter"},
                 {"Reference", Align::fixed},
                 {"By month"}});
    bool loose = false;
    for (const auto& band : insights.bands) {
        speed_row(band, table);
        loose = loose || (band.reference && !band.reference->frozen);
    }
    return title + table.str() +
           (loose ? "<p class=\"note\">A reference that is not frozen is counted again each time and moves with late "
                    "bundles. To freeze it: " +
                        code("tally-verifier import performance-references performance_references.csv --ledger "
                             "LEDGER") +
                        " with the table that " + code("report --csv") + " writes.</p>\n"
                  : "");
}

std::string outcome_bar(const findings::CommandCounts& of) {
    const auto part = [&](std::uint64_t count) {
        return static_cast<std::int64_t>(124.0 * static_cast<double>(std::min(count, of.started)) /
                                         static_cast<double>(std::max<std::uint64_t>(1, of.started)));
    };
    const std::int64_t completed = part(of.completed);
    const std::int64_t cancelled = std::min<std::int64_t>(124 - completed, part(of.cancelled));
    return "<svg class=\"bullet\" viewBox=\"0 0 124 14\" aria-hidden=\"true\"><rect class=\"b0\" width=\"124\" "
           "height=\"14\" rx=\"2\"/><rect class=\"b2\" y=\"3\" height=\"8\" width=\"" +
           n(completed) + "\"/><rect class=\"b1\" y=\"3\" height=\"8\" x=\"" + n(completed) + "\" width=\"" +
           n(cancelled) + "\"/></svg>";
}

std::string commands_table(std::string_view id, std::string_view caption, std::string_view what,
                           const std::vector<findings::CommandRow>& rows) {
    Table table(id, caption,
                {{"Product"},
                 {what},
                 {"Share", Align::number},
                 {"Started", Align::number},
                 {"Completed", Align::number},
                 {"Cancelled", Align::number},
                 {"Undone", Align::number},
                 {"Completed, cancelled"},
                 {"People", Align::number}});
    const auto number = [&](std::uint64_t value) {
        const auto shown = static_cast<std::int64_t>(std::min<std::uint64_t>(value, INT64_MAX));
        table.number(shown, count_text(shown));
    };
    for (const auto& row : rows) {
        table.text(row.product);
        table.cell(row.command.empty()
                       ? html(row.category)
                       : "<bdi>" + html(row.command) + "</bdi>" + (row.category.empty() ? "" : sub(html(row.category))),
                   row.command.empty() ? row.category : row.command);
        table.number(row.share_milli, percent_text(row.share_milli));
        number(row.of.started);
        number(row.of.completed);
        number(row.of.cancelled);
        number(row.of.undone);
        table.cell(outcome_bar(row.of));
        table.number(row.persons, count_text(row.persons));
    }
    return table.str();
}

std::string commands_part(const Insights& insights) {
    const std::string title = "<h3>Commands</h3>\n";
    if (insights.top_commands.empty()) {
        return title + why_empty(insights, findings::InsightKind::commands);
    }
    const std::string categories =
        insights.categories.empty()
            ? none("No table says which command belongs to which category: hand it in with <code>tally-verifier import "
                   "command-categories FILE --ledger LEDGER</code>.")
            : commands_table("t-categories", "Commands of the review period by category.", "Category",
                             insights.categories);
    return title + categories +
           commands_table("t-commands", "The ten commands of each product that are started most.", "Command",
                          insights.top_commands);
}

// One bar a product of several releases, one piece a release, the newest first.
std::string mix_chart(const std::vector<ReleaseRow>& rows) {
    constexpr std::int64_t label = 190, width = 790, row_height = 44;
    std::string svg;
    std::int64_t y = 4;
    for (std::size_t i = 0; i < rows.size();) {
        std::size_t end = i;
        while (end < rows.size() && rows[end].product == rows[i].product) {
            ++end;
        }
        const auto used = std::count_if(rows.begin() + static_cast<std::ptrdiff_t>(i),
                                        rows.begin() + static_cast<std::ptrdiff_t>(end),
                                        [](const ReleaseRow& row) { return row.release != 0 && row.days > 0; });
        if (used < 2) { // nothing is mixed
            i = end;
            continue;
        }
        std::string words;
        std::int64_t before = 0;
        std::int64_t tone = 4;
        for (; i < end; ++i) {
            if (rows[i].release == 0 || rows[i].days == 0) {
                continue;
            }
            const std::int64_t from = label + width * before / 1000;
            before = std::min<std::int64_t>(1000, before + rows[i].share_milli);
            const std::int64_t piece = std::max<std::int64_t>(2, label + width * before / 1000 - from - 1);
            svg += "<rect class=\"" + (rows[i].is_outlier ? "o" : "c" + n(tone)) + "\" x=\"" + n(from) + "\" y=\"" +
                   n(y) + "\" width=\"" + n(piece) + "\" height=\"16\"/>";
            tone = std::max<std::int64_t>(1, tone - 1);
            words += (words.empty() ? "" : "  ·  ") + n(rows[i].release) + ": " + percent_text(rows[i].share_milli);
        }
        if (!words.empty()) {
            svg += "<text class=\"t e\" x=\"" + n(label - 10) + "\" y=\"" + n(y + 13) + "\">" +
                   html(rows[i - 1].product) + "</text><text class=\"t\" x=\"" + n(label) + "\" y=\"" + n(y + 31) +
                   "\">" + html(words) + "</text>";
            y += row_height;
        }
    }
    return svg.empty()
               ? ""
               : "<div class=\"scroll\"><svg class=\"chart heat\" viewBox=\"0 0 1000 " + n(y) +
                     "\" role=\"img\" aria-label=\"Share of each release in the days of use of its product; the "
                     "table below has the numbers\">" +
                     svg + "</svg></div>\n";
}

std::string marks(const ReleaseRow& row) {
    std::string words;
    words += row.is_newest ? chip("good", "newest") : "";
    words += row.is_outlier ? chip("warn", "hardly used") : "";
    return words.empty() ? "–" : words;
}

std::string releases_part(const Insights& insights) {
    const std::string title = "<h3>Releases</h3>\n";
    if (insights.releases.empty()) {
        return title + why_empty(insights, findings::InsightKind::releases);
    }
    Table table("t-releases", "Each release of each product: days on which a person used it.",
                {{"Product"},
                 {"Release", Align::number},
                 {"Share", Align::number},
                 {"Days", Align::number},
                 {"People", Align::number},
                 {"Computers", Align::number},
                 {"Last used", Align::fixed},
                 {"Out since", Align::fixed},
                 {"Mark"}});
    for (const auto& row : insights.releases) {
        table.text(row.product);
        table.number(row.release, release_text(row.release));
        table.number(row.release == 0 ? -1 : row.share_milli, row.release == 0 ? "–" : percent_text(row.share_milli));
        table.number(row.days, count_text(row.days)).number(row.persons, count_text(row.persons));
        table.number(row.hosts, count_text(row.hosts));
        table.cell(row.days == 0 ? "–" : html(day_text(row.last_day)), n(row.last_day));
        table.cell(row.released_day ? html(day_text(*row.released_day)) : "–", n(row.released_day.value_or(0)));
        table.cell(marks(row));
    }
    const std::string mix = mix_chart(insights.releases);
    return title + "<p>" + html(day_text(insights.releases_from_day) + " – " + day_text(insights.releases_to_day)) +
           ", the complete calendar months before the day of this report. " +
           (mix.empty() ? "Each product is used in one release only.</p>\n"
                        : "Drawn are the products that are used in several releases, the newest first.</p>\n<figure>" +
                              mix + "</figure>\n") +
           table.str();
}

std::string states_part(const Insights& insights) {
    Table table("t-insights", "What could not be said of which product, why, and what is needed.",
                {{"Product"}, {"Insight"}, {"State"}, {"Why"}, {"What is needed"}});
    for (const auto& state : insights.states) {
        if (state.availability == Availability::available) {
            continue;
        }
        table.cell(state.product.empty() ? "all" : html(state.product), state.product);
        table.cell(html(kind_text(state.kind)));
        table.cell(chip(state.availability == Availability::resolved ? "good" : "", state_text(state.availability)),
                   findings::name(state.availability));
        std::string gone;
        for (const auto& one : state.resolved) {
            gone += (gone.empty() ? "" : ", ") + one;
        }
        table.cell(html(state.text) + (gone.empty() ? "" : sub(html(gone))));
        table.cell(state.remedy.empty() ? "nothing" : html(state.remedy));
    }
    return table.rows() == 0 ? "" : "<h3>What cannot be said yet</h3>\n" + table.str();
}

} // namespace

std::string insights_section(const Subject& subject) {
    const auto& insights = subject.outcome.insights;
    const auto part = [&](std::string_view table, std::string (*made)(const Insights&)) {
        return subject.view.shows(table) ? made(insights) : "";
    };
    return "<p>What programs report through their recorders, and who is on which release. None of it judges anybody: "
           "speeds and commands of few people are not shown.</p>\n" +
           part("releases", releases_part) + part("performance", speed_part) + part("commands", commands_part) +
           part("insight_states", states_part);
}

} // namespace tally::report
