// One HTML table: caption, scoped headers, cells that sort by a key when what is shown does not sort.
// Cells take HTML that is already safe; headers take text.
#pragma once

#include "tally/text/html.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tally::report {

enum class Align : std::uint8_t { text, number, fixed }; // fixed: never broken over lines

struct Column {
    std::string_view head;
    Align align = Align::text;
};

class Table {
public:
    Table(std::string_view id, std::string_view caption, std::vector<Column> columns) : columns_(std::move(columns)) {
        html_ = "<div class=\"scroll\"><table id=\"" + std::string(id) + "\"><caption>" + text::html(caption) +
                "</caption><thead><tr>";
        for (const auto& column : columns_) {
            html_ += std::string("<th scope=\"col\"") + mark(column.align) + ">" + text::html(column.head) + "</th>";
        }
        html_ += "</tr></thead><tbody>";
    }

    // The first cell of a row names it.
    Table& cell(std::string_view safe_html, std::string_view sort_key = "") {
        if (next_ == 0) {
            html_ += "<tr>";
        }
        const std::string tag = next_ == 0 ? "th scope=\"row\"" : "td";
        html_ += "<" + tag + mark(columns_[next_].align);
        html_ += sort_key.empty() ? "" : " data-k=\"" + text::html(sort_key) + "\"";
        html_ += ">" + std::string(safe_html) + (next_ == 0 ? "</th>" : "</td>");
        if (++next_ == columns_.size()) {
            html_ += "</tr>\n";
            next_ = 0;
            ++rows_;
        }
        return *this;
    }
    Table& text(std::string_view raw) { return cell(text::html(raw)); }
    Table& number(std::int64_t value, std::string_view shown) { return cell(text::html(shown), std::to_string(value)); }

    [[nodiscard]] std::size_t rows() const { return rows_; }
    [[nodiscard]] std::string str() const { return html_ + "</tbody></table></div>\n"; }

private:
    static std::string mark(Align align) {
        return align == Align::number ? " class=\"n\"" : align == Align::fixed ? " class=\"d\"" : "";
    }

    std::vector<Column> columns_;
    std::string html_;
    std::size_t next_ = 0, rows_ = 0;
};

} // namespace tally::report
