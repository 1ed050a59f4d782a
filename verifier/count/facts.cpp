#include "verifier/count/facts.hpp"

#include "tally/text/date.hpp"
#include "verifier/count/months.hpp"
#include "verifier/count/prepare.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>

namespace tally::count {
namespace {

using text::seconds_per_day;

// First and last instant that any record names.
Span recorded(const ledger::PackedSessions& sessions, const std::vector<ledger::Refusal>& refusals) {
    Span span{ledger::unknown, 0};
    const auto see = [&](std::int64_t at) {
        if (at > 0 && at != ledger::unknown) {
            span.from = std::min(span.from, at);
            span.to = std::max(span.to, at);
        }
    };
    for (std::uint32_t i = 0; i < sessions.size(); ++i) {
        if (sessions.is_exact(i)) {
            see(sessions.start(i));
            see(sessions.end(i));
            continue;
        }
        const auto& one = sessions.whole(i);
        for (const auto at : {one.start_from, one.start_to, one.end_from, one.end_to}) {
            see(at);
        }
    }
    for (const auto& refusal : refusals) {
        see(refusal.at_from);
        see(refusal.at_to);
    }
    return span.from == ledger::unknown ? Span{} : span;
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

std::span<const std::uint32_t> Facts::indices_of(const UseGroup& group) const {
    return {by_group_.data() + group.first, group.size};
}

std::span<const std::uint32_t> Facts::indices_of(std::uint32_t person, std::uint32_t word) const {
    const auto found = std::lower_bound(groups_.begin(), groups_.end(), std::pair(person, word),
                                        [](const UseGroup& group, const std::pair<std::uint32_t, std::uint32_t>& of) {
                                            return std::pair(group.person, group.word) < of;
                                        });
    const bool is_there = found != groups_.end() && found->person == person && found->word == word;
    return is_there ? indices_of(*found) : std::span<const std::uint32_t>();
}

std::vector<Stay> Facts::stays_of(std::span<const std::uint32_t> indices) const {
    std::vector<Stay> own;
    own.reserve(indices.size());
    for (const auto index : indices) {
        own.push_back(stays[index]);
    }
    return own;
}

std::vector<Stay> Facts::stays_of(std::uint32_t person, std::uint32_t word) const {
    return stays_of(indices_of(person, word));
}

std::pair<const ledger::IdleSpan*, const ledger::IdleSpan*> Facts::idle_of(std::uint32_t stay) const {
    const auto range =
        std::equal_range(idle_.begin(), idle_.end(), ledger::IdleSpan{stay, 0, 0},
                         [](const ledger::IdleSpan& a, const ledger::IdleSpan& b) { return a.session < b.session; });
    return {idle_.data() + (range.first - idle_.begin()), idle_.data() + (range.second - idle_.begin())};
}

RecordRef Facts::start_of(const Stay& stay) const {
    return {usage->logs[stay.session->log], stay.start_seq != ledger::no_seq ? stay.start_seq : stay.end_seq};
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

// Sessions as they lie in the usage; whole ones are packed first, `place` tells where each came to lie.
std::shared_ptr<const ledger::PackedSessions> packed(const ledger::Usage& usage, std::vector<std::uint32_t>& place) {
    if (usage.sessions.empty()) {
        return {std::shared_ptr<void>(), &usage.packed};
    }
    std::vector<std::uint32_t> order(usage.sessions.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        const auto key = [&](std::uint32_t i) {
            const auto& one = usage.sessions[i];
            return std::tie(one.start_from, one.log, one.start_seq, one.end_seq);
        };
        return key(a) < key(b);
    });
    auto sessions = std::make_shared<ledger::PackedSessions>();
    sessions->reserve(order.size());
    place.resize(order.size());
    for (const auto i : order) {
        place[i] = static_cast<std::uint32_t>(sessions->size());
        sessions->add(usage.sessions[i]);
    }
    return sessions;
}

} // namespace

// Makes the stays of the sessions: who, with what, on which computer.
class Preparation {
public:
    Preparation(const ledger::Usage& usage, const inputs::Inputs& inputs, Facts& facts)
        : usage_(usage), facts_(facts), stays_(facts.stays) {
        stays_.sessions_ = packed(usage, stays_.place_);
        facts.observed = recorded(*stays_.sessions_, usage.refusals);
        facts.as_of = facts.options.as_of_day ? (*facts.options.as_of_day + 1) * seconds_per_day : facts.observed.to;
        facts.observed.to = std::max(facts.observed.from, std::min(facts.observed.to, facts.as_of));
        facts.period = period_of(facts);
        stays_.observed_ = facts.observed;
        ProductIndex words(inputs, facts);
        people_.emplace(inputs, facts);
        devices_.emplace(usage, inputs, facts);
        facts.pools = pools_of(inputs.entitlements, words, facts);
        name_products(facts);
        for (const auto& feature : usage.features) {
            products_.push_back(product_of(feature));
            word_of_.push_back(words.id(feature));
        }
        std::unordered_map<std::string, std::uint32_t> spellings;
        for (const auto& user : usage.users) {
            folded_of_.push_back(
                spellings.try_emplace(folded(user), static_cast<std::uint32_t>(folded_of_.size())).first->second);
        }
    }

    void stays() {
        const auto& sessions = *stays_.sessions_;
        std::size_t count = sessions.size();
        while (facts_.options.as_of_day && count > 0 &&
               sessions.start_from(static_cast<std::uint32_t>(count - 1)) >= facts_.as_of) {
            --count;
        }
        stays_.device_of_client_.assign(usage_.clients.size(), unset);
        base_.assign(sessions.kinds().size(), unset);
        person_of_.assign(usage_.users.size(), unset);
        stays_.kind_of_.reserve(count);
        for (std::uint32_t i = 0; i < count; ++i) {
            stays_.kind_of_.push_back(kind_of(sessions.kind_number(i), sessions.start_from(i)));
            locate(sessions.kind(i), sessions.client(i));
        }
        for (auto& device : stays_.device_of_client_) {
            device = device == unset ? nobody : device;
        }
        stays_.device_of_log_ = facts_.device_of_log;
        lend_releases();
        order_first();
        group();
    }

    void seats(const std::vector<inputs::Assignment>& rows) {
        for (const auto& row : rows) {
            const std::uint32_t person = people_->id(row.user, text::day_of(row.assigned.from));
            facts_.assignments_of.resize(std::max<std::size_t>(facts_.assignments_of.size(), facts_.persons.size()));
            facts_.assignments_of[person].push_back(&row);
        }
        facts_.assignments_of.resize(facts_.persons.size());
    }

    void idle() {
        for (const auto& span : usage_.idle) {
            const auto stay = stays_.of_session(span.session);
            if (stay != Stays::none) {
                facts_.idle_.push_back({stay, span.from, span.to});
            }
        }
        std::sort(facts_.idle_.begin(), facts_.idle_.end(), [](const ledger::IdleSpan& a, const ledger::IdleSpan& b) {
            return std::tie(a.session, a.from) < std::tie(b.session, b.from);
        });
    }

private:
    static constexpr std::uint32_t unset = static_cast<std::uint32_t>(-1);

    // Accounts change hands by day where the alias table says so; everybody else is one person throughout.
    std::uint32_t kind_of(std::uint32_t number, std::int64_t start) {
        const auto& session = stays_.sessions_->kinds()[number];
        if (person_of_[session.user] == unset && !people_->has_alias(usage_.users[session.user])) {
            person_of_[session.user] = people_->id(usage_.users[session.user], 0);
        }
        if (person_of_[session.user] != unset) {
            if (base_[number] == unset) {
                base_[number] = add_kind(session, person_of_[session.user]);
            }
            return base_[number];
        }
        const std::int64_t day = text::day_of(std::max(start, facts_.observed.from));
        const std::uint32_t person = people_->id(usage_.users[session.user], day);
        const auto [place, is_new] = aliased_.try_emplace({number, person}, 0);
        if (is_new) {
            place->second = add_kind(session, person);
        }
        return place->second;
    }

    std::uint32_t add_kind(const ledger::SessionKind& session, std::uint32_t person) {
        const Product& product = products_[session.feature];
        StayKind kind(session);
        kind.family = product.family;
        kind.release = session.version != 0 ? release_of(usage_.versions[session.version]) : product.release;
        kind.word = word_of_[session.feature];
        kind.package_word = word_of_[session.package];
        kind.person = person;
        kind.folded = folded_of_[session.user];
        stays_.kinds_.push_back(kind);
        return static_cast<std::uint32_t>(stays_.kinds_.size() - 1);
    }

    void locate(const ledger::SessionKind& session, std::uint32_t client) {
        const bool by_host = session.watched == ledger::Watched::host;
        if (by_host ? facts_.device_of_log[session.log] == 0 : stays_.device_of_client_[client] == unset) {
            const std::uint32_t device = devices_->id(session, client);
            if (!by_host || facts_.device_of_log[session.log] == 0) {
                stays_.device_of_client_[client] = device;
            }
        }
    }

    // A package's line does not say for which release it was taken; the component that the same person on the same
    // computer took out of it in the same second does.
    void lend_releases() {
        std::vector<Loan> loans;
        const auto count = static_cast<std::uint32_t>(stays_.kind_of_.size());
        for (std::uint32_t first = 0, next = 0; first < count; first = next) {
            const std::int64_t at = stays_.sessions_->start_from(first);
            for (next = first + 1; next < count && stays_.sessions_->start_from(next) == at;) {
                ++next;
            }
            if (next - first > 1) {
                lend(first, next, loans);
            }
        }
    }

    struct Loan {
        std::uint32_t client = 0, user = 0, package = 0, session = 0; // of a component
        [[nodiscard]] auto key() const { return std::tie(client, user, package); }
    };

    void lend(std::uint32_t first, std::uint32_t next, std::vector<Loan>& loans) {
        loans.clear();
        for (std::uint32_t i = first; i < next; ++i) {
            const auto& session = stays_.sessions_->kind(i);
            if (session.layer == ledger::Layer::component && session.package != 0) {
                loans.push_back({stays_.sessions_->client(i), session.user, session.package, i});
            }
        }
        std::sort(loans.begin(), loans.end(), [](const Loan& a, const Loan& b) {
            return std::tuple(a.key(), a.session) < std::tuple(b.key(), b.session);
        });
        for (std::uint32_t i = first; i < next && !loans.empty(); ++i) {
            const auto& session = stays_.sessions_->kind(i);
            if (session.layer != ledger::Layer::package) {
                continue;
            }
            const Loan wanted{stays_.sessions_->client(i), session.user, session.feature, 0};
            auto found = std::lower_bound(loans.begin(), loans.end(), wanted,
                                          [](const Loan& a, const Loan& b) { return a.key() < b.key(); });
            while (found != loans.end() && found->key() == wanted.key() && found->session == unset) {
                ++found;
            }
            if (found != loans.end() && found->key() == wanted.key()) {
                stays_.kind_of_[i] = lent(stays_.kind_of_[i], stays_.kinds_[stays_.kind_of_[found->session]].release);
                found->session = unset;
            }
        }
    }

    std::uint32_t lent(std::uint32_t kind, unsigned release) {
        if (stays_.kinds_[kind].release == release) {
            return kind;
        }
        lent_.resize(stays_.kinds_.size());
        for (const auto& [known, number] : lent_[kind]) {
            if (known == release) {
                return number;
            }
        }
        const auto number = static_cast<std::uint32_t>(stays_.kinds_.size());
        StayKind copy = stays_.kinds_[kind];
        copy.release = release;
        stays_.kinds_.push_back(copy);
        lent_[kind].emplace_back(release, number);
        return number;
    }

    // What began before anything was seen counts from the first instant on: among what begins there, by line.
    void order_first() {
        const auto& sessions = *stays_.sessions_;
        std::vector<std::uint32_t> first;
        while (first.size() < stays_.size() &&
               sessions.start_from(static_cast<std::uint32_t>(first.size())) <= facts_.observed.from) {
            first.push_back(static_cast<std::uint32_t>(first.size()));
        }
        const auto key = [&](std::uint32_t i) {
            return std::pair(sessions.kind(i).log,
                             sessions.is_exact(i) ? sessions.start_seq(i) : sessions.whole(i).start_seq);
        };
        if (std::is_sorted(first.begin(), first.end(), [&](auto a, auto b) { return key(a) < key(b); })) {
            return;
        }
        std::stable_sort(first.begin(), first.end(), [&](auto a, auto b) { return key(a) < key(b); });
        std::vector<std::uint32_t> kinds;
        for (const auto i : first) {
            kinds.push_back(stays_.kind_of_[i]);
        }
        std::copy(kinds.begin(), kinds.end(), stays_.kind_of_.begin());
        stays_.first_ = std::move(first);
    }

    void group() {
        std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::uint32_t>> kinds_of;
        for (std::uint32_t kind = 0; kind < stays_.kinds_.size(); ++kind) {
            kinds_of[{stays_.kinds_[kind].person, stays_.kinds_[kind].word}].push_back(kind);
        }
        std::vector<std::uint32_t> group_of(stays_.kinds_.size());
        for (const auto& [key, kinds] : kinds_of) {
            for (const auto kind : kinds) {
                group_of[kind] = static_cast<std::uint32_t>(facts_.groups_.size());
            }
            facts_.groups_.push_back({key.first, key.second, 0, 0});
        }
        stays_.totals_.resize(stays_.kinds_.size());
        for (const auto kind : stays_.kind_of_) {
            ++stays_.totals_[kind].stays;
        }
        for (std::uint32_t kind = 0; kind < stays_.kinds_.size(); ++kind) {
            facts_.groups_[group_of[kind]].size += stays_.totals_[kind].stays;
        }
        std::size_t first = 0;
        for (auto& group : facts_.groups_) {
            group.first = first;
            first += group.size;
            group.size = 0;
        }
        facts_.by_group_.resize(first);
        facts_.reach_.assign(first / Facts::indices_a_block + 1, std::numeric_limits<std::int64_t>::min());
        stays_.seen_.resize(facts_.devices.size());
        std::vector<bool> is_begun(stays_.kinds_.size());
        for (std::uint32_t i = 0; i < stays_.kind_of_.size(); ++i) {
            const std::uint32_t kind = stays_.kind_of_[i];
            auto& group = facts_.groups_[group_of[kind]];
            const std::size_t place = group.first + group.size++;
            facts_.by_group_[place] = i;
            auto& reach = facts_.reach_[place / Facts::indices_a_block];
            reach = std::max(reach, stays_.upper(i).to);
            stays_.seen_[stays_.device(i)] = true;
            const std::int64_t from = stays_.start_to(i);
            auto& total = stays_.totals_[kind];
            if (!is_begun[kind]) {
                is_begun[kind] = true;
                total.first = i;
                total.reach = {from, from};
            }
            total.reach = {std::min(total.reach.from, from), std::max({total.reach.to, from, stays_.lower(i).to})};
        }
    }

    const ledger::Usage& usage_;
    Facts& facts_;
    Stays& stays_;
    std::optional<PersonIndex> people_;
    std::optional<DeviceIndex> devices_;
    std::vector<Product> products_;                              // of each feature
    std::vector<std::uint32_t> word_of_, folded_of_, person_of_; // of each feature; of each user
    std::vector<std::uint32_t> base_;                            // of each kind of session: the kind of stay
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> aliased_; // by kind of session and person
    std::vector<std::vector<std::pair<unsigned, std::uint32_t>>> lent_; // of each kind of stay: with which release
};

Facts prepare(const ledger::Usage& usage, const inputs::Inputs& inputs, const rules::Values& rules,
              const Options& options) {
    Facts facts;
    facts.usage = &usage;
    facts.inputs = &inputs;
    facts.rules = &rules;
    facts.options = options;
    Preparation preparation(usage, inputs, facts);
    preparation.stays();
    preparation.seats(inputs.assignments);
    read_names(facts);
    facts.days = use_days(facts);
    preparation.idle();
    return facts;
}

std::string person_key(const Facts& facts, const std::string& user) {
    return facts.options.spelling == Spelling::fold_case ? folded(user) : user;
}

} // namespace tally::count
