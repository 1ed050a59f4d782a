#include "packager/privacy_commands.hpp"
#include "tally/cli/output.hpp"
#include "tally/pseudonym/privacy.hpp"
#include "tally/pseudonym/pseudonym.hpp"
#include "tally/text/csv.hpp"
#include "tally/text/json.hpp"

#include <algorithm>
#include <optional>

namespace tally::packager {
namespace {

using pseudonym::Field;

constexpr std::size_t max_table = 64U << 20U;
constexpr std::size_t most_listed = 100;

struct Column {
    std::size_t place = 0;
    std::string heading;
    Field field = Field::user;
};

// A cell that is not what a pseudonym can be made of. Names it by its place: its text stays out of logs.
struct Unmapped {
    std::uint64_t line = 0;
    std::string heading;
    std::string why;
};

struct Table {
    std::vector<Column> columns;
    std::vector<std::string> others; // headings of columns that stay as they are
    std::string text;                // what is written
    std::uint64_t rows = 0, mapped = 0, unmapped = 0;
    std::vector<Unmapped> list; // the first of them
};

std::string folded_heading(std::string heading) {
    std::erase_if(heading, [](char c) { return c == ' ' || c == '_' || c == '-'; });
    return pseudonym::fold_text(heading);
}

std::optional<Field> field_named(const std::string& word) {
    static const std::vector<std::pair<std::string, Field>> others{{"host", Field::client},
                                                                   {"computer", Field::client},
                                                                   {"person", Field::user},
                                                                   {"email", Field::user},
                                                                   {"addr", Field::address}};
    for (const Field field : pseudonym::all_fields()) {
        if (name_of(field) == word) {
            return field;
        }
    }
    const auto other = std::find_if(others.begin(), others.end(), [&](const auto& one) { return one.first == word; });
    return other == others.end() ? std::nullopt : std::optional(other->second);
}

std::vector<Column> choose(const std::vector<std::string>& heading, const std::vector<std::string>& wanted) {
    std::vector<Column> columns;
    for (std::size_t i = 0; wanted.empty() && i < heading.size(); ++i) {
        if (const auto field = field_named(folded_heading(heading[i]))) {
            columns.push_back({i, heading[i], *field});
        }
    }
    for (const auto& word : wanted) {
        const std::size_t equals = std::min(word.find('='), word.size());
        const std::string name = word.substr(0, equals);
        const auto place = std::find_if(heading.begin(), heading.end(),
                                        [&](const auto& one) { return folded_heading(one) == folded_heading(name); });
        const auto field = field_named(equals < word.size() ? word.substr(equals + 1) : folded_heading(name));
        if (place == heading.end() || !field) {
            throw Error(
                "apply", word, place == heading.end() ? "the table has no such column" : "what kind of name is it?",
                {"say it: --column " + name + "=user, or another field of: tally-packager privacy show"}, Exit::usage);
        }
        columns.push_back({static_cast<std::size_t>(place - heading.begin()), *place, *field});
    }
    return columns;
}

// Never changed but for its quotes: what a cell says must be what it said.
std::string record_of(const std::vector<std::string>& cells) {
    std::string text;
    for (const auto& cell : cells) {
        text += &cell == cells.data() ? "" : ",";
        if (cell.find_first_of(",\"\r\n") == std::string::npos) {
            text += cell;
            continue;
        }
        text += '"';
        for (const char c : cell) {
            text += c == '"' ? "\"\"" : std::string(1, c);
        }
        text += '"';
    }
    return text + "\n";
}

class Mapping {
public:
    Mapping(const pseudonym::Privacy& privacy, Table& table) : privacy_(&privacy), table_(&table) {}

    void row(std::uint64_t line, std::vector<std::string>& cells) {
        for (const auto& column : table_->columns) {
            if (column.place < cells.size()) {
                cell(line, column, cells[column.place]);
            }
        }
        ++table_->rows;
    }

private:
    void cell(std::uint64_t line, const Column& column, std::string& text) {
        const bool hashed = privacy_->policy.of(column.field) == pseudonym::Rule::pseudonym;
        if (text.empty()) {
            unmapped(line, column, "empty");
        } else if (hashed && pseudonym::read_pseudonym(text)) {
            unmapped(line, column, "a pseudonym already, left as it is");
        } else if (hashed && text.substr(0, 5) == "*****") {
            unmapped(line, column, "hidden by the vendor, left as it is");
        } else {
            const auto name = spelled(column.field, text, privacy_->policy, privacy_->current(), pseudonym::Given::yes);
            if (name.text.empty() && privacy_->policy.of(column.field) == pseudonym::Rule::coarse) {
                unmapped(line, column, "no address, left out");
            }
            ++table_->mapped;
            text = name.text;
        }
    }
    void unmapped(std::uint64_t line, const Column& column, const char* why) {
        if (++table_->unmapped <= most_listed) {
            table_->list.push_back({line, column.heading, why});
        }
    }

    const pseudonym::Privacy* privacy_;
    Table* table_;
};

Table read_table(const PrivacyApplyOptions& options, const pseudonym::Privacy& privacy) {
    const std::string bytes = os::read_file(options.in, max_table);
    text::CsvReader reader(bytes);
    std::vector<std::string> cells;
    Table table;
    Mapping mapping(privacy, table);
    for (bool heading = true;; heading = false) {
        const auto more = reader.next(cells);
        if (!more) {
            throw Error("read", options.in.string() + ":" + std::to_string(more.fault().at), more.fault().what);
        }
        if (!*more) {
            return table;
        }
        if (heading) {
            table.columns = choose(cells, options.columns);
            for (std::size_t i = 0; i < cells.size(); ++i) {
                const bool chosen = std::any_of(table.columns.begin(), table.columns.end(),
                                                [&](const Column& column) { return column.place == i; });
                if (!chosen) {
                    table.others.push_back(cells[i]);
                }
            }
        } else if (cells.size() > 1 || !cells.front().empty()) {
            mapping.row(reader.line(), cells);
        }
        table.text += record_of(cells);
    }
}

void print_json(const Table& table, const pseudonym::Privacy& privacy) {
    text::Json json;
    json.object().member("rows", table.rows).member("mapped", table.mapped).member("unmapped", table.unmapped);
    json.member("epoch", privacy.current().epoch()).key("columns").array();
    for (const auto& column : table.columns) {
        json.object().member("column", column.heading).member("field", name_of(column.field));
        json.member("rule", name_of(privacy.policy.of(column.field))).end_object();
    }
    json.end_array().key("unchanged").array();
    for (const auto& heading : table.others) {
        json.value(heading);
    }
    json.end_array().key("not_mapped").array();
    for (const auto& one : table.list) {
        json.object().member("line", one.line).member("column", one.heading).member("why", one.why).end_object();
    }
    cli::print(json.end_array().end_object().str() + "\n");
}

void print_text(const Table& table, const pseudonym::Privacy& privacy) {
    std::string text;
    for (const auto& column : table.columns) {
        text += "column " + column.heading + ": " + std::string(name_of(column.field)) + ", " +
                std::string(name_of(privacy.policy.of(column.field))) + "\n";
    }
    text += "left as they are:";
    for (const auto& heading : table.others) {
        text += (&heading == table.others.data() ? " " : ", ") + text::shown(heading);
    }
    text += "\n" + std::to_string(table.rows) + " rows, " + std::to_string(table.mapped) + " names by policy, " +
            std::to_string(table.unmapped) + " not mapped\n";
    for (const auto& one : table.list) {
        text += "  line " + std::to_string(one.line) + ": " + one.heading + " is " + one.why + "\n";
    }
    cli::print(text);
}

} // namespace

Exit run_privacy_apply(const PrivacyApplyOptions& options) {
    const auto privacy = pseudonym::load_privacy(options.state);
    if (!privacy) {
        throw Error("open", (options.state / std::string(pseudonym::privacy_name)).string(),
                    "this site has no policy yet",
                    {"make one: tally-packager privacy set --state " + options.state.string()});
    }
    const Table table = read_table(options, *privacy);
    if (table.columns.empty()) {
        throw Error("apply", options.in.string(), "no column whose heading says that names stand in it",
                    {"name the columns: --column HEADING=user"}, Exit::usage);
    }
    if (options.dry_run == DryRun::no) {
        os::replace_file(options.out, table.text);
    }
    if (options.output == Output::json) {
        print_json(table, *privacy);
    } else {
        print_text(table, *privacy);
    }
    return Exit::ok;
}

} // namespace tally::packager
