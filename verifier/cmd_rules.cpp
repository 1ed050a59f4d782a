#include "verifier/counted.hpp"

#include "tally/cli/output.hpp"
#include "tally/text/date.hpp"
#include "tally/text/json.hpp"
#include "tally/text/utf8.hpp"

namespace tally::verifier {
namespace {

using rules::DatedValue;
using rules::Pack;

std::string until(const DatedValue& value) {
    return value.until == rules::open_end ? "" : text::format_day(value.until);
}

std::string key_of(const DatedValue& value) {
    return std::string(value.about->rule) + "." + std::string(value.about->name);
}

std::string line_of(const DatedValue& value) {
    const std::string last = until(value);
    std::string text = key_of(value) + " = " + std::to_string(value.value) + " " + std::string(value.about->unit) +
                       ", from " + text::format_day(value.from) + (last.empty() ? "" : " to " + last) + ", " +
                       std::string(rules::name(value.about->use)) + ", " + std::string(rules::name(value.mark));
    if (!value.fires.empty()) {
        text += ", " + value.fires + " / " + value.rests;
    }
    return text + "\n    " + text::shown(value.note) + " (" + text::shown(value.source) + ")\n";
}

void put(text::Json& json, const DatedValue& value) {
    json.object().member("rule", value.about->rule).member("name", value.about->name).member("value", value.value);
    json.member("unit", value.about->unit).member("kind", rules::name(value.about->use));
    json.member("from", text::format_day(value.from)).member("until", until(value));
    json.member("mark", rules::name(value.mark)).member("source", value.source).member("note", value.note);
    json.member("fires", value.fires).member("rests", value.rests).end_object();
}

// One that changed, came or went; `before` or `after` may be missing.
struct Difference {
    const DatedValue* before = nullptr;
    const DatedValue* after = nullptr;
};

bool same(const DatedValue& a, const DatedValue& b) {
    return a.about == b.about && a.value == b.value && a.from == b.from && a.until == b.until && a.mark == b.mark &&
           a.source == b.source && a.note == b.note && a.fires == b.fires && a.rests == b.rests &&
           a.fires_at == b.fires_at && a.rests_at == b.rests_at;
}

// Values with the same name and first day belong together.
std::vector<Difference> differences(const Pack& before, const Pack& after) {
    std::vector<Difference> found;
    const auto partner = [](const Pack& pack, const DatedValue& value) -> const DatedValue* {
        for (const auto& other : pack.values) {
            if (other.about == value.about && other.from == value.from) {
                return &other;
            }
        }
        return nullptr;
    };
    for (const auto& value : before.values) {
        const auto* other = partner(after, value);
        if (other == nullptr || !same(value, *other)) {
            found.push_back({&value, other});
        }
    }
    for (const auto& value : after.values) {
        if (partner(before, value) == nullptr) {
            found.push_back({nullptr, &value});
        }
    }
    return found;
}

void print_values(const Pack& pack, Output output) {
    if (output == Output::json) {
        text::Json json;
        json.object()
            .member("format", "tally-rules-1")
            .member("pack", pack.version)
            .member("made", text::format_day(pack.made));
        json.member("examples", pack.examples.size()).key("values").array();
        for (const auto& value : pack.values) {
            put(json, value);
        }
        cli::print(json.end_array().end_object().str() + "\n");
        return;
    }
    std::string text = pack.version + ", made " + text::format_day(pack.made) + ", " +
                       std::to_string(pack.values.size()) + " values, " + std::to_string(pack.examples.size()) +
                       " examples\n\n";
    for (const auto& value : pack.values) {
        text += line_of(value);
    }
    cli::print(text);
}

void print_differences(const Pack& pack, const std::vector<Difference>& found, Output output) {
    if (output == Output::json) {
        text::Json json;
        json.object().member("format", "tally-rules-diff-1").member("before", rules::standard().version);
        json.member("after", pack.version).key("values").array();
        for (const auto& item : found) {
            json.object();
            for (const auto& [key, value] : {std::pair("before", item.before), std::pair("after", item.after)}) {
                if (value != nullptr) {
                    json.key(key);
                    put(json, *value);
                }
            }
            json.end_object();
        }
        cli::print(json.end_array().end_object().str() + "\n");
        return;
    }
    std::string text = "from " + rules::standard().version + " to " + pack.version + "\n";
    for (const auto& item : found) {
        text += item.before != nullptr ? "- " + line_of(*item.before) : "";
        text += item.after != nullptr ? "+ " + line_of(*item.after) : "";
    }
    cli::print(found.empty() ? text + "no value differs\n" : text);
}

} // namespace

Exit run_rules(const RulesOptions& options) {
    if (!options.diff.empty()) {
        const auto pack = load_pack(options.diff, options.rules_key);
        const auto found = differences(rules::standard(), pack);
        print_differences(pack, found, options.output);
        return found.empty() ? Exit::nothing_to_do : Exit::ok;
    }
    const auto pack = load_pack(options.check, options.check.empty() ? "" : options.rules_key);
    print_values(pack, options.output);
    return Exit::ok;
}

} // namespace tally::verifier
