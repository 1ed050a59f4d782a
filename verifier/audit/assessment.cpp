#include "verifier/audit/pack.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace tally::audit {
namespace {

using findings::Severity;

// One pull as the page shows it: what is there, through which day, what is missing.
struct Pull {
    std::string title, file, there, through;
    std::vector<std::string> missing;
};

std::string counted(std::size_t number, const std::string& one, const std::string& many) {
    return std::to_string(number) + " " + (number == 1 ? one : many);
}

std::string to_text(const Pull& pull) {
    std::string text = pull.title + "\n  file      " + pull.file + "\n  there     " + pull.there + "\n  through   " +
                       (pull.through.empty() ? "not known" : pull.through) + "\n";
    for (const auto& item : pull.missing) {
        text += (&item == pull.missing.data() ? "  missing   " : "            ") + item + "\n";
    }
    return text + (pull.missing.empty() ? "  missing   nothing\n" : "") + "\n";
}

std::string described_day(const inputs::Inputs& inputs, inputs::Kind kind) {
    const auto* file = inputs.newest(kind);
    return file == nullptr ? "" : text::format_day(file->as_of);
}

Pull entitlements(const outputs::Subject& subject) {
    const auto& inputs = subject.inputs;
    Pull pull{"1. Entitlement summary",
              "pulls/1-entitlement-summary.csv",
              counted(inputs.entitlements.size(), "line", "lines"),
              described_day(inputs, inputs::Kind::entitlements),
              {}};
    if (inputs.entitlements.empty()) {
        pull.missing.emplace_back("what was bought: tally-verifier import entitlements");
    }
    if (inputs.agreements.empty()) {
        pull.missing.emplace_back("the agreements behind the lines: tally-verifier import agreements");
    }
    if (inputs.billing.empty()) {
        pull.missing.emplace_back("the bills: tally-verifier import billing");
    }
    const auto priced = std::count_if(inputs.entitlements.begin(), inputs.entitlements.end(),
                                      [](const auto& line) { return line.list_price_units.has_value(); });
    if (static_cast<std::size_t>(priced) < inputs.entitlements.size() && inputs.prices.empty()) {
        pull.missing.push_back("prices of " +
                               counted(inputs.entitlements.size() - static_cast<std::size_t>(priced), "line", "lines"));
    }
    return pull;
}

Pull assignments(const outputs::Subject& subject) {
    const auto& inputs = subject.inputs;
    Pull pull{"2. Assignment record",
              "pulls/2-assignment-record.csv",
              counted(inputs.assignments.size(), "assignment", "assignments"),
              described_day(inputs, inputs::Kind::assignments),
              {}};
    if (inputs.assignments.empty()) {
        pull.missing.emplace_back("who was assigned: tally-verifier import assignments");
    }
    if (!subject.outcome.used_never_assigned.empty()) {
        pull.missing.push_back(
            "an assignment of " +
            counted(subject.outcome.used_never_assigned.size(), "person who was", "persons who were") + " seen in use");
    }
    if (inputs.directory.empty()) {
        pull.missing.emplace_back("the directory, to tell who left: tally-verifier import directory");
    }
    return pull;
}

Pull usage(const PackSource& source) {
    const auto& outcome = source.subject.outcome;
    const std::int64_t last = text::day_of(outcome.as_of - 1);
    const std::int64_t year = last - 364;
    Pull pull{"3. Twelve months of usage",
              "pulls/3-usage-12-months.csv",
              counted(outcome.sessions, "session", "sessions") + " from " +
                  text::format_instant(outcome.observed.from) + " to " + text::format_instant(outcome.observed.to),
              outcome.watched.complete_through ? text::format_day(*outcome.watched.complete_through) : "",
              {}};
    if (outcome.sessions == 0 || text::day_of(outcome.observed.from) > year) {
        pull.missing.push_back("twelve months: records begin on " +
                               text::format_day(text::day_of(outcome.observed.from)) + ", the period on " +
                               text::format_day(year));
    }
    std::map<findings::DayClass, std::size_t> dark;
    for (const auto& host : outcome.watched.hosts) {
        for (std::size_t i = 0; i < host.days.size(); ++i) {
            const auto kind = host.days[i];
            const bool unseen = kind == findings::DayClass::missing || kind == findings::DayClass::recorder_off ||
                                kind == findings::DayClass::source_loss;
            dark[kind] += unseen && host.first_day + static_cast<std::int64_t>(i) >= year ? 1 : 0;
        }
    }
    for (const auto& [kind, days] : dark) {
        if (days > 0) {
            pull.missing.push_back(counted(days, "host-day", "host-days") + ": " + std::string(findings::name(kind)));
        }
    }
    return pull;
}

Pull reconciliation(const PackSource& source) {
    const auto& outcome = source.subject.outcome;
    std::array<std::size_t, 4> severities{};
    std::size_t possible = 0;
    for (const auto& finding : outcome.findings) {
        ++severities[static_cast<std::size_t>(finding.severity)];
        possible += finding.certainty == findings::Certainty::possible ? 1 : 0;
    }
    Pull pull{"4. Reconciliation",
              "pulls/4-reconciliation.csv, tables/findings.csv, register.csv, reconciliation.json",
              counted(outcome.positions.size(), "line judged", "lines judged") + "; " +
                  counted(severities[0], "breach", "breaches") + ", " + counted(severities[1], "signal", "signals") +
                  ", " + std::to_string(severities[2]) + " of waste, " + counted(severities[3], "note", "notes"),
              text::format_day(text::day_of(outcome.as_of - 1)),
              {}};
    if (possible > 0) {
        pull.missing.push_back("certainty of " + counted(possible, "finding", "findings") +
                               ": the records leave room, each says how much");
    }
    const auto without_owner = std::count_if(source.findings.begin(), source.findings.end(), [](const auto& entry) {
        return entry.owner.empty() && entry.state != review::State::remedied && entry.state != review::State::accepted;
    });
    if (without_owner > 0) {
        pull.missing.push_back("an owner of " +
                               counted(static_cast<std::size_t>(without_owner), "open finding", "open findings"));
    }
    if (source.findings.empty() && !outcome.findings.empty()) {
        pull.missing.emplace_back("the register: run tally-verifier reconcile, which keeps the findings");
    }
    return pull;
}

} // namespace

std::string self_assessment(const PackSource& source) {
    const auto& outcome = source.subject.outcome;
    const auto day = text::format_day(text::day_of(outcome.as_of - 1));
    std::string text = "AUDIT PACK, counted through " + day + "\n\n" +
                       (outcome.over_entitlement ? "Use or assignment beyond what was bought is certain.\n"
                                                 : "No certain use or assignment beyond what was bought.\n") +
                       "\nSELF-ASSESSMENT: what an auditor would ask for, and how far it is there\n\n";
    for (const auto& pull :
         {entitlements(source.subject), assignments(source.subject), usage(source), reconciliation(source)}) {
        text += to_text(pull);
    }
    const auto bundles = source.ledger.bundles();
    text +=
        "Evidence  " + counted(bundles.size(), "bundle", "bundles") + " of " +
        counted(source.ledger.trusted().size(), "site", "sites") +
        ", each with the signature with which it was handed over\nReceipts  none: this version does not write them\n";
    return text + R"(
WHAT IS WHERE

  pulls/                the four pulls
  report.html           all of it to read, in one page
  tables/               every table of the report
  reconciliation.json   the result, as docs/reference/report.md describes it
  register.csv, .json   findings over all runs: state, owner, due
  inputs.csv, inputs/   what was handed in, byte for byte
  bundles.csv, bundles/ what came from the sites, with signatures
  trust/                the sites' keys
  rules.jsonl           the rules' values, with sources and examples
  pack.json             what this pack is, for programs
  VERIFY.txt, verify.sh, check-log.py
                        how to check all of it with stock tools
  SHA256SUMS            every file above; signed in SHA256SUMS.minisig by the key in audit.pub
)";
}

} // namespace tally::audit
