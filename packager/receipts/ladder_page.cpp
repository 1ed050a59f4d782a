#include "packager/receipts/ladder.hpp"
#include "tally/text/date.hpp"
#include "tally/text/html.hpp"

namespace tally::receipts {
namespace {

constexpr std::uint64_t second_in_ms = 1000;

constexpr std::string_view page_style = R"css(
:root{--paper:#fff;--ink:#1b1c1e;--soft:#5d5f63;--rule:#e3e2dc;--desk:#f3f2ee;--good:#27633a;--warn:#855a00;--bad:#a8201a;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--paper:#1d1e20;--ink:#ecebe6;--soft:#a3a5aa;--rule:#37393c;--desk:#141516;--good:#7cc08f;--warn:#d9a94a;--bad:#f08a80}}
*,*::before{box-sizing:border-box;margin:0;padding:0}
body{background:var(--desk);color:var(--ink);font:15px/1.5 "Inter","Segoe UI","Helvetica Neue",Arial,"Liberation Sans",sans-serif;font-variant-numeric:tabular-nums lining-nums}
main{max-width:60rem;margin:2rem auto;padding:2.5rem 3rem;background:var(--paper)}
h1{font:600 1.75rem/1.2 "Charter","Palatino Linotype",Palatino,"Liberation Serif",Georgia,serif;letter-spacing:-.005em}
.eyebrow{font-size:.75rem;letter-spacing:.12em;text-transform:uppercase;color:var(--soft);margin-bottom:.5rem}
.lead{color:var(--soft);max-width:46rem;margin-top:.6rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.5rem;margin:1.5rem 0 2rem}
dt{color:var(--soft)}
dd{overflow-wrap:anywhere}
ol{list-style:none;border-left:2px solid var(--rule);margin-left:.4rem}
ol>li{position:relative;padding:0 0 1.7rem 1.6rem;break-inside:avoid}
ol>li::before{content:"";position:absolute;left:-.42rem;top:.45rem;width:.7rem;height:.7rem;border-radius:50%;background:var(--paper);border:2px solid var(--soft)}
ol>li.ok::before{background:var(--good);border-color:var(--good)}
ol>li.warn::before{background:var(--warn);border-color:var(--warn)}
ol>li.bad::before{background:var(--bad);border-color:var(--bad)}
h2{font-size:1.05rem;font-weight:600}
h2 small{font-weight:400;color:var(--soft);font-size:.85rem;margin-left:.6rem}
table{border-collapse:collapse;width:100%;margin-top:.4rem}
th,td{text-align:left;vertical-align:top;padding:.28rem 1rem .28rem 0;border-bottom:1px solid var(--rule);font-weight:400}
th{width:6.5rem;color:var(--soft)}
td.at{width:10.5rem;white-space:nowrap}
td.what{overflow-wrap:anywhere}
td.what .ok{color:var(--good)}td.what .warn{color:var(--warn)}td.what .bad{color:var(--bad)}
.verdict{font-weight:600}
code{font:.78rem/1.5 ui-monospace,"Cascadia Mono",Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;overflow-wrap:anywhere}
footer{margin-top:1rem;padding-top:1rem;border-top:1px solid var(--rule);color:var(--soft);font-size:.85rem}
@media (max-width:40rem){main{margin:0;padding:1.5rem 1.1rem}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}tr{display:block;border-bottom:1px solid var(--rule);padding:.3rem 0}th,td,td.at{display:block;width:auto;border:0;padding:0}}
@page{size:A4;margin:16mm 15mm}
@media print{:root{--paper:#fff;--ink:#1b1c1e;--soft:#5d5f63;--rule:#d9d8d2;--desk:#fff;--good:#27633a;--warn:#855a00;--bad:#a8201a}body{font-size:9.5pt}main{max-width:none;margin:0;padding:0}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
)css";

std::string marked_instant(std::uint64_t wall_ms) {
    const std::string text = text::format_instant(static_cast<std::int64_t>(wall_ms / second_in_ms));
    return "<time datetime=\"" + text + "\">" + text.substr(0, 10) + " " + text.substr(11, 5) + " UTC</time>";
}

std::string row(std::string_view step, const std::string& at, const std::string& safe) {
    return "<tr><th scope=\"row\">" + std::string(step) + "</th><td class=\"at\">" + at + "</td><td class=\"what\">" +
           safe + "</td></tr>\n";
}

std::string_view style_of(receipt::Status status) {
    return status == receipt::Status::ok ? "ok" : status == receipt::Status::ok_with_findings ? "warn" : "bad";
}

std::string_view words_of(receipt::Status status) {
    return status == receipt::Status::ok                 ? "Accepted"
           : status == receipt::Status::ok_with_findings ? "Accepted, with findings"
                                                         : "Refused";
}

std::string answer_row(const Answer& answer) {
    const auto& [receipt, taken_ms] = answer;
    std::string safe = "<span class=\"verdict " + std::string(style_of(receipt.status)) + "\">" +
                       std::string(words_of(receipt.status)) + "</span>, receipt " + std::to_string(receipt.n);
    for (const auto& code : receipt.findings) {
        safe += " <code>" + text::html(code) + "</code>";
    }
    for (const auto volume : receipt.missing) {
        safe += "; volume " + std::to_string(volume) + " has not arrived";
    }
    return row("answered", marked_instant(receipt.issued * second_in_ms), safe) +
           row("taken in", marked_instant(taken_ms), "at the station, with its signature checked");
}

std::string rung_item(const Rung& rung) {
    const auto style = rung.answers.empty() ? std::string_view("open") : style_of(rung.answers.back().receipt.status);
    std::string digests;
    for (const auto& digest : rung.digests) {
        digests += (digests.empty() ? "SHA-256 <code>" : "<br>SHA-256 <code>") + text::html(digest) + "</code>";
    }
    std::string item = "<li class=\"" + std::string(style) + "\"><h2>Bundle " + std::to_string(rung.n) + "<small>" +
                       text::html(rung.label) + "</small></h2><table>\n" +
                       row("made", marked_instant(rung.made_ms), digests.empty() ? "not finished" : digests);
    for (const auto& event : rung.released) {
        item += row("released", marked_instant(event.wall_ms), "by " + text::html(event.text));
    }
    for (const auto& event : rung.written) {
        item += row("handed on", marked_instant(event.wall_ms), "on " + text::html(event.text));
    }
    for (const auto& answer : rung.answers) {
        item += answer_row(answer);
    }
    return item + (rung.answers.empty() ? row("answered", "–", "no receipt yet") : "") + "</table></li>\n";
}

std::string fact(std::string_view name, const std::string& safe) {
    return "<dt>" + std::string(name) + "</dt><dd>" + safe + "</dd>";
}

} // namespace

std::string to_page(const Ladder& ladder) {
    std::size_t answered = 0;
    std::string rungs;
    for (const auto& rung : ladder.rungs) {
        answered += rung.answers.empty() ? 0U : 1U;
        rungs += rung_item(rung);
    }
    const std::string title = "Submissions and receipts, " + text::html(ladder.agreement);
    std::string page =
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width, initial-scale=1\"><title>" +
        title + "</title><style>" + std::string(page_style) +
        "</style></head><body><main>\n<p class=\"eyebrow\">Site " + text::html(ladder.site) + "</p><h1>" + title +
        "</h1>\n<p class=\"lead\">Every bundle that this site made for the agreement, and what the verifier answered. "
        "All of it is as the sealed log of the station and the signed receipts tell it.</p>\n<dl>";
    page += fact("Site fingerprint", text::html(ladder.fingerprint));
    page += fact("Bundles", std::to_string(ladder.rungs.size()) + ", of which " + std::to_string(answered) +
                                (answered == 1 ? " was answered" : " were answered"));
    page += fact("As of", marked_instant(ladder.made_ms)) + "</dl>\n";
    page += ladder.rungs.empty() ? std::string("<p>No bundle was made yet.</p>\n") : "<ol>\n" + rungs + "</ol>\n";
    return page +
           "<footer>Instants of <em>made</em>, <em>released</em>, <em>handed on</em> and <em>taken in</em> are by "
           "the station's clock, <em>answered</em> by the verifier's. Each line of the station's log leaves the "
           "site with the next bundle, sealed, and can be checked there.</footer>\n</main></body></html>\n";
}

} // namespace tally::receipts
