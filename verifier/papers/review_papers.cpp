#include "verifier/papers/review_papers.hpp"

#include "tally/text/html.hpp"
#include "verifier/outputs/review_tables.hpp"
#include "verifier/papers/frame.hpp"
#include "verifier/report/words.hpp"

#include <set>

namespace tally::papers {
namespace {

using outputs::Subject;
using outputs::Table;
using report::plural;

std::int64_t rows(const Table& table) { return static_cast<std::int64_t>(table.rows.size()); }

std::string quarter(std::int64_t day) {
    const std::string text = text::format_day(day); // YYYY-MM-DD
    const int month = (text[5] - '0') * 10 + (text[6] - '0');
    return text.substr(0, 4) + ", quarter " + std::to_string((month + 2) / 3);
}

std::string eyebrow(const Subject& subject) {
    const auto& what_if = subject.outcome.what_if;
    return "Tallystick · quarterly review · " + quarter(text::day_of(subject.outcome.as_of - 1)) +
           (what_if.empty() ? "" : " · " + report::what_if_text(what_if));
}

std::string foot(const Subject& subject) {
    const auto& through = subject.outcome.watched.complete_through;
    return "Counted up to " + text::format_day(text::day_of(subject.outcome.as_of - 1)) + ", data complete through " +
           (through ? text::format_day(*through) : std::string("no day yet")) + ", rules " + subject.outcome.rules +
           ". Each finding is shown with its evidence by tally-verifier explain and its name.";
}

std::string verdict(std::string_view kind, const std::string& words) {
    return "<p class=\"verdict " + std::string(kind) + "\">" + words + "</p>\n";
}

std::string none(std::string_view words) { return "<p class=\"none\">" + text::html(words) + "</p>\n"; }

std::string section(const std::string& body) { return "<section>\n" + body + "</section>\n"; }

Page reclamation_page(const Subject& subject, const Table& table) {
    std::set<std::string> persons;
    for (const auto& row : table.rows) {
        persons.insert(row[0].csv());
    }
    Page page{"Seats to take back", eyebrow(subject), "", "", foot(subject)};
    page.lead = table.rows.empty()
                    ? verdict("good", "<b>No seat is to be taken back.</b> Every seat that is held was used, or is "
                                      "too young to say.")
                    : verdict("warn", "<b>" + plural(rows(table), "seat", "seats") + "</b> of " +
                                          plural(static_cast<std::int64_t>(persons.size()), "person", "persons") +
                                          " can be taken back. Ask the team first where it says so, then unassign.");
    page.body = section(table.rows.empty()
                            ? none("Nothing to list.")
                            : to_html(table, {"Named seats, by product. Days unused count from the last proved use, "
                                              "or from the assignment.",
                                              {"user", "team", "product", "line", "assigned", "last_used", "days_idle",
                                               "why", "finding"},
                                              {"Person", "Team", "Product", "Line", "Assigned", "Last used",
                                               "Days unused", "Why", "Finding"}}));
    return page;
}

Page gap_page(const Subject& subject, const Table& table) {
    std::int64_t without_owner = 0;
    constexpr std::size_t owner = 10;
    for (const auto& row : table.rows) {
        without_owner += row[owner].csv().empty() ? 1 : 0;
    }
    Page page{"Register of compliance gaps", eyebrow(subject), "", "", foot(subject)};
    page.lead =
        table.rows.empty()
            ? verdict("good", "<b>No gap is open.</b>")
            : verdict("bad", "<b>" + plural(rows(table), "gap", "gaps") + "</b> " + (rows(table) == 1 ? "is" : "are") +
                                 " open; " +
                                 (without_owner == 0 ? std::string("each has an owner.")
                                                     : std::to_string(without_owner) +
                                                           " without an owner: <code>tally-verifier findings set NAME "
                                                           "--owner WHO --due YYYY-MM-DD</code>."));
    page.body = section(table.rows.empty()
                            ? none("Nothing to list.")
                            : to_html(table, {"Breaches and signals of the register that are not remedied.",
                                              {"finding", "what", "subject", "line", "quantity_lower", "quantity_upper",
                                               "unit", "certainty", "owner", "due", "state", "remedy"},
                                              {"Finding", "What", "About", "Line", "At least", "At most", "Of",
                                               "Certainty", "Owner", "Due", "State", "Remedy"}}));
    return page;
}

Page renewal_page(const Subject& subject, const Table& table) {
    Page page{"Brief for the renewal", eyebrow(subject), "", "", foot(subject)};
    page.lead = table.rows.empty() ? verdict("", "No line of what was bought is known, so there is nothing to renew.")
                                   : verdict("", "What each of <b>" + plural(rows(table), "line", "lines") +
                                                     "</b> would have to hold, and what it costs now and then.");
    page.body = section(
        table.rows.empty()
            ? none("Hand in what was bought: tally-verifier import entitlements FILE --ledger LEDGER")
            : to_html(table,
                      {"Peaks and the 95th percentile of daily peaks of watched working days; amounts are list "
                       "prices of a year. Named lines by the seats that are assigned and not dormant. Sessions are "
                       "those of the review period and of the one before.",
                       {"line", "product", "ends", "bought", "peak_lower", "peak_upper", "percentile_lower",
                        "recommended", "due_lower", "cost_now", "cost_then", "currency", "sessions", "sessions_before"},
                       {"Line", "Product", "Ends", "Bought", "Most, at least", "at most", "95th percentile",
                        "Recommended", "Due today", "Now a year", "Then a year", "Currency", "Sessions", "before"}}));
    return page;
}

} // namespace

std::vector<outputs::File> review_papers(const Subject& subject, const std::vector<review::Entry>& entries) {
    const Table reclamation = outputs::reclamation_list(subject);
    const Table gaps = outputs::gap_register(entries, text::day_of(subject.outcome.as_of - 1));
    const Table renewal = outputs::renewal_brief(subject);
    const auto csv = [&](const Table& table) { return outputs::to_csv(marked(table, subject.outcome.what_if)); };
    return {{"reclamation_list.html", to_html(reclamation_page(subject, reclamation))},
            csv(reclamation),
            {"gap_register.html", to_html(gap_page(subject, gaps))},
            csv(gaps),
            {"renewal_brief.html", to_html(renewal_page(subject, renewal))},
            csv(renewal)};
}

} // namespace tally::papers
