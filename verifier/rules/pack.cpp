// The reader of rule packs: line by line, then what only the whole can show.
#include "verifier/rules/pack.hpp"

#include "tally/base/encoding.hpp"
#include "tally/crypto/sha256.hpp"
#include "tally/line/write.hpp"
#include "tally/text/date.hpp"
#include "verifier/rules/row_kinds.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace tally::rules {
namespace {

constexpr std::size_t max_id = 40;

bool is_id(std::string_view text, bool pack_name) {
    const auto good = [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || (!pack_name && c >= 'A' && c <= 'Z');
    };
    return !text.empty() && text.size() <= max_id && std::all_of(text.begin(), text.end(), good);
}

class Reader {
public:
    Result<Pack> read(std::string_view bytes) {
        if (bytes.size() > max_pack) {
            return Fault{"a rule pack has at most 4 MiB", 1};
        }
        if (bytes.empty() || bytes.back() != '\n') {
            at_ = 1 + static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
            return fault("no LF at the end");
        }
        while (!bytes.empty()) {
            const auto size = bytes.find('\n');
            ++at_;
            if (!line(bytes.substr(0, size))) {
                return fault(problem_);
            }
            bytes.remove_prefix(size + 1);
        }
        return whole() ? Result<Pack>(std::move(pack_)) : Result<Pack>(fault(problem_));
    }

private:
    [[nodiscard]] Fault fault(const std::string& what) const { return Fault{what, at_}; }
    bool wrong(std::string what) {
        problem_ = std::move(what);
        return false;
    }
    bool wrong_at(std::uint64_t at, std::string what) {
        at_ = at;
        return wrong(std::move(what));
    }

    bool line(std::string_view text) {
        if (const auto problem = fields_.parse(text, line::max_record)) {
            return wrong("not a canonical line: " + std::string(problem.what) + " at byte " +
                         std::to_string(problem.at));
        }
        const std::string type(fields_.string("t").value_or(""));
        if ((at_ == 1) != (type == "pack")) {
            return wrong(at_ == 1 ? "the first line is not that of the pack"
                                  : "the line of the pack is the first only");
        }
        if (type == "pack") {
            return head();
        }
        if (type == "value") {
            return value();
        }
        if (type == "example") {
            return example();
        }
        if (type == "row" || type == "expect") {
            return row(type == "row" ? RowType::row : RowType::expect);
        }
        return wrong("unknown type of line: '" + type + "'");
    }

    // Exactly the fields that were taken, `t` included.
    bool nothing_else(std::size_t taken) {
        return fields_.size() == taken + 1 || wrong("has a field that this type does not have");
    }
    bool text(std::string_view key, std::string& into) {
        const auto found = fields_.string(key);
        into = found ? line::decode_text(*found) : "";
        return !into.empty() || wrong("field '" + std::string(key) + "' is missing or no text");
    }
    bool day(std::string_view key, std::int64_t& into) {
        std::string written;
        if (!text(key, written)) {
            return false;
        }
        const auto parsed = text::parse_day(written);
        into = parsed.value_or(0);
        return parsed.has_value() || wrong("field '" + std::string(key) + "' is not a day: write 2026-03-31");
    }
    bool integer(std::string_view key, std::int64_t& into) {
        const auto found = fields_.integer(key);
        into = static_cast<std::int64_t>(found.value_or(0));
        return found.has_value() || wrong("field '" + std::string(key) + "' is missing or no integer");
    }

    bool head() {
        std::string format;
        if (!text("format", format) || !text("name", pack_.name) || !day("made", pack_.made)) {
            return false;
        }
        if (format != "tally-rule-pack-1") {
            return wrong("its format is not tally-rule-pack-1");
        }
        return is_id(pack_.name, true) ? nothing_else(3) : wrong("its name is not 1 to 40 of a-z, 0-9 and -");
    }

    bool value() {
        DatedValue item;
        std::string rule, name, unit, mark;
        item.at = at_;
        if (!pack_.examples.empty()) {
            return wrong("values stand before the first example");
        }
        if (!text("rule", rule) || !text("name", name) || !integer("value", item.value) || !text("unit", unit) ||
            !day("from", item.from) || !text("mark", mark) || !text("source", item.source) ||
            !text("note", item.note)) {
            return false;
        }
        std::size_t taken = 8;
        if (fields_.find("until") != nullptr) {
            ++taken;
            if (!day("until", item.until)) {
                return false;
            }
        }
        item.about = find_value(name);
        if (item.about == nullptr) {
            return wrong("no value has the name '" + name + "'");
        }
        if (item.about->rule != rule || item.about->unit != unit) {
            return wrong(name + " is of " + std::string(item.about->rule) + " in " + std::string(item.about->unit));
        }
        if (item.until < item.from) {
            return wrong("'until' is before 'from'");
        }
        return marked(mark, item) && pair(item, taken) && follows(item);
    }

    bool marked(const std::string& mark, DatedValue& item) {
        for (const Mark known : {Mark::confirmed, Mark::measured, Mark::assumption}) {
            if (mark == rules::name(known)) {
                item.mark = known;
                return true;
            }
        }
        return wrong("unknown mark '" + mark + "'");
    }

    bool pair(DatedValue& item, std::size_t taken) {
        if (item.about->use == Use::definition) {
            return nothing_else(taken);
        }
        const bool there = fields_.find("fires") != nullptr && fields_.find("rests") != nullptr;
        if (!there) {
            return wrong("the threshold " + std::string(item.about->name) + " has no pair of examples");
        }
        if (!text("fires", item.fires) || !text("rests", item.rests) || !integer("fires_at", item.fires_at) ||
            !integer("rests_at", item.rests_at)) {
            return false;
        }
        const auto [low, high] = std::minmax(item.fires_at, item.rests_at);
        if (low == high || item.value < low || item.value > high) {
            return wrong("the value does not lie between the two quantities of its pair");
        }
        return item.fires != item.rests ? nothing_else(taken + 4) : wrong("one example cannot fire and rest");
    }

    bool follows(DatedValue& item) {
        const auto before = std::find_if(pack_.values.rbegin(), pack_.values.rend(),
                                         [&](const DatedValue& other) { return other.about == item.about; });
        if (before != pack_.values.rend() && before->until != item.from - 1) {
            return wrong(std::string(item.about->name) +
                         (item.from <= before->until ? " has two values on one day" : " has no value on some days") +
                         ": see line " + std::to_string(before->at));
        }
        pack_.values.push_back(std::move(item));
        return true;
    }

    bool example() {
        Example item;
        item.at = at_;
        std::size_t taken = 3;
        if (!finished() || !text("id", item.id) || !text("rule", item.rule) || !text("title", item.title)) {
            return false;
        }
        for (const auto& [key, into] : {std::pair("as_of", &item.as_of), std::pair("period_from", &item.period_from)}) {
            if (fields_.find(key) != nullptr) {
                ++taken;
                std::int64_t found = 0;
                if (!day(key, found)) {
                    return false;
                }
                *into = found;
            }
        }
        if (!is_id(item.id, false)) {
            return wrong("its id is not 1 to 40 letters, digits and -");
        }
        if (!is_rule(item.rule)) {
            return wrong("no rule has the id '" + item.rule + "'");
        }
        if (!ids_.insert(item.id).second) {
            return wrong("a second example '" + item.id + "'");
        }
        pack_.examples.push_back(std::move(item));
        return nothing_else(taken);
    }

    // The example before is whole.
    bool finished() {
        return pack_.examples.empty() || !pack_.examples.back().expected.empty() ||
               wrong_at(pack_.examples.back().at, "an example without an expectation");
    }

    bool row(RowType type) {
        if (pack_.examples.empty()) {
            return wrong("a row before the first example");
        }
        auto found = read_row(type, fields_);
        if (!found) {
            return wrong(found.fault().what);
        }
        auto& rows = type == RowType::row ? pack_.examples.back().rows : pack_.examples.back().expected;
        const auto is_inside = [](std::string_view kind) {
            return kind == "idle" || kind == "used" || kind == "commands" || kind == "sample";
        };
        const bool inside = is_inside(found->kind);
        const bool session = !rows.empty() && (rows.back().kind == "session" || is_inside(rows.back().kind));
        if (type == RowType::row && inside && !session) {
            return wrong("does not follow the session it belongs to");
        }
        found->at = at_;
        rows.push_back(std::move(*found));
        return true;
    }

    bool whole() {
        if (!finished()) {
            return false;
        }
        for (const auto& about : value_names()) {
            const DatedValue* newest = pack_.value_on(about.name, open_end);
            if (newest == nullptr) {
                return wrong("no value that still holds for " + std::string(about.name));
            }
        }
        for (const auto& item : pack_.values) {
            for (const auto& id : {item.fires, item.rests}) {
                const Example* example = id.empty() ? nullptr : pack_.example(id);
                if (!id.empty() && (example == nullptr || example->rule != item.about->rule)) {
                    return wrong_at(item.at, example == nullptr ? "there is no example '" + id + "'"
                                                                : "the example '" + id + "' is of another rule");
                }
            }
        }
        return true;
    }

    line::Fields fields_;
    Pack pack_;
    std::set<std::string> ids_;
    std::uint64_t at_ = 0;
    std::string problem_;
};

} // namespace

std::string_view name(Mark mark) {
    constexpr std::array<std::string_view, 3> names = {"confirmed", "measured", "assumption"};
    return names[static_cast<std::size_t>(mark)];
}

const Cell* Row::find(std::string_view key) const {
    const auto found = cells.find(key);
    return found == cells.end() ? nullptr : &found->second;
}
std::string Row::text(std::string_view key, std::string_view otherwise) const {
    const Cell* cell = find(key);
    return cell != nullptr ? cell->text : std::string(otherwise);
}
std::int64_t Row::integer(std::string_view key, std::int64_t otherwise) const {
    const Cell* cell = find(key);
    return cell != nullptr ? cell->first : otherwise;
}

const DatedValue* Pack::value_on(std::string_view wanted, std::int64_t day) const {
    for (const auto& item : values) {
        if (item.about->name == wanted && item.from <= day && day <= item.until) {
            return &item;
        }
    }
    return nullptr;
}

Result<Values> Pack::values_on(std::int64_t day) const {
    Values out;
    out.pack = version;
    std::set<std::int64_t> changes; // the days on which another value of one of the names begins to hold
    for (const auto& about : value_names()) {
        const DatedValue* item = value_on(about.name, day);
        if (item == nullptr) {
            return Fault{std::string(about.name) + " has no value on " + text::format_day(day) + " yet", 0};
        }
        out.*about.field = item->value;
        for (const auto& one : values) {
            if (one.about == item->about && one.from <= day && value_on(about.name, one.from - 1) != nullptr) {
                changes.insert(one.from);
            }
        }
    }
    // Before its first day a name has the first value it ever had.
    for (const auto change : changes) {
        Former former{change - 1, {}};
        former.values.pack = version;
        for (const auto& about : value_names()) {
            const auto first = std::find_if(values.begin(), values.end(),
                                            [&](const DatedValue& one) { return one.about->name == about.name; });
            const DatedValue* item = value_on(about.name, change - 1);
            former.values.*about.field = item != nullptr ? item->value : first->value;
        }
        out.former.push_back(std::move(former));
    }
    return out;
}

Values Pack::newest() const { return values_on(open_end).value(); }

const Example* Pack::example(std::string_view id) const {
    const auto found =
        std::find_if(examples.begin(), examples.end(), [&](const Example& item) { return item.id == id; });
    return found == examples.end() ? nullptr : &*found;
}

Result<Pack> read_pack(std::string_view bytes) {
    auto pack = Reader().read(bytes);
    if (pack.ok()) {
        pack->version =
            bytes == standard_bytes() ? pack->name : pack->name + "-" + to_hex(crypto::sha256(bytes)).substr(0, 12);
    }
    return pack;
}

} // namespace tally::rules
