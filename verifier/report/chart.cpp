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

constexpr std::int64_t left = 44, right = 914, top = 16, bottom = 212, height = 240;

// The most that is reached in each of `columns` equal parts of the span.
std::vector<std::int64_t> most_in_columns(const count::Steps& steps, const Span& span, std::int64_t columns) {
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

std::int64_t value_before(const std::vector<Step>& steps, std::int64_t at) {
    std::int64_t value = 0;
    for (const auto& step : steps) {
        value = step.at < at ? step.value : value;
    }
    return value;
}

struct Frame {
    Span span;
    std::int64_t columns = right - left;
    std::int64_t highest = 1;
    [[nodiscard]] std::int64_t x(std::int64_t at) const {
        return left + (right - left) * (std::clamp(at, span.from, span.to) - span.from) /
                          std::max<std::int64_t>(1, span.to - span.from);
    }
    // In tenths of a unit, so that small steps and narrow columns stay even.
    [[nodiscard]] std::string y(std::int64_t value) const {
        return tenths(bottom * 10 - (bottom - top) * 10 * std::min(value, highest) / highest);
    }
    [[nodiscard]] std::string edge(std::size_t column) const {
        return tenths(left * 10 + (right - left) * 10 * static_cast<std::int64_t>(column) / columns);
    }
    static std::string tenths(std::int64_t value) {
        return n(value / 10) + (value % 10 != 0 ? "." + n(value % 10) : "");
    }
};

// Up to six weeks a column is as narrow as can be drawn; beyond, it is a day, so that nights make no comb.
Frame frame_of(const Span& span) {
    constexpr std::int64_t fine_days = 42;
    const std::int64_t first = text::day_of(span.from), end = text::day_of(span.to - 1) + 1;
    if (end - first <= fine_days) {
        return {span, right - left, 1};
    }
    return {{first * seconds_per_day, end * seconds_per_day}, std::min(end - first, right - left), 1};
}

// A step line through the column values, from the first column's left edge.
std::string line_path(const Frame& frame, const std::vector<std::int64_t>& values) {
    std::string path;
    std::int64_t last = -1;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] != last) {
            const std::string x = frame.edge(i);
            path += path.empty() ? "M" + x + " " + frame.y(values[i]) : "H" + x + "V" + frame.y(values[i]);
            last = values[i];
        }
    }
    return path + "H" + frame.edge(values.size());
}

// What of each column lies between two heights.
std::string band_path(const Frame& frame, const std::vector<std::int64_t>& low, const std::vector<std::int64_t>& high) {
    std::string path;
    for (std::size_t i = 0; i < high.size();) {
        std::size_t end = i + 1;
        while (end < high.size() && high[end] == high[i] && low[end] == low[i]) {
            ++end;
        }
        if (high[i] > low[i]) {
            path += "M" + frame.edge(i) + " " + frame.y(low[i]) + "V" + frame.y(high[i]) + "H" + frame.edge(end) + "V" +
                    frame.y(low[i]) + "Z";
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

std::string date_tick(std::int64_t x, const std::string& words) {
    return "<path class=\"k\" d=\"M" + n(x) + " " + n(bottom) + "v5\"/>" +
           (x < right - 24
                ? "<text class=\"t\" x=\"" + n(x + 3) + "\" y=\"" + n(bottom + 17) + "\">" + words + "</text>"
                : "");
}

// Days while they are few, else the first of months; the year stands where it begins.
std::string dates(const Frame& frame) {
    const std::int64_t first = text::day_of(frame.span.from), last = text::day_of(frame.span.to - 1);
    const std::int64_t per_label = 1 + (last - first) / 14;
    const std::int64_t months_apart = 1 + (last - first) / 500;
    std::string svg;
    std::int64_t months = 0;
    for (std::int64_t day = first; day <= last; ++day) {
        const std::int64_t x = frame.x(day * seconds_per_day);
        const std::string date = text::format_day(day);
        if (per_label < 4) {
            svg += (day - first) % per_label == 0 ? date_tick(x, short_day_text(day)) : "";
        } else if (date.substr(8) == "01" && months++ % months_apart == 0) {
            const std::string month = short_day_text(day).substr(2);
            svg += date_tick(x, months == 1 || date.substr(5, 2) == "01" ? month + " " + date.substr(0, 4) : month);
        }
    }
    return svg;
}

std::string weekends(const Frame& frame) {
    const std::int64_t first = text::day_of(frame.span.from), last = text::day_of(frame.span.to - 1);
    std::string svg;
    for (std::int64_t day = first; day <= last && last - first < 120; ++day) {
        const std::int64_t weekday = ((day % 7) + 7 + 3) % 7; // 1970-01-01 was a Thursday; Monday is 0
        if (weekday >= 5) {
            const std::int64_t x = frame.x(day * seconds_per_day);
            svg += "<rect class=\"w\" x=\"" + n(x) + "\" y=\"" + n(top) + "\" width=\"" +
                   n(std::max<std::int64_t>(1, frame.x((day + 1) * seconds_per_day) - x)) + "\" height=\"" +
                   n(bottom - top) + "\"/>";
        }
    }
    return svg;
}

// One field a day (or more days, when there are many) that tells its numbers under the pointer.
std::string hover_fields(const Frame& frame, const findings::Position& position) {
    const std::int64_t first = text::day_of(frame.span.from), last = text::day_of(frame.span.to - 1);
    const std::int64_t per_field = 1 + (last - first) / 120;
    const std::int64_t fields = (last - first) / per_field + 1;
    const Span whole{first * seconds_per_day, (first + fields * per_field) * seconds_per_day};
    const auto most = most_in_columns(position.lower, whole, fields);
    const auto allowed = most_in_columns(position.allowed, whole, fields);
    std::string svg;
    for (std::size_t i = 0; i < most.size(); ++i) {
        const std::int64_t day = first + static_cast<std::int64_t>(i) * per_field;
        const std::int64_t x = frame.x(day * seconds_per_day);
        svg += "<rect class=\"h\" x=\"" + n(x) + "\" y=\"" + n(top) + "\" width=\"" +
               n(std::max<std::int64_t>(1, frame.x((day + per_field) * seconds_per_day) - x)) + "\" height=\"" +
               n(bottom - top) + "\"><title>" + day_text(day) + ": at most " + n(most[i]) + " at once, " +
               n(allowed[i]) + " bought</title></rect>";
    }
    return svg;
}

// Words beside what they name, on a halo of the page's colour.
std::string label(std::int64_t x, const std::string& y, std::int64_t lift, const std::string& words,
                  std::string_view mark = "") {
    return "<text class=\"v" + std::string(mark) + "\" x=\"" + n(x) + "\" y=\"" + y + "\" dy=\"" + n(lift) + "\">" +
           words + "</text>";
}

std::string peak_label(const Frame& frame, const findings::Position& position) {
    if (position.peak.upper == 0) {
        return "";
    }
    const std::int64_t x = frame.x(position.peak_at);
    const std::string y = frame.y(position.peak.lower);
    // What was reached before the records begin stands at their edge, without a day that is not drawn.
    const std::string when =
        position.peak_at < frame.span.from ? "" : " on " + day_text(text::day_of(position.peak_at));
    const bool at_right = x > right - 160;
    return "<circle class=\"p\" cx=\"" + n(x) + "\" cy=\"" + y + "\" r=\"3.5\"/>" +
           label(x + (at_right ? -6 : 6), y, -7, bounds_text(position.peak) + when, at_right ? " e" : "");
}

std::string svg_head(const ChartText& words, const std::string& description) {
    return "<div class=\"scroll\"><svg class=\"chart\" viewBox=\"0 0 1000 " + n(height) +
           "\" role=\"img\" aria-labelledby=\"" + words.id + "-t " + words.id + "-d\"><title id=\"" + words.id +
           "-t\">" + text::html(words.title) + "</title><desc id=\"" + words.id + "-d\">" + text::html(description) +
           "</desc>";
}

// Tokens left in a pool: what packs bring, less what was charged surely (upper) or perhaps (lower).
struct Balance {
    std::vector<Step> upper, lower;
    std::int64_t ends = 0; // when the last pack does
    Span pace;             // of the review, from the first pack on: as TOKEN_FORECAST reckons
    count::Bounds charged; // in that time
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
    std::int64_t starts = outcome.as_of;
    for (const auto& pack : outcome.packs) {
        if (pack.pool != pool) {
            continue;
        }
        const std::int64_t end = (pack.end_day + 1) * seconds_per_day;
        balance.ends = std::max(balance.ends, end);
        starts = std::min(starts, pack.start_day * seconds_per_day);
        for (auto* changes : {&upper, &lower}) {
            (*changes)[pack.start_day * seconds_per_day] += pack.tokens;
        }
        if (end <= outcome.as_of) {
            upper[end] -= pack.left.upper;
            lower[end] -= pack.left.lower;
        }
    }
    balance.pace = {std::max(outcome.period.from, starts), outcome.as_of};
    for (const auto& charge : outcome.charges) {
        if (charge.pool == pool && charge.pack != "short") {
            upper[charge.at] -= charge.tokens.lower;
            lower[charge.at] -= charge.tokens.upper;
        }
        if (charge.pool == pool && balance.pace.has(charge.at)) {
            balance.charged.lower += charge.tokens.lower;
            balance.charged.upper += charge.tokens.upper;
        }
    }
    balance.upper = running(upper);
    balance.lower = running(lower);
    return balance;
}

} // namespace

std::string step_chart(const ChartText& words, const findings::Position& position, const Span& span) {
    if (span.from >= span.to) {
        return "<p class=\"none\">No dated record yet, so there is no curve to draw.</p>\n";
    }
    Frame frame = frame_of(span);
    const auto lower = most_in_columns(position.lower, frame.span, frame.columns);
    const auto upper = most_in_columns(position.upper, frame.span, frame.columns);
    const auto allowed = most_in_columns(position.allowed, frame.span, frame.columns);
    for (const auto* values : {&lower, &upper, &allowed}) {
        frame.highest = std::max(frame.highest, *std::max_element(values->begin(), values->end()));
    }
    frame.highest += 1 + frame.highest / 7;
    std::string svg =
        svg_head(words, words.unit + ", " + period_text(span) + ": at most " + bounds_text(position.peak) +
                            " against " + count_text(position.quantity) + " bought.");
    const std::vector<std::int64_t> ground(lower.size(), 0);
    svg += weekends(frame) + grid(frame) + dates(frame);
    svg += "<path class=\"a\" d=\"" + band_path(frame, ground, lower) + "\"/>";
    svg += upper != lower ? "<path class=\"u\" d=\"" + band_path(frame, lower, upper) + "\"/>" : "";
    svg += "<path class=\"o\" d=\"" + band_path(frame, allowed, lower) + "\"/>";
    svg += "<path class=\"q\" d=\"" + line_path(frame, allowed) + "\"/>";
    svg += label(right + 8, frame.y(allowed.back()), 4, count_text(allowed.back()) + " bought");
    return svg + peak_label(frame, position) + hover_fields(frame, position) + "</svg></div>\n";
}

namespace {

// Where `left_now` tokens lead when `charged` in the time of `pace` goes on; empty: the instant they are gone, when that
// is drawn.
struct Lead {
    std::int64_t x = 0, tokens = 0, empty = 0;
};
Lead lead_of(const Frame& frame, const Span& pace, std::int64_t left_now, std::int64_t charged) {
    const std::int64_t days = (pace.to - pace.from) / seconds_per_day;
    const std::int64_t empty = charged > 0 ? pace.to + left_now * days / charged * seconds_per_day : frame.span.to + 1;
    const std::int64_t shown = std::min(empty, frame.span.to);
    const std::int64_t tokens = left_now - charged * ((shown - pace.to) / seconds_per_day) / days;
    return {frame.x(shown), std::max<std::int64_t>(0, tokens), empty <= frame.span.to ? empty : 0};
}

// From what is left now: the line by what was charged surely, and the cone of what was charged perhaps.
std::string forecast(const Frame& frame, const Balance& balance, const count::Bounds& now) {
    const std::int64_t x = frame.x(balance.pace.to);
    std::string svg = "<path class=\"g now\" d=\"M" + n(x) + " " + n(top) + "V" + n(bottom) + "\"/>" +
                      label(x + (x > right - 160 ? -6 : 6), frame.y(now.upper), -9, bounds_text(now) + " left",
                            x > right - 160 ? " e" : "");
    if (balance.charged.upper == 0 || now.upper == 0 || balance.pace.to - balance.pace.from < seconds_per_day) {
        return svg;
    }
    const Lead slow = lead_of(frame, balance.pace, now.upper, balance.charged.lower);
    const Lead fast = lead_of(frame, balance.pace, now.lower, balance.charged.upper);
    svg += "<path class=\"u\" d=\"M" + n(x) + " " + frame.y(now.upper) + "L" + n(slow.x) + " " + frame.y(slow.tokens) +
           (fast.empty != 0 ? "V" + n(bottom) : "") + "L" + n(fast.x) + " " + frame.y(fast.tokens) + "L" + n(x) + " " +
           frame.y(now.lower) + "Z\"/>";
    svg += "<path class=\"q\" d=\"M" + n(x) + " " + frame.y(now.upper) + "L" + n(slow.x) + " " + frame.y(slow.tokens) +
           "\"/>";
    const std::string end = slow.empty != 0 ? "empty about " + day_text(text::day_of(slow.empty))
                                            : "about " + count_text(slow.tokens) + " left at the end";
    const bool at_right = slow.x > right - 160;
    return svg + "<circle class=\"p\" cx=\"" + n(slow.x) + "\" cy=\"" + frame.y(slow.tokens) + "\" r=\"3.5\"/>" +
           label(slow.x + (at_right ? -6 : 8), frame.y(slow.tokens), -9, end, at_right ? " e" : "");
}

} // namespace

std::string token_chart(const ChartText& words, const findings::Outcome& outcome, const std::string& pool,
                        const Span& span) {
    const Balance balance = balance_of(outcome, pool);
    Frame frame{{span.from, std::max(span.to, balance.ends)}, right - left, 1};
    const auto most = most_in_columns(balance.upper, frame.span, frame.columns);
    const auto least = most_in_columns(balance.lower, frame.span, frame.columns);
    frame.highest = std::max<std::int64_t>(1, *std::max_element(most.begin(), most.end()));
    frame.highest += 1 + frame.highest / 7;
    const auto known =
        static_cast<std::ptrdiff_t>(std::min<std::int64_t>(frame.x(outcome.as_of) - left, frame.columns));
    const std::vector<std::int64_t> seen(most.begin(), most.begin() + known);
    const std::vector<std::int64_t> sure(least.begin(), least.begin() + known);
    const count::Bounds now{value_before(balance.lower, outcome.as_of), value_before(balance.upper, outcome.as_of)};
    std::string svg = svg_head(words, words.unit + ", " + bounds_text(now) + " left at the end");
    svg += weekends(frame) + grid(frame) + dates(frame);
    if (!seen.empty()) {
        svg += "<path class=\"a\" d=\"" + band_path(frame, std::vector<std::int64_t>(sure.size(), 0), sure) + "\"/>";
        svg += sure != seen ? "<path class=\"u\" d=\"" + band_path(frame, sure, seen) + "\"/>" : "";
        svg += "<path class=\"l\" d=\"" + line_path(frame, seen) + "\"/>" + forecast(frame, balance, now);
    }
    return svg + "</svg></div>\n";
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
