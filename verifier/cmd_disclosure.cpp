#include "verifier/commands.hpp"
#include "verifier/ledger/ledger.hpp"

#include "tally/cli/output.hpp"
#include "tally/pseudonym/disclosure.hpp"
#include "tally/text/json.hpp"
#include "tally/text/utf8.hpp"

namespace tally::verifier {
namespace {

// What the ledger says to the root under which a line was shown. unknown: it holds none of that log at that size.
enum class Root : std::uint8_t { not_asked, unknown, other, accepted };
std::string_view name_of(Root root) {
    static constexpr std::array<std::string_view, 4> names{"not_asked", "unknown", "other", "accepted"};
    return names[static_cast<std::size_t>(root)];
}

Root root_of(const pseudonym::ProvedLine& proved, const os::fs::path& ledger) {
    if (ledger.empty()) {
        return Root::not_asked;
    }
    const ledger::Ledger known(ledger, sqlite::Mode::read_only);
    sqlite::Statement seal(known.database(),
                           "SELECT root FROM seal JOIN log ON log.id = seal.log WHERE host = ? AND seal.seq = ?");
    if (!seal.bind(std::string_view(proved.proof.host), proved.seal.size).step()) {
        return Root::unknown;
    }
    return seal.text(0) == as_text(proved.seal.root) ? Root::accepted : Root::other;
}

void print_person(const pseudonym::Disclosure& person, Output output) {
    const std::string kind(name_of(person.kind));
    if (output == Output::json) {
        text::Json json;
        json.object().member("what", kind).member("site", person.site.text()).member("epoch", person.epoch);
        json.member("pseudonym", person.pseudonym()).member("name", person.name);
        cli::print(json.end_object().str() + "\n");
        return;
    }
    cli::print(person.pseudonym() + " is " + text::shown(person.name) + " (" + kind + ", epoch " +
               std::to_string(person.epoch) + ")\n" + "the name key belongs to both: site " + person.site.text() +
               " stands by this name, and can name no other for this pseudonym\n");
}

void print_line(const pseudonym::ProvedLine& proved, Root root, Output output) {
    const auto& proof = proved.proof;
    if (output == Output::json) {
        text::Json json;
        json.object().member("what", "line").member("site", proof.site.text()).member("log", proof.host);
        json.member("seq", proof.seq).member("size", proved.seal.size).member("root_hash", to_hex(proved.seal.root));
        json.member("root", name_of(root)).member("text", proof.line);
        cli::print(json.end_object().str() + "\n");
        return;
    }
    std::string text = proof.line + "\nline " + std::to_string(proof.seq) + " of " + proof.host +
                       " stands under the root of its first " + std::to_string(proved.seal.size) + " lines\n";
    switch (root) {
    case Root::accepted:
        text += "that root is the one of an accepted bundle: the line is proved\n";
        break;
    case Root::other:
        text += "an accepted bundle has another root at that size: the line is NOT proved\n";
        break;
    case Root::unknown:
        text += "no accepted bundle holds a seal of that log at that size: the line is NOT proved\n";
        break;
    default:
        text += "whether that root is true was not asked: give --ledger; NOT proved\n  root " +
                to_hex(proved.seal.root) + "\n";
    }
    cli::print(text);
}

} // namespace

Exit run_disclosure(const DisclosureOptions& options) {
    const std::string bytes = os::read_file(options.file, pseudonym::max_line_proof);
    if (const auto person = pseudonym::read_disclosure(bytes)) {
        print_person(*person, options.output);
        return Exit::ok;
    } else if (bytes.find("tally-disclosure-1") != std::string::npos) {
        throw Error("check", options.file.string(), person.fault().what, {}, Exit::findings);
    }
    const auto proved = pseudonym::read_line_proof(bytes);
    if (!proved) {
        throw Error("check", options.file.string(), proved.fault().what,
                    {"a file made by: tally-packager disclose person, or disclose line"}, Exit::findings);
    }
    const Root root = root_of(*proved, options.ledger);
    print_line(*proved, root, options.output);
    return root == Root::accepted ? Exit::ok : Exit::findings;
}

} // namespace tally::verifier
