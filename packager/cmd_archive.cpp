#include "packager/commands.hpp"
#include "packager/submission/station.hpp"
#include "tally/cli/output.hpp"
#include "tally/segment/segment.hpp"
#include "tally/text/date.hpp"
#include "tally/text/json.hpp"
#include "tally/text/utf8.hpp"

namespace tally::packager {
namespace {

// What the archive knows of one log.
struct Holding {
    const archive::EnrolledLog* log = nullptr;
    std::uint64_t next = 0;
    std::uint64_t begins = 0; // lines before it were removed
    std::vector<archive::Run> waiting;
    std::vector<archive::Run> missing; // between what is held and what waits
    std::uint64_t last_seal_ms = 0;
    std::size_t quarantined = 0;
};

std::string log_of(const archive::Quarantine::Entry& entry) {
    const auto name = segment::Name::parse(entry.name);
    return name ? name->host.text() : "";
}

Holding holding_of(const submission::Station& station, const archive::EnrolledLog& log,
                   const std::vector<archive::Quarantine::Entry>& quarantined) {
    Holding holding;
    holding.log = &log;
    holding.next = station.archive.next(log.id);
    holding.begins = station.archive.begins(log.id);
    holding.waiting = station.archive.waiting(log.id);
    holding.last_seal_ms = station.archive.position(log.id, holding.next).wall_ms;
    std::uint64_t seen = holding.next;
    for (const auto& run : holding.waiting) {
        if (run.first > seen) {
            holding.missing.push_back({seen, run.first});
        }
        seen = std::max(seen, run.next);
    }
    holding.quarantined = static_cast<std::size_t>(std::count_if(
        quarantined.begin(), quarantined.end(), [&](const auto& entry) { return log_of(entry) == log.id.text(); }));
    return holding;
}

text::Json& runs(text::Json& json, std::string_view name, const std::vector<archive::Run>& list) {
    json.key(name).array();
    for (const auto& run : list) {
        json.array().value(run.first).value(run.next).end_array();
    }
    return json.end_array();
}

void print_json(const std::string& site, const std::vector<Holding>& holdings,
                const std::vector<archive::Quarantine::Entry>& quarantined) {
    text::Json json;
    json.object().member("site", site).key("logs").array();
    for (const auto& at : holdings) {
        json.object().member("log", at.log->id.text()).member("label", at.log->label).member("group", at.log->group);
        json.member("begins", at.begins).member("next", at.next).member("last_seal_ms", at.last_seal_ms);
        runs(json, "waiting", at.waiting);
        runs(json, "missing", at.missing).end_object();
    }
    json.end_array().key("quarantined").array();
    for (const auto& entry : quarantined) {
        json.object().member("log", log_of(entry)).member("name", entry.name).member("code", entry.code);
        json.member("reason", entry.reason).member("file", entry.file.string()).end_object();
    }
    cli::print(json.end_array().end_object().str() + "\n");
}

std::string text_of(const std::vector<archive::Run>& list) {
    std::string text;
    for (const auto& run : list) {
        text += (text.empty() ? "" : ", ") + std::to_string(run.first) + ".." + std::to_string(run.next - 1);
    }
    return text.empty() ? "-" : text;
}

void print_text(const std::vector<Holding>& holdings, const std::vector<archive::Quarantine::Entry>& quarantined) {
    std::printf("%-24s  %-25s  %10s  %-20s  %-16s  %-16s  %s\n", "label", "log", "lines", "last seal (UTC)", "missing",
                "waiting", "quarantined");
    for (const auto& at : holdings) {
        const std::string seal =
            at.last_seal_ms == 0 ? "-" : text::format_instant(static_cast<std::int64_t>(at.last_seal_ms / 1000));
        std::printf("%-24s  %-25s  %10llu  %-20s  %-16s  %-16s  %zu\n", at.log->label.c_str(),
                    at.log->id.text().c_str(), static_cast<unsigned long long>(at.next), seal.c_str(),
                    text_of(at.missing).c_str(), text_of(at.waiting).c_str(), at.quarantined);
    }
    for (const auto& at : holdings) {
        if (at.begins > 0) {
            std::printf("%s begins at line %llu: those before it were removed\n", at.log->label.c_str(),
                        static_cast<unsigned long long>(at.begins));
        }
    }
    if (!quarantined.empty()) {
        std::printf("\nquarantine\n");
        for (const auto& entry : quarantined) {
            std::printf("  %s  %s: %s\n", text::shown(entry.file.string()).c_str(), entry.code.c_str(),
                        text::shown(entry.reason).c_str());
        }
    }
}

} // namespace

Exit run_archive_list(const ArchiveListOptions& options) {
    const submission::Station station(options.state, os::system_clock());
    const auto quarantined = station.quarantine.list();
    std::vector<Holding> holdings;
    for (const auto& log : station.archive.roster()) {
        holdings.push_back(holding_of(station, log, quarantined));
    }
    options.output == Output::json ? print_json(station.site.current().site.text(), holdings, quarantined)
                                   : print_text(holdings, quarantined);
    return Exit::ok;
}

} // namespace tally::packager
