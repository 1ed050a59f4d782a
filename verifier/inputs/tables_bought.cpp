// The columns of what was bought and agreed.
#include "verifier/inputs/tables.hpp"

#include "tally/text/decimal.hpp"
#include "tally/text/utf8.hpp"

namespace tally::inputs {
namespace {

// "2019", "2019-2022", "2019-" and up, "current-3", "current", "any".
void take_versions(Cell& cell, Entitlement& item) {
    const std::string text = folded_case(cell.view());
    const auto year = [](std::string_view digits) {
        return digits.size() == 4 && digits.find_first_not_of("0123456789") == std::string_view::npos
                   ? std::stoll(std::string(digits))
                   : 0;
    };
    const std::string_view view = text;
    if (text == "any") {
        item.versions = {};
    } else if (text == "current") {
        item.versions = {Versions::Rule::current_minus, 0, 0, 0};
    } else if (view.substr(0, 8) == "current-" && view.size() > 8 && view.size() <= 10 &&
               view.find_first_not_of("0123456789", 8) == std::string_view::npos) {
        item.versions = {Versions::Rule::current_minus, 0, 0, std::stoll(text.substr(8))};
    } else if (year(view) > 0) {
        item.versions = {Versions::Rule::fixed, year(view), year(view), 0};
    } else if (view.size() == 5 && view[4] == '-' && year(view.substr(0, 4)) > 0) {
        item.versions = {Versions::Rule::fixed, year(view.substr(0, 4)), 0, 0};
    } else if (view.size() == 9 && view[4] == '-' && year(view.substr(0, 4)) > 0 && year(view.substr(5)) > 0) {
        item.versions = {Versions::Rule::fixed, year(view.substr(0, 4)), year(view.substr(5)), 0};
        if (item.versions.max < item.versions.min) {
            cell.refuse("ends before it begins");
        }
    } else {
        cell.refuse("is none of: any, 2019, 2019-2022, 2019-, current, current-3");
    }
}

void take_bound(Cell& cell, Entitlement& item, std::int64_t Versions::*bound) {
    if (item.versions.rule == Versions::Rule::current_minus) {
        cell.refuse("stands beside versions current: write one of them");
    }
    item.versions.rule = Versions::Rule::fixed;
    item.versions.*bound = cell.count(9999).value_or(0);
}

void take_quantity(Cell& cell, Entitlement& item) {
    item.quantity = folded_name(cell.view()) == "unlimited" ? unlimited : cell.count(most_seats).value_or(0);
}

const Cell::Words price_periods = {{"year", 12}, {"month", 1}, {"quarter", 3}, {"3years", 36}};

// A price of so many months as the price of a year, rounded once.
std::optional<std::int64_t> yearly(std::int64_t units, int months) { return text::scaled_half_even(units, 12, months); }

void finish_entitlement(Entitlement& item, RowFaults& faults) {
    if (item.end_day < item.start_day) {
        faults.add("end is before start");
    }
    if (item.versions.max != 0 && item.versions.max < item.versions.min) {
        faults.add("version_max is below version_min");
    }
    if (item.list_price_units && item.currency.empty()) {
        faults.add("list_price without currency");
    }
}

// Of a price and the period it is for, whichever column was read first.
void take_price_period(Cell& cell, Entitlement& item) {
    const auto months = cell.choice(price_periods);
    if (months && item.list_price_units) {
        item.list_price_units = yearly(*item.list_price_units, *months);
        if (!item.list_price_units) {
            cell.refuse("makes the price of a year too large");
        }
    }
}

void need_currency(const std::optional<Money>& money, std::string_view column, RowFaults& faults) {
    if (money && money->currency.empty()) {
        faults.add(std::string(column) + " without currency");
    }
}

void need_order(Day from, Day to, std::string_view first, std::string_view last, RowFaults& faults) {
    if (to < from) {
        faults.add(std::string(last) + " is before " + std::string(first));
    }
}

void take_duplicate_group(Cell& cell, LicenceFile& item) {
    const std::string_view letters = cell.view();
    if (letters != "NONE" && letters.find_first_not_of("UHDV") != std::string_view::npos) {
        cell.refuse("is neither NONE nor letters of U, H, D and V");
    }
    item.duplicate_group = letters;
}

const Cell::Words metrics = {{"named", 0},  {"nameduser", 0}, {"concurrent", 1}, {"network", 1},
                             {"device", 2}, {"token", 3},     {"perpetual", 4}};

} // namespace

template <>
const std::vector<Table<Entitlement>>& tables() {
    using Row = Entitlement;
    static const std::vector<Table<Row>> all = {
        {own_layout,
         {},
         {
             {"line", Need::value, text_to(&Row::line)},
             {"agreement", Need::value, text_to(&Row::agreement)},
             {"product|collection", Need::value, text_to(&Row::product)},
             {"metric", Need::value, choice_to(&Row::metric, metrics)},
             {"quantity", Need::value, take_quantity},
             {"features", Need::column, words_to(&Row::features)},
             {"start", Need::value, day_to(&Row::start_day)},
             {"end", Need::column, day_to(&Row::end_day)},
             {"name", Need::optional, text_to(&Row::name)},
             {"order", Need::optional, text_to(&Row::order)},
             {"versions", Need::optional, take_versions},
             {"version_min", Need::optional, [](Cell& cell, Row& item) { take_bound(cell, item, &Versions::min); }},
             {"version_max", Need::optional, [](Cell& cell, Row& item) { take_bound(cell, item, &Versions::max); }},
             {"list_price", Need::optional, [](Cell& cell, Row& item) { item.list_price_units = cell.amount(); }},
             {"price_period", Need::optional, take_price_period},
             {"currency", Need::optional, [](Cell& cell, Row& item) { item.currency = cell.currency().value_or(""); }},
             {"replaces", Need::optional, text_to(&Row::replaces)},
             {"pool", Need::optional, text_to(&Row::pool)},
             {"sites", Need::optional, words_to(&Row::sites)},
             {"countries|territory", Need::optional, words_to(&Row::countries)},
             {"entities", Need::optional, phrases_to(&Row::entities)},
             {"renewal", Need::optional, day_to(&Row::renewal)},
         },
         finish_entitlement}};
    return all;
}

template <>
const std::vector<Table<Agreement>>& tables() {
    using Row = Agreement;
    static const std::vector<Table<Row>> all = {
        {own_layout,
         {},
         {
             {"agreement|id", Need::value, text_to(&Row::id)},
             {"vendor", Need::optional, text_to(&Row::vendor)},
             {"customer", Need::optional, text_to(&Row::customer)},
             {"start", Need::value, day_to(&Row::start)},
             {"end", Need::column, day_to(&Row::end)},
             {"sites", Need::optional, words_to(&Row::sites)},
             {"countries|territory", Need::optional, words_to(&Row::countries)},
             {"entities", Need::optional, phrases_to(&Row::entities)},
             {"domains", Need::optional, words_to(&Row::domains)},
             {"cadence", Need::optional,
              [](Cell& cell, Row& item) { item.cadence = cell.cadence().value_or(Cadence{}); }},
             {"due_days", Need::optional, count_to(&Row::due_days, 366)},
             {"grace_days", Need::optional, count_to(&Row::grace_days, 366)},
             {"currency|list_currency", Need::optional,
              [](Cell& cell, Row& item) { item.currency = cell.currency().value_or(""); }},
             {"day_zone", Need::optional, text_to(&Row::day_zone)},
             {"class|vendor_class", Need::optional,
              [](Cell& cell, Row& item) {
                  if (cell.choice({{"commercial", 0}, {"education", 1}, {"training", 2}})) {
                      item.vendor_class = folded_case(cell.view());
                  }
              }},
             {"approved_administrators", Need::optional, count_to(&Row::approved_administrators, most_seats)},
         },
         [](Row& item, RowFaults& faults) { need_order(item.start, item.end, "start", "end", faults); }}};
    return all;
}

template <>
const std::vector<Table<CollectionPart>>& tables() {
    using Row = CollectionPart;
    static const std::vector<Table<Row>> all = {{own_layout,
                                                 {},
                                                 {
                                                     {"collection", Need::value, text_to(&Row::collection)},
                                                     {"product", Need::value, text_to(&Row::product)},
                                                 },
                                                 {}}};
    return all;
}

template <>
const std::vector<Table<PerpetualRight>>& tables() {
    using Row = PerpetualRight;
    static const std::vector<Table<Row>> all = {{own_layout,
                                                 {},
                                                 {
                                                     {"product", Need::value, text_to(&Row::product)},
                                                     {"version", Need::optional, count_to(&Row::version, 9999)},
                                                     {"quantity", Need::value, count_to(&Row::quantity, most_seats)},
                                                     {"line", Need::optional, text_to(&Row::line)},
                                                     {"server", Need::optional, text_to(&Row::server)},
                                                     {"host", Need::optional, text_to(&Row::host)},
                                                     {"serial_family", Need::optional, text_to(&Row::serial_family)},
                                                     {"superseded", Need::optional, day_to(&Row::superseded)},
                                                 },
                                                 {}}};
    return all;
}

template <>
const std::vector<Table<Bill>>& tables() {
    using Row = Bill;
    static const std::vector<Table<Row>> all = {
        {own_layout,
         {},
         {
             {"order", Need::value, text_to(&Row::order)},
             {"product", Need::column, text_to(&Row::product)},
             {"line", Need::optional, text_to(&Row::line)},
             {"quantity", Need::value, difference_to(&Row::quantity, most_seats)},
             {"amount", Need::optional, amount_to(&Row::amount)},
             {"currency", Need::optional, currency_to(&Row::amount)},
             {"day|date|billed", Need::optional, day_to(&Row::day)},
             {"renewal|renewal_date", Need::optional, day_to(&Row::renewal)},
         },
         [](Row& item, RowFaults& faults) {
             need_currency(item.amount, "amount", faults);
             if (item.product.empty() && item.line.empty()) {
                 faults.add("neither product nor line");
             }
         }}};
    return all;
}

template <>
const std::vector<Table<TokenPack>>& tables() {
    using Row = TokenPack;
    static const std::vector<Table<Row>> all = {
        {own_layout,
         {},
         {
             {"pack", Need::value, text_to(&Row::pack)},
             {"agreement", Need::optional, text_to(&Row::agreement)},
             {"pool", Need::optional, text_to(&Row::pool)},
             {"line", Need::optional, text_to(&Row::line)},
             {"tokens", Need::value, count_to(&Row::tokens, most_of_anything - 1)},
             {"start", Need::value, day_to(&Row::start)},
             {"end", Need::column, day_to(&Row::end)},
             {"price", Need::optional, amount_to(&Row::price)},
             {"currency", Need::optional, currency_to(&Row::price)},
         },
         [](Row& item, RowFaults& faults) {
             need_order(item.start, item.end, "start", "end", faults);
             need_currency(item.price, "price", faults);
         }}};
    return all;
}

template <>
const std::vector<Table<TokenRate>>& tables() {
    using Row = TokenRate;
    static const std::vector<Table<Row>> all = {
        {own_layout,
         {},
         {
             {"product", Need::value, text_to(&Row::product)},
             {"feature", Need::optional, text_to(&Row::feature)},
             {"tokens", Need::value, count_to(&Row::tokens, most_seats)},
             {"per", Need::value,
              choice_to(&Row::per, {{"window", 0}, {"24h", 0}, {"24hours", 0}, {"day", 1}, {"result", 2}})},
             {"source", Need::value, text_to(&Row::source)},
             {"from|effective_from", Need::value, day_to(&Row::from)},
             {"to|effective_to", Need::optional, day_to(&Row::to)},
         },
         [](Row& item, RowFaults& faults) { need_order(item.from, item.to, "from", "to", faults); }}};
    return all;
}

template <>
const std::vector<Table<TokenAdjustment>>& tables() {
    using Row = TokenAdjustment;
    static const std::vector<Table<Row>> all = {
        {own_layout,
         {},
         {
             {"pool", Need::column, text_to(&Row::pool)},
             {"tokens", Need::value, difference_to(&Row::tokens, most_of_anything - 1)},
             {"day|date", Need::value, day_to(&Row::day)},
             {"reason", Need::value, text_to(&Row::reason)},
         },
         {}}};
    return all;
}

template <>
const std::vector<Table<Price>>& tables() {
    using Row = Price;
    static const std::vector<Table<Row>> all = {
        {own_layout,
         {},
         {
             {"product", Need::value, text_to(&Row::product)},
             {"price|list_price", Need::value,
              [](Cell& cell, Row& item) { item.price.units = cell.amount().value_or(0); }},
             {"price_period", Need::optional,
              [](Cell& cell, Row& item) {
                  const auto units = yearly(item.price.units, cell.choice(price_periods).value_or(12));
                  item.price.units = units.value_or(0);
                  if (!units) {
                      cell.refuse("makes the price of a year too large");
                  }
              }},
             {"currency", Need::value,
              [](Cell& cell, Row& item) { item.price.currency = cell.currency().value_or(""); }},
             {"from|effective_from", Need::value, day_to(&Row::from)},
         },
         {}}};
    return all;
}

template <>
const std::vector<Table<LicenceFile>>& tables() {
    using Row = LicenceFile;
    static const std::vector<Table<Row>> all = {
        {own_layout,
         {},
         {
             {"server", Need::value, text_to(&Row::server)},
             {"product|feature", Need::value, text_to(&Row::product)},
             {"count", Need::value, count_to(&Row::count, most_seats)},
             {"from|start", Need::optional, day_to(&Row::from)},
             {"expiry", Need::optional,
              [](Cell& cell, Row& item) {
                  if (folded_name(cell.view()) != "permanent") {
                      item.expiry = cell.day();
                  }
              }},
             {"duplicate_group|dup_group", Need::optional, take_duplicate_group},
             {"redundant_with", Need::optional, text_to(&Row::redundant_with)},
             {"agreement", Need::optional, text_to(&Row::agreement)},
         },
         [](Row& item, RowFaults& faults) {
             need_order(item.from.value_or(0), item.expiry.value_or(for_ever), "from", "expiry", faults);
         }}};
    return all;
}

template <>
const std::vector<Table<AddOn>>& tables() {
    using Row = AddOn;
    static const std::vector<Table<Row>> all = {{own_layout,
                                                 {},
                                                 {
                                                     {"product", Need::value, text_to(&Row::product)},
                                                     {"feature", Need::value, text_to(&Row::feature)},
                                                     {"addon", Need::value, text_to(&Row::addon)},
                                                 },
                                                 {}}};
    return all;
}

template <>
const std::vector<Table<Waiver>>& tables() {
    using Row = Waiver;
    static const std::vector<Table<Row>> all = {
        {own_layout,
         {},
         {
             {"code", Need::value, text_to(&Row::code)},
             {"subject", Need::column, text_to(&Row::subject)},
             {"product", Need::optional, text_to(&Row::product)},
             {"line", Need::optional, text_to(&Row::line)},
             {"reason", Need::value, text_to(&Row::reason)},
             {"from", Need::optional, day_to(&Row::from)},
             {"until", Need::column, day_to(&Row::until)},
         },
         [](Row& item, RowFaults& faults) { need_order(item.from, item.until, "from", "until", faults); }}};
    return all;
}

template Result<InputTable<Entitlement>> read_rows(std::string_view bytes);
template Result<InputTable<Agreement>> read_rows(std::string_view bytes);
template Result<InputTable<CollectionPart>> read_rows(std::string_view bytes);
template Result<InputTable<PerpetualRight>> read_rows(std::string_view bytes);
template Result<InputTable<Bill>> read_rows(std::string_view bytes);
template Result<InputTable<TokenPack>> read_rows(std::string_view bytes);
template Result<InputTable<TokenRate>> read_rows(std::string_view bytes);
template Result<InputTable<TokenAdjustment>> read_rows(std::string_view bytes);
template Result<InputTable<Price>> read_rows(std::string_view bytes);
template Result<InputTable<LicenceFile>> read_rows(std::string_view bytes);
template Result<InputTable<AddOn>> read_rows(std::string_view bytes);
template Result<InputTable<Waiver>> read_rows(std::string_view bytes);

Result<InputTable<Entitlement>> read_entitlements(std::string_view bytes) { return read_rows<Entitlement>(bytes); }

} // namespace tally::inputs
