#include "verifier/commands.hpp"

#include "tally/cli/output.hpp"
#include "tally/text/date.hpp"
#include "tally/text/json.hpp"
#include "verifier/count/joins.hpp"
#include "verifier/counted.hpp"
#include "verifier/inputs/store.hpp"
#include "verifier/ledger/ledger.hpp"
#include "verifier/ledger/usage.hpp"

#include <algorithm>

namespace tally::verifier {
namespace {

// Tables of which no import counts: what rests on them is not in any result.
std::vector<std::string> not_handed_in(const std::vector<inputs::InputFile>& files) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < inputs::kinds; ++i) {
        const auto kind = static_cast<inputs::Kind>(i);
        if (std::none_of(files.begin(), files.end(),
                         [kind](const inputs::InputFile& file) { return file.kind == kind && file.counts; })) {
            names.emplace_back(inputs::name(kind));
        }
    }
    return names;
}

std::string to_text(const std::vector<inputs::InputFile>& files) {
    std::string text;
    for (const auto& file : files) {
        text += std::string(file.counts ? "counts    " : "replaced  ") + std::string(inputs::name(file.kind)) +
                "  as of " + text::format_day(file.as_of) + "  imported " + text::format_instant(file.imported) + "  " +
                std::to_string(file.rows) + " rows  " + text::shown(file.name) + "  " + file.layout + "  " +
                file.digest + "\n";
    }
    if (text.empty()) {
        return "nothing was handed in yet\n";
    }
    for (const auto& name : not_handed_in(files)) {
        text += "missing   " + name + "\n";
    }
    return text;
}

void add_names(text::Json& json, const std::vector<std::string>& names) {
    json.array();
    for (const auto& name : names) {
        json.value(name);
    }
    json.end_array();
}

std::string to_json(const std::vector<inputs::InputFile>& files) {
    text::Json json;
    json.object().member("format", "tally-inputs-1").key("imports").array();
    for (const auto& file : files) {
        json.object()
            .member("input", inputs::name(file.kind))
            .member("counts", file.counts)
            .member("as_of", text::format_day(file.as_of))
            .member("imported", text::format_instant(file.imported))
            .member("rows", file.rows)
            .member("file", file.name)
            .member("layout", file.layout)
            .member("sha256", file.digest)
            .end_object();
    }
    add_names(json.end_array().key("not_handed_in"), not_handed_in(files));
    return json.end_object().str() + "\n";
}

std::string to_text(const std::vector<inputs::Join>& joins) {
    std::string text;
    const auto add = [&text](const std::string& side, const std::vector<std::string>& names) {
        text += "  only " + side + ": " + std::to_string(names.size()) + "\n";
        for (const auto& name : names) {
            text += "    " + text::shown(name) + "\n";
        }
    };
    for (const auto& join : joins) {
        text += join.left + " / " + join.right + ": " + std::to_string(join.both) + " on both sides\n";
        add(join.left, join.left_only);
        add(join.right, join.right_only);
    }
    return text.empty() ? "no two tables share names yet\n" : text;
}

std::string to_json(const std::vector<inputs::Join>& joins) {
    text::Json json;
    json.object().member("format", "tally-joins-1").key("joins").array();
    for (const auto& join : joins) {
        json.object().member("left", join.left).member("right", join.right).member("both", join.both);
        add_names(json.key("left_only"), join.left_only);
        add_names(json.key("right_only"), join.right_only);
        json.end_object();
    }
    return json.end_array().end_object().str() + "\n";
}

std::string joins_of(const ledger::Ledger& ledger, const InputsOptions& options) {
    const auto usage = ledger::load_usage(ledger);
    const auto rows = inputs::load_inputs(ledger.database(), day_given("--known-on", options.known_on));
    const rules::Values rules;
    const auto facts = count::prepare(usage, rows, rules, {});
    const auto joins = count::joins(facts);
    return options.output == Output::json ? to_json(joins) : to_text(joins);
}

} // namespace

Exit run_inputs(const InputsOptions& options) {
    const ledger::Ledger ledger(options.ledger, sqlite::Mode::read_only);
    if (options.joins) {
        cli::print(joins_of(ledger, options));
        return Exit::ok;
    }
    const auto files = inputs::input_history(ledger.database(), day_given("--known-on", options.known_on));
    cli::print(options.output == Output::json ? to_json(files) : to_text(files));
    return Exit::ok;
}

} // namespace tally::verifier
