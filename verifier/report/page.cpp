#include "verifier/report/page.hpp"

#include "tally/text/date.hpp"
#include "tally/text/html.hpp"
#include "verifier/report/assets.hpp"
#include "verifier/report/sections.hpp"
#include "verifier/report/words.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <vector>

namespace tally::report {
namespace {

using text::html;

// `table`: one that the section is about; a view without it has no such section.
struct Section {
    std::string_view id, title, brief, table;
    std::string (*inside)(const Subject&);
};
constexpr std::array<Section, 15> sections = {
    {{"overview", "Overview", "Overview", "", overview_section},
     {"position", "Lines of what was bought", "Lines", "position", position_section},
     {"findings", "Findings", "Findings", "findings", findings_section},
     {"ways", "Counted four ways", "Four ways", "four_ways", four_ways_section},
     {"concurrency", "Concurrency", "Concurrency", "line_days", concurrency_section},
     {"users", "Users", "Users", "users", users_section},
     {"seats", "Seats and how idle they are", "Seats", "seats", seats_section},
     {"tokens", "Tokens", "Tokens", "token_packs", tokens_section},
     {"insights", "Insights", "Insights", "insight_states", insights_section},
     {"renewal", "Renewal and true-up", "Renewal", "sizing", renewal_section},
     {"requests", "Denials and queues", "Denials", "requests", requests_section},
     {"vendor", "The vendor's export beside the records", "Vendor's export", "vendor_use", vendor_section},
     {"coverage", "Coverage and bundles", "Coverage", "hosts", coverage_section},
     {"inputs", "Entitlements and assignments", "Bought and assigned", "entitlements", inputs_section},
     {"definitions", "Definitions and provenance", "Definitions", "", definitions_section}}};

bool is_shown(const Section& section, const Subject& subject) {
    return section.table.empty() || subject.view.shows(section.table);
}

// Whose view it is and what it leaves out; nothing when everything is there.
std::string view_note(const outputs::View& view) {
    return view.hidden.empty() ? ""
                               : "<p class=\"none\"><b>" + html(view.title) + ".</b> " + html(view.shown) + ". " +
                                     html(view.hidden) + ".</p>\n";
}

std::string what_if_note(const std::vector<std::string>& what_if) {
    return what_if.empty() ? ""
                           : "<p class=\"verdict warn\"><b>" + html(what_if_text(what_if)) +
                                 ".</b> The answer to a question, not the position of the estate.</p>\n";
}

std::string sites_text(const Basis& basis) {
    std::set<std::string> sites;
    for (const auto& log : basis.logs) {
        if (!log.site.empty()) {
            sites.insert(log.site);
        }
    }
    std::string text;
    for (const auto& site : sites) {
        text += (text.empty() ? "" : ", ") + site;
    }
    return text.empty() ? "no site yet" : text;
}

std::string head(const Subject& subject) {
    return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src "
           "'sha256-" +
           std::string(style_hash) + "'; script-src 'sha256-" + std::string(script_hash) +
           "'; base-uri 'none'; form-action 'none'\">\n<meta name=\"viewport\" content=\"width=device-width, "
           "initial-scale=1\">\n"
           "<meta name=\"referrer\" content=\"no-referrer\">\n<link rel=\"icon\" href=\"data:,\">\n<title>Licence "
           "position, " +
           html(sites_text(subject.basis)) + ", " + html(period_text(subject.outcome.observed)) + "</title>\n<style>" +
           std::string(style) + "</style>\n</head>\n";
}

} // namespace

std::int64_t complete_through(const Basis& basis) {
    std::map<std::pair<std::string, std::string>, std::int64_t> last;
    for (const auto& item : basis.imports) {
        auto& at = last[{item.host, item.source}];
        at = std::max(at, item.last);
    }
    std::int64_t through = 0;
    for (const auto& [source, at] : last) {
        through = through == 0 ? at : std::min(through, at);
    }
    return through;
}

std::string to_html(const Subject& subject) {
    std::string page = head(subject);
    page += "<body>\n<a class=\"skip\" href=\"#overview\">Skip to the overview</a>\n<header>\n<p "
            "class=\"eyebrow\">Tallystick · " +
            html(sites_text(subject.basis)) + " · " + html(period_text(subject.outcome.observed)) +
            "</p>\n<h1>Licence position</h1>\n" + view_note(subject.view) + what_if_note(subject.outcome.what_if) +
            verdict(subject) + tiles(subject) + "</header>\n<nav aria-label=\"Sections\"><ul>";
    std::vector<Section> shown;
    std::copy_if(sections.begin(), sections.end(), std::back_inserter(shown),
                 [&](const Section& section) { return is_shown(section, subject); });
    for (const auto& section : shown) {
        page += "<li><a href=\"#" + std::string(section.id) + "\">" + std::string(section.brief) + "</a></li>";
    }
    page += "</ul></nav>\n<main>\n";
    for (const auto& section : shown) {
        page += "<section id=\"" + std::string(section.id) + "\" aria-labelledby=\"h-" + std::string(section.id) +
                "\">\n<h2 id=\"h-" + std::string(section.id) + "\">" + std::string(section.title) + "</h2>\n" +
                section.inside(subject) + "</section>\n";
    }
    const std::string bundles = subject.view.shows("bundles") ? "the bundles named under Coverage" : "their bundles";
    page +=
        "</main>\n<footer><p>Every number here can be recomputed by either party from the signed lines: " + bundles +
        " are checked with <code>tally-verifier check</code> or with stock tools alone. This page asks nothing of "
        "any network.</p></footer>\n<script>" +
        std::string(script) + "</script>\n</body>\n</html>\n";
    return page;
}

} // namespace tally::report
