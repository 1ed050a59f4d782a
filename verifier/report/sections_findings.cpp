// Every finding with what it rests on, under the kind it is of.
#include "verifier/report/sections.hpp"

#include "tally/text/date.hpp"
#include "tally/text/html.hpp"
#include "tally/text/json.hpp"
#include "verifier/report/words.hpp"

#include <algorithm>
#include <array>

namespace tally::report {
namespace {

using findings::Finding;
using findings::Group;
using findings::Severity;
using text::html;

std::string rows_text(const Subject& subject, const findings::Finding& finding) {
    std::string text;
    for (const auto& row : finding.rows) {
        const auto* file = subject.inputs.file_of(row);
        text += (text.empty() ? "" : ", ") + (file != nullptr ? html(file->name) : std::string("input")) + ":" +
                std::to_string(row.row);
    }
    return text;
}

std::string records_list(const findings::Finding& finding) {
    if (finding.records_total == 0) {
        return "<p class=\"note\">Rests on the rows named above; no record is needed for it.</p>";
    }
    std::string list = "<p class=\"note\">" +
                       (finding.records.size() == finding.records_total
                            ? "All " + plural(whole(finding.records_total), "record", "records") + " behind it"
                            : "The first " + count_text(whole(finding.records.size())) + " of " +
                                  count_text(whole(finding.records_total)) + " records behind it") +
                       ", as log and line number:</p><ul class=\"refs mono\">";
    for (const auto& record : finding.records) {
        list += "<li>" + html(record.log.substr(0, 9)) + "… " + std::to_string(record.seq) + "</li>";
    }
    return list + "</ul>";
}

std::string amount_text(const findings::Finding& finding) {
    const bool one = finding.quantity == count::Bounds{1, 1};
    return bounds_text(finding.quantity) + " " +
           html(one ? finding.unit.substr(0, finding.unit.size() - 1) : finding.unit);
}

std::string item(std::string_view name, const std::string& safe) {
    return safe.empty() ? std::string() : "<dt>" + html(name) + "</dt><dd>" + safe + "</dd>";
}

// "2 seats × 3 days × 3 000.00 EUR", of what is past as far as it fits one line; the sheet has all of it.
std::string reckoning_text(const Finding& finding) {
    constexpr std::size_t most = 3;
    std::string text;
    std::size_t terms = 0;
    for (const auto& part : findings::summed_up(finding.parts)) {
        if (part.of == findings::AmountOf::exposure && ++terms <= most) {
            text += (text.empty() ? "" : " + ") + plural(part.seats, "seat", "seats") + " × " +
                    plural(part.days, "day", "days") + " × " + money_text(part.price, finding.currency) + " (" +
                    part.priced_by + ")";
        }
    }
    text += terms > most ? " + " + std::to_string(terms - most) + " more" : "";
    return text.empty() ? text : html("(" + text + ") / " + std::to_string(divisor_of(findings::AmountOf::exposure)));
}

std::string money_items(const Finding& finding) {
    std::string text;
    const auto add = [&](std::string_view name, const std::optional<text::Decimal>& amount) {
        text += amount ? item(name, html(money_text(*amount, finding.currency))) : "";
    };
    add("Exposure of the past", finding.exposure);
    text += item("Reckoned as", finding.exposure ? reckoning_text(finding) : "");
    add("To buy now", finding.cure);
    add("Saving a year", finding.saving);
    return text;
}

std::string links_text(const Finding& finding) {
    std::string text;
    for (const auto& link : finding.links) {
        text += (text.empty() ? "" : ", ") + std::string("<code>") + html(link) + "</code>";
    }
    return text;
}

std::string finding_details(const Subject& subject, const Finding& finding) {
    std::string body = item("What to do", html(finding.remedy));
    body += item("Agreement, line", html(finding.agreement + (finding.line.empty() ? "" : ", " + finding.line)));
    body += item("Product", html(finding.product)) + item("Quantity", amount_text(finding));
    body += item("From", instant_text(finding.when.from)) + item("Until", instant_text(finding.when.to));
    body += money_items(finding);
    for (const auto& [name, value] : finding.details) {
        body += item(name, html(value));
    }
    body += item("Rule", html(finding.rule)) + item("State", html(finding.state));
    body += item("Includes", links_text(finding)) + item("Rows", rows_text(subject, finding));
    const std::string log = finding.records.empty() ? "" : " title=\"" + html(finding.records.front().log) + "\"";
    return "<div class=\"body\"><dl>" + body + "</dl><div" + log + ">" + records_list(finding) +
           "</div><p class=\"note\">Lines, seals and proof: <code>tally-verifier explain " + finding.id +
           " --ledger LEDGER</code></p></div>";
}

std::string one_finding(const Subject& subject, const Finding& finding) {
    const std::string possible =
        finding.certainty == findings::Certainty::possible ? "<span class=\"chip\">possible</span>" : "";
    const std::string state =
        finding.state == "open" ? "" : "<span class=\"chip good\">" + html(finding.state) + "</span>";
    return "<details class=\"f\" id=\"f-" + finding.id + "\" data-s=\"" +
           std::string(findings::name(finding.severity)) + "\"><summary><b><bdi>" + html(finding.subject) +
           "</bdi></b><span class=\"what\">" + html(finding.text) + "</span>" + possible + state +
           "<span class=\"amount\">" + amount_text(finding) + "</span><span class=\"mono id\">" + finding.id +
           "</span></summary>" + finding_details(subject, finding) + "</details>\n";
}

// Markup that every finding repeats, each told by '^' and a letter in the data beside the page; "^^" is '^' itself.
constexpr std::array<std::string_view, 21> phrases = {
    {"</span></summary><div class=\"body\"><dl><dt>What to do</dt><dd>",
     "</li></ul></div><p class=\"note\">Lines, seals and proof: <code>tally-verifier explain ",
     "<p class=\"note\">Rests on the rows named above; no record is needed for it.</p></div><p class=\"note\">Lines, "
     "seals and proof: <code>tally-verifier explain ",
     " behind it, as log and line number:</p><ul class=\"refs mono\"><li>",
     " --ledger LEDGER</code></p></div></details>\n",
     "</dd><dt>Agreement, line</dt><dd>",
     "</span><span class=\"amount\">",
     "</bdi></b><span class=\"what\">",
     "</span><span class=\"mono id\">",
     "<details class=\"f\" id=\"f-",
     "</dd></dl><div title=\"",
     "</dd><dt>Product</dt><dd>",
     "</dd><dt>Quantity</dt><dd>",
     "</dd><dt>State</dt><dd>open</dd><dt>Rows</dt><dd>",
     "</dd><dt>From</dt><dd>",
     "</dd><dt>Until</dt><dd>",
     "</dd><dt>Rule</dt><dd>",
     "\"><summary><b><bdi>",
     "</li><li>",
     "</dt><dd>",
     "</dd><dt>"}};

std::string packed(std::string_view markup) {
    std::string out;
    for (std::size_t at = 0; at < markup.size();) {
        const auto* phrase = std::find_if(phrases.begin(), phrases.end(), [&](std::string_view words) {
            return markup[at] == words.front() && markup.substr(at, words.size()) == words;
        });
        if (phrase != phrases.end()) {
            out += {'^', static_cast<char>('a' + (phrase - phrases.begin()))};
            at += phrase->size();
        } else {
            out += markup[at] == '^' ? "^^" : std::string(1, markup[at]);
            ++at;
        }
    }
    return out;
}

std::string phrases_store() {
    std::string list;
    for (const auto& phrase : phrases) {
        list += (list.empty() ? "" : ",") + text::json_string(phrase);
    }
    return "<script type=\"application/json\" id=\"phrases\">[" + list + "]</script>\n";
}

constexpr std::size_t in_page = 40, beside_page = 5000;

// The first findings of a kind stand in the page, the others travel beside them as data that the script shows.
std::string kind_section(const Subject& subject, const std::vector<const Finding*>& members) {
    const Finding& worst = *members.front();
    const std::string name(findings::name(worst.code));
    std::string out = "<section class=\"kind\" aria-labelledby=\"k-" + name + "\"><h3 id=\"k-" + name +
                      "\"><span class=\"chip " + std::string(chip_of(worst)) + "\">" +
                      std::string(findings::name(worst.severity)) + "</span> " + html(findings::title_of(worst.code)) +
                      " <small><code>" + name + "</code> " + count_text(whole(members.size())) + "</small></h3>\n";
    const std::size_t carried = std::min(members.size(), in_page + beside_page);
    std::string rest;
    for (std::size_t i = 0; i < carried; ++i) {
        const std::string finding = one_finding(subject, *members[i]);
        if (i < in_page) {
            out += finding;
        } else {
            rest += (rest.empty() ? "" : ",\n") + text::json_string(packed(finding));
        }
    }
    if (carried < members.size()) {
        out += "<p class=\"note\">The page has " + count_text(whole(carried)) + " of " +
               count_text(whole(members.size())) + "; all are in findings.csv.</p>\n";
    }
    if (!rest.empty()) {
        out += "<p class=\"note rest\">The first " + count_text(whole(in_page)) + " of " + count_text(whole(carried)) +
               "; a browser that runs the script of this page shows the others.</p>\n<script type=\"application/json\" "
               "data-rows=\"" +
               std::to_string(carried - in_page) + "\">[" + rest + "]</script>\n";
    }
    return out + "</section>\n";
}

} // namespace

std::string_view chip_of(const Finding& finding) {
    switch (finding.severity) {
    case Severity::breach:
        return finding.certainty == findings::Certainty::certain ? "bad" : "warn";
    case Severity::signal:
        return "warn";
    case Severity::waste:
        return "save";
    case Severity::note:
        return "";
    }
    return "";
}

std::string findings_section(const Subject& subject) {
    const auto& all = subject.outcome.findings;
    if (all.empty()) {
        return none(
            subject.inputs.entitlements.empty()
                ? "Nothing to find: no entitlements have been imported to compare with."
                : "No finding: what the records prove and what they cannot rule out stays within what was bought.");
    }
    std::vector<std::pair<findings::Code, std::vector<const Finding*>>> kinds; // in the order of their worst
    for (const auto& finding : all) {
        auto found =
            std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.first == finding.code; });
        if (found == kinds.end()) {
            found = kinds.insert(kinds.end(), {finding.code, {}});
        }
        found->second.push_back(&finding);
    }
    const bool any_beside =
        std::any_of(kinds.begin(), kinds.end(), [](const auto& kind) { return kind.second.size() > in_page; });
    std::string out = any_beside ? phrases_store() : "";
    for (const auto& kind : kinds) {
        out += kind_section(subject, kind.second);
    }
    return "<p>A fact raises one finding. What is not marked <i>possible</i> is certain: even the favourable reading "
           "of "
           "the records is beyond what was bought. A finding keeps its twelve-digit name from run to run.</p>\n" +
           out;
}

} // namespace tally::report
