#include "verifier/certify/verdict_text.hpp"

#include <algorithm>

namespace tally::certify {
namespace {

using check::Finding;
using check::LogCoverage;
using check::Report;
using check::Sandbox;

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(width, text.size()), ' ');
    return text;
}

std::string right(std::uint64_t number, std::size_t width) {
    const std::string text = std::to_string(number);
    return std::string(text.size() < width ? width - text.size() : 0, ' ') + text;
}

std::string coverage_text(const Report& report) {
    std::string text = "  " + padded("log", 26) + padded("label", 20) + padded("role", 9) +
                       "     first      next     fresh    seals  sessions  imports\n";
    for (const auto& log : report.logs) {
        text += "  " + padded(log.host, 26) + padded(log.label, 19) + " " + padded(log.role, 9) + right(log.first, 10) +
                right(log.next, 10) + right(log.fresh_lines, 10) + right(log.seals, 9) + right(log.sessions, 10) +
                right(log.imports, 9) + "\n";
    }
    return text;
}

std::string releases_text(const Report& report) {
    std::string text = "  released by:";
    for (const auto& one : report.releases) {
        text += (&one == &report.releases.front() ? " " : ", ") + one.person + " (key " + one.key + ")";
    }
    return text + (report.releases.empty() ? " nobody" : "") + "; the site's policy asks for " +
           std::to_string(report.releases_needed) + (report.releases_needed == 1 ? " person\n" : " persons\n");
}

void write_finding(text::Json& json, const Finding& finding) {
    json.object()
        .member("code", name(finding.code))
        .member("severity", name(finding.severity))
        .member("text", finding.text);
    const auto text = [&](std::string_view key, const std::string& value) {
        value.empty() ? json.key(key).null() : json.member(key, value);
    };
    const auto number = [&](std::string_view key, const std::optional<std::uint64_t>& value) {
        value ? json.member(key, *value) : json.key(key).null();
    };
    text("host", finding.host);
    number("seq", finding.seq);
    text("member", finding.member);
    number("line", finding.line);
    number("offset", finding.offset);
    json.end_object();
}

void write_sandbox(text::Json& json, const Sandbox& sandbox) {
    json.object().member("text", to_text(sandbox)).member("landlock", sandbox.landlock);
    json.member("no_new_privileges", sandbox.no_new_privileges);
    json.member("calls_filtered", sandbox.calls_filtered);
    json.member("limits", sandbox.limits);
    json.member("memory", sandbox.memory).key("missing").array();
    for (const auto& layer : sandbox.missing) {
        json.value(layer);
    }
    json.end_array().end_object();
}

void write_log(text::Json& json, const LogCoverage& log) {
    json.object()
        .member("host", log.host)
        .member("label", log.label)
        .member("role", log.role)
        .member("first", log.first)
        .member("next", log.next)
        .member("fresh", log.fresh_lines)
        .member("seals", log.seals)
        .member("sessions", log.sessions)
        .member("imports", log.imports)
        .member("first_wall_ms", log.first_wall)
        .member("last_wall_ms", log.last_wall)
        .member("imported_first", log.imported_first)
        .member("imported_last", log.imported_last);
    log.root ? json.member("root", to_hex(*log.root)) : json.key("root").null();
    json.end_object();
}

} // namespace

std::string to_text(const Report& report) {
    std::string text = std::string(name(report.verdict)) + "  " + report.file + "\n";
    if (!report.site.empty()) {
        text += "  site " + report.site + ", agreement " + report.agreement + ", bundle " + std::to_string(report.n) +
                ", volume " + std::to_string(report.volume) + " of " + std::to_string(report.volumes) + "\n";
    }
    text += "  " + std::to_string(report.bytes) + " bytes, SHA-256 " + to_hex(report.digest) + "\n";
    if (report.logs.empty() && report.verdict == check::Verdict::ok) {
        text += "  coverage: not looked into again\n";
    } else {
        text += "  coverage: " + std::to_string(report.logs.size()) + " logs, " + std::to_string(report.lines) +
                " lines, " + std::to_string(report.seals) + " seals\n";
    }
    if (!report.logs.empty()) {
        text += coverage_text(report);
    }
    if (report.releases_needed > 0 || !report.releases.empty()) {
        text += releases_text(report);
    }
    text += report.findings.empty() ? "  findings: none\n" : "  findings:\n";
    for (const auto& finding : report.findings) {
        text += "    " + to_text(finding) + "\n";
    }
    if (report.sandbox) {
        text += "  sandbox: " + to_text(*report.sandbox) + "\n";
    }
    return text;
}

void write_json(text::Json& json, const Report& report) {
    json.object()
        .member("file", report.file)
        .member("verdict", name(report.verdict))
        .member("sha256", to_hex(report.digest))
        .member("bytes", report.bytes)
        .member("site", report.site)
        .member("agreement", report.agreement)
        .member("n", report.n)
        .member("volume", report.volume)
        .member("volumes", report.volumes)
        .member("lines", report.lines)
        .member("seals", report.seals);
    json.key("logs").array();
    for (const auto& log : report.logs) {
        write_log(json, log);
    }
    json.end_array().member("releases_needed", report.releases_needed).key("releases").array();
    for (const auto& one : report.releases) {
        json.object().member("person", one.person).member("key", one.key).member("file", one.file).end_object();
    }
    json.end_array().key("findings").array();
    for (const auto& finding : report.findings) {
        write_finding(json, finding);
    }
    json.end_array().key("sandbox");
    if (report.sandbox) {
        write_sandbox(json, *report.sandbox);
    } else {
        json.null();
    }
    json.end_object();
}

} // namespace tally::certify
