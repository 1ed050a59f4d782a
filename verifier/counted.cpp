#include "verifier/counted.hpp"

#include "tally/cli/key_files.hpp"
#include "tally/minisig/signature.hpp"
#include "tally/text/date.hpp"
#include "verifier/reconcile/what_if.hpp"

namespace tally::verifier {

namespace {

rules::Values values_of(const rules::Pack& pack, const std::optional<std::int64_t>& day) {
    if (!day) {
        return pack.newest();
    }
    const auto values = pack.values_on(*day);
    if (!values) {
        throw Error("reconcile", "rules " + pack.version, values.fault().what);
    }
    return *values;
}

// The changes, in the order in which they are stated with the result.
std::vector<std::string> change(rules::Values& values, inputs::Inputs& inputs, const Assumptions& assumptions) {
    std::vector<std::string> made;
    for (const auto& text : assumptions.set) {
        if (const auto done = rules::set_value(values, text); !done) {
            throw Error("set", text, done.fault().what, {"tally-verifier rules lists the values"}, Exit::usage);
        }
        made.push_back(text);
    }
    for (const auto& text : assumptions.what_if) {
        if (const auto done = reconcile::assume(inputs, text); !done) {
            throw Error("what-if", text, done.fault().what, {}, Exit::usage);
        }
        made.push_back(text);
    }
    return made;
}

} // namespace

rules::Pack load_pack(const os::fs::path& file, const std::string& key) {
    if (file.empty()) {
        return rules::standard();
    }
    const std::string bytes = os::read_file(file, rules::max_pack);
    if (!key.empty()) {
        const os::fs::path signature = file.string() + ".minisig";
        const auto good = rules::verify_pack(bytes, os::read_file(signature, minisig::max_signature_file),
                                             cli::public_key_given("--rules-key", key));
        if (!good) {
            throw Error("verify", signature.string(), good.fault().what);
        }
    }
    auto pack = rules::read_pack(bytes);
    if (!pack) {
        throw Error("read", file.string() + ":" + std::to_string(pack.fault().at), pack.fault().what,
                    {"how a rule pack is written: docs/formats/rule-pack.md"});
    }
    return std::move(*pack);
}

std::optional<inputs::Day> day_given(const std::string& option, const std::string& text) {
    const auto day = text.empty() ? std::nullopt : text::parse_day(text);
    if (!text.empty() && !day) {
        throw Error("read", option, "'" + text + "' is not a date", {"write it as 2026-03-31"}, Exit::usage);
    }
    return day;
}

Counted count(const ledger::Ledger& ledger, const std::string& as_of, FoldCase fold_case,
              const Assumptions& assumptions) {
    reconcile::Options options;
    options.spelling = fold_case == FoldCase::yes ? reconcile::Spelling::fold_case : reconcile::Spelling::as_written;
    options.as_of_day = day_given("--as-of", as_of);
    const auto pack = load_pack(assumptions.rules, assumptions.rules_key);
    auto values = values_of(pack, options.as_of_day);
    const auto known_on = day_given("--known-on", assumptions.known_on);
    Counted counted{ledger::load_packed_usage(ledger), inputs::load_inputs(ledger.database(), known_on), {}};
    const auto made = change(values, counted.inputs, assumptions);
    for (const auto& text : made) {
        values.pack += (&text == made.data() ? ", what if: " : "; ") + text;
    }
    counted.outcome = reconcile::reconcile(counted.usage, counted.inputs, options, values);
    counted.outcome.what_if = made;
    return counted;
}

outputs::Basis basis_of(const ledger::Ledger& ledger, const ledger::Usage& usage) {
    outputs::Basis basis;
    basis.program_version = TALLY_VERSION;
    const auto coverage = ledger::load_coverage(ledger);
    std::vector<std::size_t> place(usage.logs.size(), 0); // of a log in basis.logs
    for (const auto& log : coverage.logs) {
        place[log.log] = basis.logs.size();
        basis.logs.push_back(
            {usage.logs[log.log], log.label, log.site, log.role, log.size, log.seals, log.first_wall, log.last_wall});
    }
    for (const auto& day : coverage.days) {
        basis.days.push_back({place[day.log], day.day, day.lines, day.seals, day.events});
    }
    for (const auto& item : coverage.imports) {
        basis.imports.push_back({usage.logs[item.log], usage.sources[item.source], item.name, item.digest, item.zone,
                                 item.seq, item.lines, item.first, item.last});
    }
    for (const auto& bundle : ledger.bundles()) {
        basis.bundles.push_back({bundle.name, bundle.digest, bundle.site, bundle.n, bundle.volume, bundle.volumes,
                                 bundle.bytes, bundle.lines, bundle.seals, bundle.created_ms});
    }
    for (const auto& site : ledger.trusted()) {
        basis.trust.push_back({site.site, site.fingerprint, site.version});
    }
    return basis;
}

} // namespace tally::verifier
