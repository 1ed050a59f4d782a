#include "verifier/papers/frame.hpp"

#include "tally/base/assert.hpp"
#include "tally/text/html.hpp"
#include "verifier/report/assets.hpp"

#include <algorithm>

namespace tally::papers {

using text::html;

namespace {

// A number: digits, perhaps with a sign and a point.
bool is_number(std::string_view text) {
    const std::string_view digits = text.substr(0, 1) == "-" ? text.substr(1) : text;
    return !digits.empty() && digits.find_first_not_of("0123456789.") == std::string_view::npos;
}

// Columns of numbers stand to the right; short ones, such as days, are never broken.
std::string mark_of(const outputs::Table& table, std::size_t place) {
    bool numbers = false, others = false;
    std::size_t longest = 0;
    for (const auto& row : table.rows) {
        const std::string text = row[place].csv();
        (is_number(text) ? numbers : others) |= !text.empty();
        longest = std::max(longest, text.size());
    }
    constexpr std::size_t day = 10;
    return numbers && !others ? " class=\"n\"" : longest <= day ? " class=\"d\"" : "";
}

std::string shown(const outputs::Cell& cell) {
    const std::string text = cell.csv();
    return !cell.is_truth() ? text : text == "true" ? "yes" : "no";
}

} // namespace

std::string to_html(const Page& page) {
    return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src '" +
           std::string("sha256-") + std::string(report::style_hash) +
           "'; base-uri 'none'; form-action 'none'\">\n<meta name=\"viewport\" content=\"width=device-width, "
           "initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<link rel=\"icon\" "
           "href=\"data:,\">\n<title>" +
           html(page.title) + "</title>\n<style>" + std::string(report::style) +
           "</style>\n</head>\n<body>\n<header>\n<p class=\"eyebrow\">" + html(page.eyebrow) + "</p>\n<h1>" +
           html(page.title) + "</h1>\n" + page.lead + "</header>\n<main>\n" + page.body + "</main>\n<footer><p>" +
           html(page.foot) + "</p></footer>\n</body>\n</html>\n";
}

std::string to_html(const outputs::Table& table, const Shape& shape) {
    TALLY_ASSERT(shape.columns.size() == shape.heads.size());
    std::vector<std::size_t> places;
    for (const auto column : shape.columns) {
        const auto at = std::find(table.columns.begin(), table.columns.end(), column);
        TALLY_ASSERT(at != table.columns.end());
        places.push_back(static_cast<std::size_t>(at - table.columns.begin()));
    }
    std::string out = "<div class=\"scroll\"><table><caption>" + html(shape.caption) + "</caption><thead><tr>";
    std::vector<std::string> marks;
    for (std::size_t i = 0; i < places.size(); ++i) {
        marks.push_back(mark_of(table, places[i]));
        out += "<th scope=\"col\"" + marks.back() + ">" + html(shape.heads[i]) + "</th>";
    }
    out += "</tr></thead><tbody>\n";
    for (const auto& row : table.rows) {
        out += "<tr>";
        for (std::size_t i = 0; i < places.size(); ++i) {
            const std::string text = shown(row[places[i]]);
            const std::string cell = text.empty() ? "–" : "<bdi>" + html(text) + "</bdi>";
            out += i == 0 ? "<th scope=\"row\"" + marks[i] + ">" + cell + "</th>"
                          : "<td" + marks[i] + ">" + cell + "</td>";
        }
        out += "</tr>\n";
    }
    return out + "</tbody></table></div>\n";
}

} // namespace tally::papers
