#include "verifier/rules/row_kinds.hpp"

#include "tally/line/write.hpp"
#include "tally/text/date.hpp"
#include "tally/text/decimal.hpp"

#include <algorithm>
#include <array>

namespace tally::rules {
namespace {

// Fields as words: NAME:TYPE, with "!" when it must be there. Types: t text, n integer, b 0 or 1, d day, m day or
// instant, i instant, a amount, p pair.
struct Kind {
    std::string_view name, fields;
};

constexpr std::array row_kinds = {
    Kind{"session", "user:t! host:t! product:t! from:i! to:i! from_latest:i to_latest:i version:t layer:t package:t "
                    "count:n watched:t automation:b idle_known:b open:b borrowed:b account:t address:t site:t users:n "
                    "repeat:n every:n"},
    Kind{"idle", "from:i! to:i!"},
    Kind{"used", "name:t! count:n"},
    Kind{"commands", "name:t! started:n! completed:n! cancelled:n! undone:n!"},
    Kind{"sample", "kind:t! at:i! ms:n! bytes:n"},
    Kind{"refusal", "verb:t! user:t! host:t! product:t! at:i!"},
    Kind{"installed", "host:t! product:t! version:t! from:i! to:i site:t"},
    Kind{"dark", "host:t! kind:t! from:i! to:i! site:t"},
    Kind{"named", "host:t! name:t! since:i! site:t"},
    Kind{"clock", "host:t! at:i! by_ms:n! site:t"},
    Kind{"delivery", "site:t! n:n! received:i! through:i! agreement:t"},
    Kind{"agreement", "id:t! start:d end:d sites:t countries:t entities:t domains:t cadence_months:n due_days:n "
                      "grace_days:n approved_administrators:n"},
    Kind{"entitlement",
         "line:t! product:t! metric:t! quantity:n! agreement:t start:d end:d price:a currency:t features:t "
         "version_min:n version_max:n current_minus:n sites:t countries:t entities:t pool:t renewal:d"},
    Kind{"assignment", "user:t! product:t! assigned:m! unassigned:m team:t group:t role:t users:n"},
    Kind{"person", "user:t! domain:t team:t entity:t enabled:b kind:t joined:d left:d groups:t users:n"},
    Kind{"group", "group:t! product:t!"},
    Kind{"administrator", "user:t! agreement:t role:t granted:d last_active:d users:n"},
    Kind{"approved", "user:t! agreement:t"},
    Kind{"collection", "collection:t! product:t!"},
    Kind{"perpetual", "product:t! version:n! quantity:n! line:t server:t host:t superseded:d"},
    Kind{"pack", "pack:t! tokens:n! start:d! end:d! pool:t line:t agreement:t"},
    Kind{"rate", "product:t! tokens:n! feature:t"},
    Kind{"price", "product:t! price:a! currency:t! from:d!"},
    Kind{"host", "host:t! site:t country:t entity:t team:t agreement:t owner:t class:t sign_in_hours:n"},
    Kind{"release", "product:t! version:n! released:d!"},
    Kind{"export", "user:t! product:t! first:d! last:d! days:n"},
    Kind{"product", "product:t! name:t vendor:t family:t tier:n class:t child_of:t words:t"},
    Kind{"function", "function:t! product:t!"},
    Kind{"licence_file", "server:t! product:t! count:n! agreement:t"},
    Kind{"addon", "product:t! feature:t! addon:t!"},
    Kind{"network", "cidr:t!"},
    Kind{"event", "entity:t! domain:t what:t day:d!"},
};

constexpr std::array expect_kinds = {
    Kind{"finding", "code:t! subject:t quantity:p certainty:t severity:t state:t exposure:a cure:a saving:a records:n"},
    Kind{"none", "code:t! subject:t"},
    Kind{"position", "line:t! peak:p excess:p seconds:n episodes:n persistence:t use_peak:p users:p"},
    Kind{"days", "user:t! product:t! days:p!"},
    Kind{"request", "user:t! end:t!"},
    Kind{"tokens", "pool:t! tokens:p!"},
    Kind{"insight", "insight:t! product:t! is:t!"},
    Kind{"money", "price:a! count:n! days:n! is:a!"},
};

struct Field {
    std::string_view key;
    char type = 't';
    bool needed = false;
};

std::vector<Field> fields_of(std::string_view words) {
    std::vector<Field> fields;
    while (!words.empty()) {
        const std::string_view word = words.substr(0, words.find(' '));
        words.remove_prefix(std::min(words.size(), word.size() + 1));
        const auto colon = word.find(':');
        fields.push_back({word.substr(0, colon), word[colon + 1], word.back() == '!'});
    }
    return fields;
}

bool is_pair(std::string_view array, Cell& cell) {
    line::Items items(array);
    line::Value item;
    std::array<std::int64_t, 2> numbers{};
    std::size_t count = 0;
    while (items.next(item)) {
        if (item.kind != line::Kind::integer || count == numbers.size()) {
            return false;
        }
        numbers[count++] = static_cast<std::int64_t>(item.integer);
    }
    cell.kind = Cell::Kind::pair;
    cell.first = numbers[0];
    cell.second = numbers[1];
    return count == numbers.size() && numbers[0] <= numbers[1];
}

// Why the value is not of the type; nullptr when it is.
const char* read_cell(char type, const line::Value& value, Cell& cell) {
    if (type == 'p') {
        return value.kind == line::Kind::array && is_pair(value.text, cell) ? nullptr : "is not a pair";
    }
    if (type == 'n' || type == 'b') {
        cell.kind = Cell::Kind::integer;
        cell.first = static_cast<std::int64_t>(value.integer);
        const bool good = value.kind == line::Kind::integer && (type == 'n' || value.integer <= 1);
        return good ? nullptr : type == 'n' ? "is not an integer" : "is neither 0 nor 1";
    }
    if (value.kind != line::Kind::string) {
        return "is not a text";
    }
    cell.text = line::decode_text(value.text);
    const bool day = text::parse_day(cell.text).has_value();
    const bool instant = text::parse_instant(cell.text).has_value();
    switch (type) {
    case 'd':
        return day ? nullptr : "is not a day: write 2026-03-31";
    case 'i':
        return instant ? nullptr : "is not an instant: write 2026-03-31T09:00Z";
    case 'm':
        return day || instant ? nullptr : "is neither a day nor an instant";
    case 'a':
        return text::Decimal::parse(cell.text).ok() ? nullptr : "is not an amount: write 1940.00";
    default:
        return cell.text.empty() ? "is empty" : nullptr;
    }
}

Fault about(std::string_view key, const char* what) { return Fault{"field '" + std::string(key) + "' " + what, 0}; }

template <std::size_t Size>
const Kind* kind_of(const std::array<Kind, Size>& kinds, std::string_view name) {
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& kind) { return kind.name == name; });
    return found == kinds.end() ? nullptr : &*found;
}

} // namespace

Result<Row> read_row(RowType type, const line::Fields& fields) {
    const std::string_view key = type == RowType::row ? "row" : "expect";
    const auto word = fields.string(key);
    if (!word) {
        return about(key, "is missing");
    }
    const Kind* kind = type == RowType::row ? kind_of(row_kinds, *word) : kind_of(expect_kinds, *word);
    if (kind == nullptr) {
        return Fault{"unknown kind of " + std::string(key) + ": '" + std::string(*word) + "'", 0};
    }
    Row row;
    row.kind = kind->name;
    const auto known = fields_of(kind->fields);
    for (const auto& field : fields) {
        if (field.key == "t" || field.key == key) {
            continue;
        }
        const auto found =
            std::find_if(known.begin(), known.end(), [&](const Field& item) { return item.key == field.key; });
        if (found == known.end()) {
            return about(field.key, "is not one of this kind");
        }
        Cell cell;
        if (const char* problem = read_cell(found->type, field.value, cell)) {
            return about(field.key, problem);
        }
        row.cells.emplace(std::string(field.key), std::move(cell));
    }
    for (const auto& field : known) {
        if (field.needed && row.find(field.key) == nullptr) {
            return about(field.key, "is missing");
        }
    }
    constexpr std::int64_t most = 10'000;
    const std::int64_t users = row.integer("users", 1);
    const std::int64_t repeat = row.integer("repeat", 1);
    if (users < 1 || repeat < 1 || users > most || repeat > most || users * repeat > most) {
        return Fault{"a row stands for 1 to 10000", 0};
    }
    return row;
}

} // namespace tally::rules
