// R-TOKEN: pools of tokens drawn down by what was charged; what ran short, expired, is not certain, or will run out.
#include "verifier/comply/comply.hpp"
#include "verifier/comply/token_charges.hpp"
#include "verifier/count/draw.hpp"
#include "verifier/count/holes.hpp"
#include "verifier/findings/money.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <map>

namespace tally::comply {
namespace {

using count::Drawn;
using count::no_pack;
using text::seconds_per_day;

// One pool: its packs (and corrections in its favour), its charges, and both readings of how they were drawn down.
struct Account {
    std::string id, label, agreement, line;
    const Pool* pool = nullptr; // the token line, if there is one
    std::vector<count::Pack> packs;
    std::vector<const inputs::TokenPack*> rows; // of each pack; nothing for a correction
    std::vector<Charge> charges;
    Drawn lower, upper; // of the charges that are proved, and of all
};

using Accounts = std::map<std::string, Account>;

const Pool* token_line(const Facts& facts, const inputs::TokenPack& pack) {
    for (const auto& pool : facts.pools) {
        for (const auto* line : pool.lines) {
            const bool by_name =
                !pack.line.empty() ? line->line == pack.line : !pack.pool.empty() && line->pool == pack.pool;
            if (line->metric == inputs::Metric::token && line->agreement == pack.agreement && by_name) {
                return &pool;
            }
        }
    }
    return nullptr;
}

Accounts accounts_of(const Facts& facts) {
    Accounts accounts;
    for (const auto& row : facts.inputs->token_packs) {
        Account& account = accounts[row.pool];
        account.id = row.pool;
        account.agreement = account.agreement.empty() ? row.agreement : account.agreement;
        account.pool = account.pool == nullptr ? token_line(facts, row) : account.pool;
        account.line = account.pool != nullptr ? account.pool->label : account.line.empty() ? row.line : account.line;
        account.packs.push_back({row.pack, row.tokens, row.start, row.end});
        account.rows.push_back(&row);
    }
    for (auto& [id, account] : accounts) {
        account.label = account.line.empty() ? "pool " + id : account.line;
        inputs::Day last = 0;
        for (const auto& pack : account.packs) {
            last = std::max(last, pack.end_day);
        }
        for (const auto& row : facts.inputs->token_adjustments) {
            if (row.pool == id && row.tokens > 0) {
                account.packs.push_back({"correction", row.tokens, row.day, last});
                account.rows.push_back(nullptr);
            }
        }
    }
    for (auto& charge : token_charges(facts)) {
        const auto account = accounts.find(charge.pool);
        if (account != accounts.end()) {
            account->second.charges.push_back(std::move(charge));
        }
    }
    return accounts;
}

void draw(Account& account) {
    std::vector<count::Take> lower, upper;
    for (const auto& charge : account.charges) {
        lower.push_back({charge.at, charge.tokens.lower});
        upper.push_back({charge.at, charge.tokens.upper});
    }
    account.lower = draw_down(account.packs, lower);
    account.upper = draw_down(account.packs, upper);
}

Bounds left_of(const Account& account, std::size_t pack) {
    return {std::min(account.upper.left[pack], account.lower.left[pack]),
            std::max(account.upper.left[pack], account.lower.left[pack])};
}

Finding finding_of(const Account& account, Code code, Bounds quantity) {
    Finding finding;
    finding.code = code;
    finding.rule = rules::token;
    finding.agreement = account.agreement;
    finding.line = account.line;
    finding.product = account.pool != nullptr ? account.pool->first().product : "";
    finding.subject = account.label;
    finding.unit = "tokens";
    finding.quantity = quantity;
    finding.certainty = quantity.lower > 0 ? Certainty::certain : Certainty::possible;
    finding.severity = quantity.lower > 0 ? severity_of(code) : Severity::signal;
    for (const auto* row : account.rows) {
        if (row != nullptr) {
            finding.rows.push_back(row->at);
        }
    }
    return finding;
}

std::optional<SeatPrice> token_price(const Facts& facts, const Account& account) {
    for (auto row = account.rows.rbegin(); row != account.rows.rend(); ++row) {
        if (*row != nullptr && (*row)->price) {
            return SeatPrice{text::Decimal::of_units((*row)->price->units), (*row)->price->currency,
                             "pack " + (*row)->pack};
        }
    }
    return account.pool == nullptr ? std::nullopt : price_on(facts, *account.pool, facts.as_of_day() - 1);
}

struct Short {
    std::int64_t tokens = 0, first = 0, first_tokens = 0, last = 0;
    std::vector<RecordRef> records;
};

Short short_in(const Facts& facts, const Account& account, const Drawn& drawn) {
    Short missing;
    for (const auto& portion : drawn.portions) {
        const Charge& charge = account.charges[portion.take];
        if (portion.pack != no_pack || !facts.period.has(charge.at)) {
            continue;
        }
        if (missing.tokens == 0) {
            missing.first = charge.at;
            missing.first_tokens = portion.tokens;
        }
        missing.tokens += portion.tokens;
        missing.last = charge.at;
        missing.records.push_back(charge.record);
    }
    return missing;
}

bool judge_short(const Facts& facts, const Account& account, Outcome& outcome) {
    const Short lower = short_in(facts, account, account.lower);
    const Short upper = short_in(facts, account, account.upper);
    const Short& told = lower.tokens > 0 ? lower : upper;
    if (told.tokens == 0) {
        return false;
    }
    Finding finding = finding_of(account, Code::token_short, {lower.tokens, std::max(lower.tokens, upper.tokens)});
    finding.when = {told.first, told.last + 1};
    finding.text = std::to_string(told.tokens) + " tokens used for which no pack had any left, first on " +
                   text::format_instant(told.first);
    finding.details = {{"first short", text::format_instant(told.first)},
                       {"short then", std::to_string(told.first_tokens)}};
    finding.records = told.records;
    finding.remedy = "buy a pack, and give seats to those who work most days";
    const auto price = token_price(facts, account);
    if (price && finding.certainty == Certainty::certain) {
        set_cure(finding, *price, lower.tokens, facts.as_of_day() - 1);
    }
    add_finding(outcome, std::move(finding));
    return true;
}

void judge_expired(const Facts& facts, const Account& account, Outcome& outcome) {
    std::map<inputs::Day, Bounds> expired; // by the packs' last day
    for (std::size_t pack = 0; pack < account.packs.size(); ++pack) {
        const inputs::Day end = account.packs[pack].end_day;
        if (end >= text::day_of(facts.period.from) && end < facts.as_of_day()) {
            const Bounds left = left_of(account, pack);
            expired[end].lower += left.lower;
            expired[end].upper += left.upper;
        }
    }
    for (const auto& [day, left] : expired) {
        if (left.upper == 0) {
            continue;
        }
        Finding finding = finding_of(account, Code::token_expired, left);
        finding.when = {day * seconds_per_day, (day + 1) * seconds_per_day};
        finding.text =
            std::to_string(left.upper) + " tokens were left when their pack ended on " + text::format_day(day);
        if (const auto price = token_price(facts, account)) {
            const auto worth = price->price.times(left.lower);
            finding.details.emplace_back("worth", worth ? worth->str() + " " + price->currency : "");
        }
        finding.remedy = "buy smaller packs, or packs that end later";
        add_finding(outcome, std::move(finding));
    }
}

void judge_uncertain(const Facts& facts, const Account& account, Outcome& outcome) {
    struct Doubt {
        Bounds tokens;
        Span when;
        std::uint32_t person = 0, word = 0;
        std::vector<RecordRef> records;
    };
    std::map<std::pair<std::string, std::string>, Doubt> doubts;
    for (const auto& charge : account.charges) {
        if (!facts.period.has(charge.at)) {
            continue;
        }
        Doubt& doubt = doubts[{facts.persons[charge.person].name, facts.words[charge.word]}];
        doubt.person = charge.person;
        doubt.word = charge.word;
        doubt.tokens.lower += charge.tokens.lower;
        doubt.tokens.upper += charge.tokens.upper;
        if (charge.tokens.lower < charge.tokens.upper) {
            doubt.when.from = doubt.records.empty() ? charge.at : doubt.when.from;
            doubt.when.to = charge.at + 1;
            doubt.records.push_back(charge.record);
        }
    }
    for (auto& [key, doubt] : doubts) {
        if (doubt.records.empty()) {
            continue;
        }
        Finding finding = finding_of(account, Code::token_uncertain, doubt.tokens);
        finding.certainty = Certainty::certain; // that it is not known is known
        finding.severity = severity_of(Code::token_uncertain);
        finding.product = facts.display_name(doubt.word);
        finding.subject = finding.person = facts.persons[doubt.person].name;
        finding.when = doubt.when;
        finding.text = "between " + std::to_string(doubt.tokens.lower) + " and " + std::to_string(doubt.tokens.upper) +
                       " tokens: the records do not say whether use ran on past the end of a window";
        finding.details = {{"charges in doubt", std::to_string(doubt.records.size())}, {"pool", account.id}};
        finding.records = std::move(doubt.records);
        finding.remedy = "record idle time on the host, or agree on the lower number";
        add_finding(outcome, std::move(finding));
    }
}

// What is left at as_of, how fast it goes, and when it will be gone.
struct Outlook {
    Bounds left, burnt;
    std::int64_t days = 0;
    inputs::Day last_end = 0, first_start = inputs::for_ever;
    [[nodiscard]] std::int64_t lasts(std::int64_t tokens, std::int64_t burn) const {
        return burn == 0 ? inputs::for_ever : tokens * days / burn;
    }
};

Outlook outlook_of(const Facts& facts, const Account& account) {
    Outlook outlook;
    for (std::size_t i = 0; i < account.packs.size(); ++i) {
        const auto& pack = account.packs[i];
        if (pack.start_day <= facts.as_of_day() && facts.as_of_day() <= pack.end_day) {
            const Bounds left = left_of(account, i);
            outlook.left.lower += left.lower;
            outlook.left.upper += left.upper;
            outlook.last_end = std::max(outlook.last_end, pack.end_day);
        }
        outlook.first_start = std::min(outlook.first_start, pack.start_day);
    }
    const inputs::Day from = std::max(text::day_of(facts.period.from), outlook.first_start);
    outlook.days = facts.as_of_day() - from;
    for (const auto& charge : account.charges) {
        if (charge.at >= from * seconds_per_day && charge.at < facts.as_of) {
            outlook.burnt.lower += charge.tokens.lower;
            outlook.burnt.upper += charge.tokens.upper;
        }
    }
    return outlook;
}

// Whether a month's lines, say, are missing in the time whose pace is drawn on, of a host that saw what is charged.
bool is_pace_known(const Facts& facts, const Account& account, const Outlook& outlook) {
    std::vector<std::uint32_t> words;
    for (const auto& charge : account.charges) {
        words.push_back(charge.word);
    }
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    const Span looked_at{facts.as_of - outlook.days * seconds_per_day, facts.as_of};
    return !count::Holes(facts).touches_use_of(words, looked_at);
}

void judge_forecast(const Facts& facts, const Account& account, Outcome& outcome) {
    const Outlook outlook = outlook_of(facts, account);
    if (outlook.days <= 0 || outlook.left.upper == 0 || outlook.burnt.upper == 0) {
        return;
    }
    const std::int64_t to_end = outlook.last_end - facts.as_of_day();
    const std::int64_t early = outlook.lasts(outlook.left.lower, outlook.burnt.upper);
    const std::int64_t late = outlook.lasts(outlook.left.upper, outlook.burnt.lower);
    if (early > to_end) {
        return;
    }
    Finding finding = finding_of(account, Code::token_forecast, outlook.left);
    const bool known = is_pace_known(facts, account, outlook);
    finding.certainty = late <= to_end && known ? Certainty::certain : Certainty::possible;
    finding.severity = Severity::signal;
    finding.since = outlook.first_start * seconds_per_day;
    finding.when = {facts.as_of, (facts.as_of_day() + early) * seconds_per_day};
    const std::string gone = text::format_day(facts.as_of_day() + early);
    finding.text = std::to_string(outlook.left.lower) + " tokens left, gone on " + gone + " at the pace of the last " +
                   std::to_string(outlook.days) + " days, before the packs end on " +
                   text::format_day(outlook.last_end);
    finding.details = {{"left", std::to_string(outlook.left.lower)},
                       {"used", std::to_string(outlook.burnt.upper) + " in " + std::to_string(outlook.days) + " days"},
                       {"exhausted", gone}};
    if (!known) {
        finding.details.emplace_back("possible because", "days of a host are missing in the time looked at");
    }
    finding.remedy = "buy a pack in time, or give seats to those who work most days";
    add_finding(outcome, std::move(finding));
}

void list(const Facts& facts, const Account& account, Outcome& outcome) {
    std::vector<std::string> packs(account.charges.size());
    const auto name_packs = [&](const Drawn& drawn, bool proved) {
        for (const auto& portion : drawn.portions) {
            if ((account.charges[portion.take].tokens.lower > 0) == proved) {
                auto& text = packs[portion.take];
                text +=
                    (text.empty() ? "" : "+") + (portion.pack == no_pack ? "short" : account.packs[portion.pack].id);
            }
        }
    };
    name_packs(account.lower, true);
    name_packs(account.upper, false);
    for (std::size_t i = 0; i < account.charges.size(); ++i) {
        const Charge& charge = account.charges[i];
        const bool by_hand = charge.person == count::nobody;
        outcome.charges.push_back({facts.persons[charge.person].name,
                                   by_hand ? "correction: " + charge.reason : facts.display_name(charge.word),
                                   charge.at, charge.tokens, account.label, packs[i], charge.record});
    }
    for (std::size_t i = 0; i < account.packs.size(); ++i) {
        const auto& pack = account.packs[i];
        const Bounds left = left_of(account, i);
        outcome.packs.push_back({account.agreement,
                                 account.label,
                                 pack.id,
                                 pack.tokens,
                                 pack.start_day,
                                 pack.end_day,
                                 {pack.tokens - left.upper, pack.tokens - left.lower},
                                 left});
    }
}

std::vector<Step> steps_of(const std::map<std::int64_t, std::int64_t>& changes) {
    std::vector<Step> steps;
    std::int64_t value = 0;
    for (const auto& [at, by] : changes) {
        value += by;
        steps.push_back({at, value});
    }
    return steps;
}

// A token line's position: what was bought and charged in the period; its curves add up since the first pack.
Position position_of(const Facts& facts, const Pool& pool, const Account* account) {
    Position position;
    describe(position, facts, pool);
    if (account == nullptr) {
        return position;
    }
    std::map<std::int64_t, std::int64_t> allowed, lower, upper;
    position.quantity = 0;
    for (std::size_t i = 0; i < account->packs.size(); ++i) {
        const auto& pack = account->packs[i];
        const bool here = pack.start_day < facts.as_of_day() && pack.end_day >= text::day_of(facts.period.from);
        position.quantity += here ? pack.tokens : 0;
        allowed[pack.start_day * seconds_per_day] += pack.tokens;
        if (pack.end_day < facts.as_of_day()) {
            allowed[(pack.end_day + 1) * seconds_per_day] -= account->lower.left[i];
        }
    }
    std::vector<std::uint32_t> people;
    for (const auto& charge : account->charges) {
        lower[charge.at] += charge.tokens.lower;
        upper[charge.at] += charge.tokens.upper;
        if (facts.period.has(charge.at)) {
            position.peak.lower += charge.tokens.lower;
            position.peak.upper += charge.tokens.upper;
            ++position.claims;
            people.push_back(charge.person);
        }
    }
    position.allowed = steps_of(allowed);
    position.lower = steps_of(lower);
    position.upper = steps_of(upper);
    position.at_end = position.peak;
    position.peak_at = account->charges.empty() ? 0 : account->charges.back().at;
    const std::int64_t missing = short_in(facts, *account, account->lower).tokens;
    position.excess = {missing, std::max(missing, short_in(facts, *account, account->upper).tokens)};
    position.users = count::people_in(facts, std::move(people));
    return position;
}

} // namespace

void count_tokens(const Facts& facts, Outcome& outcome) {
    Accounts accounts = accounts_of(facts);
    for (auto& [id, account] : accounts) {
        draw(account);
        list(facts, account, outcome);
        const bool is_short = judge_short(facts, account, outcome);
        judge_expired(facts, account, outcome);
        judge_uncertain(facts, account, outcome);
        if (!is_short) {
            judge_forecast(facts, account, outcome);
        }
    }
    for (const auto& pool : facts.pools) {
        if (pool.first().metric == inputs::Metric::token) {
            const auto account = std::find_if(accounts.begin(), accounts.end(),
                                              [&](const auto& entry) { return entry.second.pool == &pool; });
            outcome.positions.push_back(
                position_of(facts, pool, account == accounts.end() ? nullptr : &account->second));
        }
    }
}

} // namespace tally::comply
