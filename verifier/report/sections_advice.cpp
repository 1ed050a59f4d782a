// What could be saved and what must be settled: tokens, idle seats, right sizes, true-up, published figures beside own.
#include "verifier/report/sections.hpp"

#include "tally/text/date.hpp"
#include "verifier/report/chart.hpp"
#include "verifier/report/table.hpp"
#include "verifier/report/words.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace tally::report {
namespace {

using text::html;

void money_cell(Table& table, const std::optional<text::Decimal>& amount, const std::string& currency) {
    table.cell(amount ? html(money_text(*amount, currency)) : "–", std::to_string(amount ? amount->units() : 0));
}

std::string packs_table(const findings::Outcome& outcome) {
    Table table("t-packs", "Packs of tokens, after everything that was charged.",
                {{"Pack"},
                 {"Pool"},
                 {"Tokens", Align::number},
                 {"Used", Align::number},
                 {"Left", Align::number},
                 {"Used, drawn"},
                 {"Start", Align::fixed},
                 {"End", Align::fixed}});
    for (const auto& pack : outcome.packs) {
        table.text(pack.pack).text(pack.pool).number(pack.tokens, count_text(pack.tokens));
        table.number(pack.used.lower, bounds_text(pack.used)).number(pack.left.lower, bounds_text(pack.left));
        table.cell(bullet(pack.used, pack.tokens, std::max<std::int64_t>(1, pack.tokens)));
        table.text(text::format_day(pack.start_day)).text(text::format_day(pack.end_day));
    }
    return table.str();
}

std::string charges_table(const findings::Outcome& outcome) {
    Table table("t-charges", "Each charge: a window of 24 hours, a day, or a result.",
                {{"When", Align::fixed}, {"Person"}, {"Product"}, {"Tokens", Align::number}, {"Pool"}, {"Pack"}});
    for (const auto& charge : outcome.charges) {
        if (table.rows() == most_rows) {
            break;
        }
        table.text(instant_text(charge.at)).cell(person(charge.person)).text(charge.product);
        table.number(charge.tokens.lower, bounds_text(charge.tokens)).text(charge.pool);
        table.cell(charge.pack == "short" ? "<span class=\"chip bad\">none left</span>" : html(charge.pack));
    }
    return table.rows() == 0 ? "" : table.str();
}

// How long seats lie unused: a bar for each range of days; of each, those that the rule calls dormant stand apart.
std::string idle_chart(const std::vector<findings::SeatUse>& seats) {
    struct Range {
        std::int64_t from, to;
        std::string_view words;
        std::int64_t dormant = 0, other = 0;
    };
    std::array<Range, 7> ranges = {{{0, 7, "0–7 days"},
                                    {8, 30, "8–30"},
                                    {31, 60, "31–60"},
                                    {61, 89, "61–89"},
                                    {90, 180, "90–180"},
                                    {181, 365, "181–365"},
                                    {366, INT64_MAX, "over a year"}}};
    std::int64_t most = 1;
    for (const auto& seat : seats) {
        for (auto& range : ranges) {
            if (seat.days_idle >= range.from && seat.days_idle <= range.to) {
                (seat.is_dormant ? range.dormant : range.other) += 1;
                most = std::max(most, range.dormant + range.other);
            }
        }
    }
    constexpr std::int64_t column = 104, ground = 160, tall = 126;
    std::string svg = "<path class=\"k\" d=\"M0 " + std::to_string(ground) + "H728\"/>";
    std::string words;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        const auto& range = ranges[i];
        const auto x = static_cast<std::int64_t>(i) * column;
        const std::int64_t all = range.dormant + range.other;
        const std::int64_t high = all == 0 ? 0 : std::max<std::int64_t>(2, all * tall / most);
        const std::int64_t dormant = all == 0 ? 0 : high * range.dormant / all;
        const auto bar_part = [&](std::string_view mark, std::int64_t y, std::int64_t size) {
            return size == 0 ? std::string()
                             : "<rect class=\"" + std::string(mark) + "\" x=\"" + std::to_string(x + 10) + "\" y=\"" +
                                   std::to_string(y) + "\" width=\"" + std::to_string(column - 20) + "\" height=\"" +
                                   std::to_string(size) + "\"/>";
        };
        const std::string middle = std::to_string(x + column / 2);
        svg += bar_part("i0", ground - high, high - dormant) + bar_part("i1", ground - dormant, dormant);
        svg += "<text class=\"v c" + std::string(all == 0 ? " t" : "") + "\" x=\"" + middle + "\" y=\"" +
               std::to_string(ground - high - 7) + "\">" + count_text(all) + "</text><text class=\"t c\" x=\"" +
               middle + "\" y=\"" + std::to_string(ground + 18) + "\">" + std::string(range.words) + "</text>";
        words += (words.empty() ? "" : ", ") + std::string(range.words) + ": " + count_text(all);
    }
    return "<div class=\"scroll\"><svg class=\"chart bins\" viewBox=\"0 0 728 188\" role=\"img\" aria-label=\"Seats by "
           "days "
           "unused. " +
           words + "\">" + svg + "</svg></div>\n";
}

std::string seats_table(const findings::Advice& advice) {
    std::vector<const findings::SeatUse*> seats;
    for (const auto& seat : advice.seats) {
        seats.push_back(&seat);
    }
    std::stable_sort(seats.begin(), seats.end(),
                     [](const auto* a, const auto* b) { return a->days_idle > b->days_idle; });
    Table table("t-seats", "Every named seat that is held, longest unused first.",
                {{"Person"},
                 {"Line"},
                 {"Product"},
                 {"Assigned", Align::fixed},
                 {"Last used", Align::fixed},
                 {"Days unused", Align::number},
                 {"Judgement"}});
    for (const auto* seat : seats) {
        if (table.rows() == most_rows) {
            break;
        }
        table.cell(person(seat->person)).text(seat->line).text(seat->product);
        table.text(text::format_day(seat->assigned_day))
            .text(seat->last_day ? text::format_day(*seat->last_day) : "never");
        table.number(seat->days_idle, count_text(seat->days_idle));
        std::string words;
        const auto chip = [&](bool holds, std::string_view kind, std::string_view text) {
            words += holds ? "<span class=\"chip " + std::string(kind) + "\">" + std::string(text) + "</span> " : "";
        };
        chip(seat->is_dormant, "save", "dormant");
        chip(seat->is_inactive_by_months && !seat->is_dormant, "", "inactive by months");
        chip(seat->is_rare, "", "rare");
        const std::string_view plain = !seat->last_day ? "not used yet" : seat->days_idle <= 30 ? "in use" : "idle";
        table.cell(words.empty() ? std::string(plain) : words, words.empty() ? "~" : words);
    }
    return table.str();
}

std::string sizes_table(const findings::Advice& advice) {
    Table table("t-sizes",
                "What each line would have to hold: the 95th percentile of daily peaks of watched working "
                "days, and a tenth more; named lines by the seats that are used.",
                {{"Line"},
                 {"Product"},
                 {"Bought", Align::number},
                 {"Most", Align::number},
                 {"95th percentile", Align::number},
                 {"Days", Align::number},
                 {"Recommended", Align::number},
                 {"Now a year", Align::number},
                 {"Then a year", Align::number},
                 {"Because"}});
    for (const auto& size : advice.sizes) {
        table.text(size.line).text(size.product).number(size.quantity, count_text(size.quantity));
        const bool by_peaks = size.metric != inputs::Metric::named;
        table.number(size.peak.lower, bounds_text(size.peak));
        table.number(by_peaks ? size.percentile.lower : -1, by_peaks ? bounds_text(size.percentile) : "–");
        table.number(size.days, count_text(size.days));
        table.number(size.recommended.value_or(-1), size.recommended ? count_text(*size.recommended) : "–");
        money_cell(table, size.cost_now, size.currency);
        money_cell(table, size.cost_then, size.currency);
        table.text(size.because);
    }
    return table.str();
}

// A view may leave out a finding that says somebody's name: its link would lead nowhere.
bool is_listed(const Subject& subject, const std::string& id) {
    const auto& all = subject.outcome.findings;
    return std::any_of(all.begin(), all.end(), [&](const auto& finding) { return finding.id == id; });
}

std::string true_up_table(const Subject& subject) {
    Table table("t-true-up", "If every line were settled today.",
                {{"Line"},
                 {"Product"},
                 {"Bought", Align::number},
                 {"Most", Align::number},
                 {"Due", Align::number},
                 {"Price of one", Align::number},
                 {"Amount", Align::number},
                 {"Evidence"}});
    for (const auto& row : subject.outcome.advice.true_up) {
        table.text(row.line).text(row.product).number(row.bought, count_text(row.bought));
        table.number(row.peak.lower, bounds_text(row.peak)).number(row.due.lower, bounds_text(row.due));
        money_cell(table, row.price, row.currency);
        money_cell(table, row.amount, row.currency);
        std::string links;
        for (const auto& id : row.findings) {
            links += std::string(links.empty() ? "" : " ") +
                     (is_listed(subject, id) ? "<a class=\"mono\" href=\"#f-" + html(id) + "\">" + html(id) + "</a>"
                                             : "<code>" + html(id) + "</code>");
        }
        table.cell(links.empty() ? "–" : links);
    }
    return table.str();
}

// How every exposure and cure was reckoned, so that whoever pays can do it again.
std::string calculation_table(const Subject& subject) {
    Table table("t-calculation",
                "Seats × days × price (the product), added up for each finding. What is past is then divided by 365 "
                "and rounded once, "
                "half to even, to a hundredth; what is to buy now is that sum as it is: seats for a year, or tokens. "
                "finding_amounts.csv has each stretch of days apart.",
                {{"Finding"},
                 {"Amount"},
                 {"From", Align::fixed},
                 {"Until", Align::fixed},
                 {"Days", Align::number},
                 {"Seats", Align::number},
                 {"Price of one", Align::number},
                 {"Priced by"},
                 {"Product", Align::number}});
    for (const auto& finding : subject.outcome.findings) {
        for (const auto& part : findings::summed_up(finding.parts)) {
            const bool past = part.of == findings::AmountOf::exposure;
            table.cell("<a class=\"mono\" href=\"#f-" + finding.id + "\">" + finding.id + "</a>");
            table.text(past ? "past" : "to buy now");
            table.text(text::format_day(part.from)).text(text::format_day(part.until));
            table.number(part.days, past ? count_text(part.days) : "–").number(part.seats, count_text(part.seats));
            money_cell(table, part.price, finding.currency);
            table.text(part.priced_by);
            money_cell(table, part.product(), finding.currency);
        }
    }
    return table.rows() == 0 ? none("No finding has an amount: nothing certain is priced.") : table.str();
}

std::string share_text(std::int64_t milli) {
    return std::to_string(milli / 10) + (milli % 10 == 0 ? "" : "." + std::to_string(milli % 10)) + " %";
}

std::string benchmarks_table(const findings::Advice& advice) {
    Table table("t-benchmarks",
                "Published figures, and the same figure here. Published ranges are of other estates: they "
                "inform and judge nothing.",
                {{"Figure"},
                 {"Here", Align::number},
                 {"Of", Align::number},
                 {"Share", Align::number},
                 {"Published", Align::fixed},
                 {"Published saving"},
                 {"Source"}});
    for (const auto& row : advice.benchmarks) {
        table.text(row.name)
            .number(row.own_count, bounds_text({row.own_count_least, row.own_count}))
            .number(row.own_of, bounds_text({row.own_of_least, row.own_of}));
        const auto own = row.own_milli();
        table.number(own.value_or(-1), own ? share_text(*own) : "–");
        table.text(row.published_to == 0 ? "–"
                                         : share_text(row.published_from) + " to " + share_text(row.published_to));
        table.text(row.saving).text(row.source);
    }
    return table.str();
}

std::string cost_table(const findings::CostComparison& costs) {
    Table table("t-costs-" + costs.currency, costs.label,
                {{"When the gap is found"},
                 {"How"},
                 {"Licences", Align::number},
                 {"On top, from", Align::number},
                 {"On top, to", Align::number}});
    for (const auto& row : costs.cases) {
        table.text(row.name).text(row.found);
        money_cell(table, row.licences, costs.currency);
        money_cell(table, row.from, costs.currency);
        money_cell(table, row.to, costs.currency);
    }
    return table.str();
}

} // namespace

std::string tokens_section(const Subject& subject) {
    const auto& outcome = subject.outcome;
    if (outcome.packs.empty()) {
        return none("No packs of tokens have been imported (<code>tally-verifier import token-packs FILE</code>), so "
                    "nothing is drawn from them.");
    }
    std::string out;
    std::set<std::string> pools;
    for (const auto& pack : outcome.packs) {
        pools.insert(pack.pool);
    }
    std::size_t index = 0;
    for (const auto& pool : pools) {
        std::int64_t first = outcome.observed.to;
        for (const auto& pack : outcome.packs) {
            first = pack.pool == pool ? std::min(first, pack.start_day * text::seconds_per_day) : first;
        }
        out += "<figure><figcaption><h3>" + html(pool) +
               "</h3><span>tokens left; the broken line goes on as the last 90 days went, the band is what is not "
               "ruled out</span></figcaption>" +
               token_chart({"k" + std::to_string(++index), "Tokens left in " + pool, "tokens left"}, outcome, pool,
                           {first, outcome.observed.to}) +
               "</figure>\n";
    }
    return out + packs_table(outcome) + charges_table(outcome);
}

std::string seats_section(const Subject& subject) {
    const auto& advice = subject.outcome.advice;
    if (advice.seats.empty()) {
        return none("Nobody is assigned to a named-user line.");
    }
    const auto dormant =
        std::count_if(advice.seats.begin(), advice.seats.end(), [](const auto& seat) { return seat.is_dormant; });
    return "<figure><figcaption><h3>Days since a seat was last used</h3><span>" +
           plural(static_cast<std::int64_t>(advice.seats.size()), "seat", "seats") + ", " + count_text(dormant) +
           " dormant by the rule</span></figcaption><ul class=\"legend\"><li><svg viewBox=\"0 0 26 10\" class=\"chart "
           "bins\" aria-hidden=\"true\"><rect class=\"i0\" width=\"26\" height=\"10\"/></svg>held</li><li><svg "
           "viewBox=\"0 "
           "0 26 10\" class=\"chart bins\" aria-hidden=\"true\"><rect class=\"i1\" width=\"26\" "
           "height=\"10\"/></svg>dormant by the rule</li></ul>" +
           idle_chart(advice.seats) + "</figure>\n" + seats_table(advice);
}

std::string renewal_section(const Subject& subject) {
    const auto& advice = subject.outcome.advice;
    if (advice.sizes.empty() && advice.true_up.empty()) {
        return none("No entitlements have been imported, so there is nothing to renew or to settle.");
    }
    std::string costs;
    for (const auto& comparison : advice.costs) {
        costs += "<h3>What finding it early is worth</h3>\n" + cost_table(comparison);
    }
    return "<h3>Right sizes</h3>\n" + sizes_table(advice) + "<h3>True-up statement</h3>\n" + true_up_table(subject) +
           "<h3 id=\"calculation\">Calculation sheet</h3>\n" + calculation_table(subject) + costs +
           (advice.benchmarks.empty() ? "" : "<h3>Beside published figures</h3>\n" + benchmarks_table(advice));
}

} // namespace tally::report
