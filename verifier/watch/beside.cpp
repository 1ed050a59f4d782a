// Every person and product of the vendor's exports of use beside the own records of the same days, with the class of
// why they differ. A table for people; what is a finding is decided in exports.cpp.
#include "verifier/watch/hosts.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace tally::watch {
namespace {

struct Beside {
    std::int64_t first = 0, last = 0, sum = 0, sessions = 0;
    std::set<std::int64_t> days; // those that are said one by one
    bool counts_sessions = false, is_summary = false;
};
using Key = std::tuple<std::string, std::string>; // product, person; as the records name them

void add(Beside& told, const inputs::ExportedUse& row, bool is_new, bool is_summary) {
    told.first = is_new ? row.first : std::min(told.first, row.first);
    told.last = is_new ? row.last : std::max(told.last, row.last);
    told.is_summary = told.is_summary || is_summary;
    if (row.days == row.last - row.first + 1 && !is_summary) {
        for (std::int64_t day = row.first; day <= row.last; ++day) {
            told.days.insert(day);
        }
    } else {
        told.sum += row.days;
    }
    if (row.sessions) {
        told.counts_sessions = true;
        told.sessions += *row.sessions;
    }
}

// Days on which the records prove use, or do not rule it out; and whether all of it was where nothing signs in.
struct Own {
    std::set<std::int64_t> lower, upper;
    std::int64_t sessions = 0;
    bool offline = true;
};

void add_days(std::set<std::int64_t>& days, const Span& span, std::int64_t first, std::int64_t last) {
    if (span.from < span.to) {
        for (auto day = std::max(first, text::day_of(span.from)); day <= std::min(last, text::day_of(span.to - 1));
             ++day) {
            days.insert(day);
        }
    }
}

Own own_use(const Facts& facts, std::uint32_t person, std::uint32_t word, std::int64_t first, std::int64_t last) {
    Own own;
    for (const auto& stay : facts.stays_of(person, word)) {
        if (!stay.is_use()) {
            continue;
        }
        const std::size_t before = own.upper.size();
        add_days(own.lower, stay.lower, first, last);
        add_days(own.upper, stay.lower, first, last);
        add_days(own.upper, stay.upper, first, last);
        const auto began = text::day_of(stay.lower.from);
        own.sessions += first <= began && began <= last ? 1 : 0;
        const auto* host = facts.devices[stay.device].row;
        own.offline = own.offline && (own.upper.size() == before || host == nullptr || !host->sign_in_hours);
    }
    return own;
}

// The class of a difference (docs/reference/report.md); empty: none.
std::string_view reason_of(const VendorUse& use, const Own& own, bool is_known, bool is_summary) {
    if (!is_known) {
        return "unknown_product";
    }
    if (use.person.empty()) {
        return "hidden_person";
    }
    if (use.own_days.lower <= use.vendor_days && use.vendor_days <= use.own_days.upper) {
        return "";
    }
    if (use.own_days.upper == 0) {
        return "not_recorded";
    }
    if (use.vendor_days > use.own_days.upper) {
        return is_summary ? "summary" : "vendor_tells_more";
    }
    return own.offline ? "offline_computers" : use.vendor_days == 0 ? "not_exported" : "records_tell_more";
}

struct Days {
    std::int64_t first = 0, last = 0;
};

// Persons who used a product in the days of its export and are not in it.
void add_missing(const Facts& facts, const std::map<std::uint32_t, Days>& exported, std::map<Key, Beside>& told) {
    for (const auto& row : facts.days) {
        const auto span = exported.find(row.word);
        if (span != exported.end() && span->second.first <= row.day && row.day <= span->second.last) {
            Beside none;
            none.first = span->second.first;
            none.last = span->second.last;
            told.try_emplace({facts.words[row.word], facts.persons[row.person].name}, none);
        }
    }
}

} // namespace

void lay_beside(const Facts& facts, Outcome& outcome) {
    std::map<Key, Beside> told;
    std::map<std::uint32_t, Days> exported;
    for (const auto& row : facts.inputs->usage_exports) {
        const auto word = facts.word(row.product);
        const auto person = facts.person(row.user);
        if (row.first >= facts.as_of_day()) {
            continue;
        }
        const auto* file = facts.inputs->file_of(row.at);
        const auto [place, is_new] = told.try_emplace({word == count::nobody ? row.product : facts.words[word],
                                                       row.user.empty()          ? ""
                                                       : person == count::nobody ? row.user
                                                                                 : facts.persons[person].name});
        add(place->second, row, is_new, file != nullptr && file->layout == "usage report");
        if (word != count::nobody) {
            const auto [span, first] = exported.try_emplace(word, Days{row.first, row.last});
            span->second.first = std::min(span->second.first, row.first);
            span->second.last = std::max(span->second.last, row.last);
        }
    }
    add_missing(facts, exported, told);
    for (const auto& [key, one] : told) {
        const auto& [product, name] = key;
        const auto word = facts.word(product);
        const auto person = facts.person(name);
        VendorUse use{name, product, one.first, one.last, one.sum + static_cast<std::int64_t>(one.days.size()),
                      {},   {},      0,         ""};
        Own own;
        if (word != count::nobody && person != count::nobody) {
            own = own_use(facts, person, word, one.first, one.last);
        }
        use.own_days = {static_cast<std::int64_t>(own.lower.size()), static_cast<std::int64_t>(own.upper.size())};
        use.own_sessions = own.sessions;
        if (one.counts_sessions) {
            use.vendor_sessions = one.sessions;
        }
        use.reason = reason_of(use, own, word != count::nobody, one.is_summary);
        outcome.watched.vendor_use.push_back(std::move(use));
    }
}

} // namespace tally::watch
