// What every page for one reader has: a head that lets the browser load nothing, the report's style, no script, and
// tables that print whole.
#pragma once

#include "verifier/outputs/table.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tally::papers {

// `title` and `eyebrow` are text; `lead` and `body` are HTML that is already safe.
struct Page {
    std::string title, eyebrow, lead, body, foot;
};
[[nodiscard]] std::string to_html(const Page& page);

// All rows of these columns of a table; what is empty shows as a dash. `heads` are as many as `columns`.
struct Shape {
    std::string_view caption;
    std::vector<std::string_view> columns, heads;
};
[[nodiscard]] std::string to_html(const outputs::Table& table, const Shape& shape);

} // namespace tally::papers
