// What is known of each host on each day: one row a host, one column a day.
#include "verifier/report/chart.hpp"

#include "tally/text/date.hpp"
#include "tally/text/html.hpp"
#include "verifier/report/words.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace tally::report {
namespace {

// A day that says less is drawn lower, so that it is told from a full one without its colour.
std::int64_t bar_height(findings::DayClass day, std::int64_t full) {
    return day == findings::DayClass::host_off ? 2 : day == findings::DayClass::declared ? full / 2 : full;
}

// Usual days of a row in one path for each class; what is not usual can be asked by itself under the pointer.
template <class X>
std::string coverage_row(const findings::HostCoverage& host, std::int64_t y, std::int64_t size, X x) {
    std::array<std::string, 4> usual;
    std::string svg;
    for (std::size_t i = 0; i < host.days.size();) {
        std::size_t end = i + 1;
        while (end < host.days.size() && host.days[end] == host.days[i]) {
            ++end;
        }
        const std::int64_t from = host.first_day + static_cast<std::int64_t>(i);
        const std::int64_t to = host.first_day + static_cast<std::int64_t>(end);
        const auto mark = static_cast<std::size_t>(host.days[i]);
        const std::int64_t high = bar_height(host.days[i], size);
        const std::int64_t left = x(from), width = std::max<std::int64_t>(1, x(to) - x(from));
        const std::int64_t top = y + (size - high) / 2;
        if (mark < usual.size()) {
            usual[mark] += "M" + n(left) + " " + n(top) + "h" + n(width) + "v" + n(high) + "h-" + n(width) + "z";
        } else {
            svg += "<rect class=\"m" + n(static_cast<std::int64_t>(mark)) + "\" x=\"" + n(left) + "\" y=\"" + n(top) +
                   "\" width=\"" + n(width) + "\" height=\"" + n(high) + "\"><title>" + text::html(host.host) + ", " +
                   day_text(from) + (to - from > 1 ? " to " + day_text(to - 1) : "") + ": " +
                   std::string(findings::name(host.days[i])) + "</title></rect>";
        }
        i = end;
    }
    for (std::size_t mark = 1; mark < usual.size(); ++mark) { // 0 is before the host was first heard
        if (!usual[mark].empty()) {
            svg += "<path class=\"m" + std::to_string(mark) + "\" d=\"" + usual[mark] + "\"><title>" +
                   text::html(host.host) + ": " + std::string(findings::name(static_cast<findings::DayClass>(mark))) +
                   "</title></path>";
        }
    }
    return svg;
}

// As many as can be looked at; of more, those of which least is known.
std::vector<const findings::HostCoverage*> hosts_drawn(const findings::Watched& watched) {
    constexpr std::size_t most = 120;
    std::vector<const findings::HostCoverage*> hosts;
    for (const auto& host : watched.hosts) {
        hosts.push_back(&host);
    }
    if (hosts.size() > most) {
        const auto gaps = [](const findings::HostCoverage* host) {
            return std::count_if(host->days.begin(), host->days.end(),
                                 [](auto day) { return day >= findings::DayClass::source_loss; });
        };
        std::stable_sort(hosts.begin(), hosts.end(), [&](const auto* a, const auto* b) { return gaps(a) > gaps(b); });
        hosts.resize(most);
        std::stable_sort(hosts.begin(), hosts.end(), [](const auto* a, const auto* b) {
            return std::tie(a->site, a->host) < std::tie(b->site, b->host);
        });
    }
    return hosts;
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

std::string coverage_map(const findings::Watched& watched) {
    constexpr std::int64_t label = 96, row_height = 11;
    std::int64_t first = INT64_MAX, last = INT64_MIN;
    const auto hosts = hosts_drawn(watched);
    for (const auto* host : hosts) {
        if (!host->days.empty()) {
            first = std::min(first, host->first_day);
            last = std::max(last, host->first_day + static_cast<std::int64_t>(host->days.size()) - 1);
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
    for (const auto* host : hosts) {
        if (host->site != site) {
            site = host->site;
            y += 20;
            rows += "<text class=\"t\" x=\"0\" y=\"" + n(y - 6) + "\">" + text::html(site) + "</text>";
        }
        rows += "<text class=\"t\" x=\"" + n(label - 8) + "\" y=\"" + n(y + 8) + "\" text-anchor=\"end\">" +
                text::html(host->host) + "</text>";
        rows += coverage_row(*host, y, row_height - 2, x);
        y += row_height;
    }
    const std::string rest = hosts.size() < watched.hosts.size()
                                 ? "<p class=\"note\">The " + n(static_cast<std::int64_t>(hosts.size())) +
                                       " hosts of which least is known, of " +
                                       count_text(static_cast<std::int64_t>(watched.hosts.size())) +
                                       "; the table names all.</p>\n"
                                 : "";
    return "<div class=\"scroll\"><svg class=\"chart map\" viewBox=\"0 0 1000 " + n(y + 6) +
           "\" role=\"img\" aria-label=\"What is known of each host on each day, from " + day_text(first) + " to " +
           day_text(last) + "; the table of hosts has the numbers\">" + month_ticks(first, last, y, x) + rows +
           "</svg></div>\n" + rest;
}

} // namespace tally::report
