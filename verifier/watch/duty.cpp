// R-CALENDAR: the periods for which each site owes a report under each agreement, and how each was answered.
#include "verifier/watch/watch.hpp"

#include "tally/text/date.hpp"
#include "verifier/count/months.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace tally::watch {
namespace {

using text::seconds_per_day;

// A site says its periods by the midnights of its own zone.
constexpr std::int64_t zones_apart = 14 * 3600;

struct PeriodDays {
    std::int64_t from = 0, to = 0; // UTC days, half-open
    std::string label, short_label;
};

// Months, quarters and half-years are those of the calendar; so many days are counted from the agreement's start.
PeriodDays period_at(const inputs::Agreement& agreement, std::int64_t day) {
    const auto& cadence = agreement.cadence;
    PeriodDays period;
    if (cadence.unit == inputs::Cadence::Unit::days) {
        const std::int64_t since = std::max<std::int64_t>(day - agreement.start, 0);
        period.from = agreement.start + since / cadence.length * cadence.length;
        period.to = period.from + cadence.length;
        period.label = period.short_label = text::format_day(period.from);
    } else {
        const std::int64_t index = count::month_of(day) / cadence.length * cadence.length;
        period.from = count::first_of_month(index);
        period.to = count::first_of_month(index + cadence.length);
        const std::string year = text::padded(index / 12, 4);
        period.short_label =
            cadence.length == 3 ? "Q" + std::to_string(index % 12 / 3 + 1) : text::padded(index % 12 + 1, 2);
        period.label = year + "-" + period.short_label;
    }
    period.from = std::max(period.from, agreement.start);
    if (agreement.end != inputs::for_ever) {
        period.to = std::min(period.to, agreement.end + 1);
    }
    return period;
}

// What a bundle says it is for: the agreement itself, or a channel's name that is no agreement's and so serves all.
class Answers {
public:
    explicit Answers(const Facts& facts) : facts_(&facts) {
        for (const auto& agreement : facts.inputs->agreements) {
            known_.insert(agreement.id);
        }
    }
    [[nodiscard]] bool concerns(const std::string& named, const inputs::Agreement& agreement) const {
        return named == agreement.id || !known_.contains(named);
    }
    // Of the site under the agreement, as they came.
    [[nodiscard]] std::vector<const ledger::Delivery*> deliveries(const inputs::Agreement& agreement,
                                                                  const std::string& site) const {
        std::vector<const ledger::Delivery*> found;
        for (const auto& delivery : facts_->usage->deliveries) {
            if (delivery.site == site && concerns(delivery.agreement, agreement)) {
                found.push_back(&delivery);
            }
        }
        std::stable_sort(found.begin(), found.end(),
                         [](const auto* a, const auto* b) { return a->received < b->received; });
        return found;
    }
    [[nodiscard]] const ledger::Declaration* nil(const inputs::Agreement& agreement, const std::string& site,
                                                 const PeriodDays& period) const {
        for (const auto& word : facts_->usage->declarations) {
            if (word.kind == ledger::DeclarationKind::nil && word.site == site && concerns(word.agreement, agreement) &&
                word.from <= period.from * seconds_per_day + zones_apart &&
                period.to * seconds_per_day - zones_apart <= word.to) {
                return &word;
            }
        }
        return nullptr;
    }

private:
    const Facts* facts_;
    std::set<std::string> known_;
};

std::vector<std::string> sites_of(const Facts& facts, const inputs::Agreement& agreement) {
    std::set<std::string> sites(agreement.sites.begin(), agreement.sites.end());
    if (sites.empty()) {
        sites.insert(facts.usage->log_sites.begin(), facts.usage->log_sites.end());
        for (const auto& delivery : facts.usage->deliveries) {
            sites.insert(delivery.site);
        }
        sites.erase("");
    }
    return {sites.begin(), sites.end()};
}

// Days of use, at the site and whole inside what the nil return says of the period, of products that only this
// agreement's lines cover.
std::int64_t days_of_use(const Facts& facts, const inputs::Agreement& agreement, const std::string& site,
                         const PeriodDays& period, const ledger::Declaration& word, std::vector<RecordRef>& records) {
    std::set<std::string> words, others;
    for (const auto& pool : facts.pools) {
        auto& set = pool.first().agreement == agreement.id ? words : others;
        set.insert(pool.words.begin(), pool.words.end());
    }
    std::set<std::int64_t> days;
    for (const auto& use : facts.days) {
        const std::string& product = facts.words[use.word];
        const bool meant = word.from <= use.day * seconds_per_day && (use.day + 1) * seconds_per_day <= word.to;
        if (period.from <= use.day && use.day < period.to && meant && facts.devices[use.device].site == site &&
            words.contains(product) && !others.contains(product)) {
            days.insert(use.day);
            records.push_back(facts.start_of(use.first_stay));
        }
    }
    return static_cast<std::int64_t>(days.size());
}

class Site {
public:
    Site(const Facts& facts, const Answers& answers, const inputs::Agreement& agreement, std::string site,
         Outcome& outcome)
        : facts_(&facts), answers_(&answers), agreement_(&agreement), site_(std::move(site)), outcome_(&outcome),
          deliveries_(answers.deliveries(agreement, site_)) {}

    void judge() {
        std::int64_t begin = text::day_of(facts_->period.from);
        for (const auto* delivery : deliveries_) {
            begin = std::min(begin, text::day_of(delivery->made));
        }
        std::int64_t day = std::max(begin, agreement_->start);
        while (day <= agreement_->end) {
            const PeriodDays period = period_at(*agreement_, day);
            if (period.to > facts_->as_of_day() || period.to <= day) {
                break;
            }
            judge(period);
            day = period.to;
        }
    }

private:
    void judge(const PeriodDays& period) {
        DutyPeriod row;
        row.agreement = agreement_->id;
        row.site = site_;
        row.label = period.label;
        row.when = {period.from * seconds_per_day, period.to * seconds_per_day};
        row.due_day = period.to - 1 + agreement_->due_days;
        const auto* nil = answers_->nil(*agreement_, site_, period);
        for (const auto* delivery : deliveries_) {
            const bool through = row.when.to <= delivery->through;
            if (!row.received && (through || row.when.to <= delivery->made)) {
                row.received = delivery->received;
            }
            if (through && !row.complete) {
                row.complete = true;
                if (row.received && *row.received < delivery->received) {
                    row.amended = delivery->received;
                }
            }
        }
        row.duty = duty(row, nil != nullptr);
        if (row.duty == Duty::nil) {
            raise_nil(row, period, *nil);
        } else if (row.duty == Duty::late && row.when.to > facts_->period.from) {
            raise_late(row, period);
        } else if (row.duty == Duty::missing) {
            raise_missing(row, period);
        }
        outcome_->watched.duties.push_back(std::move(row));
    }

    [[nodiscard]] Duty duty(const DutyPeriod& row, bool nil) const {
        const std::int64_t last_day = row.due_day + agreement_->grace_days;
        if (nil) {
            return Duty::nil;
        }
        if (row.received) {
            return text::day_of(*row.received) > last_day ? Duty::late : Duty::delivered;
        }
        if (facts_->as_of_day() > last_day) {
            return Duty::missing;
        }
        return facts_->as_of_day() >= row.due_day ? Duty::due : Duty::not_due;
    }

    [[nodiscard]] Finding about(const DutyPeriod& row, const PeriodDays& period, Code code) const {
        Finding finding;
        finding.code = code;
        finding.severity = severity_of(code);
        finding.agreement = agreement_->id;
        finding.subject = (agreement_->sites.size() == 1 ? agreement_->id : site_) + "-" + period.short_label;
        finding.when = row.when;
        finding.details = {{"site", site_},
                           {"period", period.label},
                           {"due", text::format_day(row.due_day)},
                           {"grace", std::to_string(agreement_->grace_days) + " days"}};
        finding.rows = {agreement_->at};
        return finding;
    }

    void raise_late(const DutyPeriod& row, const PeriodDays& period) {
        Finding finding = about(row, period, Code::late);
        const std::int64_t days = text::day_of(*row.received) - row.due_day;
        finding.unit = "days";
        finding.quantity = {days, days};
        finding.text = "the report of " + period.label + " came on " + text::format_day(text::day_of(*row.received)) +
                       ", " + std::to_string(days) + " days after it was due";
        finding.remedy = "ask the site why, and whether the next one will be in time";
        add_finding(*outcome_, std::move(finding));
    }

    void raise_missing(const DutyPeriod& row, const PeriodDays& period) {
        Finding finding = about(row, period, Code::period_missing);
        const std::int64_t days = facts_->as_of_day() - row.due_day;
        finding.unit = "days";
        finding.quantity = {days, days};
        finding.text =
            "no report and no nil return of " + period.label + " came, due " + std::to_string(days) + " days ago";
        finding.remedy = "ask the site for the bundle, or for a signed nil return";
        add_finding(*outcome_, std::move(finding));
    }

    void raise_nil(DutyPeriod& row, const PeriodDays& period, const ledger::Declaration& word) {
        std::vector<RecordRef> records{{facts_->usage->logs[word.log], word.seq}};
        const std::int64_t days = days_of_use(*facts_, *agreement_, site_, period, word, records);
        row.contradicted = days > 0;
        if (row.when.to <= facts_->period.from) {
            return;
        }
        Finding finding = about(row, period, Code::nil_return);
        finding.unit = "returns";
        finding.quantity = {1, 1};
        finding.text = "the site signed that nothing was used in " + period.label;
        finding.remedy = "nothing to do";
        if (days > 0) {
            finding.severity = Severity::signal;
            finding.text += ", but the records hold use on " + std::to_string(days) + (days == 1 ? " day" : " days");
            finding.details.emplace_back("days of use recorded", std::to_string(days));
            finding.remedy = "ask the site which of the two is right";
        }
        if (!word.reason.empty()) {
            finding.details.emplace_back("reason given", word.reason);
        }
        finding.records = std::move(records);
        add_finding(*outcome_, std::move(finding));
    }

    const Facts* facts_;
    const Answers* answers_;
    const inputs::Agreement* agreement_;
    std::string site_;
    Outcome* outcome_;
    std::vector<const ledger::Delivery*> deliveries_;
};

} // namespace

void judge_duty(const Facts& facts, Outcome& outcome) {
    const Answers answers(facts);
    for (const auto& agreement : facts.inputs->agreements) {
        if (agreement.cadence.unit == inputs::Cadence::Unit::none || agreement.cadence.length <= 0) {
            continue;
        }
        for (const auto& site : sites_of(facts, agreement)) {
            Site(facts, answers, agreement, site, outcome).judge();
        }
    }
    std::stable_sort(outcome.watched.duties.begin(), outcome.watched.duties.end(),
                     [](const DutyPeriod& a, const DutyPeriod& b) {
                         return std::tie(a.agreement, a.site, a.when.from) < std::tie(b.agreement, b.site, b.when.from);
                     });
}

} // namespace tally::watch
