#include "verifier/audit/pack.hpp"

#include "tally/base/encoding.hpp"
#include "tally/text/date.hpp"
#include "tally/text/json.hpp"
#include "verifier/audit/recipe.hpp"
#include "verifier/count/months.hpp"
#include "verifier/inputs/inputs_csv.hpp"
#include "verifier/inputs/store.hpp"
#include "verifier/ledger/kept_releases.hpp"
#include "verifier/ledger/reenrolment.hpp"
#include "verifier/outputs/reconciliation.hpp"
#include "verifier/outputs/tables.hpp"
#include "verifier/receipt/answers.hpp"
#include "verifier/review/register.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tally::audit {
namespace {

using outputs::Table;

std::string last_day(const PackSource& source) {
    return text::format_day(text::day_of(source.subject.outcome.as_of - 1));
}

std::string numbered(std::size_t number, const std::string& name) {
    return text::padded(static_cast<std::int64_t>(number), 4) + "_" + name;
}

// Twelve calendar months of use up to the last day that counts.
Table months_of_use(const findings::Outcome& outcome) {
    struct Month {
        std::uint64_t starts = 0;
        std::int64_t days = 0, claims_peak = 0, use_peak = 0;
    };
    const std::int64_t last = count::month_of(text::day_of(outcome.as_of - 1));
    std::map<std::pair<std::string, std::int64_t>, Month> months;
    for (const auto& day : outcome.days) {
        const std::int64_t index = count::month_of(day.day);
        if (index > last - 12 && index <= last) {
            Month& month = months[{day.product, index}];
            month.starts += day.starts;
            month.days += day.use_peak > 0 || day.claims_peak > 0 ? 1 : 0;
            month.claims_peak = std::max(month.claims_peak, day.claims_peak);
            month.use_peak = std::max(month.use_peak, day.use_peak);
        }
    }
    Table table{"3-usage-12-months", {"product", "month", "days_with_use", "starts", "claims_peak", "use_peak"}, {}};
    for (const auto& [key, month] : months) {
        const std::string label = text::padded(key.second / 12, 4) + "-" + text::padded(key.second % 12 + 1, 2);
        table.add({key.first, label, month.days, month.starts, month.claims_peak, month.use_peak});
    }
    return table;
}

// The four pulls: three tables of the report under the names by which an auditor asks for them, and the months.
void add_tables(const PackSource& source, Pack& pack) {
    const std::map<std::string, std::string> pulls = {{"entitlements", "1-entitlement-summary"},
                                                      {"assignments", "2-assignment-record"},
                                                      {"position", "4-reconciliation"}};
    for (auto& table : outputs::tables(source.subject)) {
        auto file = outputs::to_csv(table);
        pack.files.push_back({"tables/" + file.name, file.bytes});
        const auto pull = pulls.find(table.name);
        if (pull != pulls.end()) {
            pack.files.push_back({"pulls/" + pull->second + ".csv", std::move(file.bytes)});
        }
    }
    pack.files.push_back({"pulls/3-usage-12-months.csv", outputs::to_csv(months_of_use(source.subject.outcome)).bytes});
    pack.files.push_back({"reconciliation.json", outputs::to_json(source.subject.outcome) + "\n"});
    pack.files.push_back({"report.html", source.page});
}

void add_register(const std::vector<review::Entry>& entries, Pack& pack) {
    pack.files.push_back({"register.csv", review::to_csv(entries)});
    pack.files.push_back({"register.json", review::to_json(entries) + "\n"});
}

// As handed in, all imports, also those that a later one replaced.
void add_inputs(const PackSource& source, Pack& pack) {
    Table table{"inputs", {"file", "input", "name", "as_of", "imported", "rows", "layout", "counts", "sha256"}, {}};
    for (const auto& file : inputs::input_history(source.ledger.database())) {
        std::string bytes = inputs::stored_bytes(source.ledger.database(), file);
        const bool json = bytes.starts_with("{");
        const std::string path = numbered(static_cast<std::size_t>(file.id),
                                          std::string(inputs::name(file.kind)) + (json ? ".jsonl" : ".csv"));
        table.add({path, inputs::name(file.kind), file.name, outputs::day(file.as_of), outputs::instant(file.imported),
                   file.rows, file.layout, file.counts, file.digest});
        pack.files.push_back({"inputs/" + path, std::move(bytes)});
    }
    pack.files.push_back({"inputs.csv", outputs::to_csv(table).bytes});
}

// Beside the bundle, numbered as they are kept; the list of a set with its signatures under the bundle's own number.
void add_releases(const releases::Beside& beside, const std::string& path, Pack& pack) {
    const auto add = [&](const std::string& name, const releases::File& file) {
        if (const auto* bytes = std::get_if<std::string>(&file.bytes)) {
            pack.files.push_back({name, *bytes});
        }
    };
    const auto add_signatures = [&](const std::string& released, const std::vector<releases::File>& files) {
        for (std::size_t i = 0; i < files.size(); ++i) {
            add(releases::release_path(released, i + 1).string(), files[i]);
        }
    };
    add_signatures(path, beside.own);
    if (beside.set) {
        add(path + ".RELEASE.json", *beside.set);
        add_signatures(path + ".RELEASE.json", beside.of_set);
    }
}

void add_bundles(const PackSource& source, Pack& pack) {
    Table table{
        "bundles", {"file", "site", "agreement", "number", "volume", "volumes", "lines", "received", "sha256"}, {}};
    for (const auto& bundle : source.ledger.bundles()) {
        const bool plain = well_formed_path(bundle.name) && bundle.name.size() < 120 && bundle.name.ends_with(".tally");
        const std::string path =
            "bundles/" + numbered(static_cast<std::size_t>(bundle.id), plain ? bundle.name : bundle.digest + ".tally");
        const os::fs::path copy = source.ledger.bundles_directory() / (bundle.digest + ".tally");
        const auto signature = source.ledger.signature_of(bundle.id);
        if (!os::fs::exists(copy) || !signature) {
            throw Error("pack", bundle.name,
                        signature ? "the ledger's copy of it is missing" : "its signature was not kept",
                        {signature ? "restore " + copy.string()
                                   : "accept the same bundle again, with its .minisig beside it: that adds it"});
        }
        crypto::Hash digest{};
        TALLY_ASSERT(from_hex(bundle.digest, digest));
        pack.bundles.push_back({path, copy, digest});
        pack.files.push_back({path + ".minisig", *signature});
        add_releases(ledger::releases_of(source.ledger.database(), bundle.id), path, pack);
        table.add({path, bundle.site, bundle.agreement, bundle.n, bundle.volume, bundle.volumes, bundle.lines,
                   outputs::instant(bundle.received), bundle.digest});
    }
    pack.files.push_back({"bundles.csv", outputs::to_csv(table).bytes});
}

// Of every agreement a bundle came for, what was answered, as it was sent.
std::vector<receipt::Sent> all_sent(const PackSource& source) {
    const receipt::Answers answers(source.ledger);
    std::set<std::pair<std::string, std::string>> channels;
    for (const auto& bundle : source.ledger.bundles()) {
        channels.emplace(bundle.site, bundle.agreement);
    }
    std::vector<receipt::Sent> all;
    for (const auto& channel : channels) {
        auto sent = answers.sent(channel.first, channel.second);
        std::move(sent.begin(), sent.end(), std::back_inserter(all));
    }
    return all;
}

void add_receipts(const PackSource& source, Pack& pack) {
    for (const auto& sent : all_sent(source)) {
        const std::string path = "receipts/" + sent.receipt.agreement.text() + "/" +
                                 receipt::receipt_name(sent.receipt.site, sent.receipt.n);
        pack.files.push_back({path + ".json", sent.file});
        pack.files.push_back({path + ".json.minisig", sent.signature});
        pack.files.push_back({path + "_POS.jsonl", sent.positions});
    }
}

void add_trust(const PackSource& source, Pack& pack) {
    for (const auto& site : source.ledger.trusted()) {
        pack.files.push_back({"trust/" + site.site + ".jsonl", site.chain});
    }
    std::map<std::string, std::size_t> replaced;
    for (const auto& former : ledger::former_sites(source.ledger.database())) {
        const std::size_t number = ++replaced[former.site];
        pack.files.push_back({"trust/" + former.site + ".before" + std::to_string(number) + ".jsonl", former.chain});
    }
    pack.files.push_back({"rules.jsonl", std::string(source.rules)});
    pack.files.push_back({"VERIFY.txt", std::string(verify_text)});
    pack.files.push_back({"verify.sh", std::string(verify_script)});
    pack.files.push_back({"check-log.py", std::string(check_log_script)});
}

// `full`: SHA-256 of the SHA256SUMS of the pack that this one was made from; "" when it is that pack.
std::string about(const PackSource& source, const std::string& full, std::string_view pseudonyms) {
    text::Json json;
    json.object()
        .member("format", "tally-audit-pack-1")
        .member("kind", full.empty() ? "full" : "redacted")
        .member("last_day", last_day(source))
        .member("program", source.subject.basis.program_version)
        .member("rules", source.subject.outcome.rules)
        .member("fold_case", source.fold_case);
    if (!full.empty()) {
        json.member("full_pack", full).member("pseudonyms", pseudonyms);
    }
    json.member("receipts", all_sent(source).size()).key("sites").array();
    for (const auto& site : source.ledger.trusted()) {
        json.object().member("site", site.site).member("fingerprint", site.fingerprint);
        json.member("version", site.version).end_object();
    }
    return json.end_array().end_object().str() + "\n";
}

std::string digest_of(const std::string& bytes) { return to_hex(crypto::sha256(bytes)); }

bool is_withheld(const std::string& path) {
    return path.starts_with("inputs/") || path.starts_with("bundles/") || path.starts_with("receipts/");
}

std::string redacted(const PackFile& file, const Redactor& redactor) {
    const auto ends = [&](std::string_view end) { return file.path.ends_with(end); };
    if (file.path.starts_with("trust/") || file.path == "rules.jsonl" || file.path == "VERIFY.txt" || ends(".sh") ||
        ends(".py")) {
        return file.bytes; // keys, rules and what is the same in every pack
    }
    return redactor.with_findings(ends(".csv")    ? redactor.in_csv(file.bytes)
                                  : ends(".json") ? redactor.in_json(file.bytes)
                                  : ends(".html") ? redactor.in_html(file.bytes)
                                                  : redactor.in_text(file.bytes));
}

template <class Row>
void tell_rows(const std::vector<Row>& rows, Scope scope, Redactor& redactor) {
    for (const auto& row : rows) {
        if constexpr (requires { row.user; }) {
            redactor.add_person(row.user);
        }
        if constexpr (requires { row.account; }) {
            redactor.add_person(row.account);
        }
        if (scope == Scope::computers) {
            if constexpr (requires { row.host; }) {
                redactor.add_computer(row.host);
            }
            if constexpr (requires { row.server; }) {
                redactor.add_computer(row.server);
            }
        }
    }
}

} // namespace

std::string Pack::sums() const {
    std::vector<Sum> sums;
    for (const auto& file : files) {
        sums.push_back({crypto::sha256(file.bytes), file.path});
    }
    for (const auto& bundle : bundles) {
        sums.push_back({bundle.digest, bundle.path});
    }
    return to_text(std::move(sums));
}

Pack full_pack(const PackSource& source) {
    Pack pack;
    pack.comment = "tally-audit-pack-1 full " + last_day(source);
    pack.files.push_back({"README.txt", self_assessment(source)});
    pack.files.push_back({"pack.json", about(source, "", "")});
    add_tables(source, pack);
    add_register(source.findings, pack);
    add_inputs(source, pack);
    add_bundles(source, pack);
    add_receipts(source, pack);
    add_trust(source, pack);
    return pack;
}

void tell_names(const PackSource& source, Scope scope, Redactor& redactor) {
    for (const auto* names : {&source.usage.users, &source.usage.accounts}) {
        for (const auto& name : *names) {
            redactor.add_person(name);
        }
    }
    const auto told = [&](const std::vector<findings::Finding>& findings) {
        for (const auto& finding : findings) {
            redactor.add_finding(finding.id);
            redactor.add_person(finding.person);
            for (const auto& person : finding.persons) {
                redactor.add_person(person);
            }
        }
    };
    told(source.subject.outcome.findings);
    told(source.subject.outcome.absorbed);
    for (const auto& entry : source.findings) {
        redactor.add_finding(entry.id);
        redactor.add_person(entry.owner);
    }
    if (scope == Scope::computers) {
        for (const auto* names : {&source.usage.clients, &source.usage.addresses, &source.usage.log_labels}) {
            for (const auto& name : *names) {
                redactor.add_computer(name);
            }
        }
        for (const auto& identity : source.usage.identities) {
            redactor.add_computer(identity.name);
            redactor.add_computer(identity.address);
        }
    }
    // Of every import, also of those that no longer count.
    for (const auto& file : inputs::input_history(source.ledger.database())) {
        inputs::Inputs rows;
        static_cast<void>(inputs::read_input(file.kind, inputs::stored_bytes(source.ledger.database(), file), rows));
        inputs::each_table(rows, [&](inputs::Kind, const auto& table) { tell_rows(table, scope, redactor); });
    }
}

Pack redacted_pack(const PackSource& source, const Pack& full, Scope scope, const Redactor& redactor) {
    const std::string origin = digest_of(full.sums());
    const std::string_view pseudonyms = scope == Scope::computers ? "persons and computers" : "persons";
    Pack pack;
    pack.comment = "tally-audit-pack-1 redacted " + last_day(source);
    auto entries = source.findings;
    for (auto& entry : entries) {
        entry.note.clear(); // free text: nobody knows whom it names
    }
    Pack register_files;
    add_register(entries, register_files);
    Table withheld{"withheld", {"file", "bytes", "sha256"}, {}};
    for (const auto& file : full.files) {
        const auto same = std::find_if(register_files.files.begin(), register_files.files.end(),
                                       [&](const PackFile& other) { return other.path == file.path; });
        if (is_withheld(file.path)) {
            withheld.add({file.path, file.bytes.size(), digest_of(file.bytes)});
        } else if (file.path != "pack.json") {
            pack.files.push_back({file.path, redacted(same != register_files.files.end() ? *same : file, redactor)});
        }
    }
    for (const auto& bundle : full.bundles) {
        withheld.add({bundle.path, os::fs::file_size(bundle.copy), to_hex(bundle.digest)});
    }
    pack.files.front().bytes =
        "REDACTED: names of " + std::string(pseudonyms) +
        " are pseudonyms, notes are left out, and what was handed in\n" +
        "and the bundles are withheld (withheld.csv). Made from the pack whose SHA256SUMS has this SHA-256:\n" +
        origin + "\n\n" + pack.files.front().bytes;
    pack.files.push_back({"pack.json", about(source, origin, pseudonyms)});
    pack.files.push_back({"withheld.csv", outputs::to_csv(withheld).bytes});
    return pack;
}

} // namespace tally::audit
