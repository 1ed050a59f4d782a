#include "verifier/inputs/history.hpp"

#include "tally/text/date.hpp"
#include "verifier/inputs/columns.hpp"
#include "verifier/inputs/identity.hpp"
#include "verifier/inputs/inputs_csv.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace tally::inputs {
namespace {

using text::seconds_per_day;

void end_on(Entitlement& row, Day day) { row.end_day = day; }
void end_on(Agreement& row, Day day) { row.end = day; }
void end_on(Alias& row, Day day) { row.to = day; }
void end_on(PerpetualRight& row, Day day) { row.superseded = day; }
void end_on(TokenPack& row, Day day) { row.end = day; }
void end_on(TokenRate& row, Day day) { row.to = day; }
void end_on(InstalledRow& row, Day day) { row.to = day; }
void end_on(LicenceFile& row, Day day) { row.expiry = day; }
void end_on(Waiver& row, Day day) { row.until = day; }
void end_on(DirectoryEntry& row, Day day) {
    row.left = day;
    row.enabled = false;
}

// Gone from the register of `day`: known up to the day before. Of an assignment only that it ended between the two.
template <class Row>
void gone(Row& row, Day, Day day) {
    end_on(row, day - 1);
}
void gone(Assignment& row, Day before, Day day) {
    row.unassigned = Moment{std::max(before * seconds_per_day, row.assigned.from), (day + 1) * seconds_per_day};
}

// A newer row of the same identity begins at `from`.
template <class Row>
void cut(Row& row, std::int64_t from) {
    end_on(row, from - 1);
}
void cut(Assignment& row, std::int64_t from) { row.unassigned = Moment{from, from}; }

// When the row holds, at its widest.
template <class Row>
Identity spanned(const Row& row) {
    return identity(row);
}
Identity spanned(const TokenRate& row) {
    auto same = identity(row);
    same.to = row.to;
    return same;
}

template <class Row>
std::int64_t instant_of(Day day) {
    return std::is_same_v<Row, Assignment> ? day * seconds_per_day : day;
}

// Exports that tell who holds a seat and not since when: since they are first in one, and not in the one before.
void date_snapshot(std::vector<Assignment>& known, std::vector<Assignment>& rows, std::optional<Day> before, Day day) {
    std::unordered_map<std::string, Assignment*> open;
    for (auto& row : known) {
        if (!row.unassigned) {
            open[identity(row).key] = &row;
        }
    }
    for (auto& row : rows) {
        if (row.assigned == Moment{}) {
            const auto found = open.find(identity(row).key);
            row.assigned = found != open.end()
                               ? found->second->assigned
                               : Moment{before.value_or(0) * seconds_per_day, (day + 1) * seconds_per_day};
        }
    }
}

template <class Row>
void close(std::vector<Row>& known, std::vector<Row>&& rows, Day before, Day day) {
    std::unordered_map<std::string, std::int64_t> begins; // of each identity, the first day in the newer import
    for (const auto& row : rows) {
        const auto same = spanned(row);
        const auto [place, is_new] = begins.try_emplace(same.key, same.from);
        place->second = std::min(place->second, same.from);
    }
    std::vector<Row> result;
    for (auto& row : known) {
        const auto same = spanned(row);
        const auto found = begins.find(same.key);
        const std::int64_t limit = found == begins.end() ? instant_of<Row>(day) : found->second;
        if (same.from >= limit) {
            continue; // the newer import tells it anew, or it never came to be
        }
        if (same.to >= limit) {
            found == begins.end() ? gone(row, before, day) : cut(row, limit);
        }
        result.push_back(std::move(row));
    }
    std::move(rows.begin(), rows.end(), std::back_inserter(result));
    known = std::move(result);
}

template <class Row>
void keep_newest_of_each(std::vector<Row>& known, std::vector<Row>&& rows) {
    std::set<Identity> told;
    for (const auto& row : rows) {
        told.insert(identity(row));
    }
    std::erase_if(known, [&](const Row& row) { return told.contains(identity(row)); });
    std::move(rows.begin(), rows.end(), std::back_inserter(known));
}

template <class Row>
bool is_nobodys(const Row& row) {
    if constexpr (std::is_same_v<Row, ExportedUse>) {
        return row.user.empty();
    }
    return false;
}

// Identical rows once. Rows whose person is hidden look alike without being the same: as many as one file has.
template <class Row>
void append(std::vector<Row>& known, std::vector<Row>&& rows) {
    std::map<Identity, std::size_t> before, here;
    for (const auto& row : known) {
        ++before[identity(row)];
    }
    for (auto& row : rows) {
        const auto same = identity(row);
        const std::size_t nth = ++here[same];
        const auto found = before.find(same);
        const std::size_t had = found == before.end() ? 0 : found->second;
        if (nth > had && (nth == 1 || is_nobodys(row))) {
            known.push_back(std::move(row));
        }
    }
}

// Rows of exports that the own register has as well do not count twice; they still tell the last access.
void prefer_own(std::vector<Assignment>& own, std::vector<Assignment>&& exported) {
    std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> held;
    for (std::size_t i = 0; i < own.size(); ++i) {
        held[{folded_case(own[i].user), folded_case(own[i].product)}].push_back(i);
    }
    for (auto& row : exported) {
        const auto found = held.find({folded_case(row.user), folded_case(row.product)});
        if (found == held.end()) {
            own.push_back(std::move(row));
            continue;
        }
        for (const std::size_t i : found->second) {
            if (!own[i].last_accessed) {
                own[i].last_accessed = row.last_accessed;
            }
        }
    }
}

template <class Row>
struct Known {
    std::string layout;
    std::optional<Day> as_of; // of the import taken last
    std::vector<Row> rows;
};

template <class Row>
void take(Known<Row>& known, std::vector<Row>&& rows, const InputFile& file) {
    const Day before = known.as_of.value_or(0);
    if constexpr (std::is_same_v<Row, Assignment>) {
        date_snapshot(known.rows, rows, known.as_of, file.as_of);
    }
    switch (counting_of(kind_of<Row>)) {
    case Counting::newest:
        known.rows = std::move(rows);
        break;
    case Counting::keyed:
        keep_newest_of_each(known.rows, std::move(rows));
        break;
    case Counting::closing:
        if constexpr (requires(Row& row) {
                          gone(row, 0, 0);
                          end_on(row, 0);
                      } || std::is_same_v<Row, Assignment>) {
            close(known.rows, std::move(rows), before, file.as_of);
        }
        break;
    case Counting::log:
        append(known.rows, std::move(rows));
        break;
    }
    known.as_of = file.as_of;
}

// The imports of one table: each layout is a register of its own.
template <class Row>
std::vector<Row> table_of(std::vector<Import>& imports, std::vector<Row> Inputs::*member) {
    std::vector<Known<Row>> layouts;
    for (auto& import : imports) {
        if (import.file.kind != kind_of<Row>) {
            continue;
        }
        const bool one = counting_of(kind_of<Row>) == Counting::log;
        auto known = std::find_if(layouts.begin(), layouts.end(),
                                  [&](const Known<Row>& each) { return one || each.layout == import.file.layout; });
        if (known == layouts.end()) {
            known = layouts.insert(layouts.end(), Known<Row>());
            known->layout = import.file.layout;
        }
        take(*known, std::move(import.rows.*member), import.file);
    }
    std::stable_sort(layouts.begin(), layouts.end(),
                     [](const auto& a, const auto& b) { return (a.layout == own_layout) > (b.layout == own_layout); });
    std::vector<Row> all;
    for (auto& known : layouts) {
        if constexpr (std::is_same_v<Row, Assignment>) {
            if (known.layout != own_layout) {
                prefer_own(all, std::move(known.rows));
                continue;
            }
        }
        std::move(known.rows.begin(), known.rows.end(), std::back_inserter(all));
    }
    return all;
}

} // namespace

void mark_counting(std::vector<InputFile>& files) {
    for (auto& file : files) {
        const auto replaces = [&](const InputFile& other) {
            const bool later = std::pair(other.as_of, other.id) > std::pair(file.as_of, file.id);
            const bool register_of_it = other.kind == file.kind && other.layout == file.layout;
            const auto counting = counting_of(file.kind);
            return later && register_of_it && counting != Counting::log &&
                   (counting == Counting::newest || other.as_of == file.as_of);
        };
        file.counts = std::none_of(files.begin(), files.end(), replaces);
    }
}

Inputs combined(std::vector<Import> imports) {
    Inputs inputs;
    for (const auto& import : imports) {
        inputs.files.push_back(import.file);
    }
    mark_counting(inputs.files);
    std::erase_if(inputs.files, [](const InputFile& file) { return !file.counts; });
    inputs.entitlements = table_of(imports, &Inputs::entitlements);
    inputs.assignments = table_of(imports, &Inputs::assignments);
    inputs.agreements = table_of(imports, &Inputs::agreements);
    inputs.collections = table_of(imports, &Inputs::collections);
    inputs.directory = table_of(imports, &Inputs::directory);
    inputs.aliases = table_of(imports, &Inputs::aliases);
    inputs.groups = table_of(imports, &Inputs::groups);
    inputs.administrators = table_of(imports, &Inputs::administrators);
    inputs.approved_administrators = table_of(imports, &Inputs::approved_administrators);
    inputs.perpetual = table_of(imports, &Inputs::perpetual);
    inputs.billing = table_of(imports, &Inputs::billing);
    inputs.token_packs = table_of(imports, &Inputs::token_packs);
    inputs.token_rates = table_of(imports, &Inputs::token_rates);
    inputs.token_adjustments = table_of(imports, &Inputs::token_adjustments);
    inputs.prices = table_of(imports, &Inputs::prices);
    inputs.functions = table_of(imports, &Inputs::functions);
    inputs.command_categories = table_of(imports, &Inputs::command_categories);
    inputs.hosts = table_of(imports, &Inputs::hosts);
    inputs.installations = table_of(imports, &Inputs::installations);
    inputs.usage_exports = table_of(imports, &Inputs::usage_exports);
    inputs.releases = table_of(imports, &Inputs::releases);
    inputs.licence_files = table_of(imports, &Inputs::licence_files);
    inputs.networks = table_of(imports, &Inputs::networks);
    inputs.addons = table_of(imports, &Inputs::addons);
    inputs.products = table_of(imports, &Inputs::products);
    inputs.waivers = table_of(imports, &Inputs::waivers);
    inputs.entity_events = table_of(imports, &Inputs::entity_events);
    inputs.performance_references = table_of(imports, &Inputs::performance_references);
    return inputs;
}

} // namespace tally::inputs
