// The columns of what describes the estate.
#include "verifier/inputs/exports.hpp"
#include "verifier/inputs/tables.hpp"

#include "tally/text/utf8.hpp"

#include <arpa/inet.h>

namespace tally::inputs {
namespace {

// ADDRESS/BITS of IPv4 or IPv6, or a single address.
void take_network(Cell& cell, Network& item) {
    const std::string text = cell.text();
    const std::size_t slash = text.find('/');
    const std::string address = text.substr(0, slash);
    unsigned char bytes[16];
    const bool four = ::inet_pton(AF_INET, address.c_str(), bytes) == 1;
    const bool six = !four && ::inet_pton(AF_INET6, address.c_str(), bytes) == 1;
    const std::string bits = slash == std::string::npos ? (four ? "32" : "128") : text.substr(slash + 1);
    const bool digits = !bits.empty() && bits.size() <= 3 && bits.find_first_not_of("0123456789") == std::string::npos;
    if ((!four && !six) || !digits || std::stoi(bits) > (four ? 32 : 128)) {
        cell.refuse("is not a network: write 10.1.0.0/16 or 2001:db8::/32");
        return;
    }
    item.cidr = address + "/" + bits;
}

void finish_exported_use(ExportedUse& item, RowFaults& faults) {
    if (item.last < item.first) {
        faults.add("last is before first");
    } else if (item.days > item.last - item.first + 1) {
        faults.add("days are more than there are from first to last");
    }
    item.days = item.days == 0 ? 1 : item.days;
}

} // namespace

template <>
const std::vector<Table<Host>>& tables() {
    using Row = Host;
    static const std::vector<Table<Row>> all = {
        {own_layout,
         {},
         {
             {"host", Need::value, text_to(&Row::host)},
             {"site", Need::optional, text_to(&Row::site)},
             {"country", Need::optional, text_to(&Row::country)},
             {"entity", Need::optional, text_to(&Row::entity)},
             {"team", Need::optional, text_to(&Row::team)},
             {"owner", Need::optional, choice_to(&Row::owner, {{"own", 0}, {"thirdparty", 1}})},
             {"class|type", Need::optional,
              choice_to(&Row::type, {{"workstation", 0},
                                     {"vm", 1},
                                     {"vdipool", 2},
                                     {"vdi", 2},
                                     {"terminal", 3},
                                     {"terminalserver", 3},
                                     {"build", 4}})},
             {"agreement", Need::optional, text_to(&Row::agreement)},
             {"sign_in_hours", Need::optional, count_to(&Row::sign_in_hours, 87'600)},
         },
         {}}};
    return all;
}

template <>
const std::vector<Table<InstalledRow>>& tables() {
    using Row = InstalledRow;
    static const std::vector<Table<Row>> all = {{own_layout,
                                                 {},
                                                 {
                                                     {"host", Need::value, text_to(&Row::host)},
                                                     {"product", Need::value, text_to(&Row::product)},
                                                     {"version", Need::column, text_to(&Row::version)},
                                                     {"from|installed", Need::optional, day_to(&Row::from)},
                                                     {"to|removed", Need::optional, day_to(&Row::to)},
                                                 },
                                                 [](Row& item, RowFaults& faults) {
                                                     if (item.to < item.from) {
                                                         faults.add("to is before from");
                                                     }
                                                 }}};
    return all;
}

template <>
const std::vector<Table<ExportedUse>>& tables() {
    using Row = ExportedUse;
    static const std::vector<Table<Row>> all = [] {
        auto layouts = usage_exports();
        layouts.push_back(
            {own_layout,
             {},
             {
                 {"user", Need::column,
                  [](Cell& cell, Row& item) { item.user = is_nameless(cell.view()) ? std::string() : cell.text(); }},
                 {"product", Need::value, text_to(&Row::product)},
                 {"version", Need::optional, text_to(&Row::version)},
                 {"feature", Need::optional, text_to(&Row::feature)},
                 {"first", Need::value, day_to(&Row::first)},
                 {"last", Need::value, day_to(&Row::last)},
                 {"days", Need::optional, count_to(&Row::days, 36'600)},
                 {"sessions", Need::optional, count_to(&Row::sessions, most_of_anything - 1)},
                 {"tokens", Need::optional, count_to(&Row::tokens, most_of_anything - 1)},
             },
             finish_exported_use});
        return layouts;
    }();
    return all;
}

template <>
const std::vector<Table<Network>>& tables() {
    static const std::vector<Table<Network>> all = {
        {own_layout, {}, {{"cidr|network", Need::value, take_network}}, {}}};
    return all;
}

template <>
const std::vector<Table<Release>>& tables() {
    using Row = Release;
    static const std::vector<Table<Row>> all = {{own_layout,
                                                 {},
                                                 {
                                                     {"product", Need::value, text_to(&Row::product)},
                                                     {"version", Need::value, count_to(&Row::version, 9999)},
                                                     {"released|date", Need::value, day_to(&Row::released)},
                                                 },
                                                 {}}};
    return all;
}

template <>
const std::vector<Table<FunctionOf>>& tables() {
    using Row = FunctionOf;
    static const std::vector<Table<Row>> all = {{own_layout,
                                                 {},
                                                 {
                                                     {"function", Need::value, text_to(&Row::function)},
                                                     {"product", Need::value, text_to(&Row::product)},
                                                 },
                                                 {}}};
    return all;
}

template <>
const std::vector<Table<CommandCategory>>& tables() {
    using Row = CommandCategory;
    static const std::vector<Table<Row>> all = {{own_layout,
                                                 {},
                                                 {
                                                     {"command", Need::value, text_to(&Row::command)},
                                                     {"category", Need::value, text_to(&Row::category)},
                                                 },
                                                 {}}};
    return all;
}

template <>
const std::vector<Table<ProductRow>>& tables() {
    using Row = ProductRow;
    static const std::vector<Table<Row>> all = {
        {own_layout,
         {},
         {
             {"product", Need::value, text_to(&Row::product)},
             {"name", Need::optional, text_to(&Row::name)},
             {"vendor", Need::optional, text_to(&Row::vendor)},
             {"family", Need::optional, text_to(&Row::family)},
             {"child_of", Need::optional, text_to(&Row::child_of)},
             {"words|aliases", Need::optional, words_to(&Row::words)},
             {"class|type", Need::optional,
              choice_to(&Row::type,
                        {{"commercial", 0}, {"education", 1}, {"trial", 2}, {"viewer", 3}, {"service", 4}})},
             {"tier", Need::optional, count_to(&Row::tier, 1000)},
         },
         {}}};
    return all;
}

template <>
const std::vector<Table<EntityEvent>>& tables() {
    using Row = EntityEvent;
    static const std::vector<Table<Row>> all = {{own_layout,
                                                 {},
                                                 {
                                                     {"entity", Need::value, text_to(&Row::entity)},
                                                     {"domain", Need::column, text_to(&Row::domain)},
                                                     {"what", Need::optional, text_to(&Row::what)},
                                                     {"day|date", Need::value, day_to(&Row::day)},
                                                 },
                                                 {}}};
    return all;
}

template <>
const std::vector<Table<PerformanceReference>>& tables() {
    using Row = PerformanceReference;
    constexpr std::int64_t most_ms = 86'400'000;
    static const std::vector<Table<Row>> all = {
        {own_layout,
         {},
         {
             {"product", Need::value, text_to(&Row::product)},
             {"version", Need::column, count_to(&Row::version, 9999)},
             {"measure", Need::value, choice_to(&Row::measure, {{"startup", 0}, {"open", 1}, {"save", 2}})},
             {"q25_ms", Need::value, count_to(&Row::q25_ms, most_ms)},
             {"q50_ms|median_ms", Need::value, count_to(&Row::q50_ms, most_ms)},
             {"q75_ms", Need::value, count_to(&Row::q75_ms, most_ms)},
             {"persons|users", Need::value, count_to(&Row::persons, most_of_anything - 1)},
             {"from", Need::value, day_to(&Row::from)},
             {"to", Need::value, day_to(&Row::to)},
             {"source", Need::optional, text_to(&Row::source)},
         },
         [](Row& item, RowFaults& faults) {
             if (item.to < item.from) {
                 faults.add("to is before from");
             } else if (item.q50_ms < item.q25_ms || item.q75_ms < item.q50_ms) {
                 faults.add("the quartiles do not ascend");
             }
         }}};
    return all;
}

template Result<InputTable<Host>> read_rows(std::string_view bytes);
template Result<InputTable<InstalledRow>> read_rows(std::string_view bytes);
template Result<InputTable<ExportedUse>> read_rows(std::string_view bytes);
template Result<InputTable<Network>> read_rows(std::string_view bytes);
template Result<InputTable<Release>> read_rows(std::string_view bytes);
template Result<InputTable<FunctionOf>> read_rows(std::string_view bytes);
template Result<InputTable<CommandCategory>> read_rows(std::string_view bytes);
template Result<InputTable<ProductRow>> read_rows(std::string_view bytes);
template Result<InputTable<EntityEvent>> read_rows(std::string_view bytes);
template Result<InputTable<PerformanceReference>> read_rows(std::string_view bytes);

} // namespace tally::inputs
