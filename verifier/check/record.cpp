#include "verifier/check/record.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <endian.h>
#include <initializer_list>
#include <span>
#include <utility>

namespace tally::check {
namespace {

using line::Kind;

enum class Need : std::uint8_t { always, optional };

// What of a record is wanted beyond its being there.
enum class Slot : std::uint8_t {
    none,
    boot,
    host,
    seq,
    up,
    wall,
    earlier,
    orphan,
    layer,
    user_class,
    kind,
    at,
    at_from,
    at_to,
    from,
    to,
};

// The first eight bytes as a number that sorts like the text: most keys are no longer.
constexpr std::uint64_t spelt_prefix(std::string_view key) {
    std::uint64_t prefix = 0;
    const std::size_t size = std::min<std::size_t>(key.size(), 8);
    for (std::size_t i = 0; i < size; ++i) {
        prefix |= static_cast<std::uint64_t>(static_cast<unsigned char>(key[i])) << (56 - 8 * i);
    }
    return prefix;
}

// The same for every key of every line: from four to eight bytes two loads do it.
std::uint64_t prefix_of(std::string_view key) {
    if (key.size() < 4 || key.size() > 8) {
        return spelt_prefix(key);
    }
    std::uint32_t head = 0;
    std::uint32_t tail = 0;
    std::memcpy(&head, key.data(), sizeof head);
    std::memcpy(&tail, key.data() + key.size() - sizeof tail, sizeof tail);
    return (static_cast<std::uint64_t>(be32toh(head)) << 32U) |
           (static_cast<std::uint64_t>(be32toh(tail)) << (8 * (8 - key.size())));
}

struct Demand {
    std::string_view key;
    Kind kind = Kind::string;
    Need need = Need::always;
    Slot slot = Slot::none;
    std::uint64_t prefix = 0;
};

constexpr Slot slot_of(std::string_view key) {
    constexpr std::pair<std::string_view, Slot> slots[] = {
        {"boot", Slot::boot},   {"host", Slot::host},     {"seq", Slot::seq},         {"up", Slot::up},
        {"wall", Slot::wall},   {"start", Slot::earlier}, {"end", Slot::earlier},     {"orphan", Slot::orphan},
        {"layer", Slot::layer}, {"at", Slot::at},         {"at_from", Slot::at_from}, {"at_to", Slot::at_to},
        {"kind", Slot::kind},   {"from", Slot::from},     {"to", Slot::to},           {"class", Slot::user_class}};
    for (const auto& [name, slot] : slots) {
        if (name == key) {
            return slot;
        }
    }
    return Slot::none;
}

constexpr Demand demand(std::string_view key, Kind kind, Need need) {
    return {key, kind, need, slot_of(key), spelt_prefix(key)};
}
constexpr Demand text(std::string_view key) { return demand(key, Kind::string, Need::always); }
constexpr Demand number(std::string_view key) { return demand(key, Kind::integer, Need::always); }
constexpr Demand list(std::string_view key) { return demand(key, Kind::array, Need::always); }
constexpr Demand object(std::string_view key) { return demand(key, Kind::object, Need::always); }
constexpr Demand maybe(Demand wanted) { return demand(wanted.key, wanted.kind, Need::optional); }

constexpr std::size_t max_demands = 28;

// The demands of one type, those of every line included, sorted by key as the fields of a line are.
struct Shape {
    std::string_view name;
    RecordType type = RecordType::other;
    std::array<Demand, max_demands> demands{};
    std::size_t count = 0;

    constexpr Shape(std::string_view type_name, RecordType record_type, std::initializer_list<Demand> own)
        : name(type_name), type(record_type) {
        for (const auto& common :
             {text("boot"), text("host"), number("seq"), text("t"), number("up"), number("wall")}) {
            demands[count++] = common;
        }
        for (const auto& one : own) {
            demands[count++] = one;
        }
        std::sort(demands.begin(), demands.begin() + count,
                  [](const Demand& a, const Demand& b) { return a.key < b.key; });
    }
    [[nodiscard]] std::span<const Demand> all() const { return {demands.data(), count}; }
};

constexpr Demand at = maybe(number("at"));
constexpr Demand at_from = maybe(number("at_from"));
constexpr Demand at_to = maybe(number("at_to"));

// Order: the frequent types first.
constexpr std::array shapes{
    Shape("start", RecordType::start,
          {text("src"),
           text("feature"),
           text("user"),
           text("client"),
           text("layer"),
           maybe(text("daemon")),
           maybe(number("count")),
           maybe(text("package")),
           maybe(text("cdata")),
           maybe(number("end")),
           at,
           at_from,
           at_to,
           maybe(text("version")),
           maybe(text("account")),
           maybe(text("addr")),
           maybe(text("pool")),
           maybe(text("fidelity")),
           maybe(text("class")),
           maybe(number("idle")),
           maybe(number("borrow")),
           maybe(text("domain"))}),
    Shape("end", RecordType::end,
          {text("kind"), maybe(number("start")), maybe(number("inferred")), maybe(text("src")), maybe(text("daemon")),
           maybe(text("feature")), maybe(text("user")), maybe(text("client")), maybe(text("layer")),
           maybe(text("domain")), maybe(number("orphan")), maybe(number("count")), at, at_from, at_to}),
    Shape("denial", RecordType::denial,
          {text("src"), text("feature"), text("user"), text("client"), text("verb"), maybe(text("daemon")),
           maybe(number("count")), maybe(text("reason")), maybe(text("domain")), at, at_from, at_to}),
    Shape("queue", RecordType::queue,
          {text("src"), text("feature"), text("user"), text("client"), text("verb"), maybe(text("daemon")),
           maybe(number("count")), maybe(text("reason")), maybe(text("domain")), at, at_from, at_to}),
    Shape("notice", RecordType::notice,
          {text("src"), text("feature"), text("user"), text("client"), text("verb"), maybe(text("daemon")),
           maybe(number("count")), maybe(text("reason")), maybe(text("domain")), at, at_from, at_to}),
    Shape("open", RecordType::open, {number("start"), number("at")}),
    Shape("used", RecordType::used, {number("start"), text("name"), number("count")}),
    Shape("idle", RecordType::idle, {number("start"), number("from"), number("to")}),
    Shape(
        "commands", RecordType::commands,
        {number("start"), text("name"), number("started"), number("completed"), number("cancelled"), number("undone")}),
    Shape("sample", RecordType::sample,
          {number("start"), text("kind"), number("at"), number("ms"), maybe(number("bytes"))}),
    Shape("seal", RecordType::seal, {}), // its own fields are judged with its signature, as SEAL_BROKEN
    Shape("arrived", RecordType::arrived, {text("log"), number("first"), number("next"), text("root")}),
    Shape("packages", RecordType::packages, {text("src"), text("package"), list("components")}),
    Shape("import", RecordType::import,
          {text("src"), text("format"), text("name"), text("digest"), text("zone"), number("lines"),
           maybe(number("first")), maybe(number("last")), object("counts"), maybe(list("bad"))}),
    Shape("installed", RecordType::installed, {text("feature"), number("at"), maybe(text("version"))}),
    Shape("removed", RecordType::removed, {text("feature"), number("at"), maybe(text("version"))}),
    Shape("gap", RecordType::gap, {text("kind"), number("from"), number("to"), maybe(text("how"))}),
    Shape("loss", RecordType::loss, {text("src"), number("count"), number("from"), number("to")}),
    Shape("identity", RecordType::identity,
          {text("name"), number("at"), maybe(text("domain")), maybe(text("address")), maybe(text("os"))}),
    Shape("clock", RecordType::clock, {number("from"), number("to")}),
    Shape("genesis", RecordType::genesis,
          {text("key"), text("machine"), text("role"), text("site"), text("label"), text("version"),
           maybe(object("replaces"))}),
    Shape("enrol", RecordType::enrol,
          {text("log"), text("key"), text("label"), maybe(text("group")), maybe(text("machine"))}),
    Shape("retire", RecordType::retire, {text("log"), number("at"), text("reason")}),
    Shape("declare", RecordType::declare,
          {text("kind"), text("agreement"), text("about"), text("reason"), number("from"), maybe(number("to")),
           maybe(number("sessions")), maybe(list("products"))}),
    Shape("amend", RecordType::amend,
          {text("agreement"), text("reason"), number("from"), number("to"), maybe(text("log")), maybe(number("line"))}),
    Shape("agreement", RecordType::agreement,
          {text("agreement"), text("licensee"), text("cadence"), text("zone"), number("due"), number("grace"),
           number("since"), maybe(number("until"))}),
    Shape("site", RecordType::site, {text("digest"), number("version")}),
    Shape("policy", RecordType::policy,
          {text("digest"), number("epoch"), maybe(object("rules")), maybe(number("clear"))}),
    Shape("consent", RecordType::consent, {text("about"), text("state"), text("basis"), number("at")}),
    Shape("instructed", RecordType::instructed,
          {text("digest"), text("fingerprint"), number("n"), number("version"), maybe(text("policy")),
           maybe(text("catalogue")), maybe(number("epoch"))}),
    Shape("disclosed", RecordType::disclosed, {text("what"), text("about"), maybe(number("line"))}),
    Shape("issued", RecordType::issued, {text("what"), text("log"), text("digest")}),
    Shape("release", RecordType::release,
          {text("agreement"), text("digest"), text("officer"), text("key"), number("n")}),
    Shape("written", RecordType::written,
          {text("agreement"), text("medium"), text("filesystem"), text("method"), number("n"), list("digests")}),
    Shape("receipt", RecordType::receipt,
          {text("agreement"), text("digest"), text("status"), text("verifier"), number("n"), list("bundles")}),
    Shape("pruned", RecordType::pruned, {text("log"), number("below")}),
    Shape("export", RecordType::exporting,
          {text("agreement"), number("n"), text("label"), number("level"), text("zstd"), maybe(number("receipt")),
           maybe(number("until")), maybe(number("volume"))}),
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

// 32 lower-case hex digits. Without early exit or table, so that it is done many bytes at a time, for every line.
bool is_boot_id(std::string_view digits) {
    if (digits.size() != 32) {
        return false;
    }
    unsigned char bad = 0;
    for (std::size_t i = 0; i < 32; ++i) {
        const auto digit = static_cast<unsigned char>(digits[i] - '0');
        const auto letter = static_cast<unsigned char>(digits[i] - 'a');
        bad = static_cast<unsigned char>(bad | static_cast<unsigned char>((digit >= 10) & (letter >= 6)));
    }
    return bad == 0;
}

bool has_instant(RecordType type) {
    return type == RecordType::start || type == RecordType::end || type == RecordType::denial ||
           type == RecordType::queue || type == RecordType::notice;
}

// What the walk over one line's fields has met.
struct Met {
    std::optional<std::uint64_t> earlier; // seq of another line of the same session
    std::optional<std::uint64_t> at_from, at_to, from, to;
    std::optional<std::string_view> user_class;
    std::string_view layer, kind;
    bool orphan = false, at = false;
};

void note(const line::Value& value, Slot slot, Record& record, Met& met) {
    switch (slot) {
    case Slot::none:
        break;
    case Slot::boot:
        record.boot = value.text;
        break;
    case Slot::host:
        record.host = value.text;
        break;
    case Slot::seq:
        record.seq = value.integer;
        break;
    case Slot::up:
        record.up = value.integer;
        break;
    case Slot::wall:
        record.wall = value.integer;
        break;
    case Slot::earlier:
        met.earlier = value.integer;
        break;
    case Slot::orphan:
        met.orphan = true;
        break;
    case Slot::layer:
        met.layer = value.text;
        break;
    case Slot::user_class:
        met.user_class = value.text;
        break;
    case Slot::kind:
        met.kind = value.text;
        break;
    case Slot::at:
        met.at = true;
        record.at_from = record.at_to = value.integer;
        break;
    case Slot::at_from:
        met.at_from = value.integer;
        record.at_from = value.integer;
        break;
    case Slot::at_to:
        met.at_to = value.integer;
        record.at_to = value.integer;
        break;
    case Slot::from:
        met.from = value.integer;
        break;
    case Slot::to:
        met.to = value.integer;
        break;
    }
}

bool is_before(std::string_view key, std::uint64_t prefix, const Demand& wanted) {
    return prefix < wanted.prefix ||
           (prefix == wanted.prefix && (key.size() > 8 || wanted.key.size() > 8) && key < wanted.key);
}

// With equal prefixes only keys above eight bytes can still differ.
bool same_length_or_text(std::string_view key, std::string_view wanted) {
    return key.size() == wanted.size() && (key.size() <= 8 || key == wanted);
}

const char* judge_instant(const Met& met) {
    if (met.at_from.has_value() != met.at_to.has_value() || met.at == met.at_from.has_value()) {
        return "an instant is either at, or at_from and at_to";
    }
    return met.at_from && *met.at_from >= *met.at_to ? "at_from is not before at_to" : nullptr;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

const char* judge_start(const Met& met) {
    if (!is_one_of(met.layer, {"package", "component", "feature"})) {
        return "layer is not package, component or feature";
    }
    return !met.user_class || is_one_of(*met.user_class, {"interactive", "automation"})
               ? nullptr
               : "class is not interactive or automation";
}

const char* judge_stretch(RecordType type, const Met& met) {
    if (met.from && met.to && *met.from >= *met.to && (type != RecordType::loss || *met.from > *met.to)) {
        return "from is not before to";
    }
    if (type == RecordType::gap && !is_one_of(met.kind, {"host_off", "recorder_off"})) {
        return "the kind of a gap is not host_off or recorder_off";
    }
    if (type == RecordType::declare && !is_one_of(met.kind, {"gap", "nil", "justification"})) {
        return "the kind of a declaration is not gap, nil or justification";
    }
    return nullptr;
}

const char* judge_fields_of(RecordType type, const Met& met) {
    switch (type) {
    case RecordType::start:
        return judge_start(met);
    case RecordType::end:
        return met.earlier.has_value() == met.orphan ? "an end has either start or orphan" : nullptr;
    case RecordType::idle:
    case RecordType::gap:
    case RecordType::loss:
    case RecordType::declare:
    case RecordType::amend:
        return judge_stretch(type, met);
    default:
        return nullptr;
    }
}

const char* judge(const Record& record, const Met& met) {
    if (!is_boot_id(record.boot)) {
        return "boot is not 32 hex digits";
    }
    if (has_instant(record.type)) {
        if (const char* wrong = judge_instant(met)) {
            return wrong;
        }
    }
    if (met.earlier && *met.earlier >= record.seq) {
        return "start or end points to a line that is not before it";
    }
    return judge_fields_of(record.type, met);
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
    std::uint64_t prefix = prefix_of(field->key); // there is `t` at least
    for (const auto& wanted : shape.all()) {
        while (field != fields.end() && is_before(field->key, prefix, wanted)) {
            prefix = ++field == fields.end() ? 0 : prefix_of(field->key);
        }
        if (field == fields.end() || prefix != wanted.prefix || !same_length_or_text(field->key, wanted.key)) {
            if (wanted.need == Need::always) {
                return "a field that every line of this type has is missing";
            }
            continue;
        }
        if (field->value.kind != wanted.kind) {
            return "a field is of the wrong kind";
        }
        note(field->value, wanted.slot, record, met);
        prefix = ++field == fields.end() ? 0 : prefix_of(field->key);
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
