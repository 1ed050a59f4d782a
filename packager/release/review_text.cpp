#include "packager/release/review.hpp"

#include "tally/line/write.hpp"
#include "tally/text/json.hpp"

namespace tally::release {
namespace {

constexpr std::size_t shown_logs = 40;
constexpr std::size_t shown_values = 10;

std::string text_of(const KeyListed& key) {
    return key.role + "  " + key.key + (key.person.empty() ? "" : "  " + key.person);
}

std::string text_of(const LogChange& log) {
    return log.log.text() + "  " + (log.label.empty() ? "-" : log.label) + (log.group.empty() ? "" : "  " + log.group) +
           "  lines " + std::to_string(log.first) + " to " + std::to_string(log.next);
}

template <class Items, class Say>
std::string listed(const char* what, const Items& items, std::size_t most, Say say) {
    std::string text;
    std::size_t left = most;
    for (const auto& item : items) {
        if (left-- == 0) {
            return text + "  ... and " + std::to_string(items.size() - most) + " more\n";
        }
        text += "  " + std::string(what) + "  " + say(item) + "\n";
    }
    return text;
}

const char* word_of(Sort sort) {
    return sort == Sort::word ? "word" : sort == Sort::pseudonym ? "pseudonym" : "marking";
}

std::string text_of(const Scan& scan) {
    std::string text = "\nwords (" + std::to_string(scan.words) + " of the list, " +
                       (scan.pseudonyms ? "also as pseudonyms" : "not as pseudonyms: no --state with a policy") +
                       "; markings, " + (scan.marking.empty() ? "none declared" : "declared is " + scan.marking) +
                       ")\n";
    for (const auto& word : scan.found) {
        text += std::string("  ") + (word.expected ? "as declared  " : "FOUND  ") + word_of(word.sort) + "  " +
                line::encode_text(word.word) + (word.spelling.empty() ? "" : " as " + word.spelling) + "  in " +
                std::to_string(word.lines) + (word.lines == 1 ? " line\n" : " lines\n");
        for (const auto& place : word.places) {
            text += "      " + place.member + (place.log.empty() ? "" : "  " + place.log) +
                    (place.seq ? " line " + std::to_string(*place.seq) : "") +
                    (place.field.empty() ? "" : "  " + place.field) + "  " + place.value + "\n";
        }
        if (word.lines > word.places.size()) {
            text += "      ... and " + std::to_string(word.lines - word.places.size()) + " more\n";
        }
    }
    return text + (scan.found.empty() ? "  none of them was found\n" : "");
}

std::string difference_text(const Review& review) {
    std::string text;
    for (const auto& type : review.new_types) {
        text += "  new type of line  " + type + "\n";
    }
    for (const auto& [field, values] : review.new_values) {
        text +=
            "  " + field + ": " +
            (!values.comparable ? std::string("not compared, more values than are kept")
                                : std::to_string(values.count) + (values.count == 1 ? " new value" : " new values")) +
            (values.new_field ? ", a new field" : "") + "\n";
        std::size_t left = shown_values;
        for (const auto& value : values.some) {
            if (left-- == 0) {
                text += "      ... and " + std::to_string(values.count - shown_values) + " more\n";
                break;
            }
            text += "      " + value + "\n";
        }
    }
    return text.empty() ? "  no new values\n" : text;
}

std::string names_text(const Review& review) {
    std::string text;
    for (const auto& [field, names] : review.names) {
        text += "  " + field + ": " + (names.complete ? "" : "at least ") + std::to_string(names.pseudonyms) +
                " as pseudonyms, " + std::to_string(names.clear) + " clear" +
                (names.empty > 0 ? ", also left out" : "") + "\n";
        const std::size_t rows = std::max(names.some_pseudonyms.size(), names.some_clear.size());
        static constexpr std::size_t shown_names = 3, column = 38;
        for (std::size_t row = 0; row < std::min(rows, shown_names); ++row) {
            std::string left = row < names.some_pseudonyms.size() ? names.some_pseudonyms[row] : "";
            left.resize(std::max(left.size(), column), ' ');
            text += "      " + left + (row < names.some_clear.size() ? names.some_clear[row] : "") + "\n";
        }
    }
    return text;
}

void write(text::Json& json, std::string_view name, const std::vector<KeyListed>& keys) {
    json.key(name).array();
    for (const auto& key : keys) {
        json.object().member("role", key.role).member("key", key.key).key("person");
        key.person.empty() ? json.null() : json.value(key.person);
        json.end_object();
    }
    json.end_array();
}

void write(text::Json& json, std::string_view name, const std::vector<LogChange>& logs) {
    json.key(name).array();
    for (const auto& log : logs) {
        json.object().member("log", log.log.text()).member("label", log.label).member("group", log.group);
        json.member("first", log.first).member("next", log.next).end_object();
    }
    json.end_array();
}

void write(text::Json& json, std::string_view name, const std::vector<std::string>& texts) {
    json.key(name).array();
    for (const auto& text : texts) {
        json.value(text);
    }
    json.end_array();
}

void write(text::Json& json, const Scan& scan) {
    json.object().member("words", scan.words).member("pseudonyms", scan.pseudonyms).member("marking", scan.marking);
    json.key("found").array();
    for (const auto& word : scan.found) {
        json.object().member("word", word.word).member("as", word_of(word.sort)).member("spelling", word.spelling);
        json.member("expected", word.expected).member("lines", word.lines).key("places").array();
        for (const auto& place : word.places) {
            json.object().member("member", place.member).member("log", place.log).key("seq");
            place.seq ? json.value(*place.seq) : json.null();
            json.member("field", place.field).member("value", place.value).end_object();
        }
        json.end_array().end_object();
    }
    json.end_array().end_object();
}

} // namespace

std::string review_text(const Inspection& seen, const Review& review) {
    if (!seen.bundle) {
        return "";
    }
    std::string text = "\ncompared with  ";
    for (const auto& file : review.against) {
        text += file + "  ";
    }
    text += !review.against.empty() ? (review.is_previous ? "(the bundle before)" : "(not the bundle before this one)")
            : review.receipt        ? "receipt " + std::to_string(*review.receipt) + ": what it left, from there on"
                                    : std::string("nothing: no receipt yet, everything from the beginning");
    text += review.same_channel ? "\n" : "\n  of another site or agreement: the comparison says little\n";
    text += "\nhosts and keys\n";
    text += listed("new host", review.new_logs, shown_logs, [](const auto& log) { return text_of(log); });
    text += listed("host gone", review.gone_logs, shown_logs, [](const auto& log) { return log.text(); });
    text += listed("new key", review.new_keys, shown_logs, [](const auto& key) { return text_of(key); });
    text += listed("key gone", review.gone_keys, shown_logs, [](const auto& key) { return text_of(key); });
    text += listed("goes on", review.grown_logs, shown_logs, [](const auto& log) { return text_of(log); });
    text += listed("nothing new", review.silent_logs, shown_logs, [](const auto& log) { return text_of(log); });
    if (!review.against.empty()) {
        text += "\ndifference (values that were not there before; numbers, digests and keys are not compared)\n" +
                difference_text(review);
    }
    text += "\nnames (distinct values: as pseudonyms, and clear)\n" + names_text(review);
    return text + (review.scan ? text_of(*review.scan) : "");
}

std::string review_json(const Review& review) {
    text::Json json;
    json.object();
    write(json, "against", review.against);
    json.member("is_previous", review.is_previous).member("same_channel", review.same_channel).key("receipt");
    review.receipt ? json.value(*review.receipt) : json.null();
    write(json, "new_logs", review.new_logs);
    write(json, "grown_logs", review.grown_logs);
    write(json, "silent_logs", review.silent_logs);
    json.key("gone_logs").array();
    for (const auto& log : review.gone_logs) {
        json.value(log.text());
    }
    json.end_array().member("site_version", review.site_version);
    write(json, "new_keys", review.new_keys);
    write(json, "gone_keys", review.gone_keys);
    write(json, "new_types", review.new_types);
    json.key("new_values").object();
    for (const auto& [field, values] : review.new_values) {
        json.key(field).object().member("new_field", values.new_field).member("comparable", values.comparable);
        json.member("count", values.count);
        write(json, "some", values.some);
        json.end_object();
    }
    json.end_object().key("names").object();
    for (const auto& [field, names] : review.names) {
        json.key(field).object().member("pseudonyms", names.pseudonyms).member("clear", names.clear);
        json.member("empty", names.empty).member("complete", names.complete).key("epochs").array();
        for (const auto epoch : names.epochs) {
            json.value(epoch);
        }
        json.end_array();
        write(json, "some_pseudonyms", names.some_pseudonyms);
        write(json, "some_clear", names.some_clear);
        json.end_object();
    }
    json.end_object().key("scan");
    review.scan ? write(json, *review.scan) : static_cast<void>(json.null());
    return json.end_object().str();
}

} // namespace tally::release
