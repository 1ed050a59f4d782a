#include "verifier/inputs/exports.hpp"

#include "tally/text/date.hpp"

namespace tally::inputs {
namespace {

constexpr std::string_view person = "email|autodesk_id|hashed_autodesk_id";
constexpr std::string_view not_ours = "!user";

// The first column that shows somebody wins: clear name, then identifier, then the vendor's pseudonym.
template <class Row>
void take_user(Cell& cell, Row& row) {
    if (row.user.empty() && !is_nameless(cell.view())) {
        row.user = cell.text();
    }
}
template <class Row>
void take_product(Cell& cell, Row& row) {
    if (row.product.empty()) {
        row.product = cell.text();
    }
}

// A date; what stands behind it after T or a space is not needed.
std::optional<Day> vendor_day(Cell& cell) {
    const std::string_view text = cell.view();
    const bool timed = text.size() > 10 && (text[10] == 'T' || text[10] == ' ');
    const auto day = text::parse_day(timed ? text.substr(0, 10) : text);
    if (!day) {
        cell.refuse("is not a date: write YYYY-MM-DD");
    }
    return day;
}
std::optional<Moment> vendor_moment(Cell& cell) {
    const auto day = vendor_day(cell);
    return day ? std::optional(Moment{*day * text::seconds_per_day, (*day + 1) * text::seconds_per_day}) : std::nullopt;
}

template <class Row>
void add_person(std::vector<Column<Row>>& columns) {
    columns.push_back({"email", Need::optional, take_user<Row>});
    columns.push_back({"autodesk_id", Need::optional, take_user<Row>});
    columns.push_back({"hashed_autodesk_id", Need::optional, take_user<Row>});
}

// Each hidden person holds a seat of their own.
void name_hidden(Assignment& item, RowFaults& faults) {
    if (item.user.empty()) {
        item.user = "*****" + std::to_string(faults.line());
    }
    if (item.product.empty()) {
        faults.add("product is empty");
    }
}

std::vector<Column<Assignment>> seat_columns() {
    using Row = Assignment;
    std::vector<Column<Row>> columns;
    add_person(columns);
    columns.push_back({"offering_name", Need::optional, take_product<Row>});
    columns.push_back({"product|product_name", Need::optional, take_product<Row>});
    columns.push_back({"team|team_alias|team_name", Need::optional, text_to(&Row::team)});
    columns.push_back({"group", Need::optional, text_to(&Row::group)});
    columns.push_back({"role", Need::optional, text_to(&Row::role)});
    columns.push_back({"account_status|seat_assignment", Need::optional, text_to(&Row::status)});
    columns.push_back(
        {"last_accessed", Need::optional, [](Cell& cell, Row& item) { item.last_accessed = vendor_moment(cell); }});
    return columns;
}

void set_source(Assignment& item) { item.source = item.group.empty() ? "manual" : "group"; }

void finish_use(ExportedUse& item, RowFaults& faults) {
    if (item.product.empty()) {
        faults.add("product is empty");
    }
}

std::vector<Column<ExportedUse>> use_columns() {
    using Row = ExportedUse;
    std::vector<Column<Row>> columns;
    add_person(columns);
    columns.push_back({"product_name|product", Need::optional, take_product<Row>});
    columns.push_back({"offering_name", Need::optional, take_product<Row>});
    columns.push_back({"version", Need::optional, text_to(&Row::version)});
    columns.push_back({"feature", Need::optional, text_to(&Row::feature)});
    columns.push_back({"tokens_used", Need::optional, count_to(&Row::tokens, most_of_anything - 1)});
    return columns;
}

// How many days were used, and the last of them: taken as the last days.
void finish_summary(ExportedUse& item, RowFaults& faults) {
    finish_use(item, faults);
    if (item.last == 0) {
        faults.skip();
    }
    item.days = std::max<std::int64_t>(item.days, 1);
    item.first = item.last - item.days + 1;
}

} // namespace

std::vector<Table<Assignment>> assignment_exports() {
    using Row = Assignment;
    auto dated = seat_columns();
    dated.push_back({"assigned_date", Need::column,
                     [](Cell& cell, Row& item) { item.assigned = vendor_moment(cell).value_or(Moment{}); }});
    dated.push_back(
        {"unassigned_date", Need::optional, [](Cell& cell, Row& item) { item.unassigned = vendor_moment(cell); }});
    const auto finish_dated = [](Row& item, RowFaults& faults) {
        name_hidden(item, faults);
        set_source(item);
        if (item.assigned == Moment{}) { // tokens, not a seat
            faults.skip();
        } else if (item.unassigned && item.unassigned->to < item.assigned.from) {
            faults.add("unassigned_date is before assigned_date");
        }
    };
    const auto finish_users = [](Row& item, RowFaults& faults) {
        set_source(item);
        if (item.product.empty()) { // a user without any product
            faults.skip();
            return;
        }
        name_hidden(item, faults);
    };
    return {{"usage report", {person, "assigned_date", not_ours}, std::move(dated), finish_dated},
            {"account users",
             {person, "offering_name|product|product_name", not_ours, "!day_used", "!days_used"},
             seat_columns(),
             finish_users}};
}

std::vector<Table<ExportedUse>> usage_exports() {
    using Row = ExportedUse;
    auto daily = use_columns();
    daily.push_back({"day_used", Need::value, [](Cell& cell, Row& item) {
                         item.first = item.last = vendor_day(cell).value_or(0);
                         item.days = 1;
                     }});
    auto summary = use_columns();
    summary.push_back({"days_used", Need::optional, count_to(&Row::days, 36'600)});
    summary.push_back(
        {"last_accessed", Need::column, [](Cell& cell, Row& item) { item.last = vendor_day(cell).value_or(0); }});
    return {{"usage by day", {"day_used", not_ours}, std::move(daily), finish_use},
            {"usage report", {"last_accessed", not_ours}, std::move(summary), finish_summary}};
}

} // namespace tally::inputs
