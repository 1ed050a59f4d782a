// One HTML table: caption, scoped headers, cells that sort by a key when what is shown does not sort.
// Cells take HTML that is already safe; headers take text. The first rows stand in the page; the others travel beside
// the table as data that the script shows, sorts and filters, so that a page of many rows still opens at once.
#pragma once

#include "tally/text/html.hpp"
#include "tally/text/json.hpp"
#include "verifier/report/words.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tally::report {

enum class Align : std::uint8_t { text, number, fixed }; // fixed: never broken over lines

// A page with more rows in one table is of no use to a reader; the CSV tables have them all.
inline constexpr std::size_t most_rows = 40'000;

struct Column {
    std::string_view head;
    Align align = Align::text;
};

class Table {
public:
    static constexpr std::size_t in_page = 100;

    Table(std::string_view id, std::string_view caption, std::vector<Column> columns)
        : id_(id), columns_(std::move(columns)) {
        html_ =
            "<div class=\"scroll\"><table id=\"" + id_ + "\"><caption>" + text::html(caption) + "</caption><thead><tr>";
        for (const auto& column : columns_) {
            html_ += std::string("<th scope=\"col\"") + mark(column.align) + ">" + text::html(column.head) + "</th>";
        }
        html_ += "</tr></thead><tbody>";
    }

    // The first cell of a row names it.
    Table& cell(std::string_view safe_html, std::string_view sort_key = "") {
        if (rows_ < in_page) {
            add_markup(safe_html, sort_key);
        } else {
            add_data(safe_html, sort_key);
        }
        if (++next_ == columns_.size()) {
            next_ = 0;
            ++rows_;
        }
        return *this;
    }
    Table& text(std::string_view raw) { return cell(text::html(raw)); }
    Table& number(std::int64_t value, std::string_view shown) {
        const std::string key = std::to_string(value);
        return shown == key && rows_ >= in_page ? cell("", key) : cell(text::html(shown), key);
    }

    [[nodiscard]] std::size_t rows() const { return rows_; }
    [[nodiscard]] std::string str() const {
        const std::string table = html_ + "</tbody></table></div>\n";
        if (rows_ <= in_page) {
            return table;
        }
        return table + "<p class=\"note\" id=\"" + id_ + "-more\">The first " + count_text(in_page) + " of " +
               count_text(static_cast<std::int64_t>(rows_)) +
               " rows; a browser that runs the script of this page shows the others.</p>\n" +
               "<script type=\"application/json\" id=\"" + id_ + "-rest\" data-rows=\"" +
               std::to_string(rows_ - in_page) + "\">[" + data_ + "]</script>\n";
    }

private:
    static std::string mark(Align align) {
        return align == Align::number ? " class=\"n\"" : align == Align::fixed ? " class=\"d\"" : "";
    }
    void add_markup(std::string_view safe_html, std::string_view sort_key) {
        const std::string tag = next_ == 0 ? "th scope=\"row\"" : "td";
        html_ += (next_ == 0 ? "<tr><" : "<") + tag + mark(columns_[next_].align);
        html_ += sort_key.empty() ? "" : " data-k=\"" + text::html(sort_key) + "\"";
        html_ += ">" + std::string(safe_html) + (next_ == 0 ? "</th>" : "</td>");
        html_ += next_ + 1 == columns_.size() ? "</tr>\n" : "";
    }
    // "what is shown", [what is shown, key], a number where both are one, null for a dash in place of 0.
    void add_data(std::string_view safe_html, std::string_view sort_key) {
        data_ += next_ != 0 ? "," : data_.empty() ? "[" : ",\n[";
        if (sort_key.empty()) {
            data_ += text::json_string(safe_html);
        } else if (safe_html == "–" && sort_key == "0") {
            data_ += "null";
        } else {
            data_ += safe_html.empty() ? std::string(sort_key)
                                       : "[" + text::json_string(safe_html) + "," + text::json_string(sort_key) + "]";
        }
        data_ += next_ + 1 == columns_.size() ? "]" : "";
    }

    std::string id_;
    std::vector<Column> columns_;
    std::string html_, data_;
    std::size_t next_ = 0, rows_ = 0;
};

} // namespace tally::report
