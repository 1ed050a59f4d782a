// The columns of who may use it and who administers it.
#include "verifier/inputs/exports.hpp"
#include "verifier/inputs/tables.hpp"

namespace tally::inputs {

template <>
const std::vector<Table<Assignment>>& tables() {
    using Row = Assignment;
    static const std::vector<Table<Row>> all = [] {
        auto layouts = assignment_exports();
        layouts.push_back({own_layout,
                           {},
                           {
                               {"user", Need::value, text_to(&Row::user)},
                               {"product", Need::value, text_to(&Row::product)},
                               {"assigned", Need::value,
                                [](Cell& cell, Row& item) { item.assigned = cell.moment().value_or(Moment{}); }},
                               {"unassigned", Need::column, moment_to(&Row::unassigned)},
                               {"source", Need::column, text_to(&Row::source)},
                               {"team", Need::column, text_to(&Row::team)},
                               {"status", Need::column, text_to(&Row::status)},
                               {"last_accessed", Need::optional, moment_to(&Row::last_accessed)},
                               {"group", Need::optional, text_to(&Row::group)},
                               {"role", Need::optional, text_to(&Row::role)},
                           },
                           [](Row& item, RowFaults& faults) {
                               if (item.unassigned && item.unassigned->to < item.assigned.from) {
                                   faults.add("unassigned is before assigned");
                               }
                           }});
        return layouts;
    }();
    return all;
}

template <>
const std::vector<Table<DirectoryEntry>>& tables() {
    using Row = DirectoryEntry;
    static const std::vector<Table<Row>> all = {
        {own_layout,
         {},
         {
             {"user", Need::value, text_to(&Row::user)},
             {"enabled", Need::column, flag_to(&Row::enabled)},
             {"left|left_on", Need::column, day_to(&Row::left)},
             {"joined|joined_on", Need::optional, day_to(&Row::joined)},
             {"domain", Need::optional, text_to(&Row::domain)},
             {"kind", Need::optional,
              choice_to(&Row::kind, {{"employee", 0}, {"contractor", 1}, {"service", 2}, {"shared", 3}})},
             {"team", Need::optional, text_to(&Row::team)},
             {"entity", Need::optional, text_to(&Row::entity)},
             {"groups", Need::optional, phrases_to(&Row::groups)},
         },
         [](Row& item, RowFaults& faults) {
             if (item.joined && item.left && *item.left < *item.joined) {
                 faults.add("left is before joined");
             }
         }}};
    return all;
}

template <>
const std::vector<Table<Alias>>& tables() {
    using Row = Alias;
    static const std::vector<Table<Row>> all = {{own_layout,
                                                 {},
                                                 {
                                                     {"account", Need::value, text_to(&Row::account)},
                                                     {"user", Need::value, text_to(&Row::user)},
                                                     {"from", Need::optional, day_to(&Row::from)},
                                                     {"to", Need::optional, day_to(&Row::to)},
                                                 },
                                                 [](Row& item, RowFaults& faults) {
                                                     if (item.to < item.from) {
                                                         faults.add("to is before from");
                                                     }
                                                 }}};
    return all;
}

template <>
const std::vector<Table<GroupGrant>>& tables() {
    using Row = GroupGrant;
    static const std::vector<Table<Row>> all = {{own_layout,
                                                 {},
                                                 {
                                                     {"group", Need::value, text_to(&Row::group)},
                                                     {"product", Need::value, text_to(&Row::product)},
                                                 },
                                                 {}}};
    return all;
}

template <>
const std::vector<Table<Administrator>>& tables() {
    using Row = Administrator;
    static const std::vector<Table<Row>> all = {{own_layout,
                                                 {},
                                                 {
                                                     {"user", Need::value, text_to(&Row::user)},
                                                     {"role", Need::column, text_to(&Row::role)},
                                                     {"granted", Need::optional, day_to(&Row::granted)},
                                                     {"last_active", Need::column, day_to(&Row::last_active)},
                                                     {"agreement", Need::optional, text_to(&Row::agreement)},
                                                 },
                                                 {}}};
    return all;
}

template <>
const std::vector<Table<ApprovedAdministrator>>& tables() {
    using Row = ApprovedAdministrator;
    static const std::vector<Table<Row>> all = {{own_layout,
                                                 {},
                                                 {
                                                     {"user", Need::value, text_to(&Row::user)},
                                                     {"agreement", Need::optional, text_to(&Row::agreement)},
                                                 },
                                                 {}}};
    return all;
}

template Result<InputTable<Assignment>> read_rows(std::string_view bytes);
template Result<InputTable<DirectoryEntry>> read_rows(std::string_view bytes);
template Result<InputTable<Alias>> read_rows(std::string_view bytes);
template Result<InputTable<GroupGrant>> read_rows(std::string_view bytes);
template Result<InputTable<Administrator>> read_rows(std::string_view bytes);
template Result<InputTable<ApprovedAdministrator>> read_rows(std::string_view bytes);

Result<InputTable<Assignment>> read_assignments(std::string_view bytes) { return read_rows<Assignment>(bytes); }

} // namespace tally::inputs
