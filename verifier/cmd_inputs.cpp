#include "verifier/commands.hpp"

#include "tally/cli/output.hpp"
#include "tally/text/date.hpp"
#include "tally/text/json.hpp"
#include "verifier/inputs/store.hpp"
#include "verifier/ledger/ledger.hpp"

namespace tally::verifier {
namespace {

std::optional<inputs::Day> day_given(const std::string& text) {
    const auto day = text.empty() ? std::nullopt : text::parse_day(text);
    if (!text.empty() && !day) {
        throw Error("read", "--known-on", "'" + text + "' is not a date", {"write it as 2026-03-31"}, Exit::usage);
    }
    return day;
}

std::string to_text(const std::vector<inputs::InputFile>& files) {
    std::string text;
    for (const auto& file : files) {
        text += std::string(file.counts ? "counts    " : "replaced  ") + std::string(inputs::name(file.kind)) +
                "  as of " + text::format_day(file.as_of) + "  imported " + text::format_instant(file.imported) + "  " +
                std::to_string(file.rows) + " rows  " + text::shown(file.name) + "  " + file.layout + "  " +
                file.digest + "\n";
    }
    return text.empty() ? "nothing was handed in yet\n" : text;
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
    return json.end_array().end_object().str() + "\n";
}

} // namespace

Exit run_inputs(const InputsOptions& options) {
    const ledger::Ledger ledger(options.ledger, sqlite::Mode::read_only);
    const auto files = inputs::input_history(ledger.database(), day_given(options.known_on));
    cli::print(options.output == Output::json ? to_json(files) : to_text(files));
    return Exit::ok;
}

} // namespace tally::verifier
