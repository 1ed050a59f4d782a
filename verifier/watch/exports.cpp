// What the vendor's own export of use says beside the own record, for persons who work on computers that both see
// (R-COVERAGE): days that only one of the two knows.
#include "verifier/watch/hosts.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tally::watch {
namespace {

using inputs::ExportedUse;

// Days that the vendor tells of one person and product: [first, last], and on how many of them.
struct Told {
    std::int64_t first = 0, last = 0, days = 0;
    bool exact = true; // on each of them
};

struct Export {
    std::int64_t first = 0, last = 0;                     // of all rows of the product
    bool hides = false;                                   // has rows whose person it does not name
    std::map<std::uint32_t, std::vector<ExportedUse>> of; // by person
    RowRef row;
};

// A summary says how many days were used and when last, not since when: it cannot be compared day by day.
bool is_comparable(const Facts& facts, const ExportedUse& row) {
    const auto* file = facts.inputs->file_of(row.at);
    return file == nullptr || file->layout != "usage report";
}

std::map<std::uint32_t, Export> exports_by_word(const Facts& facts) {
    const std::int64_t from = text::day_of(facts.period.from);
    const std::int64_t to = facts.as_of_day();
    std::map<std::uint32_t, Export> exports;
    for (const auto& row : facts.inputs->usage_exports) {
        const auto word = facts.word(row.product);
        if (word == count::nobody || row.last < from || row.last >= to || !is_comparable(facts, row)) {
            continue;
        }
        auto [known, is_new] = exports.try_emplace(word);
        Export& one = known->second;
        one.first = is_new ? row.first : std::min(one.first, row.first);
        one.last = is_new ? row.last : std::max(one.last, row.last);
        const auto person = facts.person(row.user);
        if (person == count::nobody) {
            one.hides = true;
        } else {
            one.of[person].push_back(row);
        }
    }
    return exports;
}

// Rows that meet or touch as one, so that two releases on one day are one day.
std::vector<Told> merged(std::vector<ExportedUse> rows) {
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Told> all;
    for (const auto& row : rows) {
        const bool exact = row.days == row.last - row.first + 1;
        if (all.empty() || row.first > all.back().last + 1) {
            all.push_back({row.first, row.last, row.days, exact});
            continue;
        }
        Told& told = all.back();
        told.exact = told.exact && exact;
        told.last = std::max(told.last, row.last);
        told.days = told.exact ? told.last - told.first + 1 : std::max(told.days, row.days);
    }
    return all;
}

// Days of own use between two days, of computers that both see and of all.
struct OwnDays {
    std::vector<std::int64_t> all, always,
        sometimes;                    // sorted; on any, on one that always, on one that sometimes signs in
    std::vector<std::uint32_t> stays; // on `always`
};

void insert_day(std::vector<std::int64_t>& days, std::int64_t day) {
    if (days.empty() || days.back() != day) {
        days.push_back(day);
    }
}

OwnDays own_days(const Facts& facts, std::uint32_t person, std::uint32_t word, std::int64_t first, std::int64_t last) {
    OwnDays own;
    const auto [begin, end] = facts.days_of(person, word);
    for (const auto* row = begin; row != end; ++row) { // by day
        if (row->day < first || row->day > last) {
            continue;
        }
        insert_day(own.all, row->day);
        const auto* host = facts.devices[row->device].row;
        if (host == nullptr || !host->sign_in_hours || row->automation) {
            continue;
        }
        insert_day(own.sometimes, row->day);
        if (*host->sign_in_hours <= facts.rules->token_sign_in_hours) {
            insert_day(own.always, row->day);
            own.stays.push_back(row->first_stay);
        }
    }
    return own;
}

// Computers that sign in and that the person worked on between the two days, with whatever product.
std::set<std::uint32_t> connected_devices(const Facts& facts, std::uint32_t person, std::int64_t first,
                                          std::int64_t last) {
    std::set<std::uint32_t> devices;
    const auto [begin, end] = facts.days_of(person);
    for (const auto* row = begin; row != end; ++row) {
        const auto* host = facts.devices[row->device].row;
        if (row->day >= first && row->day <= last && host != nullptr && host->sign_in_hours) {
            devices.insert(row->device);
        }
    }
    return devices;
}

std::int64_t days_within(const std::vector<std::int64_t>& days, std::int64_t first, std::int64_t last) {
    const auto from = std::lower_bound(days.begin(), days.end(), first);
    return std::upper_bound(from, days.end(), last) - from;
}

// Whole or partly dark days of these computers: use on them may be what the vendor saw.
std::int64_t dark_days(const std::vector<HostWatch>& hosts, const std::set<std::uint32_t>& devices,
                       const Span& within) {
    std::set<std::int64_t> days;
    for (const auto& host : hosts) {
        if (devices.count(host.device) == 0) {
            continue;
        }
        for (const auto& span : unexplained(host, within)) {
            for (auto day = text::day_of(span.from); day <= text::day_of(span.to - 1); ++day) {
                days.insert(day);
            }
        }
    }
    return static_cast<std::int64_t>(days.size());
}

// Days that the vendor tells and the own record lacks. A day of the vendor's may be the one before or after: its day
// begins in another zone, or with a window of 24 hours.
std::int64_t lacking(const std::vector<Told>& all, const OwnDays& own) {
    std::int64_t days = 0;
    for (const auto& told : all) {
        days += std::max<std::int64_t>(0, told.days - days_within(own.all, told.first - 1, told.last + 1));
    }
    return days;
}

bool is_told(const std::vector<Told>& all, std::int64_t day) {
    return std::any_of(all.begin(), all.end(),
                       [&](const Told& told) { return told.first - 1 <= day && day <= told.last + 1; });
}

// Days of own use that the vendor does not tell. lower: only days two apart or more, since a window of 24 hours that
// began on one day covers use of the next; upper: each day.
Bounds untold(const std::vector<Told>& all, const OwnDays& own, std::int64_t first, std::int64_t last) {
    Bounds days;
    std::int64_t taken = first - 2;
    std::map<const Told*, std::int64_t> inside;
    for (const auto day : own.always) {
        if (day < first || day > last || day < taken + 2) {
            continue;
        }
        taken = day;
        days.lower += is_told(all, day) ? 0 : 1;
        for (const auto& told : all) {
            inside[&told] += told.first <= day && day <= told.last ? 1 : 0;
        }
    }
    for (const auto& [told, picked] : inside) {
        days.lower += std::max<std::int64_t>(0, picked - told->days);
    }
    for (const auto day : own.sometimes) {
        days.upper += day >= first && day <= last && !is_told(all, day) ? 1 : 0;
    }
    days.upper = std::max(days.upper, days.lower);
    return days;
}

struct Comparison {
    const Facts& facts;
    const std::vector<HostWatch>& hosts;
    std::uint32_t word = 0, person = 0;
    const Export& vendor;
    std::vector<Told> told;

    [[nodiscard]] Finding finding(const Bounds& days, const char* sees) const {
        Finding finding;
        finding.code = Code::sources_disagree;
        finding.severity = severity_of(finding.code);
        finding.certainty = days.lower > facts.rules->export_days ? Certainty::certain : Certainty::possible;
        finding.product = facts.products[word].name;
        finding.person = facts.persons[person].name;
        finding.subject = finding.person + "/" + finding.product + "/export";
        finding.unit = "days";
        finding.quantity = days;
        finding.when = {vendor.first * text::seconds_per_day, (vendor.last + 1) * text::seconds_per_day};
        finding.details = {{"more is seen by", sees}};
        const auto rows = vendor.of.find(person);
        if (rows == vendor.of.end()) {
            finding.details.emplace_back("in the export", "not at all");
        } else {
            for (const auto& row : rows->second) {
                if (finding.rows.size() < rules::evidence_kept) {
                    finding.rows.push_back(row.at);
                }
            }
        }
        return finding;
    }
};

std::string days_text(const Bounds& days) {
    return days.lower == days.upper ? std::to_string(days.upper)
                                    : std::to_string(days.lower) + " to " + std::to_string(days.upper);
}

void vendor_sees_more(const Comparison& one, Outcome& outcome) {
    const auto& facts = one.facts;
    const auto devices = connected_devices(facts, one.person, one.vendor.first, one.vendor.last);
    if (devices.empty() || one.told.empty()) {
        return; // works where only the vendor sees: the two records add up, they do not disagree
    }
    const auto own = own_days(facts, one.person, one.word, one.vendor.first - 1, one.vendor.last + 1);
    const std::int64_t days = lacking(one.told, own);
    if (days <= facts.rules->export_days) {
        return;
    }
    const Span when{one.vendor.first * text::seconds_per_day, (one.vendor.last + 1) * text::seconds_per_day};
    const Bounds bounds{std::max<std::int64_t>(0, days - dark_days(one.hosts, devices, when)), days};
    Finding finding = one.finding(bounds, "the vendor");
    finding.text = "the vendor's export tells of " + days_text(bounds) +
                   " days of use that the records of the person's connected computers lack";
    finding.remedy = "ask where the person worked: a computer without a recorder, a program that the recorder does not "
                     "watch, a shared sign-in";
    add_finding(outcome, std::move(finding));
}

void own_record_sees_more(const Comparison& one, Outcome& outcome) {
    const auto& facts = one.facts;
    if (one.vendor.hides && one.told.empty()) {
        return; // may be one of those whom the export does not name
    }
    // The first and the last day of an export may be cut by another zone.
    const std::int64_t first = one.vendor.first + 1;
    const std::int64_t last = one.vendor.last - 1;
    const auto own = own_days(facts, one.person, one.word, first, last);
    Bounds days = untold(one.told, own, first, last);
    days.lower = one.vendor.hides ? 0 : days.lower;
    if (days.upper <= facts.rules->export_days) {
        return;
    }
    Finding finding = one.finding(days, "the own record");
    finding.text =
        "the records of connected computers tell of " + days_text(days) + " days of use that the vendor's export lacks";
    finding.remedy = "ask the vendor whether the person has agreed to the collection of data, under which account he "
                     "signs in, and how late the export is";
    for (const auto stay : own.stays) {
        finding.records.push_back(facts.start_of(facts.stays[stay]));
    }
    add_finding(outcome, std::move(finding));
}

} // namespace

void judge_exports(const Facts& facts, Outcome& outcome) {
    const auto exports = exports_by_word(facts);
    if (exports.empty()) {
        return;
    }
    const auto hosts = hosts_of(facts);
    for (const auto& [word, vendor] : exports) {
        for (std::uint32_t person = 1; person < facts.persons.size(); ++person) {
            const auto rows = vendor.of.find(person);
            const Comparison one{facts,  hosts,  word,
                                 person, vendor, rows == vendor.of.end() ? std::vector<Told>{} : merged(rows->second)};
            vendor_sees_more(one, outcome);
            own_record_sees_more(one, outcome);
        }
    }
}

} // namespace tally::watch
