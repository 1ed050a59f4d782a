#include "verifier/report/chart.hpp"

#include "tally/text/date.hpp"
#include "tally/text/html.hpp"
#include "verifier/report/words.hpp"

#include <algorithm>
#include <map>

namespace tally::report {
namespace {

using count::Span;
using count::Step;
using text::seconds_per_day;

constexpr std::int64_t left = 40, right = 988, top = 16, bottom = 212, height = 240;

std::string n(std::int64_t number) { return std::to_string(number); }

// The most that is reached in each of `columns` equal parts of the span.
std::vector<std::int64_t> most_in_columns(const std::vector<Step>& steps, const Span& span, std::int64_t columns) {
    std::vector<std::int64_t> most(static_cast<std::size_t>(columns), 0);
    const std::int64_t length = span.to - span.from;
    std::size_t next = 0;
    std::int64_t value = 0;
    for (std::int64_t column = 0; column < columns; ++column) {
        const std::int64_t begin = span.from + length * column / columns;
        const std::int64_t end = span.from + length * (column + 1) / columns;
        while (next < steps.size() && steps[next].at <= begin) {
            value = steps[next++].value;
        }
        std::int64_t& peak = most[static_cast<std::size_t>(column)];
        peak = value;
        while (next < steps.size() && steps[next].at < end) {
            value = steps[next++].value;
            peak = std::max(peak, value);
        }
    }
    return most;
}

struct Frame {
    Span span;
    std::int64_t highest = 1;
    [[nodiscard]] std::int64_t x(std::int64_t at) const {
        return left + (right - left) * (std::clamp(at, span.from, span.to) - span.from) /
                          std::max<std::int64_t>(1, span.to - span.from);
    }
    // In tenths of a unit, so that small steps stay even.
    [[nodiscard]] std::string y(std::int64_t value) const {
        const std::int64_t tenths = bottom * 10 - (bottom - top) * 10 * std::min(value, highest) / highest;
        return n(tenths / 10) + (tenths % 10 != 0 ? "." + n(tenths % 10) : "");
    }
};

// A step line through the column values, from the first column's left edge.
std::string line_path(const Frame& frame, const std::vector<std::int64_t>& values) {
    std::string path;
    std::int64_t last = -1;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] != last) {
            const std::string x = n(left + static_cast<std::int64_t>(i));
            path += path.empty() ? "M" + x + " " + frame.y(values[i]) : "H" + x + "V" + frame.y(values[i]);
            last = values[i];
        }
    }
    return path + "H" + n(left + static_cast<std::int64_t>(values.size()));
}

// The parts of the columns that lie above what was allowed.
std::string over_path(const Frame& frame, const std::vector<std::int64_t>& values,
                      const std::vector<std::int64_t>& allowed) {
    std::string path;
    for (std::size_t i = 0; i < values.size();) {
        std::size_t end = i + 1;
        while (end < values.size() && values[end] == values[i] && allowed[end] == allowed[i]) {
            ++end;
        }
        if (values[i] > allowed[i]) {
            path += "M" + n(left + static_cast<std::int64_t>(i)) + " " + frame.y(allowed[i]) + "V" +
                    frame.y(values[i]) + "H" + n(left + static_cast<std::int64_t>(end)) + "V" + frame.y(allowed[i]) +
                    "Z";
        }
        i = end;
    }
    return path;
}

std::int64_t tick_every(std::int64_t highest) {
    for (std::int64_t size = 1;; size *= 10) {
        for (const std::int64_t step : {1, 2, 5}) {
            if (highest / (size * step) <= 5) {
                return size * step;
            }
        }
    }
}

std::string grid(const Frame& frame) {
    std::string svg;
    const std::int64_t every = tick_every(frame.highest);
    for (std::int64_t value = 0; value <= frame.highest; value += every) {
        svg += "<path class=\"g\" d=\"M" + n(left) + " " + frame.y(value) + "H" + n(right) +
               "\"/><text class=\"t e\" x=\"" + n(left - 8) + "\" y=\"" + frame.y(value) + "\" dy=\"4\">" + n(value) +
               "</text>";
    }
    return svg;
}

// Weekends, dates, and one hover field a day (or more days, when there are many).
std::string calendar(const Frame& frame, const std::vector<std::int64_t>& lower,
                     const std::vector<std::int64_t>& allowed, std::string& hover) {
    const std::int64_t first = text::day_of(frame.span.from);
    const std::int64_t last = text::day_of(frame.span.to - 1);
    const std::int64_t per_field = 1 + (last - first) / 120;
    const std::int64_t per_label = 1 + (last - first) / 14;
    std::string svg;
    for (std::int64_t day = first; day <= last; day += per_field) {
        const std::int64_t x = frame.x(day * seconds_per_day);
        const std::int64_t width = std::max<std::int64_t>(1, frame.x((day + per_field) * seconds_per_day) - x);
        const std::int64_t weekday = ((day % 7) + 7 + 3) % 7; // 1970-01-01 was a Thursday; Monday is 0
        const std::string box =
            " x=\"" + n(x) + "\" y=\"" + n(top) + "\" width=\"" + n(width) + "\" height=\"" + n(bottom - top) + "\"";
        if (weekday >= 5 && per_field == 1) {
            svg += "<rect class=\"w\"" + box + "/>";
        }
        std::int64_t most = 0;
        std::int64_t least_allowed = -1;
        for (auto i = static_cast<std::size_t>(x - left);
             i < lower.size() && i < static_cast<std::size_t>(x - left + width); ++i) {
            most = std::max(most, lower[i]);
            least_allowed = least_allowed < 0 ? allowed[i] : std::min(least_allowed, allowed[i]);
        }
        hover += "<rect class=\"h\"" + box + "><title>" + day_text(day) + ": at most " + n(most) + " at once, " +
                 n(std::max<std::int64_t>(0, least_allowed)) + " bought</title></rect>";
    }
    for (std::int64_t day = first; day <= last; ++day) {
        const std::int64_t x = frame.x(day * seconds_per_day);
        if ((day - first) % per_label == 0 && day * seconds_per_day >= frame.span.from - seconds_per_day) {
            svg += "<path class=\"k\" d=\"M" + n(x) + " " + n(bottom) + "v5\"/>";
            if (x < right - 24) {
                svg += "<text class=\"t s\" x=\"" + n(x + 3) + "\" y=\"" + n(bottom + 17) + "\">" +
                       short_day_text(day) + "</text>";
            }
        }
    }
    return svg;
}

// Tokens left in a pool: what packs bring, less what was charged surely (upper) or perhaps (lower).
struct Balance {
    std::vector<Step> upper, lower;
    std::int64_t ends = 0;        // when the last pack does
    std::int64_t per_90_days = 0; // charged surely in the 90 days before as_of
};

std::vector<Step> running(const std::map<std::int64_t, std::int64_t>& changes) {
    std::vector<Step> steps;
    std::int64_t tokens = 0;
    for (const auto& [at, by] : changes) {
        tokens += by;
        steps.push_back({at, std::max<std::int64_t>(0, tokens)});
    }
    return steps;
}

Balance balance_of(const findings::Outcome& outcome, const std::string& pool) {
    std::map<std::int64_t, std::int64_t> upper, lower;
    Balance balance;
    for (const auto& pack : outcome.packs) {
        if (pack.pool != pool) {
            continue;
        }
        const std::int64_t end = (pack.end_day + 1) * seconds_per_day;
        balance.ends = std::max(balance.ends, end);
        for (auto* changes : {&upper, &lower}) {
            (*changes)[pack.start_day * seconds_per_day] += pack.tokens;
        }
        if (end <= outcome.as_of) {
            upper[end] -= pack.left.upper;
            lower[end] -= pack.left.lower;
        }
    }
    for (const auto& charge : outcome.charges) {
        if (charge.pool == pool && charge.pack != "short") {
            upper[charge.at] -= charge.tokens.lower;
            lower[charge.at] -= charge.tokens.upper;
            const bool recent = charge.at >= outcome.as_of - 90 * seconds_per_day;
            balance.per_90_days += recent ? charge.tokens.lower : 0;
        }
    }
    balance.upper = running(upper);
    balance.lower = running(lower);
    return balance;
}

template <class X>
std::string coverage_row(const findings::HostCoverage& host, std::int64_t y, std::int64_t size, X x) {
    std::string svg;
    for (std::size_t i = 0; i < host.days.size();) {
        std::size_t end = i + 1;
        while (end < host.days.size() && host.days[end] == host.days[i]) {
            ++end;
        }
        const std::int64_t from = host.first_day + static_cast<std::int64_t>(i);
        const std::int64_t to = host.first_day + static_cast<std::int64_t>(end);
        if (host.days[i] != findings::DayClass::unknown) {
            svg += "<rect class=\"m" + n(static_cast<std::int64_t>(host.days[i])) + "\" x=\"" + n(x(from)) + "\" y=\"" +
                   n(y) + "\" width=\"" + n(std::max<std::int64_t>(1, x(to) - x(from))) + "\" height=\"" + n(size) +
                   "\"><title>" + text::html(host.host) + ", " + day_text(from) +
                   (to - from > 1 ? " to " + day_text(to - 1) : "") + ": " + std::string(findings::name(host.days[i])) +
                   "</title></rect>";
        }
        i = end;
    }
    return svg;
}

template <class X>
std::string month_ticks(std::int64_t first, std::int64_t last, std::int64_t bottom_edge, X x) {
    std::string svg;
    std::string month;
    for (std::int64_t day = first; day <= last; ++day) {
        const std::string date = text::format_day(day); // YYYY-MM-DD
        if (date.substr(0, 7) != month) {
            month = date.substr(0, 7);
            svg += "<path class=\"g\" d=\"M" + n(x(day)) + " 16V" + n(bottom_edge) + "\"/><text class=\"t\" x=\"" +
                   n(x(day) + 2) + "\" y=\"12\">" + month + "</text>";
        }
    }
    return svg;
}

} // namespace

std::string step_chart(const ChartText& words, const findings::Position& position, const Span& span) {
    constexpr std::int64_t columns = right - left;
    if (span.from >= span.to) {
        return "<p class=\"none\">No dated record yet, so there is no curve to draw.</p>\n";
    }
    const auto lower = most_in_columns(position.lower, span, columns);
    const auto upper = most_in_columns(position.upper, span, columns);
    const auto allowed = most_in_columns(position.allowed, span, columns);
    Frame frame{span, 1};
    for (const auto* values : {&lower, &upper, &allowed}) {
        frame.highest = std::max(frame.highest, *std::max_element(values->begin(), values->end()));
    }
    frame.highest += 1 + frame.highest / 12;
    std::string hover;
    const std::string days = calendar(frame, lower, allowed, hover);
    const std::string line = line_path(frame, lower);
    std::string svg = "<div class=\"scroll\"><svg class=\"chart\" viewBox=\"0 0 1000 " + n(height) +
                      "\" role=\"img\" aria-labelledby=\"" + words.id + "-t " + words.id + "-d\"><title id=\"" +
                      words.id + "-t\">" + text::html(words.title) + "</title><desc id=\"" + words.id + "-d\">" +
                      text::html(words.unit) + ", " + period_text(span) + ": at most " + bounds_text(position.peak) +
                      " against " + count_text(position.quantity) + " bought.</desc>";
    svg += days + grid(frame);
    svg += "<path class=\"a\" d=\"" + line + "V" + n(bottom) + "H" + n(left) + "Z\"/>";
    if (upper != lower) {
        svg += "<path class=\"u\" d=\"" + line_path(frame, upper) + "\"/>";
    }
    svg += "<path class=\"l\" d=\"" + line + "\"/>";
    svg += "<path class=\"o\" d=\"" + over_path(frame, lower, allowed) + "\"/>";
    svg += "<path class=\"q\" d=\"" + line_path(frame, allowed) + "\"/>";
    return svg + hover + "</svg></div>\n";
}

std::string token_chart(const ChartText& words, const findings::Outcome& outcome, const std::string& pool,
                        const Span& span) {
    constexpr std::int64_t columns = right - left;
    const Balance balance = balance_of(outcome, pool);
    const std::int64_t end = std::max(span.to, balance.ends);
    Frame frame{{span.from, end}, 1};
    const auto most = most_in_columns(balance.upper, frame.span, columns);
    const auto least = most_in_columns(balance.lower, frame.span, columns);
    frame.highest = std::max<std::int64_t>(1, *std::max_element(most.begin(), most.end()));
    frame.highest += 1 + frame.highest / 12;
    const auto now = static_cast<std::size_t>(frame.x(outcome.as_of) - left);
    const auto known = std::min(most.size(), now);
    std::string hover;
    const std::vector<std::int64_t> nothing(most.size(), 0);
    std::string svg = "<div class=\"scroll\"><svg class=\"chart\" viewBox=\"0 0 1000 " + n(height) +
                      "\" role=\"img\" aria-labelledby=\"" + words.id + "-t " + words.id + "-d\"><title id=\"" +
                      words.id + "-t\">" + text::html(words.title) + "</title><desc id=\"" + words.id + "-d\">" +
                      text::html(words.unit) + ", " + n(known == 0 ? 0 : most[known - 1]) + " left at the end</desc>";
    svg += calendar(frame, nothing, nothing, hover) + grid(frame);
    const std::vector<std::int64_t> seen(most.begin(), most.begin() + static_cast<std::ptrdiff_t>(known));
    const std::vector<std::int64_t> sure(least.begin(), least.begin() + static_cast<std::ptrdiff_t>(known));
    if (!seen.empty()) {
        const std::string line = line_path(frame, seen);
        svg += "<path class=\"a\" d=\"" + line + "V" + n(bottom) + "H" + n(left) + "Z\"/>";
        svg += sure != seen ? "<path class=\"u\" d=\"" + line_path(frame, sure) + "\"/>" : "";
        svg += "<path class=\"l\" d=\"" + line + "\"/>";
    }
    if (balance.per_90_days > 0 && known > 0 && seen.back() > 0) {
        const std::int64_t empty = outcome.as_of + seen.back() * 90 * seconds_per_day / balance.per_90_days;
        const std::int64_t shown = std::min(empty, end);
        const std::int64_t left_then =
            seen.back() - balance.per_90_days * (shown - outcome.as_of) / (90 * seconds_per_day);
        svg += "<path class=\"q\" d=\"M" + n(frame.x(outcome.as_of)) + " " + frame.y(seen.back()) + "L" +
               n(frame.x(shown)) + " " + frame.y(std::max<std::int64_t>(0, left_then)) + "\"/>";
    }
    return svg + "</svg></div>\n";
}

std::string coverage_map(const findings::Watched& watched) {
    constexpr std::int64_t label = 96, row_height = 11;
    std::int64_t first = INT64_MAX, last = INT64_MIN;
    for (const auto& host : watched.hosts) {
        if (!host.days.empty()) {
            first = std::min(first, host.first_day);
            last = std::max(last, host.first_day + static_cast<std::int64_t>(host.days.size()) - 1);
        }
    }
    if (first > last) {
        return "";
    }
    const std::int64_t width = 1000 - label;
    const auto x = [&](std::int64_t day) { return label + width * (day - first) / (last - first + 1); };
    std::string rows;
    std::int64_t y = 14;
    std::string site;
    for (const auto& host : watched.hosts) {
        if (host.site != site) {
            site = host.site;
            y += 20;
            rows += "<text class=\"t\" x=\"0\" y=\"" + n(y - 6) + "\">" + text::html(site) + "</text>";
        }
        rows += "<text class=\"t\" x=\"" + n(label - 8) + "\" y=\"" + n(y + 8) + "\" text-anchor=\"end\">" +
                text::html(host.host) + "</text>";
        rows += coverage_row(host, y, row_height - 2, x);
        y += row_height;
    }
    return "<div class=\"scroll\"><svg class=\"chart map\" viewBox=\"0 0 1000 " + n(y + 6) +
           "\" role=\"img\" aria-label=\"What is known of each host on each day, from " + day_text(first) + " to " +
           day_text(last) + "; the table of hosts has the numbers\">" + month_ticks(first, last, y, x) + rows +
           "</svg></div>\n";
}

std::string idle_chart(const std::vector<findings::SeatUse>& seats, std::int64_t dormant_days) {
    const std::vector<std::int64_t> edges = {0, 8, 31, 61, dormant_days, 181, 366, INT64_MAX};
    std::vector<std::int64_t> counts(edges.size() - 1, 0);
    for (const auto& seat : seats) {
        const auto bin = std::upper_bound(edges.begin(), edges.end(), seat.days_idle) - edges.begin() - 1;
        counts[static_cast<std::size_t>(
            std::clamp<std::ptrdiff_t>(bin, 0, static_cast<std::ptrdiff_t>(counts.size()) - 1))] += 1;
    }
    const std::int64_t most = std::max<std::int64_t>(1, *std::max_element(counts.begin(), counts.end()));
    constexpr std::int64_t row = 26, label = 150;
    std::string svg;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const std::int64_t y = static_cast<std::int64_t>(i) * row + 4;
        const bool open = edges[i + 1] == INT64_MAX;
        const std::string words =
            open ? "over " + n(edges[i] - 1) + " days" : n(edges[i]) + " to " + n(edges[i + 1] - 1) + " days";
        const std::int64_t width = counts[i] * 560 / most;
        svg += "<text class=\"t e\" x=\"" + n(label - 10) + "\" y=\"" + n(y + 15) + "\">" + words +
               "</text><rect class=\"" + (edges[i] >= dormant_days ? "i1" : "i0") + "\" x=\"" + n(label) + "\" y=\"" +
               n(y) + "\" width=\"" + n(width) + "\" height=\"" + n(row - 8) + "\"/><text class=\"t\" x=\"" +
               n(label + width + 8) + "\" y=\"" + n(y + 15) + "\">" + n(counts[i]) + "</text>";
    }
    return "<svg class=\"chart bins\" viewBox=\"0 0 780 " + n(static_cast<std::int64_t>(counts.size()) * row + 6) +
           "\" role=\"img\" aria-label=\"Seats by how long they lie unused; the table below names them\">" + svg +
           "</svg>\n";
}

std::string bullet(const count::Bounds& peak, std::int64_t quantity, std::int64_t scale) {
    const auto width = [scale](std::int64_t value) {
        return n(120 * std::min(value, scale) / std::max<std::int64_t>(1, scale));
    };
    const std::int64_t within = std::min(peak.lower, quantity);
    std::string svg = "<svg class=\"bullet\" viewBox=\"0 0 124 14\" aria-hidden=\"true\"><rect class=\"b0\" "
                      "width=\"124\" height=\"14\" rx=\"2\"/>";
    if (peak.upper > peak.lower) {
        svg += "<rect class=\"b1\" y=\"3\" height=\"8\" width=\"" + width(peak.upper) + "\"/>";
    }
    svg += "<rect class=\"b2\" y=\"3\" height=\"8\" width=\"" + width(within) + "\"/>";
    if (peak.lower > quantity) {
        svg += "<rect class=\"b3\" y=\"3\" height=\"8\" x=\"" + width(quantity) + "\" width=\"" +
               n(std::stoll(width(peak.lower)) - std::stoll(width(quantity))) + "\"/>";
    }
    return svg + "<rect class=\"b4\" x=\"" + width(quantity) + "\" width=\"2\" height=\"14\"/></svg>";
}

std::string bar(std::int64_t value, std::int64_t scale) {
    return "<svg class=\"bullet\" viewBox=\"0 0 124 14\" aria-hidden=\"true\"><rect class=\"b2\" y=\"3\" height=\"8\" "
           "width=\"" +
           n(124 * std::min(value, scale) / std::max<std::int64_t>(1, scale)) + "\"/></svg>";
}

} // namespace tally::report
