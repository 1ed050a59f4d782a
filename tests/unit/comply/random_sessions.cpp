// Makes sessions at random, reconciles them and prints both as tab-separated rows, so that oracle.py can count again in
// its own way. Usage: random_sessions SEED
#include "tests/support/usage_builder.hpp"

#include <iostream>
#include <random>

using namespace tally;
using namespace tally::test;

namespace {

constexpr std::int64_t day = 86'400;
const std::int64_t begin = instant("2026-02-02T00:00Z");

class World {
public:
    explicit World(std::uint32_t seed) : random_(seed) {
        b.watched("first", "f", "OTHER", "", begin - day, begin - day + 600);
        b.watched("last", "f", "OTHER", "", begin + 20 * day - 600, begin + 20 * day);
        for (int i = 0; i < 60; ++i) {
            pooled();
        }
        for (int i = 0; i < 40; ++i) {
            on_tokens();
        }
        for (int i = 0; i < 3; ++i) {
            darkness();
        }
        buy();
    }

    UsageBuilder b;
    inputs::Inputs inputs;

private:
    std::int64_t below(std::int64_t most) {
        return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(most));
    }
    std::string one_of(const std::string& prefix, std::int64_t many) { return prefix + std::to_string(below(many)); }

    // Few instants in a few hours, so that ends and starts meet.
    void pooled() {
        const std::int64_t start = begin + below(60) * 60;
        const std::int64_t end = start + below(30) * 60;
        auto& session = b.watched(one_of("u", 4), one_of("h", 4), "CAD", one_of("202", 3), start, end);
        session.start_from -= below(4) == 0 ? below(10) * 60 : 0;
        session.end_to += below(4) == 0 ? below(10) * 60 : 0;
    }
    // Days of work with idle times in them, on the minute.
    void on_tokens() {
        const std::int64_t start = begin + below(8 * 24 * 12) * 300;
        const std::int64_t end = start + (below(3) == 0 ? below(12) * 60 : below(40 * 12) * 300);
        auto& session = b.watched(one_of("t", 3), one_of("h", 4), "TOK", one_of("202", 3), start, end);
        session.start_from -= below(6) == 0 ? below(60) * 60 : 0;
        session.end_to += below(6) == 0 ? below(300) * 60 : 0;
        session.idle_known = below(2) == 0;
        session.pool = UsageBuilder::id(b.usage.pools, "P");
        const auto index = static_cast<std::uint32_t>(b.usage.sessions.size() - 1);
        for (std::int64_t at = start + below(600) * 60; session.idle_known && at < end; at += below(600) * 60) {
            const std::int64_t until = std::min(end, at + (1 + below(90)) * 60);
            b.usage.idle.push_back({index, at, until});
            at = until + 60;
        }
    }
    void darkness() {
        ledger::Unobserved gap;
        gap.log = b.host(one_of("h", 4));
        gap.from = begin + below(60) * 60;
        gap.to = gap.from + (1 + below(30)) * 60;
        b.usage.unobserved.push_back(gap);
        ledger::Installation installed;
        installed.log = b.host(one_of("h", 4));
        installed.feature = UsageBuilder::id(b.usage.features, "CAD");
        installed.version = UsageBuilder::id(b.usage.versions, one_of("202", 3));
        installed.from = begin + below(60) * 60 - 1800;
        b.usage.installations.push_back(installed);
    }
    void buy() {
        inputs.entitlements = {line("POOL", "CAD", inputs::Metric::concurrent, 4 + below(8))};
        inputs::TokenRate rate;
        rate.product = "TOK";
        rate.tokens = 7;
        inputs.token_rates = {rate};
        for (const std::string id : {"A", "B", "C"}) {
            inputs::TokenPack pack;
            pack.pack = id;
            pack.pool = "P";
            pack.tokens = 10 + below(60);
            pack.start = text::day_of(begin) - 2 + (id == "C" ? below(5) : 0);
            pack.end = pack.start + 2 + below(12);
            inputs.token_packs.push_back(pack);
        }
        inputs::TokenPack last; // so that every charge finds a pack, if an empty one
        last.pack = "Z";
        last.pool = "P";
        last.start = text::day_of(begin) - 30;
        last.end = text::day_of(begin) + 30;
        inputs.token_packs.push_back(last);
    }

    std::mt19937 random_;
};

void print_world(const World& world) {
    const auto& usage = world.b.usage;
    for (const auto& s : usage.sessions) {
        std::cout << "session\t" << usage.users[s.user] << '\t' << usage.clients[s.client] << '\t'
                  << usage.features[s.feature] << '\t' << usage.versions[s.version] << '\t' << s.start_from << '\t'
                  << s.start_to << '\t' << s.end_from << '\t' << s.end_to << '\t' << s.idle_known << '\n';
    }
    for (const auto& idle : usage.idle) {
        std::cout << "idle\t" << idle.session << '\t' << idle.from << '\t' << idle.to << '\n';
    }
    for (const auto& gap : usage.unobserved) {
        std::cout << "gap\t" << usage.log_labels[gap.log] << '\t' << gap.from << '\t' << gap.to << '\n';
    }
    for (const auto& row : usage.installations) {
        std::cout << "installed\t" << usage.log_labels[row.log] << '\t' << usage.versions[row.version] << '\t'
                  << row.from << '\n';
    }
    for (const auto& pack : world.inputs.token_packs) {
        std::cout << "pack\t" << pack.pack << '\t' << pack.tokens << '\t' << pack.start << '\t' << pack.end << '\n';
    }
    std::cout << "bought\t" << world.inputs.entitlements[0].quantity << '\n';
}

void print_outcome(const findings::Outcome& outcome) {
    for (const auto& position : outcome.positions) {
        std::cout << "peak\t" << position.peak.lower << '\t' << position.peak.upper << '\t' << position.excess.lower
                  << '\t' << position.excess.upper << '\t' << position.seconds_above << '\n';
    }
    for (const auto& charge : outcome.charges) {
        std::cout << "charge\t" << charge.person << '\t' << charge.at << '\t' << charge.tokens.lower << '\t'
                  << charge.tokens.upper << '\n';
    }
    for (const auto& user : outcome.users) {
        if (user.product == "TOK") {
            std::cout << "days\t" << user.user << '\t' << user.days.lower << '\t' << user.days.upper << '\n';
        }
    }
    for (const auto& pack : outcome.packs) {
        std::cout << "left\t" << pack.pack << '\t' << pack.left.lower << '\t' << pack.left.upper << '\n';
    }
    const auto* missing = find(outcome, findings::Code::token_short);
    std::cout << "short\t" << (missing == nullptr ? 0 : missing->quantity.lower) << '\t'
              << (missing == nullptr ? 0 : missing->quantity.upper) << '\n';
}

} // namespace

int main(int argc, char** argv) {
    const World world(static_cast<std::uint32_t>(argc > 1 ? std::stoul(argv[1]) : 1));
    reconcile::Options options;
    options.period_from_day = text::day_of(begin) - 2;
    print_world(world);
    print_outcome(reconcile::reconcile(world.b.usage, world.inputs, options));
    return 0;
}
