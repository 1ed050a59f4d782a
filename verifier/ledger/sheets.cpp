#include "verifier/ledger/sheets.hpp"

#include "verifier/ledger/days.hpp"
#include "verifier/ledger/ledger.hpp"
#include "verifier/ledger/numbering.hpp"
#include "verifier/ledger/numbers.hpp"

#include <algorithm>
#include <map>

namespace tally::ledger {
namespace {

constexpr std::size_t entries_at_once = 1U << 19U;
constexpr unsigned automation = 1, uncertain_span = 2; // low bits of a stretch's first number

} // namespace

std::string encode_sheet(std::int64_t block, const std::vector<Stretch>& stretches) {
    std::string bytes;
    std::int64_t before = block * sheet_seconds;
    for (const auto& one : stretches) {
        const bool exact = one.start_span == 0 && one.end_span == 0;
        const auto later = static_cast<std::uint64_t>(one.start_from - before);
        put_number(bytes, (later << 2U) | (exact ? 0 : uncertain_span) | (one.automation ? automation : 0));
        put_number(bytes, folded(one.end_from - one.start_from));
        if (!exact) {
            put_number(bytes, static_cast<std::uint64_t>(one.start_span));
            put_number(bytes, static_cast<std::uint64_t>(one.end_span));
        }
        before = one.start_from;
    }
    return bytes;
}

void decode_sheet(std::int64_t block, std::string_view bytes, std::vector<Stretch>& stretches) {
    std::int64_t before = block * sheet_seconds;
    while (!bytes.empty()) {
        const std::uint64_t head = take_number(bytes);
        Stretch one;
        one.start_from = before + static_cast<std::int64_t>(head >> 2U);
        one.automation = (head & automation) != 0;
        one.end_from = one.start_from + unfolded(take_number(bytes));
        if ((head & uncertain_span) != 0) {
            one.start_span = static_cast<std::int64_t>(take_number(bytes));
            one.end_span = static_cast<std::int64_t>(take_number(bytes));
        }
        before = one.start_from;
        stretches.push_back(one);
    }
}

bool is_use(const Pending& session) { return session.layer != Layer::package && session.detail.borrow == 0; }

SheetKey sheet_of(const Pending& session) {
    return {session.user,
            session.feature,
            session.detail.version,
            session.client,
            session.detail.has(Detail::by_host) ? session.log : 0,
            session.start_from.value_or(0) / sheet_seconds};
}

Sheets::Sheets(sqlite::Database& database)
    : select_(database, "SELECT uses FROM sheet WHERE user = ? AND feature = ? AND version = ? AND client = ? AND "
                        "log = ? AND block = ?"),
      replace_(database, "INSERT OR REPLACE INTO sheet (user, feature, version, client, log, block, uses) "
                         "VALUES (?,?,?,?,?,?,?)") {}

void Sheets::add(const Pending& session) {
    if (!session.start_from || !session.end_span || !is_use(session)) {
        return;
    }
    entries_.push_back({sheet_of(session),
                        {*session.start_from, session.start_span, session.end_from, *session.end_span,
                         session.detail.has(Detail::automation)}});
    if (entries_.size() == entries_at_once) {
        flush();
    }
}

void Sheets::flush() {
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.sheet.key() < b.sheet.key(); });
    std::vector<Stretch> stretches;
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        const SheetKey& sheet = entry->sheet;
        stretches.clear();
        for (; entry != entries_.end() && entry->sheet.key() == sheet.key(); ++entry) {
            stretches.push_back(entry->stretch);
        }
        merge(sheet, stretches);
    }
    entries_.clear();
}

void Sheets::merge(const SheetKey& sheet, std::vector<Stretch>& stretches) {
    select_.bind(sheet.user, sheet.feature, sheet.version, sheet.client, sheet.log, sheet.block);
    if (select_.step()) {
        decode_sheet(sheet.block, select_.text(0), stretches);
        select_.step();
    }
    std::sort(stretches.begin(), stretches.end(), [](const Stretch& a, const Stretch& b) { return a.key() < b.key(); });
    const std::string bytes = encode_sheet(sheet.block, stretches);
    replace_.bind(sheet.user, sheet.feature, sheet.version, sheet.client, sheet.log, sheet.block, as_bytes(bytes))
        .run();
}

namespace {

using sqlite::Statement;

struct Span {
    std::int64_t from = 0, to = 0;
};

auto place_of(const Use& use) { return std::tie(use.version, use.client, use.log); }

// The tables as those of Usage, and the sheets of one person and product at a time.
class SheetReader {
public:
    explicit SheetReader(const sqlite::Database& database)
        : logs_(Numbering::of_logs(database)), features_(Numbering::of_texts(database, "feature")),
          users_(Numbering::of_texts(database, "user")), clients_(Numbering::of_texts(database, "client")),
          versions_(Numbering::of_texts(database, "version")),
          sheets_(database, "SELECT version, client, log, block, uses FROM sheet WHERE user = ? AND feature = ?") {
        Statement pair(database, "SELECT DISTINCT user, feature FROM sheet");
        while (pair.step()) {
            add(pair.integer(0), pair.integer(1));
        }
        for (const auto& [place, session] : load_waiting(database)) {
            if (is_use(session)) {
                add(session.user, session.feature).push_back(session);
            }
        }
    }

    void each(const TakeSheet& take) {
        for (const auto& [pair, ids] : pairs_) {
            sheet_ = {pair.first, pair.second, {}};
            finished(ids);
            for (const auto& session : ids.waiting) {
                unfinished(session);
            }
            std::sort(sheet_.uses.begin(), sheet_.uses.end(), [](const Use& a, const Use& b) {
                const auto key = [](const Use& one) {
                    return std::tie(one.start_from, one.start_to, one.end_from, one.end_to, one.version, one.client,
                                    one.log, one.automation);
                };
                return key(a) < key(b);
            });
            take(sheet_);
        }
    }
    [[nodiscard]] UseTables tables() const {
        return {logs_.texts(), features_.texts(), users_.texts(), clients_.texts(), versions_.texts()};
    }

private:
    struct Ids {
        std::int64_t user = 0, feature = 0;
        std::vector<Pending> waiting;
    };

    std::vector<Pending>& add(std::int64_t user, std::int64_t feature) {
        Ids& ids = pairs_[{users_(user), features_(feature)}];
        ids.user = user;
        ids.feature = feature;
        return ids.waiting;
    }
    void finished(const Ids& ids) {
        sheets_.bind(ids.user, ids.feature);
        while (sheets_.step()) {
            stretches_.clear();
            decode_sheet(sheets_.integer(3), sheets_.text(4), stretches_);
            Use use{versions_(sheets_, 0), clients_(sheets_, 1), logs_(sheets_, 2), false, 0, 0, 0, 0};
            for (const auto& stretch : stretches_) {
                use.automation = stretch.automation;
                use.start_from = stretch.start_from;
                use.start_to = stretch.start_from + stretch.start_span;
                use.end_from = stretch.end_from;
                use.end_to = stretch.end_from + stretch.end_span;
                sheet_.uses.push_back(use);
            }
        }
    }
    void unfinished(const Pending& session) {
        const SheetKey sheet = sheet_of(session);
        sheet_.uses.push_back({versions_(sheet.version), clients_(sheet.client), logs_(sheet.log),
                               session.detail.has(Detail::automation), session.start_from.value_or(0),
                               session.start_from ? *session.start_from + session.start_span : session.end_from,
                               session.end_from, session.end_span ? session.end_from + *session.end_span : unknown});
    }

    Numbering logs_, features_, users_, clients_, versions_;
    Statement sheets_;
    std::map<std::pair<std::uint32_t, std::uint32_t>, Ids> pairs_; // by (user, feature)
    UseSheet sheet_;
    std::vector<Stretch> stretches_;
};

Span lower_of(const Use& use, const DayLimits& limits) {
    return {std::max(use.start_to, limits.from), std::min(use.end_from, limits.until)};
}

// An instant that nobody knows lies at most `longest` from the one that is known, and inside the limits. Without any the
// use is counted as if it had been short.
Span upper_of(const Use& use, const DayLimits& limits) {
    std::int64_t from = use.start_from;
    std::int64_t to = use.end_to;
    if (from == 0) {
        from = limits.longest != unknown ? std::max<std::int64_t>(0, to - limits.longest) : limits.from != 0 ? 0 : to;
    }
    if (to == unknown) {
        to = limits.longest != unknown ? std::max(use.end_from, use.start_from + limits.longest)
             : limits.until != unknown ? unknown
                                       : use.end_from;
    }
    return {std::max(from, limits.from), std::min(to, limits.until)};
}

// The days of the uses at one place.
class DayRows {
public:
    DayRows(const UseSheet& sheet, const DayLimits& limits, std::vector<DayUse>& days)
        : sheet_(sheet), limits_(limits), days_(days), begin_(days.size()) {}

    void add(const std::vector<const Use*>& uses) {
        for (const auto* use : uses) {
            touch(*use);
        }
        live(uses, lower_of, &DayUse::seconds_lower);
        live(uses, upper_of, &DayUse::seconds_upper);
    }

private:
    DayUse& row(std::int64_t day, const Use& use) {
        auto at = std::lower_bound(days_.begin() + static_cast<std::ptrdiff_t>(begin_), days_.end(), day,
                                   [](const DayUse& one, std::int64_t wanted) { return one.day < wanted; });
        if (at == days_.end() || at->day != day) {
            at = days_.insert(
                at, {sheet_.user, sheet_.feature, use.version, use.client, use.log, day, 0, 0, 0, unknown, true});
        }
        return *at;
    }
    void touch(const Use& use) {
        Span span = upper_of(use, limits_);
        const bool begins = use.start_from != 0 && limits_.from <= use.start_from && use.start_from < limits_.until;
        if (!begins && span.from >= span.to) { // an end alone: it was there the second before
            const std::int64_t there = use.end_from - 1;
            if (use.start_from != 0 || there < limits_.from || there >= limits_.until) {
                return;
            }
            span = {there, there};
        }
        const std::int64_t first = span.from / seconds_per_day;
        const std::int64_t last = std::max(first, (span.to - 1) / seconds_per_day);
        for (std::int64_t day = first; day <= last; ++day) {
            DayUse& touched = row(day, use);
            touched.automation = touched.automation && use.automation;
            if (begins && day == first) {
                ++touched.starts;
                touched.first_start = std::min(touched.first_start, use.start_from);
            }
        }
    }
    // Seconds of the union of the spans, day by day. The uses are ordered by one end only, so the spans are sorted.
    void live(const std::vector<const Use*>& uses, Span (*span_of)(const Use&, const DayLimits&),
              std::int64_t DayUse::*seconds) {
        spans_.clear();
        for (const auto* use : uses) {
            spans_.push_back(span_of(*use, limits_));
        }
        std::sort(spans_.begin(), spans_.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
        std::int64_t covered = 0;
        for (const auto& span : spans_) {
            for (std::int64_t at = std::max(span.from, covered); at < span.to;) {
                const std::int64_t day = at / seconds_per_day;
                const std::int64_t until = std::min(span.to, (day + 1) * seconds_per_day);
                row(day, *uses.front()).*seconds += until - at;
                at = until;
            }
            covered = std::max(covered, span.to);
        }
    }

    const UseSheet& sheet_;
    const DayLimits& limits_;
    std::vector<DayUse>& days_;
    std::size_t begin_; // of this place's rows
    std::vector<Span> spans_;
};

} // namespace

UseTables for_each_sheet(const Ledger& ledger, const TakeSheet& take) {
    SheetReader reader(ledger.database());
    reader.each(take);
    return reader.tables();
}

void append_days(const UseSheet& sheet, const DayLimits& limits, std::vector<DayUse>& days) {
    std::vector<const Use*> uses;
    uses.reserve(sheet.uses.size());
    for (const auto& use : sheet.uses) {
        uses.push_back(&use);
    }
    std::stable_sort(uses.begin(), uses.end(), [](const Use* a, const Use* b) { return place_of(*a) < place_of(*b); });
    for (auto first = uses.begin(); first != uses.end();) {
        const auto next =
            std::find_if(first, uses.end(), [&](const Use* use) { return place_of(*use) != place_of(**first); });
        DayRows(sheet, limits, days).add({first, next});
        first = next;
    }
}

UseDays load_days(const Ledger& ledger, const DayLimits& limits) {
    UseDays use;
    use.tables = for_each_sheet(ledger, [&](const UseSheet& sheet) { append_days(sheet, limits, use.days); });
    return use;
}

} // namespace tally::ledger
