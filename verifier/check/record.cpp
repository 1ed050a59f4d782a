#include "verifier/check/record.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>

namespace tally::check {
namespace {

using line::Kind;

enum class Need : std::uint8_t { always, optional };

struct Demand {
    std::string_view key;
    Kind kind = Kind::string;
    Need need = Need::always;
};

constexpr Demand text(std::string_view key) { return {key, Kind::string, Need::always}; }
constexpr Demand number(std::string_view key) { return {key, Kind::integer, Need::always}; }
constexpr Demand list(std::string_view key) { return {key, Kind::array, Need::always}; }
constexpr Demand maybe(Demand demand) { return {demand.key, demand.kind, Need::optional}; }

constexpr std::size_t max_demands = 24;

// The demands of one type, those of every line included, sorted by key as the fields of a line are.
struct Shape {
    std::string_view name;
    RecordType type = RecordType::other;
    std::array<Demand, max_demands> demands{};
    std::size_t count = 0;

    constexpr Shape(std::string_view type_name, RecordType record_type, std::initializer_list<Demand> own)
        : name(type_name), type(record_type) {
        for (const auto& demand : {text("boot"), text("host"), number("seq"), text("t"), number("up"), number("wall")}) {
            demands[count++] = demand;
        }
        for (const auto& demand : own) {
            demands[count++] = demand;
        }
        std::sort(demands.begin(), demands.begin() + count, [](const Demand& a, const Demand& b) { return a.key < b.key; });
    }
    [[nodiscard]] std::span<const Demand> all() const { return {demands.data(), count}; }
};

constexpr Demand at = maybe(number("at"));
constexpr Demand at_from = maybe(number("at_from"));
constexpr Demand at_to = maybe(number("at_to"));

// Order: the frequent types first.
constexpr std::array shapes{
    Shape("start", RecordType::start,
          {text("sid"), text("src"), text("feature"), text("user"), text("client"), text("layer"), maybe(text("daemon")),
           maybe(number("count")), maybe(text("package")), maybe(text("cdata")), at, at_from, at_to}),
    Shape("end", RecordType::end,
          {text("sid"), text("kind"), maybe(text("src")), maybe(text("daemon")), maybe(text("feature")), maybe(text("user")),
           maybe(text("client")), maybe(text("layer")), maybe(number("orphan")), maybe(number("count")), at, at_from, at_to}),
    Shape("denial", RecordType::denial,
          {text("sid"), text("src"), text("feature"), text("user"), text("client"), text("verb"), maybe(text("daemon")),
           maybe(number("count")), maybe(text("reason")), at, at_from, at_to}),
    Shape("queue", RecordType::queue,
          {text("sid"), text("src"), text("feature"), text("user"), text("client"), text("verb"), maybe(text("daemon")),
           maybe(number("count")), maybe(text("reason")), at, at_from, at_to}),
    Shape("notice", RecordType::notice,
          {text("sid"), text("src"), text("feature"), text("user"), text("client"), text("verb"), maybe(text("daemon")),
           maybe(number("count")), maybe(text("reason")), at, at_from, at_to}),
    Shape("open", RecordType::open, {text("sid"), number("at")}),
    Shape("seal", RecordType::seal, {number("epoch"), text("root"), text("next"), text("sig")}),
    Shape("arrived", RecordType::arrived, {text("log"), number("first"), number("next"), text("root")}),
    Shape("packages", RecordType::packages, {text("src"), text("package"), list("components")}),
    Shape("import", RecordType::import,
          {text("src"), text("format"), text("name"), text("digest"), text("zone"), number("lines"), maybe(number("first")),
           maybe(number("last")), {"counts", Kind::object, Need::always}, maybe(list("bad"))}),
    Shape("clock", RecordType::clock, {number("from"), number("to")}),
    Shape("genesis", RecordType::genesis,
          {text("key"), text("machine"), text("role"), text("site"), text("label"), text("version"),
           {"replaces", Kind::object, Need::optional}}),
    Shape("enrol", RecordType::enrol, {text("log"), text("key"), text("label"), maybe(text("group")), maybe(text("machine"))}),
    Shape("export", RecordType::exporting, {text("agreement"), number("n"), text("label")}),
    Shape("exported", RecordType::exported, {text("agreement"), number("n"), list("digests")}),
};
constexpr Shape unlisted("", RecordType::other, {});

const Shape& shape_of(std::string_view type) {
    for (const auto& shape : shapes) {
        if (shape.name == type) {
            return shape;
        }
    }
    return unlisted;
}

bool is_hex(std::string_view digits, std::size_t count) {
    if (digits.size() != count) {
        return false;
    }
    return std::all_of(digits.begin(), digits.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool has_instant(RecordType type) {
    return type == RecordType::start || type == RecordType::end || type == RecordType::denial ||
           type == RecordType::queue || type == RecordType::notice;
}

// What the walk over one line's fields has met.
struct Met {
    std::string_view sid, layer;
    bool at = false, from = false, to = false;
    std::uint64_t at_from = 0, at_to = 0;
};

void note_common(const line::Field& field, Record& record) {
    switch (field.key[0]) {
    case 'b':
        record.boot = field.value.text;
        break;
    case 'h':
        record.host = field.value.text;
        break;
    case 's':
        record.seq = field.value.integer;
        break;
    case 'u':
        record.up = field.value.integer;
        break;
    case 'w':
        record.wall = field.value.integer;
        break;
    default:
        break;
    }
}

void note(const line::Field& field, Record& record, Met& met) {
    const std::string_view key = field.key;
    if (key == "boot" || key == "host" || key == "seq" || key == "up" || key == "wall") {
        note_common(field, record);
    } else if (key == "sid") {
        met.sid = field.value.text;
    } else if (key == "layer") {
        met.layer = field.value.text;
    } else if (key == "at") {
        met.at = true;
    } else if (key == "at_from") {
        met.from = true;
        met.at_from = field.value.integer;
    } else if (key == "at_to") {
        met.to = true;
        met.at_to = field.value.integer;
    }
}

const char* judge(const Record& record, const Met& met) {
    if (!is_hex(record.boot, 32)) {
        return "boot is not 32 hex digits";
    }
    if (has_instant(record.type)) {
        if (met.from != met.to || met.at == met.from) {
            return "an instant is either at, or at_from and at_to";
        }
        if (met.from && met.at_from >= met.at_to) {
            return "at_from is not before at_to";
        }
    }
    if (!met.sid.empty() && !is_hex(met.sid, 32)) {
        return "sid is not 32 hex digits";
    }
    if (record.type == RecordType::start && met.layer != "package" && met.layer != "component" && met.layer != "feature") {
        return "layer is not package, component or feature";
    }
    return nullptr;
}

} // namespace

const char* read_record(const line::Fields& fields, Record& record) {
    const auto type = fields.string("t");
    if (!type) {
        return "without the text t";
    }
    const Shape& shape = shape_of(*type);
    record = {};
    record.type = shape.type;
    Met met;
    const line::Field* field = fields.begin();
    for (const auto& demand : shape.all()) {
        while (field != fields.end() && field->key < demand.key) {
            ++field;
        }
        if (field == fields.end() || field->key != demand.key) {
            if (demand.need == Need::always) {
                return "a field that every line of this type has is missing";
            }
            continue;
        }
        if (field->value.kind != demand.kind) {
            return "a field is of the wrong kind";
        }
        note(*field, record, met);
    }
    return judge(record, met);
}

std::optional<Instant> instant_of(const line::Fields& fields) {
    if (const auto exact = fields.integer("at")) {
        return Instant{*exact, *exact};
    }
    const auto from = fields.integer("at_from");
    const auto to = fields.integer("at_to");
    return from && to ? std::optional(Instant{*from, *to}) : std::nullopt;
}

} // namespace tally::check
