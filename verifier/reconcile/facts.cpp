#include "verifier/reconcile/facts.hpp"

#include "tally/text/date.hpp"
#include "verifier/reconcile/rules.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>

namespace tally::reconcile {
namespace {

using text::seconds_per_day;

std::string folded(std::string name) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return name;
}

// For every user id: the id of the first user with the same name by `spelling`.
std::vector<std::uint32_t> joined_users(const std::vector<std::string>& users, Spelling spelling) {
    std::unordered_map<std::string, std::uint32_t> first;
    std::vector<std::uint32_t> ids;
    for (const auto& user : users) {
        const auto id = static_cast<std::uint32_t>(ids.size());
        ids.push_back(first.try_emplace(spelling == Spelling::fold_case ? folded(user) : user, id).first->second);
    }
    return ids;
}

class Words {
public:
    explicit Words(std::vector<std::string>& table) : table_(&table) { id(""); }
    std::uint32_t id(const std::string& word) {
        const auto [place, is_new] = ids_.try_emplace(word, static_cast<std::uint32_t>(table_->size()));
        if (is_new) {
            table_->push_back(word);
        }
        return place->second;
    }

private:
    std::vector<std::string>* table_;
    std::unordered_map<std::string, std::uint32_t> ids_;
};

// First and last instant that any record names.
Span recorded(const ledger::Usage& usage) {
    Span span{ledger::unknown, 0};
    const auto see = [&](std::int64_t at) {
        if (at > 0 && at != ledger::unknown) {
            span.from = std::min(span.from, at);
            span.to = std::max(span.to, at);
        }
    };
    for (const auto& session : usage.sessions) {
        for (const auto at : {session.start_from, session.start_to, session.end_from, session.end_to}) {
            see(at);
        }
    }
    for (const auto& refusal : usage.refusals) {
        see(refusal.at_from);
        see(refusal.at_to);
    }
    return span.from == ledger::unknown ? Span{} : span;
}

std::vector<std::string> words_of(const ledger::Entitlement& line) {
    std::vector<std::string> words;
    words.reserve(line.features.size() + 1);
    for (const auto& feature : line.features) {
        words.push_back(product_word(feature));
    }
    if (words.empty()) {
        words.push_back(product_word(line.product));
    }
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
}

void fill_quantities(Pool& pool) {
    constexpr std::int64_t unlimited = std::int64_t{1} << 62U;
    std::map<std::int64_t, std::pair<std::int64_t, int>> changes; // by how much the quantity and the valid lines change
    for (const auto* line : pool.lines) {
        auto& begin = changes[line->start_day * seconds_per_day];
        begin.first += line->quantity;
        ++begin.second;
        auto& end = changes[(line->end_day + 1) * seconds_per_day];
        end.first -= line->quantity;
        --end.second;
    }
    pool.tested.push_back({std::numeric_limits<std::int64_t>::min(), unlimited});
    std::int64_t quantity = 0;
    int valid = 0;
    for (const auto& [at, by] : changes) {
        quantity += by.first;
        valid += by.second;
        pool.tested.push_back({at, valid > 0 ? quantity : unlimited});
        if (by.first != 0) {
            pool.allowed.push_back({at, quantity});
        }
    }
}

// Each claim counts in one pool: the first that covers its product and is valid that day, else the first that covers it.
std::size_t pool_of(const Facts& facts, const Stay& stay) {
    std::size_t any = Stay::no_pool;
    for (std::size_t i = 0; i < facts.pools.size(); ++i) {
        const Pool& pool = facts.pools[i];
        if (pool.first().metric == ledger::Metric::concurrent && pool.covers(facts.words[stay.word])) {
            if (pool.valid_on(text::day_of(stay.upper.from))) {
                return i;
            }
            any = any == Stay::no_pool ? i : any;
        }
    }
    return any;
}

std::vector<Pool> pools_of(const std::vector<ledger::Entitlement>& lines) {
    std::map<std::string, Pool> pools;
    for (const auto& line : lines) {
        const auto words = words_of(line);
        std::string key = line.agreement + '\n' + std::string(name(line.metric));
        for (const auto& word : words) {
            key += '\n' + word;
        }
        Pool& pool = pools[key];
        pool.words = words;
        pool.lines.push_back(&line);
    }
    std::vector<Pool> sorted;
    for (auto& [key, pool] : pools) {
        fill_quantities(pool);
        std::set<std::string> labels;
        for (const auto* line : pool.lines) {
            labels.insert(line->line);
        }
        for (const auto& label : labels) {
            pool.label += (pool.label.empty() ? "" : "+") + label;
        }
        sorted.push_back(std::move(pool));
    }
    std::stable_sort(sorted.begin(), sorted.end(), [](const Pool& a, const Pool& b) {
        return std::tie(a.first().agreement, a.label) < std::tie(b.first().agreement, b.label);
    });
    return sorted;
}

// A package's line does not say for which release it was taken; the component that the same person on the same
// computer took out of it in the same second does.
void lend_releases(std::vector<Stay>& stays) {
    using Moment = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::int64_t>;
    struct Loan {
        std::vector<unsigned> releases; // in order of the log
        std::size_t taken = 0;
    };
    std::map<Moment, Loan> loans;
    for (const auto& stay : stays) {
        const auto& session = *stay.session;
        if (session.layer == ledger::Layer::component && session.package != 0) {
            loans[{session.client, session.user, session.package, session.start_from}].releases.push_back(stay.release);
        }
    }
    for (auto& stay : stays) {
        const auto& session = *stay.session;
        const auto found = session.layer == ledger::Layer::package
                               ? loans.find({session.client, session.user, session.feature, session.start_from})
                               : loans.end();
        if (found != loans.end() && found->second.taken < found->second.releases.size()) {
            stay.release = found->second.releases[found->second.taken++];
        }
    }
}

Span clipped(std::int64_t from, std::int64_t to, const Span& within) {
    return {std::max(from, within.from), std::min(to, within.to)};
}

} // namespace

bool Pool::covers(const std::string& word) const { return std::binary_search(words.begin(), words.end(), word); }

bool Pool::valid_on(std::int64_t day) const {
    return std::any_of(lines.begin(), lines.end(),
                       [day](const auto* line) { return line->start_day <= day && day <= line->end_day; });
}

bool Pool::ended_before(std::int64_t day) const {
    return !valid_on(day) &&
           std::any_of(lines.begin(), lines.end(), [day](const auto* line) { return line->end_day < day; });
}

const ledger::Entitlement& Pool::priced_on(std::int64_t day) const {
    for (const auto* line : lines) {
        if (line->start_day <= day && day <= line->end_day) {
            return *line;
        }
    }
    return first();
}

std::string Facts::display_name(const std::string& word) const {
    for (const auto& pool : pools) {
        if (pool.words.size() == 1 && pool.words.front() == word) {
            const auto& line = pool.first();
            return line.name.empty() ? line.product : line.name;
        }
    }
    return word;
}

RecordRef Facts::start_of(const Stay& stay) const {
    const auto& session = *stay.session;
    return {usage->logs[session.log], session.start_seq != ledger::no_seq ? session.start_seq : session.end_seq};
}

Facts prepare(const ledger::Usage& usage, const ledger::Inputs& inputs, const Options& options) {
    Facts facts;
    facts.usage = &usage;
    facts.inputs = &inputs;
    facts.options = options;
    facts.pools = pools_of(inputs.entitlements);
    facts.observed = recorded(usage);
    facts.as_of = options.as_of_day ? (*options.as_of_day + 1) * seconds_per_day : facts.observed.to;
    facts.observed.to = std::max(facts.observed.from, std::min(facts.observed.to, facts.as_of));

    Words words(facts.words);
    std::vector<Product> products;
    std::vector<std::uint32_t> word_of;
    for (const auto& feature : usage.features) {
        products.push_back(product_of(feature));
        word_of.push_back(words.id(feature.empty() ? "" : product_word(feature)));
    }
    facts.persons = usage.users;
    const auto person_of = joined_users(usage.users, options.spelling);
    const auto folded_of = joined_users(usage.users, Spelling::fold_case);
    for (const auto& session : usage.sessions) {
        if (options.as_of_day && session.start_from >= facts.as_of) {
            continue;
        }
        Stay stay;
        stay.session = &session;
        stay.word = word_of[session.feature];
        stay.package_word = word_of[session.package];
        stay.person = person_of[session.user];
        stay.folded = folded_of[session.user];
        stay.release = products[session.feature].release;
        stay.family = products[session.feature].family;
        stay.lower = clipped(session.start_to, session.end_from, facts.observed);
        stay.upper = clipped(session.start_from, session.end_to, facts.observed);
        stay.claims_in = stay.is_claim() ? pool_of(facts, stay) : Stay::no_pool;
        facts.stays.push_back(stay);
    }
    std::stable_sort(facts.stays.begin(), facts.stays.end(), [](const Stay& a, const Stay& b) {
        return std::tie(a.upper.from, a.session->log, a.session->start_seq) <
               std::tie(b.upper.from, b.session->log, b.session->start_seq);
    });
    lend_releases(facts.stays);
    return facts;
}

std::string person_key(const Facts& facts, const std::string& user) {
    return facts.options.spelling == Spelling::fold_case ? folded(user) : user;
}

bool assigned_from(const Pool& pool, const ledger::Assignment& row) {
    const std::string wanted = folded(row.product);
    return pool.covers(product_word(row.product)) ||
           std::any_of(pool.lines.begin(), pool.lines.end(), [&](const auto* line) {
               return wanted == folded(line->product) || wanted == folded(line->name) || wanted == folded(line->line);
           });
}

std::array<std::uint32_t, 4> count_key(const Stay& stay) {
    return {stay.session->client, stay.person, stay.word, stay.family == Family::autodesk ? stay.release : 0};
}

CurvePair curves_of(const Facts& facts, const std::vector<const Stay*>& stays) {
    std::vector<Interval> lower, upper;
    Keys keys;
    for (const auto* stay : stays) {
        const std::uint32_t key = keys.id(count_key(*stay));
        lower.push_back({stay->lower.from, stay->lower.to, key, stay->session->count});
        const std::int64_t later = stay->upper.from < stay->upper.to && stay->upper.to < facts.observed.to ? 1 : 0;
        upper.push_back({stay->upper.from, stay->upper.to + later, key, stay->session->count});
    }
    return {sweep(lower, keys.size()), sweep(upper, keys.size())};
}

void describe(Position& position, const Facts& facts, const Pool& pool) {
    const auto& line = pool.priced_on(text::day_of(facts.as_of - 1));
    position.agreement = line.agreement;
    position.line = pool.label;
    position.product = line.product;
    position.name = line.name.empty() ? line.product : line.name;
    position.metric = line.metric;
    position.words = pool.words;
    position.allowed = pool.allowed;
    position.quantity = value_at(pool.allowed, facts.as_of - 1);
    position.currency = line.currency;
    if (line.list_price_units) {
        position.list_price = text::Decimal::of_units(*line.list_price_units);
    }
    for (const auto* part : pool.lines) {
        position.rows.push_back({ledger::InputKind::entitlements, part->row});
    }
}

Finding finding_about(const Position& position) {
    Finding finding;
    finding.agreement = position.agreement;
    finding.line = position.line;
    finding.product = position.product;
    finding.subject = position.line;
    finding.unit = "seats";
    finding.rows = position.rows;
    return finding;
}

Bounds days_used(std::vector<const Stay*> stays) {
    const auto count = [&](Span Stay::*bound, bool charge_while_running) {
        std::sort(stays.begin(), stays.end(),
                  [bound](const Stay* a, const Stay* b) { return (a->*bound).from < (b->*bound).from; });
        std::set<std::int64_t> days;
        std::int64_t window_end = std::numeric_limits<std::int64_t>::min();
        for (const auto* stay : stays) {
            const Span& span = stay->*bound;
            const bool inside = span.from < window_end;
            if (!inside) {
                days.insert(text::day_of(span.from));
            }
            if (span.to - span.from >= rules::short_launch_s && !inside) {
                window_end = span.from + rules::window_s;
            }
            while (charge_while_running && span.to > window_end && span.to - span.from >= rules::short_launch_s) {
                days.insert(text::day_of(window_end));
                window_end += rules::window_s;
            }
        }
        return static_cast<std::int64_t>(days.size());
    };
    const std::int64_t lower = count(&Stay::lower, false);
    return {lower, std::max(lower, count(&Stay::upper, true))};
}

} // namespace tally::reconcile
