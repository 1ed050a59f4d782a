// Which columns a file has, and its records as cells of the columns that a table wants.
// Not for other stages: they call read_rows (inputs_csv.hpp).
#pragma once

#include "verifier/inputs/columns.hpp"
#include "verifier/inputs/records.hpp"

#include <map>

namespace tally::inputs {

inline constexpr std::size_t most_faults = 10'000;

// The columns of one layout of a table. `marks`: columns that tell the layout, each with its other names after "|",
// "!" before it: must not be there; without any it is the layout for everything else.
struct Heading {
    std::string_view layout;
    std::vector<std::string_view> marks;
    std::vector<std::pair<std::string_view, Need>> columns;
};

// Records as cells of the columns of one heading.
class TableReader {
public:
    // Takes the first heading that fits. A fault when required columns are not there.
    static Result<TableReader> begin(std::string_view bytes, const std::vector<Heading>& headings);

    [[nodiscard]] std::size_t heading() const { return heading_; }
    [[nodiscard]] std::uint64_t line() const { return record_.line; }
    // False at the end. Records that cannot be used are told to `faults` and skipped.
    bool next(std::vector<std::string_view>& cells, std::vector<Fault>& faults);
    [[nodiscard]] const std::vector<std::string>& unknown_columns() const { return unknown_; }

private:
    explicit TableReader(std::string_view bytes) : reader_(bytes) {}
    Result<void> map_names(const std::vector<std::string>& names, std::vector<std::size_t>& places);
    std::string missing(const std::vector<std::string>& names) const;

    static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);
    RecordReader reader_;
    Record record_;
    std::map<std::string, std::size_t> columns_; // by folded name
    std::vector<std::string> unknown_;
    std::vector<std::size_t> places_; // of each cell: its column, or nowhere
    std::vector<std::pair<std::string_view, Need>> wanted_;
    std::size_t heading_ = 0;
};

[[nodiscard]] inline std::string_view first_name(std::string_view names) { return names.substr(0, names.find('|')); }
// Whether the row is nobody's: its user was hidden by the vendor.
[[nodiscard]] bool is_nameless(std::string_view user);

} // namespace tally::inputs
