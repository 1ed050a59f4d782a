#include "verifier/inputs/table_reader.hpp"

#include "tally/text/utf8.hpp"
#include "verifier/inputs/inputs_csv.hpp"

#include <algorithm>

namespace tally::inputs {
namespace {

constexpr std::size_t most_unknown = 256;

std::vector<std::string_view> names_in(std::string_view names) {
    std::vector<std::string_view> all;
    while (!names.empty()) {
        const std::size_t size = std::min(names.find('|'), names.size());
        all.push_back(names.substr(0, size));
        names.remove_prefix(std::min(size + 1, names.size()));
    }
    return all;
}

bool has_any(const std::vector<std::string>& folded, std::string_view names) {
    const auto all = names_in(names);
    return std::any_of(all.begin(), all.end(), [&](std::string_view name) {
        return std::find(folded.begin(), folded.end(), folded_name(name)) != folded.end();
    });
}

std::string listed(const std::vector<std::string>& items) {
    std::string text;
    for (const auto& item : items) {
        text += (text.empty() ? "" : ", ") + text::shown(item);
    }
    return text;
}

} // namespace

bool is_nameless(std::string_view user) { return user.empty() || user.substr(0, 5) == "*****"; }

Result<TableReader> TableReader::begin(std::string_view bytes, const std::vector<Heading>& headings) {
    TableReader table(bytes);
    auto names = table.reader_.header();
    if (!names) {
        return names.fault();
    }
    std::vector<std::string> folded;
    for (auto& name : *names) {
        name = std::string(trimmed(name));
        folded.push_back(folded_name(name));
    }
    const auto fits = [&](const Heading& heading) {
        return std::all_of(heading.marks.begin(), heading.marks.end(), [&](std::string_view mark) {
            const bool unwanted = mark.front() == '!';
            return has_any(folded, mark.substr(unwanted ? 1 : 0)) != unwanted;
        });
    };
    table.heading_ = static_cast<std::size_t>(std::find_if(headings.begin(), headings.end(), fits) - headings.begin());
    TALLY_ASSERT(table.heading_ < headings.size());
    table.wanted_ = headings[table.heading_].columns;
    for (std::size_t i = 0; i < table.wanted_.size(); ++i) {
        for (const auto name : names_in(table.wanted_[i].first)) {
            table.columns_.emplace(folded_name(name), i);
        }
    }
    if (table.reader_.is_json()) {
        return table;
    }
    if (const auto mapped = table.map_names(*names, table.places_); !mapped) {
        return mapped.fault();
    }
    if (const std::string missing = table.missing(*names); !missing.empty()) {
        return Fault{missing, 1};
    }
    return table;
}

Result<void> TableReader::map_names(const std::vector<std::string>& names, std::vector<std::size_t>& places) {
    std::vector<bool> taken(wanted_.size());
    places.clear();
    for (const auto& name : names) {
        const auto found = columns_.find(folded_name(name));
        places.push_back(found == columns_.end() ? nowhere : found->second);
        if (places.back() == nowhere) {
            if (std::find(unknown_.begin(), unknown_.end(), name) == unknown_.end()) {
                unknown_.push_back(name);
            }
        } else if (taken[places.back()]) {
            return Fault{"column " + text::shown(name) + " is there twice", 1};
        } else {
            taken[places.back()] = true;
        }
        if (unknown_.size() > most_unknown) {
            unknown_.pop_back();
            return Fault{"more unknown columns than allowed", 1};
        }
    }
    return {};
}

std::string TableReader::missing(const std::vector<std::string>& names) const {
    std::vector<std::string> missing;
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
        if (wanted_[i].second != Need::optional && std::find(places_.begin(), places_.end(), i) == places_.end()) {
            missing.emplace_back(first_name(wanted_[i].first));
        }
    }
    if (missing.empty()) {
        return "";
    }
    return names.size() == 1 && names[0].find(';') != std::string::npos
               ? "columns are separated by semicolons: save the file with commas"
               : "missing columns: " + listed(missing) + "; found: " + listed(names);
}

bool TableReader::next(std::vector<std::string_view>& cells, std::vector<Fault>& faults) {
    while (reader_.goes_on() && faults.size() < most_faults) {
        const auto more = reader_.next(record_);
        if (!more) {
            faults.push_back(more.fault());
            continue;
        }
        if (!*more) {
            return false;
        }
        if (reader_.is_json()) {
            if (const auto mapped = map_names(record_.names, places_); !mapped) {
                faults.push_back({mapped.fault().what, record_.line});
                continue;
            }
        }
        cells.assign(wanted_.size(), {});
        for (std::size_t i = 0; i < places_.size(); ++i) {
            if (places_[i] != nowhere) {
                cells[places_[i]] = record_.cells[i];
            }
        }
        return true;
    }
    return false;
}

Result<Reading> read_input(Kind kind, std::string_view bytes, Inputs& inputs) {
    Reading reading;
    std::optional<Fault> refused;
    each_table(inputs, [&](Kind each, auto& rows) {
        if (each != kind) {
            return;
        }
        auto table = read_rows<typename std::decay_t<decltype(rows)>::value_type>(bytes);
        if (!table) {
            refused = table.fault();
            return;
        }
        reading = {table->rows.size(), std::move(table->faults), std::move(table->unknown_columns),
                   table->layout,      table->nameless,          table->skipped};
        if (reading.faults.empty()) {
            rows.insert(rows.end(), std::make_move_iterator(table->rows.begin()),
                        std::make_move_iterator(table->rows.end()));
        }
    });
    return refused ? Result<Reading>(*refused) : Result<Reading>(std::move(reading));
}

} // namespace tally::inputs
