#include "packager/obligations/standing.hpp"

#include "tally/line/parse.hpp"
#include "tally/text/date.hpp"

#include <algorithm>
#include <set>

namespace tally::obligations {
namespace {

using submission::Export;
using submission::Word;

constexpr std::int64_t day_s = text::seconds_per_day;
constexpr std::int64_t long_ago = 400 * day_s;
constexpr std::int64_t earliest_clock = 1'577'836'800; // 2020-01-01: before that no station existed
constexpr std::int64_t latest_clock = 253'402'300'799; // 9999-12-31
constexpr std::int64_t zones_apart = 14 * 3600;        // a declaration may have been made by the days of another zone
constexpr std::size_t walked_periods = 400;

std::string decoded(const line::Fields& fields, std::string_view key) {
    return line::decode_text(fields.string(key).value_or(""));
}
std::int64_t seconds_of(const line::Fields& fields, std::string_view key) {
    return static_cast<std::int64_t>(fields.integer(key).value_or(0));
}
std::int64_t wall_s(const line::Fields& fields) { return seconds_of(fields, "wall") / 1000; }

struct Spoken {
    Word word = Word::nil;
    std::string agreement;
    std::int64_t from = 0;
    std::optional<std::int64_t> to;
};

struct Taken : Receipt {
    std::string agreement;
    std::set<std::string> bundles;
};

// All that the log tells, read once.
struct Told {
    std::vector<AgreementTerms> agreements;
    std::vector<Spoken> words; // of the whole site
    std::vector<Taken> receipts;
    std::set<std::pair<std::string, std::uint64_t>> written;

    // What is named so is the agreement's, or serves all because no agreement is called that.
    [[nodiscard]] bool concerns(const std::string& name, const AgreementTerms& terms) const {
        return name == terms.id ||
               std::none_of(agreements.begin(), agreements.end(), [&](const auto& other) { return other.id == name; });
    }
};

void read_words(StationLog& log, Told& told) {
    log.for_each("declare", [&](const line::Fields& fields) {
        const auto kind = fields.string("kind");
        if ((kind == "nil" || kind == "justification") && fields.string("about") == "") {
            std::optional<std::int64_t> to;
            if (fields.integer("to")) {
                to = seconds_of(fields, "to");
            }
            told.words.push_back({kind == "nil" ? Word::nil : Word::justification, decoded(fields, "agreement"),
                                  seconds_of(fields, "from"), to});
        }
    });
}

Told read_log(StationLog& log) {
    Told told;
    told.agreements = agreements_of(log);
    read_words(log, told);
    log.for_each("receipt", [&](const line::Fields& fields) {
        Taken taken;
        taken.n = fields.integer("n").value_or(0);
        taken.taken_s = wall_s(fields);
        taken.status = decoded(fields, "status");
        taken.agreement = decoded(fields, "agreement");
        line::Items items(fields.array("bundles").value_or("[]"));
        for (line::Value item; items.next(item);) {
            taken.bundles.emplace(item.text);
        }
        told.receipts.push_back(std::move(taken));
    });
    log.for_each("written", [&](const line::Fields& fields) {
        told.written.emplace(decoded(fields, "agreement"), fields.integer("n").value_or(0));
    });
    return told;
}

bool is_refusal(std::string status) {
    std::transform(status.begin(), status.end(), status.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return status == "rejected";
}

Sent sent_of(const Export& made, const Told& told) {
    Sent sent;
    sent.n = made.n;
    sent.made_s = static_cast<std::int64_t>(made.wall_ms / 1000);
    sent.reach_s =
        made.until_ms ? std::min(sent.made_s, static_cast<std::int64_t>(*made.until_ms / 1000)) : sent.made_s;
    sent.written = told.written.contains({line::decode_text(made.agreement), made.n});
    for (const auto& receipt : told.receipts) {
        const bool names = std::any_of(made.digests.begin(), made.digests.end(),
                                       [&](const auto& digest) { return receipt.bundles.contains(digest); });
        sent.receipt = names ? receipt.status : sent.receipt;
    }
    return sent;
}

std::optional<std::int64_t> warning_of(const Duty& duty, std::int64_t today) {
    if (duty.owed != Owed::running && duty.owed != Owed::open) {
        return std::nullopt;
    }
    for (const std::int64_t days : warning_days) {
        if (duty.due_day - today <= days) {
            return days;
        }
    }
    return std::nullopt;
}

class Reckoning {
public:
    Reckoning(const Told& told, const AgreementTerms& terms, const std::vector<Export>& exports, const Now& now)
        : told_(&told), days_(terms.zone) {
        standing_.terms = terms;
        standing_.zone_known = days_.known();
        standing_.today = days_.day_of(now.utc_s);
        for (const auto& made : exports) {
            if (!made.digests.empty() && told.concerns(line::decode_text(made.agreement), terms)) {
                sent_.push_back(sent_of(made, told));
            }
        }
        if (!sent_.empty()) {
            standing_.bundle = sent_.back();
        }
        for (const auto& receipt : told.receipts) {
            if (told.concerns(receipt.agreement, terms)) {
                standing_.receipt = receipt;
            }
        }
        standing_.justified = std::any_of(told.words.begin(), told.words.end(), [&](const Spoken& spoken) {
            return spoken.word == Word::justification && told.concerns(spoken.agreement, terms) &&
                   spoken.from <= now.utc_s && now.utc_s < spoken.to.value_or(latest_clock);
        });
    }

    Standing run(const Calendar& calendar) {
        // Backwards from today: the running period, then those that are over until one is answered.
        const std::int64_t last = standing_.terms.end.value_or(standing_.today);
        auto period = calendar.at(std::min(standing_.today, last));
        for (std::size_t walked = 0; period; ++walked) {
            if (walked == walked_periods || standing_.duties.size() > listed_periods) {
                standing_.earlier = true;
                break;
            }
            const Duty duty = judge(calendar, *period);
            standing_.duties.push_back(duty);
            if (duty.owed == Owed::answered) {
                break;
            }
            period = calendar.at(period->from - 1);
        }
        std::reverse(standing_.duties.begin(), standing_.duties.end());
        return std::move(standing_);
    }

private:
    [[nodiscard]] Duty judge(const Calendar& calendar, const Period& period) const {
        Duty duty;
        duty.period = period;
        duty.due_day = calendar.due_day(period);
        duty.last_day = calendar.last_day(period);
        const std::int64_t end = days_.begin_of(period.to);
        const auto answer = std::find_if(sent_.begin(), sent_.end(), [&](const Sent& sent) {
            return sent.reach_s >= end && !is_refusal(sent.receipt);
        });
        const bool over = standing_.today >= period.to;
        if (over && answer != sent_.end()) {
            duty.owed = Owed::answered;
            duty.bundle = answer->n;
        } else if (is_nil(days_.begin_of(period.from), end)) {
            duty.owed = Owed::nil;
        } else if (over) {
            duty.owed = standing_.today > duty.last_day   ? Owed::overdue
                        : standing_.today >= duty.due_day ? Owed::due
                                                          : Owed::open;
        }
        duty.warning = warning_of(duty, standing_.today);
        return duty;
    }

    [[nodiscard]] bool is_nil(std::int64_t from, std::int64_t to) const {
        return std::any_of(told_->words.begin(), told_->words.end(), [&](const Spoken& spoken) {
            return spoken.word == Word::nil && told_->concerns(spoken.agreement, standing_.terms) &&
                   spoken.from <= from + zones_apart && to - zones_apart <= spoken.to.value_or(latest_clock);
        });
    }

    const Told* told_;
    SiteDays days_;
    Standing standing_;
    std::vector<Sent> sent_;
};

} // namespace

Now reckoned_now(std::uint64_t clock_ms, std::uint64_t last_line_ms) {
    const auto clock = static_cast<std::int64_t>(clock_ms / 1000);
    const auto last = static_cast<std::int64_t>(last_line_ms / 1000);
    if (clock < earliest_clock || clock + day_s < last) {
        return {std::min(std::max(clock, last), latest_clock), ClockTrust::behind};
    }
    return {std::min(clock, latest_clock), clock > last + long_ago ? ClockTrust::ahead : ClockTrust::fair};
}

SiteDays::SiteDays(const std::string& zone) {
    if (zone == "UTC") {
        return;
    }
    auto loaded = capture::TimeZone::load(zone);
    known_ = loaded.ok();
    if (known_) {
        zone_ = std::make_shared<capture::TimeZone>(std::move(*loaded));
    }
}

std::int64_t SiteDays::day_of(std::int64_t utc_s) const {
    return text::day_of(utc_s + (zone_ ? zone_->offset_at(utc_s) : 0));
}

std::int64_t SiteDays::begin_of(std::int64_t day) const {
    return zone_ ? zone_->resolve(day * day_s).utc.from : day * day_s;
}

std::vector<AgreementTerms> agreements_of(StationLog& log) {
    std::map<std::string, AgreementTerms> newest;
    log.for_each("agreement", [&](const line::Fields& fields) {
        AgreementTerms terms;
        terms.id = decoded(fields, "agreement");
        terms.licensee = decoded(fields, "licensee");
        terms.cadence = decoded(fields, "cadence");
        terms.zone = decoded(fields, "zone");
        terms.due_days = fields.integer("due").value_or(0);
        terms.grace_days = fields.integer("grace").value_or(0);
        terms.start = seconds_of(fields, "since");
        if (fields.integer("until")) {
            terms.end = seconds_of(fields, "until");
        }
        newest[terms.id] = terms;
    });
    std::vector<AgreementTerms> agreements;
    for (auto& [id, terms] : newest) {
        agreements.push_back(std::move(terms));
    }
    return agreements;
}

std::vector<Standing> standings_of(StationLog& log, const Now& now) {
    const Told told = read_log(log);
    std::vector<Standing> standings;
    for (const auto& terms : told.agreements) {
        if (const auto calendar = Calendar::of(terms)) {
            standings.push_back(Reckoning(told, terms, log.exports(), now).run(*calendar));
        }
    }
    return standings;
}

bool is_due(const std::vector<Standing>& standings) {
    return std::any_of(standings.begin(), standings.end(), [](const Standing& standing) {
        return std::any_of(standing.duties.begin(), standing.duties.end(),
                           [](const Duty& duty) { return duty.owed == Owed::due || duty.owed == Owed::overdue; });
    });
}

} // namespace tally::obligations
