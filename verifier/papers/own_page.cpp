#include "verifier/papers/own_page.hpp"

#include "tally/text/html.hpp"
#include "verifier/names/names.hpp"
#include "verifier/outputs/tables.hpp"
#include "verifier/papers/frame.hpp"
#include "verifier/report/words.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tally::papers {
namespace {

using outputs::Audience;
using outputs::Subject;
using outputs::Table;
using report::count_text;
using report::plural;
using text::html;

struct Sums {
    std::set<std::string> people, products;
    std::int64_t sessions = 0, seconds = 0, tokens = 0, unused = 0;
};

Sums sums_of(const Subject& subject) {
    Sums sums;
    for (const auto& row : subject.outcome.users) {
        sums.people.insert(row.user);
        sums.products.insert(row.product);
        sums.sessions += static_cast<std::int64_t>(row.sessions);
        sums.seconds += row.seconds;
    }
    for (const auto& row : subject.outcome.charges) {
        sums.tokens += row.tokens.lower;
    }
    for (const auto& seat : subject.outcome.advice.seats) {
        sums.unused += seat.is_dormant ? 1 : 0;
    }
    return sums;
}

std::string fact(std::string_view name, const std::string& value, std::string_view small = "") {
    return "<div><dt>" + std::string(name) + "</dt><dd>" + html(value) +
           (small.empty() ? "" : "<small>" + std::string(small) + "</small>") + "</dd></div>";
}

// Where somebody may stand under two names: at least as many as one way of writing them names (R-NAMES).
std::string people_text(const Subject& subject, const std::set<std::string>& people) {
    const auto most = static_cast<std::int64_t>(people.size());
    const auto& findings = subject.outcome.findings;
    if (std::none_of(findings.begin(), findings.end(),
                     [](const auto& one) { return one.code == findings::Code::pseudonym_epoch; })) {
        return count_text(most);
    }
    std::map<std::uint64_t, std::int64_t> ways;
    std::int64_t least = 0;
    for (const auto& name : people) {
        least = std::max(least, ++ways[names::epoch_of(name, names::Of::person)]);
    }
    return report::bounds_text({least, most});
}

std::string lead(const Subject& subject, const Sums& sums) {
    const bool one = subject.view.audience == Audience::user;
    std::string out = "<p class=\"verdict\">" + html(subject.view.shown) + ". <span>" + html(subject.view.hidden) +
                      ".</span></p>\n<dl class=\"facts\">";
    if (!one) {
        out += fact("People who used something", people_text(subject, sums.people));
    }
    out += fact("Products used", count_text(static_cast<std::int64_t>(sums.products.size())));
    out += fact("Sessions", count_text(sums.sessions), report::duration_text(sums.seconds));
    out += fact("Tokens charged", count_text(sums.tokens));
    out += fact("Seats not used", count_text(sums.unused),
                sums.unused == 0 ? "" : (one ? "give them back, or say why not" : "ask who still needs them"));
    return out + "</dl>\n";
}

std::string product_name(const Subject& subject, const std::string& word) {
    const auto& products = subject.outcome.products;
    const auto found =
        std::find_if(products.begin(), products.end(), [&](const auto& row) { return row.product == word; });
    return found == products.end() || found->name.empty() ? word : found->name;
}

// Days used of each product as a bar beside the number: the longest is the most used.
std::string use_section(const Subject& subject) {
    const bool one = subject.view.audience == Audience::user;
    auto rows = subject.outcome.users;
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.days.lower > b.days.lower; });
    std::int64_t most = 1;
    for (const auto& row : rows) {
        most = std::max(most, row.days.lower);
    }
    std::string out = "<section>\n<h2>Use</h2>\n";
    if (rows.empty()) {
        return out + "<p class=\"none\">The records hold no use" + (one ? " of yours" : " of this team") +
               " up to this day.</p>\n</section>\n";
    }
    out += "<div class=\"scroll\"><table><caption>Days on which a product was used, sessions, and hours; the most used "
           "first.</caption><thead><tr>";
    out += std::string(one ? "" : "<th scope=\"col\">Person</th>") +
           "<th scope=\"col\">Product</th><th scope=\"col\" class=\"n\">Days</th><th scope=\"col\"></th><th "
           "scope=\"col\" class=\"n\">Sessions</th><th scope=\"col\" class=\"n\">Time</th><th scope=\"col\">Last "
           "used</th></tr></thead><tbody>\n";
    for (const auto& row : rows) {
        const std::int64_t width = row.days.lower * 120 / most;
        out += "<tr>" + (one ? "" : "<th scope=\"row\"><bdi>" + html(row.user) + "</bdi></th>") +
               (one ? "<th scope=\"row\">" : "<td>") + html(product_name(subject, row.product)) +
               (one ? "</th>" : "</td>") + "<td class=\"n\">" + html(report::bounds_text(row.days)) +
               "</td><td><svg class=\"bullet\" viewBox=\"0 0 124 14\" aria-hidden=\"true\"><rect class=\"b0\" "
               "width=\"124\" height=\"14\"/><rect class=\"b2\" x=\"2\" y=\"4\" width=\"" +
               std::to_string(width) + "\" height=\"6\"/></svg></td><td class=\"n\">" +
               count_text(static_cast<std::int64_t>(row.sessions)) + "</td><td class=\"n\">" +
               html(report::duration_text(row.seconds)) + "</td><td>" + text::format_day(text::day_of(row.last)) +
               "</td></tr>\n";
    }
    return out + "</tbody></table></div>\n</section>\n";
}

const Table* named(const std::vector<Table>& tables, std::string_view name) {
    const auto found =
        std::find_if(tables.begin(), tables.end(), [&](const Table& table) { return table.name == name; });
    return found == tables.end() || found->rows.empty() ? nullptr : &*found;
}

std::string part(const std::vector<Table>& tables, std::string_view name, std::string_view title, const Shape& shape,
                 std::string_view nothing) {
    const Table* table = named(tables, name);
    return "<section>\n<h2>" + html(title) + "</h2>\n" +
           (table != nullptr ? to_html(*table, shape) : "<p class=\"none\">" + html(nothing) + "</p>\n") +
           "</section>\n";
}

// Without the first column for one person: every row is of the same.
Shape without_person(Shape shape, bool one) {
    if (one) {
        shape.columns.erase(shape.columns.begin());
        shape.heads.erase(shape.heads.begin());
    }
    return shape;
}

std::string findings_section(const Subject& subject) {
    std::string out = "<section>\n<h2>Findings</h2>\n";
    if (subject.outcome.findings.empty()) {
        return out + "<p class=\"none\">Nothing was found.</p>\n</section>\n";
    }
    for (const auto& finding : subject.outcome.findings) {
        const bool bad = finding.severity == findings::Severity::breach;
        out += "<details class=\"f\" open id=\"f-" + html(finding.id) + "\"><summary><b>" +
               html(findings::title_of(finding.code)) + "</b> <span class=\"chip " + (bad ? "bad" : "warn") + "\">" +
               html(findings::name(finding.certainty)) + "</span><span class=\"what\">" + html(finding.text) +
               "</span><code class=\"id\">" + html(finding.id) +
               "</code></summary><div class=\"body\"><dl><dt>What "
               "to do</dt><dd>" +
               html(finding.remedy) + "</dd><dt>When</dt><dd>" + html(report::period_text(finding.when)) + "</dd>";
        for (const auto& [name, value] : finding.details) {
            out += "<dt>" + html(name) + "</dt><dd>" + html(value) + "</dd>";
        }
        out += "</dl></div></details>\n";
    }
    return out + "</section>\n";
}

std::string seats_sections(const Subject& subject, const std::vector<Table>& tables) {
    const bool one = subject.view.audience == Audience::user;
    return part(tables, "seats", "Seats",
                without_person({"Seats that are held, and how long they lie unused.",
                                {"user", "product", "line", "assigned", "last_used", "days_idle", "dormant"},
                                {"Person", "Product", "Line", "Assigned", "Last used", "Days unused", "Dormant"}},
                               one),
                "No named seat is held.") +
           part(tables, "token_charges", "Tokens",
                without_person({"Each charge: a window of 24 hours, a day, or a result.",
                                {"user", "at", "product", "tokens_lower", "tokens_upper", "pool"},
                                {"Person", "When", "Product", "Tokens, at least", "at most", "Pool"}},
                               one),
                "No tokens were charged.");
}

} // namespace

std::string own_page(const Subject& subject) {
    const auto tables = outputs::tables(subject);
    const auto& through = subject.outcome.watched.complete_through;
    Page page;
    page.title = subject.view.title;
    page.eyebrow = "Tallystick · " + report::period_text(subject.outcome.observed);
    page.lead = lead(subject, sums_of(subject));
    if (!subject.outcome.what_if.empty()) {
        page.eyebrow += " · " + report::what_if_text(subject.outcome.what_if);
    }
    page.body = use_section(subject) + seats_sections(subject, tables) + findings_section(subject);
    if (subject.view.audience == Audience::team) {
        page.body += part(tables, "hosts", "Computers",
                          {"Computers of the team, and through which day everything is known of each.",
                           {"host", "site", "first_day", "through_day"},
                           {"Computer", "Site", "Known from", "Known through"}},
                          "No computer of the team is in the table of hosts.");
    }
    page.foot = "Counted up to " + text::format_day(text::day_of(subject.outcome.as_of - 1)) +
                ", data complete through " + (through ? text::format_day(*through) : std::string("no day yet")) +
                ", rules " + subject.outcome.rules + ". Times are UTC.";
    return to_html(page);
}

} // namespace tally::papers
