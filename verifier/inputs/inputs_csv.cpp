#include "verifier/inputs/inputs_csv.hpp"

#include "tally/text/csv.hpp"
#include "tally/text/date.hpp"
#include "tally/text/decimal.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tally::inputs {
namespace {

constexpr std::int64_t most_seats = 10'000'000;

std::string folded_name(std::string_view raw) {
    std::string name;
    for (const char c : raw) {
        if (c != ' ' && c != '_' && c != '-') {
            name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
    return name;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') {
        text.remove_prefix(1);
    }
    while (!text.empty() && text.back() == ' ') {
        text.remove_suffix(1);
    }
    return text;
}

std::string listed(const std::vector<std::string>& items) {
    std::string text;
    for (const auto& item : items) {
        text += (text.empty() ? "" : ", ") + item;
    }
    return text;
}

struct Columns {
    std::vector<std::string_view> required, optional;
};

// The columns of one file, by name.
class Header {
public:
    static Result<Header> read(const std::vector<std::string>& cells, const Columns& columns,
                               std::vector<std::string>& unknown) {
        Header header;
        std::vector<std::string> found;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            found.emplace_back(trimmed(cells[i]));
            const std::string name = folded_name(cells[i]);
            const auto known = [&](std::string_view column) { return folded_name(column) == name; };
            if (std::none_of(columns.required.begin(), columns.required.end(), known) &&
                std::none_of(columns.optional.begin(), columns.optional.end(), known)) {
                unknown.push_back(found.back());
            } else if (!header.at_.emplace(name, i).second) {
                return Fault{"column " + found.back() + " is there twice", 1};
            }
        }
        std::vector<std::string> missing;
        for (const auto column : columns.required) {
            if (!header.at_.contains(folded_name(column))) {
                missing.emplace_back(column);
            }
        }
        if (!missing.empty()) {
            const bool semicolons = cells.size() == 1 && cells[0].find(';') != std::string::npos;
            return Fault{semicolons ? std::string("columns are separated by semicolons: save the file with commas")
                                    : "missing columns: " + listed(missing) + "; found: " + listed(found),
                         1};
        }
        header.size_ = cells.size();
        return header;
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    // Empty when the column or the cell is not there.
    [[nodiscard]] std::string_view cell(const std::vector<std::string>& cells, std::string_view column) const {
        const auto found = at_.find(folded_name(column));
        return found == at_.end() ? std::string_view() : trimmed(cells[found->second]);
    }

private:
    std::map<std::string, std::size_t> at_;
    std::size_t size_ = 0;
};

// One row being read: typed cells, and every fault of them.
class Row {
public:
    Row(const Header& header, const std::vector<std::string>& cells, std::uint64_t line, std::vector<Fault>& faults)
        : header_(&header), cells_(&cells), line_(line), faults_(&faults) {}

    void fault(std::string what) {
        faults_->push_back({std::move(what), line_});
        good_ = false;
    }
    [[nodiscard]] bool good() const { return good_; }

    [[nodiscard]] std::string text(std::string_view column) const {
        return std::string(header_->cell(*cells_, column));
    }
    std::string required(std::string_view column) {
        std::string value = text(column);
        if (value.empty()) {
            fault(std::string(column) + " is empty");
        }
        return value;
    }
    std::int64_t day(std::string_view column) {
        const std::string value = required(column);
        const auto parsed = text::parse_day(value);
        if (!parsed && !value.empty()) {
            fault(std::string(column) + " '" + text::shown(value) + "' is not a date: write YYYY-MM-DD");
        }
        return parsed.value_or(0);
    }
    std::optional<Moment> moment(std::string_view column) {
        const std::string value = text(column);
        if (const auto parsed = text::parse_day(value)) {
            return Moment{*parsed * text::seconds_per_day, (*parsed + 1) * text::seconds_per_day};
        }
        if (const auto at = text::parse_instant(value)) {
            return Moment{*at, *at};
        }
        if (!value.empty()) {
            fault(std::string(column) + " '" + text::shown(value) + "' is neither YYYY-MM-DD nor YYYY-MM-DDTHH:MMZ");
        }
        return std::nullopt;
    }
    std::optional<std::int64_t> number(std::string_view column, std::int64_t most) {
        const std::string value = text(column);
        if (value.empty()) {
            return std::nullopt;
        }
        const auto parsed = value.size() <= 9 ? text::digits(value, value.size()) : std::nullopt;
        if (!parsed || static_cast<std::int64_t>(*parsed) > most) {
            fault(std::string(column) + " '" + text::shown(value) + "' is not a whole number from 0 to " +
                  std::to_string(most));
            return std::nullopt;
        }
        return static_cast<std::int64_t>(*parsed);
    }

private:
    const Header* header_;
    const std::vector<std::string>* cells_;
    std::uint64_t line_;
    std::vector<Fault>* faults_;
    bool good_ = true;
};

std::vector<std::string> words_in(std::string_view text) {
    std::vector<std::string> words(1);
    for (const char c : text) {
        if (c != ' ' && c != ';') {
            words.back() += c;
        } else if (!words.back().empty()) {
            words.emplace_back();
        }
    }
    if (words.back().empty()) {
        words.pop_back();
    }
    return words;
}

void read_price(Row& row, Entitlement& item) {
    const std::string price = row.text("list_price");
    item.currency = row.text("currency");
    if (price.empty()) {
        return;
    }
    const auto parsed = text::Decimal::parse(price);
    if (!parsed) {
        row.fault("list_price '" + text::shown(price) + "': " + parsed.fault().what);
    } else {
        item.list_price_units = parsed->units();
    }
    if (item.currency.empty()) {
        row.fault("list_price without currency");
    }
}

Entitlement entitlement_of(Row& row, std::uint64_t line) {
    Entitlement item;
    item.at.row = line;
    item.line = row.required("line");
    item.agreement = row.required("agreement");
    item.product = row.required("product");
    item.name = row.text("name");
    item.order = row.text("order");
    item.features = words_in(row.text("features"));
    const std::string metric = row.required("metric");
    const std::string folded = folded_name(metric);
    if (folded == "named" || folded == "nameduser") {
        item.metric = Metric::named;
    } else if (folded == "concurrent" || folded == "network") {
        item.metric = Metric::concurrent;
    } else if (!metric.empty()) {
        row.fault("metric '" + text::shown(metric) + "' is neither named nor concurrent");
    }
    if (row.required("quantity").empty()) {
        return item;
    }
    item.quantity = row.number("quantity", most_seats).value_or(0);
    item.start_day = row.day("start");
    item.end_day = row.day("end");
    if (row.good() && item.end_day < item.start_day) {
        row.fault("end is before start");
    }
    const auto oldest = row.number("version_min", 9999);
    const auto newest = row.number("version_max", 9999);
    if (oldest && newest && *newest < *oldest) {
        row.fault("version_max is below version_min");
    }
    if (oldest || newest) {
        item.versions = {Versions::Rule::fixed, oldest.value_or(0), newest.value_or(0), 0};
    }
    read_price(row, item);
    return item;
}

Assignment assignment_of(Row& row, std::uint64_t line) {
    Assignment item;
    item.at.row = line;
    item.user = row.required("user");
    item.product = row.required("product");
    item.source = row.text("source");
    item.team = row.text("team");
    item.status = row.text("status");
    if (!row.required("assigned").empty()) {
        item.assigned = row.moment("assigned").value_or(Moment{});
    }
    item.unassigned = row.moment("unassigned");
    item.last_accessed = row.moment("last_accessed");
    if (row.good() && item.unassigned && item.unassigned->to < item.assigned.from) {
        row.fault("unassigned is before assigned");
    }
    return item;
}

std::string line_text(std::uint64_t line) { return "line " + std::to_string(line); }

// Two rows of one line id must not both say how many were bought on the same day.
void compare(const std::vector<Entitlement>& rows, std::vector<Fault>& faults) {
    std::map<std::pair<std::string, std::string>, std::vector<const Entitlement*>> same;
    for (const auto& row : rows) {
        auto& others = same[{row.agreement, row.line}];
        for (const auto* other : others) {
            if (row.start_day <= other->end_day && other->start_day <= row.end_day) {
                const bool equal = row.quantity == other->quantity && row.start_day == other->start_day &&
                                   row.end_day == other->end_day && row.metric == other->metric &&
                                   row.product == other->product;
                faults.push_back({equal ? "duplicate of " + line_text(other->at.row)
                                        : "contradicts " + line_text(other->at.row) + ": line " +
                                              text::shown(row.line) + " is valid on the same days in both",
                                  row.at.row});
                break;
            }
        }
        others.push_back(&row);
    }
}

// A person cannot hold the same product from the same team twice at once.
void compare(const std::vector<Assignment>& rows, std::vector<Fault>& faults) {
    std::map<std::tuple<std::string, std::string, std::string>, std::vector<const Assignment*>> same;
    const auto end = [](const Assignment& row) { return row.unassigned ? row.unassigned->from : INT64_MAX; };
    for (const auto& row : rows) {
        auto& others = same[{row.user, row.product, row.team}];
        for (const auto* other : others) {
            const bool equal = row.assigned == other->assigned && row.unassigned == other->unassigned;
            if (equal || (row.assigned.to < end(*other) && other->assigned.to < end(row))) {
                faults.push_back({equal ? "duplicate of " + line_text(other->at.row)
                                        : "contradicts " + line_text(other->at.row) +
                                              ": the same user, product and team at the same time",
                                  row.at.row});
                break;
            }
        }
        others.push_back(&row);
    }
}

template <class Item, class Make>
Result<InputTable<Item>> read_table(std::string_view bytes, const Columns& columns, Make make) {
    text::CsvReader reader(bytes);
    InputTable<Item> table;
    std::vector<std::string> cells;
    auto more = reader.next(cells);
    if (!more) {
        return more.fault();
    }
    if (!*more) {
        return Fault{"the file is empty", 1};
    }
    const auto header = Header::read(cells, columns, table.unknown_columns);
    if (!header) {
        return header.fault();
    }
    for (more = reader.next(cells); more && *more; more = reader.next(cells)) {
        if (cells.size() == 1 && trimmed(cells[0]).empty()) {
            continue;
        }
        if (cells.size() != header->size()) {
            table.faults.push_back(
                {std::to_string(cells.size()) + " columns where the header has " + std::to_string(header->size()),
                 reader.line()});
            continue;
        }
        Row row(*header, cells, reader.line(), table.faults);
        Item item = make(row, reader.line());
        if (row.good()) {
            table.rows.push_back(std::move(item));
        }
    }
    if (!more) {
        table.faults.push_back(more.fault());
    }
    if (table.rows.empty() && table.faults.empty()) {
        return Fault{"there is no row under the header", 1};
    }
    compare(table.rows, table.faults);
    std::stable_sort(table.faults.begin(), table.faults.end(),
                     [](const Fault& a, const Fault& b) { return a.at < b.at; });
    return table;
}

} // namespace

Result<InputTable<Entitlement>> read_entitlements(std::string_view bytes) {
    const Columns columns{{"line", "agreement", "product", "metric", "quantity", "features", "start", "end"},
                          {"version_min", "version_max", "list_price", "currency", "order", "name"}};
    return read_table<Entitlement>(bytes, columns, entitlement_of);
}

Result<InputTable<Assignment>> read_assignments(std::string_view bytes) {
    const Columns columns{{"user", "product", "assigned", "unassigned", "source", "team", "status"}, {"last_accessed"}};
    return read_table<Assignment>(bytes, columns, assignment_of);
}

} // namespace tally::inputs
