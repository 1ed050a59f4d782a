#include "verifier/audit/stock_tools.hpp"
#include "verifier/counted.hpp"
#include "verifier/review/register.hpp"

#include "tally/base/encoding.hpp"
#include "tally/cli/output.hpp"
#include "tally/text/date.hpp"
#include "tally/text/json.hpp"

#include <cstdio>

namespace tally::verifier {
namespace {

using findings::Finding;

// By its whole name, or by a beginning that fits one only.
const Finding* find(const findings::Outcome& outcome, const std::string& name) {
    const Finding* found = nullptr;
    for (const auto& finding : outcome.findings) {
        if (name.size() >= 4 && finding.id.compare(0, name.size(), name) == 0) {
            if (found != nullptr) {
                throw Error("explain", name, "several findings begin with this",
                            {"give more digits: " + found->id + ", " + finding.id}, Exit::usage);
            }
            found = &finding;
        }
    }
    return found;
}

std::string row_text(const inputs::Inputs& inputs, const inputs::RowRef& row) {
    const auto* file = inputs.file_of(row);
    return (file != nullptr ? file->name + " (sha256 " + file->digest + ")" : std::string("input")) + " line " +
           std::to_string(row.row);
}

std::string about(const Finding& finding, const inputs::Inputs& inputs, std::string_view rules) {
    std::string text = finding.id + "  " + std::string(findings::name(finding.code)) + "  " +
                       std::string(findings::name(finding.severity)) + ", " +
                       std::string(findings::name(finding.certainty)) + ", " + finding.state + "\n";
    text += "  " + text::shown(finding.subject) + ": " + text::shown(finding.text) + "\n";
    text += "  quantity   " + std::to_string(finding.quantity.lower) + " to " + std::to_string(finding.quantity.upper) +
            " " + finding.unit + "\n";
    text += "  when       " + text::format_instant(finding.when.from) + " to " + text::format_instant(finding.when.to) +
            "\n";
    text += "  rule       " + std::string(finding.rule) + " of " + std::string(rules) + "\n";
    if (finding.exposure && finding.cure) {
        text += "  exposure   " + finding.exposure->str() + " " + finding.currency + ", cure " + finding.cure->str() +
                " " + finding.currency + "\n";
    }
    for (const auto& part : finding.parts) {
        const std::string days =
            text::format_day(part.from) + (part.until == part.from ? "" : " to " + text::format_day(part.until));
        text += "  reckoned   " + std::string(name(part.of)) + ": " + std::to_string(part.seats) + " × " +
                (part.of == findings::AmountOf::exposure ? std::to_string(part.days) + " days × " : "") +
                part.price.str() + " " + finding.currency + " (" + text::shown(part.priced_by) + "), " + days +
                (part.of == findings::AmountOf::exposure ? ", / " + std::to_string(divisor_of(part.of)) + "\n" : "\n");
    }
    for (const auto& row : finding.rows) {
        text += "  rests on   " + row_text(inputs, row) + "\n";
    }
    return text + "  records    " + std::to_string(finding.records_total) + "\n";
}

// What people said about it, and how its state came about.
std::string workflow(const sqlite::Database& database, const std::string& id) {
    std::string text;
    for (const auto& entry : review::named(database, id, 0)) {
        text += entry.owner.empty() ? "" : "  owner      " + text::shown(entry.owner) + "\n";
        text += entry.due ? "  due        " + text::format_day(*entry.due) + "\n" : "";
        text += entry.note.empty() ? "" : "  note       " + text::shown(entry.note) + "\n";
        text +=
            "  seen       " + text::format_day(entry.first_seen) + " to " + text::format_day(entry.last_seen) + "\n";
    }
    for (const auto& change : review::history(database, id)) {
        if (!change.from.empty() || change.field != "state") {
            text += "  changed    " + text::format_instant(change.at) + " " + text::shown(change.who) + ": " +
                    change.field + " from '" + text::shown(change.from) + "' to '" + text::shown(change.to) + "'\n";
        }
    }
    return text;
}

std::string about(const ledger::Ledger& ledger, const ledger::Proof& proof) {
    std::string text = "\n" + proof.host + " " + std::to_string(proof.seq) + "\n  line     " + proof.line +
                       "\n  leaf     " + to_hex(proof.leaf) + "\n";
    for (std::size_t i = 0; i < proof.path.size(); ++i) {
        text += (i == 0 ? "  path     " : "           ") + to_hex(proof.path[i]) + "\n";
    }
    text += "  root     " + to_hex(proof.root) + "  of the first " + std::to_string(proof.seal_seq) +
            " lines, signed by line " + std::to_string(proof.seal_seq) + "\n  seal     " + proof.seal_line +
            "\n  bundle   " + proof.bundle.name + "  sha256 " + proof.bundle.digest + "\n  with stock tools:\n";
    for (const auto& command : audit::stock_commands(ledger, proof)) {
        text += "    " + command + "\n";
    }
    return text;
}

void put(text::Json& json, const ledger::Ledger& ledger, const ledger::Proof& proof) {
    json.object()
        .member("host", proof.host)
        .member("seq", proof.seq)
        .member("line", proof.line)
        .member("leaf", to_hex(proof.leaf))
        .key("path")
        .array();
    for (const auto& hash : proof.path) {
        json.value(to_hex(hash));
    }
    json.end_array().member("root", to_hex(proof.root)).member("size", proof.seal_seq).member("seal", proof.seal_line);
    json.member("bundle", proof.bundle.name).member("sha256", proof.bundle.digest);
    json.key("commands").array();
    for (const auto& command : audit::stock_commands(ledger, proof)) {
        json.value(command);
    }
    json.end_array().end_object();
}

std::vector<ledger::Proof> proofs_of(const ledger::Ledger& ledger, const Finding& finding, std::size_t most) {
    std::vector<ledger::Proof> proofs;
    for (const auto& record : finding.records) {
        if (proofs.size() == most) {
            break;
        }
        auto proof = ledger.record_at(record.log, record.seq);
        if (!proof) {
            throw Error("explain", record.log + " " + std::to_string(record.seq),
                        "no accepted bundle holds this line: the ledger is damaged");
        }
        proofs.push_back(std::move(*proof));
    }
    return proofs;
}

} // namespace

Exit run_explain(const ExplainOptions& options) {
    const ledger::Ledger ledger(options.ledger, sqlite::Mode::read_only);
    auto counted = count(ledger, options.as_of, options.fold_case, options.assumptions);
    review::show_states(ledger.database(), counted.outcome);
    const Finding* finding = find(counted.outcome, options.finding);
    if (finding == nullptr) {
        const auto stored = review::stored_finding(ledger.database(), options.finding);
        if (!stored) {
            throw Error(
                "explain", options.finding, "no such finding",
                {"their names are the first column of: tally-verifier reconcile --ledger " + options.ledger.string()},
                Exit::usage);
        }
        std::fprintf(stderr, "tally-verifier: this finding is no longer raised; as it was stored last:\n");
        cli::print(stored->body + "\n");
        return Exit::ok;
    }
    const auto proofs = proofs_of(ledger, *finding, options.records);
    if (options.output == Output::json) {
        text::Json json;
        json.object()
            .member("format", "tally-explain-1")
            .key("finding")
            .embed(findings::to_json(*finding))
            .key("proofs")
            .array();
        for (const auto& proof : proofs) {
            put(json, ledger, proof);
        }
        json.end_array().end_object();
        cli::print(json.str() + "\n");
        return Exit::ok;
    }
    std::string text =
        about(*finding, counted.inputs, counted.outcome.rules) + workflow(ledger.database(), finding->id);
    for (const auto& proof : proofs) {
        text += about(ledger, proof);
    }
    if (proofs.size() < finding->records_total) {
        text +=
            "\n" + std::to_string(finding->records_total - proofs.size()) + " more records; show more with --records\n";
    }
    cli::print(text);
    return Exit::ok;
}

} // namespace tally::verifier
