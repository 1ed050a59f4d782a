#include "verifier/count/facts.hpp"

#include "tally/text/date.hpp"
#include "verifier/count/months.hpp"
#include "verifier/count/prepare.hpp"

#include <algorithm>
#include <tuple>

namespace tally::count {
namespace {

using text::seconds_per_day;

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

std::string Facts::display_name(const std::string& word) const {
    const auto found = word_ids.find(product_word(word));
    return found == word_ids.end() ? word : products[found->second].name;
}

std::int64_t Facts::as_of_day() const { return text::day_of(as_of); }

std::uint32_t Facts::person(const std::string& user) const {
    const auto found = person_ids.find(person_key(*this, user));
    return found == person_ids.end() ? nobody : found->second;
}

std::uint32_t Facts::word(const std::string& product) const {
    const auto found = word_ids.find(product_word(product));
    return found == word_ids.end() ? 0 : found->second;
}

const std::vector<std::uint32_t>& Facts::stays_of(std::uint32_t person, std::uint32_t word) const {
    static const std::vector<std::uint32_t> none;
    const auto found = stays_by_.find(std::uint64_t{person} << 32U | word);
    return found == stays_by_.end() ? none : found->second;
}

std::pair<const ledger::IdleSpan*, const ledger::IdleSpan*> Facts::idle_of(const Stay& stay) const {
    const auto session = static_cast<std::uint32_t>(stay.session - usage->sessions.data());
    const auto range =
        std::equal_range(idle_.begin(), idle_.end(), ledger::IdleSpan{session, 0, 0},
                         [](const ledger::IdleSpan& a, const ledger::IdleSpan& b) { return a.session < b.session; });
    return {idle_.data() + (range.first - idle_.begin()), idle_.data() + (range.second - idle_.begin())};
}

RecordRef Facts::start_of(const Stay& stay) const {
    const auto& session = *stay.session;
    return {usage->logs[session.log], session.start_seq != ledger::no_seq ? session.start_seq : session.end_seq};
}

namespace {

// The name of a product that only one line covers alone is that line's.
void name_products(Facts& facts) {
    for (const auto& pool : facts.pools) {
        if (pool.words.size() != 1) {
            continue;
        }
        auto& product = facts.products[facts.word_ids.at(pool.words.front())];
        if (product.row == nullptr && !product.known) {
            const auto& line = pool.first();
            product.name = line.name.empty() ? line.product : line.name;
            product.known = true;
        }
    }
}

Span period_of(const Facts& facts) {
    if (facts.options.period_from_day) {
        return {*facts.options.period_from_day * seconds_per_day, facts.as_of};
    }
    const std::int64_t month = month_of(text::day_of(facts.as_of - 1));
    return {first_of_month(quarter_of(month)) * seconds_per_day, facts.as_of};
}

Stay stay_of(const Facts& facts, const ledger::Session& session, const std::vector<Product>& products) {
    Stay stay;
    stay.session = &session;
    stay.family = products[session.feature].family;
    stay.release =
        session.version != 0 ? release_of(facts.usage->versions[session.version]) : products[session.feature].release;
    stay.lower = clipped(session.start_to, session.end_from, facts.observed);
    stay.upper = clipped(session.start_from, session.end_to, facts.observed);
    return stay;
}

} // namespace

Facts prepare(const ledger::Usage& usage, const inputs::Inputs& inputs, const rules::Values& rules,
              const Options& options) {
    Facts facts;
    facts.usage = &usage;
    facts.inputs = &inputs;
    facts.rules = &rules;
    facts.options = options;
    facts.observed = recorded(usage);
    facts.as_of = options.as_of_day ? (*options.as_of_day + 1) * seconds_per_day : facts.observed.to;
    facts.observed.to = std::max(facts.observed.from, std::min(facts.observed.to, facts.as_of));
    facts.period = period_of(facts);

    ProductIndex words(inputs, facts);
    PersonIndex people(inputs, facts);
    DeviceIndex devices(usage, inputs, facts);
    facts.pools = pools_of(inputs.entitlements, words, facts);
    name_products(facts);
    std::vector<Product> products;
    std::vector<std::uint32_t> word_of, folded_of;
    for (const auto& feature : usage.features) {
        products.push_back(product_of(feature));
        word_of.push_back(words.id(feature));
    }
    std::unordered_map<std::string, std::uint32_t> spellings;
    for (const auto& user : usage.users) {
        folded_of.push_back(
            spellings.try_emplace(folded(user), static_cast<std::uint32_t>(folded_of.size())).first->second);
    }
    for (const auto& session : usage.sessions) {
        if (options.as_of_day && session.start_from >= facts.as_of) {
            continue;
        }
        Stay stay = stay_of(facts, session, products);
        stay.word = word_of[session.feature];
        stay.package_word = word_of[session.package];
        stay.person = people.id(usage.users[session.user], text::day_of(stay.upper.from));
        stay.folded = folded_of[session.user];
        stay.device = devices.id(session);
        stay.claims_in = stay.is_claim() ? pool_of(facts, stay) : Stay::no_pool;
        facts.stays.push_back(stay);
    }
    std::stable_sort(facts.stays.begin(), facts.stays.end(), [](const Stay& a, const Stay& b) {
        return std::tie(a.upper.from, a.session->log, a.session->start_seq) <
               std::tie(b.upper.from, b.session->log, b.session->start_seq);
    });
    lend_releases(facts.stays);
    for (std::uint32_t i = 0; i < facts.stays.size(); ++i) {
        facts.stays_by_[std::uint64_t{facts.stays[i].person} << 32U | facts.stays[i].word].push_back(i);
    }
    for (const auto& row : inputs.assignments) {
        const std::uint32_t person = people.id(row.user, text::day_of(row.assigned.from));
        facts.assignments_of.resize(std::max<std::size_t>(facts.assignments_of.size(), facts.persons.size()));
        facts.assignments_of[person].push_back(&row);
    }
    facts.assignments_of.resize(facts.persons.size());
    facts.days = use_days(facts);
    facts.idle_ = usage.idle;
    std::sort(facts.idle_.begin(), facts.idle_.end(), [](const ledger::IdleSpan& a, const ledger::IdleSpan& b) {
        return std::tie(a.session, a.from) < std::tie(b.session, b.from);
    });
    return facts;
}

std::string person_key(const Facts& facts, const std::string& user) {
    return facts.options.spelling == Spelling::fold_case ? folded(user) : user;
}

} // namespace tally::count
