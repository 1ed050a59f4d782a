#include "recorder/in_force.hpp"
#include "recorder/inbox/instructions.hpp"
#include "recorder/state.hpp"
#include "tally/text/date.hpp"
#include "tally/text/json.hpp"
#include "tally/text/utf8.hpp"

#include <algorithm>

namespace tally::recorder {
namespace {

using catalogue::Catalogue;
using catalogue::Match;

std::string in_words(Origin origin) {
    return origin == Origin::standard  ? "the standard catalogue of this program"
           : origin == Origin::package ? "named by the package of this host"
                                       : "as given";
}

std::string token(Origin origin) {
    return origin == Origin::standard ? "standard" : origin == Origin::package ? "package" : "given";
}

std::string summary(const Catalogue& found, Origin origin) {
    return found.name + ", made " + text::format_day(found.made) + ", " + in_words(origin) + "\n  digest " +
           to_hex(found.digest) + "\n  " + std::to_string(found.products.size()) + " products, " +
           std::to_string(found.programs.size()) + " programs, " + std::to_string(found.switches.size()) +
           " switches, " + std::to_string(found.features.size()) + " codes, " +
           std::to_string(found.installations.size()) + " installations, " + std::to_string(found.members.size()) +
           " members of collections\n";
}

void put_summary(text::Json& json, const Catalogue& found, Origin origin) {
    json.object().member("name", found.name).member("made", text::format_day(found.made));
    json.member("digest", to_hex(found.digest)).member("origin", token(origin));
    json.member("products", found.products.size()).member("programs", found.programs.size());
    json.member("switches", found.switches.size()).member("codes", found.features.size());
    json.member("installations", found.installations.size()).member("members", found.members.size());
}

void print_summary(const Catalogue& found, Origin origin, Output output) {
    if (output == Output::json) {
        text::Json json;
        put_summary(json, found, origin);
        print(json.end_object().str() + "\n");
    } else {
        print(summary(found, origin));
    }
}

std::string listed(const Catalogue& found) {
    std::string text;
    for (const auto& product : found.products) {
        text += product.word + "  " + text::shown(product.name) + " (" + std::string(name(product.fact.mark)) + ", " +
                text::shown(product.fact.source) + ")\n";
        for (const auto& program : found.programs) {
            if (program.product == product.word) {
                text += "    " + text::shown(program.path) +
                        (program.system == catalogue::System::windows ? " on windows" : "") +
                        (program.use == catalogue::Class::automation ? ", automation" : "") +
                        (program.switch_word.empty() ? "" : ", unless " + program.switch_word + " says otherwise") +
                        "\n";
            }
        }
    }
    return text;
}

// Of what was asked; nothing when it was nothing.
std::vector<std::optional<Match>> asked(const Catalogue& found, const CatalogueOptions& options) {
    std::vector<std::optional<Match>> answers;
    if (!options.program.empty()) {
        const bool windows = options.program.find('\\') != std::string::npos || options.program.ends_with(".exe");
        answers.push_back(found.program(
            windows ? catalogue::System::windows : catalogue::System::posix, options.program,
            options.command_line.empty() ? std::nullopt : std::optional<std::string_view>(options.command_line)));
    }
    if (!options.code.empty()) {
        answers.push_back(found.feature(options.code));
    }
    return answers;
}

std::string in_words(const std::optional<Match>& match) {
    return !match ? "not in this catalogue\n"
                  : std::string(match->product) +
                        (match->version.empty() ? "" : ", version " + text::shown(std::string(match->version))) +
                        (match->is_unsure ? ", which product exactly is not known" : "") +
                        (match->use == catalogue::Class::automation ? ", automation" : "") + " (line " +
                        std::to_string(match->at) + ")\n";
}

void put(text::Json& json, const std::optional<Match>& match) {
    json.object().member("known", match.has_value());
    if (match) {
        json.member("product", match->product).member("version", match->version).member("line", match->at);
        json.member("unsure", match->is_unsure).member("automation", match->use == catalogue::Class::automation);
    }
    json.end_object();
}

std::optional<crypto::Hash> named_digest(const os::fs::path& state) {
    const auto package = inbox::kept_package(state);
    return package ? package->catalogue : std::nullopt;
}

} // namespace

Catalogue load_catalogue(const os::fs::path& file) {
    auto read = catalogue::read_catalogue(os::read_file(file, catalogue::max_catalogue));
    if (!read) {
        throw Error("read catalogue", file.string() + ":" + std::to_string(read.fault().at), read.fault().what,
                    {"what a catalogue may hold: docs/formats/catalogue.md"});
    }
    return std::move(read).value();
}

InForce catalogue_in_force(const os::fs::path& state, const os::fs::path& file) {
    const auto named = named_digest(state);
    const auto kept = state / catalogue_name;
    InForce found;
    if (!file.empty()) {
        found = {load_catalogue(file), Origin::given};
    } else if (named && *named != catalogue::standard().digest && os::fs::exists(kept)) {
        found = {load_catalogue(kept), Origin::package};
    } else {
        found = {catalogue::standard(), Origin::standard};
    }
    if (named && *named != found.catalogue.digest) {
        throw Error("use catalogue", file.empty() ? kept.string() : file.string(),
                    "the package of this host names another one, with digest " + to_hex(*named),
                    {"get that file from the station, then: tally-recorder catalogue set FILE"});
    }
    return found;
}

Exit run_catalogue_check(const CatalogueOptions& options) {
    print_summary(load_catalogue(options.file), Origin::given, options.output);
    return Exit::ok;
}

Exit run_catalogue_show(const CatalogueOptions& options) {
    const auto found = options.state.empty() && options.file.empty() ? InForce{catalogue::standard(), Origin::standard}
                       : options.state.empty() ? InForce{load_catalogue(options.file), Origin::given}
                                               : catalogue_in_force(options.state, options.file);
    const auto answers = asked(found.catalogue, options);
    if (options.output == Output::json) {
        text::Json json;
        put_summary(json, found.catalogue, found.origin);
        json.key("answers").array();
        for (const auto& answer : answers) {
            put(json, answer);
        }
        print(json.end_array().end_object().str() + "\n");
    } else if (answers.empty()) {
        print(summary(found.catalogue, found.origin) + "\n" + listed(found.catalogue));
    }
    bool all_known = true;
    for (const auto& answer : answers) {
        all_known = all_known && answer;
        if (options.output == Output::text) {
            print(in_words(answer));
        }
    }
    return all_known ? Exit::ok : Exit::nothing_to_do;
}

// A file counts because the station signed its digest, not because it lies here.
Exit run_catalogue_set(const CatalogueOptions& options) {
    const auto package = inbox::kept_package(options.state);
    auto store = open_to_read(options.state);
    if (!package || !package->catalogue || package->host != genesis_of(store).host) {
        throw Error("set catalogue", options.file.string(), "the package of this host names no catalogue",
                    {"at the station: tally-packager site policy --catalogue FILE --out DIR",
                     "then here: tally-recorder enrol DIR"},
                    Exit::findings);
    }
    const auto found = load_catalogue(options.file);
    if (found.digest != *package->catalogue) {
        throw Error("set catalogue", options.file.string(),
                    "has digest " + to_hex(found.digest) + ", the package of this host names " +
                        to_hex(*package->catalogue),
                    {"get the file that the station gave to: tally-packager site policy --catalogue"}, Exit::findings);
    }
    const auto kept = options.state / catalogue_name;
    const std::string bytes = os::read_file(options.file, catalogue::max_catalogue);
    TALLY_ASSERT(crypto::sha256(bytes) == found.digest);
    const bool is_there = os::fs::exists(kept) && os::read_file(kept, catalogue::max_catalogue + 1) == bytes;
    if (!is_there) {
        os::replace_file(kept, bytes);
    }
    print_summary(found, Origin::package, options.output);
    return is_there ? Exit::nothing_to_do : Exit::ok;
}

// The words of `feature` in the log, how often, and what they are.
Exit run_catalogue_codes(const CatalogueOptions& options) {
    const auto found = catalogue_in_force(options.state, options.file);
    auto store = open_to_read(options.state);
    std::map<std::string, std::uint64_t> counts; // as encoded
    line::Fields fields;
    store.for_each_line(store.begins(), store.size(), [&](std::uint64_t /*seq*/, std::string_view body) {
        if (!fields.parse(body, line::max_record) && fields.string("t") == "start") {
            ++counts[std::string(fields.string("feature").value_or(""))];
        }
    });
    std::uint64_t unknown = 0;
    std::string rows;
    text::Json json;
    put_summary(json, found.catalogue, found.origin);
    json.key("features").array();
    for (const auto& [code, count] : counts) {
        const std::string raw = line::decode_text(code);
        const auto match = found.catalogue.feature(raw);
        const bool known = match || found.catalogue.product(raw) != nullptr;
        const std::string product = match ? std::string(match->product) : known ? raw : "";
        unknown += known ? 0 : 1;
        rows += text::shown(raw) + "  " + std::to_string(count) + "  " + (known ? product : "unknown") + "\n";
        json.object().member("feature", code).member("sessions", count).member("product", product).end_object();
    }
    json.end_array().member("unknown", unknown).end_object();
    print(options.output == Output::json
              ? json.str() + "\n"
              : rows + std::to_string(counts.size()) + " features, " + std::to_string(unknown) + " unknown\n");
    return Exit::ok;
}

} // namespace tally::recorder
