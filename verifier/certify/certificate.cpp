#include "verifier/certify/certificate.hpp"

#include "tally/text/date.hpp"
#include "tally/text/html.hpp"

#include <algorithm>
#include <array>

namespace tally::certify {
namespace {

using check::Verdict;

// What fits the page, each row two lines of print at most. The rest is counted.
constexpr std::size_t shown_rows = 8; // logs and findings together
constexpr std::size_t shown_findings = 4;
constexpr std::size_t shown_text = 140;
constexpr std::size_t shown_name = 72;
constexpr std::int64_t last_day = 2'932'896; // 9999-12-31

constexpr std::string_view page_style = R"css(
@page{size:A4;margin:0}
*{box-sizing:border-box;margin:0;padding:0}
html{overflow:auto;background:#fff;color:#1b1c1e;-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{width:210mm;height:296mm;margin:0 auto;padding:9mm 15mm 7mm;overflow:hidden;display:flex;flex-direction:column;font:8.6pt/1.42 "Inter","Segoe UI","Helvetica Neue",Arial,"Liberation Sans",sans-serif;font-variant-numeric:tabular-nums lining-nums}
h1,h2{font-family:"Charter","Palatino Linotype",Palatino,"Source Serif 4","Liberation Serif",Georgia,serif;font-weight:600;letter-spacing:-.005em}
h1{font-size:21pt;line-height:1.15}
h2{font-size:11pt;margin:4mm 0 1.2mm;padding-bottom:.8mm;border-bottom:.35mm solid #1b1c1e}
.eyebrow{font-size:7.2pt;letter-spacing:.12em;text-transform:uppercase;color:#5d5f63;margin-bottom:1.5mm}
.verdict{display:flex;align-items:baseline;gap:5mm;margin-top:4mm;padding:3mm 4mm;border-left:1.6mm solid;background:#f4f3ee}
.verdict b{font-size:14pt;white-space:nowrap;letter-spacing:.01em}
.good{border-color:#27633a;background:#e2efe5}.good b{color:#27633a}
.warn{border-color:#855a00;background:#f7edd6}.warn b{color:#855a00}
.bad{border-color:#a8201a;background:#f7e3e0}.bad b{color:#a8201a}
dl{display:grid;grid-template-columns:32mm 1fr;margin-top:3.6mm}
dt,dd{padding:.85mm 0;border-bottom:.15mm solid #e3e2dc}
dt{color:#5d5f63}
dd{overflow-wrap:anywhere}
code{font:7.4pt/1.4 ui-monospace,"Cascadia Mono",Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;table-layout:fixed}
th,td{text-align:left;vertical-align:top;padding:.8mm 2mm .8mm 0;border-bottom:.15mm solid #e3e2dc;font-weight:400;overflow-wrap:anywhere}
thead th{font-size:7.2pt;color:#5d5f63;border-bottom:.25mm solid #8b8d91}
.n{text-align:right}
th:last-child,td:last-child{padding-right:0}
table{margin-top:1.5mm}
.d{white-space:nowrap}
.one{display:block;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.two{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
.root td{padding-top:0}
.open th,.open td{border-bottom:0;padding-bottom:.1mm}
.root code,small{color:#5d5f63}.root code{font-size:7.1pt}
small{font-size:7.6pt}
.more{color:#5d5f63;padding-top:1.1mm}
ul{padding-left:4mm}
li{padding:.3mm 0}
footer{padding-top:2.5mm;border-top:.35mm solid #1b1c1e;display:flex;justify-content:space-between;gap:8mm;color:#5d5f63;font-size:7.4pt}
.sign{display:grid;grid-template-columns:1fr 1fr;gap:10mm;margin-top:auto;padding-top:7mm;margin-bottom:3mm;color:#5d5f63;font-size:7.4pt}
.sign div{border-top:.2mm solid #8b8d91;padding-top:.8mm}
@media screen{html{background:#e9e8e3}body{background:#fff;margin:8mm auto;box-shadow:0 1mm 5mm rgba(0,0,0,.18)}}
)css";

// At most `most` characters, whole ones, of what the eye is to see.
std::string clipped(std::string_view raw, std::size_t most) {
    const std::string text = text::shown(raw);
    std::size_t at = 0;
    std::size_t characters = 0;
    std::uint32_t point = 0;
    while (at < text.size() && characters < most) {
        at += std::max<std::size_t>(1, text::utf8_length(std::string_view(text).substr(at), point));
        ++characters;
    }
    return text::html(at < text.size() ? text.substr(0, at) + "…" : text);
}

std::string code(std::string_view safe) { return "<code>" + std::string(safe) + "</code>"; }

std::string one_line(const std::string& safe) { return "<span class=\"one\">" + safe + "</span>"; }

std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3; at -= 3) {
        digits.insert(at - 3, "\u202F");
    }
    return digits;
}

std::string day_of_wall(std::uint64_t wall_ms) {
    const auto day = static_cast<std::int64_t>(wall_ms / 1000) / text::seconds_per_day;
    return "<span class=\"d\">" + (wall_ms == 0 || day > last_day ? "–" : text::format_day(day)) + "</span>";
}

std::string fact(std::string_view name, const std::string& safe) {
    return "<dt>" + std::string(name) + "</dt><dd>" + safe + "</dd>";
}

struct Judgement {
    std::string_view style, word, meaning;
};

Judgement judgement_of(const check::Report& report, bool anchored) {
    if (report.verdict == Verdict::rejected) {
        return {"bad", "REJECTED",
                "Something in this bundle is not as it was sealed and signed. Nothing of it may be relied on."};
    }
    if (!anchored) {
        return {"warn", "UNANCHORED",
                "Consistent with itself, and no more: nobody was trusted, so whoever made all of it gets this answer."};
    }
    return report.verdict == Verdict::ok
               ? Judgement{"good", "OK",
                           "Signed by the enrolled site, and every line is the one its log sealed, in order and "
                           "without a gap."}
               : Judgement{"warn", "OK WITH FINDINGS",
                           "Every line is the one its log sealed; the findings below have to be read."};
}

std::string facts(const check::Report& report, const CertificateBasis& basis) {
    std::string list = fact("Bundle", code(clipped(report.file, shown_name)));
    list += fact("SHA-256", code(to_hex(report.digest)) + " <small>" + grouped(report.bytes) + " bytes</small>");
    if (!report.site.empty()) {
        list += fact("Site", clipped(report.site, shown_name) + ", agreement " + clipped(report.agreement, shown_name) +
                                 ", bundle number " + std::to_string(report.n) + ", volume " +
                                 std::to_string(report.volume) + " of " + std::to_string(report.volumes));
    }
    list += fact("Site fingerprint",
                 basis.fingerprint.empty()
                     ? "none: no enrolled site file was used, or none of this site"
                     : clipped(basis.words, shown_name) + "<br>" + code(clipped(basis.fingerprint, 64)));
    list += fact("Checked", text::html(text::format_instant(basis.checked)) +
                                " by this machine's clock, tally-verifier " + clipped(basis.version, 24));
    return "<dl>" + list + "</dl>\n";
}

std::string coverage(const check::Report& report) {
    std::uint64_t sessions = 0;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t from = 0;
    std::uint64_t until = 0;
    const auto least = [](std::uint64_t known, std::uint64_t next) {
        return known == 0 || (next != 0 && next < known) ? next : known;
    };
    for (const auto& log : report.logs) {
        sessions += log.sessions;
        first = least(first, log.first_wall);
        last = std::max(last, log.last_wall);
        from = least(from, log.imported_first);
        until = std::max(until, log.imported_last);
    }
    std::string text = grouped(report.logs.size()) + (report.logs.size() == 1 ? " log, " : " logs, ") +
                       grouped(report.lines) + " lines, " + grouped(report.seals) + " seals, " + grouped(sessions) +
                       " session starts. Written " + day_of_wall(first) + " to " + day_of_wall(last) +
                       " by the hosts' clocks";
    const std::uint64_t ms = 1000;
    return text + (until == 0
                       ? "."
                       : "; imported events from " + day_of_wall(from * ms) + " to " + day_of_wall(until * ms) + ".");
}

std::string logs(const check::Report& report) {
    if (report.logs.empty()) {
        return "<h2>Logs</h2><p>None could be read.</p>\n";
    }
    const std::size_t shown =
        std::min(report.logs.size(), shown_rows - std::min(shown_findings, report.findings.size()));
    std::string rows;
    for (std::size_t i = 0; i < shown; ++i) {
        const auto& log = report.logs[i];
        const std::string lines = log.first == log.next ? "none" : grouped(log.first) + " – " + grouped(log.next - 1);
        const std::string label = log.label.empty() ? "–" : log.label;
        rows += "<tr class=\"open\"><th scope=\"row\">" + one_line(clipped(label, 24)) + "</th><td>" +
                one_line(code(clipped(log.host, 32))) + "</td><td>" + text::html(log.role) + "</td><td class=\"n\">" +
                one_line(lines) + "</td><td class=\"n\">" + one_line(grouped(log.fresh_lines)) +
                "</td><td class=\"n\">" + one_line(grouped(log.seals)) +
                "</td></tr><tr class=\"root\"><td></td><td colspan=\"5\">" +
                one_line(log.root ? "root at " + grouped(log.next) + " " + code(to_hex(*log.root))
                                  : "<small>root not proved</small>") +
                "</td></tr>\n";
    }
    std::string text = "<h2>Logs</h2><p>" + coverage(report) + "</p>\n";
    text += "<table><colgroup><col style=\"width:30mm\"><col><col style=\"width:16mm\"><col style=\"width:38mm\"><col "
            "style=\"width:20mm\"><col "
            "style=\"width:15mm\"></colgroup><thead><tr><th>Label</th><th>Log</th><th>Role</th><th "
            "class=\"n\">Lines</th><th class=\"n\">New here</th><th class=\"n\">Seals</th></tr></thead><tbody>\n" +
            rows + "</tbody></table>\n";
    if (report.logs.size() > shown) {
        text += "<p class=\"more\">and " + grouped(report.logs.size() - shown) +
                " more logs: <code>check --json</code> lists all with their roots</p>\n";
    }
    return text;
}

std::string findings(const check::Report& report) {
    std::array<std::uint64_t, 3> counts{};
    for (const auto& finding : report.findings) {
        ++counts[static_cast<std::size_t>(finding.severity)];
    }
    if (report.findings.empty()) {
        return "<h2>Findings</h2><p>None.</p>\n";
    }
    auto sorted = report.findings;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.severity > b.severity; });
    std::string rows;
    for (std::size_t i = 0; i < std::min(shown_findings, sorted.size()); ++i) {
        const auto& finding = sorted[i];
        std::string place = finding.host.empty() ? finding.member : finding.host;
        place += finding.seq ? " seq " + std::to_string(*finding.seq) : "";
        rows += "<tr><td>" + text::html(check::name(finding.severity)) + "</td><th scope=\"row\">" +
                text::html(check::name(finding.code)) + "</th><td><span class=\"two\">" +
                clipped(finding.text, shown_text) +
                (place.empty() ? "" : " <small>" + clipped(place, 56) + "</small>") + "</span></td></tr>\n";
    }
    std::string text = "<h2>Findings</h2><p>" + grouped(counts[2]) + " that refuse, " + grouped(counts[1]) +
                       " that warn, " + grouped(counts[0]) +
                       " notes.</p>\n<table><colgroup><col style=\"width:14mm\"><col "
                       "style=\"width:41mm\"><col></colgroup><tbody>\n" +
                       rows + "</tbody></table>\n";
    if (sorted.size() > shown_findings) {
        text += "<p class=\"more\">and " + grouped(sorted.size() - shown_findings) +
                " more: <code>check</code> lists them</p>\n";
    }
    return text;
}

constexpr std::string_view limits = R"html(<h2>What this does not prove</h2>
<ul>
<li>That the lines were true when they were written, that a host recorded everything, or that its clock was right.</li>
<li>Anything about lines before they were sealed, or about a log before it was enrolled: whoever kept an old key can rewrite what nobody else has seen.</li>
<li>That nothing was held back: only lines up to the last seal of each log that is listed are covered.</li>
<li>This page itself: it is a printout. The evidence is the bundle with its signature; check it again with the digest above.</li>
</ul>
)html";

} // namespace

std::string to_certificate(const check::Report& report, const CertificateBasis& basis) {
    const bool anchored = std::none_of(report.findings.begin(), report.findings.end(),
                                       [](const auto& finding) { return finding.code == check::Code::unanchored; });
    const Judgement judged = judgement_of(report, anchored);
    std::string page =
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta "
        "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>Check of " +
        clipped(os::fs::path(report.file).filename().string(), shown_name) + "</title>\n<style>" +
        std::string(page_style) +
        "</style></head>\n<body>\n<p class=\"eyebrow\">Tallystick · record of a "
        "check</p>\n<h1>What was found in one bundle</h1>\n";
    page += "<div class=\"verdict " + std::string(judged.style) + "\"><b>" + std::string(judged.word) + "</b><span>" +
            std::string(judged.meaning) + "</span></div>\n";
    page += facts(report, basis) + logs(report) + findings(report) + std::string(limits);
    page += "<div class=\"sign\"><div>Checked by</div><div>Place, date, signature</div></div>\n<footer><span>Repeat: "
            "<code>tally-verifier check FILE --ledger LEDGER</code></span><span>" +
            code(to_hex(report.digest).substr(0, 16)) + " · one page</span></footer>\n</body></html>\n";
    return page;
}

} // namespace tally::certify
