#include "verifier/report/page.hpp"

#include "tally/text/date.hpp"
#include "tally/text/html.hpp"
#include "verifier/report/assets.hpp"
#include "verifier/report/sections.hpp"
#include "verifier/report/words.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace tally::report {
namespace {

using text::html;

struct Section {
    std::string_view id, title, brief;
    std::string (*inside)(const Subject&);
};
constexpr std::array<Section, 9> sections = {
    {{"position", "Position", "Position", position_section},
     {"ways", "Counted four ways", "Four ways", four_ways_section},
     {"concurrency", "Concurrency", "Concurrency", concurrency_section},
     {"users", "Users", "Users", users_section},
     {"requests", "Denials and queues", "Denials", requests_section},
     {"findings", "Findings", "Findings", findings_section},
     {"coverage", "Coverage and bundles", "Coverage", coverage_section},
     {"inputs", "Entitlements and assignments", "Bought and assigned", inputs_section},
     {"definitions", "Definitions and provenance", "Definitions", definitions_section}}};

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

std::string lead(const findings::Outcome& outcome) {
    if (outcome.positions.empty()) {
        return "Nothing to compare with yet: no entitlements have been imported.";
    }
    std::vector<std::string> certain;
    std::int64_t possible = 0;
    for (const auto& position : outcome.positions) {
        if (position.excess.lower > 0) {
            certain.push_back(position.name + " by " + bounds_text(position.excess));
        } else {
            possible += position.excess.upper > 0 ? 1 : 0;
        }
    }
    std::string text =
        certain.empty()
            ? "All " + plural(static_cast<std::int64_t>(outcome.positions.size()), "line stays", "lines stay") +
                  " within what was bought, as far as the records prove"
            : plural(static_cast<std::int64_t>(certain.size()), "line goes", "lines go") + " beyond what was bought: ";
    for (std::size_t i = 0; i < certain.size(); ++i) {
        text += (i == 0 ? "" : ", ") + certain[i];
    }
    text += possible > 0 ? "; " + plural(possible, "more may", "more may") : "";
    std::map<findings::Code, std::int64_t> others;
    for (const auto& finding : outcome.findings) {
        if (finding.severity == findings::Severity::breach && finding.certainty == findings::Certainty::certain) {
            others[finding.code] += 1;
        }
    }
    const std::int64_t unbought = others[findings::Code::out_of_scope_product] + others[findings::Code::expired_use];
    text += unbought > 0 ? ". " + plural(unbought, "product was used that no valid line covers",
                                         "products were used that no valid line covers")
                         : "";
    return text + ".";
}

std::string fact(std::string_view name, const std::string& value, const std::string& remark) {
    return "<div><dt>" + std::string(name) + "</dt><dd>" + html(value) +
           (remark.empty() ? "" : "<small>" + html(remark) + "</small>") + "</dd></div>";
}

std::string facts(const Subject& subject) {
    const auto& outcome = subject.outcome;
    const std::int64_t through = complete_through(subject.basis);
    std::int64_t breaches = 0;
    for (const auto& finding : outcome.findings) {
        breaches += finding.severity == findings::Severity::breach ? 1 : 0;
    }
    std::uint64_t lines = 0;
    for (const auto& bundle : subject.basis.bundles) {
        lines += bundle.lines;
    }
    return "<dl class=\"facts\">" +
           fact("Data complete through", through == 0 ? "–" : day_text(text::day_of(through)),
                through == 0 ? "no import yet" : instant_text(through).substr(11) + " UTC") +
           fact("Sessions counted", count_text(static_cast<std::int64_t>(outcome.sessions)),
                plural(static_cast<std::int64_t>(outcome.sessions_open), "end not seen", "ends not seen")) +
           fact("Findings", count_text(static_cast<std::int64_t>(outcome.findings.size())),
                plural(breaches, "breach", "breaches")) +
           fact("Bundles accepted", count_text(static_cast<std::int64_t>(subject.basis.bundles.size())),
                plural(static_cast<std::int64_t>(lines), "signed line", "signed lines")) +
           fact("Rules", std::string(outcome.rules), "tally-verifier " + subject.basis.program_version) + "</dl>\n";
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
    page += "<body>\n<a class=\"skip\" href=\"#position\">Skip to the position</a>\n<header>\n<p "
            "class=\"eyebrow\">Tallystick · " +
            html(sites_text(subject.basis)) + "</p>\n<h1>Licence position</h1>\n<p class=\"lead\">" +
            html(period_text(subject.outcome.observed)) + ". " + html(lead(subject.outcome)) + "</p>\n" +
            facts(subject) + "</header>\n<nav aria-label=\"Sections\"><ul>";
    for (const auto& section : sections) {
        page += "<li><a href=\"#" + std::string(section.id) + "\">" + std::string(section.brief) + "</a></li>";
    }
    page += "</ul></nav>\n<main>\n";
    for (const auto& section : sections) {
        page += "<section id=\"" + std::string(section.id) + "\" aria-labelledby=\"h-" + std::string(section.id) +
                "\">\n<h2 id=\"h-" + std::string(section.id) + "\">" + std::string(section.title) + "</h2>\n" +
                section.inside(subject) + "</section>\n";
    }
    page += "</main>\n<footer><p>Every number here can be recomputed by either party from the signed lines: the "
            "bundles named under "
            "Coverage are checked with <code>tally-verifier check</code> or with stock tools alone. This page asks "
            "nothing of any "
            "network.</p></footer>\n<script>" +
            std::string(script) + "</script>\n</body>\n</html>\n";
    return page;
}

} // namespace tally::report
