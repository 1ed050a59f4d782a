#include "recorder/journal/verify.hpp"
#include "recorder/state.hpp"

namespace tally::recorder {
namespace {

std::string as_json(const journal::Verification& result) {
    line::Object fields;
    fields.token("host", result.host).integer("lines", result.lines).integer("sealed", result.sealed);
    fields.integer("seals", result.seals).token("verdict", result.holds() ? "holds" : "broken");
    if (result.begins > 0) {
        fields.integer("begins", result.begins);
    }
    if (result.last_seal) {
        fields.integer("size", result.last_seal->size).token("root", to_hex(result.last_seal->root));
    }
    if (!result.holds()) {
        fields.integer("first_bad", *result.first_bad).text("problem", result.problem);
    }
    return fields.str() + "\n";
}

std::string as_text(const journal::Verification& result) {
    std::string text = "log " + (result.host.empty() ? "(unknown)" : result.host) + "\n";
    if (!result.holds()) {
        text += "BROKEN at line " + std::to_string(*result.first_bad) + ": " + result.problem + "\n";
    }
    if (result.begins > 0) {
        text += "begins at line " + std::to_string(result.begins) +
                ": of the lines before it, which were removed, their seals stand here\n";
    }
    text += std::to_string(result.sealed) + " lines proved by " + std::to_string(result.seals) + " seals\n";
    if (result.lines > result.sealed) {
        text += std::to_string(result.lines - result.sealed) + " lines after the last seal, not proved yet\n";
    }
    if (result.last_seal) {
        text += "root of the first " + std::to_string(result.last_seal->size) +
                " lines: " + to_hex(result.last_seal->root) + "\n";
    }
    return text + (result.holds() ? "the log holds\n" : "");
}

} // namespace

Exit run_verify(const VerifyOptions& options) {
    const auto result = journal::verify(options.state);
    print(options.output == Output::json ? as_json(result) : as_text(result));
    return result.holds() ? Exit::ok : Exit::findings;
}

} // namespace tally::recorder
